// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Takeover.h"

#include <QWidget>

namespace cairn::charts {

/// How available something was in the last days, an hour each: ready, partly ready, not ready, or not seen, which is hatched and
/// never counted as up. ← → move between hours, Home and End jump. GUI thread only.
class AvailabilityStrip : public QWidget
{
    Q_OBJECT

public:
    /// `name` is said before the value by a screen reader ("training-operator").
    explicit AvailabilityStrip(const QString &name, QWidget *parent = nullptr);

    /// Oldest first, without a gap: hoursOf().
    void setHours(const QList<ReadinessHour> &hours);
    void setName(const QString &name);
    /// "99.8 % of the 120 h that Cairn saw"; also what the caption beside it may say. Says so where nothing was seen.
    QString summary() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    QString wordsOf(const ReadinessHour &hour) const;
    qsizetype hourAt(double x) const;
    void select(qsizetype index);
    void updateNames();

    QString m_name;
    QList<ReadinessHour> m_hours;
    qsizetype m_selected = -1;
};

} // namespace cairn::charts
