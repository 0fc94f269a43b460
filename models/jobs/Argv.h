// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QJsonObject>
#include <QStringList>
#include <optional>

/// Reading and changing the command line of a container. Pure functions, any thread.
namespace cairn::jobs {

/// `command` and `args` of a container; an absent list leaves that part to the image.
struct Argv {
    std::optional<QStringList> command;
    std::optional<QStringList> args;

    static Argv of(const QJsonObject &container);
    /// Writes both lists into the container, removing absent ones.
    void writeTo(QJsonObject &container) const;
    /// All arguments of command and args together.
    QStringList all() const { return command.value_or(QStringList()) + args.value_or(QStringList()); }
    bool empty() const { return !command && !args; }
    bool operator==(const Argv &) const = default;
};

/// The words a person would see as arguments: those of a shell line ("sh -c 'python train.py --x 1'") are taken apart,
/// everything else is taken as it is. Good enough to recognise a framework, never used to build a command.
QStringList visibleWords(const Argv &argv);

/// Value of `flag` among the words ("--flag value" or "--flag=value"; the last one counts, "-" and "_" are the same
/// inside a name; without dashes that of an override as Hydra and OmegaConf take them, "flag=value", "++flag=value");
/// nullopt where the flag is absent, "" where it has no value.
std::optional<QString> flagValue(const QStringList &words, const QString &flag);

/// The command line with the arguments in `add` at its end. Earlier occurrences of their flags are removed, so that
/// repeated resumes do not pile up; inside a shell line they stay, and the last one wins as in argparse. A shell line
/// gets `"$@"` and the arguments behind it: no path ever becomes shell text. With an empty `add` only the way for later
/// arguments is made. Flags of the template `drop` go as well. Fails (Unsupported) where arguments at the end would not
/// reach the training, or where a flag that has to go stands in a shell line.
Result<Argv> withArguments(const Argv &argv, const QStringList &add, const QStringList &drop = {});

/// Kubernetes replaces $(NAME) and $$ in command, args and env values; this keeps a literal text literal.
QString escapedForKubernetes(const QString &literal);

/// Replaces $(NAME) by values from `env` the way Kubernetes does; unknown names stay.
QString expanded(const QString &text, const QMap<QString, QString> &env);

} // namespace cairn::jobs
