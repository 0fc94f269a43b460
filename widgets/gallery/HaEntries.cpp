// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/HaPage.h"

#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using components::ClusterFacts;
using pages::HaPage;

namespace {

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    return state;
}

void add(ClusterFacts &facts, const QString &name, int desired, const QStringList &nodes, const QString &ns = u"kubeflow"_s)
{
    Workload workload;
    workload.kind = u"Deployment"_s;
    workload.ns = ns;
    workload.name = name;
    workload.uid = ns + u'/' + name;
    workload.desired = desired;
    workload.ready = static_cast<int>(nodes.size());
    workload.podLabels = {{u"app"_s, name}};
    facts.workloads.append(workload);
    for (const QString &node : nodes) {
        Pod pod;
        pod.ns = ns;
        pod.name = u"%1-7c9fd5b6f8-%2"_s.arg(name, QString::number(30011 + 1789 * facts.pods.size(), 36));
        pod.ownerKind = u"ReplicaSet"_s;
        pod.ownerName = name + u"-7c9fd5b6f8"_s;
        pod.phase = u"Running"_s;
        pod.node = node;
        pod.containers = {ContainerState{u"main"_s, true, name == "mysql"_L1 ? 3 : 0, u"running"_s, {}, {}, {}, {}, {}, {}}};
        facts.pods.append(pod);
    }
}

void lease(ClusterFacts &facts, const QString &ns, const QString &name, const QString &holder, int secondsAgo)
{
    Lease lease;
    lease.ns = ns;
    lease.name = name;
    lease.holder = holder;
    lease.seconds = 15;
    lease.renewed = facts.now.addSecs(-secondsAgo);
    facts.leases.append(lease);
}

void protect(ClusterFacts &facts, const QString &ns, const QString &name, const QString &min, int allowed)
{
    DisruptionBudget budget;
    budget.ns = ns;
    budget.name = name;
    budget.selector.present = true;
    budget.selector.labels = {{u"app"_s, name}};
    budget.minAvailable = min;
    budget.allowed = allowed;
    facts.budgets.append(budget);
}

/// The cluster of the mock-up.
ClusterFacts cannedFacts()
{
    ClusterFacts facts;
    facts.now = cannedNow();
    for (int i = 1; i <= 6; ++i) {
        Node node;
        node.name = u"node-%1"_s.arg(i);
        node.zone = u"eu-1%1"_s.arg(QChar(u'a' + (i - 1) / 2));
        facts.nodes.append(node);
    }
    add(facts, u"training-operator"_s, 1, {u"node-1"_s});
    add(facts, u"jobset-controller-manager"_s, 2, {u"node-1"_s, u"node-3"_s}, u"kubeflow-system"_s);
    lease(facts, u"kubeflow-system"_s, u"6d4f6a47.jobset.x-k8s.io"_s, u"jobset-controller-manager-7c9fd5b6f8-x2k8_4f1c"_s, 3);
    protect(facts, u"kubeflow-system"_s, u"jobset-controller-manager"_s, u"1"_s, 1);
    add(facts, u"kubeflow-trainer-controller-manager"_s, 2, {u"node-2"_s, u"node-2"_s}, u"kubeflow-system"_s);
    lease(facts, u"kubeflow-system"_s, u"trainer.kubeflow.org"_s, u"kubeflow-trainer-controller-manager-7c9fd5b6f8-p4mtz_9d0a"_s, 94);
    add(facts, u"ml-pipeline"_s, 2, {u"node-2"_s, u"node-4"_s});
    protect(facts, u"kubeflow"_s, u"ml-pipeline"_s, u"1"_s, 1);
    add(facts, u"ml-pipeline-ui"_s, 2, {u"node-2"_s, u"node-2"_s});
    add(facts, u"workflow-controller"_s, 2, {u"node-3"_s});
    lease(facts, u"kubeflow"_s, u"workflow-controller"_s, u"workflow-controller-7c9fd5b6f8-q9wd"_s, 2);
    protect(facts, u"kubeflow"_s, u"workflow-controller"_s, u"1"_s, 0);
    add(facts, u"mysql"_s, 1, {u"node-5"_s});
    facts.workloads.last().claims = {u"mysql-pv-claim"_s};
    add(facts, u"metadata-grpc-deployment"_s, 2, {u"node-1"_s, u"node-6"_s});
    add(facts, u"katib-controller"_s, 2, {u"node-1"_s, u"node-4"_s});
    add(facts, u"katib-ui"_s, 1, {});
    add(facts, u"istio-ingressgateway"_s, 3, {u"node-1"_s, u"node-3"_s, u"node-5"_s}, u"istio-system"_s);
    protect(facts, u"istio-system"_s, u"istio-ingressgateway"_s, u"2"_s, 1);
    add(facts, u"istiod"_s, 2, {u"node-2"_s, u"node-4"_s}, u"istio-system"_s);
    for (const auto &[target, floor] : {std::pair(u"istiod"_s, 2), std::pair(u"istio-ingressgateway"_s, 3)}) {
        Autoscaler autoscaler;
        autoscaler.ns = u"istio-system"_s;
        autoscaler.targetKind = u"Deployment"_s;
        autoscaler.targetName = target;
        autoscaler.floor = floor;
        autoscaler.ceiling = 5;
        facts.autoscalers.append(autoscaler);
    }
    add(facts, u"oauth2-proxy"_s, 2, {u"node-5"_s, u"node-6"_s}, u"oauth2-proxy"_s);
    facts.unread.append({u"deployments"_s, u"auth"_s,
                         Error::make(Error::Kind::Forbidden, u"You don't have permission to list the deployments in auth"_s,
                                     u"the API server refused list deployments.apps for ana@example"_s)});
    return facts;
}

HaPage *page(const QString &selected, const std::function<void(HaPage *)> &change = {})
{
    auto *page = new HaPage;
    page->setNow(cannedNow().addSecs(4));
    page->setFeed(feed(FeedState::Phase::Live));
    if (!selected.isEmpty()) {
        page->setComponents(components::judge(cannedFacts()), cannedNow());
        page->setCurrentKey(selected);
    }
    if (change)
        change(page);
    return page;
}

} // namespace

void registerHaEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    registry.add({u"page.ha"_s, u"High availability"_s, [] { return page(u"training-operator@kubeflow"_s); }, pageSizes()});
    registry.add({u"page.ha.split"_s, u"High availability, split brain"_s, [] { return page(u"katib-controller@kubeflow"_s); }, one});
    registry.add({u"page.ha.lease"_s, u"High availability, a stale lease"_s,
                  [] { return page(u"trainer-controller-manager@kubeflow-system"_s); }, one});
    registry.add({u"page.ha.unread"_s, u"High availability, one not observable"_s, [] { return page(u"dex@auth"_s); }, one});
    registry.add({u"page.ha.empty"_s, u"High availability, no Kubeflow"_s, [] { return page({}); }, one});
    registry.add({u"page.ha.loading"_s, u"High availability, loading"_s,
                  [] {
                      return page({}, [](HaPage *shown) {
                          shown->setFeed(feed(FeedState::Phase::Loading));
                          shown->findChild<kit::StateView *>(u"ha.state"_s)->showPending();
                      });
                  },
                  one});
    registry.add({u"page.ha.forbidden"_s, u"High availability, forbidden"_s,
                  [] {
                      return page({}, [](HaPage *shown) {
                          FeedState state = feed(FeedState::Phase::Forbidden);
                          state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s,
                                                    u"The API server refused list deployments.apps for ana@example."_s);
                          shown->setFeed(state, cannedRoleRequest());
                      });
                  },
                  one});
    registry.add({u"page.ha.stale"_s, u"High availability, not connected"_s,
                  [] {
                      return page(u"ml-pipeline@kubeflow"_s, [](HaPage *shown) {
                          FeedState state = feed(FeedState::Phase::Stale);
                          state.error = Error::make(Error::Kind::Network, u"No answer"_s,
                                                    u"No answer from api.prod-train-eu.example."_s);
                          shown->setFeed(state);
                      });
                  },
                  one});
}

} // namespace cairn::gallery
