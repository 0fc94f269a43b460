// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ClusterSession.h"
#include "PageController.h"

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
    ~QuotasController() override;

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    void scopeChanged() override;

private:
    struct Feeds;
    void show();

    pages::QuotasPage *m_page;
    ClusterSession *m_session = nullptr;
    std::unique_ptr<Feeds> m_feeds;
    QTimer *m_soon; ///< changes come in bursts
};

} // namespace cairn::app
