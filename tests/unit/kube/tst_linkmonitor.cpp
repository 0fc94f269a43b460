// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/LinkMonitor.h"

#include <QTest>
#include <QTimeZone>

using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::kube;
using Phase = LinkState::Phase;

namespace {

/// A computer with a server: both clocks go on only when told to.
struct Desk {
    Pulse::Time now = 1000s;
    QDateTime wall{QDate(2026, 11, 29), QTime(12, 0), QTimeZone::utc()};
    std::optional<Pulse::Time> beat;
    bool answers = true;   ///< probes are answered
    int probes = 0, renewed = 0, reconnects = 0;
    LinkMonitor monitor{now};

    /// Seconds pass, with a look at the end of each.
    void pass(int seconds)
    {
        for (int i = 0; i < seconds; ++i) {
            jump(1s, 1s);
            look();
        }
    }
    void jump(std::chrono::seconds steady, std::chrono::seconds byTheWall)
    {
        now += steady;
        wall = wall.addSecs(byTheWall.count());
    }
    void look()
    {
        const LinkMonitor::Acts acts = monitor.look(now, wall, beat);
        reconnects += acts.reconnect;
        renewed += acts.renew;
        if (!acts.probe)
            return;
        ++probes;
        if (answers)
            beat = now;
        monitor.probed(now);
    }
    LinkState state() const { return monitor.state(now, wall); }
};

} // namespace

class TestLinkMonitor : public QObject
{
    Q_OBJECT
private slots:
    void aServerThatTalksIsNotAsked()
    {
        Desk desk;
        QCOMPARE(desk.state().phase, Phase::Connecting);
        for (int i = 0; i < 60; ++i) {
            desk.beat = desk.now;
            desk.pass(1);
        }
        QCOMPARE(desk.probes, 0);
        QCOMPARE(desk.state().phase, Phase::Answering);
        QVERIFY(desk.state().isSettled());
        QCOMPARE(desk.state().heard.secsTo(desk.wall), 1);
    }

    void aQuietServerIsAskedNowAndThen()
    {
        Desk desk;
        desk.beat = desk.now;
        desk.pass(60);
        QCOMPARE(desk.state().phase, Phase::Answering);
        QVERIFY2(desk.probes >= 9 && desk.probes <= 12, qPrintable(QString::number(desk.probes)));
        QCOMPARE(desk.renewed, 0);
        QCOMPARE(desk.reconnects, 0);
        QVERIFY(desk.state().heard.secsTo(desk.wall) <= 6);
    }

    void tenSecondsWithoutAnAnswerAreSilence()
    {
        Desk desk;
        desk.beat = desk.now;
        desk.pass(1);
        const QDateTime last = desk.state().heard;
        desk.answers = false;
        desk.pass(8);
        QCOMPARE(desk.state().phase, Phase::Answering);
        desk.pass(3);
        QCOMPARE(desk.state().phase, Phase::Silent);
        QVERIFY(!desk.state().isSettled());
        // The age counts from the last proof of life.
        QCOMPARE(desk.state().heard, last);
        QCOMPARE(desk.state().since.secsTo(desk.wall), 12);
        desk.pass(38);
        QCOMPARE(desk.state().since.secsTo(desk.wall), 50);
        QVERIFY2(desk.renewed > 0, "only old connections were tried");
        QVERIFY2(desk.probes < 20, "it is asked in a hot loop");
        QCOMPARE(desk.reconnects, 0);

        desk.answers = true;
        desk.pass(4);
        QCOMPARE(desk.state().phase, Phase::Answering);
        QCOMPARE(desk.reconnects, 1);
        // Holders of leases could not renew them: nothing is announced for a while, and leases age by less.
        QVERIFY(!desk.state().isSettled());
        QVERIFY(desk.state().unheard >= 50 + 30);
        desk.pass(40);
        QVERIFY(desk.state().isSettled());
        QCOMPARE(desk.state().unheard, 0);
        QCOMPARE(desk.reconnects, 1);
    }

    void aServerThatNeverAnsweredIsSilentToo()
    {
        Desk desk;
        desk.answers = false;
        desk.pass(12);
        QCOMPARE(desk.state().phase, Phase::Silent);
        QVERIFY(!desk.state().heard.isValid());
        QCOMPARE(desk.state().since.secsTo(desk.wall), 12);
    }

    void aSleepingLaptop_data()
    {
        QTest::addColumn<int>("steady");
        QTest::addColumn<int>("wall");
        QTest::newRow("the computer slept") << 8 * 3600 << 8 * 3600;
        QTest::newRow("a virtual machine was paused: only the wall clock jumps") << 1 << 8 * 3600 + 1;
    }
    void aSleepingLaptop()
    {
        QFETCH(const int, steady);
        QFETCH(const int, wall);
        Desk desk;
        desk.beat = desk.now;
        desk.pass(3);
        const Pulse::Time before = *desk.beat;
        desk.jump(std::chrono::seconds(steady), std::chrono::seconds(wall));
        // What lay in the socket comes first, and proves nothing.
        desk.beat = desk.now;
        desk.answers = false;
        desk.look();
        QCOMPARE(desk.state().phase, Phase::Woken);
        QVERIFY(!desk.state().isSettled());
        QCOMPARE(desk.probes, 1);
        QCOMPARE(desk.renewed, 1);
        QVERIFY(before < *desk.beat);
        QVERIFY(desk.state().heard.secsTo(desk.wall) >= 8 * 3600);
        // It is not called silent before it had the time to answer.
        desk.pass(5);
        QCOMPARE(desk.state().phase, Phase::Woken);
        desk.answers = true;
        desk.pass(4);
        QCOMPARE(desk.state().phase, Phase::Answering);
        QCOMPARE(desk.reconnects, 1);
        QVERIFY(!desk.state().isSettled());
    }

    void nobodyAnswersAfterTheSleep()
    {
        Desk desk;
        desk.beat = desk.now;
        desk.pass(3);
        desk.answers = false;
        desk.jump(3600s, 3600s);
        desk.look();
        desk.pass(11);
        QCOMPARE(desk.state().phase, Phase::Silent);
        // It is silent since we ask, and what we know is an hour old.
        QVERIFY(desk.state().since.secsTo(desk.wall) <= 12);
        QVERIFY(desk.state().heard.secsTo(desk.wall) >= 3600);
    }

    void whatIsShownIsNoBetterThanTheLink()
    {
        FeedState live;
        live.phase = FeedState::Phase::Live;
        LinkState link;
        QCOMPARE(linked(live, link).phase, FeedState::Phase::Live);
        link.phase = Phase::Silent;
        link.heard = QDateTime::currentDateTimeUtc().addSecs(-12);
        const FeedState old = linked(live, link);
        QCOMPARE(old.phase, FeedState::Phase::Stale);
        QCOMPARE(old.lastGood, link.heard);
        QVERIFY(isSilent(old));
        FeedState forbidden;
        forbidden.phase = FeedState::Phase::Forbidden;
        QCOMPARE(linked(forbidden, link).phase, FeedState::Phase::Forbidden);
        FeedState loading;
        QCOMPARE(linked(loading, link).phase, FeedState::Phase::Failed);
        link.phase = Phase::Woken;
        QCOMPARE(linked(loading, link).phase, FeedState::Phase::Loading);
        QVERIFY(!isSilent(linked(live, link)));
    }
};

QTEST_APPLESS_MAIN(TestLinkMonitor)
#include "tst_linkmonitor.moc"
