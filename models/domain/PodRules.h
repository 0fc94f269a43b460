// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the decoders: what both readers of a kind must do alike, written once.

#include "domain/Job.h"
#include "domain/JsonFields.h"
#include "domain/QuantityDecoder.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace cairn::decoding {

/// Adds up the GPUs of one container: limits and requests of an extended resource are equal where both are given.
struct GpuCount {
    double limits = 0;
    double requests = 0;
    void add(double &sum, std::string_view resource, std::string_view quantity)
    {
        if (isGpuResource(resource))
            sum += std::max(0.0, decodeQuantity(quantity).value_or(0));
    }
    double value() const { return std::max(limits, requests); }
};

/// A number that is not negative; nothing else.
inline std::optional<int> labelNumber(std::string_view text)
{
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0)
        return std::nullopt;
    return number;
}

inline void readPodLabel(std::string_view key, std::string_view value, StringPool &pool, Pod &pod)
{
    // pkg/apis/kubeflow.org/v1/common_types.go of training-operator v1.9.4; pkg/apis/kubeflow/v2beta1/constants.go of
    // mpi-operator v0.8.2; api/jobset/v1alpha2 of JobSet v0.12.0; batch/v1 types.go; utils/constant.go of KubeRay v1.6.
    if (key == "training.kubeflow.org/job-name") {
        pod.jobName = pool(value);
    } else if (key == "training.kubeflow.org/replica-type") {
        pod.role = pool(value);
    } else if (key == "training.kubeflow.org/job-role") {
        if (pod.role.isEmpty()) // v1 marks its master with it, beside the type
            pod.role = pool(value);
    } else if (key == "training.kubeflow.org/operator-name") {
        pod.ofMpiOperator = value == "mpi-operator";
    } else if (key == "training.kubeflow.org/replica-index" || key == "batch.kubernetes.io/job-completion-index") {
        pod.index = labelNumber(value).value_or(-1);
    } else if (key == "jobset.sigs.k8s.io/jobset-name") {
        pod.jobName = pool(value);
        pod.ofJobSet = true;
    } else if (key == "jobset.sigs.k8s.io/replicatedjob-name") {
        pod.role = pool(value);
    } else if (key == "ray.io/cluster") {
        pod.jobName = pool(value);
        pod.ofRay = true;
    } else if (key == "ray.io/group") {
        pod.role = pool(value);
    } else if (key == "jobset.sigs.k8s.io/restart-attempt") {
        pod.attempt = labelNumber(value).value_or(0);
    }
}

/// The words of the PodScheduled condition stand in where the pod itself gives none.
inline void readPodScheduled(std::string_view reason, std::string_view message, StringPool &pool, Pod &pod)
{
    if (pod.reason.isEmpty())
        pod.reason = pool(reason);
    if (pod.message.isEmpty())
        pod.message = pool(message);
}

/// A kubelet that says "not ready" gives a reason, always (pkg/kubelet/status/generate.go). The node controller, when a node
/// stopped answering, turns the condition of its pods to "False" and leaves it without one (MarkPodsNotReady in
/// pkg/controller/util/node/controller_utils.go). So it is known without the right to read nodes.
inline bool isMarkedByNodeController(std::string_view type, std::string_view status, std::string_view reason)
{
    return type == "Ready" && status == "False" && reason.empty();
}

inline void readNodeCondition(std::string_view type, std::string_view status, const QDateTime &changed, StringPool &pool, Node &node)
{
    if (type == "Ready") {
        node.ready = status == "True";
        node.readySince = changed;
    } else if (type.ends_with("Pressure") && status == "True") {
        node.pressures.append(pool(type));
    }
}

inline void readNodeLabel(std::string_view key, std::string_view value, StringPool &pool, Node &node)
{
    if (key == "topology.kubernetes.io/zone")
        node.zone = pool(value);
    else if (key == "node-role.kubernetes.io/control-plane" || key == "node-role.kubernetes.io/master")
        node.controlPlane = true;
    else if (key.starts_with("eks.amazonaws.com/"))
        node.vendor = pool("EKS");
    else if (key.starts_with("cloud.google.com/gke-"))
        node.vendor = pool("GKE");
    else if (key.starts_with("kubernetes.azure.com/"))
        node.vendor = pool("AKS");
}

/// How long a pod stays on a node that does not answer, as the taint manager reckons it (getMinTolerationTime in
/// pkg/controller/tainteviction/taint_eviction.go): the least of what tolerates the taint; for ever where nothing that does
/// has a limit, and not at all where nothing tolerates it.
struct LossTolerance {
    bool tolerated = false;
    qint64 least = -1;
    void add(std::string_view key, std::string_view op, std::string_view value, std::string_view effect, std::optional<qint64> seconds)
    {
        const bool exists = op == "Exists";
        const bool fits = key.empty() ? exists : key == "node.kubernetes.io/unreachable" && (exists || value.empty());
        if (!fits || (!effect.empty() && effect != "NoExecute"))
            return;
        tolerated = true;
        if (seconds)
            least = least < 0 ? std::max<qint64>(0, *seconds) : std::min(least, std::max<qint64>(0, *seconds));
    }
    int seconds() const { return tolerated ? toInt(least) : 0; }
};

/// The old and the new events API fill different fields of the same object (api core/v1 types.go, Event).
struct EventTimes {
    QDateTime created, first, last, eventTime, seriesLast;
    qint64 count = 0, seriesCount = 0;
    void apply(Event &event) const
    {
        event.first = first.isValid() ? first : eventTime.isValid() ? eventTime : created;
        event.last = last;
        if (seriesLast.isValid() && (!event.last.isValid() || seriesLast > event.last))
            event.last = seriesLast;
        if (!event.last.isValid())
            event.last = event.first;
        event.count = toInt(std::max<qint64>({1, count, seriesCount}));
    }
};

/// Why an init container keeps the pod from starting; "PodInitializing" and the like are no reasons.
inline bool isInitTrouble(std::string_view waiting)
{
    return !waiting.empty() && waiting != "PodInitializing" && waiting != "ContainerCreating";
}

} // namespace cairn::decoding
