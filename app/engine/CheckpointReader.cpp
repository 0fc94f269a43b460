// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/CheckpointReader.h"

#include "engine/BucketFlows.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

void CheckpointReader::setSession(std::optional<Access> access)
{
    cancel();
    m_known.clear();
    m_summaries.clear();
    m_problems.clear();
    m_places.clear();
    m_swept.clear();
    m_lookedAgain.clear();
    m_access = std::move(access);
}

const CheckpointReader::Known *CheckpointReader::known(const QString &uid) const
{
    const auto it = m_known.constFind(uid);
    return it == m_known.cend() ? nullptr : &*it;
}

situation::EachJob CheckpointReader::eachJob() const
{
    return [this](const situation::SeeJob &visit) {
        if (!m_access)
            return;
        m_access->jobs->each([&](const Job &job) {
            const auto it = m_summaries.constFind(job.uid);
            visit(job, it == m_summaries.cend() ? nullptr : &*it);
        });
    };
}

void CheckpointReader::see(const QString &uid, const situation::SeeJob &visit) const
{
    const Job *job = m_access ? m_access->jobs->find(uid) : nullptr;
    if (!job)
        return;
    const auto it = m_summaries.constFind(uid);
    visit(*job, it == m_summaries.cend() ? nullptr : &*it);
}

const Error *CheckpointReader::problem(const QString &uid) const
{
    const auto it = m_problems.constFind(uid);
    return it == m_problems.cend() ? nullptr : &*it;
}

void CheckpointReader::put(const QString &uid, const Known &known)
{
    m_known.insert(uid, known);
    m_summaries.insert(uid, summarize(known.listing.listing));
    m_problems.remove(uid);
    emit changed(uid);
}

void CheckpointReader::forget(const QString &uid)
{
    m_queue.removeAll(uid);
    const bool had = m_known.remove(uid);
    m_summaries.remove(uid);
    if (m_problems.remove(uid) || had)
        emit changed(uid);
}

CheckpointReader::Unread CheckpointReader::unread() const
{
    Unread unread;
    if (!m_access)
        return unread;
    QHash<QString, bool> asks; // by namespace
    m_access->jobs->each([&](const Job &job) {
        if (m_known.contains(job.uid))
            return;
        const ckpt::SaveLocation &location = locationOf(job);
        const bool claim = location.kind == ckpt::SaveLocation::Kind::Claim;
        if (!claim && !savesToBucket(location))
            return;
        unread.uids.append(job.uid);
        if (claim && !asks.contains(job.ns))
            asks.insert(job.ns, !m_access->helperAllowed(job.ns));
    });
    for (auto it = asks.cbegin(); it != asks.cend(); ++it)
        if (it.value())
            unread.namespaces.append(it.key());
    unread.namespaces.sort();
    return unread;
}

const ckpt::SaveLocation &CheckpointReader::locationOf(const Job &job) const
{
    if (m_places.size() > 2 * m_access->jobs->size() + 100)
        m_places.clear(); // most are of jobs that are gone
    Place &place = m_places[job.uid];
    // What a TrainJob mounts may come from its runtime, which has a version of its own.
    if (place.version.isEmpty() || place.version != job.resourceVersion || job.facts().isTrainJob()) {
        place.version = job.resourceVersion;
        place.location = ckpt::locate(job);
    }
    return place.location;
}

void CheckpointReader::allow(const QStringList &namespaces)
{
    if (!m_access)
        return;
    // To the images of the jobs that are shown; a pod with another one on their PVC asks again.
    m_access->jobs->each([&](const Job &job) {
        if (namespaces.contains(job.ns) && !job.image.isEmpty())
            m_access->allowHelper(job.ns, job.image);
    });
}

void CheckpointReader::read(const QStringList &uids)
{
    QSet<QString> waiting(m_queue.cbegin(), m_queue.cend());
    waiting.insert(m_reading);
    for (const QString &uid : uids) {
        if (!waiting.contains(uid)) {
            waiting.insert(uid);
            m_queue.enqueue(uid);
        }
    }
    next();
}

void CheckpointReader::cancel()
{
    m_queue.clear();
    m_scope.cancel();
    const QString was = std::exchange(m_reading, {});
    if (!was.isEmpty())
        emit readingChanged(was, false);
}

QStringList CheckpointReader::dueAgain(const QDateTime &now, bool claimsToo)
{
    constexpr qint64 period = 900; // seconds
    QStringList due;
    if (left() > 0)
        return due;
    eachJob()([&](const Job &job, const CheckpointSummary *known) {
        if (!isRunning(job.phase) || !known || !isOverdue(*known, now))
            return;
        if (!claimsToo && !savesToBucket(locationOf(job)))
            return;
        const QDateTime last = std::max(m_lookedAgain.value(job.uid), known->readAt);
        if (last.isValid() && last.secsTo(now) < period)
            return;
        m_lookedAgain.insert(job.uid, now);
        due.append(job.uid);
    });
    return due;
}

void CheckpointReader::next()
{
    // A loop: of ten thousand jobs in the queue all may need an agreement that is not there.
    while (m_access && m_reading.isEmpty() && !m_queue.isEmpty()) {
        const Job *job = m_access->jobs->find(m_queue.dequeue());
        if (!job)
            continue;
        // Where a job saves may have changed since it was put into the queue.
        const ListVia via = savesToBucket(ckpt::locate(*job)) ? ListVia::Bucket : ListVia::Helper;
        if (via == ListVia::Bucket || m_access->helperAllowed(job->ns))
            begin(*job, via);
    }
}

void CheckpointReader::begin(const Job &job, ListVia via)
{
    m_reading = job.uid;
    Access::Flow flow = m_access->listing(job, via);
    if (via == ListVia::Helper && m_access->sweep && !m_swept.contains(job.ns)) {
        m_swept.insert(job.ns);
        flow = [sweep = m_access->sweep, ns = job.ns, list = std::move(flow)](std::stop_token stop) {
            sweep(ns, stop);
            return list(stop);
        };
    }
    m_scope.run(this, std::move(flow),
                [this, uid = job.uid, via](const Result<JobListing> &listing) { end(uid, listing, via); });
    emit readingChanged(m_reading, true);
}

void CheckpointReader::end(const QString &uid, const Result<JobListing> &listing, ListVia via)
{
    m_reading.clear();
    emit readingChanged(uid, false);
    if (listing) {
        put(uid, {*listing, via});
    } else {
        m_problems.insert(uid, listing.error());
        emit changed(uid);
    }
    next();
}

} // namespace cairn::app
