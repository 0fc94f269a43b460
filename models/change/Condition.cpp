// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "change/Run.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

using What = Condition::What;

constexpr qint64 kLongestEnd = 120; ///< seconds that pods which are being deleted are waited for

Pending rollOutOf(const QJsonObject &workload, const Condition &condition, bool *done)
{
    const QString name = text::safe(condition.object.name);
    const QJsonValue spec = workload[u"spec"_s];
    const QJsonValue status = workload[u"status"_s];
    const int wanted = spec[u"replicas"_s].toInt(1);
    // A StatefulSet older than 1.22 counts no available replicas.
    const int available = status[u"availableReplicas"_s].toInt(status[u"readyReplicas"_s].toInt(0));
    if (status[u"observedGeneration"_s].toInteger(-1) < workload[u"metadata"_s][u"generation"_s].toInteger(0))
        return {Words::tr("%1: its controller has not seen the change yet.", "name of a workload").arg(name), -1};
    if (condition.what == What::Ready) {
        *done = available >= condition.count;
        return {Words::tr("%1: %2 of %3 replicas are available.", "name of a workload").arg(name).arg(available).arg(condition.count), condition.count - available};
    }
    // updatedReplicas of a StatefulSet that is not being updated is left out once its revisions are one.
    const bool oneRevision = status[u"updateRevision"_s].isString() && status[u"updateRevision"_s] == status[u"currentRevision"_s];
    const int updated = oneRevision ? wanted : status[u"updatedReplicas"_s].toInt(0);
    const int all = status[u"replicas"_s].toInt(0);
    *done = updated >= wanted && available >= wanted && all <= wanted;
    if (all > wanted)
        return {Words::tr("%1: %n pod(s) of before still run.", "name of a workload", all - wanted).arg(name), all - wanted};
    return {Words::tr("%1: %2 of %3 replicas are updated and available.", "name of a workload").arg(name).arg(std::min(updated, available)).arg(wanted),
            wanted - std::min(updated, available)};
}

/// Those that its selector's labels take; none where they may not be listed.
QList<QJsonObject> podsOf(const Run &run, const ObjectRef &ref, const QJsonObject &workload)
{
    QStringList terms;
    const QJsonObject labels = workload.value(u"spec"_s)[u"selector"_s][u"matchLabels"_s].toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        terms.append(it.key() + u'=' + it->toString());
    if (terms.isEmpty())
        return {};
    return run.list(kinds::pods(), ref.ns, terms.join(u',')).value_or(QList<QJsonObject>());
}

bool isEnding(const QJsonObject &pod)
{
    return pod[u"metadata"_s][u"deletionTimestamp"_s].isString();
}

/// Why its pods are not ready, as far as they say; "" where they do not. Safe to show.
QString troubleOf(const Run &run, const ObjectRef &workload)
{
    const Result<QJsonObject> object = run.read({workload.kind, workload.ns, workload.name, {}});
    if (!object)
        return {};
    const QList<QJsonObject> pods = podsOf(run, workload, *object);
    for (const QJsonObject &pod : pods) {
        const QString name = text::safe(pod[u"metadata"_s][u"name"_s].toString());
        for (const QString &list : {u"initContainerStatuses"_s, u"containerStatuses"_s}) {
            for (const QJsonValue status : pod[u"status"_s][list].toArray()) {
                const QJsonValue waiting = status[u"state"_s][u"waiting"_s];
                const QString reason = waiting[u"reason"_s].toString();
                if (!reason.isEmpty() && reason != "ContainerCreating"_L1 && reason != "PodInitializing"_L1)
                    return Words::tr("Pod %1: %2 %3").arg(name, text::safe(reason), text::safe(waiting[u"message"_s].toString().left(300))).trimmed();
            }
        }
        for (const QJsonValue condition : pod[u"status"_s][u"conditions"_s].toArray()) {
            if (condition[u"type"_s].toString() == u"PodScheduled" && condition[u"status"_s].toString() == u"False")
                return Words::tr("Pod %1 is not scheduled: %2").arg(name, text::safe(condition[u"message"_s].toString().left(300)));
        }
    }
    return {};
}

/// A condition while it is waited for.
struct Waited {
    Condition condition;
    ObjectRef ref = {condition.object.kind, condition.object.ns, condition.object.name, {}};
    bool met = false;
    Pending pending = {};                      ///< what is missing
    std::optional<QJsonValue> renewal = {};    ///< as seen first
    QDateTime good = {};                       ///< since when it has been ready
    QDateTime ending = {};                     ///< since when only pods that are being deleted are left of before
    Error refused = {};                        ///< of Accepted
};

bool isWorkload(const Condition &condition)
{
    return condition.what == What::RolledOut || condition.what == What::Ready;
}

/// One look. An error ends the waiting.
Result<> look(const Run &run, Waited &waited)
{
    const Condition &condition = waited.condition;
    const ObjectRef &ref = waited.ref;
    if (condition.what == What::Accepted) {
        const Result<QJsonObject> answer = run.api().create(ref.kind, ref.ns, condition.body, {.dryRun = true}, run.stop());
        // The name is taken: admission lets it pass, and a dry run creates nothing.
        waited.met = answer.has_value() || answer.error().reason == u"AlreadyExists";
        if (waited.met)
            return {};
        waited.refused = answer.error();
        if (waited.refused.kind == Error::Kind::Cancelled)
            return fail(waited.refused);
        waited.pending.text = Words::tr("The server does not accept a %1 yet: %2", "kind of an object").arg(text::safe(ref.kind.kind), text::safe(waited.refused.what));
        return {};
    }
    const Result<QJsonObject> object = run.read(ref);
    if (!object && (condition.what != What::Renewed || object.error().kind != Error::Kind::NotFound))
        return fail(object.error());
    if (condition.what == What::Renewed) {
        const QString name = text::safe(ref.name);
        const QJsonValue renewal = object ? object->value(u"spec"_s)[u"renewTime"_s] : QJsonValue();
        const QString holder = object ? object->value(u"spec"_s)[u"holderIdentity"_s].toString() : QString();
        if (!object || holder.isEmpty() || renewal.isNull() || renewal.isUndefined()) {
            waited.pending.text = Words::tr("Nobody holds the Lease %1 yet.").arg(name);
        } else if (!condition.holder.isEmpty() && !holder.startsWith(condition.holder)) {
            waited.pending.text = Words::tr("The Lease %1 is held by %2, which is no pod of this workload.").arg(name, text::safe(holder));
        } else {
            // Two clocks are never compared: who renews moves the time on.
            waited.met = waited.renewal && *waited.renewal != renewal;
            if (!waited.renewal)
                waited.renewal = renewal;
            waited.pending.text = Words::tr("The Lease %1 is held by %2; waiting for its next renewal.").arg(name, text::safe(holder));
        }
        return {};
    }
    bool good = false;
    waited.pending = rollOutOf(*object, condition, &good);
    for (const QJsonValue state : object->value(u"status"_s)[u"conditions"_s].toArray()) {
        if (!good && state[u"type"_s].toString() == u"Progressing" && state[u"reason"_s].toString() == u"ProgressDeadlineExceeded"
            && object->value(u"status"_s)[u"observedGeneration"_s] == object->value(u"metadata"_s)[u"generation"_s])
            return fail(Error::Kind::Timeout, Words::tr("%1 does not roll out.", "name of a workload").arg(text::safe(ref.name)), troubleOf(run, ref),
                        Words::tr("Look at its pods and events, then go on or roll back."));
    }
    if (good && condition.what == What::RolledOut) {
        // Neither Deployment nor StatefulSet counts pods that are being deleted, and they still run.
        const QList<QJsonObject> pods = podsOf(run, ref, *object);
        const auto left = static_cast<int>(std::ranges::count_if(pods, isEnding));
        if (!waited.ending.isValid())
            waited.ending = run.now();
        // On a node that fell silent they are never gone.
        if (left > 0 && waited.ending.secsTo(run.now()) < kLongestEnd) {
            good = false;
            waited.pending = {Words::tr("%1: %n pod(s) of before are still ending.", "name of a workload", left).arg(text::safe(ref.name)), left};
        }
    } else {
        waited.ending = {};
    }
    if (!good)
        waited.good = {};
    else if (!waited.good.isValid())
        waited.good = run.now();
    // What has to last is asked anew each time.
    waited.met = good && waited.good.secsTo(run.now()) >= condition.stable;
    if (good && !waited.met)
        waited.pending = {Words::tr("%1: ready; waiting whether it stays so for %2.", "name of a workload")
                              .arg(text::safe(ref.name), text::duration(std::chrono::seconds(condition.stable))),
                          -1};
    return {};
}

} // namespace

Result<> Run::waitUntil(const QList<Condition> &conditions, qsizetype change) const
{
    const QDateTime since = now();
    QString told;
    QList<Waited> all;
    for (const Condition &condition : conditions)
        all.append({condition});
    for (;;) {
        QList<const Waited *> open;
        for (Waited &waited : all) {
            if (waited.met && waited.condition.stable == 0)
                continue;
            if (const Result<> seen = look(*this, waited); !seen)
                return seen;
            if (!waited.met)
                open.append(&waited);
        }
        if (open.isEmpty())
            return {};
        const Waited &first = *open.first();
        if (first.pending.text != told) {
            Event event;
            event.stage = Event::Stage::Waiting;
            event.text = told = first.pending.text;
            event.podsLeft = first.pending.left;
            event.change = change;
            report(event);
        }
        const auto late = std::ranges::find_if(open, [&](const Waited *waited) { return since.secsTo(now()) >= waited->condition.seconds; });
        if (late != open.end()) {
            const Waited &waited = **late;
            QString why = isWorkload(waited.condition) ? troubleOf(*this, waited.ref) : QString();
            if (waited.condition.what == What::Accepted)
                why = text::safe(waited.refused.why);
            QStringList others;
            for (const Waited *one : std::as_const(open)) {
                if (one != &waited)
                    others.append(text::safe(one->ref.ns + u'/' + one->ref.name));
            }
            if (why.isEmpty())
                why = Words::tr("It was waited for %1.").arg(text::duration(std::chrono::seconds(waited.condition.seconds)));
            if (!others.isEmpty())
                why += u' ' + Words::tr("Not ready either: %1.", "names of workloads").arg(others.join(u", "_s));
            return fail(Error::Kind::Timeout, waited.pending.text, why, Words::tr("Look at its pods and events, then go on or roll back."));
        }
        // Whether something lasts is not seen sooner by looking more often.
        const bool lasts = std::ranges::all_of(open, [](const Waited *waited) { return waited->good.isValid(); });
        if (!(lasts ? sleep(m_options.poll) : sleepUntilNextLook(since)))
            return fail(Error::cancelled());
    }
}

QString Run::shortOf(const Condition &condition) const
{
    if (!isWorkload(condition))
        return {};
    const Result<QJsonObject> object = read({condition.object.kind, condition.object.ns, condition.object.name, {}});
    if (!object)
        return {};
    const QJsonValue status = object->value(u"status"_s);
    const int wanted = object->value(u"spec"_s)[u"replicas"_s].toInt(1);
    const int available = status[u"availableReplicas"_s].toInt(status[u"readyReplicas"_s].toInt(0));
    if (available >= wanted)
        return {};
    const QString name = text::safe(condition.object.ns + u'/' + condition.object.name);
    return Words::tr("%1 (%2 of %3)", "name of a workload, available replicas").arg(name).arg(available).arg(wanted);
}

QString Run::crowdOf(const Condition &condition) const
{
    if (!isWorkload(condition))
        return {};
    const ObjectRef ref{condition.object.kind, condition.object.ns, condition.object.name, {}};
    const Result<QJsonObject> object = read(ref);
    if (!object)
        return {};
    const QJsonValue pod = object->value(u"spec"_s)[u"template"_s][u"spec"_s];
    const QJsonArray rules = pod[u"topologySpreadConstraints"_s].toArray();
    const bool spreads = std::ranges::any_of(rules, [](const QJsonValue &rule) { return rule[u"topologyKey"_s].toString() == u"kubernetes.io/hostname"; });
    if (!spreads)
        return {};
    int count = 0;
    QStringList nodes;
    const QList<QJsonObject> pods = podsOf(*this, ref, *object);
    for (const QJsonObject &one : pods) {
        const QJsonArray states = one[u"status"_s][u"conditions"_s].toArray();
        const bool ready = std::ranges::any_of(states, [](const QJsonValue &state) { return state[u"type"_s].toString() == u"Ready" && state[u"status"_s].toString() == u"True"; });
        if (!ready || isEnding(one))
            continue;
        ++count;
        if (const QString node = one[u"spec"_s][u"nodeName"_s].toString(); !nodes.contains(node))
            nodes.append(node);
    }
    if (count < 2 || nodes.size() != 1)
        return {};
    // Where there is no other node, starting them anew helps nobody.
    const Result<QList<QJsonObject>> all = list(kinds::nodes(), {}, {});
    if (all && std::ranges::count_if(*all, [](const QJsonObject &node) { return !node[u"spec"_s][u"unschedulable"_s].toBool(); }) < 2)
        return {};
    const QString name = text::safe(ref.name);
    const QString said = count == 2 ? Words::tr("%1: both replicas are on %2.", "name of a workload, of a node").arg(name, text::safe(nodes.first()))
                                    : Words::tr("%1: all %n replicas are on %2.", "name of a workload, of a node", count).arg(name, text::safe(nodes.first()));
    return said + u' ' + Words::tr("To spread them: %1", "command").arg(u"kubectl -n %1 rollout restart %2/%3"_s.arg(text::safe(ref.ns), ref.kind.kind.toLower(), name));
}

} // namespace cairn::change
