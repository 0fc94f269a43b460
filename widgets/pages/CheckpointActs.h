// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QAction;
class QMenu;

namespace cairn::kit {
class Button;
}
namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// What can be done with the checkpoints of a table beside a resume: buttons under it, its keys V and C, and its menu. Two are chosen for a
/// comparison by their check boxes; without any it is the selected one with the one below it. A narrow table has neither boxes nor buttons,
/// which would take the room of its numbers. GUI thread only.
class CheckpointActs : public QWidget
{
    Q_OBJECT
public:
    /// Makes the table's rows checkable where there is room. `table` outlives it.
    explicit CheckpointActs(views::DataTable *table, QWidget *parent = nullptr);

    /// Puts its acts into a menu of the page as well.
    void addTo(QMenu *menu);
    /// True where a key typed in the table was one of its own.
    bool takeKey(const QString &key);
    QList<QWidget *> stops() const;

signals:
    void resumeRequested(const QString &path);
    void newJobRequested(const QString &path);
    void verifyRequested(const QString &path);
    /// The older of the two in the table's order first, as it is shown.
    void compareRequested(const QString &a, const QString &b);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateRoom();
    void updateActs();
    void verify();
    void compare();
    QStringList pair() const; ///< paths to compare, A first; empty where there are none
    void showMenu(const QPoint &at);

    views::DataTable *m_table;
    kit::Button *m_verify;
    kit::Button *m_compare;
    QAction *m_verifyAct;
    QAction *m_compareAct;
};

} // namespace cairn::pages
