// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "base/Error.h"
#include "change/Run.h"
#include "domain/Gap.h"
#include "manifest/Diff.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QList>

namespace cairn::ctl {

/// A plain text table: the first row is the header. Numbers are right-aligned by the columns named in `right`.
QString renderTable(const QList<QStringList> &rows, const QSet<int> &right = {});

/// Prints to stdout: JSON with two spaces of indentation (SARIF is JSON), YAML, or `table` as it is.
void print(Format format, const QJsonObject &json, const QString &table);
/// Prints "cairnctl: what / Why / Fix" to stderr and returns the exit code that belongs to the kind.
int printError(const Error &error);
/// A difference for people, a line each, safe to show.
QString diffText(const QList<manifest::DiffLine> &diff);
/// A progress or warning line to stderr.
void note(const QString &line);
/// Says on stderr what a list could not read, one line for each.
void noteGaps(const QList<Gap> &gaps);
/// [{id, text, fix}].
QJsonArray notesJson(const QList<change::Note> &notes);
/// As cairnctl, with every event told on stderr.
change::Options changeOptions();
/// Tells events on stderr; what is waited for is looked at every second, and told again only when it is something else.
std::function<void(const change::Event &)> tellEvents();

} // namespace cairn::ctl
