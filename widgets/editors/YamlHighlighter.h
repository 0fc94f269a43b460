// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSyntaxHighlighter>

namespace cairn::editors {

/// Colours for YAML as Kubernetes tools write it: keys, comments, numbers and words with a meaning, block scalars.
/// The words stay readable without colour.
class YamlHighlighter : public QSyntaxHighlighter {
    Q_OBJECT

public:
    explicit YamlHighlighter(QTextDocument *document);

protected:
    void highlightBlock(const QString &text) override;

private:
    void paintValue(const QString &text, int start);
};

} // namespace cairn::editors
