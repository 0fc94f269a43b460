// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of job with every storage, checkpoint policy, size, placement and option, each two of them together at least
// once, as text in tests/fixtures/launch/golden. CAIRN_ACCEPT_GOLDENS=1 writes those files anew: read what git shows then.
#include "Pairwise.h"
#include "engine/LaunchFlows.h"
#include "launch/Draft.h"
#include "launch/Runtime.h"
#include "manifest/Document.h"
#include "manifest/Schema.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;
using namespace cairn::tests;

namespace {

const QString kFixtures = QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/");
const QString kGoldens = kFixtures + u"launch/golden/"_s;

struct Kind {
    QString word;
    JobKind kind;
    QString crd;      // below tests/fixtures
    QString runtimes; // of a TrainJob: its version's files begin so
};

const QList<Kind> &kindAxis()
{
    const auto v1 = [](const QString &plural) { return u"crds/training-operator-1.9.4-%1.json"_s.arg(plural); };
    const auto v2 = [](const QString &version) {
        return Kind{u"trainjob-"_s + version.left(3), JobKind::TrainJob, u"crds/trainer-%1-trainjobs.json"_s.arg(version),
            u"crds/trainer-"_s + version};
    };
    static const QList<Kind> all{{u"pytorchjob"_s, JobKind::PyTorchJob, v1(u"pytorchjobs"_s), {}},
        {u"tfjob"_s, JobKind::TFJob, v1(u"tfjobs"_s), {}}, {u"mpijob"_s, JobKind::MPIJob, v1(u"mpijobs"_s), {}},
        {u"mpijob-v2beta1"_s, JobKind::MPIJobV2, u"mpi/crd-v2beta1.json"_s, {}},
        {u"xgboostjob"_s, JobKind::XGBoostJob, v1(u"xgboostjobs"_s), {}},
        {u"paddlejob"_s, JobKind::PaddleJob, v1(u"paddlejobs"_s), {}},
        {u"jaxjob"_s, JobKind::JAXJob, v1(u"jaxjobs"_s), {}}, v2(u"2.0.1"_s), v2(u"2.1.0"_s), v2(u"2.2.1"_s),
        v2(u"2.3.0"_s)};
    return all;
}

// The first value of each is one that goes with all others.
const QList<QStringList> kAxes{{u"none"_s, u"rwx"_s, u"rwo"_s, u"bucket"_s},
    {u"nosave"_s, u"steps"_s, u"epochs"_s, u"minutes"_s, u"keep"_s}, {u"one"_s, u"four"_s, u"elastic"_s},
    {u"anywhere"_s, u"pool"_s, u"kueue"_s, u"volcano"_s},
    {u"plain"_s, u"gpus"_s, u"locked"_s, u"priority"_s, u"retries"_s}};
enum Axis { Of, Storage, Saves, Size, Place, Extra };

QString wordOf(int axis, int value)
{
    return axis == Of ? kindAxis().at(value).word : kAxes.at(axis - 1).at(value);
}

QList<int> sizes()
{
    QList<int> all{static_cast<int>(kindAxis().size())};
    for (const QStringList &axis : kAxes)
        all.append(static_cast<int>(axis.size()));
    return all;
}

/// What no cluster would run.
bool forbidden(int axis, int value, int otherAxis, int otherValue)
{
    const QString one = wordOf(axis, value), other = wordOf(otherAxis, otherValue);
    if (axis == Size && one == "elastic"_L1 && otherAxis == Of)
        return other != "pytorchjob"_L1; // no other has an elastic policy here
    if (axis == Storage && one == "rwo"_L1 && otherAxis == Size)
        return other != "one"_L1; // one node alone mounts it
    if (axis == Place && one == "volcano"_L1 && otherAxis == Of)
        return other == "trainjob-2.0"_L1; // its runtimes know no Volcano
    return axis == Storage && one == "none"_L1 && otherAxis == Saves && other != "nosave"_L1; // nowhere to save
}

QJsonObject fixture(const QString &name)
{
    QFile file(kFixtures + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.fileName() + u": "_s + file.errorString()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

manifest::Schema schema(const QString &name)
{
    const QJsonObject crd = fixture(name);
    const QJsonArray versions = crd.value("spec"_L1).toObject().value("versions"_L1).toArray();
    const Result<manifest::Schema> read =
        manifest::Schema::fromCrd(crd, versions.first().toObject().value("name"_L1).toString());
    if (!read)
        qFatal("%s", qPrintable(name + u": "_s + read.error().oneLine()));
    return *read;
}

QJsonObject stock(const Kind &kind)
{
    return kind.runtimes.isEmpty() ? QJsonObject() : fixture(kind.runtimes + u"-torch-distributed.json"_s);
}

TrainJobFields fieldsFor(const Kind &kind)
{
    if (kind.runtimes.isEmpty())
        return {};
    TrainJobFields fields = trainJobFields(schema(kind.crd), schema(kind.runtimes + u"-trainingruntimes.json"_s));
    fields.runtimes.insert(u"torch-distributed"_s, stock(kind));
    return fields;
}

Framework frameworkFor(JobKind kind, const QString &saves)
{
    if (kind == JobKind::TFJob)
        return Framework::TensorFlow;
    if (kind == JobKind::XGBoostJob)
        return Framework::XGBoost;
    if (kind == JobKind::JAXJob)
        return Framework::Orbax;
    return saves == "steps"_L1  ? Framework::HuggingFace
        : saves == "epochs"_L1  ? Framework::Lightning
        : saves == "minutes"_L1 ? Framework::Contract
                                : Framework::Torchtitan;
}

struct Sample {
    QString name;
    Kind kind;
    TrainJobFields fields;
    Framework framework;
    Spec spec;
    QStringList looks; // points that an expert would look at, and why is plain from the row
};

Sample sampleOf(const Row &row)
{
    const Kind &kind = kindAxis().at(row[Of]);
    const QString storage = wordOf(Storage, row[Storage]), saves = wordOf(Saves, row[Saves]);
    const QString size = wordOf(Size, row[Size]), place = wordOf(Place, row[Place]);
    const QString extra = wordOf(Extra, row[Extra]);
    const bool trainJob = facts(kind.kind).isTrainJob();

    Sample sample{QStringList{kind.word, storage, saves, size, place, extra}.join(u'-'), kind, fieldsFor(kind),
        frameworkFor(kind.kind, saves), {}, {}};
    Spec &spec = sample.spec;
    spec.kind = kind.kind;
    spec.name = u"bert"_s;
    spec.image = u"ghcr.example/nlp/bert@sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"_s;
    spec.command = {u"python"_s, u"train.py"_s};
    spec.args = {u"--lr=1e-4"_s, u"--note=two words: \"quoted\""_s};
    spec.variables = {{u"NCCL_DEBUG"_s, Variable::From::Value, u"INFO"_s, {}},
        {u"EPOCHS"_s, Variable::From::Value, u"010"_s, {}},
        {u"HF_TOKEN"_s, Variable::From::Secret, u"token"_s, u"hf"_s},
        {u"MIRROR"_s, Variable::From::ConfigMap, u"pip"_s, u"mirrors"_s}};
    spec.each = {u"8"_s, u"64Gi"_s, u"nvidia.com/gpu"_s, 0};
    spec.nodes = size == "one"_L1 ? 1 : 4;
    if (size == "elastic"_L1)
        spec.elastic = Elastic{2, 4, 12};

    QString folder;
    if (storage == "rwx"_L1 || storage == "rwo"_L1) {
        spec.mounts = {{u"data"_s, u"corpus"_s, u"/data"_s, u"en"_s, true},
            {u"checkpoints"_s, storage, u"/checkpoints"_s, {}, false}};
        folder = u"/checkpoints/bert"_s;
    } else if (storage == "bucket"_L1) {
        spec.variables.append({u"AWS_ACCESS_KEY_ID"_s, Variable::From::Secret, u"id"_s, u"bucket"_s});
        spec.variables.append({u"AWS_SECRET_ACCESS_KEY"_s, Variable::From::Secret, u"key"_s, u"bucket"_s});
        folder = u"s3://ckpt/nlp/bert"_s;
    }
    if (place == "pool"_L1) {
        spec.nodeSelector = {{u"cloud.example/pool"_s, u"a100"_s}};
        spec.tolerations = {{u"nvidia.com/gpu"_s, {}, u"NoSchedule"_s}, {u"team"_s, u"nlp"_s, {}}};
    } else if (place == "kueue"_L1) {
        spec.queue = u"nlp"_s;
    } else if (place == "volcano"_L1) {
        spec.volcanoQueue = u"nlp"_s;
        spec.together = trainJob ? 0 : spec.nodes;
    }
    if (extra == "gpus"_L1) {
        spec.each.gpus = 8;
        spec.deadlineSeconds = trainJob && !sample.fields.deadline ? std::nullopt : std::optional(86'400);
        if (trainJob || kind.kind == JobKind::PyTorchJob || facts(kind.kind).isMpi())
            spec.processes = 8;
    } else if (extra == "locked"_L1) {
        spec.pullSecrets = {u"ghcr"_s};
        spec.token = false;
    } else if (extra == "priority"_L1) {
        spec.priorityClass = u"training"_s;
        spec.serviceAccount = u"trainer"_s;
    } else if (extra == "retries"_L1) {
        spec.backoffLimit = 3;
        spec.token = false;
    }
    if (saves != "nosave"_L1 && !folder.isEmpty()) {
        Policy policy{.framework = sample.framework, .folder = folder};
        policy.everySteps = saves == "steps"_L1 || saves == "keep"_L1 ? 500 : 0;
        policy.everyEpochs = saves == "epochs"_L1 ? 1 : 0;
        policy.everySeconds = saves == "minutes"_L1 ? 1800 : 0;
        policy.keepLast = saves == "keep"_L1 ? 3 : 0;
        spec = withPolicy(spec, pass(policy, 2.0));
    }
    const app::LaunchDefaults defaults{.fields = sample.fields, .restricted = extra == "locked"_L1};
    spec.runtime = trainJob ? u"torch-distributed"_s : QString();
    spec = app::withDefaults(spec, defaults);

    if (saves == "nosave"_L1)
        sample.looks.append(u"shared"_s);
    if (extra != "locked"_L1)
        sample.looks.append(u"user"_s);
    if (trainJob && extra != "locked"_L1 && extra != "retries"_L1 && extra != "priority"_L1)
        sample.looks.append(u"token"_s);
    if (trainJob && extra != "retries"_L1)
        sample.looks.append(u"restarts"_s);
    sample.looks.sort();
    return sample;
}

const QList<Sample> &samples()
{
    static const QList<Sample> all = [] {
        QList<Sample> list;
        for (const Row &row : Pairwise(sizes(), forbidden).rows())
            list.append(sampleOf(row));
        return list;
    }();
    return all;
}

Around around(const Sample &sample, const Objects &objects)
{
    return {.claims = {{u"rwx"_s, {u"ReadWriteMany"_s}}, {u"rwo"_s, {u"ReadWriteOnce"_s}},
                {u"corpus"_s, {u"ReadOnlyMany"_s}}},
        .step = Measured{5, 40},
        .save = Measured{20, 40},
        .runtime = objects.runtime.isEmpty() ? stock(sample.kind) : objects.runtime,
        .restores = true};
}

} // namespace

class TestGoldens : public QObject {
    Q_OBJECT
private slots:
    void everyTwoMeet()
    {
        Pairwise table(sizes(), forbidden);
        auto open = table.open();
        for (const Row &row : table.rows()) {
            for (const Pairwise::Pair &pair : Pairwise::pairsOf(row)) {
                const auto [a, i, b, j] = pair;
                QVERIFY2(!forbidden(a, i, b, j) && !forbidden(b, j, a, i),
                    qPrintable(wordOf(a, i) + u" with "_s + wordOf(b, j)));
                open.erase(pair);
            }
        }
        QVERIFY(open.empty());
        qInfo("%lld jobs", static_cast<long long>(samples().size()));
    }

    void golden_data()
    {
        QTest::addColumn<int>("index");
        for (qsizetype i = 0; i < samples().size(); ++i)
            QTest::newRow(qPrintable(samples().at(i).name)) << int(i);
    }
    void golden()
    {
        QFETCH(int, index);
        const Sample &sample = samples().at(index);
        QCOMPARE(placeless(sample.spec, sample.fields), QStringList());
        const Result<Objects> made = newObjects(sample.spec, sample.fields);
        QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
        QCOMPARE(made->runtime.isEmpty(), needsRuntime(sample.spec, sample.fields).isEmpty());
        const QByteArray text = textOf(*made);
        QFile file(kGoldens + sample.name + u".yaml"_s);
        if (qEnvironmentVariableIsSet("CAIRN_ACCEPT_GOLDENS")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("# SPDX-License-Identifier: GPL-3.0-or-later\n" + text);
            file.close();
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        QCOMPARE(QString::fromUtf8("# SPDX-License-Identifier: GPL-3.0-or-later\n" + text),
            QString::fromUtf8(file.readAll()));
    }

    void noOther()
    {
        QStringList names;
        for (const Sample &sample : samples())
            names.append(sample.name + u".yaml"_s);
        names.sort();
        QCOMPARE(QDir(kGoldens).entryList({u"*.yaml"_s}, QDir::Files, QDir::Name), names);
    }

    void schema_data() { golden_data(); }
    void schema()
    {
        QFETCH(int, index);
        const Sample &sample = samples().at(index);
        const manifest::Document document =
            manifest::Document::read(textOf(*newObjects(sample.spec, sample.fields)));
        QList<manifest::Finding> findings = manifest::validate(document, ::schema(sample.kind.crd));
        if (document.count() > 1)
            findings += manifest::validate(document, ::schema(sample.kind.runtimes + u"-trainingruntimes.json"_s), 1);
        QStringList told;
        for (const manifest::Finding &finding : std::as_const(findings))
            told.append(finding.path.text() + u": "_s + finding.message);
        QCOMPARE(told, QStringList());
    }

    /// Text, form and text again: nothing is lost, whatever a person changes and takes back.
    void roundTrip_data() { golden_data(); }
    void roundTrip()
    {
        QFETCH(int, index);
        const Sample &sample = samples().at(index);
        const QByteArray text = textOf(*newObjects(sample.spec, sample.fields));
        const Draft draft = draftOf(text);
        QVERIFY2(draft.isJob(), qPrintable(draft.why));
        QCOMPARE(QString::fromUtf8(textOf(*newObjects(draft.spec, sample.fields))), QString::fromUtf8(text));
        QVERIFY(draft.spec == sample.spec);
        QCOMPARE(draft.policy, policyOf(sample.spec, draft.framework));

        // As a person keeps it, with a comment of theirs: one field there and back leaves every byte.
        const QByteArray kept = "# ours\n" + text;
        const Draft commented = draftOf(kept);
        Spec other = commented.spec;
        other.name = u"gpt"_s;
        other.image = u"another:1"_s;
        other.each.cpu = u"16"_s;
        other.nodeSelector.insert(u"zone"_s, u"a"_s);
        const Result<Draft> there = edited(commented, commented.spec, other, sample.fields);
        QVERIFY2(there, there ? "" : qPrintable(there.error().oneLine()));
        QVERIFY2(there->spec == other, there->text.constData());
        QVERIFY(there->text.startsWith("# ours\n"));
        const Result<Draft> back = edited(*there, other, commented.spec, sample.fields);
        QVERIFY(back);
        QVERIFY2(back->spec == commented.spec, back->text.constData());
        QCOMPARE(back->job, commented.job);
        QCOMPARE(back->runtime, commented.runtime);
    }

    void expert_data() { golden_data(); }
    void expert()
    {
        QFETCH(int, index);
        const Sample &sample = samples().at(index);
        const Objects made = *newObjects(sample.spec, sample.fields);
        const QList<Point> points = expertPoints(made.job, sample.framework, around(sample, made));
        QCOMPARE(points.size(), 15);
        QStringList looks;
        for (const Point &point : points) {
            if (point.state != Point::State::Holds)
                looks.append(point.id);
        }
        looks.sort();
        QCOMPARE(looks, sample.looks);
    }
};

QTEST_GUILESS_MAIN(TestGoldens)
#include "tst_goldens.moc"
