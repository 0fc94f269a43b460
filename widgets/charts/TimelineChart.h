// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"

#include <QDateTime>
#include <QList>
#include <QWidget>
#include <memory>
#include <optional>

namespace cairn::charts {

/// One checkpoint on the timeline.
struct TimelinePoint {
    QDateTime time; ///< UTC, when it was saved
    double step = 0;
    Verdict verdict = Verdict::Unverified;
    QString key;    ///< identity that survives updates (the checkpoint's path)
    QString title;  ///< first line of the tooltip, "Step 12 000 · whole"
    QString detail; ///< second line, "27.1 GiB in 41 s · loss 1.872"
    QString run = {}; ///< the attempt it belongs to: the line breaks where this changes
    bool operator==(const TimelinePoint &) const = default;
};

/// Time without progress: from the last sign of life to the next start.
struct TimelineRestart {
    QDateTime from;
    QDateTime to;
    QString label; ///< "restart 1: OOMKilled"
    bool operator==(const TimelineRestart &) const = default;
};

/// The end of an attempt by failure.
struct TimelineFailure {
    QDateTime time;
    QString label; ///< "failed at 12 431"
    bool operator==(const TimelineFailure &) const = default;
};

struct TimelineData {
    QList<TimelinePoint> points; ///< in any order
    QList<TimelineRestart> restarts;
    QList<TimelineFailure> failures;
    QDateTime from;                  ///< start of the job; invalid: the first point
    QDateTime to;                    ///< now or the end; invalid: the last point
    std::optional<double> startStep; ///< step at `from`, where the line begins; none: at the first point
    std::optional<double> endStep;   ///< newest known step, where the line ends at `to` or at the last failure
    bool operator==(const TimelineData &) const = default;
};

/// Checkpoints of a job over time: step upwards, a mark per checkpoint by verdict, a line that breaks at restarts and between attempts,
/// bands where nothing ran, lines where it failed. ← → move between checkpoints, Home and End jump, Enter activates,
/// T asks for the table. At most 2,000 points are drawn (thinned evenly, damaged and selected ones kept); the keyboard
/// reaches all of them.
class TimelineChart : public QWidget {
    Q_OBJECT

public:
    explicit TimelineChart(QWidget *parent = nullptr);
    ~TimelineChart() override;

    void setData(const TimelineData &timeline);
    QString selectedKey() const;
    /// An unknown key selects nothing.
    void setSelectedKey(const QString &key);
    /// The picture in words, also the accessible description: "46 checkpoints from step 1 000 to 12 400, 44 whole, …".
    QString summary() const;
    /// Legend of the four marks, for the head of the card. The caller owns it.
    static QWidget *makeLegend(QWidget *parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void selected(const QString &key);
    void activated(const QString &key);
    void tableRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void select(qsizetype index);
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace cairn::charts
