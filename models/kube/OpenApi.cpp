// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/OpenApi.h"

#include "base/Text.h"
#include "kube/ApiAnswer.h"
#include "kube/ApiPath.h"

#include <QCoreApplication>
#include <QUrl>
#include <QUrlQuery>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

constexpr auto indexLifetime = std::chrono::minutes(1);
constexpr qsizetype kept = 16;
/// The largest of a stock server, api/v1, has 2 MiB.
constexpr qint64 longestDocument = 32LL << 20;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube::OpenApi)
};

Result<QJsonObject> read(Transport &transport, const QString &path, std::stop_token stop)
{
    net::Request request;
    request.path = path;
    request.headers = {{"Accept", "application/json"}};
    request.maxBody = longestDocument;
    return transport.send(std::move(request), std::move(stop))
        .and_then([](const net::Response &answer) { return checked(answer, {u"get"_s, u"openapi"_s, {}, {}}); })
        .and_then([](const net::Response &good) { return jsonObject(good); });
}

} // namespace

OpenApi::OpenApi(std::shared_ptr<Transport> transport)
    : m_transport(std::move(transport))
{
}

Result<OpenApi::Hashes> OpenApi::index(std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_readAt && std::chrono::steady_clock::now() - *m_readAt < indexLifetime)
            return m_hashes;
    }
    const Result<QJsonObject> root = read(*m_transport, u"/openapi/v3"_s, std::move(stop));
    Hashes hashes;
    if (root) {
        // Of the address the server gives, only the hash is taken: the rest of the path is known, and a server below a
        // path of its own (Rancher) writes it without that path.
        const QJsonObject paths = (*root)[u"paths"_s].toObject();
        for (auto it = paths.begin(); it != paths.end(); ++it) {
            const QUrl url(it.value()[u"serverRelativeURL"_s].toString());
            hashes.insert(it.key(), QUrlQuery(url).queryItemValue(u"hash"_s, QUrl::FullyDecoded));
        }
    } else if (root.error().kind != Error::Kind::NotFound) {
        return fail(root.error());
    }
    const std::lock_guard lock(m_mutex);
    m_hashes = hashes;
    m_readAt = std::chrono::steady_clock::now();
    return hashes;
}

Result<QJsonObject> OpenApi::document(const QString &group, const QString &version, std::stop_token stop)
{
    const QString key = group.isEmpty() ? u"api/"_s + version : u"apis/"_s + group + u'/' + version;
    const Result<Hashes> hashes = index(stop);
    if (!hashes)
        return fail(hashes.error());
    const auto known = hashes->constFind(key);
    if (known == hashes->cend()) {
        return fail(Error::Kind::Unsupported, Words::tr("The server publishes no schema for %1").arg(text::safe(key.section(u'/', 1))),
                    hashes->isEmpty() ? Words::tr("It has no OpenAPI v3, which Kubernetes has since 1.24.")
                                      : Words::tr("Its OpenAPI v3 does not hold this API group and version."),
                    Words::tr("Without it, only the server itself can check an object: by a dry run."));
    }
    {
        const std::lock_guard lock(m_mutex);
        // A server that names no hash is asked each time.
        if (const auto it = m_kept.find(key); it != m_kept.end() && !known->isEmpty() && it->hash == *known) {
            it->used = ++m_uses;
            return it->document;
        }
    }
    const QString path = u"/openapi/v3/"_s + QString::fromLatin1(QUrl::toPercentEncoding(key, "/"));
    const Result<QJsonObject> document = read(*m_transport, Query().add("hash", *known).on(path), std::move(stop));
    if (!document)
        return fail(document.error());
    const std::lock_guard lock(m_mutex);
    m_kept.insert(key, {*known, *document, ++m_uses});
    while (m_kept.size() > kept)
        m_kept.erase(std::min_element(m_kept.begin(), m_kept.end(), [](const Kept &a, const Kept &b) { return a.used < b.used; }));
    return document;
}

} // namespace cairn::kube
