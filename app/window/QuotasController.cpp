// SPDX-License-Identifier: GPL-3.0-or-later
#include "QuotasController.h"

#include "Watched.h"
#include "base/Text.h"
#include "domain/QuotaDecoder.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/QuotasPage.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace cairn::app {

struct QuotasController::Feeds {
    Feeds(kube::Cluster &cluster, const std::function<void()> &changed)
        : quotas(cluster, kinds::resourceQuotas(), [] { return quotaDecoder(kinds::resourceQuotas()); }, changed)
        , ranges(cluster, kinds::limitRanges(), limitRangeDecoder, changed)
        , clusterQueues(cluster, kinds::clusterQueues(), [] { return quotaDecoder(kinds::clusterQueues()); }, changed)
        , localQueues(cluster, kinds::localQueues(), [] { return quotaDecoder(kinds::localQueues()); }, changed)
    {
    }
    ~Feeds()
    {
        // All watches begin to end before the first one is waited for.
        each([](auto &watched) { watched.feed.requestStop(); });
    }
    template <class F>
    void each(F visit)
    {
        visit(quotas);
        visit(ranges);
        visit(clusterQueues);
        visit(localQueues);
    }
    Watched<Quota> quotas;
    Watched<LimitRange> ranges;
    Watched<Quota> clusterQueues, localQueues;
};

namespace {

bool isMissing(const FeedState &state)
{
    return state.phase == FeedState::Phase::Forbidden || state.phase == FeedState::Phase::Failed;
}

} // namespace

QuotasController::QuotasController(QObject *parent)
    : ListController({u"quotas"_s, u"quotas"_s, tr("Quotas")}, new pages::QuotasPage, parent)
    , m_page(static_cast<pages::QuotasPage *>(page()))
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(100);
    connect(m_soon, &QTimer::timeout, this, &QuotasController::show);
}

QuotasController::~QuotasController() = default;

void QuotasController::setSession(ClusterSession *session)
{
    m_feeds.reset();
    m_soon->stop();
    m_session = session;
    m_page->setFeed({});
    m_page->setQuotas({}, {});
}

void QuotasController::open()
{
    if (m_feeds || !m_session)
        return;
    m_feeds = std::make_unique<Feeds>(m_session->cluster(), [this] {
        if (!m_soon->isActive())
            m_soon->start();
    });
    m_feeds->clusterQueues.feed.start({});
    scopeChanged();
}

void QuotasController::scopeChanged()
{
    if (!m_feeds)
        return;
    const kube::FeedScope scope{m_session->watched(), {m_session->cluster().defaultNamespace()}};
    m_feeds->quotas.feed.start(scope);
    m_feeds->ranges.feed.start(scope);
    m_feeds->localQueues.feed.start(scope);
}

void QuotasController::refresh()
{
    if (m_feeds)
        m_feeds->each([](auto &watched) { watched.feed.retryNow(); });
}

void QuotasController::setNow(const QDateTime &now)
{
    if (m_feeds && m_page->isVisible())
        m_page->setNow(now);
}

void QuotasController::show()
{
    m_soon->stop();
    FeedState state = m_feeds->quotas.feed.state();
    const FeedState queues = m_feeds->clusterQueues.feed.state();
    pages::QuotasPage::Around around;
    around.ranges = m_feeds->ranges.store.values();
    around.localQueues = m_feeds->localQueues.store.values();
    const FeedState ranges = m_feeds->ranges.feed.state();
    around.rangesRead = ranges.phase == FeedState::Phase::Live || ranges.phase == FeedState::Phase::Stale;
    if (isMissing(queues))
        around.missing.append(tr("The queues of Kueue could not be read: %1").arg(text::safe(queues.error.oneLine())));
    if (isMissing(state) && m_feeds->clusterQueues.store.size() > 0) {
        // What can be read is shown, and what is not is named.
        around.missing.append(tr("The quotas of namespaces could not be read: %1").arg(text::safe(state.error.oneLine())));
        state = queues;
    }
    m_page->setQuotas(m_feeds->quotas.store.values() + m_feeds->clusterQueues.store.values(), around);
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view-quotas"_s, {}, kube::needs::viewQuotas())) : QString());
}

} // namespace cairn::app
