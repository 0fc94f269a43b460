// SPDX-License-Identifier: GPL-3.0-or-later
// A TrainJob that is launched with a TrainingRuntime of its own.
#include "FakeObjectApi.h"
#include "engine/LaunchFlows.h"
#include "launch/Runtime.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

QJsonObject torch()
{
    QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/crds/trainer-2.3.0-torch-distributed.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.errorString()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

const ResourceKind &trainJobs()
{
    return facts(JobKind::TrainJob).resource;
}

} // namespace

class TestLaunchRuntime : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;
    QByteArray text;

    QList<change::Change> creates(const QString &id = {}) const
    {
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {.id = id}, {});
        if (!preview || preview->refused || preview->needs.size() != 1)
            return {};
        return preview->needs + QList{preview->create};
    }

    struct Killed {};
    /// A launch that ends for good when it asks for this.
    void launchKilledAt(const QString &verb, const QString &resource, const QString &id)
    {
        const QList<change::Change> all = creates(id);
        QCOMPARE(all.size(), 2);
        const auto webhook = api->before;
        api->before = [=](const FakeObjectApi::Call &call) {
            if (call.writes() && call.verb == verb && call.resource == resource)
                throw Killed();
            return webhook(call);
        };
        QVERIFY_THROWS_EXCEPTION(Killed, submitLaunch(*api, all, {}, {}));
        api->before = webhook;
    }
    QJsonObject runtime() const { return api->stored(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s); }
    QJsonObject job() const { return api->stored(trainJobs(), u"nlp"_s, u"bert"_s); }
    bool jobOwnsRuntime() const
    {
        const QJsonValue uid = job().value("metadata"_L1)["uid"_L1];
        return uid.isString() && runtime().value("metadata"_L1)["ownerReferences"_L1][0]["uid"_L1] == uid;
    }
    QJsonValue restarts() const { return runtime().value("spec"_L1)["template"_L1]["spec"_L1]["failurePolicy"_L1]["maxRestarts"_L1]; }

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        api->put(kinds::clusterTrainingRuntimes(), torch());
        launch::Spec spec;
        spec.kind = JobKind::TrainJob;
        spec.name = u"bert"_s;
        spec.image = u"bert:1"_s;
        spec.backoffLimit = 3;
        spec.runtime = u"torch-distributed"_s;
        launch::TrainJobFields fields;
        fields.runtimes.insert(spec.runtime, torch());
        text = launch::textOf(*launch::newObjects(spec, fields));
        // As Trainer's webhook: the runtime has to be there before the job.
        api->before = [this](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb != "create"_L1 || call.resource != "trainjobs"_L1)
                return std::nullopt;
            const QJsonObject ref = call.body.toObject().value("spec"_L1).toObject().value("runtimeRef"_L1).toObject();
            const bool own = ref.value("kind"_L1) == "TrainingRuntime"_L1;
            const QJsonObject there = api->stored(own ? kinds::trainingRuntimes() : kinds::clusterTrainingRuntimes(),
                own ? call.ns : QString(), ref.value("name"_L1).toString());
            return there.isEmpty() ? std::optional(Error::make(Error::Kind::Invalid, u"no runtime"_s)) : std::nullopt;
        };
    }

    void previewAsksAboutBoth()
    {
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY2(preview && !preview->refused,
            qPrintable(preview ? (preview->refused ? preview->refused->oneLine() : QString()) : preview.error().oneLine()));
        QCOMPARE(preview->needs.size(), 1);
        QCOMPARE(preview->needs.first().target, (ObjectRef{kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s, {}}));
        QCOMPARE(preview->create.target.kind, trainJobs());
        QStringList tried;
        for (const FakeObjectApi::Call &call : api->calls()) {
            QVERIFY(!call.writes());
            if (call.dryRun)
                tried.append(call.resource);
        }
        QCOMPARE(tried, (QStringList{u"trainingruntimes"_s, u"trainjobs"_s}));
        const auto restarts = std::ranges::find(preview->points, u"restarts"_s, &launch::Point::id);
        QVERIFY(restarts->state == launch::Point::State::Holds);
        QVERIFY(std::ranges::any_of(preview->effective.lines, [](const launch::EffectiveLine &line) {
            return line.text.contains("maxRestarts: 3"_L1) && line.from == launch::Origin::Runtime;
        }));

        // Two jobs, or a runtime of another name, are not one.
        for (const QByteArray &wrong : {QByteArray(text).replace("kind: TrainingRuntime", "kind: TrainJob"),
                 QByteArray(text).replace("  runtimeRef:\n    kind: TrainingRuntime\n    name: bert",
                     "  runtimeRef:\n    kind: TrainingRuntime\n    name: gpt")}) {
            QVERIFY(wrong != text);
            QVERIFY(previewLaunch(*api, wrong, u"nlp"_s, {}, {})->refused);
        }
    }

    void bothAreMadeAndOneOwnsTheOther()
    {
        const Result<QJsonObject> made = submitLaunch(*api, creates(), {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        const QJsonObject job = api->stored(trainJobs(), u"nlp"_s, u"bert"_s);
        QCOMPARE(*made, job);
        const QJsonArray owners = api->stored(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s)
                                      .value("metadata"_L1)
                                      .toObject()
                                      .value("ownerReferences"_L1)
                                      .toArray();
        QCOMPARE(owners.size(), 1);
        QCOMPARE(owners.first().toObject().value("uid"_L1), job.value("metadata"_L1).toObject().value("uid"_L1));
    }

    void withoutTheJobTheRuntimeGoes()
    {
        const QList<change::Change> all = creates();
        QCOMPARE(all.size(), 2);
        api->deny(u"create trainjobs"_s);
        QVERIFY(!submitLaunch(*api, all, {}, {}));
        QVERIFY(api->stored(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s).isEmpty());
        // One that is another's stays, and the job is not made.
        init();
        const QList<change::Change> again = creates();
        QJsonObject others = torch();
        others.insert(u"metadata"_s, QJsonObject{{u"name"_s, u"bert"_s}, {u"namespace"_s, u"nlp"_s}});
        api->put(kinds::trainingRuntimes(), others);
        QVERIFY(!submitLaunch(*api, again, {}, {}));
        QVERIFY(!api->stored(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s).isEmpty());
        QVERIFY(api->stored(trainJobs(), u"nlp"_s, u"bert"_s).isEmpty());
    }

    void whatAKilledLaunchLeftIsFound()
    {
        launchKilledAt(u"create"_s, u"trainjobs"_s, u"0123456789abcdef"_s);
        const QJsonValue uid = runtime().value("metadata"_L1)["uid"_L1];
        QVERIFY(uid.isString() && job().isEmpty());
        QVERIFY(submitLaunch(*api, creates(u"0123456789abcdef"_s), {}, {}));
        QVERIFY(jobOwnsRuntime());
        QCOMPARE(runtime().value("metadata"_L1)["uid"_L1], uid);
    }

    void andIsAsItIsWantedNow()
    {
        launchKilledAt(u"create"_s, u"trainjobs"_s, u"0123456789abcdef"_s);
        QCOMPARE(restarts(), QJsonValue(3));
        text.replace("maxRestarts: 3", "maxRestarts: 7");
        const QList<change::Change> all = creates(u"0123456789abcdef"_s);
        QCOMPARE(all.size(), 2);
        QCOMPARE(restarts(), QJsonValue(3)); // a preview changes nothing
        QCOMPARE(all.first().body.value("kind"_L1), QJsonValue(u"TrainingRuntime"_s));
        QVERIFY(submitLaunch(*api, all, {}, {}));
        QCOMPARE(restarts(), QJsonValue(7));
        QVERIFY(jobOwnsRuntime());
    }

    void anotherLaunchTakesItOver()
    {
        launchKilledAt(u"create"_s, u"trainjobs"_s, {});
        const QList<change::Change> all = creates();
        QCOMPARE(all.size(), 2);
        const Result<QJsonObject> made = submitLaunch(*api, all, {}, {});
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        QVERIFY(jobOwnsRuntime());
        // A launch of the other one's that goes on after all takes nothing from the job.
        api->erase(trainJobs(), u"nlp"_s, u"bert"_s);
        api->erase(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s);
        const QList<change::Change> slow = creates();
        const auto webhook = api->before;
        api->before = [&, webhook](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes() && call.verb == "create"_L1 && call.resource == "trainjobs"_L1)
                api->put(trainJobs(), all.last().body); // the other one's, before it owns the runtime
            return webhook(call);
        };
        QVERIFY(!submitLaunch(*api, slow, {}, {}));
        QVERIFY(!runtime().isEmpty());
    }

    void butOnlyWhatIsNobodys_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what : {"owned", "used", "otherwise", "not Cairn's"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void butOnlyWhatIsNobodys()
    {
        QFETCH(QString, what);
        launchKilledAt(u"create"_s, u"trainjobs"_s, {});
        QCOMPARE(creates().size(), 2);
        if (what == "used"_L1) {
            QJsonObject other = creates().last().body;
            other.insert(u"metadata"_s, QJsonObject{{u"name"_s, u"gpt"_s}, {u"namespace"_s, u"nlp"_s}});
            api->put(trainJobs(), other);
        }
        api->edit(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s, [&](QJsonObject &object) {
            QJsonObject metadata = object.value("metadata"_L1).toObject();
            QJsonObject spec = object.value("spec"_L1).toObject();
            if (what == "owned"_L1)
                metadata.insert(u"ownerReferences"_s, QJsonArray{QJsonObject{{u"uid"_s, u"1-2"_s}}});
            else if (what == "not Cairn's"_L1)
                metadata.remove(u"annotations"_s);
            else if (what == "otherwise"_L1)
                spec.insert(u"mlPolicy"_s, QJsonObject{{u"numNodes"_s, 9}});
            object.insert(u"metadata"_s, metadata);
            object.insert(u"spec"_s, spec);
            return true;
        });
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY(preview && preview->refused);
        QCOMPARE(preview->refused->reason, u"AlreadyExists"_s);
    }

    void aJobThatWasKilledBeforeItOwnedItsRuntimeOwnsItThen()
    {
        launchKilledAt(u"patch"_s, u"trainingruntimes"_s, u"0123456789abcdef"_s);
        QVERIFY(!job().isEmpty() && !runtime().isEmpty() && !jobOwnsRuntime());
        // Another launch sees a job of another one's, and leaves all as it is.
        const Result<LaunchPreview> another = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY(another && another->refused && another->made.isEmpty());
        QVERIFY(!jobOwnsRuntime());
        for (int i = 0; i < 2; ++i) {
            const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {.id = u"0123456789abcdef"_s}, {});
            QVERIFY(preview && preview->refused);
            QCOMPARE(preview->made, job().value("metadata"_L1)["uid"_L1].toString());
            QVERIFY(jobOwnsRuntime());
        }
    }

    /// cairnctl keeps no draft, so that its next launch has another id: it says what is left to do, writes nothing, and does it when
    /// it is told to.
    void anotherLaunchOfThatNameFinishesIt()
    {
        launchKilledAt(u"patch"_s, u"trainingruntimes"_s, {});
        QVERIFY(!job().isEmpty() && !jobOwnsRuntime());
        api->forgetCalls();
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY(preview && preview->refused && preview->made.isEmpty());
        QCOMPARE(preview->refused->reason, u"AlreadyExists"_s);
        QVERIFY(std::ranges::none_of(api->calls(), &FakeObjectApi::Call::writes));
        QVERIFY(!jobOwnsRuntime());
        QCOMPARE(preview->late.size(), 1);
        QVERIFY(finishLaunch(*api, preview->late, {}, {}));
        QVERIFY(jobOwnsRuntime());
        // Twice is once, and then nothing is left.
        QVERIFY(finishLaunch(*api, preview->late, {}, {}));
        const Result<LaunchPreview> again = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY(again && again->refused && again->late.isEmpty());
    }
    /// Of the same text its own launch is known, and it too writes nothing before it is told to.
    void norDoesOneOfTheSameTextWrite()
    {
        const QString id = launchIdOf(text, u"nlp"_s);
        launchKilledAt(u"patch"_s, u"trainingruntimes"_s, id);
        QVERIFY(!job().isEmpty() && !jobOwnsRuntime());
        api->forgetCalls();
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {.id = id, .mends = false}, {});
        QVERIFY(preview && !preview->made.isEmpty());
        QVERIFY(std::ranges::none_of(api->calls(), &FakeObjectApi::Call::writes));
        QCOMPARE(preview->late.size(), 1);
        QVERIFY(finishLaunch(*api, preview->late, {}, {}));
        QVERIFY(jobOwnsRuntime());
    }
    /// A runtime of somebody's, which the job refers to, is nobody's to give away.
    void butNotWhatIsSomebodys()
    {
        launchKilledAt(u"patch"_s, u"trainingruntimes"_s, {});
        QJsonObject other = runtime();
        QJsonObject metadata = other.value("metadata"_L1).toObject();
        QJsonObject annotations = metadata.value("annotations"_L1).toObject();
        annotations.insert(change::changeMark(), u"feedfeedfeedfeed"_s);
        metadata.insert(u"annotations"_s, annotations);
        other.insert(u"metadata"_s, metadata);
        api->put(kinds::trainingRuntimes(), other);
        const Result<LaunchPreview> preview = previewLaunch(*api, text, u"nlp"_s, {}, {});
        QVERIFY(preview && preview->late.isEmpty());
    }

    void whatAJobOfTheClusterBecomes()
    {
        QVERIFY(submitLaunch(*api, creates(), {}, {}));
        const Result<launch::Effective> is =
            readEffective(*api, {trainJobs(), u"nlp"_s, u"bert"_s, {}}, {});
        QVERIFY(is);
        QCOMPARE(is->object.value("kind"_L1).toString(), u"JobSet"_s);
        QVERIFY(!readEffective(*api, {trainJobs(), u"nlp"_s, u"none"_s, {}}, {}));
        // Gone meanwhile: a note, no error.
        api->erase(kinds::trainingRuntimes(), u"nlp"_s, u"bert"_s);
        QVERIFY(!readEffective(*api, {trainJobs(), u"nlp"_s, u"bert"_s, {}}, {})->notes.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestLaunchRuntime)
#include "tst_launchruntime.moc"
