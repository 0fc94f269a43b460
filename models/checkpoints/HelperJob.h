// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QLatin1StringView>
#include <QString>
#include <QStringList>
#include <chrono>

namespace cairn::ckpt {

/// Where a helper mounts the claim.
inline constexpr QLatin1StringView helperMountPath{"/claim"};
/// Where a helper without a claim may write: a few bytes of memory that end with it.
inline constexpr QLatin1StringView helperWorkPath{"/cairn"};

/// What a helper runs in, as whom and where. Asking for consent, once per namespace and image, is the caller's
/// business.
struct HelperPod {
    QString ns;
    QString image;
    QString imagePullPolicy; ///< "" leaves the default
    QStringList imagePullSecrets;
    QString node; ///< name of the node it must run on; "" for any
    QJsonArray tolerations;
    qint64 runAsUser = 65534;
    qint64 runAsGroup = -1; ///< -1 leaves it to the image
    QList<qint64> supplementalGroups;
    std::chrono::milliseconds startTimeout{120'000}; ///< until its pod runs
    std::chrono::milliseconds pollInterval{500};
};

/// What a helper is there for: what it is called by, and what its container has mounted.
struct HelperTask {
    QString label;     ///< value of cairn.console/helper: "listing", "service-test", "shared-proof"
    QString prefix;    ///< of its name: "cairn-list-"
    QString container; ///< "list"
    QJsonObject volume;
    QJsonObject mount;
    bool twoNodes = false; ///< two pods, which never share a node
};
/// The helper that looks at a service from inside the cluster: it mounts nothing but memory.
HelperTask serviceTestTask();

/// The helper Job: restricted, without a token, gone 60 s after it ends. Pure.
QJsonObject helperJob(const HelperPod &pod, const HelperTask &task, const QString &name, const QString &script,
    const QStringList &scriptArguments);

/// Of a helper that commands run in: waits, and ends at once when it is told to, which a shell that is process 1 does not by itself.
const QString &waitingScript();

/// Fills in image, pull policy and secrets, user and groups from a pod's specification and one of its containers.
void takePodSpec(const QJsonObject &podSpec, const QJsonObject &container, HelperPod &pod);

} // namespace cairn::ckpt
