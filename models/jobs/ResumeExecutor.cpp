// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeExecutor.h"

#include "base/Names.h"
#include "base/Text.h"
#include "jobs/ResumeFlow.h"

#include <QCoreApplication>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

using Phase = ResumeState::Phase;
using Stage = ResumeEvent::Stage;
using State = ResumeOutcome::State;
using change::Write;
using detail::Flow;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

QString recordName()
{
    return names::name("resume"_L1);
}

Error changedMeanwhile(const QString &why)
{
    return Error::make(Error::Kind::Conflict, Words::tr("The job was changed in the meantime."), why,
                       Words::tr("Look at the job as it is now and resume again."));
}

Error takenOver()
{
    return Error::make(Error::Kind::Conflict, Words::tr("Someone else took over the resume of this job."),
                       Words::tr("The record on the job is no longer the one of this resume."), Words::tr("Look at the job as it is now."));
}

QJsonObject annotationsPatch(const QJsonObject &annotations)
{
    return {{u"metadata"_s, QJsonObject{{u"annotations"_s, annotations}}}};
}

class Runner
{
public:
    Runner(Flow &flow) : m_flow(flow) {}

    Result<ResumeOutcome> begin(const ResumePlan &plan);
    ResumeOutcome drive(const ResumeState &state);
    ResumeOutcome goBack(const ResumeState &state);

private:
    Flow &m_flow;
    ResumeState m_state;
    ResumeOutcome m_outcome;
    bool m_finished = false; ///< the job ended before it was rolled back

    const QString &specs() const { return m_flow.facts().replicaSpecs; }
    void take(const ResumeState &state);
    ResumeOutcome failedWith(const Error &error);
    Result<> recheck(const QString &path, bool again);
    change::Wait podsGone(bool undoing);
    Result<ResumeState> recordOf(const QJsonObject &live) const;
    /// What is written to the job, in this order: the steps of docs/RESUME.md.
    change::Change suspend(const ResumePlan &plan);
    change::Change changeTemplate();
    change::Change start();
    change::Change markUndoing();
    change::Change restore();
    void tidyUp();
    /// The record as it is from `phase` on.
    QString recordIn(Phase phase) const
    {
        ResumeState next = m_state;
        next.phase = phase;
        next.changed = m_flow.now().toUTC();
        return next.toText();
    }
    change::Change step(Stage stage, const QString &text, std::function<Result<Write>(const QJsonObject &live)> look) const
    {
        change::Change change;
        change.target = m_flow.ref();
        change.stage = stage;
        change.text = text;
        change.look = std::move(look);
        return change;
    }
};

void Runner::take(const ResumeState &state)
{
    m_state = state;
    m_outcome.mode = ResumePlan::Mode::InPlace;
    m_outcome.target = m_flow.ref();
    m_outcome.id = state.id;
    m_outcome.saveDir = state.saveDir;
    m_outcome.checkpoint = state.checkpoint;
    m_outcome.checkpointStep = state.step;
    m_outcome.canPutBack = true;
}

ResumeOutcome Runner::failedWith(const Error &error)
{
    m_outcome.state = State::Failed;
    m_outcome.error = error;
    return m_outcome;
}

/// `again`: the job stands still already. Then only bad news about the checkpoint counts; that it cannot be read (no
/// room for a helper, say) is no reason to leave the job hanging.
Result<> Runner::recheck(const QString &path, bool again)
{
    if (!m_flow.resume().recheck)
        return {};
    m_flow.report(Stage::Checking, Words::tr("Checking the checkpoint once more."));
    const Result<Checkpoint> now = m_flow.resume().recheck(m_flow.stop());
    if (!now) {
        if (again && now.error().kind != Error::Kind::NotFound && now.error().kind != Error::Kind::Cancelled) {
            m_outcome.notes.append(Words::tr("The checkpoint could not be checked once more: %1").arg(now.error().what));
            return {};
        }
        if (now.error().kind != Error::Kind::NotFound)
            return fail(now.error());
        return fail(Error::Kind::NotFound, Words::tr("The checkpoint %1 is gone.").arg(text::safe(path)), now.error().why,
                    Words::tr("Choose another checkpoint."));
    }
    if (now->verdict == Verdict::Damaged || now->verdict == Verdict::Writing)
        return fail(Error::Kind::Conflict, Words::tr("The checkpoint %1 is no longer whole.").arg(text::safe(path)),
                    text::safe(now->reason), Words::tr("Choose another checkpoint."));
    return {};
}

/// The first and only patch that stops the job: suspend word, record and lock in one.
change::Change Runner::suspend(const ResumePlan &plan)
{
    return step(Stage::Suspending, Words::tr("Suspending the job."), [this, &plan](const QJsonObject &live) -> Result<Write> {
        const QJsonValue meta = live.value(u"metadata"_s);
        const QJsonValue planned = plan.object.value(u"metadata"_s);
        if (const auto pending = readPending(live)) {
            if (*pending && (*pending)->id == plan.id) {
                m_state = **pending; // our own patch, whose answer was lost
                return Write{};
            }
            if (!*pending || needsAttention(**pending))
                return fail(changedMeanwhile(Words::tr("Another resume of it was started.")));
        }
        if (!meta[u"deletionTimestamp"_s].isUndefined())
            return fail(changedMeanwhile(Words::tr("It is being deleted.")));
        // The status changes all the time and does not matter; the generation counts changes of the spec.
        if (meta[u"generation"_s] != planned[u"generation"_s] || meta[u"labels"_s] != planned[u"labels"_s]
            || meta[u"ownerReferences"_s] != planned[u"ownerReferences"_s])
            return fail(changedMeanwhile(Words::tr("Its specification, labels or owner are not those the plan was made from.")));
        const Result<Job> job = m_flow.decoded(live);
        if (!job)
            return fail(job.error());
        if (isFinished(job->phase))
            return fail(changedMeanwhile(Words::tr("It has finished; a finished job cannot be resumed in place.")));
        if (const Result<QJsonObject> fits = applied(live, specs(), plan.changes, true); !fits)
            return fail(fits.error());
        m_state = ResumeState::of(plan, live, m_flow.now(), m_flow.options().tool);
        QJsonObject patch = annotationsPatch({{recordName(), m_state.toText()}});
        patch.insert(u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, true}}}});
        return Write{patch, {}};
    });
}

Result<ResumeOutcome> Runner::begin(const ResumePlan &plan)
{
    if (Result<> ok = recheck(plan.path, false); !ok)
        return fail(ok.error());
    const change::Change first = suspend(plan);
    m_flow.report(first.stage, first.text);
    bool sent = false;
    if (const Result<QJsonObject> written = m_flow.write(first.target, first.look, &sent); !written) {
        if (!sent)
            return fail(written.error());
        take(ResumeState::of(plan, plan.object, m_flow.now(), m_flow.options().tool));
        m_outcome.notes.append(Words::tr("The connection was lost at the first change: the job may be suspended."));
        return failedWith(written.error());
    }
    return drive(ResumeState(m_state));
}

ResumeOutcome Runner::drive(const ResumeState &state)
{
    take(state);
    if (state.phase == Phase::Undoing)
        return goBack(state);
    QList<change::Change> left;
    if (state.phase == Phase::Suspended)
        left.append(changeTemplate());
    if (state.phase != Phase::Started)
        left.append(start());
    const Result<> done = change::carryOutInOrder(m_flow, left);
    if (!done)
        return failedWith(done.error());
    m_outcome.state = State::Started;
    if (!m_flow.resume().follow)
        return m_outcome;
    m_flow.report(Stage::Following, Words::tr("Waiting for the first step after the checkpoint."));
    detail::follow(m_flow, state.id, m_outcome);
    if (m_outcome.state == State::Training) {
        tidyUp();
        m_flow.report(Stage::Done, Words::tr("The training continues from the checkpoint."));
    }
    return m_outcome;
}

change::Wait Runner::podsGone(bool undoing)
{
    PodsGone gone;
    gone.limit = m_flow.resume().podsGoneLimit;
    gone.look = [this, undoing](const QJsonObject &live, const Job &job) -> Result<bool> {
        if (undoing && isFinished(job.phase))
            return true;
        if (isFinished(job.phase))
            return fail(changedMeanwhile(Words::tr("It finished while it was being suspended; a finished job cannot be resumed in place.")));
        if (!detail::isSuspended(live))
            return fail(changedMeanwhile(Words::tr("It was unsuspended by someone else before its template was changed.")));
        return false;
    };
    gone.onSilentOperator = [this] {
        m_outcome.notes.append(Words::tr("The training operator did not confirm that the job is suspended; it may not be running."));
    };
    return jobs::podsGone(m_flow.ref(), gone);
}

/// The record on the live object, if it still is ours.
Result<ResumeState> Runner::recordOf(const QJsonObject &live) const
{
    const auto pending = readPending(live);
    if (!pending || !*pending || (*pending)->id != m_state.id)
        return fail(takenOver());
    return **pending;
}

change::Change Runner::changeTemplate()
{
    change::Change change = step(Stage::Changing, Words::tr("Changing the job's template."), [this](const QJsonObject &live) -> Result<Write> {
        const Result<ResumeState> record = recordOf(live);
        if (!record)
            return fail(record.error());
        if (record->phase == Phase::Patched)
            return Write{};
        if (record->phase != Phase::Suspended)
            return fail(takenOver());
        if (!detail::isSuspended(live))
            return fail(changedMeanwhile(Words::tr("It was unsuspended by someone else before its template was changed.")));
        const Result<QJsonObject> target = applied(live, specs(), m_state.changes, true);
        if (!target)
            return fail(target.error());
        QJsonObject annotations{{recordName(), recordIn(Phase::Patched)}};
        for (auto it = m_state.annotationsBefore.begin(); it != m_state.annotationsBefore.end(); ++it)
            annotations.insert(it.key(), QJsonValue()); // null removes what the new lineage does not name
        for (auto it = m_state.annotations.begin(); it != m_state.annotations.end(); ++it)
            annotations.insert(it.key(), it.value());
        QJsonObject patch = annotationsPatch(annotations);
        if (!m_state.changes.isEmpty())
            patch.insert(u"spec"_s, QJsonObject{{specs(), containersPatch(*target, specs(), m_state.changes)}});
        return Write{patch, {}};
    });
    change.waits.append(podsGone(false));
    // A training that saves when it is told to stop may have rotated the checkpoint away.
    change.lastLook = [this](const change::Run &) {
        const Result<> ok = recheck(m_state.checkpoint, true);
        if (m_flow.resume().looksDone)
            m_flow.resume().looksDone();
        return ok;
    };
    return change;
}

change::Change Runner::start()
{
    return step(Stage::Starting, Words::tr("Unsuspending the job."), [this](const QJsonObject &live) -> Result<Write> {
        const Result<ResumeState> record = recordOf(live);
        if (!record)
            return fail(record.error());
        if (record->phase == Phase::Started)
            return Write{};
        if (record->phase != Phase::Patched)
            return fail(takenOver());
        QJsonObject patch = annotationsPatch({{recordName(), recordIn(Phase::Started)}});
        patch.insert(u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, false}}}});
        return Write{patch, {}};
    });
}

/// The record has done its work: what stays is the lineage.
void Runner::tidyUp()
{
    const Result<QJsonObject> written = m_flow.write(m_flow.ref(), [&](const QJsonObject &live) -> Result<Write> {
        const auto pending = readPending(live);
        if (!pending || !*pending || (*pending)->id != m_state.id)
            return Write{};
        return Write{annotationsPatch({{recordName(), QJsonValue()}}), {}};
    });
    m_outcome.canPutBack = !written;
    if (!written)
        m_outcome.notes.append(Words::tr("The record of the resume could not be removed from the job: %1").arg(written.error().what));
}

/// Stops whoever else works on the job (their next write finds another phase) and the pods of the new template.
change::Change Runner::markUndoing()
{
    return step(Stage::Undoing, Words::tr("Rolling back."), [this](const QJsonObject &live) -> Result<Write> {
        const Result<ResumeState> record = recordOf(live);
        if (!record)
            return fail(record.error());
        const Result<Job> job = m_flow.decoded(live);
        if (!job)
            return fail(job.error());
        m_finished = isFinished(job->phase);
        if (record->phase == Phase::Undoing && (m_finished || detail::isSuspended(live)))
            return Write{};
        QJsonObject patch = annotationsPatch({{recordName(), recordIn(Phase::Undoing)}});
        if (!m_finished)
            patch.insert(u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, true}}}});
        return Write{patch, {}};
    });
}

change::Change Runner::restore()
{
    change::Change change = step(Stage::Undoing, {}, [this](const QJsonObject &live) -> Result<Write> {
        if (!readPending(live))
            return Write{}; // restored, and the answer was lost
        const Result<ResumeState> record = recordOf(live);
        if (!record)
            return fail(record.error());
        const Result<QJsonObject> target = applied(live, specs(), m_state.changes, false);
        if (!target)
            return fail(target.error());
        QJsonObject annotations{{recordName(), QJsonValue()}};
        for (auto it = m_state.annotationsBefore.begin(); it != m_state.annotationsBefore.end(); ++it)
            annotations.insert(it.key(), it.value() ? QJsonValue(*it.value()) : QJsonValue());
        QJsonObject spec;
        if (!m_state.changes.isEmpty())
            spec.insert(specs(), containersPatch(*target, specs(), m_state.changes));
        const QJsonObject runPolicy = live.value(u"spec"_s)[u"runPolicy"_s].toObject();
        const bool onlyOurs = !m_state.hadRunPolicy && (runPolicy.isEmpty() || runPolicy.keys() == QStringList{u"suspend"_s});
        spec.insert(u"runPolicy"_s,
                    onlyOurs ? QJsonValue()
                             : QJsonValue(QJsonObject{{u"suspend"_s, m_state.suspendBefore ? QJsonValue(*m_state.suspendBefore)
                                                                                           : QJsonValue()}}));
        QJsonObject patch = annotationsPatch(annotations);
        patch.insert(u"spec"_s, spec);
        return Write{patch, {}};
    });
    // Starting it while old pods end would count their exit code as a failure of the job.
    change.waitStage = Stage::Undoing;
    change.waits.append([this, wait = podsGone(true)](const change::Run &run, const QDateTime &since) -> Result<std::optional<change::Pending>> {
        if (m_finished || m_state.suspendBefore.value_or(false))
            return std::optional<change::Pending>();
        return wait(run, since);
    });
    return change;
}

ResumeOutcome Runner::goBack(const ResumeState &state)
{
    take(state);
    const Result<> done = change::carryOutInOrder(m_flow, {markUndoing(), restore()});
    if (m_finished)
        m_outcome.notes.append(Words::tr("The job has finished in the meantime: its template is restored, but it will not run again."));
    if (!done)
        return failedWith(done.error());
    m_outcome.state = State::Undone;
    m_outcome.canPutBack = false;
    m_flow.report(Stage::Done, Words::tr("The job is back as it was."));
    return m_outcome;
}

Result<ResumeState> pendingOn(Flow &flow)
{
    const Result<QJsonObject> live = flow.live();
    if (!live)
        return fail(live.error());
    const auto pending = readPending(*live);
    if (!pending)
        return fail(Error::Kind::NotFound, Words::tr("There is no unfinished resume on the job %1.").arg(text::safe(flow.ref().name)),
                    Words::tr("Someone may have finished it or rolled it back."), Words::tr("Look at the job as it is now."));
    return *pending;
}

Result<ResumeOutcome> createNew(Flow &flow, const ResumePlan &plan)
{
    ResumeOutcome outcome;
    outcome.mode = ResumePlan::Mode::NewObject;
    outcome.id = plan.id;
    outcome.saveDir = plan.saveDir;
    outcome.checkpoint = plan.path;
    outcome.act = plan.act;
    if (plan.act == Act::Resume)
        outcome.checkpointStep = plan.checkpoint.step;

    if (flow.resume().recheck) {
        flow.report(Stage::Checking, Words::tr("Checking the checkpoint once more."));
        const Result<Checkpoint> now = flow.resume().recheck(flow.stop());
        if (!now)
            return fail(now.error().kind == Error::Kind::NotFound
                            ? Error::make(Error::Kind::NotFound, Words::tr("The checkpoint %1 is gone.").arg(text::safe(plan.path)),
                                          now.error().why, Words::tr("Choose another checkpoint."))
                            : now.error());
        if (now->verdict == Verdict::Damaged || now->verdict == Verdict::Writing)
            return fail(Error::Kind::Conflict, Words::tr("The checkpoint %1 is no longer whole.").arg(text::safe(plan.path)),
                        text::safe(now->reason), Words::tr("Choose another checkpoint."));
    }
    if (flow.resume().looksDone)
        flow.resume().looksDone();
    flow.report(Stage::Creating, Words::tr("Creating the job %1.").arg(text::safe(plan.newName)));
    const ObjectRef target{plan.job.facts().resource, plan.job.ns, plan.newName, QString()};
    Flow named(flow.api(), target, flow.resume(), flow.stop());
    const auto isOurs = [&](const QJsonObject &object) {
        return object.value(u"metadata"_s)[u"annotations"_s][names::name("resume-id"_L1)].toString() == plan.id;
    };
    const Result<QJsonObject> made = flow.create(target, plan.result, isOurs);
    if (!made)
        return fail(made.error());
    outcome.target = target;
    outcome.target.uid = made->value(u"metadata"_s)[u"uid"_s].toString();
    outcome.canPutBack = true;
    outcome.state = State::Started;
    if (!flow.resume().follow)
        return outcome;
    named.setRef(outcome.target);
    const bool weights = plan.act == Act::StartFromWeights;
    named.report(Stage::Following, weights ? Words::tr("Waiting for the first step.") : Words::tr("Waiting for the first step after the checkpoint."));
    detail::follow(named, QString(), outcome);
    if (outcome.state == State::Training)
        named.report(Stage::Done, weights ? Words::tr("A new run trains from these weights.") : Words::tr("The training continues from the checkpoint."));
    return outcome;
}

} // namespace

bool detail::isSuspended(const QJsonObject &object)
{
    return object.value(u"spec"_s)[u"runPolicy"_s][u"suspend"_s].toBool();
}

QString stateWord(ResumeOutcome::State state)
{
    switch (state) {
    case State::Training: return u"training"_s;
    case State::Started: return u"started"_s;
    case State::Undone: return u"undone"_s;
    case State::Failed: return u"failed"_s;
    }
    return {};
}

Result<ResumeOutcome> execute(ObjectApi &api, const ResumePlan &plan, const ExecuteOptions &options, std::stop_token stop)
{
    if (!plan.feasible())
        return fail(Error::Kind::Invalid,
                    plan.act == Act::Resume ? Words::tr("The job cannot be resumed like this.") : Words::tr("No run can start from these weights like this."), plan.problems.first().text,
                    plan.problems.first().fix);
    Flow flow(api, plan.job.ref(), options, stop);
    if (plan.mode == ResumePlan::Mode::NewObject)
        return createNew(flow, plan);
    return Runner(flow).begin(plan);
}

Result<ResumeOutcome> finish(ObjectApi &api, const ObjectRef &job, const ExecuteOptions &options, std::stop_token stop)
{
    Flow flow(api, job, options, stop);
    const Result<ResumeState> state = pendingOn(flow);
    if (!state)
        return fail(state.error());
    return Runner(flow).drive(*state);
}

Result<ResumeOutcome> undo(ObjectApi &api, const ObjectRef &job, const ExecuteOptions &options, std::stop_token stop)
{
    Flow flow(api, job, options, stop);
    const Result<ResumeState> state = pendingOn(flow);
    if (!state)
        return fail(state.error());
    return Runner(flow).goBack(*state);
}

Result<ResumeOutcome> putBack(ObjectApi &api, const ResumeOutcome &outcome, const ExecuteOptions &options, std::stop_token stop)
{
    if (!outcome.canPutBack)
        return fail(Error::Kind::Invalid, Words::tr("There is nothing to roll back."));
    if (outcome.mode == ResumePlan::Mode::InPlace)
        return undo(api, outcome.target, options, stop);
    DeleteOptions deletion;
    deletion.uid = outcome.target.uid;
    const Result<> removed = api.remove(outcome.target, deletion, stop);
    if (!removed && removed.error().kind != Error::Kind::NotFound)
        return fail(removed.error());
    ResumeOutcome back = outcome;
    back.state = State::Undone;
    back.error.reset();
    back.canPutBack = false;
    return back;
}

} // namespace cairn::jobs
