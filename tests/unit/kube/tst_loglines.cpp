// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/LogLines.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn::kube;

class TestLogLines : public QObject
{
    Q_OBJECT

    QByteArrayList m_seen;
    std::function<bool(const QByteArray &)> collect()
    {
        return [this](const QByteArray &line) {
            m_seen.append(line);
            return true;
        };
    }

private slots:
    void init() { m_seen.clear(); }

    void stampsAreStrippedUnlessAskedFor()
    {
        LogLines plain(false, collect());
        plain.feed("2026-01-02T03:04:05.000000001Z step 1\n2026-01-02T03:04:05.000000002Z \n2026-01-02T03:04:06Z\nno "
                   "stamp here\n");
        QCOMPARE(m_seen, (QByteArrayList{"step 1", "", "", "no stamp here"}));
        m_seen.clear();
        LogLines stamped(true, collect());
        stamped.feed("2026-01-02T03:04:05.000000001Z step 1\n");
        QCOMPARE(m_seen, QByteArrayList{"2026-01-02T03:04:05.000000001Z step 1"});
    }

    void linesAreWholeAtEveryChunkSize()
    {
        const QByteArray log = "2026-01-02T03:04:05.1Z a\n2026-01-02T03:04:05.2Z b\n\n2026-01-02T03:04:05.3Z c"_ba;
        for (qsizetype size = 1; size <= log.size(); ++size) {
            m_seen.clear();
            LogLines lines(false, collect());
            for (qsizetype at = 0; at < log.size(); at += size)
                QVERIFY(lines.feed(log.mid(at, size)));
            QCOMPARE(m_seen, (QByteArrayList{"a", "b", ""}));
            lines.finish();
            QCOMPARE(m_seen, (QByteArrayList{"a", "b", "", "c"}));
        }
    }

    void aNewStreamRepeatsNothing()
    {
        LogLines lines(false, collect());
        QCOMPARE(lines.resumeTime(), QString());
        lines.feed("2026-01-02T03:04:05.1Z a\n2026-01-02T03:04:05.9Z b\n2026-01-02T03:04:05.9Z "
                   "same\n2026-01-02T03:04:05.9Z same\n2026-01-02T03:04:06.0Z cut sh");
        QCOMPARE(lines.resumeTime(), u"2026-01-02T03:04:05Z"_s);
        lines.expectRepeats();
        // sinceTime counts whole seconds: everything of second 05 comes again, and more of the same nanosecond.
        lines.feed("2026-01-02T03:04:05.1Z a\n2026-01-02T03:04:05.9Z b\n2026-01-02T03:04:05.9Z "
                   "same\n2026-01-02T03:04:05.9Z same\n"
                   "2026-01-02T03:04:05.9Z same\n2026-01-02T03:04:06.0Z cut short\n2026-01-02T03:04:06.0Z cut short\n");
        QCOMPARE(m_seen, (QByteArrayList{"a", "b", "same", "same", "same", "cut short", "cut short"}));
        QCOMPARE(lines.resumeTime(), u"2026-01-02T03:04:06Z"_s);
    }

    void aClockThatGoesBackLosesNothing()
    {
        LogLines lines(false, collect());
        lines.feed("2026-01-02T03:04:05Z a\n2026-01-02T03:04:01Z b\n");
        QCOMPARE(m_seen, (QByteArrayList{"a", "b"}));
    }

    void otherZonesAreUnderstood()
    {
        LogLines lines(false, collect());
        lines.feed("2026-01-02T05:04:05.5+02:00 a\n");
        QCOMPARE(m_seen, QByteArrayList{"a"});
        QCOMPARE(lines.resumeTime(), u"2026-01-02T03:04:05Z"_s);
    }

    void anEndlessLineIsGivenInPieces()
    {
        LogLines lines(false, collect());
        lines.feed("2026-01-02T03:04:05Z ");
        for (int i = 0; i < 40; ++i)
            lines.feed(QByteArray(100'000, 'x'));
        lines.feed("\n2026-01-02T03:04:06Z next\n");
        QVERIFY(m_seen.size() > 2);
        QCOMPARE(m_seen.last(), "next"_ba);
        qsizetype total = 0;
        for (const QByteArray &piece : m_seen)
            total += piece.size();
        QCOMPARE(total, qsizetype(4'000'004));
    }

    void theSinkMayStop()
    {
        int count = 0;
        LogLines lines(false, [&](const QByteArray &) { return ++count < 2; });
        QVERIFY(!lines.feed("a\nb\nc\n"));
        lines.finish();
        QCOMPARE(count, 2);
    }
};

QTEST_APPLESS_MAIN(TestLogLines)
#include "tst_loglines.moc"
