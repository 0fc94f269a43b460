// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Spec.h"

#include "base/Names.h"
#include "domain/QuantityDecoder.h"
#include "launch/Editor.h"
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;

const QString kQueueLabel = u"kueue.x-k8s.io/queue-name"_s;

QJsonObject jsonOf(const Variable &variable)
{
    QJsonObject entry{{u"name"_s, variable.name}};
    const QJsonObject reference{{u"name"_s, variable.object}, {u"key"_s, variable.value}};
    switch (variable.from) {
    case Variable::From::Value: entry.insert(u"value"_s, variable.value); break;
    case Variable::From::Secret: entry.insert(u"valueFrom"_s, QJsonObject{{u"secretKeyRef"_s, reference}}); break;
    case Variable::From::ConfigMap: entry.insert(u"valueFrom"_s, QJsonObject{{u"configMapKeyRef"_s, reference}}); break;
    case Variable::From::Other: break;
    }
    return entry;
}

class Writer {
public:
    Writer(const QJsonObject &job, const TrainJobFields &fields)
        : m_editor(job)
        , m_fields(fields)
    {
    }

    Result<QJsonObject> write(const Spec &before, const Spec &after)
    {
        if (before.name != after.name)
            m_editor.put({u"metadata"_s, u"name"_s}, after.name);
        if (before.ns != after.ns)
            m_editor.put({u"metadata"_s, u"namespace"_s}, after.ns);
        if (before.queue != after.queue)
            m_editor.put(Path{u"metadata"_s, u"labels"_s}.field(kQueueLabel), after.queue);
        writeNodes(before, after); // first: it makes replicas
        writeProcess(before, after);
        writeResources(before, after);
        nameTargets();
        writePods(m_editor, layout(), before, after);
        writePolicy(before, after);
        dropBareTargets();
        return m_editor.result();
    }

private:
    Editor m_editor;
    TrainJobFields m_fields;

    Layout layout() const { return {m_editor.job(), m_fields}; }

    /// An override has no name: its target is what tells it apart, and it says nothing without one.
    void nameTargets()
    {
        const Path overrides{u"spec"_s, m_fields.patches};
        for (const QString &target : layout().missingTargets()) {
            const auto count = static_cast<int>(m_editor.at(overrides).toArray().size());
            m_editor.set(Path(overrides).item(count),
                QJsonObject{{u"targetJobs"_s, QJsonArray{QJsonObject{{u"name"_s, target}}}}});
        }
    }
    void dropBareTargets()
    {
        if (!layout().isTrainJob() || m_fields.patches.isEmpty())
            return;
        const Path overrides{u"spec"_s, m_fields.patches};
        for (auto i = static_cast<int>(m_editor.at(overrides).toArray().size()); i-- > 0;) {
            if (m_editor.at(Path(overrides).item(i)).toObject().keys() == QStringList{u"targetJobs"_s})
                m_editor.drop(Path(overrides).item(i));
        }
    }

    void writeNodes(const Spec &before, const Spec &after)
    {
        const Layout now = layout();
        const bool nodes = before.nodes != after.nodes;
        if (now.isTrainJob()) {
            const Path trainer{u"spec"_s, u"trainer"_s};
            if (before.runtime != after.runtime)
                m_editor.put({u"spec"_s, u"runtimeRef"_s, u"name"_s}, after.runtime);
            if (before.ownRuntime != after.ownRuntime)
                m_editor.put({u"spec"_s, u"runtimeRef"_s, u"kind"_s}, u"TrainingRuntime"_s, after.ownRuntime);
            if (nodes)
                m_editor.set(under(trainer, {u"numNodes"_s}), after.nodes);
            if (before.processes != after.processes)
                m_editor.put(under(trainer, {u"numProcPerNode"_s}), after.processes, after.processes > 0);
            return;
        }
        if (before.elastic != after.elastic && after.kind == JobKind::PyTorchJob)
            writeElastic(before, after);
        else if (nodes)
            writeReplicas(after.nodes);
        if (before.processes != after.processes) {
            if (after.kind == JobKind::PyTorchJob)
                m_editor.put(
                    {u"spec"_s, u"nprocPerNode"_s}, after.processes > 0 ? QString::number(after.processes) : QString());
            else if (after.kind == JobKind::MPIJob || after.kind == JobKind::MPIJobV2)
                m_editor.put({u"spec"_s, u"slotsPerWorker"_s}, after.processes, after.processes > 0);
        }
    }

    /// The one pod of Master or Chief counts; a replica that is missing is made as the one that is there.
    void writeReplicas(int nodes)
    {
        const Layout now = layout();
        const QString one = now.roles().contains(now.oneRole()) ? now.oneRole() : QString();
        const int many = one.isEmpty() ? nodes : nodes - 1;
        const Path workers = now.role(now.manyRole());
        if (many == 0) {
            m_editor.drop(workers);
            return;
        }
        if (m_editor.at(workers).isUndefined() && !one.isEmpty())
            m_editor.set(workers, m_editor.at(now.role(one)));
        m_editor.set(under(workers, {u"replicas"_s}), many);
    }

    /// Elastic torchrun has no master: any worker may go, so the pods are one replica. Going back, its first pod
    /// becomes one.
    void writeElastic(const Spec &before, const Spec &after)
    {
        const Layout now = layout();
        const Path policy{u"spec"_s, u"elasticPolicy"_s};
        const Path master = now.role(now.oneRole());
        const Path workers = now.role(now.manyRole());
        if (!after.elastic) {
            m_editor.drop(policy);
            if (m_editor.at(master).isUndefined()) {
                m_editor.set(master, m_editor.at(workers));
                m_editor.set(under(master, {u"replicas"_s}), 1);
            }
            writeReplicas(after.nodes);
            return;
        }
        if (!before.elastic) {
            if (m_editor.at(workers).isUndefined())
                m_editor.set(workers, m_editor.at(master));
            m_editor.drop(master);
            m_editor.set(under(policy, {u"rdzvBackend"_s}), u"c10d"_s);
        }
        m_editor.set(under(policy, {u"minReplicas"_s}), after.elastic->least);
        m_editor.set(under(policy, {u"maxReplicas"_s}), after.elastic->most);
        m_editor.set(under(policy, {u"maxRestarts"_s}), after.elastic->restarts);
        m_editor.set(under(workers, {u"replicas"_s}), after.nodes);
    }

    void writeProcess(const Spec &before, const Spec &after)
    {
        const Layout now = layout();
        if (before.image != after.image) {
            for (const Path &place : now.images())
                m_editor.put(under(place, {u"image"_s}), after.image);
        }
        for (const Path &place : now.processes()) {
            if (before.command != after.command)
                m_editor.put(
                    under(place, {u"command"_s}), QJsonArray::fromStringList(after.command), !after.command.isEmpty());
            if (before.args != after.args)
                m_editor.put(under(place, {u"args"_s}), QJsonArray::fromStringList(after.args), !after.args.isEmpty());
            if (before.variables != after.variables)
                writeVariables(under(place, {u"env"_s}), before.variables, after.variables);
        }
    }

    /// Entries that did not change stay as they are, with all that they hold.
    void writeVariables(const Path &env, const QList<Variable> &before, const QList<Variable> &after)
    {
        QJsonArray entries;
        const QJsonArray now = m_editor.at(env).toArray();
        for (const Variable &variable : after) {
            const auto same = std::ranges::find_if(
                now, [&](const QJsonValue &entry) { return variableOf(entry.toObject()) == variable; });
            entries.append(same != now.end() ? *same : QJsonValue(jsonOf(variable)));
        }
        // Of a replica that has more than the one that is shown, the rest stays too.
        for (const QJsonValue entry : now) {
            const QString name = entry.toObject().value("name"_L1).toString();
            const auto is = [&](const Variable &variable) { return variable.name == name; };
            if (std::ranges::none_of(before, is) && std::ranges::none_of(after, is))
                entries.append(entry);
        }
        m_editor.put(env, entries, !entries.isEmpty());
    }

    void writeResources(const Spec &before, const Spec &after)
    {
        if (before.each == after.each)
            return;
        for (const Path &place : layout().resources()) {
            for (const QString &kind : {u"requests"_s, u"limits"_s}) {
                const auto put = [&](const QString &name, const QString &value) {
                    m_editor.put(under(place, {kind}).field(name), value);
                };
                if (before.each.cpu != after.each.cpu)
                    put(u"cpu"_s, after.each.cpu);
                if (before.each.memory != after.each.memory)
                    put(u"memory"_s, after.each.memory);
                if (before.each.gpu != after.each.gpu)
                    put(before.each.gpu, {});
                if (before.each.gpu != after.each.gpu || before.each.gpus != after.each.gpus)
                    put(after.each.gpu, after.each.gpus > 0 ? QString::number(after.each.gpus) : QString());
            }
        }
    }

    void writePolicy(const Spec &before, const Spec &after)
    {
        const Layout now = layout();
        if (now.isTrainJob()) {
            if (before.deadlineSeconds != after.deadlineSeconds)
                m_editor.put({u"spec"_s, u"activeDeadlineSeconds"_s}, after.deadlineSeconds);
            return;
        }
        if (before.restartPolicy != after.restartPolicy) {
            for (const QString &role : now.roles())
                m_editor.put(under(now.role(role), {u"restartPolicy"_s}), after.restartPolicy);
        }
        const Path policy = now.policy();
        if (before.backoffLimit != after.backoffLimit)
            m_editor.put(under(policy, {u"backoffLimit"_s}), after.backoffLimit);
        if (before.deadlineSeconds != after.deadlineSeconds)
            m_editor.put(under(policy, {u"activeDeadlineSeconds"_s}), after.deadlineSeconds);
        if (before.ttlSeconds != after.ttlSeconds)
            m_editor.put(under(policy, {u"ttlSecondsAfterFinished"_s}), after.ttlSeconds);
        if (before.cleanPods != after.cleanPods)
            m_editor.put(under(policy, {u"cleanPodPolicy"_s}), after.cleanPods);
        const Path gang = under(policy, {u"schedulingPolicy"_s});
        if (before.together != after.together)
            m_editor.put(under(gang, {u"minAvailable"_s}), after.together, after.together > 0);
        if (before.volcanoQueue != after.volcanoQueue)
            m_editor.put(under(gang, {u"queue"_s}), after.volcanoQueue);
    }
};

/// What a new job has before anything is chosen.
QJsonObject skeleton(const Spec &spec)
{
    const JobKindFacts &kind = facts(spec.kind);
    QJsonObject body;
    if (kind.isTrainJob()) {
        body = {{u"runtimeRef"_s, QJsonObject()}, {u"trainer"_s, QJsonObject{{u"numNodes"_s, spec.nodes}}}};
    } else {
        const QJsonObject container{{u"name"_s, kind.container.isEmpty() ? u"mpi"_s : kind.container}};
        const QJsonObject replica{{u"replicas"_s, 1},
            {u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}};
        QJsonObject replicas;
        const QString one = kind.isMpi()                                      ? u"Launcher"_s
            : kind.roles.contains(u"Master"_s) && spec.kind != JobKind::TFJob ? u"Master"_s
                                                                              : u"Worker"_s;
        replicas.insert(one, replica);
        if (kind.isMpi()) {
            replicas.insert(u"Worker"_s, replica);
            // Without any it is the first to be evicted, and refused where a quota counts; the job ends with it.
            const QJsonObject little{{u"cpu"_s, u"500m"_s}, {u"memory"_s, u"1Gi"_s}};
            Editor launcher(replica);
            launcher.set(Path{u"template"_s, u"spec"_s, u"containers"_s}.item(0).field(u"resources"_s),
                QJsonObject{{u"requests"_s, little}, {u"limits"_s, little}});
            replicas.insert(one, launcher.job());
        }
        body.insert(kind.replicaSpecs, replicas);
    }
    return {{u"apiVersion"_s, kind.resource.apiVersion()}, {u"kind"_s, kind.resource.kind}, {u"spec"_s, body}};
}

} // namespace

QStringList texts(const QJsonValue &list)
{
    QStringList all;
    for (const QJsonValue item : list.toArray())
        all.append(item.toString());
    return all;
}

Variable variableOf(const QJsonObject &entry)
{
    Variable variable{entry.value("name"_L1).toString(), Variable::From::Value, entry.value("value"_L1).toString(), {}};
    const QJsonObject from = entry.value("valueFrom"_L1).toObject();
    if (from.isEmpty())
        return variable;
    const auto reference = [&](Variable::From kind, const QJsonObject &where) {
        variable.from = kind;
        variable.object = where.value("name"_L1).toString();
        variable.value = where.value("key"_L1).toString();
    };
    if (from.contains("secretKeyRef"_L1))
        reference(Variable::From::Secret, from.value("secretKeyRef"_L1).toObject());
    else if (from.contains("configMapKeyRef"_L1))
        reference(Variable::From::ConfigMap, from.value("configMapKeyRef"_L1).toObject());
    else
        variable.from = Variable::From::Other;
    return variable;
}

Resources resourcesOf(const QJsonObject &resources)
{
    Resources each;
    const QJsonObject requests = resources.value("requests"_L1).toObject();
    const QJsonObject limits = resources.value("limits"_L1).toObject();
    const auto of = [&](QLatin1StringView name) {
        return quantity(requests.contains(name) ? requests.value(name) : limits.value(name));
    };
    each.cpu = of("cpu"_L1);
    each.memory = of("memory"_L1);
    for (const QJsonObject &asked : {limits, requests}) {
        for (auto it = asked.begin(); it != asked.end(); ++it) {
            if (!isGpuResource(it.key().toStdString()))
                continue;
            each.gpu = it.key();
            each.gpus =
                static_cast<int>(std::clamp(decodeQuantity(quantity(it.value()).toStdString()).value_or(0), 0.0, 1e6));
            return each;
        }
    }
    return each;
}

QString patchManager()
{
    return names::name("launch"_L1);
}

Spec specOf(const QJsonObject &job)
{
    // Whichever of the three fields a TrainJob has is the one it is read from.
    TrainJobFields fields;
    const QJsonObject body = job.value("spec"_L1).toObject();
    for (const QString &name : {u"podSpecOverrides"_s, u"podTemplateOverrides"_s, u"runtimePatches"_s}) {
        if (body.contains(name))
            fields.patches = name;
    }
    const Layout layout(job, fields);
    const auto at = [&](const Path &path) { return manifest::valueAt(job, path); };
    const auto first = [](const QList<Path> &paths) { return paths.isEmpty() ? Path() : paths.first(); };

    Spec spec;
    spec.kind = layout.kind();
    spec.name = at({u"metadata"_s, u"name"_s}).toString();
    spec.ns = at({u"metadata"_s, u"namespace"_s}).toString();
    spec.queue = at(Path{u"metadata"_s, u"labels"_s}.field(kQueueLabel)).toString();

    const QJsonObject process = at(first(layout.processes())).toObject();
    spec.image = at(first(layout.images())).toObject().value("image"_L1).toString();
    spec.command = texts(process.value("command"_L1));
    spec.args = texts(process.value("args"_L1));
    for (const QJsonValue entry : process.value("env"_L1).toArray())
        spec.variables.append(variableOf(entry.toObject()));
    spec.each = resourcesOf(at(first(layout.resources())).toObject());

    if (layout.isTrainJob()) {
        spec.runtime = at({u"spec"_s, u"runtimeRef"_s, u"name"_s}).toString();
        spec.ownRuntime = at({u"spec"_s, u"runtimeRef"_s, u"kind"_s}).toString() == "TrainingRuntime"_L1;
        const QJsonObject trainer = at({u"spec"_s, u"trainer"_s}).toObject();
        spec.nodes = number(trainer.value("numNodes"_L1)).value_or(1);
        const QJsonValue processes = trainer.value("numProcPerNode"_L1); // a text or a number before 2.1
        spec.processes = processes.isString() ? processes.toString().toInt() : number(processes).value_or(0);
        spec.deadlineSeconds = number(body.value("activeDeadlineSeconds"_L1));
    } else {
        spec.nodes = 0;
        for (const QString &role : layout.roles()) {
            if (role == layout.manyRole() || role == layout.oneRole())
                spec.nodes += number(at(under(layout.role(role), {u"replicas"_s})))
                                  .value_or(spec.kind == JobKind::MPIJob || spec.kind == JobKind::MPIJobV2 ? 0 : 1);
        }
        spec.processes = spec.kind == JobKind::PyTorchJob ? body.value("nprocPerNode"_L1).toString().toInt()
                                                          : number(body.value("slotsPerWorker"_L1)).value_or(0);
        const QJsonObject elastic = body.value("elasticPolicy"_L1).toObject();
        if (spec.kind == JobKind::PyTorchJob && !elastic.isEmpty()) {
            spec.elastic = Elastic{number(elastic.value("minReplicas"_L1)).value_or(1),
                number(elastic.value("maxReplicas"_L1)).value_or(spec.nodes),
                number(elastic.value("maxRestarts"_L1)).value_or(0)};
        }
        if (!layout.roles().isEmpty())
            spec.restartPolicy = at(under(layout.role(layout.roles().first()), {u"restartPolicy"_s})).toString();
        const QJsonObject policy = at(layout.policy()).toObject();
        spec.backoffLimit = number(policy.value("backoffLimit"_L1));
        spec.deadlineSeconds = number(policy.value("activeDeadlineSeconds"_L1));
        spec.ttlSeconds = number(policy.value("ttlSecondsAfterFinished"_L1));
        spec.cleanPods = policy.value("cleanPodPolicy"_L1).toString();
        const QJsonObject gang = policy.value("schedulingPolicy"_L1).toObject();
        spec.together = number(gang.value("minAvailable"_L1)).value_or(0);
        spec.volcanoQueue = gang.value("queue"_L1).toString();
    }

    // Of an MPI job the workers' pods count: the launcher's is small and elsewhere.
    const QList<Path> pods = layout.pods();
    const QJsonObject pod = pods.isEmpty()
        ? QJsonObject()
        : at(layout.roles().contains(u"Launcher"_s) ? pods.last() : pods.first()).toObject();
    const QJsonObject container = pods.isEmpty()
        ? QJsonObject()
        : at(layout.roles().contains(u"Launcher"_s) ? layout.containers().last() : layout.containers().first())
              .toObject();
    readPod(spec, pod, container);
    return spec;
}

namespace {

/// `spec` as its kind, or the served version of it, can say it; what was left out in `names`.
Spec sayable(const Spec &spec, const TrainJobFields &fields, QStringList *names)
{
    Spec kept = spec;
    const auto leave = [&](auto member, const QString &name) {
        if (kept.*member == Spec().*member)
            return;
        kept.*member = Spec().*member;
        if (names)
            names->append(name);
    };
    if (spec.kind != JobKind::PyTorchJob)
        leave(&Spec::elastic, u"elastic"_s);
    if (spec.kind != JobKind::PyTorchJob && !facts(spec.kind).isMpi() && !facts(spec.kind).isTrainJob())
        leave(&Spec::processes, u"processes"_s);
    if (!facts(spec.kind).isTrainJob())
        return kept;
    leave(&Spec::priorityClass, u"priorityClass"_s);
    leave(&Spec::token, u"token"_s);
    leave(&Spec::restartPolicy, u"restartPolicy"_s);
    leave(&Spec::backoffLimit, u"backoffLimit"_s);
    leave(&Spec::ttlSeconds, u"ttlSeconds"_s);
    leave(&Spec::cleanPods, u"cleanPods"_s);
    leave(&Spec::volcanoQueue, u"volcanoQueue"_s);
    leave(&Spec::together, u"together"_s);
    if (!fields.deadline)
        leave(&Spec::deadlineSeconds, u"deadlineSeconds"_s);
    if (!fields.grace)
        leave(&Spec::graceSeconds, u"graceSeconds"_s);
    if (!fields.pullSecrets)
        leave(&Spec::pullSecrets, u"pullSecrets"_s);
    if (!fields.security) {
        leave(&Spec::user, u"user"_s);
        leave(&Spec::confined, u"confined"_s);
    }
    if (fields.patches.isEmpty()) {
        leave(&Spec::mounts, u"mounts"_s);
        leave(&Spec::sharedMemory, u"sharedMemory"_s);
        leave(&Spec::nodeSelector, u"nodeSelector"_s);
        leave(&Spec::tolerations, u"tolerations"_s);
        leave(&Spec::serviceAccount, u"serviceAccount"_s);
    }
    return kept;
}

} // namespace

TrainJobFields trainJobFields(const manifest::Schema &trainJobs, const manifest::Schema &runtimes)
{
    TrainJobFields fields;
    fields.patches.clear();
    for (const QString &name : {u"runtimePatches"_s, u"podTemplateOverrides"_s, u"podSpecOverrides"_s}) {
        if (fields.patches.isEmpty() && trainJobs.about({u"spec"_s, name}).known)
            fields.patches = name;
    }
    fields.deadline = trainJobs.about({u"spec"_s, u"activeDeadlineSeconds"_s}).known;
    Path pod{u"spec"_s, fields.patches};
    pod.item(0);
    if (fields.patches == "runtimePatches"_L1)
        pod = under(under(pod, {u"trainingRuntimeSpec"_s, u"template"_s, u"spec"_s, u"replicatedJobs"_s}).item(0),
            {u"template"_s, u"spec"_s, u"template"_s, u"spec"_s});
    else if (fields.patches == "podTemplateOverrides"_L1)
        pod.field(u"spec"_s);
    const bool patches = !fields.patches.isEmpty();
    fields.pod = patches ? trainJobs.about(pod).fields : QStringList();
    fields.container = patches ? trainJobs.about(under(pod, {u"containers"_s}).item(0)).fields : QStringList();
    fields.podMetadata = patches && fields.patches != "podSpecOverrides"_L1 && trainJobs.about(pod.parent().field(u"metadata"_s)).known;
    fields.fixed = !trainJobs.about({u"spec"_s, u"trainer"_s}).fixed.isEmpty();
    fields.grace = fields.pod.contains(u"terminationGracePeriodSeconds"_s);
    fields.pullSecrets = fields.pod.contains(u"imagePullSecrets"_s);
    fields.security = fields.pod.contains(u"securityContext"_s);
    fields.volcano =
        runtimes.isEmpty() || runtimes.about({u"spec"_s, u"podGroupPolicy"_s, u"volcano"_s}).known;
    return fields;
}

QStringList unsupported(const Spec &after, const TrainJobFields &fields)
{
    QStringList names;
    sayable(after, fields, &names);
    return names;
}

Result<QJsonObject> withSpec(
    const QJsonObject &job, const Spec &before, const Spec &after, const TrainJobFields &fields)
{
    return Writer(job, fields).write(sayable(before, fields, nullptr), sayable(after, fields, nullptr));
}

Result<QJsonObject> newJob(const Spec &spec, const TrainJobFields &fields)
{
    Spec before;
    before.kind = spec.kind;
    before.nodes = spec.kind == JobKind::MPIJob || spec.kind == JobKind::MPIJobV2 ? 0 : 1;
    return withSpec(skeleton(spec), before, spec, fields);
}

QByteArray textOf(const QJsonObject &job)
{
    static const QStringList order{u"apiVersion"_s, u"kind"_s, u"metadata"_s, u"name"_s, u"namespace"_s, u"labels"_s,
        u"annotations"_s, u"targetJobs"_s, u"spec"_s,
        // jobs
        u"suspend"_s, u"runPolicy"_s, u"runtimeRef"_s, u"trainer"_s, u"nprocPerNode"_s, u"slotsPerWorker"_s,
        u"elasticPolicy"_s, u"minReplicas"_s, u"maxReplicas"_s, u"maxRestarts"_s, u"Launcher"_s, u"Master"_s, u"Chief"_s, u"PS"_s, u"Worker"_s, u"Evaluator"_s, u"replicas"_s,
        u"restartPolicy"_s, u"manager"_s, u"numNodes"_s, u"numProcPerNode"_s,
        // pods
        u"serviceAccountName"_s, u"automountServiceAccountToken"_s, u"priorityClassName"_s, u"nodeSelector"_s,
        u"tolerations"_s, u"terminationGracePeriodSeconds"_s, u"imagePullSecrets"_s, u"initContainers"_s,
        u"containers"_s,
        // containers
        u"image"_s, u"imagePullPolicy"_s, u"command"_s, u"args"_s, u"env"_s, u"ports"_s, u"resources"_s,
        u"resourcesPerNode"_s, u"securityContext"_s, u"requests"_s, u"limits"_s, u"cpu"_s, u"memory"_s, u"key"_s,
        u"operator"_s, u"value"_s, u"effect"_s, u"mountPath"_s, u"subPath"_s, u"volumeMounts"_s, u"volumes"_s};
    return manifest::toYaml(job, order).toUtf8();
}

} // namespace cairn::launch
