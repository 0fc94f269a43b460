// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Log.h"

Q_LOGGING_CATEGORY(lcNet, "cairn.net", QtWarningMsg)
Q_LOGGING_CATEGORY(lcKube, "cairn.kube", QtWarningMsg)
Q_LOGGING_CATEGORY(lcWatch, "cairn.kube.watch", QtWarningMsg)
Q_LOGGING_CATEGORY(lcAuth, "cairn.kube.auth", QtWarningMsg)
Q_LOGGING_CATEGORY(lcJobs, "cairn.jobs", QtWarningMsg)
Q_LOGGING_CATEGORY(lcCkpt, "cairn.checkpoints", QtWarningMsg)
Q_LOGGING_CATEGORY(lcUi, "cairn.ui", QtWarningMsg)
