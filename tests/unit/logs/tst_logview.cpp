// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Theme.h"
#include "logs/LogView.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace cairn;
using namespace cairn::logs;
using namespace Qt::StringLiterals;

class TestLogView : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void init()
    {
        m_buffer = std::make_unique<LogBuffer>(1000);
        m_buffer->addSource(u"w-0"_s);
        m_buffer->addSource(u"w-1"_s);
        m_view = std::make_unique<LogView>();
        m_view->setLocalTime(false);
        m_view->resize(600, 200);
        m_view->setBuffer(m_buffer.get());
        m_view->show();
    }

    void fill(int from, int count)
    {
        std::vector<LogBuffer::Raw> batch;
        for (int i = from; i < from + count; ++i)
            batch.push_back({i % 2, 1000 + i,
                i % 50 == 7       ? u"ERROR boom %1"_s.arg(i)
                    : i % 10 == 3 ? u"INFO nccl %1"_s.arg(i)
                                  : u"INFO step %1"_s.arg(i)});
        m_buffer->append(std::move(batch));
        m_view->refresh();
    }

    void followsTheEndUntilScrolledAway()
    {
        fill(0, 200);
        QScrollBar *bar = m_view->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 100);
        QCOMPARE(bar->value(), bar->maximum());
        QSignalSpy follow(m_view.get(), &LogView::followChanged);
        bar->setValue(10);
        QVERIFY(!m_view->isFollowing());
        QCOMPARE(follow.count(), 1);
        const int before = bar->maximum();
        fill(200, 50);
        QTRY_VERIFY(bar->maximum() > before);
        QCOMPARE(bar->value(), 10);
        QTest::keyClick(m_view.get(), Qt::Key_End);
        QVERIFY(m_view->isFollowing());
        QCOMPARE(bar->value(), bar->maximum());
    }

    void readingPlaceStaysWhenOldLinesGo()
    {
        fill(0, 1000);
        QScrollBar *bar = m_view->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 900);
        bar->setValue(500);
        fill(1000, 100);
        QTRY_COMPARE(bar->value(), 400);
    }

    void searchCountsAndSteps()
    {
        fill(0, 100);
        QSignalSpy hits(m_view.get(), &LogView::hitsChanged);
        QCOMPARE(m_view->setSearch(u"nccl|boom"_s), QString());
        QTRY_COMPARE(m_view->hitCount(), 12);
        QTest::keyClick(m_view.get(), Qt::Key_N);
        QCOMPARE(m_view->currentHit(), 1);
        QTest::keyClick(m_view.get(), Qt::Key_N);
        QCOMPARE(m_view->currentHit(), 2);
        QTest::keyClick(m_view.get(), Qt::Key_N, Qt::ShiftModifier);
        QTest::keyClick(m_view.get(), Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(m_view->currentHit(), 12);
        fill(100, 10);
        QTRY_COMPARE(m_view->hitCount(), 14);
        m_view->setSearch({});
        QCOMPARE(m_view->hitCount(), 0);
    }

    void aWrongPatternIsExplained()
    {
        fill(0, 10);
        const QString why = m_view->setSearch(u"(nccl"_s);
        QVERIFY2(why.contains(u"position"_s), qPrintable(why));
        QCOMPARE(m_view->hitCount(), 0);
        QCOMPARE(m_view->setSearch(u"(nccl"_s, false), QString());
    }

    void errorsAreFoundInTurn()
    {
        fill(0, 120);
        m_view->refresh();
        QTRY_VERIFY(m_view->verticalScrollBar()->maximum() > 0);
        QVERIFY(m_view->firstError());
        const qint64 first = m_view->currentLine();
        QTest::keyClick(m_view.get(), Qt::Key_E);
        QVERIFY(m_view->currentLine() > first);
        QVERIFY(m_view->selectedText().contains(u"boom 57"_s));
        QTest::keyClick(m_view.get(), Qt::Key_E);
        QTest::keyClick(m_view.get(), Qt::Key_E);
        QCOMPARE(m_view->currentLine(), first);
    }

    void hiddenPodsAndLevelsLeaveTheView()
    {
        fill(0, 100);
        m_view->setSourceShown(1, false);
        m_view->setSearch(u"step"_s);
        QTRY_COMPARE(m_view->hitCount(), 50);
        m_view->setMinimumLevel(Level::Error);
        QTRY_COMPARE(m_view->hitCount(), 0);
        QVERIFY(!m_view->firstError()); // lines 7 and 57 are of the hidden pod
        m_view->setSourceShown(1, true);
        QVERIFY(m_view->firstError());
    }

    void copiesWhatIsSelected()
    {
        fill(0, 20);
        QTRY_VERIFY(m_view->verticalScrollBar()->maximum() > 0);
        QTest::keyClick(m_view.get(), Qt::Key_Home);
        QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"00:00:01.000 w-0 INFO step 0\n00:00:01.001 w-1 INFO step 1"_s);
    }

    void wrappedAndEmptyDraw()
    {
        QVERIFY(!m_view->grab().isNull());
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QTest::keyClick(m_view.get(), Qt::Key_E);
        m_buffer->append({{0, 1, QString(3000, u'x')}, {1, 2, QString()}});
        m_view->setWrap(true);
        m_view->refresh();
        QTRY_VERIFY(m_view->verticalScrollBar()->maximum() > 0);
        QVERIFY(!m_view->grab().isNull());
        QTest::keyClick(m_view.get(), Qt::Key_Home);
        QTest::keyClick(m_view.get(), Qt::Key_PageDown);
        m_view->setBuffer(nullptr);
        QVERIFY(!m_view->grab().isNull());
        QCOMPARE(m_view->selectedText(), QString());
    }

private:
    std::unique_ptr<LogBuffer> m_buffer;
    std::unique_ptr<LogView> m_view;
};

QTEST_MAIN(TestLogView)
#include "tst_logview.moc"
