// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"

#include <QJsonArray>
#include <QList>
#include <mutex>
#include <optional>

namespace cairn::tests {

/// An ObjectApi over objects in memory, with the server's rules that flows depend on: resourceVersion on every write,
/// generation on every change of spec, 409 for a stale resourceVersion or UID, 409 AlreadyExists, 404, merge patches by
/// RFC 7386, dry runs that change nothing, label selectors ("a=b,c=d") and the field selector metadata.name=….
/// Hooks see every call, so that a test can fail it, act in between like a controller, or throw to play a crash.
/// Thread-safe; hooks run without the lock.
class FakeObjectApi : public ObjectApi
{
public:
    struct Call {
        QString verb;      ///< "get", "list", "create", "patch", "remove", "log", "followLog", "exec", "may", "serves"
        QString resource;  ///< plural; "pods" for log and exec
        QString ns;
        QString name;
        QJsonValue body;
        bool dryRun = false;
        DeleteOptions deletion = {}; ///< of "remove"
        bool writes() const { return !dryRun && (verb == u"create" || verb == u"patch" || verb == u"remove"); }
    };
    /// Before a call takes effect: an Error answers it instead. May throw.
    std::function<std::optional<Error>(const Call &)> before;
    /// After a call took effect, before its answer is returned: an Error replaces the answer (it "got lost"). May throw.
    std::function<std::optional<Error>(const Call &)> after;

    /// Adds or replaces an object, filling uid, resourceVersion, generation where missing. Returns what is stored.
    QJsonObject put(const ResourceKind &kind, QJsonObject object);
    /// The stored object; empty where there is none.
    QJsonObject stored(const ResourceKind &kind, const QString &ns, const QString &name) const;
    /// Changes a stored object as a controller would; `change` may return false to remove it.
    void edit(const ResourceKind &kind, const QString &ns, const QString &name, const std::function<bool(QJsonObject &)> &change);
    QList<QJsonObject> all(const ResourceKind &kind) const;
    void erase(const ResourceKind &kind, const QString &ns, const QString &name);
    void setLog(const QString &ns, const QString &pod, const QByteArray &log);
    /// "verb resource" ("create pytorchjobs") or "verb resource/subresource" that is refused.
    void deny(const QString &verbAndResource) { m_denied.append(verbAndResource); }
    QList<Call> calls() const;
    void forgetCalls();

    Result<QJsonObject> get(const ObjectRef &ref, Stop stop) override;
    Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                    const QString &fieldSelector, Stop stop) override;
    Result<QJsonObject> create(const ResourceKind &kind, const QString &ns, const QJsonObject &object, WriteOptions options,
                               Stop stop) override;
    Result<QJsonObject> patch(const ObjectRef &ref, PatchType type, const QJsonValue &body, WriteOptions options,
                              Stop stop) override;
    Result<> remove(const ObjectRef &ref, DeleteOptions options, Stop stop) override;
    Result<QByteArray> log(const QString &ns, const QString &pod, LogOptions options, Stop stop) override;
    Result<> followLog(const QString &ns, const QString &pod, LogOptions options,
                       std::function<bool(const QByteArray &line)> sink, Stop stop) override;
    Result<ExecOutput> exec(const QString &ns, const QString &pod, const QString &container, const QStringList &argv,
                            Stop stop) override;
    Result<AccessAnswer> may(const AccessQuery &query, Stop stop) override;
    Result<bool> serves(const ResourceKind &kind, Stop stop) override;

    /// RFC 7386.
    static QJsonValue merged(const QJsonValue &target, const QJsonValue &patch);

private:
    static QString key(const ResourceKind &kind, const QString &ns, const QString &name);
    std::optional<Error> enter(const Call &call, const Stop &stop);
    std::optional<Error> leave(const Call &call);
    QJsonObject stamped(const ResourceKind &kind, QJsonObject object, const QJsonObject &previous);

    mutable std::mutex m_mutex;
    QMap<QString, QJsonObject> m_objects;
    QMap<QString, QByteArray> m_logs;
    QStringList m_denied;
    QList<Call> m_calls;
    qint64 m_version = 100;
    int m_uids = 0;
};

} // namespace cairn::tests
