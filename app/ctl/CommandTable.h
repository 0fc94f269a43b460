// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace cairn::ctl {

/// What the arguments of a command name, for completion.
enum class Names { Nothing, Jobs, Checkpoints /*jobs and folders*/, Claims, Nodes, StorageKinds, Files };

/// One command. Help, manual, completion and the parser all read this table; there is no other.
struct CommandFacts {
    QString path;      ///< "jobs", "job resume"
    QString arguments; ///< as shown: "NAME", "[NAME]" may be left out, "NAME..." one or more; "" for none
    QString help;      ///< one sentence without a full stop
    Names names = Names::Nothing;

    qsizetype pathWords() const { return path.count(u' ') + 1; }
    /// Words that the command has with its path, at least and at most; -1 for any number.
    qsizetype fewestWords() const;
    qsizetype mostWords() const;
};

/// In the order of the help.
const QList<CommandFacts> &commandTable();
/// The command that these words begin with; nullptr for none.
const CommandFacts *commandOf(const QStringList &words);
/// The head of the help: what stands above the options.
QString commandHelp();

} // namespace cairn::ctl
