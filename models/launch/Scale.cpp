// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Scale.h"

#include "base/Text.h"
#include "jobs/ResumeState.h"
#include "jobs/ShownOnly.h"
#include "launch/Layout.h"
#include "manifest/JsonEdit.h"
#include "manifest/Patch.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct ScaleTr {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

using change::Note;

QString suspendFix(const Job &job)
{
    return ScaleTr::tr("Suspend it first: cairnctl -n %1 job suspend %2").arg(text::safe(job.ns), text::safe(job.name));
}

/// What the launcher of an MPI job is started with, as one text.
QString launcherWords(const QJsonObject &object)
{
    const Spec spec = specOf(object);
    return (spec.command + spec.args).join(u' ');
}

/// Elastic Horovod: it asks again and again which workers there are.
bool asksForHosts(const QString &launcher)
{
    return launcher.contains("discover_hosts.sh"_L1) || launcher.contains("--host-discovery-script"_L1);
}

int flagNumber(const QString &words, const QString &flag)
{
    const auto match = QRegularExpression(u"(?:^|\\s)%1[ =](\\d{1,6})(?:\\s|$)"_s.arg(flag)).match(words);
    return match.hasMatch() ? match.captured(1).toInt() : 0;
}

class Planner {
public:
    Planner(const QJsonObject &object, const Job &job, const TrainJobFields &fields)
        : m_object(object)
        , m_job(job)
        , m_fields(fields)
        , m_layout(object, fields)
        , m_spec(specOf(object))
    {
    }

    Scale plan(std::optional<int> workers)
    {
        const bool one = !m_layout.oneRole().isEmpty() && m_layout.roles().contains(m_layout.oneRole());
        m_scale.role = m_layout.isTrainJob() ? u"node"_s : m_layout.manyRole();
        m_scale.from = m_layout.isTrainJob() ? m_spec.nodes : std::max(0, m_spec.nodes - (one ? 1 : 0));
        m_scale.least = one ? 0 : 1;
        m_scale.to = workers.value_or(m_scale.from);
        forbid();
        if (!m_scale.problems.isEmpty() || !workers)
            return m_scale;
        if (m_scale.to < m_scale.least || (m_scale.most > 0 && m_scale.to > m_scale.most)) {
            problem(u"bounds"_s, m_scale.most > 0 ? ScaleTr::tr("It may have %1 to %2 workers.").arg(m_scale.least).arg(m_scale.most)
                                                  : ScaleTr::tr("It needs at least %1.").arg(m_scale.least),
                m_spec.elastic ? ScaleTr::tr("The bounds are minReplicas and maxReplicas of spec.elasticPolicy.") : QString());
            return m_scale;
        }
        if (m_scale.to == m_scale.from)
            return m_scale;
        Spec after = m_spec;
        after.nodes = m_scale.to + (one ? 1 : 0);
        const Result<QJsonObject> changed = withSpec(m_object, m_spec, after, m_fields);
        if (!changed) {
            problem(u"unreadable"_s, changed.error().oneLine());
            return m_scale;
        }
        m_scale.patch = manifest::mergePatchBetween(m_object, *changed).toObject();
        warn();
        return m_scale;
    }

private:
    const QJsonObject &m_object;
    const Job &m_job;
    const TrainJobFields &m_fields;
    const Layout m_layout;
    const Spec m_spec;
    Scale m_scale;

    void problem(const QString &id, const QString &text, const QString &fix = {}) { m_scale.problems.append({id, text, fix}); }
    QJsonValue at(const manifest::Path &path) const { return manifest::valueAt(m_object, path); }
    bool isElastic() const { return m_job.kind == JobKind::PyTorchJob && m_spec.elastic; }

    void forbid()
    {
        if (const Note refusal = jobs::shownOnly(m_job.kind); !refusal.id.isEmpty()) {
            m_scale.problems.append(refusal);
            return;
        }
        if (m_job.deleting.isValid())
            return problem(u"deleting"_s, ScaleTr::tr("It is being deleted."));
        if (isFinished(m_job.phase))
            return problem(u"finished"_s, ScaleTr::tr("It has finished and does not run again."), ScaleTr::tr("Clone it with another number of nodes."));
        if (const std::optional<Note> refusal = ownerRefusal(m_job.manager)) {
            m_scale.problems.append(*refusal);
            return;
        }
        if (const auto pending = jobs::readPending(m_job.annotations); pending && (!*pending || jobs::needsAttention(**pending)))
            return problem(u"pending-resume"_s, ScaleTr::tr("A resume of it was started and not finished."), ScaleTr::tr("Finish it or roll it back first."));
        if (isElastic()) {
            m_scale.least = std::max(1, m_spec.elastic->least);
            m_scale.most = m_spec.elastic->most;
            if (!at({u"spec"_s, u"elasticPolicy"_s, u"metrics"_s}).toArray().isEmpty())
                problem(u"autoscaler"_s, ScaleTr::tr("HorizontalPodAutoscaler %1 decides how many workers it has (spec.elasticPolicy.metrics).").arg(text::safe(m_job.name)),
                    ScaleTr::tr("Change minReplicas or maxReplicas instead."));
            return;
        }
        if (m_layout.isTrainJob())
            return forbidTrainJob();
        if (m_job.kind == JobKind::MPIJob || m_job.kind == JobKind::MPIJobV2)
            boundsOfMpi();
        if (!m_job.suspendRequested)
            forbidRunning();
    }

    void forbidTrainJob()
    {
        if (!m_job.suspendRequested)
            problem(u"trainer"_s, ScaleTr::tr("The number of nodes of a TrainJob is fixed while it runs."), m_fields.fixed ? QString() : suspendFix(m_job));
        else if (m_fields.fixed)
            problem(u"trainer"_s, ScaleTr::tr("The number of nodes of a TrainJob is fixed once it is made: this cluster's Trainer lets nobody change spec.trainer, suspended or not."));
        if (!m_scale.problems.isEmpty() && m_fields.fixed)
            m_scale.problems.last().fix = ScaleTr::tr("Make a copy with another numNodes: cairnctl -n %1 job clone %2 --name NEW -o yaml").arg(text::safe(m_job.ns), text::safe(m_job.name));
    }

    void boundsOfMpi()
    {
        const QString words = launcherWords(m_object);
        const int each = std::max(1, m_spec.processes);
        if (const int least = flagNumber(words, u"--min-np"_s); least > 0)
            m_scale.least = (least + each - 1) / each;
        if (const int most = flagNumber(words, u"--max-np"_s); most > 0)
            m_scale.most = most / each;
    }

    /// Pods that are there keep what they were told when they started.
    void forbidRunning()
    {
        QString why;
        switch (m_job.kind) {
        case JobKind::MPIJob:
        case JobKind::MPIJobV2:
            if (asksForHosts(launcherWords(m_object)))
                return;
            why = ScaleTr::tr("Its launcher has begun with the hosts that it was given, and asks for no others (horovodrun --host-discovery-script would).");
            break;
        case JobKind::TFJob:
            if (at({u"spec"_s, u"enableDynamicWorker"_s}).toBool())
                return;
            why = ScaleTr::tr("Its pods were told of one another in TF_CONFIG when they started; only with enableDynamicWorker may their number change.");
            break;
        case JobKind::PyTorchJob:
            why = ScaleTr::tr("It is not elastic (no spec.elasticPolicy): its pods were told WORLD_SIZE when they started, and would wait for others, or not know of them.");
            break;
        case JobKind::JAXJob: why = ScaleTr::tr("Its pods were told NUM_PROCESSES when they started, and JAX cannot change it meanwhile."); break;
        case JobKind::XGBoostJob:
        case JobKind::PaddleJob:
        case JobKind::TrainJob:
        case JobKind::JobSet:
        case JobKind::RayJob:
        case JobKind::RayCluster: why = ScaleTr::tr("Its pods were told how many they are when they started."); break;
        }
        problem(u"not-elastic"_s, why, suspendFix(m_job));
    }

    void warn()
    {
        const auto add = [&](const QString &id, const QString &text, const QString &fix = {}) { m_scale.warnings.append({id, text, fix}); };
        if (const std::optional<Note> warning = ownerWarning(m_job.manager))
            m_scale.warnings.append(*warning);
        if (m_job.suspendRequested)
            add(u"suspended"_s, ScaleTr::tr("It is suspended: it has so many workers when it is unsuspended."));
        else if (isElastic())
            add(u"new-group"_s, ScaleTr::tr("torchrun starts all its processes again, from the newest checkpoint that the script finds."));
        if (!isElastic() && m_job.kind != JobKind::TFJob)
            add(u"world-size"_s, ScaleTr::tr("A checkpoint that each rank saves its own part of may not load with another number of ranks: DCP and Megatron's torch_dist do, DeepSpeed's ZeRO only in its universal format."));
        const int gang = at({u"spec"_s, u"runPolicy"_s, u"schedulingPolicy"_s, u"minAvailable"_s}).toInt();
        int pods = m_scale.to;
        for (const ReplicaGroup &group : m_job.replicas)
            pods += group.role == m_scale.role ? 0 : group.desired;
        if (gang > pods)
            add(u"gang"_s, ScaleTr::tr("schedulingPolicy.minAvailable is %1, more than its %2 pods: they would never be placed.").arg(gang).arg(pods), ScaleTr::tr("Change it too: cairnctl job edit"));
        if (m_job.kind == JobKind::MPIJob || m_job.kind == JobKind::MPIJobV2) {
            const QString words = launcherWords(m_object);
            const int np = std::max(flagNumber(words, u"-np"_s), flagNumber(words, u"-n"_s));
            if (np > 0 && !asksForHosts(words) && np != m_scale.to * std::max(1, m_spec.processes))
                add(u"processes"_s, ScaleTr::tr("Its launcher starts %1 processes, whatever the number of workers.").arg(np),
                    m_job.kind == JobKind::MPIJobV2 ? QString() : ScaleTr::tr("Change it too: cairnctl job edit"));
        }
    }
};

} // namespace

Scale planScale(const QJsonObject &object, const Job &job, std::optional<int> workers, const TrainJobFields &fields)
{
    return Planner(object, job, fields).plan(workers);
}

std::optional<change::Note> ownerRefusal(const Manager &manager)
{
    const QString name = manager.kind.isEmpty() ? text::safe(manager.name) : text::safe(manager.kind) + u' ' + text::safe(manager.name);
    switch (manager.type) {
    case Manager::Type::Controller:
        return Note{u"controller"_s, ScaleTr::tr("It belongs to %1, which would revert it or count it as failed.").arg(name), ScaleTr::tr("Change its owner instead.")};
    case Manager::Type::Kueue:
        return Note{u"queue"_s, ScaleTr::tr("Kueue admits it through queue %1 by what it asks for, and would suspend it and queue it anew.").arg(text::safe(manager.name)),
            ScaleTr::tr("Clone it with what it needs now.")};
    case Manager::Type::ManagedBy: return Note{u"managed-by"_s, ScaleTr::tr("It is managed by %1.").arg(name), ScaleTr::tr("Ask there.")};
    case Manager::Type::ArgoCd:
        return Note{u"gitops"_s, ScaleTr::tr("Argo CD keeps it as application %1 says, and would revert it.").arg(text::safe(manager.name)), ScaleTr::tr("Change it where the application takes it from.")};
    case Manager::Type::Flux:
        return Note{u"gitops"_s, ScaleTr::tr("Flux keeps it as %1 says, and would revert it.").arg(name), ScaleTr::tr("Change it where Flux takes it from.")};
    case Manager::Type::None:
    case Manager::Type::Helm: break;
    }
    return std::nullopt;
}

std::optional<change::Note> ownerWarning(const Manager &manager)
{
    if (manager.type != Manager::Type::Helm)
        return std::nullopt;
    return Note{u"reverted"_s, ScaleTr::tr("The next upgrade of the Helm release %1 may revert it.").arg(text::safe(manager.name)), ScaleTr::tr("Change the chart's values as well.")};
}

} // namespace cairn::launch
