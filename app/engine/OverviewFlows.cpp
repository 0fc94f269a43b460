// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/OverviewFlows.h"

#include "engine/ComponentFlows.h"
#include "engine/JobFlows.h"
#include "engine/JobJson.h"
#include "engine/OverlayFlows.h"
#include "engine/StorageFlows.h"

#include <QHash>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// The logs of so many jobs are read for what they died of, as `cairnctl jobs` does.
constexpr int mostDeaths = 50;

QString aboutWord(situation::Problem::About about)
{
    using About = situation::Problem::About;
    switch (about) {
    case About::Job: return u"job"_s;
    case About::Component: return u"component"_s;
    case About::Node: return u"node"_s;
    case About::Claim: return u"claim"_s;
    case About::Availability: return u"availability"_s;
    case About::Change: return u"change"_s;
    }
    return {};
}

QString actWord(situation::Problem::Act act)
{
    using Act = situation::Problem::Act;
    switch (act) {
    case Act::Show: return u"show"_s;
    case Act::Resume: return u"resume"_s;
    case Act::Recover: return u"recover"_s;
    }
    return {};
}

QJsonObject toJson(const situation::Problem &problem)
{
    return {{u"kind"_s, situation::kindWord(problem.kind)},
            {u"about"_s, aboutWord(problem.about)},
            {u"urgent"_s, problem.urgency == situation::Problem::Urgency::Now},
            {u"name"_s, problem.name},
            {u"place"_s, problem.place},
            {u"text"_s, problem.text},
            {u"hint"_s, problem.hint},
            {u"since"_s, problem.since.isValid() ? QJsonValue(problem.since.toUTC().toString(Qt::ISODate)) : QJsonValue()},
            {u"gpuHours"_s, problem.cost},
            {u"act"_s, actWord(problem.act)}};
}

} // namespace

Result<OverviewReading> readOverview(ObjectApi &api, const QString &ns, const std::function<void(storage::ClaimFacts &facts)> &measure, std::stop_token stop)
{
    OverviewReading reading;
    Gaps gaps;
    situation::OverviewFacts facts;

    const Result<JobList> jobs = listJobs(api, ns, stop, mostDeaths);
    if (jobs)
        gaps.read();
    else if (const Result<> goOn = gaps.missed(u"jobs"_s, jobs.error()); !goOn)
        return fail(goOn.error());
    const Result<components::ClusterFacts> found = readComponentFacts(api, stop, ns);
    if (found)
        gaps.read();
    else if (const Result<> goOn = gaps.missed(u"components"_s, found.error()); !goOn)
        return fail(goOn.error());
    Result<storage::ClaimFacts> claims = readClaimFacts(api, ns, stop);
    if (claims)
        gaps.read();
    else if (const Result<> goOn = gaps.missed(kinds::claims().plural, claims.error()); !goOn)
        return fail(goOn.error());
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (!gaps.anyRead())
        return fail(gaps.gaps().first().error);

    reading.now = QDateTime::currentDateTimeUtc();
    facts.now = reading.now;
    QHash<QString, const Job *> byUid;
    QList<situation::NodeLoad> nodes;
    if (jobs) {
        for (const Job &job : jobs->jobs)
            byUid.insert(job.uid, &job);
        facts.jobs = [&](const situation::SeeJob &visit) {
            for (const Job &job : jobs->jobs)
                visit(job, nullptr);
        };
        // Only pods of training jobs were listed: what a node carries beside them is not known.
        nodes = situation::joinNodes(
            jobs->nodes, [&](const std::function<void(const Pod &)> &visit) {
                for (const Pod &pod : jobs->pods)
                    visit(pod);
            },
            [&](const Pod &pod, const situation::SeeJob &visit) {
                if (const Job *job = byUid.value(jobs->jobOfPod.value(pod.uid)))
                    visit(*job, nullptr);
            },
            true, reading.now);
        if (jobs->nodesRead)
            facts.nodes = &nodes;
    }
    QList<components::Component> components;
    if (found) {
        components = components::judge(*found);
        facts.components = &components;
    }
    QList<storage::ClaimAccount> accounts;
    if (claims) {
        if (measure)
            measure(*claims);
        accounts = storage::account(*claims);
        facts.claims = &accounts;
    }
    if (Result<QList<situation::OpenChange>> changes = openChanges(api, stop))
        facts.changes = *std::move(changes);
    else
        reading.gaps.append({kinds::configMaps().plural, changes.error()});
    reading.overview = situation::overviewOf(facts);
    reading.gaps += gaps.gaps();
    if (jobs)
        reading.gaps += jobs->gaps;
    if (found) {
        for (const components::Unread &unread : found->unread) {
            // What is not served there is not there.
            if (unread.error.kind != Error::Kind::NotFound)
                reading.gaps.append({unread.ns.isEmpty() ? unread.resource : unread.resource + u" in "_s + unread.ns, unread.error});
        }
    }
    if (claims)
        reading.gaps += claims->gaps;
    return reading;
}

QJsonObject toJson(const OverviewReading &reading)
{
    const situation::Overview &overview = reading.overview;
    QJsonArray problems;
    for (const situation::Problem &problem : overview.problems)
        problems.append(toJson(problem));
    return {{u"problems"_s, problems},
            {u"jobs"_s, QJsonObject{{u"running"_s, overview.running},
                                    {u"failed"_s, overview.failed},
                                    {u"waiting"_s, overview.waiting},
                                    {u"suspended"_s, overview.suspended}}},
            {u"unfinishedChanges"_s, overview.unfinished},
            {u"gpuHoursUnsaved"_s, overview.gpuHoursAtRisk},
            {u"atMost"_s, overview.atMost},
            {u"componentsDown"_s, overview.componentsKnown ? QJsonValue(overview.components.down) : QJsonValue()},
            {u"gaps"_s, toJson(reading.gaps)},
            {u"readAt"_s, reading.now.toString(Qt::ISODate)}};
}

} // namespace cairn::app
