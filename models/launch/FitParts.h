// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Fit.h"

/// Points of a Fit that have nothing to do with amounts. Private to launch.
namespace cairn::launch {

/// "claims": pods do not start without each of the PVCs that they mount.
Point claimsFor(const Spec &spec, const FitFacts &facts);
/// "service-account", "priority", "objects": what pods name has to be there, with the keys that they name. Each where they name any.
QList<Point> namedFor(const Needs &needs, const FitFacts &facts);
/// "sub-paths": keys that are mounted by a sub-path. Empty where there are none.
QList<Point> subPathsFor(const Needs &needs, const FitFacts &facts);
/// "volcano": its Queue has to be there, where Volcano is. Empty where the job names none.
QList<Point> volcanoFor(const Spec &spec, const FitFacts &facts);
/// "pull-secret": the kubelet passes over a Secret that is missing or of another registry, and pulls without.
Point pullSecretFor(const Spec &spec, const FitFacts &facts);

} // namespace cairn::launch
