// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeExecutor.h"

#include "base/Names.h"
#include "base/Text.h"
#include "jobs/ResumeFlow.h"

#include <QCoreApplication>
#include <QJsonArray>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::jobs {
namespace {

using Phase = ResumeState::Phase;
using Stage = ResumeEvent::Stage;
using State = ResumeOutcome::State;
using detail::Flow;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

/// How long the operator may take to say Suspended once no pod is left; then it is taken to be down, which is harmless:
/// an operator that does not run starts no pods either.
constexpr std::chrono::milliseconds kAcknowledgeLimit = 60s;

QString recordName()
{
    return names::name("resume"_L1);
}

Error changedMeanwhile(const QString &why)
{
    return Error::make(Error::Kind::Conflict, Words::tr("The job was changed meanwhile."), why,
                       Words::tr("Look at the job as it is now and resume again."));
}

Error takenOver()
{
    return Error::make(Error::Kind::Conflict, Words::tr("Somebody else took over the resume of this job."),
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
    ResumeOutcome drive(ResumeState state);
    ResumeOutcome goBack(ResumeState state);

private:
    Flow &m_flow;
    ResumeOutcome m_outcome;

    const QString &specs() const { return m_flow.facts().replicaSpecs; }
    void describe(const ResumeState &state);
    ResumeOutcome failedWith(const Error &error);
    Result<> recheck(const QString &path, bool again);
    Result<> waitForPods(bool undoing);
    Result<ResumeState> recordOf(const QJsonObject &live, const ResumeState &mine) const;
    Result<> changeTemplate(ResumeState &state);
    Result<> letGo(ResumeState &state);
    void tidyUp(const ResumeState &state);
    Result<> markUndoing(ResumeState &state, bool &finished);
    Result<> restore(const ResumeState &state);
    void enter(ResumeState &state, Phase phase) const
    {
        state.phase = phase;
        state.changed = m_flow.now().toUTC();
    }
};

void Runner::describe(const ResumeState &state)
{
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
    if (!m_flow.options().recheck)
        return {};
    m_flow.report(Stage::Checking, Words::tr("Looking at the checkpoint once more."));
    const Result<Checkpoint> now = m_flow.options().recheck(m_flow.stop());
    if (!now) {
        if (again && now.error().kind != Error::Kind::NotFound && now.error().kind != Error::Kind::Cancelled) {
            m_outcome.notes.append(Words::tr("The checkpoint could not be looked at once more: %1").arg(now.error().what));
            return {};
        }
        if (now.error().kind != Error::Kind::NotFound)
            return fail(now.error());
        return fail(Error::Kind::NotFound, Words::tr("The checkpoint %1 is gone.").arg(text::safe(path)), now.error().why,
                    Words::tr("Choose another checkpoint."));
    }
    if (now->verdict == Verdict::Damaged || now->verdict == Verdict::Writing)
        return fail(Error::Kind::Conflict, Words::tr("The checkpoint %1 is not whole any longer.").arg(text::safe(path)),
                    text::safe(now->reason), Words::tr("Choose another checkpoint."));
    return {};
}

/// The first and only patch that stops the job: suspend word, record and lock in one.
Result<ResumeOutcome> Runner::begin(const ResumePlan &plan)
{
    if (Result<> ok = recheck(plan.path, false); !ok)
        return fail(ok.error());
    m_flow.report(Stage::Suspending, Words::tr("Suspending the job."));
    ResumeState state;
    bool sent = false;
    const Result<QJsonObject> written = m_flow.write(
        [&](const QJsonObject &live) -> Result<QJsonObject> {
            const QJsonValue meta = live.value(u"metadata"_s);
            const QJsonValue planned = plan.object.value(u"metadata"_s);
            if (const auto pending = readPending(live)) {
                if (*pending && (*pending)->id == plan.id) {
                    state = **pending; // our own patch, whose answer was lost
                    return QJsonObject();
                }
                if (!*pending || needsAttention(**pending))
                    return fail(changedMeanwhile(Words::tr("Another resume of it was begun.")));
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
            state = ResumeState::of(plan, live, m_flow.now(), m_flow.options().tool);
            QJsonObject patch = annotationsPatch({{recordName(), state.toText()}});
            patch.insert(u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, true}}}});
            return patch;
        },
        &sent);
    if (!written) {
        if (!sent)
            return fail(written.error());
        describe(ResumeState::of(plan, plan.object, m_flow.now(), m_flow.options().tool));
        m_outcome.notes.append(Words::tr("The connection broke at the first change: the job may be suspended."));
        return failedWith(written.error());
    }
    return drive(state);
}

ResumeOutcome Runner::drive(ResumeState state)
{
    describe(state);
    if (state.phase == Phase::Undoing)
        return goBack(state);
    if (state.phase == Phase::Suspended) {
        if (const Result<> ok = waitForPods(false); !ok)
            return failedWith(ok.error());
        // A training that saves when it is told to stop may have rotated the checkpoint away.
        if (const Result<> ok = recheck(state.checkpoint, true); !ok)
            return failedWith(ok.error());
        if (const Result<> ok = changeTemplate(state); !ok)
            return failedWith(ok.error());
    }
    if (state.phase == Phase::Patched) {
        if (const Result<> ok = letGo(state); !ok)
            return failedWith(ok.error());
    }
    m_outcome.state = State::Started;
    if (!m_flow.options().follow)
        return m_outcome;
    m_flow.report(Stage::Following, Words::tr("Waiting for the first step after the checkpoint."));
    detail::follow(m_flow, state.id, m_outcome);
    if (m_outcome.state == State::Training) {
        tidyUp(state);
        m_flow.report(Stage::Done, Words::tr("The training goes on from the checkpoint."));
    }
    return m_outcome;
}

Result<> Runner::waitForPods(bool undoing)
{
    const QDateTime begin = m_flow.now();
    const Stage stage = undoing ? Stage::Undoing : Stage::Stopping;
    QDateTime emptySince;
    std::chrono::milliseconds limit = m_flow.options().podsGoneLimit;
    for (;;) {
        const Result<QJsonObject> live = m_flow.live();
        if (!live)
            return fail(live.error());
        const Result<Job> job = m_flow.decoded(*live);
        if (!job)
            return fail(job.error());
        if (isFinished(job->phase)) {
            if (undoing)
                return {};
            return fail(changedMeanwhile(Words::tr("It finished while it was being suspended; a finished job cannot be resumed in place.")));
        }
        if (!detail::isSuspended(*live))
            return fail(changedMeanwhile(Words::tr("Somebody let it go again before its template was changed.")));
        limit = std::chrono::milliseconds(m_flow.options().podsGoneLimit) + std::chrono::seconds(job->gracePeriodSeconds);

        const Result<QList<QJsonObject>> pods = m_flow.pods();
        if (!pods)
            return fail(pods.error());
        if (pods->isEmpty()) {
            if (job->phase == JobPhase::Suspended || job->phase == JobPhase::Queued)  {
                // The decoder also says Suspended where only the spec does; ask for the operator's own word.
                bool acknowledged = false;
                for (const QJsonValue c : live->value(u"status"_s)[u"conditions"_s].toArray())
                    acknowledged |= c[u"type"_s].toString() == u"Suspended" && c[u"status"_s].toString() == u"True";
                if (acknowledged)
                    return {};
            }
            if (!emptySince.isValid())
                emptySince = m_flow.now();
            if (emptySince.msecsTo(m_flow.now()) >= kAcknowledgeLimit.count()) {
                m_outcome.notes.append(Words::tr("The training operator did not confirm that the job is suspended; it may not be running."));
                return {};
            }
        } else {
            emptySince = QDateTime();
            ResumeEvent event;
            event.stage = stage;
            event.podsLeft = static_cast<int>(pods->size());
            const QJsonObject &first = pods->first();
            event.text = QCoreApplication::translate("cairn::jobs", "Waiting for %n pod(s) to end; up to %1 each.", nullptr, event.podsLeft)
                             .arg(text::duration(std::chrono::seconds(job->gracePeriodSeconds)));
            if (begin.secsTo(m_flow.now()) > job->gracePeriodSeconds + 10)
                event.text = Words::tr("Pod %1 on node %2 is still there although its time to stop is over.")
                                 .arg(text::safe(first.value(u"metadata"_s)[u"name"_s].toString()),
                                      text::safe(first.value(u"spec"_s)[u"nodeName"_s].toString()));
            m_flow.report(event);
        }
        if (begin.msecsTo(m_flow.now()) > limit.count())
            return fail(Error::Kind::Timeout, Words::tr("The job's pods did not end within %1.").arg(text::duration(limit)),
                        Words::tr("Their node may be lost, or a finalizer holds them."),
                        Words::tr("Bring the node back or delete the pods by force, then finish or undo the resume."));
        if (!m_flow.sleep(m_flow.options().poll))
            return fail(Error::cancelled());
    }
}

/// The record on the live object, if it still is ours.
Result<ResumeState> Runner::recordOf(const QJsonObject &live, const ResumeState &mine) const
{
    const auto pending = readPending(live);
    if (!pending || !*pending || (*pending)->id != mine.id)
        return fail(takenOver());
    return **pending;
}

Result<> Runner::changeTemplate(ResumeState &state)
{
    m_flow.report(Stage::Changing, Words::tr("Changing the job's template."));
    ResumeState next = state;
    enter(next, Phase::Patched);
    const Result<QJsonObject> written = m_flow.write([&](const QJsonObject &live) -> Result<QJsonObject> {
        const Result<ResumeState> record = recordOf(live, state);
        if (!record)
            return fail(record.error());
        if (record->phase == Phase::Patched)
            return QJsonObject();
        if (record->phase != Phase::Suspended)
            return fail(takenOver());
        if (!detail::isSuspended(live))
            return fail(changedMeanwhile(Words::tr("Somebody let it go again before its template was changed.")));
        const Result<QJsonObject> target = applied(live, specs(), state.changes, true);
        if (!target)
            return fail(target.error());
        QJsonObject annotations{{recordName(), next.toText()}};
        for (auto it = state.annotationsBefore.begin(); it != state.annotationsBefore.end(); ++it)
            annotations.insert(it.key(), QJsonValue()); // null removes what the new lineage does not name
        for (auto it = state.annotations.begin(); it != state.annotations.end(); ++it)
            annotations.insert(it.key(), it.value());
        QJsonObject patch = annotationsPatch(annotations);
        if (!state.changes.isEmpty())
            patch.insert(u"spec"_s, QJsonObject{{specs(), containersPatch(*target, specs(), state.changes)}});
        return patch;
    });
    if (!written)
        return fail(written.error());
    state = next;
    return {};
}

Result<> Runner::letGo(ResumeState &state)
{
    m_flow.report(Stage::Starting, Words::tr("Starting the job again."));
    ResumeState next = state;
    enter(next, Phase::Started);
    const Result<QJsonObject> written = m_flow.write([&](const QJsonObject &live) -> Result<QJsonObject> {
        const Result<ResumeState> record = recordOf(live, state);
        if (!record)
            return fail(record.error());
        if (record->phase == Phase::Started)
            return QJsonObject();
        if (record->phase != Phase::Patched)
            return fail(takenOver());
        QJsonObject patch = annotationsPatch({{recordName(), next.toText()}});
        patch.insert(u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, false}}}});
        return patch;
    });
    if (!written)
        return fail(written.error());
    state = next;
    return {};
}

/// The record has done its work: what stays is the lineage.
void Runner::tidyUp(const ResumeState &state)
{
    const Result<QJsonObject> written = m_flow.write([&](const QJsonObject &live) -> Result<QJsonObject> {
        const auto pending = readPending(live);
        if (!pending || !*pending || (*pending)->id != state.id)
            return QJsonObject();
        return annotationsPatch({{recordName(), QJsonValue()}});
    });
    m_outcome.canPutBack = !written;
    if (!written)
        m_outcome.notes.append(Words::tr("The record of the resume could not be removed from the job: %1").arg(written.error().what));
}

/// Stops whoever else works on the job (their next write finds another phase) and the pods of the new template.
Result<> Runner::markUndoing(ResumeState &state, bool &finished)
{
    ResumeState next = state;
    enter(next, Phase::Undoing);
    const Result<QJsonObject> written = m_flow.write([&](const QJsonObject &live) -> Result<QJsonObject> {
        const Result<ResumeState> record = recordOf(live, state);
        if (!record)
            return fail(record.error());
        const Result<Job> job = m_flow.decoded(live);
        if (!job)
            return fail(job.error());
        finished = isFinished(job->phase);
        if (record->phase == Phase::Undoing && (finished || detail::isSuspended(live)))
            return QJsonObject();
        QJsonObject patch = annotationsPatch({{recordName(), next.toText()}});
        if (!finished)
            patch.insert(u"spec"_s, QJsonObject{{u"runPolicy"_s, QJsonObject{{u"suspend"_s, true}}}});
        return patch;
    });
    if (!written)
        return fail(written.error());
    state = next;
    return {};
}

Result<> Runner::restore(const ResumeState &state)
{
    const Result<QJsonObject> written = m_flow.write([&](const QJsonObject &live) -> Result<QJsonObject> {
        if (!readPending(live))
            return QJsonObject(); // restored, and the answer was lost
        const Result<ResumeState> record = recordOf(live, state);
        if (!record)
            return fail(record.error());
        const Result<QJsonObject> target = applied(live, specs(), state.changes, false);
        if (!target)
            return fail(target.error());
        QJsonObject annotations{{recordName(), QJsonValue()}};
        for (auto it = state.annotationsBefore.begin(); it != state.annotationsBefore.end(); ++it)
            annotations.insert(it.key(), it.value() ? QJsonValue(*it.value()) : QJsonValue());
        QJsonObject spec;
        if (!state.changes.isEmpty())
            spec.insert(specs(), containersPatch(*target, specs(), state.changes));
        const QJsonObject runPolicy = live.value(u"spec"_s)[u"runPolicy"_s].toObject();
        const bool onlyOurs = !state.hadRunPolicy && (runPolicy.isEmpty() || runPolicy.keys() == QStringList{u"suspend"_s});
        spec.insert(u"runPolicy"_s,
                    onlyOurs ? QJsonValue()
                             : QJsonValue(QJsonObject{{u"suspend"_s, state.suspendBefore ? QJsonValue(*state.suspendBefore)
                                                                                         : QJsonValue()}}));
        QJsonObject patch = annotationsPatch(annotations);
        patch.insert(u"spec"_s, spec);
        return patch;
    });
    return written ? Result<>() : fail(written.error());
}

ResumeOutcome Runner::goBack(ResumeState state)
{
    describe(state);
    m_flow.report(Stage::Undoing, Words::tr("Putting the job back."));
    bool finished = false;
    if (const Result<> ok = markUndoing(state, finished); !ok)
        return failedWith(ok.error());
    if (finished) {
        m_outcome.notes.append(Words::tr("The job has finished meanwhile: its template is restored, but it will not run again."));
    } else if (!state.suspendBefore.value_or(false)) {
        // Letting it go while old pods end would count their exit code as a failure of the job.
        if (const Result<> ok = waitForPods(true); !ok)
            return failedWith(ok.error());
    }
    if (const Result<> ok = restore(state); !ok)
        return failedWith(ok.error());
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
                    Words::tr("Somebody may have finished or undone it."), Words::tr("Look at the job as it is now."));
    return *pending;
}

Result<ResumeOutcome> createNew(Flow &flow, const ResumePlan &plan)
{
    ResumeOutcome outcome;
    outcome.mode = ResumePlan::Mode::NewObject;
    outcome.id = plan.id;
    outcome.saveDir = plan.saveDir;
    outcome.checkpoint = plan.path;
    outcome.checkpointStep = plan.checkpoint.step;

    if (flow.options().recheck) {
        flow.report(Stage::Checking, Words::tr("Looking at the checkpoint once more."));
        const Result<Checkpoint> now = flow.options().recheck(flow.stop());
        if (!now)
            return fail(now.error().kind == Error::Kind::NotFound
                            ? Error::make(Error::Kind::NotFound, Words::tr("The checkpoint %1 is gone.").arg(text::safe(plan.path)),
                                          now.error().why, Words::tr("Choose another checkpoint."))
                            : now.error());
        if (now->verdict == Verdict::Damaged || now->verdict == Verdict::Writing)
            return fail(Error::Kind::Conflict, Words::tr("The checkpoint %1 is not whole any longer.").arg(text::safe(plan.path)),
                        text::safe(now->reason), Words::tr("Choose another checkpoint."));
    }
    flow.report(Stage::Creating, Words::tr("Creating the job %1.").arg(text::safe(plan.newName)));
    const ObjectRef target{plan.job.facts().resource, plan.job.ns, plan.newName, QString()};
    Flow named(flow.api(), target, flow.options(), flow.stop());
    const auto isOurs = [&](const QJsonObject &object) {
        return object.value(u"metadata"_s)[u"annotations"_s][names::name("resume-id"_L1)].toString() == plan.id;
    };
    Result<QJsonObject> made = flow.api().create(target.kind, target.ns, plan.result, {}, flow.stop());
    for (int attempt = 0; !made && attempt < 4; ++attempt) {
        const Error error = made.error();
        if (!error.retryable() && error.reason != u"AlreadyExists" && error.kind != Error::Kind::Conflict)
            return fail(error);
        // A lost answer looks like this too: see whether the job that is there carries our mark.
        const Result<QJsonObject> there = named.live();
        if (there && isOurs(*there)) {
            made = there;
            break;
        }
        if (there)
            return fail(Error::Kind::Conflict, Words::tr("A job named %1 exists already.").arg(text::safe(plan.newName)), QString(),
                        Words::tr("Choose another name."));
        if (there.error().kind != Error::Kind::NotFound)
            return fail(there.error());
        if (!flow.sleep(500ms))
            return fail(Error::cancelled());
        made = flow.api().create(target.kind, target.ns, plan.result, {}, flow.stop());
    }
    if (!made)
        return fail(made.error());
    outcome.target = target;
    outcome.target.uid = made->value(u"metadata"_s)[u"uid"_s].toString();
    outcome.canPutBack = true;
    outcome.state = State::Started;
    if (!flow.options().follow)
        return outcome;
    named.setRef(outcome.target);
    named.report(Stage::Following, Words::tr("Waiting for the first step after the checkpoint."));
    detail::follow(named, QString(), outcome);
    if (outcome.state == State::Training)
        named.report(Stage::Done, Words::tr("The training goes on from the checkpoint."));
    return outcome;
}

} // namespace

QString stageWord(ResumeEvent::Stage stage)
{
    switch (stage) {
    case Stage::Checking: return u"checking"_s;
    case Stage::Suspending: return u"suspending"_s;
    case Stage::Stopping: return u"stopping"_s;
    case Stage::Changing: return u"changing"_s;
    case Stage::Creating: return u"creating"_s;
    case Stage::Starting: return u"starting"_s;
    case Stage::Following: return u"following"_s;
    case Stage::Undoing: return u"undoing"_s;
    case Stage::Done: return u"done"_s;
    }
    return {};
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
        return fail(Error::Kind::Invalid, Words::tr("The job cannot be resumed like this."), plan.problems.first().text,
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
        return fail(Error::Kind::Invalid, Words::tr("There is nothing to put back."));
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
