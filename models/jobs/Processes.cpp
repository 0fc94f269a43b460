// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Processes.h"

#include "base/Text.h"
#include "jobs/Argv.h"

#include <QCoreApplication>
#include <QSet>
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

QString programOf(const QString &word)
{
    return word.section(u'/', -1);
}

bool isOneOf(QStringView name, std::initializer_list<QStringView> names)
{
    return std::ranges::find(names, name) != names.end();
}

bool isScript(const QString &word)
{
    return word.endsWith(u".py"_s) || word.endsWith(u".sh"_s);
}

enum class Launcher { None, Torchrun, Accelerate, DeepSpeed, Mpirun, Other };

Launcher launcherIn(const QString &word)
{
    const QString name = programOf(word);
    if (isOneOf(name, {u"torchrun", u"torch.distributed.run", u"torch.distributed.launch"}))
        return Launcher::Torchrun;
    if (isOneOf(name, {u"accelerate", u"accelerate.commands.launch"}))
        return Launcher::Accelerate;
    if (isOneOf(name, {u"deepspeed", u"deepspeed.launcher.runner"}))
        return Launcher::DeepSpeed;
    if (isOneOf(name, {u"mpirun", u"mpiexec", u"horovodrun"}))
        return Launcher::Mpirun;
    return name == u"srun" ? Launcher::Other : Launcher::None;
}

/// What starts the processes, with its own options: those before the script, module or program that it starts. What stands
/// behind that is the script's, whatever it is called.
struct Start {
    Launcher launcher = Launcher::None; ///< None also where more than one may count, or a script comes first
    QStringList options;
    QString program;  ///< the word at which the options end; "" for none
    bool alone = true; ///< no launcher is named behind it
};

/// How many words behind an option are its values.
int valuesOf(Launcher launcher, const QString &option)
{
    if (launcher == Launcher::Mpirun) {
        if (isOneOf(option, {u"-mca", u"--mca"}))
            return 2;
        return isOneOf(option, {u"--allow-run-as-root", u"-allow-run-as-root", u"--oversubscribe", u"-oversubscribe", u"--tag-output", u"-v", u"--verbose"}) ? 0 : 1;
    }
    // Of torchrun, accelerate and deepspeed, with "-" as "_".
    static const QSet<QString> bare{
        u"-m"_s, u"-q"_s, u"--module"_s, u"--standalone"_s, u"--no_python"_s, u"--run_path"_s, u"--use_env"_s, u"--cpu"_s, u"--multi_gpu"_s, u"--tpu"_s,
        u"--ipex"_s, u"--use_deepspeed"_s, u"--use_fsdp"_s, u"--use_megatron_lm"_s, u"--use_parallelism_config"_s, u"--use_xpu"_s, u"--quiet"_s,
        u"--debug"_s, u"--same_network"_s, u"--use_mps_device"_s, u"--enable_cpu_affinity"_s, u"--no_ssh"_s, u"--no_ssh_check"_s, u"--no_local_rank"_s,
        u"--save_pid"_s, u"--force_multi"_s, u"--elastic_training"_s, u"--bind_cores_to_rank"_s};
    return option.contains(u'=') || bare.contains(option.startsWith(u"--"_s) ? u"--"_s + option.mid(2).replace(u'-', u'_') : option) ? 0 : 1;
}

Start startOf(const QStringList &words, bool shell)
{
    Start start;
    const auto first = std::ranges::find_if(words, [](const QString &word) { return launcherIn(word) != Launcher::None; });
    if (first == words.end() || std::any_of(words.begin(), first, isScript))
        return start;
    start.launcher = launcherIn(*first);
    auto at = std::next(first);
    if (programOf(*first) == u"accelerate") {
        if (at == words.end() || *at != u"launch")
            return {};
        ++at;
    }
    // mpirun has options of one dash with none, one or two values: its program is what is none of them for sure.
    int values = 0;
    for (; at != words.end(); ++at) {
        if (isScript(*at) || launcherIn(*at) != Launcher::None)
            break;
        if (at->startsWith(u'-'))
            values = valuesOf(start.launcher, *at);
        else if (values-- <= 0 || (start.launcher == Launcher::Mpirun && programOf(*at).startsWith(u"python"_s)))
            break;
        start.options += *at;
    }
    if (at == words.end())
        return start;
    start.program = *at;
    start.alone = std::none_of(at, words.end(), [](const QString &word) { return launcherIn(word) != Launcher::None; });
    // One line may start one after the other, and which of them trains cannot be told.
    return shell && !start.alone ? Start() : start;
}

class Count
{
public:
    Count(const Job &job, const QJsonObject &object)
        : m_job(job), m_spec(object.value(u"spec"_s)), m_words(visibleWords({job.command, job.args})),
          m_start(startOf(m_words, m_words != Argv{job.command, job.args}.all()))
    {
    }

    Processes run()
    {
        m_result.change = m_job.facts().isMpi() ? nodesField() + u" × spec.slotsPerWorker"_s : nodesField() + u" × "_s + eachField();
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
    const Start m_start;
    Processes m_result;

    void unknown(const QString &why) { m_result.told = why; }
    void total(qint64 count, const QString &told)
    {
        m_result.count = count;
        m_result.told = told;
    }
    void product(qint64 nodes, qint64 each)
    {
        //: in parentheses behind a number of processes; %1 nodes or replicas, %2 processes of each
        total(nodes * each, Words::tr("nodes: %1, processes on each: %2").arg(nodes).arg(each));
    }

    QString nodesField() const
    {
        if (m_job.facts().isTrainJob())
            return u"spec.trainer.numNodes"_s;
        return m_job.facts().isMpi() ? u"spec.mpiReplicaSpecs.Worker.replicas"_s : u"spec.%1.*.replicas"_s.arg(m_job.facts().replicaSpecs);
    }
    /// What torchrun takes where its own option says nothing.
    QString eachField() const
    {
        if (m_job.facts().isTrainJob())
            return u"spec.trainer.numProcPerNode"_s;
        return m_job.kind == JobKind::PyTorchJob ? u"spec.nprocPerNode"_s : u"--nproc-per-node"_s;
    }

    void commandDoesNotTell()
    {
        //: stands for the fields of the job that decide how many processes it has
        m_result.change = Words::tr("the command of the job");
        unknown(Words::tr("The command does not tell how many each pod starts."));
    }

    std::optional<QString> flag(const QString &name, const QStringList &words) const
    {
        if (const std::optional<QString> value = flagValue(words, name); value && !value->isEmpty())
            return expanded(*value, m_job.env);
        return std::nullopt;
    }

    /// An option of torchrun, as it stands there and its value: argparse takes a name cut short as well.
    std::optional<std::pair<QString, QString>> ofTorchrun(const QString &name) const
    {
        for (const QString &word : m_start.options) {
            const QString written = word.section(u'=', 0, 0);
            if (written.size() < 4 || !name.startsWith(QString(written).replace(2, written.size() - 2, written.mid(2).replace(u'-', u'_'))))
                continue;
            return std::pair(written, flag(written, m_start.options).value_or(QString()));
        }
        return std::nullopt;
    }

    /// "-np 8", "-n 8" of mpirun. False where it says nothing.
    bool mpirunSays()
    {
        const QStringList &options = m_start.options;
        for (qsizetype i = 0; i + 1 < options.size(); ++i) {
            if (!isOneOf(options[i], {u"-np", u"-n", u"--np", u"--n", u"--num-proc"}))
                continue;
            m_result.change = options[i];
            if (const QString said = expanded(options[i + 1], m_job.env); const std::optional<qint64> n = number(said))
                total(*n, Words::tr("mpirun starts %1").arg(*n));
            else
                unknown(Words::tr("The launcher takes their number from %1.").arg(text::safe(said)));
            return true;
        }
        return false;
    }

    /// Each process of mpirun is one that trains, unless it starts others itself.
    bool startsMore() const
    {
        return !m_start.alone || m_start.program.endsWith(u".sh"_s) || isOneOf(programOf(m_start.program), {u"sh", u"bash", u"dash", u"zsh"});
    }

    void mpi()
    {
        const auto workers = std::ranges::find(m_job.replicas, u"Worker"_s, &ReplicaGroup::role);
        const qint64 count = workers == m_job.replicas.end() ? 0 : workers->desired;
        const QJsonValue perWorker = m_spec[u"slotsPerWorker"_s];
        const std::optional<qint64> each = perWorker.isUndefined() || perWorker.isNull() ? std::optional<qint64>(1) : number(perWorker);
        if (m_start.launcher == Launcher::Mpirun && !startsMore()) {
            if (mpirunSays())
                return;
            if (count > 0 && each)
                return product(count, *each);
        }
        m_result.change = Words::tr("the command of the job");
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

    void torchrun(qint64 pods)
    {
        const auto asked = ofTorchrun(u"--nnodes"_s);
        const auto named = ofTorchrun(u"--nproc_per_node"_s);
        const QString variable = m_job.env.value(u"PET_NPROC_PER_NODE"_s);
        m_result.change = (asked ? asked->first : nodesField()) + u" × "_s + (named ? named->first : !variable.isEmpty() ? u"PET_NPROC_PER_NODE"_s : eachField());
        if (asked && !number(asked->second))
            return unknown(Words::tr("torchrun is told %1 nodes.").arg(text::safe(asked->second)));
        // A variable of a shell may hold options.
        if (!named && m_start.program.startsWith(u'$'))
            return commandDoesNotTell();
        if (!asked && pods > 1 && m_start.options.contains(u"--standalone"_s))
            return unknown(Words::tr("torchrun is told to start on one node alone, and the job has %1.").arg(pods));
        perNode(asked ? *number(asked->second) : pods, named ? named->second : !variable.isEmpty() ? variable : told().isEmpty() ? u"1"_s : told());
    }

    void deepspeed(qint64 pods)
    {
        // It knows other nodes by its hostfile or its own option only.
        const auto machines = flag(u"--num_nodes"_s, m_start.options);
        const auto each = flag(u"--num_gpus"_s, m_start.options);
        if (!each || (machines ? !number(*machines) : pods != 1))
            return commandDoesNotTell();
        m_result.change = (machines ? u"--num_nodes × "_s : QString()) + u"--num_gpus"_s;
        perNode(machines ? *number(*machines) : 1, *each);
    }

    void replicated()
    {
        switch (m_start.launcher) {
        case Launcher::None: return withoutLauncher();
        case Launcher::Other: return commandDoesNotTell();
        case Launcher::Accelerate: {
            const auto said = flag(u"--num_processes"_s, m_start.options);
            const std::optional<qint64> n = said ? number(*said) : std::nullopt;
            if (!n)
                return commandDoesNotTell();
            m_result.change = u"--num_processes"_s;
            return total(*n, Words::tr("accelerate starts %1").arg(*n));
        }
        case Launcher::Mpirun:
            if (startsMore() || !m_job.facts().isTrainJob())
                return commandDoesNotTell();
            if (mpirunSays())
                return;
            break;
        case Launcher::Torchrun:
        case Launcher::DeepSpeed: break;
        }
        const std::optional<qint64> pods = nodes();
        if (!pods)
            return;
        if (m_start.launcher == Launcher::Torchrun)
            return torchrun(*pods);
        if (m_start.launcher == Launcher::DeepSpeed)
            return deepspeed(*pods);
        perNode(*pods, m_job.processesPerNode.isEmpty() ? u"1"_s : m_job.processesPerNode);
    }

    /// Frameworks that start their processes themselves. Of every other script nobody knows: it may do so too, or leave it to Ray.
    void withoutLauncher()
    {
        const bool starts = std::ranges::any_of(m_words, [](const QString &word) { return launcherIn(word) != Launcher::None; });
        const auto gpus = flag(u"trainer.n_gpus_per_node"_s, m_words);
        const auto machines = flag(u"trainer.nnodes"_s, m_words);
        if (starts) {
            commandDoesNotTell();
        } else if (gpus || machines || std::ranges::any_of(m_words, [](const QString &word) { return word.startsWith(u"verl."_s); })) {
            // What is left out is in a config file, or in the version of verl.
            m_result.change = u"trainer.nnodes × trainer.n_gpus_per_node"_s;
            if (gpus && machines && number(*gpus) && number(*machines))
                return product(*number(*machines), *number(*gpus));
            unknown(Words::tr("The command does not name both trainer.nnodes and trainer.n_gpus_per_node."));
        } else if (const auto devices = flag(u"--trainer.devices"_s, m_words)) {
            const auto count = flag(u"--trainer.num_nodes"_s, m_words);
            m_result.change = u"--trainer.num_nodes × --trainer.devices"_s;
            if (count && !number(*count))
                return unknown(Words::tr("The number of nodes is %1, which the job does not tell.").arg(text::safe(*count)));
            perNode(count ? *number(*count) : 1, *devices);
        } else {
            commandDoesNotTell();
        }
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
                Words::tr("The checkpoint loads only where the number of processes is %1, and how many the job will have is not known. %2").arg(needed).arg(processes.told),
                Words::tr("Make sure that %1 gives %2.", "fields of the job, number").arg(processes.change).arg(needed)};
    return {u"processes"_s,
            Words::tr("The checkpoint loads only where the number of processes is %1, as when it was saved; the job would have %2 (%3).")
                .arg(needed).arg(*processes.count).arg(processes.told),
            Words::tr("Make %1 give %2 in a copy of the job, or choose a checkpoint that loads with any number.", "fields of the job, number")
                .arg(processes.change).arg(needed)};
}

} // namespace cairn::jobs
