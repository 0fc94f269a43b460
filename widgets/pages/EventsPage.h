// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/EventTableModel.h"
#include "pages/ListPage.h"

namespace cairn::kit {
class Button;
class Paragraph;
class Tag;
} // namespace cairn::kit

namespace cairn::pages {

class FactGrid;

/// What did the cluster complain about? Events that say the same of one object as one row, newest first; the panel
/// below shows the whole message. Pure presentation. GUI thread only.
class EventsPage : public ListPage
{
    Q_OBJECT
public:
    explicit EventsPage(QWidget *parent = nullptr);

    /// Fill this with groups (store::EventGroups); the page follows its signals.
    items::EventTableModel *model() const { return m_model; }
    void setNow(const QDateTime &now) override;
    /// The name of the job the current event speaks of, safe to show; "" for none.
    void setJob(const QString &name);

    const Event *current() const;
    void setWarningsOnly(bool on);

signals:
    void currentEventChanged();
    /// Open the job that the current event speaks of.
    void jobRequested();

protected:
    FeedWords feedWords(const QString &why) const override;
    void updateAnswer() override;
    void updatePanel() override;
    void currentChanged() override;

private:
    QWidget *makePanel();

    items::EventTableModel *m_model;
    kit::Segment *m_views;
    QWidget *m_panel;
    kit::ElidedLabel *m_reason;
    kit::Tag *m_type;
    kit::ElidedLabel *m_object;
    kit::Paragraph *m_message;
    FactGrid *m_facts;
    kit::Button *m_openJob;
    QString m_job;
};

} // namespace cairn::pages
