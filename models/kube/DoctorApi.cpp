// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/DoctorApi.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

Error notKubernetes(const QString &why)
{
    return Error::make(Error::Kind::Unsupported, Words::tr("The server is not a Kubernetes API."), why,
                       Words::tr("Check server in the kubeconfig; it should be the address of the API server, often with port 6443."));
}

/// What kind of thing answers, as far as its words tell.
QString otherServer(const net::Response &response)
{
    if (response.contentType.startsWith("text/html"))
        return Words::tr("It answered %1 with a web page.").arg(response.status);
    if (response.body.isEmpty())
        return Words::tr("It answered %1 without a body.").arg(response.status);
    return Words::tr("It answered %1 with %2.")
        .arg(response.status)
        .arg(response.contentType.isEmpty() ? Words::tr("data of an unknown kind") : text::safe(QByteArray(response.contentType.left(80))));
}

} // namespace

Result<ApiAnswer> askVersion(net::HttpClient &http, const Credentials::Material &material,
                             std::chrono::milliseconds timeout, std::stop_token stop)
{
    net::Request request;
    request.path = u"/version"_s;
    request.headers = material.headers;
    request.headers.append(net::Header("Accept", "application/json"));
    request.timeout = timeout;
    request.maxRetries = 0;
    request.maxBody = 1 << 20;
    QElapsedTimer timer;
    timer.start();
    const auto response = http.send(material.endpoint, request, stop);
    if (!response)
        return fail(response.error());
    ApiAnswer answer;
    answer.took = std::chrono::milliseconds(timer.elapsed());
    answer.status = response->status;
    const QJsonObject object = QJsonDocument::fromJson(response->body).object();
    const bool isStatus = object.value(u"kind"_s).toString() == u"Status"_s;
    const QString message = text::safe(object.value(u"message"_s).toString().left(300));

    switch (response->status) {
    case 200: {
        const QString version = object.value(u"gitVersion"_s).toString();
        if (version.isEmpty() || !object.contains(u"major"_s))
            return fail(notKubernetes(otherServer(*response)));
        answer.version = text::safe(version.left(60));
        return answer;
    }
    case 401:
        answer.meaning = isStatus ? ApiAnswer::Meaning::SignIn : ApiAnswer::Meaning::ForeignSignIn;
        return answer;
    case 403:
        answer.meaning = isStatus ? ApiAnswer::Meaning::Forbidden : ApiAnswer::Meaning::ForeignSignIn;
        return answer;
    default: break;
    }
    if (response->status >= 300 && response->status < 400) {
        const QUrl where = QUrl::fromEncoded(response->header("location"), QUrl::StrictMode);
        return fail(notKubernetes(where.host().isEmpty() ? Words::tr("It sends callers to another address.")
                                                         : Words::tr("It sends callers to %1, perhaps a sign-in page.")
                                                               .arg(text::safe(where.host()))));
    }
    if (isStatus || response->status >= 500) {
        Error error = Error::make(Error::Kind::Server, Words::tr("The API server does not work properly."),
                                  message.isEmpty() ? otherServer(*response)
                                                    : Words::tr("It answered %1: %2").arg(response->status).arg(message),
                                  Words::tr("Try again later, or ask whoever runs the cluster."));
        error.httpStatus = response->status;
        return fail(error);
    }
    if (response->status == 400 && material.endpoint->server.scheme() == u"http"_s)
        return fail(notKubernetes(Words::tr("It answered 400; an API server does so when it is asked without TLS.")));
    return fail(notKubernetes(otherServer(*response)));
}

} // namespace cairn::kube
