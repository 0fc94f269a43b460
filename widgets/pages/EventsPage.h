// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Delta.h"
#include "items/EventTableModel.h"
#include "items/FilterProxy.h"

#include <QWidget>

namespace cairn::kit {
class Button;
class ElidedLabel;
class PageHeader;
class Paragraph;
class SearchField;
class Segment;
class StateView;
class Tag;
} // namespace cairn::kit

namespace cairn::views {
class DataTable;
}

namespace cairn::pages {

/// What did the cluster complain about? Events that say the same of one object as one row, newest first; the panel
/// below shows the whole message. Pure presentation. GUI thread only.
class EventsPage : public QWidget
{
    Q_OBJECT
public:
    explicit EventsPage(QWidget *parent = nullptr);

    /// Fill this with groups (store::EventGroups); the page follows its signals.
    items::EventTableModel *model() const { return m_model; }
    /// How fresh the events are. `roleRequest` is a manifest to ask an admin for, used when the phase is Forbidden.
    void setFeed(const FeedState &feed, const QString &roleRequest = {});
    /// Clock of all ages.
    void setNow(const QDateTime &now);
    /// The name of the job the current event speaks of, safe to show; "" for none.
    void setJob(const QString &name);

    const Event *current() const;
    void setCurrent(const QString &key);
    void setWarningsOnly(bool on);
    void setFilterText(const QString &text);
    void focusTable();
    void focusFilter();
    /// Counts are brought up to date within 100 ms; this does it at once (screenshots, tests).
    void settle();

signals:
    void currentChanged();
    /// Open the job that the current event speaks of.
    void jobRequested();
    void retryRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makePanel();
    void updatePanel();
    void updateState();

    items::EventTableModel *m_model;
    items::FilterProxy *m_filter; ///< of m_table
    kit::PageHeader *m_header;
    kit::SearchField *m_search;
    kit::Segment *m_views;
    kit::StateView *m_state;
    views::DataTable *m_table;
    kit::ElidedLabel *m_foot;
    QWidget *m_panel;
    kit::ElidedLabel *m_reason;
    kit::Tag *m_type;
    kit::ElidedLabel *m_object;
    kit::Paragraph *m_message;
    QList<kit::ElidedLabel *> m_values;
    kit::Button *m_openJob;
    QTimer *m_recount;

    FeedState m_feed;
    QString m_roleRequest;
    QString m_job;
    QDateTime m_now = QDateTime::currentDateTimeUtc();
};

} // namespace cairn::pages
