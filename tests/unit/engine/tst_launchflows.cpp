// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "domain/QuotaDecoder.h"
#include "engine/LaunchFlows.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d", qPrintable(error.errorString()), error.offset);
    return document.object();
}

const ResourceKind &workloads()
{
    static const ResourceKind kind{u"kueue.x-k8s.io"_s, u"v1beta1"_s, u"workloads"_s, u"Workload"_s, true};
    return kind;
}

QStringList gapsOf(const QList<Gap> &gaps)
{
    QStringList names;
    for (const Gap &gap : gaps)
        names.append(gap.what);
    return names;
}

launch::Spec spec(int nodes)
{
    launch::Spec spec;
    spec.nodes = nodes;
    spec.each = {u"8"_s, u"64Gi"_s, u"nvidia.com/gpu"_s, 8};
    return spec;
}

} // namespace

class TestLaunchFlows : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;
    const ObjectRef job{facts(JobKind::PyTorchJob).resource, u"nlp"_s, u"bert"_s, {}};

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        QList<ServedResource> served;
        for (const ResourceKind &kind : {kinds::nodes(), kinds::pods(), kinds::events(), kinds::claims(),
                 kinds::configMaps(), kinds::secrets(), kinds::volumes(), kinds::namespaces(), kinds::resourceQuotas(), kinds::limitRanges(),
                 kinds::localQueues(), kinds::clusterQueues(), workloads(), job.kind}) {
            ServedResource one;
            one.kind = kind;
            served.append(one);
        }
        api->setMapper(RestMapper(served));
        api->put(kinds::namespaces(), json("{'metadata':{'name':'nlp'}}"));
        for (const char *name : {"gpu-1", "gpu-2"})
            api->put(kinds::nodes(),
                json(QByteArray("{'metadata':{'name':'%1'},'status':{'allocatable':{'cpu':'64','memory':'1000Gi','pods'"
                                ":'110','nvidia.com/gpu':'8'},"
                                "'conditions':[{'type':'Ready','status':'True'}]}}")
                         .replace("%1", name)));
        api->put(kinds::pods(),
            json("{'metadata':{'namespace':'vision','name':'vit'},'spec':{'nodeName':'gpu-2','containers':[{'resources'"
                 ":{'limits':{'nvidia.com/gpu':'3'}}}]},"
                 "'status':{'phase':'Running'}}"));
        api->put(kinds::pods(),
            json("{'metadata':{'namespace':'vision','name':'old'},'spec':{'nodeName':'gpu-1','containers':[{'resources'"
                 ":{'limits':{'nvidia.com/gpu':'8'}}}]},"
                 "'status':{'phase':'Succeeded'}}"));
        api->put(job.kind,
            json("{'apiVersion':'kubeflow.org/"
                 "v1','kind':'PyTorchJob','metadata':{'namespace':'nlp','name':'bert','labels':{'kueue.x-k8s.io/"
                 "queue-name':'q'}},"
                 "'spec':{'runPolicy':{'suspend':true},'pytorchReplicaSpecs':{'Master':{'template':{'spec':{'"
                 "containers':[{'name':'pytorch'}]}}}}}}"));
    }

    void aPreviewCostsOneRequestWhileWhatItRestsOnIsFresh()
    {
        const QByteArray text = launch::textOf(*launch::newJob([] {
            launch::Spec one = spec(2);
            one.name = u"bart"_s;
            one.ns = u"nlp"_s;
            one.image = u"registry.example/train:1"_s;
            return one;
        }()));
        PreviewOptions options;
        options.id = newLaunchId();
        const Result<LaunchPreview> first = previewLaunch(*api, text, u"nlp"_s, options, {});
        QVERIFY2(first, qPrintable(first ? QString() : first.error().oneLine()));
        QVERIFY2(!first->refused, qPrintable(first->refused ? first->refused->oneLine() : QString()));
        QVERIFY(first->ground.readAt.isValid());
        QCOMPARE(first->create.body.value("metadata"_L1)["annotations"_L1][change::changeMark()].toString(), options.id);
        const auto lists = [this] { return std::ranges::count(api->calls(), u"list"_s, &FakeObjectApi::Call::verb); };
        QVERIFY(lists() > 1);

        options.ground = first->ground;
        api->forgetCalls();
        const Result<LaunchPreview> second = previewLaunch(*api, text, u"nlp"_s, options, {});
        QVERIFY(second && !second->refused);
        QCOMPARE(second->points, first->points);
        const QList<FakeObjectApi::Call> calls = api->calls();
        QCOMPARE(calls.size(), 1);
        QVERIFY(calls.first().verb == "create"_L1 && calls.first().dryRun);

        // What is older than that, or of another namespace, is read again.
        options.ground.readAt = options.ground.readAt.addSecs(-LaunchGround::mostAge.count());
        QVERIFY(previewLaunch(*api, text, u"nlp"_s, options, {}));
        QVERIFY(lists() > 1);
        options.ground = first->ground;
        options.ground.ns = u"vision"_s;
        api->forgetCalls();
        QVERIFY(previewLaunch(*api, text, u"nlp"_s, options, {}));
        QVERIFY(lists() > 1);
    }

    void aLaunchThatGotThroughIsRecognised()
    {
        const auto textOf = [](const QString &name) {
            launch::Spec one = spec(1);
            one.name = name;
            one.ns = u"nlp"_s;
            return launch::textOf(*launch::newJob(one));
        };
        PreviewOptions options;
        options.id = newLaunchId();
        const Result<LaunchPreview> preview = previewLaunch(*api, textOf(u"bart"_s), u"nlp"_s, options, {});
        QVERIFY(preview && preview->made.isEmpty());
        const Result<QJsonObject> made = submitLaunch(*api, {preview->create}, {}, {});
        QVERIFY(made);
        const Result<LaunchPreview> again = previewLaunch(*api, textOf(u"bart"_s), u"nlp"_s, options, {});
        QVERIFY(again && again->refused);
        QCOMPARE(again->made, made->value("metadata"_L1)["uid"_L1].toString());
        // Somebody else's job is not ours.
        const Result<LaunchPreview> taken = previewLaunch(*api, textOf(u"bert"_s), u"nlp"_s, options, {});
        QVERIFY(taken && taken->refused && taken->made.isEmpty());
        options.id = newLaunchId();
        QVERIFY(previewLaunch(*api, textOf(u"bart"_s), u"nlp"_s, options, {})->made.isEmpty());
    }

    void aNameThatTheServerMakesUpIsRefused()
    {
        QByteArray text = launch::textOf(*launch::newJob([] {
            launch::Spec one = spec(1);
            one.name = u"bart"_s;
            return one;
        }()));
        text.replace("  name: bart", "  generateName: bart-");
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY(preview && preview->refused);
        QVERIFY2(preview->refused->why.contains(u"generateName"_s), qPrintable(preview->refused->why));
    }

    void whatOthersRunIsCounted()
    {
        const Result<LaunchFit> one = readFit(*api, spec(1), u"nlp"_s, {});
        QVERIFY2(one, qPrintable(one ? QString() : one.error().oneLine()));
        QVERIFY2(one->gaps.isEmpty(), qPrintable(gapsOf(one->gaps).join(u' ')));
        QCOMPARE(one->fit.answer, launch::Fit::Answer::Now);
        QCOMPARE(one->fit.nodes.keys(), QStringList{u"gpu-1"_s});
        const Result<LaunchFit> two = readFit(*api, spec(2), u"nlp"_s, {});
        QCOMPARE(two->fit.answer, launch::Fit::Answer::Later);
        QCOMPARE(readFit(*api, spec(3), u"nlp"_s, {})->fit.answer, launch::Fit::Answer::Never);
        api->put(
            kinds::configMaps(), json("{'metadata':{'namespace':'kube-system','name':'cluster-autoscaler-status'}}"));
        QCOMPARE(readFit(*api, spec(3), u"nlp"_s, {})->fit.answer, launch::Fit::Answer::Later);
        for (const FakeObjectApi::Call &call : api->calls())
            QVERIFY2(!call.writes(), qPrintable(call.verb + u' ' + call.resource));
    }

    void whatIsForbiddenIsToldAndUnknown_data()
    {
        QTest::addColumn<QString>("denied");
        for (const char *denied :
            {"list nodes", "list pods", "list resourcequotas", "list limitranges", "get namespaces"})
            QTest::newRow(denied) << QString::fromLatin1(denied);
    }
    void whatIsForbiddenIsToldAndUnknown()
    {
        QFETCH(QString, denied);
        api->deny(denied);
        const Result<LaunchFit> fit = readFit(*api, spec(1), u"nlp"_s, {});
        QVERIFY2(fit, qPrintable(fit ? QString() : fit.error().oneLine()));
        QCOMPARE(fit->fit.answer, launch::Fit::Answer::Unknown);
        QVERIFY2(
            gapsOf(fit->gaps).join(u' ').contains(denied.section(u' ', 1)), qPrintable(gapsOf(fit->gaps).join(u' ')));
    }

    /// A pull secret is read only by whoever may, and nothing of it but the names of registries comes out.
    void aPullSecretIsLookedAtWhereThatIsAllowed()
    {
        launch::Spec with = spec(1);
        with.image = u"ghcr.io/team/bert:1"_s;
        with.pullSecrets = {u"hub"_s};
        const auto told = [&] {
            const Result<LaunchFit> fit = readFit(*api, with, u"nlp"_s, {});
            const auto point = std::ranges::find(fit->fit.points, u"pull-secret"_s, &launch::Point::id);
            return launch::stateWord(point->state) + u": "_s + point->text;
        };
        QVERIFY2(told().startsWith(u"fails: Secret hub does not exist."_s), qPrintable(told()));
        const QByteArray content = R"({"auths":{"ghcr.io":{"username":"ada","password":"letmein","auth":"YWRhOmxldG1laW4="}}})";
        api->put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"namespace"_s, u"nlp"_s}, {u"name"_s, u"hub"_s}}}, {u"type"_s, u"kubernetes.io/dockerconfigjson"_s},
                                       {u"data"_s, QJsonObject{{u".dockerconfigjson"_s, QString::fromLatin1(content.toBase64())}}}});
        QCOMPARE(told(), u"holds: hub, for ghcr.io"_s);
        const Result<FitRead> read = readFitFacts(*api, u"nlp"_s, {}, with.pullSecrets);
        QCOMPARE(read->facts.pullSecrets.value(u"hub"_s).hosts, QStringList{u"ghcr.io"_s});
        // Without the right it is neither there nor missing, and is not asked for.
        api->deny(u"get secrets"_s);
        api->forgetCalls();
        QVERIFY2(told().startsWith(u"unknown: hub"_s), qPrintable(told()));
        QVERIFY(std::ranges::none_of(api->calls(), [](const FakeObjectApi::Call &call) { return call.verb == "get"_L1 && call.resource == "secrets"_L1; }));
    }
    /// The volume behind a PVC that claims to be shared is looked at, and a cluster of one node counts.
    void aDiskOfANodeIsSeen()
    {
        api->put(kinds::claims(), json("{'metadata':{'namespace':'nlp','name':'ckpt'},'spec':{'accessModes':['ReadWriteMany'],'volumeName':'pv-1'},'status':{'phase':'Bound'}}"));
        api->put(kinds::volumes(), json("{'metadata':{'name':'pv-1'},'spec':{'hostPath':{'path':'/srv'}}}"));
        const Result<LaunchGround> ground = readLaunchGround(*api, u"nlp"_s, JobKind::PyTorchJob, {});
        QVERIFY(ground);
        QCOMPARE(ground->around.local.value(u"ckpt"_s), u"hostPath"_s);
        QCOMPARE(ground->around.clusterNodes, std::optional(2));
        // Most users may read no volumes.
        api->deny(u"get persistentvolumes"_s);
        QVERIFY(readLaunchGround(*api, u"nlp"_s, JobKind::PyTorchJob, {})->around.local.isEmpty());
    }

    void whyIsReadFromKueue()
    {
        const QString uid =
            api->stored(job.kind, u"nlp"_s, u"bert"_s).value("metadata"_L1).toObject().value("uid"_L1).toString();
        api->put(kinds::localQueues(),
            json("{'metadata':{'namespace':'nlp','name':'q'},'spec':{'clusterQueue':'training'}}"));
        api->put(kinds::clusterQueues(), json("{'metadata':{'name':'training'}}"));
        api->put(workloads(),
            json("{'metadata':{'namespace':'nlp','name':'w','ownerReferences':[{'uid':'" + uid.toUtf8()
                + "'}]},'spec':{'queueName':'q'},'status':{'conditions':[{'type':'QuotaReserved','status':'False','"
                  "reason':'Inadmissible','message':"
                  "'ClusterQueue training is inactive'}]}}"));
        const Result<JobWhy> read = readWhyNot(*api, job, {});
        QVERIFY2(read, qPrintable(read ? QString() : read.error().oneLine()));
        QCOMPARE(read->why.cause, u"queue-stopped"_s);
        QVERIFY2(read->gaps.isEmpty(), qPrintable(gapsOf(read->gaps).join(u' ')));

        api->deny(u"list workloads"_s);
        api->deny(u"list events"_s);
        const Result<JobWhy> blind = readWhyNot(*api, job, {});
        QCOMPARE(blind->why.verdict, launch::WhyNot::Verdict::Unknown);
        QCOMPARE(gapsOf(blind->gaps), (QStringList{u"events"_s, u"workloads"_s}));
    }

    /// It is there, and what it says is not read: that is not "not installed".
    void aKueueThatIsTooNew()
    {
        ResourceKind queues = kinds::localQueues();
        queues.version = u"v1beta2"_s;
        QList<ServedResource> served;
        for (const ResourceKind &kind : {kinds::nodes(), kinds::namespaces(), queues, job.kind}) {
            ServedResource one;
            one.kind = kind;
            served.append(one);
        }
        api->setMapper(RestMapper(served));
        launch::Spec queued = spec(1);
        queued.queue = u"q"_s;
        const Result<LaunchFit> fit = readFit(*api, queued, u"nlp"_s, {});
        QVERIFY2(fit, qPrintable(fit ? QString() : fit.error().oneLine()));
        QCOMPARE(fit->fit.answer, launch::Fit::Answer::Unknown);
        const auto point = std::ranges::find(fit->fit.points, u"queue"_s, &launch::Point::id);
        QVERIFY2(point->text.contains(u"could not be read"_s), qPrintable(point->text));
        QCOMPARE(readWhyNot(*api, job, {})->why.verdict, launch::WhyNot::Verdict::Unknown);
    }

    void aJobThatIsGone()
    {
        const Result<JobWhy> read = readWhyNot(*api, {job.kind, u"nlp"_s, u"bart"_s, {}}, {});
        QVERIFY(!read);
        QCOMPARE(read.error().kind, Error::Kind::NotFound);
        std::stop_source stopped;
        stopped.request_stop();
        QCOMPARE(readFit(*api, spec(1), u"nlp"_s, stopped.get_token()).error().kind, Error::Kind::Cancelled);
    }

    void aClusterThatIsTooLargeIsNotCounted()
    {
        for (int i = 0; i < 10'001; ++i)
            api->put(kinds::nodes(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"n%1"_s.arg(i)}}}});
        const Result<LaunchFit> fit = readFit(*api, spec(1), u"nlp"_s, {});
        QCOMPARE(fit->fit.answer, launch::Fit::Answer::Unknown);
        QCOMPARE(gapsOf(fit->gaps), QStringList{u"nodes"_s});
    }
};

QTEST_APPLESS_MAIN(TestLaunchFlows)
#include "tst_launchflows.moc"
