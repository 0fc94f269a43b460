// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/Job.h"
#include "domain/Verification.h"
#include "items/Roles.h"

/// The status vocabulary of the design language: each state has exactly one translated word and one tone.
namespace cairn::items {

TagValue tag(JobPhase phase);
TagValue tag(Verdict verdict);
TagValue tag(FullRead result);

} // namespace cairn::items
