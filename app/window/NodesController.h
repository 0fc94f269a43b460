// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/ClusterSession.h"
#include "situation/Nodes.h"

namespace cairn::pages {
class NodesPage;
}

namespace cairn::app {

class CheckpointReader;

/// The session's nodes, joined with its pods and with what was read of their checkpoints, on the Nodes page. Joined
/// anew once a second while the page is in front. GUI thread.
class NodesController : public ListController
{
    Q_OBJECT

public:
    /// `reader` outlives this.
    NodesController(const CheckpointReader &reader, QObject *parent);

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    void addActions(ActionRegistry &actions) override;
    /// As they are now; empty without a session.
    QList<situation::NodeLoad> joined() const;

private:
    void show();

    const CheckpointReader &m_reader;
    pages::NodesPage *m_page;
    ClusterSession *m_session = nullptr;
};

} // namespace cairn::app
