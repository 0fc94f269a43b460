// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps its pods: that they are not made, the scheduler, their node, their containers.
#include "launch/WhyNotAsking.h"

#include "domain/QuantityDecoder.h"

#include <QJsonArray>
#include <algorithm>

namespace cairn::launch::whynot {

int Asking::wanted() const
{
    if (m_kind.isTrainJob())
        return m_job.value("spec"_L1).toObject().value("trainer"_L1).toObject().contains("numNodes"_L1)
            ? m_spec.nodes
            : 0;
    double sum = 0;
    const QJsonObject roles = m_job.value("spec"_L1).toObject().value(m_kind.replicaSpecs).toObject();
    for (auto it = roles.begin(); it != roles.end(); ++it)
        sum += std::max(0.0, it.value().toObject().value("replicas"_L1).toDouble(1));
    return static_cast<int>(std::min(sum, 1e6));
}

void Asking::created()
{
    if (!m_facts.pods) {
        m_unknown.insert(Created, Words::tr("Its pods could not be read."));
        return;
    }
    const qsizetype there = m_facts.pods->size();
    if (there > 0 && there >= wanted())
        return;
    if (!m_facts.events)
        m_unknown.insert(Created, Words::tr("Events could not be read."));
    for (const QJsonObject &event : eventsOfMakers()) {
        const QString reason = event.value("reason"_L1).toString();
        if (!reason.startsWith("FailedCreate"_L1) && reason != "JobCreationFailed"_L1
            && reason != "TrainJobResourcesCreationFailed"_L1)
            continue;
        const QString message = event.value("message"_L1).toString();
        Refusal refusal = creationRefusal(message);
        // One pod may find room where all of them never will.
        if (refusal.cause == "quota"_L1 && refusal.verdict == Verdict::Waiting) {
            for (const Point &point : fitOf(m_spec, m_facts.cluster).points) {
                if (point.id == "quota"_L1 && point.state == Point::State::Fails)
                    refusal = {Verdict::Never, u"quota"_s, point.text, {point.fix}};
            }
        }
        trouble(Created, refusal,
            Words::tr("%1 %2, event %3")
                .arg(event.value("involvedObject"_L1).toObject().value("kind"_L1).toString(),
                    event.value("involvedObject"_L1).toObject().value("name"_L1).toString(), reason),
            message, timeOfEvent(event));
        return;
    }
    if (there == 0)
        trouble(Created,
            {m_facts.events ? Verdict::Waiting : Verdict::Unknown, u"no-pods"_s,
                m_facts.events ? Words::tr("Its operator has not made its pods yet.")
                               : Words::tr("It has no pods, and why could not be read."),
                {Words::tr("If this lasts, see with \"cairnctl components\" whether its operator works.")}});
}

void Asking::podOf(const QJsonObject &pod)
{
    const QString name = nameOf(pod);
    const QString source = Words::tr("Pod %1").arg(name);
    const QJsonObject status = pod.value("status"_L1).toObject();
    const QJsonObject spec = pod.value("spec"_L1).toObject();
    const QString phase = status.value("phase"_L1).toString();
    if (phase == "Succeeded"_L1 || phase == "Failed"_L1) {
        ++m_running;
        ++m_scheduled;
        return;
    }
    if (spec.value("nodeName"_L1).toString().isEmpty()) {
        unscheduled(pod, source);
        return;
    }
    ++m_scheduled;
    // The kubelet's own words: of containers, and of events since the pod is there.
    bool waits = false;
    for (const auto &list : {"initContainerStatuses"_L1, "containerStatuses"_L1}) {
        for (const QJsonValue entry : status.value(list).toArray()) {
            const QJsonObject container = entry.toObject();
            const QJsonObject waiting = container.value("state"_L1).toObject().value("waiting"_L1).toObject();
            const QString reason = waiting.value("reason"_L1).toString();
            const QJsonObject running = container.value("state"_L1).toObject().value("running"_L1).toObject();
            if (list == "initContainerStatuses"_L1 && !running.isEmpty()
                && !container.value("started"_L1).toBool()) {
                waits = true;
                trouble(Containers,
                    {Verdict::Waiting, u"init"_s,
                        Words::tr("Init container %1 of pod %2 still runs; a worker waits in it for its master.")
                            .arg(shown(container.value("name"_L1).toString()), shown(name)),
                        {}},
                    source);
            }
            if (reason.isEmpty())
                continue;
            waits = true;
            if (reason == "PodInitializing"_L1 || reason == "ContainerCreating"_L1)
                continue;
            stuck(pod, container, reason, waiting.value("message"_L1).toString(), source);
        }
    }
    if (phase == "Running"_L1 && !waits) {
        ++m_running;
        return;
    }
    if (std::ranges::none_of(m_troubles, [&](const Trouble &t) { return t.source == shown(source); }))
        starting(pod, source);
}

void Asking::unscheduled(const QJsonObject &pod, const QString &source)
{
    const QJsonObject condition = conditionOf(pod, "PodScheduled"_L1);
    const QString message = condition.value("message"_L1).toString();
    const QDateTime at = timeOf(condition.value("lastTransitionTime"_L1));
    const QJsonObject spec = pod.value("spec"_L1).toObject();
    if (condition.value("reason"_L1).toString() == "SchedulingGated"_L1) {
        QStringList gates;
        for (const QJsonValue gate : spec.value("schedulingGates"_L1).toArray())
            gates.append(shown(gate.toObject().value("name"_L1).toString()));
        trouble(Scheduled,
            {Verdict::Waiting, u"gated"_s,
                Words::tr("Its pods are held back by the scheduling gate %1.").arg(gates.join(u", "_s)), {}},
            source, message, at);
        return;
    }
    if (message.isEmpty()) {
        trouble(Scheduled,
            {Verdict::Waiting, u"scheduler"_s, Words::tr("The scheduler has not looked at its pods yet."),
                {Words::tr("If this lasts, see whether the scheduler that the pods name runs.")}},
            source);
        return;
    }
    Refusal refusal = schedulerRefusal(message, m_facts.cluster.grows);
    const Ask ask = askOf(spec);
    // What nodes have tells more than the words: whether waiting can help.
    if (refusal.aboutNodes && m_facts.cluster.rooms && !ask.more) {
        const auto alike = std::ranges::count_if(*m_facts.pods, [&](const QJsonObject &other) {
            const Ask theirs = askOf(other.value("spec"_L1).toObject());
            return theirs.requests == ask.requests && theirs.selector == ask.selector;
        });
        QString gpu = m_spec.each.gpu;
        for (auto it = ask.requests.begin(); it != ask.requests.end(); ++it) {
            if (isGpuResource(it.key().toStdString()))
                gpu = it.key();
        }
        Point point = nodesFor(ask, gpu, 1, m_facts.cluster);
        if (point.state == Point::State::Holds || point.state == Point::State::Look) {
            const Point all = nodesFor(ask, gpu, static_cast<int>(alike), m_facts.cluster);
            if (all.state == Point::State::Fails)
                point = all;
        }
        if (point.state == Point::State::Fails) {
            refusal.verdict = Verdict::Never;
            refusal.sentence = point.text;
            refusal.ways = {point.fix};
        } else if (point.state == Point::State::Look) {
            refusal.verdict = Verdict::Waiting;
            refusal.sentence = Words::tr("It waits for room on nodes. %1").arg(point.text);
            refusal.ways = {point.fix};
        } else if (point.state == Point::State::Holds && refusal.verdict == Verdict::Never) {
            // They have changed since the scheduler looked.
            refusal.verdict = Verdict::Waiting;
        }
    }
    trouble(Scheduled, refusal, source, message, at);
}

QJsonObject Asking::newest(const QJsonObject &pod, const QStringList &reasons) const
{
    for (const QJsonObject &event : eventsOf(pod)) {
        if (reasons.contains(event.value("reason"_L1).toString()))
            return event;
    }
    return {};
}

void Asking::stuck(const QJsonObject &pod, const QJsonObject &container, const QString &reason, const QString &message,
    const QString &source)
{
    const QString image = shown(container.value("image"_L1).toString());
    if (isImageReason(reason)) {
        QString words = message;
        // Back-off does not say why; the event of the pull does.
        for (const QJsonObject &event : eventsOf(pod)) {
            const QString said = event.value("message"_L1).toString();
            if (event.value("reason"_L1).toString() == "Failed"_L1 && said.contains("pull image"_L1)) {
                words = said;
                break;
            }
        }
        trouble(Image, imageRefusal(image, reason, words), source, words);
        return;
    }
    if (reason == "CrashLoopBackOff"_L1) {
        const QJsonObject last = container.value("lastState"_L1).toObject().value("terminated"_L1).toObject();
        trouble(Training,
            {Verdict::Started, u"crash"_s,
                Words::tr("It starts, and container %1 ends again with exit code %2.")
                    .arg(shown(container.value("name"_L1).toString()))
                    .arg(last.value("exitCode"_L1).toInt()),
                {Words::tr("See why: cairnctl -n %1 job show %2").arg(shown(m_spec.ns), shown(m_spec.name))}},
            source, last.value("message"_L1).toString(message));
        return;
    }
    trouble(Containers, containerRefusal(reason, message), source, message);
}

void Asking::starting(const QJsonObject &pod, const QString &source)
{
    const QString node = shown(pod.value("spec"_L1).toObject().value("nodeName"_L1).toString());
    const QJsonObject mount = newest(pod, {u"FailedMount"_s, u"FailedAttachVolume"_s});
    const QJsonObject pull = newest(pod, {u"Pulling"_s, u"Pulled"_s, u"Created"_s, u"Started"_s});
    if (!mount.isEmpty() && timeOfEvent(mount) >= timeOfEvent(pull)) {
        const QString message = mount.value("message"_L1).toString();
        trouble(Volumes, mountRefusal(message, nameOf(m_job)),
            source + u", "_s + Words::tr("event %1").arg(mount.value("reason"_L1).toString()), message,
            timeOfEvent(mount));
        return;
    }
    if (pull.value("reason"_L1).toString() == "Pulling"_L1) {
        trouble(Image, {Verdict::Waiting, u"pulling"_s, Words::tr("Node %1 is pulling its image.").arg(node), {}},
            source, pull.value("message"_L1).toString(), timeOfEvent(pull));
        return;
    }
    const QJsonObject sandbox = newest(pod, {u"FailedCreatePodSandBox"_s});
    if (!sandbox.isEmpty() && pull.isEmpty()) {
        trouble(Containers,
            {Verdict::Waiting, u"sandbox"_s,
                Words::tr("Node %1 cannot make the pod's sandbox, and goes on trying.").arg(node),
                {Words::tr("See to the network plugin and the container runtime of the node.")}},
            source, sandbox.value("message"_L1).toString(), timeOfEvent(sandbox));
        return;
    }
    trouble(Containers,
        {m_facts.events ? Verdict::Waiting : Verdict::Unknown, u"starting"_s,
            m_facts.events ? Words::tr("Node %1 is starting its containers.").arg(node)
                           : Words::tr("Node %1 has it, and what it waits for could not be read.").arg(node),
            {}},
        source);
}

} // namespace cairn::launch::whynot
