// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

/// File names are bytes. Inside the scanner they stay bytes; Checkpoint::path and the JSON hold text.
namespace cairn::ckpt {

/// Lossless text of a path: valid UTF-8 as it is, every other byte as "\xNN". A backslash is doubled only where it
/// would be read as an escape (before "x", before another backslash or before an escaped byte), so ordinary names
/// never change. Not made safe for display: that is text::safe.
QString pathToText(const QByteArray &path);
/// The inverse of pathToText.
QByteArray pathFromText(const QString &text);
/// False where a path cannot be written into a Kubernetes object, whose strings are UTF-8.
bool isUtf8(const QByteArray &path);

/// "a/b/c" → "c".
QByteArray baseName(const QByteArray &path);
/// "a/b/c" → "a/b"; "c" → "" (the root).
QByteArray parentPath(const QByteArray &path);
/// "" + "c" → "c"; "a" + "c" → "a/c".
QByteArray joined(const QByteArray &folder, const QByteArray &name);

} // namespace cairn::ckpt
