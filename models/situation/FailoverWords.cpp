// SPDX-License-Identifier: GPL-3.0-or-later
#include "situation/FailoverWords.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::situation {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::situation::Failover)
};

constexpr double longSeconds = 60; ///< from here on tenths say nothing

QString count(double seconds)
{
    return QLocale().toString(seconds, 'f', 1);
}

} // namespace

QString secondsText(double seconds)
{
    if (seconds < 0 || !std::isfinite(seconds))
        return u"–"_s;
    if (seconds >= longSeconds)
        return text::duration(std::chrono::milliseconds(std::llround(seconds * 1000)));
    return Words::tr("%1 s", "seconds").arg(count(seconds));
}

QString offsetText(double seconds)
{
    return (seconds < -0.05 ? QString(QChar(0x2212)) : QString()) + Words::tr("%1 s", "seconds").arg(count(std::abs(seconds)));
}

QString shortPod(const QString &pod)
{
    const qsizetype dash = pod.lastIndexOf(u'-');
    return dash > 0 ? u"…"_s + text::safe(pod.mid(dash)) : text::safe(pod);
}

QString shortMember(const QString &pod, const QString &node)
{
    return node.isEmpty() ? shortPod(pod) : Words::tr("%1, %2", "pod, node").arg(shortPod(pod), text::safe(node));
}

QString whyText(const LeaderChange &change)
{
    const QString why = [&] {
        switch (change.cause) {
        case LeaderCause::Test: return Words::tr("Test: pod killed");
        case LeaderCause::NodeLost: return change.fromNode.isEmpty() ? Words::tr("Node lost") : Words::tr("%1 lost", "node").arg(text::safe(change.fromNode));
        case LeaderCause::RolledOut: return Words::tr("Rolled out");
        case LeaderCause::Evicted: return Words::tr("Evicted");
        case LeaderCause::Begun: return Words::tr("First leader");
        case LeaderCause::Unknown: break;
        }
        return change.gap < 0 ? Words::tr("Not seen") : Words::tr("Unknown");
    }();
    return change.replicas == 1 && change.cause != LeaderCause::Begun ? Words::tr("%1, one replica", "why another leads").arg(why) : why;
}

QString fromText(const LeaderChange &change)
{
    return change.fromPod.isEmpty() ? Words::tr("nobody") : shortMember(change.fromPod, change.fromNode);
}

QString toText(const LeaderChange &change)
{
    const bool itself = change.replicas == 1 || change.fromPod == change.toPod;
    if (!itself || change.fromPod.isEmpty())
        return shortMember(change.toPod, change.toNode);
    return change.toNode.isEmpty() ? Words::tr("itself") : Words::tr("itself, %1", "node").arg(text::safe(change.toNode));
}

QString stepText(const FailoverResult &result, const FailoverStep &step)
{
    const QString next = result.next.node.isEmpty() ? shortPod(result.next.pod)
                                                    : Words::tr("%1 on %2", "pod, node").arg(shortPod(result.next.pod), text::safe(result.next.node));
    switch (step.kind) {
    case FailoverStep::Kind::Checked: return Words::tr("%n ready pod(s), and nothing forbids the test", nullptr, result.readyBefore);
    case FailoverStep::Kind::LeaseSeen: return Words::tr("Lease fresh, held by %1", "pod").arg(shortPod(result.leader.pod));
    case FailoverStep::Kind::Killed: return Words::tr("Leader pod deleted, by UID and version");
    case FailoverStep::Kind::ProbeCreated:
        return step.ok ? Words::tr("Job %1 created").arg(text::safe(result.probe.name)) : Words::tr("No job could be created");
    case FailoverStep::Kind::NewLeader: return step.ok ? Words::tr("%1 holds the Lease", "pod").arg(next) : Words::tr("Nobody took over the Lease");
    case FailoverStep::Kind::ProbeWorks: {
        const bool set = result.probe.kind == "TrainJob"_L1;
        return step.ok ? set ? Words::tr("The probe’s JobSet is made") : Words::tr("The probe’s pod is made")
                       : set ? Words::tr("The probe’s JobSet was not made") : Words::tr("The probe’s pod was not made");
    }
    case FailoverStep::Kind::Works: return step.ok ? Words::tr("The new leader is ready") : Words::tr("The new leader was not ready");
    case FailoverStep::Kind::StandbyReady:
        return !step.ok                         ? Words::tr("No new standby was ready")
            : result.successor.node.isEmpty() ? Words::tr("A new standby is ready")
                                              : Words::tr("A new standby is ready on %1", "node").arg(text::safe(result.successor.node));
    case FailoverStep::Kind::ProbeRemoved:
        return step.ok ? Words::tr("Probe job removed, nothing is left")
                       : Words::tr("The probe job could not be removed; the next test removes it");
    }
    return {};
}

QString answerText(const FailoverResult &result)
{
    switch (result.state) {
    case FailoverResult::State::Running: return result.at.isValid() ? Words::tr("The leader was killed; waiting for another one") : Words::tr("Watching the Lease before the kill");
    case FailoverResult::State::Failed: return result.problem;
    case FailoverResult::State::Stopped: return Words::tr("The test was stopped after the kill");
    case FailoverResult::State::Done: break;
    }
    if (result.probe.made >= 0)
        return result.probe.kind == "TrainJob"_L1
            ? Words::tr("A TrainJob created while nobody led had its JobSet %1 after the kill").arg(secondsText(result.probe.made))
            : Words::tr("A job created while nobody led had its pod %1 after the kill").arg(secondsText(result.probe.made));
    return Words::tr("Another pod led %1 after the kill").arg(secondsText(result.gap));
}

QString expectedText(const FailoverResult &result)
{
    if (result.expectedTo() < 0)
        return {};
    return Words::tr("expected %1 to %2 s by its Lease").arg(qRound(result.expectedFrom())).arg(qRound(result.expectedTo()));
}

GapShare shareOf(const FailoverResult &result)
{
    const double expires = result.expires();
    if (result.gap < 0 || result.released || !std::isfinite(expires) || expires < 0 || expires > result.gap)
        return {};
    return {expires, result.gap - expires};
}

QList<Moment> momentsOf(const FailoverResult &result)
{
    using Row = Moment::Row;
    QList<Moment> moments;
    for (const double renewal : result.renewals)
        moments.append({Row::Lease, renewal, Words::tr("Lease renewed by %1", "pod").arg(shortPod(result.gap >= 0 && renewal >= result.gap ? result.next.pod : result.leader.pod)), true});
    if (result.at.isValid())
        moments.append({Row::Leader, 0, Words::tr("%1 killed", "pod").arg(shortMember(result.leader.pod, result.leader.node)), false});
    if (const double expires = result.expires(); std::isfinite(expires) && !result.released && expires > 0)
        moments.append({Row::Lease, expires, Words::tr("The Lease of %1 ran out", "pod").arg(shortPod(result.leader.pod)), false});
    if (result.successorMade >= 0)
        moments.append({Row::Leader, result.successorMade, Words::tr("Its successor %1 made", "pod").arg(shortPod(result.successor.pod)), false});
    if (result.probe.created >= 0)
        moments.append({Row::Probe, result.probe.created, Words::tr("%1 %2 created", "kind, name").arg(result.probe.kind, text::safe(result.probe.name)), false});
    if (result.gap >= 0)
        moments.append({Row::Standby, result.gap, Words::tr("%1 leads", "pod").arg(shortMember(result.next.pod, result.next.node)), false});
    if (result.probe.made >= 0)
        moments.append({Row::Probe, result.probe.made, result.probe.kind == "TrainJob"_L1 ? Words::tr("The probe’s JobSet is made") : Words::tr("The probe’s pod is made"), false});
    if (result.standby >= 0)
        moments.append({Row::Leader, result.standby, Words::tr("%1 stands by", "pod").arg(shortMember(result.successor.pod, result.successor.node)), false});
    std::ranges::stable_sort(moments, {}, &Moment::at);
    return moments;
}

QList<Proof> proofOf(const FailoverResult &result)
{
    QList<Proof> proofs;
    proofs.append({result.gap >= 0 && result.worked >= 0, Words::tr("A dead leader is replaced, and its work goes on.")});
    if (!result.probe.kind.isEmpty()) {
        const bool meanwhile = result.probe.created >= 0 && (result.gap < 0 || result.probe.created < result.gap);
        proofs.append({meanwhile, Words::tr("Jobs can be created meanwhile: another pod answers the webhook.")});
    }
    proofs.append({false, Words::tr("A dead node: the Lease takes as long, but a call of a webhook may still meet the dead pod for about 40 s.")});
    return proofs;
}

} // namespace cairn::situation
