// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FaultServer.h"

#include <QDateTime>
#include <QLocale>
#include <QMap>

namespace cairn::test {

/// An S3 store that answers as told, for what no real one does on demand. Its objects are those that were put. It looks
/// at no signature but for whether there is one and for which region.
struct FaultStore {
    using Reply = std::function<std::optional<QByteArray>(const FaultRequest &)>;

    std::mutex mutex;
    QMap<QByteArray, QByteArray> objects; ///< by path
    QByteArray region = "us-east-1";
    QByteArray headers = "Server: FaultStore\r\nx-amz-request-id: 1\r\n";
    Reply first; ///< answers before the store does

    static QByteArray date(const QDateTime &time = QDateTime::currentDateTimeUtc())
    {
        return "Date: " + QLocale::c().toString(time.toUTC(), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'")).toLatin1() + "\r\n";
    }
    static QByteArray xml(int status, const QByteArray &body, const QByteArray &headers = {})
    {
        return faults::answer(status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body, "Content-Type: application/xml\r\n" + headers);
    }
    static QByteArray refusal(int status, const QByteArray &code, const QByteArray &more = {}, const QByteArray &headers = {})
    {
        return xml(status, "<Error><Code>" + code + "</Code>" + more + "</Error>", headers);
    }
    QByteArray page() const { return xml(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", headers + date()); }

    FaultScript script()
    {
        return [this](FaultConnection &connection) {
            if (const auto request = connection.readRequest())
                connection.write(answer(*request)); // and ends, as it is asked to
        };
    }

private:
    QByteArray answer(const FaultRequest &request)
    {
        const std::lock_guard lock(mutex);
        if (first) {
            if (const auto answer = first(request))
                return *answer;
        }
        const QByteArray authorization = request.header("authorization");
        if (authorization.isEmpty())
            return refusal(403, "AccessDenied", {}, headers + date());
        const QByteArray signedFor = authorization.split('/').value(2);
        if (signedFor != region)
            return refusal(400, "AuthorizationHeaderMalformed", "<Message>wrong; expecting '" + region + "'</Message><Region>" + region + "</Region>", headers + date());
        if (request.target.contains("list-type=2"))
            return page();
        if (request.method == "PUT")
            objects.insert(request.target, request.body);
        if (request.method == "DELETE")
            objects.remove(request.target);
        if (request.method == "GET" && !objects.contains(request.target))
            return refusal(404, "NoSuchKey");
        return request.method == "DELETE" ? QByteArray("HTTP/1.1 204 No Content\r\n" + headers + "\r\n")
                                          : faults::answer(200, request.method == "GET" ? objects.value(request.target) : QByteArray(), headers);
    }
};

} // namespace cairn::test
