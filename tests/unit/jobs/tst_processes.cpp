// SPDX-License-Identifier: GPL-3.0-or-later
#include "Samples.h"
#include "jobs/Processes.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;

class TestProcesses : public QObject
{
    Q_OBJECT

    /// A Master and two Workers.
    static QJsonObject job(const QStringList &words, int gpus = 0, const QJsonObject &env = {})
    {
        QJsonObject trainer = container(u"pytorch"_s, env, words);
        if (gpus > 0)
            trainer.insert(u"resources"_s, QJsonObject{{u"limits"_s, QJsonObject{{u"nvidia.com/gpu"_s, gpus}}}});
        return pytorchJob(trainer);
    }
    static std::optional<qint64> of(const QJsonObject &object, JobKind kind = JobKind::PyTorchJob)
    {
        return processesOf(decoded(object, kind), object).count;
    }
    static QStringList split(const char *line) { return QString::fromLatin1(line).split(u' '); }

private slots:
    void theCommandLineTells_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("gpus");
        QTest::addColumn<int>("processes"); // 0: not known
        const auto row = [](const char *line, int gpus, int processes) { QTest::addRow("%s, %d GPUs", line, gpus) << split(line) << gpus << processes; };
        row("torchrun --nproc-per-node 4 t.py", 8, 12);
        row("torchrun --nproc_per_node=4 t.py", 0, 12);
        row("torchrun --nproc-per-node gpu t.py", 8, 24);
        row("torchrun --nproc-per-node=auto t.py", 2, 6);
        row("torchrun --nproc-per-node=auto t.py", 0, 0);
        row("torchrun --nproc-per-node $GPUS t.py", 8, 0);
        row("torchrun --nnodes 2 --nproc-per-node 4 t.py", 8, 8);
        row("torchrun --nnodes 1:4 --nproc-per-node 4 t.py", 8, 0);
        row("torchrun t.py", 8, 24); // the operator says auto
        row("python -m torch.distributed.run --nproc_per_node 2 t.py", 0, 6);
        // A script may start its own, or leave it to Ray.
        row("python t.py", 0, 0);
        row("python t.py", 1, 0);
        row("python t.py", 8, 0);
        row("python -m openrlhf.cli.train_ppo_ray --ckpt.path /c", 0, 0);
        row("python -m verl.trainer.main_ppo trainer.default_local_dir=/c", 0, 0);
        row("python -m verl.trainer.main_ppo trainer.nnodes=2", 8, 0);
        row("srun -n 4 python train.py", 0, 0);
        row("srun -n 4 torchrun --nproc-per-node 4 t.py", 8, 0);
        row("bash run.sh torchrun --nproc-per-node 4 t.py", 8, 0);
        row("python t.py --launcher torchrun", 8, 0);
        // What stands behind the script or the module is the script's.
        row("torchrun t.py --nproc-per-node 4", 8, 24);
        row("torchrun t.py --nproc-per-node 4", 0, 0);
        row("torchrun -m pkg.train --nnodes 7 --nproc-per-node 4", 8, 24);
        row("torchrun --rdzv-backend c10d --nproc 4 --max-restarts=3 -m pkg.train --nproc-per-node 5", 8, 12);
        row("torchrun --standalone --nproc-per-node 4 t.py", 8, 0);
        row("torchrun $OPTIONS t.py", 8, 0);
        row("torchrun --nproc-per-node 4 -m verl.trainer.sft trainer.n_gpus_per_node=8 trainer.nnodes=2", 8, 12);
        row("accelerate launch t.py --num_processes 16", 8, 0);
        row("accelerate launch --multi_gpu --num_processes 16 -m pkg.train --num_processes 3", 8, 16);
        row("deepspeed t.py --num_gpus 4", 8, 0);
        row("accelerate launch --num_processes 16 t.py", 8, 16);
        row("accelerate launch t.py", 8, 0);
        row("deepspeed --num_gpus 4 t.py", 8, 0); // of three pods, and which it knows is in its hostfile
        row("deepspeed --num_nodes 3 --num_gpus 4 t.py", 8, 12);
        row("python -m verl.trainer.main_ppo trainer.n_gpus_per_node=8 trainer.nnodes=2", 8, 16);
        row("python m.py fit --trainer.devices=4 --trainer.num_nodes=2", 4, 8);
        row("python m.py fit --trainer.devices=4 --trainer.num_nodes=auto", 4, 0);
        row("bash run.sh", 1, 0);
        row("torchrun --nproc-per-node 99999999999999999999 t.py", 8, 0);
        row("torchrun --nproc-per-node -3 t.py", 8, 0);
    }
    void theCommandLineTells()
    {
        QFETCH(QStringList, words);
        QFETCH(int, gpus);
        QFETCH(int, processes);
        const QJsonObject object = job(words, gpus);
        const Processes found = processesOf(decoded(object), object);
        QCOMPARE(found.count.value_or(0), qint64(processes));
        QVERIFY(!found.told.isEmpty() && !found.told.contains(u"1 nodes"_s));
        QVERIFY(!found.change.isEmpty());
    }

    void theFieldsOfTheJobTell()
    {
        const QJsonObject plain = job(split("torchrun t.py"), 8);
        QCOMPARE(of(with(plain, {u"spec"_s, u"nprocPerNode"_s}, u"2"_s)), 6);
        QCOMPARE(of(with(plain, {u"spec"_s, u"nprocPerNode"_s}, u"gpu"_s)), 24);
        QCOMPARE(of(with(plain, {u"spec"_s, u"nprocPerNode"_s}, u"cpu"_s)), std::nullopt);
        const QJsonObject elastic = with(plain, {u"spec"_s, u"elasticPolicy"_s}, QJsonObject{{u"minReplicas"_s, 1}, {u"maxReplicas"_s, 4}, {u"nProcPerNode"_s, 2}});
        QCOMPARE(of(elastic), std::nullopt);
        QCOMPARE(of(with(elastic, {u"spec"_s, u"elasticPolicy"_s, u"minReplicas"_s}, 4)), 6);
        QCOMPARE(of(job(split("torchrun t.py"), 0, {{u"PET_NPROC_PER_NODE"_s, u"5"_s}})), 15);
        // In place of the command's own number stands a variable of the job.
        QCOMPARE(of(job(split("torchrun --nproc-per-node $(N) t.py"), 0, {{u"N"_s, u"2"_s}})), 6);
    }

    void whatDecidesIsNamed_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("change");
        const auto row = [](const char *line, const char *change) { QTest::newRow(line) << QString::fromLatin1(line) << QString::fromUtf8(change); };
        row("torchrun t.py", "spec.pytorchReplicaSpecs.*.replicas × spec.nprocPerNode");
        row("torchrun --nproc_per_node=8 t.py", "spec.pytorchReplicaSpecs.*.replicas × --nproc_per_node");
        row("torchrun --nnodes 2 --nproc-per-node 8 t.py", "--nnodes × --nproc-per-node");
        row("accelerate launch --num_processes 16 t.py", "--num_processes");
        row("python -m verl.trainer.main_ppo trainer.n_gpus_per_node=8 trainer.nnodes=2", "trainer.nnodes × trainer.n_gpus_per_node");
        row("python m.py fit --trainer.devices=4", "--trainer.num_nodes × --trainer.devices");
        row("python t.py", "the command of the job");
    }
    void whatDecidesIsNamed()
    {
        QFETCH(QString, line);
        QFETCH(QString, change);
        const QJsonObject object = job(line.split(u' '), 8);
        QCOMPARE(processesOf(decoded(object), object).change, change);
    }

    void aShellLineMayStartSeveral()
    {
        const auto line = [](const QString &text) { return job({u"sh"_s, u"-c"_s, text}, 8); };
        QCOMPARE(of(line(u"cd /w && exec torchrun --nproc-per-node 4 t.py --nproc-per-node 2"_s)), 12);
        QCOMPARE(of(line(u"torchrun --nproc-per-node 4 a.py && torchrun --nproc-per-node 2 b.py"_s)), std::nullopt);
    }

    void mpiCountsSlots()
    {
        const auto mpi = [](const char *line, const QJsonValue &perWorker) {
            QJsonObject object = contractJob();
            object.insert(u"kind"_s, u"MPIJob"_s);
            object.insert(u"spec"_s, QJsonObject{{u"mpiReplicaSpecs"_s, QJsonObject{{u"Launcher"_s, role(container(u"mpi"_s, {}, split(line)))},
                                                                                    {u"Worker"_s, role(container(u"mpi"_s, {}), 4)}}}});
            return perWorker.isUndefined() ? object : with(object, {u"spec"_s, u"slotsPerWorker"_s}, perWorker);
        };
        QCOMPARE(of(mpi("mpirun python t.py", QJsonValue::Undefined), JobKind::MPIJob), 4);
        QCOMPARE(of(mpi("mpirun python t.py", 2), JobKind::MPIJob), 8);
        QCOMPARE(of(mpi("mpirun -np 6 python t.py", 2), JobKind::MPIJob), 6);
        QCOMPARE(of(mpi("mpirun -n $N python t.py", 2), JobKind::MPIJob), std::nullopt);
        QCOMPARE(of(mpi("bash run.sh", 2), JobKind::MPIJob), std::nullopt);
        QCOMPARE(of(mpi("mpirun --allow-run-as-root -mca btl tcp -x A python t.py -n 5", 2), JobKind::MPIJob), 8);
        QCOMPARE(of(mpi("mpirun -np 2 torchrun --nproc-per-node 4 t.py", 2), JobKind::MPIJob), std::nullopt);
        QCOMPARE(of(mpi("mpirun -np 2 bash run.sh", 2), JobKind::MPIJob), std::nullopt);
    }

    void aTrainJobTakesFromItsRuntime()
    {
        const QJsonObject object{{u"apiVersion"_s, u"trainer.kubeflow.org/v1alpha1"_s}, {u"kind"_s, u"TrainJob"_s},
                                 {u"metadata"_s, QJsonObject{{u"name"_s, u"demo"_s}, {u"namespace"_s, u"research"_s}}},
                                 {u"spec"_s, QJsonObject{{u"runtimeRef"_s, QJsonObject{{u"name"_s, u"torch"_s}}},
                                                         {u"trainer"_s, QJsonObject{{u"command"_s, QJsonArray{u"torchrun"_s, u"t.py"_s}}}}}}};
        QCOMPARE(of(object, JobKind::TrainJob), std::nullopt); // nobody read its runtime
        const QJsonObject own = with(with(with(object, {u"spec"_s, u"trainer"_s, u"numNodes"_s}, 2), {u"spec"_s, u"trainer"_s, u"numProcPerNode"_s}, 4),
                                     {u"spec"_s, u"trainer"_s, u"image"_s}, u"i"_s);
        QCOMPARE(of(own, JobKind::TrainJob), 8);
        QCOMPARE(of(with(own, {u"spec"_s, u"trainer"_s, u"numProcPerNode"_s}, u"3"_s), JobKind::TrainJob), 6);

        TrainingRuntime runtime;
        runtime.numNodes = 3;
        runtime.job.image = u"i"_s;
        runtime.job.processesPerNode = u"2"_s;
        QCOMPARE(processesOf(withRuntime(decoded(object, JobKind::TrainJob), runtime), object).count, 6);
        QCOMPARE(processesOf(withRuntime(decoded(own, JobKind::TrainJob), runtime), own).count, 8);
    }

    void whatDoesNotFitIsSaid()
    {
        Processes eight{8, u"nodes: 2, processes on each: 4"_s, u"spec.x"_s};
        QVERIFY(whyNotLoadable(eight, 0).id.isEmpty());
        QVERIFY(whyNotLoadable(eight, 8).id.isEmpty());
        const change::Note other = whyNotLoadable(eight, 16);
        QCOMPARE(other.id, u"processes"_s);
        QVERIFY2(other.text.contains(u"16"_s) && other.text.contains(eight.told) && other.fix.contains(u"spec.x"_s), qPrintable(other.text));
        eight.count.reset();
        QCOMPARE(whyNotLoadable(eight, 16).id, u"processes-unknown"_s);
        QVERIFY(whyNotLoadable(eight, 0).id.isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestProcesses)
#include "tst_processes.moc"
