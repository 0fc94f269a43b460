// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Fit.h"

/// Points of a Fit that have nothing to do with amounts. Private to launch.
namespace cairn::launch {

/// "claims": pods do not start without each of the PVCs that they mount.
Point claimsFor(const Spec &spec, const FitFacts &facts);
/// "pull-secret": the kubelet passes over a Secret that is missing or of another registry, and pulls without.
Point pullSecretFor(const Spec &spec, const FitFacts &facts);

} // namespace cairn::launch
