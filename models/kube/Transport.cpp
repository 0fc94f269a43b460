// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Transport.h"

#include "net/Redact.h"

namespace cairn::kube {
namespace {

class HttpTransport final : public Transport
{
public:
    HttpTransport(net::HttpClient &http, std::shared_ptr<Credentials> credentials)
        : m_http(http)
        , m_credentials(std::move(credentials))
    {
    }

    Result<net::Response> send(net::Request request, std::stop_token stop) override
    {
        const QList<net::Header> ownHeaders = request.headers;
        const bool repeatable = request.idempotent || request.method == "GET";
        for (bool again = false;; again = true) {
            const Result<Credentials::Material> material = m_credentials->material(stop);
            if (!material)
                return fail(material.error());
            request.headers = ownHeaders + material->headers;
            Result<net::Response> response = m_http.send(material->endpoint, request, stop);
            if (!response || response->status != 401)
                return response;
            m_credentials->rejected(*material);
            if (again || !repeatable)
                return response;
        }
    }

    Result<std::unique_ptr<net::Stream>> open(net::Request request, net::StreamHandlers handlers,
                                              std::stop_token stop) override
    {
        const Result<Credentials::Material> material = m_credentials->material(stop);
        if (!material)
            return fail(material.error());
        request.headers += material->headers;
        handlers.finished = [credentials = m_credentials, used = *material,
                             finished = std::move(handlers.finished)](Result<net::Response> result) {
            if (result && result->status == 401)
                credentials->rejected(used);
            finished(std::move(result));
        };
        return m_http.stream(material->endpoint, std::move(request), std::move(handlers));
    }

    Result<net::ExecResult> exec(net::ExecRequest request, std::stop_token stop) override
    {
        const Result<Credentials::Material> material = m_credentials->material(stop);
        if (!material)
            return fail(material.error());
        request.headers += material->headers;
        Result<net::ExecResult> result = net::execWebSocket(material->endpoint, std::move(request), stop);
        if (!result) {
            Error error = result.error();
            net::redact(error, material->headers);
            return fail(std::move(error));
        }
        return result;
    }

    QString defaultNamespace() const override { return m_credentials->defaultNamespace(); }

private:
    net::HttpClient &m_http;
    const std::shared_ptr<Credentials> m_credentials;
};

} // namespace

std::shared_ptr<Transport> httpTransport(net::HttpClient &http, std::shared_ptr<Credentials> credentials)
{
    return std::make_shared<HttpTransport>(http, std::move(credentials));
}

} // namespace cairn::kube
