// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "logs/LogView.h"
#include "pages/JobPage.h"
#include "pages/JobsPage.h"
#include "pages/LogPane.h"
#include "pages/WhyPanel.h"

#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::JobPage;
using pages::JobsPage;

namespace {

QList<Pod> pods()
{
    QList<Pod> pods;
    for (int i = 0; i < 4; ++i) {
        Pod pod;
        pod.ns = u"research"_s;
        pod.name = u"llama-ft-7-worker-%1"_s.arg(i);
        pod.uid = u"pod-%1"_s.arg(i);
        pod.phase = i == 3 ? u"Failed"_s : u"Running"_s;
        pod.reason = i == 3 ? u"NodeLost"_s : QString();
        pod.node = u"gpu-%1"_s.arg(i + 1);
        pod.role = u"worker"_s;
        pod.index = i;
        pod.gpus = 8;
        pod.created = cannedNow().addSecs(-6 * 3600);
        ContainerState container;
        container.name = u"pytorch"_s;
        container.ready = i != 3;
        container.state = i == 3 ? u"terminated"_s : u"running"_s;
        if (i == 1) {
            container.restarts = 1;
            container.lastReason = u"OOMKilled"_s;
            container.lastExitCode = 137;
            container.lastFinished = cannedNow().addSecs(-158 * 60);
        }
        pod.containers = {container};
        pods.append(pod);
    }
    return pods;
}

QList<Event> events()
{
    const struct {
        QString type;
        QString reason;
        QString object;
        QString message;
        int minutesAgo;
        int count;
    } rows[] = {
        {u"Warning"_s, u"PyTorchJobFailed"_s, u"llama-ft-7"_s,
         u"PyTorchJob llama-ft-7 is failed because 1 Worker replica(s) failed."_s, 2, 1},
        {u"Warning"_s, u"TaintManagerEviction"_s, u"llama-ft-7-worker-3"_s,
         u"Marking for deletion Pod research/llama-ft-7-worker-3"_s, 3, 1},
        {u"Warning"_s, u"NodeNotReady"_s, u"llama-ft-7-worker-3"_s, u"Node is not ready"_s, 4, 3},
        {u"Normal"_s, u"SuccessfulCreatePod"_s, u"llama-ft-7"_s, u"Created pod: llama-ft-7-worker-3"_s, 157, 1}};
    QList<Event> events;
    for (const auto &row : rows) {
        Event event;
        event.uid = u"event-%1"_s.arg(events.size());
        event.type = row.type;
        event.reason = row.reason;
        event.objectKind = row.object.contains(u"worker"_s) ? u"Pod"_s : u"PyTorchJob"_s;
        event.objectName = row.object;
        event.message = row.message;
        event.count = row.count;
        event.last = cannedNow().addSecs(-60 * row.minutesAgo);
        event.first = event.last;
        events.append(event);
    }
    return events;
}

QString yaml()
{
    return u"apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata:\n  name: llama-ft-7\n  namespace: research\n  "
           "annotations:\n    cairn.console/attempt: \"2\"\nspec:\n  runPolicy:\n    suspend: false\n  "
           "pytorchReplicaSpecs:\n    Worker:\n      replicas: 4\n      template:\n        spec:\n          containers:\n "
           "         - name: pytorch\n            image: registry.example/train/llama-ft-7:1.4\n            env:\n        "
           "    - name: CHECKPOINT_DIR\n              value: /ckpt/llama-ft-7\n"_s;
}

void fillLogs(pages::LogPane *pane)
{
    QStringList names;
    for (const Pod &pod : pods())
        names.append(pod.name);
    pane->begin(names);
    std::vector<logs::LogBuffer::Raw> lines;
    const qint64 start = cannedNow().addSecs(-600).toMSecsSinceEpoch();
    for (int i = 0; i < 60; ++i)
        lines.push_back({i % 4, start + i * 6600,
                         u"INFO step: %1  loss: %2  tps: 3 4%3"_s.arg(11950 + i * 8)
                             .arg(1.8726 - i * 0.0001, 0, 'f', 4)
                             .arg(i % 90, 2, 10, QLatin1Char('0'))});
    lines.push_back({0, start + 61 * 6600, u"ERROR Watchdog caught collective timeout: WorkNCCL(SeqNum=88214)"_s});
    lines.push_back({0, start + 61 * 6600, u"Traceback (most recent call last):"_s});
    lines.push_back({0, start + 61 * 6600, u"  File \"/app/train.py\", line 412, in main"_s});
    lines.push_back({0, start + 61 * 6600, u"torch.distributed.DistBackendError: NCCL communicator was aborted"_s});
    lines.push_back({1, start + 62 * 6600, u"WARN Sending process 71 closing signal SIGTERM"_s});
    pane->append(std::move(lines));
    pane->view()->setLocalTime(false);
    pane->setPodEnded(3, u"gone"_s);
}

JobPage *page(const std::function<void(JobPage *)> &change = {})
{
    auto *page = new JobPage;
    page->setNow(cannedNow());
    page->setJob(cannedFailedJob(), items::summarize(cannedListing()));
    page->setParentKey(u"uid-research-llama-ft-6"_s);
    page->setPods(pods());
    page->setEvents(events());
    items::SaveLocation location;
    location.path = u"/ckpt/llama-ft-7"_s;
    location.claim = u"ckpt-shared"_s;
    page->setSaveLocation(location);
    page->setListing(cannedListing());
    page->setYaml(yaml());
    fillLogs(page->logs());
    if (change)
        change(page);
    return page;
}

/// One that waits in a queue, as it looks after it was submitted.
JobPage *notStarting(launch::WhyNot::Verdict verdict)
{
    using State = launch::WhyNot::Evidence::State;
    auto *page = new JobPage;
    page->setNow(cannedNow());
    Job job;
    job.uid = u"uid-nlp-bert-xl-2"_s;
    job.name = u"bert-xl-2"_s;
    job.ns = u"nlp"_s;
    job.phase = verdict == launch::WhyNot::Verdict::Waiting ? JobPhase::Queued : JobPhase::Pending;
    job.created = cannedNow().addSecs(-170);
    job.replicas = {ReplicaGroup{u"Master"_s, 1, 0, 0, 0, 0, 8}, ReplicaGroup{u"Worker"_s, 3, 0, 0, 0, 0, 8}};
    page->setJob(job, {});
    pages::JobWhyView view;
    view.readAt = cannedNow().addSecs(-3);
    launch::WhyNot why;
    why.verdict = verdict;
    why.chain = {{u"taken"_s, State::Ok, u"An operator took the job."_s, {}, {}, {}}, {u"claims"_s, State::Ok, u"Its PVCs are there."_s, {}, {}, {}}};
    if (verdict == launch::WhyNot::Verdict::Waiting) {
        why.cause = u"queue-full"_s;
        why.sentence = u"It waits in LocalQueue nlp-queue, number 1 of 2: its ClusterQueue has no room for it now."_s;
        why.ways = {u"Leave it as it is and it waits, or ask for 3 pods."_s};
        why.chain += QList<launch::WhyNot::Evidence>{{u"queue"_s, State::Waits, u"Kueue finds room for 3 of 4 pods."_s, u"Workload pytorchjob-bert-xl-2-1f3a2, condition QuotaReserved"_s,
                          u"couldn't assign flavors to pod set worker: topology \"hostname\" allows to fit only 3 out of 4 pod(s)"_s,
                          cannedNow().addSecs(-12)},
            {u"created"_s, State::NotAsked, u"whether its pods could be created"_s, {}, {}, {}},
            {u"scheduled"_s, State::NotAsked, u"the scheduler"_s, {}, {}, {}}, {u"image"_s, State::NotAsked, u"image pulls"_s, {}, {}, {}}};
    } else {
        why.cause = u"selector"_s;
        why.sentence = u"No node has the label pool=h100."_s;
        why.ways = {u"Choose a label that nodes have, or label a node."_s, u"Make the job anew without a node selector."_s};
        why.chain += QList<launch::WhyNot::Evidence>{{u"created"_s, State::Ok, u"Its pods were created."_s, {}, {}, {}},
            {u"scheduled"_s, State::Failed, u"No node has the label pool=h100."_s, u"Pod bert-xl-2-master-0"_s,
                u"0/18 nodes are available: 18 node(s) didn't match Pod's node affinity/selector."_s, cannedNow().addSecs(-12)},
            {u"image"_s, State::NotAsked, u"image pulls"_s, {}, {}, {}}};
        view.gaps = {u"clusterqueues.kueue.x-k8s.io: ops@example may not list clusterqueues"_s};
    }
    view.why = why;
    page->setWhy(&view);
    page->showTab(JobPage::Tab::Events);
    return page;
}

QWidget *split()
{
    auto *jobs = new JobsPage(page());
    jobs->setNow(cannedNow());
    FeedState feed;
    feed.phase = FeedState::Phase::Live;
    jobs->setFeed(feed);
    jobs->model()->setJobs(cannedJobs());
    jobs->model()->setCheckpoints(u"uid-research-llama-ft-7"_s, items::summarize(cannedListing()));
    jobs->settle();
    jobs->openJob(u"uid-research-llama-ft-7"_s);
    return jobs;
}

} // namespace

void registerJobEntries(kit::GalleryRegistry &registry)
{
    const QSize narrow(640, 690);
    const QList<QSize> one{narrow};
    registry.add({u"page.job.split"_s, u"Job beside the list"_s, [] { return split(); }, pageSizes()});
    registry.add({u"page.job"_s, u"Job"_s, [] { return page(); }, {narrow, QSize(1280, 970)}});
    registry.add({u"page.job.damaged"_s, u"Job, a damaged checkpoint selected, list partial"_s,
                  [] {
                      return page([](JobPage *shown) {
                          Listing listing = cannedListing();
                          listing.partial = true;
                          listing.notes = {u"The log of the helper Job was cut; 214 of 900 folders were read."_s};
                          listing.readAt = cannedNow().addSecs(-26 * 60);
                          shown->setListing(listing);
                          shown->selectRow(u"step-12400"_s);
                      });
                  },
                  one});
    registry.add({u"page.job.pending"_s, u"Job, unfinished resume and a guessed folder"_s,
                  [] {
                      return page([](JobPage *shown) {
                          items::PendingResume pending;
                          pending.text = u"A resume that began 4 min ago was not finished"_s;
                          pending.detail = u"The job is suspended and its pods are gone. Finish starts it from step 12 000; "
                                           "Roll back starts it as it was."_s;
                          shown->setPendingResume(pending);
                          items::SaveLocation guess;
                          guess.path = u"/ckpt/llama-ft-7"_s;
                          guess.guessed = true;
                          guess.reason = u"The argument --output names a folder on the PVC ckpt-shared."_s;
                          shown->setSaveLocation(guess);
                      });
                  },
                  one});
    registry.add({u"page.job.consent"_s, u"Job, the helper Job asks"_s,
                  [] {
                      return page([](JobPage *shown) {
                          shown->setListing({});
                          items::ListingConsent consent;
                          consent.ns = u"research"_s;
                          consent.claim = u"ckpt-shared"_s;
                          consent.what = u"apiVersion: batch/v1\nkind: Job\n"_s;
                          consent.mayExec = true;
                          shown->setListingConsent(consent);
                      });
                  },
                  one});
    registry.add({u"page.job.bucket"_s, u"Job, the keys of a bucket are asked for"_s,
                  [] {
                      return page([](JobPage *shown) {
                          shown->setListing({});
                          items::BucketConsent consent;
                          consent.ns = u"research"_s;
                          consent.uri = u"s3://ckpt/llama-ft-7"_s;
                          consent.server = u"http://minio.storage.example.org:9000"_s;
                          consent.secrets = QStringList{u"minio-keys"_s};
                          consent.encrypted = false;
                          shown->setBucketConsent(consent);
                      });
                  },
                  one});
    registry.add({u"page.job.loading"_s, u"Job, checkpoints being read"_s,
                  [] {
                      auto *shown = new JobPage;
                      shown->setNow(cannedNow());
                      shown->setJob(cannedFailedJob(), std::nullopt);
                      shown->setListingRunning(u"Waiting for the helper Job in research…"_s);
                      shown->findChild<kit::StateView *>(u"job.checkpoints.state"_s)->showPending();
                      return shown;
                  },
                  one});
    registry.add({u"page.job.none"_s, u"Job, no checkpoint yet"_s,
                  [] { return page([](JobPage *shown) {
                           Listing listing;
                           listing.readAt = cannedNow();
                           shown->setListing(listing);
                       }); },
                  one});
    registry.add({u"page.job.queued"_s, u"Job, why it waits"_s, [] { return notStarting(launch::WhyNot::Verdict::Waiting); }, {narrow, QSize(820, 774)}});
    registry.add({u"page.job.never"_s, u"Job, why it will never start"_s, [] { return notStarting(launch::WhyNot::Verdict::Never); }, one});
    registry.add({u"page.job.error"_s, u"Job, listing failed"_s,
                  [] {
                      return page([](JobPage *shown) {
                          shown->setListing({});
                          shown->setListingError(Error::make(
                              Error::Kind::Timeout, u"The checkpoints of llama-ft-7 could not be read"_s,
                              u"The helper Job's pod did not start in 60 s: 0/6 nodes are available."_s,
                              u"Free room for one pod with 0.1 CPU, or use exec instead."_s));
                      });
                  },
                  one});
    registry.add({u"page.job.forbidden"_s, u"Job, claims may not be read"_s,
                  [] {
                      return page([](JobPage *shown) {
                          shown->setListing({});
                          shown->setListingForbidden(u"You don't have permission to read checkpoints in research"_s,
                                                     u"The API server refused `create jobs.batch` and `create pods/exec` for "
                                                     "ana@example. Everything else on this page works."_s,
                                                     cannedRoleRequest());
                      });
                  },
                  one});
    registry.add({u"page.job.stale"_s, u"Job, old list"_s,
                  [] {
                      return page([](JobPage *shown) {
                          shown->setListingError(Error::make(Error::Kind::Network, u"The list was not refreshed"_s,
                                                             u"No answer from api.prod-train-eu.example."_s));
                      });
                  },
                  one});
    registry.add({u"page.job.many"_s, u"Job, 10,000 checkpoints"_s,
                  [] {
                      return page([](JobPage *shown) {
                          Listing listing = cannedListing();
                          QList<Checkpoint> many;
                          for (int i = 0; i < 10'000; ++i)
                              many.append(cannedCheckpoint(i + 1, 10'000 - i, Verdict::Whole));
                          listing.runs.first().checkpoints = many;
                          shown->setListing(listing);
                      });
                  },
                  one});
    registry.add({u"page.job.nojob"_s, u"Job, deleted meanwhile"_s,
                  [] {
                      auto *shown = new JobPage;
                      shown->setNoJob(u"llama-ft-7 was deleted 2 min ago."_s);
                      return shown;
                  },
                  one});
    registry.add({u"page.job.logs"_s, u"Job, logs"_s,
                  [] { return page([](JobPage *shown) { shown->showTab(JobPage::Tab::Logs); }); },
                  {narrow, QSize(1280, 970)}});
    registry.add({u"page.job.yaml"_s, u"Job, YAML"_s,
                  [] { return page([](JobPage *shown) { shown->showTab(JobPage::Tab::Yaml); }); }, one});
    registry.add({u"page.job.events"_s, u"Job, events"_s,
                  [] { return page([](JobPage *shown) { shown->showTab(JobPage::Tab::Events); }); }, one});
    registry.add({u"page.job.logs.forbidden"_s, u"Job, logs forbidden"_s,
                  [] {
                      return page([](JobPage *shown) {
                          shown->showTab(JobPage::Tab::Logs);
                          shown->logs()->begin({});
                          shown->logs()->setForbidden(u"You don't have permission to read logs in research"_s,
                                                      u"The API server refused `get pods/log` for ana@example. Everything "
                                                      "else on this page works."_s,
                                                      cannedRoleRequest());
                      });
                  },
                  one});
}

} // namespace cairn::gallery
