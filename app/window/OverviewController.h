// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "base/Async.h"
#include "situation/Overview.h"
#include "engine/ClusterSession.h"

namespace cairn::pages {
class OverviewPage;
}

namespace cairn::app {

class Changes;
class CheckpointReader;
class HaController;
class NodesController;
class StorageController;

/// Puts together what the other pages know, once a second while the page is in front. GUI thread.
class OverviewController : public PageController
{
    Q_OBJECT

public:
    /// All outlive this. What `changes` carries out nobody has to look after.
    OverviewController(const Changes &changes, const NodesController &nodes, HaController &ha, StorageController &storage, const CheckpointReader &reader,
                       QObject *parent);

    void setSession(ClusterSession *session) override;
    void open() override;
    void focus() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;

signals:
    /// A change of several objects is to be finished, or rolled back; its OpenChange::key.
    void changeRecoverRequested(const QString &key, bool finish);

private:
    void show();
    void readChanges(const QDateTime &now);

    const Changes &m_changes;
    const NodesController &m_nodes;
    HaController &m_ha;
    StorageController &m_storage;
    const CheckpointReader &m_reader;
    pages::OverviewPage *m_page;
    ClusterSession *m_session = nullptr;
    QList<situation::OpenChange> m_open; ///< as of the last look
    QDateTime m_looked;
    async::Scope m_scope;
};

} // namespace cairn::app
