// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>
#include <optional>

namespace cairn {

/// How far a checkpoint may be trusted.
enum class Verdict { Whole, Writing, Unverified, Damaged };

/// "whole", "writing", "unverified", "damaged": the words of the JSON output.
QString verdictName(Verdict verdict);

/// One thing a training script can start from.
struct Checkpoint {
    QString path;         ///< what its loader takes: file, folder or common prefix; relative to the listed root
    QString format;       ///< "torch-zip", "dcp", "hf-trainer", "safetensors"
    std::optional<qint64> step;
    QString stepSource;   ///< "name", "json", "pickle" or "" where the step is unknown
    std::optional<double> epoch;
    qint64 bytes = 0;
    int files = 0;
    int filesExpected = 0; ///< shards the metadata names; 0 where the format does not say
    QDateTime savedAt;    ///< UTC; newest modification of its files
    Verdict verdict = Verdict::Unverified;
    QString reason;       ///< one sentence: what was checked, or what is wrong
    bool resumable = false; ///< whole and holds what a resume needs (not weights alone)
    std::optional<double> loss; ///< from trainer_state.json and the like; never from unpickling
    bool operator==(const Checkpoint &) const = default;
};

/// The checkpoints of one folder that belong together, oldest first (by step, then time).
struct Run {
    QString path;         ///< folder, relative to the listed root; "." for the root itself
    QString format;       ///< of its newest checkpoint
    QString latestResumable; ///< path of the newest resumable checkpoint, "" for none
    QList<Checkpoint> checkpoints;
    bool operator==(const Run &) const = default;
};

/// What a listing found, and how complete it is.
struct Listing {
    QList<Run> runs;
    bool partial = false; ///< cut log, budget, unreadable folders: never claim completeness then
    QStringList notes;    ///< one sentence for each thing left out, safe to show
    QDateTime readAt;     ///< UTC
    QString source;       ///< "folder", "bucket", "helper job", "exec"
    bool operator==(const Listing &) const = default;
};

} // namespace cairn
