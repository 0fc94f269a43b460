// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FindingListModel.h"

#include <QListView>

namespace cairn::pages {

/// Findings under their severities: sign, what is wrong, what it leads to, what it rests on as links, its rule. Painted, no
/// widget per row. ↑ ↓ move, ← → and Enter fold and unfold, Enter on a finding opens it. The current row is found by its key
/// again after every change. GUI thread only.
class FindingList : public QListView
{
    Q_OBJECT
public:
    /// `model` outlives it.
    explicit FindingList(items::FindingListModel *model, QWidget *parent = nullptr);

    QString currentKey() const; ///< "" where none is current
    /// Of a finding that is folded away: unfolds it.
    void setCurrentKey(const QString &key);
    /// Takes the focus, and the first finding where no row is current.
    void focusRow();
    void setStale(bool stale);
    bool isStale() const { return m_stale; }

    /// Where a row's parts are, within `rect` of the row.
    struct Parts {
        QRect sign, title, consequence, rule, button;
        QList<QRect> links;
    };
    Parts parts(const QRect &rect, const items::FindingListModel::Row &row) const;
    int rowHeight(const items::FindingListModel::Row &row) const;

signals:
    void currentKeyChanged(const QString &key);
    /// Enter or a double click on a finding.
    void opened(const QString &key);
    /// What a finding rests on was clicked.
    void objectRequested(const cairn::audit::ObjectName &object);
    /// A letter or "/", for the page's keys.
    void keyTyped(const QString &key);
    void escaped();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void keyboardSearch(const QString &) override {}
    bool viewportEvent(QEvent *event) override;

private:
    void restore();
    void toggle(const QModelIndex &index);
    void setOpen(const QModelIndex &index, bool open);
    items::FindingListModel *m_model;
    QString m_currentKey;
    int m_scrolled = 0;
    bool m_restoring = false;
    bool m_stale = false;
    int m_rowHeight = 0, m_headHeight = 0;
};

} // namespace cairn::pages
