// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Diff.h"

#include <QAbstractScrollArea>
#include <QList>
#include <QString>

namespace cairn::editors {

/// What will change: "-" lines on the err tint, "+" lines on the ok tint. Read-only; Ctrl+C copies all as a patch.
class DiffView : public QAbstractScrollArea {
    Q_OBJECT

public:
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
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void updateScrollBars();
    int lineHeight() const;
    QList<manifest::DiffLine> m_lines;
    int m_widest = 0;
};

} // namespace cairn::editors
