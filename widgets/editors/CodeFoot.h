// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "editors/CodeProvider.h"

#include <QWidget>

namespace cairn::kit {
class Button;
class ElidedLabel;
class Label;
class Sign;
class SignLine;
} // namespace cairn::kit

namespace cairn::editors {

/// Below the text: the problem at the cursor or the next one, and what has been checked, with the place of the cursor.
/// Private to the folder.
class CodeFoot : public QWidget {
    Q_OBJECT

public:
    explicit CodeFoot(QWidget *parent);
    /// `index` from 0 of `count`; nullopt takes the row away.
    void setProblem(const std::optional<CodeProblem> &problem, int index, int count);
    void setLayers(const QList<CodeLayer> &layers);
    void setCursor(CodePlace place);
    void setStatusShown(bool shown);

signals:
    void problemPressed();

private:
    QWidget *m_problemRow;
    kit::Sign *m_sign;
    kit::Button *m_place;
    kit::ElidedLabel *m_message;
    kit::Label *m_source;
    QWidget *m_statusRow;
    kit::SignLine *m_layers;
    kit::Label *m_cursor;
};

} // namespace cairn::editors
