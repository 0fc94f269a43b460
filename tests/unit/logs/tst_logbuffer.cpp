// SPDX-License-Identifier: GPL-3.0-or-later
#include "logs/LogBuffer.h"

#include <QTest>

using namespace cairn::logs;
using namespace Qt::StringLiterals;

class TestLogBuffer : public QObject {
    Q_OBJECT

private slots:
    void ansiBecomesSpans()
    {
        std::vector<Span> spans;
        QCOMPARE(clean(u"a\x1b[31mred\x1b[1m bold\x1b[0m end"_s, &spans), u"ared bold end"_s);
        QCOMPARE(spans.size(), size_t(2));
        QCOMPARE(spans[0], (Span{1, 3, 1, false}));
        QCOMPARE(spans[1], (Span{4, 5, 1, true}));
    }

    void otherSequencesAndControlsAreHarmless_data()
    {
        QTest::addColumn<QString>("raw");
        QTest::addColumn<QString>("shown");
        QTest::newRow("cursor") << u"a\x1b[2J\x1b[10;10Hb"_s << u"ab"_s;
        QTest::newRow("title") << u"x\x1b]0;evil\x07y"_s << u"xy"_s;
        QTest::newRow("link") << u"\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\"_s << u"text"_s;
        QTest::newRow("unfinished") << u"a\x1b[31"_s << u"a"_s;
        QTest::newRow("lone escape") << u"a\x1b"_s << u"a"_s;
        QTest::newRow("unfinished title") << u"a\x1b]0;never ends"_s << u"a"_s;
        QTest::newRow("bell") << u"a\x07"
                                 "b"_s
                              << u"a\\u{7}b"_s;
        QTest::newRow("bidi") << u"a\u202Eb"_s << u"a\\u{202e}b"_s;
        QTest::newRow("zero width") << u"a\u200Bb"_s << u"a\\u{200b}b"_s;
        QTest::newRow("line separator") << u"a\u2028b"_s << u"a\\u{2028}b"_s;
        QTest::newRow("tab") << u"a\tb"_s << u"a       b"_s;
        QTest::newRow("progress bar") << u"10 %\r50 %\r100 %"_s << u"100 %"_s;
        QTest::newRow("windows line") << u"text\r"_s << u"text"_s;
        QTest::newRow("lone surrogate") << QString(QChar(0xd800)) + u'x' << u"\uFFFDx"_s;
        QTest::newRow("emoji stays") << u"a😀b"_s << u"a😀b"_s;
        QTest::newRow("256 colours") << u"\x1b[38;5;196mx\x1b[0m"_s << u"x"_s;
    }
    void otherSequencesAndControlsAreHarmless()
    {
        QFETCH(const QString, raw);
        QFETCH(const QString, shown);
        std::vector<Span> spans;
        const QString text = clean(raw, &spans);
        QCOMPARE(text, shown);
        for (const Span &span : spans)
            QVERIFY(span.start >= 0 && span.length > 0 && span.start + span.length <= text.size());
    }

    void hugeLinesAreCutAndSaySo()
    {
        const QString text = clean(QString(1'000'000, u'x'), nullptr);
        QVERIFY(text.size() < 17'000);
        QVERIFY2(text.contains(u"983616"_s), qPrintable(text.right(60)));
    }

    void levelsAreRecognised_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Level>("level");
        QTest::newRow("python") << u"2026-11-25 12:53:44,210 - app - ERROR - boom"_s << Level::Error;
        QTest::newRow("colon") << u"WARNING:root:careful"_s << Level::Warn;
        QTest::newRow("bracket") << u"[INFO] step 10"_s << Level::Info;
        QTest::newRow("klog") << u"E1125 12:53:44.210000       1 main.go:10] boom"_s << Level::Error;
        QTest::newRow("json") << uR"({"ts":1,"level":"error","msg":"INFO"})"_s << Level::Error;
        QTest::newRow("json info") << uR"({"severity": "INFO", "message": "an ERROR before"})"_s << Level::Info;
        QTest::newRow("traceback") << u"Traceback (most recent call last):"_s << Level::Error;
        QTest::newRow("exception") << u"torch.distributed.DistBackendError: aborted"_s << Level::Error;
        QTest::newRow("running text") << u"no error was found in the data"_s << Level::None;
        QTest::newRow("a word with ERROR inside") << u"set NCCL_ERRORS_ARE to 1"_s << Level::None;
        QTest::newRow("empty") << QString() << Level::None;
    }
    void levelsAreRecognised()
    {
        QFETCH(const QString, text);
        QFETCH(const Level, level);
        QCOMPARE(levelOf(text), level);
    }

    void podsAreMergedByTimeAlsoWhenLate()
    {
        LogBuffer buffer;
        buffer.addSource(u"a"_s);
        buffer.addSource(u"b"_s);
        buffer.append({{0, 100, u"1"_s}, {0, 300, u"3"_s}});
        QCOMPARE(buffer.reordered(), 0);
        buffer.append({{1, 200, u"2"_s}, {1, 400, u"4"_s}});
        QStringList order;
        for (qsizetype i = 0; i < buffer.size(); ++i)
            order.append(buffer.at(i).text);
        QCOMPARE(order, (QStringList{u"1"_s, u"2"_s, u"3"_s, u"4"_s}));
        QCOMPARE(buffer.reordered(), 1);
        QCOMPARE(buffer.linesOf(1), 2);
    }

    void oldestLinesGoFirst()
    {
        LogBuffer buffer(100);
        buffer.addSource(u"a"_s);
        for (int i = 0; i < 250; ++i)
            buffer.append({{0, i + 1, QString::number(i)}});
        QCOMPARE(buffer.size(), 100);
        QCOMPARE(buffer.dropped(), 150);
        QCOMPARE(buffer.at(0).text, u"150"_s);
        QCOMPARE(buffer.linesOf(0), 100);
    }

    void linesOfATracebackBelongToTheError()
    {
        LogBuffer buffer;
        buffer.addSource(u"a"_s);
        buffer.addSource(u"b"_s);
        buffer.append({{0, 1, u"Traceback (most recent call last):"_s}, {1, 2, u"  indented but of another pod"_s},
            {0, 3, u"  File \"x.py\", line 1"_s}, {0, 4, u"step 5"_s}, {0, 5, u"  later"_s}});
        QVERIFY(!buffer.at(1).continued);
        QVERIFY(buffer.at(2).continued);
        QVERIFY(!buffer.at(3).continued);
        QVERIFY(!buffer.at(4).continued);
    }

    void unknownSourcesAreIgnored()
    {
        LogBuffer buffer;
        buffer.append({{0, 1, u"x"_s}, {-1, 1, u"y"_s}});
        QCOMPARE(buffer.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestLogBuffer)
#include "tst_logbuffer.moc"
