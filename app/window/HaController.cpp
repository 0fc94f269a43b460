// SPDX-License-Identifier: GPL-3.0-or-later
#include "HaController.h"

#include "ActionRegistry.h"
#include "Watched.h"
#include "base/Text.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/HaPage.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
struct HaController::Feeds {
    Feeds(kube::Cluster &cluster, const std::function<void()> &changed)
        : deployments(cluster, kinds::deployments(), [] { return workloadDecoder(kinds::deployments()); }, changed)
        , statefulSets(cluster, kinds::statefulSets(), [] { return workloadDecoder(kinds::statefulSets()); }, changed)
        , leases(cluster, kinds::leases(), leaseDecoder, changed)
        , budgets(cluster, kinds::disruptionBudgets(), budgetDecoder, changed)
        , autoscalers(cluster, kinds::autoscalers(), autoscalerDecoder, changed)
        , pods(cluster, kinds::pods(), podDecoder, changed)
        , nodes(cluster, kinds::nodes(), nodeDecoder, changed)
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
        visit(deployments);
        visit(statefulSets);
        visit(leases);
        visit(budgets);
        visit(autoscalers);
        visit(pods);
        visit(nodes);
    }
    Watched<Workload> deployments, statefulSets;
    Watched<Lease> leases;
    Watched<DisruptionBudget> budgets;
    Watched<Autoscaler> autoscalers;
    Watched<Pod> pods;
    Watched<Node> nodes;
};

HaController::HaController(QObject *parent)
    : ListController({u"ha"_s, u"availability"_s, tr("High availability")}, new pages::HaPage, parent)
    , m_page(static_cast<pages::HaPage *>(page()))
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(100);
    connect(m_soon, &QTimer::timeout, this, &HaController::judge);
}

HaController::~HaController() = default;

void HaController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"component"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          for (const components::Component &component : m_known.value_or(QList<components::Component>()))
                              list.append({u"component:"_s + items::ComponentTableModel::key(component), PaletteEntry::Kind::Object, place().icon, component.id,
                                           tr("component · %1", "namespace").arg(text::safe(component.ns)), {}, {}, false});
                          return list;
                      },
                      [this](const QString &key, bool) { go(place().id, key); });
}

void HaController::setSession(ClusterSession *session)
{
    m_feeds.reset();
    m_known.reset();
    m_soon->stop();
    m_session = session;
    m_page->setFeed({});
    m_page->setComponents({}, {});
    emit badgeChanged(0);
}

void HaController::open()
{
    if (m_feeds || !m_session)
        return;
    m_feeds = std::make_unique<Feeds>(m_session->cluster(), [this] {
        if (!m_soon->isActive())
            m_soon->start();
    });
    const QStringList namespaces = components::catalogue().namespaces();
    const kube::FeedScope wide{{}, namespaces};
    m_feeds->deployments.feed.start(wide);
    m_feeds->statefulSets.feed.start(wide);
    m_feeds->budgets.feed.start(wide);
    m_feeds->autoscalers.feed.start(wide);
    // Of pods and leases most are in other namespaces, and every node renews a lease every ten seconds.
    m_feeds->pods.feed.start({namespaces, {}});
    m_feeds->leases.feed.start({components::catalogue().leaseNamespaces(), {}});
    m_feeds->nodes.feed.start({});
}

void HaController::refresh()
{
    if (m_feeds)
        m_feeds->each([](auto &watched) { watched.feed.retryNow(); });
}

void HaController::setNow(const QDateTime &now)
{
    if (!m_feeds)
        return;
    m_page->setNow(now);
    if (!m_judged.isValid() || m_judged.secsTo(now) >= 5)
        judge();
}

void HaController::judge()
{
    m_soon->stop();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_judged = now;
    bool loading = false;
    components::ClusterFacts facts;
    m_feeds->each([&](auto &watched) {
        loading |= watched.isLoading();
        watched.addUnread(facts.unread);
    });
    FeedState state = combined({m_feeds->deployments.feed.state(), m_feeds->statefulSets.feed.state()});
    if (loading && state.phase == FeedState::Phase::Live)
        state.phase = FeedState::Phase::Loading;
    if (state.phase == FeedState::Phase::Loading) {
        // Half of it would call everything lost.
        m_page->setFeed(state);
        return;
    }
    facts.workloads = m_feeds->deployments.store.values() + m_feeds->statefulSets.store.values();
    facts.leases = m_feeds->leases.store.values();
    facts.budgets = m_feeds->budgets.store.values();
    facts.autoscalers = m_feeds->autoscalers.store.values();
    facts.pods = m_feeds->pods.store.values();
    facts.nodes = m_feeds->nodes.store.values();
    // Without a connection leases are judged by the time they were last seen: their holders may well renew them.
    const FeedState leases = m_feeds->leases.feed.state();
    facts.now = leases.phase == FeedState::Phase::Stale && leases.lastGood.isValid() ? leases.lastGood : now;

    QList<components::Component> list = components::judge(facts);
    const components::Summary summary = components::summarise(list);
    // Where nothing can be seen that is one sentence, and no list of all there could be.
    if (summary.observable == 0 && summary.unobservable > 0) {
        list.clear();
        if (state.phase == FeedState::Phase::Live) {
            state.phase = FeedState::Phase::Forbidden;
            state.error = facts.unread.first().error;
        }
    }
    m_known = list;
    m_page->setComponents(list, facts.now);
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view-components"_s, {}, kube::needs::viewComponents())) : QString());
    emit badgeChanged(list.isEmpty() ? 0 : summary.falling());
}

} // namespace cairn::app
