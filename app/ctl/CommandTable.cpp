// SPDX-License-Identifier: GPL-3.0-or-later
#include "CommandTable.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ctl {

qsizetype CommandFacts::fewestWords() const
{
    const QStringList words = arguments.split(u' ', Qt::SkipEmptyParts);
    const auto optional = std::ranges::find_if(words, [](const QString &word) { return word.startsWith(u'['); });
    return pathWords() + std::distance(words.begin(), optional);
}

qsizetype CommandFacts::mostWords() const
{
    return arguments.contains("..."_L1) ? -1 : pathWords() + arguments.split(u' ', Qt::SkipEmptyParts).size();
}

const QList<CommandFacts> &commandTable()
{
    static const QList<CommandFacts> table{
        {u"doctor"_s, {}, u"check the context step by step: file, sign-in, TLS, server, permissions; or write what a report of a fault needs (--bundle FILE)"_s},
        {u"contexts"_s, {}, u"the contexts of the kubeconfig and what is wrong with them"_s},
        {u"overview"_s, {}, u"what needs attention, worst first"_s},
        {u"jobs"_s, {}, u"training jobs"_s},
        {u"job show"_s, u"NAME"_s, u"one job ([KIND/]NAME)"_s, Names::Jobs},
        {u"job why"_s, u"NAME"_s, u"why it does not run: what waits, what never will, and what helps"_s, Names::Jobs},
        {u"job effective"_s, u"NAME"_s, u"what it becomes: runtime, job, patches and queue merged, each line with its origin"_s, Names::Jobs},
        {u"job resume"_s, u"NAME"_s, u"resume it from a checkpoint (--from latest|step=N|PATH)"_s, Names::Jobs},
        {u"job start-from-weights"_s, u"NAME"_s, u"begin a new run with the weights of a checkpoint alone (--from), in a new job (with --yes)"_s, Names::Jobs},
        {u"job suspend"_s, u"NAME..."_s, u"suspend jobs (with --yes)"_s, Names::Jobs},
        {u"job unsuspend"_s, u"NAME..."_s, u"unsuspend jobs; their script chooses where it starts (with --yes)"_s, Names::Jobs},
        {u"job delete"_s, u"NAME..."_s, u"delete jobs; checkpoints on PVCs and in buckets stay (with --yes)"_s, Names::Jobs},
        {u"job yaml"_s, u"NAME..."_s, u"their YAML, to apply again"_s, Names::Jobs},
        {u"job new"_s, u"NAME [-- COMMAND...]"_s, u"launch a job from options, from YAML (--file) or from a template (--template), checked first (with --yes)"_s},
        {u"job templates"_s, {}, u"templates of jobs, Cairn's and those of a folder (--templates DIR)"_s},
        {u"job clone"_s, u"NAME"_s, u"launch a copy of a job (--name NEW), into a folder of its own (with --yes), perhaps from one of its checkpoints (--from-checkpoint latest|step=N|PATH)"_s, Names::Jobs},
        {u"job convert"_s, u"NAME"_s, u"make a TrainJob of it, and list what has no counterpart (with --yes)"_s, Names::Jobs},
        {u"job scale"_s, u"NAME"_s, u"give it another number of workers (--workers N, with --yes)"_s, Names::Jobs},
        {u"job edit"_s, u"NAME"_s, u"change its YAML, in $EDITOR or from a file (-f), checked first (with --yes)"_s, Names::Jobs},
        {u"checkpoints"_s, u"TARGET"_s, u"checkpoints of a job, of a folder (a target with a slash), or of s3://BUCKET/PREFIX"_s, Names::Checkpoints},
        {u"checkpoint verify"_s, u"TARGET"_s, u"read all contents of one (--from latest|step=N|PATH): every checksum there is"_s, Names::Checkpoints},
        {u"checkpoint compare"_s, u"A [B]"_s, u"two of them: files, and tensors by name, shape and type (--from of A, --with of B)"_s, Names::Checkpoints},
        {u"claims"_s, u"[NAME]"_s, u"PVCs: how full, measured by what, used by what"_s, Names::Claims},
        {u"storage classes"_s, {}, u"StorageClasses, which of them several nodes can write, and what can be made here"_s},
        {u"storage new"_s, u"KIND NAME"_s, u"make storage for jobs: volume, PVC, class (with --yes)"_s, Names::StorageKinds},
        {u"storage prove"_s, u"PVC"_s, u"write and read it from two nodes (with --allow-helper)"_s, Names::Claims},
        {u"storage finish"_s, u"[NAME]"_s, u"go on with storage that was interrupted (with --yes)"_s},
        {u"storage rollback"_s, u"[NAME]"_s, u"take storage back that was interrupted (with --yes)"_s},
        {u"quotas"_s, {}, u"quotas of namespaces and Kueue queues: used and free, GPUs first"_s},
        {u"components"_s, u"[NAME]"_s, u"Kubeflow components, and which do not tolerate a node failure"_s},
        {u"what-if"_s, u"NODE"_s, u"what stops when a node is lost, or drained (--drain), and the safe way"_s, Names::Nodes},
        {u"failover"_s, u"COMPONENT"_s, u"kill its leader and measure until another one works (with --yes)"_s},
        {u"overlay new"_s, {}, u"generate a kustomize overlay that makes Kubeflow highly available (--out DIR)"_s},
        {u"overlay diff"_s, {}, u"what the overlay of a folder changes, and whether every patch lands"_s},
        {u"overlay apply"_s, {}, u"apply it in the safe order (with --yes)"_s},
        {u"overlay test"_s, u"[PATH]"_s, u"whether the databases and brokers of its settings can be used (--from)"_s, Names::Files},
        {u"overlay move-database"_s, u"[SERVICE]"_s, u"how to move the data of pipelines or katib, with the commands for this cluster"_s},
        {u"overlay finish"_s, u"[NAME]"_s, u"go on with an apply that was interrupted (with --yes)"_s},
        {u"overlay rollback"_s, u"[NAME]"_s, u"take an apply back (with --yes)"_s},
        {u"audit"_s, {}, u"what falls over, hurts or misleads when a node fails: findings with their fix"_s},
    };
    return table;
}

const CommandFacts *commandOf(const QStringList &words)
{
    const auto found = std::ranges::find_if(commandTable(), [&words](const CommandFacts &command) {
        return words.mid(0, command.pathWords()).join(u' ') == command.path;
    });
    return found == commandTable().end() ? nullptr : &*found;
}

QString commandHelp()
{
    constexpr qsizetype column = 25, width = 108;
    QString out = u"cairnctl: Kubeflow jobs, their checkpoints and their resume, from the terminal.\n\n"
                  "Usage: cairnctl [options] COMMAND\n\n"
                  "Commands:\n"_s;
    for (const CommandFacts &command : commandTable()) {
        QString line = u"  "_s + command.path + (command.arguments.isEmpty() ? QString() : u' ' + command.arguments);
        if (line.size() > column - 2) {
            out += line + u'\n';
            line.clear();
        }
        line = line.leftJustified(column);
        bool begun = false;
        for (const QString &word : command.help.split(u' ')) {
            if (begun && line.size() + 1 + word.size() > width) {
                out += line + u'\n';
                line = QString(column, u' ');
                begun = false;
            }
            line += (begun ? u" "_s : QString()) + word;
            begun = true;
        }
        out += line + u'\n';
    }
    return out;
}

} // namespace cairn::ctl
