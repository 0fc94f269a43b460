// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Kinds.h"

#include <QJsonObject>
#include <QStringList>

/// What the fields of v1 jobs mean to a TrainJob. Private to launch.
namespace cairn::launch {

/// The policy of a runtime (spec.mlPolicy) that tells the nodes of a job of this kind of one another: "torch"; empty where
/// Trainer has none.
QString wiredBy(JobKind kind);

/// One thing about how the nodes find each other.
struct Wiring {
    QString id;
    bool breaks = false;
    QString text;
    QString fix;
};
/// `words`: command, arguments and values of variables. `policy`: the runtime's mlPolicy, where it is known.
struct WiringOf {
    JobKind kind = JobKind::PyTorchJob;
    bool known = false;
    QJsonObject policy;
    QString runtime; ///< safe to show
    int nodes = 1;
    int processes = 0;
    QStringList words;
};
QList<Wiring> wiringOf(const WiringOf &job);

/// Variables that Trainer sets under such a policy, and refuses from a job.
QStringList reservedBy(const QString &policy);

/// What happens where a TrainJob cannot say this field of a pod, or of its container; empty: the runtime decides.
QString insteadOf(const QString &field);
/// What becomes of pods once the job has ended, instead of this cleanPodPolicy; empty: the same.
QString podsAfter(const QString &policy);
/// Written by people and defaulters, and the same without being written.
bool isDefault(const QString &field, const QJsonValue &value);
/// Empty, so that nothing is lost with it.
bool isNothing(const QJsonValue &value);

} // namespace cairn::launch
