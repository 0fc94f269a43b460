// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ObjectDecoder.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

/// Recorded from a real operator, see tests/fixtures/mpi/README.md.
QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/mpi/") + name + u".json"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Job decoded(const QByteArray &body)
{
    const Result<Job> job = decodeJob(body, JobKind::MPIJobV2);
    return job ? *job : Job();
}

} // namespace

class TestMpiJob : public QObject
{
    Q_OBJECT

    QJsonArray m_running;

    QList<Job> runningJobs() const
    {
        QList<Job> jobs;
        for (const QJsonValue item : m_running) {
            if (item[u"kind"_s].toString() == u"MPIJob")
                jobs += decoded(QJsonDocument(item.toObject()).toJson());
        }
        return jobs;
    }

private slots:
    void initTestCase()
    {
        m_running = QJsonDocument::fromJson(fixture(u"running"_s)).object().value(u"items"_s).toArray();
        QVERIFY(!m_running.isEmpty());
    }

    void theSpecIsRead()
    {
        const QList<Job> jobs = runningJobs();
        QCOMPARE(jobs.size(), 1);
        const Job &job = jobs.first();
        QCOMPARE(job.apiVersion, u"kubeflow.org/v2beta1"_s);
        QCOMPARE(job.ref().kind, facts(JobKind::MPIJobV2).resource);
        QCOMPARE(job.slotsPerWorker, 4);
        QVERIFY(job.launcherWaits);
        QCOMPARE(job.backoffLimit, 2);
        QCOMPARE(job.restartPolicy, u"OnFailure"_s); // the operator's default for launchers
        QCOMPARE(job.container, u"launcher"_s);      // the first, whatever its name
        QCOMPARE(job.command.value(0), u"mpirun"_s);
        QCOMPARE(job.env.value(u"CHECKPOINT_DIR"_s), u"s3://ckpt/mpi/run"_s);
        QCOMPARE(job.replicas.size(), 2);
        QCOMPARE(job.replicas[0].role, u"Launcher"_s);
        QCOMPARE(job.replicas[0].desired, 1);
        QCOMPARE(job.replicas[0].active, 1);
        QCOMPARE(job.replicas[1].role, u"Worker"_s);
        QCOMPARE(job.replicas[1].desired, 2);
        QCOMPARE(job.replicas[1].active, 2);
        QCOMPARE(job.gpus(), 8.0);
        QCOMPARE(job.manager.type, Manager::Type::None);
        QVERIFY(!job.canGoOnInPlace());
    }

    void podsAreFoundByTheirLabels()
    {
        const auto decoder = podDecoder();
        QMap<QString, int> roles;
        for (const QJsonValue item : m_running) {
            if (item[u"kind"_s].toString() != u"Pod")
                continue;
            const Result<Pod> pod = decoder->object(QJsonDocument(item.toObject()).toJson(), WireFormat::Json);
            QVERIFY(pod);
            QVERIFY(pod->ofMpiOperator);
            QVERIFY(!pod->ofJobSet);
            QCOMPARE(pod->jobName, u"horovod"_s);
            QCOMPARE(pod->ownerKind, pod->role == u"launcher" ? u"Job"_s : u"MPIJob"_s);
            ++roles[pod->role];
        }
        QCOMPARE(roles, (QMap<QString, int>{{u"launcher"_s, 1}, {u"worker"_s, 2}}));
    }

    void phasesFollowTheConditions_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("cause");
        QTest::newRow("workers are not ready") << u"waiting"_s << u"Pending"_s << QString();
        QTest::newRow("suspended") << u"suspended"_s << u"Suspended"_s << QString();
        QTest::newRow("resumed") << u"resumed"_s << u"Pending"_s << QString();
        QTest::newRow("succeeded") << u"succeeded"_s << u"Succeeded"_s << QString();
        QTest::newRow("failed") << u"failed"_s << u"Failed"_s << u"BackoffLimitExceeded"_s;
    }
    void phasesFollowTheConditions()
    {
        QFETCH(QString, file);
        const Job job = decoded(fixture(file));
        QCOMPARE(job.name, u"horovod"_s);
        QTEST(phaseName(job.phase), "phase");
        QTEST(job.cause, "cause");
        QCOMPARE(job.finished.isValid(), isFinished(job.phase));
        QCOMPARE(job.suspendRequested, job.phase == JobPhase::Suspended);
    }

    void aJobThatSaysLittleGetsTheDefaults()
    {
        const Job job = decoded("{\"apiVersion\":\"kubeflow.org/v2beta1\",\"kind\":\"MPIJob\",\"metadata\":{\"uid\":\"u\"},\"spec\":"
                                "{\"runPolicy\":{\"managedBy\":\"kubeflow.org/mpi-operator\"},\"mpiReplicaSpecs\":{\"Worker\":{}}}}");
        QCOMPARE(job.slotsPerWorker, 1);
        QVERIFY(!job.launcherWaits);
        QCOMPARE(job.desired(), 0);
        QCOMPARE(job.manager.type, Manager::Type::None); // the operator itself is nobody else
    }

    void theVersionTellsTheKind()
    {
        const ResourceKind &v1 = facts(JobKind::MPIJob).resource, &v2 = facts(JobKind::MPIJobV2).resource;
        QCOMPARE(v1.kind, v2.kind);
        QCOMPARE(jobKindOf(v1)->id, JobKind::MPIJob);
        QCOMPARE(jobKindOf(v2)->id, JobKind::MPIJobV2);
        ResourceKind other = v2;
        other.version = u"v9"_s;
        QCOMPARE(jobKindOf(other)->id, JobKind::MPIJob);
        QCOMPARE(jobKindOf(kinds::pods()), nullptr);
    }
};

QTEST_APPLESS_MAIN(TestMpiJob)
#include "tst_mpijob.moc"
