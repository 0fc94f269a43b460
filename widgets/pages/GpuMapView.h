// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/GpuMap.h"

#include <QWidget>

namespace cairn::pages {

/// The GPUs of one pool as cells, node by node: yours in accent, in use grey, free hollow, free on a node that is too full for a
/// pod dashed, not ready hatched. Two columns where there is room. ↑ ↓ move between nodes, whose words are read aloud. GUI thread.
class GpuMapView : public QWidget {
    Q_OBJECT

public:
    /// More nodes are counted, not drawn.
    static constexpr qsizetype mostNodes = 48;

    explicit GpuMapView(const launch::GpuPool &pool, QWidget *parent = nullptr);
    void setPool(const launch::GpuPool &pool);
    /// "gpu-7: 3 of 8 in use by resnet-ddp, 5 free, 3 short of a pod"; safe to show.
    static QString wordsOf(const launch::GpuNode &node);
    /// What the cells mean, for above the map.
    static QWidget *makeLegend();

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool event(QEvent *event) override;

private:
    qsizetype shown() const { return std::min(m_pool.nodes.size(), mostNodes); }
    int columns(int width) const;
    int rows(int columns) const;
    QRect placeOf(qsizetype index) const;
    void select(qsizetype index);
    void updateName();

    launch::GpuPool m_pool;
    qsizetype m_selected = -1;
};

} // namespace cairn::pages
