// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/Transport.h"

#include "net/Redact.h"

#include <mutex>

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
            Result<net::Response> response = m_http.send(endpointOf(*material), request, stop);
            if (response && isOwnAnswer(response->status))
                pulse().beat();
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
        // The transport outlives its streams.
        handlers.started = [this, started = std::move(handlers.started)](int status, const QByteArray &contentType) {
            pulse().beat();
            started(status, contentType);
        };
        handlers.data = [this, data = std::move(handlers.data)](const char *bytes, size_t size) {
            pulse().beat();
            data(bytes, size);
        };
        handlers.finished = [credentials = m_credentials, used = *material,
                             finished = std::move(handlers.finished)](Result<net::Response> result) {
            if (result && result->status == 401)
                credentials->rejected(used);
            finished(std::move(result));
        };
        return m_http.stream(endpointOf(*material), std::move(request), std::move(handlers));
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

    void renewConnections() override
    {
        const std::lock_guard lock(m_mutex);
        m_used.reset();
        m_renewed = true;
    }

private:
    /// A gateway answers for a server that does not: 502, 503, 504.
    static bool isOwnAnswer(int status) { return status < 502 || status > 504; }

    /// Connections belong to an Endpoint pointer: a copy of it has new ones.
    std::shared_ptr<const net::Endpoint> endpointOf(const Credentials::Material &material)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_renewed)
            return material.endpoint;
        if (!m_used || m_given != material.endpoint) {
            m_given = material.endpoint;
            m_used = std::make_shared<const net::Endpoint>(*material.endpoint);
        }
        return m_used;
    }

    net::HttpClient &m_http;
    const std::shared_ptr<Credentials> m_credentials;
    std::mutex m_mutex; ///< guards what follows
    bool m_renewed = false;
    std::shared_ptr<const net::Endpoint> m_given, m_used; ///< as the credentials gave it; the copy that is used instead
};

} // namespace

std::shared_ptr<Transport> httpTransport(net::HttpClient &http, std::shared_ptr<Credentials> credentials)
{
    return std::make_shared<HttpTransport>(http, std::move(credentials));
}

} // namespace cairn::kube
