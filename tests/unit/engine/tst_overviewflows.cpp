// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "base/Translation.h"
#include "engine/ComponentFlows.h"
#include "engine/OverviewFlows.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

class TestOverviewFlows : public QObject
{
    Q_OBJECT
    const ResourceKind &m_kind = facts(JobKind::PyTorchJob).resource;
    std::unique_ptr<FakeObjectApi> m_api;

    void failList(const QString &resource, Error::Kind kind)
    {
        m_api->before = [resource, kind](const FakeObjectApi::Call &call) -> std::optional<Error> {
            return call.verb == "list"_L1 && (resource.isEmpty() || call.resource == resource) ? std::optional(Error::make(kind, u"no "_s + call.resource))
                                                                                              : std::nullopt;
        };
    }
    static QStringList kindsOf(const OverviewReading &reading)
    {
        QStringList words;
        for (const QJsonValue problem : toJson(reading)[u"problems"_s].toArray())
            words.append(problem[u"kind"_s].toString() + u' ' + problem[u"name"_s].toString());
        return words;
    }

private slots:
    void initTestCase() { installTranslation(QLocale(u"en"_s)); }
    void init()
    {
        m_api = std::make_unique<FakeObjectApi>();
        QJsonObject failed = with(contractJob(u"dead"_s), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
        m_api->put(m_kind, failed);
        m_api->put(m_kind, contractJob(u"llama"_s));
        m_api->put(kinds::nodes(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"gpu-1"_s}, {u"uid"_s, u"node"_s}}},
                                    {u"status"_s, QJsonObject{{u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"Ready"_s}, {u"status"_s, u"Unknown"_s}}}}}}});
        const QJsonObject owner{{u"kind"_s, u"PyTorchJob"_s}, {u"name"_s, u"llama"_s}, {u"uid"_s, u"uid-llama"_s}, {u"controller"_s, true},
                                {u"apiVersion"_s, u"kubeflow.org/v1"_s}};
        m_api->put(kinds::pods(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"llama-master-0"_s}, {u"namespace"_s, u"research"_s}, {u"uid"_s, u"pod"_s},
                                                               {u"ownerReferences"_s, QJsonArray{owner}},
                                                               {u"labels"_s, QJsonObject{{facts(JobKind::PyTorchJob).podLabel, u"llama"_s},
                                                                                         {u"training.kubeflow.org/replica-type"_s, u"master"_s}}}}},
                                   {u"spec"_s, QJsonObject{{u"nodeName"_s, u"gpu-1"_s}}},
                                   {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}});
    }

    void problemsComeInTheOrderOfTheOverview()
    {
        const auto reading = readOverview(*m_api, u"research"_s, {}, {});
        QVERIFY2(reading, reading ? "" : qPrintable(reading.error().oneLine()));
        QCOMPARE(kindsOf(*reading), (QStringList{u"node-lost gpu-1"_s, u"node-lost llama"_s, u"failed dead"_s}));
        const QJsonObject json = toJson(*reading);
        QCOMPARE(json[u"jobs"_s][u"running"_s], QJsonValue(1));
        QCOMPARE(json[u"jobs"_s][u"failed"_s], QJsonValue(1));
        QVERIFY(json[u"atMost"_s].toBool()); // nobody looked for checkpoints
        QVERIFY2(json[u"gaps"_s].toArray().isEmpty(), QJsonDocument(json).toJson().constData());
        QCOMPARE(json[u"problems"_s][0][u"about"_s], QJsonValue(u"node"_s));
        QVERIFY(json[u"problems"_s][0][u"urgent"_s].toBool());
        QVERIFY(json[u"problems"_s][0][u"hint"_s].toString().contains(u"1 job"_s)); // which has a pod there
    }

    /// The same number in `cairnctl components`, on the Overview and in the badge of the page, with one that is down among them, one
    /// that nobody leads, one that may not be looked for, and the control plane.
    void allCountTheSameComponents()
    {
        const auto deploy = [&](const QString &ns, const QString &name, int replicas, int ready) {
            m_api->put(kinds::deployments(), {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}, {u"uid"_s, name}}},
                                              {u"spec"_s, QJsonObject{{u"replicas"_s, replicas}}},
                                              {u"status"_s, QJsonObject{{u"readyReplicas"_s, ready}}}});
        };
        const auto lease = [&](const QString &ns, const QString &name, int secondsAgo) {
            m_api->put(kinds::leases(), {{u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}, {u"uid"_s, name}}},
                                         {u"spec"_s, QJsonObject{{u"holderIdentity"_s, u"a_b"_s}, {u"leaseDurationSeconds"_s, 15},
                                                                 {u"renewTime"_s, QDateTime::currentDateTimeUtc().addSecs(-secondsAgo).toString(Qt::ISODateWithMs)}}}});
        };
        deploy(u"kubeflow"_s, u"mysql"_s, 1, 1);
        deploy(u"kubeflow"_s, u"katib-ui"_s, 1, 0);
        deploy(u"kubeflow"_s, u"nobody-knows-it"_s, 1, 1);
        deploy(u"kubeflow"_s, u"spark-operator-controller"_s, 2, 2);
        lease(u"kubeflow"_s, u"spark-operator-controller-lock"_s, 3600);
        lease(u"kube-system"_s, u"kube-scheduler"_s, 3600); // down
        failList(kinds::statefulSets().plural, Error::Kind::Forbidden); // seaweedfs and the like are not observable
        const auto facts = readComponentFacts(*m_api, {});
        QVERIFY(facts);
        const components::Summary summary = components::summarise(components::judge(*facts));
        QVERIFY(summary.down >= 2 && summary.unobservable >= 1 && summary.surviving == 0);
        QCOMPARE(summary.falling(), summary.observable - summary.surviving);
        const auto reading = readOverview(*m_api, u"research"_s, {}, {});
        QVERIFY(reading);
        const components::Summary &overview = reading->overview.components;
        QCOMPARE(std::tie(overview.observable, overview.surviving, overview.unobservable, overview.down),
                 std::tie(summary.observable, summary.surviving, summary.unobservable, summary.down));
        const auto &problems = reading->overview.problems;
        const auto line = std::ranges::find(problems, situation::Problem::About::Availability, &situation::Problem::about);
        QVERIFY(line != problems.end());
        QVERIFY2(line->text.startsWith(QString::number(summary.falling()) + u' '), qPrintable(line->text));
    }

    void whatCannotBeReadIsAGap()
    {
        failList(kinds::claims().plural, Error::Kind::Forbidden);
        auto reading = readOverview(*m_api, u"research"_s, {}, {});
        QVERIFY(reading);
        QCOMPARE(reading->gaps.size(), 1);
        QCOMPARE(reading->gaps[0].what, kinds::claims().plural);
        QCOMPARE(kindsOf(*reading).size(), 3);
        // A node that may not be listed is not a node that is well: its jobs say what they know.
        failList(kinds::nodes().plural, Error::Kind::Forbidden);
        reading = readOverview(*m_api, u"research"_s, {}, {});
        QVERIFY(reading);
        QVERIFY(!kindsOf(*reading).contains(u"node-lost gpu-1"_s));
        failList({}, Error::Kind::Forbidden);
        QCOMPARE(readOverview(*m_api, u"research"_s, {}, {}).error().kind, Error::Kind::Forbidden);
    }
};

QTEST_GUILESS_MAIN(TestOverviewFlows)
#include "tst_overviewflows.moc"
