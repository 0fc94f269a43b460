// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace cairn::net {

/// One path segment or query value: every byte of the UTF-8 form except A-Z a-z 0-9 - . _ ~ becomes %XX in upper case
/// (RFC 3986 §2.3). Also encodes "/", so a name can never reach another path.
QByteArray percentEncode(const QString &text);

/// True where `path` may go into a request line as it is: starts with "/", printable ASCII, no space, no "#", and
/// "%" only before two hexadecimal digits.
bool isRequestPath(const QString &path);
/// True for an RFC 9110 token: what a method or header name must be.
bool isToken(QByteArrayView text);
/// True where a header value carries nothing that could start another header: no CR, LF or NUL.
bool isHeaderValue(QByteArrayView text);

} // namespace cairn::net
