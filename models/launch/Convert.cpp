// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Convert.h"

#include "base/Names.h"
#include "jobs/ShownOnly.h"
#include "launch/ConvertWords.h"
#include "launch/Converter.h"
#include "launch/Review.h"
#include "manifest/Prune.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using Fate = Conversion::Fate;
using manifest::Path;

const QString kWorker = u"Worker"_s;
const QString kLauncher = u"Launcher"_s;
const QString kNode = u"node"_s;

} // namespace

QString listed(const QStringList &names)
{
    QStringList safe;
    for (const QString &name : names)
        safe.append(text::safe(name));
    return safe.join(u", "_s);
}

QJsonObject Converter::trainerOf(const QString &role) const
{
    const QJsonArray containers = podOf(role).value("containers"_L1).toArray();
    for (const QJsonValue one : containers) {
        if (nameIn(one) == m_facts.container)
            return one.toObject();
    }
    return containers.isEmpty() || !m_facts.container.isEmpty() ? QJsonObject() : containers.first().toObject();
}

Result<> Converter::begin()
{
    const QString kind = m_job.value("kind"_L1).toString();
    const QString version = m_job.value("apiVersion"_L1).toString();
    const auto known = std::ranges::find_if(jobKinds(),
        [&](const JobKindFacts &one) { return one.resource.kind == kind && one.resource.apiVersion() == version; });
    if (known == jobKinds().end())
        return fail(Error::Kind::Unsupported, ConvertTr::tr("%1 is not a kind of training job.").arg(text::safe(kind)));
    if (const change::Note refusal = jobs::shownOnly(known->id); !refusal.id.isEmpty())
        return fail(Error::Kind::Unsupported, refusal.text, {}, refusal.fix);
    if (known->isTrainJob())
        return fail(Error::Kind::Unsupported, ConvertTr::tr("It is a TrainJob already."));
    const QStringList there = m_layout.roles();
    for (const QString &role : {m_facts.isMpi() ? kLauncher : m_layout.oneRole(), kWorker}) {
        if (m_lead.isEmpty() && there.contains(role))
            m_lead = role;
    }
    if (m_lead.isEmpty())
        return fail(Error::Kind::Unsupported, ConvertTr::tr("It has no replica that trains."),
            ConvertTr::tr("A TrainJob runs one program on all its nodes; this job has neither %1 nor Worker.")
                .arg(m_facts.isMpi() ? kLauncher : m_facts.roles.first()));
    Spec spec;
    spec.kind = JobKind::TrainJob;
    spec.name = m_to.name.isEmpty() ? m_spec.name : m_to.name;
    spec.ns = m_spec.ns;
    spec.runtime = m_to.runtime;
    spec.ownRuntime = m_to.ownRuntime;
    spec.nodes = std::max(1, m_spec.nodes);
    const Result<QJsonObject> made = newJob(spec, m_to.fields);
    if (!made)
        return fail(made.error());
    m_made.job = *made;
    return {};
}

/// Labels and annotations stay, but what Cairn wrote about the other job, and whoever manages that one.
void Converter::metadata()
{
    static const QStringList ofTheOther{u"resume"_s, u"resume-id"_s, u"change"_s, u"cloned-from"_s, u"worked-on-by"_s};
    const QJsonObject clean = manifest::forClone(m_job).value("metadata"_L1).toObject();
    const QJsonObject raw = m_job.value("metadata"_L1).toObject();
    QStringList left;
    for (const QString &map : {u"labels"_s, u"annotations"_s}) {
        QJsonObject kept = clean.value(map).toObject();
        for (const QString &name : raw.value(map).toObject().keys()) {
            if (!kept.contains(name) && name != "kubectl.kubernetes.io/last-applied-configuration"_L1)
                left.append(name);
        }
        if (map == "annotations"_L1) {
            for (const QString &name : ofTheOther)
                kept.remove(QString(names::prefix) + name);
            kept.insert(names::name("converted-from"_L1), m_facts.resource.kind + u'/' + m_spec.name);
        }
        if (!kept.isEmpty())
            set({u"metadata"_s, map}, kept);
    }
    for (const QJsonValue owner : raw.value("ownerReferences"_L1).toArray())
        left.append(owner.toObject().value("kind"_L1).toString() + u' ' + nameIn(owner));
    if (!left.isEmpty())
        point(u"managed"_s, u"metadata"_s, Fate::Otherwise,
            ConvertTr::tr("Nobody but you manages the TrainJob: left out are %1.").arg(listed(left)),
            ConvertTr::tr("Put the TrainJob where the job comes from, in place of it."));
    if (!m_spec.queue.isEmpty())
        point(u"queue"_s, u"metadata.labels[\"kueue.x-k8s.io/queue-name\"]"_s, Fate::Moved,
            ConvertTr::tr("It waits in queue %1 as well.").arg(text::safe(m_spec.queue)),
            ConvertTr::tr("Kueue has to be set up for TrainJobs (integrations.frameworks)."));
}

void Converter::policies()
{
    const QJsonObject spec = m_job.value("spec"_L1).toObject();
    for (auto it = spec.begin(); it != spec.end(); ++it) {
        if (it.key() == m_facts.replicaSpecs)
            continue;
        if (it.key() == "runPolicy"_L1) {
            const QJsonObject policy = it->toObject();
            for (auto field = policy.begin(); field != policy.end(); ++field)
                runPolicy(field.key(), *field);
        } else {
            ofKind(it.key(), *it);
        }
    }
}

void Converter::runPolicy(const QString &name, const QJsonValue &value)
{
    const QString field = u"spec.runPolicy."_s + name;
    const QJsonObject jobSet = m_runtime.jobSet();
    if (name == "suspend"_L1) {
        // As with a clone: one converts a job that was suspended for it.
        if (value.toBool())
            point(u"suspend"_s, field, Fate::Otherwise, ConvertTr::tr("The TrainJob is not suspended: it trains as soon as it is made."));
    } else if (name == "activeDeadlineSeconds"_L1) {
        if (m_to.fields.deadline) {
            set({u"spec"_s, u"activeDeadlineSeconds"_s}, value);
            point(u"deadline"_s, field, Fate::Moved, ConvertTr::tr("spec.activeDeadlineSeconds; it counts anew when the job is resumed."));
        } else {
            point(u"deadline"_s, field, Fate::Lost, ConvertTr::tr("It runs for as long as it takes: this Trainer has no deadline (2.2 has)."));
        }
    } else if (name == "backoffLimit"_L1) {
        const QJsonValue tries = jobSet.value("failurePolicy"_L1).toObject().value("maxRestarts"_L1);
        const QJsonValue limit = m_runtime.replicated(kNode).value("backoffLimit"_L1);
        QString text = ConvertTr::tr("The runtime decides how often it is tried.");
        if (m_runtime.known())
            text = ConvertTr::tr("The runtime decides: all of it is tried %1 more time(s), and each pod's Job has %2 tries.")
                       .arg(tries.toInt()).arg(limit.isDouble() ? QString::number(limit.toInt()) : ConvertTr::tr("Kubernetes' 6"));
        point(u"backoff-limit"_s, field, Fate::Otherwise, text, ownRuntime());
    } else if (name == "cleanPodPolicy"_L1) {
        cleanPods(field, value.toString());
    } else if (name == "ttlSecondsAfterFinished"_L1) {
        const QJsonValue ttl = jobSet.value("ttlSecondsAfterFinished"_L1);
        point(u"ttl"_s, field, Fate::Lost,
            ttl.isDouble() ? ConvertTr::tr("The runtime decides: its pods go %1 s after the end; the TrainJob stays until somebody deletes it.").arg(ttl.toInt())
                           : ConvertTr::tr("Job and pods stay until somebody deletes them."),
            ConvertTr::tr("Delete it with: cairnctl job delete"));
    } else if (name == "schedulingPolicy"_L1) {
        point(u"gang"_s, field, Fate::Lost,
            m_to.runtimeObject.value("spec"_L1).toObject().contains("podGroupPolicy"_L1)
                ? ConvertTr::tr("Its pods are scheduled together as podGroupPolicy of %1 says.").arg(runtimeName())
                : ConvertTr::tr("Its pods are scheduled one by one unless the runtime has a podGroupPolicy, or Kueue admits it."),
            ownRuntime());
    } else if (name == "managedBy"_L1) {
        if (value.toString().startsWith("kueue."_L1)) {
            set({u"spec"_s, u"managedBy"_s}, value);
            point(u"managed-by"_s, field, Fate::Moved, u"spec.managedBy"_s);
        }
    } else {
        point(u"field"_s, field, Fate::Lost, ConvertTr::tr("A TrainJob has no place for it."), ownRuntime());
    }
}

void Converter::ofKind(const QString &name, const QJsonValue &value)
{
    const QString field = u"spec."_s + name;
    if (name == "elasticPolicy"_L1) {
        elastic(value.toObject());
    } else if (name == "nprocPerNode"_L1 || name == "slotsPerWorker"_L1) {
        processes(); // both, once
    } else if (name == "successPolicy"_L1) {
        return; // with the roles: it holds too where it is not said
    } else if (name == "cleanPodPolicy"_L1) {
        cleanPods(field, value.toString());
    } else if (name == "enableDynamicWorker"_L1) {
        if (value.toBool())
            point(u"elastic"_s, field, Fate::Lost, ConvertTr::tr("The number of nodes is fixed while it runs."));
    } else if (m_facts.isMpi()) {
        // Each is the runtime's: spec.mlPolicy.mpi.
        const QJsonObject mpi = m_runtime.policy().value("mpi"_L1).toObject();
        const QJsonValue says = name == "runLauncherAsWorker"_L1 ? mpi.value("runLauncherAsNode"_L1) : mpi.value(name);
        if (m_runtime.known() && says == value)
            return;
        point(u"mpi"_s, field, Fate::Otherwise,
            m_runtime.known() && !says.isUndefined() ? ConvertTr::tr("%1 says %2.").arg(runtimeName(), text::safe(says.toVariant().toString()))
                                                     : ConvertTr::tr("The runtime decides."),
            ownRuntime());
    } else {
        point(u"field"_s, field, Fate::Lost, ConvertTr::tr("A TrainJob has no place for it."), ownRuntime());
    }
}

void Converter::cleanPods(const QString &field, const QString &policy)
{
    if (const QString after = podsAfter(policy); !after.isEmpty())
        point(u"clean-pods"_s, field, Fate::Otherwise, after, ConvertTr::tr("Delete it with: cairnctl job delete"));
}

void Converter::elastic(const QJsonObject &policy)
{
    point(u"elastic"_s, u"spec.elasticPolicy"_s, Fate::Lost,
        ConvertTr::tr("It trains on %n node(s), fixed for as long as it runs; a lost node stops all of them until it is back.", nullptr, std::max(1, m_spec.nodes)));
    for (auto it = policy.begin(); it != policy.end(); ++it) {
        const QString field = u"spec.elasticPolicy."_s + it.key();
        if (it.key() == "metrics"_L1)
            point(u"autoscaler"_s, field, Fate::Lost, ConvertTr::tr("No autoscaler is made for it."));
        else if (it.key() == "maxRestarts"_L1)
            point(u"elastic-restarts"_s, field, Fate::Moved, ConvertTr::tr("The variable PET_MAX_RESTARTS, which torchrun reads."));
        else if (it.key() != "minReplicas"_L1 && it.key() != "maxReplicas"_L1 && it.key() != "nProcPerNode"_L1)
            point(u"rendezvous"_s, field, Fate::Otherwise, ConvertTr::tr("Trainer sets the rendezvous: node 0 is the master."));
    }
}

void Converter::roles()
{
    const QString many = m_layout.manyRole();
    const QString one = m_layout.oneRole();
    const Path specs = m_layout.replicas();
    const QJsonObject all = at(specs).toObject();
    for (auto it = all.begin(); it != all.end(); ++it) {
        const QString field = Path(specs).field(it.key()).text();
        const int count = it->toObject().value("replicas"_L1).toInt(1);
        const QJsonObject said = it->toObject();
        for (const QString &name : said.keys()) {
            if (name != "replicas"_L1 && name != "template"_L1 && name != "restartPolicy"_L1)
                point(u"field"_s, field + u'.' + name, Fate::Lost, ConvertTr::tr("A TrainJob has no place for it."));
        }
        if (it.key() == "PS"_L1)
            point(u"parameter-servers"_s, field, Fate::Breaks,
                ConvertTr::tr("%n parameter server(s) are left out: no runtime of Trainer has any.", nullptr, count),
                ConvertTr::tr("Let the script use MultiWorkerMirroredStrategy, or leave this job as it is."));
        else if (it.key() == "Evaluator"_L1)
            point(u"evaluator"_s, field, Fate::Lost, ConvertTr::tr("Nobody evaluates beside the training."),
                ConvertTr::tr("Evaluate in the training script, or in a job of its own."));
        else if (it.key() != many && it.key() != one && !(m_facts.isMpi() && it.key() == kLauncher))
            point(u"role"_s, field, Fate::Breaks, ConvertTr::tr("Its %n pod(s) are left out: a TrainJob runs one program on all nodes.", nullptr, count));
    }
    restarts(m_lead);
    if (m_layout.roles().contains(many) && m_lead != many && !m_facts.isMpi())
        differences(many);
    // A v1 job is done when its first pod is, whatever the others do.
    const bool everyone = m_facts.isMpi() || m_facts.id == JobKind::JAXJob || at({u"spec"_s, u"successPolicy"_s}).toString() == "AllWorkers"_L1;
    if (m_spec.nodes > 1 && !everyone)
        point(u"success"_s, roleField(m_lead), Fate::Otherwise,
            ConvertTr::tr("It succeeds once every node has ended well, not the first %1 alone.").arg(m_lead));
}

void Converter::restarts(const QString &role)
{
    const QString policy = replica(role).value("restartPolicy"_L1).toString(
        podOf(role).value("restartPolicy"_L1).toString(m_facts.defaultRestartPolicy));
    const QJsonObject pod = m_runtime.replicated(kNode).value("template"_L1).toObject().value("spec"_L1).toObject();
    const QString there = pod.value("restartPolicy"_L1).toString(u"OnFailure"_s);
    if (policy == there)
        return;
    const QString field = roleField(role) + u".restartPolicy"_s;
    if (policy == "ExitCode"_L1)
        point(u"restart-policy"_s, field, Fate::Otherwise,
            ConvertTr::tr("Exit codes are not told apart: pods restart with %1 as the runtime says.").arg(text::safe(there)),
            ConvertTr::tr("Give a TrainingRuntime of your own a failurePolicy with rules."));
    else
        point(u"restart-policy"_s, field, Fate::Otherwise, ConvertTr::tr("Its pods have %1, as the runtime says.").arg(text::safe(there)), ownRuntime());
}

/// All nodes run what the lead's template says.
void Converter::differences(const QString &other)
{
    const QJsonObject here = replica(m_lead);
    const QJsonObject there = replica(other);
    QStringList differ;
    const auto compare = [&](const QJsonObject &a, const QJsonObject &b, const QStringList &without) {
        QStringList names = a.keys() + b.keys();
        names.removeDuplicates();
        names.sort();
        for (const QString &name : std::as_const(names)) {
            if (!without.contains(name) && a.value(name) != b.value(name))
                differ.append(name);
        }
    };
    compare(here, there, {u"replicas"_s, u"template"_s});
    compare(here.value("template"_L1).toObject().value("metadata"_L1).toObject(), there.value("template"_L1).toObject().value("metadata"_L1).toObject(), {u"creationTimestamp"_s});
    compare(podOf(m_lead), podOf(other), {u"containers"_s});
    compare(trainerOf(m_lead), trainerOf(other), {});
    if (podOf(m_lead).value("containers"_L1).toArray().size() != podOf(other).value("containers"_L1).toArray().size())
        differ.append(u"containers"_s);
    if (differ.isEmpty())
        return;
    static const QStringList program{u"image"_s, u"command"_s, u"args"_s, u"env"_s, u"envFrom"_s};
    const bool breaks = std::ranges::any_of(differ, [](const QString &name) { return program.contains(name); });
    point(u"roles-differ"_s, roleField(other), breaks ? Fate::Breaks : Fate::Otherwise,
        ConvertTr::tr("%1 has another %2 than %3. All nodes get what %3 says.").arg(other, listed(differ), m_lead),
        ConvertTr::tr("See whether the program tells nodes apart by their rank."));
}

void Converter::trainer()
{
    const QString role = m_lead;
    const QJsonObject said = trainerOf(role);
    const Path trainer{u"spec"_s, u"trainer"_s};
    for (const QString &name : {u"image"_s, u"command"_s, u"args"_s}) {
        if (said.contains(name))
            set(under(trainer, {name}), said.value(name));
    }
    const QString field = roleField(role) + u".template.spec.containers[name=%1]"_s.arg(nameIn(said));
    environment(said.value("env"_L1).toArray(), field + u".env"_s);
    const QJsonObject resources = (m_facts.isMpi() && m_layout.roles().contains(kWorker) ? trainerOf(kWorker) : said).value("resources"_L1).toObject();
    if (!resources.isEmpty())
        set(under(trainer, {u"resourcesPerNode"_s}), resources);
    if (said.value("command"_L1).toArray().isEmpty() && m_runtime.known()
        && m_runtime.container(m_facts.isMpi() ? kLauncher.toLower() : kNode, u"containers"_s, kNode).contains("command"_L1))
        point(u"command"_s, field, Fate::Breaks, ConvertTr::tr("The job starts what its image starts; the command of %1 would take its place.").arg(runtimeName()),
            ConvertTr::tr("Say the command in spec.trainer.command."));
}

void Converter::environment(const QJsonArray &env, const QString &field)
{
    QJsonArray kept;
    QStringList reserved;
    QStringList taken = m_runtime.known() ? QStringList() : reservedBy(wiredBy(m_facts.id));
    for (const QString &policy : m_runtime.policy().keys())
        taken += reservedBy(policy);
    for (const QJsonValue entry : env) {
        if (taken.contains(nameIn(entry)))
            reserved.append(nameIn(entry));
        else
            kept.append(entry);
    }
    const QJsonValue restarts = at({u"spec"_s, u"elasticPolicy"_s, u"maxRestarts"_s});
    const bool said = std::ranges::any_of(kept, [](const QJsonValue &entry) { return nameIn(entry) == "PET_MAX_RESTARTS"_L1; });
    if (m_facts.id == JobKind::PyTorchJob && restarts.isDouble() && !said)
        kept.append(QJsonObject{{u"name"_s, u"PET_MAX_RESTARTS"_s}, {u"value"_s, QString::number(restarts.toInt())}});
    if (!kept.isEmpty())
        set({u"spec"_s, u"trainer"_s, u"env"_s}, kept);
    if (!reserved.isEmpty())
        point(u"reserved"_s, field, Fate::Otherwise, ConvertTr::tr("Trainer sets %1 itself and refuses them from a job.").arg(listed(reserved)));
}

void Converter::processes()
{
    const QString field = m_facts.isMpi() ? u"spec.slotsPerWorker"_s : u"spec.nprocPerNode"_s;
    const QString word = at({u"spec"_s, u"nprocPerNode"_s}).toString();
    if (m_spec.processes > 0) {
        set({u"spec"_s, u"trainer"_s, u"numProcPerNode"_s}, m_spec.processes);
        point(u"processes"_s, field, Fate::Moved, u"spec.trainer.numProcPerNode"_s);
    } else if (word == "gpu"_L1 || word == "cpu"_L1) {
        point(u"processes"_s, field, Fate::Otherwise, ConvertTr::tr("As many processes as the node has GPUs; without GPUs as it has CPUs."));
    }
}

void Converter::framework()
{
    QStringList words = m_spec.command + m_spec.args;
    for (const Variable &variable : m_spec.variables)
        words.append(variable.value);
    const QString field = roleField(m_lead) + u".template"_s;
    const WiringOf job{m_facts.id, m_runtime.known(), m_runtime.policy(), runtimeName(), std::max(1, m_spec.nodes), m_spec.processes, words};
    for (const Wiring &one : wiringOf(job))
        point(one.id, field, one.breaks ? Fate::Breaks : Fate::Otherwise, one.text, one.fix);
}

void Converter::finish()
{
    m_moved.removeDuplicates();
    if (m_moved.isEmpty()) { // the target alone says nothing
        QJsonObject spec = m_made.job.value("spec"_L1).toObject();
        spec.remove(m_to.fields.patches);
        m_made.job.insert(u"spec"_s, spec);
    }
    if (!m_moved.isEmpty())
        point(u"patches"_s, roleField(m_lead) + u".template"_s, Fate::Moved,
            ConvertTr::tr("Into spec.%1: %2.").arg(m_to.fields.patches, m_moved.join(u", "_s)));
    if (!m_runtime.known())
        point(u"runtime"_s, u"spec"_s, Fate::Otherwise, ConvertTr::tr("What the runtime %1 says was not read.").arg(runtimeName()));
    // The proof of the pudding: both save into the same folder.
    const QString saves = saveFolder(m_job);
    if (!saves.isEmpty() && saveFolder(m_made.job) != saves)
        point(u"checkpoints"_s, roleField(m_lead) + u".template"_s, Fate::Breaks,
            ConvertTr::tr("It would not save into %1 any more.").arg(text::safe(saves)), ConvertTr::tr("Mount the PVC in the runtime."));
    std::ranges::stable_sort(m_made.points, {}, [](const Conversion::Point &one) { return one.fate == Fate::Breaks ? 0 : 1; });
}

Result<Conversion> Converter::convert()
{
    if (const Result<> begun = begin(); !begun)
        return fail(begun.error());
    metadata();
    policies();
    roles();
    trainer();
    framework();
    if (m_facts.isMpi()) {
        pod(kLauncher, u"launcher"_s);
        if (m_layout.roles().contains(kWorker))
            pod(kWorker, kNode);
    } else {
        pod(m_lead, kNode);
    }
    finish();
    if (m_error)
        return fail(*m_error);
    return m_made;
}

QString fateWord(Conversion::Fate fate)
{
    switch (fate) {
    case Fate::Moved: return u"moved"_s;
    case Fate::Otherwise: return u"otherwise"_s;
    case Fate::Lost: return u"lost"_s;
    case Fate::Breaks: break;
    }
    return u"breaks"_s;
}

QString Conversion::breaks() const
{
    const auto first = std::ranges::find(points, Fate::Breaks, &Point::fate);
    return first == points.end() ? QString() : first->text;
}

Result<Conversion> convert(const QJsonObject &job, const ConvertTo &to)
{
    return Converter(job, to).convert();
}

QString runtimeFor(JobKind kind, const QList<QJsonObject> &runtimes)
{
    const auto policy = [](const QJsonObject &runtime) { return runtime.value("spec"_L1).toObject().value("mlPolicy"_L1).toObject(); };
    const QString wanted = wiredBy(kind);
    QStringList fit;
    for (const QJsonObject &runtime : runtimes) {
        // torchtune's runtimes bring their own program.
        const QString framework = runtime.value("metadata"_L1).toObject().value("labels"_L1).toObject().value("trainer.kubeflow.org/framework"_L1).toString();
        const bool suits = wanted.isEmpty() ? !policy(runtime).contains("mpi"_L1) : policy(runtime).contains(wanted);
        if (suits && framework != "torchtune"_L1)
            fit.append(nameIn(runtime.value("metadata"_L1)));
    }
    fit.sort();
    return fit.contains(u"torch-distributed"_s) ? u"torch-distributed"_s : fit.value(0);
}

} // namespace cairn::launch
