// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"
#include "manifest/Schema.h"

#include <functional>

/// What reading for a launch and for its fit have in common. Private to LaunchFlows, LaunchGround, LaunchPlace, LaunchTaken
/// and FitFlows.
namespace cairn::app::launching {

inline constexpr qint64 pageSize = 500;
inline constexpr int mostNodes = 20; // pages

/// Volcano's, which are for the whole cluster.
inline ResourceKind volcanoQueues()
{
    return {QStringLiteral("scheduling.volcano.sh"), QStringLiteral("v1beta1"), QStringLiteral("queues"), QStringLiteral("Queue"), false};
}

/// Hands on what a list holds, a page at a time; false where there is more than `most` pages.
Result<bool> readPages(ObjectApi &api, const ResourceKind &kind, ListQuery query, int most,
    const std::function<void(const QJsonObject &)> &take, const std::stop_token &stop);

/// What the served version of the kind may hold. Raw and hostile.
Result<manifest::Schema> schemaOf(ObjectApi &api, const ResourceKind &kind, const std::stop_token &stop);
/// What a TrainJob in `ns` is laid over; a reference to nothing for other jobs.
ObjectRef runtimeRef(const QJsonObject &job, const QString &ns);
/// That runtime; empty where it is not there, or may not be read.
QJsonObject runtimeOf(ObjectApi &api, const QJsonObject &job, const QString &ns, const std::stop_token &stop);

/// `taken`, the server's word that the name of a job is taken, with whose the one is that has it (`there`), and how it differs from
/// `wanted`.
Error isAnothers(const Error &taken, const QJsonObject &there, const QJsonObject &wanted, JobKind kind);

} // namespace cairn::app::launching
