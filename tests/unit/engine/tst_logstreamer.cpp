// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "base/Async.h"
#include "engine/LogStreamer.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimeZone>
#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::app;

namespace {

/// A pod that runs `yes`, as fast as it is read.
class Yes final : public tests::FakeObjectApi
{
public:
    Result<> followLog(const QString &, const QString &, LogOptions, std::function<bool(const QByteArray &line)> sink, Stop stop) override
    {
        while (!stop.stop_requested() && sink(line))
            ++lines;
        ended = true;
        return {};
    }
    QByteArray line = "2026-01-02T03:04:05.123456789Z y";
    std::atomic<qint64> lines = 0;
    std::atomic<bool> ended = false;
};

Pod pod()
{
    Pod pod;
    pod.ns = u"ns"_s;
    pod.name = u"p"_s;
    return pod;
}

} // namespace

class TestLogStreamer : public QObject
{
    Q_OBJECT
private slots:
    void whoReadsFasterThanTheWindowWaits_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("many lines") << "2026-01-02T03:04:05.123456789Z y"_ba;
        QTest::newRow("long lines") << QByteArray(500'000, 'y');
    }
    void whoReadsFasterThanTheWindowWaits()
    {
        QFETCH(const QByteArray, line);
        const auto api = std::make_shared<Yes>();
        api->line = line;
        auto streamer = std::make_unique<LogStreamer>(api, false);
        qint64 taken = 0;
        connect(streamer.get(), &LogStreamer::lines, this, [&](const std::vector<LogLine> &batch) { taken += qint64(batch.size()); });
        streamer->follow(0, pod(), {});
        // The window hangs: no event is handled. Wait until nothing more comes.
        qint64 before = -1;
        while (before != api->lines || before <= 0) {
            before = api->lines;
            std::this_thread::sleep_for(100ms);
        }
        QVERIFY2(before <= 20'000 && before * line.size() <= 9 << 20, qPrintable(QString::number(before)));
        // It goes on when the window does.
        QTRY_VERIFY(api->lines > before);
        QVERIFY(taken >= before);
        // The end comes although it waits.
        std::this_thread::sleep_for(200ms);
        streamer.reset();
        async::drain();
        QVERIFY(api->ended);
    }

    void linesComeWithTheirTimes()
    {
        const auto api = std::make_shared<tests::FakeObjectApi>();
        api->put(kinds::pods(), QJsonObject{{u"metadata"_s, QJsonObject{{u"namespace"_s, u"ns"_s}, {u"name"_s, u"p"_s}}}});
        api->setLog(u"ns"_s, u"p"_s, "2026-01-02T03:04:05.123456789Z first\nsecond\n");
        LogStreamer streamer(api, false);
        std::vector<LogLine> all;
        connect(&streamer, &LogStreamer::lines, this, [&](const std::vector<LogLine> &batch) { all.insert(all.end(), batch.begin(), batch.end()); });
        QSignalSpy ended(&streamer, &LogStreamer::ended);
        streamer.follow(7, pod(), {});
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(all.size(), size_t(2));
        QCOMPARE(all[0].text, u"first"_s);
        QCOMPARE(all[0].source, 7);
        QCOMPARE(all[0].time, QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 123), QTimeZone::utc()).toMSecsSinceEpoch());
        QCOMPARE(all[1].text, u"second"_s);
        QCOMPARE(all[1].time, 0);
    }
};

QTEST_GUILESS_MAIN(TestLogStreamer)
#include "tst_logstreamer.moc"
