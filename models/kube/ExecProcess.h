// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QStringList>
#include <chrono>
#include <stop_token>

namespace cairn::kube {

/// One short-lived program of this computer: a credential plugin or a login shell.
struct ProcessRequest {
    QString program;     ///< absolute path; no search, no shell
    QStringList args;
    QByteArrayList environment; ///< "NAME=value", complete: nothing is inherited
    std::chrono::milliseconds timeout{60'000};
    qint64 maxOutput = 1 << 20; ///< more on stdout ends the program with an error
    qint64 maxErrors = 16 << 10; ///< of stderr the last part of this size is kept
    /// Stdin and stderr are those of this process and the program stays in its process group, so that it can ask
    /// questions. Otherwise stdin is empty and the program gets a session of its own, so that it cannot reach a
    /// terminal and is killed with all its children.
    bool terminal = false;
};

struct ProcessResult {
    int exitCode = 0;  ///< meaningless when `signal` is set
    int signal = 0;    ///< 0 when the program ended by itself
    QByteArray out;
    QByteArray err;    ///< raw and hostile; may hold secrets
};

/// Runs the program on the calling thread (never the GUI thread). Errors are failures to run it or to wait for it:
/// Timeout, Cancelled, NotFound, Io; the program and, without a terminal, all its children
/// are gone then. After a normal end what it started is left alone: it may be a browser.
Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop);

/// The environment of this process as "NAME=value".
QByteArrayList processEnvironment();
/// Sets or replaces a variable.
void setVariable(QByteArrayList &environment, const QByteArray &name, const QByteArray &value);

} // namespace cairn::kube
