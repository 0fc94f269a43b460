// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "domain/Takeover.h"

#include <optional>

/// Who led when, and what was ready, told from one look at the components to the next. No clock of their own, no thread.
namespace cairn::situation {

/// The Leases that name the component's leader: those its rule names exactly, else those that fit its pattern. Also those that
/// nobody holds. Empty where it elects no leader.
QList<Lease> leasesOf(const components::Component &component, const QList<Lease> &leases);

/// The pod in a Lease's holderIdentity: "<pod>_<uuid>" (controller-runtime), or the name alone.
QString holderPod(const Lease &lease);

/// Tells changes of leaders by the Leases' own times (acquireTime, renewTime, leaseTransitions; client-go's leaderelection.go).
///
/// How long nobody led is told only where every renewal was seen: from the last one of the old holder, or from when it gave the
/// Lease back, until the new one acquired it. Of what happened while nobody looked, only that another leads is told, and since
/// when.
class LeaderWatch
{
public:
    /// What the history knows: who led last. Before the first update().
    void remember(const QList<LeaderChange> &changes);
    /// Changes since the last look, in the order in which they happened. `unbroken`: the watch of the Leases lived all the time
    /// since the last look. Not to be called with what a silent server said last.
    QList<LeaderChange> update(const components::ClusterFacts &facts, const QList<components::Component> &components, bool unbroken);
    /// Begins anew (another cluster).
    void reset() { *this = {}; }

private:
    struct Known {
        Lease lease;                ///< as last held by somebody; with its holder and acquired alone where it is only remembered
        std::optional<Pod> pod;     ///< of the holder, as last seen
        QDateTime released;         ///< when it was given back
        bool rememberedOnly = false;
        bool held = false; ///< its Lease was fresh at some look: before that it may have been left over, with election turned off
    };
    QHash<QString, Known> m_known; ///< by "namespace/name" of the Lease
    bool m_looked = false;
};

/// Why a leader is gone, by what is seen of its pod and its node now. `before` is its pod as it was while it led.
LeaderCause causeOf(const std::optional<Pod> &before, const QString &pod, const Pod *next, const components::ClusterFacts &facts);

/// What is seen of a component; NotSeen where it cannot be observed.
Readiness readinessOf(const components::Component &component);

/// Writes down how long each component was how ready. What lies between two looks counts only where the watch was unbroken.
class ReadinessWatch
{
public:
    /// `at`: as of when the components are known, UTC. Never later than the last sign of life of the server.
    void update(const QList<components::Component> &components, const QDateTime &at, bool unbroken);
    /// Spans that are new or longer since the last take(), by key of the component. Those that go on are told again, longer.
    QHash<QString, QList<ReadinessSpan>> take();
    /// Whether a state changed since the last take().
    bool hasChanged() const { return m_changed; }
    void reset() { *this = {}; }

private:
    QHash<QString, ReadinessSpan> m_open;
    QHash<QString, QList<ReadinessSpan>> m_closed;
    bool m_changed = false;
};

} // namespace cairn::situation
