// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/StorageFacts.h"

#include "engine/BucketFlows.h"

#include <QElapsedTimer>

namespace cairn::app {
namespace {

template <typename Path>
storage::JobSaves savesOf(const Job &job, const QString &place, const CheckpointReader::Known *known, Path path)
{
    storage::JobSaves saves{job.uid, job.name, job.created, place, std::nullopt, {}};
    if (!known)
        return saves;
    saves.listing = known->listing.listing;
    for (const Run &run : known->listing.listing.runs) {
        for (const Checkpoint &checkpoint : run.checkpoints)
            saves.paths.append(path(known->listing.containerPath(checkpoint)));
    }
    return saves;
}

} // namespace

QList<storage::JobSaves> claimSaves(const store::JobStore &jobs, const CheckpointReader &reader)
{
    QList<storage::JobSaves> saves;
    jobs.each([&](const Job &job) {
        const CheckpointReader::Known *known = reader.known(job.uid);
        if (!known || known->listing.location.kind != ckpt::SaveLocation::Kind::Claim)
            return;
        saves.append(savesOf(job, job.ns + u'/' + known->listing.location.place.claim, known, [&](const QString &inContainer) {
            const std::optional<ckpt::ClaimPath> path = ckpt::claimPathOf(job, inContainer);
            return path ? path->path : inContainer;
        }));
    });
    return saves;
}

QList<storage::JobSaves> bucketSaves(const store::JobStore &jobs, const CheckpointReader &reader)
{
    QList<storage::JobSaves> saves;
    jobs.each([&](const Job &job) {
        const ckpt::SaveLocation &location = reader.locationOf(job);
        if (savesToBucket(location))
            saves.append(savesOf(job, location.uri.section(u'/', 2, 2), reader.known(job.uid), [](const QString &uri) { return uri; }));
    });
    return saves;
}

FactsCopy::FactsCopy(QStringList pods, QStringList jobs, FindPod findPod, FindJob findJob)
    : m_pods(std::move(pods))
    , m_jobs(std::move(jobs))
    , m_findPod(std::move(findPod))
    , m_findJob(std::move(findJob))
{
    m_facts.pods.reserve(m_pods.size());
    m_facts.jobs.reserve(m_jobs.size());
}

bool FactsCopy::goOn(std::chrono::milliseconds time)
{
    constexpr int atOnce = 50;
    QElapsedTimer spent;
    spent.start();
    do {
        for (int i = 0; i < atOnce && !m_pods.isEmpty(); ++i) {
            if (const Pod *pod = m_findPod(m_pods.takeLast()))
                m_facts.pods.append(*pod);
        }
        for (int i = 0; i < atOnce && !m_jobs.isEmpty(); ++i) {
            if (const Job *job = m_findJob(m_jobs.takeLast()))
                m_facts.jobs.append(*job);
        }
    } while ((!m_pods.isEmpty() || !m_jobs.isEmpty()) && spent.elapsed() < time.count());
    return m_pods.isEmpty() && m_jobs.isEmpty();
}

HistoryRound readHistory(store::UsageHistory &history, const QString &cluster)
{
    HistoryRound round;
    Result<QHash<QString, QList<UsageSample>>> samples = history.read(cluster);
    if (samples)
        round.samples = *std::move(samples);
    else
        round.failure = samples.error();
    round.setAside = history.takeNotice();
    return round;
}

HistoryRound addToHistory(store::UsageHistory &history, const QString &cluster, const QHash<QString, UsageSample> &samples, const QDateTime &now)
{
    const Result<> added = history.add(cluster, samples, now);
    HistoryRound round = readHistory(history, cluster);
    if (!added)
        round.failure = added.error();
    return round;
}

void HistoryNotice::take(const HistoryRound &round)
{
    if (round.setAside)
        m_setAside = round.setAside;
    m_failure = round.failure;
}

} // namespace cairn::app
