// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QStringList>

/// Where pods find room, counted as kube-scheduler's NodeResourcesFit, TaintToleration and NodeAffinity (nodeSelector)
/// do: what is requested, whether it is used or not.
namespace cairn::launch {

/// Resource → thousandths of its unit: millicores, thousandths of bytes and of pieces, so that sums are exact. Requests
/// are rounded up, what a node has down. Never negative; "pods" counts pods.
using Amounts = QMap<QString, double>;

Amounts &operator+=(Amounts &sum, const Amounts &more);
/// "8", "1.5", "64 GiB" of thousandths.
QString amountText(const QString &resource, double thousandths);

/// What a pod requests, as the scheduler adds it up: containers, init containers one after another with sidecars beside
/// them, overhead, and pod-level requests where there are some. Limits stand in for requests; "pods" is 1.
Amounts requestsOf(const QJsonObject &podSpec);

struct Taint {
    QString key = {};
    QString value = {};
    QString effect = {};
    bool operator==(const Taint &) const = default;
};

/// A node as the scheduler counts it.
struct Room {
    QString name = {};
    Amounts allocatable = {};
    Amounts used = {}; ///< by pods that have not ended
    QMap<QString, double> holders = {}; ///< job, else owner or pod, that has GPUs here → how many, in thousandths
    QMap<QString, QString> labels = {};
    QList<Taint> taints = {}; ///< NoSchedule and NoExecute alone
    bool ready = false;
    bool cordoned = false;
    bool operator==(const Room &) const = default;
};
Room roomOf(const QJsonObject &node);

/// Nodes of a cluster with what runs on them.
class Rooms {
public:
    void add(const QJsonObject &node);
    /// Counts a pod on its node; one that has ended, or has no node, counts nowhere.
    void occupy(const QJsonObject &pod);
    const QList<Room> &all() const { return m_rooms; }

private:
    QList<Room> m_rooms;
    QHash<QString, qsizetype> m_byName;
};

/// What one pod wants of a node.
struct Ask {
    Amounts requests = {};
    QMap<QString, QString> selector = {};
    QList<Toleration> tolerations = {}; ///< those with operator Exists have no value
    bool more = false;                  ///< it has affinity or spread constraints, which are not looked at here
};
Ask askOf(const QJsonObject &podSpec);

/// The taints of a node, which come and go with its state, are no property of it: "node.kubernetes.io/not-ready".
bool isPassing(const Taint &taint);
bool tolerates(const QList<Toleration> &tolerations, const Taint &taint);

/// How many pods of one kind find room, node by node. As they are all alike, filling one node after another is best.
struct Places {
    qint64 now = 0;                 ///< at once, on nodes that are ready
    qint64 ever = 0;                ///< if nothing else ran, and all nodes were ready
    int chosen = 0;                 ///< nodes that the selector chooses
    int open = 0;                   ///< of these, nodes without a taint that is not tolerated
    int large = 0;                  ///< of these, nodes that could hold one pod if nothing else ran
    QMap<QString, int> byNode = {}; ///< how many now
    QStringList taints = {};        ///< in the way on chosen nodes, "dedicated=gpu:NoSchedule"
    Amounts most = {};              ///< of each resource what one open node has at most
    double free = 0;                ///< of `counted` what is free on open and ready nodes together, in thousandths
};
/// No more than `wanted` are counted on any node. `counted` is the resource that Places::free adds up.
Places placesFor(const QList<Room> &rooms, const Ask &ask, int wanted, const QString &counted);

} // namespace cairn::launch
