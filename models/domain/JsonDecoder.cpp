// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/JsonDecoder.h"

#include "domain/PodRules.h"

namespace cairn::decoding {
namespace {

template <class T>
void readIdentity(const JsonValue &meta, T &object)
{
    object.name = meta["name"].string();
    object.uid = meta["uid"].string();
    object.resourceVersion = meta["resourceVersion"].string();
}

ContainerState readContainerStatus(const JsonValue &status, StringPool &pool)
{
    ContainerState container;
    container.name = pool(status["name"].text());
    container.ready = status["ready"].boolean();
    container.restarts = toInt(status["restartCount"].integer());
    const JsonValue state = status["state"];
    if (const JsonValue waiting = state["waiting"]; waiting.isObject()) {
        container.state = pool("waiting");
        container.reason = pool(waiting["reason"].text());
    }
    if (state["running"].isObject())
        container.state = pool("running");
    if (const JsonValue end = state["terminated"]; end.isObject()) {
        container.state = pool("terminated");
        container.reason = pool(end["reason"].text());
        container.exitCode = toInt(end["exitCode"].integer());
        container.finished = end["finishedAt"].time();
    }
    if (const JsonValue last = status["lastState"]["terminated"]; last.isObject()) {
        container.lastReason = pool(last["reason"].text());
        container.lastExitCode = toInt(last["exitCode"].integer());
        container.lastFinished = last["finishedAt"].time();
    }
    return container;
}

void readInitStatus(const JsonValue &status, StringPool &pool, Pod &pod)
{
    if (!pod.initReason.isEmpty())
        return;
    const JsonValue state = status["state"];
    if (const JsonValue waiting = state["waiting"]; waiting.isObject()) {
        if (isInitTrouble(waiting["reason"].text()))
            pod.initReason = pool(waiting["reason"].text());
    } else if (const JsonValue end = state["terminated"]; end.isObject() && end["exitCode"].integer() != 0) {
        const std::string_view reason = end["reason"].text();
        pod.initReason = pool(reason.empty() ? std::string_view("Error") : reason);
    }
}

} // namespace

void readPod(const JsonValue &object, StringPool &pool, Pod &pod)
{
    const JsonValue meta = object["metadata"];
    readIdentity(meta, pod);
    pod.ns = pool(meta["namespace"].text());
    pod.created = meta["creationTimestamp"].time();
    pod.deleting = meta["deletionTimestamp"].time();
    meta["labels"].fields(
        [&](std::string_view key, const JsonValue &value) { readPodLabel(key, value.text(), pool, pod); });
    meta["ownerReferences"].each([&](const JsonValue &owner) {
        if (!owner["controller"].boolean())
            return;
        pod.ownerKind = pool(owner["kind"].text());
        pod.ownerName = pool(owner["name"].text());
        pod.ownerUid = pool(owner["uid"].text());
    });

    const JsonValue spec = object["spec"];
    pod.node = pool(spec["nodeName"].text());
    spec["volumes"].each([&](const JsonValue &volume) {
        if (const std::string_view claim = volume["persistentVolumeClaim"]["claimName"].text(); !claim.empty())
            pod.claims.append(pool(claim));
    });
    spec["containers"].each([&](const JsonValue &container) {
        GpuCount gpus;
        const JsonValue resources = container["resources"];
        resources["limits"].fields(
            [&](std::string_view key, const JsonValue &value) { gpus.add(gpus.limits, key, value.quantityText()); });
        resources["requests"].fields(
            [&](std::string_view key, const JsonValue &value) { gpus.add(gpus.requests, key, value.quantityText()); });
        pod.gpus += gpus.value();
    });

    LossTolerance tolerance;
    spec["tolerations"].each([&](const JsonValue &t) {
        const JsonValue seconds = t["tolerationSeconds"];
        tolerance.add(t["key"].text(), t["operator"].text(), t["value"].text(), t["effect"].text(),
                      seconds.exists() ? std::optional(seconds.integer()) : std::nullopt);
    });
    if (spec.isObject())
        pod.staysFor = tolerance.seconds();

    const JsonValue status = object["status"];
    pod.phase = pool(status["phase"].text());
    pod.reason = pool(status["reason"].text());
    pod.message = pool(status["message"].text());
    status["containerStatuses"].each([&](const JsonValue &s) { pod.containers.append(readContainerStatus(s, pool)); });
    status["initContainerStatuses"].each([&](const JsonValue &s) { readInitStatus(s, pool, pod); });
    JsonValue scheduled;
    status["conditions"].each([&](const JsonValue &condition) {
        const std::string_view type = condition["type"].text();
        if (type == "PodScheduled" && condition["status"].text() == "False")
            scheduled = condition;
        if (isMarkedByNodeController(type, condition["status"].text(), condition["reason"].text()))
            pod.unanswered = true;
    });
    readPodScheduled(scheduled["reason"].text(), scheduled["message"].text(), pool, pod);
}

void readEvent(const JsonValue &object, StringPool &pool, Event &event)
{
    const JsonValue meta = object["metadata"];
    readIdentity(meta, event);
    event.ns = pool(meta["namespace"].text());
    const JsonValue about = object["involvedObject"];
    event.objectKind = pool(about["kind"].text());
    event.objectName = pool(about["name"].text());
    event.objectUid = pool(about["uid"].text());
    event.type = pool(object["type"].text());
    event.reason = pool(object["reason"].text());
    event.message = object["message"].string();
    event.source = pool(object["reportingComponent"].text());
    if (event.source.isEmpty())
        event.source = pool(object["source"]["component"].text());

    EventTimes times;
    times.created = meta["creationTimestamp"].time();
    times.first = object["firstTimestamp"].time();
    times.last = object["lastTimestamp"].time();
    times.eventTime = object["eventTime"].time();
    times.count = object["count"].integer();
    times.seriesCount = object["series"]["count"].integer();
    times.seriesLast = object["series"]["lastObservedTime"].time();
    times.apply(event);
}

void readNode(const JsonValue &object, StringPool &pool, Node &node)
{
    const JsonValue meta = object["metadata"];
    readIdentity(meta, node);
    node.created = meta["creationTimestamp"].time();
    meta["labels"].fields(
        [&](std::string_view key, const JsonValue &value) { readNodeLabel(key, value.text(), pool, node); });
    node.unschedulable = object["spec"]["unschedulable"].boolean();
    const JsonValue status = object["status"];
    status["allocatable"].fields([&](std::string_view key, const JsonValue &value) {
        if (isGpuResource(key))
            node.gpusAllocatable += std::max(0.0, decodeQuantity(value.quantityText()).value_or(0));
    });
    status["conditions"].each([&](const JsonValue &condition) {
        readNodeCondition(condition["type"].text(), condition["status"].text(),
                          condition["lastTransitionTime"].time(), pool, node);
    });
    node.kubeletVersion = pool(status["nodeInfo"]["kubeletVersion"].text());
}

void readClaim(const JsonValue &object, StringPool &pool, Claim &claim)
{
    const JsonValue meta = object["metadata"];
    readIdentity(meta, claim);
    claim.ns = pool(meta["namespace"].text());
    claim.created = meta["creationTimestamp"].time();
    claim.deleting = meta["deletionTimestamp"].time();
    const JsonValue spec = object["spec"];
    const JsonValue status = object["status"];
    claim.phase = pool(status["phase"].text());
    claim.storageClass = pool(spec["storageClassName"].text());
    claim.volume = spec["volumeName"].string();
    claim.volumeMode = pool(spec["volumeMode"].text());
    const JsonValue granted = status["accessModes"];
    (granted.isArray() ? granted : spec["accessModes"]).each([&](const JsonValue &mode) {
        if (!mode.text().empty())
            claim.accessModes.append(pool(mode.text()));
    });
    claim.requested = readSize(spec["resources"]["requests"]["storage"]);
    claim.capacity = readSize(status["capacity"]["storage"]);
    status["conditions"].each([&](const JsonValue &condition) {
        if (condition["type"].text() == "Unused" && condition["status"].text() == "True")
            claim.unusedSince = condition["lastTransitionTime"].time();
    });
}

} // namespace cairn::decoding
