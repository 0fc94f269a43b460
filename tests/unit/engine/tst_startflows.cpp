// SPDX-License-Identifier: GPL-3.0-or-later
#include "Samples.h"
#include "engine/StartFlows.h"
#include "launch/Draft.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

QString annotation(const QJsonObject &job, const QString &name)
{
    return job.value("metadata"_L1).toObject().value("annotations"_L1).toObject().value(u"cairn.console/"_s + name).toString();
}

} // namespace

class TestStartFlows : public QObject {
    Q_OBJECT

private slots:
    void aCopyBeginsAtTheCheckpoint()
    {
        const QJsonObject old = with(contractJob(), {u"metadata"_s, u"annotations"_s}, QJsonObject{{u"cairn.console/resume"_s, u"{}"_s}, {u"team"_s, u"speech"_s}});
        const Result<CheckpointCopy> copy = copyFromCheckpoint(requestFor(old), u"demo-b"_s);
        QVERIFY2(copy, qPrintable(copy ? QString() : copy.error().oneLine()));
        QCOMPARE(copy->told, u"RESUME_FROM_CHECKPOINT=/ckpt/demo/step-100.pt"_s);
        const launch::Draft draft = launch::draftOf(copy->text);
        QVERIFY2(draft.isJob(), qPrintable(draft.why));
        QCOMPARE(draft.spec.name, u"demo-b"_s);
        QCOMPARE(draft.policy.folder, u"/ckpt/demo-b"_s);
        for (const QString &role : {u"Master"_s, u"Worker"_s}) {
            QCOMPARE(envOf(draft.job, role, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/step-100.pt"_s);
            QCOMPARE(envOf(draft.job, role, u"CHECKPOINT_DIR"_s), u"/ckpt/demo-b"_s);
            QCOMPARE(envOf(draft.job, role, u"SEED"_s), u"1"_s);
        }
        // A job of its own: what it began at, and whose copy it is, but no attempt of that one.
        QCOMPARE(annotation(draft.job, u"cloned-from"_s), u"demo"_s);
        QCOMPARE(annotation(draft.job, u"checkpoint"_s), u"/ckpt/demo/step-100.pt"_s);
        QCOMPARE(annotation(draft.job, u"step"_s), u"100"_s);
        for (const QString &mark : {u"attempt"_s, u"parent-name"_s, u"parent-uid"_s, u"resume-id"_s, u"resume"_s})
            QVERIFY2(annotation(draft.job, mark).isEmpty(), qPrintable(mark));
        QVERIFY(copy->text.contains("team: speech"));
        QVERIFY(!copy->text.contains("status") && !copy->text.contains("uid-demo"));
    }
    void ofAnAttemptTooItSavesBesideTheJob()
    {
        QCOMPARE(folderOfCopy(u"/ckpt/demo"_s, u"demo"_s, u"b"_s), u"/ckpt/b"_s);
        QCOMPARE(folderOfCopy(u"/ckpt"_s, u"demo"_s, u"b"_s), u"/ckpt/b"_s);
        QCOMPARE(folderOfCopy(u"s3://bucket/demo"_s, u"demo"_s, u"b"_s), u"s3://bucket/b"_s);
        QCOMPARE(folderOfCopy(u"/ckpt/demo/attempt-3-1a2b3c"_s, u"demo"_s, u"b"_s), u"/ckpt/b"_s);
    }
    void argumentsOfAFramework()
    {
        const QStringList args{u"train.py"_s, u"--output_dir=/ckpt/demo"_s, u"--save_steps=500"_s, u"--per_device_train_batch_size=8"_s};
        const QJsonObject old = pytorchJob(container(u"pytorch"_s, {}, {u"torchrun"_s}, args));
        const Result<CheckpointCopy> copy = copyFromCheckpoint(requestFor(old), u"demo-b"_s);
        QVERIFY2(copy, qPrintable(copy ? QString() : copy.error().oneLine()));
        const launch::Draft draft = launch::draftOf(copy->text);
        const QStringList now = argsOf(draft.job, u"Worker"_s);
        QVERIFY2(now.join(u' ').contains(u"--resume_from_checkpoint /ckpt/demo/step-100.pt"_s), qPrintable(now.join(u' ')));
        QVERIFY2(now.join(u' ').contains(u"--output_dir /ckpt/demo-b"_s), qPrintable(now.join(u' ')));
        QVERIFY(!now.join(u' ').contains(u"--output_dir=/ckpt/demo "_s));
        QVERIFY(std::ranges::any_of(copy->notes, [](const change::Note &note) { return note.id == "script-must-pass"_L1; }));
    }
    void whatForbidsAResumeForbidsACopy_data()
    {
        QTest::addColumn<QString>("id");
        for (const char *id : {"damaged", "writing", "unverified", "needs-contract", "not-mounted", "name"})
            QTest::newRow(id) << QString::fromLatin1(id);
    }
    void whatForbidsAResumeForbidsACopy()
    {
        QFETCH(QString, id);
        jobs::ResumeRequest request = requestFor(id == "needs-contract"_L1 ? pytorchJob(container(u"pytorch"_s, {}, {u"python"_s})) : contractJob());
        if (id == "damaged"_L1)
            request.checkpoint.verdict = Verdict::Damaged;
        else if (id == "writing"_L1)
            request.checkpoint.verdict = Verdict::Writing;
        else if (id == "unverified"_L1)
            request.checkpoint.verdict = Verdict::Unverified;
        else if (id == "not-mounted"_L1)
            request.path = u"/elsewhere/step-100.pt"_s;
        else if (id == "name"_L1)
            request.takenNames = {u"demo-b"_s};
        const Result<CheckpointCopy> copy = copyFromCheckpoint(request, u"demo-b"_s);
        QVERIFY(!copy);
        QVERIFY2(std::ranges::any_of(copy.error().causes, [&](const FieldCause &cause) { return cause.reason == id; }), qPrintable(copy.error().oneLine()));
        QVERIFY(!copy.error().fix.isEmpty());
        request.acceptUnverified = true;
        QCOMPARE(copyFromCheckpoint(request, u"demo-b"_s).has_value(), id == "unverified"_L1);
    }

    void aTemplateGetsNamespaceAndDefaults()
    {
        const TemplateShelf shelf = readShelf(u"/nowhere/at/all"_s);
        QVERIFY(!shelf.error);
        QCOMPARE(shelf.own(), 0);
        const Result<launch::Template> one = chooseTemplate(shelf, u"pytorch-ddp"_s);
        QVERIFY(one);
        LaunchDefaults defaults;
        defaults.queue = u"nlp-queue"_s;
        const Result<QByteArray> text = textFromTemplate(*one, {{u"name"_s, u"bert"_s}, {u"image"_s, u"a:1"_s}}, u"nlp"_s, defaults);
        QVERIFY2(text, qPrintable(text ? QString() : text.error().oneLine()));
        const launch::Spec spec = launch::draftOf(*text).spec;
        QCOMPARE(spec.ns, u"nlp"_s);
        QCOMPARE(spec.queue, u"nlp-queue"_s);
        QCOMPARE(spec.nodes, 2);
        QCOMPARE(spec.backoffLimit, std::optional(12));
        QVERIFY(text->contains("# when a node dies"));
        QVERIFY(!textFromTemplate(*one, {}, u"nlp"_s, defaults)); // no image
        const Result<launch::Template> none = chooseTemplate(shelf, u"pytorch-dpp"_s);
        QVERIFY(!none && none.error().fix.contains(u"pytorch-ddp"_s));
    }
    void oneIsSavedAndFoundAgain()
    {
        QTemporaryDir dir;
        const QString folder = dir.filePath(u"templates"_s);
        const TemplateShelf before = readShelf(folder);
        const Result<QByteArray> text = textFromTemplate(*before.find(u"xgboost"_s), {{u"name"_s, u"trees"_s}, {u"image"_s, u"a:1"_s}}, u"nlp"_s, {});
        QVERIFY(text);
        const Result<QStringList> saved = saveAsTemplate(folder, u"team/trees"_s, *text);
        QVERIFY2(saved, qPrintable(saved ? QString() : saved.error().oneLine()));
        const TemplateShelf after = readShelf(folder);
        QCOMPARE(after.own(), 1);
        QVERIFY(after.find(u"team/trees"_s) && !after.find(u"team/trees"_s)->broken);
        QVERIFY(!after.find(u"team/trees"_s)->yaml.contains("namespace"));
        // Nothing is written over, and nothing out of the folder.
        QCOMPARE(saveAsTemplate(folder, u"team/trees"_s, *text).error().kind, Error::Kind::Conflict);
        QVERIFY(!saveAsTemplate(folder, u"../out"_s, *text));
        QVERIFY(!QFile::exists(dir.filePath(u"out.yaml"_s)));
        // One of the folder comes before Cairn's of the same name.
        QVERIFY(saveAsTemplate(folder, u"xgboost"_s, *text));
        QVERIFY(!readShelf(folder).find(u"xgboost"_s)->builtIn);
        QCOMPARE(readShelf(folder).templates.size(), before.templates.size() + 1);
    }
};

QTEST_APPLESS_MAIN(TestStartFlows)
#include "tst_startflows.moc"
