// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/VolumeStatistics.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

class TestVolumeStatistics : public QObject
{
    Q_OBJECT

private slots:
    void theSummaryGivesEachClaimOnce()
    {
        // Two pods of one node mount the same claim; the newer measurement counts.
        const auto uses = readSummary(
            R"({"node":{"nodeName":"n"},"pods":[{"podRef":{"name":"a","namespace":"ml"},"volume":[
            {"time":"2026-05-01T10:00:00Z","availableBytes":60,"capacityBytes":100,"usedBytes":30,"inodes":10,"inodesUsed":4,"name":"v","pvcRef":{"name":"c","namespace":"ml"}},
            {"time":"2026-05-01T10:00:00Z","availableBytes":1,"capacityBytes":2,"usedBytes":1,"name":"token"}]},
            {"podRef":{"name":"b","namespace":"ml"},"volume":[
            {"time":"2026-05-01T10:01:00Z","availableBytes":50,"capacityBytes":100,"usedBytes":40,"inodes":10,"inodesUsed":5,"name":"v","pvcRef":{"name":"c","namespace":"ml"}}]}]})"_ba);
        QVERIFY(uses);
        QCOMPARE(uses->size(), 1);
        const VolumeUse &use = uses->first();
        QCOMPARE(use.ns + u'/' + use.claim, u"ml/c"_s);
        QCOMPARE(use.used, qint64(40));
        QCOMPARE(use.available, qint64(50));
        QCOMPARE(use.inodesUsed, qint64(5));
        QCOMPARE(use.source, UseSource::Kubelet);
        QCOMPARE(use.at, QDateTime::fromString(u"2026-05-01T10:01:00Z"_s, Qt::ISODate));
        QCOMPARE(use.fraction(), 40.0 / 90);
    }

    void zeroMeansNotReported()
    {
        const auto uses = readSummary(R"({"pods":[{"volume":[
            {"capacityBytes":0,"usedBytes":0,"inodes":0,"inodesUsed":0,"pvcRef":{"name":"silent","namespace":"ml"}},
            {"capacityBytes":8,"usedBytes":0,"availableBytes":8,"inodes":0,"pvcRef":{"name":"empty","namespace":"ml"}}]}]})"_ba);
        QVERIFY(uses);
        QCOMPARE(uses->size(), 2);
        QCOMPARE(uses->at(0).claim, u"empty"_s);
        QCOMPARE(uses->at(0).used, qint64(0)); // really empty
        QCOMPARE(uses->at(0).inodesUsed, qint64(-1));
        QCOMPARE(uses->at(1).used, qint64(-1));
        QCOMPARE(uses->at(1).fraction(), -1.0);
    }

    void brokenSummariesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("html") << "<html>"_ba;
        QTest::newRow("cut") << R"({"pods":[{"volume":[)"_ba;
        QTest::newRow("another object") << R"({"kind":"Status","message":"no"})"_ba;
        QTest::newRow("an array") << "[]"_ba;
        QTest::newRow("deep") << QByteArray(5000, '[');
    }
    void brokenSummariesAreRefused()
    {
        QFETCH(QByteArray, json);
        const auto uses = readSummary(json);
        QVERIFY(!uses);
        QCOMPARE(uses.error().kind, Error::Kind::Parse);
    }

    void hostileNumbersAreUnknown()
    {
        const auto uses = readSummary(R"({"pods":[{"volume":[
            {"capacityBytes":18446744073709551615,"usedBytes":"7","pvcRef":{"name":"a","namespace":"m"}},
            {"capacityBytes":10,"usedBytes":-5,"availableBytes":1e300,"pvcRef":{"name":"b","namespace":"m"}},
            {"capacityBytes":10,"usedBytes":1,"pvcRef":"text"},{"pvcRef":null},7]},null,"x"]})"_ba);
        QVERIFY(uses);
        QCOMPARE(uses->size(), 2);
        QCOMPARE(uses->at(0).used, qint64(-1));
        QCOMPARE(uses->at(1).used, qint64(-1));
        QCOMPARE(uses->at(1).available, qint64(-1));
    }

    void aVectorIsReadAndJoined()
    {
        const auto vector = [](const QByteArray &a, const QByteArray &b) {
            return readVector(R"({"status":"success","data":{"resultType":"vector","result":[
                {"metric":{"namespace":"ml","persistentvolumeclaim":"a"},"value":[1777629600.5,")" + a + R"("]},
                {"metric":{"namespace":"ml","persistentvolumeclaim":"b"},"value":[1777629600.5,")" + b + R"("]}]}})");
        };
        const auto used = vector("30", "1e3");
        QVERIFY(used);
        QCOMPARE(used->unlabelled, 0);
        const QList<VolumeUse> uses = joinVectors(*used, *vector("100", "NaN"), *vector("60", "+Inf"));
        QCOMPARE(uses.size(), 2);
        QCOMPARE(uses[0].used, qint64(30));
        QCOMPARE(uses[0].capacity, qint64(100));
        QCOMPARE(uses[0].available, qint64(60));
        QCOMPARE(uses[0].source, UseSource::Prometheus);
        QCOMPARE(uses[0].at.toMSecsSinceEpoch(), qint64(1777629600500));
        QCOMPARE(uses[1].used, qint64(1000));
        QCOMPARE(uses[1].capacity, qint64(-1));
        QCOMPARE(uses[1].available, qint64(-1));
    }

    void aWrongLabelSetIsCounted()
    {
        const auto vector = readVector(R"({"status":"success","data":{"resultType":"vector","result":[
            {"metric":{"exported_namespace":"ml","pvc":"a"},"value":[1777629600,"1"]},{"metric":{},"value":[1777629600,"5"]}]}})"_ba);
        QVERIFY(vector);
        QVERIFY(vector->values.isEmpty());
        QCOMPARE(vector->unlabelled, 2);
    }

    void aRefusalKeepsItsWords()
    {
        const auto refused = readVector(R"({"status":"error","errorType":"bad_data","error":"parse error\u202e"})"_ba);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Server);
        QCOMPARE(refused.error().why, u"bad_data: parse error\\u{202E}"_s);
        QVERIFY(!readVector(R"({"status":"success","data":{"resultType":"matrix","result":[]}})"_ba));
        QVERIFY(!readVector("{"_ba));
        QVERIFY(!readVector({}));
    }
};

QTEST_APPLESS_MAIN(TestVolumeStatistics)
#include "tst_volumestatistics.moc"
