// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/QuotaDecoder.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

class TestQuota : public QObject
{
    Q_OBJECT

    static Quota read(const ResourceKind &kind, const QByteArray &rest)
    {
        const QByteArray json = "{\"kind\":\"" + kind.kind.toUtf8() + "\",\"metadata\":{\"name\":\"q\",\"namespace\":\"research\",\"uid\":\"u\"}," + rest + "}";
        const Result<Quota> quota = quotaDecoder(kind)->object(json, WireFormat::Json);
        return quota ? *quota : Quota{};
    }

private slots:
    void aResourceQuotaIsReadAsItsStatusCounts()
    {
        const Quota quota = read(kinds::resourceQuotas(), R"("spec":{"hard":{"pods":"10"}},"status":{
            "hard":{"requests.nvidia.com/gpu":"8","limits.memory":"1Ti","pods":"4"},
            "used":{"requests.nvidia.com/gpu":"6","limits.memory":"512Gi","pods":"4"}})");
        QCOMPARE(quota.kind, u"ResourceQuota"_s);
        QCOMPARE(quota.ns, u"research"_s);
        QCOMPARE(quota.limits.size(), 3);
        QCOMPARE(quota.limits[0], (QuotaLimit{u"limits.memory"_s, {}, 1024.0 * 1024 * 1024 * 1024, 512.0 * 1024 * 1024 * 1024, -1}));
        QCOMPARE(quota.limits[1], (QuotaLimit{u"pods"_s, {}, 4, 4, -1}));
        QCOMPARE(quota.limits[2], (QuotaLimit{u"requests.nvidia.com/gpu"_s, {}, 8, 6, -1}));
    }

    void whatIsNotCountedYetIsNotZero()
    {
        const Quota quota = read(kinds::resourceQuotas(), R"("spec":{"hard":{"pods":"10"},"scopes":["Terminating"],
            "scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In","values":["high"]}]}},"status":{})");
        QCOMPARE(quota.limits, (QList<QuotaLimit>{{u"pods"_s, {}, 10, -1, -1}}));
        QCOMPARE(quota.scopes, (QStringList{u"Terminating"_s, u"PriorityClass In high"_s}));
    }

    void whatIsNoQuantityIsNotKnown()
    {
        const Quota quota = read(kinds::resourceQuotas(), R"("status":{"hard":{"pods":"many","cpu":4},"used":{"pods":[],"cpu":null}})");
        QCOMPARE(quota.limits, (QList<QuotaLimit>{{u"cpu"_s, {}, 4, -1, -1}, {u"pods"_s, {}, -1, -1, -1}}));
    }

    void aClusterQueueHasALimitForEachFlavor()
    {
        const Quota quota = read(kinds::clusterQueues(), R"("spec":{"cohort":"all","stopPolicy":"Hold","resourceGroups":[{"flavors":[
            {"name":"a100","resources":[{"name":"nvidia.com/gpu","nominalQuota":"32","borrowingLimit":8}]},
            {"name":"h100","resources":[{"name":"nvidia.com/gpu","nominalQuota":16}]}]}]},
            "status":{"pendingWorkloads":3,"admittedWorkloads":2,
            "flavorsReservation":[{"name":"a100","resources":[{"name":"nvidia.com/gpu","total":"36"}]}],
            "flavorsUsage":[{"name":"a100","resources":[{"name":"nvidia.com/gpu","total":"30"}]},
                            {"name":"h100","resources":[{"name":"nvidia.com/gpu","total":"4"}]}]})");
        QCOMPARE(quota.limits, (QList<QuotaLimit>{{u"nvidia.com/gpu"_s, u"a100"_s, 32, 36, 8}, {u"nvidia.com/gpu"_s, u"h100"_s, 16, 4, -1}}));
        QCOMPARE(quota.cohort, u"all"_s);
        QCOMPARE(quota.pending, 3);
        QCOMPARE(quota.admitted, 2);
        QVERIFY(quota.stopped);
    }

    void aLocalQueueNamesItsClusterQueue()
    {
        const Quota quota = read(kinds::localQueues(), R"("spec":{"clusterQueue":"training"},"status":{"pendingWorkloads":1})");
        QCOMPARE(quota.queue, u"training"_s);
        QCOMPARE(quota.pending, 1);
        QCOMPARE(quota.admitted, -1); // not told is not none
        QVERIFY(!quota.stopped);
        QVERIFY(quota.limits.isEmpty());
    }

    void aLimitRangeHasOneItemForEachResource()
    {
        const Result<LimitRange> range = limitRangeDecoder()->object(
            R"({"kind":"LimitRange","metadata":{"name":"l","namespace":"nlp"},"spec":{"limits":[
                {"type":"Container","default":{"cpu":"4"},"defaultRequest":{"cpu":"500m","memory":"1Gi"},"max":{"cpu":32}},
                {"type":"PersistentVolumeClaim","min":{"storage":"1Gi"}}]}})"_ba,
            WireFormat::Json);
        QVERIFY(range);
        QCOMPARE(range->items, (QList<LimitRange::Item>{{u"Container"_s, u"cpu"_s, u"4"_s, u"500m"_s, {}, u"32"_s},
                                                       {u"Container"_s, u"memory"_s, {}, u"1Gi"_s, {}, {}},
                                                       {u"PersistentVolumeClaim"_s, u"storage"_s, {}, {}, u"1Gi"_s, {}}}));
    }

    void aHostileObjectIsBounded()
    {
        QByteArray hard;
        for (int i = 0; i < 5000; ++i)
            hard += (i ? ",\"r" : "\"r") + QByteArray::number(i) + "\":\"1\"";
        QCOMPARE(read(kinds::resourceQuotas(), R"("spec":[],"status":{"used":7,"hard":{)" + hard + "}}").limits.size(), 1000);
        QVERIFY(read(kinds::clusterQueues(), R"("spec":{"resourceGroups":[{"flavors":{}},7,{"flavors":[{"resources":"x"}]}]},"status":[])").limits.isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestQuota)
#include "tst_quota.moc"
