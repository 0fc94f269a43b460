// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace cairn::ctl {

/// cairnctl(1), out of commandTable() and optionTable(). `cairnctl __manual` prints it, for the build.
QString manual();

} // namespace cairn::ctl
