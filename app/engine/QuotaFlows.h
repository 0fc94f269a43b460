// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"
#include "domain/Quota.h"

#include <QDateTime>
#include <QJsonObject>

/// What cairnctl reads of quotas in one go; the window watches the same objects instead. Blocking: run it on the flow pool or
/// in cairnctl, never on the GUI thread.
namespace cairn::app {

struct QuotaFacts {
    QList<Quota> quotas; ///< ResourceQuotas and ClusterQueues
    QList<Quota> localQueues;
    QList<LimitRange> ranges;
    struct Unread {
        QString resource; ///< "clusterqueues.kueue.x-k8s.io"
        Error error;
    };
    QList<Unread> unread; ///< what may not be read; that Kueue is not installed is no gap
    QDateTime now;        ///< UTC, when they were read
};

/// Of one namespace, or of all where `ns` is empty; cluster queues always. An error only where neither quotas nor queues may
/// be listed, or the server cannot be reached.
Result<QuotaFacts> readQuotaFacts(ObjectApi &api, const QString &ns, std::stop_token stop);

/// One row as in docs/CAIRNCTL.md.
QJsonObject toJson(const QuotaRow &row);
QJsonObject toJson(const LimitRange &range);
/// A LocalQueue.
QJsonObject queueJson(const Quota &queue);

} // namespace cairn::app
