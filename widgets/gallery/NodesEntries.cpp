// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/LogPane.h"
#include "pages/NodesPage.h"
#include "pages/PodsPage.h"

#include <array>
#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::NodesPage;
using pages::PodsPage;

namespace {

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    return state;
}

FeedState forbidden(const QString &what)
{
    FeedState state = feed(FeedState::Phase::Forbidden);
    state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s, u"The API server refused list %1 for ana@example."_s.arg(what));
    return state;
}

FeedState stale()
{
    FeedState state = feed(FeedState::Phase::Stale);
    state.error = Error::make(Error::Kind::Network, u"No answer"_s, u"No answer from api.prod-train-eu.example."_s);
    return state;
}

QList<items::NodeRow> cannedNodes(int count = 6)
{
    const QList<Job> jobs = cannedJobs();
    QList<items::NodeRow> rows;
    for (int i = 0; i < count; ++i) {
        items::NodeRow row;
        row.node.name = u"gpu-%1"_s.arg(i + 1);
        row.node.uid = QString::number(i);
        row.node.zone = u"eu-west-1%1"_s.arg(QChar(u'a' + i % 3));
        row.node.ready = i != 3;
        row.node.readySince = cannedNow().addSecs(-(i == 3 ? 360 : 86400 * 12));
        row.node.created = cannedNow().addDays(-40 - i);
        row.node.gpusAllocatable = i == 5 ? 0 : 8;
        row.node.kubeletVersion = u"v1.34.2"_s;
        row.node.unschedulable = i == 4;
        if (i == 2)
            row.node.pressures = {u"DiskPressure"_s};
        row.pods = 11 + 3 * i;
        row.gpusRequested = i == 5 ? 0 : (3 * i + 4) % 9;
        for (qsizetype j = i; j < jobs.size() && row.jobs.size() < (i == 5 ? 0 : 3); j += 4) {
            items::JobOnNode job{items::jobKey(jobs[j]), jobs[j].ns, jobs[j].name, 8, {}};
            job.lost.time = std::chrono::seconds(900 * (j % 5 + 1));
            job.lost.gpuHours = 8.0 * static_cast<double>(job.lost.time.count()) / 3600;
            job.lost.atMost = j % 3 == 1;
            row.jobs.append(job);
        }
        std::ranges::sort(row.jobs, [](const auto &a, const auto &b) { return a.lost.time > b.lost.time; });
        rows.append(row);
    }
    return rows;
}

NodesPage *nodesPage(const QList<items::NodeRow> &rows, const FeedState &state, const QString &role = {})
{
    auto *page = new NodesPage;
    page->setNow(cannedNow());
    page->setFeed(state, role);
    page->setNodes(rows);
    return page;
}

struct Line {
    const char *ns, *name, *owner, *job, *phase, *reason, *node;
    int ready, containers, restarts, hours;
    double gpus;
};

constexpr std::array<Line, 12> lines{{
    {"nlp", "llama-13b-sft-master-0", "llama-13b-sft", "llama-13b-sft", "Running", "", "gpu-1", 1, 1, 0, 31, 8},
    {"nlp", "llama-13b-sft-worker-3", "llama-13b-sft", "llama-13b-sft", "Failed", "NodeLost", "gpu-4", 0, 1, 2, 31, 8},
    {"vision", "detector-ps-0", "detector", "detector", "Running", "CrashLoopBackOff", "gpu-2", 0, 1, 41, 3, 0},
    {"research", "gan-ablation-master-0", "gan-ablation", "gan-ablation", "Pending", "Unschedulable", "", 0, 0, 0, 1, 4},
    {"kubeflow", "ml-pipeline-7d9c6bd5f7-x2x9p", "ml-pipeline-7d9c6bd5f7", "", "Running", "", "gpu-6", 2, 2, 1, 900, 0},
    {"kubeflow", "mysql-6c5f7d8b9c-4zv7k", "mysql-6c5f7d8b9c", "", "Running", "", "gpu-6", 2, 2, 0, 900, 0},
    {"kubeflow", "katib-ui-54b8c7d6f-pz2lw", "katib-ui-54b8c7d6f", "", "Running", "CrashLoopBackOff", "gpu-6", 0, 1, 118, 44, 0},
    {"research", "mnist-demo-master-0", "mnist-demo", "mnist-demo", "Running", "", "gpu-3", 1, 1, 0, 2, 1},
    {"research", "mnist-crashed-master-0", "mnist-crashed", "mnist-crashed", "Failed", "Error", "gpu-3", 0, 1, 0, 5, 1},
    {"vision", "clip-small-worker-0", "clip-small", "clip-small", "Succeeded", "", "gpu-2", 0, 1, 0, 60, 2},
    {"istio-system", "istiod-5f4c75464f-9r8xd", "istiod-5f4c75464f", "", "Running", "", "gpu-5", 1, 1, 0, 900, 0},
    {"kube-system", "coredns-6d4b75cb6d-hw2kq", "coredns-6d4b75cb6d", "", "Running", "", "gpu-5", 1, 1, 0, 900, 0},
}};

items::PodTableModel *cannedPods(QObject *parent, int times = 1)
{
    QList<Pod> pods;
    for (int i = 0; i < times; ++i) {
        for (const Line &line : lines) {
            Pod pod;
            pod.uid = QString::number(pods.size());
            pod.ns = QString::fromLatin1(line.ns);
            pod.name = QString::fromLatin1(line.name) + (i ? u'-' + QString::number(i) : QString());
            pod.ownerName = QString::fromLatin1(line.owner);
            pod.ownerKind = *line.job ? u"PyTorchJob"_s : u"ReplicaSet"_s;
            pod.jobName = QString::fromLatin1(line.job);
            pod.phase = QString::fromLatin1(line.phase);
            pod.node = QString::fromLatin1(line.node);
            pod.gpus = line.gpus;
            pod.created = cannedNow().addSecs(-3600 * line.hours - i);
            for (int c = 0; c < line.containers; ++c) {
                ContainerState container;
                container.name = c ? u"istio-proxy"_s : u"main"_s;
                container.ready = c < line.ready;
                container.restarts = c ? 0 : line.restarts;
                container.reason = c ? QString() : QString::fromLatin1(line.reason);
                pod.containers.append(container);
            }
            if (!line.containers)
                pod.reason = QString::fromLatin1(line.reason);
            pods.append(pod);
        }
    }
    auto *model = new items::PodTableModel(parent);
    model->setNow(cannedNow());
    model->setPods(pods);
    return model;
}

PodsPage *podsPage(int times, const FeedState &state, const std::function<void(PodsPage *)> &change = {}, const QString &role = {})
{
    auto *page = new PodsPage;
    page->setModel(cannedPods(page, times));
    page->setNow(cannedNow());
    page->setFeed(state, role);
    page->settle();
    if (change)
        change(page);
    return page;
}

void fillLogs(PodsPage *page)
{
    page->setCurrentKey(u"4"_s);
    page->showDetail(PodsPage::Detail::Logs);
    page->logs()->begin({u"main"_s, u"istio-proxy"_s});
    std::vector<logs::LogBuffer::Raw> batch;
    for (int i = 0; i < 40; ++i) {
        logs::LogBuffer::Raw raw;
        raw.source = i % 7 == 3 ? 1 : 0;
        raw.time = cannedNow().addSecs(-400 + 10 * i).toMSecsSinceEpoch();
        raw.text = i % 7 == 3 ? u"[info] lds: add/update listener 'virtualInbound'"_s
            : i == 22         ? u"error: dial tcp 10.96.12.4:3306: connect: connection refused"_s
                              : u"handler ListRuns starting, page_size=200 took %1 ms"_s.arg(3 + i % 11);
        batch.push_back(raw);
    }
    page->logs()->append(std::move(batch));
    page->logs()->setContent();
}

} // namespace

void registerNodesEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    using Phase = FeedState::Phase;
    registry.add({u"page.nodes"_s, u"Nodes"_s, [] { return nodesPage(cannedNodes(), feed(Phase::Live)); }, pageSizes()});
    registry.add({u"page.nodes.loading"_s, u"Nodes, loading"_s,
                  [] {
                      NodesPage *page = nodesPage({}, feed(Phase::Loading));
                      page->findChild<kit::StateView *>(u"nodes.state"_s)->showPending();
                      return page;
                  },
                  one});
    registry.add({u"page.nodes.forbidden"_s, u"Nodes, forbidden"_s, [] { return nodesPage({}, forbidden(u"nodes"_s), cannedRoleRequest()); }, one});
    registry.add({u"page.nodes.stale"_s, u"Nodes, not connected"_s, [] { return nodesPage(cannedNodes(), stale()); }, one});
    registry.add({u"page.nodes.many"_s, u"Nodes, 2 000 rows"_s, [] { return nodesPage(cannedNodes(2000), feed(Phase::Live)); }, one});

    registry.add({u"page.pods"_s, u"Pods"_s, [] { return podsPage(1, feed(Phase::Live)); }, pageSizes()});
    registry.add({u"page.pods.logs"_s, u"Pods with logs"_s, [] { return podsPage(1, feed(Phase::Live), fillLogs); }, pageSizes()});
    registry.add({u"page.pods.yaml"_s, u"Pods with YAML"_s,
                  [] {
                      return podsPage(1, feed(Phase::Live), [](PodsPage *page) {
                          page->setCurrentKey(u"6"_s);
                          page->showDetail(PodsPage::Detail::Yaml);
                          page->setYaml(u"apiVersion: v1\nkind: Pod\nmetadata:\n  name: katib-ui-54b8c7d6f-pz2lw\n  namespace: kubeflow\nspec:\n  nodeName: gpu-6\n"_s);
                      });
                  },
                  one});
    registry.add({u"page.pods.trouble"_s, u"Pods in trouble"_s,
                  [] {
                      return podsPage(1, feed(Phase::Live), [](PodsPage *page) {
                          page->setTroubleOnly(true);
                          page->settle();
                      });
                  },
                  one});
    registry.add({u"page.pods.many"_s, u"Pods, 10 000 rows"_s, [] { return podsPage(834, feed(Phase::Live)); }, one});
    registry.add({u"page.pods.empty"_s, u"Pods, none"_s, [] { return podsPage(0, feed(Phase::Live)); }, one});
    registry.add({u"page.pods.loading"_s, u"Pods, loading"_s,
                  [] {
                      return podsPage(0, feed(Phase::Loading), [](PodsPage *page) { page->findChild<kit::StateView *>(u"pods.state"_s)->showPending(); });
                  },
                  one});
    registry.add({u"page.pods.forbidden"_s, u"Pods, forbidden"_s, [] { return podsPage(0, forbidden(u"pods"_s), {}, cannedRoleRequest()); }, one});
    registry.add({u"page.pods.stale"_s, u"Pods, not connected"_s, [] { return podsPage(1, stale()); }, one});
}

} // namespace cairn::gallery
