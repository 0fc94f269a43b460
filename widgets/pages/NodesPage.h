// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "items/NodeTableModel.h"

#include <QWidget>

namespace cairn::kit {
class Button;
class ElidedLabel;
class Label;
class Note;
class PageHeader;
class Paragraph;
class SearchField;
class StateView;
class Tag;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

class QVBoxLayout;

namespace cairn::pages {

/// Which machines are in trouble, where is a free GPU, and what dies with a node? The panel at the right lists the jobs
/// on the selected node with the work each would lose. Pure presentation. GUI thread only.
class NodesPage : public QWidget
{
    Q_OBJECT
public:
    explicit NodesPage(QWidget *parent = nullptr);

    void setNodes(const QList<items::NodeRow> &nodes);
    /// How fresh they are. `roleRequest` is a manifest to ask an admin for, used when the phase is Forbidden.
    void setFeed(const FeedState &feed, const QString &roleRequest = {});
    void setNow(const QDateTime &now);

    QString currentNode() const; ///< key; "" for none
    void setCurrentNode(const QString &key);
    void setFilterText(const QString &text);
    void focusTable();
    void focusFilter();

signals:
    void jobRequested(const QString &key);
    /// Show the pods of the node with this name.
    void podsRequested(const QString &node);
    void retryRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makePanel();
    void updateAnswer();
    void updatePanel();
    void updateJobs(const items::NodeRow &row);
    void updateState();

    items::NodeTableModel *m_model;
    kit::PageHeader *m_header;
    kit::SearchField *m_search;
    kit::StateView *m_state;
    views::DataTable *m_table;
    kit::ElidedLabel *m_foot;
    QWidget *m_panel;
    kit::ElidedLabel *m_name;
    kit::Tag *m_tag;
    kit::ElidedLabel *m_where;
    kit::Note *m_alarm;
    kit::ElidedLabel *m_lossTitle;
    kit::Paragraph *m_loss;
    struct JobLine {
        QWidget *line;
        kit::Button *name;
        kit::Label *lost;
    };
    QVBoxLayout *m_jobs;
    QList<JobLine> m_jobLines;
    kit::Label *m_moreJobs;
    kit::Button *m_toPods;
    QList<kit::ElidedLabel *> m_values;
    kit::Paragraph *m_source;

    FeedState m_feed;
    QString m_roleRequest;
    QDateTime m_now = QDateTime::currentDateTimeUtc();
};

} // namespace cairn::pages
