// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Alerts.h"

#include "base/Text.h"
#include "jobs/Unfinished.h"
#include "situation/JobWords.h"

#include <QCoreApplication>
#include <cmath>
#include <utility>

namespace cairn::situation {

using namespace Qt::StringLiterals;
using components::Leadership;

namespace {

constexpr qint64 clocksApart = 300; ///< seconds

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation::Alerts)
};

/// So long without a step a change may be under way elsewhere: pods take their time to end.
constexpr qint64 underWaySeconds = 60;

} // namespace

Alert alertOf(const LeaderChange &change)
{
    const QString gap = change.gap < 0 ? QString() : text::duration(std::chrono::milliseconds(std::llround(change.gap * 1000)));
    const QString to = text::safe(change.toPod);
    const QString words = change.fromPod.isEmpty() ? Words::tr("%1 leads.", "pod").arg(to)
        : gap.isEmpty()                            ? Words::tr("%1 leads, in place of %2.", "pods").arg(to, text::safe(change.fromPod))
                                                   : Words::tr("%1 leads, in place of %2; nobody led for %3.", "pods, duration").arg(to, text::safe(change.fromPod), gap);
    return {AlertKind::LeaderChanged, change.component + u'@' + change.ns, Words::tr("%1 has another leader").arg(text::safe(change.component)), words};
}

bool AlertRules::isQuiet(const QTime &now) const
{
    if (!quiet)
        return false;
    if (quietFrom < quietTo)
        return now >= quietFrom && now < quietTo;
    return now >= quietFrom || now < quietTo;
}

bool AlertWatch::becomes(AlertKind kind, const QString &target, bool is, const QDateTime &began)
{
    QHash<QString, bool> &states = m_state[static_cast<size_t>(kind)];
    const auto before = states.find(target);
    if (before == states.end()) {
        states.insert(target, is);
        return is && began.isValid() && began > m_since;
    }
    if (std::exchange(*before, is) || !is)
        return false;
    // What was read only now may have been so for days. The server's clock need not be this one's.
    return !began.isValid() || began.addSecs(clocksApart) > m_since;
}

// Every job is gone through every few seconds: nothing is put into words before there is something to say.
void AlertWatch::job(const Job &job, const CheckpointSummary *known, const OverviewFacts &facts, QList<Alert> &alerts)
{
    const QString key = jobKey(job);
    const auto unfinished = jobs::unfinishedChange(job);
    const bool hangs = unfinished && !facts.underWay.contains(key) && (!unfinished->record || unfinished->record->changed.secsTo(facts.now) >= underWaySeconds);
    if (!hangs)
        m_state[static_cast<size_t>(AlertKind::ChangeUnfinished)].remove(key);
    else if (becomes(AlertKind::ChangeUnfinished, key, true, facts.now.addSecs(1))) // also at the first look
        alerts.append({AlertKind::ChangeUnfinished, key, Words::tr("A change of %1 was not finished").arg(text::safe(job.name)), unfinished->text});
    if (becomes(AlertKind::JobFailed, key, job.phase == JobPhase::Failed, job.finished)) {
        const QString why = causeText(job);
        const QString where = text::safe(job.ns);
        alerts.append({AlertKind::JobFailed, key, Words::tr("%1 failed").arg(text::safe(job.name)),
                       why.isEmpty() ? where : Words::tr("%1 · %2", "namespace, cause").arg(where, why)});
    }
    // Where nodes may be read one node tells of all its jobs.
    if (!facts.nodes && becomes(AlertKind::NodeLost, key, job.phase == JobPhase::NodeLost)) {
        alerts.append({AlertKind::NodeLost, key, Words::tr("A node of %1 is lost").arg(text::safe(job.name)),
                       Words::tr("%1 · whether it still trains is unknown", "namespace").arg(text::safe(job.ns))});
    }
    if (!known)
        return;
    if (becomes(AlertKind::CheckpointDamaged, key, !known->none && known->verdict == Verdict::Damaged, known->savedAt)) {
        alerts.append({AlertKind::CheckpointDamaged, key, Words::tr("The newest checkpoint of %1 is damaged").arg(text::safe(job.name)),
                       known->safeSince.isValid() ? Words::tr("The newest whole one is %1 old.").arg(age(known->safeSince, facts.now)) : Words::tr("There is no whole one.")});
    }
    // By when it was read: a list that is old tells nothing new.
    if (becomes(AlertKind::CheckpointOverdue, key, isRunning(job.phase) && isOverdue(*known, known->readAt))) {
        alerts.append({AlertKind::CheckpointOverdue, key, Words::tr("%1 has not saved for %2").arg(text::safe(job.name), age(known->savedAt, facts.now)),
                       Words::tr("It usually saves every %1.").arg(text::duration(known->rhythm))});
    }
}

void AlertWatch::nodes(const QList<NodeLoad> &nodes, QList<Alert> &alerts)
{
    for (const NodeLoad &load : nodes) {
        if (!becomes(AlertKind::NodeLost, nodeKey(load.node), !load.node.ready, load.node.readySince))
            continue;
        const int count = static_cast<int>(load.jobs.size());
        alerts.append({AlertKind::NodeLost, nodeKey(load.node), Words::tr("Node %1 is lost").arg(text::safe(load.node.name)),
                       count == 0 ? Words::tr("No training job has a pod there.")
                                  : Words::tr("%n job(s) with a pod there: %1", nullptr, count).arg(lostText(load))});
    }
}

void AlertWatch::components(const QList<components::Component> &all, const OverviewFacts &facts, QList<Alert> &alerts)
{
    for (const components::Component &component : all) {
        const QString key = componentKey(component);
        // Nothing is remembered of what a change does meanwhile: what it leaves broken is told afterwards.
        if (facts.touched.contains(key))
            continue;
        using State = Leadership::State;
        const State state = component.leader.state;
        // What elects nobody has no leader to lose, neither now nor when it begins to.
        if (state == State::Off)
            m_state[static_cast<size_t>(AlertKind::LeaderLost)].remove(key);
        else if (state != State::None && state != State::Unread && state != State::Future && becomes(AlertKind::LeaderLost, key, state != State::Fresh)) {
            alerts.append({AlertKind::LeaderLost, key, Words::tr("%1 has no leader").arg(component.id),
                           state == State::Missing ? Words::tr("Nobody holds its lease.")
                                                   : Words::tr("Its lease was last renewed %1 ago.").arg(age(component.leader.renewed, facts.now))});
        }
        // What cannot be seen is neither up nor down.
        if (component.standing != components::Standing::NotObservable
            && becomes(AlertKind::ComponentDown, key, component.standing == components::Standing::Down))
            alerts.append({AlertKind::ComponentDown, key, Words::tr("%1 is down").arg(component.id), components::consequence(component)});
        // One that comes back after all were down has lost nothing. Whether one leads is told apart.
        const bool down = component.standing == components::Standing::Down;
        const bool degraded = !down && component.ready < component.desired;
        // Nor has one that is asked for more than before.
        const bool fewer = component.ready < std::exchange(m_ready[key], component.ready);
        const bool lost = (degraded || down) && (fewer || down || stands(AlertKind::ReplicaLost, key));
        if (component.standing != components::Standing::NotObservable && becomes(AlertKind::ReplicaLost, key, lost) && degraded)
            alerts.append({AlertKind::ReplicaLost, key, Words::tr("%1 lost a replica").arg(component.id),
                           Words::tr("%1 of %2 replicas are ready.").arg(component.ready).arg(component.desired)});
    }
}

QList<Alert> AlertWatch::update(const OverviewFacts &facts, int claimPercent)
{
    QList<Alert> alerts;
    if (!m_since.isValid())
        m_since = facts.now;
    if (facts.nodes)
        nodes(*facts.nodes, alerts);
    if (facts.jobs)
        facts.jobs([&](const Job &one, const CheckpointSummary *known) { job(one, known, facts, alerts); });
    if (facts.components)
        components(*facts.components, facts, alerts);
    if (facts.claims) {
        for (const storage::ClaimAccount &account : *facts.claims) {
            if (account.fraction() >= 0 && becomes(AlertKind::ClaimFull, account.key(), account.fraction() * 100 >= claimPercent)) {
                alerts.append({AlertKind::ClaimFull, account.key(),
                               Words::tr("%1 is %2 % full", "PVC, part").arg(text::safe(account.claim.name)).arg(static_cast<int>(account.fraction() * 100)),
                               text::safe(account.claim.ns)});
            }
        }
    }
    return alerts;
}

} // namespace cairn::situation
