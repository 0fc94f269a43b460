// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/Alerts.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/ComponentTableModel.h"

#include <QCoreApplication>

namespace cairn::items {

using namespace Qt::StringLiterals;
using components::Leadership;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items::Alerts)
};

} // namespace

bool AlertRules::isQuiet(const QTime &now) const
{
    if (!quiet)
        return false;
    if (quietFrom < quietTo)
        return now >= quietFrom && now < quietTo;
    return now >= quietFrom || now < quietTo;
}

bool AlertWatch::becomes(const QString &what, bool is, const QDateTime &began)
{
    const auto before = m_state.constFind(what);
    const bool news = is && (before != m_state.cend() ? !*before : began.isValid() && began > m_since);
    m_state.insert(what, is);
    return news;
}

void AlertWatch::jobs(const JobTableModel &jobs, const QDateTime &now, QList<Alert> &alerts)
{
    for (int i = 0; i < jobs.rowCount(); ++i) {
        const JobRow &row = *jobs.rowAt(i);
        const Job &job = row.job;
        const QString key = jobKey(job);
        const QString name = text::safe(job.name);
        if (becomes(u"failed/"_s + key, job.phase == JobPhase::Failed, job.finished)) {
            const QString why = text::safe(job.cause.isEmpty() ? job.message : job.cause);
            const QString where = text::safe(job.ns);
            alerts.append({AlertKind::JobFailed, key, Words::tr("%1 failed").arg(name), why.isEmpty() ? where : Words::tr("%1 · %2", "namespace, cause").arg(where, why)});
        }
        if (!row.checkpoints)
            continue;
        const CheckpointSummary &known = *row.checkpoints;
        const bool running = job.phase == JobPhase::Running || job.phase == JobPhase::Restarting;
        if (becomes(u"damaged/"_s + key, !known.none && known.verdict == Verdict::Damaged, known.savedAt)) {
            alerts.append({AlertKind::CheckpointDamaged, key, Words::tr("The newest checkpoint of %1 is damaged").arg(name),
                           known.safeSince.isValid() ? Words::tr("The newest whole one is %1 old.").arg(age(known.safeSince, now)) : Words::tr("There is no whole one.")});
        }
        // By when it was read: a list that is old tells nothing new.
        if (becomes(u"overdue/"_s + key, running && isOverdue(known, known.readAt))) {
            alerts.append({AlertKind::CheckpointOverdue, key, Words::tr("%1 has not saved for %2").arg(name, age(known.savedAt, now)),
                           Words::tr("It saves every %1 as a rule.").arg(text::duration(known.rhythm))});
        }
    }
}

QList<Alert> AlertWatch::update(const OverviewFacts &facts, int claimPercent)
{
    QList<Alert> alerts;
    if (!m_since.isValid())
        m_since = facts.now;
    if (facts.jobs)
        jobs(*facts.jobs, facts.now, alerts);
    if (facts.components) {
        for (const components::Component &component : *facts.components) {
            using State = Leadership::State;
            const State state = component.leader.state;
            if (state == State::None || state == State::Unread || state == State::Future)
                continue;
            if (becomes(u"leader/"_s + ComponentTableModel::key(component), state != State::Fresh)) {
                alerts.append({AlertKind::LeaderLost, ComponentTableModel::key(component), Words::tr("%1 has no leader").arg(component.id),
                               state == State::Missing ? Words::tr("Nobody holds its lease.")
                                                       : Words::tr("Its lease was last renewed %1 ago.").arg(age(component.leader.renewed, facts.now))});
            }
        }
    }
    if (facts.claims) {
        for (const storage::ClaimAccount &account : *facts.claims) {
            if (account.fraction() >= 0 && becomes(u"full/"_s + account.key(), account.fraction() * 100 >= claimPercent)) {
                alerts.append({AlertKind::ClaimFull, account.key(),
                               Words::tr("%1 is %2 % full", "claim, part").arg(text::safe(account.claim.name)).arg(static_cast<int>(account.fraction() * 100)),
                               text::safe(account.claim.ns)});
            }
        }
    }
    return alerts;
}

} // namespace cairn::items
