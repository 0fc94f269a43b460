// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "jobs/ResumeFlow.h"
#include "jobs/StepLines.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::jobs::detail {
namespace {

using Stage = ResumeEvent::Stage;
using State = ResumeOutcome::State;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

/// The beginning of a log, where the first steps stand, and as much of its end once it is longer.
constexpr qint64 kLogBytes = 1024 * 1024;
constexpr int kTailLines = 500;
/// So many rising steps below the checkpoint, and no line that says that this checkpoint was loaded, mean that training began
/// anew; one is enough where the log itself says so.
constexpr int kStepsFromScratch = 3;

struct PodView {
    QString name;
    QString role;
    int index = 0;
    QString phase;
    QString waiting;      ///< reason of the training container
    QString terminated;   ///< reason
    int exitCode = 0;
    bool running = false;
    bool ended = false;
    int restarts = 0;
};

PodView viewOf(const QJsonObject &pod, const QString &container)
{
    PodView view;
    const QJsonValue meta = pod.value(u"metadata"_s);
    const QJsonValue labels = meta[u"labels"_s];
    view.name = meta[u"name"_s].toString();
    const auto label = [&](const QString &v1, const QString &v2) { return labels[v1].toString(labels[v2].toString()); };
    view.role = label(u"training.kubeflow.org/replica-type"_s, u"jobset.sigs.k8s.io/replicatedjob-name"_s);
    if (view.role.isEmpty()) // of an MPIJob v2beta1
        view.role = labels[u"training.kubeflow.org/job-role"_s].toString();
    view.index = label(u"training.kubeflow.org/replica-index"_s, u"batch.kubernetes.io/job-completion-index"_s).toInt();
    const QJsonValue status = pod.value(u"status"_s);
    view.phase = status[u"phase"_s].toString();
    for (const QJsonValue c : status[u"containerStatuses"_s].toArray()) {
        if (c[u"name"_s].toString() != container)
            continue;
        const QJsonValue state = c[u"state"_s];
        view.running = state[u"running"_s].isObject();
        view.ended = state[u"terminated"_s].isObject();
        view.waiting = state[u"waiting"_s][u"reason"_s].toString();
        view.terminated = state[u"terminated"_s][u"reason"_s].toString();
        view.exitCode = state[u"terminated"_s][u"exitCode"_s].toInt();
        view.restarts = c[u"restartCount"_s].toInt();
    }
    return view;
}

struct LogScan {
    std::optional<qint64> first;  ///< first step after the checkpoint
    std::optional<qint64> newest;
    QString resumed;
    bool loaded = false;  ///< a line that says so names the checkpoint: steps below it count something else, within an epoch say
    QString fresh;        ///< the log's own words on a fresh start
    QString lastLine;
    int risingBelow = 0;  ///< before the first one after the checkpoint
    qint64 firstBelow = -1;
    qint64 lastBelow = -1;

    /// The steps go on from below the checkpoint to above it: without a gap, it came all the way from there.
    bool walkedUp() const
    {
        return first && risingBelow > 1 && *first - lastBelow <= 2 * std::max<qint64>(1, (lastBelow - firstBelow) / (risingBelow - 1));
    }
};

LogScan scan(const QByteArray &log, const ResumeOutcome &outcome)
{
    const std::optional<qint64> checkpointStep = outcome.checkpointStep;
    LogScan result;
    for (const QByteArray &line : log.split('\n')) {
        if (line.trimmed().isEmpty())
            continue;
        result.lastLine = text::safe(line.left(300).trimmed());
        if (result.fresh.isEmpty() && saysFresh(line)) {
            result.fresh = result.lastLine;
            continue;
        }
        if (const bool names = !result.loaded && saysResumed(line) && namesCheckpoint(line, outcome.checkpoint, checkpointStep);
            names || (result.resumed.isEmpty() && saysResumed(line))) {
            result.loaded |= names;
            if (names || result.resumed.isEmpty())
                result.resumed = result.lastLine;
            continue; // it names the checkpoint's own step
        }
        const std::optional<StepLine> step = stepOf(line);
        if (!step)
            continue;
        result.newest = std::max(result.newest.value_or(step->step), step->step);
        if (!checkpointStep || step->step > *checkpointStep) {
            if (!result.first)
                result.first = step->step;
        } else if (!result.first && step->named && step->step < *checkpointStep && step->step > result.lastBelow) {
            if (result.firstBelow < 0)
                result.firstBelow = step->step;
            result.lastBelow = step->step;
            ++result.risingBelow;
        }
    }
    return result;
}

/// Position in which roles speak for the training: a parameter server never prints steps.
int rank(const QString &role, const JobKindFacts &facts)
{
    if (role.compare(u"PS"_s, Qt::CaseInsensitive) == 0 || role.compare(u"Evaluator"_s, Qt::CaseInsensitive) == 0)
        return 1000;
    for (int i = 0; i < facts.roles.size(); ++i) {
        if (facts.roles[i].compare(role, Qt::CaseInsensitive) == 0)
            return i;
    }
    return 999;
}

class Follower
{
public:
    Follower(const Flow &flow, const QString &resumeId, ResumeOutcome &outcome)
        : m_flow(flow), m_id(resumeId), m_outcome(outcome)
    {
    }

    void run()
    {
        const QDateTime begin = m_flow.now();
        m_outcome.state = State::Started;
        for (;;) {
            if (!round())
                return;
            if (begin.msecsTo(m_flow.now()) > std::chrono::milliseconds(m_flow.resume().followLimit).count()) {
                note(Words::tr("No step after the checkpoint was seen within %1; the job keeps running.").arg(text::duration(m_flow.resume().followLimit)));
                return;
            }
            if (!m_flow.sleepUntilNextLook(begin)) {
                note(Words::tr("Not followed to the first step; the job keeps running."));
                return;
            }
        }
    }

private:
    const Flow &m_flow;
    QString m_id;
    ResumeOutcome &m_outcome;
    QString m_lastText;

    void note(const QString &text) { m_outcome.notes.append(text); }

    void failed(const QString &what, const QString &why, const QString &fix)
    {
        m_outcome.state = State::Failed;
        m_outcome.error = Error::make(Error::Kind::Invalid, what, why, fix);
    }

    void say(const QString &text, std::optional<qint64> step = std::nullopt)
    {
        if (text == m_lastText)
            return;
        m_lastText = text;
        ResumeEvent event;
        event.stage = Stage::Following;
        event.text = text;
        event.step = step;
        m_flow.report(event);
    }

    /// False when there is nothing more to wait for.
    bool round()
    {
        const Result<QJsonObject> object = m_flow.live();
        if (!object) {
            if (object.error().kind == Error::Kind::Cancelled) {
                note(Words::tr("Not followed to the first step; the job keeps running."));
                return false;
            }
            m_outcome.state = State::Failed;
            m_outcome.error = object.error();
            return false;
        }
        if (!m_id.isEmpty()) {
            const auto pending = readPending(*object);
            if (!pending || !*pending || (*pending)->id != m_id || (*pending)->phase != ResumeState::Phase::Started) {
                note(Words::tr("Someone else took over this job, so it is no longer followed."));
                m_outcome.canPutBack = false;
                return false;
            }
        }
        const Result<Job> job = m_flow.decoded(*object);
        if (!job) {
            m_outcome.state = State::Failed;
            m_outcome.error = job.error();
            return false;
        }
        const Result<QList<QJsonObject>> pods = m_flow.pods();
        if (!pods) {
            note(Words::tr("The job's pods cannot be read, so it is not followed: %1").arg(pods.error().what));
            return false;
        }
        QList<PodView> views;
        for (const QJsonObject &pod : *pods) {
            if (pod.value(u"metadata"_s)[u"deletionTimestamp"_s].isUndefined())
                views.append(viewOf(pod, job->container));
        }
        std::ranges::sort(views, [&](const PodView &a, const PodView &b) {
            return std::pair(rank(a.role, m_flow.facts()), a.index) < std::pair(rank(b.role, m_flow.facts()), b.index);
        });

        QString lastLine;
        if (!views.isEmpty()) {
            const PodView &lead = views.first();
            if (lead.running || lead.ended || lead.restarts > 0) {
                if (!look(lead, job->container, lastLine))
                    return false;
            } else {
                say(lead.waiting.isEmpty() ? Words::tr("Pod %1 is %2.").arg(text::safe(lead.name), lead.phase)
                                           : Words::tr("Pod %1 waits: %2.").arg(text::safe(lead.name), text::safe(lead.waiting)));
            }
            for (const PodView &view : std::as_const(views)) {
                if (view.waiting == u"CrashLoopBackOff" && view.restarts >= 2) {
                    failed(Words::tr("The resumed training keeps failing: pod %1 ended %2 times.").arg(text::safe(view.name)).arg(view.restarts),
                           lastLine, Words::tr("Read its log, roll back, or resume from another checkpoint."));
                    return false;
                }
            }
        } else {
            say(job->phase == JobPhase::Queued ? Words::tr("The job waits in its queue.") : Words::tr("The job's pods have not been created yet."));
        }
        if (job->phase == JobPhase::Failed) {
            failed(Words::tr("The resumed job failed before a step after the checkpoint was seen."),
                   lastLine.isEmpty() ? text::safe(job->message) : lastLine,
                   Words::tr("Read its log; resume from another checkpoint as a new job."));
            return false;
        }
        if (job->phase == JobPhase::Succeeded) {
            note(Words::tr("The job has already succeeded; its log shows no step after the checkpoint."));
            return false;
        }
        return true;
    }

    /// It trains, and nobody would notice: what was computed before the checkpoint is computed again.
    void startedFromZero(const QString &pod, const LogScan &seen)
    {
        m_outcome.startedFromZero = true;
        m_outcome.pod = pod;
        const qint64 at = seen.firstBelow >= 0 ? seen.firstBelow : seen.first.value_or(0);
        failed(m_outcome.checkpointStep
                   ? Words::tr("The training started from zero, not from the checkpoint at step %1: its log begins at step %2.")
                         .arg(text::number(*m_outcome.checkpointStep), text::number(at))
                   : Words::tr("The training started from zero, not from the checkpoint: its log begins at step %1.").arg(text::number(at)),
               seen.fresh.isEmpty() ? Words::tr("The script did not take the path it was given.") : Words::tr("Its log says: %1").arg(seen.fresh),
               Words::tr("Roll back, and name the variable or argument that passes the path to the script."));
    }

    bool look(const PodView &pod, const QString &container, QString &lastLine)
    {
        LogOptions options;
        options.container = container;
        options.limitBytes = kLogBytes;
        // A container that died and came back tells more in its previous log.
        options.previous = !pod.running && !pod.ended;
        Result<QByteArray> log = m_flow.api().log(m_flow.ref().ns, pod.name, options, m_flow.stop());
        if (log && log->size() >= kLogBytes) {
            options.tailLines = kTailLines;
            const Result<QByteArray> tail = m_flow.api().log(m_flow.ref().ns, pod.name, options, m_flow.stop());
            if (tail)
                *log += '\n' + *tail;
        }
        if (!log) {
            if (log.error().kind == Error::Kind::Forbidden) {
                note(Words::tr("You don't have permission to read pod logs in this namespace, so the first step cannot be seen."));
                return false;
            }
            return true; // not there yet, or a moment's trouble: the next round asks again
        }
        const LogScan seen = scan(*log, m_outcome);
        lastLine = seen.lastLine;
        if (!seen.resumed.isEmpty())
            m_outcome.resumedLine = seen.resumed;
        const bool resumedUnknown = !m_outcome.checkpointStep && !seen.resumed.isEmpty();
        const bool weights = m_outcome.act == Act::StartFromWeights;
        const bool saidFresh = !seen.fresh.isEmpty() && !seen.loaded;
        // Below the checkpoint, where its step is known; else the log's own words have to do.
        const bool below = seen.risingBelow >= (saidFresh ? 1 : kStepsFromScratch) && (!seen.first || seen.walkedUp());
        const bool anew = !weights && !seen.loaded && (m_outcome.checkpointStep ? below : saidFresh && seen.first && seen.resumed.isEmpty());
        if (anew) {
            startedFromZero(pod.name, seen);
            return false;
        }
        if (seen.first || resumedUnknown) {
            m_outcome.state = State::Training;
            m_outcome.firstStep = seen.first;
            m_outcome.pod = pod.name;
            say(seen.first ? Words::tr("Step %1 was trained.").arg(text::number(*seen.first)) : Words::tr("The training resumed."), seen.first);
            return false;
        }
        say(seen.resumed.isEmpty() ? Words::tr("Pod %1 is running; no step seen yet.").arg(text::safe(pod.name)) : seen.resumed, seen.newest);
        return true;
    }
};

} // namespace

void follow(const Flow &flow, const QString &resumeId, ResumeOutcome &outcome)
{
    Follower(flow, resumeId, outcome).run();
}

} // namespace cairn::jobs::detail
