// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "kube/Rights.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::kube;
using tests::FakeObjectApi;

namespace {

QList<Needs> allNeeds()
{
    return {needs::viewJobs(), needs::viewNodes(), needs::viewComponents(), needs::viewQuotas(), needs::viewStorage(), needs::readCheckpoints()};
}

/// The rules of a Role, as the server would give them back.
AccessRules rulesOf(const QJsonObject &role)
{
    const auto strings = [](const QJsonValue &array) {
        QStringList list;
        for (const QJsonValue &item : array.toArray())
            list.append(item.toString());
        return list;
    };
    AccessRules rules;
    for (const QJsonValue &rule : role[u"rules"_s].toArray())
        rules.rules.append({strings(rule[u"verbs"_s]), strings(rule[u"apiGroups"_s]), strings(rule[u"resources"_s]), {}});
    return rules;
}

} // namespace

class TestRights : public QObject
{
    Q_OBJECT
private slots:
    void aRoleGrantsItsNeedsAndNothingElse()
    {
        for (const Needs &needs : allNeeds()) {
            const AccessRules rules = rulesOf(roleFor(u"r"_s, u"ml"_s, needs));
            QSet<QString> granted;
            for (const Need &need : needs) {
                for (const AccessQuery &query : queriesOf(need, u"ml"_s)) {
                    QCOMPARE(rules.allows(query), std::optional(true));
                    granted.insert(query.verb + query.group + query.resource + query.subresource);
                }
            }
            // Each rule taken apart again: no pair of group and resource came in by merging.
            for (const AccessRule &rule : rules.rules) {
                for (const QString &verb : rule.verbs) {
                    for (const QString &resource : rule.resources)
                        QVERIFY(granted.contains(verb + rule.groups.first() + resource.section(u'/', 0, 0) + resource.section(u'/', 1)));
                }
                QVERIFY(!rule.resources.contains(u"secrets"_s) && !rule.resources.contains(u"*"_s) && !rule.verbs.contains(u"*"_s));
            }
        }
    }
    void whereItHolds()
    {
        const QJsonObject role = roleFor(u"cairn-view"_s, u"ml"_s, needs::viewJobs());
        QCOMPARE(role[u"kind"_s].toString(), u"Role"_s);
        QCOMPARE(role[u"metadata"_s], QJsonValue(QJsonObject{{u"name"_s, u"cairn-view"_s}, {u"namespace"_s, u"ml"_s}}));
        QCOMPARE(roleFor(u"n"_s, {}, needs::viewNodes())[u"kind"_s].toString(), u"ClusterRole"_s);
    }
    void resourcesThatGoTogetherShareARule()
    {
        const QJsonArray rules = roleFor(u"r"_s, u"ml"_s, needs::viewJobs())[u"rules"_s].toArray();
        QCOMPARE(rules.size(), 5); // core, kubeflow.org, trainer.kubeflow.org, jobset.x-k8s.io, ray.io
        QCOMPARE(rules[0][u"resources"_s], QJsonValue(QJsonArray{u"pods"_s, u"pods/log"_s, u"events"_s, u"persistentvolumeclaims"_s}));
        const QJsonArray jobs = rules[1][u"resources"_s].toArray();
        QCOMPARE(std::ranges::count(jobs, QJsonValue(u"mpijobs"_s)), 1); // both of its versions are one resource
        QCOMPARE(rules[2][u"resources"_s], QJsonValue(QJsonArray{u"trainjobs"_s, u"trainingruntimes"_s}));
        // Different verbs do not.
        QCOMPARE(roleFor(u"r"_s, u"ml"_s, needs::readCheckpoints())[u"rules"_s].toArray().size(), 2);
    }
    void whatIsMissingIsFound()
    {
        FakeObjectApi api;
        QVERIFY(missingOf(api, needs::readCheckpoints(), u"ml"_s, {})->isEmpty());
        api.deny(u"delete jobs"_s);
        api.deny(u"get pods/log"_s);
        const auto missing = missingOf(api, needs::readCheckpoints(), u"ml"_s, {});
        QVERIFY(missing);
        QCOMPARE(*missing, (Needs{{kinds::batchJobs(), {u"delete"_s}}, {kinds::pods(), {u"get"_s}, u"log"_s}}));
        // And the Role for it is the least that helps.
        QCOMPARE(roleFor(u"r"_s, u"ml"_s, *missing)[u"rules"_s].toArray().size(), 2);
        api.before = [](const FakeObjectApi::Call &) { return std::optional(Error::make(Error::Kind::Network, u"gone"_s)); };
        QVERIFY(!missingOf(api, needs::readCheckpoints(), u"ml"_s, {})); // unknown is not missing
    }
    void wholeClusterKindsAreAskedForWithoutANamespace()
    {
        QCOMPARE(queriesOf({kinds::nodes(), {u"list"_s}}, u"ml"_s), (QList<AccessQuery>{{u"list"_s, {}, u"nodes"_s, {}, {}, {}}}));
        QCOMPARE(queriesOf({kinds::pods(), {u"get"_s}, u"log"_s}, u"ml"_s), (QList<AccessQuery>{{u"get"_s, {}, u"pods"_s, u"log"_s, u"ml"_s, {}}}));
    }
    void reviewsAreAskedAndRead()
    {
        const net::Request request = accessReview({u"create"_s, u"batch"_s, u"jobs"_s, {}, u"ml"_s, {}});
        QVERIFY(request.idempotent);
        const QJsonValue attributes = QJsonDocument::fromJson(request.body).object()[u"spec"_s][u"resourceAttributes"_s];
        QCOMPARE(attributes, QJsonValue(QJsonObject{{u"verb"_s, u"create"_s}, {u"group"_s, u"batch"_s}, {u"resource"_s, u"jobs"_s}, {u"namespace"_s, u"ml"_s}}));
        const auto read = [](const QByteArray &json) { return accessAnswer(QJsonDocument::fromJson(json).object()); };
        QVERIFY(read(R"({"status":{"allowed":true}})")->allowed);
        const auto no = read(R"({"status":{"allowed":false,"evaluationError":"broken webhook"}})");
        QVERIFY(no && !no->allowed);
        QCOMPARE(no->reason, u"broken webhook"_s);
        for (const char *silent : {"{}", R"({"status":{}})", R"({"status":{"allowed":"yes"}})"})
            QCOMPARE(read(silent).error().kind, Error::Kind::Parse); // no answer is not a no
    }
};

QTEST_APPLESS_MAIN(TestRights)
#include "tst_rights.moc"
