// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"
#include "kit/Theme.h"

#include <QStyledItemDelegate>

namespace cairn::views {

class DataTable;

/// Base of the cell painters: reads the roles of items/Roles.h and places one or two lines. The row's background,
/// hairline and focus frame are painted by the table. Subclasses paint one kind each and measure what they paint, so
/// that columns can be fitted. Usable with any item view; without a DataTable nothing is stale and no button exists.
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit CellDelegate(QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    /// Paints into `rect` (without padding): the first line, or the whole cell in a one-line row.
    virtual void paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &paper) const;
    virtual int firstWidth(const QModelIndex &index) const;
    virtual bool isRight() const { return false; }

    /// Left and right of a cell: 10 px, 8 px in a table of many columns.
    static int paddingOf(const QObject *table);
    int padding() const { return paddingOf(parent()); }
    /// Room for the check box in the first column of a checkable table.
    int lead(const QModelIndex &index) const;
    static int lineHeightOf(kit::Type type);
    bool isStale() const;
    QFont firstFont(const QModelIndex &index) const;
    QColor firstColor(const QModelIndex &index) const;
    virtual bool isNumeric() const { return false; }
    /// Text and the dim detail after it.
    void paintText(QPainter &painter, const QRect &rect, const QModelIndex &index) const;
    int textWidth(const QModelIndex &index) const;
};

/// Names and words, the second line below if there is one.
class TwoLineDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
};

/// Right-aligned in tabular figures.
class NumberDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

protected:
    bool isRight() const override { return true; }
    bool isNumeric() const override { return true; }
};

/// A word on its tint, dim detail after it.
class TagDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

protected:
    void paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &paper) const override;
    int firstWidth(const QModelIndex &index) const override;
};

/// The trust mark before the text.
class TrustDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

protected:
    void paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &paper) const override;
    int firstWidth(const QModelIndex &index) const override;
};

/// A bar before the text ("41 %"), which is right-aligned behind it.
class ProgressDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

protected:
    void paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &paper) const override;
    int firstWidth(const QModelIndex &index) const override;
    bool isNumeric() const override { return true; }
};

/// Replica dots before "3/4".
class ReplicasDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

protected:
    void paintFirst(QPainter &painter, const QRect &rect, const QModelIndex &index, const QColor &paper) const override;
    int firstWidth(const QModelIndex &index) const override;
    bool isNumeric() const override { return true; }
};

/// The one small button of a row; painted, not a widget.
class ActionDelegate : public CellDelegate {
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// Where the button is inside the cell; empty where the row has none.
    static QRect buttonRect(const QRect &cell, const QModelIndex &index, int padding);

protected:
    int firstWidth(const QModelIndex &index) const override;
};

} // namespace cairn::views
