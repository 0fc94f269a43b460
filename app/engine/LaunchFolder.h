// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/LaunchFlows.h"
#include "overlay/Folder.h"

/// A launch as a kustomize folder, for those who apply by Git. Blocking: run it on the flow pool or in cairnctl.
namespace cairn::app {

/// base/ with the job as it is written, the TrainingRuntime that is made with it, the PVCs that it mounts, and a kustomization.
struct LaunchFolder {
    overlay::Tree tree; ///< tree.entry: the folder to apply, "base"
    /// What becomes of each file: one that is there and not Cairn's stays, and Cairn's is written beside it with the suffix ".cairn".
    QList<overlay::FileStep> steps;
    QList<change::Note> notes; ///< what is not in it, and what stands in its way
};
/// `path`: where it goes; what is there is read, links are not followed, nothing is written. PVCs are read from the cluster, without
/// what the server owns; values of Secrets are in none of it. Conflict where the folder is another job's, or an overlay.
Result<LaunchFolder> launchFolder(ObjectApi &api, const LaunchPreview &preview, const QString &path, std::stop_token stop);
/// Writes it; made where it is missing.
Result<> saveLaunchFolder(const QString &path, const LaunchFolder &folder, std::stop_token stop);

} // namespace cairn::app
