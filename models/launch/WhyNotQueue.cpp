// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps a job before it has pods: suspension, the queue, its PVCs.
#include "launch/WhyNotAsking.h"

#include <QJsonArray>
#include <algorithm>

namespace cairn::launch::whynot {

QString Asking::suspendedBy() const
{
    QString manager;
    QDateTime last;
    for (const QJsonValue entry : m_job.value("metadata"_L1).toObject().value("managedFields"_L1).toArray()) {
        const QJsonObject fields = entry.toObject();
        const QJsonObject spec = fields.value("fieldsV1"_L1).toObject().value("f:spec"_L1).toObject();
        const bool sets =
            spec.contains("f:suspend"_L1) || spec.value("f:runPolicy"_L1).toObject().contains("f:suspend"_L1);
        const QDateTime at = timeOf(fields.value("time"_L1));
        if (sets && (manager.isEmpty() || at > last)) {
            manager = fields.value("manager"_L1).toString();
            last = at;
        }
    }
    return manager;
}

void Asking::suspended()
{
    const QJsonObject spec = m_job.value("spec"_L1).toObject();
    m_suspended = m_kind.isTrainJob() ? spec.value("suspend"_L1).toBool()
                                      : spec.value("runPolicy"_L1).toObject().value("suspend"_L1).toBool();
    if (!m_suspended)
        return;
    if (!m_spec.queue.isEmpty() && m_facts.cluster.kueue != std::optional(false)) {
        queue();
        return;
    }
    const QString by = suspendedBy();
    const QJsonObject condition = conditionOf(m_job, "Suspended"_L1);
    const QString unsuspend =
        Words::tr("Unsuspend it: cairnctl -n %1 job unsuspend %2 --yes").arg(shown(m_spec.ns), shown(m_spec.name));
    const QString source = condition.isEmpty() ? QString() : Words::tr("condition Suspended");
    const QString message = condition.value("message"_L1).toString();
    const QDateTime at = timeOf(condition.value("lastTransitionTime"_L1));
    if (!m_spec.queue.isEmpty()) {
        trouble(Suspended,
            {Verdict::Never, u"no-kueue"_s,
                Words::tr("It is suspended for LocalQueue %1, but Kueue, which would let it go, is not installed.")
                    .arg(shown(m_spec.queue)),
                {unsuspend}},
            source, message, at);
        return;
    }
    trouble(Suspended,
        {Verdict::Never, u"suspended"_s,
            by.isEmpty() ? Words::tr("It is suspended, until somebody lets it go.")
                         : Words::tr("It is suspended (spec.suspend was set by %1), until somebody lets it go.")
                               .arg(shown(by)),
            {unsuspend}},
        source, message, at);
}

void Asking::queue()
{
    const Point point = [&] {
        const QList<Point> points = fitOf(m_spec, m_facts.cluster).points;
        return *std::ranges::find(points, u"queue"_s, &Point::id);
    }();
    if (!m_facts.workloads) {
        if (point.state == Point::State::Fails)
            trouble(Queue, {Verdict::Never, u"queue"_s, point.text, {point.fix}});
        else
            trouble(Queue,
                {Verdict::Unknown, u"queue"_s,
                    Words::tr("Kueue holds it in LocalQueue %1; its Workload could not be read.")
                        .arg(shown(m_spec.queue)),
                    {}});
        return;
    }
    const QString uid = uidOf(m_job);
    const auto workload = std::ranges::find_if(*m_facts.workloads, [&](const QJsonObject &one) {
        for (const QJsonValue owner : one.value("metadata"_L1).toObject().value("ownerReferences"_L1).toArray()) {
            if (owner.toObject().value("uid"_L1).toString() == uid && !uid.isEmpty())
                return true;
        }
        return false;
    });
    if (workload == m_facts.workloads->end()) {
        if (point.state == Point::State::Fails)
            trouble(Queue, {Verdict::Never, u"queue"_s, point.text, {point.fix}});
        else
            trouble(Queue,
                {Verdict::Unknown, u"queue"_s, Words::tr("It waits for Kueue, which has made no Workload for it."),
                    {Words::tr(
                        "See whether Kueue runs, and manages jobs of this kind (\"integrations.frameworks\").")}});
        return;
    }
    const QString name = Words::tr("Workload %1").arg(nameOf(*workload));
    for (const QJsonValue entry : workload->value("status"_L1).toObject().value("admissionChecks"_L1).toArray()) {
        const QJsonObject check = entry.toObject();
        const QString state = check.value("state"_L1).toString();
        if (state == "Ready"_L1 || state.isEmpty())
            continue;
        const bool never = state == "Rejected"_L1;
        trouble(Queue,
            {never ? Verdict::Never : Verdict::Waiting, u"admission-check"_s,
                never ? Words::tr("Kueue's admission check %1 rejected it.")
                            .arg(shown(check.value("name"_L1).toString()))
                      : Words::tr("It waits for Kueue's admission check %1.")
                            .arg(shown(check.value("name"_L1).toString())),
                {}},
            name, check.value("message"_L1).toString(), timeOf(check.value("lastTransitionTime"_L1)));
    }
    const QJsonObject reserved = conditionOf(*workload, "QuotaReserved"_L1);
    const QJsonObject evicted = conditionOf(*workload, "Evicted"_L1);
    if (workload->value("spec"_L1).toObject().value("active"_L1).toBool(true) == false) {
        trouble(Queue,
            {Verdict::Never, u"deactivated"_s,
                Words::tr("Its Workload is deactivated, by somebody or after too many tries."),
                {Words::tr("Set spec.active of the Workload to true.")}},
            name + u", "_s + Words::tr("condition Evicted"), evicted.value("message"_L1).toString(),
            timeOf(evicted.value("lastTransitionTime"_L1)));
        return;
    }
    if (isTrue(reserved)) {
        if (m_troubles.isEmpty())
            trouble(Queue,
                {Verdict::Waiting, u"admitted"_s, Words::tr("Kueue has room for it and is about to let it go."),
                    {}},
                name, reserved.value("message"_L1).toString());
        return;
    }
    const QString message = reserved.value("message"_L1).toString();
    Refusal refusal = kueueRefusal(message, reserved.value("reason"_L1).toString());
    if (refusal.verdict != Verdict::Never && point.state == Point::State::Fails)
        refusal = {Verdict::Never, u"queue"_s, point.text, {point.fix}};
    if (refusal.verdict == Verdict::Waiting)
        refusal.sentence = waitsInQueue(*workload, refusal.sentence);
    trouble(Queue, refusal, name + u", "_s + Words::tr("condition QuotaReserved"), message,
        timeOf(reserved.value("lastTransitionTime"_L1)));
}

QString Asking::waitsInQueue(const QJsonObject &mine, const QString &why) const
{
    struct One {
        double priority;
        QDateTime made;
        QString uid;
    };
    QList<One> waiting;
    for (const QJsonObject &one : *m_facts.workloads) {
        const QJsonObject spec = one.value("spec"_L1).toObject();
        if (spec.value("queueName"_L1) != mine.value("spec"_L1).toObject().value("queueName"_L1)
            || isTrue(conditionOf(one, "QuotaReserved"_L1)) || isTrue(conditionOf(one, "Finished"_L1))
            || !spec.value("active"_L1).toBool(true))
            continue;
        waiting.append({spec.value("priority"_L1).toDouble(),
            timeOf(one.value("metadata"_L1).toObject().value("creationTimestamp"_L1)), uidOf(one)});
    }
    std::ranges::stable_sort(waiting, [](const One &a, const One &b) {
        return a.priority != b.priority ? a.priority > b.priority : a.made < b.made;
    });
    const auto at = std::ranges::find(waiting, uidOf(mine), &One::uid);
    const QString queue = shown(m_spec.queue);
    if (at == waiting.end() || uidOf(mine).isEmpty())
        return Words::tr("It waits in LocalQueue %1: %2").arg(queue, why);
    return Words::tr("It waits in LocalQueue %1, number %2 of %3: %4")
        .arg(queue)
        .arg(at - waiting.begin() + 1)
        .arg(waiting.size())
        .arg(why);
}

void Asking::claims()
{
    QStringList names = claimsOf(m_job);
    for (const QJsonObject &pod : m_facts.pods.value_or(QList<QJsonObject>()))
        names += claimsOf(pod);
    names.removeDuplicates();
    if (names.isEmpty())
        return;
    if (!m_facts.claims) {
        m_unknown.insert(Claims, Words::tr("The PVCs of the namespace could not be read."));
        return;
    }
    for (const QString &name : names) {
        const auto claim = std::ranges::find(*m_facts.claims, name, nameOf);
        const bool there = claim != m_facts.claims->end();
        const QString source = there ? Words::tr("PersistentVolumeClaim %1").arg(name) : QString();
        if (const auto broken = brokenClaim(name, there ? *claim : QJsonObject())) {
            // Pods that mount it already go on while it is being deleted.
            if (broken->cause != "claim-deleted"_L1 || m_facts.pods.value_or(QList<QJsonObject>()).isEmpty())
                trouble(Claims, *broken, source);
        } else if (claim->value("status"_L1)["phase"_L1].toString() == "Pending"_L1) {
            pending(*claim, source);
        }
    }
}

void Asking::pending(const QJsonObject &claim, const QString &source)
{
    for (const QJsonObject &event : eventsOf(claim)) {
        const QString reason = event.value("reason"_L1).toString();
        const QString message = event.value("message"_L1).toString();
        // Before its first pod has a node, such a claim is meant to wait.
        if (reason == "WaitForFirstConsumer"_L1 || reason == "WaitForPodScheduled"_L1)
            return;
        if (const auto refusal = claimRefusal(nameOf(claim), reason, message)) {
            trouble(Claims, *refusal, source + u", "_s + Words::tr("event %1").arg(reason), message,
                timeOfEvent(event));
            return;
        }
    }
    if (m_suspended)
        return;
    trouble(Claims,
        {Verdict::Waiting, u"claim-unbound"_s, Words::tr("PVC %1 has no volume yet.").arg(shown(nameOf(claim))),
            {Words::tr("See the events of the PVC: kubectl describe pvc %1").arg(shown(nameOf(claim)))}},
        source);
}

} // namespace cairn::launch::whynot
