// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Cluster.h"

#include "base/Log.h"
#include "base/Names.h"
#include "base/Text.h"
#include "domain/ObjectDecoder.h"
#include "kube/ApiAnswer.h"
#include "kube/ApiPath.h"
#include "kube/Rights.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::kube {
namespace {

constexpr auto accessLifetime = 60s;
constexpr qsizetype accessLimit = 4096;

// Sizes of list pages. The first is small so that the first rows are there at once.
constexpr qint64 firstPage = 500;
constexpr qint64 laterPage = 1000;
// The server itself gives up after a minute; the rest is for a slow line.
constexpr auto listTimeout = 180s;
// Of one object: etcd takes 1.5 MiB, and no aggregated API has reason for more than a multiple of it. Lists are read in
// pages, but for what is read in one piece after a page expired.
constexpr qint64 objectLimit = 32LL << 20;
constexpr qint64 listLimit = 512LL << 20;
// Of what a proxied node or service answers. The summary of a node with 500 pods has about 1 MiB.
constexpr qint64 proxyLimit = 32LL << 20;

const ResourceKind rulesReviews{u"authorization.k8s.io"_s, u"v1"_s, u"selfsubjectrulesreviews"_s,
                                u"SelfSubjectRulesReview"_s, false};
const ResourceKind selfReviews{u"authentication.k8s.io"_s, u"v1"_s, u"selfsubjectreviews"_s, u"SelfSubjectReview"_s,
                               false};

net::Request jsonRequest(const QByteArray &method, const QString &path)
{
    net::Request request;
    request.method = method;
    request.path = path;
    request.headers = {{"Accept", "application/json"}};
    request.maxBody = objectLimit;
    return request;
}

QStringList strings(const QJsonValue &array)
{
    QStringList result;
    for (const QJsonValue &item : array.toArray())
        result.append(item.toString());
    return result;
}

/// What is asked for, for the words of an error: "deployments/scale" where it is a subresource.
RequestFacts factsOf(const QString &verb, const ObjectRef &ref, const QString &subresource)
{
    return {verb, subresource.isEmpty() ? ref.kind.plural : ref.kind.plural + u'/' + subresource, ref.ns, ref.name};
}

void setBody(net::Request &request, const QByteArray &type, const QJsonDocument &body)
{
    request.headers.append({"Content-Type", type});
    request.body = body.toJson(QJsonDocument::Compact);
}

Query writeQuery(const WriteOptions &options)
{
    Query query;
    query.add("fieldManager", QString(names::fieldManager));
    query.add("fieldValidation", options.strict ? u"Strict"_s : u"Warn"_s);
    if (options.dryRun)
        query.add("dryRun", u"All"_s);
    return query;
}

} // namespace

Cluster::Cluster(net::HttpClient &http, std::shared_ptr<Credentials> credentials)
    : Cluster(httpTransport(http, std::move(credentials)))
{
}

Cluster::Cluster(std::shared_ptr<Transport> transport)
    : m_transport(std::move(transport))
    , m_discovery(m_transport)
    , m_openApi(m_transport)
{
}

Cluster::~Cluster() = default;

void Cluster::setWarningHandler(std::function<void(const QString &)> handler)
{
    const std::lock_guard lock(m_mutex);
    m_warned = std::move(handler);
}

Result<net::Response> Cluster::send(net::Request request, const RequestFacts &facts, Stop stop)
{
    Result<net::Response> answer = m_transport->send(std::move(request), stop);
    if (!answer)
        return answer;
    if (const QStringList texts = warnings(*answer); !texts.isEmpty()) {
        std::function<void(const QString &)> warned;
        {
            const std::lock_guard lock(m_mutex);
            warned = m_warned;
        }
        for (const QString &text : texts) {
            if (warned)
                warned(text);
        }
    }
    return checked(std::move(*answer), facts);
}

Result<QJsonObject> Cluster::sendJson(net::Request request, const RequestFacts &facts, Stop stop)
{
    return send(std::move(request), facts, stop).and_then([](const net::Response &response) {
        return jsonObject(response);
    });
}

Result<QJsonObject> Cluster::get(const ObjectRef &ref, Stop stop)
{
    return getPart(ref, {}, std::move(stop));
}

Result<QJsonObject> Cluster::getPart(const ObjectRef &ref, const QString &subresource, Stop stop)
{
    const Result<QString> path = objectPath(ref, subresource);
    if (!path)
        return fail(path.error());
    return sendJson(jsonRequest("GET", *path), factsOf(u"get"_s, ref, subresource), stop);
}

Result<ObjectPage> Cluster::page(const ResourceKind &kind, const ListQuery &query, Stop stop)
{
    const Result<QString> path = collectionPath(kind, query.ns);
    if (!path)
        return fail(path.error());
    Query words;
    words.add("labelSelector", query.labelSelector).add("fieldSelector", query.fieldSelector);
    if (query.limit > 0)
        words.add("limit", query.limit).add("continue", query.next);
    net::Request request = jsonRequest("GET", words.on(*path));
    request.timeout = listTimeout;
    request.maxBody = listLimit;
    const Result<QJsonObject> answer = sendJson(std::move(request), {u"list"_s, kind.plural, query.ns, {}}, stop);
    if (!answer)
        return fail(answer.error());
    // Anything else that is JSON would read as an empty list, and everything as gone.
    if (!answer->contains(u"items"_s))
        return fail(Error::Kind::Parse,
                    QCoreApplication::translate("cairn::kube::Cluster", "The server's answer is no list of %1")
                        .arg(kind.plural));
    ObjectPage page;
    // Items of built-in kinds carry neither kind nor apiVersion.
    for (const QJsonValue &item : (*answer)[u"items"_s].toArray()) {
        QJsonObject object = item.toObject();
        if (!object.contains(u"kind"_s)) {
            object[u"kind"_s] = kind.kind;
            object[u"apiVersion"_s] = kind.apiVersion();
        }
        page.objects.append(std::move(object));
    }
    const QJsonValue meta = (*answer)[u"metadata"_s];
    page.next = meta[u"continue"_s].toString();
    page.resourceVersion = meta[u"resourceVersion"_s].toString();
    if (const QJsonValue remaining = meta[u"remainingItemCount"_s]; remaining.isDouble())
        page.remaining = remaining.toInteger();
    if (!page.next.isEmpty() && page.next == query.next)
        return fail(Error::Kind::Server,
                    QCoreApplication::translate("cairn::kube::Cluster",
                                                "The server gives the same page of %1 again and again")
                        .arg(kind.plural));
    return page;
}

Result<QList<QJsonObject>> Cluster::list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                         const QString &fieldSelector, Stop stop)
{
    // A continue token expires with the data it stands on (410). client-go then reads all in one request; so do we.
    for (const bool paged : {true, false}) {
        QList<QJsonObject> objects;
        ListQuery query{ns, labelSelector, fieldSelector, paged ? firstPage : 0, {}};
        bool expired = false;
        do {
            Result<ObjectPage> next = page(kind, query, stop);
            if (!next) {
                expired = next.error().kind == Error::Kind::Gone && !query.next.isEmpty();
                if (expired)
                    break;
                return fail(next.error());
            }
            objects += next->objects;
            query.next = next->next;
            query.limit = paged ? laterPage : 0;
        } while (!query.next.isEmpty());
        if (!expired)
            return objects;
    }
    return fail(Error::Kind::Gone,
                QCoreApplication::translate("cairn::kube::Cluster", "The list of %1 could not be read to its end")
                    .arg(kind.plural));
}

Result<QJsonObject> Cluster::create(const ResourceKind &kind, const QString &ns, const QJsonObject &object,
                                    WriteOptions options, Stop stop)
{
    if (kind.namespaced && ns.isEmpty())
        return fail(Error::Kind::Invalid,
                    QCoreApplication::translate("cairn::kube::Cluster", "A new %1 needs a namespace").arg(kind.kind));
    const Result<QString> path = collectionPath(kind, ns);
    if (!path)
        return fail(path.error());
    net::Request request = jsonRequest("POST", writeQuery(options).on(*path));
    request.idempotent = options.dryRun;
    setBody(request, "application/json", QJsonDocument(object));
    return sendJson(std::move(request), {u"create"_s, kind.plural, ns, object[u"metadata"_s][u"name"_s].toString()},
                    stop);
}

Result<QJsonObject> Cluster::patch(const ObjectRef &ref, PatchType type, const QJsonValue &body, WriteOptions options,
                                   Stop stop)
{
    const Result<QString> path = objectPath(ref, options.subresource);
    if (!path)
        return fail(path.error());
    if (type == PatchType::Json ? !body.isArray() : !body.isObject())
        return fail(Error::Kind::Internal,
                    QCoreApplication::translate("cairn::kube::Cluster", "The patch for “%1” has the wrong form")
                        .arg(text::safe(ref.name)));
    Query query = writeQuery(options);
    if (type == PatchType::Apply && options.force)
        query.add("force", u"true"_s);
    net::Request request = jsonRequest("PATCH", query.on(*path));
    request.idempotent = options.dryRun;
    const QByteArray contentType = type == PatchType::Merge ? "application/merge-patch+json"_ba
        : type == PatchType::Json                           ? "application/json-patch+json"_ba
                                                            : "application/apply-patch+yaml"_ba;
    setBody(request, contentType, body.isArray() ? QJsonDocument(body.toArray()) : QJsonDocument(body.toObject()));
    return sendJson(std::move(request), factsOf(u"patch"_s, ref, options.subresource), stop);
}

Result<> Cluster::remove(const ObjectRef &ref, DeleteOptions options, Stop stop)
{
    const Result<QString> path = objectPath(ref);
    if (!path)
        return fail(path.error());
    QJsonObject preconditions;
    if (!options.uid.isEmpty())
        preconditions[u"uid"_s] = options.uid;
    if (!options.resourceVersion.isEmpty())
        preconditions[u"resourceVersion"_s] = options.resourceVersion;
    QJsonObject body{
        {u"kind"_s, u"DeleteOptions"_s}, {u"apiVersion"_s, u"v1"_s}, {u"propagationPolicy"_s, options.propagation}};
    if (!preconditions.isEmpty())
        body[u"preconditions"_s] = preconditions;
    if (options.dryRun)
        body[u"dryRun"_s] = QJsonArray{u"All"_s};
    if (options.graceSeconds >= 0)
        body[u"gracePeriodSeconds"_s] = options.graceSeconds;
    net::Request request = jsonRequest("DELETE", *path);
    setBody(request, "application/json", QJsonDocument(body));
    return send(std::move(request), {u"delete"_s, ref.kind.plural, ref.ns, ref.name}, stop)
        .map([](const net::Response &) {});
}

Result<AccessAnswer> Cluster::may(const AccessQuery &query, Stop stop)
{
    const QString key =
        QStringList{query.verb, query.group, query.resource, query.subresource, query.ns, query.name}.join(u'\n');
    {
        const std::lock_guard lock(m_mutex);
        const auto it = m_access.constFind(key);
        if (it != m_access.cend() && std::chrono::steady_clock::now() - it->at < accessLifetime)
            return it->answer;
    }
    const Result<QJsonObject> review = sendJson(accessReview(query), {u"create"_s, u"selfsubjectaccessreviews"_s, {}, {}}, stop);
    if (!review)
        return fail(review.error());
    const Result<AccessAnswer> answer = accessAnswer(*review);
    if (!answer)
        return answer;

    const std::lock_guard lock(m_mutex);
    if (m_access.size() >= accessLimit)
        m_access.clear();
    m_access.insert(key, {*answer, std::chrono::steady_clock::now()});
    return answer;
}

Result<bool> Cluster::serves(const ResourceKind &kind, Stop stop)
{
    return m_discovery.serves(kind, 5s, stop);
}

Result<RestMapper> Cluster::mapper(Stop stop)
{
    return m_discovery.mapper(60s, stop);
}

Result<QJsonObject> Cluster::openApi(const QString &group, const QString &version, Stop stop)
{
    return m_openApi.document(group, version, stop);
}

Result<AccessRules> Cluster::rules(const QString &ns, Stop stop)
{
    const Result<QString> path = collectionPath(rulesReviews, {});
    if (!path)
        return fail(path.error());
    net::Request request = jsonRequest("POST", *path);
    request.idempotent = true;
    setBody(request, "application/json",
            QJsonDocument(QJsonObject{{u"kind"_s, rulesReviews.kind},
                                      {u"apiVersion"_s, rulesReviews.apiVersion()},
                                      {u"spec"_s, QJsonObject{{u"namespace"_s, ns}}}}));
    return sendJson(std::move(request), {u"create"_s, rulesReviews.plural, {}, {}}, stop).map([](const QJsonObject &review) {
        const QJsonValue status = review[u"status"_s];
        AccessRules rules;
        for (const QJsonValue &rule : status[u"resourceRules"_s].toArray())
            rules.rules.append({strings(rule[u"verbs"_s]), strings(rule[u"apiGroups"_s]), strings(rule[u"resources"_s]),
                                strings(rule[u"resourceNames"_s])});
        rules.why = status[u"evaluationError"_s].toString();
        // An answer without rules at all is none.
        rules.complete = !status[u"incomplete"_s].toBool() && status[u"resourceRules"_s].isArray();
        return rules;
    });
}

Result<Cluster::User> Cluster::whoAmI(Stop stop)
{
    const Result<QString> path = collectionPath(selfReviews, {});
    if (!path)
        return fail(path.error());
    net::Request request = jsonRequest("POST", *path);
    request.idempotent = true;
    setBody(request, "application/json",
            QJsonDocument(QJsonObject{{u"kind"_s, selfReviews.kind}, {u"apiVersion"_s, selfReviews.apiVersion()}}));
    return sendJson(std::move(request), {u"create"_s, selfReviews.plural, {}, {}}, stop)
        .map([](const QJsonObject &review) {
            const QJsonValue info = review[u"status"_s][u"userInfo"_s];
            User user{info[u"username"_s].toString(), info[u"uid"_s].toString(), {}};
            for (const QJsonValue &group : info[u"groups"_s].toArray())
                user.groups.append(group.toString());
            return user;
        });
}

void Cluster::ping(std::chrono::milliseconds patience, Stop stop)
{
    net::Request request = jsonRequest("GET", u"/version"_s);
    request.timeout = patience;
    request.maxRetries = 0;
    (void)m_transport->send(std::move(request), stop);
}

Result<Cluster::Version> Cluster::version(Stop stop)
{
    const Result<QJsonObject> body =
        sendJson(jsonRequest("GET", u"/version"_s), {u"get"_s, u"version"_s, {}, {}}, stop);
    if (!body)
        return fail(body.error());
    Version version;
    version.gitVersion = (*body)[u"gitVersion"_s].toString();
    version.platform = (*body)[u"platform"_s].toString();
    // Some providers write "30+".
    const auto number = [&](const QString &key) {
        QString digits = (*body)[key].toString();
        digits.removeIf([](QChar c) { return c < u'0' || c > u'9'; });
        return digits.toInt();
    };
    version.major = number(u"major"_s);
    version.minor = number(u"minor"_s);
    if (version.gitVersion.isEmpty()) {
        Error error = Error::make(
            Error::Kind::Unsupported,
            QCoreApplication::translate("cairn::kube::Cluster", "This is not a Kubernetes API server"),
            QCoreApplication::translate("cairn::kube::Cluster", "It does not tell a Kubernetes version."),
            QCoreApplication::translate("cairn::kube::Cluster", "Check the server address in the kubeconfig."));
        error.reason = notKubernetes;
        return fail(std::move(error));
    }
    return version;
}

Result<Cluster::Namespaces> Cluster::namespaces(Stop stop)
{
    const Result<QList<QJsonObject>> all = list(kinds::namespaces(), {}, {}, {}, stop);
    Namespaces result;
    if (!all) {
        if (all.error().kind != Error::Kind::Forbidden)
            return fail(all.error());
        result.names = {defaultNamespace()};
        result.complete = false;
        result.error = all.error();
        return result;
    }
    for (const QJsonObject &object : *all)
        result.names.append(object[u"metadata"_s][u"name"_s].toString());
    result.names.removeAll(QString());
    std::ranges::sort(result.names);
    return result;
}

Result<QByteArray> Cluster::viaProxy(const ObjectRef &target, const QString &path, Stop stop)
{
    const Result<QString> object = objectPath(target, u"proxy"_s);
    if (!object)
        return fail(object.error());
    net::Request request = jsonRequest("GET", *object + path);
    request.timeout = 20s;
    request.maxBody = proxyLimit;
    request.maxRetries = 0; // a target that is busy is asked again with the next round
    Result<net::Response> answer = m_transport->send(std::move(request), stop);
    if (!answer)
        return fail(answer.error());
    if (answer->status >= 200 && answer->status < 300)
        return std::move(answer->body);
    // Either the API server refused, in a Status, or the target answered whatever it liked.
    std::optional<ApiStatus> status = decodeStatus(answer->body, wireFormatOf(answer->contentType));
    if (!status) {
        Error error = Error::make(
            Error::Kind::Server,
            QCoreApplication::translate("cairn::kube::Cluster", "“%1” did not give what it was asked for").arg(text::safe(target.name)),
            QCoreApplication::translate("cairn::kube::Cluster", "It answered with status %1.").arg(answer->status));
        error.httpStatus = answer->status;
        return fail(std::move(error));
    }
    if (status->code == 0)
        status->code = answer->status;
    Error error = statusError(*status, {u"get"_s, target.kind.plural + u"/proxy"_s, target.ns, target.name});
    error.httpStatus = answer->status;
    return fail(std::move(error));
}

} // namespace cairn::kube
