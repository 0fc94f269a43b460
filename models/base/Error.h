// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <chrono>
#include <optional>

namespace cairn {

/// One cause inside a refused request: which field, and what the server said about it.
struct FieldCause {
    QString field;   ///< path such as "spec.runPolicy.suspend"; may be empty
    QString reason;  ///< machine word, e.g. "FieldValueRequired"
    QString message; ///< the server's words
    bool operator==(const FieldCause &) const = default;
};

/// The one error type. `what` happened, `why`, and the `fix`: three sentences a user can act on.
/// Never holds secrets: whoever builds an Error from a header, a command line or a file masks them first.
struct Error {
    enum class Kind {
        Cancelled, Timeout, Network, Tls, Auth, Forbidden, NotFound, Conflict, Gone, Invalid,
        RateLimited, Server, Parse, Unsupported, Consent, Io, Internal
    };

    Kind kind = Kind::Internal;
    QString what;
    QString why;
    QString fix;
    QString reason;       ///< machine word of the source: a Kubernetes Status reason, a curl or TLS code
    int httpStatus = 0;   ///< 0 where no HTTP answer exists
    QList<FieldCause> causes;
    std::optional<std::chrono::milliseconds> retryAfter;

    /// True where the same request may succeed later without anybody changing anything.
    bool retryable() const;
    /// "what. Why: why. Fix: fix." on one line, for logs and terminals.
    QString oneLine() const;

    static Error cancelled();
    static Error make(Kind kind, const QString &what, const QString &why = {}, const QString &fix = {});
};

/// The stable English word of a kind ("Forbidden"), used in JSON output and logs.
QString kindName(Error::Kind kind);

} // namespace cairn
