// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QDialog>
#include <QStringList>

class QPlainTextEdit;
class QVBoxLayout;

namespace cairn::kit {
class Button;
class Paragraph;
} // namespace cairn::kit

namespace cairn::dialogs {

/// A command a kubeconfig wants to run for sign-in. All texts are safe to show.
struct ExecConsentView {
    QString context;
    QString program;      ///< as the file names it
    QString binary;       ///< resolved path
    QString command;      ///< the whole command line, quoted, secrets masked
    QStringList environment; ///< "NAME=value", secrets masked
    QString wholeCommand; ///< the same without masks; empty where nothing is masked
    QStringList wholeEnvironment;
    QStringList files;    ///< that arguments and environment name, and that the consent is bound to
    bool interpreter = false; ///< it runs what its arguments say
    QString file;         ///< kubeconfig file it comes from
};

/// Shows in full what would run and asks once; accepted() is the consent. What is masked can be shown. Show it with open().
/// Enter does not accept.
class ExecConsentDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ExecConsentDialog(const ExecConsentView &view, QWidget *parent = nullptr);

private:
    void showValues(bool whole);

    const ExecConsentView m_view;
    QPlainTextEdit *m_command;
    QPlainTextEdit *m_environment = nullptr;
};

/// One consent that was given.
struct AllowedProgram {
    QString id;
    QString program;
    QString command;      ///< binary and arguments
    QString file;
    QDateTime allowed;    ///< UTC; invalid where unknown
};

/// What may run for sign-in, with a button each to take the consent back.
class ProgramsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ProgramsDialog(QWidget *parent = nullptr);
    void setPrograms(const QList<AllowedProgram> &programs);

signals:
    void revokeRequested(const QString &id);

private:
    QVBoxLayout *m_rows;
    kit::Paragraph *m_none;
};

} // namespace cairn::dialogs
