// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

/// What keeps a program running, as the console needs it: workloads, their leases, budgets and autoscalers. Values; made
/// by the decoders.
namespace cairn {

/// A Deployment, a StatefulSet or a DaemonSet (apps/v1).
struct Workload {
    QString kind; ///< "Deployment", "StatefulSet" or "DaemonSet"
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QDateTime created;
    QDateTime deleting;
    int desired = 1; ///< spec.replicas, 1 where it is unset; of a DaemonSet status.desiredNumberScheduled
    int ready = 0;   ///< status.readyReplicas; of a DaemonSet numberReady
    QMap<QString, QString> podLabels; ///< of the pod template
    QStringList claims;               ///< names of the claims its pods mount; of a StatefulSet also its claim templates
    QMap<QString, QString> images;    ///< container → image, init containers not among them
    /// Container → those of its flags that are about electing, "--leader-elect=true". Every container is there: without any it is not known.
    QMap<QString, QStringList> electing;
    bool operator==(const Workload &) const = default;
};

/// coordination.k8s.io/v1
struct Lease {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QString holder;       ///< spec.holderIdentity: "<pod>_<uuid>" (controller-runtime) or the pod's name; empty for nobody
    int seconds = 0;      ///< spec.leaseDurationSeconds; 0 where it is unset
    QDateTime acquired;
    QDateTime renewed;    ///< by the holder's clock
    int transitions = 0;
    QString server; ///< of an API server's own what it serves, "kube-apiserver" (label apiserver.kubernetes.io/identity); else empty
    QString host;   ///< of such a one where it runs (label kubernetes.io/hostname); may be empty
    bool operator==(const Lease &) const = default;
};

/// A label selector (meta/v1). One without any requirement selects everything; an absent one nothing.
struct LabelSelector {
    struct Expression {
        QString key;
        QString op; ///< "In", "NotIn", "Exists", "DoesNotExist"
        QStringList values;
        bool operator==(const Expression &) const = default;
    };
    bool present = false;
    QMap<QString, QString> labels;
    QList<Expression> expressions;
    /// False as well where an operator is not known.
    bool matches(const QMap<QString, QString> &of) const;
    bool operator==(const LabelSelector &) const = default;
};

/// policy/v1
struct DisruptionBudget {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    LabelSelector selector;
    QString minAvailable;   ///< "1", "50%"; empty where it is unset
    QString maxUnavailable;
    int allowed = 0;        ///< status.disruptionsAllowed
    bool operator==(const DisruptionBudget &) const = default;
};

/// A part of what is behind a Service (discovery.k8s.io/v1)
struct EndpointSlice {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QString service;
    QStringList addresses; ///< of what is ready
    bool operator==(const EndpointSlice &) const = default;
};

/// HorizontalPodAutoscaler, autoscaling/v2
struct Autoscaler {
    QString ns;
    QString name;
    QString uid;
    QString resourceVersion;
    QString targetKind;
    QString targetName;
    int floor = 1;   ///< spec.minReplicas; 1 where it is unset
    int ceiling = 0; ///< spec.maxReplicas
    bool operator==(const Autoscaler &) const = default;
};

} // namespace cairn
