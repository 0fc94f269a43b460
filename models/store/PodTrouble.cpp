// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/PodTrouble.h"

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

PodTrouble::Weight waitingWeight(const QString &reason)
{
    // Words of kubelet: pkg/kubelet/images/types.go and pkg/kubelet/container/sync_result.go.
    if (reason == "ImagePullBackOff"_L1 || reason == "ErrImagePull"_L1 || reason == "InvalidImageName"_L1
        || reason == "ErrImageNeverPull"_L1 || reason == "ImageInspectError"_L1 || reason == "RegistryUnavailable"_L1)
        return PodTrouble::Image;
    if (reason == "CrashLoopBackOff"_L1)
        return PodTrouble::CrashLoop;
    if (reason == "ContainerCreating"_L1 || reason == "PodInitializing"_L1)
        return PodTrouble::Starting;
    return reason.isEmpty() ? PodTrouble::None : PodTrouble::Config;
}

PodTrouble terminated(const QString &reason, int exitCode, PodTrouble::Weight weight)
{
    if (reason == "OOMKilled"_L1)
        return {PodTrouble::OutOfMemory, reason, {}, {}, true};
    if (exitCode == 0)
        return {};
    const QString word = reason.isEmpty() ? u"Error"_s : reason;
    return {weight, u"%1 (exit %2)"_s.arg(word).arg(exitCode), {}, {}, true};
}

} // namespace

PodTrouble worse(const PodTrouble &a, const PodTrouble &b)
{
    if (a.weight != b.weight)
        return a.weight > b.weight ? a : b;
    return b.at.isValid() && (!a.at.isValid() || b.at > a.at) ? b : a;
}

bool isOutOfSight(const Pod &pod, bool nodeLost)
{
    if (pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1)
        return false;
    return pod.phase == "Unknown"_L1 || pod.unanswered || pod.reason == "NodeLost"_L1 || (nodeLost && !pod.node.isEmpty());
}

PodTrouble podTrouble(const Pod &pod, bool nodeLost)
{
    PodTrouble result;
    const auto consider = [&](PodTrouble trouble) {
        if (trouble.weight != PodTrouble::None)
            result = worse(result, trouble);
    };
    for (const ContainerState &container : pod.containers) {
        if (container.state == "terminated"_L1) {
            consider(terminated(container.reason, container.exitCode.value_or(0), PodTrouble::Exited));
        } else if (container.state == "waiting"_L1) {
            consider({waitingWeight(container.reason), container.reason, {}, {}, true});
        }
        if (!container.lastExitCode || *container.lastExitCode == 0)
            continue;
        PodTrouble last = terminated(container.lastReason, *container.lastExitCode, PodTrouble::RestartedFrom);
        last.at = container.lastFinished;
        // A container that runs well again has its past behind it; one that waits to run again is there because of it.
        last.current = container.state == "waiting"_L1;
        if (last.weight == PodTrouble::OutOfMemory && !last.current)
            last.weight = PodTrouble::RestartedFrom;
        consider(last);
    }
    const bool finished = pod.phase == "Succeeded"_L1 || pod.phase == "Failed"_L1;
    if (!pod.initReason.isEmpty() && !finished) {
        const PodTrouble::Weight weight = waitingWeight(pod.initReason);
        consider({weight == PodTrouble::Config ? PodTrouble::Init : weight, pod.initReason, {}, {}, true});
    }
    if (!pod.reason.isEmpty()) {
        if (pod.reason == "NodeLost"_L1)
            consider({PodTrouble::NodeLost, pod.reason, pod.message, {}, true});
        else if (pod.phase == "Failed"_L1)
            consider({PodTrouble::Evicted, pod.reason, pod.message, {}, true});
        else if (pod.phase == "Pending"_L1 && pod.node.isEmpty())
            consider({PodTrouble::Scheduling, pod.reason, pod.message, {}, true});
    }
    if (isOutOfSight(pod, nodeLost))
        consider({PodTrouble::NodeLost, u"NodeLost"_s, {}, {}, true});
    return result;
}

} // namespace cairn::store
