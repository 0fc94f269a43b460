// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/Argv.h"
#include "jobs/PathContract.h"

/// A small program in front of the training command, for scripts that would begin every restart at the named
/// checkpoint. At each start of a pod it looks for the newest valid checkpoint in the fresh directory, takes the named
/// one where there is none, and replaces itself by the training command, so signals still reach the training.
/// It needs sh and python3 (or python) in the image; both its texts are constants, paths travel in variables.
namespace cairn::jobs::wrapper {

/// What the wrapper reads. Values are literal; escape them for Kubernetes when they become env values.
///   CAIRN_RESUME_PATH   the named checkpoint
///   CAIRN_RESUME_STEP   its step, "" where unknown
///   CAIRN_SAVE_DIR      the fresh directory
///   CAIRN_RESUME_ARGS   JSON array: argument template with {path}, {dir}, {name}, {step}; "[]" where a variable takes the path
///   CAIRN_RESUME_ENV    name of the variable that takes the path; "" where arguments do
QMap<QString, QString> variables(const PathContract &contract, const QString &path, std::optional<qint64> step,
                                 const QString &saveDir);
/// Their names, for removing them again.
const QStringList &variableNames();

/// True where the command is known; an image's own entry point cannot be wrapped.
bool possible(const Argv &argv);
/// The command with the wrapper in front.
Argv wrapped(const Argv &argv);
bool isWrapped(const Argv &argv);
/// Without the wrapper; unchanged where there is none.
Argv unwrapped(const Argv &argv);

/// The program itself (Python), for tests and docs.
const QString &program();

} // namespace cairn::jobs::wrapper
