// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace cairn::app {

/// What --version prints, a line each: program and version, Qt as it is and as it was built with, libcurl with its TLS library.
QString versions(const QString &program);

} // namespace cairn::app
