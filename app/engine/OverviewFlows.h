// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Gap.h"
#include "domain/ObjectApi.h"
#include "situation/Overview.h"
#include "storage/ClaimAccount.h"

#include <QJsonObject>

/// The Overview for cairnctl, read in one go; the window has it from its stores. Blocking: run it on the flow pool or in
/// cairnctl, never on the GUI thread.
namespace cairn::app {

struct OverviewReading {
    situation::Overview overview;
    QList<Gap> gaps; ///< what could not be read: there may be more problems
    QDateTime now;   ///< UTC, as of which it was judged
};

/// Jobs and claims of a namespace ("" for all), nodes and the components of Kubeflow. Checkpoints are not looked for: that
/// needs a helper. `measure` adds what is known of how full the claims are; may be empty. An error only where none of them
/// can be read, or the server cannot be reached.
Result<OverviewReading> readOverview(ObjectApi &api, const QString &ns, const std::function<void(storage::ClaimFacts &facts)> &measure, std::stop_token stop);

/// As docs/CAIRNCTL.md describes it.
QJsonObject toJson(const OverviewReading &reading);

} // namespace cairn::app
