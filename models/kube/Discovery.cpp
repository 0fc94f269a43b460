// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Discovery.h"

#include "base/Text.h"
#include "kube/ApiAnswer.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QUrl>
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

constexpr auto accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
                        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// A cluster with 2,000 custom resources answers with about 3 MiB.
constexpr qint64 longestAnswer = 32LL << 20;
/// Group versions asked at a time, of a server that has to be asked for each.
constexpr size_t parallel = 6;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube::Discovery)
};

QStringList words(const QJsonValue &array)
{
    QStringList result;
    for (const QJsonValue &word : array.toArray())
        result.append(word.toString());
    result.removeAll(QString());
    return result;
}

Error silentGroup(const QString &groupVersion, const QString &why)
{
    Error error = Error::make(Error::Kind::Server, Words::tr("The API group %1 does not answer").arg(text::safe(groupVersion)), why,
                              Words::tr("Check its APIService and the pods behind it: kubectl get apiservices."));
    error.reason = u"DiscoveryGap"_s;
    return error;
}

/// APIGroupDiscoveryList (api apidiscovery/v2/types.go). Subresources hang below their resource. A group whose server the
/// aggregator cannot reach is marked stale and holds what was known of it, or nothing.
void readAggregated(const QJsonObject &list, QList<ServedResource> &resources, QList<DiscoveryGap> &gaps)
{
    for (const QJsonValue &item : list[u"items"_s].toArray()) {
        const QString group = item[u"metadata"_s][u"name"_s].toString();
        for (const QJsonValue &version : item[u"versions"_s].toArray()) {
            const QString versionName = version[u"version"_s].toString();
            for (const QJsonValue &resource : version[u"resources"_s].toArray()) {
                const QString plural = resource[u"resource"_s].toString();
                if (plural.isEmpty())
                    continue;
                QStringList subresources;
                for (const QJsonValue &sub : resource[u"subresources"_s].toArray())
                    subresources.append(sub[u"subresource"_s].toString());
                subresources.removeAll(QString());
                resources.append({{group, versionName, plural, resource[u"responseKind"_s][u"kind"_s].toString(),
                                   resource[u"scope"_s].toString() == "Namespaced"_L1},
                                  words(resource[u"verbs"_s]),
                                  subresources,
                                  words(resource[u"shortNames"_s])});
            }
            if (version[u"freshness"_s].toString() == "Stale"_L1)
                gaps.append({group, versionName,
                             silentGroup(group + u'/' + versionName, Words::tr("The API server cannot reach what serves it."))});
        }
    }
}

/// The group versions an APIVersions (/api) or APIGroupList (/apis) names, of each group the preferred one first.
QStringList groupVersions(const QJsonObject &root)
{
    QStringList result = words(root[u"versions"_s]);
    for (const QJsonValue &group : root[u"groups"_s].toArray()) {
        QStringList versions;
        for (const QJsonValue &version : group[u"versions"_s].toArray())
            versions.append(version[u"groupVersion"_s].toString());
        const QString preferred = group[u"preferredVersion"_s][u"groupVersion"_s].toString();
        if (versions.removeAll(preferred) > 0)
            versions.prepend(preferred);
        result += versions;
    }
    result.removeAll(QString());
    return result;
}

/// The resources of an APIResourceList. Subresources stand beside their resource: "pods", "pods/log".
QList<ServedResource> resourcesOf(const QJsonObject &list, const QString &group, const QString &version)
{
    QList<ServedResource> result;
    QHash<QString, QStringList> subresources;
    for (const QJsonValue &resource : list[u"resources"_s].toArray()) {
        const QString name = resource[u"name"_s].toString();
        const qsizetype slash = name.indexOf(u'/');
        if (slash >= 0)
            subresources[name.left(slash)].append(name.mid(slash + 1));
        else if (!name.isEmpty())
            result.append({{group, version, name, resource[u"kind"_s].toString(), resource[u"namespaced"_s].toBool()},
                           words(resource[u"verbs"_s]),
                           {},
                           words(resource[u"shortNames"_s])});
    }
    for (ServedResource &resource : result)
        resource.subresources = subresources.value(resource.kind.plural);
    return result;
}

} // namespace

Discovery::Discovery(std::shared_ptr<Transport> transport)
    : m_transport(std::move(transport))
{
}

void Discovery::setPatience(std::chrono::milliseconds all, std::chrono::milliseconds each)
{
    m_patience = all;
    m_patienceEach = each;
}

Result<RestMapper> Discovery::mapper(std::chrono::milliseconds maxAge, std::stop_token stop)
{
    Root core, groups;
    {
        const std::lock_guard lock(m_mutex);
        if (m_readAt && std::chrono::steady_clock::now() - *m_readAt < maxAge)
            return RestMapper(m_core.resources + m_groups.resources, m_core.gaps + m_groups.gaps);
        core = m_core;
        groups = m_groups;
    }
    Result<Root> newCore = read(u"/api"_s, core, stop);
    if (!newCore)
        return fail(newCore.error());
    Result<Root> newGroups = read(u"/apis"_s, groups, stop);
    if (!newGroups)
        return fail(newGroups.error());
    const std::lock_guard lock(m_mutex);
    m_core = std::move(*newCore);
    m_groups = std::move(*newGroups);
    m_readAt = std::chrono::steady_clock::now();
    return RestMapper(m_core.resources + m_groups.resources, m_core.gaps + m_groups.gaps);
}

Result<bool> Discovery::serves(const ResourceKind &kind, std::chrono::milliseconds maxAge, std::stop_token stop)
{
    return mapper(maxAge, std::move(stop)).and_then([&](const RestMapper &mapper) { return mapper.serves(kind); });
}

Result<Discovery::Root> Discovery::read(const QString &path, const Root &known, std::stop_token stop)
{
    net::Request request;
    request.path = path;
    request.maxBody = longestAnswer;
    request.headers = {{"Accept", accept}};
    if (!known.etag.isEmpty())
        request.headers.append({"If-None-Match", known.etag});
    const Result<net::Response> answer = m_transport->send(std::move(request), stop);
    if (!answer)
        return fail(answer.error());
    if (answer->status == 304)
        return known;
    if (answer->status == 404) // servers without core or without groups exist; client-go tolerates both
        return Root();
    const RequestFacts facts{u"get"_s, u"discovery"_s, {}, {}};
    const Result<net::Response> good = checked(*answer, facts);
    if (!good)
        return fail(good.error());
    const Result<QJsonObject> body = jsonObject(*good);
    if (!body)
        return fail(body.error());

    if ((*body)[u"kind"_s].toString() != "APIGroupDiscoveryList"_L1)
        return readLegacy(groupVersions(*body), stop); // no tag: it would cover the list of groups, not what they hold
    Root root;
    root.etag = good->header("etag");
    readAggregated(*body, root.resources, root.gaps);
    return root;
}

Result<Discovery::Root> Discovery::readLegacy(const QStringList &versions, std::stop_token stop)
{
    // Several at a time: one that hangs holds up neither the others nor, for longer than the patience, the whole.
    const auto deadline = std::chrono::steady_clock::now() + m_patience;
    std::vector<Result<QList<ServedResource>>> answers(size_t(versions.size()));
    std::atomic<size_t> next = 0;
    {
        std::vector<std::jthread> workers;
        for (size_t i = 0; i < std::min(parallel, answers.size()); ++i)
            workers.emplace_back([&] {
                for (size_t at = next++; at < answers.size(); at = next++) {
                    const auto left =
                        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
                    const QString &groupVersion = versions[qsizetype(at)];
                    answers[at] = left.count() > 0
                        ? readGroupVersion(groupVersion, std::min(left, m_patienceEach), stop)
                        : Result<QList<ServedResource>>(
                              fail(Error::Kind::Timeout, {}, Words::tr("There was no time left to ask it: others took too long.")));
                }
            });
    }
    if (stop.stop_requested())
        return fail(Error::cancelled());
    Root root;
    for (size_t i = 0; i < answers.size(); ++i) {
        const QString &groupVersion = versions[qsizetype(i)];
        const bool core = !groupVersion.contains(u'/');
        if (answers[i])
            root.resources += *answers[i];
        else
            root.gaps.append({core ? QString() : groupVersion.section(u'/', 0, 0), groupVersion.section(u'/', -1),
                              silentGroup(groupVersion, answers[i].error().why.isEmpty() ? answers[i].error().what
                                                                                         : answers[i].error().why)});
    }
    return root;
}

Result<QList<ServedResource>> Discovery::readGroupVersion(const QString &groupVersion, std::chrono::milliseconds timeout,
                                                          std::stop_token stop)
{
    const bool core = !groupVersion.contains(u'/');
    net::Request request;
    request.path = (core ? u"/api/"_s : u"/apis/"_s) + QString::fromLatin1(QUrl::toPercentEncoding(groupVersion, "/"));
    request.headers = {{"Accept", "application/json"}};
    request.timeout = timeout;
    request.maxRetries = 1; // a connection that was lost once; more would only use up the time
    request.maxBody = longestAnswer;
    return m_transport->send(std::move(request), stop)
        .and_then([](const net::Response &answer) { return checked(answer, {u"get"_s, u"discovery"_s, {}, {}}); })
        .and_then([](const net::Response &good) { return jsonObject(good); })
        .map([&](const QJsonObject &list) {
            return resourcesOf(list, core ? QString() : groupVersion.section(u'/', 0, 0), groupVersion.section(u'/', -1));
        });
}

} // namespace cairn::kube
