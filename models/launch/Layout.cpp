// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Layout.h"

#include "manifest/JsonEdit.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;

const QString kNode = u"node"_s; // the runtime's container that trains, and in most runtimes its replicated job
const QString kAncestor = u"trainer.kubeflow.org/trainjob-ancestor-step"_s;

bool isRuntime(const QJsonObject &object)
{
    return object.value("kind"_L1).toString().endsWith("TrainingRuntime"_L1);
}

const JobKindFacts &factsOf(const QJsonObject &job)
{
    const QString version = job.value("apiVersion"_L1).toString();
    const ResourceKind kind{
        version.section(u'/', 0, 0), version.section(u'/', 1), {}, job.value("kind"_L1).toString(), true};
    const JobKindFacts *known = jobKindOf(kind);
    return known != nullptr ? *known : facts(isRuntime(job) ? JobKind::TrainJob : JobKind::PyTorchJob);
}

} // namespace

Path under(Path path, std::initializer_list<QString> fields)
{
    for (const QString &field : fields)
        path.field(field);
    return path;
}

QStringList trainers(const QJsonObject &runtime)
{
    const Path jobs{u"spec"_s, u"template"_s, u"spec"_s, u"replicatedJobs"_s};
    const Path mpi{u"spec"_s, u"mlPolicy"_s, u"mpi"_s};
    QStringList names;
    for (const QJsonValue entry : manifest::valueAt(runtime, jobs).toArray()) {
        const QJsonValue step =
            manifest::valueAt(entry, Path{u"template"_s, u"metadata"_s, u"labels"_s}.field(kAncestor));
        const QString name = entry.toObject().value("name"_L1).toString();
        if (step.toString() == "trainer"_L1 || (name == kNode && !manifest::valueAt(runtime, mpi).isUndefined()))
            names.append(name);
    }
    return names.isEmpty() ? QStringList{kNode} : names;
}

Layout::Layout(const QJsonObject &job, const TrainJobFields &fields)
    : m_facts(factsOf(job))
    , m_job(job)
    , m_fields(fields)
    , m_isRuntime(isRuntime(job))
{
    if (m_facts.isTrainJob()) {
        const QString name = manifest::valueAt(job, {u"spec"_s, u"runtimeRef"_s, u"name"_s}).toString();
        m_targets = trainers(m_isRuntime ? job : fields.runtimes.value(name));
        return;
    }
    const QJsonObject replicas = manifest::valueAt(job, this->replicas()).toObject();
    for (const QString &role : m_facts.roles) {
        if (replicas.contains(role))
            m_roles.append(role);
    }
}

Path Layout::replicas() const
{
    return Path{u"spec"_s, m_facts.replicaSpecs};
}

Path Layout::role(const QString &name) const
{
    return replicas().field(name);
}

QString Layout::manyRole() const
{
    return u"Worker"_s;
}

QString Layout::oneRole() const
{
    switch (m_facts.id) {
    case JobKind::PyTorchJob:
    case JobKind::XGBoostJob:
    case JobKind::PaddleJob: return u"Master"_s;
    case JobKind::TFJob: return m_roles.contains(u"Master"_s) ? u"Master"_s : u"Chief"_s;
    case JobKind::MPIJob:
    case JobKind::MPIJobV2:
    case JobKind::JAXJob:
    case JobKind::TrainJob:
    case JobKind::JobSet:
    case JobKind::RayJob:
    case JobKind::RayCluster: break;
    }
    return {};
}

/// Overrides have no name: the first whose only target is the replicated job; their number where there is none.
qsizetype Layout::overrideFor(const QString &target) const
{
    const QJsonArray overrides = manifest::valueAt(m_job, {u"spec"_s, m_fields.patches}).toArray();
    qsizetype index = 0;
    while (index < overrides.size()) {
        const QJsonArray targets = overrides.at(index).toObject().value("targetJobs"_L1).toArray();
        if (targets.size() == 1 && targets.first().toObject().value("name"_L1).toString() == target)
            break;
        ++index;
    }
    return index;
}

QStringList Layout::missingTargets() const
{
    if (!isTrainJob() || m_fields.patches.isEmpty() || m_fields.patches == "runtimePatches"_L1)
        return {};
    const qsizetype count = manifest::valueAt(m_job, {u"spec"_s, m_fields.patches}).toArray().size();
    QStringList missing;
    for (const QString &target : m_targets) {
        if (overrideFor(target) == count)
            missing.append(target);
    }
    return missing;
}

Path Layout::patched(const QString &target) const
{
    Path path{u"spec"_s, m_fields.patches};
    if (m_fields.patches == "runtimePatches"_L1) {
        path.item(u"manager"_s, patchManager());
        return under(under(path, {u"trainingRuntimeSpec"_s, u"template"_s, u"spec"_s, u"replicatedJobs"_s})
                         .item(u"name"_s, target),
            {u"template"_s, u"spec"_s, u"template"_s, u"spec"_s});
    }
    path.item(static_cast<int>(overrideFor(target)));
    return m_fields.patches == "podTemplateOverrides"_L1 ? path.field(u"spec"_s) : path;
}

QList<Path> Layout::pods() const
{
    QList<Path> all;
    if (isTrainJob()) {
        for (const QString &target : m_fields.patches.isEmpty() ? QStringList() : m_targets)
            all.append(patched(target));
        return all;
    }
    if (m_isRuntime) {
        for (const QString &name : m_targets)
            all.append(under(Path{u"spec"_s, u"template"_s, u"spec"_s, u"replicatedJobs"_s}.item(u"name"_s, name),
                {u"template"_s, u"spec"_s, u"template"_s, u"spec"_s}));
        return all;
    }
    for (const QString &name : m_roles)
        all.append(under(role(name), {u"template"_s, u"spec"_s}));
    return all;
}

Path Layout::container(const Path &pod) const
{
    Path path = under(pod, {u"containers"_s});
    // Of an MPI job any name will do, so the first one is meant.
    return m_facts.container.isEmpty() ? path.item(0) : path.item(u"name"_s, m_facts.container);
}

QList<Path> Layout::containers() const
{
    QList<Path> all;
    for (const Path &pod : pods())
        all.append(container(pod));
    return all;
}

QList<Path> Layout::images() const
{
    return isTrainJob() ? QList{Path{u"spec"_s, u"trainer"_s}} : containers();
}

QList<Path> Layout::processes() const
{
    if (m_facts.isMpi())
        return {container(under(role(u"Launcher"_s), {u"template"_s, u"spec"_s}))};
    return images();
}

QList<Path> Layout::resources() const
{
    if (isTrainJob())
        return {Path{u"spec"_s, u"trainer"_s, u"resourcesPerNode"_s}};
    QList<Path> all;
    for (const QString &name : m_roles) {
        if (!m_facts.isMpi() || name != "Launcher"_L1)
            all.append(under(container(under(role(name), {u"template"_s, u"spec"_s})), {u"resources"_s}));
    }
    return all;
}

Path Layout::policy() const
{
    return Path{u"spec"_s, u"runPolicy"_s};
}

} // namespace cairn::launch
