// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "engine/ClusterSession.h"
#include "engine/LogStreamer.h"
#include "items/PodTableModel.h"

namespace cairn::pages {
class PodsPage;
}

class QTimer;

namespace cairn::app {

/// The session's pods on the Pods page, and the logs and the YAML of the one that was asked for. GUI thread.
class PodsController : public ListController
{
    Q_OBJECT

public:
    explicit PodsController(QObject *parent);

    void setSession(ClusterSession *session) override;
    /// From the first time on the page follows the pods: sorting those of a big cluster costs something.
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    void addActions(ActionRegistry &actions) override;

private:
    void take(const store::StoreChange &change);
    void work();
    void startLogs(const QString &key);
    void readYaml(const QString &key);

    pages::PodsPage *m_page;
    ClusterSession *m_session = nullptr;
    bool m_open = false;
    std::unique_ptr<items::PodTableModel> m_model; ///< from the first time the page is opened
    QStringList m_unread;    ///< UIDs of pods the model has not seen
    QSet<QString> m_waiting; ///< UIDs of pods that changed
    QTimer *m_work;
    QString m_shown; ///< key of the pod whose logs or YAML are shown
    std::unique_ptr<LogStreamer> m_logs;
    bool m_logsAwaited = false; ///< they begin when the pod that is shown has started
    async::Scope m_scope;
};

} // namespace cairn::app
