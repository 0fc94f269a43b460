// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QString>
#include <QUrl>
#include <functional>

namespace cairn::net {

struct Endpoint;

/// The value of an environment variable, empty where it is not set.
using Environment = std::function<QString(const char *name)>;

/// The proxy for `server`, in libcurl's form with an explicit port, or empty for a direct connection. May hold a
/// password: never show or log it, show proxyName() instead.
///
/// The rules are those of Go's net/http and so of kubectl: `explicitProxy` ignores NO_PROXY; without it HTTPS_PROXY or
/// HTTP_PROXY (upper case first, then lower case) decides by the scheme of `server`; NO_PROXY knows "*", host names
/// with their subdomains, ".domain", addresses, CIDR blocks and ports; localhost and loopback addresses are never
/// proxied by the environment. Names behind a SOCKS proxy are resolved by the proxy.
Result<QByteArray> proxyFor(const QUrl &server, const QString &explicitProxy, const Environment &environment);

/// The same with the environment of this process.
Result<QByteArray> proxyFor(const Endpoint &endpoint);

/// "host:port" of what proxyFor() returned, safe to show.
QString proxyName(const QByteArray &proxy);

} // namespace cairn::net
