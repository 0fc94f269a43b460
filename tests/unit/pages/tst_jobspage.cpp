// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/FacetPanel.h"
#include "pages/JobsPage.h"
#include "pages/NamespaceSelector.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using pages::JobsPage;

namespace {

Job job(const QString &name, JobPhase phase, const QString &ns = u"vision"_s)
{
    Job job;
    job.uid = name;
    job.name = name;
    job.ns = ns;
    job.phase = phase;
    job.created = job.started = QDateTime::currentDateTimeUtc().addSecs(-3600);
    job.replicas = {ReplicaGroup{u"Worker"_s, 1, 1, 1, 0, 0, 1}};
    return job;
}

FeedState feed(FeedState::Phase phase)
{
    FeedState state;
    state.phase = phase;
    state.lastGood = QDateTime::currentDateTimeUtc();
    return state;
}

} // namespace

class TestJobsPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<JobsPage> m_page;

    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"jobs.table"_s); }
    views::DataTable *list() { return m_page->findChild<views::DataTable *>(u"jobs.list"_s); }
    kit::StateView *state() { return m_page->findChild<kit::StateView *>(u"jobs.state"_s); }
    kit::SearchField *search() { return m_page->findChild<kit::SearchField *>(u"jobs.filter"_s); }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        m_page = std::make_unique<JobsPage>(new QWidget);
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setFeed(feed(FeedState::Phase::Live));
        m_page->model()->setJobs({job(u"a"_s, JobPhase::Running), job(u"b"_s, JobPhase::Failed, u"nlp"_s),
                                  job(u"c"_s, JobPhase::Succeeded)});
        m_page->settle();
        m_page->activateWindow();
    }
    void cleanup() { m_page.reset(); }

    void enterOpensTheJobBesideTheListAndEscGoesBack()
    {
        QSignalSpy opened(m_page.get(), &JobsPage::jobOpened);
        QSignalSpy closed(m_page.get(), &JobsPage::jobClosed);
        table()->setCurrentKey(u"b"_s);
        QTest::keyClick(table(), Qt::Key_Return);
        QVERIFY(m_page->isSplit());
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), u"b"_s);
        QCOMPARE(list()->currentKey(), u"b"_s);
        list()->setCurrentKey(u"c"_s);
        QCOMPARE(opened.size(), 2);
        QTest::keyClick(list(), Qt::Key_Escape);
        QVERIFY(!m_page->isSplit());
        QCOMPARE(closed.size(), 1);
        QCOMPARE(table()->currentKey(), u"c"_s);
    }

    void aJobCanBeOpenedBeforeItsRowArrives()
    {
        QSignalSpy opened(m_page.get(), &JobsPage::jobOpened);
        m_page->openJob(u"late"_s);
        QCOMPARE(opened.size(), 1);
        Delta<Job> delta;
        delta.upserts = {job(u"late"_s, JobPhase::Pending)};
        m_page->model()->applyDelta(delta);
        QCOMPARE(list()->currentKey(), u"late"_s);
        QCOMPARE(opened.size(), 1);
    }

    void lettersActOnTheRowButNotInTheFilter()
    {
        QSignalSpy logs(m_page.get(), &JobsPage::logsRequested);
        QSignalSpy resumes(m_page.get(), &JobsPage::resumeRequested);
        table()->setCurrentKey(u"a"_s);
        QTest::keyClick(table(), Qt::Key_L);
        QTest::keyClick(table(), Qt::Key_R);
        QCOMPARE(logs.size(), 1);
        QCOMPARE(resumes.size(), 1);
        QTest::keyClick(table(), Qt::Key_Slash);
        QCOMPARE(m_page->focusWidget(), search());
        QTest::keyClick(search(), Qt::Key_L);
        QCOMPARE(logs.size(), 1);
        QCOMPARE(search()->text(), u"l"_s);
    }

    void aNameIsTypedAndOpened()
    {
        QSignalSpy opened(m_page.get(), &JobsPage::jobOpened);
        table()->setFocus();
        table()->setCurrentKey(u"a"_s);
        QTest::keyClick(table(), Qt::Key_Slash);
        QTest::keyClicks(search(), u"ns:nlp"_s);
        QTest::keyClick(search(), Qt::Key_Down);
        QCOMPARE(m_page->focusWidget(), table());
        QTest::keyClick(table(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), u"b"_s);
    }

    void checkedJobsHaveABarWithWhatAStopCosts()
    {
        using Act = pages::SelectionBar::Act;
        auto *bar = m_page->findChild<pages::SelectionBar *>(u"selection"_s);
        auto *suspend = bar->findChild<kit::Button *>(u"selection.suspend"_s);
        auto *unsuspend = bar->findChild<kit::Button *>(u"selection.unsuspend"_s);
        QSignalSpy selected(m_page.get(), &JobsPage::selectionChanged);
        QSignalSpy asked(m_page.get(), &JobsPage::actRequested);
        QVERIFY(!bar->isVisible());
        table()->setCurrentKey(u"a"_s);
        QCOMPARE(selected.last().first().toStringList(), QStringList{u"a"_s});
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_A, Qt::ControlModifier);
        QVERIFY(bar->isVisible());
        QCOMPARE(selected.last().first().toStringList().size(), 3);
        QCOMPARE(bar->findChild<kit::Label *>(u"selection.count"_s)->text().left(2), u"3 "_s);
        QVERIFY(suspend->isEnabled());
        QVERIFY(!unsuspend->isEnabled() && !unsuspend->toolTip().isEmpty()); // none is suspended
        suspend->click();
        QCOMPARE(asked.size(), 1);
        QVERIFY(asked.last().first().value<Act>() == Act::Suspend);
        QCOMPARE(asked.last().at(1).toStringList().size(), 3);
        // What the server refuses is off and says why; of another selection that says nothing.
        m_page->setRefusals({{Act::Delete, u"You may not delete."_s}});
        auto *deletes = bar->findChild<kit::Button *>(u"selection.delete"_s);
        QCOMPARE(deletes->toolTip(), u"You may not delete."_s);
        QVERIFY(!deletes->isEnabled());
        QTest::keyClick(table(), Qt::Key_Delete);
        QCOMPARE(asked.size(), 1);
        // What a filter hides is not acted on unseen.
        m_page->setFilterText(u"ns:nlp"_s);
        QCOMPARE(bar->findChild<kit::Label *>(u"selection.count"_s)->text().left(2), u"1 "_s);
        m_page->setFilterText({});
        QCOMPARE(table()->checkedKeys(), QStringList{u"b"_s});
        bar->findChild<kit::Button *>(u"selection.clear"_s)->click();
        QVERIFY(!bar->isVisible());
        QVERIFY(table()->checkedKeys().isEmpty());
        QCOMPARE(m_page->focusWidget(), table());
        QTest::keyClick(table(), Qt::Key_Delete);
        QCOMPARE(asked.size(), 2);
        QCOMPARE(asked.last().at(1).toStringList(), QStringList{u"a"_s});
        // The bar goes with the rows.
        table()->setCheckedKeys({u"b"_s});
        m_page->model()->setJobs({job(u"a"_s, JobPhase::Running)});
        QVERIFY(!bar->isVisible());
    }

    void theMenuIsAboutItsRowOrTheCheckedOnes()
    {
        QSignalSpy asked(m_page.get(), &JobsPage::actRequested);
        const auto choose = [&](const QString &text) {
            emit table()->menuRequested(QPoint(0, 0));
            auto *menu = m_page->findChild<QMenu *>(u"jobs.menu"_s);
            for (QAction *action : menu->actions()) {
                if (action->text() == text && action->isEnabled())
                    action->trigger();
            }
            delete menu;
        };
        table()->setCheckedKeys({u"a"_s, u"c"_s});
        table()->setCurrentKey(u"b"_s);
        choose(u"Delete…"_s);
        QCOMPARE(asked.last().at(1).toStringList(), QStringList{u"b"_s});
        table()->setCurrentKey(u"c"_s);
        choose(u"Save YAML…"_s);
        QCOMPARE(asked.last().at(1).toStringList().size(), 2);
        choose(u"Unsuspend…"_s); // off
        QCOMPARE(asked.size(), 2);
    }

    void viewsAndFacetsFilterAndSayHowManyAreHidden()
    {
        m_page->setView(JobsPage::View::Finished);
        QCOMPARE(table()->rowCount(), 2);
        auto *segment = m_page->findChild<kit::Segment *>(u"jobs.views"_s);
        QCOMPARE(segment->current(), 2);
        m_page->setFilterText(u"ns:nlp"_s);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setFilterText({});
        m_page->setView(JobsPage::View::All);
        QCOMPARE(table()->rowCount(), 3);
        QCOMPARE(segment->current(), 0);
    }

    void everyStateOfTheFeedIsShown()
    {
        using State = kit::StateView::State;
        m_page->setFeed(feed(FeedState::Phase::Stale));
        QCOMPARE(state()->state(), State::Offline);
        m_page->model()->setJobs({});
        m_page->settle();
        m_page->setFeed(feed(FeedState::Phase::Live));
        QCOMPARE(state()->state(), State::Empty);
        m_page->setFeed(feed(FeedState::Phase::Forbidden), u"kind: RoleBinding"_s);
        QCOMPARE(state()->state(), State::Forbidden);
        m_page->setFeed(feed(FeedState::Phase::Failed));
        QCOMPARE(state()->state(), State::Error);
        m_page->setFeed(feed(FeedState::Phase::Absent));
        QCOMPARE(state()->state(), State::Empty);
        m_page->setFeed(feed(FeedState::Phase::Loading));
        QCOMPARE(state()->state(), State::Loading);
        m_page->setFeed(feed(FeedState::Phase::Live));
        Delta<Job> delta;
        delta.upserts = {job(u"a"_s, JobPhase::Running)};
        m_page->model()->applyDelta(delta);
        QCOMPARE(state()->state(), State::Content);
    }

    void anEmptyNamespaceOffersAllOfThem()
    {
        QSignalSpy chosen(m_page.get(), &JobsPage::namespacesChanged);
        m_page->namespaces()->setSelected({u"empty"_s});
        m_page->model()->setJobs({});
        m_page->settle();
        for (kit::Button *candidate : m_page->findChildren<kit::Button *>())
            if (candidate->text() == u"Show all namespaces"_s)
                candidate->click();
        QCOMPARE(chosen.size(), 1);
        QVERIFY(chosen.first().first().toStringList().isEmpty());
    }

    void tenThousandJobsKeepTheSelectionThroughARelist()
    {
        QList<Job> jobs;
        for (int i = 0; i < 10'000; ++i)
            jobs.append(job(u"job-%1"_s.arg(i), static_cast<JobPhase>(i % 8), u"team-%1"_s.arg(i % 40)));
        m_page->model()->setJobs(jobs);
        table()->setCurrentKey(u"job-4711"_s);
        jobs.removeFirst();
        jobs[17].restarts = 4;
        m_page->model()->setJobs(jobs);
        QCOMPARE(table()->currentKey(), u"job-4711"_s);
        QCOMPARE(table()->rowCount(), 9'999);
    }

    void namespaceNamesAreCheckedBeforeTheyAreUsed()
    {
        QVERIFY(pages::NamespaceSelector::isValidName(u"team-a"_s));
        QVERIFY(!pages::NamespaceSelector::isValidName(u"Team"_s));
        QVERIFY(!pages::NamespaceSelector::isValidName(u"-a"_s));
        QVERIFY(!pages::NamespaceSelector::isValidName(QString(64, u'a')));
        QVERIFY(!pages::NamespaceSelector::isValidName({}));
        QVERIFY(!pages::NamespaceSelector::isValidName(u"a/b"_s));
    }

    void aRefusedNamespaceListIsReplacedByTyping()
    {
        pages::NamespaceSelector *selector = m_page->namespaces();
        selector->setListRefusal(u"You may not list namespaces."_s);
        QSignalSpy chosen(m_page.get(), &JobsPage::namespacesChanged);
        selector->openPopup();
        auto *typed = selector->findChild<kit::Input *>(u"namespaces.typed"_s);
        QVERIFY(typed);
        typed->setText(u"Bad Name"_s);
        QTest::keyClick(typed, Qt::Key_Return);
        QCOMPARE(chosen.size(), 0);
        typed->setText(u"research"_s);
        QTest::keyClick(typed, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(selector->selected(), QStringList{u"research"_s});
    }

    void facetGroupsKeepCheckedValuesInSight()
    {
        pages::FacetGroup group(u"Namespace"_s, 2);
        group.setValues({{u"a"_s, u"a"_s, 5, {}}, {u"b"_s, u"b"_s, 4, {}}, {u"c"_s, u"c"_s, 3, {}}, {u"d"_s, u"d"_s, 0, {}}});
        QCOMPARE(group.findChildren<kit::Check *>().size(), 2);
        group.setChecked({u"c"_s});
        QCOMPARE(group.findChildren<kit::Check *>().size(), 3);
        QSignalSpy changed(&group, &pages::FacetGroup::changed);
        group.findChildren<kit::Check *>().first()->click();
        QCOMPARE(changed.size(), 1);
        QCOMPARE(group.checked(), (QSet<QString>{u"a"_s, u"c"_s}));
    }
};

QTEST_MAIN(TestJobsPage)
#include "tst_jobspage.moc"
