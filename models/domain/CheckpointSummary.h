// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"

#include <chrono>

namespace cairn {

/// What is known about the checkpoints of one job, without the list itself.
struct CheckpointSummary {
    bool none = false;           ///< read, and there is not one
    bool partial = false;        ///< the listing was cut: the newest may be missing
    Verdict verdict = Verdict::Unverified; ///< of the newest
    QDateTime savedAt;           ///< UTC, of the newest
    std::optional<qint64> step;  ///< of the newest
    QDateTime safeSince;         ///< UTC, of the newest one training can go on from; invalid for none
    std::optional<qint64> safeStep;
    std::optional<qint64> reachedStep; ///< of the newest that tells its step: how far training had come
    QDateTime reachedAt;         ///< UTC, of the same
    std::chrono::seconds rhythm{0}; ///< usual distance between two saves; 0 where unknown
    QDateTime readAt;            ///< UTC
    bool operator==(const CheckpointSummary &) const = default;
};

/// Newest, safest and rhythm of a whole listing.
CheckpointSummary summarize(const Listing &listing);

/// The usual distance between two saves: the median of the gaps, so that one long pause between two attempts does not
/// stretch it. Files of one save (the same second) count once. 0 below two gaps: one gap is no rhythm. Any order.
std::chrono::seconds rhythmOf(const QList<QDateTime> &saves);

/// Whether a running job should have saved by `now`: more than twice its rhythm ago, and at least ten minutes. A save that
/// is merely slow is no news, and a cut listing proves nothing.
bool isOverdue(const CheckpointSummary &known, const QDateTime &now);

} // namespace cairn
