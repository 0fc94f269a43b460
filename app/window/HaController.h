// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ClusterSession.h"
#include "components/Component.h"

#include <optional>

namespace cairn::pages {
class HaPage;
}

class QTimer;

namespace cairn::app {

/// Fills the High availability page. Its feeds run from the first time the page is opened until the session ends: most
/// people look at jobs only. They watch where Kubeflow lives, whatever namespaces the jobs are shown of. GUI thread.
class HaController : public QObject
{
    Q_OBJECT

public:
    explicit HaController(pages::HaPage *page, QObject *parent);
    ~HaController() override;

    /// nullptr before the session ends.
    void setSession(ClusterSession *session);
    void open();
    void retryNow();
    void setNow(const QDateTime &now);
    /// nullptr until they were judged for the first time.
    const QList<components::Component> *components() const { return m_known ? &*m_known : nullptr; }

signals:
    /// How many components would fall with a node; 0 as well while it is not known.
    void fallingChanged(int count);

private:
    struct Feeds;
    void judge();

    pages::HaPage *m_page;
    ClusterSession *m_session = nullptr;
    std::unique_ptr<Feeds> m_feeds;
    QTimer *m_soon;   ///< changes come in bursts
    QDateTime m_judged; ///< leases age without any change
    std::optional<QList<components::Component>> m_known;
};

} // namespace cairn::app
