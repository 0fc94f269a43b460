// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"

#include <QDateTime>
#include <chrono>
#include <functional>
#include <optional>

/// What Cairn is about to write on a cluster, as values: decided in full, checked and shown before anything is done.
namespace cairn::change {

class Run;

/// One thing a person should know, or must settle, before a change.
struct Note {
    QString id;   ///< stable word for programs
    QString text; ///< one or two sentences, safe to show
    QString fix;  ///< what to do about it; may be empty
    bool operator==(const Note &) const = default;
};

/// One line of the checklist before a change.
struct Check {
    enum class State { Ok, Warn, Fail, Info };
    QString id;      ///< stable word for programs
    State state = State::Info;
    QString text;    ///< one sentence, safe to show
    QString fix;     ///< what to do; may be empty
    std::chrono::milliseconds took{0};
};
/// "ok", "warn", "fail", "info".
QString checkWord(Check::State state);

/// Where a check puts what it found; a check may find several things, or nothing.
using Found = std::function<void(const QString &id, Check::State state, const QString &text, const QString &fix)>;
/// Asks the cluster one thing. Changes nothing.
using CheckFunction = std::function<void(const Found &found)>;
/// Makes the checks one after the other, each with the time it took; `onCheck` is told of every line at once. Ends early
/// when stopped. Blocking.
QList<Check> runChecks(const QList<CheckFunction> &checks, const std::function<void(const Check &)> &onCheck, const std::stop_token &stop);

/// Told while something happens. The texts are for people; programs look at `stage`.
struct Event {
    enum class Stage {
        Checking,   ///< what the change rests on is looked at again
        Suspending, ///< a job is being suspended
        Stopping,   ///< waiting until its pods are gone
        Changing,   ///< an object is being changed
        Creating,   ///< a new object is being created
        Deleting,   ///< an object is being deleted
        Starting,   ///< a job is being started again
        Following,  ///< waiting for what the change was made for
        Waiting,    ///< for a Condition
        Undoing,
        Done,
    };
    Stage stage = Stage::Checking;
    QString text;               ///< one sentence, safe to show
    int podsLeft = -1;          ///< while Stopping
    std::optional<qint64> step; ///< newest step seen while Following
    qsizetype change = -1;      ///< of a Plan: which of its changes this is about; -1: none
    QDateTime at;               ///< UTC
};
/// "checking", "suspending", … as in JSON.
QString stageWord(Event::Stage stage);

/// What is written to an object, decided from the object as it is at that moment.
struct Write {
    QJsonObject body; ///< merge patch, or the whole object of Create and Apply; empty: nothing is to be written
    QString already;  ///< of an empty body: it was so before, safe to show; "" where an earlier write of this change did it
};

/// What is waited for: one sentence, safe to show, and how many of it.
struct Pending {
    QString text;
    int left = -1;
};
/// One look at what has to be so before a change: nullopt when it is. `since` is when the waiting began.
using Wait = std::function<Result<std::optional<Pending>>(const Run &run, const QDateTime &since)>;

/// Something that has to be so on the cluster, as data: a record keeps it, so that any Cairn can wait for it.
struct Condition {
    enum class What {
        RolledOut, ///< the workload runs what its specification says: every replica is updated and available, none is left of before
        Ready,     ///< the workload has at least `count` available replicas, and keeps them for `stable` seconds
        Renewed,   ///< the Lease is renewed while it is watched, by a pod whose name begins with `holder`
        Accepted,  ///< the server would create `body` (dry run), so that its webhooks answer
    };
    What what = What::RolledOut;
    ObjectRef object = {};   ///< the workload, the Lease, or the address of what would be created
    QString holder = {};     ///< of Renewed; empty: anybody
    int count = 1;           ///< of Ready
    QJsonObject body = {};   ///< of Accepted
    int seconds = 300;       ///< how long it may take
    int stable = 0;          ///< of Ready: pods that come and go are not ready
    bool operator==(const Condition &) const = default;
};

/// One write of one object, or a wait for what was written before.
struct Change {
    enum class Act {
        Create, Merge, Apply, Delete,
        Fill, ///< of a Plan: writes keys of a Secret, those of `body.stringData` and those of `fills`
        Await ///< writes nothing: goes on when `until` is so
    };
    Act act = Act::Merge;
    ObjectRef target = {};   ///< with the UID of the object that is meant; "" for one that is to be made
    QJsonObject before = {}; ///< as the plan saw it; empty where it saw none
    QJsonObject body = {};   ///< of Create and Apply the object, of Merge the patch

    /// The guard: what to write to `live`, or why this may not be done to it any more. Empty: `body`, if its specification,
    /// labels and owner still are those of `before` (standsAsPlanned()). Not asked of Create.
    std::function<Result<Write>(const QJsonObject &live)> look = {};
    QList<Wait> waits = {};                                  ///< before it is written, in order
    Event::Stage waitStage = Event::Stage::Stopping;    ///< told while it waits
    std::function<Result<>(const Run &run)> lastLook = {};   ///< at what it rests on, after the waiting; an error ends it
    Event::Stage stage = Event::Stage::Changing;
    QString text = {};                                  ///< told when it begins; safe to show; "" for nothing
    QString done = {};                                       ///< its outcome in a sentence; safe to show
    QList<Condition> until = {};                             ///< of Await: all of it, side by side
    QString phase = {};                                      ///< of a Plan: the heading that it stands under; safe to show
    /// Of Fill: keys whose values are in Options::secrets alone. `before` is its metadata, or empty where the Secret is to be made.
    QStringList fills = {};
};

/// Annotation of what a plan makes: the id of the plan, by which a lost answer is recognised.
QString changeMark();

/// An Error::Kind::Conflict where another object took the name of `before`, or its specification (the generation), labels
/// or owner are others. The status changes all the time and does not matter.
Result<> standsAsPlanned(const QJsonObject &live, const QJsonObject &before);

/// How Options::secrets names one key of a Secret: "NAMESPACE/NAME/KEY".
QString secretSlot(const ObjectRef &secret, const QString &key);

/// The values of `value` that `mask` names: maps field by field, everything else whole.
QJsonObject masked(const QJsonObject &value, const QJsonObject &mask);

/// A change of several objects, in this order, that is carried out whole or rolled back. Several changes may be of one
/// object: each is guarded by what the ones before make of it.
struct Plan {
    QString id;    ///< at least ten lower-case hexadecimal digits
    QString title; ///< safe to show
    QString ns;    ///< where its record is kept; its objects may be anywhere
    QList<Change> changes;
    /// Its record stays when all is done, so that it can still be rolled back; finish() then removes it.
    bool keepRecord = false;
    QList<Note> problems; ///< any of them forbids to go on
    QList<Note> warnings;
    bool feasible() const { return problems.isEmpty(); }
};

/// How it went with one change.
struct Outcome {
    enum class State {
        Waiting,   ///< not begun, or waiting for what has to be so first
        Running,
        Done,
        Unchanged, ///< nothing was done: it was so already, is gone, or was left out
        Failed,    ///< `error` says why
        Stopped,   ///< the flow was cancelled first
    };
    State state = State::Waiting;
    QString text;               ///< one sentence, safe to show; may be empty
    std::optional<Error> error; ///< of Failed
    QJsonObject after = {};     ///< of Done: the object as the server has it now; empty where it was deleted
};
/// "waiting", "running", "done", "unchanged", "failed", "stopped".
QString stateWord(Outcome::State state);

} // namespace cairn::change
