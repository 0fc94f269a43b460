// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/Overview.h"

#include "base/Text.h"
#include "jobs/Unfinished.h"
#include "situation/JobWords.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace cairn::situation {

using namespace Qt::StringLiterals;
using components::Component;
using components::Standing;
using Kind = Problem::Kind;
using About = Problem::About;
using Urgency = Problem::Urgency;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation::Overview)
};

constexpr qint64 historyAfterDays = 7;
/// A job that waits shorter than this is only starting.
constexpr qint64 waitingSeconds = 600;

/// What training could go on from, and whether a resume may be offered.
QString hintOf(const CheckpointSummary *known, bool &canResume)
{
    canResume = false;
    if (!known)
        return Words::tr("checkpoints not read yet");
    if (known->none)
        return Words::tr("it never saved a checkpoint");
    if (!known->safeSince.isValid())
        return Words::tr("no checkpoint can be trusted");
    canResume = true;
    return known->safeStep ? Words::tr("newest whole checkpoint: step %1").arg(text::number(*known->safeStep)) : Words::tr("there is a whole checkpoint");
}

class Judge
{
public:
    explicit Judge(const OverviewFacts &facts)
        : m_now(facts.now)
        , m_underWay(facts.underWay)
    {
        if (facts.nodes)
            nodes(*facts.nodes);
        for (const OpenChange &change : facts.changes) {
            ++m_result.unfinished;
            m_result.problems.append({.kind = Kind::Unfinished, .about = About::Change, .target = change.key, .what = Problem::Other::Unfinished,
                                      .urgency = Urgency::Now, .name = change.title, .text = change.text, .place = change.place, .since = change.since,
                                      .hint = change.tool.isEmpty() ? Words::tr("save the ConfigMap that holds it before anything else")
                                                                    : Words::tr("started by %1; finish it, or roll it back", "a program").arg(change.tool),
                                      .act = Problem::Act::Recover});
        }
        if (facts.jobs)
            facts.jobs([this](const Job &one, const CheckpointSummary *known) { job(one, known); });
        if (facts.components)
            components(*facts.components);
        if (facts.claims)
            claims(*facts.claims);
        std::ranges::stable_sort(m_result.problems, [](const Problem &a, const Problem &b) {
            // What follows from a lost node comes after what else is lost with it; what has no time cannot be news.
            const auto order = [](const Problem &p) {
                const bool follows = p.kind == Kind::NodeLost && p.about == About::Job;
                return std::make_tuple(follows ? Kind::ComponentDown : p.kind, follows, p.urgency, p.since.isValid() ? -p.since.toSecsSinceEpoch() : 0, -p.cost);
            };
            return order(a) < order(b);
        });
    }
    Overview take() { return std::move(m_result); }

private:
    void job(const Job &job, const CheckpointSummary *known)
    {
        const jobs::LossOfWork lost = jobs::lossIfItDiesNow(job, known, m_now);
        if (const auto change = jobs::unfinishedChange(job); change && !m_underWay.contains(jobKey(job)))
            hangs(job, known, *change, lost);
        switch (job.phase) {
        case JobPhase::Running:
        case JobPhase::NodeLost:
        case JobPhase::Restarting:
            ++m_result.running;
            m_result.gpuHoursAtRisk += lost.gpuHours.value_or(0);
            m_result.atMost |= lost.atMost;
            if (lost.gpuHours.value_or(0) > m_most || (m_most == 0 && lost.time > m_result.longest))
                m_result.costliest = text::safe(job.name);
            m_most = std::max(m_most, lost.gpuHours.value_or(0));
            m_result.longest = std::max(m_result.longest, lost.time);
            if (job.phase == JobPhase::NodeLost) {
                m_result.gpusHeld += job.gpus();
                problem(job, known, Kind::NodeLost, job.phase, Urgency::Soon, lostNodeText(job), m_lostSince.value(jobKey(job)), lost);
            } else if (job.phase == JobPhase::Restarting) {
                m_result.gpusHeld += job.gpus();
                problem(job, known, Kind::Stalled, job.phase, Urgency::Soon, causeText(job), job.died ? job.died->at : QDateTime(), lost);
            } else if (known) {
                unsafe(job, *known, lost);
            }
            break;
        case JobPhase::Failed:
            ++m_result.failed;
            if (!job.finished.isValid() || job.finished.daysTo(m_now) < historyAfterDays)
                problem(job, known, Kind::Failed, job.phase, Urgency::Now, causeText(job), job.finished, lost);
            break;
        case JobPhase::Pending:
        case JobPhase::Queued:
            ++m_result.waiting;
            m_result.gpusHeld += job.gpus();
            if (job.phase == JobPhase::Pending && job.created.isValid() && job.created.secsTo(m_now) > waitingSeconds)
                problem(job, known, Kind::Stalled, job.phase, Urgency::Soon, causeText(job), job.created, lost);
            break;
        case JobPhase::Suspended: ++m_result.suspended; break;
        case JobPhase::Succeeded:
        case JobPhase::Unknown: break;
        }
    }

    /// Nobody works on it any longer, or somebody does elsewhere: whoever finds it can go on or back.
    void hangs(const Job &job, const CheckpointSummary *known, const jobs::UnfinishedChange &change, const jobs::LossOfWork &lost)
    {
        ++m_result.unfinished;
        problem(job, known, Kind::Unfinished, Problem::Other::Unfinished, Urgency::Now, change.text, change.record ? change.record->changed : QDateTime(), lost);
        Problem &problem = m_result.problems.last();
        problem.about = About::Change;
        problem.hint = change.record ? Words::tr("started by %1; finish it, or roll it back", "a program").arg(text::safe(change.record->tool)) : change.problem;
        problem.act = change.canAct() ? Problem::Act::Recover : Problem::Act::Show;
    }

    QString lostNodeText(const Job &job) const
    {
        const QString node = m_lostNode.value(jobKey(job));
        return node.isEmpty() ? Words::tr("a node with a pod of this job is not answering; whether it still trains is unknown")
                              : Words::tr("it has a pod on node %1, which is not answering; whether it still trains is unknown").arg(node);
    }

    /// A running job whose newest checkpoint is no good, or late.
    void unsafe(const Job &job, const CheckpointSummary &known, const jobs::LossOfWork &lost)
    {
        if (known.verdict == Verdict::Damaged && !known.none) {
            problem(job, &known, Kind::AtRisk, Verdict::Damaged, Urgency::Now, Words::tr("its newest checkpoint is damaged"), known.savedAt, lost);
            return;
        }
        // The same rule by which the Jobs page marks it, from when it was read: a list that is old tells nothing new.
        if (isOverdue(known, known.readAt)) {
            problem(job, &known, Kind::AtRisk, Problem::Other::Overdue, Urgency::Soon,
                    Words::tr("usually saves every %1, and has not for %2").arg(text::duration(known.rhythm), age(known.savedAt, m_now)), known.savedAt, lost);
        }
    }

    void problem(const Job &job, const CheckpointSummary *known, Kind kind, const decltype(Problem::what) &what, Urgency urgency, const QString &why,
                 const QDateTime &since, const jobs::LossOfWork &lost)
    {
        Problem problem;
        problem.kind = kind;
        problem.target = jobKey(job);
        problem.what = what;
        problem.urgency = urgency;
        problem.name = text::safe(job.name);
        problem.text = why;
        problem.place = text::safe(job.ns);
        problem.since = since;
        bool canResume = false;
        problem.hint = hintOf(known, canResume);
        problem.act = canResume && job.phase == JobPhase::Failed ? Problem::Act::Resume : Problem::Act::Show;
        problem.cost = lost.gpuHours.value_or(0);
        m_result.problems.append(problem);
    }

    void components(const QList<Component> &all)
    {
        m_result.componentsKnown = true;
        m_result.components = components::summarise(all);
        for (const Component &component : all) {
            if (component.standing != Standing::Down && component.standing != Standing::NoLeader && component.standing != Standing::Degraded)
                continue;
            const bool down = component.standing == Standing::Down;
            Problem problem;
            problem.kind = down ? Kind::ComponentDown : Kind::AtRisk;
            problem.about = About::Component;
            problem.target = componentKey(component);
            problem.what = component.standing;
            problem.urgency = down ? Urgency::Now : Urgency::Soon;
            problem.name = component.id;
            problem.text = components::consequence(component);
            problem.place = text::safe(component.ns);
            if (component.standing == Standing::NoLeader)
                problem.urgency = Urgency::Now;
            problem.hint = Words::tr("%1 replicas ready").arg(readyText(component.ready, 0, component.desired));
            m_result.problems.append(problem);
        }
        // One line: fifty components with one replica each would hide everything else.
        // The number is that of everywhere else; where all of them are told one by one above, it says nothing new.
        if (const int falling = m_result.components.falling(); m_result.components.atRisk() > 0) {
            Problem problem;
            problem.about = About::Availability;
            problem.what = Problem::Other::SinglePoints;
            problem.name = Words::tr("High availability");
            problem.text = Words::tr("%n component(s) do not tolerate a node failure", nullptr, falling);
            m_result.problems.append(problem);
        }
    }

    void nodes(const QList<NodeLoad> &all)
    {
        m_result.gpusKnown = true;
        for (const NodeLoad &load : all) {
            const Node &node = load.node;
            m_result.gpusAllocatable += node.gpusAllocatable;
            m_result.gpusRequested += load.gpusRequested;
            if (node.ready && node.pressures.isEmpty())
                continue;
            Problem problem;
            problem.kind = node.ready ? Kind::AtRisk : Kind::NodeLost;
            problem.about = About::Node;
            problem.target = nodeKey(node);
            problem.what = node.ready ? Problem::Other::Pressure : Problem::Other::NotReady;
            problem.urgency = node.ready ? Urgency::Soon : Urgency::Now;
            problem.name = text::safe(node.name);
            problem.text = node.ready ? text::safe(node.pressures.join(u", "_s)) : Words::tr("the node is not ready");
            problem.place = text::safe(node.zone);
            problem.since = node.ready ? QDateTime() : node.readySince;
            problem.hint = Words::tr("%n job(s) with a pod there: %1", nullptr, static_cast<int>(load.jobs.size())).arg(lostText(load));
            if (load.jobs.isEmpty())
                problem.hint = Words::tr("no training job there");
            problem.cost = load.gpuHoursAtRisk();
            m_result.problems.append(problem);
            if (node.ready)
                continue;
            for (const JobOnNode &job : load.jobs) {
                m_lostSince.insert(job.key, std::max(m_lostSince.value(job.key), node.readySince));
                m_lostNode.insert(job.key, problem.name);
            }
        }
    }

    void claims(const QList<storage::ClaimAccount> &all)
    {
        m_result.claimsKnown = true;
        m_result.claims = storage::totals(all);
        double soonest = -1;
        for (const storage::ClaimAccount &account : all) {
            const double part = account.fraction();
            const double days = part >= 0.9995 ? 0 : account.forecast.days;
            const storage::Severity severity = storage::severity(account);
            if (part >= 0 && days >= 0 && (soonest < 0 || days < soonest)) {
                soonest = days;
                m_result.fillsFirst = text::safe(account.claim.name);
                m_result.fillsIn = days == 0 ? QString() : storage::fullInText(account);
                m_result.fillsSeverity = severity;
            }
            if (severity == storage::Severity::Fine)
                continue;
            Problem problem;
            problem.kind = Kind::Full;
            problem.about = About::Claim;
            problem.target = account.key();
            problem.what = Problem::Other::Storage;
            problem.urgency = severity == storage::Severity::Now ? Urgency::Now : Urgency::Soon;
            problem.name = text::safe(account.claim.name);
            problem.text = storage::troubleText(account);
            if (problem.text.isEmpty()) {
                const QString full = Words::tr("%1 % full", "part of a PVC").arg(static_cast<int>(part * 100));
                problem.text = days > 0 ? Words::tr("%1, full in %2 at %3 a day", "part of a PVC, time, bytes")
                                              .arg(full, storage::fullInText(account), text::bytes(std::llround(account.forecast.bytesPerDay)))
                                        : full;
            }
            problem.place = text::safe(account.claim.ns);
            problem.hint = usersOf(account);
            m_result.problems.append(problem);
        }
    }

    static QString usersOf(const storage::ClaimAccount &account)
    {
        if (account.users.isEmpty())
            return Words::tr("no job uses it");
        const int others = static_cast<int>(account.users.size()) - 1;
        const QString first = text::safe(account.users.first().name);
        return others > 0 ? Words::tr("used by %1 and %n more", nullptr, others).arg(first) : Words::tr("used by %1").arg(first);
    }

    const QDateTime m_now;
    const QSet<QString> m_underWay;
    Overview m_result;
    double m_most = 0;
    QHash<QString, QDateTime> m_lostSince; ///< by key of the job: since when a node with a pod of it is lost
    QHash<QString, QString> m_lostNode;    ///< and its name, safe to show
};

} // namespace

QString kindWord(Kind kind)
{
    switch (kind) {
    case Kind::Unfinished: return u"unfinished-change"_s;
    case Kind::NodeLost: return u"node-lost"_s;
    case Kind::ComponentDown: return u"component-down"_s;
    case Kind::Stalled: return u"stalled"_s;
    case Kind::Failed: return u"failed"_s;
    case Kind::AtRisk: return u"at-risk"_s;
    case Kind::Full: return u"full"_s;
    }
    return {};
}

Overview overviewOf(const OverviewFacts &facts)
{
    return Judge(facts).take();
}

} // namespace cairn::situation
