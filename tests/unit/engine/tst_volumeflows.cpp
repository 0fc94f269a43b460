// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/OverlayFlows.h"
#include "engine/VolumeFlows.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

QJsonObject named(const QString &name, const QJsonObject &rest = {}, const QString &ns = {})
{
    QJsonObject object = rest;
    QJsonObject metadata = object.value("metadata"_L1).toObject();
    metadata.insert(u"name"_s, name);
    if (!ns.isEmpty())
        metadata.insert(u"namespace"_s, ns);
    object.insert(u"metadata"_s, metadata);
    return object;
}

storage::VolumeSpec nfs()
{
    return {u"nfs"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, {{u"server"_s, u"nas.example.com"_s}, {u"path"_s, u"/exports"_s}}};
}

QStringList idsOf(const QList<change::Note> &notes)
{
    QStringList ids;
    for (const change::Note &note : notes)
        ids.append(note.id);
    return ids;
}

/// What of a record asks for consent, each object once.
QStringList askedFor(const RecordedChange &recorded)
{
    QStringList names;
    for (const change::Suspicion &one : suspicious(recorded)) {
        if (!names.contains(one.name()))
            names.append(one.name());
    }
    return names;
}

} // namespace

Q_DECLARE_METATYPE(cairn::storage::VolumeSpec)

class TestVolumeFlows : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;

    /// What the controller of volumes does: a claim is bound as soon as it is looked at.
    void bindClaims()
    {
        api->after = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "create"_L1 && call.resource == "persistentvolumeclaims"_L1 && !call.dryRun)
                api->edit(kinds::claims(), call.ns, call.body[u"metadata"_s][u"name"_s].toString(), [](QJsonObject &claim) {
                    claim.insert(u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}});
                    return true;
                });
            return std::nullopt;
        };
    }

    static change::Options quick()
    {
        change::Options options;
        options.poll = std::chrono::milliseconds(1);
        options.elsewhere = true; // its own
        return options;
    }

    /// The two pods of a test from two nodes, which ended at once and printed this.
    void pods(const QString &job, const QStringList &nodes, const QList<QByteArray> &logs, const QString &phase = u"Succeeded"_s)
    {
        for (int i = 0; i < nodes.size(); ++i) {
            const QString name = job + u'-' + QString::number(i);
            api->put(kinds::pods(),
                named(name,
                    {{u"metadata"_s, QJsonObject{{u"labels"_s, QJsonObject{{u"job-name"_s, job}, {u"batch.kubernetes.io/job-completion-index"_s, QString::number(i)}}}}},
                        {u"spec"_s, QJsonObject{{u"nodeName"_s, nodes[i]}}}, {u"status"_s, QJsonObject{{u"phase"_s, phase}}}},
                    u"nlp"_s));
            api->setLog(u"nlp"_s, name, logs.value(i));
        }
    }

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        api->put(storage::csiDrivers(), named(u"nfs.csi.k8s.io"_s));
        api->put(kinds::storageClasses(), named(u"shared"_s, {{u"provisioner"_s, u"nfs.csi.k8s.io"_s}, {u"volumeBindingMode"_s, u"Immediate"_s}}));
        api->put(kinds::storageClasses(), named(u"disk"_s, {{u"provisioner"_s, u"ebs.csi.aws.com"_s}, {u"volumeBindingMode"_s, u"WaitForFirstConsumer"_s},
                                                              {u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{u"storageclass.kubernetes.io/is-default-class"_s, u"true"_s}}}}}}));
    }

    void placeTellsWhatSeveralNodesCanWrite()
    {
        api->put(storage::csiDrivers(), named(u"rook-ceph.cephfs.csi.ceph.com"_s));
        api->deny(u"create persistentvolumes"_s);
        const VolumePlace place = readVolumePlace(*api, u"nlp"_s, {});
        QCOMPARE(place.classes.size(), 2);
        QCOMPARE(place.classes[0].name, u"disk"_s);
        QVERIFY(place.classes[0].isDefault && place.classes[0].waits);
        QCOMPARE(place.classes[0].access.answer, storage::SharedAccess::Answer::No);
        QCOMPARE(place.classes[1].access.answer, storage::SharedAccess::Answer::Yes);
        QVERIFY(place.gaps.isEmpty());
        QCOMPARE(place.driverFor(*storage::volumeKind(u"cephfs"_s)), u"rook-ceph.cephfs.csi.ceph.com"_s);
        QVERIFY(place.driverFor(*storage::volumeKind(u"efs"_s)).isEmpty());
        QVERIFY(place.obstacle(*storage::volumeKind(u"efs"_s), true).contains(u"efs.csi.aws.com"_s));
    }

    void whatCannotBeReadIsSaidAndHindersNothing()
    {
        api->deny(u"list csidrivers"_s);
        api->deny(u"list storageclasses"_s);
        const VolumePlace place = readVolumePlace(*api, u"nlp"_s, {});
        QVERIFY(!place.classesRead && !place.driversRead);
        QCOMPARE(place.gaps.size(), 2);
        QVERIFY(place.obstacle(*storage::volumeKind(u"efs"_s), true).isEmpty()); // unknown is no reason
    }

    void planGoesFromWhatIsNamedToWhatNames()
    {
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        QVERIFY(plan && plan->feasible());
        QCOMPARE(plan->plan.changes.size(), 2);
        QCOMPARE(plan->plan.changes[0].target.kind, kinds::volumes());
        QCOMPARE(plan->plan.changes[1].target.kind, kinds::claims());
        for (const change::Change &change : plan->plan.changes)
            QCOMPARE(change.body[u"metadata"_s][u"annotations"_s][change::changeMark()].toString(), plan->plan.id);
        QVERIFY(!plan->text.contains(change::changeMark().toUtf8())); // a file that is saved is nobody's change
        QVERIFY(std::ranges::none_of(api->calls(), &FakeObjectApi::Call::writes));
    }

    /// Nothing of an ordinary plan is outside of what its namespace may do: whoever finds its record can finish it.
    void aRecordOfStorageIsNothingSuspicious_data()
    {
        QTest::addColumn<storage::VolumeSpec>("spec");
        QTest::addColumn<QStringList>("outside");
        const auto row = [](const char *name, const storage::VolumeSpec &spec, const QStringList &outside = {}) { QTest::newRow(name) << spec << outside; };
        row("file system that is there", nfs());
        storage::VolumeSpec byClass = nfs();
        byClass.byClass = true;
        row("by a class", byClass);
        byClass.values.insert(u"class"_s, u"team-nfs"_s);
        row("by a class with a name", byClass);
        row("data on the nodes", {u"host-path"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, {{u"path"_s, u"/mnt/training"_s}}});
        row("system of the nodes", {u"host-path"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, {{u"path"_s, u"/etc"_s}}}, {u"PersistentVolume nlp-ckpt"_s});
        QMap<QString, QString> ceph{{u"cluster-id"_s, u"rook"_s}, {u"file-system"_s, u"fs"_s}, {u"path"_s, u"/x"_s}, {u"secret"_s, u"s"_s}};
        row("its own Secret", {u"cephfs"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, ceph});
        ceph.insert(u"secret-namespace"_s, u"rook-ceph"_s);
        row("another's Secret", {u"cephfs"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, ceph}, {u"PersistentVolume nlp-ckpt"_s});
    }
    void aRecordOfStorageIsNothingSuspicious()
    {
        QFETCH(storage::VolumeSpec, spec);
        QFETCH(QStringList, outside);
        api->put(storage::csiDrivers(), named(u"cephfs.csi.ceph.com"_s));
        const Result<VolumePlan> plan = planVolume(*api, spec, {});
        QVERIFY2(plan && plan->refused.isEmpty(), plan ? "" : qPrintable(plan.error().oneLine()));
        RecordedChange recorded;
        recorded.record = {kinds::configMaps(), u"nlp"_s, u"cairn-change-0123456789"_s, {}};
        // As it is read from the cluster.
        const Result<change::Record> record = change::Record::fromJson(change::Record::of(plan->plan, QDateTime::currentDateTimeUtc(), u"t"_s).toJson());
        QVERIFY(record);
        recorded.content = *record;
        QCOMPARE(askedFor(recorded), outside);
        // In another namespace's record the same objects are.
        recorded.record.ns = u"vision"_s;
        QVERIFY(askedFor(recorded).size() >= 2);
    }

    /// Killed after the volume was made: what is left is made without anybody's agreement to more.
    void whatWasKilledIsFinished()
    {
        bindClaims();
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        QVERIFY(plan && plan->feasible());
        struct Killed {};
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes() && call.verb == "create"_L1 && call.resource == "persistentvolumeclaims"_L1)
                throw Killed();
            return std::nullopt;
        };
        QVERIFY_THROWS_EXCEPTION(Killed, (void)makeVolume(*api, *plan, quick(), std::chrono::seconds(1), {}));
        api->before = {};
        const Result<QList<RecordedChange>> changes = recordedChanges(*api, u"nlp"_s, {});
        QVERIFY(changes && changes->size() == 1 && changes->first().isOpen());
        QCOMPARE(askedFor(changes->first()), QStringList());
        change::Options options = quick();
        options.elsewhere = false;
        options.now = [] { return QDateTime::currentDateTimeUtc().addSecs(3600); }; // whoever was at work is gone
        const Result<change::PlanOutcome> finished = change::finish(*api, changes->first().record, options, {});
        QVERIFY2(finished && !finished->error, !finished ? qPrintable(finished.error().oneLine()) : finished->error ? qPrintable(finished->error->oneLine()) : "");
        QVERIFY(!api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s).isEmpty());
    }

    /// Killed while it waited: the record is done then, and still there.
    void storageThatIsNotBoundYetNamesItsRecord()
    {
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        QVERIFY(plan && plan->feasible());
        change::Options options = quick();
        QStringList told;
        options.progress = [&](const change::Event &event) { told.append(event.text); };
        struct Killed {};
        options.sleep = [](std::chrono::milliseconds, const std::stop_token &) -> bool { throw Killed(); };
        QVERIFY_THROWS_EXCEPTION(Killed, (void)makeVolume(*api, *plan, options, std::chrono::seconds(60), {}));
        QVERIFY2(!told.contains(u"Everything is done."_s), qPrintable(told.join(u'|')));
        const Result<VolumePlan> again = planVolume(*api, nfs(), {});
        QVERIFY(again && !again->feasible());
        QVERIFY2(again->plan.problems.first().fix.contains(u"cairnctl storage finish cairn-change-"_s), qPrintable(again->plan.problems.first().fix));
        // It is done once, and told once.
        init();
        bindClaims();
        told.clear();
        options = quick();
        options.progress = [&](const change::Event &event) { told.append(event.text); };
        const Result<VolumePlan> fresh = planVolume(*api, nfs(), {});
        QVERIFY(makeVolume(*api, *fresh, options, std::chrono::seconds(60), {}));
        QCOMPARE(told.count(u"Everything is done."_s), 1);
        QCOMPARE(told.last(), u"Everything is done."_s);
    }

    void foldersOfTheNodesAreWarnedOf()
    {
        const auto ids = [&](const QString &path) {
            const Result<VolumePlan> plan = planVolume(*api, {u"host-path"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, {{u"path"_s, path}}}, {});
            return plan && plan->feasible() ? idsOf(plan->plan.warnings) : QStringList{u"refused"_s};
        };
        QCOMPARE(ids(u"/"_s), QStringList{u"host-root"_s});
        for (const QString &path : {u"/etc"_s, u"/var/lib/kubelet"_s, u"/var/run"_s, u"/var"_s})
            QCOMPARE(ids(path), QStringList{u"host-system"_s});
        QCOMPARE(ids(u"/mnt/training"_s), QStringList());
        // An export of that name is no folder of the nodes.
        storage::VolumeSpec spec = nfs();
        spec.values[u"path"_s] = u"/etc"_s;
        QVERIFY(planVolume(*api, spec, {})->plan.warnings.isEmpty());
    }

    void namesThatAreTakenAreRefused()
    {
        api->put(kinds::volumes(), named(u"nlp-ckpt"_s));
        api->put(kinds::claims(), named(u"ckpt"_s, {}, u"nlp"_s));
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        QVERIFY(plan && !plan->feasible());
        QCOMPARE(idsOf(plan->plan.problems), (QStringList{u"taken"_s, u"taken"_s}));
    }

    void whatIsMissingIsRefused()
    {
        storage::VolumeSpec spec{u"efs"_s, u"ckpt"_s, u"nlp"_s, false, {}, {{u"file-system"_s, u"fs-0123456789abcdef0"_s}}};
        Result<VolumePlan> plan = planVolume(*api, spec, {});
        QVERIFY(plan);
        QCOMPARE(idsOf(plan->plan.problems), QStringList{u"driver"_s});
        spec = {u"class"_s, u"ckpt"_s, u"nlp"_s, true, u"1Ti"_s, {{u"class"_s, u"none"_s}}};
        plan = planVolume(*api, spec, {});
        QCOMPARE(idsOf(plan->plan.problems), QStringList{u"missing"_s});
        spec.values[u"class"_s] = u"disk"_s;
        plan = planVolume(*api, spec, {});
        QVERIFY(plan->feasible() && plan->waits);
        QCOMPARE(idsOf(plan->plan.warnings), QStringList{u"one-node"_s});
    }

    void wrongValuesAskTheClusterNothing()
    {
        storage::VolumeSpec spec = nfs();
        spec.values[u"path"_s] = u"../etc"_s;
        const Result<VolumePlan> plan = planVolume(*api, spec, {});
        QVERIFY(plan && !plan->feasible());
        QCOMPARE(plan->refused.first().field, u"path"_s);
        QVERIFY(api->calls().isEmpty());
    }

    void aSecretIsNeverRead()
    {
        const storage::VolumeSpec spec{u"s3-csi"_s, u"ckpt"_s, u"nlp"_s, false, {}, {{u"bucket"_s, u"training"_s}, {u"secret"_s, u"keys"_s}}};
        api->put(storage::csiDrivers(), named(u"ru.yandex.s3.csi"_s));
        const Result<VolumePlan> plan = planVolume(*api, spec, {});
        QVERIFY(plan && plan->feasible());
        QCOMPARE(idsOf(plan->plan.warnings), QStringList{u"secret"_s});
        for (const FakeObjectApi::Call &call : api->calls())
            QVERIFY(call.verb == "may"_L1 || call.resource != "secrets"_L1);
    }

    void theSameStorageTwiceIsTold()
    {
        api->put(kinds::volumes(), named(u"other"_s, {{u"spec"_s, QJsonObject{{u"csi"_s, QJsonObject{{u"driver"_s, u"longhorn"_s}, {u"volumeHandle"_s, u"x"_s}}}}}}));
        api->put(storage::csiDrivers(), named(u"driver.longhorn.io"_s));
        const storage::VolumeSpec spec{u"longhorn"_s, u"ckpt"_s, u"nlp"_s, false, u"1Ti"_s, {{u"volume"_s, u"x"_s}}};
        QVERIFY(!idsOf(planVolume(*api, spec, {})->plan.warnings).contains(u"same-handle"_s));
        api->put(kinds::volumes(), named(u"other"_s, {{u"spec"_s, QJsonObject{{u"csi"_s, QJsonObject{{u"driver"_s, u"driver.longhorn.io"_s}, {u"volumeHandle"_s, u"x"_s}}}}}}));
        QVERIFY(idsOf(planVolume(*api, spec, {})->plan.warnings).contains(u"same-handle"_s));
    }

    void madeAndBound()
    {
        bindClaims();
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        for (const change::Check &check : tryVolume(*api, *plan, {}, {}))
            QCOMPARE(check.state, change::Check::State::Ok);
        QVERIFY(api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s).isEmpty());
        const Result<VolumeOutcome> made = makeVolume(*api, *plan, quick(), std::chrono::seconds(5), {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        QVERIFY(!made->made.error);
        QCOMPARE(made->binding, VolumeOutcome::Binding::Bound);
        QVERIFY(!api->stored(kinds::volumes(), {}, u"nlp-ckpt"_s).isEmpty());
        QVERIFY(api->all(kinds::configMaps()).isEmpty()); // no record stays
        QStringList created;
        for (const FakeObjectApi::Call &call : api->calls()) {
            if (call.verb == "create"_L1 && call.writes())
                created.append(call.resource);
        }
        QCOMPARE(created, (QStringList{u"configmaps"_s, u"persistentvolumes"_s, u"persistentvolumeclaims"_s}));
    }

    void waitingForAPodIsSaidAndDone()
    {
        const storage::VolumeSpec spec{u"class"_s, u"ckpt"_s, u"nlp"_s, true, u"1Ti"_s, {{u"class"_s, u"disk"_s}}};
        const Result<VolumeOutcome> made = makeVolume(*api, *planVolume(*api, spec, {}), quick(), std::chrono::seconds(5), {});
        QVERIFY(made);
        QCOMPARE(made->binding, VolumeOutcome::Binding::ForPod);
        QVERIFY(!made->made.error && !made->text.isEmpty());
        QVERIFY(api->all(kinds::configMaps()).isEmpty());
    }

    void whatIsNotBoundSaysWhyAndCanBeTakenBack()
    {
        api->put(kinds::events(), named(u"e1"_s,
            {{u"type"_s, u"Warning"_s}, {u"reason"_s, u"ProvisioningFailed"_s}, {u"message"_s, u"no such export"_s}, {u"lastTimestamp"_s, u"2026-11-30T12:00:00Z"_s},
                {u"involvedObject"_s, QJsonObject{{u"kind"_s, u"PersistentVolumeClaim"_s}, {u"name"_s, u"ckpt"_s}}}},
            u"nlp"_s));
        const Result<VolumeOutcome> made = makeVolume(*api, *planVolume(*api, nfs(), {}), quick(), std::chrono::seconds(0), {});
        QVERIFY(made && made->made.error);
        QCOMPARE(made->binding, VolumeOutcome::Binding::Pending);
        QCOMPARE(made->made.error->kind, Error::Kind::Timeout);
        QVERIFY(made->made.error->why.contains(u"no such export"_s));
        QVERIFY(made->made.canRollBack);
        const Result<change::PlanOutcome> back = change::rollBack(*api, made->made.record, quick(), {});
        QVERIFY(back);
        QCOMPARE(back->state, change::PlanOutcome::State::RolledBack);
        QVERIFY(api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s).isEmpty());
        QVERIFY(api->stored(kinds::volumes(), {}, u"nlp-ckpt"_s).isEmpty());
        QVERIFY(api->all(kinds::configMaps()).isEmpty());
    }

    void theSecondThatFailsLeavesAWayBack()
    {
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "create"_L1 && call.resource == "persistentvolumeclaims"_L1 && !call.dryRun)
                return Error::make(Error::Kind::Forbidden, u"exceeded quota"_s);
            return std::nullopt;
        };
        const Result<VolumeOutcome> made = makeVolume(*api, *plan, quick(), std::chrono::seconds(5), {});
        QVERIFY(made && made->made.error && made->made.canRollBack);
        api->before = {};
        QVERIFY(change::rollBack(*api, made->made.record, quick(), {}));
        QVERIFY(api->stored(kinds::volumes(), {}, u"nlp-ckpt"_s).isEmpty());
    }

    /// Killed between the volume and its claim, before that was recorded: the volume counts all the same, and whoever asks for the
    /// same storage again is told how to finish it.
    void whatWasKilledIsCountedAndFinished()
    {
        struct Killed {};
        const Result<VolumePlan> plan = planVolume(*api, nfs(), {});
        api->before = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes() && call.verb == "patch"_L1 && call.resource == "configmaps"_L1)
                throw Killed();
            return std::nullopt;
        };
        QVERIFY_THROWS_EXCEPTION(Killed, (void)makeVolume(*api, *plan, quick(), std::chrono::seconds(5), {}));
        api->before = {};
        QVERIFY(!api->stored(kinds::volumes(), {}, u"nlp-ckpt"_s).isEmpty());
        QVERIFY(api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s).isEmpty());
        const auto records = recordedChanges(*api, u"nlp"_s, {});
        QVERIFY(records && records->size() == 1 && records->first().isOpen());
        QCOMPARE(records->first().content.next, 0);
        QCOMPARE(records->first().done, 1);
        QVERIFY2(openChanges(*api, {})->first().text.contains(u"1 of 2"_s), qPrintable(openChanges(*api, {})->first().text));

        const Result<VolumePlan> again = planVolume(*api, nfs(), {});
        QVERIFY(again && !again->feasible());
        QCOMPARE(idsOf(again->plan.problems), QStringList{u"unfinished"_s});
        const QString fix = again->plan.problems.first().fix;
        QVERIFY2(fix.contains(u"cairnctl storage finish %1 -n nlp"_s.arg(records->first().record.name)), qPrintable(fix));

        bindClaims();
        const auto finished = change::finish(*api, records->first().record, quick(), {});
        QVERIFY(finished && finished->state == change::PlanOutcome::State::Done);
        QVERIFY(!api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s).isEmpty());
        // One that is done was made by nobody who is still at it.
        QCOMPARE(idsOf(planVolume(*api, nfs(), {})->plan.problems).first(), u"taken"_s);
    }

    void secretIsWrittenLastAndNowhereElse()
    {
        bindClaims();
        api->put(storage::csiDrivers(), named(u"ru.yandex.s3.csi"_s));
        storage::VolumeSpec spec{u"s3-csi"_s, u"ckpt"_s, u"nlp"_s, false, {}, {{u"bucket"_s, u"training"_s}, {u"secret"_s, u"keys"_s}, {u"endpoint"_s, u"https://minio.example.com"_s}}};
        spec.makesSecret = true;
        const Result<VolumePlan> plan = planVolume(*api, spec, {});
        QVERIFY(plan && plan->feasible());
        QCOMPARE(plan->plan.changes.last().act, change::Change::Act::Fill);
        QVERIFY(!makeVolume(*api, *plan, quick(), std::chrono::seconds(5), {})); // without its values nothing begins
        QVERIFY(api->stored(kinds::volumes(), {}, u"nlp-ckpt"_s).isEmpty());
        change::Options options = quick();
        for (const QString &key : plan->volume.secret->keys)
            options.secrets.insert(change::secretSlot(plan->plan.changes.last().target, key), Secret("hunter2-" + key.toUtf8()));
        const Result<VolumeOutcome> made = makeVolume(*api, *plan, options, std::chrono::seconds(5), {});
        QVERIFY(made && !made->made.error);
        const QJsonObject secret = api->stored(kinds::secrets(), u"nlp"_s, u"keys"_s);
        QCOMPARE(QByteArray::fromBase64(secret[u"data"_s][u"accessKeyID"_s].toString().toLatin1()), QByteArray("hunter2-accessKeyID"));
        QCOMPARE(QByteArray::fromBase64(secret[u"data"_s][u"endpoint"_s].toString().toLatin1()), QByteArray("https://minio.example.com"));
        for (const FakeObjectApi::Call &call : api->calls()) {
            if (call.resource != "secrets"_L1)
                QVERIFY(!QJsonDocument(call.body.toObject()).toJson().contains("hunter2"));
        }
        QVERIFY(!plan->text.contains("hunter2"));
    }

    void aProofIsWrittenOnTheClaim()
    {
        api->put(kinds::claims(), named(u"ckpt"_s, {{u"spec"_s, QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteMany"_s}}}}, {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}}, u"nlp"_s));
        api->after = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb != "create"_L1 || call.resource != "jobs"_L1 || call.dryRun)
                return std::nullopt;
            const QByteArray marker = call.body[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][0][u"args"_s][0].toString().toLatin1();
            const auto log = [&](const QByteArray &lines) { return QByteArray(lines).replace("@ ", "@@" + marker + ' '); };
            pods(call.body[u"metadata"_s][u"name"_s].toString(), {u"node-1"_s, u"node-2"_s},
                {log("@ W 1000000 1.00 2.00\n@ S first 11 1000000\n@ R second 22 1000000 5.00 6.00\n@ Z\n"), log("@ R first 11 1000000 3.00 4.00\n@ W 1000000 7.00 8.00\n@ S second 22 1000000\n@ Z\n")});
            return std::nullopt;
        };
        Result<ckpt::ProofRequest> request = planSharedProof(*api, u"nlp"_s, u"ckpt"_s, u"train:1"_s, {});
        QVERIFY2(request, request ? "" : qPrintable(request.error().oneLine()));
        QVERIFY(trySharedProof(*api, *request, {}));
        QVERIFY(std::ranges::none_of(api->calls(), &FakeObjectApi::Call::writes));
        const HelperCheck refuse = [](const ckpt::HelperPod &) -> Result<> { return fail(Error::Kind::Consent, u"not agreed"_s); };
        QVERIFY(!proveClaim(*api, *request, {}, {}, refuse));
        QVERIFY(std::ranges::none_of(api->calls(), &FakeObjectApi::Call::writes));
        const Result<ProofOutcome> outcome = proveClaim(*api, *request, {});
        QVERIFY2(outcome, outcome ? "" : qPrintable(outcome.error().oneLine()));
        QVERIFY(outcome->proof.shared && !outcome->unwritten);
        const std::optional<ckpt::SharedProof> kept = ckpt::proofOf(api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s));
        QVERIFY(kept && kept->shared);
        QCOMPARE(kept->nodes, (QStringList{u"node-1"_s, u"node-2"_s}));
        QVERIFY(api->all(kinds::batchJobs()).isEmpty()); // nothing stays
        QVERIFY(proofText(*kept).contains(u"node-1"_s));
    }

    void oneNodeIsNoVerdict()
    {
        api->put(kinds::claims(), named(u"ckpt"_s, {{u"spec"_s, QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteMany"_s}}}}, {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}}, u"nlp"_s));
        api->after = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == "create"_L1 && call.resource == "jobs"_L1)
                pods(call.body[u"metadata"_s][u"name"_s].toString(), {u"node-1"_s, QString()}, {}, u"Pending"_s);
            return std::nullopt;
        };
        Result<ckpt::ProofRequest> request = planSharedProof(*api, u"nlp"_s, u"ckpt"_s, u"train:1"_s, {});
        request->startTimeout = std::chrono::milliseconds(1);
        request->pollInterval = std::chrono::milliseconds(1);
        const Result<ProofOutcome> outcome = proveClaim(*api, *request, {});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, Error::Kind::Timeout);
        QVERIFY(!ckpt::proofOf(api->stored(kinds::claims(), u"nlp"_s, u"ckpt"_s)));
        QVERIFY(api->all(kinds::batchJobs()).isEmpty());
    }

    void aClaimOfOneNodeIsNotTried()
    {
        api->put(kinds::claims(), named(u"ckpt"_s, {{u"spec"_s, QJsonObject{{u"accessModes"_s, QJsonArray{u"ReadWriteOnce"_s}}}}, {u"status"_s, QJsonObject{{u"phase"_s, u"Bound"_s}}}}, u"nlp"_s));
        const Result<ckpt::ProofRequest> request = planSharedProof(*api, u"nlp"_s, u"ckpt"_s, u"train:1"_s, {});
        QVERIFY(!request);
        QCOMPARE(request.error().kind, Error::Kind::Unsupported);
    }
};

QTEST_GUILESS_MAIN(TestVolumeFlows)
#include "tst_volumeflows.moc"
