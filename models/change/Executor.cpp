// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Executor.h"

#include "base/Text.h"
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

bool isMade(const Change &change)
{
    return change.act == Act::Create || (change.act == Act::Apply && change.before.isEmpty());
}

class Executor
{
public:
    Executor(Run &run, Record record, const QString &ns) : m_run(run), m_record(std::move(record)), m_ref(m_record.ref(ns)) {}

    /// Only this writes before anything is changed.
    Result<> open()
    {
        const Result<QJsonObject> made = m_run.create(m_ref, m_record.object(m_ref.ns), [&](const QJsonObject &there) {
            return there.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() == m_record.id;
        });
        return made ? Result<>() : fail(made.error());
    }

    PlanOutcome forward()
    {
        for (; m_record.next < m_record.entries.size();) {
            Record::Entry &entry = m_record.entries[m_record.next];
            const Change change = repeatable(entry.change);
            tell(entry.change, false);
            const Outcome outcome = m_run.perform(change);
            if (outcome.state == Outcome::State::Stopped)
                return ended(State::Failed, Error::cancelled());
            if (outcome.error)
                return ended(State::Failed, *outcome.error);
            entry.after = generationOf(outcome.after);
            if (isMade(entry.change))
                entry.change.target.uid = outcome.after.value(u"metadata"_s)[u"uid"_s].toString();
            ++m_record.next;
            if (const Result<> kept = keep(false); !kept)
                return ended(State::Failed, kept.error());
        }
        return close(State::Done);
    }

    PlanOutcome backward()
    {
        if (!m_record.undoing) {
            // What was asked for last may be done although nobody knows.
            m_record.next = std::min(m_record.next + 1, m_record.entries.size());
            if (const Result<> kept = keep(true); !kept)
                return ended(State::Failed, kept.error());
        }
        while (m_record.next > 0) {
            const Record::Entry &entry = m_record.entries[m_record.next - 1];
            tell(entry.change, true);
            if (const Result<> back = takeBack(entry); !back)
                return ended(State::Failed, back.error());
            --m_record.next;
            if (const Result<> kept = keep(true); !kept)
                return ended(State::Failed, kept.error());
        }
        return close(State::RolledBack);
    }

private:
    /// The guard of the plan, or the proof that it is done already: by this flow before it was killed, or by its lost answer.
    static Change repeatable(Change change)
    {
        if (isMade(change))
            return change; // its mark tells
        change.look = [change](const QJsonObject &live) -> Result<Write> {
            if (change.act != Act::Delete && contains(live, change.body))
                return Write{};
            if (const Result<> stands = standsAsPlanned(live, change.before); !stands)
                return fail(stands.error());
            return Write{change.body, {}};
        };
        return change;
    }

    void tell(const Change &change, bool back) const
    {
        const QString name = text::safe(change.target.name);
        if (back)
            m_run.report(Stage::Undoing, Words::tr("Rolling back %1.", "name of an object").arg(name));
        else if (change.act == Act::Delete)
            m_run.report(Stage::Deleting, Words::tr("Deleting %1.", "name of an object").arg(name));
        else if (isMade(change))
            m_run.report(Stage::Creating, Words::tr("Creating %1.", "name of an object").arg(name));
        else
            m_run.report(Stage::Changing, Words::tr("Changing %1.", "name of an object").arg(name));
    }

    /// The record as it is now. Somebody else's hand in it (an undo, another id) ends this flow.
    Result<> keep(bool undoing)
    {
        m_record.undoing = undoing;
        m_record.changed = m_run.now().toUTC();
        const Result<QJsonObject> written = m_run.write(m_ref, [&](const QJsonObject &live) -> Result<Write> {
            const Result<Record> there = Record::fromObject(live);
            if (!there || there->id != m_record.id || (there->undoing && !undoing))
                return fail(Error::Kind::Conflict, Words::tr("Someone else took over this change."),
                            Words::tr("Its record is no longer the one of this flow."), Words::tr("Look at the objects as they are now."));
            if (there->next == m_record.next && there->undoing == undoing)
                return Write{}; // written, and the answer was lost
            return Write{QJsonObject{{u"data"_s, m_record.object(m_ref.ns).value(u"data"_s)}}, {}};
        });
        return written ? Result<>() : fail(written.error());
    }

    Result<> takeBack(const Record::Entry &entry) const
    {
        const Change &change = entry.change;
        if (change.act == Act::Delete) {
            const Result<QJsonObject> there = m_run.read({change.target.kind, change.target.ns, change.target.name, {}});
            if (there)
                return {}; // never deleted, or made again
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
            return made ? Result<>() : fail(made.error());
        }
        if (isMade(change)) {
            Change deletion = change;
            deletion.act = Act::Delete;
            deletion.look = [this](const QJsonObject &live) -> Result<Write> {
                // Another object of this name is none of ours.
                if (live.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString() != m_record.id)
                    return Write{{}, Words::tr("It is not the one that was made.")};
                return Write{};
            };
            const Outcome outcome = m_run.perform(deletion);
            if (outcome.state == Outcome::State::Stopped)
                return fail(Error::cancelled());
            return outcome.error ? Result<>(fail(*outcome.error)) : Result<>();
        }
        const QJsonObject back = restoring(change.body, change.before);
        const Result<QJsonObject> written = m_run.write(change.target, [&](const QJsonObject &live) -> Result<Write> {
            if (contains(live, back) && standsAsPlanned(live, change.before))
                return Write{}; // never written
            if (contains(live, back) && !contains(live, change.body))
                return Write{}; // taken back already
            const bool ours = entry.after.isEmpty() ? contains(live, change.body) : generationOf(live) == entry.after;
            if (!ours)
                return fail(changedSince(change.target));
            return Write{back, {}};
        });
        if (!written && written.error().kind == Error::Kind::NotFound)
            return {}; // somebody deleted it: there is nothing to put back
        return written ? Result<>() : fail(written.error());
    }

    PlanOutcome close(State state)
    {
        Change removal;
        removal.act = Act::Delete;
        removal.target = m_ref;
        removal.look = [](const QJsonObject &) { return Result<Write>(Write{}); };
        const Outcome removed = m_run.perform(removal);
        PlanOutcome outcome = ended(state, {});
        outcome.canRollBack = removed.error.has_value() && state == State::Done;
        if (removed.error)
            outcome.notes.append(Words::tr("The record of the change could not be removed: %1").arg(text::safe(removed.error->what)));
        m_run.report(Stage::Done, state == State::Done ? Words::tr("Everything is done.") : Words::tr("Everything is back as it was."));
        return outcome;
    }

    PlanOutcome ended(State state, const std::optional<Error> &error) const
    {
        PlanOutcome outcome;
        outcome.state = state;
        outcome.record = m_ref;
        outcome.done = m_record.next;
        outcome.error = error;
        outcome.canRollBack = state == State::Failed;
        return outcome;
    }

    Run &m_run;
    Record m_record;
    const ObjectRef m_ref;
};

Result<Record> recorded(const Run &run, const ObjectRef &ref)
{
    const Result<QJsonObject> object = run.read(ref);
    if (!object)
        return fail(object.error());
    return Record::fromObject(*object);
}

} // namespace

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
    Run run(api, options, std::move(stop));
    Executor executor(run, Record::of(plan, run.now(), options.tool), plan.ns);
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
    Executor executor(run, *record, ref.ns);
    return record->undoing ? executor.backward() : executor.forward();
}

Result<PlanOutcome> rollBack(ObjectApi &api, const ObjectRef &ref, const Options &options, std::stop_token stop)
{
    Run run(api, options, std::move(stop));
    const Result<Record> record = recorded(run, ref);
    if (!record)
        return fail(record.error());
    return Executor(run, *record, ref.ns).backward();
}

} // namespace cairn::change
