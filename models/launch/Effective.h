// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Spec.h"

namespace cairn::launch {

/// Who says a line of what runs in the end.
enum class Origin {
    Job,
    Runtime,  ///< of a TrainJob
    Patch,    ///< of a TrainJob, by its manager or target
    Queue,    ///< Kueue
    Operator, ///< a default, or what it puts in
};
QString originWord(Origin origin); ///< "job", "runtime", "patch", "queue", "operator"

struct EffectiveLine {
    QString text = {};
    Origin from = Origin::Job;
    QString who = {}; ///< name of the runtime, manager of the patch, LocalQueue; else empty
    bool operator==(const EffectiveLine &) const = default;
};

/// What a job becomes: of a TrainJob its JobSet, of a v1 job the job as its operator takes it.
struct Effective {
    QJsonObject object = {};
    QList<EffectiveLine> lines = {}; ///< of the object as YAML
    QStringList notes = {};          ///< what no line of it can say; sentences
};

/// Merged as Trainer v2.3.0 does it (pkg/runtime/core/trainingruntime.go, plugins torch, mpi and jobset): the runtime, its
/// patches in their order, the trainer, what the plugins put in. Of v1 jobs the defaults are training-operator v1.9.4's
/// and mpi-operator v0.8.2's (*_defaults.go). `runtime`: what the TrainJob refers to; without it the job says nothing of
/// its pods, which a note tells. What differs from pod to pod, and what API server and scheduler add, is left out. Pure,
/// any thread.
Effective effective(const QJsonObject &job, const QJsonObject &runtime = {});
/// Effective::object alone: for many jobs, of which nobody asks for the lines.
QJsonObject effectiveObject(const QJsonObject &job, const QJsonObject &runtime = {});

/// What the pods that train are told in the end, whoever said it: their number, program and size too. What Trainer itself puts in for
/// torchrun is left out.
Spec effectiveSpec(const QJsonObject &job, const QJsonObject &runtime = {});

} // namespace cairn::launch
