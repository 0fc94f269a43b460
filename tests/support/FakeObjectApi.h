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
/// RFC 7386, dry runs that change nothing, label selectors ("a=b,c=d") and the field selectors metadata.name=…,
/// spec.nodeName=… and that of pods which have not ended, the
/// subresources status and scale (scale is spec.replicas), and refused applies that name field and owner.
/// Hooks see every call, so that a test can fail it, act in between like a controller, or throw to play a crash.
/// Thread-safe; hooks run without the lock.
class FakeObjectApi : public ObjectApi
{
public:
    struct Call {
        QString verb;      ///< "get", "list" (also of one page), "create", "patch", "remove", "log", "followLog", "exec", "may",
                           ///< "rules", "serves", "mapper", "openApi"
        QString resource;  ///< plural, with "/status" or "/scale" of such a one; "pods" for log and exec
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
    /// What a command in a pod does; before, it prints nothing and ends well.
    std::function<ExecOutput(const QStringList &argv, const Secret &input)> run;
    /// "verb resource" ("create pytorchjobs") or "verb resource/subresource" that is refused.
    void deny(const QString &verbAndResource) { m_denied.append(verbAndResource); }
    /// From now on the cluster serves this alone. Before, it serves whatever it is asked for, and its mapper knows the kinds
    /// Cairn names.
    void setMapper(const RestMapper &mapper);
    void setOpenApi(const QString &group, const QString &version, const QJsonObject &document);
    /// The answer of rules(); before, everything is allowed.
    void setRules(const AccessRules &rules);
    /// `manager` owns `field` ("spec.replicas") of the object: an Apply that sets another value there is refused unless it
    /// forces.
    void own(const ResourceKind &kind, const QString &ns, const QString &name, const QString &field, const QString &manager);
    QList<Call> calls() const;
    void forgetCalls();

    Result<QJsonObject> get(const ObjectRef &ref, Stop stop) override;
    Result<QJsonObject> getPart(const ObjectRef &ref, const QString &subresource, Stop stop) override;
    Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                    const QString &fieldSelector, Stop stop) override;
    Result<ObjectPage> page(const ResourceKind &kind, const ListQuery &query, Stop stop) override;
    Result<QJsonObject> create(const ResourceKind &kind, const QString &ns, const QJsonObject &object, WriteOptions options,
                               Stop stop) override;
    Result<QJsonObject> patch(const ObjectRef &ref, PatchType type, const QJsonValue &body, WriteOptions options,
                              Stop stop) override;
    Result<> remove(const ObjectRef &ref, DeleteOptions options, Stop stop) override;
    Result<QByteArray> log(const QString &ns, const QString &pod, LogOptions options, Stop stop) override;
    Result<> followLog(const QString &ns, const QString &pod, LogOptions options,
                       std::function<bool(const QByteArray &line)> sink, Stop stop) override;
    Result<ExecOutput> exec(const QString &ns, const QString &pod, const QString &container, const QStringList &argv,
                            const Secret &input, Stop stop) override;
    Result<AccessAnswer> may(const AccessQuery &query, Stop stop) override;
    Result<AccessRules> rules(const QString &ns, Stop stop) override;
    Result<bool> serves(const ResourceKind &kind, Stop stop) override;
    Result<RestMapper> mapper(Stop stop) override;
    Result<QJsonObject> openApi(const QString &group, const QString &version, Stop stop) override;

    /// RFC 7386.
    static QJsonValue merged(const QJsonValue &target, const QJsonValue &patch);

private:
    static QString key(const ResourceKind &kind, const QString &ns, const QString &name);
    /// The refusal of an Apply, as the server words it; nullopt where it may go on. Call with the lock.
    std::optional<Error> conflictOf(const QString &slot, const QJsonObject &now, const QJsonValue &body) const;
    std::optional<Error> enter(const Call &call, const Stop &stop);
    std::optional<Error> leave(const Call &call);
    QJsonObject stamped(const ResourceKind &kind, QJsonObject object, const QJsonObject &previous);

    mutable std::mutex m_mutex;
    QMap<QString, QJsonObject> m_objects;
    QMap<QString, QByteArray> m_logs;
    QStringList m_denied;
    std::optional<RestMapper> m_mapper;
    QMap<QString, QJsonObject> m_documents; ///< by "group/version"
    AccessRules m_rules{{{{QStringLiteral("*")}, {QStringLiteral("*")}, {QStringLiteral("*")}, {}}}, true, {}};
    QMap<QString, QMap<QString, QString>> m_owners; ///< object → field → manager
    QList<Call> m_calls;
    qint64 m_version = 100;
    int m_uids = 0;
};

} // namespace cairn::tests
