// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"
#include "domain/StatusDecoder.h"
#include "kube/Discovery.h"
#include "kube/OpenApi.h"
#include "kube/Transport.h"

#include <QHash>
#include <functional>
#include <mutex>

namespace cairn::kube {

/// One cluster as one user. Thread-safe; every call blocks, so never make one on the GUI thread.
class Cluster final : public ObjectApi
{
public:
    /// `http` must outlive the cluster.
    Cluster(net::HttpClient &http, std::shared_ptr<Credentials> credentials);
    explicit Cluster(std::shared_ptr<Transport> transport);
    ~Cluster() override;

    Result<QJsonObject> get(const ObjectRef &ref, Stop stop) override;
    Result<QJsonObject> getPart(const ObjectRef &ref, const QString &subresource, Stop stop) override;
    Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                    const QString &fieldSelector, Stop stop) override;
    Result<ObjectPage> page(const ResourceKind &kind, const ListQuery &query, Stop stop) override;
    Result<QJsonObject> create(const ResourceKind &kind, const QString &ns, const QJsonObject &object,
                               WriteOptions options, Stop stop) override;
    Result<QJsonObject> patch(const ObjectRef &ref, PatchType type, const QJsonValue &body, WriteOptions options,
                              Stop stop) override;
    Result<> remove(const ObjectRef &ref, DeleteOptions options, Stop stop) override;
    Result<QByteArray> log(const QString &ns, const QString &pod, LogOptions options, Stop stop) override;
    /// While the container has not begun it waits; any other refusal is returned. A line longer than 1 MiB is
    /// given in pieces.
    Result<> followLog(const QString &ns, const QString &pod, LogOptions options,
                       std::function<bool(const QByteArray &line)> sink, Stop stop) override;
    Result<ExecOutput> exec(const QString &ns, const QString &pod, const QString &container, const QStringList &argv,
                            const Secret &input, Stop stop) override;
    /// Answers are kept for 60 seconds.
    Result<AccessAnswer> may(const AccessQuery &query, Stop stop) override;
    Result<AccessRules> rules(const QString &ns, Stop stop) override;
    /// From an answer of the server not older than 5 seconds.
    Result<bool> serves(const ResourceKind &kind, Stop stop) override;
    Result<RestMapper> mapper(Stop stop) override;
    Result<QJsonObject> openApi(const QString &group, const QString &version, Stop stop) override;

    /// Who the server takes us for; needs no rights (SelfSubjectReview, since 1.28).
    struct User {
        QString name;
        QString uid;
        QStringList groups;
    };
    Result<User> whoAmI(Stop stop);

    struct Version {
        QString gitVersion; ///< "v1.36.3"
        int major = 0;
        int minor = 0;
        QString platform;
    };
    /// Also the quickest proof that this is a Kubernetes API server.
    Result<Version> version(Stop stop);

    /// Asks once for the version, the cheapest there is, which everybody may, and waits no longer than `patience`: an answer
    /// is a sign of life (Transport::pulse).
    void ping(std::chrono::milliseconds patience, Stop stop);

    struct Namespaces {
        QStringList names;    ///< sorted
        bool complete = true; ///< false where the user may not list them: `names` then holds the context's own
        Error error;          ///< why it is not complete
    };
    Result<Namespaces> namespaces(Stop stop);

    /// GET of a path (with its query, percent-encoded) of a node's kubelet or of a service, through the API server's proxy:
    /// `target` is a node, or a service named "NAME:PORT" or "https:NAME:PORT". Needs the right to get nodes/proxy or
    /// services/proxy. The body is at most 32 MiB; whoever reads it trusts the target for nothing.
    Result<QByteArray> viaProxy(const ObjectRef &target, const QString &path, Stop stop);

    QString defaultNamespace() const { return m_transport->defaultNamespace(); }

    /// Called with the text of each Warning the server sends along, raw, on whatever thread made the request.
    void setWarningHandler(std::function<void(const QString &warning)> handler);

    /// For watchers.
    Transport &transport() { return *m_transport; }

private:
    Result<net::Response> send(net::Request request, const RequestFacts &facts, Stop stop);
    Result<QJsonObject> sendJson(net::Request request, const RequestFacts &facts, Stop stop);
    enum class Container { Runs, Ended, Gone, Waits };
    Result<Container> containerState(const QString &ns, const QString &pod, const QString &container, Stop stop);

    struct CachedAnswer {
        AccessAnswer answer;
        std::chrono::steady_clock::time_point at;
    };

    const std::shared_ptr<Transport> m_transport;
    Discovery m_discovery;
    OpenApi m_openApi;
    std::mutex m_mutex; ///< guards what follows; never held during a request
    QHash<QString, CachedAnswer> m_access;
    std::function<void(const QString &)> m_warned;
};

} // namespace cairn::kube
