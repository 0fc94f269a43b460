// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QList>
#include <QString>
#include <functional>
#include <optional>

namespace cairn::editors {

/// A place in a text: line and column from 0, the column in UTF-16 units as in a QString.
struct CodePlace {
    int line = 0;
    int column = 0;
    bool operator==(const CodePlace &) const = default;
};

/// Something wrong, or worth a look, at a stretch of one line.
struct CodeProblem {
    CodePlace place;
    int length = 1;                     ///< columns under the squiggle; at least one is marked
    kit::Tone tone = kit::Tone::Err;    ///< Err or Warn
    QString message;                    ///< one sentence; shown behind the line and in the row below
    QString source;                     ///< who says so: "CRD schema"; may be empty
    std::optional<QString> replacement; ///< what Ctrl . puts in place of the stretch
    bool operator==(const CodeProblem &) const = default;
};

/// One of the layers of checks that a text has gone through: "31 Cairn rules", "schema", "server dry run waits".
struct CodeLayer {
    kit::Tone tone = kit::Tone::Idle; ///< Ok, Warn, Err; Idle: has not run
    QString text;
    bool operator==(const CodeLayer &) const = default;
};

/// What could stand at a place.
struct CodeCompletion {
    QString text;          ///< replaces the word at the cursor
    QString meaning;       ///< a few words beside it: "the default here"
    QString documentation; ///< a sentence or two under the list, while it is chosen
};

/// Knows what a text may hold: a schema, a cluster. Asked on the GUI thread; answers there too, at once or later, once or
/// never. An answer to a text or cursor that has changed since is dropped by the editor, so a slow one needs no cancelling.
class CodeProvider {
public:
    CodeProvider() = default;
    CodeProvider(const CodeProvider &) = delete;
    CodeProvider &operator=(const CodeProvider &) = delete;
    virtual ~CodeProvider() = default;
    /// All that fits at `place`, best first; the editor narrows it down to what is being typed.
    virtual void complete(const QString &text, CodePlace place, std::function<void(QList<CodeCompletion>)> answer) = 0;
    /// What the word at `place` means, as plain text; "" where nothing is known.
    virtual void hover(const QString &text, CodePlace place, std::function<void(QString)> answer) = 0;
};

} // namespace cairn::editors
