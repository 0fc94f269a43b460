// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QDialog>

namespace cairn::editors {
class CodeEditor;
}
namespace cairn::kit {
class Button;
class StateView;
} // namespace cairn::kit

namespace cairn::dialogs {

/// One object as YAML, or another text in it, to read and to copy. Loading until setYaml() or setError(). Show it with open(). GUI thread only.
class YamlDialog : public QDialog
{
    Q_OBJECT
public:
    /// `title` names the object, safe to show; `place` the page that has it ("Show in Pods"), "" for none.
    explicit YamlDialog(const QString &title, const QString &place = {}, QWidget *parent = nullptr);
    void setYaml(const QString &yaml);
    void setError(const Error &error);

signals:
    void retryRequested();
    void placeRequested();

private:
    editors::CodeEditor *m_editor;
    kit::StateView *m_state;
    kit::Button *m_copy;
};

} // namespace cairn::dialogs
