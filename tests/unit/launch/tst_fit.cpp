// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Fit.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d in %s", qPrintable(error.errorString()), error.offset, text.constData());
    return document.object();
}

QJsonObject node(const QString &name, int gpus, const QByteArray &more = "'taints':[]", bool ready = true)
{
    return json("{'metadata':{'name':'" + name.toUtf8() + "','labels':{'pool':'a100'}},'spec':{" + more
        + "},'status':{'allocatable':{'cpu':'63500m','memory':'1006Gi','pods':'110','nvidia.com/gpu':'"
        + QByteArray::number(gpus) + "'},'conditions':[{'type':'Ready','status':'" + (ready ? "True" : "Unknown")
        + "'}]}}");
}

QJsonObject pod(const QString &on, int gpus, const QByteArray &phase = "Running")
{
    return json("{'spec':{'nodeName':'" + on.toUtf8()
        + "','containers':[{'resources':{'requests':{'cpu':'8','memory':'64Gi'},"
          "'limits':{'nvidia.com/gpu':'"
        + QByteArray::number(gpus) + "'}}}]},'status':{'phase':'" + phase + "'}}");
}

Spec spec(int nodes = 4, int gpus = 8)
{
    Spec spec;
    spec.nodes = nodes;
    spec.each = {u"8"_s, u"64Gi"_s, u"nvidia.com/gpu"_s, gpus};
    return spec;
}

Quota quota(const QString &kind, const QString &name, const QList<QuotaLimit> &limits)
{
    Quota quota;
    quota.kind = kind;
    quota.name = name;
    quota.limits = limits;
    return quota;
}

/// Four nodes with 8 GPUs each; of the last one 3 are taken.
FitFacts facts()
{
    Rooms rooms;
    for (int i = 1; i <= 4; ++i)
        rooms.add(node(u"gpu-%1"_s.arg(i), 8));
    rooms.occupy(pod(u"gpu-4"_s, 3));
    rooms.occupy(pod(u"gpu-1"_s, 8, "Succeeded"));
    rooms.occupy(pod({}, 8, "Pending"));
    FitFacts facts;
    facts.rooms = rooms.all();
    facts.podsRead = true;
    facts.grows = false;
    facts.security = QString();
    facts.quotas.emplace();
    facts.ranges.emplace();
    facts.kueue = false;
    facts.claims.emplace();
    facts.lateClasses.emplace();
    return facts;
}

FitFacts withQueue(const QList<QuotaLimit> &limits, const QString &cohort = {})
{
    FitFacts with = facts();
    with.kueue = true;
    Quota local = quota(u"LocalQueue"_s, u"nlp"_s, {});
    local.queue = u"training"_s;
    Quota cluster = quota(u"ClusterQueue"_s, u"training"_s, limits);
    cluster.cohort = cohort;
    with.localQueues = {local};
    with.clusterQueues = {cluster};
    return with;
}

Point pointOf(const Fit &fit, const QString &id)
{
    return *std::ranges::find(fit.points, id, &Point::id);
}

} // namespace

Q_DECLARE_METATYPE(cairn::launch::Need)

class TestFit : public QObject {
    Q_OBJECT

private slots:
    void registriesOfPullSecrets_data()
    {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("image");
        QTest::addColumn<bool>("is");
        const auto row = [](const QString &entry, const QString &image, bool is) { QTest::newRow(qPrintable(entry + u' ' + image)) << entry << image << is; };
        row(u"https://index.docker.io/v1/"_s, u"nginx"_s, true);
        row(u"https://index.docker.io/v1/"_s, u"team/bert:1"_s, true);
        row(u"index.docker.io"_s, u"docker.io/team/bert"_s, true);
        row(u"docker.io"_s, u"nginx:1"_s, true);
        row(u"ghcr.io"_s, u"nginx"_s, false);
        row(u"ghcr.io"_s, u"ghcr.io/team/bert:1"_s, true);
        row(u"https://ghcr.io/v2/"_s, u"ghcr.io/team/bert:1"_s, true);
        row(u"ghcr.io/team"_s, u"ghcr.io/team/bert:1"_s, true);
        row(u"ghcr.io/other"_s, u"ghcr.io/team/bert:1"_s, false);
        row(u"*.dkr.ecr.eu-west-1.amazonaws.com"_s, u"1234.dkr.ecr.eu-west-1.amazonaws.com/bert"_s, true);
        row(u"*.io"_s, u"a.ghcr.io/bert"_s, false);
        row(u"host:5000"_s, u"host:5000/bert"_s, true);
        row(u"host"_s, u"host:5000/bert"_s, false);
        row(u"ghcr.io"_s, u"no image"_s, false);
    }
    void registriesOfPullSecrets()
    {
        QFETCH(QString, entry);
        QFETCH(QString, image);
        QFETCH(bool, is);
        QCOMPARE((PullSecret{.exists = true, .hosts = {entry}}.isFor(image)), is);
    }
    void pullSecretsAsTheyAreStored()
    {
        const auto secret = [](const QString &type, const QString &key, const QByteArray &content) {
            return QJsonObject{{u"type"_s, type}, {u"data"_s, QJsonObject{{key, QString::fromLatin1(content.toBase64())}}}};
        };
        const QByteArray auths = R"({"ghcr.io":{"auth":"c2VjcmV0"},"quay.io":{"username":"u","password":"p"}})";
        const PullSecret now = pullSecretOf(secret(u"kubernetes.io/dockerconfigjson"_s, u".dockerconfigjson"_s, R"({"auths":)" + auths + '}'));
        const PullSecret old = pullSecretOf(secret(u"kubernetes.io/dockercfg"_s, u".dockercfg"_s, auths));
        QVERIFY(now.exists && now.readable && old.readable);
        QCOMPARE(now.hosts, (QStringList{u"ghcr.io"_s, u"quay.io"_s}));
        QCOMPARE(old.hosts, now.hosts);
        for (const QByteArray &odd : {QByteArray(), QByteArray("x"), QByteArray("[]"), QByteArray(R"({"auths":[1]})")})
            QVERIFY(!pullSecretOf(secret(u"kubernetes.io/dockerconfigjson"_s, u".dockerconfigjson"_s, odd)).readable);
        QVERIFY(!pullSecretOf({{u"data"_s, QJsonObject{{u".dockerconfigjson"_s, u"%%%"_s}}}}).readable);
        QVERIFY(pullSecretOf({}).exists && !pullSecretOf({}).readable);
    }
    /// Beyond an int64 of bytes, alone and summed over nodes and in a quota.
    void amountsBeyondAnInteger()
    {
        QCOMPARE(amountText(u"memory"_s, 64.0 * 1024 * 1024 * 1024 * 1000), u"64 GiB"_s);
        QCOMPARE(amountText(u"memory"_s, 9.0 * 1152921504606846976.0 * 1000), u"9 EiB"_s);
        QCOMPARE(amountText(u"requests.memory"_s, 900.0 * 1152921504606846976.0 * 1000), u"900 EiB"_s);
        QVERIFY(!amountText(u"memory"_s, 1e300).startsWith(u'-'));
        Rooms rooms;
        QJsonObject large = node(u"large"_s, 8);
        QJsonObject status = large.value("status"_L1).toObject();
        status.insert(u"allocatable"_s, QJsonObject{{u"cpu"_s, u"8"_s}, {u"memory"_s, u"24Ti"_s}, {u"pods"_s, u"110"_s}});
        large.insert(u"status"_s, status);
        rooms.add(large);
        FitFacts some = facts();
        some.rooms = rooms.all();
        Spec huge = spec(1, 0);
        huge.each.memory = u"16Ti"_s;
        QCOMPARE(answerWord(fitOf(huge, some).answer), u"now"_s); // there are nodes of 24 TiB
        huge.nodes = 100;
        huge.each.memory = u"9Ei"_s;
        some.quotas = QList<Quota>{quota(u"ResourceQuota"_s, u"team"_s, {{u"requests.memory"_s, {}, 1e12, 0, -1}})};
        const Fit fit = fitOf(huge, some);
        QCOMPARE(answerWord(fit.answer), u"never"_s);
        QVERIFY2(pointOf(fit, u"nodes"_s).text.contains(u"9 EiB memory"_s), qPrintable(pointOf(fit, u"nodes"_s).text));
        QVERIFY2(pointOf(fit, u"quota"_s).text.contains(u"900 EiB"_s), qPrintable(pointOf(fit, u"quota"_s).text));
    }

    /// Pods do not start before each PVC that they mount is there and has a volume.
    void claims_data()
    {
        QTest::addColumn<QByteArray>("claim");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &claim, const QString &answer, const QString &says) {
            QTest::newRow(name) << claim << answer << says;
        };
        row("bound", "{'metadata':{'name':'ckpt'},'status':{'phase':'Bound'}}", u"now"_s, u"now"_s);
        row("another's name", "{'metadata':{'name':'other'},'status':{'phase':'Bound'}}", u"never"_s, u"PVC ckpt does not exist."_s);
        row("being deleted", "{'metadata':{'name':'ckpt','deletionTimestamp':'2026-11-30T00:00:00Z'},'status':{'phase':'Bound'}}", u"never"_s,
            u"PVC ckpt is being deleted."_s);
        row("lost", "{'metadata':{'name':'ckpt'},'status':{'phase':'Lost'}}", u"never"_s, u"PVC ckpt has lost its volume."_s);
        row("not bound", "{'metadata':{'name':'ckpt'},'spec':{'storageClassName':'nfs'},'status':{'phase':'Pending'}}", u"later"_s,
            u"PVC ckpt has no volume yet."_s);
        row("bound by its first pod", "{'metadata':{'name':'ckpt'},'spec':{'storageClassName':'late'},'status':{'phase':'Pending'}}", u"now"_s, u"now"_s);
    }
    void claims()
    {
        QFETCH(QByteArray, claim);
        QFETCH(QString, answer);
        QFETCH(QString, says);
        FitFacts some = facts();
        some.claims = QList<QJsonObject>{json(claim)};
        some.lateClasses = QStringList{u"late"_s};
        Spec with = spec(2);
        with.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}};
        const Fit fit = fitOf(with, some);
        QCOMPARE(answerWord(fit.answer), answer);
        QVERIFY2(fit.text.contains(says), qPrintable(fit.text));
        // What could not be read is not known.
        some.claims.reset();
        QCOMPARE(answerWord(fitOf(with, some).answer), u"unknown"_s);
        QCOMPARE(answerWord(fitOf(spec(2), some).answer), u"now"_s);
    }
    /// What a job's pods name: variables, volumes, accounts, priorities; and who names them in the end.
    void whatPodsName()
    {
        const QJsonObject job = json("{'apiVersion':'kubeflow.org/v1','kind':'PyTorchJob','metadata':{'name':'x','annotations':{'serviceAccountName':'free text'}},'spec':{'pytorchReplicaSpecs':{"
            "'Master':{'template':{'spec':{'serviceAccountName':'trainer','priorityClassName':'high','containers':[{'name':'pytorch',"
            "'env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'hf','key':'token'}}},{'name':'B','valueFrom':{'secretKeyRef':{'name':'may','key':'x','optional':true}}},"
            "{'name':'C','valueFrom':{'configMapKeyRef':{'name':'settings','key':'lr'}}}],"
            "'envFrom':[{'secretRef':{'name':'hf'}},{'configMapRef':{'name':'all'}},{'configMapRef':{'name':'may','optional':true}}],"
            "'volumeMounts':[{'name':'cfg','mountPath':'/a','subPath':'train.yaml'},{'name':'cfg','mountPath':'/b','subPath':'.'},{'name':'keys','mountPath':'/c','subPath':'ssh/id'},{'name':'keys','mountPath':'/d','subPath':'other'}]}],"
            "'volumes':[{'name':'cfg','configMap':{'name':'files'}},{'name':'keys','secret':{'secretName':'ssh','items':[{'key':'id','path':'ssh/id'}]}},"
            "{'name':'may','secret':{'secretName':'nobody','optional':true}},"
            "{'name':'all','projected':{'sources':[{'secret':{'name':'p1'}},{'configMap':{'name':'p2','items':[{'key':'k','path':'k'}]}},{'serviceAccountToken':{'path':'t'}}]}}]}}},"
            "'Worker':{'template':{'spec':{'serviceAccountName':'trainer','initContainers':[{'name':'i','env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'hf','key':'user'}}}]}]}}}}}}");
        const Needs needs = needsOf(job);
        QVERIFY(needs.whole);
        using What = Need::What;
        const auto of = [&](What what, const QString &name) {
            const auto at = std::ranges::find(needs.named, std::pair{what, name}, &Need::id);
            return at == needs.named.end() ? Need{What::Secret, u"none"_s} : *at;
        };
        QCOMPARE(needs.named.size(), 9);
        QCOMPARE(of(What::Secret, u"hf"_s), (Need{What::Secret, u"hf"_s, {u"token"_s, u"user"_s}, {}}));
        QCOMPARE(of(What::ConfigMap, u"settings"_s).keys, QStringList{u"lr"_s});
        QCOMPARE(of(What::ConfigMap, u"all"_s).keys, QStringList());
        QCOMPARE(of(What::ConfigMap, u"files"_s).files, QStringList{u"train.yaml"_s});
        QCOMPARE(of(What::Secret, u"ssh"_s), (Need{What::Secret, u"ssh"_s, {u"id"_s}, {u"other"_s}}));
        QCOMPARE(of(What::Secret, u"p1"_s).name, u"p1"_s);
        QCOMPARE(of(What::ConfigMap, u"p2"_s).keys, QStringList{u"k"_s});
        QCOMPARE(of(What::ServiceAccount, u"trainer"_s).name, u"trainer"_s);
        QCOMPARE(of(What::PriorityClass, u"high"_s).name, u"high"_s);
        // A TrainJob's initializers, and that its runtime was not read.
        const Needs blind = needsOf(json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'TrainJob','spec':{'initializer':{'model':{'secretRef':{'name':'hub'}}},"
            "'trainer':{'env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'hf','key':'token'}}}]}}}"));
        QVERIFY(!blind.whole);
        QCOMPARE(blind.named.size(), 2);
        // Hostile: neither deep nor odd ones do harm.
        QJsonValue deep = QJsonObject{{u"env"_s, 3}};
        for (int i = 0; i < 300; ++i)
            deep = QJsonArray{deep};
        QVERIFY(needsOf({{u"spec"_s, deep}}).named.isEmpty());
        QVERIFY(needsOf(json("{'spec':{'env':[1,{'valueFrom':7}],'envFrom':'x','volumes':[[],{'secret':[]}],'serviceAccountName':[]}}")).named.isEmpty());
    }

    void whatPodsNameHasToBeThere_data()
    {
        using What = Need::What;
        QTest::addColumn<Need>("need");
        QTest::addColumn<QString>("point");
        QTest::addColumn<QString>("missing");
        const auto row = [](const char *name, const Need &need, const QString &point, const QString &missing) { QTest::newRow(name) << need << point << missing; };
        row("service account", {What::ServiceAccount, u"trainer"_s, {}, {}}, u"service-account"_s, u"ServiceAccount trainer does not exist."_s);
        row("priority", {What::PriorityClass, u"high"_s, {}, {}}, u"priority"_s, u"PriorityClass high does not exist."_s);
        row("Secret", {What::Secret, u"hf"_s, {}, {}}, u"objects"_s, u"Secret hf does not exist."_s);
        row("ConfigMap", {What::ConfigMap, u"all"_s, {}, {}}, u"objects"_s, u"ConfigMap all does not exist."_s);
    }
    void whatPodsNameHasToBeThere()
    {
        QFETCH(Need, need);
        QFETCH(QString, point);
        QFETCH(QString, missing);
        const Needs needs{{need}, true};
        FitFacts some = facts();
        const Fit unread = fitOf(spec(2), some, needs);
        QCOMPARE(answerWord(unread.answer), u"unknown"_s);
        QCOMPARE(pointOf(unread, point).state, Point::State::Unknown);
        some.found.insert(need.id(), {});
        const Fit never = fitOf(spec(2), some, needs);
        QCOMPARE(answerWord(never.answer), u"never"_s);
        QVERIFY2(never.text.endsWith(missing), qPrintable(never.text));
        QVERIFY(!pointOf(never, point).fix.isEmpty());
        some.found.insert(need.id(), {.exists = true});
        const Fit now = fitOf(spec(2), some, needs);
        QCOMPARE(answerWord(now.answer), u"now"_s);
        QCOMPARE(pointOf(now, point).state, Point::State::Holds);
        // Who names none is not told of them.
        QVERIFY(std::ranges::none_of(fitOf(spec(2), some).points, [&](const Point &one) { return one.id == point; }));
    }

    void keysHaveToBeInIt()
    {
        const Need need{Need::What::ConfigMap, u"files"_s, {u"lr"_s}, {u"train.yaml"_s}};
        const Needs needs{{need}, true};
        FitFacts some = facts();
        some.found.insert(need.id(), foundIn(json("{'data':{'lr':'1'},'binaryData':{'other.yaml':'eA=='}}")));
        const Fit lost = fitOf(spec(2), some, needs);
        QCOMPARE(answerWord(lost.answer), u"never"_s);
        QVERIFY2(lost.text.startsWith(u"It would start, and not train: ConfigMap files has no key train.yaml"_s), qPrintable(lost.text));
        some.found.insert(need.id(), foundIn(json("{'data':{'train.yaml':'x'}}")));
        QVERIFY2(fitOf(spec(2), some, needs).text.endsWith(u"It will never start: ConfigMap files has no key lr."_s), qPrintable(fitOf(spec(2), some, needs).text));
        some.found.insert(need.id(), foundIn(json("{'data':{'lr':'1','train.yaml':'x'}}")));
        QCOMPARE(answerWord(fitOf(spec(2), some, needs).answer), u"now"_s);
        // Nothing of what it holds is kept, and names are shown safely.
        QCOMPARE(foundIn(json("{'data':{'a':'hunter2'}}")).keys, QStringList{u"a"_s});
        const Needs odd{{{Need::What::Secret, u"a\u202Eb"_s, {}, {}}}, true};
        QVERIFY(!fitOf(spec(2), facts(), odd).text.contains(QChar(0x202E)));
    }

    /// What a TrainJob leaves to its runtime is known where that was read.
    void aRuntimeSaysHowLargeItIs()
    {
        const QJsonObject job = json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'TrainJob','metadata':{'name':'x'},'spec':{'runtimeRef':{'name':'big'}}}");
        const auto runtime = [](const QByteArray &gpus) {
            return json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'ClusterTrainingRuntime','metadata':{'name':'big'},'spec':{'mlPolicy':{'numNodes':2,'torch':{}},'template':{'spec':{'replicatedJobs':["
                        "{'name':'node','template':{'metadata':{'labels':{'trainer.kubeflow.org/trainjob-ancestor-step':'trainer'}},'spec':{'template':{'spec':{'serviceAccountName':'trainer','containers':["
                        "{'name':'node','resources':{'limits':{'nvidia.com/gpu':'" + gpus + "'}}}]}}}}}]}}}}");
        };
        FitFacts some = facts();
        some.found.insert({Need::What::ServiceAccount, u"trainer"_s}, {.exists = true});
        QCOMPARE(fitOf(Objects{job, {}}, some).answer, Fit::Answer::Unknown);
        const Fit two = fitOf(Objects{job, runtime("8")}, some);
        QCOMPARE(answerWord(two.answer), u"now"_s);
        QCOMPARE(two.pods, 2);
        QCOMPARE(two.nodes.size(), 2);
        QCOMPARE(answerWord(fitOf(Objects{job, runtime("16")}, some).answer), u"never"_s);
        some.found.clear();
        some.found.insert({Need::What::ServiceAccount, u"trainer"_s}, {});
        QVERIFY(fitOf(Objects{job, runtime("8")}, some).text.contains(u"ServiceAccount trainer"_s));
    }

    void whoMayNotReadClassesIsToldSo()
    {
        FitFacts some = facts();
        some.claims = QList<QJsonObject>{json("{'metadata':{'name':'ckpt'},'status':{'phase':'Pending'}}")};
        some.lateClasses.reset();
        Spec with = spec(2);
        with.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}};
        QCOMPARE(answerWord(fitOf(with, some).answer), u"unknown"_s);
    }

    void theMapTellsWhereItsGpusWouldBe()
    {
        FitFacts some = facts();
        Rooms rooms;
        for (int i = 1; i <= 3; ++i)
            rooms.add(node(u"gpu-%1"_s.arg(i), 8));
        rooms.add(node(u"gpu-4"_s, 8));
        rooms.add(node(u"gpu-5"_s, 8, "'unschedulable':true"));
        QJsonObject other = node(u"h100-1"_s, 8, "'taints':[{'key':'dedicated','value':'x','effect':'NoSchedule'}]");
        QJsonObject metadata = other.value("metadata"_L1).toObject();
        metadata.insert(u"labels"_s, QJsonObject{{u"nvidia.com/gpu.product"_s, u"H100"_s}, {u"node.kubernetes.io/instance-type"_s, u"p5"_s}});
        other.insert(u"metadata"_s, metadata);
        rooms.add(other);
        rooms.add(node(u"cpu-1"_s, 0));
        QJsonObject taken = pod(u"gpu-4"_s, 3);
        taken.insert(u"metadata"_s, QJsonObject{{u"name"_s, u"resnet-worker-0"_s}, {u"labels"_s, QJsonObject{{u"training.kubeflow.org/job-name"_s, u"resnet"_s}}}});
        rooms.occupy(taken);
        some.rooms = rooms.all();
        const Fit fit = fitOf(spec(4), some);
        QCOMPARE(fit.pools.size(), 2); // a node without GPUs is on no map
        const GpuPool &mine = fit.pools.first();
        QCOMPARE(mine.name, QString()); // it comes first, for the other one cannot be used
        QCOMPARE(mine.nodes.size(), 5);
        QCOMPARE(mine.sum(&GpuNode::asked), 24);
        QCOMPARE(mine.sum(&GpuNode::total), 40);
        const GpuNode &tight = *std::ranges::find(mine.nodes, u"gpu-4"_s, &GpuNode::name);
        QCOMPARE(tight.used, 3);
        QCOMPARE(tight.idle(), 5);
        QCOMPARE(tight.shortBy, 3);
        QCOMPARE(tight.holders, QStringList{u"resnet"_s});
        QVERIFY(!std::ranges::find(mine.nodes, u"gpu-5"_s, &GpuNode::name)->ready);
        QCOMPARE(mine.idle(), 5); // what is cordoned is not free
        QCOMPARE(fit.pools.last().name, u"H100"_s);
        QCOMPARE(fit.pools.last().label, u"nvidia.com/gpu.product"_s);
        QVERIFY(!fit.pools.last().nodes.first().open);
        // Nothing is drawn that is not known.
        some.podsRead = false;
        QVERIFY(fitOf(spec(4), some).pools.isEmpty());
        QVERIFY(fitOf(spec(4, 0), facts()).pools.isEmpty());
    }

    void whatItTakesOfEachQuota()
    {
        FitFacts some = withQueue({{u"nvidia.com/gpu"_s, u"a"_s, 16, 8, -1}, {u"nvidia.com/gpu"_s, u"b"_s, 8, 0, -1}, {u"cpu"_s, u"a"_s, 500, 1, -1},
            {u"memory"_s, u"a"_s, 1e15, 0, -1}});
        some.quotas = QList<Quota>{quota(u"ResourceQuota"_s, u"team"_s, {{u"requests.cpu"_s, {}, 100, 20, -1}, {u"requests.nvidia.com/gpu"_s, {}, 64, -1, -1}})};
        Spec queued = spec(2);
        queued.queue = u"nlp"_s;
        const Fit fit = fitOf(queued, some);
        QVERIFY(fit.shares.size() >= 4);
        QCOMPARE(requestedResource(fit.shares.first().resource), u"nvidia.com/gpu"_s);
        const auto of = [&](const QString &kind, const QString &resource) {
            const auto at = std::ranges::find_if(fit.shares, [&](const Fit::Share &s) { return s.kind == kind && s.resource == resource; });
            return at == fit.shares.end() ? Fit::Share() : *at;
        };
        QCOMPARE(of(u"ResourceQuota"_s, u"requests.cpu"_s), (Fit::Share{u"ResourceQuota"_s, u"team"_s, u"requests.cpu"_s, 100'000, 20'000, 16'000}));
        QCOMPARE(of(u"ResourceQuota"_s, u"requests.nvidia.com/gpu"_s).used, -1.0); // unknown is not zero
        QCOMPARE(of(u"ClusterQueue"_s, u"nvidia.com/gpu"_s).hard, 24'000.0);
        QCOMPARE(of(u"ClusterQueue"_s, u"nvidia.com/gpu"_s).asked, 16'000.0);
    }

    void noSecretIsReadSoThatAPullSecretIsNotKnownAndInNobodysWay()
    {
        Spec secret = spec(3);
        secret.pullSecrets = {u"hub"_s};
        const Fit fit = fitOf(secret, facts());
        QCOMPARE(pointOf(fit, u"pull-secret"_s).state, Point::State::Unknown);
        QVERIFY(pointOf(fit, u"pull-secret"_s).text.contains(u"hub"_s));
        // What was looked at is told; the answer stays, for the image may be public.
        secret.image = u"ghcr.io/team/bert:1"_s;
        FitFacts looked = facts();
        const auto told = [&](const PullSecret &pull) {
            looked.pullSecrets = {{u"hub"_s, pull}};
            const Fit now = fitOf(secret, looked);
            if (now.answer != fit.answer)
                qFatal("another answer");
            return stateWord(pointOf(now, u"pull-secret"_s).state) + u": "_s + pointOf(now, u"pull-secret"_s).text;
        };
        QVERIFY(told({}).startsWith(u"fails: Secret hub does not exist."_s));
        QVERIFY(told({.exists = true, .type = u"Opaque"_s}).startsWith(u"fails: Secret hub is of type Opaque"_s));
        QVERIFY(told({.exists = true, .type = u"kubernetes.io/dockerconfigjson"_s}).contains(u"does not hold"_s));
        PullSecret pull{.exists = true, .type = u"kubernetes.io/dockerconfigjson"_s, .readable = true, .hosts = {u"https://index.docker.io/v1/"_s}};
        QVERIFY2(told(pull).startsWith(u"fails: Secret hub has no entry for ghcr.io."_s), qPrintable(told(pull)));
        pull.hosts.append(u"ghcr.io"_s);
        QCOMPARE(told(pull), u"holds: hub, for ghcr.io"_s);
        // Of two, one that fits is enough, and one that was not seen may fit.
        secret.pullSecrets = {u"hub"_s, u"other"_s};
        QCOMPARE(told(pull), u"holds: hub, for ghcr.io"_s);
        QVERIFY(told({}).startsWith(u"unknown: other"_s));
        QCOMPARE(fit.answer, Fit::Answer::Now);
        QCOMPARE(pointOf(fitOf(spec(3), facts()), u"pull-secret"_s).state, Point::State::Holds);
    }

    void wholeNodesCountAndNotSums()
    {
        const Fit three = fitOf(spec(3), facts());
        QCOMPARE(three.answer, Fit::Answer::Now);
        QCOMPARE(three.idle, std::optional(0.0));
        QCOMPARE(three.nodes.keys(), (QStringList{u"gpu-1"_s, u"gpu-2"_s, u"gpu-3"_s}));

        const Fit four = fitOf(spec(4), facts());
        QCOMPARE(four.answer, Fit::Answer::Later);
        QCOMPARE(four.now, std::optional(3));
        QCOMPARE(four.empty, std::optional(4));
        QVERIFY2(four.text.contains(u"3 of 4"_s) && four.text.contains(u"29"_s), qPrintable(four.text));

        const Fit halves = fitOf(spec(3, 3), facts()); // two on one node, one on another
        QCOMPARE(halves.answer, Fit::Answer::Now);
        QCOMPARE(halves.nodes.size(), 2);
        QCOMPARE(halves.idle, std::optional(2.0 + 5.0));
    }

    void whatNoNodeCanGiveIsNever_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<int>("gpus");
        QTest::addColumn<int>("pods");
        QTest::addColumn<QString>("selector");
        QTest::addColumn<QString>("words");
        QTest::newRow("larger than a node")
            << QByteArray("'taints':[]") << 16 << 1 << QString() << u"No node is large enough"_s;
        QTest::newRow("more than nodes") << QByteArray("'taints':[]") << 8 << 5 << QString() << u"only 4 of its 5"_s;
        QTest::newRow("no such label") << QByteArray("'taints':[]") << 8 << 1 << u"h100"_s << u"pool=h100"_s;
        QTest::newRow("tainted") << QByteArray("'taints':[{'key':'dedicated','value':'vision','effect':'NoSchedule'}]")
                                 << 8 << 1 << u"a100"_s << u"dedicated=vision:NoSchedule"_s;
    }
    void whatNoNodeCanGiveIsNever()
    {
        QFETCH(QByteArray, more);
        QFETCH(int, gpus);
        QFETCH(int, pods);
        QFETCH(QString, selector);
        QFETCH(QString, words);
        Rooms rooms;
        for (int i = 1; i <= 4; ++i)
            rooms.add(node(u"gpu-%1"_s.arg(i), 8, more));
        FitFacts with = facts();
        with.rooms = rooms.all();
        Spec asked = spec(pods, gpus);
        if (!selector.isEmpty())
            asked.nodeSelector.insert(u"pool"_s, selector);
        const Fit fit = fitOf(asked, with);
        QCOMPARE(fit.answer, Fit::Answer::Never);
        QVERIFY2(fit.text.contains(words), qPrintable(fit.text));
        QVERIFY(!pointOf(fit, u"nodes"_s).fix.isEmpty());
        // An autoscaler may bring such nodes.
        with.grows = true;
        QCOMPARE(fitOf(asked, with).answer, Fit::Answer::Later);
    }

    void whatPassesIsLater()
    {
        for (const QByteArray &more : {QByteArray("'unschedulable':true"),
                 QByteArray("'taints':[{'key':'node.kubernetes.io/memory-pressure','effect':'NoSchedule'}]")}) {
            Rooms rooms;
            rooms.add(node(u"gpu-1"_s, 8, more));
            FitFacts with = facts();
            with.rooms = rooms.all();
            QCOMPARE(fitOf(spec(1), with).answer, Fit::Answer::Later);
        }
        Rooms rooms;
        rooms.add(node(u"gpu-1"_s, 8, "'taints':[]", false));
        FitFacts with = facts();
        with.rooms = rooms.all();
        QCOMPARE(fitOf(spec(1), with).answer, Fit::Answer::Later);
    }

    void tolerationsOpenNodes()
    {
        const Taint taint{u"dedicated"_s, u"vision"_s, u"NoSchedule"_s};
        QVERIFY(tolerates({{u"dedicated"_s, u"vision"_s, u"NoSchedule"_s}}, taint));
        QVERIFY(tolerates({{u"dedicated"_s, {}, {}}}, taint));
        QVERIFY(tolerates({{{}, {}, {}}}, taint));
        QVERIFY(!tolerates({{u"dedicated"_s, u"nlp"_s, {}}}, taint));
        QVERIFY(!tolerates({{u"dedicated"_s, u"vision"_s, u"NoExecute"_s}}, taint));
        QVERIFY(!tolerates({}, taint));
    }

    void aPodAsksForWhatItsContainersAskFor()
    {
        const Amounts amounts =
            requestsOf(json("{'containers':[{'resources':{'limits':{'cpu':'2','nvidia.com/"
                            "gpu':1},'requests':{'cpu':'500m'}}},{'resources':{"
                            "'requests':{'cpu':'1','memory':'1Gi'}}}],'initContainers':[{'resources':{'requests':{'cpu'"
                            ":'5'}}},{'restartPolicy':"
                            "'Always','resources':{'requests':{'cpu':'250m'}}}],'overhead':{'memory':'1Mi'}}"));
        QCOMPARE(amounts.value(u"cpu"_s), 5000.0);
        QCOMPARE(amounts.value(u"memory"_s), (1024.0 + 1) * 1024 * 1024 * 1000);
        QCOMPARE(amounts.value(u"nvidia.com/gpu"_s), 1000.0);
        QCOMPARE(amounts.value(u"pods"_s), 1000.0);
        // Nonsense asks for nothing.
        QCOMPARE(requestsOf(json("{'containers':[{'resources':{'requests':{'cpu':'-4','memory':'x','a':[1]}}},7]}"))
                     .value(u"cpu"_s),
            0.0);
    }

    void quotasOfTheNamespace()
    {
        FitFacts with = facts();
        with.quotas = {quota(u"ResourceQuota"_s, u"team"_s,
            {{u"requests.nvidia.com/gpu"_s, {}, 32, 16, -1}, {u"pods"_s, {}, 10, 1, -1}})};
        QCOMPARE(fitOf(spec(2), with).answer, Fit::Answer::Now);
        QVERIFY(pointOf(fitOf(spec(1), with), u"quota"_s).text.contains(u"8 GPUs left"_s));
        QCOMPARE(fitOf(spec(3), with).answer, Fit::Answer::Later);
        const Fit never = fitOf(spec(5, 7), with);
        QCOMPARE(pointOf(never, u"quota"_s).state, Point::State::Fails);
        QVERIFY2(pointOf(never, u"quota"_s).text.contains(u"allows 32"_s), qPrintable(pointOf(never, u"quota"_s).text));

        with.quotas->first().limits = {{u"limits.memory"_s, {}, 1e15, 0, -1}};
        Spec bare = spec(1);
        bare.each.memory.clear();
        QCOMPARE(fitOf(bare, with).answer, Fit::Answer::Never); // "must specify"
        LimitRange range;
        range.items = {{u"Container"_s, u"memory"_s, u"1Gi"_s, {}, {}, {}}};
        with.ranges = QList<LimitRange>{range};
        QCOMPARE(fitOf(bare, with).answer, Fit::Answer::Now);

        // One that counts some pods only is said, and not reckoned with.
        with.quotas->first().scopes = {u"NotTerminating"_s};
        with.quotas->first().limits = {{u"pods"_s, {}, 0, 0, -1}};
        QCOMPARE(fitOf(spec(1), with).answer, Fit::Answer::Now);
        QVERIFY(pointOf(fitOf(spec(1), with), u"quota"_s).text.contains(u"team"_s));
    }

    void limitRanges()
    {
        FitFacts with = facts();
        LimitRange range;
        range.name = u"limits"_s;
        range.items = {
            {u"Container"_s, u"cpu"_s, {}, {}, u"2"_s, u"16"_s}, {u"Pod"_s, u"memory"_s, {}, {}, {}, u"512Gi"_s}};
        with.ranges = QList<LimitRange>{range};
        QCOMPARE(fitOf(spec(1), with).answer, Fit::Answer::Now);
        Spec large = spec(1);
        large.each.memory = u"513Gi"_s;
        QCOMPARE(fitOf(large, with).answer, Fit::Answer::Never);
        Spec small = spec(1);
        small.each.cpu = u"1"_s;
        QVERIFY(fitOf(small, with).text.contains(u"at least 2"_s));
    }

    void podSecurity()
    {
        FitFacts with = facts();
        with.security = u"baseline"_s;
        QCOMPARE(fitOf(spec(1), with).answer, Fit::Answer::Now);
        with.security = u"restricted"_s;
        QCOMPARE(fitOf(spec(1), with).answer, Fit::Answer::Never);
        Spec confined = spec(1);
        confined.confined = true;
        QCOMPARE(fitOf(confined, with).answer, Fit::Answer::Never); // whoever the image says may be root
        confined.user = 1000;
        QCOMPARE(fitOf(confined, with).answer, Fit::Answer::Now);
        with.security.reset();
        QCOMPARE(fitOf(confined, with).answer, Fit::Answer::Unknown);
    }

    void queues()
    {
        Spec queued = spec(2);
        queued.queue = u"nlp"_s;
        const QList<QuotaLimit> limits{{u"cpu"_s, u"a100"_s, 100, 0, -1}, {u"memory"_s, u"a100"_s, 1e13, 0, -1},
            {u"nvidia.com/gpu"_s, u"a100"_s, 16, 0, -1}};
        QCOMPARE(fitOf(queued, withQueue(limits)).answer, Fit::Answer::Now);

        QList<QuotaLimit> used = limits;
        used[2].used = 1;
        QCOMPARE(fitOf(queued, withQueue(used)).answer, Fit::Answer::Later);
        queued.nodes = 3;
        QCOMPARE(fitOf(queued, withQueue(limits)).answer, Fit::Answer::Never);
        QVERIFY(fitOf(queued, withQueue(limits)).text.contains(u"can have 16"_s));
        // With a cohort it may borrow: as much as there is, or as it may.
        QCOMPARE(fitOf(queued, withQueue(limits, u"all"_s)).answer, Fit::Answer::Later);
        used = limits;
        used[2].borrowing = 4;
        QCOMPARE(fitOf(queued, withQueue(used, u"all"_s)).answer, Fit::Answer::Never);

        queued.nodes = 1;
        QCOMPARE(fitOf(queued, withQueue(limits.mid(0, 2))).answer, Fit::Answer::Never); // no quota for GPUs
        used = limits;
        used[2].used = -1;
        QCOMPARE(fitOf(queued, withQueue(used)).answer, Fit::Answer::Unknown);
        FitFacts with = withQueue(limits);
        with.localQueues->first().stopped = true;
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Never);
        with.localQueues->clear();
        QVERIFY(fitOf(queued, with).text.contains(u"no LocalQueue nlp"_s));
        with = withQueue(limits);
        with.clusterQueues->first().pending = 3;
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Later);
        with.kueue = false;
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Now); // and that its queue means nothing is told
        QCOMPARE(pointOf(fitOf(queued, with), u"queue"_s).state, Point::State::Look);
        // Two flavors of which neither holds both resources are no room.
        QCOMPARE(fitOf(queued,
                     withQueue({{u"cpu"_s, u"a"_s, 100, 0, -1}, {u"memory"_s, u"a"_s, 1e13, 0, -1},
                         {u"nvidia.com/gpu"_s, u"a"_s, 8, 8, -1}, {u"cpu"_s, u"b"_s, 4, 0, -1},
                         {u"memory"_s, u"b"_s, 1e13, 0, -1}, {u"nvidia.com/gpu"_s, u"b"_s, 8, 0, -1}}))
                     .answer,
            Fit::Answer::Later);
    }

    void volcanosQueueHasToBeThere()
    {
        Spec queued = spec(1);
        const auto none = fitOf(queued, facts());
        QVERIFY(std::ranges::find(none.points, u"volcano"_s, &Point::id) == none.points.end());
        queued.volcanoQueue = u"q"_s;
        FitFacts with = facts();
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Unknown);
        with.volcano = false;
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Now);
        QVERIFY(pointOf(fitOf(queued, with), u"volcano"_s).text.contains(u"Volcano is not installed"_s));
        with.volcano = true;
        with.volcanoQueues = {{u"q"_s, false}};
        QCOMPARE(fitOf(queued, with).text, u"It will never start: Volcano has no Queue q."_s);
        with.volcanoQueues = {{u"q"_s, true}};
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Now);
    }

    void whatWasNotReadStaysUnknown()
    {
        const auto without = [](auto change) {
            FitFacts with = facts();
            change(with);
            return fitOf(spec(1), with);
        };
        QCOMPARE(without([](FitFacts &f) { f.rooms.reset(); }).answer, Fit::Answer::Unknown);
        const Fit pods = without([](FitFacts &f) { f.podsRead = false; });
        QCOMPARE(pods.answer, Fit::Answer::Unknown);
        QVERIFY(!pods.now && !pods.idle);
        QCOMPARE(without([](FitFacts &f) { f.quotas.reset(); }).answer, Fit::Answer::Unknown);
        QCOMPARE(without([](FitFacts &f) { f.ranges.reset(); }).answer, Fit::Answer::Unknown);
        Spec queued = spec(1);
        queued.queue = u"nlp"_s;
        FitFacts with = facts();
        with.kueue.reset();
        QCOMPARE(fitOf(queued, with).answer, Fit::Answer::Unknown);
        // What is known to be in the way counts all the same.
        with.podsRead = false;
        QCOMPARE(fitOf(spec(1, 64), with).answer, Fit::Answer::Never);
        Spec ofRuntime;
        ofRuntime.kind = JobKind::TrainJob;
        QCOMPARE(fitOf(ofRuntime, facts()).answer, Fit::Answer::Unknown);
    }

    /// A scheduler that puts one pod after another on the first node that holds it, as the nodes say.
    /// It asks a node only for what a pod requests.
    void neverNowWhereASchedulerFindsNoPlace()
    {
        QRandomGenerator random(20261130);
        int now = 0;
        int later = 0;
        int never = 0;
        for (int round = 0; round < 3000; ++round) {
            struct Simulated {
                double cpu;
                double gpus;
                double pods;
                bool usable;
            };
            QList<Simulated> simulated;
            Rooms rooms;
            const auto below = [&](int most) { return random.bounded(most); };
            const int nodes = 1 + below(6);
            for (int i = 0; i < nodes; ++i) {
                const int cpu = 1 + below(16);
                const int gpus = below(9);
                const int most = 1 + below(8);
                const bool ready = below(8) > 0;
                const bool tainted = below(6) == 0;
                const bool cordoned = below(8) == 0;
                const bool labelled = below(4) > 0;
                const QString name = u"n%1"_s.arg(i);
                rooms.add(json("{'metadata':{'name':'" + name.toUtf8() + "','labels':{'pool':'" + (labelled ? "a" : "b")
                    + "'}},'spec':{'unschedulable':" + (cordoned ? "true" : "false") + ",'taints':["
                    + (tainted ? "{'key':'x','effect':'NoExecute'}" : "") + "]},'status':{'allocatable':{'cpu':'"
                    + QByteArray::number(cpu) + "','nvidia.com/gpu':'" + QByteArray::number(gpus) + "','pods':'"
                    + QByteArray::number(most) + "'},'conditions':[{'type':'Ready','status':'"
                    + (ready ? "True" : "False") + "'}]}}"));
                Simulated one{cpu * 1000.0, double(gpus), double(most), ready && !tainted && !cordoned && labelled};
                for (int p = below(3); p > 0; --p) {
                    const int millis = 100 * below(30);
                    const int taken = below(3);
                    rooms.occupy(json("{'spec':{'nodeName':'" + name.toUtf8()
                        + "','containers':[{'resources':{'requests':{'cpu':'" + QByteArray::number(millis)
                        + "m','nvidia.com/gpu':'" + QByteArray::number(taken)
                        + "'}}}]},'status':{'phase':'Running'}}"));
                    one.cpu -= millis;
                    one.gpus -= taken;
                    one.pods -= 1;
                }
                simulated.append(one);
            }
            Spec asked = spec(1 + below(6), below(4));
            const int millis = 100 * (1 + below(40));
            asked.each.cpu = u"%1m"_s.arg(millis);
            asked.each.memory.clear();
            asked.nodeSelector.insert(u"pool"_s, u"a"_s);
            FitFacts with = facts();
            with.rooms = rooms.all();
            int placed = 0;
            for (; placed < asked.nodes; ++placed) {
                const auto at = std::ranges::find_if(simulated, [&](const Simulated &n) {
                    return n.usable && n.cpu >= millis && (asked.each.gpus == 0 || n.gpus >= asked.each.gpus)
                        && n.pods >= 1;
                });
                if (at == simulated.end())
                    break;
                at->cpu -= millis;
                at->gpus -= asked.each.gpus;
                at->pods -= 1;
            }
            const Fit fit = fitOf(asked, with);
            QCOMPARE(fit.now, std::optional(placed));
            QCOMPARE(fit.answer == Fit::Answer::Now, placed == asked.nodes);
            now += fit.answer == Fit::Answer::Now;
            later += fit.answer == Fit::Answer::Later;
            never += fit.answer == Fit::Answer::Never;
        }
        QVERIFY2(now > 100 && later > 100 && never > 100, qPrintable(u"%1 %2 %3"_s.arg(now).arg(later).arg(never)));
    }

    void hostileObjects()
    {
        Rooms rooms;
        rooms.add(json("{'metadata':{'name':7},'spec':{'taints':'x'},'status':{'allocatable':{'cpu':'99E','pods':'-1','"
                       "nvidia.com/gpu':{}},'conditions':[1]}}"));
        rooms.add(json("{}"));
        rooms.occupy(json("{'spec':{'nodeName':'','containers':{'a':1}}}"));
        FitFacts with = facts();
        with.rooms = rooms.all();
        Spec huge = spec(2147483647, 2147483647);
        huge.each.cpu = u"99999999999999999999E"_s;
        huge.each.memory = QString(10'000, u'9');
        QCOMPARE(fitOf(huge, with).answer, Fit::Answer::Never);
        huge = spec(2147483647, 0);
        huge.each = {};
        QVERIFY(fitOf(huge, facts()).answer == Fit::Answer::Never); // pods of a node are counted
        Spec marked = spec(1);
        marked.nodeSelector.insert(u"a\u202Eb"_s, u"\n"_s);
        QVERIFY(!fitOf(marked, facts()).text.contains(QChar(0x202E)));
    }
};

QTEST_APPLESS_MAIN(TestFit)
#include "tst_fit.moc"
