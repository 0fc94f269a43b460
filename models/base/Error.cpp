// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Error.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn {

bool Error::retryable() const
{
    switch (kind) {
    case Kind::Timeout:
    case Kind::Network:
    case Kind::RateLimited:
    case Kind::Server:
        return true;
    default:
        return false;
    }
}

QString Error::oneLine() const
{
    QString line = what;
    if (!why.isEmpty())
        line += u" — "_s + why;
    if (!fix.isEmpty())
        line += u" → "_s + fix;
    return line.simplified();
}

Error Error::cancelled()
{
    return make(Kind::Cancelled, QCoreApplication::translate("cairn::Error", "Cancelled"));
}

Error Error::make(Kind kind, const QString &what, const QString &why, const QString &fix)
{
    Error error;
    error.kind = kind;
    error.what = what;
    error.why = why;
    error.fix = fix;
    return error;
}

QString kindName(Error::Kind kind)
{
    using enum Error::Kind;
    switch (kind) {
    case Cancelled: return u"Cancelled"_s;
    case Timeout: return u"Timeout"_s;
    case Network: return u"Network"_s;
    case Tls: return u"Tls"_s;
    case Auth: return u"Auth"_s;
    case Forbidden: return u"Forbidden"_s;
    case NotFound: return u"NotFound"_s;
    case Conflict: return u"Conflict"_s;
    case Gone: return u"Gone"_s;
    case Invalid: return u"Invalid"_s;
    case RateLimited: return u"RateLimited"_s;
    case Server: return u"Server"_s;
    case Parse: return u"Parse"_s;
    case Unsupported: return u"Unsupported"_s;
    case Consent: return u"Consent"_s;
    case Io: return u"Io"_s;
    case Internal: return u"Internal"_s;
    }
    return u"Internal"_s;
}

} // namespace cairn
