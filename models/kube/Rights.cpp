// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Rights.h"

#include "domain/QuotaDecoder.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// An answer takes a kilobyte.
constexpr qint64 longestAnswer = 1 << 20;

const QStringList &viewVerbs()
{
    static const QStringList verbs{u"get"_s, u"list"_s, u"watch"_s};
    return verbs;
}

Needs viewAll(std::initializer_list<ResourceKind> kinds)
{
    Needs needs;
    for (const ResourceKind &kind : kinds)
        needs.append({kind, viewVerbs()});
    return needs;
}

} // namespace

namespace needs {

Needs viewJobs()
{
    Needs needs = viewAll({kinds::pods()});
    needs.append({kinds::pods(), viewVerbs(), u"log"_s});
    needs += viewAll({kinds::events(), kinds::claims()});
    for (const JobKindFacts &kind : jobKinds()) {
        // Rights are of a resource, not of its versions: MPIJob has two.
        if (std::ranges::none_of(needs, [&](const Need &need) {
                return need.kind.group == kind.resource.group && need.kind.plural == kind.resource.plural;
            }))
            needs.append({kind.resource, viewVerbs()});
    }
    needs.append({kinds::trainingRuntimes(), viewVerbs()});
    return needs;
}

Needs viewNodes()
{
    return viewAll({kinds::nodes()});
}

Needs viewComponents()
{
    return viewAll({kinds::pods(), kinds::nodes(), kinds::deployments(), kinds::statefulSets(), kinds::daemonSets(),
                    kinds::leases(), kinds::endpointSlices(), kinds::disruptionBudgets(), kinds::autoscalers()});
}

Needs viewQuotas()
{
    return viewAll({kinds::resourceQuotas(), kinds::limitRanges(), kinds::clusterQueues(), kinds::localQueues()});
}

Needs viewStorage()
{
    return viewAll({kinds::claims(), kinds::volumes(), kinds::pods(), kinds::storageClasses()});
}

Needs readCheckpoints()
{
    return {{kinds::batchJobs(), {u"create"_s, u"get"_s, u"delete"_s}},
            {kinds::pods(), {u"get"_s, u"list"_s}},
            {kinds::pods(), {u"get"_s, u"list"_s}, u"log"_s}};
}

} // namespace needs

QList<AccessQuery> queriesOf(const Need &need, const QString &ns)
{
    QList<AccessQuery> queries;
    for (const QString &verb : need.verbs)
        queries.append({verb, need.kind.group, need.kind.plural, need.subresource, need.kind.namespaced ? ns : QString(), {}});
    return queries;
}

Result<Needs> missingOf(ObjectApi &api, const Needs &needs, const QString &ns, std::stop_token stop)
{
    Needs missing;
    for (const Need &need : needs) {
        Need rest{need.kind, {}, need.subresource};
        for (const AccessQuery &query : queriesOf(need, ns)) {
            const Result<AccessAnswer> answer = api.may(query, stop);
            if (!answer)
                return fail(answer.error());
            if (!answer->allowed)
                rest.verbs.append(query.verb);
        }
        if (!rest.verbs.isEmpty())
            missing.append(rest);
    }
    return missing;
}

QJsonObject roleFor(const QString &name, const QString &ns, const Needs &needs)
{
    struct Rule {
        QString group;
        QStringList verbs;
        QStringList resources;
    };
    QList<Rule> rules;
    for (const Need &need : needs) {
        const QString resource = need.subresource.isEmpty() ? need.kind.plural : need.kind.plural + u'/' + need.subresource;
        const auto same = std::ranges::find_if(rules, [&](const Rule &rule) {
            return rule.group == need.kind.group && rule.verbs == need.verbs;
        });
        if (same == rules.end())
            rules.append({need.kind.group, need.verbs, {resource}});
        else if (!same->resources.contains(resource))
            same->resources.append(resource);
    }
    QJsonArray array;
    for (const Rule &rule : std::as_const(rules))
        array.append(QJsonObject{{u"apiGroups"_s, QJsonArray{rule.group}},
                                 {u"resources"_s, QJsonArray::fromStringList(rule.resources)},
                                 {u"verbs"_s, QJsonArray::fromStringList(rule.verbs)}});
    QJsonObject metadata{{u"name"_s, name}};
    if (!ns.isEmpty())
        metadata.insert(u"namespace"_s, ns);
    return {{u"apiVersion"_s, u"rbac.authorization.k8s.io/v1"_s},
            {u"kind"_s, ns.isEmpty() ? u"ClusterRole"_s : u"Role"_s},
            {u"metadata"_s, metadata},
            {u"rules"_s, array}};
}

net::Request accessReview(const AccessQuery &query)
{
    QJsonObject attributes{{u"verb"_s, query.verb}, {u"group"_s, query.group}, {u"resource"_s, query.resource}};
    const auto set = [&](const QString &name, const QString &value) {
        if (!value.isEmpty())
            attributes.insert(name, value);
    };
    set(u"subresource"_s, query.subresource);
    set(u"namespace"_s, query.ns);
    set(u"name"_s, query.name);
    net::Request request;
    request.method = "POST";
    request.path = u"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"_s;
    request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
    request.body = QJsonDocument(QJsonObject{{u"kind"_s, u"SelfSubjectAccessReview"_s},
                                             {u"apiVersion"_s, u"authorization.k8s.io/v1"_s},
                                             {u"spec"_s, QJsonObject{{u"resourceAttributes"_s, attributes}}}})
                       .toJson(QJsonDocument::Compact);
    request.idempotent = true; // on connections that are there: a handshake would be most of the work
    request.maxBody = longestAnswer;
    return request;
}

Result<AccessAnswer> accessAnswer(const QJsonObject &review)
{
    const QJsonValue status = review[u"status"_s];
    const QJsonValue allowed = status[u"allowed"_s];
    if (!allowed.isBool())
        return fail(Error::Kind::Parse, Words::tr("The server did not say which permissions you have."),
                    Words::tr("Its answer to an access review has no status."), Words::tr("Check that the address names a Kubernetes API."));
    AccessAnswer answer{allowed.toBool(), status[u"reason"_s].toString()};
    if (!answer.allowed && answer.reason.isEmpty())
        answer.reason = status[u"evaluationError"_s].toString();
    return answer;
}

} // namespace cairn::kube
