// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "CheckpointReader.h"

class QTimer;

namespace cairn::pages {
class CheckpointsPage;
}

namespace cairn::app {

/// What the reader knows of all jobs, on the Checkpoints page. GUI thread.
class CheckpointsController : public QObject
{
    Q_OBJECT

public:
    CheckpointsController(CheckpointReader &reader, pages::CheckpointsPage *page, QObject *parent);

    /// nullptr before the session ends.
    void setSession(ClusterSession *session);
    /// The page is shown. While it is not, nothing is put on it.
    void open();
    void setNow(const QDateTime &now);
    /// Reads all known ones again, and those that were never read where that was agreed to.
    void readAgain();

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
