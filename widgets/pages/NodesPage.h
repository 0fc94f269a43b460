// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/NodeTableModel.h"
#include "pages/ListPage.h"

namespace cairn::kit {
class Button;
class Label;
class Note;
class Paragraph;
} // namespace cairn::kit

class QVBoxLayout;

namespace cairn::pages {

class FactGrid;
class SidePanel;

/// Which machines are in trouble, where is a free GPU, and what dies with a node? The panel at the right lists the jobs
/// on the selected node with the work each would lose. Pure presentation. GUI thread only.
class NodesPage : public ListPage
{
    Q_OBJECT
public:
    explicit NodesPage(QWidget *parent = nullptr);

    void setNodes(const QList<items::NodeRow> &nodes);
    void setNow(const QDateTime &now) override;

signals:
    void jobRequested(const QString &key);
    /// Show the pods of the node with this name.
    void podsRequested(const QString &node);

protected:
    FeedWords feedWords(const QString &why) const override;
    void updateAnswer() override;
    void updatePanel() override;

private:
    SidePanel *makePanel();
    void updateJobs(const items::NodeRow &row);
    void showPods(const QString &key);

    items::NodeTableModel *m_model;
    SidePanel *m_panel;
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
    FactGrid *m_facts;
    kit::Paragraph *m_source;
};

} // namespace cairn::pages
