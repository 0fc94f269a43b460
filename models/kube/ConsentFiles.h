// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Secret.h"

#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>
#include <optional>

namespace cairn::kube {

/// True where a program runs what its arguments say: a shell, an interpreter, or one that starts another program (env, sudo,
/// xargs, ssh …), by the name of the file or of what it links to, or where such a one is named among the arguments.
bool runsItsArguments(const QString &program, const QStringList &args);

/// The files that arguments and environment name, absolute, sorted: a change of one changes what runs.
/// - Where the program runs its arguments, every file that is named or could be made under a name with a slash, programs of
///   PATH included, but not what output is only sent to.
/// - Of another program, files that can run: executable, with "#!", a library, or with the ending of a script. Others are its
///   data (a token cache changes with each sign-in).
/// Words in a script count each, "~" and "$HOME" are followed. nullopt where there are too many words to watch.
std::optional<QStringList> namedFiles(const QString &program, const QStringList &args,
                                      const QList<QPair<QString, Secret>> &env);

} // namespace cairn::kube
