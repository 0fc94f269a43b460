// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/TrainerRules.h"

#include "base/Text.h"
#include "domain/Kinds.h"
#include "domain/NameRules.h"
#include "launch/Layout.h"
#include "launch/Runtime.h"
#include "manifest/JsonEdit.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Finding;
using manifest::Path;
using manifest::Schema;

struct TrainerWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::Rules)
};

constexpr qsizetype kMostFindings = 200;

const QString kNode = u"node"_s;
const QString kLauncher = u"launcher"_s;
const QString kDataset = u"dataset-initializer"_s;
const QString kModel = u"model-initializer"_s;
const QString kAncestor = u"trainer.kubeflow.org/trainjob-ancestor-step"_s;

/// "torchtune-llama3.2-1b" → "llama3.2-1b"; "" where it is no name of a runtime of torchtune's, which alone has three parts.
QString tunedModel(const QString &runtime)
{
    const QStringList parts = runtime.split(u'-');
    return parts.size() == 3 ? parts[1] + u'-' + parts[2].toLower() : QString();
}

class TrainerRules {
public:
    TrainerRules(const manifest::Document &document, const QJsonObject &runtime, const Schema *trainJobs, const Schema *runtimes)
        : m_document(document)
        , m_job(document.json().toObject())
        , m_runtime(runtime)
        , m_policy(runtime.value("spec"_L1)["mlPolicy"_L1].toObject())
        , m_trainJobs(trainJobs)
        , m_runtimes(runtimes)
    {
        for (const QJsonValue job : runtime.value("spec"_L1)["template"_L1]["spec"_L1]["replicatedJobs"_L1].toArray()) {
            QStringList &names = m_containers[job["name"_L1].toString()];
            for (const QLatin1StringView list : {"initContainers"_L1, "containers"_L1}) {
                for (const QJsonValue container : job["template"_L1]["spec"_L1]["template"_L1]["spec"_L1][list].toArray())
                    names.append(container["name"_L1].toString());
            }
        }
    }

    QList<Finding> run()
    {
        managedBy();
        initializers();
        trainer();
        overrides();
        patches();
        if (const QJsonObject own = m_document.json(1).toObject(); belongTogether(m_job, own))
            ownRuntime(own);
        return m_found;
    }

private:
    const manifest::Document &m_document;
    const QJsonObject m_job;
    const QJsonObject m_runtime;
    const QJsonObject m_policy;
    const Schema *m_trainJobs;
    const Schema *m_runtimes;
    QMap<QString, QStringList> m_containers; ///< replicated job of the runtime → containers, those that only begin too
    QList<Finding> m_found;

    bool isLaid() const { return !m_runtime.isEmpty(); }
    QJsonObject spec() const { return m_job.value("spec"_L1).toObject(); }

    /// At the place, or at what holds it where it is not written.
    void add(const Path &path, const QString &message)
    {
        Path at = path;
        manifest::Node node = m_document.at(at);
        while (!node.isValid() && !at.isEmpty()) {
            at = Path(at.parent()).in(path.document());
            node = m_document.at(at);
        }
        if (m_found.size() < kMostFindings)
            m_found.append({Finding::Kind::Value, node.place(), node.extent(), path, message, {}});
    }

    void managedBy()
    {
        static const QStringList known{u"trainer.kubeflow.org/trainjob-controller"_s, u"kueue.x-k8s.io/multikueue"_s};
        const QJsonValue who = spec().value("managedBy"_L1);
        if (who.isString() && !known.contains(who.toString()))
            add({u"spec"_s, u"managedBy"_s}, TrainerWords::tr("Trainer takes %1 or %2 here.").arg(known[0], known[1]));
    }

    void initializers()
    {
        for (const auto &[field, name] : {std::pair{u"dataset"_s, kDataset}, std::pair{u"model"_s, kModel}}) {
            if (!isLaid() || !spec().value("initializer"_L1)[field].isObject())
                continue;
            const Path path{u"spec"_s, u"initializer"_s, field};
            if (!m_containers.contains(name))
                add(path, TrainerWords::tr("Its runtime has no replicated job %1, which would do this: choose a runtime that has one.").arg(name));
            else if (!m_containers.value(name).contains(name))
                add(path, TrainerWords::tr("The replicated job %1 of its runtime has no container of that name, which would do this.").arg(name));
        }
    }

    /// Before 2.2, where the number of processes may be a word too, torch jobs without one are not looked at.
    bool looksAtTorch() const
    {
        const bool old = m_trainJobs != nullptr && m_trainJobs->about({u"spec"_s, u"trainer"_s, u"numProcPerNode"_s}).type == "integer or string"_L1;
        return m_policy.contains("torch"_L1) && (!old || !spec().value("trainer"_L1)["numProcPerNode"_L1].isUndefined());
    }

    void trainer()
    {
        const QJsonObject trainer = spec().value("trainer"_L1).toObject();
        const Path path{u"spec"_s, u"trainer"_s};
        const QJsonValue processes = trainer.value("numProcPerNode"_L1);
        static const QStringList words{u"auto"_s, u"cpu"_s, u"gpu"_s};
        if (m_policy.contains("torch"_L1) && processes.isString() && !words.contains(processes.toString()))
            add(under(path, {u"numProcPerNode"_s}), TrainerWords::tr("A runtime of torch takes a number here, or auto, cpu or gpu."));
        if (m_policy.contains("mpi"_L1) && processes.isString())
            add(under(path, {u"numProcPerNode"_s}), TrainerWords::tr("A runtime of MPI takes a number here."));
        const int nodes = trainer.value("numNodes"_L1).toInt(1);
        const bool alone = !m_containers.contains(kLauncher) || !m_containers.contains(kNode);
        if (m_policy.value("mpi"_L1)["runLauncherAsNode"_L1].toBool() && nodes > 1 && alone)
            add(under(path, {u"numNodes"_s}), TrainerWords::tr("Its runtime trains in the launcher alone: it takes one node, or needs the replicated jobs launcher and node."));
        reserved(trainer.value("env"_L1).toArray(), under(path, {u"env"_s}));
        if (looksAtTorch() && trainer.value("command"_L1).toArray() == QJsonArray{u"tune"_s, u"run"_s})
            tuned(nodes);
    }

    void reserved(const QJsonArray &env, const Path &path)
    {
        static const QStringList ofTorch{u"PET_NNODES"_s, u"PET_NPROC_PER_NODE"_s, u"PET_NODE_RANK"_s, u"PET_MASTER_ADDR"_s, u"PET_MASTER_PORT"_s};
        static const QStringList ofXgboost{u"DMLC_TRACKER_URI"_s, u"DMLC_TRACKER_PORT"_s, u"DMLC_TASK_ID"_s, u"DMLC_NUM_WORKER"_s};
        for (int i = 0; i < env.size(); ++i) {
            const QString name = env.at(i)["name"_L1].toString();
            if ((looksAtTorch() && ofTorch.contains(name)) || (m_policy.contains("xgboost"_L1) && ofXgboost.contains(name)))
                add(Path(path).item(i).field(u"name"_s), TrainerWords::tr("Trainer sets %1 itself, and refuses another value: leave it out.").arg(name));
        }
    }

    void tuned(int nodes)
    {
        static const QStringList models{u"llama3.2-1b"_s, u"llama3.2-3b"_s, u"llama3.3-70b"_s, u"qwen2.5-1.5b"_s};
        const QString model = tunedModel(spec().value("runtimeRef"_L1)["name"_L1].toString());
        if (!models.contains(model))
            add({u"spec"_s, u"runtimeRef"_s, u"name"_s},
                TrainerWords::tr("For “tune run” Trainer takes the model from the name of the runtime, and knows torchtune-%1.").arg(models.join(u", torchtune-"_s)));
        else if (nodes > 1 && model != models[2])
            add({u"spec"_s, u"trainer"_s, u"numNodes"_s}, TrainerWords::tr("Trainer tunes %1 on one node alone.").arg(model));
    }

    /// Of 2.0 (podSpecOverrides) and 2.1 (podTemplateOverrides).
    void overrides()
    {
        for (const QString &field : {u"podSpecOverrides"_s, u"podTemplateOverrides"_s}) {
            QStringList seen;
            const QJsonArray entries = spec().value(field).toArray();
            for (int i = 0; i < entries.size(); ++i) {
                const Path entry = Path{u"spec"_s, field}.item(i);
                const bool whole = field == "podSpecOverrides"_L1;
                const QJsonObject pod = whole ? entries.at(i).toObject() : entries.at(i)["spec"_L1].toObject();
                const QJsonArray targets = entries.at(i)["targetJobs"_L1].toArray();
                for (int j = 0; j < targets.size(); ++j) {
                    const QString job = targets.at(j)["name"_L1].toString();
                    const Path target = under(entry, {u"targetJobs"_s}).item(j).field(u"name"_s);
                    if (whole && seen.contains(job))
                        add(target, TrainerWords::tr("Another override is for %1 already: this version of Trainer takes one for each replicated job.").arg(text::safe(job)));
                    seen.append(job);
                    patched(job, target, pod, whole ? entry : under(entry, {u"spec"_s}));
                }
            }
        }
    }

    /// From 2.2 on.
    void patches()
    {
        static const QRegularExpression way(u"\\A[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+\\z"_s);
        const QJsonArray entries = spec().value("runtimePatches"_L1).toArray();
        for (int i = 0; i < entries.size(); ++i) {
            const Path entry = Path{u"spec"_s, u"runtimePatches"_s}.item(i);
            const QString manager = entries.at(i)["manager"_L1].toString();
            if (!rules::isDnsName(manager.section(u'/', 0, 0)) || !way.match(manager.section(u'/', 1)).hasMatch())
                add(under(entry, {u"manager"_s}), TrainerWords::tr("The manager of a patch is a domain and a path, such as example.com/team."));
            const Path jobs = under(entry, {u"trainingRuntimeSpec"_s, u"template"_s, u"spec"_s, u"replicatedJobs"_s});
            const QJsonArray replicated = manifest::valueAt(m_job, jobs).toArray();
            for (int j = 0; j < replicated.size(); ++j) {
                const Path job = Path(jobs).item(j);
                const Path pod = under(job, {u"template"_s, u"spec"_s, u"template"_s, u"spec"_s});
                patched(replicated.at(j)["name"_L1].toString(), under(job, {u"name"_s}), manifest::valueAt(m_job, pod).toObject(), pod);
            }
        }
    }

    void patched(const QString &job, const Path &target, const QJsonObject &pod, const Path &path)
    {
        if (isLaid() && !m_containers.contains(job)) {
            add(target, TrainerWords::tr("Its runtime has no replicated job %1. It has %2.").arg(text::safe(job), text::safe(m_containers.keys().join(u", "_s))));
            return;
        }
        for (const QString &list : {u"initContainers"_s, u"containers"_s}) {
            const QJsonArray containers = pod.value(list).toArray();
            for (int i = 0; i < containers.size(); ++i) {
                const QString name = containers.at(i)["name"_L1].toString();
                const Path container = under(path, {list}).item(i);
                if (isLaid() && !m_containers.value(job).contains(name))
                    add(under(container, {u"name"_s}),
                        TrainerWords::tr("The replicated job %1 of its runtime has no container %2: only a runtime can add one.").arg(text::safe(job), text::safe(name)));
                else if (list == "containers"_L1 && !containers.at(i)["env"_L1].toArray().isEmpty() && (name == kNode || name == kDataset || name == kModel))
                    add(under(container, {u"env"_s}),
                        name == kNode ? TrainerWords::tr("Trainer takes the variables of this container from spec.trainer.env alone.")
                                      : TrainerWords::tr("Trainer takes the variables of this container from spec.initializer alone."));
            }
        }
    }

    void ownRuntime(const QJsonObject &own)
    {
        const auto at = [](const Path &path) { return Path(path).in(1); };
        const Path policy{u"spec"_s, u"mlPolicy"_s};
        QStringList policies;
        for (const QString &one : {u"torch"_s, u"mpi"_s, u"jax"_s, u"xgboost"_s, u"flux"_s}) {
            if (manifest::valueAt(own, policy).toObject().contains(one))
                policies.append(one);
        }
        if (policies.size() > 1)
            add(at(under(policy, {policies.last()})), TrainerWords::tr("A runtime has one policy, and this one has %1.").arg(policies.join(u", "_s)));
        // 2.0, which knows no Volcano, looks at the launcher and at no container.
        const bool old = m_runtimes != nullptr && !m_runtimes->about({u"spec"_s, u"podGroupPolicy"_s, u"volcano"_s}).known;
        const Path jobs{u"spec"_s, u"template"_s, u"spec"_s, u"replicatedJobs"_s};
        const QJsonArray replicated = manifest::valueAt(own, jobs).toArray();
        for (int i = 0; i < replicated.size(); ++i) {
            const QJsonValue job = replicated.at(i);
            const QString step = job["template"_L1]["metadata"_L1]["labels"_L1][kAncestor].toString();
            const bool known = step == "trainer"_L1 || step == kDataset || step == kModel;
            if ((known || (old && job["name"_L1].toString() == kLauncher)) && job["replicas"_L1].toInt(1) != 1)
                add(at(under(Path(jobs).item(i), {u"replicas"_s})), TrainerWords::tr("Trainer takes 1 here; the number of nodes is spec.trainer.numNodes of the job."));
            const QString wanted = step == "trainer"_L1 ? kNode : step;
            const QJsonArray containers = job["template"_L1]["spec"_L1]["template"_L1]["spec"_L1]["containers"_L1].toArray();
            if (known && !old && std::ranges::none_of(containers, [&](const QJsonValue &one) { return one["name"_L1].toString() == wanted; }))
                add(at(under(Path(jobs).item(i), {u"template"_s, u"spec"_s, u"template"_s, u"spec"_s, u"containers"_s})),
                    TrainerWords::tr("A replicated job that is marked as %1 has a container named %2.").arg(step, wanted));
        }
    }
};

} // namespace

QList<manifest::Finding> trainerFindings(const manifest::Document &document, const QJsonObject &runtime, const Schema *trainJobs, const Schema *runtimes)
{
    const manifest::Node root = document.root();
    if (!root.isValid() || root.json().isUndefined())
        return {};
    const QJsonObject job = root.json().toObject();
    const ResourceKind &kind = facts(JobKind::TrainJob).resource;
    if (job.value("kind"_L1).toString() != kind.kind || job.value("apiVersion"_L1).toString() != kind.apiVersion())
        return {};
    QList<Finding> findings = TrainerRules(document, runtime, trainJobs, runtimes).run();
    std::ranges::stable_sort(findings, {}, [](const Finding &finding) { return finding.place.offset; });
    return findings;
}

} // namespace cairn::launch
