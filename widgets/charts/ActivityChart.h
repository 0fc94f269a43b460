// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "situation/Activity.h"

#include <QWidget>

namespace cairn::charts {

/// What jobs did in the last hours: a lane each with a bar while it ran and a mark for each checkpoint, failure and
/// resume. Draws as many lanes as fit. ↑ ↓ move between lanes, Enter asks for the job. GUI thread only.
class ActivityChart : public QWidget
{
    Q_OBJECT
public:
    explicit ActivityChart(QWidget *parent = nullptr);

    void setActivity(const QList<situation::Activity> &lanes, const QDateTime &now);
    /// How many lanes fit in the present size.
    int shownLanes() const;
    int laneCount() const { return static_cast<int>(m_lanes.size()); }
    QString currentKey() const;
    /// The lane in words: "bert-xl, running for 9 h, 6 checkpoints in 24 h". Also its accessible name while it is current.
    QString summary(const situation::Activity &lane) const;
    /// Legend of the marks, for the head of the card. The caller owns it.
    static QWidget *makeLegend(QWidget *parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void activated(const QString &key);
    /// shownLanes() may have changed.
    void laidOut();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    bool event(QEvent *event) override;

private:
    void select(int lane);
    int laneAt(double y) const;
    QRectF plot() const;
    double xOf(const QDateTime &time) const;
    void updateNames();

    QList<situation::Activity> m_lanes;
    QDateTime m_now;
    int m_current = -1;
};

} // namespace cairn::charts
