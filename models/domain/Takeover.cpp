// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Takeover.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace cairn {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn)
};

constexpr qint64 hourMs = 3'600'000;
/// wait.JitterUntil(…, RetryPeriod, JitterFactor) of client-go's leaderelection.go: JitterFactor = 1.2.
constexpr double latestTry = 2.2;

constexpr std::array<std::pair<FailoverStep::Kind, const char *>, 9> stepWords{{{FailoverStep::Kind::Checked, "checked"},
                                                                               {FailoverStep::Kind::LeaseSeen, "lease-seen"},
                                                                               {FailoverStep::Kind::Killed, "killed"},
                                                                               {FailoverStep::Kind::ProbeCreated, "probe-created"},
                                                                               {FailoverStep::Kind::NewLeader, "new-leader"},
                                                                               {FailoverStep::Kind::ProbeWorks, "probe-works"},
                                                                               {FailoverStep::Kind::Works, "works"},
                                                                               {FailoverStep::Kind::StandbyReady, "standby-ready"},
                                                                               {FailoverStep::Kind::ProbeRemoved, "probe-removed"}}};
constexpr std::array<const char *, 4> resultWords{"running", "done", "failed", "stopped"};

QJsonValue orNull(double seconds)
{
    return seconds < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(seconds);
}

double secondsOf(const QJsonValue &value)
{
    const double seconds = value.toDouble(-1);
    return std::isfinite(seconds) && seconds >= 0 ? seconds : -1;
}

QJsonObject toJson(const FailoverResult::Member &member)
{
    return {{u"pod"_s, member.pod}, {u"node"_s, member.node}};
}

FailoverResult::Member memberOf(const QJsonValue &value)
{
    return {value[u"pod"_s].toString(), value[u"node"_s].toString()};
}

QJsonValue timeJson(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODateWithMs)) : QJsonValue(QJsonValue::Null);
}

QDateTime timeOf(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

} // namespace

QString causeWord(LeaderCause cause)
{
    switch (cause) {
    case LeaderCause::Unknown: break;
    case LeaderCause::Test: return u"test"_s;
    case LeaderCause::NodeLost: return u"node-lost"_s;
    case LeaderCause::RolledOut: return u"rolled-out"_s;
    case LeaderCause::Evicted: return u"evicted"_s;
    case LeaderCause::Begun: return u"begun"_s;
    }
    return u"unknown"_s;
}

Readiness ReadinessHour::worst() const
{
    return notReady > 0 ? Readiness::NotReady : partly > 0 ? Readiness::Partly : ready > 0 ? Readiness::Ready : Readiness::NotSeen;
}

QList<ReadinessHour> hoursOf(const QList<ReadinessSpan> &spans, const QDateTime &now, int days)
{
    QList<ReadinessHour> hours;
    if (!now.isValid() || days <= 0)
        return hours;
    const qint64 end = now.toMSecsSinceEpoch();
    const qint64 current = end / hourMs;
    const qint64 first = current - 24LL * days + 1;
    QList<std::array<qint64, 4>> sums(current - first + 1, {0, 0, 0, 0}); // ms, by Readiness
    // Each edge changes how many spans say so; between two edges the worst of them counts.
    struct Edge {
        qint64 at;
        int state;
        int step;
    };
    QList<Edge> edges;
    for (const ReadinessSpan &span : spans) {
        if (span.state == Readiness::NotSeen || !span.from.isValid() || !span.to.isValid())
            continue;
        const qint64 from = std::max(span.from.toMSecsSinceEpoch(), first * hourMs);
        const qint64 to = std::min(span.to.toMSecsSinceEpoch(), end);
        if (from >= to)
            continue;
        edges.append({from, static_cast<int>(span.state), 1});
        edges.append({to, static_cast<int>(span.state), -1});
    }
    std::ranges::sort(edges, {}, &Edge::at);
    std::array<int, 4> open{};
    for (qsizetype i = 0; i + 1 < edges.size(); ++i) {
        open[static_cast<size_t>(edges[i].state)] += edges[i].step;
        const size_t worst = open[3] > 0 ? 3 : open[2] > 0 ? 2 : open[1] > 0 ? 1 : 0;
        for (qint64 at = edges[i].at; worst > 0 && at < edges[i + 1].at;) {
            const qint64 hour = at / hourMs;
            const qint64 until = std::min(edges[i + 1].at, (hour + 1) * hourMs);
            sums[hour - first][worst] += until - at;
            at = until;
        }
    }
    for (qint64 hour = first; hour <= current; ++hour) {
        const std::array<qint64, 4> &sum = sums[hour - first];
        const auto seconds = [&](Readiness state) { return static_cast<int>((sum[static_cast<size_t>(state)] + 500) / 1000); };
        hours.append({QDateTime::fromMSecsSinceEpoch(hour * hourMs, Qt::UTC), seconds(Readiness::Ready), seconds(Readiness::Partly), seconds(Readiness::NotReady),
                      static_cast<int>(std::min(hourMs, end - hour * hourMs) / 1000)});
    }
    return hours;
}

double availabilityOf(const QList<ReadinessHour> &hours)
{
    double up = 0;
    double seen = 0;
    for (const ReadinessHour &hour : hours) {
        up += hour.ready + hour.partly;
        seen += hour.seen();
    }
    return seen > 0 ? up / seen : -1;
}

QString stepWord(FailoverStep::Kind kind)
{
    return QString::fromLatin1(std::ranges::find(stepWords, kind, &decltype(stepWords)::value_type::first)->second);
}

QString stateWord(FailoverResult::State state)
{
    return QString::fromLatin1(resultWords[static_cast<size_t>(state)]);
}

double FailoverResult::expires() const
{
    double last = std::numeric_limits<double>::quiet_NaN();
    for (const double renewal : renewals) {
        if (gap < 0 || renewal < gap)
            last = renewal;
    }
    return last + leaseSeconds;
}

double FailoverResult::expectedFrom() const
{
    return retry > 0 && leaseSeconds > 0 ? std::max(0.0, leaseSeconds - retry) : -1;
}

double FailoverResult::expectedTo() const
{
    return retry > 0 && leaseSeconds > 0 ? leaseSeconds + latestTry * retry : -1;
}

LeaderChange FailoverResult::change() const
{
    LeaderChange change;
    change.component = component;
    change.ns = ns;
    change.lease = lease;
    change.at = acquired;
    change.fromPod = leader.pod;
    change.fromNode = leader.node;
    change.toPod = next.pod;
    change.toNode = next.node;
    change.gap = gap;
    change.worked = worked;
    change.cause = LeaderCause::Test;
    change.replicas = readyBefore;
    change.test = id;
    return change;
}

QJsonObject FailoverResult::toJson() const
{
    QJsonArray ticks;
    for (const double renewal : renewals)
        ticks.append(renewal);
    QJsonArray done;
    for (const FailoverStep &step : steps)
        done.append(QJsonObject{{u"step"_s, stepWord(step.kind)}, {u"at"_s, step.at}, {u"ok"_s, step.ok}});
    QJsonArray waiting;
    for (const Member &member : others)
        waiting.append(cairn::toJson(member));
    QJsonValue job = QJsonValue::Null;
    if (!probe.kind.isEmpty()) {
        job = QJsonObject{{u"kind"_s, probe.kind},
                          {u"namespace"_s, probe.ns},
                          {u"name"_s, probe.name},
                          {u"created"_s, orNull(probe.created)},
                          {u"made"_s, orNull(probe.made)},
                          {u"removed"_s, orNull(probe.removed)},
                          {u"refusals"_s, probe.refusals}};
    }
    return {{u"id"_s, id},
            {u"component"_s, component},
            {u"namespace"_s, ns},
            {u"workload"_s, workload},
            {u"lease"_s, lease},
            {u"leaseSeconds"_s, leaseSeconds},
            {u"retrySeconds"_s, orNull(retry)},
            {u"killedAt"_s, timeJson(at)},
            {u"acquired"_s, timeJson(acquired)},
            {u"leader"_s, cairn::toJson(leader)},
            {u"newLeader"_s, cairn::toJson(next)},
            {u"successor"_s, cairn::toJson(successor)},
            {u"standbys"_s, waiting},
            {u"readyBefore"_s, readyBefore},
            {u"renewals"_s, ticks},
            {u"withoutLeader"_s, orNull(gap)},
            {u"released"_s, released},
            {u"worked"_s, orNull(worked)},
            {u"standbyReady"_s, orNull(standby)},
            {u"successorMade"_s, orNull(successorMade)},
            {u"ended"_s, orNull(ended)},
            {u"probe"_s, job},
            {u"jobsRunning"_s, jobsRunning < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(jobsRunning)},
            {u"jobsStopped"_s, jobsStopped < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(jobsStopped)},
            {u"state"_s, stateWord(state)},
            {u"problem"_s, problem},
            {u"timeline"_s, done}};
}

Result<FailoverResult> FailoverResult::fromJson(const QJsonObject &json)
{
    FailoverResult result;
    result.id = json[u"id"_s].toString();
    result.component = json[u"component"_s].toString();
    const auto state = std::ranges::find(resultWords, json[u"state"_s].toString(), [](const char *word) { return QLatin1StringView(word); });
    if (result.id.isEmpty() || result.component.isEmpty() || state == resultWords.end())
        return fail(Error::Kind::Parse, Words::tr("This is not the result of a failover test"), Words::tr("It lacks its id, its component or its state."));
    result.state = static_cast<State>(state - resultWords.begin());
    result.ns = json[u"namespace"_s].toString();
    result.workload = json[u"workload"_s].toString();
    result.lease = json[u"lease"_s].toString();
    result.leaseSeconds = std::max(0, json[u"leaseSeconds"_s].toInt());
    result.retry = secondsOf(json[u"retrySeconds"_s]);
    result.at = timeOf(json[u"killedAt"_s]);
    result.acquired = timeOf(json[u"acquired"_s]);
    result.leader = memberOf(json[u"leader"_s]);
    result.next = memberOf(json[u"newLeader"_s]);
    result.successor = memberOf(json[u"successor"_s]);
    for (const QJsonValue member : json[u"standbys"_s].toArray())
        result.others.append(memberOf(member));
    result.readyBefore = std::max(0, json[u"readyBefore"_s].toInt());
    for (const QJsonValue tick : json[u"renewals"_s].toArray()) {
        if (tick.isDouble() && result.renewals.size() < mostRenewals)
            result.renewals.append(tick.toDouble());
    }
    std::ranges::sort(result.renewals);
    result.gap = secondsOf(json[u"withoutLeader"_s]);
    result.released = json[u"released"_s].toBool();
    result.worked = secondsOf(json[u"worked"_s]);
    result.standby = secondsOf(json[u"standbyReady"_s]);
    result.successorMade = secondsOf(json[u"successorMade"_s]);
    result.ended = secondsOf(json[u"ended"_s]);
    if (const QJsonValue job = json[u"probe"_s]; job.isObject()) {
        result.probe = {job[u"kind"_s].toString(),         job[u"namespace"_s].toString(),  job[u"name"_s].toString(), secondsOf(job[u"created"_s]),
                        secondsOf(job[u"made"_s]), secondsOf(job[u"removed"_s]), std::max(0, job[u"refusals"_s].toInt())};
    }
    result.jobsRunning = json[u"jobsRunning"_s].toInt(-1);
    result.jobsStopped = json[u"jobsStopped"_s].toInt(-1);
    result.problem = json[u"problem"_s].toString();
    for (const QJsonValue step : json[u"timeline"_s].toArray()) {
        const auto kind = std::ranges::find(stepWords, step[u"step"_s].toString(), [](const auto &pair) { return QLatin1StringView(pair.second); });
        if (kind != stepWords.end() && result.steps.size() < 4 * static_cast<qsizetype>(stepWords.size()))
            result.steps.append({kind->first, step[u"at"_s].toDouble(), step[u"ok"_s].toBool()});
    }
    return result;
}

} // namespace cairn
