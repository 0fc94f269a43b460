// SPDX-License-Identifier: GPL-3.0-or-later
#include "FakeObjectApi.h"
#include "Samples.h"
#include "base/Names.h"
#include "jobs/ResumeExecutor.h"
#include "jobs/Unfinished.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace cairn;
using namespace cairn::jobs;
using namespace cairn::tests;

namespace {

struct Killed { };

const ResourceKind &jobResource()
{
    return facts(JobKind::PyTorchJob).resource;
}

ObjectRef demo()
{
    return {jobResource(), u"research"_s, u"demo"_s, QString()};
}

/// A cluster in miniature: the store, a training operator that acts whenever somebody sleeps, a training whose log
/// follows from its environment, and a clock.
class World
{
public:
    FakeObjectApi api;
    QDateTime clock = QDateTime::fromString(u"2026-01-02T04:00:00Z"_s, Qt::ISODate);
    int roundsToEnd = 3;          ///< how many rounds a pod takes to end
    bool operatorRuns = true;
    QByteArray says;              ///< the training's log, in place of what it would write
    bool trainingObeys = true;    ///< false: it starts from scratch whatever it is told
    QStringList violations;       ///< things that must never happen on a real cluster
    std::function<void(int round)> onRound;
    int rounds = 0;

    void add(const QJsonObject &job)
    {
        api.put(jobResource(), job);
        act();
    }
    QJsonObject job(const QString &name = u"demo"_s) const { return api.stored(jobResource(), u"research"_s, name); }

    ExecuteOptions options()
    {
        ExecuteOptions o;
        o.now = [this] { return clock; };
        o.sleep = [this](std::chrono::milliseconds time, const std::stop_token &stop) {
            clock = clock.addMSecs(time.count());
            act();
            return !stop.stop_requested();
        };
        o.tool = u"cairn test"_s;
        return o;
    }

    /// One reconcile of every job.
    void act()
    {
        ++rounds;
        if (onRound)
            onRound(rounds);
        if (!operatorRuns)
            return;
        for (const QJsonObject &object : api.all(jobResource()))
            reconcile(object);
    }

private:
    void setConditions(const QString &name, const QJsonArray &conditions)
    {
        api.edit(jobResource(), u"research"_s, name, [&](QJsonObject &o) {
            o = with(o, {u"status"_s, u"conditions"_s}, conditions);
            return true;
        });
    }

    void reconcile(const QJsonObject &object)
    {
        const QString name = object[u"metadata"_s][u"name"_s].toString();
        const Job job = decoded(object);
        if (isFinished(job.phase))
            return;
        QList<QJsonObject> pods;
        for (const QJsonObject &pod : api.all(kinds::pods())) {
            if (pod[u"metadata"_s][u"labels"_s][u"training.kubeflow.org/job-name"_s].toString() == name)
                pods.append(pod);
        }
        if (job.suspendRequested) {
            setConditions(name, {condition(u"Created"_s, true), condition(u"Running"_s, false), condition(u"Suspended"_s, true)});
            for (const QJsonObject &pod : pods) {
                api.edit(kinds::pods(), u"research"_s, pod[u"metadata"_s][u"name"_s].toString(), [&](QJsonObject &p) {
                    const int left = p[u"status"_s][u"roundsLeft"_s].toInt(roundsToEnd) - 1;
                    p = with(with(p, {u"status"_s, u"roundsLeft"_s}, left), {u"metadata"_s, u"deletionTimestamp"_s}, u"2026-01-02T04:00:00Z"_s);
                    return left > 0;
                });
            }
            return;
        }
        for (const QJsonObject &pod : pods) {
            if (!pod[u"metadata"_s][u"deletionTimestamp"_s].isUndefined())
                violations.append(u"unsuspended while %1 was still ending: its exit code counts as a failure"_s.arg(
                    pod[u"metadata"_s][u"name"_s].toString()));
        }
        setConditions(name, {condition(u"Created"_s, true), condition(u"Running"_s, true), condition(u"Suspended"_s, false)});
        if (!pods.isEmpty())
            return;
        for (const QString &roleName : rolesOf(object, u"pytorchReplicaSpecs"_s))
            startPod(object, name, roleName);
    }

    void startPod(const QJsonObject &object, const QString &job, const QString &roleName)
    {
        const QString pod = u"%1-%2-0"_s.arg(job, roleName.toLower());
        const QJsonObject trainer = containerOf(object, u"pytorchReplicaSpecs"_s, roleName, u"pytorch"_s);
        api.put(kinds::pods(), {{u"metadata"_s, QJsonObject{{u"name"_s, pod}, {u"namespace"_s, u"research"_s},
                                                            {u"labels"_s, QJsonObject{{u"training.kubeflow.org/job-name"_s, job},
                                                                                      {u"training.kubeflow.org/replica-type"_s, roleName.toLower()},
                                                                                      {u"training.kubeflow.org/replica-index"_s, u"0"_s}}}}},
                                {u"spec"_s, QJsonObject{{u"nodeName"_s, u"node-1"_s}}},
                                {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s},
                                                          {u"containerStatuses"_s, QJsonArray{QJsonObject{
                                                              {u"name"_s, u"pytorch"_s}, {u"restartCount"_s, 0},
                                                              {u"state"_s, QJsonObject{{u"running"_s, QJsonObject{}}}}}}}}}});
        const QString from = envOf(object, roleName, u"RESUME_FROM_CHECKPOINT"_s);
        static const QRegularExpression number(u"step-(\\d+)"_s);
        const qint64 step = trainingObeys ? number.match(from).captured(1).toLongLong() : 0;
        QByteArray log = "loading data\n";
        if (step > 0)
            log += "resumed from " + from.toUtf8() + " at step " + QByteArray::number(step) + "\n";
        for (qint64 s = step + 1; s <= step + 5; ++s)
            log += "step " + QByteArray::number(s) + " loss 0.5\n";
        api.setLog(u"research"_s, pod, says.isEmpty() ? log : says);
    }
};

/// The object without what the server and the operator write.
QJsonObject essence(const QJsonObject &object)
{
    QJsonObject meta = object.value(u"metadata"_s).toObject();
    for (const QString &field : {u"resourceVersion"_s, u"generation"_s})
        meta.remove(field);
    if (meta.value(u"annotations"_s).toObject().isEmpty())
        meta.remove(u"annotations"_s);
    return {{u"metadata"_s, meta}, {u"spec"_s, object.value(u"spec"_s)}};
}

QString annotation(const QJsonObject &object, const QString &name)
{
    return object[u"metadata"_s][u"annotations"_s][u"cairn.console/"_s + name].toString();
}

const QString fresh = u"/ckpt/demo/attempt-2-abc123"_s;

/// The jobs every crash is tried on.
QMap<QString, QJsonObject> variants()
{
    QMap<QString, QJsonObject> all;
    all[u"no runPolicy"_s] = contractJob();
    all[u"with runPolicy"_s] = with(contractJob(), {u"spec"_s, u"runPolicy"_s}, QJsonObject{{u"suspend"_s, false}, {u"backoffLimit"_s, 3}});
    all[u"suspended by its user"_s] = with(with(contractJob(), {u"spec"_s, u"runPolicy"_s, u"suspend"_s}, true),
                                           {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Suspended"_s, true)});
    all[u"resumed before"_s] = with(contractJob(), {u"metadata"_s, u"annotations"_s},
                                    QJsonObject{{u"cairn.console/attempt"_s, u"1"_s}, {u"cairn.console/step"_s, u"7"_s}, {u"note"_s, u"mine"_s}});
    return all;
}

} // namespace

class TestResumeExecutor : public QObject
{
    Q_OBJECT

    static ResumePlan planFor(const QJsonObject &object)
    {
        const ResumePlan plan = planResume(requestFor(object));
        if (!plan.feasible())
            qFatal("%s", qPrintable(plan.problems.first().text));
        return plan;
    }

    void checkResumed(const World &world)
    {
        const QJsonObject job = world.job();
        for (const QString &roleName : {u"Master"_s, u"Worker"_s}) {
            QCOMPARE(envOf(job, roleName, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/step-100.pt"_s);
            QCOMPARE(envOf(job, roleName, u"CHECKPOINT_DIR"_s), fresh);
            QCOMPARE(envOf(job, roleName, u"SEED"_s), u"1"_s);
        }
        QCOMPARE(job[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool(), false);
        QCOMPARE(annotation(job, u"resume"_s), QString());
        QCOMPARE(annotation(job, u"checkpoint"_s), u"/ckpt/demo/step-100.pt"_s);
        QCOMPARE(annotation(job, u"step"_s), u"100"_s);
        QCOMPARE(annotation(job, u"attempt"_s), u"2"_s);
        QVERIFY2(world.violations.isEmpty(), qPrintable(world.violations.join(u'\n')));
    }

private slots:
    void resumesInPlace()
    {
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        QList<ResumeEvent::Stage> stages;
        ExecuteOptions options = world.options();
        options.progress = [&](const ResumeEvent &e) {
            QVERIFY(e.at.isValid());
            if (stages.isEmpty() || stages.last() != e.stage)
                stages.append(e.stage);
        };
        const auto outcome = execute(world.api, plan, options, {});
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QCOMPARE(outcome->firstStep, std::optional<qint64>(101));
        QCOMPARE(outcome->pod, u"demo-master-0"_s);
        QVERIFY(outcome->resumedLine.startsWith(u"resumed from /ckpt/demo/step-100.pt"_s));
        QVERIFY(!outcome->canPutBack);
        using enum ResumeEvent::Stage;
        QCOMPARE(stages, (QList{Suspending, Stopping, Changing, Starting, Following, Done}));
        checkResumed(world);
        // The first write carries suspend word, record and resourceVersion together.
        for (const auto &call : world.api.calls()) {
            if (!call.writes())
                continue;
            QVERIFY(call.body[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool());
            QVERIFY(call.body[u"metadata"_s][u"resourceVersion"_s].isString());
            QVERIFY(call.body[u"metadata"_s][u"annotations"_s][u"cairn.console/resume"_s].isString());
            break;
        }
    }

    void everyCrashCanBeFinishedOrUndone_data()
    {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<bool>("undoing");
        for (const QString &name : variants().keys()) {
            QTest::addRow("%s, finished", qPrintable(name)) << name << false;
            QTest::addRow("%s, undone", qPrintable(name)) << name << true;
        }
    }
    void everyCrashCanBeFinishedOrUndone()
    {
        QFETCH(QString, variant);
        QFETCH(bool, undoing);
        int phasesSeen = 0;
        for (int k = 1;; ++k) {
            for (const bool afterEffect : {false, true}) {
                World world;
                const QJsonObject original = variants().value(variant);
                world.add(original);
                const QJsonObject before = essence(world.job());
                const ResumePlan plan = planFor(world.job());
                world.api.forgetCalls();
                int calls = 0;
                auto &hook = afterEffect ? world.api.after : world.api.before;
                hook = [&](const FakeObjectApi::Call &) -> std::optional<Error> {
                    if (++calls == k)
                        throw Killed();
                    return std::nullopt;
                };
                bool killed = false;
                try {
                    const auto outcome = execute(world.api, plan, world.options(), {});
                    QVERIFY(outcome.has_value());
                    QCOMPARE(outcome->state, ResumeOutcome::State::Training);
                } catch (const Killed &) {
                    killed = true;
                }
                hook = nullptr;
                if (!killed) {
                    QVERIFY2(phasesSeen == 0b111, "a phase was never interrupted");
                    checkResumed(world);
                    return;
                }
                for (int i = 0; i < 2; ++i)
                    world.act(); // the cluster goes on while nobody looks

                const auto pending = readPending(world.job());
                if (!pending) {
                    // Nothing was begun, or everything was done.
                    if (annotation(world.job(), u"attempt"_s) == u"2")
                        checkResumed(world);
                    else
                        QCOMPARE(essence(world.job()), before);
                    continue;
                }
                QVERIFY(pending->has_value());
                phasesSeen |= 1 << static_cast<int>((*pending)->phase);
                const auto outcome = undoing ? undo(world.api, demo(), world.options(), {})
                                             : finish(world.api, demo(), world.options(), {});
                QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
                if (undoing) {
                    QCOMPARE(outcome->state, ResumeOutcome::State::Undone);
                    QCOMPARE(essence(world.job()), before);
                    for (int i = 0; i < 5; ++i)
                        world.act();
                    QVERIFY2(world.violations.isEmpty(), qPrintable(world.violations.join(u'\n')));
                } else {
                    QCOMPARE(outcome->state, ResumeOutcome::State::Training);
                    checkResumed(world);
                }
            }
        }
    }

    void anUndoThatDiesIsFinishedByTheNext()
    {
        for (int k = 1;; ++k) {
            World world;
            world.add(contractJob());
            const QJsonObject before = essence(world.job());
            ExecuteOptions options = world.options();
            options.follow = false;
            const auto begun = execute(world.api, planFor(world.job()), options, {});
            QCOMPARE(begun->state, ResumeOutcome::State::Started);
            QVERIFY(begun->canPutBack);
            world.act();
            int calls = 0;
            bool killed = false;
            world.api.after = [&](const FakeObjectApi::Call &) -> std::optional<Error> {
                if (++calls == k)
                    throw Killed();
                return std::nullopt;
            };
            try {
                QCOMPARE(undo(world.api, demo(), world.options(), {})->state, ResumeOutcome::State::Undone);
            } catch (const Killed &) {
                killed = true;
            }
            world.api.after = nullptr;
            if (const auto pending = readPending(world.job())) {
                // finish() must not turn an undo around once it was begun.
                const bool undoing = (*pending)->phase == ResumeState::Phase::Undoing;
                const auto outcome = undoing ? finish(world.api, demo(), world.options(), {}) : undo(world.api, demo(), world.options(), {});
                QVERIFY(outcome.has_value());
                QCOMPARE(outcome->state, ResumeOutcome::State::Undone);
            }
            QCOMPARE(essence(world.job()), before);
            QVERIFY(world.violations.isEmpty());
            if (!killed)
                return;
        }
    }

    void lostAnswersAreNotMistakenForFailures()
    {
        // Every write takes effect, but its answer never arrives.
        World world;
        world.add(contractJob());
        QSet<QString> lost;
        world.api.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            const QString what = QString::number(call.body[u"metadata"_s][u"resourceVersion"_s].toString().toInt());
            if (!call.writes() || lost.contains(what))
                return std::nullopt;
            lost.insert(what);
            return Error::make(Error::Kind::Network, u"connection reset"_s);
        };
        const auto outcome = execute(world.api, planFor(world.job()), world.options(), {});
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QVERIFY(lost.size() >= 4);
        checkResumed(world);
    }

    void statusNoiseBetweenReadAndWriteIsNoConflict()
    {
        World world;
        world.add(contractJob());
        int noise = 0;
        world.api.before = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.writes() && ++noise % 2 == 1)
                world.api.edit(jobResource(), u"research"_s, u"demo"_s, [&](QJsonObject &o) {
                    o = with(o, {u"status"_s, u"lastReconcileTime"_s}, noise);
                    return true;
                });
            return std::nullopt;
        };
        const auto outcome = execute(world.api, planFor(world.job()), world.options(), {});
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
        checkResumed(world);
    }

    void aChangedJobIsLeftAlone()
    {
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        world.api.edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o = with(o, {u"spec"_s, u"runPolicy"_s, u"backoffLimit"_s}, 9);
            return true;
        });
        const QJsonObject before = world.job();
        world.api.forgetCalls();
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::Conflict);
        QVERIFY(outcome.error().what.contains(u"changed in the meantime"_s));
        QCOMPARE(world.job(), before);
        for (const auto &call : world.api.calls())
            QVERIFY(!call.writes());
    }

    void anAdoptedJobIsLeftAlone_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        // Neither changes the generation.
        QTest::newRow("by a queue of Kueue") << u"labels"_s << QJsonValue(QJsonObject{{u"kueue.x-k8s.io/queue-name"_s, u"team"_s}});
        QTest::newRow("by a trial of Katib")
            << u"ownerReferences"_s
            << QJsonValue(QJsonArray{QJsonObject{{u"controller"_s, true}, {u"kind"_s, u"Trial"_s}, {u"name"_s, u"sweep-3"_s}, {u"uid"_s, u"uid-sweep"_s}}});
    }
    void anAdoptedJobIsLeftAlone()
    {
        QFETCH(const QString, field);
        QFETCH(const QJsonValue, value);
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        const QJsonValue generation = world.job()[u"metadata"_s][u"generation"_s];
        world.api.edit(jobResource(), u"research"_s, u"demo"_s, [&](QJsonObject &o) {
            o = with(o, {u"metadata"_s, field}, value);
            return true;
        });
        QCOMPARE(world.job()[u"metadata"_s][u"generation"_s], generation);
        const QJsonObject before = world.job();
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::Conflict);
        QCOMPARE(world.job(), before);
    }

    void aCheckpointGoneBeforeTheSuspendIsNoticed()
    {
        World world;
        world.add(contractJob());
        const QJsonObject before = world.job();
        ExecuteOptions options = world.options();
        options.recheck = [](std::stop_token) -> Result<Checkpoint> { return fail(Error::Kind::NotFound, u"gone"_s); };
        const auto outcome = execute(world.api, planFor(before), options, {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::NotFound);
        QVERIFY(outcome.error().what.contains(u"/ckpt/demo/step-100.pt"_s));
        QCOMPARE(world.job(), before);
        options.recheck = [](std::stop_token) -> Result<Checkpoint> {
            Checkpoint c = wholeCheckpoint();
            c.verdict = Verdict::Damaged;
            c.reason = u"cut short"_s;
            return c;
        };
        const auto damaged = execute(world.api, planFor(before), options, {});
        QVERIFY(!damaged.has_value());
        QVERIFY(damaged.error().why.contains(u"cut short"_s));
        QCOMPARE(world.job(), before);
    }

    void aCheckpointRotatedAwayWhileStoppingIsNoticedAndPutBack()
    {
        World world;
        world.add(contractJob());
        const QJsonObject before = essence(world.job());
        ExecuteOptions options = world.options();
        int looks = 0;
        options.recheck = [&](std::stop_token) -> Result<Checkpoint> {
            if (++looks == 1)
                return wholeCheckpoint();
            return fail(Error::Kind::NotFound, u"gone"_s, u"The training removed it."_s);
        };
        const auto outcome = execute(world.api, planFor(world.job()), options, {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QVERIFY(outcome->canPutBack);
        QCOMPARE(outcome->error->why, u"The training removed it."_s);
        QCOMPARE(envOf(world.job(), u"Master"_s, u"CHECKPOINT_DIR"_s), u"/ckpt/demo"_s);
        const auto back = putBack(world.api, *outcome, world.options(), {});
        QVERIFY(back.has_value());
        QCOMPARE(back->state, ResumeOutcome::State::Undone);
        QCOMPARE(essence(world.job()), before);
        QVERIFY(world.violations.isEmpty());
    }

    void aSecondLookThatCannotBeMadeIsNotedOnly()
    {
        World world;
        world.add(contractJob());
        ExecuteOptions options = world.options();
        int looks = 0;
        options.recheck = [&](std::stop_token) -> Result<Checkpoint> {
            if (++looks == 1)
                return wholeCheckpoint();
            return fail(Error::Kind::Forbidden, u"no helper"_s);
        };
        const auto outcome = execute(world.api, planFor(world.job()), options, {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QVERIFY(outcome->notes.join(u' ').contains(u"no helper"_s));
        QCOMPARE(looks, 2);
        looks = 1; // the first look itself must succeed
        World other;
        other.add(contractJob());
        QVERIFY(!execute(other.api, planFor(other.job()), options, {}).has_value());
    }

    void aTemplateChangedWhileWaitingIsAConflict()
    {
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        world.onRound = [&](int round) {
            if (round != 3)
                return;
            world.api.edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &o) {
                o = with(o, {u"spec"_s, u"pytorchReplicaSpecs"_s, u"Master"_s},
                         role(container(u"pytorch"_s, {{u"CHECKPOINT_DIR"_s, u"/elsewhere"_s}})));
                return true;
            });
        };
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QCOMPARE(outcome->error->kind, Error::Kind::Conflict);
        QCOMPARE(envOf(world.job(), u"Master"_s, u"CHECKPOINT_DIR"_s), u"/elsewhere"_s);
    }

    void whoeverUndoesStopsWhoeverResumes_data()
    {
        QTest::addColumn<bool>("dies");
        QTest::newRow("the undo ends") << false;
        QTest::newRow("the undo dies after its first word") << true;
    }
    void whoeverUndoesStopsWhoeverResumes()
    {
        QFETCH(bool, dies);
        World world;
        world.add(contractJob());
        const QJsonObject before = essence(world.job());
        const ResumePlan plan = planFor(world.job());
        bool begun = false;
        world.onRound = [&](int) {
            if (begun)
                return;
            begun = true;
            if (dies)
                world.api.after = [](const FakeObjectApi::Call &call) -> std::optional<Error> {
                    if (call.writes())
                        throw Killed();
                    return std::nullopt;
                };
            try {
                QCOMPARE(undo(world.api, demo(), world.options(), {})->state, ResumeOutcome::State::Undone);
            } catch (const Killed &) {
            }
            world.api.after = nullptr;
        };
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY(begun);
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QCOMPARE(outcome->error->kind, Error::Kind::Conflict);
        QCOMPARE(envOf(world.job(), u"Master"_s, u"CHECKPOINT_DIR"_s), u"/ckpt/demo"_s);
        if (dies)
            QCOMPARE(finish(world.api, demo(), world.options(), {})->state, ResumeOutcome::State::Undone);
        QCOMPARE(essence(world.job()), before);
        QVERIFY2(world.violations.isEmpty(), qPrintable(world.violations.join(u'\n')));
    }

    void aJobLetGoBySomebodyElseIsAConflict()
    {
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        bool done = false;
        world.onRound = [&](int) {
            if (done || !world.job()[u"spec"_s][u"runPolicy"_s][u"suspend"_s].toBool())
                return;
            done = true;
            world.api.edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &o) {
                o = with(o, {u"spec"_s, u"runPolicy"_s, u"suspend"_s}, false);
                return true;
            });
        };
        const auto outcome = execute(world.api, plan, world.options(), {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QCOMPARE(outcome->error->kind, Error::Kind::Conflict);
        QCOMPARE(envOf(world.job(), u"Master"_s, u"CHECKPOINT_DIR"_s), u"/ckpt/demo"_s);
    }

    void aJobThatFinishesWhileStoppingIsSaidSo()
    {
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        world.onRound = [&](int round) {
            if (round == 2)
                world.api.edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &o) {
                    o = with(o, {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Succeeded"_s, true)});
                    return true;
                });
        };
        const auto outcome = execute(world.api, plan, world.options(), {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QVERIFY(outcome->error->why.contains(u"finished"_s));
        const auto back = putBack(world.api, *outcome, world.options(), {});
        QCOMPARE(back->state, ResumeOutcome::State::Undone);
        QVERIFY(!back->notes.isEmpty());
        QVERIFY(!readPending(world.job()));
    }

    void podsThatNeverEndAreReportedAndTheWayBackStays()
    {
        World world;
        world.roundsToEnd = 1'000'000;
        world.add(contractJob());
        ExecuteOptions options = world.options();
        options.podsGoneLimit = 2min;
        QStringList texts;
        options.progress = [&](const ResumeEvent &e) { texts += e.text; };
        const auto outcome = execute(world.api, planFor(world.job()), options, {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QCOMPARE(outcome->error->kind, Error::Kind::Timeout);
        QVERIFY(outcome->canPutBack);
        QVERIFY(texts.join(u'\n').contains(u"node-1"_s));
        QVERIFY(readPending(world.job()));
    }

    void cancellingWhileStoppingLeavesARecord()
    {
        World world;
        world.add(contractJob());
        std::stop_source stop;
        world.onRound = [&](int round) {
            if (round == 3)
                stop.request_stop();
        };
        const auto outcome = execute(world.api, planFor(world.job()), world.options(), stop.get_token());
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->error->kind, Error::Kind::Cancelled);
        QVERIFY(outcome->canPutBack);
        world.onRound = nullptr;
        const auto done = finish(world.api, demo(), world.options(), {});
        QCOMPARE(done->state, ResumeOutcome::State::Training);
        checkResumed(world);
    }

    void anOperatorThatSleepsDoesNotBlockForEver()
    {
        World world;
        world.add(with(contractJob(), {u"spec"_s, u"runPolicy"_s, u"suspend"_s}, true));
        for (const QJsonObject &pod : world.api.all(kinds::pods()))
            world.api.erase(kinds::pods(), u"research"_s, pod[u"metadata"_s][u"name"_s].toString());
        world.api.edit(jobResource(), u"research"_s, u"demo"_s, [](QJsonObject &o) {
            o.remove(u"status"_s);
            return true;
        });
        world.operatorRuns = false;
        ExecuteOptions options = world.options();
        options.follow = false;
        const auto outcome = execute(world.api, planFor(world.job()), options, {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Started);
        QVERIFY(outcome->notes.join(u' ').contains(u"did not confirm"_s));
    }

    void aTrainingThatIgnoresThePathIsFoundOut()
    {
        World world;
        world.trainingObeys = false;
        world.add(contractJob());
        const QJsonObject before = essence(world.job());
        const auto outcome = execute(world.api, planFor(world.job()), world.options(), {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Failed);
        QVERIFY2(outcome->error->what.contains(u"not from the checkpoint"_s), qPrintable(outcome->error->what));
        QVERIFY(outcome->canPutBack);
        const auto back = putBack(world.api, *outcome, world.options(), {});
        QCOMPARE(back->state, ResumeOutcome::State::Undone);
        QCOMPARE(essence(world.job()), before);
        QVERIFY2(world.violations.isEmpty(), qPrintable(world.violations.join(u'\n')));
    }

    void aFreshStartIsAnAlarm_data()
    {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<bool>("fresh");
        const auto up = [](int from, int to, int by = 1) {
            QByteArray lines;
            for (int step = from; step <= to; step += by)
                lines += "step " + QByteArray::number(step) + " loss 0.5\n";
            return lines;
        };
        QTest::newRow("steps from one") << up(1, 5) << true;
        QTest::newRow("past the checkpoint before anybody looked") << up(1, 120) << true;
        QTest::newRow("every ten, past the checkpoint") << up(10, 130, 10) << true;
        QTest::newRow("weights of the model were loaded") << "Loading checkpoint shards: 2 of 2\n" + up(1, 5) << true;
        QTest::newRow("one step, and it says so") << "Training from scratch\n" + up(1, 1) << true;
        QTest::newRow("goes on") << "Resuming from /ckpt/demo/step-100.pt\n" + up(101, 103) << false;
        QTest::newRow("goes on without a word") << up(101, 103) << false;
        QTest::newRow("the model is new, the run is not") << "Training new model from scratch\nContinuing training from global step 100\n" + up(101, 103) << false;
        QTest::newRow("steps of an evaluation before") << up(1, 3) + up(101, 103) << false;
    }
    void aFreshStartIsAnAlarm()
    {
        QFETCH(QByteArray, log);
        QFETCH(bool, fresh);
        World world;
        world.says = log;
        world.add(contractJob());
        const auto outcome = execute(world.api, planFor(world.job()), world.options(), {});
        QCOMPARE(outcome->startedFromZero, fresh);
        QCOMPARE(outcome->state, fresh ? ResumeOutcome::State::Failed : ResumeOutcome::State::Training);
        if (fresh) {
            QVERIFY2(outcome->error->what.contains(u"100"_s), qPrintable(outcome->error->what));
            QVERIFY(outcome->canPutBack);
        } else {
            QCOMPARE(outcome->firstStep, 101);
        }
    }

    void stepsWithinAnEpochAreNoAlarmOnceTheCheckpointWasLoaded()
    {
        World world;
        world.says = "resumed from /ckpt/demo/step-100.pt\nepoch 3 step 1\nepoch 3 step 2\nepoch 3 step 3\nepoch 3 step 4\n";
        world.add(contractJob());
        ExecuteOptions options = world.options();
        options.followLimit = 5min;
        const auto outcome = execute(world.api, planFor(world.job()), options, {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Started); // nobody knows; nothing says that it went wrong
        QVERIFY(!outcome->startedFromZero);
    }

    void aStartFromWeightsBeginsAtZeroAndThatIsNoAlarm()
    {
        World world;
        world.trainingObeys = false;
        world.add(contractJob());
        const QJsonObject before = world.job();
        ResumeRequest r = requestFor(world.job());
        r.act = Act::StartFromWeights;
        r.checkpoint.resumable = false;
        r.contract = *parseContract(u"env:INIT_FROM"_s, {});
        const ResumePlan plan = planResume(r);
        QVERIFY2(plan.feasible(), plan.feasible() ? "" : qPrintable(plan.problems.first().text));
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
        QCOMPARE(outcome->act, Act::StartFromWeights);
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QCOMPARE(outcome->firstStep, 1);
        QVERIFY(!outcome->startedFromZero && !outcome->checkpointStep);
        QCOMPARE(world.job(), before);
        const QJsonObject made = world.job(plan.newName);
        QCOMPARE(envOf(made, u"Master"_s, u"INIT_FROM"_s), u"/ckpt/demo/step-100.pt"_s);
        QCOMPARE(envOf(made, u"Master"_s, u"RESUME_FROM_CHECKPOINT"_s), QString());
    }

    void aFailedJobBecomesANewObject()
    {
        World world;
        const QJsonObject failed = with(contractJob(), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)});
        world.add(failed);
        const QJsonObject before = world.job();
        const ResumePlan plan = planFor(before);
        QCOMPARE(plan.mode, ResumePlan::Mode::NewObject);
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(outcome.error().oneLine()));
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QCOMPARE(outcome->target.name, u"demo-r2"_s);
        QCOMPARE(outcome->firstStep, std::optional<qint64>(101));
        QCOMPARE(world.job(), before);
        const QJsonObject made = world.job(u"demo-r2"_s);
        QCOMPARE(annotation(made, u"parent-name"_s), u"demo"_s);
        QCOMPARE(annotation(made, u"parent-uid"_s), u"uid-demo"_s);
        QCOMPARE(envOf(made, u"Worker"_s, u"RESUME_FROM_CHECKPOINT"_s), u"/ckpt/demo/step-100.pt"_s);
        QVERIFY(outcome->canPutBack);
        QCOMPARE(putBack(world.api, *outcome, world.options(), {})->state, ResumeOutcome::State::Undone);
        QVERIFY(world.job(u"demo-r2"_s).isEmpty());
        QCOMPARE(world.job(), before);
    }

    void aLostAnswerToTheCreationMakesNoSecondJob()
    {
        World world;
        world.add(with(contractJob(), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)}));
        bool lost = false;
        world.api.after = [&](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb != u"create" || lost)
                return std::nullopt;
            lost = true;
            return Error::make(Error::Kind::Timeout, u"no answer"_s);
        };
        const auto outcome = execute(world.api, planFor(world.job()), world.options(), {});
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QCOMPARE(world.api.all(jobResource()).size(), 2);
    }

    void aTakenNameIsRefused()
    {
        World world;
        world.add(with(contractJob(), {u"status"_s, u"conditions"_s}, QJsonArray{condition(u"Failed"_s, true)}));
        const ResumePlan plan = planFor(world.job());
        world.api.put(jobResource(), contractJob(u"demo-r2"_s));
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::Conflict);
        QVERIFY(outcome.error().what.contains(u"demo-r2"_s));
    }

    void anotherJobOfTheSameNameIsNotTouched()
    {
        World world;
        world.add(contractJob());
        const ResumePlan plan = planFor(world.job());
        world.api.erase(jobResource(), u"research"_s, u"demo"_s);
        world.api.put(jobResource(), with(contractJob(), {u"metadata"_s, u"uid"_s}, u"another"_s));
        const auto outcome = execute(world.api, plan, world.options(), {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::NotFound);
    }

    void aForbiddenPatchChangesNothing()
    {
        World world;
        world.add(contractJob());
        world.api.deny(u"patch pytorchjobs"_s);
        const QJsonObject before = world.job();
        const auto outcome = execute(world.api, planFor(before), world.options(), {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::Forbidden);
        QCOMPARE(world.job(), before);
    }

    void aSecondResumeIsRefusedWhileOneIsPending()
    {
        World world;
        world.add(contractJob());
        const ResumePlan first = planFor(world.job());
        ResumeRequest again = requestFor(world.job());
        again.id = u"ffffff000000"_s;
        const ResumePlan second = planResume(again);
        std::stop_source stop;
        world.onRound = [&](int) { stop.request_stop(); };
        QCOMPARE(execute(world.api, first, world.options(), stop.get_token())->state, ResumeOutcome::State::Failed);
        world.onRound = nullptr;
        const auto outcome = execute(world.api, second, world.options(), {});
        QVERIFY(!outcome.has_value());
        QCOMPARE(outcome.error().kind, Error::Kind::Conflict);
        QVERIFY(planResume(requestFor(world.job())).hasProblem("pending"_L1));
    }

    void aResumeThatWasLetGoDoesNotBlockTheNext()
    {
        World world;
        world.add(contractJob());
        ExecuteOptions options = world.options();
        options.follow = false;
        QCOMPARE(execute(world.api, planFor(world.job()), options, {})->state, ResumeOutcome::State::Started);
        world.act();
        QVERIFY(!needsAttention(**readPending(world.job())));
        ResumeRequest again = requestFor(world.job(), 50);
        again.id = u"ffffff000000"_s;
        const ResumePlan plan = planResume(again);
        QVERIFY(plan.feasible());
        const auto outcome = execute(world.api, plan, world.options(), {});
        QCOMPARE(outcome->state, ResumeOutcome::State::Training);
        QCOMPARE(outcome->firstStep, std::optional<qint64>(51));
        QCOMPARE(envOf(world.job(), u"Master"_s, u"CHECKPOINT_DIR"_s), u"/ckpt/demo/attempt-3-ffffff"_s);
        QCOMPARE(annotation(world.job(), u"attempt"_s), u"3"_s);
        QVERIFY(world.violations.isEmpty());
    }

    void nonsenseInTheRecordIsAnErrorNotACrash_data()
    {
        QTest::addColumn<QString>("record");
        for (const char *text : {"", "x", "[]", "{}", "{\"v\":1}", "{\"v\":2,\"id\":\"abcdef\",\"phase\":\"patched\",\"roles\":[]}",
                                 "{\"v\":1,\"id\":\"abcdef\",\"phase\":\"dancing\",\"roles\":[]}",
                                 "{\"v\":1,\"id\":\"abcdef\",\"phase\":\"patched\",\"roles\":[1]}",
                                 "{\"v\":1,\"id\":\"abcdef\",\"phase\":\"patched\",\"roles\":[{\"role\":\"M\",\"container\":\"c\",\"env\":[{\"name\":\"A\"}]}]}"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void nonsenseInTheRecordIsAnErrorNotACrash()
    {
        QFETCH(QString, record);
        World world;
        world.add(with(contractJob(), {u"metadata"_s, u"annotations"_s}, QJsonObject{{u"cairn.console/resume"_s, record}}));
        const QJsonObject before = world.job();
        for (const auto &outcome : {finish(world.api, demo(), world.options(), {}), undo(world.api, demo(), world.options(), {})}) {
            QVERIFY(!outcome.has_value());
            QCOMPARE(outcome.error().kind, Error::Kind::Parse);
            QVERIFY(!outcome.error().fix.isEmpty());
        }
        QCOMPARE(world.job(), before);
    }

    void whatNobodyFinishedIsSeenOnTheJob()
    {
        World world;
        world.add(contractJob());
        QVERIFY(!unfinishedChange(decoded(world.job())));
        std::stop_source stop;
        world.onRound = [&](int) { stop.request_stop(); };
        QCOMPARE(execute(world.api, planFor(world.job()), world.options(), stop.get_token())->state, ResumeOutcome::State::Failed);
        world.onRound = nullptr;
        const auto hangs = unfinishedChange(decoded(world.job()));
        QVERIFY(hangs && hangs->canAct());
        QVERIFY2(hangs->text.contains(u"step 100"_s) && hangs->text.contains(u"suspended"_s), qPrintable(hangs->text));
        QCOMPARE(toJson(hangs)[u"phase"_s].toString(), u"suspended"_s);
        QCOMPARE(toJson(hangs)[u"tool"_s].toString(), u"cairn test"_s);
        // One that cannot be read is told too, but nobody can act on it.
        const QJsonObject torn = with(world.job(), {u"metadata"_s, u"annotations"_s}, QJsonObject{{u"cairn.console/resume"_s, u"torn"_s}});
        const auto unreadable = unfinishedChange(decoded(torn));
        QVERIFY(unreadable && !unreadable->canAct() && !unreadable->problem.isEmpty());
        QCOMPARE(toJson(unreadable)[u"readable"_s], QJsonValue(false));
        // Started and not followed to a step is finished enough.
        ExecuteOptions options = world.options();
        options.follow = false;
        QCOMPARE(finish(world.api, demo(), options, {})->state, ResumeOutcome::State::Started);
        QVERIFY(!unfinishedChange(decoded(world.job())));
        QVERIFY(toJson(unfinishedChange(decoded(world.job()))).isNull());
    }

    void theRecordSurvivesItsText()
    {
        World world;
        world.add(contractJob());
        ResumeState state = ResumeState::of(planFor(world.job()), world.job(), world.clock, u"t"_s);
        state.phase = ResumeState::Phase::Patched;
        const auto back = ResumeState::fromText(state.toText());
        QVERIFY(back.has_value());
        QCOMPARE(*back, state);
        QVERIFY(needsAttention(*back));
    }
};

QTEST_APPLESS_MAIN(TestResumeExecutor)
#include "tst_resumeexecutor.moc"
