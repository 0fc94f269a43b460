// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QString>

/// Drafts of wizards: they outlive leaving, the window and a crash. One file for each wizard and cluster, below the user's own data.
/// No secret is in one: wizards name references. Blocking; small files.
namespace cairn::app {

/// `wizard` is a word ("overlay"), `server` the address of the API server.
QString draftFile(const QString &wizard, const QString &server);
/// Empty where there is none.
Result<QByteArray> readDraft(const QString &file);
/// Whole or not at all.
Result<> writeDraft(const QString &file, const QByteArray &bytes);
Result<> dropDraft(const QString &file);

} // namespace cairn::app
