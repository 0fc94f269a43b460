// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Job.h"

/// What is said wherever something is shown, by both programs. Safe to show.
namespace cairn::situation {

/// "1/2"; of replicas of which nobody knows whether they are ready "–/2", or "≥ 1/2" where others are.
QString readyText(int ready, int unknown, int desired);
inline QString readyText(const Job &job) { return readyText(job.ready(), job.unknown(), job.desired()); }
inline QString readyText(const ReplicaGroup &group) { return readyText(group.ready, group.unknown, group.desired); }

/// Why the job is in its state, in a few words: what it died of, else Kubernetes' short word; may be empty.
QString causeWords(const Job &job);
/// The same, with the whole message where there is nothing shorter.
QString causeText(const Job &job);

/// "8 min", "2 h 10 min", "3 d": the time since `when` without "ago"; "now" below 5 s, "–" where invalid.
QString age(const QDateTime &when, const QDateTime &now);

} // namespace cairn::situation
