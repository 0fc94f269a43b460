// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Kinds.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <functional>
#include <stop_token>

namespace cairn {

/// One question to the access reviewer (SelfSubjectAccessReview).
struct AccessQuery {
    QString verb;        ///< "list", "patch", "create", …
    QString group;
    QString resource;    ///< plural
    QString subresource; ///< "log", "exec", …; may be empty
    QString ns;          ///< empty for all namespaces or cluster-scoped
    QString name;        ///< may be empty
    bool operator==(const AccessQuery &) const = default;
};

struct AccessAnswer {
    bool allowed = false;
    QString reason; ///< the server's words, may be empty
};

enum class PatchType { Merge, Json, Apply };

struct WriteOptions {
    bool dryRun = false;   ///< server-side dry run: dryRun=All
    bool force = false;    ///< PatchType::Apply only: take over conflicting fields
    bool strict = true;    ///< fieldValidation=Strict; false is Warn
};

struct DeleteOptions {
    QString uid;             ///< precondition; never empty when a user asked for the deletion
    QString resourceVersion; ///< precondition, optional
    QString propagation = QStringLiteral("Background"); ///< or "Foreground", "Orphan"
    bool dryRun = false;
};

struct LogOptions {
    QString container;
    bool previous = false;
    bool timestamps = false;
    int tailLines = -1;      ///< -1 for all
    qint64 limitBytes = -1;  ///< -1 for no limit
    QString sinceTime;       ///< RFC 3339
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
    /// All pages. `ns` empty lists all namespaces.
    virtual Result<QList<QJsonObject>> list(const ResourceKind &kind, const QString &ns, const QString &labelSelector,
                                            const QString &fieldSelector, Stop stop) = 0;
    virtual Result<QJsonObject> create(const ResourceKind &kind, const QString &ns, const QJsonObject &object,
                                       WriteOptions options, Stop stop) = 0;
    /// `body` is an object for Merge and Apply, an array for Json.
    virtual Result<QJsonObject> patch(const ObjectRef &ref, PatchType type, const QJsonValue &body,
                                      WriteOptions options, Stop stop) = 0;
    virtual Result<> remove(const ObjectRef &ref, DeleteOptions options, Stop stop) = 0;
    virtual Result<QByteArray> log(const QString &ns, const QString &pod, LogOptions options, Stop stop) = 0;
    /// Follows a log; `sink` gets whole lines without their newline, on another thread, until the container ends,
    /// `sink` returns false, or `stop` is requested. Reconnects by itself without repeating lines.
    virtual Result<> followLog(const QString &ns, const QString &pod, LogOptions options,
                               std::function<bool(const QByteArray &line)> sink, Stop stop) = 0;
    /// argv as it is, no shell, no tty.
    virtual Result<ExecOutput> exec(const QString &ns, const QString &pod, const QString &container,
                                    const QStringList &argv, Stop stop) = 0;
    virtual Result<AccessAnswer> may(const AccessQuery &query, Stop stop) = 0;
    /// True when the server serves this resource now (discovery).
    virtual Result<bool> serves(const ResourceKind &kind, Stop stop) = 0;
};

} // namespace cairn
