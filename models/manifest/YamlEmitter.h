// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>
#include <optional>

/// Pieces of YAML by the rules of toYaml(), to be put into a text: none ends in a line break, the first line is not
/// indented, the others by `column` and more. Private to manifest.
namespace cairn::manifest::pieces {

/// True for maps and lists that hold something, which need lines of their own.
bool isBlock(const QJsonValue &value);
/// A map or list that is not empty. `listOffset`: columns by which a list is indented below its key.
QString block(const QJsonValue &value, int column, int listOffset);
/// Anything else. Lines of a literal block are indented by `column` + 2.
QString line(const QJsonValue &value, int column);
/// "key: value" of a map, and "- value" of a list, whose indentation is `column`.
QString member(const QString &key, const QJsonValue &value, int column, int listOffset);
QString item(const QJsonValue &value, int column, int listOffset);
/// On one line, in brackets.
QString flow(const QJsonValue &value, bool json);
QString flowText(const QString &s, bool json);
/// Nothing where single quotes cannot hold the text.
std::optional<QString> singleQuoted(const QString &s);
QString doubleQuoted(const QString &s);

} // namespace cairn::manifest::pieces
