// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/ContextTableModel.h"
#include "items/DoctorView.h"
#include "kit/Messages.h"

#include <QHash>
#include <QWidget>

class QSplitter;
class QVBoxLayout;

namespace cairn::kit {
class Button;
class ElidedLabel;
class Label;
class PageHeader;
class Paragraph;
class SearchField;
class StateView;
class Tag;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// Which cluster can I reach, and why not the others? Pure presentation: values come in by setters, wishes go out by
/// signals. Contexts are named by ContextRow::id. GUI thread only.
class ConnectPage : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectPage(QWidget *parent = nullptr);

    /// `origin` says where the order of the files comes from: "KUBECONFIG", or "" for the usual place.
    void setFiles(const QList<items::KubeconfigFileView> &files, const QString &origin);
    void setContexts(const QList<items::ContextRow> &contexts);
    void updateContext(const items::ContextRow &context);
    /// The checks of one context; shown when that context is the current row.
    void setDoctor(const items::DoctorView &doctor);
    /// Programs the user allowed; safe to show.
    void setAllowedPrograms(const QStringList &programs);
    void setNow(const QDateTime &now);

    /// Nothing was read yet.
    void setLoading();
    /// No file at any of `places`.
    void setNoFiles(const QStringList &places);
    /// No file could be read at all.
    void setFailed(const Error &error);

    QString currentContext() const;
    void setCurrentContext(const QString &id);
    void focusFilter();

signals:
    void connectRequested(const QString &id);
    void signInRequested(const QString &id);
    /// The user looks at this context: its checks are wanted (cached ones will do).
    void doctorRequested(const QString &id);
    void runAgainRequested(const QString &id);
    void checkAllRequested();
    void addFileRequested();
    void managePrograms();
    /// Any remedy but CopyCommand, which the page does itself.
    void remedyRequested(const QString &id, const cairn::items::DoctorRemedy &remedy);
    /// Text was put on the clipboard; a toast may say so.
    void copied(const QString &what);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeDoctor();
    QWidget *makeCards();
    void showDoctor();
    void updateAnswer();
    void updateFiles();
    void act(const QString &id);
    void showRemedyOf(const QString &stepId, const QString &fixId);

    items::ContextTableModel *m_model;
    items::FilterProxy *m_filter; ///< of m_table
    kit::PageHeader *m_header;
    kit::Button *m_add;
    kit::Button *m_all;
    kit::StateView *m_state;
    kit::SearchField *m_search;
    views::DataTable *m_table;
    QWidget *m_fileRow;
    QWidget *m_problems;
    QSplitter *m_splitter;
    kit::ElidedLabel *m_doctorName;
    kit::Tag *m_doctorTag;
    kit::Paragraph *m_doctorSummary;
    kit::DoctorSteps *m_steps;
    kit::Button *m_copyReport;
    kit::Button *m_runAgain;
    kit::Label *m_noSecrets;
    kit::Paragraph *m_programs;
    kit::Button *m_manage;

    QList<items::KubeconfigFileView> m_files;
    QString m_origin;
    QDateTime m_now;
    QHash<QString, items::DoctorView> m_doctors;
    items::DoctorView m_shown;
    bool m_placed = false;
};

} // namespace cairn::pages
