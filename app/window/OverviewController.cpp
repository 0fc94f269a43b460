// SPDX-License-Identifier: GPL-3.0-or-later
#include "OverviewController.h"

#include "HaController.h"
#include "NodesController.h"
#include "StorageController.h"
#include "base/Text.h"
#include "engine/Changes.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"
#include "pages/OverviewPage.h"

using namespace Qt::StringLiterals;

namespace cairn::app {

OverviewController::OverviewController(const Changes &changes, const NodesController &nodes, HaController &ha, StorageController &storage,
                                       const CheckpointReader &reader, QObject *parent)
    : PageController({u"overview"_s, u"overview"_s, tr("Overview")}, new pages::OverviewPage, parent)
    , m_changes(changes)
    , m_nodes(nodes)
    , m_ha(ha)
    , m_storage(storage)
    , m_reader(reader)
    , m_page(static_cast<pages::OverviewPage *>(page()))
{
    using pages::OverviewPage;
    connect(m_page, &OverviewPage::retryRequested, this, &OverviewController::refresh);
    connect(m_page, &OverviewPage::jobRequested, this, &OverviewController::goToJob);
    connect(m_page, &OverviewPage::resumeRequested, this, [this](const QString &uid) { emit resumeRequested(uid, {}); });
    connect(m_page, &OverviewPage::recoverRequested, this, &OverviewController::recoverRequested);
    connect(m_page, &OverviewPage::componentRequested, this, [this](const QString &key) { go(u"ha"_s, key); });
    connect(m_page, &OverviewPage::nodeRequested, this, [this](const QString &key) { go(u"nodes"_s, key); });
    connect(m_page, &OverviewPage::claimRequested, this, [this](const QString &key) { go(u"storage"_s, key); });
}

void OverviewController::focus()
{
    m_page->focusTable();
}

void OverviewController::refresh()
{
    if (m_session)
        m_session->retryNow();
    m_ha.refresh();
    m_storage.refresh();
}

void OverviewController::setSession(ClusterSession *session)
{
    m_session = session;
    m_page->setOverview({});
    m_page->setActivity({});
    m_page->setFeed({});
    m_page->setContext(session ? text::safe(session->contextName()) : QString());
}

void OverviewController::open()
{
    if (!m_session)
        return;
    m_ha.open();
    m_storage.open();
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
    const QList<situation::NodeLoad> nodes = m_nodes.joined();
    situation::OverviewFacts facts;
    facts.jobs = m_reader.eachJob();
    facts.components = m_ha.components();
    facts.nodes = m_session->nodes().state().phase == FeedState::Phase::Live || !nodes.isEmpty() ? &nodes : nullptr;
    facts.claims = m_storage.accounts();
    facts.underWay = m_changes.jobs();
    facts.now = m_session->asOf();
    m_page->setOverview(situation::overviewOf(facts));
    const auto listing = [this](const QString &uid) {
        const CheckpointReader::Known *known = m_reader.known(uid);
        return known ? &known->listing.listing : nullptr;
    };
    m_page->setActivity(situation::activity(facts.jobs, listing, facts.now));
    m_page->setFeed(m_session->jobs().jobsState());
}

} // namespace cairn::app
