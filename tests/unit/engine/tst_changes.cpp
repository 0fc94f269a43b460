// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "engine/Changes.h"
#include "engine/OverlayRun.h"
#include "jobs/Unfinished.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

const ResourceKind &jobResource()
{
    return facts(JobKind::PyTorchJob).resource;
}

QJsonObject podOf(const QString &job)
{
    return {{u"metadata"_s, QJsonObject{{u"name"_s, job + u"-master-0"_s}, {u"namespace"_s, u"research"_s},
                                        {u"labels"_s, QJsonObject{{facts(JobKind::PyTorchJob).podLabel, job}}}}},
            {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}};
}

} // namespace

class TestChanges : public QObject
{
    Q_OBJECT
    std::shared_ptr<FakeObjectApi> m_api;

    QJsonObject job(const QString &name = u"demo"_s) const { return m_api->stored(jobResource(), u"research"_s, name); }
    bool isSuspended(const QString &name = u"demo"_s) const { return job(name)[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool(); }
    jobs::ResumePlan plan() const { return jobs::planResume(requestFor(job())); }
    static std::function<Result<Checkpoint>(std::stop_token)> whole()
    {
        return [](std::stop_token) -> Result<Checkpoint> { return wholeCheckpoint(); };
    }
    /// The operator says the job stands still.
    void endPods()
    {
        m_api->erase(kinds::pods(), u"research"_s, u"demo-master-0"_s);
        m_api->edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o = with(o, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Suspended"_s, true)});
            return true;
        });
    }

private slots:
    void init()
    {
        m_api = std::make_shared<FakeObjectApi>();
        m_api->put(jobResource(), contractJob());
        m_api->put(kinds::pods(), podOf(u"demo"_s));
    }
    void cleanup() { async::drain(); }

    void aChangeOutlivesWhoeverBeganIt()
    {
        Changes changes;
        QSignalSpy ended(&changes, &Changes::ended);
        std::weak_ptr<ResumeRun> seen;
        {
            auto run = std::make_shared<ResumeRun>(changes, m_api, u"Resuming demo"_s);
            run->execute(plan(), whole());
            seen = run;
        } // its window is gone
        QCOMPARE(changes.running().size(), 1);
        QCOMPARE(changes.jobs(), QSet<QString>{u"uid-demo"_s});
        QTRY_VERIFY(isSuspended());
        QVERIFY(seen.lock());
        // Stopped, it leaves its record; nothing of it is kept here.
        seen.lock()->stop();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(changes.running().isEmpty() && changes.jobs().isEmpty());
        QVERIFY(seen.expired());
        QVERIFY(isSuspended());
        QVERIFY(jobs::unfinishedChange(decoded(job())));
    }

    void whatAChangeMovesIsKnownAWhileLonger()
    {
        components::Component trainer;
        trainer.kind = u"Deployment"_s;
        trainer.ns = u"kubeflow"_s;
        trainer.workload = trainer.id = u"training-operator"_s;
        components::Component other = trainer;
        other.workload = other.id = u"katib-controller"_s;
        const ObjectRef ref{kinds::deployments(), u"kubeflow"_s, u"training-operator"_s, {}};
        change::Plan plan;
        plan.id = u"abc123def456"_s;
        plan.ns = u"kubeflow"_s;
        plan.changes = {{.act = change::Change::Act::Await, .until = {{.what = change::Condition::What::RolledOut, .object = ref}}}};
        Changes changes;
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QVERIFY(!changes.touches(m_api.get(), trainer, now));
        auto run = std::make_shared<OverlayRun>(changes, m_api, u"Applying"_s);
        QSignalSpy ended(&changes, &Changes::ended);
        run->execute(plan);
        QVERIFY(changes.touches(m_api.get(), trainer, now) && !changes.touches(m_api.get(), other, now));
        QVERIFY(!changes.touches(nullptr, trainer, now)); // another cluster
        run->stop();
        QTRY_COMPARE(ended.size(), 1);
        run.reset();
        QVERIFY(changes.touches(m_api.get(), trainer, QDateTime::currentDateTimeUtc()) && !changes.touches(m_api.get(), other, now));
        QVERIFY(!changes.touches(m_api.get(), trainer, QDateTime::currentDateTimeUtc().addSecs(31)));
    }

    void aFreshStartIsToldAsSuch()
    {
        Changes changes;
        auto run = std::make_shared<ResumeRun>(changes, m_api, u"Resuming demo from step 100"_s);
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute(plan(), whole());
        QTRY_VERIFY(isSuspended());
        endPods();
        QTRY_VERIFY(!isSuspended());
        m_api->setLog(u"research"_s, u"demo-master-0"_s, "Training from scratch\nstep 1\nstep 2\nstep 3\n");
        QJsonObject pod = podOf(u"demo"_s);
        pod = with(pod, {u"status"_s, u"containerStatuses"_s},
                   QJsonArray{QJsonObject{{u"name"_s, u"pytorch"_s}, {u"state"_s, QJsonObject{{u"running"_s, QJsonObject{}}}}}});
        m_api->put(kinds::pods(), pod);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
        QVERIFY(run->ending().failed);
        QCOMPARE(run->ending().title, u"demo started from zero"_s);
        QVERIFY2(run->ending().text.contains(u"step 100"_s), qPrintable(run->ending().text));
        QVERIFY(run->canRollBack());
    }

    void itIsRolledBackInTheMiddle()
    {
        Changes changes;
        auto run = std::make_shared<ResumeRun>(changes, m_api, u"Resuming demo"_s);
        run->execute(plan(), whole());
        QTRY_VERIFY(isSuspended());
        QVERIFY(run->canRollBack());
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->rollBack();
        QTRY_VERIFY(run->isRollingBack());
        QVERIFY(ended.isEmpty()); // it has not ended before it is back
        endPods();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(!isSuspended());
        QVERIFY(!jobs::unfinishedChange(decoded(job())));
        QVERIFY(run->outcome() && *run->outcome());
        QCOMPARE((*run->outcome())->state, jobs::ResumeOutcome::State::Undone);
        QVERIFY(!run->ending().failed);
    }

    void whatWasLeftIsFinishedByTheNext()
    {
        {
            Changes changes;
            std::make_shared<ResumeRun>(changes, m_api, u"Resuming demo"_s)->execute(plan(), whole());
            QTRY_VERIFY(isSuspended());
        } // Cairn ended
        async::drain();
        const Job hangs = decoded(job());
        QVERIFY(jobs::unfinishedChange(hangs));
        endPods();
        Changes changes;
        auto run = std::make_shared<ResumeRun>(changes, m_api, u"Finishing demo"_s);
        run->recover(hangs, true);
        QTRY_VERIFY(!isSuspended());
        QCOMPARE(envOf(job(), u"Master"_s, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/step-100.pt"_s);
        run->stop();
        QTRY_VERIFY(!run->isRunning());
    }

    void severalJobsAreTakenBack()
    {
        m_api->put(jobResource(), contractJob(u"other"_s));
        Changes changes;
        QList<jobs::BulkItem> items;
        for (const QString &name : {u"demo"_s, u"other"_s})
            items.append(jobs::planBulk(jobs::BulkAct::Suspend, decoded(job(name)), nullptr, QDateTime::currentDateTimeUtc()));
        auto run = std::make_shared<BulkRun>(changes, m_api, u"Suspending 2 jobs"_s, items);
        QSignalSpy ended(run.get(), &RunningChange::ended);
        run->execute();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(isSuspended() && isSuspended(u"other"_s));
        QVERIFY(!run->ending().failed);
        QVERIFY(run->canRollBack());
        endPods();
        run->rollBack();
        QTRY_COMPARE(ended.size(), 2);
        QVERIFY(!isSuspended() && !isSuspended(u"other"_s));
        // What is deleted stays deleted.
        BulkRun deletion(changes, m_api, u"Deleting"_s, {jobs::planBulk(jobs::BulkAct::Delete, decoded(job()), nullptr, QDateTime::currentDateTimeUtc())});
        QVERIFY(!deletion.canRollBack());
    }
};

QTEST_GUILESS_MAIN(TestChanges)
#include "tst_changes.moc"
