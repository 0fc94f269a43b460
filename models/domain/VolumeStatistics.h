// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/VolumeUse.h"

#include <QByteArray>
#include <QList>
#include <optional>

/// Readers of what the cluster itself measured. Pure; bounded; answers are hostile.
namespace cairn {

/// At most so many volumes are taken from one answer.
inline constexpr qsizetype mostVolumes = 20'000;

/// The kubelet's summary (kubernetes/kubelet pkg/apis/stats/v1alpha1/types.go): of each claim that a pod of the node
/// mounts one value, the newest. A number the driver did not give is -1; the kubelet says 0 for it (csi_client.go).
/// Error::Parse where the text is no summary.
Result<QList<VolumeUse>> readSummary(const QByteArray &json);

/// One answer of a Prometheus to an instant query.
struct PrometheusVector {
    struct Value {
        QString ns;
        QString claim;
        double value = 0;
        QDateTime at;
    };
    QList<Value> values;
    int unlabelled = 0; ///< series without the labels namespace and persistentvolumeclaim, left out of `values`
};
/// Error::Parse where the text is no answer; Error::Server with Prometheus' own words where it refused.
Result<PrometheusVector> readVector(const QByteArray &json);

/// Joins used, capacity and available by claim. A claim without `used` is left out.
QList<VolumeUse> joinVectors(const PrometheusVector &used, const PrometheusVector &capacity, const PrometheusVector &available);

/// The query for one metric ("kubelet_volume_stats_used_bytes"). max, not sum: a claim mounted on N nodes has N series.
QString claimQuery(const QString &metric);

} // namespace cairn
