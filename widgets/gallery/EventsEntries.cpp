// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/EventsPage.h"

#include <array>
#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::EventsPage;

namespace {

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    return state;
}

struct Line {
    const char *ns, *kind, *object, *type, *reason, *message, *source;
    int count, first, last; // minutes ago
};

constexpr std::array<Line, 12> lines{{
    {"nlp", "Pod", "llama-13b-sft-worker-3", "Warning", "NodeNotReady", "Node is not ready", "node-controller", 1, 6, 6},
    {"", "Node", "gpu-7", "Normal", "NodeNotReady", "Node gpu-7 status is now: NodeNotReady", "node-controller", 1, 6, 6},
    {"nlp", "Pod", "llama-13b-sft-worker-3", "Normal", "TaintManagerEviction", "Marking for deletion Pod nlp/llama-13b-sft-worker-3",
     "taint-eviction-controller", 1, 1, 1},
    {"vision", "Pod", "detector-ps-0", "Warning", "BackOff",
     "Back-off restarting failed container tensorflow in pod detector-ps-0_vision(0b1c6f5e-3d0e-4d5f-9a58-6e8d1a2f4c11)", "kubelet", 41, 58, 2},
    {"research", "Pod", "gan-ablation-master-0", "Warning", "FailedScheduling",
     "0/6 nodes are available: 6 Insufficient nvidia.com/gpu. preemption: 0/6 nodes are available: 6 No preemption victims found for "
     "incoming pod.",
     "default-scheduler", 12, 55, 3},
    {"research", "PersistentVolumeClaim", "scratch-fast", "Warning", "ProvisioningFailed",
     "storageclass.storage.k8s.io \"nvme-raid\" not found", "persistentvolume-controller", 25, 51, 4},
    {"nlp", "PyTorchJob", "llama-13b-sft", "Normal", "PyTorchJobRestarting", "PyTorchJob llama-13b-sft is restarting because 1 Worker replica(s) failed.",
     "pytorchjob-controller", 1, 5, 5},
    {"vision", "Pod", "resnet-sweep-worker-1", "Warning", "Unhealthy", "Readiness probe failed: command timed out after 5 s", "kubelet", 7, 33, 9},
    {"nlp", "Pod", "tokenizer-master-0", "Normal", "Pulled", "Container image \"registry.example/train:2.4\" already present on machine", "kubelet", 1, 21, 21},
    {"nlp", "Pod", "tokenizer-master-0", "Normal", "Started", "Started container pytorch", "kubelet", 1, 21, 21},
    {"research", "Job", "cairn-list-x7k2p", "Normal", "Completed", "Job completed", "job-controller", 1, 30, 30},
    {"vision", "ReplicaSet", "tensorboard-5c7d", "Warning", "FailedCreate",
     "Error creating: pods \"tensorboard-5c7d-\" is forbidden: exceeded quota: team, requested: cpu=2, used: cpu=64, limited: cpu=64",
     "replicaset-controller", 18, 50, 12},
}};

QList<Event> cannedEvents(int times = 1)
{
    QList<Event> events;
    for (int i = 0; i < times; ++i) {
        for (const Line &line : lines) {
            Event event;
            event.uid = QString::number(events.size());
            event.ns = QString::fromLatin1(line.ns);
            event.objectKind = QString::fromLatin1(line.kind);
            event.objectName = QString::fromLatin1(line.object) + (i ? u'-' + QString::number(i) : QString());
            event.type = QString::fromLatin1(line.type);
            event.reason = QString::fromLatin1(line.reason);
            event.message = QString::fromLatin1(line.message);
            event.source = QString::fromLatin1(line.source);
            event.count = line.count;
            event.first = cannedNow().addSecs(-60 * line.first - i);
            event.last = cannedNow().addSecs(-60 * line.last - i);
            events.append(event);
        }
    }
    return events;
}

EventsPage *page(const QList<Event> &events, FeedState::Phase phase, const std::function<void(EventsPage *)> &change = {})
{
    auto *page = new EventsPage;
    page->setNow(cannedNow());
    page->setFeed(feed(phase));
    page->model()->setEvents(events);
    page->settle();
    if (change)
        change(page);
    return page;
}

} // namespace

void registerEventsEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    using Phase = FeedState::Phase;
    registry.add({u"page.events"_s, u"Events"_s,
                  [] {
                      return page(cannedEvents(), Phase::Live, [](EventsPage *shown) {
                          shown->setCurrentKey(u"0"_s);
                          shown->setJob(u"llama-13b-sft"_s);
                      });
                  },
                  pageSizes()});
    registry.add({u"page.events.warnings"_s, u"Events, warnings only"_s,
                  [] { return page(cannedEvents(), Phase::Live, [](EventsPage *shown) { shown->setWarningsOnly(true); shown->setCurrentKey(u"4"_s); shown->settle(); }); }, one});
    registry.add({u"page.events.many"_s, u"Events, 10 000 rows"_s, [] { return page(cannedEvents(834), Phase::Live); }, one});
    registry.add({u"page.events.empty"_s, u"Events, none"_s, [] { return page({}, Phase::Live); }, one});
    registry.add({u"page.events.loading"_s, u"Events, loading"_s,
                  [] {
                      return page({}, Phase::Loading, [](EventsPage *shown) { shown->findChild<kit::StateView *>(u"events.state"_s)->showPending(); });
                  },
                  one});
    registry.add({u"page.events.forbidden"_s, u"Events, forbidden"_s,
                  [] {
                      return page({}, Phase::Live, [](EventsPage *shown) {
                          FeedState state = feed(Phase::Forbidden);
                          state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s, u"The API server refused list events for ana@example."_s);
                          shown->setFeed(state, cannedRoleRequest());
                      });
                  },
                  one});
    registry.add({u"page.events.stale"_s, u"Events, not connected"_s,
                  [] {
                      return page(cannedEvents(), Phase::Live, [](EventsPage *shown) {
                          FeedState state = feed(Phase::Stale);
                          state.error = Error::make(Error::Kind::Network, u"No answer"_s, u"No answer from api.prod-train-eu.example."_s);
                          shown->setFeed(state);
                      });
                  },
                  one});
}

} // namespace cairn::gallery
