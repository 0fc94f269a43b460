// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ClaimAccount.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using storage::ClaimAccount;
using storage::ClaimFacts;
using storage::Severity;

namespace {

constexpr qint64 gib = qint64(1) << 30;
const QDateTime now = QDateTime::fromString(u"2026-05-01T12:00:00Z"_s, Qt::ISODate);

/// A bound claim "ml/<name>" with a volume of its own.
void add(ClaimFacts &facts, const QString &name, const QString &driver, const QString &backing, qint64 size = 100 * gib)
{
    Claim claim;
    claim.ns = u"ml"_s;
    claim.name = name;
    claim.uid = u"uid-"_s + name;
    claim.phase = u"Bound"_s;
    claim.volume = u"pv-"_s + name;
    claim.requested = claim.capacity = size;
    facts.claims.append(claim);
    PersistentVolume volume;
    volume.name = claim.volume;
    volume.uid = u"v-"_s + name;
    volume.phase = u"Bound"_s;
    volume.driver = driver;
    volume.backing = backing;
    volume.claimUid = claim.uid;
    facts.volumes.append(volume);
    facts.volumesRead = true;
    facts.now = now;
}

VolumeUse used(const QString &claim, qint64 bytes, qint64 capacity = 100 * gib, UseSource source = UseSource::Kubelet)
{
    VolumeUse use;
    use.ns = u"ml"_s;
    use.claim = claim;
    use.used = bytes;
    use.capacity = capacity;
    use.available = capacity - bytes;
    use.inodes = 1000;
    use.inodesUsed = 10;
    use.source = source;
    use.at = now;
    return use;
}

} // namespace

class TestClaimAccount : public QObject
{
    Q_OBJECT

private slots:
    void theNewestMeasurementCounts()
    {
        ClaimFacts facts;
        add(facts, u"a"_s, u"rbd.csi.ceph.com"_s, u"h1"_s);
        VolumeUse old = used(u"a"_s, 10 * gib, 100 * gib, UseSource::Helper);
        old.at = now.addDays(-1);
        VolumeUse empty = used(u"a"_s, -1);
        empty.at = now.addSecs(60); // says nothing, so it hides nothing
        facts.uses = {used(u"a"_s, 20 * gib), old, empty};
        const ClaimAccount account = storage::account(facts).first();
        QCOMPARE(account.use->used, 20 * gib);
        QCOMPARE(account.use->source, UseSource::Kubelet);
        QCOMPARE(account.fraction(), 0.2);
        QVERIFY(!account.wholeFileSystem);
        QCOMPARE(storage::sharingText(account), QString());
    }

    void oneBackingIsCountedOnce()
    {
        ClaimFacts facts;
        add(facts, u"a"_s, u"nfs.csi.k8s.io"_s, u"10.0.0.1:/export"_s);
        add(facts, u"b"_s, u"nfs.csi.k8s.io"_s, u"10.0.0.1:/export"_s);
        add(facts, u"c"_s, u"nfs.csi.k8s.io"_s, u"10.0.0.2:/export"_s);
        facts.uses = {used(u"a"_s, 300 * gib, 1024 * gib), used(u"b"_s, 301 * gib, 1024 * gib), used(u"c"_s, 5 * gib, 1024 * gib)};
        facts.uses[1].at = now.addSecs(5);
        const QList<ClaimAccount> accounts = storage::account(facts);
        QCOMPARE(accounts[0].sharedWith, QStringList{u"ml/b"_s});
        QVERIFY(accounts[0].wholeFileSystem);
        QVERIFY(!accounts[0].groupGuessed);
        QVERIFY(accounts[2].sharedWith.isEmpty());
        QVERIFY(storage::sharingText(accounts[2]).contains(u"whole file system"_s));
        const storage::Totals totals = storage::totals(accounts);
        QCOMPARE(totals.used, 306 * gib);
        QCOMPARE(totals.capacity, 2048 * gib);
        QCOMPARE(totals.claims, 3);
    }

    void equalNumbersOfFoldersAreOneFileSystem()
    {
        ClaimFacts facts;
        add(facts, u"a"_s, u"hostPath"_s, u"/srv/a"_s, 10 * gib);
        add(facts, u"b"_s, u"hostPath"_s, u"/srv/b"_s, 20 * gib);
        facts.uses = {used(u"a"_s, 50 * gib, 500 * gib), used(u"b"_s, 50 * gib, 500 * gib)};
        QList<ClaimAccount> accounts = storage::account(facts);
        QVERIFY(accounts[0].groupGuessed);
        QCOMPARE(storage::totals(accounts).used, 50 * gib);
        // A file system each of the size that was asked for: the same fill is chance.
        facts.claims[0].capacity = facts.claims[1].capacity = 500 * gib;
        accounts = storage::account(facts);
        QVERIFY(accounts[1].sharedWith.isEmpty());
        QCOMPARE(storage::totals(accounts).used, 100 * gib);
        // Enforced capacities are never one.
        facts.claims[0].capacity = facts.claims[1].capacity = 10 * gib;
        facts.volumes[0].driver = facts.volumes[1].driver = u"rbd.csi.ceph.com"_s;
        QVERIFY(storage::account(facts)[1].sharedWith.isEmpty());
    }

    void theHelpersIdDecides()
    {
        ClaimFacts facts;
        add(facts, u"a"_s, u"local"_s, u"n1:/a"_s, 10 * gib);
        add(facts, u"b"_s, u"local"_s, u"n1:/b"_s, 10 * gib);
        facts.uses = {used(u"a"_s, 50 * gib, 500 * gib, UseSource::Helper), used(u"b"_s, 50 * gib, 500 * gib, UseSource::Helper)};
        facts.uses[0].fileSystem = u"f1"_s;
        facts.uses[1].fileSystem = u"f2"_s;
        QVERIFY(storage::account(facts)[1].sharedWith.isEmpty()); // equal numbers, but it was seen that they differ
        facts.uses[1].fileSystem = u"f1"_s;
        facts.uses[1].used = 51 * gib; // read later
        const QList<ClaimAccount> accounts = storage::account(facts);
        QCOMPARE(accounts[1].sharedWith, QStringList{u"ml/a"_s});
        QVERIFY(!accounts[1].groupGuessed);
    }

    void troubles()
    {
        ClaimFacts facts;
        for (const QString &name : {u"lost"_s, u"gone"_s, u"stolen"_s, u"failed"_s, u"pending"_s, u"deleting"_s, u"well"_s})
            add(facts, name, u"rbd.csi.ceph.com"_s, name);
        facts.claims[0].phase = u"Lost"_s;
        facts.volumes[2].claimUid = u"somebody"_s;
        facts.volumes[3].phase = u"Failed"_s;
        facts.volumes[3].message = u"cannot reclaim"_s;
        facts.claims[4].phase = u"Pending"_s;
        facts.claims[5].deleting = now;
        facts.volumes.removeAt(1);
        facts.uses = {used(u"gone"_s, 10), used(u"failed"_s, 10)};
        using T = ClaimAccount::Trouble;
        const QList<ClaimAccount> accounts = storage::account(facts);
        const QList<T> expected{T::Lost, T::VolumeGone, T::VolumeGone, T::VolumeFailed, T::Pending, T::Deleting, T::None};
        for (qsizetype i = 0; i < expected.size(); ++i) {
            QCOMPARE(accounts[i].trouble, expected[i]);
            QCOMPARE(storage::troubleText(accounts[i]).isEmpty(), expected[i] == T::None);
        }
        QVERIFY(!accounts[1].use); // the numbers of a volume that is gone are nobody's
        QVERIFY(accounts[3].use);
        QCOMPARE(storage::severity(accounts[0]), Severity::Now);
        QCOMPARE(storage::severity(accounts[4]), Severity::Fine);
        QVERIFY(storage::rank(accounts[0]) < storage::rank(accounts[3]));
        QVERIFY(storage::rank(accounts[6]) < storage::rank(accounts[4]));
        // Who may not list volumes learns nothing from their absence.
        facts.volumes.clear();
        facts.volumesRead = false;
        QCOMPARE(storage::account(facts)[1].trouble, T::None);
    }

    void silenceHasAReason()
    {
        using S = ClaimAccount::Silence;
        ClaimFacts facts;
        add(facts, u"s3"_s, u"s3.csi.aws.com"_s, u"bucket"_s);
        add(facts, u"block"_s, u"rbd.csi.ceph.com"_s, u"h2"_s);
        add(facts, u"idle"_s, u"rbd.csi.ceph.com"_s, u"h3"_s);
        add(facts, u"mounted"_s, u"new.example.com"_s, u"h4"_s);
        facts.claims[1].volumeMode = u"Block"_s;
        Pod pod;
        pod.ns = u"ml"_s;
        pod.name = u"web-5f-x"_s;
        pod.ownerKind = u"ReplicaSet"_s;
        pod.ownerName = u"web-5f"_s;
        pod.phase = u"Running"_s;
        pod.claims = QStringList{u"mounted"_s};
        facts.pods = {pod};
        QList<ClaimAccount> accounts = storage::account(facts);
        QCOMPARE(accounts[0].silence, S::DriverSilent);
        QCOMPARE(accounts[1].silence, S::Block);
        QCOMPARE(accounts[2].silence, S::NotMeasured);
        facts.kubeletAsked = true;
        accounts = storage::account(facts);
        QCOMPARE(accounts[2].silence, S::NotMounted);
        QCOMPARE(accounts[3].silence, S::DriverSilent);
        QCOMPARE(accounts[3].users.first().name, u"web"_s);
        QCOMPARE(storage::totals(accounts).silent, 4);
        for (const ClaimAccount &account : accounts)
            QVERIFY(!storage::silenceText(account).isEmpty());
    }

    void whatHasNoLimitIsNeverFull()
    {
        ClaimFacts facts;
        add(facts, u"efs"_s, u"efs.csi.aws.com"_s, u"fs-1"_s);
        facts.uses = {used(u"efs"_s, 7 * gib, qint64(9007199254739968) * 1024)};
        const QList<ClaimAccount> accounts = storage::account(facts);
        QCOMPARE(accounts[0].fraction(), -1.0);
        QCOMPARE(storage::severity(accounts[0]), Severity::Fine);
        const storage::Totals totals = storage::totals(accounts);
        QCOMPARE(totals.capacity, qint64(0));
        QCOMPARE(totals.unlimited, 7 * gib);
    }

    void theFuller_theWorse()
    {
        ClaimFacts facts;
        for (const QString &name : {u"half"_s, u"most"_s, u"full"_s, u"grows"_s})
            add(facts, name, u"rbd.csi.ceph.com"_s, name);
        facts.uses = {used(u"half"_s, 50 * gib), used(u"most"_s, 86 * gib), used(u"full"_s, 98 * gib), used(u"grows"_s, 76 * gib)};
        for (int i = 0; i < 72; ++i)
            facts.history[u"uid-grows"_s].append({now.addSecs(-3600LL * i), 76 * gib - i * gib / 4, 100 * gib, UseSource::Kubelet});
        const QList<ClaimAccount> accounts = storage::account(facts);
        QCOMPARE(accounts[3].forecast.days, 4.0);
        QCOMPARE(storage::severity(accounts[0]), Severity::Fine);
        QCOMPARE(storage::severity(accounts[1]), Severity::Soon);
        QCOMPARE(storage::severity(accounts[2]), Severity::Now);
        QCOMPARE(storage::severity(accounts[3]), Severity::Now);
        QVERIFY(storage::rank(accounts[2]) < storage::rank(accounts[3]));
        QVERIFY(storage::rank(accounts[3]) < storage::rank(accounts[1]));
        QVERIFY(storage::rank(accounts[1]) < storage::rank(accounts[0]));
    }

    void usersAreJobsAndWorkloads()
    {
        ClaimFacts facts;
        add(facts, u"ckpt"_s, u"rbd.csi.ceph.com"_s, u"h"_s);
        const auto pod = [](const QString &name, const QString &phase) {
            Pod p;
            p.ns = u"ml"_s;
            p.name = name;
            p.phase = phase;
            p.claims = QStringList{u"ckpt"_s};
            return p;
        };
        Pod worker = pod(u"bert-worker-0"_s, u"Running"_s);
        worker.jobName = u"bert"_s;
        Pod other = worker;
        other.name = u"bert-worker-1"_s;
        Pod done = pod(u"old"_s, u"Succeeded"_s);
        Pod helper = pod(u"cairn-list-1-x"_s, u"Running"_s);
        helper.ownerKind = u"Job"_s;
        helper.ownerName = u"cairn-list-1"_s;
        Pod elsewhere = pod(u"x"_s, u"Running"_s);
        elsewhere.ns = u"other"_s;
        facts.pods = {worker, other, done, helper, elsewhere, pod(u"notebook-0"_s, u"Running"_s)};
        Job suspended;
        suspended.ns = u"ml"_s;
        suspended.name = u"sleeper"_s;
        suspended.uid = u"j2"_s;
        suspended.phase = JobPhase::Suspended;
        suspended.mounts = {{u"/c"_s, {}, u"ckpt"_s, false, {}}};
        Job running = suspended;
        running.name = u"bert"_s;
        running.uid = u"j1"_s;
        running.phase = JobPhase::Running;
        Job finished = suspended;
        finished.name = u"finished"_s;
        finished.phase = JobPhase::Succeeded;
        facts.jobs = {suspended, running, finished};
        const QList<storage::ClaimUser> users = storage::account(facts).first().users;
        QCOMPARE(users.size(), 3);
        QCOMPARE(users[0].name, u"bert"_s);
        QCOMPARE(users[0].pods, 2);
        QCOMPARE(users[0].jobUid, u"j1"_s);
        QCOMPARE(users[1].name, u"notebook-0"_s);
        QCOMPARE(users[2].name, u"sleeper"_s);
        QCOMPARE(users[2].pods, 0);
    }
};

QTEST_APPLESS_MAIN(TestClaimAccount)
#include "tst_claimaccount.moc"
