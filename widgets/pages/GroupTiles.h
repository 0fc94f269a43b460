// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QGridLayout;

namespace cairn::pages {

/// How a group of components stands a node failure.
struct GroupCount {
    QString id;   ///< of the group; "" for all
    QString name; ///< safe to show
    int survives = 0;
    int hurts = 0;   ///< will, though more than one replica runs
    int falls = 0;
    int unknown = 0; ///< not observable
    int observable() const { return survives + hurts + falls; }
    bool operator==(const GroupCount &) const = default;
};

/// "Training, 1 of 3 survive" over a bar that says the same in greyscale. Private to the folder.
class GroupTile : public QAbstractButton
{
    Q_OBJECT
public:
    explicit GroupTile(QWidget *parent = nullptr);
    void set(const GroupCount &count);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString number() const;
    QString words() const;
    GroupCount m_count;
};

/// The groups side by side, on more lines where there is no room; one is chosen and filters the page. ← → move between them.
class GroupTiles : public QWidget
{
    Q_OBJECT
public:
    explicit GroupTiles(QWidget *parent = nullptr);
    /// The first stands for all. Tiles keep the focus when only their numbers change.
    void setGroups(const QList<GroupCount> &groups);
    QString current() const { return m_current; }
    void setCurrent(const QString &id);
    QList<QWidget *> tabStops() const;

signals:
    /// By the user.
    void chosen(const QString &id);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    QList<GroupCount> m_groups;
    QList<GroupTile *> m_tiles;
    QGridLayout *m_grid;
    int m_columns = 0;
    QString m_current;
};

} // namespace cairn::pages
