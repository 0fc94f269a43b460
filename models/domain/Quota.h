// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

/// What a namespace, or a queue of it, may use at most. Values; made by the decoders.
namespace cairn {

/// One resource of a quota. Amounts are in the resource's own unit: cores, bytes, pieces; negative where not known.
struct QuotaLimit {
    QString resource;    ///< as the object names it: "requests.nvidia.com/gpu", "limits.memory", "pods"
    QString flavor;      ///< of a ClusterQueue; "" elsewhere
    double hard = -1;
    double used = -1;
    double borrowing = -1; ///< of a ClusterQueue: beyond `hard` from its cohort; negative for as much as there is
    bool operator==(const QuotaLimit &) const = default;
};

/// A ResourceQuota (v1), or a ClusterQueue or LocalQueue of Kueue (kueue.x-k8s.io/v1beta1). Of a ResourceQuota only what
/// its status counts is listed, or its spec where the controller has not counted yet. A queue's `used` is what is reserved
/// for its workloads: that is what others cannot have.
struct Quota {
    QString kind; ///< "ResourceQuota", "ClusterQueue", "LocalQueue"
    QString ns;   ///< "" for a ClusterQueue
    QString name;
    QString uid;
    QString resourceVersion;
    QStringList scopes; ///< a ResourceQuota with some counts such pods only: "Terminating", "PriorityClass In high"
    QList<QuotaLimit> limits; ///< by resource, then flavor; a LocalQueue has none of its own
    QString cohort;     ///< of a ClusterQueue: with whom it lends and borrows
    QString queue;      ///< of a LocalQueue: its ClusterQueue
    int pending = -1;   ///< workloads that wait; -1 where not told
    int admitted = -1;
    bool stopped = false; ///< spec.stopPolicy is Hold or HoldAndDrain: nothing new is admitted
    bool operator==(const Quota &) const = default;
};

/// LimitRange (v1): what a container, pod or claim gets where it does not say, and how much it may ask for.
struct LimitRange {
    /// Amounts are written as the object has them, "" where unset.
    struct Item {
        QString type; ///< "Container", "Pod", "PersistentVolumeClaim"
        QString resource;
        QString limit, request; ///< defaults
        QString least, most;
        bool operator==(const Item &) const = default;
    };
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QList<Item> items;
    bool operator==(const LimitRange &) const = default;
};

/// "nvidia.com/gpu" of "requests.nvidia.com/gpu": without the prefix of a request.
QString requestedResource(const QString &resource);

/// One resource of one quota.
struct QuotaRow {
    Quota quota; ///< without its limits
    QuotaLimit limit;
    bool operator==(const QuotaRow &) const = default;

    /// How much of it is used, beyond 1 where more is; negative where not known, 1 where nothing is allowed.
    double fraction() const;
    /// A limit of nothing, and nothing is used: it keeps a resource out of a namespace.
    bool allowsNothing() const;
    /// -1 where not known.
    double free() const;
    bool isGpu() const;
    /// Smaller is worse. What is not known, and what nobody is meant to have, comes last.
    int rank() const;
};

/// A row for each resource of each quota: GPUs first, of each resource the fullest first.
QList<QuotaRow> quotaRows(const QList<Quota> &quotas);

} // namespace cairn
