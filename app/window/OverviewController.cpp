// SPDX-License-Identifier: GPL-3.0-or-later
#include "OverviewController.h"

#include "HaController.h"
#include "NodesController.h"
#include "StorageController.h"
#include "base/Text.h"
#include "engine/Changes.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"
#include "engine/OverlayFlows.h"
#include "engine/OverlayRun.h"
#include "pages/OverviewPage.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {
constexpr qint64 lookPeriod = 20; ///< seconds
}

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
    connect(m_page, &OverviewPage::jobRequested, this, [this](const QString &key) {
        if (key.startsWith("record:"_L1))
            go(u"overlay"_s);
        else
            goToJob(key);
    });
    connect(m_page, &OverviewPage::resumeRequested, this, [this](const QString &uid) { emit resumeRequested(uid, {}); });
    connect(m_page, &OverviewPage::recoverRequested, this, [this](const QString &key, bool finish) {
        if (key.startsWith("record:"_L1))
            emit changeRecoverRequested(key, finish);
        else
            emit recoverRequested(key, finish);
    });
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
    m_scope.cancel();
    m_open.clear();
    m_looked = {};
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
    readChanges(now);
    show();
}

/// No watch tells of records of changes: there are hardly ever any.
void OverviewController::readChanges(const QDateTime &now)
{
    if ((m_looked.isValid() && m_looked.secsTo(now) < lookPeriod) || !m_session->link().state().answers())
        return;
    m_looked = now;
    m_scope.run(
        this, [cluster = m_session->sharedCluster()](std::stop_token stop) { return openChanges(*cluster, stop); },
        [this](const Result<QList<situation::OpenChange>> &open) {
            if (open) // else what was known still is: it is told by its time
                m_open = *open;
        });
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
    // Whoever carries one out here sees to it.
    if (std::ranges::none_of(m_changes.running(), [](const std::shared_ptr<RunningChange> &one) { return qobject_cast<const OverlayRun *>(one.get()) && one->isRunning(); }))
        facts.changes = m_open;
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
