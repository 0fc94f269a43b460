// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "TestCluster.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>
#include <QUrlQuery>
#include <atomic>

namespace cairn::test {

/// Credentials of the lab with more headers, or none of its certificates.
class OtherCredentials final : public kube::Credentials
{
public:
    OtherCredentials(std::shared_ptr<kube::Credentials> base, QList<net::Header> headers)
        : m_base(std::move(base))
        , m_headers(std::move(headers))
    {
    }
    Result<Material> material(std::stop_token stop) override
    {
        Result<Material> material = m_base->material(stop);
        if (material)
            material->headers += m_headers;
        return material;
    }
    void rejected(const Material &used) override { m_base->rejected(used); }
    QString defaultNamespace() const override { return ns; }
    QString ns = QStringLiteral("default");

private:
    const std::shared_ptr<kube::Credentials> m_base;
    const QList<net::Header> m_headers;
};

/// Passes everything on and lets a test look at requests and bend them.
class SpyTransport final : public kube::Transport
{
public:
    explicit SpyTransport(std::shared_ptr<kube::Transport> real)
        : m_real(std::move(real))
    {
    }
    Result<net::Response> send(net::Request request, std::stop_token stop) override
    {
        note(request);
        return m_real->send(std::move(request), stop);
    }
    Result<std::unique_ptr<net::Stream>> open(net::Request request, net::StreamHandlers handlers,
                                              std::stop_token stop) override
    {
        note(request);
        return m_real->open(std::move(request), std::move(handlers), stop);
    }
    Result<net::ExecResult> exec(net::ExecRequest request, std::stop_token stop) override
    {
        return m_real->exec(std::move(request), stop);
    }
    QString defaultNamespace() const override { return m_real->defaultNamespace(); }

    /// Called with every request before it is sent, from any thread.
    std::function<void(net::Request &)> bend;
    QList<net::Request> requests()
    {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

private:
    void note(net::Request &request)
    {
        const std::lock_guard lock(m_mutex);
        if (bend)
            bend(request);
        m_requests.append(request);
    }
    const std::shared_ptr<kube::Transport> m_real;
    std::mutex m_mutex;
    QList<net::Request> m_requests;
};

inline QString value(const net::Request &request, const char *key)
{
    return QUrlQuery(request.path.section(u'?', 1)).queryItemValue(QLatin1StringView(key), QUrl::FullyDecoded);
}

inline QString freshName(const QString &prefix)
{
    return prefix + QString::number(QRandomGenerator::global()->bounded(1'000'000'000), 36);
}

/// A pod that no scheduler touches: it stays Pending and is gone at once when deleted.
inline QJsonObject gatedPod(const QString &name)
{
    return {
        {QStringLiteral("apiVersion"), QStringLiteral("v1")},
        {QStringLiteral("kind"), QStringLiteral("Pod")},
        {QStringLiteral("metadata"),
         QJsonObject{{QStringLiteral("name"), name},
                     {QStringLiteral("labels"), QJsonObject{{QStringLiteral("cairn-test"), QStringLiteral("yes")}}}}},
        {QStringLiteral("spec"),
         QJsonObject{{QStringLiteral("schedulingGates"),
                      QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("cairn.console/test")}}}},
                     {QStringLiteral("containers"),
                      QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("c")},
                                             {QStringLiteral("image"), QStringLiteral("none")}}}}}}};
}

} // namespace cairn::test
