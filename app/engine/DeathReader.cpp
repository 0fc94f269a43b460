// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/DeathReader.h"

namespace cairn::app {
namespace {

constexpr qint64 historyAfterDays = 7;
constexpr qsizetype longestQueue = 1000;

bool cannotBeReached(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Cancelled:
    case Error::Kind::Network:
    case Error::Kind::Tls:
    case Error::Kind::Timeout:
    case Error::Kind::Auth:
    case Error::Kind::RateLimited: return true;
    default: return false;
    }
}

} // namespace

Result<QList<ReadDeath>> readDeaths(ObjectApi &api, const Job &job, const QList<situation::Death> &deaths, std::stop_token stop)
{
    QList<ReadDeath> all;
    bool refused = false;
    for (const situation::Death &death : deaths) {
        LogOptions options;
        options.container = death.container;
        options.previous = death.previous;
        options.tailLines = situation::deathTailLines;
        // The server counts `limitBytes` from the first of the last lines: lines of a kilobyte would lose the end.
        options.limitBytes = 8 * situation::deathTailBytes;
        QByteArray tail;
        if (!refused) {
            const Result<QByteArray> log = api.log(death.ns, death.pod, options, stop);
            if (log)
                tail = log->right(situation::deathTailBytes);
            else if (log.error().kind == Error::Kind::Forbidden)
                refused = true;
            else if (cannotBeReached(log.error()))
                return fail(log.error());
        }
        all.append({death, situation::causeOf(death, tail, job), refused});
    }
    return all;
}

std::optional<DeathCause> whyItDied(ObjectApi &api, const Job &job, const QList<Pod> &pods, std::stop_token stop)
{
    const Result<QList<ReadDeath>> deaths = readDeaths(api, job, situation::deathsOf(job, pods), stop);
    std::optional<DeathCause> why;
    for (const ReadDeath &one : deaths.value_or(QList<ReadDeath>())) {
        if (one.cause && (!why || explainsMore(*one.cause, *why)))
            why = one.cause;
    }
    return why;
}

DeathReader::DeathReader(std::shared_ptr<ObjectApi> api, store::JobStore &jobs, QObject *parent)
    : QObject(parent)
    , m_api(std::move(api))
    , m_jobs(jobs)
{
    connect(&jobs, &store::StoreSignals::changed, this, [this](const store::StoreChange &change) {
        for (const QString &uid : change.removed) {
            m_known.remove(uid);
            m_queue.removeAll(uid);
        }
        for (const QString &uid : change.added)
            look(uid);
        for (const QString &uid : change.changed)
            look(uid);
        next();
    });
    // A pod may come after the job that failed with it, and changes nothing of it.
    connect(&jobs, &store::JobStore::podsChanged, this, [this](const QSet<QString> &uids) {
        for (const QString &uid : uids)
            look(uid);
        next();
    });
}

QList<situation::Death> DeathReader::unread(const Job &job) const
{
    if (job.phase == JobPhase::Failed && job.finished.isValid() && job.finished.daysTo(QDateTime::currentDateTimeUtc()) >= historyAfterDays)
        return {};
    QList<situation::Death> deaths = situation::deathsOf(job, m_jobs.podsOf(job.uid));
    const QSet<QString> known = m_known.value(job.uid);
    deaths.removeIf([&](const situation::Death &death) { return known.contains(death.key()); });
    return deaths;
}

void DeathReader::look(const QString &uid)
{
    const Job *job = m_jobs.find(uid);
    if (!job || (job->phase != JobPhase::Restarting && job->phase != JobPhase::Failed) || uid == m_reading || m_queue.contains(uid)
        || m_queue.size() >= longestQueue || unread(*job).isEmpty())
        return;
    if (job->phase == JobPhase::Restarting)
        m_queue.prepend(uid);
    else
        m_queue.enqueue(uid);
}

void DeathReader::next()
{
    while (m_reading.isEmpty() && !m_queue.isEmpty()) {
        const Job *job = m_jobs.find(m_queue.dequeue());
        const QList<situation::Death> deaths = job ? unread(*job) : QList<situation::Death>();
        if (deaths.isEmpty())
            continue;
        m_reading = job->uid;
        if (m_known[job->uid].size() > 1000) // it has crashed for a week: the old keys come no more
            m_known[job->uid].clear();
        m_scope.run(
            this,
            [api = m_api, job = *job, deaths, refused = m_refused.contains(job->ns)](std::stop_token stop) -> Result<QList<ReadDeath>> {
                if (!refused)
                    return readDeaths(*api, job, deaths, stop);
                QList<ReadDeath> judged;
                for (const situation::Death &death : deaths)
                    judged.append({death, situation::causeOf(death, {}, job), true});
                return judged;
            },
            [this](const Result<QList<ReadDeath>> &read) {
                const QString uid = std::exchange(m_reading, {});
                if (read) {
                    for (const ReadDeath &one : *read) {
                        m_known[uid].insert(one.death.key());
                        if (one.refused)
                            m_refused.insert(one.death.ns);
                        m_jobs.setDeath(one.death.podUid, one.death.container, one.cause);
                    }
                }
                // What could not be reached is tried again when the job or a pod of it changes.
                next();
            });
    }
}

} // namespace cairn::app
