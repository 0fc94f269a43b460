// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "PageController.h"
#include "Preferences.h"
#include "engine/ClusterSession.h"
#include "engine/StorageFacts.h"
#include "engine/StorageFlows.h"

namespace cairn::pages {
class StoragePage;
}

class QTimer;

namespace cairn::app {

class VolumeController;

/// Fills the Storage page. Claims are watched, and measured each minute, from the first time the page is opened until the
/// session ends. GUI thread; everything that waits runs in flows.
class StorageController : public ListController
{
    Q_OBJECT

public:
    StorageController(CheckpointReader &reader, Preferences &preferences, VolumeController &volumes, QObject *parent);
    ~StorageController() override;

    void setSession(ClusterSession *session) override;
    void open() override;
    void refresh() override;
    void setNow(const QDateTime &now) override;
    /// The badge is how many claims need somebody now (storage::Severity::Now).
    void addActions(ActionRegistry &actions) override;
    /// As judged last; nullptr until the claims were read, or where they may not be.
    const QList<storage::ClaimAccount> *accounts() const { return m_accounts ? &*m_accounts : nullptr; }

private:
    void judge();
    void gather();
    void judgeSoon();
    void readClusterId();
    void measureAll();
    void take(UseSource source, const Measured &measured);
    void measureOne(const QString &uid);
    void measureNext(const QDateTime &now);
    void measure(const Claim &claim);
    void keep();
    void take(const HistoryRound &round);
    QSet<QString> helperNamespaces() const;
    QList<VolumeUse> uses() const;
    ProxyGet proxy() const;

    CheckpointReader &m_reader;
    Preferences &m_preferences;
    VolumeController &m_volumes;
    pages::StoragePage *m_page;
    ClusterSession *m_session = nullptr;
    StorageFeeds *m_feeds = nullptr; ///< the session's; nullptr until opened
    const std::shared_ptr<store::UsageHistory> m_history;
    QString m_clusterId;          ///< "" until known
    QHash<QString, QList<UsageSample>> m_samples;
    HistoryNotice m_historyNotice;
    QHash<QString, VolumeUse> m_uses[4]; ///< by source: "ns/claim"
    std::optional<PrometheusPlace> m_prometheus;
    QDateTime m_prometheusSought, m_kept, m_measured;
    bool m_kubeletAsked = false;
    bool m_prometheusKnown = false; ///< it was looked for, with whatever outcome
    std::optional<FactsCopy> m_gathering;
    bool m_judging = false, m_judgeAgain = false, m_measuringAll = false;
    QString m_prometheusProblem, m_kubeletProblem;
    QHash<QString, QString> m_refusedImages; ///< UID of a PVC → image of its helper that nobody agreed to yet
    QSet<QString> m_measuring; ///< UIDs
    QHash<QString, QDateTime> m_measuredAlone; ///< by UID: begun by itself
    QDateTime m_soughtNext;
    std::optional<QList<storage::ClaimAccount>> m_accounts;
    QTimer *m_soon;            ///< changes come in bursts
    async::Scope m_scope;
};

} // namespace cairn::app
