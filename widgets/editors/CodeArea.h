// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "editors/CodeEditor.h"

#include <Qsci/qsciscintillabase.h>

namespace cairn::editors {

/// The text of a CodeEditor: Scintilla with Cairn's colours, folding, marks and keys. Lines and columns from 0, positions are
/// bytes of UTF-8 as Scintilla counts them. Private to the folder.
class CodeArea : public QsciScintillaBase {
    Q_OBJECT

public:
    CodeArea(CodeEditor *editor, CodeEditor::Language language);

    void setContent(const QString &text);
    void replaceContent(const QString &text);
    QString content() const;
    QString lineText(int line) const;
    QString selection() const;
    int lineCount() const;
    /// As SCI_GETLENGTH.
    long length() const;

    CodePlace placeOf(long position) const;
    /// The nearest position there is.
    long positionOf(CodePlace place) const;
    CodePlace cursor() const;
    void setCursor(CodePlace place);
    /// The stretch of letters, digits, "-", "_", "." and "/" that ends at the cursor.
    long wordStart() const;
    void insertWord(const QString &word);
    void replaceStretch(CodePlace place, int length, const QString &text);

    /// A text with a line that had to be cut stays read-only.
    void setReadOnlyText(bool readOnly);
    bool isReadOnlyText() const;
    void setNumbersShown(bool shown);
    void setChangedLines(const QSet<int> &lines);
    void setLineTints(const QHash<int, CodeEditor::LineTint> &tints);
    void setProblems(const QList<CodeProblem> &problems);
    /// Those that are left, where they are by now.
    QList<CodeProblem> problems() const;

    int search(const QString &text);
    /// Selects the next or previous hit, round the end; its number from 1, 0 where there is none.
    int goToHit(bool forward);

    int firstLine() const;
    void setFirstLine(int line);
    void fold(int line, bool folded);
    bool isFolded(int line) const;

    long send(unsigned int message, qsizetype first = 0, qsizetype second = 0) const
    {
        return SendScintilla(message, static_cast<unsigned long>(first), static_cast<long>(second));
    }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    bool event(QEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void fitScrollWidth();
    /// Scintilla's numbers of what is drawn; the higher marker is painted over the lower, indicators below 8 are Scintilla's.
    enum Marker { ChangedMarker, WarnMarker, ErrMarker, AddedMarker, RemovedMarker, QuietMarker };
    enum Margin { ChangedMargin, NumberMargin, FoldMargin, TextMargin };
    enum Indicator { ErrIndicator = 8, WarnIndicator, HitIndicator, HitLineIndicator };
    void applyTheme();
    void makeReadable();
    void bindKeys();
    void styleTo(long end);
    void updateMargins();
    void paintFold(QPainter &painter, int line, const QRect &place) const;
    int paintProblem(QPainter &painter, const CodeProblem &problem, const QRect &place, int left) const;
    bool selectsLines() const;
    CodeEditor *m_editor;
    CodeEditor::Language m_language;
    bool m_numbers = true;
    bool m_readOnly = true; ///< as it was asked for
    QString m_whole;        ///< the text, where a line of it is too long to be shown whole; else null
    bool m_styling = false;
    bool m_setting = false; ///< a text is being put in by the program
    QString m_search;
    QList<std::pair<long, long>> m_hits; ///< position and length
    struct Marked {
        CodeProblem problem;
        int handle = -1; ///< of its line's marker, which moves with the text
    };
    QList<Marked> m_problems;
    friend class CodeEditor;
};

} // namespace cairn::editors
