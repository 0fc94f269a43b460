// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Facts.h"

#include <optional>

/// What the scene and the catalogue together say of one workload, read as the audit reads it. Private to overlay.
namespace cairn::overlay {

using audit::entryOf;

/// Leader election as the live object has it set: true on, false off, nothing where the catalogue knows no way to tell.
std::optional<bool> electsNow(const audit::Scene &scene, const QJsonObject &workload, const components::Entry &entry);

/// The service account of its pods; where none is named that of the catalogue, else "default".
QString accountOf(const QJsonObject &workload, const components::Entry &entry);
/// Whether Roles and ClusterRoles that were read allow the account all of the rules in the namespace; nothing where they were
/// not read.
std::optional<bool> hasRights(const audit::Scene &scene, const QString &account, const QString &accountNs, const QString &ns,
                              const QList<components::RoleRule> &rules);

/// The autoscaler that decides its replicas; nullptr: none.
const QJsonObject *autoscalerOf(const audit::Scene &scene, const QJsonObject &workload);
/// PDBs whose selector takes its pods.
QList<const QJsonObject *> budgetsOf(const audit::Scene &scene, const QJsonObject &workload);
/// Spec of the PDB that the overlay gives it: one pod at a time.
QJsonObject ownBudget(const QJsonObject &workload);
/// Mounts a claim that one node alone can mount (or whose access modes were not read).
bool isOnOneClaim(const audit::Scene &scene, const QJsonObject &workload);
/// Position of a container by name; -1.
int containerIndex(const QJsonObject &workload, const QString &name);

/// Nodes that take new pods, and how many zones they are in.
struct Places {
    int nodes = 0;
    int zones = 0;
    double cores = -1, bytes = -1; ///< allocatable and not requested; -1 unknown
};
Places placesIn(const audit::Scene &scene);
/// Requests of one of its pods.
void addRequests(const QJsonObject &podSpec, double &cores, double &bytes);

/// Of the release whose versions fit the images best; empty where nothing tells.
QString releaseIn(const audit::Scene &scene);

} // namespace cairn::overlay
