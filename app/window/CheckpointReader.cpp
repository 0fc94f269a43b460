// SPDX-License-Identifier: GPL-3.0-or-later
#include "CheckpointReader.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

CheckpointReader::CheckpointReader(net::HttpClient &http, Keychain &keychain, Preferences &preferences, QObject *parent)
    : QObject(parent)
    , m_http(http)
    , m_keychain(keychain)
    , m_preferences(preferences)
{
}

void CheckpointReader::setSession(ClusterSession *session)
{
    cancel();
    m_known.clear();
    m_summaries.clear();
    m_problems.clear();
    m_places.clear();
    m_session = session;
}

const CheckpointReader::Known *CheckpointReader::known(const QString &uid) const
{
    const auto it = m_known.constFind(uid);
    return it == m_known.cend() ? nullptr : &*it;
}

situation::EachJob CheckpointReader::eachJob() const
{
    return [this](const situation::SeeJob &visit) {
        if (!m_session)
            return;
        m_session->jobs().each([&](const Job &job) {
            const auto it = m_summaries.constFind(job.uid);
            visit(job, it == m_summaries.cend() ? nullptr : &*it);
        });
    };
}

void CheckpointReader::see(const QString &uid, const situation::SeeJob &visit) const
{
    const Job *job = m_session ? m_session->jobs().find(uid) : nullptr;
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
    if (!m_session)
        return unread;
    QHash<QString, bool> asks; // by namespace
    m_session->jobs().each([&](const Job &job) {
        if (m_known.contains(job.uid))
            return;
        const ckpt::SaveLocation &location = locationOf(job);
        const bool claim = location.kind == ckpt::SaveLocation::Kind::Claim;
        if (!claim && !savesToBucket(location))
            return;
        unread.uids.append(job.uid);
        if (claim && !asks.contains(job.ns))
            asks.insert(job.ns, !m_preferences.helperAllowed(m_session->server(), job.ns));
    });
    for (auto it = asks.cbegin(); it != asks.cend(); ++it)
        if (it.value())
            unread.namespaces.append(it.key());
    unread.namespaces.sort();
    return unread;
}

const ckpt::SaveLocation &CheckpointReader::locationOf(const Job &job) const
{
    if (m_places.size() > 2 * m_session->jobs().size() + 100)
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
    for (const QString &ns : namespaces)
        m_preferences.allowHelper(m_session->server(), ns);
}

void CheckpointReader::read(const QStringList &uids)
{
    for (const QString &uid : uids) {
        if (uid != m_reading && !m_queue.contains(uid))
            m_queue.enqueue(uid);
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

void CheckpointReader::next()
{
    if (!m_reading.isEmpty() || !m_session)
        return;
    const Job *job = nullptr;
    bool bucket = false;
    // Jobs that are gone, and those whose PVC needs a helper that nobody agreed to, are passed over.
    while (!m_queue.isEmpty() && !job) {
        job = m_session->jobs().find(m_queue.dequeue());
        if (!job)
            continue;
        bucket = savesToBucket(ckpt::locate(*job));
        if (!bucket && !m_preferences.helperAllowed(m_session->server(), job->ns))
            job = nullptr;
    }
    if (!job)
        return;
    m_reading = job->uid;
    emit readingChanged(m_reading, true);
    const ListVia via = bucket ? ListVia::Bucket : ListVia::Helper;
    const QStringList agreed = m_preferences.allowedBuckets();
    m_scope.run(
        this,
        [&http = m_http, &keychain = m_keychain, cluster = m_session->sharedCluster(), job = *job, pods = m_session->jobs().podsOf(job->uid), bucket,
         server = m_session->server(), allowed = QSet<QString>(agreed.begin(), agreed.end())](std::stop_token stop) -> Result<JobListing> {
            if (!bucket)
                return readCheckpoints(*cluster, job, pods, ListVia::Helper, stop);
            return agreedBucket(http, keychain, *cluster, server, allowed)({job, {}, pods, false}, stop);
        },
        [this, uid = m_reading, via](const Result<JobListing> &listing) { end(uid, listing, via); });
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
