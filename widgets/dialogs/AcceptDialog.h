// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <QDate>
#include <QDialog>

class QVBoxLayout;

namespace cairn::forms {
class Form;
class PathField;
class TextField;
} // namespace cairn::forms
namespace cairn::kit {
class Button;
} // namespace cairn::kit

namespace cairn::dialogs {

/// What is to be accepted, and what the fields hold at first. Texts are safe to show.
struct AcceptView {
    QString title;    ///< "Accept HA28 of Deployment kubeflow/mysql?"
    QString sentence; ///< what that does
    QString reason;
    QString by;
    QDate until;
    QDate today;
    QString file; ///< where it is kept
};

/// Takes a finding on for a time: why, who says so, until when, and the file that a team can share. Show it with open(). It stays
/// until accept() or setError(). GUI thread only.
class AcceptDialog : public QDialog
{
    Q_OBJECT
public:
    explicit AcceptDialog(const AcceptView &view, QWidget *parent = nullptr);

    QString reason() const;
    QString by() const;
    QDate until() const; ///< invalid where what is typed is not a date
    QString file() const;
    /// An entry that is there already: where it is and who made it stay.
    void setRenewal();
    /// It could not be written.
    void setError(const Error &error);

signals:
    void acceptRequested();

private:
    void checkDate();
    const QDate m_today;
    forms::Form *m_form;
    forms::TextField *m_reason;
    forms::TextField *m_by;
    forms::TextField *m_until;
    forms::PathField *m_file;
    QVBoxLayout *m_error;
    kit::Button *m_act;
};

} // namespace cairn::dialogs
