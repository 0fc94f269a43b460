// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

namespace cairn::manifest {

/// One line of a difference between two objects, written as YAML.
struct DiffLine {
    enum class Kind { Context, Removed, Added, Skipped };
    Kind kind = Kind::Context;
    QString text;     ///< without newline and mark, not yet made safe for display; of Skipped: empty
    int oldLine = 0;  ///< from 1; 0 where the line is only in the new text. Of Skipped: number of lines left out
    int newLine = 0;  ///< from 1; 0 where the line is only in the old text
    bool operator==(const DiffLine &) const = default;
};

/// The lines of `before` and `after` that differ, with `context` equal lines around each change; longer equal
/// stretches become one Skipped line. Empty where nothing differs. What may be secret (withoutSecrets()) never appears: equal
/// values are "***", changed ones "*** (before)" and "*** (after)".
QList<DiffLine> diff(const QJsonObject &before, const QJsonObject &after, int context = 3);

/// The same for two texts, by Myers' O(ND) algorithm: the shortest difference, removed lines before added ones, and of
/// equally short ones the one whose changes come last. Texts of any length are compared; see Myers.h for what time it takes.
QList<DiffLine> diffText(const QString &before, const QString &after, int context = 3);

/// Two changes of one text, line by line.
struct TextMerge {
    /// Both sides changed these lines, and not in the same way.
    struct Conflict {
        int line = 0; ///< of `text`, from 1: where `mine` stands, or would stand
        QStringList base;
        QStringList mine;
        QStringList theirs;
        bool operator==(const Conflict &) const = default;
    };
    QString text; ///< with both changes; in a conflict with mine
    QList<Conflict> conflicts;
};

TextMerge mergeText(const QString &base, const QString &mine, const QString &theirs);

} // namespace cairn::manifest
