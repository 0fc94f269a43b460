// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ProtoDecoder.h"

#include "domain/PodRules.h"

#include <protozero/pbf_reader.hpp>
#include <stdexcept>

// Field numbers: k8s.io/api core/v1/generated.proto and k8s.io/apimachinery pkg/{apis/meta/v1,runtime,api/resource}/
// generated.proto, v0.36.3. Every switch tests number and wire type together: a field of another wire type than its
// message declares is skipped like an unknown one, so protozero's accessors never see what they do not expect.

namespace cairn::decoding {
namespace {

using Reader = protozero::pbf_reader;

constexpr quint32 bytes(quint32 field)
{
    return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}
constexpr quint32 varint(quint32 field)
{
    return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}

std::string_view view(Reader &reader)
{
    const protozero::data_view data = reader.get_view();
    return {data.data(), data.size()};
}
Reader open(std::string_view message)
{
    return Reader(message.data(), message.size());
}

struct Entry {
    std::string_view key, value;
};
Entry readEntry(std::string_view message)
{
    Entry entry;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): entry.key = view(r); break;
        case bytes(2): entry.value = view(r); break;
        default: r.skip();
        }
    }
    return entry;
}

/// Quantity{string=1}
std::string_view readQuantity(std::string_view message)
{
    std::string_view text;
    for (Reader r = open(message); r.next();) {
        if (r.tag_and_type() == bytes(1))
            text = view(r);
        else
            r.skip();
    }
    return text;
}

/// Time and MicroTime; the zero time is an empty message.
QDateTime readTime(std::string_view message)
{
    if (message.empty())
        return {};
    qint64 seconds = 0, nanos = 0;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case varint(1): seconds = r.get_int64(); break;
        case varint(2): nanos = r.get_int32(); break;
        default: r.skip();
        }
    }
    return timeFromSeconds(seconds, nanos);
}

struct Owner {
    std::string_view kind, name, uid;
    bool controller = false;
};
Owner readOwner(std::string_view message)
{
    Owner owner;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): owner.kind = view(r); break;
        case bytes(3): owner.name = view(r); break;
        case bytes(4): owner.uid = view(r); break;
        case varint(6): owner.controller = r.get_int64() != 0; break;
        default: r.skip();
        }
    }
    return owner;
}

/// ObjectMeta into any of our values. `other(key, value, tag)` gets the fields only some kinds keep (key is set for
/// labels alone), `owner` each owner reference.
template <class T, class Other, class OwnerVisit>
void readMeta(std::string_view message, T &object, Other other, OwnerVisit owner)
{
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): object.name = toQString(view(r)); break;
        case bytes(5): object.uid = toQString(view(r)); break;
        case bytes(6): object.resourceVersion = toQString(view(r)); break;
        case bytes(3): other("", view(r), bytes(3)); break;
        case bytes(8): other("", view(r), bytes(8)); break;
        case bytes(9): other("", view(r), bytes(9)); break;
        case bytes(11): {
            const Entry entry = readEntry(view(r));
            other(entry.key, entry.value, bytes(11));
            break;
        }
        case bytes(13): owner(view(r)); break;
        default: r.skip();
        }
    }
}

void addResources(std::string_view message, GpuCount &gpus)
{
    for (Reader r = open(message); r.next();) {
        const auto tag = r.tag_and_type();
        if (tag != bytes(1) && tag != bytes(2)) {
            r.skip();
            continue;
        }
        const Entry entry = readEntry(view(r));
        gpus.add(tag == bytes(1) ? gpus.limits : gpus.requests, entry.key, readQuantity(entry.value));
    }
}

double containerGpus(std::string_view message)
{
    GpuCount gpus;
    for (Reader r = open(message); r.next();) {
        if (r.tag_and_type() == bytes(8))
            addResources(view(r), gpus);
        else
            r.skip();
    }
    return gpus.value();
}

/// Volume{volumeSource=2} → VolumeSource{persistentVolumeClaim=10} → {claimName=1}
std::string_view volumeClaim(std::string_view message)
{
    std::string_view claim;
    for (Reader volume = open(message); volume.next();) {
        if (volume.tag_and_type() != bytes(2)) {
            volume.skip();
            continue;
        }
        for (Reader source = open(view(volume)); source.next();) {
            if (source.tag_and_type() != bytes(10)) {
                source.skip();
                continue;
            }
            for (Reader pvc = open(view(source)); pvc.next();) {
                if (pvc.tag_and_type() == bytes(1))
                    claim = view(pvc);
                else
                    pvc.skip();
            }
        }
    }
    return claim;
}

void readToleration(std::string_view message, LossTolerance &tolerance)
{
    std::string_view key, op, value, effect;
    std::optional<qint64> seconds;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): key = view(r); break;
        case bytes(2): op = view(r); break;
        case bytes(3): value = view(r); break;
        case bytes(4): effect = view(r); break;
        case varint(5): seconds = r.get_int64(); break;
        default: r.skip();
        }
    }
    tolerance.add(key, op, value, effect, seconds);
}

void readPodSpec(std::string_view message, StringPool &pool, Pod &pod)
{
    LossTolerance tolerance;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1):
            if (const std::string_view claim = volumeClaim(view(r)); !claim.empty())
                pod.claims.append(pool(claim));
            break;
        case bytes(2): pod.gpus += containerGpus(view(r)); break;
        case bytes(10): pod.node = pool(view(r)); break;
        case bytes(22): readToleration(view(r), tolerance); break;
        default: r.skip();
        }
    }
    pod.staysFor = tolerance.seconds();
}

struct Terminated {
    int exitCode = 0;
    std::string_view reason;
    QDateTime finished;
};
Terminated readTerminated(std::string_view message)
{
    Terminated result;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case varint(1): result.exitCode = r.get_int32(); break;
        case bytes(3): result.reason = view(r); break;
        case bytes(6): result.finished = readTime(view(r)); break;
        default: r.skip();
        }
    }
    return result;
}

std::string_view waitingReason(std::string_view message)
{
    std::string_view reason;
    for (Reader r = open(message); r.next();) {
        if (r.tag_and_type() == bytes(1))
            reason = view(r);
        else
            r.skip();
    }
    return reason;
}

struct State {
    std::optional<std::string_view> waiting, running, terminated;
};
State readState(std::string_view message)
{
    State state;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): state.waiting = view(r); break;
        case bytes(2): state.running = view(r); break;
        case bytes(3): state.terminated = view(r); break;
        default: r.skip();
        }
    }
    return state;
}

ContainerState readContainerStatus(std::string_view message, StringPool &pool)
{
    ContainerState container;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): container.name = pool(view(r)); break;
        case bytes(2): {
            const State state = readState(view(r));
            if (state.waiting) {
                container.state = pool("waiting");
                container.reason = pool(waitingReason(*state.waiting));
            }
            if (state.running)
                container.state = pool("running");
            if (state.terminated) {
                const Terminated end = readTerminated(*state.terminated);
                container.state = pool("terminated");
                container.reason = pool(end.reason);
                container.exitCode = end.exitCode;
                container.finished = end.finished;
            }
            break;
        }
        case bytes(3):
            if (const State last = readState(view(r)); last.terminated) {
                const Terminated end = readTerminated(*last.terminated);
                container.lastReason = pool(end.reason);
                container.lastExitCode = end.exitCode;
                container.lastFinished = end.finished;
            }
            break;
        case varint(4): container.ready = r.get_int64() != 0; break;
        case varint(5): container.restarts = r.get_int32(); break;
        default: r.skip();
        }
    }
    return container;
}

void readInitStatus(std::string_view message, StringPool &pool, Pod &pod)
{
    for (Reader r = open(message); r.next();) {
        if (r.tag_and_type() != bytes(2)) {
            r.skip();
            continue;
        }
        const State state = readState(view(r));
        if (!pod.initReason.isEmpty())
            continue;
        if (state.waiting) {
            if (const std::string_view reason = waitingReason(*state.waiting); isInitTrouble(reason))
                pod.initReason = pool(reason);
        } else if (state.terminated) {
            if (const Terminated end = readTerminated(*state.terminated); end.exitCode != 0)
                pod.initReason = pool(end.reason.empty() ? std::string_view("Error") : end.reason);
        }
    }
}

struct Condition {
    std::string_view type, status, changed, reason, message;
};
/// PodCondition and NodeCondition number these fields alike.
Condition readCondition(std::string_view message)
{
    Condition condition;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): condition.type = view(r); break;
        case bytes(2): condition.status = view(r); break;
        case bytes(4): condition.changed = view(r); break;
        case bytes(5): condition.reason = view(r); break;
        case bytes(6): condition.message = view(r); break;
        default: r.skip();
        }
    }
    return condition;
}

void readPodStatus(std::string_view message, StringPool &pool, Pod &pod)
{
    Condition scheduled;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): pod.phase = pool(view(r)); break;
        case bytes(2):
            if (const Condition c = readCondition(view(r)); c.type == "PodScheduled" && c.status == "False")
                scheduled = c;
            else if (isMarkedByNodeController(c.type, c.status, c.reason))
                pod.unanswered = true;
            break;
        case bytes(3): pod.message = pool(view(r)); break;
        case bytes(4): pod.reason = pool(view(r)); break;
        case bytes(8): pod.containers.append(readContainerStatus(view(r), pool)); break;
        case bytes(10): readInitStatus(view(r), pool, pod); break;
        default: r.skip();
        }
    }
    readPodScheduled(scheduled.reason, scheduled.message, pool, pod);
}

} // namespace

ProtoEnvelope openEnvelope(std::string_view body)
{
    constexpr std::string_view magic("k8s\0", 4);
    if (!body.starts_with(magic))
        throw std::runtime_error("no Kubernetes protobuf");
    ProtoEnvelope envelope;
    for (Reader r = open(body.substr(magic.size())); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1):
            for (Reader type = open(view(r)); type.next();) {
                if (type.tag_and_type() == bytes(2))
                    envelope.kind = view(type);
                else
                    type.skip();
            }
            break;
        case bytes(2): envelope.raw = view(r); break;
        default: r.skip();
        }
    }
    return envelope;
}

ProtoEvent openEvent(std::string_view frame)
{
    ProtoEvent event;
    for (Reader r = open(frame); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): event.type = view(r); break;
        case bytes(2):
            for (Reader raw = open(view(r)); raw.next();) {
                if (raw.tag_and_type() == bytes(1))
                    event.object = view(raw);
                else
                    raw.skip();
            }
            break;
        default: r.skip();
        }
    }
    return event;
}

namespace {

ListInfo readListMeta(std::string_view message)
{
    ListInfo info;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(2): info.resourceVersion = toQString(view(r)); break;
        case bytes(3): info.continueToken = toQString(view(r)); break;
        case varint(4): info.remaining = r.get_int64(); break;
        default: r.skip();
        }
    }
    return info;
}

} // namespace

ListInfo readListInfo(std::string_view list)
{
    for (Reader r = open(list); r.next();) {
        if (r.tag_and_type() == bytes(1))
            return readListMeta(view(r));
        r.skip();
    }
    return {};
}

void readListItems(std::string_view list, const std::function<void(std::string_view)> &visit)
{
    for (Reader r = open(list); r.next();) {
        if (r.tag_and_type() == bytes(2))
            visit(view(r));
        else
            r.skip();
    }
}

QString readResourceVersion(std::string_view object)
{
    for (Reader r = open(object); r.next();) {
        if (r.tag_and_type() != bytes(1)) {
            r.skip();
            continue;
        }
        for (Reader meta = open(view(r)); meta.next();) {
            if (meta.tag_and_type() == bytes(6))
                return toQString(view(meta));
            meta.skip();
        }
    }
    return {};
}

ApiStatus readStatus(std::string_view message)
{
    ApiStatus status;
    const auto readCause = [](std::string_view cause) {
        FieldCause result;
        for (Reader r = open(cause); r.next();) {
            switch (r.tag_and_type()) {
            case bytes(1): result.reason = toQString(view(r)); break;
            case bytes(2): result.message = toQString(view(r)); break;
            case bytes(3): result.field = toQString(view(r)); break;
            default: r.skip();
            }
        }
        return result;
    };
    const auto readDetails = [&](std::string_view details) {
        for (Reader r = open(details); r.next();) {
            switch (r.tag_and_type()) {
            case bytes(1): status.name = toQString(view(r)); break;
            case bytes(2): status.group = toQString(view(r)); break;
            case bytes(3): status.kind = toQString(view(r)); break;
            case bytes(4): status.causes.append(readCause(view(r))); break;
            case varint(5): status.retryAfterSeconds = r.get_int32(); break;
            default: r.skip();
            }
        }
    };
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1): status.continueToken = readListMeta(view(r)).continueToken; break;
        case bytes(3): status.message = toQString(view(r)); break;
        case bytes(4): status.reason = toQString(view(r)); break;
        case bytes(5): readDetails(view(r)); break;
        case varint(6): status.code = r.get_int32(); break;
        default: r.skip();
        }
    }
    return status;
}

void readPod(std::string_view message, StringPool &pool, Pod &pod)
{
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1):
            readMeta(
                view(r), pod,
                [&](std::string_view key, std::string_view value, quint32 field) {
                    switch (field) {
                    case bytes(3): pod.ns = pool(value); break;
                    case bytes(8): pod.created = readTime(value); break;
                    case bytes(9): pod.deleting = readTime(value); break;
                    default: readPodLabel(key, value, pool, pod);
                    }
                },
                [&](std::string_view reference) {
                    if (const Owner owner = readOwner(reference); owner.controller) {
                        pod.ownerKind = pool(owner.kind);
                        pod.ownerName = pool(owner.name);
                        pod.ownerUid = pool(owner.uid);
                    }
                });
            break;
        case bytes(2): readPodSpec(view(r), pool, pod); break;
        case bytes(3): readPodStatus(view(r), pool, pod); break;
        default: r.skip();
        }
    }
}

void readEvent(std::string_view message, StringPool &pool, Event &event)
{
    EventTimes times;
    std::string_view component;
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1):
            readMeta(
                view(r), event,
                [&](std::string_view, std::string_view value, quint32 field) {
                    if (field == bytes(3))
                        event.ns = pool(value);
                    else if (field == bytes(8))
                        times.created = readTime(value);
                },
                [](std::string_view) {});
            break;
        case bytes(2):
            for (Reader object = open(view(r)); object.next();) {
                switch (object.tag_and_type()) {
                case bytes(1): event.objectKind = pool(view(object)); break;
                case bytes(3): event.objectName = pool(view(object)); break;
                case bytes(4): event.objectUid = pool(view(object)); break;
                default: object.skip();
                }
            }
            break;
        case bytes(3): event.reason = pool(view(r)); break;
        case bytes(4): event.message = toQString(view(r)); break;
        case bytes(5):
            for (Reader source = open(view(r)); source.next();) {
                if (source.tag_and_type() == bytes(1))
                    component = view(source);
                else
                    source.skip();
            }
            break;
        case bytes(6): times.first = readTime(view(r)); break;
        case bytes(7): times.last = readTime(view(r)); break;
        case varint(8): times.count = r.get_int32(); break;
        case bytes(9): event.type = pool(view(r)); break;
        case bytes(10): times.eventTime = readTime(view(r)); break;
        case bytes(11):
            for (Reader series = open(view(r)); series.next();) {
                switch (series.tag_and_type()) {
                case varint(1): times.seriesCount = series.get_int32(); break;
                case bytes(2): times.seriesLast = readTime(view(series)); break;
                default: series.skip();
                }
            }
            break;
        case bytes(14): event.source = pool(view(r)); break;
        default: r.skip();
        }
    }
    if (event.source.isEmpty())
        event.source = pool(component);
    times.apply(event);
}

void readNode(std::string_view message, StringPool &pool, Node &node)
{
    for (Reader r = open(message); r.next();) {
        switch (r.tag_and_type()) {
        case bytes(1):
            readMeta(
                view(r), node,
                [&](std::string_view key, std::string_view value, quint32 field) {
                    if (field == bytes(8))
                        node.created = readTime(value);
                    else if (field == bytes(11))
                        readNodeLabel(key, value, pool, node);
                },
                [](std::string_view) {});
            break;
        case bytes(2):
            for (Reader spec = open(view(r)); spec.next();) {
                if (spec.tag_and_type() == varint(4))
                    node.unschedulable = spec.get_int64() != 0;
                else
                    spec.skip();
            }
            break;
        case bytes(3):
            for (Reader status = open(view(r)); status.next();) {
                switch (status.tag_and_type()) {
                case bytes(2): {
                    const Entry entry = readEntry(view(status));
                    if (isGpuResource(entry.key))
                        node.gpusAllocatable += std::max(0.0, decodeQuantity(readQuantity(entry.value)).value_or(0));
                    break;
                }
                case bytes(4): {
                    const Condition condition = readCondition(view(status));
                    readNodeCondition(condition.type, condition.status, readTime(condition.changed), pool, node);
                    break;
                }
                case bytes(7):
                    for (Reader info = open(view(status)); info.next();) {
                        if (info.tag_and_type() == bytes(7))
                            node.kubeletVersion = pool(view(info));
                        else
                            info.skip();
                    }
                    break;
                default: status.skip();
                }
            }
            break;
        default: r.skip();
        }
    }
}

} // namespace cairn::decoding
