// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeState.h"
#include "situation/Alerts.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::situation;

class TestAlerts : public QObject
{
    Q_OBJECT
    const QDateTime m_start = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);
    QList<Job> m_jobs;
    QHash<QString, CheckpointSummary> m_known; ///< by UID
    std::optional<QList<NodeLoad>> m_nodes;
    QList<components::Component> m_components;
    QList<storage::ClaimAccount> m_claims;
    AlertWatch m_watch;

    QSet<QString> m_underWay, m_touched;

    QList<Alert> look(int seconds)
    {
        OverviewFacts facts;
        facts.jobs = [this](const SeeJob &visit) {
            for (const Job &job : m_jobs) {
                const auto known = m_known.constFind(job.uid);
                visit(job, known == m_known.cend() ? nullptr : &*known);
            }
        };
        facts.nodes = m_nodes ? &*m_nodes : nullptr;
        facts.components = &m_components;
        facts.claims = &m_claims;
        facts.underWay = m_underWay;
        facts.touched = m_touched;
        facts.now = m_start.addSecs(seconds);
        return m_watch.update(facts, 90);
    }
    static Job job(const QString &name, JobPhase phase, const QDateTime &finished = {})
    {
        Job job;
        job.uid = job.name = name;
        job.ns = u"ml"_s;
        job.phase = phase;
        job.cause = u"NodeLost"_s;
        job.finished = finished;
        return job;
    }
    CheckpointSummary saved(int at, int readAt, Verdict verdict = Verdict::Whole) const
    {
        CheckpointSummary summary;
        summary.verdict = verdict;
        summary.savedAt = m_start.addSecs(at);
        summary.rhythm = std::chrono::minutes(10);
        summary.readAt = m_start.addSecs(readAt);
        return summary;
    }

private slots:
    void init()
    {
        m_jobs.clear();
        m_known.clear();
        m_nodes.reset();
        m_components.clear();
        m_claims.clear();
        m_underWay.clear();
        m_touched.clear();
        m_watch.reset();
    }

    void whatWasSoBeforeIsNoNews()
    {
        m_jobs = {job(u"old"_s, JobPhase::Failed, m_start.addSecs(-60)), job(u"a"_s, JobPhase::Running)};
        QVERIFY(look(0).isEmpty());
        m_jobs = {job(u"old"_s, JobPhase::Failed, m_start.addSecs(-60)), job(u"a"_s, JobPhase::Failed, m_start.addSecs(5))};
        const QList<Alert> alerts = look(6);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::JobFailed);
        QCOMPARE(alerts[0].target, u"a"_s);
        QVERIFY(alerts[0].text.contains(u"NodeLost"_s));
        QVERIFY(look(9).isEmpty()); // once
        // It came and failed between two looks.
        m_jobs = {job(u"quick"_s, JobPhase::Failed, m_start.addSecs(10))};
        QCOMPARE(look(12).size(), 1);
        // Resumed in place, then failed again.
        m_jobs = {job(u"quick"_s, JobPhase::Running)};
        QVERIFY(look(15).isEmpty());
        m_jobs = {job(u"quick"_s, JobPhase::Failed, m_start.addSecs(16))};
        QCOMPARE(look(18).size(), 1);
    }

    void whatFailedBeforeTheSessionIsNoNewsWheneverItIsRead()
    {
        // The first list had the job without its conditions, as after a reconnect.
        m_jobs = {job(u"old"_s, JobPhase::Unknown), job(u"skewed"_s, JobPhase::Running)};
        QVERIFY(look(0).isEmpty());
        m_jobs = {job(u"old"_s, JobPhase::Failed, m_start.addDays(-2)), job(u"skewed"_s, JobPhase::Failed, m_start.addSecs(-20))};
        const QList<Alert> alerts = look(30);
        QCOMPARE(alerts.size(), 1); // a server's clock that is a little behind silences nothing
        QCOMPARE(alerts[0].target, u"skewed"_s);
    }

    void aChangeThatNobodyFinishesIsToldHoweverOldItIs()
    {
        jobs::ResumeState record;
        record.id = u"abc123def456"_s;
        record.changed = record.begun = m_start.addDays(-2);
        Job hangs = job(u"a"_s, JobPhase::Suspended);
        hangs.annotations.insert(u"cairn.console/resume"_s, record.toText());
        m_jobs = {hangs, job(u"b"_s, JobPhase::Running)};
        m_underWay = {u"a"_s}; // this Cairn is at it
        QVERIFY(look(0).isEmpty());
        m_underWay.clear();
        const QList<Alert> alerts = look(1);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::ChangeUnfinished);
        QCOMPARE(alerts[0].target, u"a"_s);
        QVERIFY(look(3).isEmpty()); // once
        QVERIFY(m_watch.stands(AlertKind::ChangeUnfinished, u"a"_s));
        m_jobs = {job(u"a"_s, JobPhase::Running)}; // somebody finished it: what told of it may go
        QVERIFY(look(6).isEmpty());
        QVERIFY(!m_watch.stands(AlertKind::ChangeUnfinished, u"a"_s));
        // One that was begun elsewhere a moment ago may well be under way.
        record.changed = m_start.addSecs(10);
        hangs.uid = u"c"_s;
        hangs.annotations.insert(u"cairn.console/resume"_s, record.toText());
        m_jobs = {hangs};
        QVERIFY(look(20).isEmpty());
        QCOMPARE(look(70).size(), 1);
    }

    void checkpointsThatAreDamagedOrLate()
    {
        m_jobs = {job(u"a"_s, JobPhase::Running)};
        m_known.insert(u"a"_s, saved(-300, 0));
        QVERIFY(look(0).isEmpty());
        // Time alone does not make it late: nobody has looked since.
        QVERIFY(look(3600).isEmpty());
        m_known.insert(u"a"_s, saved(-300, 3600));
        QList<Alert> alerts = look(3603);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::CheckpointOverdue);
        m_known.insert(u"a"_s, saved(3700, 3710, Verdict::Damaged));
        alerts = look(3711);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::CheckpointDamaged);
        QVERIFY(alerts[0].text.contains(u"no whole"_s));
    }

    void aLeaderThatIsLost()
    {
        components::Component component;
        component.id = components::catalogue().entries.first().id;
        component.leader.state = components::Leadership::State::Fresh;
        component.leader.renewed = m_start;
        m_components = {component};
        QVERIFY(look(0).isEmpty());
        m_components[0].leader.state = components::Leadership::State::Unread; // tells nothing
        QVERIFY(look(3).isEmpty());
        m_components[0].leader.state = components::Leadership::State::Stale;
        const QList<Alert> alerts = look(60);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::LeaderLost);
        QCOMPARE(alerts[0].target, componentKey(component));
    }

    void aNodeThatIsLostTellsOfItsJobs()
    {
        NodeLoad load;
        load.node.name = load.node.uid = u"gpu-4"_s;
        load.node.ready = true;
        load.node.readySince = m_start.addSecs(-600);
        load.jobs = {{u"a"_s, u"ml"_s, u"a"_s, 8, {}}};
        m_nodes = {load};
        m_jobs = {job(u"a"_s, JobPhase::Running)};
        QVERIFY(look(0).isEmpty());
        (*m_nodes)[0].node.ready = false;
        (*m_nodes)[0].node.readySince = m_start.addSecs(2);
        m_jobs = {job(u"a"_s, JobPhase::NodeLost)};
        QList<Alert> alerts = look(3);
        QCOMPARE(alerts.size(), 1); // one for the node, not one for each job
        QCOMPARE(alerts[0].kind, AlertKind::NodeLost);
        QCOMPARE(alerts[0].target, u"gpu-4"_s);
        QVERIFY(alerts[0].title.contains(u"gpu-4"_s));
        QVERIFY(look(6).isEmpty());
        // Nodes may not be read: the job tells.
        m_watch.reset();
        m_nodes.reset();
        m_jobs = {job(u"a"_s, JobPhase::Running)};
        QVERIFY(look(9).isEmpty());
        m_jobs = {job(u"a"_s, JobPhase::NodeLost)};
        alerts = look(12);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].target, u"a"_s);
    }

    void aComponentThatIsDown()
    {
        components::Component component;
        component.id = components::catalogue().entries.first().id;
        component.standing = components::Standing::SinglePoint;
        m_components = {component};
        QVERIFY(look(0).isEmpty());
        m_components[0].standing = components::Standing::NotObservable; // tells nothing
        QVERIFY(look(3).isEmpty());
        m_components[0].standing = components::Standing::Down;
        const QList<Alert> alerts = look(6);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::ComponentDown);
        QVERIFY(!alerts[0].text.isEmpty());
    }

    void aReplicaThatIsLost()
    {
        components::Component component;
        component.id = components::catalogue().entries.first().id;
        component.standing = components::Standing::SurvivesNode;
        component.desired = component.ready = 2;
        m_components = {component};
        QVERIFY(look(0).isEmpty());
        m_components[0].standing = components::Standing::Degraded;
        m_components[0].ready = 1;
        QList<Alert> alerts = look(3);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::ReplicaLost);
        QVERIFY2(alerts[0].text.contains(u"1 of 2"_s), qPrintable(alerts[0].text));
        m_components[0].standing = components::Standing::Down;
        alerts = look(6);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::ComponentDown);
        m_components[0].standing = components::Standing::Degraded; // one came back
        QVERIFY(look(9).isEmpty());
    }

    void whatAChangeOfOursDoesIsNoNews()
    {
        components::Component component;
        component.id = components::catalogue().entries.first().id;
        component.standing = components::Standing::SurvivesNode;
        component.desired = component.ready = 2;
        component.leader.state = components::Leadership::State::Fresh;
        m_components = {component};
        QVERIFY(look(0).isEmpty());
        m_touched = {componentKey(component)};
        m_components[0].ready = 0;
        m_components[0].standing = components::Standing::Down;
        m_components[0].leader.state = components::Leadership::State::Stale;
        QVERIFY(look(3).isEmpty());
        m_components = {component};
        QVERIFY(look(6).isEmpty());
        // What it leaves broken is told.
        m_components[0].ready = 1;
        m_components[0].standing = components::Standing::Degraded;
        QVERIFY(look(9).isEmpty());
        m_touched.clear();
        const QList<Alert> alerts = look(60);
        QCOMPARE(alerts.size(), 1);
        QCOMPARE(alerts[0].kind, AlertKind::ReplicaLost);
    }

    void anElectionThatIsTurnedOffLosesNoLeader()
    {
        using State = components::Leadership::State;
        components::Component component;
        component.id = components::catalogue().entries.first().id;
        component.standing = components::Standing::SinglePoint;
        component.desired = component.ready = 1;
        component.leader.state = State::Fresh;
        m_components = {component};
        QVERIFY(look(0).isEmpty());
        m_components[0].leader.state = State::Off;
        QVERIFY(look(3).isEmpty());
        m_components[0].leader.state = State::Missing; // on again: nobody leads yet
        QVERIFY(look(6).isEmpty());
        m_components[0].leader.state = State::Fresh;
        QVERIFY(look(9).isEmpty());
        m_components[0].leader.state = State::Stale;
        QCOMPARE(look(60).size(), 1);
    }

    void moreReplicasAskedFor()
    {
        components::Component component;
        component.id = components::catalogue().entries.first().id;
        component.standing = components::Standing::SinglePoint;
        component.desired = component.ready = 1;
        m_components = {component};
        QVERIFY(look(0).isEmpty());
        m_components[0].desired = 2; // scaled up: the second is about to start
        m_components[0].standing = components::Standing::Degraded;
        QVERIFY(look(3).isEmpty());
        m_components[0].ready = 2;
        m_components[0].standing = components::Standing::SurvivesNode;
        QVERIFY(look(6).isEmpty());
        m_components[0].ready = 1;
        m_components[0].standing = components::Standing::Degraded;
        QCOMPARE(look(9).size(), 1);
    }

    void anotherLeader()
    {
        LeaderChange change;
        change.component = u"training-operator"_s;
        change.ns = u"kubeflow"_s;
        change.fromPod = u"old"_s;
        change.toPod = u"new"_s;
        change.gap = 18.1;
        const Alert alert = alertOf(change);
        QCOMPARE(alert.kind, AlertKind::LeaderChanged);
        QCOMPARE(alert.target, u"training-operator@kubeflow"_s);
        QVERIFY(alert.text.contains(u"old"_s) && alert.text.contains(u"18 s"_s));
        change.gap = -1; // nobody saw it
        QVERIFY(!alertOf(change).text.contains(u"nobody led"_s));
        QVERIFY(!AlertRules().wanted.contains(AlertKind::LeaderChanged)); // with every roll-out: only for who wants it
    }

    void aClaimThatFillsUp()
    {
        storage::ClaimAccount account;
        account.claim.uid = account.claim.name = u"ckpt"_s;
        VolumeUse use;
        use.capacity = 100;
        use.used = 89;
        account.use = use;
        m_claims = {account};
        QVERIFY(look(0).isEmpty());
        m_claims[0].use->used = 91;
        QCOMPARE(look(3).size(), 1);
        m_claims[0].use->used = 50;
        QVERIFY(look(6).isEmpty());
        m_claims[0].use->used = 95;
        QCOMPARE(look(9).first().title, u"ckpt is 95 % full"_s);
    }

    void quietHoursMaySpanMidnight()
    {
        AlertRules rules;
        QVERIFY(!rules.isQuiet({23, 0}));
        rules.quiet = true;
        QVERIFY(rules.isQuiet({23, 0}));
        QVERIFY(rules.isQuiet({6, 59}));
        QVERIFY(!rules.isQuiet({7, 0}));
        QVERIFY(!rules.isQuiet({12, 0}));
        rules.quietFrom = {12, 0};
        rules.quietTo = {13, 0};
        QVERIFY(rules.isQuiet({12, 0}));
        QVERIFY(!rules.isQuiet({13, 0}));
        rules.quietTo = rules.quietFrom;
        QVERIFY(rules.isQuiet({1, 0}));
    }
};

QTEST_APPLESS_MAIN(TestAlerts)
#include "tst_alerts.moc"
