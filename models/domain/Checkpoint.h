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
    QString format;       ///< "torch-zip", "dcp", "hf-trainer"…: docs/CHECKPOINTS.md lists them
    std::optional<qint64> step;
    QString stepSource;   ///< "name", "json", "pickle" or "" where the step is unknown
    std::optional<double> epoch;
    qint64 bytes = 0;
    int files = 0;
    int filesExpected = 0; ///< shards the metadata names; 0 where the format does not say
    QDateTime savedAt;    ///< UTC; newest modification of its files
    Verdict verdict = Verdict::Unverified;
    QString proof;        ///< what stands behind "whole": "marker", "renamed", "tracker", "count", "probe"; else empty
    QString reason;       ///< one sentence: what was checked, or what is wrong
    bool resumable = false; ///< whole and holds what a resume needs (not weights alone)
    /// A new run can start from it, and none can be resumed.
    bool holdsWeightsAlone() const { return verdict == Verdict::Whole && !resumable; }
    int worldSize = 0;    ///< it loads with this number of processes only; 0 where any will do or nothing is known
    int ranks = 0;        ///< processes whose random states it holds; 0 where it keeps none by process
    std::optional<double> loss; ///< from trainer_state.json and the like; never from unpickling
    bool operator==(const Checkpoint &) const = default;
};

/// The checkpoints of one folder that belong together, by step, then epoch, then time. The last is not always the newest:
/// an older run may have left higher steps in the same folder.
struct Run {
    QString path;         ///< folder, relative to the listed root; "." for the root itself
    QString format;       ///< of its newest checkpoint
    QString latestResumable; ///< path of newestResumable(), "" for none
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

/// The one order of age of the program: by save time in whole seconds, since claims and buckets keep no more and a copy
/// gives all the same; of equal ones the lower step is the older, then the lower epoch, then the path decides. Unknown
/// times, steps and epochs are older than known ones.
bool isOlder(const Checkpoint &a, const Checkpoint &b);

/// Whole, and holds what a resume needs.
bool canResumeFrom(const Checkpoint &checkpoint);

/// The newest of all, by isOlder(). nullptr for none.
const Checkpoint *newestCheckpoint(const Run &run);
const Checkpoint *newestCheckpoint(const Listing &listing);

/// The newest one training could go on from: what "latest" means wherever it is written. nullptr for none.
const Checkpoint *newestResumable(const Run &run);
const Checkpoint *newestResumable(const Listing &listing);

} // namespace cairn
