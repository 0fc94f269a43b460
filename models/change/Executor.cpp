// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Executor.h"

#include "base/Text.h"
#include "change/Fill.h"
#include "change/Owner.h"
#include "change/Suspicion.h"
#include "manifest/Patch.h"
#include "manifest/Prune.h"

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

using Act = Change::Act;
using Stage = Event::Stage;
using State = PlanOutcome::State;

/// How often whoever works on a record says so, and how long one that says nothing is watched: two of them may be lost.
constexpr qint64 kBeatMs = 10'000;
constexpr qint64 kWatchMs = 25'000;

QString generationOf(const QJsonObject &object)
{
    const QJsonValue generation = object.value(u"metadata"_s)[u"generation"_s];
    return generation.isUndefined() ? QString() : QString::number(generation.toInteger());
}

Error changedSince(const ObjectRef &ref)
{
    return Error::make(Error::Kind::Conflict, Words::tr("%1 has since been changed by someone else.", "name of an object").arg(text::safe(ref.name)),
                       Words::tr("Rolling back would overwrite that."), Words::tr("Look at it, and revert by hand what has to be reverted."));
}

Error workedOnBy(const Owner &owner)
{
    return Error::make(Error::Kind::Conflict, Words::tr("Another program works on this change: %1.").arg(owner.text()), Words::tr("Two at once would undo each other."),
                       Words::tr("Wait until it is done, or stop it there."));
}

/// What was agreed to is not what would be done.
Error rewritten()
{
    return Error::make(Error::Kind::Conflict, Words::tr("The record of this change was written anew meanwhile; nothing was changed."),
                       Words::tr("It says something else than what was looked at."), Words::tr("Look at what it changes now."));
}

bool isWorkload(const ObjectRef &ref)
{
    return ref.kind.group == "apps"_L1 && (ref.kind.kind == "Deployment"_L1 || ref.kind.kind == "StatefulSet"_L1);
}

int replicasIn(const QJsonObject &workload)
{
    return std::max(workload.value(u"spec"_s)[u"replicas"_s].toInt(1), workload.value(u"status"_s)[u"replicas"_s].toInt(0));
}

bool isMade(const Change &change)
{
    return change.act == Act::Create || (change.act == Act::Apply && change.before.isEmpty());
}

class Executor
{
public:
    Executor(Run &run, Record record, const ObjectRef &ref)
        : m_run(run)
        , m_record(std::move(record))
        , m_ref(ref)
        , m_ownership(run.options().tool, run.now())
    {
    }
    ~Executor() { m_run.whilePausing({}); }
    Q_DISABLE_COPY_MOVE(Executor)

    /// Only this writes before anything is changed.
    Result<> open()
    {
        QJsonObject object = m_record.object(m_ref.ns);
        QJsonObject metadata = object.value(u"metadata"_s).toObject();
        QJsonObject annotations = metadata.value(u"annotations"_s).toObject();
        annotations.insert(ownerAnnotation(), m_ownership.owner().toText(m_run.now()));
        metadata.insert(u"annotations"_s, annotations);
        object.insert(u"metadata"_s, metadata);
        const Result<QJsonObject> made = m_run.create(m_ref, object, [&](const QJsonObject &there) {
            return there.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() == m_record.id;
        });
        if (made)
            own();
        return made ? Result<>() : fail(made.error());
    }

    /// Takes the record over, unless somebody is at work on it: of two that try, one gets it.
    Result<> take()
    {
        const auto idOf = [](const std::optional<Owner> &owner) { return owner ? owner->id : QString(); };
        std::optional<Owner> judged;
        QString version;
        const QDateTime since = m_run.now();
        for (;;) {
            const Result<QJsonObject> object = m_run.read(m_ref);
            if (!object)
                return fail(object.error());
            judged = Owner::of(*object);
            const AtWork atWork = judged ? isAtWork(*judged) : AtWork::No;
            const QString now = object->value(u"metadata"_s)[u"resourceVersion"_s].toString();
            if (atWork == AtWork::Yes || (atWork == AtWork::Unknown && !version.isEmpty() && now != version))
                return fail(workedOnBy(*judged));
            if (atWork == AtWork::No || since.msecsTo(m_run.now()) >= kWatchMs)
                break;
            if (version.isEmpty())
                m_run.report(Stage::Checking, Words::tr("Looking whether %1 still works on it.", "program on computer, since").arg(judged->text()));
            version = now;
            if (!m_run.sleep(m_run.options().poll))
                return fail(Error::cancelled());
        }
        const Result<QJsonObject> written = m_run.write(m_ref, [&](const QJsonObject &live) -> Result<Write> {
            const std::optional<Owner> there = Owner::of(live);
            if (there && there->id == m_ownership.owner().id)
                return Write{}; // the answer was lost
            if (there && idOf(there) != idOf(judged))
                return fail(workedOnBy(*there));
            return Write{annotated(m_ownership.owner().toText(m_run.now())), {}};
        });
        if (!written)
            return fail(written.error());
        // It may have got further since it was read.
        const Result<Record> record = Record::fromObject(*written);
        if (!record)
            return fail(record.error());
        if (record->digest() != m_record.digest()) {
            release();
            return fail(rewritten());
        }
        m_record = *record;
        own();
        return {};
    }
    bool isUndoing() const { return m_record.undoing; }

    PlanOutcome forward()
    {
        const bool wasDone = m_record.isDone();
        for (; m_record.next < m_record.entries.size();) {
            Record::Entry &entry = m_record.entries[m_record.next];
            tell(m_record.next, false);
            if (entry.change.act == Act::Await) {
                if (const Result<> met = m_run.waitUntil(entry.change.until, m_record.next); !met)
                    return ended(State::Failed, met.error());
                ++m_record.next;
                if (const Result<> kept = keep(false); !kept)
                    return ended(State::Failed, kept.error());
                continue;
            }
            if (entry.change.act == Act::Fill) {
                const Result<QJsonObject> filled = fill(m_run, entry.change, m_record.id);
                if (!filled)
                    return ended(State::Failed, filled.error());
                ++m_record.next;
                if (const Result<> kept = keep(false); !kept)
                    return ended(State::Failed, kept.error());
                continue;
            }
            const Outcome outcome = m_run.perform(repeatable(m_record.next));
            if (outcome.state == Outcome::State::Stopped)
                return ended(State::Failed, Error::cancelled());
            if (outcome.error)
                return ended(State::Failed, ofPlan(*outcome.error));
            entry.after = generationOf(outcome.after);
            if (isMade(entry.change))
                entry.change.target.uid = outcome.after.value(u"metadata"_s)[u"uid"_s].toString();
            ++m_record.next;
            if (const Result<> kept = keep(false); !kept)
                return ended(State::Failed, kept.error());
        }
        if (!wasDone)
            noteWhatIsShort();
        if (m_record.keep && !wasDone) {
            release();
            PlanOutcome outcome = ended(State::Done, {});
            outcome.canRollBack = true;
            m_run.report(Stage::Done, lastWord(State::Done));
            return outcome;
        }
        return close(State::Done);
    }

    PlanOutcome backward()
    {
        if (!m_record.undoing) {
            // What was asked for last may be done although nobody knows.
            m_record.from = m_record.next = std::min(m_record.next + 1, m_record.entries.size());
            if (const Result<> kept = keep(true); !kept)
                return ended(State::Failed, kept.error());
        }
        while (m_record.next > 0) {
            const qsizetype index = m_record.next - 1;
            if (m_record.entries[index].change.act == Act::Await) {
                if (const Result<> settled = settle(index); !settled)
                    return ended(State::Failed, settled.error());
            } else {
                tell(index, true);
                const Result<QJsonObject> back = takeBack(index);
                if (!back)
                    return ended(State::Failed, back.error());
                if (Record::Entry *earlier = earlierOf(index); earlier && !back->isEmpty())
                    earlier->after = generationOf(*back);
            }
            --m_record.next;
            if (const Result<> kept = keep(true); !kept)
                return ended(State::Failed, kept.error());
        }
        if (const Result<> settled = settleAll(); !settled)
            return ended(State::Failed, settled.error());
        return close(State::RolledBack);
    }

private:
    void own()
    {
        m_seen = m_run.now();
        m_run.whilePausing([this] { return beat(); });
    }

    /// The change before this one that is of the same object; nullptr where there is none.
    Record::Entry *earlierOf(qsizetype index)
    {
        const ObjectRef &target = m_record.entries[index].change.target;
        for (qsizetype i = index - 1; i >= 0; --i) {
            const Change &change = m_record.entries[i].change;
            if (change.act != Act::Await && change.target.kind == target.kind && change.target.ns == target.ns && change.target.name == target.name)
                return &m_record.entries[i];
        }
        return nullptr;
    }

    /// Whether the object is as the plan saw it, with what the changes before this one made of it.
    Result<> stands(const QJsonObject &live, qsizetype index)
    {
        const Change &wanted = m_record.entries[index].change;
        QJsonObject then = wanted.before;
        const Record::Entry *last = earlierOf(index);
        for (qsizetype i = 0; last && i < index; ++i) {
            const Change &change = m_record.entries[i].change;
            if (change.act == Act::Merge && change.target.kind == last->change.target.kind && change.target.ns == last->change.target.ns
                && change.target.name == last->change.target.name)
                then = manifest::mergePatch(then, change.body).toObject();
        }
        QJsonObject metadata = then.value(u"metadata"_s).toObject();
        if (last && !last->after.isEmpty())
            metadata.insert(u"generation"_s, last->after.toLongLong());
        then.insert(u"metadata"_s, metadata);
        const Result<> same = standsAsPlanned(live, then);
        if (same || wanted.act != Act::Merge || masked(live, wanted.body) != masked(then, wanted.body))
            return same;
        // An autoscaler, or a person, changed other fields: those that are written are as they were. Its owner counts all the same.
        metadata.insert(u"generation"_s, live.value(u"metadata"_s)[u"generation"_s]);
        for (const QString &field : {u"spec"_s, u"data"_s, u"stringData"_s, u"rules"_s})
            then.insert(field, live.value(field));
        then.insert(u"metadata"_s, metadata);
        return standsAsPlanned(live, then);
    }

    /// Whether every field that was written still is as it was written.
    static bool restsAsWritten(const QJsonObject &live, const Change &change)
    {
        return masked(live, change.body) == masked(manifest::mergePatch(change.before, change.body).toObject(), change.body);
    }

    /// The guard of the plan, or the proof that it is done already: by this flow before it was killed, or by its lost answer.
    Change repeatable(qsizetype index)
    {
        Change change = m_record.entries[index].change;
        if (isMade(change))
            return change; // its mark tells
        change.look = [this, index](const QJsonObject &live) -> Result<Write> {
            const Change &wanted = m_record.entries[index].change;
            if (wanted.act != Act::Delete && contains(live, wanted.body))
                return Write{};
            if (const Result<> still = stands(live, index); !still)
                return fail(still.error());
            return Write{wanted.body, {}};
        };
        return change;
    }

    /// On the way back: what was taken back must have come to rest before what it stood on is taken back as well. Two replicas
    /// that are going to be one must not lose their leader election while both run. Pods that never come to rest may be why
    /// somebody rolls back, so that is said and no obstacle.
    Result<> settle(qsizetype index)
    {
        for (const Condition &condition : std::as_const(m_record.entries[index].change.until)) {
            bool changed = false;
            for (qsizetype i = index + 1; i < m_record.from && !changed; ++i) {
                const Change &later = m_record.entries[i].change;
                changed = later.act != Act::Await && later.target.kind == condition.object.kind && later.target.ns == condition.object.ns
                    && later.target.name == condition.object.name;
            }
            if (!changed || condition.what != Condition::What::RolledOut)
                continue;
            if (const Result<> met = m_run.waitUntil({condition}, index); !met) {
                if (met.error().kind != Error::Kind::Timeout && met.error().kind != Error::Kind::NotFound)
                    return met;
                m_notes.append(text::safe(met.error().what));
            }
        }
        return {};
    }

    /// At the end of the way back: nothing is as it was while pods of what was taken back still run.
    Result<> settleAll()
    {
        QList<ObjectRef> asked;
        const QDateTime since = m_run.now();
        for (const Record::Entry &awaited : std::as_const(m_record.entries)) {
            for (const Condition &wanted : awaited.change.until) {
                const auto changes = [&](const Record::Entry &entry) {
                    const ObjectRef &target = entry.change.target;
                    return entry.change.act != Act::Await && target.kind == wanted.object.kind && target.ns == wanted.object.ns && target.name == wanted.object.name;
                };
                const auto end = m_record.entries.cbegin() + std::clamp<qsizetype>(m_record.from, 0, m_record.entries.size());
                if (wanted.what != Condition::What::RolledOut || asked.contains(wanted.object) || std::none_of(m_record.entries.cbegin(), end, changes))
                    continue;
                asked.append(wanted.object);
                Condition condition = wanted;
                // They come to rest side by side.
                condition.seconds = static_cast<int>(std::max<qint64>(1, condition.seconds - since.secsTo(m_run.now())));
                if (const Result<> met = m_run.waitUntil({condition}); !met) {
                    if (met.error().kind == Error::Kind::NotFound)
                        continue;
                    if (met.error().kind != Error::Kind::Timeout)
                        return met;
                    if (const QString note = text::safe(met.error().what); !m_notes.contains(note))
                        m_notes.append(note);
                }
            }
        }
        return {};
    }

    void tell(qsizetype index, bool back) const
    {
        const Change &change = m_record.entries[index].change;
        //: a kind and the name of an object: "Deployment training-operator"
        const QString name =
            Words::tr("%1 %2", "kind, name").arg(text::safe(change.target.kind.kind), text::safe(change.target.name));
        Event event;
        event.change = index;
        if (change.act == Act::Await) {
            event.stage = Stage::Waiting;
            QStringList names;
            for (const Condition &condition : change.until)
                names.append(Words::tr("%1 %2", "kind, name")
                                 .arg(text::safe(condition.object.kind.kind), text::safe(condition.object.name)));
            names.removeDuplicates();
            if (names.size() > 3)
                names = names.mid(0, 3)
                    + QStringList{Words::tr("and %n more", nullptr, static_cast<int>(names.size() - 3))};
            event.text = Words::tr("Waiting for %1.", "kinds and names of objects").arg(names.join(u", "_s));
        } else if (back) {
            event.stage = Stage::Undoing;
            event.text = Words::tr("Rolling back %1.", "kind and name of an object").arg(name);
        } else if (change.act == Act::Fill) {
            event.stage = Stage::Changing;
            event.text = Words::tr("Writing %1.", "kind and name of an object").arg(name);
        } else if (change.act == Act::Delete) {
            event.stage = Stage::Deleting;
            event.text = Words::tr("Deleting %1.", "kind and name of an object").arg(name);
        } else if (isMade(change)) {
            event.stage = Stage::Creating;
            event.text = Words::tr("Creating %1.", "kind and name of an object").arg(name);
        } else {
            event.stage = Stage::Changing;
            event.text = Words::tr("Changing %1.", "kind and name of an object").arg(name);
        }
        m_run.report(event);
    }

    /// The record as it is now. Somebody else's hand in it (an undo, another id) ends this flow.
    Result<> keep(bool undoing)
    {
        m_record.undoing = undoing;
        m_record.changed = m_run.now().toUTC();
        const Result<QJsonObject> written = m_run.write(m_ref, [&](const QJsonObject &live) -> Result<Write> {
            const Result<Record> there = Record::fromObject(live);
            if (!there || there->id != m_record.id || (there->undoing && !undoing) || !isOurs(live))
                return fail(takenOver(live));
            if (there->next == m_record.next && there->undoing == undoing)
                return Write{}; // written, and the answer was lost
            return Write{QJsonObject{{u"data"_s, m_record.object(m_ref.ns).value(u"data"_s)}}, {}};
        });
        m_seen = m_run.now();
        return written ? Result<>() : fail(written.error());
    }

    static QJsonObject annotated(const QJsonValue &owner)
    {
        return {{u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{ownerAnnotation(), owner}}}}}};
    }
    /// A version that knows no owners leaves the annotation alone; one that somebody took away is missed by nobody.
    bool isOurs(const QJsonObject &record) const
    {
        const std::optional<Owner> owner = Owner::of(record);
        return !owner || owner->id == m_ownership.owner().id;
    }
    static Error takenOver(const QJsonObject &record)
    {
        const std::optional<Owner> owner = Owner::of(record);
        return Error::make(Error::Kind::Conflict, Words::tr("Someone else took over this change."),
                           owner ? owner->text() : Words::tr("Its record is no longer the one of this flow."), Words::tr("Look at the objects as they are now."));
    }

    /// Says that somebody is at work. False where somebody else is by now.
    bool beat()
    {
        if (m_lost || m_seen.msecsTo(m_run.now()) < kBeatMs)
            return !m_lost;
        m_seen = m_run.now();
        // One that does not get through is no reason to end: the next write of the record tells.
        (void)m_run.write(m_ref, [&](const QJsonObject &live) -> Result<Write> {
            if (Owner::of(live) && !isOurs(live)) {
                m_lost = takenOver(live);
                return fail(*m_lost);
            }
            return Owner::of(live) ? Result<Write>(Write{annotated(m_ownership.owner().toText(m_run.now())), {}}) : Result<Write>(Write{});
        });
        return !m_lost;
    }

    /// Whoever comes next need not wait to see that nobody is at work.
    void release() const
    {
        if (m_lost)
            return;
        (void)m_run.write(m_ref, [&](const QJsonObject &live) -> Result<Write> {
            return Owner::of(live) && isOurs(live) ? Result<Write>(Write{annotated(QJsonValue::Null), {}}) : Result<Write>(Write{});
        });
    }

    /// What was waited for may have gone again since.
    void noteWhatIsShort()
    {
        QStringList names;
        QStringList crowds;
        QList<ObjectRef> asked;
        for (const Record::Entry &entry : std::as_const(m_record.entries)) {
            for (const Condition &condition : entry.change.until) {
                if (asked.contains(condition.object))
                    continue;
                asked.append(condition.object);
                if (const QString crowd = m_run.crowdOf(condition); !crowd.isEmpty())
                    crowds.append(crowd);
                if (const QString name = m_run.shortOf(condition); !name.isEmpty())
                    names.append(name);
            }
        }
        if (!names.isEmpty())
            m_notes.append(Words::tr("Not all replicas are available of: %1.", "names of workloads").arg(names.join(u", "_s)));
        // The scheduler prefers, and pods of before may have been in its way: that there are two does not say that they are on two nodes.
        m_notes += crowds;
    }

    QString lastWord(State state) const
    {
        if (m_notes.isEmpty())
            return state == State::Done ? Words::tr("Everything is done.") : Words::tr("Everything is back as it was.");
        return (state == State::Done ? Words::tr("Everything is done.") : Words::tr("What was changed is taken back.")) + u' ' + m_notes.join(u' ');
    }

    /// The autoscaler of a workload: empty where there is none, or none can be seen.
    Result<QJsonObject> scalerOf(const ObjectRef &workload) const
    {
        const Result<QList<QJsonObject>> scalers = m_run.list(kinds::autoscalers(), workload.ns, {});
        if (!scalers && scalers.error().kind != Error::Kind::NotFound && scalers.error().kind != Error::Kind::Forbidden)
            return fail(scalers.error());
        for (const QJsonObject &scaler : scalers.value_or(QList<QJsonObject>())) {
            const QJsonValue target = scaler[u"spec"_s][u"scaleTargetRef"_s];
            if (target[u"kind"_s].toString() == workload.kind.kind && target[u"name"_s].toString() == workload.name)
                return scaler;
        }
        return QJsonObject();
    }

    /// How many replicas there were before, where the pods' template was changed while there were no more: of one that was scaled
    /// later, or that got an election. nullopt: it does not matter.
    std::optional<int> mostWhile(qsizetype index) const
    {
        const Change &change = m_record.entries[index].change;
        if (!isWorkload(change.target) || change.act != Act::Merge || !change.body.value(u"spec"_s)[u"template"_s].isObject())
            return std::nullopt;
        for (qsizetype i = index + 1; i < m_record.from; ++i) {
            const Change &later = m_record.entries[i].change;
            if (later.act == Act::Merge && later.target.kind == change.target.kind && later.target.ns == change.target.ns && later.target.name == change.target.name
                && later.before.value(u"spec"_s)[u"replicas"_s].isDouble())
                return later.before.value(u"spec"_s)[u"replicas"_s].toInt();
            if (std::ranges::any_of(later.until, [&](const Condition &one) { return one.what == Condition::What::Renewed && one.holder == change.target.name + u'-'; }))
                return 1;
        }
        return std::nullopt;
    }

    /// Two replicas without the leader election that is about to go would do everything twice.
    Result<> fewEnough(qsizetype index) const
    {
        const std::optional<int> most = mostWhile(index);
        if (!most)
            return {};
        const ObjectRef &target = m_record.entries[index].change.target;
        const Result<QJsonObject> scaler = scalerOf(target);
        const Result<QJsonObject> live = scaler && !scaler->isEmpty() ? m_run.read(target) : Result<QJsonObject>(QJsonObject());
        if (!scaler)
            return fail(scaler.error());
        if (!live || live->isEmpty() || replicasIn(*live) <= *most)
            return {};
        return fail(Error::Kind::Conflict,
                    Words::tr("%1 runs %2 replicas, as its autoscaler %3 wants it: what lets so many run is not taken back.", "name of a workload")
                        .arg(text::safe(target.name)).arg(replicasIn(*live)).arg(text::safe((*scaler)[u"metadata"_s][u"name"_s].toString())),
                    Words::tr("Before, there was no more than %1.").arg(*most),
                    Words::tr("Let the autoscaler go down to that, or remove it, then go on rolling back."));
    }

    /// How many replicas run now is the autoscaler's: where it wants more than there were, that is said.
    void noteScaled(const QJsonObject &scaler, const QJsonObject &workload, int before)
    {
        const int count = workload.value(u"spec"_s)[u"replicas"_s].toInt(1);
        if (!workload.isEmpty() && count > before)
            m_notes.append(Words::tr("%1 runs %2 replicas, not %3: its autoscaler %4 decides that.", "name of a workload")
                               .arg(text::safe(workload.value(u"metadata"_s)[u"name"_s].toString())).arg(count).arg(before)
                               .arg(text::safe(scaler[u"metadata"_s][u"name"_s].toString())));
    }

    /// Whether any of its changes makes the object, or something of it another.
    bool isTouched(const ObjectRef &target) const
    {
        return std::ranges::any_of(m_record.entries, [&](const Record::Entry &entry) {
            const Change &one = entry.change;
            return one.target.kind == target.kind && one.target.ns == target.ns && one.target.name == target.name && one.act != Act::Await
                && (isMade(one) || one.act == Act::Delete || !restoring(one.body, one.before).isEmpty());
        });
    }

    /// The object as it is then; empty where there is none.
    Result<QJsonObject> takeBack(qsizetype index)
    {
        const Record::Entry &entry = m_record.entries[index];
        Change change = entry.change;
        if (change.act == Act::Fill) {
            const Result<QString> left = takeBackFill(m_run, change, m_record.id);
            if (!left)
                return fail(left.error());
            if (!left->isEmpty())
                m_notes.append(*left);
            return QJsonObject();
        }
        if (const Result<> few = fewEnough(index); !few)
            return fail(few.error());
        if (change.act == Act::Merge && isWorkload(change.target) && change.body.value(u"spec"_s)[u"replicas"_s].isDouble()) {
            const Result<QJsonObject> scaler = scalerOf(change.target);
            if (!scaler)
                return fail(scaler.error());
            if (!scaler->isEmpty()) {
                QJsonObject spec = change.body.value(u"spec"_s).toObject();
                spec.remove(u"replicas"_s);
                change.body.insert(u"spec"_s, spec);
                const Result<QJsonObject> live = m_run.read(change.target);
                noteScaled(*scaler, live.value_or(QJsonObject()), change.before.value(u"spec"_s)[u"replicas"_s].toInt(1));
                if (restoring(change.body, change.before).isEmpty())
                    return live.value_or(QJsonObject());
            }
        }
        if (change.act == Act::Delete) {
            const Result<QJsonObject> there = m_run.read({change.target.kind, change.target.ns, change.target.name, {}});
            if (there)
                return QJsonObject(); // never deleted, or made again
            if (there.error().kind != Error::Kind::NotFound)
                return fail(there.error());
            QJsonObject again = manifest::forApply(change.before);
            QJsonObject metadata = again.value(u"metadata"_s).toObject();
            QJsonObject annotations = metadata.value(u"annotations"_s).toObject();
            annotations.insert(changeMark(), m_record.id);
            metadata.insert(u"annotations"_s, annotations);
            again.insert(u"metadata"_s, metadata);
            const Result<QJsonObject> made = m_run.create({change.target.kind, change.target.ns, change.target.name, {}}, again, [&](const QJsonObject &object) {
                return object.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() == m_record.id;
            });
            return made ? Result<QJsonObject>(QJsonObject()) : fail(made.error());
        }
        if (isMade(change)) {
            Change deletion = change;
            deletion.act = Act::Delete;
            bool isAnother = false;
            deletion.look = [this, &isAnother](const QJsonObject &live) -> Result<Write> {
                // Another object of this name is none of ours.
                isAnother = live.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() != m_record.id;
                return isAnother ? Write{{}, Words::tr("It is not the one that was made.")} : Write{};
            };
            const Outcome outcome = m_run.perform(deletion);
            if (outcome.state == Outcome::State::Stopped)
                return fail(Error::cancelled());
            if (isAnother && outcome.state == Outcome::State::Unchanged)
                m_notes.append(change.target.uid.isEmpty() ? leftAlone(change.target)
                                                           : Words::tr("%1 is left alone: it does not say any more that this change made it.", "kind and name of an object").arg(shownTarget(change.target)));
            return outcome.error ? Result<QJsonObject>(fail(*outcome.error)) : Result<QJsonObject>(QJsonObject());
        }
        const QJsonObject back = restoring(change.body, change.before);
        const Result<QJsonObject> written = m_run.write(change.target, [&](const QJsonObject &live) -> Result<Write> {
            if (contains(live, back) && stands(live, index))
                return Write{}; // never written
            if (contains(live, back) && !contains(live, change.body))
                return Write{}; // taken back already
            const bool ours = entry.after.isEmpty() ? contains(live, change.body) : generationOf(live) == entry.after || restsAsWritten(live, change);
            if (!ours)
                return fail(changedSince(change.target));
            return Write{back, {}};
        });
        if (!written && written.error().kind == Error::Kind::NotFound)
            return QJsonObject(); // somebody deleted it: there is nothing to put back
        if (written && back.isEmpty() && !isTouched(change.target))
            m_notes.append(leftAlone(change.target));
        if (written && change.target.kind.kind == "HorizontalPodAutoscaler"_L1) {
            const QJsonValue scaled = written->value(u"spec"_s)[u"scaleTargetRef"_s];
            const bool set = scaled[u"kind"_s].toString() == kinds::statefulSets().kind;
            const Result<QJsonObject> workload = m_run.read({set ? kinds::statefulSets() : kinds::deployments(), change.target.ns, scaled[u"name"_s].toString(), {}});
            noteScaled(*written, workload.value_or(QJsonObject()), change.before.value(u"spec"_s)[u"minReplicas"_s].toInt(1));
        }
        return written;
    }

    PlanOutcome close(State state)
    {
        for (const Record::Entry &entry : std::as_const(m_record.entries)) {
            if (state != State::Done || entry.change.act != Act::Fill)
                continue;
            if (const Result<> settled = settleFill(m_run, entry.change, m_record.id); !settled)
                m_notes.append(Words::tr("The former values of the Secret %1 could not be removed: %2").arg(text::safe(entry.change.target.name), text::safe(settled.error().what)));
        }
        Change removal;
        removal.act = Act::Delete;
        removal.target = m_ref;
        removal.look = [](const QJsonObject &) { return Result<Write>(Write{}); };
        const Outcome removed = m_run.perform(removal);
        PlanOutcome outcome = ended(state, {});
        outcome.canRollBack = removed.error.has_value() && state == State::Done;
        if (removed.error)
            outcome.notes.append(Words::tr("The record of the change could not be removed: %1").arg(text::safe(removed.error->what)));
        m_run.report(Stage::Done, lastWord(state));
        return outcome;
    }

    PlanOutcome ended(State state, std::optional<Error> error) const
    {
        if (m_lost)
            error = m_lost;
        else if (state == State::Failed)
            release();
        PlanOutcome outcome;
        outcome.state = state;
        outcome.record = m_ref;
        outcome.done = m_record.next;
        outcome.error = error;
        outcome.canRollBack = state == State::Failed;
        outcome.notes = m_notes;
        return outcome;
    }

    Run &m_run;
    Record m_record;
    const ObjectRef m_ref;
    const Ownership m_ownership;
    QDateTime m_seen;            ///< when the record was written last
    std::optional<Error> m_lost; ///< somebody else works on it now
    QStringList m_notes;
};

/// The fields of a patch that puts back: "replicas 1, containers, no priorityClassName".
void fieldsOf(const QJsonObject &patch, QStringList &fields)
{
    for (auto it = patch.begin(); it != patch.end(); ++it) {
        const QString key = text::safe(it.key());
        if (it->isObject() && !it->toObject().isEmpty())
            fieldsOf(it->toObject(), fields);
        else if (it->isNull())
            fields.append(Words::tr("no %1", "name of a field").arg(key));
        else
            fields.append(it->isDouble() || it->isBool() ? key + u' ' + it->toVariant().toString() : key);
    }
}

Result<Record> recorded(const Run &run, const ObjectRef &ref)
{
    const Result<QJsonObject> object = run.read(ref);
    if (!object)
        return fail(object.error());
    Result<Record> record = Record::fromObject(*object);
    if (!record)
        return record;
    if (!run.options().seen.isEmpty() && record->digest() != run.options().seen)
        return fail(rewritten());
    if (run.options().elsewhere)
        return record;
    if (const QStringList why = sentences(suspicions(*record, ref.ns, notMadeBy(run.api(), *record, *object, run.stop())), ref.ns); !why.isEmpty())
        return fail(Error::Kind::Consent, Words::tr("The record of this change is suspicious; nothing was changed."), why.join(u' '),
                    Words::tr("Look at what it changes; go on only where you know of this change."));
    return record;
}

} // namespace

QStringList wayBack(const Record &record)
{
    QStringList lines;
    // What was asked for last may be done although nobody knows.
    for (qsizetype i = record.undoing ? record.next : std::min(record.next + 1, record.entries.size()); i-- > 0;) {
        const Change &change = record.entries[i].change;
        const QString name = shownTarget(change.target);
        if (change.act == Act::Await)
            continue;
        if (isMade(change) || (change.act == Act::Fill && change.before.isEmpty())) {
            const bool sure = record.undoing || i < record.next;
            lines.append(sure ? Words::tr("delete %1", "kind and name of an object").arg(name)
                              : Words::tr("delete %1, if this change made it", "kind and name of an object").arg(name));
            continue;
        }
        if (change.act == Act::Delete) {
            lines.append(Words::tr("create %1 again", "kind and name of an object").arg(name));
            continue;
        }
        QStringList fields;
        if (change.act == Act::Fill) {
            for (const QString &key : change.body.value(u"stringData"_s).toObject().keys() + change.fills)
                fields.append(text::safe(key));
        } else {
            fieldsOf(restoring(change.body, change.before), fields);
        }
        const qsizetype more = fields.size() - 6;
        if (more > 0)
            fields = fields.mid(0, 6) + QStringList{Words::tr("and %n more", nullptr, static_cast<int>(more))};
        lines.append(fields.isEmpty()
                ? Words::tr("leave %1 alone: it was there before and is not changed", "kind and name of an object").arg(name)
                : Words::tr("put back %1: %2", "kind and name of an object, fields").arg(name, fields.join(u", "_s)));
    }
    return lines;
}

QJsonObject restoring(const QJsonObject &body, const QJsonObject &before)
{
    QJsonObject patch;
    for (auto it = body.begin(); it != body.end(); ++it) {
        const QJsonValue old = before.value(it.key());
        if (it.key() == u"apiVersion" || it.key() == u"kind" || it.key() == u"status")
            continue;
        if (it->isObject() && old.isObject()) {
            const QJsonObject inner = restoring(it->toObject(), old.toObject());
            if (!inner.isEmpty())
                patch.insert(it.key(), inner);
        } else if (old != *it) {
            patch.insert(it.key(), old.isUndefined() ? QJsonValue(QJsonValue::Null) : old);
        }
    }
    return patch;
}

bool contains(const QJsonValue &live, const QJsonValue &body)
{
    if (body.isObject()) {
        const QJsonObject wanted = body.toObject();
        for (auto it = wanted.begin(); it != wanted.end(); ++it) {
            const QJsonValue there = live[it.key()];
            if (it->isNull() ? !there.isUndefined() && !there.isNull() : !contains(there, *it))
                return false;
        }
        return body.isObject() && (live.isObject() || wanted.isEmpty());
    }
    if (body.isArray()) {
        const QJsonArray wanted = body.toArray();
        const QJsonArray there = live.toArray();
        return live.isArray() && std::ranges::all_of(wanted, [&](const QJsonValue &item) {
                   return std::ranges::any_of(there, [&](const QJsonValue &candidate) { return contains(candidate, item); });
               });
    }
    return live == body;
}

Result<PlanOutcome> execute(ObjectApi &api, const Plan &plan, const Options &options, std::stop_token stop)
{
    if (!plan.feasible())
        return fail(Error::Kind::Invalid, Words::tr("This cannot be done."), plan.problems.first().text, plan.problems.first().fix);
    for (const Change &change : plan.changes) {
        if (change.act == Act::Fill && !lackingKey(change, options).isEmpty())
            return fail(Error::Kind::Invalid, Words::tr("The password for the Secret %1 is needed.", "name of an object").arg(text::safe(change.target.name)));
    }
    Run run(api, options, std::move(stop));
    const Record record = Record::of(plan, run.now(), options.tool);
    if (const Result<> fits = record.fits(); !fits)
        return fail(fits.error());
    Executor executor(run, record, record.ref(plan.ns));
    if (const Result<> open = executor.open(); !open)
        return fail(open.error());
    return executor.forward();
}

Result<PlanOutcome> finish(ObjectApi &api, const ObjectRef &ref, const Options &options, std::stop_token stop)
{
    Run run(api, options, std::move(stop));
    const Result<Record> record = recorded(run, ref);
    if (!record)
        return fail(record.error());
    Executor executor(run, *record, ref);
    if (const Result<> taken = executor.take(); !taken)
        return fail(taken.error());
    return executor.isUndoing() ? executor.backward() : executor.forward();
}

Result<PlanOutcome> rollBack(ObjectApi &api, const ObjectRef &ref, const Options &options, std::stop_token stop)
{
    Run run(api, options, std::move(stop));
    const Result<Record> record = recorded(run, ref);
    if (!record)
        return fail(record.error());
    Executor executor(run, *record, ref);
    if (const Result<> taken = executor.take(); !taken)
        return fail(taken.error());
    return executor.backward();
}

} // namespace cairn::change
