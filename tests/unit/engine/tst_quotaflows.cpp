// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "domain/QuotaDecoder.h"
#include "engine/QuotaFlows.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

/// Single quotes stand for double ones.
QJsonObject json(QByteArray text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.replace('\'', '"'), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s at %d", qPrintable(error.errorString()), error.offset);
    return document.object();
}

} // namespace

class TestQuotaFlows : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeObjectApi> api;

private slots:
    void init()
    {
        api = std::make_unique<FakeObjectApi>();
        api->put(kinds::resourceQuotas(), json("{'metadata':{'namespace':'research','name':'team'},'status':{'hard':{'requests.nvidia.com/gpu':'8','pods':'10'},"
                                               "'used':{'requests.nvidia.com/gpu':'6','pods':'10'}}}"));
        api->put(kinds::resourceQuotas(), json("{'metadata':{'namespace':'nlp','name':'team'},'spec':{'hard':{'pods':'10'}}}"));
        api->put(kinds::clusterQueues(), json("{'metadata':{'name':'training'},'spec':{'resourceGroups':[{'flavors':[{'name':'a100','resources':[{'name':"
                                              "'nvidia.com/gpu','nominalQuota':'4'}]}]}]},'status':{'flavorsReservation':[{'name':'a100','resources':"
                                              "[{'name':'nvidia.com/gpu','total':'4'}]}]}}"));
        api->put(kinds::localQueues(), json("{'metadata':{'namespace':'research','name':'default'},'spec':{'clusterQueue':'training'},'status':{'pendingWorkloads':3}}"));
    }

    void oneNamespaceAndTheQueuesOfAll()
    {
        const Result<QuotaFacts> facts = readQuotaFacts(*api, u"research"_s, {});
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().oneLine()));
        QVERIFY(facts->unread.isEmpty());
        QStringList shown;
        for (const QuotaRow &row : quotaRows(facts->quotas))
            shown.append(row.quota.kind + u' ' + row.limit.resource);
        QCOMPARE(shown, (QStringList{u"ClusterQueue nvidia.com/gpu"_s, u"ResourceQuota requests.nvidia.com/gpu"_s, u"ResourceQuota pods"_s}));
        QCOMPARE(facts->localQueues.size(), 1);
        QCOMPARE(readQuotaFacts(*api, {}, {})->quotas.size(), 3);
    }

    void whatIsNotKnownIsNull()
    {
        const QList<QuotaRow> rows = quotaRows(readQuotaFacts(*api, u"nlp"_s, {})->quotas);
        const QJsonObject pods = toJson(rows.last());
        QCOMPARE(pods.value("hard"_L1), QJsonValue(10.0));
        QVERIFY(pods.value("used"_L1).isNull());
        QVERIFY(pods.value("free"_L1).isNull());
        QVERIFY(pods.value("flavor"_L1).isNull());
        const QJsonObject queue = toJson(rows.first());
        QCOMPARE(queue.value("free"_L1), QJsonValue(0.0));
        QVERIFY(queue.value("namespace"_L1).isNull());
        QCOMPARE(queueJson(readQuotaFacts(*api, {}, {})->localQueues.first()).value("pendingWorkloads"_L1), QJsonValue(3.0));
    }

    void aGapIsNamedAndTheRestIsShown()
    {
        api->deny(u"list clusterqueues"_s);
        const Result<QuotaFacts> facts = readQuotaFacts(*api, u"research"_s, {});
        QVERIFY(facts);
        QCOMPARE(facts->quotas.size(), 1);
        QCOMPARE(facts->unread.size(), 1);
        QCOMPARE(facts->unread.first().resource, u"clusterqueues.kueue.x-k8s.io"_s);
        api->deny(u"list resourcequotas"_s);
        const Result<QuotaFacts> none = readQuotaFacts(*api, u"research"_s, {});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, Error::Kind::Forbidden);
    }
};

QTEST_GUILESS_MAIN(TestQuotaFlows)
#include "tst_quotaflows.moc"
