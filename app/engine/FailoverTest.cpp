// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Async.h"
#include "base/Text.h"
#include "engine/FailoverFlows.h"
#include "engine/FailoverParts.h"
#include "engine/JobFlows.h"
#include "situation/Leaders.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::app {
namespace {

using namespace failover;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Failover)
};

using Step = FailoverStep::Kind;

/// Pods are looked at less often than the Lease: their times are told to a second, and there may be many.
constexpr qint64 podsEvery = 1000;
/// How many probes are created before one is believed that was served while nobody led.
constexpr int mostProbes = 5;
/// How long a stopped test still tries to remove its probes.
constexpr std::chrono::seconds tidyPatience{10};

const ResourceKind &jobSets()
{
    static const ResourceKind kind{u"jobset.x-k8s.io"_s, u"v1alpha2"_s, u"jobsets"_s, u"JobSet"_s, true};
    return kind;
}

/// Creates the probe beside the measuring: a webhook that does not answer holds a request up for as long as ten seconds.
class ProbeMaker
{
public:
    ProbeMaker(ObjectApi &api, const change::Change &create, std::function<qint64()> clock)
        : m_thread([this, &api, create, clock = std::move(clock)](const std::stop_token &stop) { make(api, create, clock, stop); })
    {
    }

    struct Made {
        std::optional<qint64> at; ///< by the clock
        QString uid;
        int refusals = 0;
        bool over = false; ///< created, or refused for good
    };
    Made made() const
    {
        const std::lock_guard lock(m_mutex);
        return m_made;
    }
    /// Waits until no further attempt is made.
    void stop()
    {
        m_thread.request_stop();
        if (m_thread.joinable())
            m_thread.join();
    }

private:
    void make(ObjectApi &api, const change::Change &create, const std::function<qint64()> &clock, const std::stop_token &stop)
    {
        for (;;) {
            Result<QJsonObject> answer = api.create(create.target.kind, create.target.ns, create.body, {}, stop);
            // An answer that got lost looks like this the next time.
            if (!answer && answer.error().reason == "AlreadyExists"_L1)
                answer = api.get(create.target, stop);
            const bool ours = answer && answer->value(u"metadata"_s)[u"annotations"_s][change::changeMark()].toString()
                    == create.body[u"metadata"_s][u"annotations"_s][change::changeMark()].toString();
            {
                const std::lock_guard lock(m_mutex);
                if (ours) {
                    m_made.at = clock();
                    m_made.uid = answer->value(u"metadata"_s)[u"uid"_s].toString();
                }
                m_made.refusals += answer ? 0 : 1;
                // A webhook that is not reached is an internal error of the server; what is forbidden stays so.
                m_made.over = ours || answer || stop.stop_requested() || answer.error().kind == Error::Kind::Forbidden || answer.error().kind == Error::Kind::Invalid;
                if (m_made.over)
                    return;
            }
            if (!async::sleepFor(probeRetry, stop))
                return;
        }
    }

    mutable std::mutex m_mutex;
    Made m_made;
    std::jthread m_thread; ///< last: it uses the others
};

class Tester
{
public:
    Tester(ObjectApi &api, const FailoverPlan &plan, const FailoverOptions &options, std::stop_token stop)
        : m_api(api)
        , m_plan(plan)
        , m_options(options)
        , m_stop(std::move(stop))
    {
        if (!m_options.clock)
            m_options.clock = [] { return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
        if (!m_options.sleep)
            m_options.sleep = [](std::chrono::milliseconds time, const std::stop_token &token) { return async::sleepFor(time, token); };
        m_begun = m_options.clock();
        m_result.id = plan.id;
        m_result.component = plan.component.id;
        m_result.ns = plan.component.ns;
        m_result.workload = plan.component.workload;
        m_result.lease = plan.lease.ns + u'/' + plan.lease.name;
        m_result.leaseSeconds = plan.leaseSeconds;
        m_result.leader = plan.leader;
        m_result.others = plan.standbys;
        m_result.readyBefore = static_cast<int>(plan.standbys.size()) + 1;
    }

    Result<FailoverResult> run()
    {
        if (!m_plan.feasible())
            return fail(Error::Kind::Invalid, Words::tr("The failover test was refused"), Words::tr("A check failed."), Words::tr("Look at the checks."));
        m_jobs = runningJobs();
        if (const Result<> seen = watchBefore(); !seen)
            return fail(seen.error());
        if (const Result<> killed = kill(); !killed)
            return fail(killed.error());
        follow();
        finish();
        return m_result;
    }

private:
    /// Seconds from the kill.
    double since(qint64 at) const { return static_cast<double>(at - m_killed) / 1000.0; }
    double since() const { return since(m_options.clock()); }
    void tell() const
    {
        if (m_options.progress)
            m_options.progress(m_result);
    }
    void step(Step kind, bool ok = true)
    {
        m_result.steps.append({kind, since(), ok});
        tell();
    }

    std::optional<Lease> readLease()
    {
        const Result<QJsonObject> object = m_api.get(m_plan.lease, m_stop);
        return object ? decoded(*m_leases, *object) : std::nullopt;
    }

    /// UIDs of the training jobs that run; nullopt where they cannot all be read.
    std::optional<QHash<QString, JobPhase>> runningJobs()
    {
        const Result<JobList> list = listJobs(m_api, {}, m_stop);
        if (!list || !list->allKinds)
            return std::nullopt;
        QHash<QString, JobPhase> phases;
        for (const Job &job : list->jobs)
            phases.insert(job.uid, job.phase);
        return phases;
    }

    /// The Lease has to be seen renewed by the leader, twice: that it is alive, and how often it is renewed.
    Result<> watchBefore()
    {
        tell();
        const qint64 begin = m_options.clock();
        const qint64 limit = 1000LL * std::max(10, 2 * m_plan.leaseSeconds);
        QDateTime last;
        QList<qint64> seen; ///< when, by the clock
        QList<QDateTime> renewals;
        for (;;) {
            const std::optional<Lease> lease = readLease();
            const qint64 now = m_options.clock();
            if (lease && lease->holder != m_plan.holder)
                return fail(Error::Kind::Conflict, Words::tr("Nothing was killed: another pod leads now"),
                            Words::tr("The Lease is held by %1.").arg(text::safe(situation::holderPod(*lease))), Words::tr("Begin again."));
            if (lease && lease->renewed.isValid() && lease->renewed != last) {
                if (last.isValid()) {
                    seen.append(now);
                    renewals.append(lease->renewed);
                }
                last = lease->renewed;
            }
            if (seen.size() >= 2)
                break;
            if (now - begin > limit) {
                if (!seen.isEmpty())
                    break; // renewed, though seldom
                return fail(Error::Kind::Timeout, Words::tr("Nothing was killed: the Lease was not renewed for %1").arg(text::duration(std::chrono::milliseconds(limit))),
                            Words::tr("Nobody leads, or the Lease cannot be read."), Words::tr("Look at the pod that holds it."));
            }
            if (!m_options.sleep(m_options.poll, m_stop))
                return fail(Error::cancelled());
        }
        if (renewals.size() >= 2)
            m_result.retry = std::max<double>(0, static_cast<double>(renewals[0].msecsTo(renewals[1])) / 1000.0);
        m_renewed = last;
        m_before = seen;
        m_checked = begin;
        m_seenAt = m_options.clock();
        return {};
    }

    Result<> kill()
    {
        // A StatefulSet's pod must not be replaced while it may still run: it gets its grace period.
        const int grace = m_plan.component.kind == kinds::statefulSets().kind ? -1 : 0;
        for (int attempt = 0;; ++attempt) {
            const Result<QJsonObject> pod = m_api.get(m_plan.pod, m_stop);
            const Result<QList<Pod>> pods = podsOf(m_api, m_plan.component, m_stop);
            if (!pod)
                return fail(pod.error());
            if (!pods)
                return fail(pods.error());
            const QJsonValue meta = pod->value(u"metadata"_s);
            const auto standbys = std::ranges::count_if(*pods, [&](const Pod &one) { return one.uid != m_plan.pod.uid && isReady(one); });
            if (meta[u"uid"_s].toString() != m_plan.pod.uid || meta[u"deletionTimestamp"_s].isString())
                return fail(Error::Kind::Conflict, Words::tr("Nothing was killed: the leader’s pod is gone already"), {}, Words::tr("Begin again."));
            if (standbys < 1)
                return fail(Error::Kind::Conflict, Words::tr("Nothing was killed: no other replica is ready any more"),
                            Words::tr("The test would drop the only one."), Words::tr("Wait until two replicas are ready."));
            m_initial.clear();
            for (const Pod &one : *pods)
                m_initial.insert(one.uid);
            if (m_stop.stop_requested())
                return fail(Error::cancelled());
            m_killed = m_options.clock();
            m_result.at = QDateTime::currentDateTimeUtc();
            DeleteOptions deletion{m_plan.pod.uid, meta[u"resourceVersion"_s].toString(), u"Background"_s, false, grace};
            const Result<> removed = m_api.remove(m_plan.pod, deletion, m_stop);
            if (removed)
                break;
            const Error &error = removed.error();
            // A lost answer: it may well have happened.
            if (error.retryable() || error.kind == Error::Kind::Cancelled || error.kind == Error::Kind::NotFound) {
                const Result<QJsonObject> left = m_api.get(m_plan.pod, tidy());
                const bool gone = left ? left->value(u"metadata"_s)[u"uid"_s].toString() != m_plan.pod.uid || left->value(u"metadata"_s)[u"deletionTimestamp"_s].isString()
                                       : left.error().kind == Error::Kind::NotFound;
                if (gone)
                    break;
            }
            m_result.at = {};
            if (attempt >= 4 || (error.kind != Error::Kind::Conflict && !error.retryable()))
                return fail(error);
            if (!m_options.sleep(m_options.poll, m_stop))
                return fail(Error::cancelled());
        }
        for (const qint64 at : std::as_const(m_before))
            m_result.renewals.append(since(at));
        m_result.steps = {{Step::Checked, since(std::min(m_begun, m_checked)), true}, {Step::LeaseSeen, since(m_seenAt), true}};
        if (m_jobs)
            m_result.jobsRunning = static_cast<int>(std::ranges::count_if(*m_jobs, [](JobPhase phase) { return isRunning(phase); }));
        step(Step::Killed);
        return {};
    }

    /// Creates a probe, or a further one under a name of its own, for the last may not be gone yet.
    void startProbe()
    {
        m_create = *m_plan.probe;
        if (!m_probes.isEmpty()) {
            m_create.target.name += u'-' + QString::number(m_probes.size() + 1);
            QJsonObject metadata = m_create.body[u"metadata"_s].toObject();
            metadata.insert(u"name"_s, m_create.target.name);
            m_create.body.insert(u"metadata"_s, metadata);
        }
        m_result.probe = {m_create.target.kind.kind, m_create.target.ns, m_create.target.name, -1, -1, -1, m_result.probe.refusals};
        m_maker.emplace(m_api, m_create, m_options.clock);
    }

    void follow()
    {
        if (m_plan.probe)
            startProbe();
        const double takeover = std::max(60.0, 4.0 * m_plan.leaseSeconds + 30);
        const auto worksLimit = static_cast<double>(m_options.worksLimit.count());
        const auto standbyLimit = static_cast<double>(m_options.standbyLimit.count());
        qint64 podsSeen = 0;
        bool standbyDone = false;
        for (;;) {
            lookAtLease();
            const qint64 now = m_options.clock();
            if (podsSeen == 0 || now - podsSeen >= podsEvery) {
                podsSeen = now;
                lookAtPods();
            }
            if (m_maker)
                lookAtProbe(m_maker->made());
            if (!m_probing && m_result.worked < 0 && m_result.gap >= 0 && m_leaderReady) {
                m_result.worked = since();
                step(Step::Works);
            }
            if (m_result.gap >= 0 && !standbyDone && m_ready >= m_result.readyBefore) {
                m_result.standby = since();
                standbyDone = true;
                step(Step::StandbyReady);
            }
            const double t = since();
            if (m_result.gap < 0 && t > takeover) {
                failed(Step::NewLeader, Words::tr("Nobody took over within %1.").arg(text::duration(std::chrono::seconds(qRound64(takeover)))));
                break;
            }
            if (m_result.gap >= 0 && m_result.worked < 0 && t > m_result.gap + worksLimit) {
                failed(m_probing ? Step::ProbeWorks : Step::Works,
                       Words::tr("Another pod leads, but it did not work within %1.").arg(text::duration(m_options.worksLimit)));
                break;
            }
            if (!standbyDone && t > standbyLimit) {
                standbyDone = true;
                step(Step::StandbyReady, false);
            }
            if (m_result.gap >= 0 && m_result.worked >= 0 && standbyDone)
                break;
            if (!m_options.sleep(m_options.poll, m_stop)) {
                m_result.state = FailoverResult::State::Stopped;
                break;
            }
        }
        if (m_maker) {
            m_maker->stop();
            lookAtProbe(m_maker->made());
            m_maker.reset();
        }
    }

    void failed(Step kind, const QString &why)
    {
        m_result.state = FailoverResult::State::Failed;
        m_result.problem = why;
        step(kind, false);
    }

    void lookAtLease()
    {
        const std::optional<Lease> lease = readLease();
        if (!lease)
            return; // the server may be busy; the next look tells
        if (lease->holder.isEmpty()) {
            m_result.released = m_result.gap < 0;
            return;
        }
        const double t = since();
        if (lease->renewed.isValid() && lease->renewed != m_renewed) {
            m_renewed = lease->renewed;
            if (m_result.renewals.size() < FailoverResult::mostRenewals)
                m_result.renewals.append(t);
        }
        if (m_result.gap < 0 && lease->holder != m_plan.holder) {
            m_result.gap = t;
            m_result.acquired = lease->acquired;
            m_result.next.pod = situation::holderPod(*lease);
            const auto known = std::ranges::find(m_result.others, m_result.next.pod, &FailoverResult::Member::pod);
            if (known != m_result.others.end())
                m_result.next.node = known->node;
            // One that takes over while the old renewal still counts got the Lease back from the leader.
            if (const double expires = m_result.expires(); expires > t + 1)
                m_result.released = true;
            step(Step::NewLeader);
        }
    }

    void lookAtPods()
    {
        const Result<QList<Pod>> pods = podsOf(m_api, m_plan.component, m_stop);
        if (!pods)
            return;
        m_ready = 0;
        m_leaderReady = false;
        for (const Pod &pod : *pods) {
            const bool killed = pod.uid == m_plan.pod.uid;
            m_ready += isReady(pod) && !killed ? 1 : 0;
            if (pod.name == m_result.next.pod && !m_result.next.pod.isEmpty() && !killed) {
                m_leaderReady = isReady(pod);
                m_result.next.node = pod.node;
            }
            if (!m_initial.contains(pod.uid) && (m_result.successor.pod.isEmpty() || m_result.successor.pod == pod.name)) {
                if (m_result.successorMade < 0)
                    m_result.successorMade = since();
                m_result.successor = {pod.name, pod.node};
                tell();
            }
        }
    }

    void lookAtProbe(const ProbeMaker::Made &made)
    {
        m_result.probe.refusals = m_refusals + made.refusals;
        if (made.at && m_result.probe.created < 0) {
            m_result.probe.created = since(*made.at);
            m_probes.append(m_create.target);
            m_probes.last().uid = made.uid;
            m_result.steps.append({Step::ProbeCreated, m_result.probe.created, true});
            tell();
        }
        if (made.over && !made.at && m_probing) {
            m_probing = false; // it works when the leader is ready
            step(Step::ProbeCreated, false);
        }
        if (m_result.probe.created < 0 || m_result.probe.made >= 0 || !isServed(m_probes.last()))
            return;
        const double served = since();
        if (m_result.gap < 0)
            lookAtLease();
        // The killed process lives on for a moment, and may serve what is created in it: that shows nothing of who comes next.
        if (m_result.gap < 0 && m_probes.size() < mostProbes && m_result.state == FailoverResult::State::Running && !m_stop.stop_requested()) {
            m_refusals += made.refusals;
            m_result.steps.removeIf([](const FailoverStep &one) { return one.kind == Step::ProbeCreated; });
            startProbe();
            return;
        }
        m_result.probe.made = served;
        m_result.worked = std::max(m_result.probe.made, m_result.gap);
        step(Step::ProbeWorks);
    }

    /// Whether the controller made what belongs to the probe: its pod, or of a TrainJob its JobSet.
    bool isServed(const ObjectRef &probe)
    {
        const auto ours = [&](const QJsonObject &object) {
            const QJsonArray owners = object[u"metadata"_s][u"ownerReferences"_s].toArray();
            return std::ranges::any_of(owners, [&](const QJsonValue &owner) { return owner[u"uid"_s].toString() == probe.uid; });
        };
        if (probe.kind == facts(JobKind::TrainJob).resource) {
            const Result<QJsonObject> object = m_api.get({jobSets(), probe.ns, probe.name, {}}, m_stop);
            return object && ours(*object);
        }
        const Result<QList<QJsonObject>> pods = m_api.list(kinds::pods(), probe.ns, facts(JobKind::PyTorchJob).podLabel + u'=' + probe.name, {}, m_stop);
        return pods && std::ranges::any_of(*pods, ours);
    }

    /// A token that lives on after the test was stopped, but not for long.
    std::stop_token tidy() const { return m_stop.stop_requested() ? m_tidy.get_token() : m_stop; }

    void finish()
    {
        // Whoever stopped the test still wants nothing left behind; nobody waits long for a server that does not answer.
        const std::jthread patience([this](const std::stop_token &done) {
            while (!m_stop.stop_requested()) {
                if (!async::sleepFor(100ms, done))
                    return;
            }
            if (async::sleepFor(tidyPatience, done))
                m_tidy.request_stop();
        });
        // An answer that got lost may have made one all the same.
        if (!m_result.probe.kind.isEmpty() && m_result.probe.created < 0) {
            const Result<QJsonObject> there = m_api.get(m_create.target, tidy());
            if (there && there->value(u"metadata"_s)[u"annotations"_s][change::changeMark()].toString() == m_plan.id) {
                m_probes.append(m_create.target);
                m_probes.last().uid = there->value(u"metadata"_s)[u"uid"_s].toString();
            }
        }
        if (!m_probes.isEmpty()) {
            const bool gone = std::ranges::count_if(m_probes, [this](const ObjectRef &probe) { return removed(probe); }) == m_probes.size();
            if (gone)
                m_result.probe.removed = since();
            step(Step::ProbeRemoved, gone);
        }
        if (m_jobs && m_result.state != FailoverResult::State::Stopped) {
            if (const std::optional<QHash<QString, JobPhase>> now = runningJobs()) {
                m_result.jobsStopped = 0;
                for (auto it = m_jobs->cbegin(); it != m_jobs->cend(); ++it) {
                    const JobPhase after = now->value(it.key(), JobPhase::Succeeded); // one that is gone had ended
                    if (isRunning(it.value()) && !isRunning(after) && after != JobPhase::Succeeded)
                        ++m_result.jobsStopped;
                }
            }
        }
        if (m_result.state == FailoverResult::State::Running)
            m_result.state = FailoverResult::State::Done;
        m_result.ended = since();
        std::ranges::stable_sort(m_result.steps, {}, &FailoverStep::at);
        tell();
    }

    bool removed(const ObjectRef &probe)
    {
        for (int attempt = 0; attempt < 5; ++attempt) {
            const Result<> answer = m_api.remove(probe, {probe.uid, {}, u"Background"_s, false}, tidy());
            if (answer || answer.error().kind == Error::Kind::NotFound || answer.error().kind == Error::Kind::Conflict)
                return true;
            if (!async::sleepFor(probeRetry, tidy()))
                return false;
        }
        return false;
    }

    ObjectApi &m_api;
    const FailoverPlan &m_plan;
    FailoverOptions m_options;
    const std::stop_token m_stop;
    mutable std::stop_source m_tidy;
    const std::unique_ptr<ObjectDecoder<Lease>> m_leases = leaseDecoder();
    FailoverResult m_result;
    std::optional<QHash<QString, JobPhase>> m_jobs; ///< before the kill, by UID
    QSet<QString> m_initial;                        ///< UIDs of its pods before the kill
    QList<ObjectRef> m_probes;                      ///< those created, with their UIDs; the last one counts
    int m_refusals = 0;                             ///< of the probes before the last
    QDateTime m_renewed;                            ///< renewTime as seen last
    QList<qint64> m_before;                         ///< renewals seen before the kill
    qint64 m_begun = 0, m_checked = 0, m_seenAt = 0, m_killed = 0; ///< by the clock
    int m_ready = 0;
    bool m_leaderReady = false;
    bool m_probing = m_plan.probe.has_value();
    change::Change m_create;           ///< of the last probe
    std::optional<ProbeMaker> m_maker; ///< last: it uses the others
};

} // namespace

Result<FailoverResult> runFailover(ObjectApi &api, const FailoverPlan &plan, const FailoverOptions &options, std::stop_token stop)
{
    return Tester(api, plan, options, std::move(stop)).run();
}

Result<> keepFailover(store::HaHistory &history, const QString &cluster, const FailoverResult &result, const QDateTime &now)
{
    HaRecord record;
    record.tests = {result};
    if (result.acquired.isValid())
        record.leaders = {result.change()};
    return history.add(cluster, record, now);
}

} // namespace cairn::app
