// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "editors/CodeProvider.h"

#include <QHash>
#include <QSet>
#include <QWidget>

namespace cairn::kit {
class SearchField;
}

namespace cairn::editors {

class CodeArea;
class CodeFoot;
class CompletionList;

/// A text of lines to read or to write, in the monospace type: line numbers, folding, search, undo, marks of lines, problems
/// with their words, and completion from a provider. What could deceive the eye (marks of direction, control and invisible
/// characters) is shown as its code; the text itself stays as it is.
///
/// Keys: Ctrl F or / (while read-only) search, N and Shift N hit, Ctrl Shift [ and ] fold and unfold, F8 and Shift F8 next and
/// previous problem; while it can be written also Ctrl Space complete, Tab take, Ctrl . fix, Ctrl Z and Ctrl Shift Z undo and
/// redo, Ctrl ] and Ctrl [ (or Tab with lines selected) indent. Without a list or selected lines Tab goes on to the next
/// control, so that the keyboard is never caught. Esc closes what is open.
///
/// 4 MB of ordinary lines open and scroll without a wait; only lines in view are styled and laid out. Of a line of more than
/// 20,000 characters only these are shown, with the number of the others, and the text cannot be written; text() has all.
/// GUI thread.
class CodeEditor : public QWidget {
    Q_OBJECT

public:
    enum class Language { Plain, Yaml };
    /// Whole lines on a tint: of a difference, or text that is not part of it.
    enum class LineTint { Added, Removed, Quiet };

    /// `name` is the accessible name. Read-only until setReadOnly(false).
    explicit CodeEditor(const QString &name, Language language = Language::Yaml, QWidget *parent = nullptr);
    ~CodeEditor() override;

    /// Another text: what could be undone is forgotten, marks and problems too; the scroll position stays.
    void setText(const QString &text);
    /// The same text, changed by somebody else (a form beside it): one step that can be undone; only the stretch that differs
    /// is touched, so cursor, marks and folding stay where they are.
    void replaceText(const QString &text);
    QString text() const;
    QString selectedText() const;
    int lineCount() const;

    void setReadOnly(bool readOnly);
    bool isReadOnly() const;
    bool canUndo() const;
    void undo();
    void redo();
    /// Since setText() or the last setModified(false).
    bool isModified() const;
    void setModified(bool modified);

    void setLineNumbersShown(bool shown);
    /// A bar in the accent colour beside each: what a form or the user changed. Lines from 0.
    void setChangedLines(const QSet<int> &lines);
    void setLineTints(const QHash<int, LineTint> &tints);
    /// All there are; they move with the text until the next call.
    void setProblems(const QList<CodeProblem> &problems);
    QList<CodeProblem> problems() const;
    /// What has been checked, in the foot.
    void setLayers(const QList<CodeLayer> &layers);
    /// Not owned, outlives the editor or is taken away with nullptr.
    void setProvider(CodeProvider *provider);

    /// Case-insensitive; marks all hits and returns their number (10,000 at most). "" takes the marks away.
    int setSearch(const QString &text);
    void nextHit();
    void previousHit();
    /// The page has a search field of its own: Ctrl F and / emit searchRequested instead of opening one here.
    void setSearchElsewhere(bool elsewhere);

    CodePlace cursor() const;
    void setCursor(CodePlace place);
    int firstVisibleLine() const;
    void setFirstVisibleLine(int line);
    void setFolded(int line, bool folded);
    bool isFolded(int line) const;

    void goToProblem(bool forward);
    /// Puts the replacement of the problem at the cursor's line in its place; false where there is none.
    bool applyFix();
    void complete();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    /// By the user, by undo or by replaceText().
    void textChanged();
    void cursorMoved();
    void searchRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    friend class CodeArea;
    bool keyPressed(QKeyEvent *event);
    bool readingKey(QKeyEvent *event, bool plain);
    bool writingKey(QKeyEvent *event);
    bool listKey(QKeyEvent *event);
    void openSearch();
    void closeSearch();
    void updateNote(int current);
    void onChanged();
    void onMoved();
    void typed();
    void updateFoot();
    void narrowList();
    void closeList();
    void placeList();
    bool isListOpen() const;
    void askHover(long position, QPoint where);
    std::optional<CodeProblem> problemHere() const;

    QWidget *m_bar;
    kit::SearchField *m_search;
    CodeArea *m_area;
    CodeFoot *m_foot;
    CompletionList *m_list;
    CodeProvider *m_provider = nullptr;
    QList<CodeCompletion> m_offered;
    quint64 m_question = 0; ///< number of the last question to the provider; older answers are dropped
    bool m_elsewhere = false;
    int m_hits = 0;
};

} // namespace cairn::editors
