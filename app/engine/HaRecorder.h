// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "engine/ClusterSession.h"
#include "situation/Leaders.h"
#include "store/HaHistory.h"

#include <QObject>
#include <memory>

class QTimer;

namespace cairn::app {

/// Writes down who leads and what is ready, from the session's component feeds, into the history of its cluster; and knows what that
/// holds. Nothing is written down while the server is silent, and what lies between two looks counts only where the watch lived.
/// GUI thread; the file is used on the flow pool.
class HaRecorder : public QObject
{
    Q_OBJECT

public:
    explicit HaRecorder(std::shared_ptr<store::HaHistory> history, QObject *parent = nullptr);
    ~HaRecorder() override;

    /// Null before the session ends.
    void setSession(ClusterSession *session);
    /// Begins, and has the components watched from now on.
    void open();

    /// All that is kept of this cluster; empty until it was read.
    const HaRecord &record() const { return m_record; }
    /// As judged at the last look that could be trusted; nullptr before.
    const QList<components::Component> *components() const { return m_components ? &*m_components : nullptr; }
    /// What is wrong with the history; nullptr for nothing.
    const Error *notice() const { return m_failure ? &*m_failure : m_setAside ? &*m_setAside : nullptr; }
    /// Files the result of a failover test.
    void keep(const FailoverResult &result);

signals:
    /// record() or notice() is another one.
    void changed();
    /// Components were judged anew, at most a second after the watch told of a change.
    void looked();
    /// Seen just now; not of what happened while nobody looked, nor what a test of this program did.
    void leadersChanged(const QList<cairn::LeaderChange> &changes);

private:
    struct Round {
        QString cluster;
        Result<HaRecord> record;
        std::optional<Error> setAside, failure;
    };
    bool isLive() const;
    bool seesLeases() const;
    void noteBreaks();
    void readClusterId();
    void look();
    void write(const HaRecord &more);
    void flush();
    void take(const Round &round);

    const std::shared_ptr<store::HaHistory> m_history;
    ClusterSession *m_session = nullptr;
    ComponentFeeds *m_feeds = nullptr; ///< the session's; nullptr until open()
    QTimer *m_soon;    ///< changes come in bursts
    QTimer *m_regular; ///< what does not change has to be told as well
    QString m_cluster; ///< "" until known
    bool m_asking = false;
    bool m_broken = true, m_leasesBroken = true; ///< the watch was not alive all the time since the last look
    situation::LeaderWatch m_leaders;
    situation::ReadinessWatch m_readiness;
    QDateTime m_written;
    HaRecord m_record;
    std::optional<QList<components::Component>> m_components;
    std::optional<Error> m_setAside, m_failure;
    async::Scope m_scope;
};

} // namespace cairn::app
