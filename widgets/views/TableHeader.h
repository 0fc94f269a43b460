// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace cairn::views {

class DataTable;

/// Header of a DataTable: numbers to the right, a check box for all rows in view before the first column.
class TableHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit TableHeader(DataTable *table);
    /// Width of a head with its sort arrow and padding.
    int wantedWidth(int column) const;

signals:
    void checkClicked();

protected:
    void initStyleOptionForIndex(QStyleOptionHeader *option, int logicalIndex) const override;
    void paintSection(QPainter *painter, const QRect &rect, int logicalIndex) const override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    bool isOnCheck(const QPoint &pos) const;
    DataTable *m_table;
    bool m_pressedCheck = false;
};

} // namespace cairn::views
