// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QJsonValue>
#include <optional>

namespace cairn::ckpt {

/// A JSON object as Python writes it: the words NaN, Infinity and -Infinity outside strings count as null.
/// nullopt where it is not an object. Depth is bounded by QJsonDocument (1024).
std::optional<QJsonObject> parsePythonJson(const QByteArray &text);

/// A whole number ≥ 0 that a double holds exactly.
std::optional<qint64> wholeNumber(const QJsonValue &value);

} // namespace cairn::ckpt
