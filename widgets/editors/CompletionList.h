// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "editors/CodeProvider.h"

#include <QWidget>

namespace cairn::kit {
class Paragraph;
}

namespace cairn::editors {

/// What fits at the cursor: words with their meaning, the chosen one explained below. Never takes the focus: the editor
/// hands it its keys. Private to the folder.
class CompletionList : public QWidget {
    Q_OBJECT

public:
    explicit CompletionList(QWidget *parent);
    void setItems(const QList<CodeCompletion> &items);
    const CodeCompletion *current() const;
    /// Moves the choice by `rows`; it stops at the ends.
    void step(int rows);
    int page() const;
    QSize sizeHint() const override;

signals:
    void taken();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void choose(int index);
    int rows() const;
    int helpHeight(int width) const;
    QList<CodeCompletion> m_items;
    int m_current = 0;
    int m_first = 0; ///< the row shown at the top
    kit::Paragraph *m_help;
};

} // namespace cairn::editors
