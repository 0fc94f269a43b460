// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Diff.h"

#include <QList>
#include <QString>
#include <QWidget>

namespace cairn::editors {

class CodeEditor;

/// What will change, as a unified difference: "-" lines on the err tint, "+" lines on the ok tint, equal stretches left out
/// and counted. Read-only; Ctrl+C copies what is selected, or all of it as a patch. Of a long one the first lines are shown,
/// and how many are not: nobody reads more, and to lay them out would hold up the GUI thread.
class DiffView : public QWidget {
    Q_OBJECT

public:
    static constexpr qsizetype mostLines = 1000;

    explicit DiffView(QWidget *parent = nullptr);
    void setLines(const QList<manifest::DiffLine> &lines);
    void setTexts(const QString &before, const QString &after);
    const QList<manifest::DiffLine> &lines() const { return m_lines; }
    int added() const;
    int removed() const;
    QString toPlainText() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool copied(QKeyEvent *event);
    QList<manifest::DiffLine> m_lines;
    qsizetype m_longest = 0; ///< characters
    CodeEditor *m_editor;
};

} // namespace cairn::editors
