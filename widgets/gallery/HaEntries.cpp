// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "dialogs/AcceptDialog.h"
#include "dialogs/YamlDialog.h"
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

using audit::Evidence;
using audit::Finding;
using audit::ObjectName;
using audit::Severity;

ObjectName deployment(const QString &name)
{
    return {u"apps"_s, u"Deployment"_s, u"kubeflow"_s, name};
}

Finding finding(const QString &rule, Severity severity, const QString &component, const QString &title, const QString &consequence,
                const QString &fix, const QList<Evidence> &more)
{
    Finding finding;
    finding.rule = rule;
    finding.severity = severity;
    finding.object = deployment(component);
    finding.component = component;
    finding.title = title;
    finding.consequence = consequence;
    finding.fix = fix;
    finding.evidence = more;
    return finding;
}

/// The findings of the mock-up.
audit::Report cannedReport()
{
    audit::Report report;
    report.release = u"26.03"_s;
    report.asOf = cannedNow().addSecs(-8);
    report.objects = 352;
    report.findings = {
        finding(u"HA28"_s, Severity::Critical, u"mysql"_s, u"mysql keeps three databases in one pod on a local disk"_s,
                u"If node-5 fails, Pipelines, metadata and cache stop for good: the disk goes with it."_s,
                u"Move the databases to a MySQL that tolerates a node failure."_s,
                {{deployment(u"mysql"_s), u"spec.replicas"_s, u"1"_s},
                 {{{}, u"PersistentVolumeClaim"_s, u"kubeflow"_s, u"mysql-pv-claim"_s}, u"spec.storageClassName"_s, u"local-path"_s},
                 {{{}, u"PersistentVolume"_s, {}, u"pvc-7f2c"_s}, u"nodeAffinity"_s, u"node-5"_s}}),
        finding(u"HA20"_s, Severity::Critical, u"training-operator"_s, u"training-operator alone answers 5 webhooks that fail closed"_s,
                u"For 5 min 40 s after a node failure nobody can create or change a PyTorchJob or TFJob."_s, u"Turn on leader election, then run two replicas."_s,
                {{{u"admissionregistration.k8s.io"_s, u"ValidatingWebhookConfiguration"_s, {}, u"validator.training-operator.kubeflow.org"_s}, u"failurePolicy"_s, u"Fail"_s},
                 {deployment(u"training-operator"_s), u"spec.replicas"_s, u"1"_s}}),
        finding(u"HA17"_s, Severity::High, u"ml-pipeline-ui"_s, u"ml-pipeline-ui has two replicas, both on node-2"_s,
                u"The failure of node-2 stops the Pipelines page as if there were one."_s, u"Spread the replicas over nodes."_s,
                {{{{}, u"Pod"_s, u"kubeflow"_s, u"ml-pipeline-ui-7c9fd5b6f8-8xk2p"_s}, u"spec.nodeName"_s, u"node-2"_s},
                 {{{}, u"Pod"_s, u"kubeflow"_s, u"ml-pipeline-ui-7c9fd5b6f8-q4v7m"_s}, u"spec.nodeName"_s, u"node-2"_s}}),
    };
    const QStringList scalable{u"training-operator"_s, u"katib-ui"_s, u"centraldashboard"_s, u"jupyter-web-app"_s, u"volumes-web-app"_s, u"tensorboards-web-app"_s,
                               u"kfam"_s, u"metadata-envoy"_s, u"cache-server"_s, u"dex"_s, u"profiles-controller"_s};
    for (const QString &name : scalable) {
        Finding one = finding(u"HA01"_s, Severity::High, name, u"%1 runs one replica and could run two"_s.arg(name),
                              u"It stops for about 5 min 40 s when its node fails."_s, u"Run two replicas: no flag is needed."_s,
                              {{deployment(name), u"spec.replicas"_s, u"1"_s}});
        one.primary = true;
        report.findings.append(one);
    }
    report.findings += {
        finding(u"HA45"_s, Severity::Medium, u"ml-pipeline-scheduledworkflow"_s, u"ml-pipeline-scheduledworkflow must stay at one"_s,
                u"Two would start every recurring run twice (Pipelines 2.16): let it restart fast."_s, u"Give it a priority class and short tolerations."_s,
                {{deployment(u"ml-pipeline-scheduledworkflow"_s), u"leader election"_s, u"none"_s}}),
        finding(u"HA07"_s, Severity::Low, u"katib-controller"_s, u"katib-controller has no PDB"_s, u"A drain may evict both replicas at once."_s,
                u"Add a PDB with maxUnavailable 1."_s, {{deployment(u"katib-controller"_s), u"spec.replicas"_s, u"2"_s}}),
    };
    report.notEvaluated = {{u"HA31"_s, u"VolumeSnapshots may not be listed in kubeflow."_s}, {u"HA40"_s, u"EndpointSlices may not be listed in auth."_s}};
    return report;
}

QList<items::AcceptedRow> cannedAccepted()
{
    return {{u"1"_s, u"HA30"_s, u"Deployment kubeflow/katib-mysql"_s, u"moves in Q4"_s, u"ops"_s, cannedNow().date().addDays(-2), true, 1},
            {u"2"_s, u"HA25"_s, u"9 objects"_s, u"probes come with 26.06"_s, u"ops"_s, cannedNow().date().addDays(60), false, 9},
            {u"3"_s, u"HA45"_s, u"Deployment kubeflow/ml-pipeline-viewer-crd"_s, u"no TensorBoard viewers here"_s, u"lena"_s, cannedNow().date().addDays(31), false, 1}};
}

pages::WhatIfView cannedWhatIf()
{
    using items::Tone;
    pages::WhatIfView view;
    view.nodes = {{u"node-5"_s, 5}, {u"node-2"_s, 4}, {u"node-1"_s, 3}, {u"node-3"_s, 1}, {u"node-4"_s, 0}, {u"node-6"_s, 0}};
    view.node = u"node-5"_s;
    view.answer = u"If node-5 fails, 5 components stop, mysql for good, and gpt-neox-20b loses 20.8 GPU-h"_s;
    view.rows = {{u"Stop"_s, u"5"_s, u"4"_s, Tone::Err, Tone::None},
                 {u"Back after"_s, u"5 min 40 s"_s, u"about 40 s"_s, Tone::None, Tone::None},
                 {u"Not back"_s, u"mysql"_s, u"mysql waits for it"_s, Tone::Err, Tone::None},
                 {u"Quorum lost"_s, u"none"_s, u"none"_s, Tone::None, Tone::None},
                 {u"Evictions blocked"_s, u"–"_s, u"1: workflow-controller"_s, Tone::Dim, Tone::Warn},
                 {u"Work lost"_s, u"20.8 GPU-h"_s, u"20.8 GPU-h"_s, Tone::Warn, Tone::None}};
    view.stops = {{Tone::Err, u"mysql@kubeflow"_s, u"mysql"_s, u"its disk is on node-5"_s},
                  {Tone::Err, u"ml-pipeline@kubeflow"_s, u"ml-pipeline"_s, u"depends on mysql"_s},
                  {Tone::Err, u"metadata-grpc@kubeflow"_s, u"metadata-grpc"_s, u"depends on mysql"_s},
                  {Tone::Warn, u"katib-ui@kubeflow"_s, u"katib-ui"_s, u"5 min 40 s"_s},
                  {Tone::Warn, {}, u"dex"_s, u"5 min 40 s"_s}};
    view.jobs = {{u"1"_s, u"gpt-neox-20b"_s, u"launcher"_s, u"20.8 GPU-h"_s}, {u"2"_s, u"xgb-ctr-daily"_s, u"2 of 5 workers"_s, u"0.7 CPU-h"_s}};
    view.safeWay = u"kubectl patch pytorchjob gpt-neox-20b -n research --type merge -p '{\"spec\":{\"runPolicy\":{\"suspend\":true}}}'\nkubectl drain node-5 --ignore-daemonsets --delete-emptydir-data\nkubectl uncordon node-5"_s;
    view.safeWayText = u"Save, suspend the job, drain, resume."_s;
    view.source = u"Simulated on pods, leases and PDBs of 1 s ago, with the default 40 s + 300 s until eviction."_s;
    return view;
}

HaPage *audited(HaPage::View view, const QString &finding = {});

QList<items::ComponentHistoryRow> cannedHistories()
{
    HaRecord record;
    const QDateTime now = cannedNow();
    const auto change = [&](const QString &id, int hoursAgo, double gap, LeaderCause cause, int replicas, const QString &ns = u"kubeflow"_s) {
        LeaderChange one;
        one.component = id;
        one.ns = ns;
        one.lease = ns + u'/' + id;
        one.at = now.addSecs(-3600 * hoursAgo);
        one.fromPod = id + u"-7c9fd5b6f8-h8vn"_s;
        one.fromNode = u"node-1"_s;
        one.toPod = id + u"-7c9fd5b6f8-zq41"_s;
        one.toNode = u"node-3"_s;
        one.gap = gap;
        one.cause = cause;
        one.replicas = replicas;
        record.leaders.append(one);
    };
    change(u"training-operator"_s, 900, 352, LeaderCause::Evicted, 1);
    change(u"training-operator"_s, 100, 17.4, LeaderCause::NodeLost, 2);
    change(u"training-operator"_s, 3, 18.1, LeaderCause::Test, 2);
    change(u"workflow-controller"_s, 30, 2.6, LeaderCause::RolledOut, 2);
    change(u"jobset-controller-manager"_s, 200, -1, LeaderCause::RolledOut, 2, u"kubeflow-system"_s);
    for (const auto &[key, away] : {std::pair(u"training-operator@kubeflow"_s, 352), std::pair(u"mysql@kubeflow"_s, 7300), std::pair(u"workflow-controller@kubeflow"_s, 0)}) {
        record.readiness[key] = {{now.addDays(-5), now.addDays(-2), Readiness::Ready}, {now.addDays(-2), now.addDays(-2).addSecs(away), Readiness::NotReady}, {now.addDays(-2).addSecs(away), now, Readiness::Ready}};
    }
    return items::historyRows(record, components::judge(cannedFacts()), now);
}

/// The history of one component in front.
HaPage *historied()
{
    HaPage *page = audited(HaPage::View::History);
    HaRecord record;
    const QDateTime now = cannedNow();
    QList<LeaderChange> changes;
    for (const auto &[hours, gap, cause] : {std::tuple(3, 18.1, LeaderCause::Test), std::tuple(100, 17.4, LeaderCause::NodeLost), std::tuple(900, 352.0, LeaderCause::Evicted)}) {
        LeaderChange one;
        one.at = now.addSecs(-3600 * hours);
        one.fromPod = u"training-operator-7c9fd5b6f8-h8vn"_s;
        one.fromNode = u"node-1"_s;
        one.toPod = u"training-operator-7c9fd5b6f8-zq41"_s;
        one.toNode = u"node-3"_s;
        one.gap = gap;
        one.cause = cause;
        one.replicas = 2;
        changes.append(one);
    }
    page->setHistory(hoursOf({{now.addDays(-5), now.addDays(-2), Readiness::Ready}, {now.addDays(-2), now.addDays(-2).addSecs(352), Readiness::NotReady}, {now.addDays(-2).addSecs(352), now, Readiness::Ready}}, now), changes);
    return page;
}

HaPage *audited(HaPage::View view, const QString &finding)
{
    auto *page = new HaPage;
    page->setNow(cannedNow().addSecs(4));
    page->setFeed(feed(FeedState::Phase::Live));
    page->setComponents(components::judge(cannedFacts()), cannedNow());
    page->setReport(cannedReport(), std::chrono::milliseconds(310));
    page->setAccepted(cannedAccepted(), u"cairn-accepted.yaml, read 2 min ago"_s);
    page->setWhatIf(cannedWhatIf());
    page->setHistories(cannedHistories(), {});
    page->showView(view);
    if (!finding.isEmpty())
        page->showFinding(finding);
    page->setOffer({u"mysql: its number of replicas is locked."_s, u"Add to overlay…"_s, u"The number of replicas of mysql is locked: it keeps its data on one disk."_s});
    return page;
}

/// More than anybody has, each with a finding.
HaPage *crowded(HaPage::View view)
{
    const QList<components::Component> some = components::judge(cannedFacts());
    QList<components::Component> many;
    audit::Report report = cannedReport();
    for (int i = 0; i < 10'000; ++i) {
        components::Component one = some[i % some.size()];
        one.ns = u"team-%1"_s.arg(i);
        many.append(one);
        report.findings.append(finding(u"HA%1"_s.arg(10 + i % 30), Severity::Medium, one.id, one.id + u" in "_s + one.ns, u"It stops with its node."_s, u"Run two."_s, {}));
    }
    auto *page = new HaPage;
    page->setNow(cannedNow().addSecs(4));
    page->setFeed(feed(FeedState::Phase::Live));
    page->setComponents(many, cannedNow());
    page->setReport(report, std::chrono::milliseconds(910));
    page->showView(view);
    return page;
}

/// A dialog as a widget of its own size.
QWidget *inPlace(QDialog *dialog)
{
    dialog->setWindowFlags(Qt::Widget);
    return dialog;
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
    registry.add({u"page.ha.findings"_s, u"High availability, findings"_s,
                  [] { return audited(HaPage::View::Findings, items::findingKey(cannedReport().findings.first())); }, pageSizes()});
    registry.add({u"page.ha.whatif"_s, u"High availability, what if a node fails"_s,
                  [] {
                      HaPage *shown = audited(HaPage::View::Findings, items::findingKey(cannedReport().findings.first()));
                      shown->showWhatIf(true);
                      return shown;
                  },
                  pageSizes()});
    registry.add({u"page.ha.history"_s, u"High availability, when each failed over"_s, [] { return historied(); }, pageSizes()});
    registry.add({u"page.ha.fold"_s, u"High availability, findings to add to the overlay"_s,
                  [] {
                      HaPage *shown = audited(HaPage::View::Findings);
                      shown->showFinding(items::findingKey(cannedReport().findings[3]));
                      shown->setOffer({u"training-operator: 2 replicas instead of 1, spread over nodes and zones, leader election with a Role for its Lease, a PDB."_s, u"Add to overlay…"_s, {}});
                      return shown;
                  },
                  one});
    registry.add({u"page.ha.crowd"_s, u"High availability, 10 000 components"_s, [] { return crowded(HaPage::View::Components); }, one});
    registry.add({u"page.ha.crowdfindings"_s, u"High availability, 10 000 findings"_s, [] { return crowded(HaPage::View::Findings); }, one});
    registry.add({u"page.ha.accepted"_s, u"High availability, what was accepted"_s, [] { return audited(HaPage::View::Accepted); }, one});
    registry.add({u"page.ha.auditing"_s, u"High availability, the first audit runs"_s,
                  [] {
                      auto *shown = page(u"training-operator@kubeflow"_s);
                      shown->showView(HaPage::View::Findings);
                      shown->setAuditing(u"Reading StatefulSets…"_s, 7, 31);
                      shown->findChild<kit::StateView *>(u"ha.audit.state"_s)->showPending();
                      return shown;
                  },
                  one});
    registry.add({u"page.ha.auditfailed"_s, u"High availability, the audit failed"_s,
                  [] {
                      auto *shown = page(u"training-operator@kubeflow"_s);
                      shown->showView(HaPage::View::Findings);
                      shown->setAuditError(cannedError());
                      return shown;
                  },
                  one});
    registry.add({u"dialog.accept"_s, u"Accept a finding"_s,
                  [] {
                      dialogs::AcceptView view;
                      view.title = u"Accept HA28 of Deployment kubeflow/mysql?"_s;
                      view.sentence = u"It is not counted, and does not fail an audit, until the day that is given here."_s;
                      view.by = u"ana@example"_s;
                      view.today = cannedNow().date();
                      view.until = view.today.addDays(90);
                      view.file = u"/home/ana/src/kubeflow/cairn-accepted.yaml"_s;
                      return inPlace(new dialogs::AcceptDialog(view));
                  },
                  {QSize(620, 420)}});
    registry.add({u"dialog.yaml"_s, u"YAML of an object"_s,
                  [] {
                      auto *shown = new dialogs::YamlDialog(u"Deployment kubeflow/mysql"_s);
                      shown->setYaml(u"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: mysql\n  namespace: kubeflow\nspec:\n  replicas: 1\n"_s);
                      return inPlace(shown);
                  },
                  {QSize(620, 420)}});
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
