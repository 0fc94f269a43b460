// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "overlay/Folder.h"

#include <QDialog>

namespace cairn::editors {
class CodeEditor;
}
namespace cairn::kit {
class Button;
class Label;
class Paragraph;
class Segment;
} // namespace cairn::kit

namespace cairn::dialogs {

/// A generated file that somebody edited, three ways. All raw; the editors show it safely.
struct MergeView {
    overlay::FileStep step;              ///< as found, whatever was chosen
    overlay::Settlement choice;
    QList<manifest::DiffLine> mine;      ///< from what Cairn wrote last to what is there
    QList<manifest::DiffLine> generated; ///< from what Cairn wrote last, or where that is lost from what is there, to what it would write
};

/// What a person changed in a generated file beside what Cairn would change in it now, each against what Cairn wrote last; where both
/// changed the same lines, one of them is chosen, conflict by conflict or for the whole file; below it what comes of that. Owned and
/// shown with open(); its owner works out the result of each choice. GUI thread only.
class MergeDialog : public QDialog
{
    Q_OBJECT
public:
    explicit MergeDialog(const MergeView &view, QWidget *parent = nullptr);
    const overlay::Settlement &choice() const { return m_choice; }
    /// What comes of choice().
    void setResult(const overlay::FileStep &settled);

signals:
    /// The result is to be worked out anew.
    void chosen(const cairn::overlay::Settlement &choice);
    void useRequested(const cairn::overlay::Settlement &choice);

private:
    QWidget *makeConflicts(const QList<manifest::TextMerge::Conflict> &conflicts);
    void choose();

    overlay::Settlement m_choice;
    bool m_merges; ///< both changes can come together
    kit::Segment *m_file;
    QList<kit::Segment *> m_hunks;
    QWidget *m_conflicts = nullptr;
    kit::Label *m_state;
    editors::CodeEditor *m_result;
    kit::Button *m_use;
};

} // namespace cairn::dialogs
