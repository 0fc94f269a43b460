// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "base/Secret.h"
#include "domain/Access.h"
#include "domain/RestMapper.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <functional>
#include <optional>
#include <stop_token>

namespace cairn {

enum class PatchType { Merge, Json, Apply };

struct WriteOptions {
    bool dryRun = false;   ///< server-side dry run: dryRun=All
    bool force = false;    ///< PatchType::Apply only: take over conflicting fields
    bool strict = true;    ///< fieldValidation=Strict; false is Warn
    QString subresource = {}; ///< of a patch: "status" or "scale", to change that instead of the object
};

struct DeleteOptions {
    QString uid;             ///< precondition; never empty when a user asked for the deletion
    QString resourceVersion; ///< precondition, optional
    QString propagation = QStringLiteral("Background"); ///< or "Foreground", "Orphan"
    bool dryRun = false;
    int graceSeconds = -1;   ///< of a pod: how long it may take to end; 0 takes the object away at once. -1: as the pod says
};

struct LogOptions {
    QString container;
    bool previous = false;
    bool timestamps = false;
    int tailLines = -1;      ///< -1 for all
    qint64 limitBytes = -1;  ///< -1 for no limit
    QString sinceTime;       ///< RFC 3339
};

/// Which objects a page of a list holds.
struct ListQuery {
    QString ns;            ///< empty for all namespaces
    QString labelSelector;
    QString fieldSelector;
    qint64 limit = 500;    ///< objects at most; the server may give fewer. 0 for all in one piece
    QString next;          ///< ObjectPage::next of the page before; empty for the first
};

struct ObjectPage {
    QList<QJsonObject> objects;   ///< whole, with kind and apiVersion also where the server leaves them out
    QString next;                 ///< asks for the page after this one; empty on the last
    QString resourceVersion;      ///< of the list
    std::optional<qint64> remaining; ///< objects still to come, where the server says so
};

struct ExecOutput {
    QByteArray out;
    QByteArray err;
    int exitCode = 0;
};

/// Blocking access to the objects of one cluster as one user. Implemented by kube::Cluster; tests may implement it to
/// bring about faults a real server does not produce on demand. Every call may be made from any thread but the GUI
/// thread, returns Error::Kind::Cancelled soon after `stop`, and sends the field manager "cairn" on writes.
class ObjectApi
{
public:
    using Stop = std::stop_token;
    virtual ~ObjectApi() = default;

    virtual Result<QJsonObject> get(const ObjectRef &ref, Stop stop) = 0;
    /// A subresource of it: "status", or "scale" (autoscaling/v1 Scale).
    virtual Result<QJsonObject> getPart(const ObjectRef &ref, const QString &subresource, Stop stop) = 0;
    /// All pages. `ns` empty lists all namespaces.
    virtual Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                            const QString &fieldSelector, Stop stop) = 0;
    /// One page of a list of any kind, for what should not be held in memory all at once. Gone where the pages before have
    /// expired: begin anew.
    virtual Result<ObjectPage> page(const ResourceKind &kind, const ListQuery &query, Stop stop) = 0;
    virtual Result<QJsonObject> create(const ResourceKind &kind, const QString &ns, const QJsonObject &object,
                                       WriteOptions options, Stop stop) = 0;
    /// `body` is an object for Merge and Apply, an array for Json. An Apply that is refused because others own fields is a
    /// Conflict whose causes name each field and its owner.
    virtual Result<QJsonObject> patch(const ObjectRef &ref, PatchType type, const QJsonValue &body,
                                      WriteOptions options, Stop stop) = 0;
    virtual Result<> remove(const ObjectRef &ref, DeleteOptions options, Stop stop) = 0;
    virtual Result<QByteArray> log(const QString &ns, const QString &pod, LogOptions options, Stop stop) = 0;
    /// Follows a log; `sink` gets whole lines without their newline, on another thread, until the container ends,
    /// `sink` returns false, or `stop` is requested. Reconnects by itself without repeating lines.
    virtual Result<> followLog(const QString &ns, const QString &pod, LogOptions options,
                               std::function<bool(const QByteArray &line)> sink, Stop stop) = 0;
    /// argv as it is, no shell, no tty. `input` goes to its standard input, for what nobody else may see: argv travels in the
    /// request's address. The command has to know where its input ends, as not every server can close it.
    virtual Result<ExecOutput> exec(const QString &ns, const QString &pod, const QString &container,
                                    const QStringList &argv, const Secret &input, Stop stop) = 0;
    virtual Result<AccessAnswer> may(const AccessQuery &query, Stop stop) = 0;
    /// Everything `ns` lets the user do, in one answer (SelfSubjectRulesReview). Authorisers other than RBAC may leave out
    /// what they would allow: where something depends on it, ask may().
    virtual Result<AccessRules> rules(const QString &ns, Stop stop) = 0;
    /// True when the server serves this resource now (discovery). An error where its API group does not answer.
    virtual Result<bool> serves(const ResourceKind &kind, Stop stop) = 0;
    /// What the server serves, from an answer not older than a minute. Groups that do not answer are gaps in it.
    virtual Result<RestMapper> mapper(Stop stop) = 0;
    /// The OpenAPI v3 document of one group version (group "" for core), with its schemas below components.schemas.
    /// Unsupported where the server publishes none (before 1.24, or behind a proxy that hides it).
    virtual Result<QJsonObject> openApi(const QString &group, const QString &version, Stop stop) = 0;
};

} // namespace cairn
