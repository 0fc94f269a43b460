// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "components/Component.h"
#include "engine/ClusterSession.h"

#include <optional>

namespace cairn::pages {
class HaPage;
}

class QTimer;

namespace cairn::app {

/// Fills the High availability page. Its feeds run from the first time the page is opened until the session ends: most
/// people look at jobs only. They watch where Kubeflow lives, whatever namespaces the jobs are shown of. GUI thread.
class HaController : public ListController
{
    Q_OBJECT

public:
    explicit HaController(QObject *parent);

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    /// The badge is how many components would fall with a node.
    void addActions(ActionRegistry &actions) override;
    /// nullptr until they were judged for the first time.
    const QList<components::Component> *components() const { return m_known ? &*m_known : nullptr; }

private:
    void judge();

    pages::HaPage *m_page;
    ClusterSession *m_session = nullptr;
    ComponentFeeds *m_feeds = nullptr; ///< the session's; nullptr until opened
    QTimer *m_soon;   ///< changes come in bursts
    QDateTime m_judged; ///< leases age without any change
    std::optional<QList<components::Component>> m_known;
};

} // namespace cairn::app
