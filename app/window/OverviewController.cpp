// SPDX-License-Identifier: GPL-3.0-or-later
#include "OverviewController.h"

#include "HaController.h"
#include "NodesController.h"
#include "base/Text.h"
#include "pages/OverviewPage.h"

namespace cairn::app {

OverviewController::OverviewController(const items::JobTableModel &jobs, const NodesController &nodes, HaController &ha, pages::OverviewPage *page, QObject *parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_nodes(nodes)
    , m_ha(ha)
    , m_page(page)
{
    connect(page, &pages::OverviewPage::retryRequested, this, [this] {
        if (m_session)
            m_session->retryNow();
        m_ha.retryNow();
    });
}

void OverviewController::setSession(ClusterSession *session)
{
    m_session = session;
    m_page->setOverview({});
    m_page->setFeed({});
    m_page->setContext(session ? text::safe(session->contextName()) : QString());
}

void OverviewController::open()
{
    if (!m_session)
        return;
    m_ha.open();
    show();
}

void OverviewController::setNow(const QDateTime &now)
{
    if (!m_session || !m_page->isVisible())
        return;
    m_page->setNow(now);
    show();
}

void OverviewController::show()
{
    const QList<items::NodeRow> nodes = m_nodes.joined();
    items::OverviewFacts facts;
    facts.jobs = &m_jobs;
    facts.components = m_ha.components();
    facts.nodes = m_session->nodes().state().phase == FeedState::Phase::Live || !nodes.isEmpty() ? &nodes : nullptr;
    facts.now = QDateTime::currentDateTimeUtc();
    m_page->setOverview(items::overviewOf(facts));
    m_page->setFeed(m_session->jobs().jobsState());
}

} // namespace cairn::app
