// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Review.h"
#include "manifest/Document.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

/// A job in which an expert finds nothing to correct.
Spec good()
{
    Spec spec;
    spec.name = u"bert"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/bert@sha256:9c1f"_s;
    spec.command = {u"torchrun"_s, u"-m"_s, u"torchtitan.train"_s};
    spec.variables = {{u"HF_TOKEN"_s, Variable::From::Secret, u"token"_s, u"hf"_s},
        {u"MAX_TOKENS"_s, Variable::From::Value, u"4096"_s, {}}};
    spec.nodes = 4;
    spec.each = {u"8"_s, u"64Gi"_s, u"nvidia.com/gpu"_s, 8};
    spec.sharedMemory = u"16Gi"_s;
    spec.mounts = {{u"checkpoints"_s, u"fast"_s, u"/ckpt"_s, {}, false}};
    spec.restartPolicy = u"OnFailure"_s;
    spec.backoffLimit = 24;
    spec.cleanPods = u"Running"_s;
    spec.graceSeconds = 180;
    spec.token = false;
    spec.user = 1000;
    spec.confined = true;
    const Policy policy{
        .framework = Framework::Torchtitan, .folder = u"/ckpt/bert"_s, .everySteps = 500, .keepLast = 5};
    return withPolicy(spec, pass(policy));
}

Around around()
{
    return {.claims = {{u"fast"_s, {u"ReadWriteMany"_s}}, {u"local"_s, {u"ReadWriteOnce"_s}}},
        .room = {{u"fast"_s, 100'000}},
        .saveBytes = 10'000,
        .step = Measured{5, 40},
        .save = Measured{74, 41},
        .folders = {{u"fast:/bert"_s, u"bert"_s}}};
}

Point pointOf(const QList<Point> &points, const QString &id)
{
    const auto it = std::ranges::find(points, id, &Point::id);
    return it == points.end() ? Point{u"none"_s, Point::State::Unknown, {}, {}, {}} : *it;
}

} // namespace

class TestReview : public QObject {
    Q_OBJECT
private slots:
    void nothingToCorrect()
    {
        const QJsonObject job = *newJob(good());
        const QList<Point> points = expertPoints(job, Framework::Torchtitan, around());
        QCOMPARE(points.size(), 15);
        for (const QList<Point> &all : {points, safetyNet(job, Framework::Torchtitan, around())}) {
            for (const Point &point : all) {
                QVERIFY2(point.state == Point::State::Holds, qPrintable(point.id + u": "_s + point.text));
                QVERIFY(!point.title.isEmpty() && point.fix.isEmpty());
            }
        }
    }

    void whatWasTriedIsProven()
    {
        Around known = around();
        known.proofs.insert(u"fast"_s, {.shared = true, .at = QDateTime({2026, 11, 30}, {12, 0}, Qt::UTC), .nodes = {u"a"_s, u"b"_s}, .writeSpeed = 210.4});
        Spec spec = good();
        const Point shared = pointOf(safetyNet(*newJob(spec), Framework::Torchtitan, known), u"shared"_s);
        QCOMPARE(shared.state, Point::State::Holds);
        QVERIFY(shared.text.contains(u"proven"_s) && shared.text.contains(u"210 MB/s"_s));
        QVERIFY(!pointOf(safetyNet(*newJob(spec), Framework::Torchtitan, around()), u"shared"_s).text.contains(u"proven"_s));
        spec.nodes = 1; // of one node there is nothing to prove
        QVERIFY(!pointOf(safetyNet(*newJob(spec), Framework::Torchtitan, known), u"shared"_s).text.contains(u"proven"_s));
    }

    /// Access modes are what somebody wrote: a folder of each node is not shared by that.
    void aDiskOfOneNodeIsNotShared()
    {
        const auto json = [](QByteArray text) { return QJsonDocument::fromJson(text.replace('\'', '"')).object(); };
        const QJsonObject claim = json("{'metadata':{'name':'fast','uid':'u1'},'spec':{'accessModes':['ReadWriteMany']},'status':{'phase':'Bound'}}");
        const QJsonObject made = json("{'metadata':{'name':'fast','annotations':{'volume.kubernetes.io/storage-provisioner':'rancher.io/local-path'}},"
                                      "'spec':{'accessModes':['ReadWriteMany']}}");
        const QJsonObject far = json("{'spec':{'nfs':{'server':'a','path':'/b'}}}");
        const auto sharedOf = [](const QJsonObject &pvc, const QJsonObject &volume, std::optional<int> nodes, int pods = 2) {
            Around known;
            known.clusterNodes = nodes;
            addClaim(known, pvc, volume);
            Spec spec = good();
            spec.nodes = pods;
            const Point point = pointOf(safetyNet(*newJob(spec), Framework::Torchtitan, known), u"shared"_s);
            // The expert's list says the same.
            if (point != pointOf(expertPoints(*newJob(spec), Framework::Torchtitan, known), u"shared"_s))
                qFatal("two sources");
            return point;
        };
        for (const auto &[one, volume, sign] : {std::tuple{claim, json("{'spec':{'hostPath':{'path':'/srv'}}}"), u"hostPath"_s},
                 std::tuple{claim, json("{'spec':{'local':{'path':'/srv'}}}"), u"local"_s}, std::tuple{made, QJsonObject(), u"rancher.io/local-path"_s},
                 std::tuple{claim,
                     json("{'spec':{'csi':{},'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchExpressions':[{'key':'kubernetes.io/hostname',"
                          "'operator':'In','values':['a']}]}]}}}}"), u"nodeAffinity"_s}}) {
            const Point point = sharedOf(one, volume, 3);
            QCOMPARE(stateWord(point.state), u"fails"_s);
            QVERIFY2(point.text.contains(sign), qPrintable(point.text));
            QCOMPARE(stateWord(sharedOf(one, volume, std::nullopt).state), u"fails"_s); // nodes not counted
            QCOMPARE(stateWord(sharedOf(one, volume, 1).state), u"holds"_s);
            QCOMPARE(stateWord(sharedOf(one, volume, 3, 1).state), u"holds"_s);
        }
        QCOMPARE(stateWord(sharedOf(claim, far, 3).state), u"holds"_s);
        QCOMPARE(stateWord(sharedOf(claim, {}, 3).state), u"holds"_s);
        // A test from two nodes counts more than any sign.
        QJsonObject proven = claim;
        QJsonObject metadata = claim.value("metadata"_L1).toObject();
        metadata.insert(u"annotations"_s, QJsonObject{{ckpt::proofAnnotation(),
            ckpt::toAnnotation({.shared = true, .claimUid = u"u1"_s, .at = QDateTime({2026, 11, 30}, {12, 0}, Qt::UTC), .nodes = {u"a"_s, u"b"_s}})}});
        proven.insert(u"metadata"_s, metadata);
        const Point point = sharedOf(proven, json("{'spec':{'hostPath':{'path':'/srv'}}}"), 3);
        QCOMPARE(stateWord(point.state), u"holds"_s);
        QVERIFY(point.text.contains(u"proven"_s));
    }
    /// Fit and safety net speak of the same PVC in the same words.
    void aBrokenPvcIsNamed()
    {
        for (const auto &[text, says] : {std::pair{"{'metadata':{'name':'fast','deletionTimestamp':'2026-11-30T00:00:00Z'}}", u"PVC fast is being deleted."_s},
                 std::pair{"{'metadata':{'name':'fast'},'status':{'phase':'Lost'}}", u"PVC fast has lost its volume."_s}}) {
            Around known;
            addClaim(known, QJsonDocument::fromJson(QByteArray(text).replace('\'', '"')).object(), {});
            const Point point = pointOf(safetyNet(*newJob(good()), Framework::Torchtitan, known), u"shared"_s);
            QCOMPARE(stateWord(point.state), u"fails"_s);
            QCOMPARE(point.text, says);
        }
    }

    /// Each fault is found by the point that is for it, and by no other but those named.
    void faults_data()
    {
        using Spoil = std::function<void(Spec &, Around &)>;
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QStringList>("ids");
        QTest::addColumn<Point::State>("state");
        const auto row = [](const char *name, const Spoil &spoil, const QStringList &ids, Point::State state) {
            QTest::newRow(name) << spoil << ids << state;
        };
        const auto drop = [](Spec &spec, const QString &name) {
            spec.args.removeIf([&](const QString &arg) { return arg.startsWith(name); });
        };
        row(
            "no memory said", [](Spec &s, Around &) { s.each.memory.clear(); }, {u"requests"_s}, Point::State::Look);
        row(
            "no shared memory", [](Spec &s, Around &) { s.sharedMemory.clear(); }, {u"memory"_s}, Point::State::Look);
        row(
            "more shared memory than memory", [](Spec &s, Around &) { s.sharedMemory = u"64Gi"_s; }, {u"memory"_s},
            Point::State::Fails);
        row(
            "grace too short", [](Spec &s, Around &) { s.graceSeconds = 60; }, {u"grace"_s}, Point::State::Look);
        row(
            "grace of Kubernetes, times unknown",
            [](Spec &s, Around &a) {
                s.graceSeconds.reset();
                a.save.reset();
            },
            {u"grace"_s}, Point::State::Look);
        row(
            "grace, times unknown", [](Spec &, Around &a) { a.save.reset(); }, {u"grace"_s}, Point::State::Unknown);
        row(
            "root", [](Spec &s, Around &) { s.user.reset(); }, {u"user"_s}, Point::State::Look);
        row(
            "user 0", [](Spec &s, Around &) { s.user = 0; }, {u"user"_s}, Point::State::Look);
        row(
            "privileges", [](Spec &s, Around &) { s.confined = false; }, {u"user"_s}, Point::State::Look);
        row(
            "token", [](Spec &s, Around &) { s.token.reset(); }, {u"token"_s}, Point::State::Look);
        row(
            "secret in the text",
            [](Spec &s, Around &) {
                s.variables.append({u"WANDB_API_KEY"_s, Variable::From::Value, u"abc"_s, {}});
            },
            {u"secrets"_s}, Point::State::Fails);
        row(
            "never restarts", [](Spec &s, Around &) { s.restartPolicy = u"Never"_s; }, {u"restarts"_s},
            Point::State::Fails);
        row(
            "no tries", [](Spec &s, Around &) { s.backoffLimit = 0; }, {u"restarts"_s}, Point::State::Fails);
        row(
            "exit codes of several", [](Spec &s, Around &) { s.restartPolicy = u"ExitCode"_s; }, {u"restarts"_s},
            Point::State::Look);
        row(
            "pods deleted", [](Spec &s, Around &) { s.cleanPods = u"All"_s; }, {u"pods"_s}, Point::State::Look);
        row(
            "job deleted", [](Spec &s, Around &) { s.ttlSeconds = 60; }, {u"ttl"_s}, Point::State::Look);
        row(
            "one node alone", [](Spec &s, Around &) { s.mounts.first().claim = u"local"_s; }, {u"shared"_s, u"room"_s},
            Point::State::Fails);
        row(
            "no such PVC", [](Spec &s, Around &) { s.mounts.first().claim = u"none"_s; }, {u"shared"_s, u"room"_s},
            Point::State::Fails);
        row(
            "not shared, as a test found",
            [](Spec &, Around &a) { a.proofs.insert(u"fast"_s, {.why = u"Not seen."_s}); }, {u"shared"_s}, Point::State::Fails);
        row(
            "PVCs not listed", [](Spec &, Around &a) { a.claims.clear(); }, {u"shared"_s}, Point::State::Unknown);
        row(
            "read-only", [](Spec &s, Around &) { s.mounts.first().readOnly = true; }, {u"shared"_s},
            Point::State::Fails);
        row(
            "inside of the container", [](Spec &s, Around &) { s.mounts.clear(); },
            {u"shared"_s, u"folder"_s, u"room"_s}, Point::State::Fails);
        row(
            "long name", [](Spec &s, Around &) { s.name = QString(55, u'a'); }, {u"names"_s, u"folder"_s},
            Point::State::Look);
        row(
            "no name", [](Spec &s, Around &) { s.name = u"Bert_1"_s; }, {u"names"_s, u"folder"_s}, Point::State::Fails);
        row(
            "tag", [](Spec &s, Around &) { s.image = u"ghcr.example:5000/bert:2"_s; }, {u"image"_s},
            Point::State::Look);
        row(
            "no tag", [](Spec &s, Around &) { s.image = u"ghcr.example:5000/bert"_s; }, {u"image"_s},
            Point::State::Look);
        row(
            "no image", [](Spec &s, Around &) { s.image.clear(); }, {u"image"_s}, Point::State::Fails);
        row(
            "never saves", [drop](Spec &s, Around &) { drop(s, u"--checkpoint.interval"_s); }, {u"saves"_s},
            Point::State::Fails);
        row(
            "stopped before it saves", [](Spec &s, Around &) { s.deadlineSeconds = 2400; }, {u"interval"_s},
            Point::State::Fails);
        row(
            "deadline, step unknown",
            [](Spec &s, Around &a) {
                s.deadlineSeconds = 2400;
                a.step.reset();
            },
            {u"interval"_s, u"grace"_s}, Point::State::Unknown);
        row(
            "keeps one",
            [drop](Spec &s, Around &) {
                drop(s, u"--checkpoint.keep_latest_k"_s);
                s.args.append(u"--checkpoint.keep_latest_k=1"_s);
            },
            {u"keep"_s}, Point::State::Fails);
        row(
            "another job's folder", [](Spec &, Around &a) { a.folders[u"fast:/bert"_s] = u"gpt"_s; }, {u"folder"_s},
            Point::State::Fails);
        row(
            "no room", [](Spec &, Around &a) { a.room[u"fast"_s] = 59'999; }, {u"room"_s}, Point::State::Fails);
        row(
            "size unknown", [](Spec &, Around &a) { a.saveBytes.reset(); }, {u"room"_s}, Point::State::Unknown);
    }
    void faults()
    {
        using Spoil = std::function<void(Spec &, Around &)>;
        QFETCH(Spoil, spoil);
        QFETCH(QStringList, ids);
        QFETCH(Point::State, state);
        Spec spec = good();
        Around known = around();
        spoil(spec, known);
        const QJsonObject job = *newJob(spec);
        const QList<Point> all =
            expertPoints(job, Framework::Torchtitan, known) + safetyNet(job, Framework::Torchtitan, known);
        const Point point = pointOf(all, ids.first());
        QCOMPARE(launch::stateWord(point.state), launch::stateWord(state));
        QVERIFY(!point.text.isEmpty());
        for (const Point &other : all)
            QVERIFY2(other.state == Point::State::Holds || ids.contains(other.id),
                qPrintable(other.id + u": "_s + other.text));
    }

    void limitsAboveRequests()
    {
        QJsonObject job = *newJob(good());
        QByteArray text = textOf(job);
        text.replace("limits:\n                  cpu: \"8\"", "limits:\n                  cpu: \"16\"");
        job = manifest::Document::read(text).json().toObject();
        QCOMPARE(pointOf(expertPoints(job, Framework::Torchtitan, around()), u"requests"_s).state, Point::State::Look);
    }

    void numbersInsteadOfTexts()
    {
        QJsonObject job = *newJob(good());
        QCOMPARE(pointOf(expertPoints(job, Framework::Torchtitan, {}), u"text"_s).state, Point::State::Holds);
        Spec numbers = good();
        numbers.variables.clear();
        job = *newJob(numbers);
        // As a person writes it who forgot the quotes.
        const QJsonValue container = QJsonObject{{u"name"_s, u"pytorch"_s}, {u"image"_s, u"a:1"_s},
            {u"env"_s, QJsonArray{QJsonObject{{u"name"_s, u"LR"_s}, {u"value"_s, 0.1}}}}};
        const QJsonObject pod{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}};
        QJsonObject body = job.value("spec"_L1).toObject();
        body.insert(u"pytorchReplicaSpecs"_s,
            QJsonObject{{u"Master"_s, QJsonObject{{u"replicas"_s, 1}, {u"template"_s, pod}}}});
        job.insert(u"spec"_s, body);
        QCOMPARE(pointOf(expertPoints(job, Framework::Contract, {}), u"text"_s).state, Point::State::Fails);
    }

    void templatesThatDiffer()
    {
        const QJsonObject job = *newJob(good());
        QJsonObject body = job.value("spec"_L1).toObject();
        QJsonObject replicas = body.value("pytorchReplicaSpecs"_L1).toObject();
        QJsonObject worker = replicas.value("Worker"_L1).toObject();
        worker.insert(u"template"_s, QJsonObject());
        replicas.insert(u"Worker"_s, worker);
        body.insert(u"pytorchReplicaSpecs"_s, replicas);
        QJsonObject other = job;
        other.insert(u"spec"_s, body);
        QCOMPARE(
            pointOf(expertPoints(other, Framework::Torchtitan, around()), u"template"_s).state, Point::State::Look);
    }

    void restoring()
    {
        const QJsonObject job = *newJob(good());
        QCOMPARE(pointOf(expertPoints(job, Framework::HuggingFace, around()), u"restore"_s).state, Point::State::Look);
        Around told = around();
        told.restores = true;
        QCOMPARE(pointOf(expertPoints(job, Framework::HuggingFace, told), u"restore"_s).state, Point::State::Holds);
    }

    void folders()
    {
        QCOMPARE(saveFolder(*newJob(good())), u"fast:/bert"_s);
        Spec spec = good();
        spec.mounts.first().subPath = u"team/a"_s;
        QCOMPARE(saveFolder(*newJob(spec)), u"fast:/team/a/bert"_s);
        spec = withPolicy(good(), pass({.framework = Framework::Torchtitan, .folder = u"s3://b/x"_s}));
        QCOMPARE(saveFolder(*newJob(spec)), u"s3://b/x"_s);
        QCOMPARE(saveFolder({}), QString());
        // However it is written, it is the same folder.
        for (const QString &written : {u"/checkpoints//bert"_s, u"/checkpoints/bert/"_s, u"/checkpoints/./bert"_s, u"/checkpoints/x/../bert"_s}) {
            const QString plain = u"/checkpoints/bert"_s;
            spec = good();
            spec.mounts = {{u"checkpoints"_s, u"fast"_s, u"/checkpoints/"_s, {}, false}};
            QCOMPARE(saveFolder(*newJob(withFolder(spec, recognise(spec), written))), saveFolder(*newJob(withFolder(spec, recognise(spec), plain))));
            QVERIFY(saveFolder(*newJob(withFolder(spec, recognise(spec), written))).endsWith(u":/bert"_s));
        }
        // What leads out of the volume is not on it.
        QCOMPARE(saveFolder(*newJob(withFolder(spec, recognise(spec), u"/checkpoints/../etc"_s))), QString());
    }

    void secretNames()
    {
        for (const char *name :
            {"HF_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "wandb_api_key", "TOKEN", "AZURE_STORAGE_ACCOUNT_KEY"})
            QVERIFY2(soundsSecret(QString::fromLatin1(name)), name);
        for (const char *name :
            {"MAX_TOKENS", "TOKENIZERS_PARALLELISM", "PRIMARY_KEY", "KEYS", "SECRETARY", "NCCL_DEBUG"})
            QVERIFY2(!soundsSecret(QString::fromLatin1(name)), name);
    }
};

QTEST_APPLESS_MAIN(TestReview)
#include "tst_review.moc"
