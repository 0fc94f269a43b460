// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ApiAnswer.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

constexpr qsizetype longestText = 2048;

/// Where translators find the sentences of this file.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube::ApiAnswer)
};

Error notKubernetesError(int status, const QString &why)
{
    Error error = Error::make(
        Error::Kind::Unsupported, Words::tr("This is not a Kubernetes API server"), why,
        Words::tr(
            "Check the server address in the kubeconfig, and whether a proxy or sign-in page stands in between."));
    error.reason = notKubernetes;
    error.httpStatus = status;
    return error;
}

bool isWebPage(const net::Response &response)
{
    return response.contentType.startsWith("text/html")
        || response.body.left(256).trimmed().toLower().startsWith("<!doctype html")
        || response.body.left(256).trimmed().toLower().startsWith("<html");
}

} // namespace

Result<net::Response> checked(net::Response response, const RequestFacts &request)
{
    if (response.status >= 200 && response.status < 300) {
        if (isWebPage(response))
            return fail(notKubernetesError(response.status, Words::tr("It answered with a web page.")));
        return response;
    }
    if (response.status < 400)
        return fail(notKubernetesError(response.status,
                                       Words::tr("It answered with status %1 and redirects to “%2”.")
                                           .arg(response.status)
                                           .arg(text::safe(response.header("location").left(longestText)))));

    std::optional<ApiStatus> status = decodeStatus(response.body, wireFormatOf(response.contentType));
    const bool genuine = status.has_value();
    if (!status) {
        if (isWebPage(response) && response.status != 401 && response.status != 429 && response.status < 500)
            return fail(notKubernetesError(
                response.status, Words::tr("It answered with a web page and status %1.").arg(response.status)));
        status.emplace();
        status->message = QString::fromUtf8(response.body.left(longestText)).simplified();
    }
    if (status->code == 0)
        status->code = response.status;
    Error error = statusError(*status, request);
    error.httpStatus = response.status;
    // The server answers an unknown path with plain text, an unserved custom resource with a Status without a name.
    if (response.status == 404 && (!genuine || status->name.isEmpty()))
        error.reason = notServed;
    if (!error.retryAfter) {
        bool ok = false;
        if (const int seconds = response.header("retry-after").trimmed().toInt(&ok); ok && seconds > 0)
            error.retryAfter = std::chrono::seconds(seconds);
    }
    return fail(std::move(error));
}

Result<QJsonObject> jsonObject(const net::Response &response)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(response.body, &problem);
    if (!document.isObject())
        return fail(notKubernetesError(
            response.status,
            problem.error == QJsonParseError::NoError
                ? Words::tr("Its answer is not a JSON object.")
                : Words::tr("Its answer is not JSON: %1 at byte %2.").arg(problem.errorString()).arg(problem.offset)));
    return document.object();
}

QStringList warnings(const net::Response &response)
{
    // RFC 9111 has dropped the header, Kubernetes still writes it as of RFC 7234: 299 - "text"[ "date"], quotes and
    // backslashes in the text escaped by a backslash (apimachinery pkg/util/net/http.go).
    QStringList texts;
    for (const auto &[name, value] : response.headers) {
        if (name != "warning")
            continue;
        qsizetype at = 0;
        while ((at = value.indexOf("299 ", at)) >= 0) {
            const qsizetype open = value.indexOf('"', at);
            if (open < 0)
                break;
            QByteArray text;
            qsizetype i = open + 1;
            for (; i < value.size() && value[i] != '"'; ++i) {
                if (value[i] == '\\' && i + 1 < value.size())
                    ++i;
                text.append(value[i]);
            }
            texts.append(QString::fromUtf8(text.left(longestText)));
            at = i;
        }
    }
    return texts;
}

} // namespace cairn::kube
