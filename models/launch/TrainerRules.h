// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Document.h"
#include "manifest/Schema.h"

namespace cairn::launch {

/// What Trainer's webhooks and CEL rules refuse of a TrainJob and of the TrainingRuntime behind it, before they are asked: each at its
/// field. `runtime`: what the job is laid over; without it nothing is said of what hangs on it. Where versions differ the served schemas
/// decide, never a version: `trainJobs` and `runtimes` are null where they were not read, and the newest is meant then. Nothing for other
/// jobs. Trainer v2.0.1, v2.1.0, v2.2.1: pkg/webhooks, pkg/runtime/framework/plugins. Pure, any thread.
QList<manifest::Finding> trainerFindings(const manifest::Document &document, const QJsonObject &runtime, const manifest::Schema *trainJobs,
    const manifest::Schema *runtimes = nullptr);

} // namespace cairn::launch
