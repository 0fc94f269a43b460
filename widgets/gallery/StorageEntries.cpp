// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/UsageChart.h"
#include "gallery/PageEntries.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/StateView.h"
#include "pages/StoragePage.h"

#include <QVBoxLayout>
#include <functional>

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using pages::StoragePage;
using storage::ClaimFacts;

namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = cannedNow().addSecs(-360);
    return state;
}

/// Sizes in GiB; `used` negative for none.
void add(ClaimFacts &facts, const QString &name, const QString &ns, const QString &kind, const QString &mode, const QString &driver,
         double size, double used = -1, UseSource source = UseSource::Prometheus, int secondsAgo = 40)
{
    Claim claim;
    claim.ns = ns;
    claim.name = name;
    claim.uid = ns + u'/' + name;
    claim.phase = u"Bound"_s;
    claim.storageClass = kind;
    claim.volume = u"pvc-%1"_s.arg(0x17f45d + 40961 * facts.claims.size(), 6, 16, QChar(u'0'));
    claim.accessModes = QStringList{mode};
    claim.volumeMode = u"Filesystem"_s;
    claim.capacity = claim.requested = qint64(size * gib);
    facts.claims.append(claim);
    PersistentVolume volume;
    volume.name = claim.volume;
    volume.phase = u"Bound"_s;
    volume.driver = driver;
    volume.backing = claim.uid;
    volume.claimUid = claim.uid;
    facts.volumes.append(volume);
    if (used < 0)
        return;
    VolumeUse use;
    use.ns = ns;
    use.claim = name;
    use.used = qint64(used * gib);
    use.capacity = claim.capacity;
    use.available = use.capacity - use.used;
    use.inodes = 4'194'304;
    use.inodesUsed = 81'204;
    use.source = source;
    use.at = facts.now.addSecs(-secondsAgo);
    facts.uses.append(use);
}

/// A month of samples that grow by `perDay` GiB to `now`, with one night of pruning.
void grow(ClaimFacts &facts, const QString &uid, double size, double used, double perDay)
{
    for (int hour = 30 * 24; hour >= 0; --hour) {
        if (hour > 7 * 24 && hour % 24 != 0)
            continue;
        const double day = hour / 24.0;
        const double pruned = day > 17 && size > 1000 ? 0.06 * size : 0; // retention ran
        const double wave = 0.003 * size * ((hour / 6) % 4 - 1.5) / 1.5;
        facts.history[uid].append({facts.now.addSecs(-3600LL * hour), qint64((used - perDay * day + pruned + (hour ? wave : 0)) * gib), qint64(size * gib),
                                   UseSource::Prometheus});
    }
}

void pods(ClaimFacts &facts, const QString &ns, const QString &claim, const QString &job, int count)
{
    for (int i = 0; i < count; ++i) {
        Pod pod;
        pod.ns = ns;
        pod.name = u"%1-worker-%2"_s.arg(job).arg(i);
        pod.jobName = job;
        pod.phase = u"Running"_s;
        pod.claims = QStringList{claim};
        facts.pods.append(pod);
    }
}

/// The cluster of the mock-up.
ClaimFacts cannedFacts()
{
    ClaimFacts facts;
    facts.now = cannedNow();
    facts.volumesRead = true;
    facts.kubeletAsked = true;
    add(facts, u"ckpt-shared"_s, u"research"_s, u"cephfs-ssd"_s, u"ReadWriteMany"_s, u"rook-ceph.cephfs.csi.ceph.com"_s, 8192, 7455);
    grow(facts, u"research/ckpt-shared"_s, 8192, 7455, 86);
    pods(facts, u"research"_s, u"ckpt-shared"_s, u"bert-xl"_s, 4);
    for (const QString &job : {u"t5-base"_s, u"vit-l-16"_s, u"gpt-neox"_s})
        pods(facts, u"research"_s, u"ckpt-shared"_s, job, 2);
    const auto share = [&](const QString &name, double size, int checkpoints, bool partial = false) {
        return storage::JobShare{name, name, qint64(size * gib), checkpoints, partial, facts.now.addSecs(-1200)};
    };
    facts.shares[u"research/ckpt-shared"_s] = {share(u"bert-xl"_s, 4090, 131), share(u"t5-base"_s, 1420, 88), share(u"vit-l-16"_s, 610, 64, true)};
    add(facts, u"seaweedfs-pvc"_s, u"kubeflow"_s, u"ceph-rbd"_s, u"ReadWriteOnce"_s, u"rook-ceph.rbd.csi.ceph.com"_s, 20, 17.2);
    grow(facts, u"kubeflow/seaweedfs-pvc"_s, 20, 17.2, 0.13);
    pods(facts, u"kubeflow"_s, u"seaweedfs-pvc"_s, u"seaweedfs"_s, 1);
    add(facts, u"bert-out"_s, u"nlp"_s, u"ceph-rbd"_s, u"ReadWriteOnce"_s, u"rook-ceph.rbd.csi.ceph.com"_s, 512, 96, UseSource::Kubelet, 60);
    grow(facts, u"nlp/bert-out"_s, 512, 96, 5.6);
    pods(facts, u"nlp"_s, u"bert-out"_s, u"bert-xl"_s, 1);
    add(facts, u"data-imagenet"_s, u"vision"_s, u"nfs-csi"_s, u"ReadOnlyMany"_s, u"nfs.csi.k8s.io"_s, 200, 310, UseSource::Kubelet, 60);
    facts.uses.last().capacity = qint64(1024 * gib);
    facts.uses.last().available = qint64(714 * gib);
    grow(facts, u"vision/data-imagenet"_s, 1024, 310, 0);
    pods(facts, u"vision"_s, u"data-imagenet"_s, u"vit-h-14"_s, 3);
    add(facts, u"scratch-old"_s, u"nlp"_s, u"cephfs-ssd"_s, u"ReadWriteMany"_s, u"rook-ceph.cephfs.csi.ceph.com"_s, 500, 109, UseSource::Helper, 41 * 86400);
    facts.claims.last().unusedSince = facts.now.addDays(-41);
    add(facts, u"datasets-lake"_s, u"vision"_s, u"s3-csi"_s, u"ReadOnlyMany"_s, u"s3.csi.aws.com"_s, 1200);
    pods(facts, u"vision"_s, u"datasets-lake"_s, u"vit-h-14"_s, 3);
    add(facts, u"mysql-pv-claim"_s, u"kubeflow"_s, u"local-path"_s, u"ReadWriteOnce"_s, u"hostPath"_s, 20);
    pods(facts, u"kubeflow"_s, u"mysql-pv-claim"_s, u"mysql"_s, 1);
    return facts;
}

StoragePage *page(const ClaimFacts &facts, const QString &selected, const std::function<void(StoragePage *)> &change = {})
{
    auto *page = new StoragePage;
    page->setNow(cannedNow());
    page->setSources({true, u"monitoring/prometheus-operated:9090"_s, {}, true, {}});
    page->setFeed(feed(FeedState::Phase::Live));
    page->setClaims(storage::account(facts));
    page->setCurrentKey(selected);
    if (change)
        change(page);
    return page;
}

QList<items::BucketRow> cannedBuckets()
{
    return {{u"ckpt"_s, {u"llama-ft-7"_s, u"gpt-neox"_s}, 2, qint64(14600 * gib), 204, false, cannedNow().addSecs(-300)},
            {u"datasets"_s, {u"vit-h-14"_s, u"t5-base"_s, u"bert-xl"_s}, 1, qint64(412 * gib), 18, true, cannedNow().addSecs(-7200)},
            {u"mlpipeline"_s, {u"churn-xgb"_s}, 0, 0, 0, false, {}}};
}

QWidget *chart(int days)
{
    auto *card = new kit::Card;
    auto *chart = new charts::UsageChart;
    charts::UsageData data;
    const ClaimFacts facts = cannedFacts();
    data.samples = facts.history.value(u"research/ckpt-shared"_s);
    // A night without Cairn.
    data.samples.removeIf([&](const UsageSample &sample) {
        const qint64 hours = sample.at.secsTo(facts.now) / 3600;
        return hours > 30 && hours < 44;
    });
    data.capacity = qint64(8192 * gib);
    data.now = facts.now;
    data.days = days;
    data.bytesPerDay = 86 * gib;
    data.full = 8.6;
    data.soonest = 7;
    data.latest = 13;
    if (days == 0)
        data = {};
    chart->setData(data);
    card->body()->addWidget(chart, 1);
    return card;
}

} // namespace

void registerStorageEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> one{pageSizes().first()};
    const QString first = u"research/ckpt-shared"_s;
    registry.add({u"chart.usage"_s, u"Use over time"_s, [] { return chart(30); }, {{760, 240}}});
    registry.add({u"chart.usage-week"_s, u"Use over time: a week with a gap"_s, [] { return chart(7); }, {{760, 240}}});
    registry.add({u"chart.usage-empty"_s, u"Use over time: none yet"_s, [] { return chart(0); }, {{600, 160}}});
    registry.add({u"page.storage"_s, u"Storage"_s, [first] { return page(cannedFacts(), first); }, pageSizes()});
    registry.add({u"page.storage.buckets"_s, u"Storage, with buckets"_s,
                  [first] { return page(cannedFacts(), first, [](StoragePage *shown) { shown->setBuckets(cannedBuckets()); }); }, one});
    registry.add({u"page.storage.export"_s, u"Storage, a claim that counts the whole export"_s,
                  [] { return page(cannedFacts(), u"vision/data-imagenet"_s); }, one});
    registry.add({u"page.storage.silent"_s, u"Storage, a driver that reports nothing"_s,
                  [] {
                      return page(cannedFacts(), u"kubeflow/mysql-pv-claim"_s,
                                  [](StoragePage *shown) { shown->findChild<kit::Button *>(u"storage.measure"_s)->click(); });
                  },
                  one});
    registry.add({u"page.storage.sources"_s, u"Storage, who is asked"_s,
                  [first] {
                      return page(cannedFacts(), first, [](StoragePage *shown) {
                          shown->setSources({true, u"monitoring/prometheus-operated:9090"_s,
                                             u"Its series kubelet_volume_stats_used_bytes have no labels namespace and persistentvolumeclaim."_s, false, {}});
                          shown->findChild<kit::Button *>(u"storage.sourcesButton"_s)->click();
                      });
                  },
                  one});
    registry.add({u"page.storage.lost"_s, u"Storage, a claim whose volume is gone"_s,
                  [] {
                      ClaimFacts facts = cannedFacts();
                      facts.volumes.removeIf([](const PersistentVolume &volume) { return volume.claimUid == u"nlp/bert-out"_s; });
                      facts.claims.last().phase = u"Pending"_s;
                      facts.claims.last().volume.clear();
                      return page(facts, u"nlp/bert-out"_s);
                  },
                  one});
    registry.add({u"page.storage.aside"_s, u"Storage, the history was set aside"_s,
                  [first] {
                      return page(cannedFacts(), first, [](StoragePage *shown) {
                          shown->setHistoryNotice(u"The PVC usage history starts over"_s,
                                                  u"The file is damaged: file is not a database. The old file is kept as "
                                                  "/home/ana/.local/share/cairn/usage.sqlite.damaged-20261125T124300Z."_s);
                      });
                  },
                  one});
    registry.add({u"page.storage.empty"_s, u"Storage, no claims"_s, [] { return page({}, {}); }, one});
    registry.add({u"page.storage.loading"_s, u"Storage, loading"_s,
                  [] {
                      return page({}, {}, [](StoragePage *shown) {
                          shown->setFeed(feed(FeedState::Phase::Loading));
                          shown->findChild<kit::StateView *>(u"storage.state"_s)->showPending();
                      });
                  },
                  one});
    registry.add({u"page.storage.forbidden"_s, u"Storage, forbidden"_s,
                  [] {
                      return page({}, {}, [](StoragePage *shown) {
                          FeedState state = feed(FeedState::Phase::Forbidden);
                          state.error = Error::make(Error::Kind::Forbidden, u"Forbidden"_s,
                                                    u"The API server refused list persistentvolumeclaims for ana@example."_s);
                          shown->setFeed(state, cannedRoleRequest());
                      });
                  },
                  one});
    registry.add({u"page.storage.stale"_s, u"Storage, not connected"_s,
                  [first] {
                      return page(cannedFacts(), first, [](StoragePage *shown) {
                          FeedState state = feed(FeedState::Phase::Stale);
                          state.error = Error::make(Error::Kind::Network, u"No answer"_s, u"No answer from api.prod-train-eu.example."_s);
                          shown->setFeed(state);
                      });
                  },
                  one});
}

} // namespace cairn::gallery
