// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "domain/ObjectApi.h"
#include "jobs/BulkPlan.h"

#include <functional>

/// What both programs do with several jobs at once. Blocking, like the flows of one job (JobFlows.h).
namespace cairn::app {

struct BulkTarget {
    ObjectRef ref;
    std::optional<Listing> checkpoints; ///< as last read; nullopt for never
};

/// Reads every job, decides what would become of it, and lets the server try it without doing it. A job that cannot be
/// read, or that the server refuses, is an item that is left out; only a cancelled flow is an error. `onItem` is called
/// on the thread of the flow after each.
Result<QList<jobs::BulkItem>> previewBulk(ObjectApi &api, jobs::BulkAct act, const QList<BulkTarget> &targets,
                                          const std::function<void(int index, const jobs::BulkItem &)> &onItem, std::stop_token stop);

/// The jobs as one YAML text, a document each, in the order given. Without `whole` it can be applied again: what the
/// server owns is left out. One job that cannot be read is an error: half a backup looks like a whole one.
Result<QString> yamlOfJobs(ObjectApi &api, const QList<ObjectRef> &jobs, bool whole, std::stop_token stop);

/// Writes a file whole or not at all. A symbolic link is not followed: Error::Kind::Io. Overwrites; ask before.
Result<> saveFile(const QString &path, const QByteArray &bytes);

} // namespace cairn::app
