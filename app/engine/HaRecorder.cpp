// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/HaRecorder.h"

#include "engine/FailoverFlows.h"
#include "engine/StorageFlows.h"

#include <QTimer>
#include <chrono>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr int soonMs = 300;
constexpr int regularMs = 5'000;
constexpr qint64 writeEvery = 60; ///< seconds: what a crash loses of a state that did not change

} // namespace

HaRecorder::HaRecorder(std::shared_ptr<store::HaHistory> history, QObject *parent)
    : QObject(parent)
    , m_history(std::move(history))
    , m_soon(new QTimer(this))
    , m_regular(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(soonMs);
    connect(m_soon, &QTimer::timeout, this, &HaRecorder::look);
    m_regular->setInterval(regularMs);
    connect(m_regular, &QTimer::timeout, this, &HaRecorder::look);
}

HaRecorder::~HaRecorder()
{
    flush();
}

void HaRecorder::setSession(ClusterSession *session)
{
    flush();
    m_scope.cancel();
    m_soon->stop();
    m_regular->stop();
    if (m_feeds)
        m_feeds->disconnect(this);
    if (m_session)
        m_session->disconnect(this);
    m_feeds = nullptr;
    m_session = session;
    m_cluster.clear();
    m_asking = false;
    m_broken = m_leasesBroken = true;
    m_leaders.reset();
    m_readiness.reset();
    m_written = {};
    m_record = {};
    m_components.reset();
    emit changed();
}

void HaRecorder::open()
{
    if (m_feeds || !m_session)
        return;
    m_feeds = &m_session->components();
    connect(m_feeds, &ComponentFeeds::changed, this, [this] {
        // A watch that died and lives again before the next look may have missed something.
        noteBreaks();
        if (!m_soon->isActive())
            m_soon->start();
    });
    connect(m_session, &ClusterSession::linkChanged, this, &HaRecorder::noteBreaks);
    m_regular->start();
    readClusterId();
}

bool HaRecorder::isLive() const
{
    return m_session->link().state().answers() && m_feeds->state().phase == FeedState::Phase::Live;
}

bool HaRecorder::seesLeases() const
{
    return isLive() && m_feeds->leasesState().phase == FeedState::Phase::Live;
}

void HaRecorder::noteBreaks()
{
    m_broken = m_broken || !isLive();
    m_leasesBroken = m_leasesBroken || !seesLeases();
}

void HaRecorder::readClusterId()
{
    if (std::exchange(m_asking, true))
        return;
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), history = m_history, server = m_session->server()](std::stop_token stop) {
            const Result<QString> id = clusterId(*cluster, stop);
            // Who may not read kube-system still gets a history, filed under the address of the server.
            if (!id && id.error().kind != Error::Kind::Forbidden && id.error().kind != Error::Kind::NotFound)
                return Round{{}, HaRecord(), {}, {}};
            const QString name = id && !id->isEmpty() ? *id : server;
            Result<HaRecord> record = history->read(name);
            return Round{name, std::move(record), history->takeNotice(), {}};
        },
        [this](const Round &round) {
            m_asking = false;
            if (round.cluster.isEmpty())
                return; // the next regular look asks again
            m_cluster = round.cluster;
            if (round.record)
                m_leaders.remember(round.record->leaders);
            take(round);
            look();
        });
}

void HaRecorder::take(const Round &round)
{
    if (round.record)
        m_record = *round.record;
    if (round.setAside)
        m_setAside = round.setAside;
    m_failure = round.failure ? round.failure : round.record ? std::optional<Error>() : round.record.error();
    emit changed();
}

void HaRecorder::look()
{
    m_soon->stop();
    if (!m_feeds)
        return;
    noteBreaks();
    if (!isLive())
        return;
    const components::ClusterFacts facts = m_session->componentFacts();
    m_components = components::judge(facts);
    if (m_cluster.isEmpty()) {
        // Where nothing can be filed there is still something to tell.
        readClusterId();
        emit looked();
        return;
    }
    const bool unbroken = !std::exchange(m_broken, false);
    const bool seen = seesLeases();
    const bool unbrokenLeases = seen && !std::exchange(m_leasesBroken, !seen);
    const QList<LeaderChange> changes = seen ? m_leaders.update(facts, *m_components, unbrokenLeases) : QList<LeaderChange>();
    m_readiness.update(*m_components, facts.now, unbroken);
    const bool due = !m_written.isValid() || m_written.secsTo(facts.now) >= writeEvery || m_written > facts.now;
    if (!changes.isEmpty() || m_readiness.hasChanged() || due) {
        m_written = facts.now;
        write({changes, m_readiness.take(), {}});
    }
    // What happened before is in the history; it is no news.
    if (unbrokenLeases && !changes.isEmpty() && m_session->link().state().isSettled())
        emit leadersChanged(changes);
    emit looked();
}

void HaRecorder::write(const HaRecord &more)
{
    m_scope.run(
        this,
        [history = m_history, cluster = m_cluster, more](std::stop_token) {
            const Result<> added = history->add(cluster, more, QDateTime::currentDateTimeUtc());
            Result<HaRecord> record = history->read(cluster);
            return Round{cluster, std::move(record), history->takeNotice(), added ? std::optional<Error>() : added.error()};
        },
        [this](const Round &round) { take(round); });
}

void HaRecorder::keep(const FailoverResult &result)
{
    if (m_cluster.isEmpty() || !result.at.isValid())
        return;
    HaRecord record;
    record.tests = {result};
    if (result.acquired.isValid())
        record.leaders = {result.change()};
    write(record);
}

/// What was seen since the last writing, also where nobody waits for it any more.
void HaRecorder::flush()
{
    if (m_cluster.isEmpty())
        return;
    const HaRecord rest{{}, m_readiness.take(), {}};
    if (rest.isEmpty())
        return;
    async::flowPool().start([history = m_history, cluster = m_cluster, rest] { (void)history->add(cluster, rest, QDateTime::currentDateTimeUtc()); });
}

} // namespace cairn::app
