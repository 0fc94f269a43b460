// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Draft.h"
#include "launch/Incoming.h"
#include "launch/Review.h"
#include "launch/Rules.h"
#include "launch/Template.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

const QByteArray job = "# ours\n"
                       "apiVersion: kubeflow.org/v1\n"
                       "kind: PyTorchJob\n"
                       "metadata:\n"
                       "  name: demo # of the team\n"
                       "spec:\n"
                       "  pytorchReplicaSpecs:\n"
                       "    Worker:\n"
                       "      replicas: 2\n"
                       "      template:\n"
                       "        spec:\n"
                       "          containers:\n"
                       "          - name: pytorch\n"
                       "            image: a:1\n"
                       "            args: [--steps=5, --fast]\n"
                       "            env:\n"
                       "            - name: STEPS\n"
                       "              value: \"5\"\n";

QByteArray form(const QByteArray &parameter)
{
    return "title: Ours\nparameters:\n- " + QByteArray(parameter).replace('\n', "\n  ") + '\n';
}

const QByteArray worker = "spec.pytorchReplicaSpecs.Worker";
const QByteArray container = worker + ".template.spec.containers[name=pytorch]";

void write(const QString &path, const QByteArray &bytes)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

const Template *named(const QList<Template> &all, const QString &id)
{
    const auto at = std::ranges::find(all, id, &Template::id);
    return at == all.end() ? nullptr : &*at;
}

/// What a careful user says: all that has to be said, and no more.
TemplateValues least(const Template &one)
{
    TemplateValues values{{u"name"_s, u"bert-2"_s}};
    for (const TemplateParameter &parameter : one.parameters) {
        if (parameter.required && parameter.preset.isEmpty())
            values.insert(parameter.name, u"ghcr.example/train@sha256:%1"_s.arg(QString(64, u'a')));
    }
    return values;
}

} // namespace

class TestTemplate : public QObject {
    Q_OBJECT

private slots:
    void builtIn_data()
    {
        QTest::addColumn<QString>("id");
        for (const Template &one : builtInTemplates())
            QTest::newRow(qPrintable(one.id)) << one.id;
    }
    /// Nothing fails, and what is to be looked at is what the kind leaves open.
    void builtIn()
    {
        QFETCH(QString, id);
        const QList<Template> all = builtInTemplates();
        const Template &one = *named(all, id);
        QVERIFY2(!one.broken, qPrintable(one.broken ? one.broken->oneLine() : QString()));
        QVERIFY(one.builtIn && !one.text.isEmpty() && one.title != one.id);
        const Result<QByteArray> text = filled(one, least(one));
        QVERIFY2(text, qPrintable(text ? QString() : text.error().oneLine()));
        const Draft draft = draftOf(*text);
        QVERIFY2(draft.isJob(), qPrintable(draft.why));
        QCOMPARE(draft.spec.name, u"bert-2"_s);
        QCOMPARE(draft.policy.folder, u"/checkpoints/bert-2"_s);
        QVERIFY(draft.spec.image.contains("@sha256:"_L1));
        for (const manifest::Finding &finding : findingsOf(manifest::Document::read(draft.text), nullptr))
            QFAIL(qPrintable(finding.path.text() + u": "_s + finding.message));
        Around around;
        around.claims.insert(u"checkpoints"_s, {u"ReadWriteMany"_s});
        QStringList open;
        for (const QList<Point> &points : {expertPoints(draft.job, draft.framework, around), safetyNet(draft.job, draft.framework, around)}) {
            for (const Point &point : points) {
                QVERIFY2(point.state != Point::State::Fails, qPrintable(point.id + u": "_s + point.text));
                if (point.state == Point::State::Look && !open.contains(point.id))
                    open.append(point.id);
            }
        }
        open.sort();
        // Whether the script restores nobody can see from here; sshd of MPI's images wants its own user.
        QStringList allowed;
        if (draft.framework == Framework::Contract || needsSnippet(draft.framework))
            allowed.append(u"restore"_s);
        if (facts(draft.spec.kind).isMpi())
            allowed.append(u"user"_s);
        QCOMPARE(open, allowed);
        // What was said besides stays, comments too.
        QCOMPARE(text->count('#'), one.yaml.count('#'));
    }
    void thereAreTheCommonOnes()
    {
        QStringList kinds;
        for (const Template &one : builtInTemplates())
            kinds.append(one.kind);
        kinds.sort();
        QCOMPARE(kinds, (QStringList{u"MPIJob"_s, u"PyTorchJob"_s, u"PyTorchJob"_s, u"PyTorchJob"_s, u"TFJob"_s, u"TrainJob"_s, u"XGBoostJob"_s}));
    }

    void valuesGoToTheirPlaces()
    {
        const Template one = readTemplate(u"ours"_s, job,
            form("name: workers\ntype: number\nleast: 1\npaths: [" + worker + ".replicas]")
                + "- name: steps\n  type: number\n  paths:\n  - {path: '" + container + ".args[0]', as: '--steps={}'}\n  - '" + container
                + ".env[name=STEPS].value'\n");
        QVERIFY2(!one.broken, qPrintable(one.broken ? one.broken->oneLine() : QString()));
        QCOMPARE(one.title, u"Ours"_s);
        // The name, which every template has, and two of its own.
        QCOMPARE(one.parameters.size(), 3);
        QCOMPARE(one.parameters.at(0).preset, u"demo"_s);
        QCOMPARE(one.parameters.at(2).preset, u"5"_s); // out of "--steps=5"
        const Result<QByteArray> text = filled(one, {{u"name"_s, u"other"_s}, {u"workers"_s, u"4"_s}, {u"steps"_s, u"70"_s}});
        QVERIFY(text);
        QByteArray expected = job;
        expected.replace("name: demo", "name: other").replace("replicas: 2", "replicas: 4").replace("--steps=5", "--steps=70").replace("\"5\"", "\"70\"");
        QCOMPARE(*text, expected); // a number, a part of a text, and a number in quotes
        QCOMPARE(*filled(one, {}), job);
    }

    void everythingWrongIsSaidAtOnce()
    {
        const Template one = readTemplate(u"ours"_s, job,
            form("name: workers\ntype: number\nleast: 1\nmost: 8\npaths: [" + worker + ".replicas]")
                + "- {name: image, type: text, required: true, default: '', paths: ['" + container + ".image']}\n"
                + "- {name: size, type: quantity, default: 8, paths: ['" + container + ".args[1]']}\n");
        QVERIFY2(!one.broken, qPrintable(one.broken ? one.broken->oneLine() : QString()));
        const Result<QByteArray> text = filled(one, {{u"workers"_s, u"9"_s}, {u"size"_s, u"many"_s}, {u"wokers"_s, u"1"_s}});
        QVERIFY(!text);
        QStringList fields;
        for (const FieldCause &cause : text.error().causes)
            fields.append(cause.field);
        QCOMPARE(fields, (QStringList{u"wokers"_s, u"workers"_s, u"image"_s, u"size"_s}));
        QVERIFY(text.error().causes.first().message.contains(u"workers"_s)); // the nearest
    }

    void whatIsWrongWithAForm_data()
    {
        QTest::addColumn<QByteArray>("form");
        QTest::addColumn<QString>("says");
        QTest::addColumn<QString>("place");
        QTest::newRow("type") << form("name: a\ntype: nubmer\npaths: [metadata.name]") << u"nubmer is no type"_s << u"4:9"_s;
        QTest::newRow("field") << form("name: a\nhlep: x\npaths: [metadata.name]") << u"no field hlep"_s << u"4:9"_s;
        QTest::newRow("no path") << form("name: a") << u"where it stands"_s << QString();
        QTest::newRow("path") << form("name: a\npaths: [metadata.nmae]") << u"nothing at metadata.nmae"_s << QString();
        QTest::newRow("bad path") << form("name: a\npaths: ['metadata[']") << u"no path"_s << QString();
        QTest::newRow("map") << form("name: a\npaths: [metadata]") << u"a list or a map"_s << QString();
        QTest::newRow("choice") << form("name: a\ntype: choice\npaths: [metadata.name]") << u"choice of nothing"_s << QString();
        QTest::newRow("as") << form("name: a\npaths: [{path: metadata.name, as: x}]") << u"needs {} once"_s << QString();
        QTest::newRow("as otherwise") << form("name: a\npaths: [{path: metadata.name, as: 'x-{}'}]") << u"not as “as” says"_s << QString();
        QTest::newRow("twice") << form("name: a\npaths: [metadata.name]") + "- {name: a, paths: [metadata.name]}\n" << u"two parameters"_s << QString();
        QTest::newRow("no map") << QByteArray("- 1\n") << u"no map"_s << QString();
        QTest::newRow("syntax") << QByteArray("title: [\n") << QString() << QString();
        QTest::newRow("laughs") << QByteArray("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                                              "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
                                              "g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n")
                                << QString() << QString();
    }
    void whatIsWrongWithAForm()
    {
        QFETCH(QByteArray, form);
        QFETCH(QString, says);
        QFETCH(QString, place);
        const Template one = readTemplate(u"ours"_s, job, form);
        QVERIFY(one.broken);
        QVERIFY2(one.broken->oneLine().contains(says, Qt::CaseInsensitive), qPrintable(one.broken->oneLine()));
        if (!place.isEmpty())
            QCOMPARE(one.broken->causes.value(0).field, place);
        QVERIFY(!filled(one, {}));
    }

    void aFolderIsReadWithAllThatIsWrongInIt()
    {
        QTemporaryDir dir;
        const QString root = dir.filePath(u"templates"_s);
        write(root + u"/good.yaml"_s, job);
        write(root + u"/good.form.yaml"_s, form("name: workers\ntype: number\npaths: [" + worker + ".replicas]"));
        write(root + u"/team/plain.yml"_s, job);
        write(root + u"/broken.yaml"_s, "kind: [\n");
        write(root + u"/service.yaml"_s, "apiVersion: v1\nkind: Service\n");
        write(root + u"/huge.yaml"_s, QByteArray(1024 * 1024 + 1, '#'));
        write(root + u"/.git/config.yaml"_s, "a: 1\n");
        write(root + u"/README.md"_s, "no template\n");
        write(dir.filePath(u"secret.yaml"_s), job);
        QVERIFY(QFile::link(dir.filePath(u"secret.yaml"_s), root + u"/out.yaml"_s));
        QVERIFY(QFile::link(root + u"/good.yaml"_s, root + u"/within.yaml"_s));
        QVERIFY(QFile::link(u"/nowhere/at/all"_s, root + u"/dangling.yaml"_s));
        QVERIFY(QDir(dir.path()).mkdir(u"outside"_s));
        write(dir.filePath(u"outside/stolen.yaml"_s), job);
        QVERIFY(QFile::link(dir.filePath(u"outside"_s), root + u"/linked"_s));
        QVERIFY(QFile::link(root, root + u"/loop"_s));
        QCOMPARE(mkfifo(QFile::encodeName(root + u"/pipe.yaml"_s).constData(), 0600), 0); // reading it would wait for ever
        write(root + u"/a/b/c/d/deep.yaml"_s, job);

        const TemplateFolder read = readTemplates(root);
        QVERIFY(!read.error);
        QStringList good, bad;
        for (const Template &one : read.templates)
            (one.broken ? bad : good).append(one.id);
        QCOMPARE(good, (QStringList{u"good"_s, u"team/plain"_s, u"within"_s}));
        QCOMPARE(bad, (QStringList{u"broken"_s, u"dangling"_s, u"huge"_s, u"out"_s, u"pipe"_s, u"service"_s}));
        QVERIFY(named(read.templates, u"out"_s)->broken->why.contains(u"out of the folder"_s));
        QVERIFY(named(read.templates, u"out"_s)->yaml.isEmpty());
        QVERIFY(named(read.templates, u"service"_s)->broken->why.contains(u"Service"_s));
        QVERIFY(!named(read.templates, u"broken"_s)->broken->causes.isEmpty());
        QCOMPARE(named(read.templates, u"good"_s)->parameters.size(), 2);
        QCOMPARE(named(read.templates, u"team/plain"_s)->parameters.size(), 1);
        const QString notes = read.notes.join(u' ');
        QVERIFY2(notes.contains(u"linked"_s) && notes.contains(u"loop"_s) && notes.contains(u"a/b/c/d"_s), qPrintable(notes));
    }
    void aFolderThatIsNone()
    {
        QTemporaryDir dir;
        QVERIFY(!readTemplates(dir.filePath(u"later"_s)).error);
        write(dir.filePath(u"file"_s), "x");
        QVERIFY(readTemplates(dir.filePath(u"file"_s)).error);
    }

    void aJobBecomesATemplate()
    {
        QByteArray text = job;
        text.replace("  name: demo # of the team\n",
            "  name: demo # of the team\n  namespace: nlp\n  annotations:\n    cairn.console/cloned-from: other\n    team: speech\n");
        text.replace("            - name: STEPS\n", "            - name: HF_TOKEN\n              value: hf_abcdef\n            - name: DIR\n              value: /ckpt/demo\n            - name: STEPS\n");
        const Result<MadeTemplate> made = templateOf(text, u"Speech"_s);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().oneLine()));
        QCOMPARE(made->blanked, QStringList{u"HF_TOKEN"_s});
        QVERIFY(!made->yaml.contains("hf_abcdef") && !made->form.contains("hf_abcdef"));
        QVERIFY(!made->yaml.contains("namespace") && !made->yaml.contains("cairn.console"));
        QVERIFY(made->yaml.contains("# ours") && made->yaml.contains("team: speech"));
        const Template again = readTemplate(u"speech"_s, made->yaml, made->form);
        QVERIFY2(!again.broken, qPrintable(again.broken ? again.broken->oneLine() : QString()));
        QCOMPARE(again.title, u"Speech"_s);
        const Result<QByteArray> filledIn = filled(again, {{u"name"_s, u"two"_s}, {u"image"_s, u"b:2"_s}, {u"workers"_s, u"7"_s}});
        QVERIFY2(filledIn, qPrintable(filledIn ? QString() : filledIn.error().oneLine()));
        QVERIFY(filledIn->contains("value: /ckpt/two") && filledIn->contains("image: b:2") && filledIn->contains("replicas: 7"));
        QVERIFY(!templateOf("kind: Service\n", {}));
    }
    void everyBuiltInCanBecomeOneAgain()
    {
        for (const Template &one : builtInTemplates()) {
            const Result<MadeTemplate> made = templateOf(*filled(one, least(one)), one.title);
            QVERIFY2(made, qPrintable(one.id));
            const Template again = readTemplate(one.id, made->yaml, made->form);
            QVERIFY2(!again.broken, qPrintable(one.id + (again.broken ? again.broken->oneLine() : QString())));
            const Result<QByteArray> text = filled(again, {{u"name"_s, u"again"_s}});
            QVERIFY(text && draftOf(*text).policy.folder == u"/checkpoints/again"_s);
        }
    }
    void namesOfTemplates()
    {
        for (const QString &good : {u"ddp"_s, u"team/ddp.v2"_s, u"A_1"_s})
            QVERIFY2(whyNoTemplateName(good).isEmpty(), qPrintable(good));
        for (const QString &bad : {QString(), u"../x"_s, u"/x"_s, u".x"_s, u"a/.git/x"_s, u"a//b"_s, u"a b"_s, u"x.form"_s, u"a/b/c/d/e"_s})
            QVERIFY2(!whyNoTemplateName(bad).isEmpty(), qPrintable(bad));
    }
};

QTEST_APPLESS_MAIN(TestTemplate)
#include "tst_template.moc"
