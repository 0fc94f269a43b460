// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the decoders.

#include "domain/Claim.h"
#include "domain/Job.h"
#include "domain/JsonFields.h"
#include "domain/Quota.h"
#include "domain/Volume.h"
#include "domain/Workload.h"

namespace cairn::decoding {

void readPod(const JsonValue &object, StringPool &pool, Pod &pod);
void readEvent(const JsonValue &object, StringPool &pool, Event &event);
void readNode(const JsonValue &object, StringPool &pool, Node &node);
void readClaim(const JsonValue &object, StringPool &pool, Claim &claim);
void readVolume(const JsonValue &object, StringPool &pool, PersistentVolume &volume);
void readStorageClass(const JsonValue &object, StringPool &pool, StorageClass &value);
/// A quantity of bytes; -1 where it is none.
qint64 readSize(const JsonValue &value);
void readTrainingRuntime(const JsonValue &object, StringPool &pool, TrainingRuntime &runtime);
void readWorkload(const JsonValue &object, StringPool &pool, const QString &kind, Workload &workload);
void readLease(const JsonValue &object, StringPool &pool, Lease &lease);
void readEndpointSlice(const JsonValue &object, StringPool &pool, EndpointSlice &slice);
void readBudget(const JsonValue &object, StringPool &pool, DisruptionBudget &budget);
void readAutoscaler(const JsonValue &object, StringPool &pool, Autoscaler &autoscaler);
void readQuota(const JsonValue &object, StringPool &pool, const QString &kind, Quota &quota);
void readLimitRange(const JsonValue &object, StringPool &pool, LimitRange &range);
void readJob(const JsonValue &object, StringPool &pool, JobKind kind, Job &job);

} // namespace cairn::decoding
