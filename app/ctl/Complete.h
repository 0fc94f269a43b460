// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <functional>

namespace cairn::ctl {

/// What can stand where the cursor is.
struct Candidate {
    QString word;
    QString help; ///< safe to show; may be empty
};
struct Completion {
    enum class Paths { None, Files, Folders };
    Paths paths = Paths::None; ///< the shell adds these itself
    QList<Candidate> candidates;
};

/// What has to be asked for. Each may be empty, block, and return nothing.
struct NameSource {
    std::function<QStringList()> contexts;
    /// Of the cluster, context and namespace that the line names so far.
    std::function<QStringList()> namespaces, jobs, claims, nodes;
};
/// What of the line a source needs; "" where it does not say.
struct TypedPlace {
    QString kubeconfig, context, ns;
    bool allowExec = false; ///< --allow-exec stands in the line
};

/// Completes the last word of `words` (which are all behind the program's name; the last may be empty). `source` is called once
/// at most, and only where a name has to be asked for. A word that a terminal would take for something else than its letters
/// is left out: escaped it would not be the name.
Completion completionOf(const QStringList &words, const std::function<NameSource(const TypedPlace &)> &source);

/// `cairnctl __complete WORDS`: prints "files", "folders" or "words" in the first line, then a line "word<TAB>help" for each candidate, and
/// ends the program within two seconds, with exit code 0 and no word on standard error, whatever happens. A sign-in program
/// is run only where --allow-exec stands in the line: a key that is pressed is no consent.
[[noreturn]] void complete(const QStringList &words);

} // namespace cairn::ctl
