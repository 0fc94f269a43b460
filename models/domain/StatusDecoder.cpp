// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/StatusDecoder.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace cairn {
namespace {

constexpr qsizetype longestText = 2048; // as client-go caps a body that is no Status

/// Where translators find the sentences of this file.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::ApiStatus)
};

Error::Kind kindOf(const ApiStatus &status)
{
    using enum Error::Kind;
    switch (status.code) {
    case 400:
    case 406:
    case 413:
    case 415:
    case 422: return Invalid;
    case 401: return Auth;
    case 403: return Forbidden;
    case 404: return NotFound;
    case 405: return Unsupported;
    case 409: return Conflict;
    case 410: return Gone;
    case 408: return Timeout;
    case 429: return RateLimited;
    case 504: return status.reason == "Timeout"_L1 ? Timeout : Server;
    default: break;
    }
    if (status.reason == "Expired"_L1 || status.reason == "Gone"_L1)
        return Gone;
    return status.code >= 500 || status.code == 0 ? Server : Invalid;
}

/// "pods “x” in namespace “y”", "pods in namespace “y”", "nodes in the whole cluster".
QString target(const RequestFacts &request)
{
    const QString resource = text::safe(request.resource);
    const QString name = text::safe(request.name);
    const QString ns = text::safe(request.ns);
    if (!name.isEmpty() && !ns.isEmpty())
        return Words::tr("%1 “%2” in namespace “%3”").arg(resource, name, ns);
    if (!name.isEmpty())
        return Words::tr("%1 “%2”").arg(resource, name);
    if (!ns.isEmpty())
        return Words::tr("%1 in namespace “%2”").arg(resource, ns);
    return Words::tr("%1 in the whole cluster").arg(resource);
}

/// "“a”, “b”" of the owners that causes name, each once.
QString ownersOf(const QList<FieldCause> &causes)
{
    QStringList owners;
    for (const FieldCause &cause : causes) {
        const QString owner = fieldOwner(cause);
        if (!owner.isEmpty() && !owners.contains(owner))
            owners.append(owner);
    }
    return owners.isEmpty() ? QString() : u'“' + owners.join(u"”, “"_s) + u'”';
}

} // namespace

/// The server writes: conflict with "NAME", then maybe with subresource "status", using apps/v1, at TIME (apimachinery
/// managedfields internal/conflict.go; NAME as Go's %q).
QString fieldOwner(const FieldCause &cause)
{
    if (cause.reason != "FieldManagerConflict"_L1)
        return {};
    static const QRegularExpression form(uR"re(^conflict with (?:"((?:[^"\\]|\\.)*)"|(\S+)))re"_s);
    const QRegularExpressionMatch match = form.match(cause.message);
    QString owner = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
    owner.replace(uR"(\")"_s, u"\""_s).replace(uR"(\\)"_s, u"\\"_s);
    return owner;
}

Error statusError(const ApiStatus &status, const RequestFacts &request)
{
    Error error;
    error.kind = kindOf(status);
    error.httpStatus = status.code;
    error.reason = status.reason;
    error.why = text::safe(status.message.left(longestText));
    for (const FieldCause &cause : status.causes.first(qMin<qsizetype>(status.causes.size(), 100))) {
        QString field = cause.field.left(longestText);
        // Conflicts name fields with a dot in front, all else without.
        if (!fieldOwner(cause).isEmpty() && field.startsWith(u'.'))
            field.remove(0, 1);
        error.causes.append({text::safe(field), text::safe(cause.reason.left(longestText)),
                             text::safe(cause.message.left(longestText))});
    }
    if (status.retryAfterSeconds > 0)
        error.retryAfter = std::chrono::seconds(status.retryAfterSeconds);

    const QString what = target(request);
    switch (error.kind) {
    case Error::Kind::Auth:
        error.what = Words::tr("The cluster does not accept these credentials");
        error.fix = Words::tr("Sign in to the cluster again, or check the user entry in the kubeconfig.");
        break;
    case Error::Kind::Forbidden: {
        // RBAC writes: pods is forbidden: User "jane" cannot list resource "pods" …
        static const QRegularExpression userWord(u"User \"([^\"]*)\""_s);
        // apiserver/pkg/admission/plugin/webhook/errors: admission webhook "a.b" denied the request: why
        static const QRegularExpression webhook(u"^admission webhook \"([^\"]*)\" denied the request"_s);
        if (const QRegularExpressionMatch denied = webhook.match(status.message); denied.hasMatch()) {
            error.what = Words::tr("The admission webhook “%1” refused to %2 %3", "webhook, verb, object").arg(text::safe(denied.captured(1)), text::safe(request.verb), what);
            error.fix = Words::tr("Change what it names: it is no matter of permissions.");
            break;
        }
        const QString user = text::safe(userWord.match(status.message).captured(1));
        error.what = Words::tr("Not allowed to %1 %2").arg(text::safe(request.verb), what);
        error.fix = user.isEmpty() ? Words::tr("Ask whoever manages the cluster for permission to %1 %2.")
                                         .arg(text::safe(request.verb), text::safe(request.resource))
                                   : Words::tr("Ask whoever manages the cluster to give user “%1” permission to %2 %3.")
                                         .arg(user, text::safe(request.verb), text::safe(request.resource));
        break;
    }
    case Error::Kind::NotFound:
        // What was to be made in a namespace that is not there: the server names that one.
        if (status.kind == "namespaces"_L1 && status.group.isEmpty() && request.resource != "namespaces"_L1) {
            error.what = Words::tr("There is no namespace “%1”").arg(text::safe(status.name));
            error.fix = Words::tr("Choose a namespace that is there, or create it.");
            break;
        }
        error.what = request.name.isEmpty() ? Words::tr("The server does not have %1").arg(what)
                                            : Words::tr("There is no %1").arg(what);
        error.fix = request.name.isEmpty() ? Words::tr("Check that the resource type is installed on this cluster.")
                                           : Words::tr("Refresh the list: it may have been deleted in the meantime.");
        break;
    case Error::Kind::Conflict:
        if (const QString owners = ownersOf(error.causes); !owners.isEmpty()) {
            error.what = Words::tr("Fields of %1 are managed by %2").arg(what, owners);
            error.fix = Words::tr("Leave these fields as they are, or take them over: their manager may then revert them.");
            break;
        }
        error.what = status.reason == "AlreadyExists"_L1 ? Words::tr("The name is already taken: %1").arg(what)
                                                         : Words::tr("Someone else changed %1 in the meantime").arg(what);
        error.fix = status.reason == "AlreadyExists"_L1 ? Words::tr("Choose another name.")
                                                        : Words::tr("Look at the current state and try again.");
        break;
    case Error::Kind::Gone:
        error.what = Words::tr("The server no longer keeps the requested version of %1").arg(what);
        error.fix = Words::tr("Refresh the list.");
        break;
    case Error::Kind::Invalid:
        error.what = Words::tr("The server refused to %1 %2").arg(text::safe(request.verb), what);
        error.fix = Words::tr("Fix the fields the server names.");
        break;
    case Error::Kind::Unsupported:
        error.what = Words::tr("The server cannot %1 %2").arg(text::safe(request.verb), what);
        break;
    case Error::Kind::RateLimited:
        error.what = Words::tr("The server is busy; try again later");
        error.fix = Words::tr("Wait a moment; it is retried automatically where that is safe.");
        break;
    case Error::Kind::Timeout:
        error.what = Words::tr("The server did not answer in time");
        error.fix = Words::tr("Try again; if it continues, the cluster's control plane is overloaded.");
        break;
    default:
        error.what = Words::tr("The server failed to %1 %2").arg(text::safe(request.verb), what);
        error.fix = Words::tr("Try again; if it continues, look at the cluster's control plane.");
        break;
    }
    return error;
}

} // namespace cairn
