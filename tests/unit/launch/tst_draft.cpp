// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Draft.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::launch;

namespace {

Spec twoNodes()
{
    Spec spec;
    spec.name = u"bert"_s;
    spec.ns = u"nlp"_s;
    spec.image = u"ghcr.example/nlp/bert:2.1"_s;
    spec.command = {u"python"_s, u"train.py"_s};
    spec.nodes = 2;
    return spec;
}

QByteArray writtenOut(const Spec &spec)
{
    const Result<QJsonObject> job = newJob(spec);
    return job ? textOf(*job) : QByteArray();
}

} // namespace

class TestDraft : public QObject {
    Q_OBJECT

private slots:
    void aTextIsReadIntoTheForm()
    {
        const Draft draft = draftOf(writtenOut(twoNodes()));
        QVERIFY2(draft.isJob(), qPrintable(draft.why));
        QCOMPARE(draft.spec.nodes, 2);
        QCOMPARE(draft.spec.image, u"ghcr.example/nlp/bert:2.1"_s);
        QVERIFY(!draft.sure);
        QVERIFY(draftOf(draft.text, Framework::Keras).sure);
    }

    void aWrittenTextKeepsItsOrder()
    {
        for (const JobKind kind : {JobKind::PyTorchJob, JobKind::TrainJob}) {
            Spec spec = twoNodes();
            spec.kind = kind;
            Spec after = spec;
            after.each.gpus = 8;
            after.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/checkpoints"_s, {}, false}};
            const Draft draft = draftOf(writtenOut(spec));
            const Result<Draft> made = edited(draft, draft.spec, after);
            QVERIFY2(made, made ? "" : qPrintable(made.error().oneLine()));
            QCOMPARE(made->text, textOf(made->job));
            QCOMPARE(made->spec.each.gpus, 8);
            QCOMPARE(made->spec.mounts.size(), 1);
        }
    }

    void aPersonsTextKeepsItsCommentsAndFields()
    {
        QByteArray text = writtenOut(twoNodes());
        text.replace("  namespace: nlp\n", "  namespace: nlp # ours\n  labels:\n    team: speech\n");
        const Draft draft = draftOf(text);
        Spec after = draft.spec;
        after.image = u"ghcr.example/nlp/bert:2.2"_s;
        const Result<Draft> made = edited(draft, draft.spec, after);
        QVERIFY(made);
        QByteArray expected = text;
        expected.replace("bert:2.1", "bert:2.2");
        QCOMPARE(made->text, expected);
    }

    /// A form that is a keystroke behind the text changes its own field alone.
    void whatTheTextSaidMeanwhileStays()
    {
        const Spec shown = twoNodes();
        Spec typed = shown;
        typed.name = u"bert-2"_s;
        QByteArray text = writtenOut(shown);
        text.replace("bert:2.1", "bert:3.0");
        const Result<Draft> made = edited(draftOf(text), shown, typed);
        QVERIFY(made);
        QCOMPARE(made->spec.name, u"bert-2"_s);
        QCOMPARE(made->spec.image, u"ghcr.example/nlp/bert:3.0"_s);
    }

    void whatIsTypedMeanwhileStays()
    {
        const Spec base = twoNodes();
        Spec mine = base;
        mine.name = u"bert-2"_s;
        Spec theirs = base;
        theirs.name = u"bert-1"_s;
        theirs.graceSeconds = 120;
        Spec both = theirs;
        both.name = mine.name;
        QCOMPARE(rebased(base, mine, theirs), both);
        QCOMPARE(rebased(base, base, theirs), theirs);
    }

    void anotherKindIsANewJob()
    {
        const Draft draft = draftOf(writtenOut(twoNodes()));
        Spec after = draft.spec;
        after.kind = JobKind::TrainJob;
        after.runtime = u"torch-distributed"_s;
        const Result<Draft> made = edited(draft, draft.spec, after);
        QVERIFY(made);
        QCOMPARE(made->spec.kind, JobKind::TrainJob);
        QCOMPARE(made->spec.nodes, 2);
        QCOMPARE(made->spec.image, draft.spec.image);
    }

    void whatIsNoJobIsSaid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("list") << QByteArray("- 1\n");
        QTest::newRow("pod") << QByteArray("apiVersion: v1\nkind: Pod\n");
        QTest::newRow("version") << QByteArray("apiVersion: kubeflow.org/v1beta2\nkind: PyTorchJob\n");
        QTest::newRow("two") << QByteArray("kind: A\n---\nkind: B\n");
    }
    void whatIsNoJobIsSaid()
    {
        QFETCH(QByteArray, text);
        const Draft draft = draftOf(text);
        QVERIFY(!draft.isJob());
        QVERIFY(!draft.why.isEmpty());
        QVERIFY(!edited(draft, {}, twoNodes()));
    }

    void aFaultIsAFault()
    {
        const Draft draft = draftOf("spec: [\n");
        QVERIFY(!draft.isJob());
        QVERIFY(!draft.faults.isEmpty());
    }

    void aCommandIsOneLineAndBack_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("none") << QStringList();
        QTest::newRow("plain") << QStringList{u"torchrun"_s, u"train.py"_s};
        QTest::newRow("blanks") << QStringList{u"bash"_s, u"-c"_s, u"echo \"a b\" && ls C:\\x"_s};
        QTest::newRow("empty word") << QStringList{u"a"_s, QString()};
        QTest::newRow("apostrophe") << QStringList{u"it's"_s};
    }
    void aCommandIsOneLineAndBack()
    {
        QFETCH(QStringList, words);
        QCOMPARE(commandWords(commandLine(words)), words);
    }
};

QTEST_GUILESS_MAIN(TestDraft)
#include "tst_draft.moc"
