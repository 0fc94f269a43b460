// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Scene.h"
#include "domain/ObjectApi.h"

#include <optional>

/// What the audit judges, read of a cluster or of manifests. Blocking: run it on the flow pool or in cairnctl, never on the GUI thread.
namespace cairn::app {

struct SceneOptions {
    /// A namespace that is judged although it is none of Kubeflow's, because somebody named it; may be empty. Where nobody may list
    /// workloads of the whole cluster it is looked into as well as the catalogue's.
    QString ns = {};
    /// The same where the whole cluster may not be listed, and else no more than any other: the context's namespace.
    QString fallback = {};
    /// Look whether Secrets of the components hold the values that a distribution ships. They are read one by one, by name; what
    /// they hold is compared and dropped at once.
    bool secrets = false;
};

/// Reads lists of whole objects in pages: workloads, pods, Services, EndpointSlices, PDBs, HPAs, PVCs, Leases, Roles and their bindings,
/// CronJobs, snapshots and Certificates of the namespaces where components are; of the whole cluster webhooks, CRDs that convert by
/// webhook, nodes, storage classes, volumes, ClusterRoles, Velero Schedules, namespaces, and pods of training jobs; ConfigMaps by name; and of a metadata server
/// that was scaled and restarts, the tail of the log of the run before.
/// What may not be read or is not served is a gap of the scene. An error only where no workload at all may be listed, or the server
/// cannot be reached.
Result<audit::Scene> readScene(ObjectApi &api, const SceneOptions &options, std::stop_token stop);

/// How much of a folder is read.
struct ManifestLimits {
    int files = 20'000;
    int depth = 32;
    qint64 bytes = 512LL * 1024 * 1024;
};

/// Reads rendered YAML or JSON: a file with any number of documents, or a folder with all *.yaml, *.yml and *.json in and below it. Links that
/// lead out of the folder are not followed. What cannot be read is a gap of the scene, "file:line:column", and the rest is in it.
/// Places are relative to the folder. An error where nothing is there, or nothing in it is a Kubernetes object.
Result<audit::Scene> readManifests(const QString &path, const ManifestLimits &limits, std::stop_token stop);
/// The same of one text, as it comes from stdin.
Result<audit::Scene> readManifestText(const QByteArray &bytes, const QString &name, std::stop_token stop);

/// Why a file that a user named is not opened: what is no regular file may never begin, or never end. What a shell makes of <(…) may
/// be named.
std::optional<Error> refusedFile(const QString &path);

} // namespace cairn::app
