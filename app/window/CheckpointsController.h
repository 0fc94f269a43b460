// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/CheckpointReader.h"
#include "engine/ClusterSession.h"

class QTimer;

namespace cairn::pages {
class CheckpointsPage;
}

namespace cairn::app {

/// What the reader knows of all jobs, on the Checkpoints page. GUI thread.
class CheckpointsController : public ListController
{
    Q_OBJECT

public:
    CheckpointsController(CheckpointReader &reader, QObject *parent);

    void setSession(ClusterSession *session) override;
    /// While it is not shown, nothing is put on it.
    void open() override;
    /// Reads all known ones again, and those that were never read where that was agreed to.
    void refresh() override;
    void setNow(const QDateTime &now) override;
    void addActions(ActionRegistry &actions) override;

private:
    void show();
    void showSoon();

    CheckpointReader &m_reader;
    pages::CheckpointsPage *m_page;
    ClusterSession *m_session = nullptr;
    QTimer *m_soon;
    bool m_late = true; ///< something changed that the page does not show
};

} // namespace cairn::app
