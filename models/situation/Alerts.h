// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "situation/Overview.h"

#include <QSet>
#include <QTime>
#include <array>

namespace cairn::situation {

enum class AlertKind { JobFailed, CheckpointDamaged, CheckpointOverdue, LeaderLost, ClaimFull, NodeLost, ComponentDown, ChangeUnfinished };
inline constexpr int alertKinds = static_cast<int>(AlertKind::ChangeUnfinished) + 1;

/// Something that happened just now and that somebody who looks elsewhere should hear of.
struct Alert {
    AlertKind kind = AlertKind::JobFailed;
    QString target; ///< key of the job, component, claim or node; of NodeLost the job where nodes may not be read
    QString title;  ///< safe to show
    QString text;   ///< safe to show
    bool operator==(const Alert &) const = default;
};

/// What the user wants to hear of, and when.
struct AlertRules {
    QSet<AlertKind> wanted{AlertKind::JobFailed, AlertKind::CheckpointDamaged, AlertKind::CheckpointOverdue, AlertKind::LeaderLost, AlertKind::ClaimFull,
                           AlertKind::NodeLost, AlertKind::ComponentDown, AlertKind::ChangeUnfinished};
    int claimPercent = 90; ///< a claim that is this full, 50…99
    bool quiet = false;    ///< there are quiet hours
    QTime quietFrom{22, 0}, quietTo{7, 0}; ///< local time; may span midnight
    /// The end is not quiet any more. Equal times: the whole day.
    bool isQuiet(const QTime &now) const;
    bool operator==(const AlertRules &) const = default;
};

/// Tells changes for the worse from one look to the next. What was so when it was first seen is no news, unless it began
/// after the first look, or is a change that nobody finished: that waits for somebody, however old it is. GUI thread or any one thread.
class AlertWatch
{
public:
    /// Alerts since the last call, of all kinds: whether they are wanted is for the caller to say.
    QList<Alert> update(const OverviewFacts &facts, int claimPercent);
    /// Begins anew (another cluster).
    void reset() { *this = {}; }

private:
    void job(const Job &job, const CheckpointSummary *known, const OverviewFacts &facts, QList<Alert> &alerts);
    void nodes(const QList<NodeLoad> &nodes, QList<Alert> &alerts);
    void components(const QList<components::Component> &all, const QDateTime &now, QList<Alert> &alerts);
    /// Remembers whether something is so of one target. True where it became so since the last look: it was seen before and was not so,
    /// or it began after the watch did (`began` invalid: not known). What began before the watch is no news, whenever it was read.
    bool becomes(AlertKind kind, const QString &target, bool is, const QDateTime &began = {});

    QDateTime m_since;
    std::array<QHash<QString, bool>, alertKinds> m_state; ///< by kind, then target
};

} // namespace cairn::situation
