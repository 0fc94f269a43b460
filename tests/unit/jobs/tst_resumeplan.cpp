// SPDX-License-Identifier: GPL-3.0-or-later
#include "Samples.h"
#include "checkpoints/SaveLocation.h"
#include "jobs/Attempt.h"
#include "jobs/ResumePlan.h"
#include "jobs/Wrapper.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;
using Mode = ResumePlan::Mode;

namespace {

QString shown(const QList<manifest::DiffLine> &lines, manifest::DiffLine::Kind kind)
{
    QStringList out;
    for (const auto &line : lines) {
        if (line.kind == kind)
            out += line.text.trimmed();
    }
    return out.join(u'\n');
}

QJsonObject failed(const QJsonObject &job)
{
    return with(job, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
}

QJsonObject hfJob()
{
    return pytorchJob(container(u"pytorch"_s, {}, {u"torchrun"_s, u"run_clm.py"_s},
                                {u"--output_dir"_s, u"/ckpt/out"_s, u"--save_steps"_s, u"10"_s}));
}

} // namespace

class TestResumePlan : public QObject
{
    Q_OBJECT
private slots:
    void anotherAttemptsCheckpointIsToldOf()
    {
        ResumeRequest r = requestFor(contractJob());
        QVERIFY(!planResume(r).hasWarning("newer-elsewhere"_L1) && !planResume(r).hasWarning("other-attempt"_L1));
        r.job.lineage.attempt = 2;
        r.alternative = wholeCheckpoint(500);
        ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible() && plan.hasWarning("newer-elsewhere"_L1));
        QCOMPARE(plan.alternative, r.alternative);
        r.ofOtherAttempt = true;
        plan = planResume(r);
        QVERIFY(plan.feasible() && plan.hasWarning("other-attempt"_L1) && !plan.hasWarning("newer-elsewhere"_L1));
        QVERIFY(plan.warnings.last().text.contains(u"attempt 1"_s) || plan.warnings.first().text.contains(u"attempt 1"_s));
    }
    void aTrainJobIsAlwaysMadeAnew()
    {
        QJsonObject object{{u"apiVersion"_s, u"trainer.kubeflow.org/v1alpha1"_s}, {u"kind"_s, u"TrainJob"_s},
                           {u"metadata"_s, QJsonObject{{u"name"_s, u"demo"_s}, {u"namespace"_s, u"research"_s}, {u"uid"_s, u"uid-demo"_s}}},
                           {u"spec"_s, QJsonObject{{u"suspend"_s, true}, {u"runtimeRef"_s, QJsonObject{{u"name"_s, u"torch"_s}}},
                                                   {u"trainer"_s, QJsonObject{{u"env"_s, QJsonArray{QJsonObject{{u"name"_s, u"CHECKPOINT_DIR"_s}, {u"value"_s, u"/ckpt/demo"_s}}}}}}}}};
        ResumeRequest r = requestFor(object, 100, JobKind::TrainJob);
        r.job.command = {u"python3"_s};
        r.job.args = {u"train.py"_s};
        r.job.mounts = {{u"/ckpt"_s, {}, u"ckpt-claim"_s, false, u"ckpt"_s}}; // the runtime's, as the store joins them
        r.runtimeChanged = true;
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), qPrintable(plan.problems.isEmpty() ? QString() : plan.problems.first().text));
        QCOMPARE(plan.mode, ResumePlan::Mode::NewObject);
        QVERIFY(plan.hasWarning("immutable"_L1));
        QVERIFY(plan.hasWarning("runtime-changed"_L1));
        QCOMPARE(plan.newName, u"demo-r2"_s);
        const QJsonValue spec = plan.result.value(u"spec"_s);
        QVERIFY(spec[u"suspend"_s].isUndefined());
        QCOMPARE(spec[u"runtimeRef"_s][u"name"_s].toString(), u"torch"_s);
        QVERIFY(spec[u"trainer"_s][u"command"_s].isUndefined()); // told by variables: the runtime's command stays its own
        QCOMPARE(envOf(plan.result, u"node"_s, u"RESUME_FROM_CHECKPOINT"_s, {}, u"node"_s), u"/ckpt/demo/step-100.pt"_s);
        QCOMPARE(envOf(plan.result, u"node"_s, u"CHECKPOINT_DIR"_s, {}, u"node"_s), plan.saveDir);

        // Told by arguments, the runtime's command line is written out with them.
        r.contract = *parseContract(u"arg:--resume={path}"_s, u"arg:--out={save}"_s);
        const ResumePlan told = planResume(r);
        QVERIFY(told.feasible());
        QCOMPARE(argsOf(told.result, u"node"_s, u"command"_s, {}, u"node"_s), QStringList{u"python3"_s});
        QCOMPARE(argsOf(told.result, u"node"_s, u"args"_s, {}, u"node"_s),
                 (QStringList{u"train.py"_s, u"--resume=/ckpt/demo/step-100.pt"_s, u"--out="_s + told.saveDir}));
    }

    void aRunningMpiJobOfTheNewOperatorIsMadeAnew()
    {
        const QJsonObject trainer = container(u"trainer"_s, {{u"CHECKPOINT_DIR"_s, u"/ckpt/demo"_s}}, {u"mpirun"_s, u"python3"_s, u"train.py"_s});
        QJsonObject object = pytorchJob(trainer);
        object = with(object, {u"apiVersion"_s}, u"kubeflow.org/v2beta1"_s);
        object = with(object, {u"kind"_s}, u"MPIJob"_s);
        QJsonObject launcher = role(trainer), worker = role(container(u"sshd"_s, {}), 2);
        for (QJsonObject *each : {&launcher, &worker}) // that operator takes the first container
            *each = with(*each, {u"template"_s, u"spec"_s, u"containers"_s},
                         QJsonArray{each == &launcher ? trainer : container(u"sshd"_s, {})});
        object = with(object, {u"spec"_s}, QJsonObject{{u"slotsPerWorker"_s, 2}, {u"runPolicy"_s, QJsonObject{{u"suspend"_s, false}}},
                                                       {u"mpiReplicaSpecs"_s, QJsonObject{{u"Launcher"_s, launcher}, {u"Worker"_s, worker}}}});
        const ResumeRequest r = requestFor(object, 100, JobKind::MPIJobV2);
        QVERIFY(!r.job.canGoOnInPlace());
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), plan.problems.isEmpty() ? "" : qPrintable(plan.problems.first().text));
        QCOMPARE(plan.mode, Mode::NewObject);
        QVERIFY(plan.hasWarning("immutable"_L1));
        QVERIFY(plan.hasWarning("both-run"_L1));
        QCOMPARE(plan.job.ref().kind.apiVersion(), u"kubeflow.org/v2beta1"_s);
        QCOMPARE(plan.result.value(u"apiVersion"_s).toString(), u"kubeflow.org/v2beta1"_s);
        QCOMPARE(envOf(plan.result, u"Launcher"_s, u"RESUME_FROM_CHECKPOINT"_s, u"mpiReplicaSpecs"_s, u"trainer"_s), r.path);
        QCOMPARE(envOf(plan.result, u"Worker"_s, u"CHECKPOINT_DIR"_s, u"mpiReplicaSpecs"_s, u"sshd"_s), plan.saveDir);
        QCOMPARE(argsOf(plan.result, u"Worker"_s, u"command"_s, u"mpiReplicaSpecs"_s, u"sshd"_s), QStringList());
        // The training operator's MPIJob follows its template.
        ResumeRequest old = requestFor(with(object, {u"apiVersion"_s}, u"kubeflow.org/v1"_s), 100, JobKind::MPIJob);
        old.job.container = u"trainer"_s;
        QCOMPARE(planResume(old).mode, Mode::InPlace);
    }

    void aCheckpointInABucketIsToldByItsAddress()
    {
        const auto bucketJob = [](const QJsonObject &env, const QStringList &args = {}) {
            return pytorchJob(container(u"pytorch"_s, env, {u"python3"_s, u"train.py"_s}, args));
        };
        const auto asked = [](const QJsonObject &job) {
            ResumeRequest r = requestFor(job);
            r.path = u"s3://team/runs/demo/step-100.pt"_s;
            return r;
        };
        ResumeRequest r = asked(bucketJob({{u"CHECKPOINT_DIR"_s, u"s3://team/runs/demo/"_s}}));
        r.saveDir = u"s3://team/runs/demo/"_s;
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), plan.problems.isEmpty() ? "" : qPrintable(plan.problems.first().text));
        QCOMPARE(plan.mode, Mode::InPlace);
        QCOMPARE(plan.told, u"RESUME_FROM_CHECKPOINT=s3://team/runs/demo/step-100.pt"_s);
        QCOMPARE(plan.baseDir, u"s3://team/runs/demo"_s);
        QCOMPARE(plan.saveDir, u"s3://team/runs/demo/attempt-2-abc123"_s);
        QCOMPARE(envOf(plan.result, u"Master"_s, u"CHECKPOINT_DIR"_s), plan.saveDir);
        QCOMPARE(plan.annotations.value(u"cairn.console/checkpoint-dir"_s), QString()); // its variable shows it
        QCOMPARE(ckpt::locate(decoded(plan.result)).uri, plan.saveDir);

        // The next attempt lies beside this one.
        ResumeRequest next = asked(plan.result);
        next.saveDir = plan.saveDir;
        next.path = plan.saveDir + u"/step-150.pt"_s;
        next.id = u"fedcba"_s;
        QCOMPARE(planResume(next).saveDir, u"s3://team/runs/demo/attempt-3-fedcba"_s);

        // By arguments; and no wrapper, which looks into folders.
        ResumeRequest lightning = asked(bucketJob({}, {u"fit"_s, u"--trainer.default_root_dir=s3://team/runs/demo"_s}));
        lightning.useWrapper = true;
        QVERIFY(planResume(lightning).hasProblem("no-wrapper"_L1));
        lightning.useWrapper = false;
        const ResumePlan byArgs = planResume(lightning);
        QVERIFY(byArgs.feasible());
        QVERIFY(!byArgs.wrapperPossible);
        QCOMPARE(argsOf(byArgs.result, u"Master"_s),
                 (QStringList{u"fit"_s, u"--ckpt_path=s3://team/runs/demo/step-100.pt"_s, u"--trainer.default_root_dir="_s + byArgs.saveDir}));
        QVERIFY(byArgs.saveDir.startsWith(u"s3://team/runs/demo/attempt-2-"_s));

        // A script that saves to a folder, which something else copies into a bucket, cannot be told the bucket…
        ResumeRequest copied = asked(bucketJob({{u"CHECKPOINT_DIR"_s, u"/ckpt/demo"_s}}));
        QVERIFY(planResume(copied).hasProblem("bucket-not-named"_L1));
        // …unless somebody says that it takes one.
        copied.contract = *parseContract(u"env:START"_s, u"env:SAVE_TO"_s);
        QVERIFY(planResume(copied).feasible());
        QCOMPARE(planResume(copied).saveDir, u"s3://team/runs/demo/attempt-2-abc123"_s);
    }

    void addressesAreNotTidied()
    {
        QCOMPARE(joinPath(u"s3://b/a/"_s, u"x//./y"_s), u"s3://b/a/x//./y"_s);
        QCOMPARE(joinPath(u"s3://b/a"_s, u"."_s), u"s3://b/a"_s);
        QCOMPARE(joinPath(u"s3://b/a/x.pt"_s, u".."_s), u"s3://b/a"_s);
        QCOMPARE(joinPath(u"s3://b"_s, u".."_s), u"s3://b"_s);
        QCOMPARE(attemptBase(u"s3://b/attempt-2-abc123/"_s), u"s3://b"_s);
        QCOMPARE(attemptDirectory(u"s3://b/"_s, 2, u"abc123"_s), u"s3://b/attempt-2-abc123"_s);
    }

    void contractJobGetsVariablesInEveryRole()
    {
        const ResumePlan plan = planResume(requestFor(contractJob()));
        QVERIFY2(plan.feasible(), plan.problems.isEmpty() ? "" : qPrintable(plan.problems.first().text));
        QCOMPARE(plan.mode, Mode::InPlace);
        QCOMPARE(plan.saveDir, u"/ckpt/demo/attempt-2-abc123"_s);
        QCOMPARE(plan.baseDir, u"/ckpt/demo"_s);
        QCOMPARE(plan.told, u"RESUME_FROM_CHECKPOINT=/ckpt/demo/step-100.pt"_s);
        QCOMPARE(plan.changes.size(), 2);
        for (const QString &roleName : {u"Master"_s, u"Worker"_s}) {
            QCOMPARE(envOf(plan.result, roleName, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/step-100.pt"_s);
            QCOMPARE(envOf(plan.result, roleName, u"CHECKPOINT_DIR"_s), plan.saveDir);
            QCOMPARE(argsOf(plan.result, roleName, u"command"_s), (QStringList{u"python3"_s, u"train.py"_s}));
        }
        QVERIFY(!plan.hasWarning("restarts-from-named"_L1));
        QCOMPARE(shown(plan.diff, manifest::DiffLine::Kind::Removed), u"value: /ckpt/demo\nvalue: /ckpt/demo"_s);
        QVERIFY(shown(plan.diff, manifest::DiffLine::Kind::Added).contains(u"cairn.console/step: \"100\""_s));
    }

    void attemptsLieSideBySide()
    {
        QCOMPARE(attemptDirectory(u"/ckpt/demo"_s, 2, u"abc123ff"_s), u"/ckpt/demo/attempt-2-abc123"_s);
        QCOMPARE(attemptDirectory(u"/ckpt/demo/attempt-2-abc123/"_s, 3, u"ffffff"_s), u"/ckpt/demo/attempt-3-ffffff"_s);
        QCOMPARE(attemptDirectory(u"/ckpt"_s, 2, u"abc123"_s), u"/ckpt/attempt-2-abc123"_s);
        QCOMPARE(attemptBase(u"/ckpt/attempt-two"_s), u"/ckpt/attempt-two"_s);
        QJsonObject again = contractJob();
        again = with(again, {u"metadata"_s, u"annotations"_s}, QJsonObject{{u"cairn.console/attempt"_s, u"4"_s}});
        ResumeRequest r = requestFor(again);
        r.saveDir = u"/ckpt/demo/attempt-4-000000"_s;
        const ResumePlan plan = planResume(r);
        QCOMPARE(plan.attempt, 5);
        QCOMPARE(plan.saveDir, u"/ckpt/demo/attempt-5-abc123"_s);
        r.id.clear();
        QVERIFY(planResume(r).saveDir != planResume(r).saveDir);
    }

    void finishedJobsBecomeNewObjects()
    {
        ResumeRequest r = requestFor(failed(with(contractJob(), {u"spec"_s, u"runPolicy"_s}, QJsonObject{{u"suspend"_s, true}, {u"backoffLimit"_s, 2}})));
        r.takenNames = {u"demo"_s, u"demo-r2"_s};
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible());
        QCOMPARE(plan.mode, Mode::NewObject);
        QCOMPARE(plan.newName, u"demo-r3"_s);
        const QJsonValue meta = plan.result[u"metadata"_s];
        QCOMPARE(meta[u"name"_s].toString(), u"demo-r3"_s);
        QVERIFY(meta[u"uid"_s].isUndefined());
        QVERIFY(meta[u"resourceVersion"_s].isUndefined());
        QVERIFY(!plan.result.contains(u"status"_s));
        QCOMPARE(meta[u"annotations"_s][u"cairn.console/parent-name"_s].toString(), u"demo"_s);
        QCOMPARE(meta[u"annotations"_s][u"cairn.console/parent-uid"_s].toString(), u"uid-demo"_s);
        QCOMPARE(meta[u"annotations"_s][u"cairn.console/resume-id"_s].toString(), plan.id);
        QCOMPARE(plan.result[u"spec"_s][u"runPolicy"_s], (QJsonObject{{u"suspend"_s, false}, {u"backoffLimit"_s, 2}}));
        const Job made = decoded(plan.result);
        QCOMPARE(made.lineage, (Lineage{u"demo"_s, u"uid-demo"_s, u"/ckpt/demo/step-100.pt"_s, 100, 2}));
        QVERIFY(shown(plan.diff, manifest::DiffLine::Kind::Added).contains(u"name: demo-r3"_s));
    }

    void namesFitTheOperatorsPods()
    {
        Job job = decoded(contractJob());
        job.name = QString(63, u'a');
        job.replicas[1].desired = 1000;
        const QString name = attemptName(job, 12, {});
        QVERIFY(name.endsWith(u"-r12"_s));
        QVERIFY(QString(name + u"-worker-999"_s).size() <= 63);
        job.name = u"llama-ft-7-r2"_s;
        QCOMPARE(attemptName(job, 3, {}), u"llama-ft-7-r3"_s);
        QCOMPARE(attemptName(job, 3, {u"llama-ft-7-r3"_s}), u"llama-ft-7-r4"_s);
        for (const char *bad : {"", "Demo", "-a", "a-", "1a", "a_b", "a.b", "ü"})
            QVERIFY2(!checkJobName(QString::fromUtf8(bad), job, {}).has_value(), bad);
        QVERIFY(!checkJobName(QString(60, u'a'), job, {}).has_value());
        QVERIFY(!checkJobName(u"taken"_s, job, {u"taken"_s}).has_value());
        QVERIFY(checkJobName(u"a1-b"_s, job, {}).has_value());
    }

    void managedJobsAreNotPatched_data()
    {
        QTest::addColumn<QJsonObject>("job");
        QTest::addColumn<QString>("word");
        QTest::newRow("Katib") << with(contractJob(), {u"metadata"_s, u"ownerReferences"_s},
                                       QJsonArray{QJsonObject{{u"kind"_s, u"Trial"_s}, {u"name"_s, u"search-7"_s}, {u"controller"_s, true}}}) << u"search-7"_s;
        QTest::newRow("Kueue") << with(contractJob(), {u"metadata"_s, u"labels"_s}, QJsonObject{{u"kueue.x-k8s.io/queue-name"_s, u"gpu-queue"_s}}) << u"gpu-queue"_s;
        QTest::newRow("managedBy") << with(contractJob(), {u"spec"_s, u"runPolicy"_s, u"managedBy"_s}, u"kueue.x-k8s.io/multikueue"_s) << u"multikueue"_s;
        QTest::newRow("Argo CD") << with(contractJob(), {u"metadata"_s, u"annotations"_s},
                                         QJsonObject{{u"argocd.argoproj.io/tracking-id"_s, u"app:kubeflow.org/PyTorchJob:research/demo"_s}}) << u"Argo CD"_s;
        QTest::newRow("Flux") << with(contractJob(), {u"metadata"_s, u"labels"_s}, QJsonObject{{u"kustomize.toolkit.fluxcd.io/name"_s, u"apps"_s}}) << u"Flux"_s;
        QTest::newRow("Helm") << with(with(contractJob(), {u"metadata"_s, u"labels"_s}, QJsonObject{{u"app.kubernetes.io/managed-by"_s, u"Helm"_s}}),
                                      {u"metadata"_s, u"annotations"_s}, QJsonObject{{u"meta.helm.sh/release-name"_s, u"rel"_s}}) << u"rel"_s;
    }
    void managedJobsAreNotPatched()
    {
        QFETCH(QJsonObject, job);
        QFETCH(QString, word);
        const ResumePlan plan = planResume(requestFor(job));
        QCOMPARE(plan.mode, Mode::NewObject);
        QVERIFY(plan.feasible());
        QVERIFY(plan.hasWarning("managed"_L1));
        QVERIFY(plan.hasWarning("both-run"_L1));
        QVERIFY2(plan.warnings.first().text.contains(word), qPrintable(plan.warnings.first().text));
        // The new job must not look like the manager's own.
        const Manager::Type type = decoded(plan.result).manager.type;
        QVERIFY(type == Manager::Type::None || type == Manager::Type::Kueue || type == Manager::Type::ManagedBy);
    }

    void hfArgumentsReplaceOldOnesAndWarn()
    {
        ResumeRequest r = requestFor(hfJob());
        r.path = u"/ckpt/out/checkpoint-100"_s;
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible());
        QCOMPARE(argsOf(plan.result, u"Master"_s),
                 (QStringList{u"--save_steps"_s, u"10"_s, u"--resume_from_checkpoint"_s, u"/ckpt/out/checkpoint-100"_s,
                              u"--output_dir"_s, u"/ckpt/out/attempt-2-abc123"_s}));
        QVERIFY(plan.hasWarning("restarts-from-named"_L1));
        QVERIFY(plan.hasWarning("script-must-pass"_L1));
        QVERIFY(plan.wrapperPossible);
        for (const PlanNote &note : plan.warnings) {
            if (note.id == u"restarts-from-named") {
                QCOMPARE(note.text, u"Every restart starts again from step 100."_s);
                QVERIFY(!note.fix.isEmpty());
            }
        }
        // Resuming the resumed job does not pile anything up.
        ResumeRequest next = requestFor(with(plan.result, {u"metadata"_s, u"uid"_s}, u"uid-demo"_s));
        next.path = u"/ckpt/out/attempt-2-abc123/checkpoint-120"_s;
        next.id = u"ffffffffffff"_s;
        const ResumePlan second = planResume(next);
        QCOMPARE(argsOf(second.result, u"Master"_s),
                 (QStringList{u"--save_steps"_s, u"10"_s, u"--resume_from_checkpoint"_s, u"/ckpt/out/attempt-2-abc123/checkpoint-120"_s,
                              u"--output_dir"_s, u"/ckpt/out/attempt-3-ffffff"_s}));
    }

    void theWrapperGoesInFrontAndComesOffAgain()
    {
        ResumeRequest r = requestFor(hfJob());
        r.path = u"/ckpt/out/checkpoint-100"_s;
        r.useWrapper = true;
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible());
        QVERIFY(plan.useWrapper);
        QVERIFY(!plan.hasWarning("restarts-from-named"_L1));
        const QStringList command = argsOf(plan.result, u"Master"_s, u"command"_s);
        QVERIFY(wrapper::isWrapped({command, std::nullopt}));
        QCOMPARE(command.mid(4), (QStringList{u"torchrun"_s, u"run_clm.py"_s}));
        QCOMPARE(argsOf(plan.result, u"Master"_s), (QStringList{u"--save_steps"_s, u"10"_s, u"--output_dir"_s, u"/ckpt/out/attempt-2-abc123"_s}));
        QCOMPARE(envOf(plan.result, u"Worker"_s, u"CAIRN_RESUME_PATH"_s), r.path);
        QCOMPARE(envOf(plan.result, u"Worker"_s, u"CAIRN_RESUME_ARGS"_s), u"[\"--resume_from_checkpoint\",\"{path}\"]"_s);
        for (const QString &word : command)
            QVERIFY(!word.contains(u"/ckpt"_s));

        ResumeRequest off = requestFor(with(plan.result, {u"metadata"_s, u"uid"_s}, u"uid-demo"_s));
        off.path = u"/ckpt/out/checkpoint-90"_s;
        const ResumePlan plain = planResume(off);
        QCOMPARE(argsOf(plain.result, u"Master"_s, u"command"_s), (QStringList{u"torchrun"_s, u"run_clm.py"_s}));
        QCOMPARE(envOf(plain.result, u"Master"_s, u"CAIRN_RESUME_PATH"_s), QString());
        QVERIFY(argsOf(plain.result, u"Master"_s).contains(u"/ckpt/out/checkpoint-90"_s));
    }

    void anImageEntryPointCannotBeWrapped()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {}, {}, {u"--output_dir"_s, u"/ckpt/out"_s, u"--save_steps"_s, u"1"_s})));
        r.useWrapper = true;
        const ResumePlan plan = planResume(r);
        QVERIFY(!plan.wrapperPossible);
        QVERIFY(plan.hasProblem("no-wrapper"_L1));
    }

    void torchtitanSeedsItsFreshFolder()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"torchrun"_s, u"-m"_s, u"torchtitan.train"_s, u"--checkpoint.load_step"_s, u"50"_s})));
        r.path = u"/ckpt/demo/step-100"_s;
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible());
        QCOMPARE(argsOf(plan.result, u"Master"_s, u"command"_s),
                 (QStringList{u"torchrun"_s, u"-m"_s, u"torchtitan.train"_s, u"--checkpoint.initial_load_path=/ckpt/demo/step-100"_s,
                              u"--checkpoint.no_initial_load_model_only"_s, u"--checkpoint.load_step=-1"_s,
                              u"--checkpoint.folder=/ckpt/demo/attempt-2-abc123"_s}));
        QVERIFY(!plan.hasWarning("restarts-from-named"_L1));
    }

    void megatronIsToldFolderAndStep()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"torchrun"_s, u"pretrain_gpt.py"_s, u"--save"_s, u"/ckpt/m"_s, u"--load"_s, u"/ckpt/m"_s})));
        r.path = u"/ckpt/m/iter_0000100"_s;
        const ResumePlan plan = planResume(r);
        QCOMPARE(argsOf(plan.result, u"Master"_s, u"command"_s),
                 (QStringList{u"torchrun"_s, u"pretrain_gpt.py"_s, u"--load"_s, u"/ckpt/m"_s, u"--ckpt-step"_s, u"100"_s,
                              u"--exit-on-missing-checkpoint"_s, u"--save"_s, u"/ckpt/m/attempt-2-abc123"_s}));
        r.checkpoint.step.reset();
        QVERIFY(planResume(r).hasProblem("no-step"_L1));
    }

    void anUnknownScriptIsAskedForOnceAndRemembered()
    {
        const QJsonObject job = pytorchJob(container(u"pytorch"_s, {}, {u"python"_s, u"mine.py"_s}));
        QVERIFY(planResume(requestFor(job)).hasProblem("needs-contract"_L1));
        ResumeRequest r = requestFor(job);
        r.contract = *parseContract(u"env:MY_START"_s, QString());
        QVERIFY(planResume(r).hasProblem("needs-save"_L1));
        r.contract = *parseContract(u"env:MY_START"_s, u"arg:--out={save}"_s);
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible());
        QCOMPARE(envOf(plan.result, u"Worker"_s, u"MY_START"_s), r.path);
        QVERIFY(plan.hasWarning("restarts-from-named"_L1));
        const Job next = decoded(plan.result);
        QCOMPARE(next.annotations.value(u"cairn.console/resume-by"_s), u"env:MY_START"_s);
        QCOMPARE(contractOf(next, wholeCheckpoint()).source, PathContract::Source::Remembered);
    }

    void theNewDirectoryIsFoundByWhoeverListsTheJob()
    {
        // The contract's own variable shows it; a variable of one's own does not, and a correction would be out of date.
        const auto dirOf = [](const ResumePlan &plan) { return plan.annotations.value(u"cairn.console/checkpoint-dir"_s); };
        QCOMPARE(dirOf(planResume(requestFor(contractJob()))), QString());
        ResumeRequest own = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"python"_s, u"mine.py"_s})));
        own.contract = *parseContract(u"env:MY_START"_s, u"env:MY_PLACE"_s);
        const ResumePlan plan = planResume(own);
        QCOMPARE(dirOf(plan), plan.saveDir);
        QCOMPARE(ckpt::locate(decoded(plan.result)).place.containerPath, plan.saveDir);
        const QJsonObject corrected = with(contractJob(), {u"metadata"_s, u"annotations"_s}, QJsonObject{{u"cairn.console/checkpoint-dir"_s, u"/ckpt/demo"_s}});
        const ResumePlan next = planResume(requestFor(corrected));
        QCOMPARE(ckpt::locate(decoded(next.result)).place.containerPath, next.saveDir);
        for (const QJsonObject &job : {hfJob(), pytorchJob(container(u"pytorch"_s, {}, {u"torchrun"_s, u"-m"_s, u"torchtitan.train"_s, u"--checkpoint.folder=c"_s, u"--job.dump_folder=/ckpt"_s})),
                                       pytorchJob(container(u"pytorch"_s, {}, {u"python3"_s, u"-m"_s, u"verl.trainer.main_ppo"_s, u"trainer.default_local_dir=/ckpt/x"_s}))}) {
            const ResumePlan p = planResume(requestFor(job));
            QVERIFY(p.feasible());
            QCOMPARE(ckpt::locate(decoded(p.result)).place.containerPath, p.saveDir);
        }
    }

    void aScriptThatTakesItsNewestCanOnlyDoThat()
    {
        ResumeRequest r = requestFor(contractJob());
        r.contract = *parseContract(u"newest"_s, QString());
        const ResumePlan older = planResume(r);
        QVERIFY(older.hasProblem("only-newest"_L1));
        r.newest = true;
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible());
        QVERIFY(plan.saveDir.isEmpty());
        QVERIFY(plan.changes.isEmpty());
        QVERIFY(plan.hasWarning("same-directory"_L1));
    }

    void badCheckpointsAreRefused()
    {
        const auto planWith = [](auto change) {
            ResumeRequest r = requestFor(contractJob());
            change(r);
            return planResume(r);
        };
        QVERIFY(planWith([](ResumeRequest &r) { r.checkpoint.verdict = Verdict::Damaged; r.acceptUnverified = true; }).hasProblem("damaged"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.checkpoint.verdict = Verdict::Writing; }).hasProblem("writing"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.checkpoint.verdict = Verdict::Unverified; }).hasProblem("unverified"_L1));
        const ResumePlan accepted = planWith([](ResumeRequest &r) { r.checkpoint.verdict = Verdict::Unverified; r.acceptUnverified = true; });
        QVERIFY(accepted.feasible());
        QVERIFY(accepted.hasWarning("unverified"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.checkpoint.resumable = false; }).hasProblem("not-resumable"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.path = u"/elsewhere/step-1.pt"_s; }).hasProblem("not-mounted"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.path = u"/tmp/step-1.pt"_s; }).hasProblem("not-mounted"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.path.clear(); }).hasProblem("no-path"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.checkpoint.path = u"a\\xFF.pt"_s; }).hasProblem("path-bytes"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.path = u"/ckpt/a\nb.pt"_s; }).hasProblem("path-bytes"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.saveDir = u"/tmp/x"_s; }).hasProblem("save-not-mounted"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.job.mounts[0].readOnly = true; }).hasProblem("save-read-only"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.job.deleting = QDateTime::currentDateTimeUtc(); }).hasProblem("deleting"_L1));
        QVERIFY(planWith([](ResumeRequest &r) { r.newObject = true; r.newName = u"Bad"_s; }).hasProblem("name"_L1));
    }

    void pathsWithDollarsStayLiteral()
    {
        ResumeRequest r = requestFor(hfJob());
        r.path = u"/ckpt/out/$(HOME)/{step}/checkpoint-100"_s;
        const ResumePlan plan = planResume(r);
        QVERIFY(argsOf(plan.result, u"Master"_s).contains(u"/ckpt/out/$$(HOME)/{step}/checkpoint-100"_s));
        ResumeRequest e = requestFor(contractJob());
        e.path = u"/ckpt/demo/$(X).pt"_s;
        QCOMPARE(envOf(planResume(e).result, u"Master"_s, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/$$(X).pt"_s);
    }

    void variablesFromSecretsAreReplacedWhole()
    {
        QJsonObject trainer = container(u"pytorch"_s, {}, {u"train"_s});
        const QJsonObject from{{u"name"_s, u"RESUME_FROM_CHECKPOINT"_s}, {u"valueFrom"_s, QJsonObject{{u"configMapKeyRef"_s, QJsonObject{{u"name"_s, u"m"_s}}}}}};
        trainer.insert(u"env"_s, QJsonArray{QJsonObject{{u"name"_s, u"CHECKPOINT_DIR"_s}, {u"value"_s, u"/ckpt/demo"_s}}, from});
        const QJsonObject job = pytorchJob(trainer);
        const ResumePlan plan = planResume(requestFor(job));
        QVERIFY(plan.feasible());
        QCOMPARE(envOf(plan.result, u"Master"_s, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/step-100.pt"_s);
        const auto back = applied(plan.result, u"pytorchReplicaSpecs"_s, plan.changes, false);
        QVERIFY(back.has_value());
        QCOMPARE(back->value(u"spec"_s), job.value(u"spec"_s));
    }

    void changesGoForthAndBackAndNoticeStrangers()
    {
        const QJsonObject job = contractJob();
        const ResumePlan plan = planResume(requestFor(job));
        const auto there = applied(job, u"pytorchReplicaSpecs"_s, plan.changes, true);
        QVERIFY(there.has_value());
        QCOMPARE(*applied(*there, u"pytorchReplicaSpecs"_s, plan.changes, true), *there);
        QCOMPARE(*applied(*there, u"pytorchReplicaSpecs"_s, plan.changes, false), job);
        const QJsonObject other = pytorchJob(container(u"pytorch"_s, {{u"CHECKPOINT_DIR"_s, u"/x"_s}}, {u"python3"_s, u"train.py"_s}));
        QVERIFY(!applied(other, u"pytorchReplicaSpecs"_s, plan.changes, true).has_value());
        QVERIFY(!applied(QJsonObject(), u"pytorchReplicaSpecs"_s, plan.changes, true).has_value());
        for (const RoleChange &change : plan.changes)
            QCOMPARE(*RoleChange::fromJson(change.toJson()), change);
    }

    void mpiWorkersGetNoArguments()
    {
        QJsonObject job = contractJob();
        job.insert(u"kind"_s, u"MPIJob"_s);
        const QJsonObject launcher = role(container(u"mpi"_s, {}, {u"mpirun"_s, u"python"_s, u"r.py"_s, u"--output_dir"_s, u"/ckpt/out"_s, u"--save_steps"_s, u"1"_s}));
        const QJsonObject worker = role(container(u"mpi"_s, {}, {u"/usr/sbin/sshd"_s, u"-De"_s}));
        job.insert(u"spec"_s, QJsonObject{{u"mpiReplicaSpecs"_s, QJsonObject{{u"Launcher"_s, launcher}, {u"Worker"_s, worker}}}});
        const ResumePlan plan = planResume(requestFor(job, 100, JobKind::MPIJob));
        QVERIFY2(plan.feasible(), plan.problems.isEmpty() ? "" : qPrintable(plan.problems.first().text));
        QVERIFY(argsOf(plan.result, u"Launcher"_s, u"command"_s, u"mpiReplicaSpecs"_s, u"mpi"_s).contains(u"--resume_from_checkpoint"_s));
        QCOMPARE(argsOf(plan.result, u"Worker"_s, u"command"_s, u"mpiReplicaSpecs"_s, u"mpi"_s), (QStringList{u"/usr/sbin/sshd"_s, u"-De"_s}));
    }

    void shellLinesThatCannotTakeArgumentsAreSaidSo()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"sh"_s, u"-c"_s, u"python r.py --output_dir /ckpt/o --save_steps 1 | tee log"_s})));
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.hasProblem("shell-line"_L1));
        QCOMPARE(plan.problems.size(), 1);
    }

    void verlIsToldInItsOwnWordsAndTheSizeHasToFit()
    {
        const auto job = [](const char *line) { return pytorchJob(container(u"pytorch"_s, {}, QString::fromLatin1(line).split(u' '))); };
        ResumeRequest r = requestFor(job("python3 -m verl.trainer.main_ppo trainer.n_gpus_per_node=4 trainer.nnodes=2 trainer.default_local_dir=/ckpt/run trainer.resume_mode=auto"));
        r.path = u"/ckpt/run/global_step_100"_s;
        r.checkpoint.format = u"verl"_s;
        r.checkpoint.worldSize = 8;
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), plan.feasible() ? "" : qPrintable(plan.problems.first().text));
        QCOMPARE(plan.processes, 8);
        QCOMPARE(argsOf(plan.result, u"Master"_s, u"command"_s),
                 (QStringList{u"python3"_s, u"-m"_s, u"verl.trainer.main_ppo"_s, u"trainer.n_gpus_per_node=4"_s, u"trainer.nnodes=2"_s,
                              u"trainer.resume_mode=resume_path"_s, u"trainer.resume_from_path=/ckpt/run/global_step_100"_s,
                              u"trainer.default_local_dir=/ckpt/run/attempt-2-abc123"_s}));
        QVERIFY(plan.hasWarning("restarts-from-named"_L1) && plan.hasWarning("care"_L1));
        QVERIFY(!plan.wrapperPossible); // it would take a rank's file for a checkpoint
        r.checkpoint.worldSize = 16;
        const ResumePlan larger = planResume(r);
        QVERIFY(larger.hasProblem("processes"_L1));
        QVERIFY2(larger.problems.first().text.contains(u"16"_s) && larger.problems.first().text.contains(u"8"_s), qPrintable(larger.problems.first().text));
        r.anyProcesses = true;
        QVERIFY(planResume(r).feasible() && planResume(r).hasWarning("processes"_L1));
        r.anyProcesses = false;
        r = requestFor(job("python3 -m verl.trainer.main_ppo trainer.default_local_dir=/ckpt/run"));
        r.job.replicas[0].gpusEach = 8;
        r.checkpoint.worldSize = 8;
        const ResumePlan unknown = planResume(r);
        QVERIFY(unknown.feasible() && unknown.hasWarning("processes-unknown"_L1));
        QCOMPARE(unknown.processes, std::nullopt);
        // What a comma or a brace means in an override is not Cairn's to guess.
        r.path = u"/ckpt/run,2/global_step_100"_s;
        QVERIFY(planResume(r).hasProblem("path-words"_L1));
    }

    void otherRandomStatesAreAWarningOnly()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {{u"CHECKPOINT_DIR"_s, u"/ckpt/a"_s}}, {u"torchrun"_s, u"--nproc-per-node=1"_s, u"t.py"_s})));
        r.checkpoint.ranks = 3;
        QVERIFY(!planResume(r).hasWarning("other-processes"_L1));
        r.checkpoint.ranks = 8;
        QVERIFY(planResume(r).feasible() && planResume(r).hasWarning("other-processes"_L1));
    }

    void aFrameworkWithoutASwitchIsToldACopyOfItsOwn()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"python"_s, u"examples/run_grpo.py"_s, u"checkpointing.checkpoint_dir=/ckpt/it's"_s})));
        r.path = u"/ckpt/it's/step_100"_s;
        r.saveDir = u"/ckpt/it's"_s;
        const ResumePlan refused = planResume(r);
        QVERIFY(refused.hasProblem("only-newest"_L1));
        const auto note = std::ranges::find(refused.problems, u"only-newest"_s, &PlanNote::id);
        QVERIFY2(note->text.contains(u"highest step"_s), qPrintable(note->text));
        QVERIFY2(note->fix.contains(u"mkdir -p '/ckpt/it'\\''s/attempt-2-abc123' && cp -a '/ckpt/it'\\''s/step_100' '/ckpt/it'\\''s/attempt-2-abc123'/"_s), qPrintable(note->fix));
        QVERIFY2(note->fix.contains(u"ckpt-claim"_s) && note->fix.contains(u"-n research"_s), qPrintable(note->fix));

        // The copy is listed, and alone in its folder.
        r.saveDir = u"/ckpt/run"_s;
        r.path = u"/ckpt/run/attempt-2-abc123/step_100"_s;
        r.alone = true;
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), plan.feasible() ? "" : qPrintable(plan.problems.first().text));
        QCOMPARE(plan.saveDir, u"/ckpt/run/attempt-2-abc123"_s);
        QCOMPARE(argsOf(plan.result, u"Master"_s, u"command"_s),
                 (QStringList{u"python"_s, u"examples/run_grpo.py"_s, u"checkpointing.checkpoint_dir=/ckpt/run/attempt-2-abc123"_s}));
        QVERIFY(!plan.hasWarning("same-directory"_L1));

        // The newest needs no copy, and stays where it is.
        r.newest = true;
        r.alone = false;
        const ResumePlan newest = planResume(r);
        QVERIFY(newest.feasible() && newest.hasWarning("same-directory"_L1));
        QVERIFY(newest.saveDir.isEmpty() && newest.changes.isEmpty());
    }

    void pointerFilesAreNamedWithTheCopy()
    {
        ResumeRequest r = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"python"_s, u"-m"_s, u"openrlhf.cli.train_ppo_ray"_s, u"--ckpt.path"_s, u"/ckpt/run"_s})));
        r.path = u"/ckpt/run/_actor/global_step100"_s;
        r.saveDir = u"/ckpt/run"_s;
        const ResumePlan refused = planResume(r);
        const auto note = std::ranges::find(refused.problems, u"only-newest"_s, &PlanNote::id);
        QVERIFY(note != refused.problems.end());
        QVERIFY2(note->fix.contains(u"cp -a '/ckpt/run/_actor/global_step100' '/ckpt/run/attempt-2-abc123/_actor'/ && printf %s 'global_step100' > '/ckpt/run/attempt-2-abc123/_actor/latest'"_s), qPrintable(note->fix));
        r.path = u"/ckpt/run/attempt-2-abc123/_actor/global_step100"_s;
        r.alone = true;
        const ResumePlan plan = planResume(r);
        QVERIFY(plan.feasible() && plan.hasWarning("care"_L1));
        QCOMPARE(argsOf(plan.result, u"Master"_s, u"command"_s).mid(3),
                 (QStringList{u"--ckpt.load_enable"_s, u"--ckpt.path"_s, u"/ckpt/run/attempt-2-abc123"_s}));
        // Nothing that a copy would help.
        ResumeRequest yolo = requestFor(pytorchJob(container(u"pytorch"_s, {}, {u"yolo"_s, u"detect"_s, u"train"_s})));
        yolo.alone = true;
        QVERIFY(planResume(yolo).hasProblem("only-newest"_L1));
    }

    void weightsAreStartedFromAndNeverResumed()
    {
        const QJsonObject job = with(pytorchJob(container(u"pytorch"_s, {}, {u"torchrun"_s, u"pretrain_gpt.py"_s, u"--save"_s, u"/ckpt/m"_s, u"--load"_s, u"/ckpt/m"_s})),
                                     {u"metadata"_s, u"annotations"_s},
                                     QJsonObject{{u"cairn.console/attempt"_s, u"3"_s}, {u"cairn.console/step"_s, u"50"_s}, {u"cairn.console/checkpoint"_s, u"/ckpt/m/iter_0000050"_s},
                                                 {u"cairn.console/parent-name"_s, u"older"_s}});
        ResumeRequest r = requestFor(job);
        r.path = u"/ckpt/m/iter_0000100"_s;
        r.checkpoint.resumable = false;
        r.loss.steps = 400;
        QVERIFY(planResume(r).hasProblem("not-resumable"_L1));
        r.act = Act::StartFromWeights;
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), plan.feasible() ? "" : qPrintable(plan.problems.first().text));
        QCOMPARE(plan.act, Act::StartFromWeights);
        QCOMPARE(plan.mode, Mode::NewObject); // the job itself could be resumed in place
        QVERIFY(!plan.loss.steps);
        QCOMPARE(plan.saveDir, u"/ckpt/"_s + plan.newName); // beside the old run's folder
        QCOMPARE(argsOf(plan.result, u"Master"_s, u"command"_s),
                 (QStringList{u"torchrun"_s, u"pretrain_gpt.py"_s, u"--load"_s, u"/ckpt/m"_s, u"--ckpt-step"_s, u"100"_s, u"--finetune"_s,
                              u"--exit-on-missing-checkpoint"_s, u"--save"_s, plan.saveDir}));
        // A run of its own: no attempt of the old one.
        const Job made = decoded(plan.result);
        QCOMPARE(made.lineage, Lineage());
        QCOMPARE(made.annotations.value(u"cairn.console/weights"_s), r.path);
        QVERIFY(!plan.wrapperPossible);

        // Once that run is resumed, nothing of the start from weights is left.
        ResumeRequest next = requestFor(with(plan.result, {u"metadata"_s, u"uid"_s}, u"uid-demo"_s));
        next.path = plan.saveDir + u"/iter_0000100"_s;
        const ResumePlan resumed = planResume(next);
        QVERIFY(resumed.feasible());
        QVERIFY(!argsOf(resumed.result, u"Master"_s, u"command"_s).contains(u"--finetune"_s));

        // The mount ends at the folder: an attempt's, so that the old job does not take the new run's checkpoints for its own.
        r.saveDir = u"/ckpt"_s;
        QCOMPARE(planResume(r).saveDir, u"/ckpt/attempt-4-abc123"_s);
        // A script that is told by the contract's variable would resume.
        ResumeRequest contract = requestFor(contractJob());
        contract.act = Act::StartFromWeights;
        QVERIFY(planResume(contract).hasProblem("needs-contract"_L1));
        contract.contract = *parseContract(u"newest"_s, {});
        QVERIFY(planResume(contract).hasProblem("needs-contract"_L1));
        contract.contract = *parseContract(u"arg:--init={path}"_s, {});
        const ResumePlan told = planResume(contract);
        QVERIFY(told.feasible());
        QCOMPARE(told.annotations.value(u"cairn.console/resume-by"_s), QString()); // it resumes nothing
        QCOMPARE(envOf(told.result, u"Master"_s, u"CHECKPOINT_DIR"_s), told.saveDir);

        // What an earlier resume told the job is taken back, or the new run would go on from there.
        ResumeRequest again = requestFor(with(planResume(requestFor(contractJob())).result, {u"metadata"_s, u"uid"_s}, u"uid-demo"_s));
        QVERIFY(!envOf(again.object, u"Master"_s, u"RESUME_FROM_CHECKPOINT"_s).isEmpty());
        again.act = Act::StartFromWeights;
        again.contract = *parseContract(u"arg:--init={path}"_s, {});
        QCOMPARE(envOf(planResume(again).result, u"Worker"_s, u"RESUME_FROM_CHECKPOINT"_s), QString());
        ResumeRequest hf = requestFor(with(planResume(requestFor(hfJob())).result, {u"metadata"_s, u"uid"_s}, u"uid-demo"_s));
        hf.act = Act::StartFromWeights;
        hf.contract = *parseContract(u"arg:--model_name_or_path {path}"_s, {});
        const ResumePlan model = planResume(hf);
        QVERIFY2(model.feasible(), model.feasible() ? "" : qPrintable(model.problems.first().text));
        const QStringList words = argsOf(model.result, u"Master"_s);
        QVERIFY(words.contains(u"--model_name_or_path"_s) && !words.contains(u"--resume_from_checkpoint"_s));
        QVERIFY(words.contains(model.saveDir));
    }

    void templatesAreFilledInOnePass()
    {
        QCOMPARE(filledTemplate({u"--x={path}"_s, u"{dir}|{step}|{save}|{other}|{name}"_s}, u"/c/{save}"_s, 5, u"/s"_s),
                 (QStringList{u"--x=/c/{save}"_s, u"/c|5|/s|{other}|{save}"_s}));
    }
};

QTEST_APPLESS_MAIN(TestResumePlan)
#include "tst_resumeplan.moc"
