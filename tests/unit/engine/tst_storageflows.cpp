// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "engine/StorageFlows.h"

#include <QJsonDocument>
#include <QTest>
#include <QUrl>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

/// Single quotes stand for double ones.
QByteArray quoted(QByteArray text)
{
    return text.replace('\'', '"');
}
QJsonObject json(const QByteArray &text)
{
    return QJsonDocument::fromJson(quoted(text)).object();
}
QByteArray summary(const QByteArray &claim, int used)
{
    return quoted("{'pods':[{'volume':[{'time':'2026-05-01T10:00:00Z','capacityBytes':100,'usedBytes':" + QByteArray::number(used)
                  + ",'pvcRef':{'namespace':'ml','name':'" + claim + "'}}]}]}");
}
QByteArray vector(const QByteArray &labels, const QByteArray &value)
{
    return quoted("{'status':'success','data':{'resultType':'vector','result':[{'metric':{" + labels + "},'value':[1777629600,'" + value + "']}]}}");
}

} // namespace

class TestStorageFlows : public QObject
{
    Q_OBJECT

private slots:
    void oneNodeThatFailsDoesNotHideTheOthers()
    {
        QStringList asked;
        const ProxyGet get = [&](const ObjectRef &target, const QString &path, std::stop_token) -> Result<QByteArray> {
            asked.append(target.kind.plural + u'/' + target.name + path);
            if (target.name == "b"_L1)
                return fail(Error::Kind::Timeout, u"no answer"_s);
            return summary(target.name == "a"_L1 ? "x" : "y", 7);
        };
        const Measured measured = readKubelets(get, {u"a"_s, u"b"_s, u"c"_s}, {});
        QCOMPARE(asked, (QStringList{u"nodes/a/stats/summary"_s, u"nodes/b/stats/summary"_s, u"nodes/c/stats/summary"_s}));
        QCOMPARE(measured.uses.size(), 2);
        QVERIFY(measured.problem);
        QCOMPARE(measured.problem->kind, Error::Kind::Timeout);
    }
    void oneRefusalIsEnough()
    {
        int asked = 0;
        const ProxyGet get = [&](const ObjectRef &, const QString &, std::stop_token) -> Result<QByteArray> {
            ++asked;
            return fail(Error::Kind::Forbidden, u"no"_s);
        };
        QVERIFY(readKubelets(get, {u"a"_s, u"b"_s}, {}).problem);
        QCOMPARE(asked, 1);
    }

    void prometheusIsFoundByItsLabels()
    {
        FakeObjectApi api;
        auto found = findPrometheus(api, {});
        QVERIFY(found && !*found);
        api.put(kinds::services(), json("{'metadata':{'namespace':'mon','name':'chart','labels':{'app.kubernetes.io/name':'prometheus'}},"
                                        "'spec':{'ports':[{'name':'http','port':80}]}}"));
        found = findPrometheus(api, {});
        QVERIFY(found && *found);
        QVERIFY((**found == PrometheusPlace{u"mon"_s, u"chart:80"_s}));
        api.put(kinds::services(), json("{'metadata':{'namespace':'ops','name':'prometheus-operated','labels':{'operated-prometheus':'true'}},"
                                        "'spec':{'ports':[{'name':'grpc','port':10901},{'name':'web','port':9090}]}}"));
        found = findPrometheus(api, {});
        QVERIFY((**found == PrometheusPlace{u"ops"_s, u"prometheus-operated:9090"_s}));
        api.deny(u"list services"_s);
        found = findPrometheus(api, {});
        QVERIFY(found && !*found);
    }
    void prometheusIsAskedForTheLargestOfEachClaim()
    {
        QStringList queries;
        const ProxyGet get = [&](const ObjectRef &target, const QString &path, std::stop_token) -> Result<QByteArray> {
            if (target.ns != "mon"_L1 || target.name != "p:9090"_L1 || target.kind != kinds::services())
                return fail(Error::Kind::NotFound, u"what"_s);
            const QString query = QUrl::fromPercentEncoding(path.section(u'=', 1).toLatin1());
            queries.append(query);
            return vector("'namespace':'ml','persistentvolumeclaim':'c'", query.contains(u"used"_s) ? "40" : query.contains(u"capacity"_s) ? "100" : "55");
        };
        const Measured measured = readPrometheus(get, {u"mon"_s, u"p:9090"_s}, {});
        QVERIFY(!measured.problem);
        QCOMPARE(measured.uses.size(), 1);
        QCOMPARE(measured.uses[0].used, qint64(40));
        QCOMPARE(measured.uses[0].capacity, qint64(100));
        QCOMPARE(measured.uses[0].available, qint64(55));
        QCOMPARE(queries.first(), u"max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes)"_s);
    }
    void aWrongLabelSetIsSaid()
    {
        QByteArray body = vector("'exported_namespace':'ml'", "40");
        const ProxyGet get = [&](const ObjectRef &, const QString &, std::stop_token) -> Result<QByteArray> { return body; };
        Measured measured = readPrometheus(get, {u"mon"_s, u"p:9090"_s}, {});
        QVERIFY(measured.uses.isEmpty());
        QVERIFY(measured.problem->why.contains(u"persistentvolumeclaim"_s));
        body = quoted("{'status':'success','data':{'resultType':'vector','result':[]}}");
        measured = readPrometheus(get, {u"mon"_s, u"p:9090"_s}, {});
        QVERIFY(measured.problem->why.contains(u"no series"_s));
        body = "<html>sign in</html>";
        measured = readPrometheus(get, {u"mon"_s, u"p:9090"_s}, {});
        QCOMPARE(measured.problem->kind, Error::Kind::Parse);
    }

    void claimsAreReadWithWhatStandsBehindThem()
    {
        FakeObjectApi api;
        api.put(kinds::claims(), json("{'kind':'PersistentVolumeClaim','metadata':{'namespace':'ml','name':'c','uid':'u1'},"
                                      "'spec':{'volumeName':'v','resources':{'requests':{'storage':'1Gi'}}},'status':{'phase':'Bound'}}"));
        api.put(kinds::volumes(), json("{'kind':'PersistentVolume','metadata':{'name':'v','uid':'u2'},'spec':{'nfs':{'server':'s','path':'/p'},"
                                       "'claimRef':{'uid':'u1'}},'status':{'phase':'Bound'}}"));
        auto facts = readClaimFacts(api, {}, {});
        QVERIFY(facts);
        QVERIFY(facts->volumesRead);
        QList<storage::ClaimAccount> accounts = storage::account(*facts);
        QCOMPARE(accounts.size(), 1);
        QCOMPARE(accounts[0].driver, u"nfs"_s);
        const QJsonObject object = toJson(accounts[0]);
        QCOMPARE(object[u"requestedBytes"_s].toInteger(), qint64(1) << 30);
        QVERIFY(object[u"capacityBytes"_s].isNull());
        QVERIFY(object[u"use"_s].isNull());
        QVERIFY(object[u"trouble"_s].isNull());
        // Who may see claims only sees less, and nothing that is not so.
        api.deny(u"list persistentvolumes"_s);
        api.deny(u"list pods"_s);
        facts = readClaimFacts(api, {}, {});
        QVERIFY(facts);
        QCOMPARE(storage::account(*facts)[0].trouble, storage::ClaimAccount::Trouble::None);
        api.deny(u"list persistentvolumeclaims"_s);
        QCOMPARE(readClaimFacts(api, {}, {}).error().kind, Error::Kind::Forbidden);
    }
};

QTEST_GUILESS_MAIN(TestStorageFlows)
#include "tst_storageflows.moc"
