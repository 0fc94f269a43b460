// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

/// Making a TrainJob of a job of the training operator or the MPI operator. Pure, any thread.
namespace cairn::launch {

/// What the TrainJob is made for.
struct ConvertTo {
    QString name = {}; ///< empty: the job's. Both may be there at once, being of two kinds
    QString runtime = {};
    bool ownRuntime = false;          ///< it is a TrainingRuntime of the namespace, not of the cluster
    QJsonObject runtimeObject = {};   ///< the runtime, whole; empty: not read, so that what it says is not known
    TrainJobFields fields = {};
};

struct Conversion {
    /// What became of one thing that the job says.
    enum class Fate {
        Moved,     ///< said in another place, with the same effect
        Otherwise, ///< done in another way: look whether it is meant so
        Lost,      ///< a TrainJob has no place for it
        Breaks,    ///< it would not train as it did unless something is done first
    };
    struct Point {
        QString id = {};    ///< stable word for programs
        QString field = {}; ///< where the job says it, as "spec.runPolicy.backoffLimit"
        Fate fate = Fate::Lost;
        QString text = {}; ///< what happens instead; safe to show
        QString fix = {};  ///< what to do; may be empty
        bool operator==(const Point &) const = default;
    };
    QJsonObject job = {};
    QList<Point> points = {}; ///< in the order of the job's fields, what breaks first
    /// The first thing for which it would not train as it did; empty: nothing known.
    QString breaks() const;
};
/// "moved", "otherwise", "lost", "breaks".
QString fateWord(Conversion::Fate fate);

/// Everything that `job` says is in the TrainJob, or is in `points`. Fails (Kind::Unsupported) where it is no job of a v1
/// kind or of MPIJob v2beta1, or has no replica that trains.
Result<Conversion> convert(const QJsonObject &job, const ConvertTo &to);

/// Which of these runtimes (whole objects) suits a job of this kind: by its mlPolicy, of several torch-distributed or the
/// first by name; empty: none. A kind that no policy is for takes one without MPI.
QString runtimeFor(JobKind kind, const QList<QJsonObject> &runtimes);

} // namespace cairn::launch
