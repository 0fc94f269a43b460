// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Options.h"
#include "change/Suspicion.h"
#include "engine/Engine.h"
#include "engine/ServiceFlows.h"
#include "overlay/Folder.h"

/// What the commands of overlay share.
namespace cairn::ctl {

/// Of --settings, else of the folder, else what follows from the scene.
Result<cairn::overlay::Settings> settingsOf(
    const Options &options, const cairn::overlay::Folder &folder, const audit::Scene &scene);
/// Of --out; an empty one without it.
Result<cairn::overlay::Folder> folderOf(const Options &options, std::stop_token stop);

/// By --password-from, for the service of this id. nullopt: nothing says where it is. `cluster` may be null where no
/// Secret is named. Blocks while somebody types.
Result<std::optional<Secret>> passwordFor(
    const Options &options, const cairn::overlay::Outside &outside, ObjectApi *cluster, std::stop_token stop);
/// Asks before the helper: refused without --allow-helper.
app::ServiceTestOptions testOptions(const Options &options);
/// Lines for people, one for each check; those skipped for one reason share one.
QString testTable(const QList<app::ServiceTest> &tests);

int testServices(app::Engine &engine, const Options &options, std::stop_token stop);
int moveDatabase(app::Engine &engine, const Options &options, std::stop_token stop);

} // namespace cairn::ctl
