// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace cairn::net {

/// What libcurl says of itself: "libcurl/7.88.1 OpenSSL/3.0.15 zlib/1.2.13 …".
QString curlVersion();

} // namespace cairn::net
