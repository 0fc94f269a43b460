// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Takeover.h"
#include "situation/Overview.h"

#include <QSet>
#include <QTime>
#include <array>

namespace cairn::situation {

enum class AlertKind { JobFailed, CheckpointDamaged, CheckpointOverdue, LeaderLost, ClaimFull, NodeLost, ComponentDown, ChangeUnfinished,
                       ReplicaLost, LeaderChanged };
inline constexpr int alertKinds = static_cast<int>(AlertKind::LeaderChanged) + 1;

/// Something that happened just now and that somebody who looks elsewhere should hear of.
struct Alert {
    AlertKind kind = AlertKind::JobFailed;
    QString target; ///< key of the job, component, claim or node; of NodeLost the job where nodes may not be read
    QString title;  ///< safe to show
    QString text;   ///< safe to show
    bool operator==(const Alert &) const = default;
};

/// Another pod leads. What a failover test of this program did is no news: do not ask.
Alert alertOf(const LeaderChange &change);

/// What the user wants to hear of, and when. A leader changes with every roll-out: who wants to hear of that says so.
struct AlertRules {
    QSet<AlertKind> wanted{AlertKind::JobFailed, AlertKind::CheckpointDamaged, AlertKind::CheckpointOverdue, AlertKind::LeaderLost, AlertKind::ClaimFull,
                           AlertKind::NodeLost, AlertKind::ComponentDown, AlertKind::ChangeUnfinished, AlertKind::ReplicaLost};
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
    /// Whether it was still so at the last update().
    bool stands(AlertKind kind, const QString &target) const { return m_state[static_cast<size_t>(kind)].value(target); }
    /// Begins anew (another cluster).
    void reset() { *this = {}; }

private:
    void job(const Job &job, const CheckpointSummary *known, const OverviewFacts &facts, QList<Alert> &alerts);
    void nodes(const QList<NodeLoad> &nodes, QList<Alert> &alerts);
    void components(const QList<components::Component> &all, const OverviewFacts &facts, QList<Alert> &alerts);
    /// Remembers whether something is so of one target. True where it became so since the last look: it was seen before and was not so,
    /// or it began after the watch did (`began` invalid: not known). What began before the watch is no news, whenever it was read.
    bool becomes(AlertKind kind, const QString &target, bool is, const QDateTime &began = {});

    QDateTime m_since;
    std::array<QHash<QString, bool>, alertKinds> m_state; ///< by kind, then target
    QHash<QString, int> m_ready; ///< by component: how many replicas were ready
};

} // namespace cairn::situation
