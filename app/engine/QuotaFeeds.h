// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/QuotaDecoder.h"
#include "engine/Watched.h"

#include <QObject>

namespace cairn::app {

/// ResourceQuotas, LimitRanges and the queues of Kueue. GUI thread.
class QuotaFeeds : public QObject
{
    Q_OBJECT

public:
    explicit QuotaFeeds(kube::Cluster &cluster, QObject *parent = nullptr);

    /// Those of namespaces.
    void start(const kube::FeedScope &scope);
    template <class F>
    void each(F visit)
    {
        visit(quotas);
        visit(ranges);
        visit(clusterQueues);
        visit(localQueues);
    }

    Watched<Quota> quotas;
    Watched<LimitRange> ranges;
    Watched<Quota> clusterQueues, localQueues;

signals:
    /// Values or states; comes in bursts.
    void changed();
};

} // namespace cairn::app
