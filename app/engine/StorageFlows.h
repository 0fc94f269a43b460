// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Recognise.h"
#include "domain/ObjectApi.h"
#include "storage/ClaimAccount.h"

#include <QJsonObject>

/// What both programs do to learn how full claims are, as blocking flows: run them on the flow pool or in cairnctl, never
/// on the GUI thread.
namespace cairn::app {

/// GET of a path of a node or service through the API server (kube::Cluster::viaProxy).
using ProxyGet = std::function<Result<QByteArray>(const ObjectRef &target, const QString &path, std::stop_token stop)>;

/// What some source measured, as far as it could.
struct Measured {
    QList<VolumeUse> uses;
    std::optional<Error> problem; ///< the first one; the rest is still in `uses`
};

/// The summaries of these nodes' kubelets, at most 1 000. Needs `get nodes/proxy`, which allows far more than to read
/// statistics: ask the user first.
Measured readKubelets(const ProxyGet &get, const QStringList &nodes, std::stop_token stop);

/// A Prometheus behind a service.
struct PrometheusPlace {
    QString ns;
    QString service; ///< as the proxy wants it: "NAME:PORT" or "https:NAME:PORT"
    bool operator==(const PrometheusPlace &) const = default;
};
/// Looks for one by the labels that the usual installations give: operated-prometheus=true (operator), and
/// app.kubernetes.io/name=prometheus or app=prometheus with component=server (charts); the first by namespace and name
/// that has a port. nullopt where there is none, or services may not be listed.
Result<std::optional<PrometheusPlace>> findPrometheus(ObjectApi &api, std::stop_token stop);
/// kubelet_volume_stats_* of it. A set of labels without namespace and claim is a `problem`.
Measured readPrometheus(const ProxyGet &get, const PrometheusPlace &place, std::stop_token stop);

/// df by a helper Job in the claim's namespace, for which the user agreed. Image and user come from a pod that mounts the
/// claim, else from `job`.
Result<VolumeUse> measureClaim(ObjectApi &api, const QString &ns, const QString &claim, const std::optional<ObjectRef> &job,
                               std::stop_token stop, const ckpt::Progress &progress = {});

/// A job whose pods run in the claim's namespace, rather one that mounts it: `job` of measureClaim.
std::optional<ObjectRef> jobWithImage(const QList<Job> &jobs, const Claim &claim);

/// The UID of the namespace kube-system: what tells clusters apart. The history is filed under it.
Result<QString> clusterId(ObjectApi &api, std::stop_token stop);

/// For cairnctl: claims of a namespace ("" for all), with what stands behind them and who uses them. Volumes, classes, pods
/// and jobs that cannot be read are gaps.
Result<storage::ClaimFacts> readClaimFacts(ObjectApi &api, const QString &ns, std::stop_token stop);

/// One claim as in docs/CAIRNCTL.md. `usersRead` as in its facts.
QJsonObject toJson(const storage::ClaimAccount &account, bool usersRead = true);

} // namespace cairn::app
