// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

/// Log categories. Nothing logged may hold a token, key, password or command line argument.
Q_DECLARE_LOGGING_CATEGORY(lcNet)    // cairn.net
Q_DECLARE_LOGGING_CATEGORY(lcKube)   // cairn.kube
Q_DECLARE_LOGGING_CATEGORY(lcWatch)  // cairn.kube.watch
Q_DECLARE_LOGGING_CATEGORY(lcAuth)   // cairn.kube.auth
Q_DECLARE_LOGGING_CATEGORY(lcJobs)   // cairn.jobs
Q_DECLARE_LOGGING_CATEGORY(lcCkpt)   // cairn.checkpoints
Q_DECLARE_LOGGING_CATEGORY(lcUi)     // cairn.ui
