// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/WhyNotAsking.h"

#include <QJsonArray>
#include <algorithm>
#include <array>

namespace cairn::launch {
namespace whynot {

constexpr int kTakenAfter = 60; // seconds in which an operator has looked at a new job

constexpr std::array<QLatin1StringView, Stages> kIds{"taken"_L1, "runtime"_L1, "suspended"_L1, "queue"_L1, "claims"_L1,
    "created"_L1, "scheduled"_L1, "volumes"_L1, "image"_L1, "containers"_L1, "training"_L1};

QString idOf(Stage stage)
{
    return kIds.at(static_cast<std::size_t>(stage));
}

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

Asking::Asking(const WhyFacts &facts)
    : m_facts(facts)
    , m_job(facts.job)
    , m_kind(kindOf(facts.job))
    , m_spec(specOf(facts.job))
{
}

WhyNot Asking::run()
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

const JobKindFacts &Asking::kindOf(const QJsonObject &job)
{
    const QString version = job.value("apiVersion"_L1).toString();
    const JobKindFacts *found = jobKindOf(
        {version.section(u'/', 0, -2), version.section(u'/', -1), {}, job.value("kind"_L1).toString(), true});
    return found == nullptr ? jobKinds().first() : *found;
}

void Asking::trouble(Stage stage, const Refusal &what, const QString &source, const QString &message,
    const QDateTime &at)
{
    m_troubles.append({stage, what, shown(source), shown(message), at});
}

QJsonObject Asking::ended() const
{
    for (const auto &type : {"Failed"_L1, "Succeeded"_L1, "Complete"_L1}) {
        if (const QJsonObject condition = conditionOf(m_job, type); isTrue(condition))
            return condition;
    }
    return {};
}

WhyNot Asking::endedAs(const QJsonObject &condition)
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

Refusal Asking::noRuntime() const
{
    return {Verdict::Never, u"runtime"_s,
        Words::tr("Its %1 %2 does not exist, or is not one that Trainer can use.")
            .arg(m_spec.ownRuntime ? u"TrainingRuntime"_s : u"ClusterTrainingRuntime"_s, shown(m_spec.runtime)),
        {Words::tr("Make that runtime."), Words::tr("Make the job anew with a runtime that is there.")}};
}

QList<QJsonObject> Asking::eventsAbout(const std::function<bool(const QJsonObject &about)> &wanted) const
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

QList<QJsonObject> Asking::eventsOf(const QJsonObject &object) const
{
    const QString uid = uidOf(object);
    const QString name = nameOf(object);
    return eventsAbout([&](const QJsonObject &about) {
        const QString theirs = about.value("uid"_L1).toString();
        return uid.isEmpty() || theirs.isEmpty() ? about.value("name"_L1).toString() == name : theirs == uid;
    });
}

QList<QJsonObject> Asking::eventsOfMakers() const
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

bool Asking::taken()
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

bool Asking::runtime()
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

QString Asking::okText(Stage stage) const
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

WhyNot Asking::concluded() const
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

} // namespace whynot

using namespace whynot;

namespace {

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
