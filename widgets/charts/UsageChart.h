// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/VolumeUse.h"

#include <QList>
#include <QWidget>
#include <memory>

namespace cairn::charts {

/// How full something was, and may become.
struct UsageData {
    QList<UsageSample> samples; ///< in any order; those without `used` are left out
    qint64 capacity = -1;       ///< bytes; -1: no limit is drawn
    QDateTime now;              ///< UTC
    int days = 30;              ///< how far back
    double bytesPerDay = 0;     ///< of the forecast; 0: none is drawn
    double full = -1;           ///< days from now until it is full; -1 where it never is, or there is no limit
    double soonest = -1;        ///< the likely range of `full`
    double latest = -1;         ///< -1: perhaps never
    bool operator==(const UsageData &) const = default;
};

/// Bytes used over time: an area from zero, the capacity as a line, the forecast dashed with its likely range shaded, a
/// line for today. Times without samples are gaps. ← → move between samples, Home and End jump, T asks for the table.
class UsageChart : public QWidget {
    Q_OBJECT

public:
    explicit UsageChart(QWidget *parent = nullptr);
    ~UsageChart() override;

    void setData(const UsageData &usage);
    /// The picture in words, also the accessible description.
    QString summary() const;
    /// Samples in view, oldest first.
    QList<UsageSample> shown() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void tableRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void select(qsizetype index);
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace cairn::charts
