// SPDX-License-Identifier: GPL-3.0-or-later
#include "QuotasController.h"

#include "base/Text.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/QuotasPage.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace cairn::app {

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

void QuotasController::setSession(ClusterSession *session)
{
    if (m_feeds)
        m_feeds->disconnect(this);
    m_feeds = nullptr;
    m_soon->stop();
    m_session = session;
    m_page->setFeed({});
    m_page->setQuotas({}, {});
}

void QuotasController::open()
{
    if (m_feeds || !m_session)
        return;
    m_feeds = &m_session->quotas();
    connect(m_feeds, &QuotaFeeds::changed, this, [this] {
        if (!m_soon->isActive())
            m_soon->start();
    });
    m_soon->start();
}

void QuotasController::refresh()
{
    if (m_feeds)
        m_feeds->each([](WatchedKind &watched) { watched.retryNow(); });
}

void QuotasController::setNow(const QDateTime &now)
{
    if (m_feeds && m_page->isVisible())
        m_page->setNow(now);
}

void QuotasController::show()
{
    m_soon->stop();
    FeedState state = m_feeds->quotas.state();
    const FeedState queues = m_feeds->clusterQueues.state();
    pages::QuotasPage::Around around;
    around.ranges = m_feeds->ranges.store.values();
    around.localQueues = m_feeds->localQueues.store.values();
    const FeedState ranges = m_feeds->ranges.state();
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
