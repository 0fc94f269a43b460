// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "manifest/Path.h"

#include <QJsonValue>

/// What an edit of a Document means, said on JSON alone. Pure functions, any thread.
namespace cairn::manifest {

/// `root` with the value at `path` set, by the rules of Document::set().
Result<QJsonValue> withValue(const QJsonValue &root, const Path &path, const QJsonValue &value);
/// `root` with a new item or field, by the rules of Document::insert().
Result<QJsonValue> withInserted(const QJsonValue &root, const Path &path, const QJsonValue &value);
/// `root` without what stands at `path`.
Result<QJsonValue> without(const QJsonValue &root, const Path &path);
/// Undefined where there is nothing.
QJsonValue valueAt(const QJsonValue &root, const Path &path);

} // namespace cairn::manifest
