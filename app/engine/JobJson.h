// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

#include <QJsonObject>

namespace cairn::app {

/// A job as `cairnctl jobs` prints it; docs/CAIRNCTL.md describes it field by field. Names are raw: JSON escapes them.
QJsonObject toJson(const Job &job);

} // namespace cairn::app
