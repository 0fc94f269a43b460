// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "net/Http.h"

namespace cairn::net {

/// Takes out of an answer what it repeats of the secrets in the headers of its request (bearer token, password, session
/// token): some servers and proxies print whole requests in their errors, and errors are shown and logged. Headers of
/// every answer, bodies of refusals only. As they are, percent-encoded, and in base64, alone or within something longer.
/// Thread-safe.
void redact(Response &response, const QList<Header> &sent);
/// The same for the words of an error.
void redact(Error &error, const QList<Header> &sent);

} // namespace cairn::net
