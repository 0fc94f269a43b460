// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/ClusterSession.h"
#include "items/NodeTableModel.h"

namespace cairn::pages {
class NodesPage;
}

namespace cairn::app {

/// The session's nodes, joined with its pods and with what the Jobs page knows of the jobs, on the Nodes page. Joined
/// anew once a second while the page is in front. GUI thread.
class NodesController : public ListController
{
    Q_OBJECT

public:
    /// `jobs` outlives this.
    NodesController(const items::JobTableModel &jobs, QObject *parent);

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    void addActions(ActionRegistry &actions) override;
    /// As they are now; empty without a session.
    QList<items::NodeRow> joined() const;

private:
    void show();

    const items::JobTableModel &m_jobs;
    pages::NodesPage *m_page;
    ClusterSession *m_session = nullptr;
};

} // namespace cairn::app
