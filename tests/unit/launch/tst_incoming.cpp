// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Draft.h"
#include "launch/Incoming.h"
#include "launch/Runtime.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

const QByteArray job = "apiVersion: kubeflow.org/v1 # ours\nkind: PyTorchJob\nmetadata:\n  name: bert\nspec: {}\n";
const QByteArray service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: bert-ui\n";

} // namespace

class TestIncoming : public QObject {
    Q_OBJECT

private slots:
    void theOnlyJobIsMeantAndTheOthersAreNamed()
    {
        const Result<Incoming> read = readIncoming("# all of it\n---\n" + service + "---\n" + job + "---\n# nothing\n");
        QVERIFY(read);
        QCOMPARE(read->objects.size(), 2);
        QCOMPARE(read->meant(), 1);
        QCOMPARE(read->others(1), QStringList{u"Service bert-ui"_s});
        QCOMPARE(read->objects.at(1).text, job); // with its comment
        QCOMPARE(read->objects.at(1).line, 8);
        QVERIFY(!read->objects.at(0).isKnown);
    }
    void ofSeveralJobsOneHasToBeChosen()
    {
        const Result<Incoming> read = readIncoming(job + "---\n" + service + "---\n" + QByteArray(job).replace("bert", "vit"));
        QCOMPARE(read->meant(), -1);
        QCOMPARE(read->objects.size(), 3);
        QCOMPARE(draftOf(read->objects.at(2).text).spec.name, u"vit"_s);
        QVERIFY(!draftOf(read->text).isJob());
        QVERIFY(!draftOf(read->text).fix.isEmpty());
    }
    void aListIsTakenApart()
    {
        const Result<Incoming> read = readIncoming("apiVersion: v1\nkind: List\nitems:\n- apiVersion: kubeflow.org/v1\n  kind: TFJob\n  metadata: {name: a}\n"
                                                   "  spec: {}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n");
        QCOMPARE(read->objects.size(), 2);
        QCOMPARE(read->meant(), 0);
        QCOMPARE(read->objects.at(1).line, 8);
        QVERIFY(draftOf(read->objects.at(0).text).isJob());
    }
    void whatAServerWroteIsTakenOut()
    {
        const QByteArray served = "# seen\napiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata:\n  name: bert # ours\n  uid: 1-2\n  resourceVersion: \"5\"\n"
                                  "spec:\n  nprocPerNode: \"1\"\nstatus:\n  conditions: []\n";
        const QByteArray text = withoutServersOwn(served);
        QVERIFY(text.contains("# seen") && text.contains("# ours") && text.contains("nprocPerNode"));
        QVERIFY(!text.contains("uid") && !text.contains("status"));
        QCOMPARE(withoutServersOwn(job), job);
    }

    /// What Cairn writes, it reads.
    void aJobTakesItsRuntimeWithIt()
    {
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/crds/trainer-2.3.0-torch-distributed.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        TrainJobFields fields;
        fields.runtimes.insert(u"torch-distributed"_s, QJsonDocument::fromJson(file.readAll()).object());
        Spec spec;
        spec.kind = JobKind::TrainJob;
        spec.name = u"bert"_s;
        spec.image = u"bert:1"_s;
        spec.backoffLimit = 3;
        spec.runtime = u"torch-distributed"_s;
        const Result<Objects> objects = newObjects(spec, fields);
        QVERIFY(objects && !objects->runtime.isEmpty());
        const QByteArray both = textOf(*objects), train = textOf(objects->job), runtime = textOf(objects->runtime);
        const QByteArray comment = "# ours\n";
        for (const QByteArray &text :
            {both, service + "---\n" + both, comment + "---\n" + runtime + "---\n" + train + "---\n" + service, runtime + "---\n" + train.chopped(1)}) {
            const Result<Incoming> read = readIncoming(text);
            QVERIFY(read && read->meant() >= 0);
            QCOMPARE(read->others(read->meant()), text.contains("Service") ? QStringList{u"Service bert-ui"_s} : QStringList());
            const QByteArray meant = read->objects.at(read->meant()).text;
            if (!text.startsWith(comment))
                QCOMPARE(meant, both);
            QCOMPARE(withoutServersOwn(meant), meant);
            const Draft draft = draftOf(meant);
            QVERIFY2(draft.isJob(), qPrintable(draft.why));
            QCOMPARE(draft.runtime, objects->runtime);
            QCOMPARE(draft.spec.backoffLimit, std::optional(3));
        }
        // As a server gives both.
        QByteArray served = both;
        served.replace("\nmetadata:\n  ", "\nmetadata:\n  uid: 1-2\n  ");
        QCOMPARE(served.count("uid: 1-2"), 2);
        QVERIFY(!withoutServersOwn(served).contains("uid"));
        // Of another name, of another place, or of two jobs: nobody's.
        for (const QByteArray &text : {train + "---\n" + QByteArray(runtime).replace("name: bert\n", "name: gpt\n"),
                 train + "---\n" + QByteArray(runtime).replace("  name: bert\n", "  name: bert\n  namespace: other\n"), both + "---\n" + runtime}) {
            const Result<Incoming> read = readIncoming(text);
            QCOMPARE(read->meant(), 0);
            QCOMPARE(read->objects.at(0).text, train);
            QVERIFY(!read->others(0).isEmpty());
        }
        const QByteArray second = QByteArray(train).replace("metadata:\n  name: bert\n", "metadata:\n  name: gpt\n");
        QVERIFY(second != train);
        const Result<Incoming> read = readIncoming(both + "---\n" + second);
        QCOMPARE(read->meant(), -1);
        QCOMPARE(read->objects.at(2).runtime, -1);
        QCOMPARE(read->objects.at(0).runtime, -1);
    }

    void otherKindsAndVersionsAreSaidWithTheFix_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("known");
        QTest::addColumn<QString>("why");
        QTest::addColumn<QString>("fix");
        QTest::newRow("older") << QByteArray("apiVersion: kubeflow.org/v1beta1\nkind: TFJob\nspec:\n  cleanPodPolicy: All\n") << true << u"kubeflow.org/v1beta1"_s
                               << u"Write apiVersion: kubeflow.org/v1. Then move spec.cleanPodPolicy to spec.runPolicy"_s;
        QTest::newRow("older mpi") << QByteArray("apiVersion: kubeflow.org/v1alpha1\nkind: MPIJob\n") << true << u"kubeflow.org/v1alpha1"_s << u"kubeflow.org/v1"_s;
        QTest::newRow("none") << QByteArray("kind: TrainJob\n") << true << u"does not say its apiVersion"_s << u"trainer.kubeflow.org/v1alpha1"_s;
        QTest::newRow("kind") << service << false << u"Service is no kind of training job"_s << u"PyTorchJob"_s;
        QTest::newRow("no kind") << QByteArray("a: 1\n") << false << u"does not say its kind"_s << u"PyTorchJob"_s;
        QTest::newRow("no map") << QByteArray("- 1\n") << false << u"no object"_s << u"apiVersion"_s;
    }
    void otherKindsAndVersionsAreSaidWithTheFix()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, known);
        const Result<Incoming> read = readIncoming(text);
        QVERIFY(read);
        const Incoming::Object &object = read->objects.value(0);
        QVERIFY(!object.isJob);
        QCOMPARE(object.isKnown, known);
        QFETCH(QString, why);
        QFETCH(QString, fix);
        QVERIFY2(object.why.contains(why), qPrintable(object.why));
        QVERIFY2(object.fix.contains(fix), qPrintable(object.fix));
        QCOMPARE(draftOf(text).why, object.why);
    }

    void whatIsNoTextIsRefusedWithItsPlace_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("place");
        QTest::newRow("nul") << QByteArray("kind: a\nb: \0\n", 13) << u"2:4"_s;
        QTest::newRow("elf") << QByteArray("\x7f" "ELF\x02\x01\x01\0\0\0", 10) << u"1:8"_s;
        QTest::newRow("latin1") << QByteArray("kind: a\nname: M\xfcller\n") << u"2:8"_s;
        QTest::newRow("gzip") << QByteArray("\x1f\x8b\x08\0\0", 5) << QString();
        QTest::newRow("half utf-16") << QByteArray("\xff\xfe" "a\0\x00\xd8x\0", 8) << QString();
        QTest::newRow("huge") << QByteArray(mostTextBytes + 1, ' ') << QString();
    }
    void whatIsNoTextIsRefusedWithItsPlace()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, place);
        const Result<Incoming> read = readIncoming(bytes);
        QVERIFY(!read);
        QVERIFY(!read.error().why.isEmpty() && !read.error().fix.isEmpty());
        if (!place.isEmpty())
            QCOMPARE(read.error().causes.value(0).field, place);
    }
    void aBillionLaughsAreRefused()
    {
        QByteArray text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
        for (char c = 'b'; c <= 'i'; ++c)
            text += QByteArray(1, c) + ": &" + c + " [" + QByteArray("*x,").replace('x', char(c - 1)).repeated(9) + "*" + char(c - 1) + "]\n";
        const Result<Incoming> read = readIncoming(text);
        QVERIFY(!read);
        QVERIFY(!read.error().causes.isEmpty());
    }
    /// They can be mended where they are.
    void faultsStayInTheText()
    {
        for (const QByteArray &text : {QByteArray("kind: TFJob\nspec:\n\ta: 1\n"), QByteArray("spec: [\n"), QByteArray("a: 1\na: 2\n")}) {
            const Result<Incoming> read = readIncoming(text);
            QVERIFY(read);
            QVERIFY(read->objects.isEmpty());
            const Draft draft = draftOf(read->text);
            QVERIFY(!draft.faults.isEmpty());
            QVERIFY(draft.faults.first().place.line > 0);
        }
        QCOMPARE(draftOf(readIncoming("kind: TFJob\nspec:\n\ta: 1\n")->text).faults.first().place.line, 3);
    }
    void endsOfLinesAndByteOrderMarks()
    {
        QByteArray dos = job;
        dos.replace("\n", "\r\n");
        for (const QByteArray &text : {dos, "\xEF\xBB\xBF" + dos, QByteArray(job).replace('\n', '\r'), "\xEF\xBB\xBF" + job}) {
            const Result<Incoming> read = readIncoming(text);
            QVERIFY(read);
            QCOMPARE(read->text, job);
            QVERIFY(read->objects.value(0).isJob);
        }
        const QString words = QString::fromUtf8(job);
        QByteArray wide("\xff\xfe");
        wide.append(reinterpret_cast<const char *>(words.utf16()), words.size() * 2);
        const Result<Incoming> read = readIncoming(wide);
        QVERIFY2(read, qPrintable(read ? QString() : read.error().oneLine()));
        QCOMPARE(read->text, job);
    }
    void nothing()
    {
        for (const QByteArray &text : {QByteArray(), QByteArray("# only words\n"), QByteArray("---\n---\n")}) {
            const Result<Incoming> read = readIncoming(text);
            QVERIFY(read);
            QCOMPARE(read->meant(), -1);
            QVERIFY(read->objects.isEmpty());
        }
    }

    void anotherKindLosesWhatNoFormShows()
    {
        Spec spec;
        spec.name = u"bert"_s;
        spec.image = u"a:1"_s;
        QByteArray text = textOf(*newJob(spec));
        const Draft plain = draftOf(text);
        Spec after = plain.spec;
        after.kind = JobKind::TFJob;
        QVERIFY(lostByKind(plain, after).isEmpty());
        QVERIFY(!hasOwnWriting(plain));
        text.replace("metadata:\n", "metadata: # ours\n  labels:\n    team: speech\n");
        text.replace("        spec:\n          containers:\n", "        spec:\n          hostNetwork: true\n          containers:\n");
        const Draft draft = draftOf(text);
        QVERIFY(draft.isJob() && hasOwnWriting(draft));
        QCOMPARE(lostByKind(draft, after),
            (QStringList{u"metadata.labels"_s, u"spec.pytorchReplicaSpecs.Master.template.spec.hostNetwork"_s}));
        after.kind = JobKind::TrainJob;
        after.restartPolicy = u"OnFailure"_s;
        QVERIFY(lostByKind(draft, after).contains(u"restartPolicy"_s));
    }
};

QTEST_APPLESS_MAIN(TestIncoming)
#include "tst_incoming.moc"
