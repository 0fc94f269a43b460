// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "kit/StateView.h"
#include "kit/Theme.h"
#include "pages/LogPane.h"
#include "pages/PodsPage.h"
#include "views/DataTable.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using items::PodTableModel;
using pages::PodsPage;

namespace {

Pod pod(const QString &uid, const QString &phase, const QString &node, int restarts = 0)
{
    Pod pod;
    pod.uid = uid;
    pod.name = u"pod-"_s + uid;
    pod.ns = u"research"_s;
    pod.phase = phase;
    pod.node = node;
    ContainerState container;
    container.name = u"main"_s;
    container.ready = phase == u"Running"_s;
    container.restarts = restarts;
    pod.containers = {container};
    return pod;
}

} // namespace

class TestPodsPage : public QObject
{
    Q_OBJECT
    std::unique_ptr<PodTableModel> m_model;
    std::unique_ptr<PodsPage> m_page;

    views::DataTable *table() { return m_page->findChild<views::DataTable *>(u"pods.table"_s); }

private slots:
    void initTestCase()
    {
        installTranslation(QLocale(u"en"_s)); // for the plurals
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }
    void init()
    {
        m_model = std::make_unique<PodTableModel>();
        m_model->setPods({pod(u"a"_s, u"Running"_s, u"one"_s), pod(u"b"_s, u"Failed"_s, u"two"_s), pod(u"c"_s, u"Pending"_s, {}, 4)});
        m_page = std::make_unique<PodsPage>();
        m_page->resize(1064, 774);
        m_page->show();
        m_page->setModel(m_model.get());
        FeedState feed;
        feed.phase = FeedState::Phase::Live;
        m_page->setFeed(feed);
        m_page->settle();
    }
    void cleanup()
    {
        m_page.reset();
        m_model.reset();
    }

    void theWorstIsOnTopAndTroubleIsOneClickAway()
    {
        QCOMPARE(m_page->currentKey(), u"b"_s);
        m_page->setTroubleOnly(true);
        QCOMPARE(table()->rowCount(), 2);
        m_page->setTroubleOnly(false);
        m_page->setFilterText(u"node:one"_s);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setFilterText(u"restarts:>3"_s);
        QCOMPARE(table()->rowCount(), 1);
        m_page->setFilterText(u"POD-B"_s);
        QCOMPARE(table()->rowCount(), 1);
    }

    void logsAndYamlAreOneKeyAwayAndStayWithTheirPod()
    {
        QSignalSpy logs(m_page.get(), &PodsPage::logsRequested);
        QSignalSpy yaml(m_page.get(), &PodsPage::yamlRequested);
        QSignalSpy closed(m_page.get(), &PodsPage::detailClosed);
        m_page->focusTable();
        QTest::keyClick(table(), Qt::Key_L);
        QCOMPARE(logs.takeFirst().first().toString(), u"b"_s);
        QCOMPARE(m_page->detail(), PodsPage::Detail::Logs);
        m_page->setCurrentKey(u"a"_s);
        emit m_page->logs()->retryRequested();
        QCOMPARE(logs.takeFirst().first().toString(), u"b"_s);
        QTest::keyClick(table(), Qt::Key_Y);
        QCOMPARE(yaml.takeFirst().first().toString(), u"a"_s);
        QTest::keyClick(m_page.get(), Qt::Key_Escape);
        QCOMPARE(closed.size(), 1);
        QCOMPARE(m_page->detail(), PodsPage::Detail::None);
    }

    void theSelectionSurvivesARelistAndTheModelCanGo()
    {
        m_page->setCurrentKey(u"c"_s);
        m_model->setPods({pod(u"d"_s, u"Failed"_s, u"one"_s), pod(u"c"_s, u"Running"_s, u"one"_s), pod(u"a"_s, u"Running"_s, u"one"_s)});
        m_page->settle();
        QCOMPARE(m_page->currentKey(), u"c"_s);
        m_page->setModel(nullptr);
        m_model.reset();
        QCOMPARE(table()->rowCount(), 0);
    }
};

QTEST_MAIN(TestPodsPage)
#include "tst_podspage.moc"
