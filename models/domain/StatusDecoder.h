// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QByteArray>
#include <QString>
#include <optional>

namespace cairn {

/// How a body is written.
enum class WireFormat { Json, Protobuf };

/// From a Content-Type header; anything but Kubernetes' protobuf counts as JSON.
WireFormat wireFormatOf(QByteArrayView contentType);

/// A meta/v1 Status, the server's way to refuse. All strings are raw.
struct ApiStatus {
    int code = 0;
    QString reason; ///< "Forbidden", "Expired", …; may be empty
    QString message;
    QString kind; ///< details.kind; despite its name usually the plural
    QString group;
    QString name;
    QList<FieldCause> causes;
    int retryAfterSeconds = 0;
    QString continueToken; ///< on 410 of a paged list: goes on from where the list stood, on newer data
};

/// nullopt where the body is not a Status.
std::optional<ApiStatus> decodeStatus(QByteArrayView body, WireFormat format);

/// What was asked for, for the words of an error.
struct RequestFacts {
    QString verb;     ///< API verb: "get", "list", "watch", "create", "patch", "delete"
    QString resource; ///< plural, with subresource: "pods/log"
    QString ns;
    QString name;
};

/// Of a cause of a refused server-side apply ("FieldManagerConflict"): the field manager that owns `cause.field`. Empty for
/// all other causes. From the cause of a Status (raw) or of an Error (safe to show).
QString fieldOwner(const FieldCause &cause);

/// The error a Status stands for. `why` holds the server's words, made safe to show and at most 2048 characters long.
Error statusError(const ApiStatus &status, const RequestFacts &request);

} // namespace cairn
