// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/CheckpointReader.h"
#include "storage/Shares.h"
#include "store/UsageHistory.h"

/// What the Storage page is judged by, gathered from a session's stores and the checkpoints that were read.
namespace cairn::app {

/// What those jobs saved that save to a claim, by what was read; jobs that were not read are left out. GUI thread.
QList<storage::JobSaves> claimSaves(const store::JobStore &jobs, const CheckpointReader &reader);
/// What those jobs saved that save to a bucket, read or not. GUI thread.
QList<storage::JobSaves> bucketSaves(const store::JobStore &jobs, const CheckpointReader &reader);

/// Copies pods and jobs out of stores, some at a time: of ten thousand it takes longer than one slot of the GUI thread
/// may. What goes meanwhile is left out. GUI thread.
class FactsCopy
{
public:
    using FindPod = std::function<const Pod *(const QString &key)>;
    using FindJob = std::function<const Job *(const QString &uid)>;
    FactsCopy(QStringList pods, QStringList jobs, FindPod findPod, FindJob findJob);

    /// Goes on for about this long, at least a little; true once all was copied.
    bool goOn(std::chrono::milliseconds time);
    /// Pods and jobs are filled in.
    storage::ClaimFacts take() { return std::move(m_facts); }

private:
    QStringList m_pods, m_jobs; ///< still to be copied
    FindPod m_findPod;
    FindJob m_findJob;
    storage::ClaimFacts m_facts;
};

/// One use of the history. A flow makes it.
struct HistoryRound {
    std::optional<QHash<QString, QList<UsageSample>>> samples; ///< nullopt where it could not be read
    std::optional<Error> setAside; ///< UsageHistory::takeNotice()
    std::optional<Error> failure;
};
HistoryRound readHistory(store::UsageHistory &history, const QString &cluster);
HistoryRound addToHistory(store::UsageHistory &history, const QString &cluster, const QHash<QString, UsageSample> &samples, const QDateTime &now);

/// What the page says about the history. That a file was set aside is told once, and stays; a failure is taken back by the
/// next success.
class HistoryNotice
{
public:
    void take(const HistoryRound &round);
    /// nullptr for nothing to say.
    const Error *shown() const { return m_failure ? &*m_failure : m_setAside ? &*m_setAside : nullptr; }

private:
    std::optional<Error> m_setAside, m_failure;
};

} // namespace cairn::app
