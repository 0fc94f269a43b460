// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Discovery.h"

#include "kube/ApiAnswer.h"

#include <QJsonArray>
#include <QUrl>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

constexpr auto accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
                        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// APIGroupDiscoveryList (api apidiscovery/v2/types.go). Subresources hang below their resource and are left out.
QList<ResourceKind> aggregated(const QJsonObject &list)
{
    QList<ResourceKind> kinds;
    for (const QJsonValue &item : list[u"items"_s].toArray()) {
        const QString group = item[u"metadata"_s][u"name"_s].toString();
        for (const QJsonValue &version : item[u"versions"_s].toArray()) {
            const QString versionName = version[u"version"_s].toString();
            for (const QJsonValue &resource : version[u"resources"_s].toArray()) {
                const QString plural = resource[u"resource"_s].toString();
                if (!plural.isEmpty())
                    kinds.append({group, versionName, plural, resource[u"responseKind"_s][u"kind"_s].toString(),
                                  resource[u"scope"_s].toString() == "Namespaced"_L1});
            }
        }
    }
    return kinds;
}

/// The group versions an APIVersions (/api) or APIGroupList (/apis) names.
QStringList groupVersions(const QJsonObject &root)
{
    QStringList result;
    for (const QJsonValue &version : root[u"versions"_s].toArray())
        result.append(version.toString());
    for (const QJsonValue &group : root[u"groups"_s].toArray()) {
        for (const QJsonValue &version : group[u"versions"_s].toArray())
            result.append(version[u"groupVersion"_s].toString());
    }
    result.removeAll(QString());
    return result;
}

} // namespace

Discovery::Discovery(std::shared_ptr<Transport> transport)
    : m_transport(std::move(transport))
{
}

Result<QList<ResourceKind>> Discovery::resources(std::chrono::milliseconds maxAge, std::stop_token stop)
{
    Root core, groups;
    {
        const std::lock_guard lock(m_mutex);
        if (m_readAt && std::chrono::steady_clock::now() - *m_readAt < maxAge)
            return m_core.kinds + m_groups.kinds;
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
    return m_core.kinds + m_groups.kinds;
}

Result<bool> Discovery::serves(const ResourceKind &kind, std::chrono::milliseconds maxAge, std::stop_token stop)
{
    return resources(maxAge, stop).map([&](const QList<ResourceKind> &kinds) {
        return std::ranges::any_of(kinds, [&](const ResourceKind &k) {
            return k.group == kind.group && k.version == kind.version && k.plural == kind.plural;
        });
    });
}

Result<Discovery::Root> Discovery::read(const QString &path, const Root &known, std::stop_token stop)
{
    net::Request request;
    request.path = path;
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

    Root root;
    root.etag = good->header("etag");
    if ((*body)[u"kind"_s].toString() == "APIGroupDiscoveryList"_L1) {
        root.kinds = aggregated(*body);
        return root;
    }
    const Result<QList<ResourceKind>> kinds = readLegacy(groupVersions(*body), stop);
    if (!kinds)
        return fail(kinds.error());
    root.etag.clear(); // it covers the list of groups, not what they hold
    root.kinds = *kinds;
    return root;
}

Result<QList<ResourceKind>> Discovery::readLegacy(const QStringList &versions, std::stop_token stop)
{
    QList<ResourceKind> kinds;
    for (const QString &groupVersion : versions) {
        const bool core = !groupVersion.contains(u'/');
        net::Request request;
        request.path =
            (core ? u"/api/"_s : u"/apis/"_s) + QString::fromLatin1(QUrl::toPercentEncoding(groupVersion, "/"));
        request.headers = {{"Accept", "application/json"}};
        const Result<net::Response> answer = m_transport->send(std::move(request), stop);
        if (!answer)
            return fail(answer.error());
        // One broken aggregated API must not hide the others.
        const Result<net::Response> good = checked(*answer, {u"get"_s, u"discovery"_s, {}, {}});
        const Result<QJsonObject> body = good ? jsonObject(*good) : Result<QJsonObject>(fail(good.error()));
        if (!body)
            continue;
        for (const QJsonValue &resource : (*body)[u"resources"_s].toArray()) {
            const QString plural = resource[u"name"_s].toString();
            if (!plural.isEmpty() && !plural.contains(u'/'))
                kinds.append({core ? QString() : groupVersion.section(u'/', 0, 0), groupVersion.section(u'/', -1),
                              plural, resource[u"kind"_s].toString(), resource[u"namespaced"_s].toBool()});
        }
    }
    return kinds;
}

} // namespace cairn::kube
