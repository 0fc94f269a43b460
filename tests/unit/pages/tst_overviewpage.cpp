// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "items/ComponentTableModel.h"
#include "items/JobTableModel.h"
#include "items/NodeTableModel.h"
#include "jobs/ResumeState.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/OverviewPage.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using items::ProblemTableModel;
using situation::Overview;
using situation::Problem;
using pages::OverviewPage;

namespace {

const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

Job job(const QString &uid, JobPhase phase, double gpus, int startedMinutesAgo)
{
    Job job;
    job.uid = job.name = uid;
    job.ns = u"research"_s;
    job.phase = phase;
    job.created = job.started = now.addSecs(-60 * startedMinutesAgo);
    job.replicas = {{u"Master"_s, 1, 1, 1, 0, 0, gpus}};
    if (phase == JobPhase::Failed)
        job.finished = now.addSecs(-300);
    return job;
}

items::CheckpointSummary saved(Verdict verdict, int minutesAgo, int everyMinutes, int safeMinutesAgo)
{
    items::CheckpointSummary summary;
    summary.verdict = verdict;
    summary.savedAt = now.addSecs(-60 * minutesAgo);
    summary.rhythm = std::chrono::minutes(everyMinutes);
    summary.safeSince = now.addSecs(-60 * safeMinutesAgo);
    summary.safeStep = 1200;
    summary.readAt = now;
    return summary;
}

} // namespace

class TestOverviewPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<items::JobTableModel> m_jobs;
    QList<storage::ClaimAccount> m_claims;

    Overview overview(const QList<items::NodeRow> *nodes = nullptr, const QList<components::Component> *components = nullptr)
    {
        situation::OverviewFacts facts;
        facts.jobs = eachJob();
        facts.components = components;
        facts.nodes = nodes;
        facts.claims = m_claims.isEmpty() ? nullptr : &m_claims;
        facts.now = now;
        return situation::overviewOf(facts);
    }

    situation::EachJob eachJob() const
    {
        return [this](const situation::SeeJob &visit) {
            for (int i = 0; i < m_jobs->rowCount(); ++i)
                visit(m_jobs->rowAt(i)->job, m_jobs->rowAt(i)->checkpoints ? &*m_jobs->rowAt(i)->checkpoints : nullptr);
        };
    }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s)); // for the plurals
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_claims.clear();
        m_jobs = std::make_unique<items::JobTableModel>();
        m_jobs->setJobs({job(u"late"_s, JobPhase::Running, 8, 600), job(u"fine"_s, JobPhase::Running, 2, 60), job(u"broken"_s, JobPhase::Running, 1, 120),
                         job(u"dead"_s, JobPhase::Failed, 4, 60), job(u"new"_s, JobPhase::Pending, 3, 2), job(u"stuck"_s, JobPhase::Pending, 5, 30),
                         job(u"done"_s, JobPhase::Succeeded, 8, 600), job(u"asleep"_s, JobPhase::Suspended, 8, 600)});
        m_jobs->setCheckpoints(u"late"_s, saved(Verdict::Whole, 60, 10, 60));
        m_jobs->setCheckpoints(u"fine"_s, saved(Verdict::Whole, 5, 10, 5));
        m_jobs->setCheckpoints(u"broken"_s, saved(Verdict::Damaged, 10, 10, 30));
        m_jobs->setCheckpoints(u"dead"_s, saved(Verdict::Whole, 20, 10, 20));
    }

    void itCountsWhatCostsWork()
    {
        const Overview o = overview();
        QCOMPARE(o.running, 3);
        QCOMPARE(o.failed, 1);
        QCOMPARE(o.waiting, 2);
        QCOMPARE(o.suspended, 1);
        // 8 GPUs for an hour, 2 for five minutes, 1 for half an hour.
        QVERIFY(qAbs(o.gpuHoursAtRisk - (8 + 2 * 5 / 60.0 + 0.5)) < 1e-9);
        QCOMPARE(o.costliest, u"late"_s);
        QCOMPARE(o.gpusHeld, 8.0);
        QVERIFY(!o.atMost);
        QVERIFY(!o.componentsKnown);
        QVERIFY(!o.gpusKnown);
    }

    void problemsComeWorstFirst()
    {
        QStringList names;
        const Overview o = overview();
        for (const Problem &problem : o.problems)
            names.append(problem.name);
        // What stands still, what failed, what may be lost. "new" has only just begun to wait.
        QCOMPARE(names, (QStringList{u"stuck"_s, u"dead"_s, u"broken"_s, u"late"_s}));
        QCOMPARE(ProblemTableModel::actionOf(o.problems[1]).id, u"job.resume"_s);
        QVERIFY(o.problems[1].hint.contains(u"1 200"_s) || o.problems[1].hint.contains(u"1\u202F200"_s));
        QCOMPARE(ProblemTableModel::actionOf(o.problems[3]).id, u"show"_s);
    }

    void anUnfinishedChangeComesFirstWithBothWays()
    {
        jobs::ResumeState record;
        record.id = u"abc123def456"_s;
        record.step = 1200;
        record.tool = u"cairn 0.1.0"_s;
        record.changed = record.begun = now.addSecs(-30);
        Job hangs = job(u"asleep"_s, JobPhase::Suspended, 0, 600);
        hangs.annotations.insert(u"cairn.console/resume"_s, record.toText());
        m_jobs->applyDelta({{hangs}, {}, false, {}});
        const Overview o = overview();
        QCOMPARE(o.unfinished, 1);
        const Problem &first = o.problems.first();
        QCOMPARE(first.name, u"asleep"_s);
        QCOMPARE(ProblemTableModel::tagOf(first).text, u"Unfinished"_s);
        QVERIFY2(first.text.contains(u"suspended"_s), qPrintable(first.text));
        OverviewPage page;
        page.resize(1100, 800);
        page.show();
        page.setNow(now);
        page.setOverview(o);
        FeedState live;
        live.phase = FeedState::Phase::Live;
        page.setFeed(live);
        QSignalSpy recover(&page, &OverviewPage::recoverRequested);
        auto *table = page.findChild<views::DataTable *>(u"overview.table"_s);
        QCOMPARE(table->model()->index(0, 0).data(items::KeyRole).toString(), first.key());
        table->setCurrentKey(first.key());
        QTest::keyClick(table, Qt::Key_Return, Qt::ControlModifier); // the button at the edge, and only that
        QCOMPARE(recover.size(), 1);
        QCOMPARE(recover.last(), (QVariantList{u"asleep"_s, true}));
        const QRect cell = table->visualRect(table->model()->index(0, ProblemTableModel::Other));
        QVERIFY(cell.width() > 0);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, {cell.right() - 20, cell.center().y()});
        QCOMPARE(recover.size(), 2);
        QCOMPARE(recover.last(), (QVariantList{u"asleep"_s, false}));
        // While this Cairn carries it out nobody has to look after it.
        situation::OverviewFacts facts;
        facts.jobs = eachJob();
        facts.now = now;
        facts.underWay = {u"asleep"_s};
        QCOMPARE(situation::overviewOf(facts).unfinished, 0);
    }

    void whatHappenedLongAgoIsHistory()
    {
        Job old = job(u"dead"_s, JobPhase::Failed, 4, 60);
        old.finished = now.addDays(-8);
        m_jobs->setJobs({old});
        QVERIFY(overview().problems.isEmpty());
        QCOMPARE(overview().failed, 1);
    }

    void aNodeThatIsNotReadyIsAProblemWithWhatItCosts()
    {
        items::NodeRow row;
        row.node.name = row.node.uid = u"gpu-4"_s;
        row.node.gpusAllocatable = 8;
        row.gpusRequested = 6;
        jobs::LossOfWork lost;
        lost.gpuHours = 8;
        lost.time = std::chrono::hours(1);
        row.jobs = {{u"late"_s, u"research"_s, u"late"_s, 8, lost}};
        items::NodeRow fine = row;
        fine.node.name = fine.node.uid = u"gpu-5"_s;
        fine.node.ready = true;
        const QList<items::NodeRow> nodes{row, fine};
        const Overview o = overview(&nodes);
        QCOMPARE(o.gpusAllocatable, 16.0);
        QCOMPARE(o.gpusRequested, 12.0);
        QCOMPARE(o.problems.first().name, u"gpu-4"_s);
        QCOMPARE(std::ranges::count(o.problems, Problem::About::Node, &Problem::about), 1);
    }

    void whatIsBeingLostNowComesFirst()
    {
        const auto node = [](const QString &name, int minutesAgo) {
            situation::NodeLoad load;
            load.node.name = load.node.uid = name;
            load.node.readySince = now.addSecs(-60 * minutesAgo);
            return load;
        };
        situation::NodeLoad lost = node(u"gpu-4"_s, 2);
        lost.jobs = {{u"late"_s, u"research"_s, u"late"_s, 8, {}}};
        const QList<situation::NodeLoad> nodes{node(u"gpu-1"_s, 600), lost};
        components::Component down;
        down.id = components::catalogue().entries.first().id;
        down.standing = components::Standing::Down;
        const QList<components::Component> all{down};
        Job away = job(u"late"_s, JobPhase::NodeLost, 8, 600);
        Job loops = job(u"loops"_s, JobPhase::Restarting, 1, 600);
        loops.died = DeathCause{};
        loops.died->kind = DeathCause::Kind::NoSpace;
        loops.died->claim = u"ckpt"_s;
        loops.died->at = now.addSecs(-5);
        Job older = job(u"older"_s, JobPhase::Failed, 64, 600);
        older.finished = now.addSecs(-3000);
        m_jobs->applyDelta({{away, loops, older}, {}, false, {}});
        const Overview o = overview(&nodes, &all);
        QStringList names;
        for (const Problem &problem : o.problems)
            names.append(problem.name);
        // Nodes, the newest first, what went down, the jobs of those nodes, what stands still, failed (the newest first,
        // whatever the older cost), is at risk.
        QCOMPARE(names, (QStringList{u"gpu-4"_s, u"gpu-1"_s, down.id, u"late"_s, u"loops"_s, u"stuck"_s, u"dead"_s, u"older"_s, u"broken"_s}));
        QCOMPARE(o.running, 4);
        QVERIFY(o.problems[3].text.contains(u"gpu-4"_s));
        QCOMPARE(ProblemTableModel::tagOf(o.problems[3]).text, u"Node lost"_s);
        QVERIFY2(o.problems[4].text.contains(u"PVC ckpt"_s), qPrintable(o.problems[4].text)); // job and PVC
    }

    void aClaimThatFillsUpIsAProblem()
    {
        const auto claim = [](const QString &name, double part, double days) {
            storage::ClaimAccount account;
            account.claim.name = account.claim.uid = name;
            account.claim.ns = u"ml"_s;
            VolumeUse use;
            use.capacity = 1000;
            use.used = qint64(part * 1000);
            account.use = use;
            if (days >= 0) {
                account.forecast.state = storage::Forecast::State::Growing;
                account.forecast.days = days;
            }
            return account;
        };
        m_claims = {claim(u"calm"_s, 0.5, 300), claim(u"soon"_s, 0.7, 10), claim(u"now"_s, 0.8, 3), claim(u"half"_s, 0.5, -1)};
        m_claims[2].users = {{u"bert"_s, {}, 1}, {u"gan"_s, {}, 0}};
        const Overview o = overview();
        QVERIFY(o.claimsKnown);
        QCOMPARE(o.fillsFirst, u"now"_s);
        QCOMPARE(o.fillsIn, u"3 d"_s);
        QCOMPARE(o.fillsSeverity, storage::Severity::Now);
        QList<Problem> claims;
        for (const Problem &problem : o.problems) {
            if (problem.about == Problem::About::Claim)
                claims.append(problem);
        }
        QCOMPARE(claims.size(), 2);
        QCOMPARE(claims[0].name, u"now"_s);
        QCOMPARE(claims[0].hint, u"used by bert and 1 more"_s);
        QVERIFY(claims[0].text.startsWith(u"80 % full"_s));
        QCOMPARE(ProblemTableModel::tagOf(claims[1]).tone, items::Tone::Warn);
    }

    void theLastDayHasALaneForEachJobThatRan()
    {
        Job resumed = job(u"again"_s, JobPhase::Running, 2, 120);
        resumed.lineage.attempt = 2;
        resumed.lineage.step = 50;
        Job old = job(u"old"_s, JobPhase::Failed, 2, 60 * 60);
        old.finished = now.addDays(-2);
        m_jobs->setJobs({resumed, old, job(u"dead"_s, JobPhase::Failed, 1, 60), job(u"stuck"_s, JobPhase::Pending, 5, 30), job(u"long"_s, JobPhase::Running, 8, 60 * 40)});
        Listing listing;
        Run run;
        for (const int hours : {30, 20, 1}) {
            Checkpoint checkpoint;
            checkpoint.step = 100 - hours;
            checkpoint.savedAt = now.addSecs(-3600 * hours);
            checkpoint.verdict = Verdict::Whole;
            run.checkpoints.append(checkpoint);
        }
        listing.runs.append(run);
        const QList<situation::Activity> lanes =
            situation::activity(eachJob(), [&](const QString &uid) { return uid == u"dead"_s ? nullptr : &listing; }, now);
        QStringList names;
        for (const situation::Activity &lane : lanes)
            names.append(lane.name);
        QCOMPARE(names, (QStringList{u"dead"_s, u"long"_s, u"again"_s})); // failures first, then by GPUs
        using Kind = situation::ActivityMark::Kind;
        QVERIFY(lanes[0].unread);
        QCOMPARE(lanes[0].marks.last().kind, Kind::Failed);
        QCOMPARE(lanes[1].from, now.addDays(-1)); // not before the period
        QCOMPARE(lanes[1].marks.size(), 2);
        QVERIFY(lanes[1].running);
        // What it was resumed from was saved by another: only what came after counts.
        QCOMPARE(lanes[2].marks.size(), 2);
        QCOMPARE(lanes[2].marks[0].kind, Kind::Resumed);
        QCOMPARE(lanes[2].marks[1].kind, Kind::Saved);
        QCOMPARE(situation::activity(eachJob(), [](const QString &) { return nullptr; }, now, 2).size(), 2);
    }

    void aSaveDoesNotHideThatAJobWasResumed()
    {
        OverviewPage page;
        page.resize(1064, 774);
        page.show();
        page.setNow(now);
        situation::Activity lane{u"1"_s, u"again"_s, u"research"_s, now.addSecs(-3600), now, true, false, {}};
        using Kind = situation::ActivityMark::Kind;
        lane.marks = {{Kind::Resumed, now.addSecs(-3600), Verdict::Unverified, u"Resumed"_s}, {Kind::Saved, now.addSecs(-3590), Verdict::Damaged, u"Step 1"_s}};
        page.setActivity({lane});
        const QImage image = page.findChild<QWidget *>(u"overview.activity"_s)->grab().toImage();
        int resumed = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                resumed += image.pixelColor(x, y) == kit::color(kit::Token::Ok) ? 1 : 0;
        QVERIFY2(resumed > 12, qPrintable(QString::number(resumed)));
    }

    void lanesAreReachedByKey()
    {
        OverviewPage page;
        page.resize(1064, 774);
        page.show();
        page.setNow(now);
        auto *chart = page.findChild<QWidget *>(u"overview.activity"_s);
        QVERIFY(!chart->isVisible());
        page.setActivity(situation::activity(eachJob(), [](const QString &) { return nullptr; }, now));
        QVERIFY(chart->isVisible());
        QSignalSpy show(&page, &OverviewPage::jobRequested);
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_Return);
        QVERIFY(show.isEmpty()); // nothing is chosen yet
        QTest::keyClick(chart, Qt::Key_Down);
        QVERIFY(chart->accessibleName().contains(u"dead"_s));
        QTest::keyClick(chart, Qt::Key_Return);
        QCOMPARE(show.takeFirst().first().toString(), u"dead"_s);
    }

    void eachButtonLeadsToItsPlace()
    {
        OverviewPage page;
        page.resize(1064, 774);
        page.show();
        FeedState live;
        live.phase = FeedState::Phase::Live;
        page.setNow(now);
        page.setFeed(live);
        page.setOverview(overview());
        auto *table = page.findChild<views::DataTable *>(u"overview.table"_s);
        page.setCurrentProblem(u"0/dead"_s);
        page.focusTable();
        QSignalSpy resume(&page, &OverviewPage::resumeRequested);
        QSignalSpy show(&page, &OverviewPage::jobRequested);
        QTest::keyClick(table, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(resume.takeFirst().first().toString(), u"dead"_s);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(show.takeFirst().first().toString(), u"dead"_s);
        // The order follows what happens; the selection stays.
        QCOMPARE(table->model()->index(0, ProblemTableModel::Name).data().toString(), u"stuck"_s);
        m_jobs->applyDelta({{job(u"broken"_s, JobPhase::NodeLost, 1, 120)}, {}, false, {}});
        page.setOverview(overview());
        QCOMPARE(table->model()->index(0, ProblemTableModel::Name).data().toString(), u"broken"_s);
        QCOMPARE(page.currentProblem(), u"0/dead"_s);
        m_jobs->setJobs({});
        page.setOverview(overview());
        QCOMPARE(page.findChild<kit::StateView *>(u"overview.state"_s)->state(), kit::StateView::State::Empty);
    }
};

QTEST_MAIN(TestOverviewPage)
#include "tst_overviewpage.moc"
