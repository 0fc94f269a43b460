// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/ClusterSession.h"
#include "store/EventGroups.h"

class QTimer;

namespace cairn::pages {
class EventsPage;
}

namespace cairn::app {

/// The session's events on the Events page, in groups. Nothing is grouped before the page was opened. GUI thread.
class EventsController : public ListController
{
    Q_OBJECT

public:
    explicit EventsController(QObject *parent);

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;

private:
    void take(const store::StoreChange &change);
    void work();
    void showFeed();
    void showJob();

    pages::EventsPage *m_page;
    ClusterSession *m_session = nullptr;
    bool m_open = false;
    store::EventGroups m_groups;
    QSet<QString> m_waiting;  ///< UIDs of events that are not grouped yet
    QTimer *m_work;
};

} // namespace cairn::app
