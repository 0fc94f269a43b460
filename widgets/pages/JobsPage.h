// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/JobTableModel.h"
#include "pages/JobActs.h"
#include "pages/ListPage.h"
#include "pages/SelectionBar.h"

#include <QHash>

class QAbstractProxyModel;
class QHBoxLayout;
class QSplitter;
class QStackedWidget;

namespace cairn::kit {
class Banner;
class Button;
} // namespace cairn::kit

namespace cairn::pages {

class FacetGroup;
class NamespaceSelector;

/// Which job would hurt most if it died now? The table with its facets; Enter opens the split view with a narrow list
/// at the left and the detail widget at the right. Pure presentation; jobs are named by items::jobKey. GUI thread only.
class JobsPage : public ListPage
{
    Q_OBJECT
public:
    /// `detail` shows one job in the split view (the Job page); owned.
    explicit JobsPage(QWidget *detail, QWidget *parent = nullptr);

    /// Fill this; the page follows its signals.
    items::JobTableModel *model() const { return m_model; }
    NamespaceSelector *namespaces() const { return m_namespaces; }

    void setFeed(const FeedState &feed, const QString &roleRequest = {}) override;
    /// Namespaces whose jobs may not be listed although others may; empty takes the note away.
    void setForbiddenNamespaces(const QStringList &names, const QString &why, const QString &roleRequest);
    void setNow(const QDateTime &now) override;
    /// Jobs outside the watched namespaces, for the empty state; -1 unknown.
    void setJobsElsewhere(int count);

    enum class View { All, AtRisk, Finished };
    void setView(View view);

    bool isSplit() const { return m_split; }
    QString currentJob() const;
    /// Selects the job, also when its row arrives later, and opens the split view.
    void openJob(const QString &key);
    void closeJob();
    /// The checked jobs in the order shown, else the current one.
    QStringList selectedJobs() const;
    /// Why the user may not do this to any of selectedJobs(); "" or no entry: they may, or it is not known yet.
    void setRefusals(const QHash<SelectionBar::Act, QString> &refusals);

signals:
    /// The split view shows this job now.
    void jobOpened(const QString &key);
    void jobClosed();
    /// "L" and "R" on the current row.
    void logsRequested(const QString &key);
    void resumeRequested(const QString &key);
    void newJobRequested();
    void cloneRequested(const QString &key);
    /// A file, or text, was dropped on the page: a job to launch.
    void fileDropped(const QString &path);
    void textDropped(const QString &text);
    void dropRefused(const QString &why);
    /// Of one job, from the menu of its row.
    void jobActRequested(cairn::pages::JobAct act, const QString &key);
    /// The bar, the menu of a row, or Delete.
    void actRequested(cairn::pages::SelectionBar::Act act, const QStringList &keys);
    /// selectedJobs() are others now.
    void selectionChanged(const QStringList &keys);
    void namespacesChanged(const QStringList &names);
    void copied(const QString &what);

protected:
    FeedWords feedWords(const QString &why) const override;
    void offered(const QString &id) override;
    void updateAnswer() override;
    void updatePanel() override; ///< the bar of what is selected
    void currentChanged() override;
    void keyTyped(const QString &key) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeFull();
    QWidget *makeNarrow();
    void connectTable(views::DataTable *table);
    void rebuildFacets();
    void updateCounts();
    void updateChips();
    void updateTabOrder();
    QString whyNot(SelectionBar::Act act, const QStringList &keys) const;
    void showMenu(views::DataTable *table, const QPoint &globalPos);
    void announceJob(const QString &key);
    void syncView();
    views::DataTable *activeTable() const override;

    items::JobTableModel *m_model;
    NamespaceSelector *m_namespaces;
    kit::Button *m_columns, *m_new;
    QHBoxLayout *m_chips;
    kit::Button *m_clear;
    kit::Segment *m_views;
    kit::Banner *m_forbidden;
    QStackedWidget *m_stack;
    QSplitter *m_splitter;
    SelectionBar *m_selection;
    QHash<SelectionBar::Act, QString> m_refusals;
    QStringList m_selected; ///< as last told
    views::DataTable *m_narrow;
    QAbstractProxyModel *m_narrowJobs;
    kit::ElidedLabel *m_foot;
    kit::ElidedLabel *m_narrowFoot;
    QHash<int, FacetGroup *> m_facets;
    QWidget *m_detail;

    QString m_forbiddenRequest;
    QString m_open;
    int m_elsewhere = -1;
    bool m_split = false;
    bool m_ownColumns = false;
};

} // namespace cairn::pages
