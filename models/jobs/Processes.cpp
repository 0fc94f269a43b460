// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Processes.h"

#include "base/Text.h"
#include "jobs/Argv.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

constexpr qint64 kMost = 1'000'000;

std::optional<qint64> number(const QString &text)
{
    bool ok = false;
    const qint64 value = text.toLongLong(&ok);
    return ok && value > 0 && value <= kMost ? std::optional(value) : std::nullopt;
}

std::optional<qint64> number(const QJsonValue &value)
{
    return value.isDouble() ? number(QString::number(value.toInteger())) : number(value.toString());
}

bool runs(const QStringList &words, std::initializer_list<QStringView> programs)
{
    return std::ranges::any_of(words, [&](const QString &word) {
        const QString name = word.section(u'/', -1);
        return std::ranges::any_of(programs, [&](QStringView program) { return name == program; });
    });
}

class Count
{
public:
    Count(const Job &job, const QJsonObject &object) : m_job(job), m_spec(object.value(u"spec"_s)), m_words(visibleWords({job.command, job.args})) {}

    Processes run()
    {
        m_result.change = fields();
        if (m_job.facts().isMpi())
            mpi();
        else
            replicated();
        return m_result;
    }

private:
    const Job &m_job;
    const QJsonValue m_spec;
    const QStringList m_words;
    Processes m_result;

    void unknown(const QString &why) { m_result.told = why; }
    void total(qint64 count, const QString &told)
    {
        m_result.count = count;
        m_result.told = told;
    }
    void product(qint64 nodes, qint64 each)
    {
        //: %1 nodes or replicas, %2 processes of one
        total(nodes * each, Words::tr("%1 nodes × %2 processes").arg(nodes).arg(each));
    }

    QString fields() const
    {
        if (m_job.facts().isTrainJob())
            return u"spec.trainer.numNodes × spec.trainer.numProcPerNode"_s;
        const QString replicas = u"spec.%1.*.replicas"_s.arg(m_job.facts().replicaSpecs);
        if (m_job.facts().isMpi())
            return u"spec.mpiReplicaSpecs.Worker.replicas × spec.slotsPerWorker"_s;
        return m_job.kind == JobKind::PyTorchJob ? replicas + u" × spec.nprocPerNode"_s : replicas;
    }

    std::optional<QString> flag(std::initializer_list<QStringView> names) const
    {
        for (const QStringView name : names) {
            if (const std::optional<QString> value = flagValue(m_words, name.toString()); value && !value->isEmpty())
                return expanded(*value, m_job.env);
        }
        return std::nullopt;
    }

    /// "-np 8", "-n 8": of mpirun alone, whose options have one dash.
    std::optional<QString> dashed(std::initializer_list<QStringView> names) const
    {
        for (qsizetype i = 0; i + 1 < m_words.size(); ++i) {
            if (std::ranges::any_of(names, [&](QStringView name) { return m_words[i] == name; }))
                return m_words[i + 1];
        }
        return std::nullopt;
    }

    void mpi()
    {
        const auto workers = std::ranges::find(m_job.replicas, u"Worker"_s, &ReplicaGroup::role);
        const qint64 count = workers == m_job.replicas.end() ? 0 : workers->desired;
        const QJsonValue perWorker = m_spec[u"slotsPerWorker"_s];
        const std::optional<qint64> each = perWorker.isUndefined() || perWorker.isNull() ? std::optional<qint64>(1) : number(perWorker);
        if (runs(m_words, {u"mpirun", u"mpiexec", u"horovodrun"})) {
            if (const std::optional<QString> said = dashed({u"-np", u"-n", u"--np"})) {
                if (const std::optional<qint64> n = number(*said))
                    total(*n, Words::tr("mpirun starts %1").arg(*n));
                else
                    unknown(Words::tr("The launcher takes their number from %1.").arg(text::safe(*said)));
                return;
            }
            if (count > 0 && each)
                return product(count, *each);
        }
        unknown(Words::tr("The command of the launcher does not tell how many it starts."));
    }

    /// Replicas that train: neither parameter servers nor evaluators.
    std::optional<qint64> nodes()
    {
        const QJsonValue elastic = m_spec[u"elasticPolicy"_s];
        if (elastic.isObject() && elastic[u"minReplicas"_s] != elastic[u"maxReplicas"_s]) {
            unknown(Words::tr("The job is elastic: their number changes while it runs."));
            return std::nullopt;
        }
        qint64 count = 0;
        for (const ReplicaGroup &group : m_job.replicas) {
            if (group.role == u"PS" || group.role == u"Evaluator")
                continue;
            // What the runtime says was not read where not even an image is known.
            if (group.countOfRuntime && m_job.image.isEmpty()) {
                unknown(Words::tr("The number of nodes is in the runtime, which was not read."));
                return std::nullopt;
            }
            count += group.desired;
        }
        if (count <= 0)
            unknown(Words::tr("The job does not tell how many replicas it has."));
        return count > 0 ? std::optional(count) : std::nullopt;
    }

    qint64 gpusEach() const
    {
        double most = 0;
        for (const ReplicaGroup &group : m_job.replicas)
            most = std::max(most, group.gpusEach);
        return std::floor(most) == most && most <= kMost ? static_cast<qint64>(most) : 0;
    }

    /// What the operator tells torchrun, or mpirun of a TrainJob: a number, "auto", "gpu", "cpu"; "" for nothing.
    QString told() const
    {
        for (const QJsonValue &value : {m_spec[u"nprocPerNode"_s], m_spec[u"elasticPolicy"_s][u"nProcPerNode"_s]}) {
            if (value.isDouble())
                return QString::number(value.toInteger());
            if (!value.toString().isEmpty())
                return value.toString();
        }
        if (!m_job.processesPerNode.isEmpty())
            return m_job.processesPerNode;
        return m_job.kind == JobKind::PyTorchJob || m_job.facts().isTrainJob() ? u"auto"_s : QString();
    }

    void perNode(qint64 nodes, const QString &said)
    {
        if (const std::optional<qint64> n = number(said))
            return product(nodes, *n);
        if (const qint64 gpus = gpusEach(); gpus > 0 && (said == u"auto" || said == u"gpu"))
            return product(nodes, gpus);
        unknown(said == u"auto" || said == u"gpu" || said == u"cpu"
                    ? Words::tr("Each node starts as many as it finds devices (%1), and the job asks for no GPU.").arg(said)
                    : Words::tr("Their number per node is %1, which the job does not tell.").arg(text::safe(said)));
    }

    void replicated()
    {
        if (const auto said = flag({u"--num_processes"}); said && runs(m_words, {u"accelerate"})) {
            if (const std::optional<qint64> n = number(*said))
                return total(*n, Words::tr("accelerate starts %1").arg(*n));
        }
        const auto gpus = flag({u"trainer.n_gpus_per_node"});
        const auto machines = flag({u"trainer.nnodes"});
        if (gpus && machines && number(*gpus) && number(*machines))
            return product(*number(*machines), *number(*gpus));
        const std::optional<qint64> pods = nodes();
        if (!pods)
            return;
        if (runs(m_words, {u"torchrun", u"torch.distributed.run", u"torch.distributed.launch"})) {
            const auto asked = flag({u"--nnodes"});
            if (asked && !number(*asked))
                return unknown(Words::tr("torchrun is told %1 nodes.").arg(text::safe(*asked)));
            const auto named = flag({u"--nproc_per_node"});
            const QString variable = m_job.env.value(u"PET_NPROC_PER_NODE"_s);
            const QString each = named ? *named : !variable.isEmpty() ? variable : told().isEmpty() ? u"1"_s : told();
            return perNode(asked ? *number(*asked) : *pods, each);
        }
        if (const auto devices = flag({u"--trainer.devices"})) {
            const auto count = flag({u"--trainer.num_nodes"});
            return perNode(count && number(*count) ? *number(*count) : 1, *devices);
        }
        if (runs(m_words, {u"deepspeed"})) {
            if (const auto each = flag({u"--num_gpus"}))
                return perNode(*pods, *each);
        }
        if (m_job.facts().isTrainJob() && runs(m_words, {u"mpirun", u"mpiexec"}))
            return perNode(*pods, m_job.processesPerNode.isEmpty() ? u"1"_s : m_job.processesPerNode);
        const bool plain = runs(m_words, {u"python", u"python3"}) && !runs(m_words, {u"accelerate", u"deepspeed", u"accelerate.commands.launch"});
        if (plain && gpusEach() <= 1)
            return product(*pods, 1);
        unknown(Words::tr("The command does not tell how many each pod starts."));
    }
};

} // namespace

Processes processesOf(const Job &job, const QJsonObject &object)
{
    return Count(job, object).run();
}

change::Note whyNotLoadable(const Processes &processes, int needed)
{
    if (needed <= 0 || processes.count == needed)
        return {};
    if (!processes.count)
        return {u"processes-unknown"_s,
                Words::tr("The checkpoint loads only with %1 processes, and how many the job will have is not known. %2").arg(needed).arg(processes.told),
                Words::tr("Make sure that %1 makes %2.", "fields of the job, number").arg(processes.change).arg(needed)};
    return {u"processes"_s,
            Words::tr("The checkpoint loads only with %1 processes, as many as saved it; the job would have %2 (%3).")
                .arg(needed).arg(*processes.count).arg(processes.told),
            Words::tr("Make %1 give %2 in a copy of the job, or choose a checkpoint that loads with any number.", "fields of the job, number")
                .arg(processes.change).arg(needed)};
}

} // namespace cairn::jobs
