// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Effective.h"

#include "base/Text.h"
#include "launch/Editor.h"
#include "launch/Runtime.h"
#include "manifest/Document.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;

struct EffectiveWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

struct Mark {
    Origin from = Origin::Job;
    QString who = {};
};

const QString kQueueName = u"kueue.x-k8s.io/queue-name"_s;
const Path kSpec{u"spec"_s};

/// By which field Kubernetes tells the items of a list apart when it merges; "" where it replaces the list.
QString mergeKey(const QString &list)
{
    static const QMap<QString, QString> keys{{u"replicatedJobs"_s, u"name"_s}, {u"containers"_s, u"name"_s},
        {u"initContainers"_s, u"name"_s}, {u"volumes"_s, u"name"_s}, {u"env"_s, u"name"_s},
        {u"volumeMounts"_s, u"mountPath"_s}, {u"imagePullSecrets"_s, u"name"_s}, {u"schedulingGates"_s, u"name"_s},
        {u"ports"_s, u"containerPort"_s}};
    return keys.value(list);
}

/// An object, and for each place in it who put it there. Places are told by index.
class Merged {
public:
    explicit Merged(const QJsonObject &object, const Mark &from)
        : m_object(object)
    {
        m_marks.insert(QString(), from);
    }

    QJsonValue at(const Path &path) const { return manifest::valueAt(m_object, path); }
    QJsonObject object() const { return m_object; }

    void set(const Path &path, const QJsonValue &value, const Mark &from)
    {
        if (at(path) == value)
            return;
        const Result<QJsonValue> changed = manifest::withValue(m_object, path, value);
        if (!changed)
            return;
        m_object = changed->toObject();
        m_marks.insert(path.text(), from);
    }
    void fill(const Path &path, const QJsonValue &value, const Mark &from)
    {
        if (at(path).isUndefined())
            set(path, value, from);
    }

    /// `patch` laid over what is at `path`, as a strategic merge does it.
    void merge(const Path &path, const QJsonValue &patch, const Mark &from)
    {
        if (patch.isObject() && at(path).isObject()) {
            const QJsonObject fields = patch.toObject();
            for (auto it = fields.begin(); it != fields.end(); ++it)
                merge(Path(path).field(it.key()), it.value(), from);
            return;
        }
        const QString key = path.isEmpty() ? QString() : mergeKey(path.steps().last().name);
        if (!patch.isArray() || key.isEmpty() || !at(path).isArray())
            return set(path, patch, from);
        for (const QJsonValue item : patch.toArray())
            merge(placeOf(path, key, item.toObject().value(key)), item, from);
    }

    QList<EffectiveLine> lines() const
    {
        const QByteArray text = textOf(m_object);
        const manifest::Document document = manifest::Document::read(text);
        QList<EffectiveLine> lines;
        qsizetype begin = 0;
        for (const QByteArray &line : text.trimmed().split('\n')) {
            qsizetype first = 0; // behind the dashes: the item, not its list
            while (first < line.size() && (line[first] == ' ' || line.mid(first).startsWith("- ")))
                ++first;
            const Mark mark = markOf(document.nodeAt(begin + first).path());
            lines.append({QString::fromUtf8(line), mark.from, mark.who});
            begin += line.size() + 1;
        }
        return lines;
    }

private:
    QJsonObject m_object;
    QMap<QString, Mark> m_marks;

    Path placeOf(const Path &list, const QString &key, const QJsonValue &name) const
    {
        const QJsonArray items = at(list).toArray();
        const auto is = [&](const QJsonValue &item) { return item.toObject().value(key) == name; };
        return Path(list).item(static_cast<int>(std::ranges::find_if(items, is) - items.begin()));
    }
    Mark markOf(Path path) const
    {
        for (;; path = path.parent()) {
            const auto mark = m_marks.constFind(path.text());
            if (mark != m_marks.constEnd() || path.isEmpty())
                return mark == m_marks.constEnd() ? Mark() : *mark;
        }
    }
};

int indexOf(const QJsonArray &list, const QString &name)
{
    for (int i = 0; i < list.size(); ++i) {
        if (list.at(i).toObject().value("name"_L1).toString() == name)
            return i;
    }
    return -1;
}

class TrainJobMerge {
public:
    TrainJobMerge(const QJsonObject &job, const QJsonObject &runtime)
        : m_job(job)
        , m_runtime(runtime)
        , m_policy(manifest::valueAt(runtime, {u"spec"_s, u"mlPolicy"_s}).toObject())
        , m_spec(job.value("spec"_L1).toObject())
        , m_name(job.value("metadata"_L1).toObject().value("name"_L1).toString())
        , m_says(Origin::Runtime, runtime.value("metadata"_L1).toObject().value("name"_L1).toString())
        , m_set(manifest::valueAt(runtime, {u"spec"_s, u"template"_s}).toObject(), m_says)
    {
    }

    Merged result()
    {
        m_set.set({u"apiVersion"_s}, u"jobset.x-k8s.io/v1alpha2"_s, {Origin::Operator, {}});
        m_set.set({u"kind"_s}, u"JobSet"_s, {Origin::Operator, {}});
        for (const QString &field : {u"name"_s, u"namespace"_s}) {
            const QJsonValue value = m_job.value("metadata"_L1).toObject().value(field);
            if (!value.isUndefined())
                m_set.set({u"metadata"_s, field}, value, {});
        }
        patches();
        for (const QString &name : trainers(m_runtime))
            train(name);
        if (m_spec.contains("suspend"_L1))
            m_set.set({u"spec"_s, u"suspend"_s}, m_spec.value("suspend"_L1), {});
        const QString queue = manifest::valueAt(m_job, Path{u"metadata"_s, u"labels"_s}.field(kQueueName)).toString();
        if (!queue.isEmpty())
            m_set.set({u"spec"_s, u"suspend"_s}, true, {Origin::Queue, queue});
        return m_set;
    }

private:
    QJsonObject m_job;
    QJsonObject m_runtime;
    QJsonObject m_policy;
    QJsonObject m_spec;
    QString m_name;
    Mark m_says;
    Merged m_set;

    Path replicated(int index) const { return Path{u"spec"_s, u"replicatedJobs"_s}.item(index); }
    Path podOf(int index) const
    {
        return under(replicated(index), {u"template"_s, u"spec"_s, u"template"_s, u"spec"_s});
    }
    int jobOf(const QString &name) const
    {
        return indexOf(m_set.at({u"spec"_s, u"replicatedJobs"_s}).toArray(), name);
    }

    void patches()
    {
        for (const QJsonValue patch : m_spec.value("runtimePatches"_L1).toArray()) {
            const QJsonValue body =
                manifest::valueAt(patch, {u"trainingRuntimeSpec"_s, u"template"_s});
            if (body.isObject())
                m_set.merge({}, body, {Origin::Patch, patch.toObject().value("manager"_L1).toString()});
        }
        for (const QString &field : {u"podTemplateOverrides"_s, u"podSpecOverrides"_s}) {
            for (const QJsonValue entry : m_spec.value(field).toArray())
                laidOver(entry.toObject(), field == "podSpecOverrides"_L1);
        }
    }

    void laidOver(QJsonObject entry, bool whole)
    {
        const QJsonArray targets = entry.take(u"targetJobs"_s).toArray();
        for (const QJsonValue target : targets) {
            const QString name = target.toObject().value("name"_L1).toString();
            const int index = jobOf(name);
            if (index < 0)
                continue;
            if (whole)
                m_set.merge(podOf(index), entry, {Origin::Patch, name});
            else
                m_set.merge(podOf(index).parent(), entry, {Origin::Patch, name});
        }
    }

    void train(const QString &name)
    {
        const int index = jobOf(name);
        const int inside = index < 0
            ? -1
            : indexOf(m_set.at(under(podOf(index), {u"containers"_s})).toArray(), facts(JobKind::TrainJob).container);
        if (inside < 0)
            return;
        const QJsonObject mpi = m_policy.value("mpi"_L1).toObject();
        const bool launched = m_policy.contains("mpi"_L1) && name == "node"_L1; // by another job, over SSH
        const bool launcherTrains = mpi.value("runLauncherAsNode"_L1).toBool();
        const QJsonObject trainer = m_spec.value("trainer"_L1).toObject();
        const Path container = under(podOf(index), {u"containers"_s}).item(inside);
        if (!launched) {
            for (const QString &field : {u"image"_s, u"command"_s, u"args"_s}) {
                if (trainer.contains(field))
                    m_set.set(under(container, {field}), trainer.value(field), {});
            }
        }
        if (!launched || launcherTrains) {
            if (trainer.contains("env"_L1)) {
                m_set.fill(under(container, {u"env"_s}), QJsonArray(), {});
                m_set.merge(under(container, {u"env"_s}), trainer.value("env"_L1), {});
            }
            if (trainer.contains("resourcesPerNode"_L1)) {
                m_set.fill(under(container, {u"resources"_s}), QJsonObject(), {});
                m_set.merge(under(container, {u"resources"_s}), trainer.value("resourcesPerNode"_L1), {});
            }
        }
        const QJsonValue wanted = trainer.contains("numNodes"_L1) ? trainer.value("numNodes"_L1) : m_policy.value("numNodes"_L1);
        const Mark counted = trainer.contains("numNodes"_L1) ? Mark() : m_says;
        const bool launcher = m_policy.contains("mpi"_L1) && !launched;
        if (wanted.isDouble() && !launcher) {
            const int nodes = launched && launcherTrains ? std::max(1, wanted.toInt() - 1) : wanted.toInt();
            for (const QString &field : {u"parallelism"_s, u"completions"_s})
                m_set.set(under(replicated(index), {u"template"_s, u"spec"_s, field}), nodes, counted);
        }
        if (m_policy.contains("torch"_L1) && !trainer.isEmpty())
            torch(container, wanted.toInt(1));
    }

    void torch(const Path &container, int nodes)
    {
        const QJsonObject trainer = m_spec.value("trainer"_L1).toObject();
        const QJsonValue processes = trainer.value("numProcPerNode"_L1);
        const auto put = [&](const QString &name, const QJsonObject &value) {
            QJsonObject entry = value;
            entry.insert(u"name"_s, name);
            m_set.fill(under(container, {u"env"_s}), QJsonArray(), {Origin::Operator, {}});
            m_set.merge(under(container, {u"env"_s}), QJsonArray{entry}, {Origin::Operator, {}});
        };
        const auto text = [](const QString &value) { return QJsonObject{{u"value"_s, value}}; };
        put(u"PET_NNODES"_s, text(QString::number(nodes)));
        if (processes.isDouble() || (processes.isString() && processes.toString() != "auto"_L1))
            put(u"PET_NPROC_PER_NODE"_s, text(quantity(processes)));
        const QString rank = u"metadata.annotations['batch.kubernetes.io/job-completion-index']"_s;
        put(u"PET_NODE_RANK"_s,
            {{u"valueFrom"_s, QJsonObject{{u"fieldRef"_s, QJsonObject{{u"fieldPath"_s, rank}}}}}});
        put(u"PET_MASTER_ADDR"_s, text(m_name + u"-node-0-0."_s + m_name));
        put(u"PET_MASTER_PORT"_s, text(u"29500"_s));
    }
};

/// Port by which the operator's pods find each other; it adds it to the container where that has none of the name.
std::pair<QString, int> portOf(JobKind kind)
{
    switch (kind) {
    case JobKind::PyTorchJob: return {u"pytorchjob-port"_s, 23456};
    case JobKind::TFJob: return {u"tfjob-port"_s, 2222};
    case JobKind::XGBoostJob: return {u"xgboostjob-port"_s, 9999};
    case JobKind::PaddleJob: return {u"master"_s, 36543};
    case JobKind::JAXJob: return {u"jaxjob-port"_s, 6666};
    case JobKind::MPIJob:
    case JobKind::MPIJobV2:
    case JobKind::TrainJob:
    case JobKind::JobSet:
    case JobKind::RayJob:
    case JobKind::RayCluster: break;
    }
    return {};
}

Merged ofV1(const QJsonObject &job)
{
    const Layout layout(job, {});
    const JobKindFacts &kind = facts(layout.kind());
    const Mark operators{Origin::Operator, {}};
    Merged merged(job, {});
    for (const QString &role : layout.roles()) {
        const bool worker = role == "Worker"_L1;
        const Path replica = layout.role(role);
        merged.fill(under(replica, {u"replicas"_s}), worker && kind.isMpi() ? 0 : 1, operators);
        merged.fill(under(replica, {u"restartPolicy"_s}),
            worker && kind.id == JobKind::MPIJobV2 ? u"Never"_s : kind.defaultRestartPolicy, operators);
        const QString policy = merged.at(under(replica, {u"restartPolicy"_s})).toString();
        const Path pod = under(replica, {u"template"_s, u"spec"_s});
        // The replica's counts, and what ends with an exit code is not started again by the kubelet.
        merged.set(under(pod, {u"restartPolicy"_s}), policy == "ExitCode"_L1 ? u"Never"_s : policy, operators);
        const int inside = indexOf(merged.at(under(pod, {u"containers"_s})).toArray(), kind.container);
        const auto [name, port] = portOf(kind.id);
        if (inside < 0 || port == 0)
            continue;
        const Path ports = under(under(pod, {u"containers"_s}).item(inside), {u"ports"_s});
        merged.fill(ports, QJsonArray(), operators);
        const QJsonArray there = merged.at(ports).toArray();
        if (indexOf(there, name) < 0)
            merged.set(Path(ports).item(static_cast<int>(there.size())),
                QJsonObject{{u"name"_s, name}, {u"containerPort"_s, port}, {u"protocol"_s, u"TCP"_s}}, operators);
    }
    merged.fill(under(layout.policy(), {u"cleanPodPolicy"_s}), u"None"_s, operators);
    merged.fill(under(layout.policy(), {u"suspend"_s}), false, operators);
    if (kind.id == JobKind::PyTorchJob && merged.at({u"spec"_s, u"elasticPolicy"_s}).isUndefined())
        merged.fill({u"spec"_s, u"nprocPerNode"_s}, u"auto"_s, operators);
    if (kind.isMpi())
        merged.fill({u"spec"_s, u"slotsPerWorker"_s}, 1, operators);
    const QString queue = merged.at(Path{u"metadata"_s, u"labels"_s}.field(kQueueName)).toString();
    if (!queue.isEmpty())
        merged.set(under(layout.policy(), {u"suspend"_s}), true, {Origin::Queue, queue});
    return merged;
}

Merged merged(const QJsonObject &job, const QJsonObject &runtime)
{
    if (!Layout(job, {}).isTrainJob())
        return ofV1(job);
    return runtime.isEmpty() ? Merged(job, {}) : TrainJobMerge(job, runtime).result();
}

void noteQueue(Effective &effective, const QJsonObject &job)
{
    const QString queue = manifest::valueAt(job, Path{u"metadata"_s, u"labels"_s}.field(kQueueName)).toString();
    if (!queue.isEmpty())
        effective.notes.append(EffectiveWords::tr("Kueue keeps it suspended until LocalQueue %1 admits it, and then adds "
                                                  "node labels and tolerations of the flavor.")
                .arg(text::safe(queue)));
}

} // namespace

QString originWord(Origin origin)
{
    switch (origin) {
    case Origin::Job: break;
    case Origin::Runtime: return u"runtime"_s;
    case Origin::Patch: return u"patch"_s;
    case Origin::Queue: return u"queue"_s;
    case Origin::Operator: return u"operator"_s;
    }
    return u"job"_s;
}

Effective effective(const QJsonObject &job, const QJsonObject &runtime)
{
    const Merged whole = merged(job, runtime);
    Effective effective{whole.object(), whole.lines(), {}};
    if (Layout(job, {}).isTrainJob()) {
        const QJsonValue deadline = job.value("spec"_L1)["activeDeadlineSeconds"_L1];
        if (runtime.isEmpty())
            effective.notes.append(EffectiveWords::tr("Its runtime was not read: what it is laid over is not known."));
        else if (!deadline.isUndefined())
            effective.notes.append(EffectiveWords::tr("Trainer itself ends the job after %1 s.").arg(deadline.toInt()));
    }
    noteQueue(effective, job);
    return effective;
}

QJsonObject effectiveObject(const QJsonObject &job, const QJsonObject &runtime)
{
    return merged(job, runtime).object();
}

Spec effectiveSpec(const QJsonObject &job, const QJsonObject &runtime)
{
    Spec spec = specOf(Objects{job, runtime});
    if (runtime.isEmpty())
        return spec;
    // The pods are what the runtime, the patches of every manager and the trainer make of them together: laid out as a runtime
    // again, so that the same places hold.
    QJsonObject body = runtime.value("spec"_L1).toObject();
    QJsonObject jobs = body.value("template"_L1).toObject();
    jobs.insert(u"spec"_s, effectiveObject(job, runtime).value("spec"_L1));
    body.insert(u"template"_s, jobs);
    QJsonObject whole = runtime;
    whole.insert(u"spec"_s, body);
    const Layout layout(whole, {});
    if (layout.containers().isEmpty())
        return spec;
    const QJsonObject container = manifest::valueAt(whole, layout.containers().last()).toObject();
    Spec pods;
    readPod(pods, manifest::valueAt(whole, layout.pods().last()).toObject(), container);
    spec.mounts = pods.mounts;
    spec.sharedMemory = pods.sharedMemory;
    spec.nodeSelector = pods.nodeSelector;
    spec.tolerations = pods.tolerations;
    spec.pullSecrets = pods.pullSecrets;
    spec.priorityClass = pods.priorityClass;
    spec.serviceAccount = pods.serviceAccount;
    spec.token = pods.token;
    spec.user = pods.user;
    spec.confined = pods.confined;
    spec.graceSeconds = pods.graceSeconds;
    // The program is the first one's: of an MPI runtime the launcher's, as the job's is.
    const QJsonObject process = manifest::valueAt(whole, layout.containers().first()).toObject();
    if (spec.command.isEmpty())
        spec.command = texts(process.value("command"_L1));
    if (spec.args.isEmpty())
        spec.args = texts(process.value("args"_L1));
    for (const QJsonValue entry : process.value("env"_L1).toArray()) {
        const Variable variable = variableOf(entry.toObject());
        // Those are Trainer's own, put in for torchrun.
        if (!variable.name.startsWith("PET_"_L1) && std::ranges::find(spec.variables, variable.name, &Variable::name) == spec.variables.end())
            spec.variables.append(variable);
    }
    if (!manifest::valueAt(job, {u"spec"_s, u"trainer"_s, u"numNodes"_s}).isDouble())
        spec.nodes = number(manifest::valueAt(runtime, {u"spec"_s, u"mlPolicy"_s, u"numNodes"_s})).value_or(spec.nodes);
    const Resources resources = resourcesOf(container.value("resources"_L1).toObject());
    if (spec.image.isEmpty())
        spec.image = container.value("image"_L1).toString();
    if (spec.each.cpu.isEmpty())
        spec.each.cpu = resources.cpu;
    if (spec.each.memory.isEmpty())
        spec.each.memory = resources.memory;
    if (spec.each.gpus == 0 && resources.gpus > 0) {
        spec.each.gpu = resources.gpu;
        spec.each.gpus = resources.gpus;
    }
    return spec;
}

} // namespace cairn::launch
