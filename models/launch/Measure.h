// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Gap.h"
#include "domain/Job.h"
#include "launch/Advisor.h"
#include "launch/Policy.h"

#include <QByteArray>
#include <QDateTime>
#include <optional>

/// What a namespace's own jobs tell of the advisor's inputs. Pure, any thread.
namespace cairn::launch {

/// How long a training takes for its steps and its saves, from its log. Seconds.
struct LogTimes {
    QList<double> steps = {};  ///< of one step: one for each stretch between two lines that tell a step, none with a save in it
    QList<double> saves = {};  ///< that training stood still for a save: as a line says ("saved … in 1.2 s"), else by how
                               ///< much the stretch with one save in it took longer than its steps; may be below 0
    std::optional<qint64> firstStepMs = {}; ///< ms since the epoch, of the first line that tells a step
    void add(const LogTimes &more);
};
/// `log`: whole lines, each with the kubelet's time in front (LogOptions::timestamps); others are left out.
LogTimes timesOf(const QByteArray &log);
/// The middle one; nullopt of none.
std::optional<double> median(QList<double> values);

/// A job with its pods, as far as they are still there.
struct Trained {
    Job job;
    QList<Pod> pods = {};
};

/// How often trainings were interrupted by something that may happen again at any time.
struct Failures {
    bool read = false; ///< false: jobs or pods could not be listed
    int count = 0;
    int jobs = 0;         ///< that count: they trained, or train
    double podHours = 0;  ///< that their pods trained, all together
    double gpuHours = 0;  ///< that their GPUs did
    bool operator==(const Failures &) const = default;
};
/// Counted are: restarts of containers (once for all pods of a job, which fall together), restarts of a JobSet, a job that
/// failed, and a pod on a node that does not answer. Not counted, neither time nor failure: who failed within
/// kTooSoonSeconds, or of what fails every time (a module, a file or a right that is missing, a checkpoint that does not
/// load), lost no work; suspended and waiting jobs do not train. What left no trace, as an event that has expired, is not
/// seen: failures may come more often.
Failures failuresOf(const QList<Trained> &jobs, const QDateTime &now);
constexpr qint64 kTooSoonSeconds = 300;

/// What one input is, and where it comes from.
struct Input {
    std::optional<Measured> value = {};
    QString from = {}; ///< "41 saves of bert-xl"; of an unknown one why it is not known. Safe to show
    bool operator==(const Input &) const = default;
};

/// Everything the advisor could learn without asking a person. What is not known is empty, never zero.
struct Inputs {
    bool read = false; ///< false: nobody looked yet
    Input save, step, restart;
    Failures failures;
    QString ns = {}; ///< that they are of
    /// Size of one checkpoint: the median of `checkpoints` whole ones of the job `sizeOf`.
    std::optional<qint64> bytes = {};
    int checkpoints = 0;
    QString sizeOf = {};
    /// The PVC that takes the checkpoints, and the room on it when it was measured last.
    QString claim = {};
    std::optional<qint64> room = {};
    QDateTime roomAt = {};
    std::optional<qint64> capacity = {};
    /// What the job saved by that this one is made from.
    std::optional<Policy> before = {};
    QString beforeName = {}; ///< safe to show
    QList<Gap> gaps = {};    ///< what could not be read
};

/// The mean time between failures of a job of this size: failures come in proportion to the GPUs that train, or to the pods
/// where either has none. Of fewer than kFewestFailures the value says nothing and advise() leaves it aside.
Input failureOf(const Inputs &inputs, const Spec &spec);
/// All four for a job of this size. `typed` wins where it has something.
Costs costsOf(const Inputs &inputs, const Spec &spec, const Costs &typed = {});

/// Seconds of work between two saves of this policy, whichever comes first; nullopt where it saves by epochs alone, by steps
/// and nobody knows how long one takes, or not at all.
std::optional<double> intervalOf(const Policy &policy, std::optional<double> stepSeconds);

} // namespace cairn::launch
