// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/ClusterSession.h"

class QTimer;

namespace cairn::pages {
class QuotasPage;
}

namespace cairn::app {

/// Fills the Quotas page. Its feeds run from the first time the page is opened until the session ends. GUI thread.
class QuotasController : public ListController
{
    Q_OBJECT

public:
    explicit QuotasController(QObject *parent);

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;

private:
    void show();

    pages::QuotasPage *m_page;
    ClusterSession *m_session = nullptr;
    QuotaFeeds *m_feeds = nullptr; ///< the session's; nullptr until opened
    QTimer *m_soon; ///< changes come in bursts
};

} // namespace cairn::app
