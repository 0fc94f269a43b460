// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>
#include <QStringList>

/// Log categories. Nothing logged may hold a token, key, password or command line argument.
Q_DECLARE_LOGGING_CATEGORY(lcNet)    // cairn.net
Q_DECLARE_LOGGING_CATEGORY(lcKube)   // cairn.kube
Q_DECLARE_LOGGING_CATEGORY(lcWatch)  // cairn.kube.watch
Q_DECLARE_LOGGING_CATEGORY(lcAuth)   // cairn.kube.auth
Q_DECLARE_LOGGING_CATEGORY(lcJobs)   // cairn.jobs
Q_DECLARE_LOGGING_CATEGORY(lcCkpt)   // cairn.checkpoints
Q_DECLARE_LOGGING_CATEGORY(lcUi)     // cairn.ui

namespace cairn {

/// From now on the last lines of the log are kept in memory too, for a report of a fault; nothing is written to disk. Whoever
/// handled messages before still does. Once per process.
void keepLog();
/// The last 200 lines, oldest first: "2026-01-02T03:04:05.678Z warning cairn.net: …", each cut at 1,000 characters. Raw:
/// not passed through text::safe. Thread-safe; empty without keepLog().
QStringList lastLog();

} // namespace cairn
