// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Async.h"
#include "domain/ObjectApi.h"
#include "situation/WhyItDied.h"
#include "store/JobStore.h"

#include <QQueue>
#include <memory>

namespace cairn::app {

/// One death and what its log says of it.
struct ReadDeath {
    situation::Death death;
    std::optional<DeathCause> cause; ///< nullopt where nothing tells
    bool refused = false;            ///< the log may not be read: the exit status alone was judged
};

/// Reads the end of the log of each; one after the other, with a cap on each (situation::deathTailBytes). A log that is gone
/// counts as empty; an error only where the server cannot be reached. Blocks.
Result<QList<ReadDeath>> readDeaths(ObjectApi &api, const Job &job, const QList<situation::Death> &deaths, std::stop_token stop);

/// What the job died of, by the death that explains most; nullopt where nothing tells, or the server cannot be reached. Blocks.
std::optional<DeathCause> whyItDied(ObjectApi &api, const Job &job, const QList<Pod> &pods, std::stop_token stop);

/// Reads once what each death in a store was of, and tells the store. One job at a time, those that are restarting before
/// those that failed; of failed ones, those of the last week. A namespace whose logs may not be read is asked once. GUI
/// thread.
class DeathReader : public QObject
{
    Q_OBJECT

public:
    /// `jobs` outlives this.
    DeathReader(std::shared_ptr<ObjectApi> api, store::JobStore &jobs, QObject *parent = nullptr);

    /// Still to be read, the one that is being read included.
    int left() const { return static_cast<int>(m_queue.size()) + (m_reading.isEmpty() ? 0 : 1); }

private:
    void look(const QString &uid);
    void next();
    QList<situation::Death> unread(const Job &job) const;

    const std::shared_ptr<ObjectApi> m_api;
    store::JobStore &m_jobs;
    QHash<QString, QSet<QString>> m_known; ///< by UID of the job: keys of deaths
    QSet<QString> m_refused;               ///< namespaces
    QQueue<QString> m_queue;               ///< UIDs
    QString m_reading;
    async::Scope m_scope;
};

} // namespace cairn::app
