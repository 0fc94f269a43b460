// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QTextEdit>

namespace cairn::editors {

class YamlGutter;

/// Read-only YAML: highlighting, line numbers, search, copy. Marked lines (what a form adds) stand on the ok tint.
class YamlView : public QTextEdit {
    Q_OBJECT

public:
    explicit YamlView(const QString &name, QWidget *parent = nullptr);

    /// Keeps the scroll position when the text changes.
    void setYaml(const QString &yaml);
    /// Line numbers from 0.
    void setMarkedLines(const QSet<int> &lines);
    void setLineNumbersShown(bool shown);
    /// Case-insensitive; the number of hits. "" takes the marks away.
    int setSearch(const QString &text);
    void nextHit();
    void previousHit();

signals:
    void searchRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    friend class YamlGutter;
    void updateMargins();
    void updateSelections();
    void spaceLines();
    YamlGutter *m_gutter;
    QSet<int> m_marked;
    QString m_search;
    bool m_numbers = true;
    int m_hits = 0;
};

} // namespace cairn::editors
