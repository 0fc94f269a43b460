// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/WhyNot.h"

#include <QJsonObject>
#include <optional>

/// What the words of Kubernetes' components mean: each function reads the message of one of them. Private to launch.
namespace cairn::launch {

struct Refusal {
    WhyNot::Verdict verdict = WhyNot::Verdict::Unknown;
    QString cause = {};
    QString sentence = {};
    QStringList ways = {};
    bool aboutNodes = false; ///< by the scheduler: room, selector or taints, which nodes tell more of
};

/// Safe to show, and at most 400 characters.
QString shown(const QString &raw);

/// kube-scheduler, condition PodScheduled: "0/4 nodes are available: 3 Insufficient nvidia.com/gpu, …"
/// (framework/types.go, FitError, and the plugins' own words; v1.36).
Refusal schedulerRefusal(const QString &message, std::optional<bool> grows);
/// Kueue, condition QuotaReserved of a Workload (pkg/scheduler/flavorassigner, pkg/controller/core; v0.19).
Refusal kueueRefusal(const QString &message, const QString &reason);
/// The API server, where an operator or the Job controller creates a pod: "Error creating: pods "x" is forbidden: …".
Refusal creationRefusal(const QString &message);
/// The volume binder and provisioners, events of a PVC; nullopt where the event does not tell of trouble.
std::optional<Refusal> claimRefusal(const QString &claim, const QString &reason, const QString &message);
/// The kubelet and the attach-detach controller, FailedMount and FailedAttachVolume. Pods of `job` begin with its name.
Refusal mountRefusal(const QString &message, const QString &job);

bool isImageReason(const QString &reason);
/// The kubelet with the words of containerd or CRI-O.
Refusal imageRefusal(const QString &image, const QString &reason, const QString &message);
/// The kubelet: CreateContainerConfigError and the like.
Refusal containerRefusal(const QString &reason, const QString &message);
Refusal missingClaim(const QString &claim);
/// What is wrong with the PVC itself, by its object (empty: it does not exist): no pod that mounts it ever starts. nullopt where
/// nothing is.
std::optional<Refusal> brokenClaim(const QString &name, const QJsonObject &claim);

} // namespace cairn::launch
