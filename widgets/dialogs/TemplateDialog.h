// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QDialog>
#include <functional>

class QVBoxLayout;

namespace cairn::forms {
class TextField;
}
namespace cairn::kit {
class Button;
}

namespace cairn::dialogs {

/// Asks under which name a job is kept as a template. Escape does nothing. Closed by its owner, or by setError() kept open. Show it with
/// open(). GUI thread only.
class TemplateDialog : public QDialog
{
    Q_OBJECT
public:
    /// `folder`: where it goes, safe to show. `check` says why a name will not do, "" where it will.
    TemplateDialog(const QString &name, const QString &folder, const std::function<QString(const QString &)> &check, QWidget *parent = nullptr);
    void setError(const Error &error);

signals:
    void saveRequested(const QString &name);

private:
    void save();
    std::function<QString(const QString &)> m_check;
    forms::TextField *m_name;
    QVBoxLayout *m_error;
};

} // namespace cairn::dialogs
