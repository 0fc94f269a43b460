// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "manifest/Diff.h"

#include <QDialog>

class QVBoxLayout;

namespace cairn::forms {
class Form;
}
namespace cairn::kit {
class Button;
}

namespace cairn::dialogs {

/// One question. Texts are safe to show.
struct AskView {
    QString title;
    QString sentence;
    QList<manifest::DiffLine> diff; ///< what would change; empty for none
    QString act;                    ///< names it: "Discard the draft"
    bool danger = false;            ///< something is lost: Enter never does it
};

/// Asks before one thing that is no change of a cluster, with what it would change. Escape does nothing. Closed by its owner, or by
/// setError() kept open. Show it with open(). GUI thread only.
class AskDialog : public QDialog
{
    Q_OBJECT
public:
    /// `id` begins the names of its parts: "discard.act".
    AskDialog(const QString &id, const AskView &view, QWidget *parent = nullptr);
    /// It was not done; it may be asked for again.
    void setError(const Error &error);

signals:
    void actRequested();

protected:
    /// What is to be said with the answer, above the buttons. The act is asked for only once all of it is valid.
    void setForm(forms::Form *form);

private:
    QVBoxLayout *m_error;
    QVBoxLayout *m_fields;
    forms::Form *m_form = nullptr;
    kit::Button *m_cancel;
    kit::Button *m_act;
};

} // namespace cairn::dialogs
