// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/WhyNot.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "launch/Refusals.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>
#include <array>
#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using Verdict = WhyNot::Verdict;
using Evidence = WhyNot::Evidence;
using State = Evidence::State;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

constexpr int kTakenAfter = 60; // seconds in which an operator has looked at a new job

enum Stage {
    Taken,
    Runtime,
    Suspended,
    Queue,
    Claims,
    Created,
    Scheduled,
    Volumes,
    Image,
    Containers,
    Training,
    Stages
};

constexpr std::array<QLatin1StringView, Stages> kIds{"taken"_L1, "runtime"_L1, "suspended"_L1, "queue"_L1, "claims"_L1,
    "created"_L1, "scheduled"_L1, "volumes"_L1, "image"_L1, "containers"_L1, "training"_L1};

QString idOf(Stage stage)
{
    return kIds.at(static_cast<std::size_t>(stage));
}

/// What is asked at a stage.
QString asked(Stage stage)
{
    switch (stage) {
    case Taken: return Words::tr("whether an operator took the job");
    case Runtime: return Words::tr("its runtime");
    case Suspended: return Words::tr("whether it is suspended");
    case Queue: return Words::tr("the queue");
    case Claims: return Words::tr("its PVCs");
    case Created: return Words::tr("whether its pods could be created");
    case Scheduled: return Words::tr("the scheduler");
    case Volumes: return Words::tr("mounts");
    case Image: return Words::tr("image pulls");
    case Containers: return Words::tr("whether its containers start");
    case Training: return Words::tr("whether they run");
    case Stages: break;
    }
    return {};
}

/// What keeps it at a stage.
struct Trouble {
    Stage stage = Taken;
    Refusal what = {};
    QString source = {};
    QString message = {};
    QDateTime at = {};
};

QString uidOf(const QJsonObject &object)
{
    return object.value("metadata"_L1).toObject().value("uid"_L1).toString();
}

QDateTime timeOf(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

QDateTime timeOfEvent(const QJsonObject &event)
{
    for (const QJsonValue &value : {event.value("series"_L1).toObject().value("lastObservedTime"_L1),
             event.value("lastTimestamp"_L1), event.value("eventTime"_L1), event.value("firstTimestamp"_L1),
             event.value("metadata"_L1).toObject().value("creationTimestamp"_L1)}) {
        if (const QDateTime time = timeOf(value); time.isValid())
            return time;
    }
    return {};
}

QJsonObject conditionOf(const QJsonObject &object, QLatin1StringView type)
{
    for (const QJsonValue entry : object.value("status"_L1).toObject().value("conditions"_L1).toArray()) {
        if (entry.toObject().value("type"_L1).toString() == type)
            return entry.toObject();
    }
    return {};
}

bool isTrue(const QJsonObject &condition)
{
    return condition.value("status"_L1).toString() == "True"_L1;
}

class Asking {
public:
    explicit Asking(const WhyFacts &facts)
        : m_facts(facts)
        , m_job(facts.job)
        , m_kind(kindOf(facts.job))
        , m_spec(specOf(facts.job))
    {
    }

    WhyNot run()
    {
        if (const QJsonObject done = ended(); !done.isEmpty())
            return endedAs(done);
        if (taken() && runtime()) {
            suspended();
            claims();
            if (!m_suspended) {
                created();
                for (const QJsonObject &pod : m_facts.pods.value_or(QList<QJsonObject>()))
                    podOf(pod);
            }
        }
        return concluded();
    }

private:
    const WhyFacts &m_facts;
    const QJsonObject &m_job;
    const JobKindFacts &m_kind;
    const Spec m_spec;
    QList<Trouble> m_troubles;
    QMap<Stage, QString> m_unknown; ///< what could not be asked
    bool m_suspended = false;
    int m_scheduled = 0;
    int m_running = 0;

    static const JobKindFacts &kindOf(const QJsonObject &job)
    {
        const QString version = job.value("apiVersion"_L1).toString();
        const JobKindFacts *found = jobKindOf(
            {version.section(u'/', 0, -2), version.section(u'/', -1), {}, job.value("kind"_L1).toString(), true});
        return found == nullptr ? jobKinds().first() : *found;
    }

    void trouble(Stage stage, const Refusal &what, const QString &source = {}, const QString &message = {},
        const QDateTime &at = {})
    {
        m_troubles.append({stage, what, shown(source), shown(message), at});
    }

    QJsonObject ended() const
    {
        for (const auto &type : {"Failed"_L1, "Succeeded"_L1, "Complete"_L1}) {
            if (const QJsonObject condition = conditionOf(m_job, type); isTrue(condition))
                return condition;
        }
        return {};
    }

    WhyNot endedAs(const QJsonObject &condition)
    {
        const QString reason = condition.value("reason"_L1).toString();
        const QString message = shown(condition.value("message"_L1).toString());
        const QString source = Words::tr("condition %1").arg(condition.value("type"_L1).toString());
        const QDateTime at = timeOf(condition.value("lastTransitionTime"_L1));
        if (reason.endsWith("FailedValidation"_L1)) {
            trouble(Taken,
                {Verdict::Never, u"invalid"_s, Words::tr("The training operator refuses the job: %1").arg(message),
                    {Words::tr("Make the job anew with what it says corrected.")}},
                source, message, at);
        } else if (reason == "TrainingRuntimeNotSupported"_L1) {
            trouble(Runtime, noRuntime(), source, message, at);
        } else {
            WhyNot why;
            why.verdict = Verdict::Started;
            why.sentence = condition.value("type"_L1).toString() == "Failed"_L1
                ? Words::tr("It has ended as failed: %1").arg(message)
                : Words::tr("It has ended well.");
            why.chain.append({idOf(Training), State::Ok, why.sentence, source, message, at});
            return why;
        }
        return concluded();
    }

    Refusal noRuntime() const
    {
        return {Verdict::Never, u"runtime"_s,
            Words::tr("Its %1 %2 does not exist, or is not one that Trainer can use.")
                .arg(m_spec.ownRuntime ? u"TrainingRuntime"_s : u"ClusterTrainingRuntime"_s, shown(m_spec.runtime)),
            {Words::tr("Make that runtime."), Words::tr("Make the job anew with a runtime that is there.")}};
    }

    /// Events of the job and of what belongs to it, the newest first.
    QList<QJsonObject> eventsAbout(const std::function<bool(const QJsonObject &about)> &wanted) const
    {
        QList<QJsonObject> found;
        for (const QJsonObject &event : m_facts.events.value_or(QList<QJsonObject>())) {
            if (wanted(event.value("involvedObject"_L1).toObject()))
                found.append(event);
        }
        std::ranges::stable_sort(
            found, [](const QJsonObject &a, const QJsonObject &b) { return timeOfEvent(a) > timeOfEvent(b); });
        return found;
    }

    QList<QJsonObject> eventsOf(const QJsonObject &object) const
    {
        const QString uid = uidOf(object);
        const QString name = nameOf(object);
        return eventsAbout([&](const QJsonObject &about) {
            const QString theirs = about.value("uid"_L1).toString();
            return uid.isEmpty() || theirs.isEmpty() ? about.value("name"_L1).toString() == name : theirs == uid;
        });
    }

    /// Of the job itself, and of the JobSet and the batch Jobs that Trainer and the MPI operator make for it.
    QList<QJsonObject> eventsOfMakers() const
    {
        const QString name = nameOf(m_job);
        const QString uid = uidOf(m_job);
        return eventsAbout([&](const QJsonObject &about) {
            if (!uid.isEmpty() && about.value("uid"_L1).toString() == uid)
                return true;
            const QString kind = about.value("kind"_L1).toString();
            const QString theirs = about.value("name"_L1).toString();
            return (kind == "JobSet"_L1 && theirs == name)
                || (kind == "Job"_L1 && (theirs == name || theirs.startsWith(name + u'-')));
        });
    }

    bool taken()
    {
        const QJsonObject status = m_job.value("status"_L1).toObject();
        if (!status.value("conditions"_L1).toArray().isEmpty() || !status.value("jobsStatus"_L1).toArray().isEmpty()
            || !m_facts.pods.value_or(QList<QJsonObject>()).isEmpty() || !eventsOfMakers().isEmpty())
            return true;
        // Kueue suspends a job before its operator says anything.
        if (!m_spec.queue.isEmpty())
            return true;
        const QDateTime made = timeOf(m_job.value("metadata"_L1).toObject().value("creationTimestamp"_L1));
        if (made.isValid() && m_facts.now.isValid() && made.secsTo(m_facts.now) < kTakenAfter) {
            trouble(Taken, {Verdict::Waiting, u"new"_s, Words::tr("No operator has looked at it yet; it is new."), {}});
            return false;
        }
        trouble(Taken,
            {Verdict::Never, u"operator"_s,
                Words::tr("No operator has taken the %1: the one for it does not run, or leaves it to another.")
                    .arg(m_kind.resource.kind),
                {Words::tr("See with \"cairnctl components\" whether the training operator or Trainer works.")}});
        return false;
    }

    bool runtime()
    {
        if (!m_kind.isTrainJob())
            return true;
        if (!m_facts.runtime) {
            m_unknown.insert(Runtime, Words::tr("Its runtime could not be read."));
            return true;
        }
        if (*m_facts.runtime)
            return true;
        trouble(Runtime, noRuntime());
        return false;
    }

    /// Who set `suspend` last, of those whom the server names.
    QString suspendedBy() const
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

    void suspended()
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

    void queue()
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

    /// Kueue takes the higher priority first, then the older one (pkg/cache/queue of v0.19).
    QString waitsInQueue(const QJsonObject &mine, const QString &why) const
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

    void claims()
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

    void pending(const QJsonObject &claim, const QString &source)
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

    /// Pods that it ought to have; 0 where that is not known.
    int wanted() const
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

    void created()
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

    void podOf(const QJsonObject &pod)
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

    void unscheduled(const QJsonObject &pod, const QString &source)
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

    /// The newest event of a pod with one of these reasons.
    QJsonObject newest(const QJsonObject &pod, const QStringList &reasons) const
    {
        for (const QJsonObject &event : eventsOf(pod)) {
            if (reasons.contains(event.value("reason"_L1).toString()))
                return event;
        }
        return {};
    }

    void stuck(const QJsonObject &pod, const QJsonObject &container, const QString &reason, const QString &message,
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

    /// It has a node, and nothing is said of its containers yet.
    void starting(const QJsonObject &pod, const QString &source)
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

    QString okText(Stage stage) const
    {
        switch (stage) {
        case Taken: return Words::tr("An operator took the job.");
        case Runtime: return Words::tr("Its runtime is there.");
        case Suspended: return Words::tr("Nobody suspended it.");
        case Queue:
            return m_spec.queue.isEmpty() ? Words::tr("It goes through no queue.") : Words::tr("Kueue let it go.");
        case Claims:
            return claimsOf(m_job).isEmpty() ? Words::tr("It uses no PVCs.") : Words::tr("Its PVCs are there.");
        case Created: return Words::tr("Its pods were created.");
        case Scheduled: return Words::tr("%n pod(s) have a node.", nullptr, m_scheduled);
        case Volumes: return Words::tr("No mount failed.");
        case Image: return Words::tr("No image pull failed.");
        case Containers: return Words::tr("Its containers started.");
        case Training: return Words::tr("%n pod(s) run.", nullptr, m_running);
        case Stages: break;
        }
        return {};
    }

    WhyNot concluded() const
    {
        WhyNot why;
        const auto rank = [](const Trouble &t) {
            switch (t.what.verdict) {
            case Verdict::Never: return 0;
            case Verdict::Started: return 1; // it fell over: nearer than what only waits
            case Verdict::Unknown: return 2;
            case Verdict::Waiting: break;
            }
            return 3;
        };
        const Trouble *chosen = nullptr;
        for (const Trouble &t : m_troubles) {
            if (chosen == nullptr || std::pair(rank(t), t.stage) < std::pair(rank(*chosen), chosen->stage))
                chosen = &t;
        }
        if (chosen != nullptr) {
            why.verdict = chosen->what.verdict;
            why.cause = chosen->what.cause;
            why.sentence = chosen->what.sentence;
            why.ways = chosen->what.ways;
            why.ways.removeAll(QString());
        } else if (!m_facts.pods) {
            why.sentence = Words::tr("Why it does not start is not known: its pods could not be read.");
        } else {
            why.verdict = Verdict::Started;
            why.sentence = Words::tr("It runs.");
        }
        for (int i = 0; i < Stages; ++i) {
            const auto stage = static_cast<Stage>(i);
            if ((stage == Runtime && !m_kind.isTrainJob()) || (stage == Queue && m_spec.queue.isEmpty()))
                continue;
            Evidence evidence{idOf(stage), State::Ok, okText(stage), {}, {}, {}};
            const auto here =
                std::ranges::find_if(m_troubles, [&](const Trouble &t) { return &t == chosen && t.stage == stage; });
            const auto any = here != m_troubles.end() ? here : std::ranges::find(m_troubles, stage, &Trouble::stage);
            if (any != m_troubles.end()) {
                evidence = {idOf(stage),
                    any->what.verdict == Verdict::Waiting       ? State::Waits
                        : any->what.verdict == Verdict::Unknown ? State::Unknown
                                                                : State::Failed,
                    any->what.sentence, any->source, any->message, any->at};
            } else if (m_unknown.contains(stage)) {
                evidence.state = State::Unknown;
                evidence.text = m_unknown.value(stage);
            } else if (chosen != nullptr && stage > chosen->stage) {
                evidence.state = State::NotAsked;
                evidence.text = asked(stage);
            } else if (stage > Created && !m_facts.pods) {
                evidence.state = State::Unknown;
                evidence.text = Words::tr("Its pods could not be read.");
            } else if (stage >= Volumes && stage <= Image && !m_facts.events) {
                evidence.state = State::Unknown;
                evidence.text = Words::tr("Events could not be read.");
            }
            why.chain.append(evidence);
        }
        return why;
    }
};

void addClaims(const QJsonObject &podSpec, QStringList &names)
{
    for (const QJsonValue volume : podSpec.value("volumes"_L1).toArray()) {
        const QString name =
            volume.toObject().value("persistentVolumeClaim"_L1).toObject().value("claimName"_L1).toString();
        if (!name.isEmpty() && !names.contains(name))
            names.append(name);
    }
}

} // namespace

QString nameOf(const QJsonObject &object)
{
    return object.value("metadata"_L1).toObject().value("name"_L1).toString();
}

QString verdictWord(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Started: return u"started"_s;
    case Verdict::Waiting: return u"waiting"_s;
    case Verdict::Never: return u"never"_s;
    case Verdict::Unknown: break;
    }
    return u"unknown"_s;
}

QString evidenceWord(State state)
{
    switch (state) {
    case State::Ok: return u"ok"_s;
    case State::Waits: return u"waits"_s;
    case State::Failed: return u"failed"_s;
    case State::NotAsked: return u"notAsked"_s;
    case State::Unknown: break;
    }
    return u"unknown"_s;
}

QStringList claimsOf(const QJsonObject &object)
{
    QStringList names;
    const QJsonObject spec = object.value("spec"_L1).toObject();
    addClaims(spec, names); // a pod
    for (const JobKindFacts &kind : jobKinds()) {
        const QJsonObject roles =
            kind.replicaSpecs.isEmpty() ? QJsonObject() : spec.value(kind.replicaSpecs).toObject();
        for (auto it = roles.begin(); it != roles.end(); ++it)
            addClaims(it.value().toObject().value("template"_L1).toObject().value("spec"_L1).toObject(), names);
    }
    if (spec.contains("containers"_L1))
        return names;
    for (const Mount &mount : specOf(object).mounts) {
        if (!mount.claim.isEmpty() && !names.contains(mount.claim))
            names.append(mount.claim);
    }
    return names;
}

WhyNot whyNot(const WhyFacts &facts)
{
    return Asking(facts).run();
}

} // namespace cairn::launch
