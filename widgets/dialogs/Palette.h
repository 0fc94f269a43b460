// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Palette.h"

#include <QPointer>
#include <QWidget>

class QListView;

namespace cairn::kit {
class Paragraph;
class SearchField;
}

namespace cairn::dialogs {

/// Ctrl K: go to anything, do anything. Lies over its parent; a click beside it or Esc closes it and gives the focus back.
/// The model is the caller's. GUI thread only.
class Palette : public QWidget
{
    Q_OBJECT
public:
    Palette(items::PaletteModel *model, QWidget *parent);

    void open(const QString &query = {});
    void leave();

signals:
    /// `newWindow`: with Ctrl, on an entry that allows it. The palette is closed already.
    void chosen(const QString &id, bool newWindow);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void choose(const QModelIndex &index, bool newWindow);
    void step(int rows);
    void select(int row);
    void showFound();
    void layOut();

    items::PaletteModel *m_model;
    QWidget *m_panel;
    kit::SearchField *m_field;
    QListView *m_list;
    kit::Paragraph *m_none;
    QPointer<QWidget> m_focusBefore;
};

} // namespace cairn::dialogs
