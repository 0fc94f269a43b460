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

launch::Objects jobOf(const launch::Spec &spec)
{
    return {*launch::newJob(spec), {}};
}

const ResourceKind &trainJobs()
{
    return facts(JobKind::TrainJob).resource;
}

/// A TrainJob's runtime that saves by itself, and asks for 16 GPUs.
QJsonObject teamRuntime()
{
    return json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'ClusterTrainingRuntime','metadata':{'name':'team'},'spec':{'mlPolicy':{'torch':{}},'template':{'spec':{'replicatedJobs':[{'name':'node','template':"
                "{'metadata':{'labels':{'trainer.kubeflow.org/trainjob-ancestor-step':'trainer'}},'spec':{'template':{'spec':{'serviceAccountName':'trainer','volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'ckpt'}}],"
                "'containers':[{'name':'node','resources':{'limits':{'nvidia.com/gpu':'16'}},'env':[{'name':'CHECKPOINT_DIR','value':'/ckpt/team'}],'volumeMounts':[{'name':'v','mountPath':'/ckpt'}]}]}}}}}]}}}}");
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
        const Result<LaunchFit> one = readFit(*api, jobOf(spec(1)), u"nlp"_s, {});
        QVERIFY2(one, qPrintable(one ? QString() : one.error().oneLine()));
        QVERIFY2(one->gaps.isEmpty(), qPrintable(gapsOf(one->gaps).join(u' ')));
        QCOMPARE(one->fit.answer, launch::Fit::Answer::Now);
        QCOMPARE(one->fit.nodes.keys(), QStringList{u"gpu-1"_s});
        const Result<LaunchFit> two = readFit(*api, jobOf(spec(2)), u"nlp"_s, {});
        QCOMPARE(two->fit.answer, launch::Fit::Answer::Later);
        QCOMPARE(readFit(*api, jobOf(spec(3)), u"nlp"_s, {})->fit.answer, launch::Fit::Answer::Never);
        api->put(
            kinds::configMaps(), json("{'metadata':{'namespace':'kube-system','name':'cluster-autoscaler-status'}}"));
        QCOMPARE(readFit(*api, jobOf(spec(3)), u"nlp"_s, {})->fit.answer, launch::Fit::Answer::Later);
        for (const FakeObjectApi::Call &call : api->calls())
            QVERIFY2(!call.writes(), qPrintable(call.verb + u' ' + call.resource));
    }

    /// Both programs ask before they launch it.
    void whatNeverStartsNeverTrains()
    {
        const Result<LaunchPreview> preview = previewLaunch(*api, launch::textOf(*launch::newJob([] {
            launch::Spec one = spec(3);
            one.name = u"bart"_s;
            return one;
        }())), u"nlp"_s, {}, {});
        QVERIFY(preview);
        const Result<LaunchFit> never = readFit(*api, jobOf(spec(3)), u"nlp"_s, {}), later = readFit(*api, jobOf(spec(2)), u"nlp"_s, {});
        QVERIFY2(neverTrains(*preview, &never->fit).startsWith(u"It will never start: "_s), qPrintable(neverTrains(*preview, &never->fit)));
        LaunchPreview fine;
        QCOMPARE(neverTrains(fine, &later->fit), QString());
        QCOMPARE(neverTrains(fine, nullptr), QString());
        fine.points = {{u"image"_s, launch::Point::State::Fails, u"Image"_s, u"It has none."_s, {}}};
        QCOMPARE(neverTrains(fine, &later->fit), u"It cannot run: It has none."_s);
    }

    void volcanosQueueIsLookedForWhereAJobNamesOne()
    {
        launch::Spec with = spec(1);
        with.volcanoQueue = u"q"_s;
        const auto told = [&] {
            const Result<LaunchFit> fit = readFit(*api, jobOf(with), u"nlp"_s, {});
            const auto point = std::ranges::find(fit->fit.points, u"volcano"_s, &launch::Point::id);
            return point == fit->fit.points.end() ? QString() : launch::stateWord(point->state) + u": "_s + launch::answerWord(fit->fit.answer);
        };
        QCOMPARE(told(), u"look: now"_s); // Volcano is not there
        ServedResource queues;
        queues.kind = {u"scheduling.volcano.sh"_s, u"v1beta1"_s, u"queues"_s, u"Queue"_s, false};
        api->setMapper(RestMapper({queues}));
        QCOMPARE(told(), u"fails: never"_s);
        api->put(queues.kind, json("{'metadata':{'name':'q'}}"));
        QCOMPARE(told(), u"holds: now"_s);
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
        const Result<LaunchFit> fit = readFit(*api, jobOf(spec(1)), u"nlp"_s, {});
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
            const Result<LaunchFit> fit = readFit(*api, jobOf(with), u"nlp"_s, {});
            const auto point = std::ranges::find(fit->fit.points, u"pull-secret"_s, &launch::Point::id);
            return launch::stateWord(point->state) + u": "_s + point->text;
        };
        QVERIFY2(told().startsWith(u"fails: Secret hub does not exist."_s), qPrintable(told()));
        const QByteArray content = R"({"auths":{"ghcr.io":{"username":"ada","password":"letmein","auth":"YWRhOmxldG1laW4="}}})";
        api->put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"namespace"_s, u"nlp"_s}, {u"name"_s, u"hub"_s}}}, {u"type"_s, u"kubernetes.io/dockerconfigjson"_s},
                                       {u"data"_s, QJsonObject{{u".dockerconfigjson"_s, QString::fromLatin1(content.toBase64())}}}});
        QCOMPARE(told(), u"holds: hub, for ghcr.io"_s);
        const Result<FitRead> read = readFitFacts(*api, u"nlp"_s, jobOf(with), {});
        QCOMPARE(read->facts.pullSecrets.value(u"hub"_s).hosts, QStringList{u"ghcr.io"_s});
        // Without the right it is neither there nor missing, and is not asked for.
        api->deny(u"get secrets"_s);
        api->forgetCalls();
        QVERIFY2(told().startsWith(u"unknown: hub"_s), qPrintable(told()));
        QVERIFY(std::ranges::none_of(api->calls(), [](const FakeObjectApi::Call &call) { return call.verb == "get"_L1 && call.resource == "secrets"_L1; }));
    }
    /// Each of what pods name: missing, there, and where it may not be read.
    void whatPodsNameIsLookedFor_data()
    {
        QTest::addColumn<QString>("denied");
        QTest::addColumn<QString>("missing");
        QTest::newRow("service account") << u"get serviceaccounts"_s << u"ServiceAccount trainer does not exist."_s;
        QTest::newRow("priority") << u"get priorityclasses"_s << u"PriorityClass high does not exist."_s;
        QTest::newRow("Secret") << u"get secrets"_s << u"Secret hf does not exist."_s;
        QTest::newRow("ConfigMap") << u"get configmaps"_s << u"ConfigMap settings does not exist."_s;
    }
    void whatPodsNameIsLookedFor()
    {
        QFETCH(QString, denied);
        QFETCH(QString, missing);
        launch::Spec with = spec(1);
        with.serviceAccount = u"trainer"_s;
        with.priorityClass = u"high"_s;
        with.variables = {{u"HF_TOKEN"_s, launch::Variable::From::Secret, u"token"_s, u"hf"_s}, {u"LR"_s, launch::Variable::From::ConfigMap, u"lr"_s, u"settings"_s}};
        const auto make = [&](const QString &what) {
            if (!missing.startsWith("ServiceAccount"_L1) || what == "all"_L1)
                api->put(kinds::serviceAccounts(), json("{'metadata':{'namespace':'nlp','name':'trainer'}}"));
            if (!missing.startsWith("PriorityClass"_L1) || what == "all"_L1)
                api->put(kinds::priorityClasses(), json("{'metadata':{'name':'high'}}"));
            if (!missing.startsWith("Secret"_L1) || what == "all"_L1)
                api->put(kinds::secrets(), json("{'metadata':{'namespace':'nlp','name':'hf'},'data':{'token':'aHVudGVyMg=='}}"));
            if (!missing.startsWith("ConfigMap"_L1) || what == "all"_L1)
                api->put(kinds::configMaps(), json("{'metadata':{'namespace':'nlp','name':'settings'},'data':{'lr':'1'}}"));
        };
        make(u"but one"_s);
        const Result<LaunchFit> never = readFit(*api, jobOf(with), u"nlp"_s, {});
        QCOMPARE(never->fit.answer, launch::Fit::Answer::Never);
        QVERIFY2(never->fit.text.endsWith(missing), qPrintable(never->fit.text));
        make(u"all"_s);
        QCOMPARE(readFit(*api, jobOf(with), u"nlp"_s, {})->fit.answer, launch::Fit::Answer::Now);
        const Result<FitRead> read = readFitFacts(*api, u"nlp"_s, jobOf(with), {});
        QCOMPARE(read->facts.found.value({launch::Need::What::Secret, u"hf"_s}).keys, QStringList{u"token"_s}); // and not what it holds
        api->deny(denied);
        const Result<LaunchFit> blind = readFit(*api, jobOf(with), u"nlp"_s, {});
        QCOMPARE(blind->fit.answer, launch::Fit::Answer::Unknown);
        QVERIFY2(blind->fit.text.contains(missing.section(u' ', 0, 1)), qPrintable(blind->fit.text));
    }

    /// An edit that names something else looks for that alone; the nodes are not listed again.
    void anEditCostsWhatItNames()
    {
        api->put(kinds::serviceAccounts(), json("{'metadata':{'namespace':'nlp','name':'trainer'}}"));
        launch::Spec with = spec(1);
        Result<FitRead> read = readFitFacts(*api, u"nlp"_s, jobOf(with), {});
        QVERIFY(read);
        api->forgetCalls();
        QVERIFY(readNamed(*api, u"nlp"_s, jobOf(with), *read, {}));
        QVERIFY(api->calls().isEmpty());
        with.serviceAccount = u"trainer"_s;
        QVERIFY(readNamed(*api, u"nlp"_s, jobOf(with), *read, {}));
        QCOMPARE(api->calls().size(), 1);
        QCOMPARE(api->calls().first().resource, u"serviceaccounts"_s);
        QCOMPARE(fitOf(jobOf(with), *read).answer, launch::Fit::Answer::Now);
        with.serviceAccount = u"../secrets"_s; // no name: it becomes no path
        api->forgetCalls();
        QVERIFY(readNamed(*api, u"nlp"_s, jobOf(with), *read, {}));
        QVERIFY(api->calls().isEmpty());
        QCOMPARE(fitOf(jobOf(with), *read).answer, launch::Fit::Answer::Unknown);
        std::stop_source stopped;
        stopped.request_stop();
        with.serviceAccount = u"another"_s;
        QCOMPARE(readNamed(*api, u"nlp"_s, jobOf(with), *read, stopped.get_token()).error().kind, Error::Kind::Cancelled);
    }

    void aQueueThatIsNotThere()
    {
        launch::Spec queued = spec(1);
        queued.queue = u"q"_s;
        api->put(kinds::clusterQueues(), json("{'metadata':{'name':'training'}}"));
        const Result<LaunchFit> fit = readFit(*api, jobOf(queued), u"nlp"_s, {});
        QCOMPARE(fit->fit.answer, launch::Fit::Answer::Never);
        QVERIFY2(fit->fit.text.contains(u"no LocalQueue q"_s), qPrintable(fit->fit.text));
    }

    /// A TrainJob that says nothing of its pods asks for what its runtime says, and saves where that saves.
    void aRuntimeCounts()
    {
        QList<ServedResource> served;
        for (const ResourceKind &kind : {kinds::nodes(), kinds::pods(), kinds::claims(), kinds::namespaces(), kinds::serviceAccounts(), kinds::clusterTrainingRuntimes(), kinds::trainingRuntimes(), trainJobs()}) {
            ServedResource one;
            one.kind = kind;
            served.append(one);
        }
        api->setMapper(RestMapper(served));
        api->put(kinds::clusterTrainingRuntimes(), teamRuntime());
        api->put(kinds::claims(), json("{'metadata':{'namespace':'nlp','name':'ckpt'},'spec':{'accessModes':['ReadWriteMany']},'status':{'phase':'Bound'}}"));
        const auto named = [](const QByteArray &name) {
            return json("{'apiVersion':'trainer.kubeflow.org/v1alpha1','kind':'TrainJob','metadata':{'namespace':'nlp','name':'" + name + "'},'spec':{'runtimeRef':{'name':'team'},'trainer':{'image':'a:1'}}}");
        };
        const Result<LaunchFit> fit = readFit(*api, {named("bert"), {}}, u"nlp"_s, {});
        QCOMPARE(fit->fit.answer, launch::Fit::Answer::Never);
        QVERIFY2(fit->fit.text.contains(u"16 nvidia.com/gpu"_s), qPrintable(fit->fit.text));
        api->put(trainJobs(), named("other"));
        const Result<LaunchGround> ground = readLaunchGround(*api, u"nlp"_s, JobKind::TrainJob, {});
        QCOMPARE(ground->around.folders.value(u"ckpt:/team"_s), u"other"_s);
        const Result<LaunchPreview> preview = previewLaunch(*api, launch::textOf(named("bert")), u"nlp"_s, {}, {});
        QVERIFY(preview && preview->runtime.value("metadata"_L1)["name"_L1].toString() == "team"_L1);
        const auto point = std::ranges::find(preview->net, u"folder"_s, &launch::Point::id);
        QCOMPARE(point->state, launch::Point::State::Fails);
        QVERIFY2(point->text.contains(u"other"_s), qPrintable(point->text));
    }

    /// cairnctl's launches have the id of their text: the same command finds what it made before it was killed.
    void theSameTextIsTheSameLaunch()
    {
        launch::Spec one = spec(1);
        one.name = u"bart"_s;
        one.ns = u"nlp"_s;
        const QByteArray text = launch::textOf(*launch::newJob(one));
        const QString id = launchIdOf(text, u"nlp"_s);
        QCOMPARE(id.size(), 16);
        QCOMPARE(launchIdOf(text, u"nlp"_s), id);
        QVERIFY(launchIdOf(text, u"vision"_s) != id && launchIdOf(text + "# x\n", u"nlp"_s) != id);
        const Result<LaunchPreview> first = previewLaunch(*api, text, u"nlp"_s, {.id = id}, {});
        QVERIFY(first && first->made.isEmpty() && first->there.isEmpty());
        // Killed right after the server took it.
        struct Killed {};
        api->after = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes() && call.verb == "create"_L1)
                throw Killed();
            return std::nullopt;
        };
        QVERIFY_THROWS_EXCEPTION(Killed, (void)submitLaunch(*api, {first->create}, {}, {}));
        api->after = {};
        const Result<LaunchPreview> again = previewLaunch(*api, text, u"nlp"_s, {.id = id}, {});
        QVERIFY(again && again->refused);
        QCOMPARE(again->made, api->stored(job.kind, u"nlp"_s, u"bart"_s).value("metadata"_L1)["uid"_L1].toString());
        QCOMPARE(again->there.value("metadata"_L1)["name"_L1].toString(), u"bart"_s);
        // Another text of that name is another launch, which is told.
        const Result<LaunchPreview> other = previewLaunch(*api, text + "# x\n", u"nlp"_s, {.id = launchIdOf(text + "# x\n", u"nlp"_s)}, {});
        QVERIFY(other && other->made.isEmpty() && other->refused);
        QVERIFY2(other->refused->why.contains(u"another launch of Cairn's"_s) && other->refused->why.contains(u"It holds all that this one says."_s), qPrintable(other->refused->why));
        QVERIFY(!other->refused->fix.isEmpty());
    }

    void whoseTheJobOfThatNameIs_data()
    {
        QTest::addColumn<QByteArray>("metadata");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &metadata, const QString &says) { QTest::newRow(name) << metadata << says; };
        row("kubectl's", "'managedFields':[{'manager':'kubectl-edit','time':'2026-11-30T10:00:00Z'},{'manager':'kubectl-create','time':'2026-11-29T10:00:00Z'},{'manager':'operator','subresource':'status','time':'2026-11-28T10:00:00Z'}]",
            u"was made by kubectl-create at 2026-11-29 09:00:00 UTC"_s);
        row("Katib's", "'ownerReferences':[{'apiVersion':'kubeflow.org/v1beta1','kind':'Trial','name':'t-1','uid':'1','controller':true}]", u"belongs to Trial t-1"_s);
        row("nobody's", "'labels':{}", u"was made at 2026-11-29 09:00:00 UTC"_s);
        row("going", "'deletionTimestamp':'2026-11-30T00:00:00Z'", u"It is being deleted."_s);
    }
    void whoseTheJobOfThatNameIs()
    {
        QFETCH(QByteArray, metadata);
        QFETCH(QString, says);
        launch::Spec one = spec(1);
        one.name = u"bart"_s;
        one.ns = u"nlp"_s;
        api->put(job.kind, json("{'apiVersion':'kubeflow.org/v1','kind':'PyTorchJob','metadata':{'namespace':'nlp','name':'bart','creationTimestamp':'2026-11-29T09:00:00Z'," + metadata + "},'spec':{}}"));
        const Result<LaunchPreview> preview = previewLaunch(*api, launch::textOf(*launch::newJob(one)), u"nlp"_s, {}, {});
        QVERIFY(preview && preview->refused);
        QCOMPARE(preview->refused->reason, u"AlreadyExists"_s);
        QVERIFY2(preview->refused->why.contains(says), qPrintable(preview->refused->why));
        QVERIFY(!preview->refused->why.contains(u"It holds all"_s));
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
        const Result<LaunchFit> fit = readFit(*api, jobOf(queued), u"nlp"_s, {});
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
        QCOMPARE(readFit(*api, jobOf(spec(1)), u"nlp"_s, stopped.get_token()).error().kind, Error::Kind::Cancelled);
    }

    void aClusterThatIsTooLargeIsNotCounted()
    {
        for (int i = 0; i < 10'001; ++i)
            api->put(kinds::nodes(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"n%1"_s.arg(i)}}}});
        const Result<LaunchFit> fit = readFit(*api, jobOf(spec(1)), u"nlp"_s, {});
        QCOMPARE(fit->fit.answer, launch::Fit::Answer::Unknown);
        QCOMPARE(gapsOf(fit->gaps), QStringList{u"nodes"_s});
    }
};

QTEST_APPLESS_MAIN(TestLaunchFlows)
#include "tst_launchflows.moc"
