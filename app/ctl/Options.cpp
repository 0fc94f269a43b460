// SPDX-License-Identifier: GPL-3.0-or-later
#include "Options.h"

#include <QCommandLineParser>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

const auto usage = u"cairnctl: Kubeflow jobs, their checkpoints and their resume, from the terminal.\n\n"
                   "Usage: cairnctl [options] COMMAND\n\n"
                   "Commands:\n"
                   "  doctor                 check the context step by step: file, sign-in, TLS, server, permissions\n"
                   "  contexts               the contexts of the kubeconfig and what is wrong with them\n"
                   "  jobs                   training jobs\n"
                   "  job show NAME          one job ([KIND/]NAME)\n"
                   "  job resume NAME        resume it from a checkpoint (--from latest|step=N|PATH)\n"
                   "  job suspend NAME...    suspend jobs (with --yes)\n"
                   "  job unsuspend NAME...  unsuspend jobs; their script chooses where it starts (with --yes)\n"
                   "  job delete NAME...     delete jobs; checkpoints on PVCs and in buckets stay (with --yes)\n"
                   "  job yaml NAME...       their YAML, to apply again\n"
                   "  checkpoints TARGET     checkpoints of a job, of a folder (a target with a slash), or of\n"
                   "                         s3://BUCKET/PREFIX\n"
                   "  claims [NAME]          PVCs: how full, measured by what, used by what\n"
                   "  quotas                 quotas of namespaces and Kueue queues: used and free, GPUs first\n"
                   "  components             Kubeflow components, and which do not tolerate a node failure\n"_s;

/// Commands on several jobs.
bool takesNames(const QStringList &words)
{
    static const QStringList several{u"suspend"_s, u"unsuspend"_s, u"delete"_s, u"yaml"_s};
    return words.size() > 1 && words.first() == "job"_L1 && several.contains(words[1]);
}

/// Number of words each command takes; at least so many where it takes names.
int wordsOf(const QStringList &words)
{
    if (words.isEmpty())
        return 0;
    const QString &first = words.first();
    if (first == "doctor"_L1 || first == "contexts"_L1 || first == "jobs"_L1 || first == "components"_L1 || first == "quotas"_L1)
        return 1;
    if (first == "claims"_L1)
        return words.size() == 1 ? 1 : 2;
    if (first == "checkpoints"_L1)
        return 2;
    if (takesNames(words))
        return 3;
    if (first == "job"_L1 && words.size() > 1 && (words[1] == "show"_L1 || words[1] == "resume"_L1))
        return 3;
    return 0;
}

} // namespace

std::variant<Options, Stop> parseOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsCompactedShortOptions);
    const auto flag = [&parser](const QStringList &names, const QString &help) {
        parser.addOption({names, help});
    };
    const auto value = [&parser](const QStringList &names, const QString &help, const QString &what) {
        parser.addOption({names, help, what});
    };
    flag({u"h"_s, u"help"_s}, u"Show this help."_s);
    flag({u"version"_s}, u"Show the version."_s);
    value({u"kubeconfig"_s}, u"Read this kubeconfig only."_s, u"FILE"_s);
    value({u"context"_s}, u"Use this context instead of the current one."_s, u"NAME"_s);
    value({u"n"_s, u"namespace"_s}, u"Namespace; the context's when left out."_s, u"NS"_s);
    flag({u"A"_s, u"all-namespaces"_s}, u"All namespaces."_s);
    value({u"o"_s, u"output"_s}, u"table (default), json or yaml."_s, u"FORMAT"_s);
    flag({u"dry-run"_s}, u"Show what would change, let the server check it, change nothing."_s);
    flag({u"yes"_s}, u"Do it: without it, suspend, unsuspend and delete only show what would become of each job."_s);
    flag({u"whole"_s}, u"YAML with status and all that the server owns."_s);
    flag({u"wait"_s}, u"Follow until the first step after the checkpoint is seen."_s);
    flag({u"allow-exec"_s}, u"Allow the sign-in program that the kubeconfig names to run."_s);
    flag({u"allow-helper"_s}, u"Allow a helper Job that mounts a PVC read-only and lists or measures it."_s);
    flag({u"allow-node-proxy"_s}, u"Allow asking kubelets through nodes/proxy, a permission that can run commands in every pod."_s);
    flag({u"use-exec"_s}, u"List a PVC by exec in a running pod that mounts it."_s);
    value({u"from"_s}, u"latest (default), step=N or a checkpoint's path."_s, u"WHICH"_s);
    value({u"by"_s}, u"How the path is passed to the script: env:NAME, arg:TEMPLATE with {path} {dir} {step}, or newest."_s, u"HOW"_s);
    value({u"save-by"_s}, u"How the save directory is passed to it: env:NAME or arg:TEMPLATE with {save}."_s, u"HOW"_s);
    value({u"name"_s}, u"Name of the new job."_s, u"NAME"_s);
    flag({u"as-new"_s}, u"Create a new job although this one could be resumed in place."_s);
    flag({u"wrapper"_s}, u"Wrap the command so that later restarts continue from the newest checkpoint."_s);
    flag({u"accept-unverified"_s}, u"Resume from a checkpoint that could not be verified."_s);
    value({u"recover"_s}, u"finish or undo (roll back) a resume that was interrupted."_s, u"HOW"_s);
    value({u"fail-on"_s}, u"Exit with 5 when a component is down, degraded, a single point of failure (single-point) or all on one node (node)."_s, u"WHAT"_s);
    flag({u"allow-secret"_s}, u"Allow reading the Secret with the credentials of a job's bucket."_s);
    flag({u"keychain"_s}, u"Take the credentials of a bucket from the desktop's keychain, or save those of the environment there."_s);
    value({u"endpoint"_s}, u"The S3 server of the bucket; AWS when neither this nor AWS_ENDPOINT_URL names one."_s, u"URL"_s);
    value({u"region"_s}, u"Region of the bucket; found out when left out."_s, u"REGION"_s);
    flag({u"path-style"_s}, u"Name the bucket in the path: the default except for AWS."_s);
    flag({u"virtual-host"_s}, u"Name the bucket in the host name: the default for AWS."_s);
    value({u"as-of"_s}, u"The bucket as it was at that time, by its versions: 2026-11-28T03:00 (here) or …Z (UTC)."_s, u"TIME"_s);
    flag({u"fail-on-damaged"_s}, u"Exit with 5 when a listed checkpoint is damaged."_s);

    const auto error = [](const QString &text) {
        return Stop{ExitUsage, u"cairnctl: "_s + text + u"\nTry: cairnctl --help"_s};
    };
    if (!parser.parse(arguments))
        return error(parser.errorText());
    if (parser.isSet(u"help"_s)) {
        QString options = parser.helpText();
        options.remove(0, options.indexOf(u"Options:"_s));
        return Stop{ExitOk, usage + u'\n' + options};
    }
    if (parser.isSet(u"version"_s))
        return Stop{ExitOk, u"cairnctl " CAIRN_VERSION_STRING ""_s};

    Options options;
    options.command = parser.positionalArguments();
    const int words = wordsOf(options.command);
    if (options.command.isEmpty())
        return Stop{ExitUsage, usage};
    if (words == 0)
        return error(u"there is no command \"%1\""_s.arg(options.command.join(u' ')));
    if (options.command.size() < words)
        return error(u"\"%1\" needs one more word: which?"_s.arg(options.command.join(u' ')));
    if (options.command.size() > words && !takesNames(options.command))
        return error(u"\"%1\" is one word too many"_s.arg(options.command[words]));

    options.kubeconfig = parser.value(u"kubeconfig"_s);
    options.context = parser.value(u"context"_s);
    options.ns = parser.value(u"namespace"_s);
    options.allNamespaces = parser.isSet(u"all-namespaces"_s);
    options.dryRun = parser.isSet(u"dry-run"_s);
    options.wait = parser.isSet(u"wait"_s);
    options.yes = parser.isSet(u"yes"_s);
    options.whole = parser.isSet(u"whole"_s);
    options.allowExec = parser.isSet(u"allow-exec"_s);
    options.allowHelper = parser.isSet(u"allow-helper"_s);
    options.allowNodeProxy = parser.isSet(u"allow-node-proxy"_s);
    options.useExec = parser.isSet(u"use-exec"_s);
    options.by = parser.value(u"by"_s);
    options.saveBy = parser.value(u"save-by"_s);
    options.newName = parser.value(u"name"_s);
    options.asNew = parser.isSet(u"as-new"_s);
    options.wrapper = parser.isSet(u"wrapper"_s);
    options.acceptUnverified = parser.isSet(u"accept-unverified"_s);
    options.recover = parser.value(u"recover"_s);
    options.failOnDamaged = parser.isSet(u"fail-on-damaged"_s);
    options.failOn = parser.value(u"fail-on"_s);
    options.allowSecret = parser.isSet(u"allow-secret"_s);
    options.keychain = parser.isSet(u"keychain"_s);
    options.endpoint = parser.value(u"endpoint"_s);
    options.region = parser.value(u"region"_s);
    if (parser.isSet(u"path-style"_s))
        options.style = s3::Store::Style::Path;
    if (parser.isSet(u"virtual-host"_s))
        options.style = s3::Store::Style::VirtualHost;
    if (parser.isSet(u"from"_s))
        options.from = parser.value(u"from"_s);
    if (options.allNamespaces && !options.ns.isEmpty())
        return error(u"-n and -A are mutually exclusive"_s);
    if (options.allowHelper && options.useExec)
        return error(u"--allow-helper and --use-exec are mutually exclusive"_s);
    if (parser.isSet(u"path-style"_s) && parser.isSet(u"virtual-host"_s))
        return error(u"--path-style and --virtual-host are mutually exclusive"_s);
    if (!options.recover.isEmpty() && options.recover != "finish"_L1 && options.recover != "undo"_L1)
        return error(u"--recover takes finish or undo"_s);
    if (parser.isSet(u"fail-on"_s) && !QStringList{u"down"_s, u"degraded"_s, u"single-point"_s, u"node"_s}.contains(options.failOn))
        return error(u"--fail-on takes down, degraded, single-point or node"_s);
    if (options.from.isEmpty())
        return error(u"--from takes latest, step=N or a path"_s);
    if (options.from.startsWith("step="_L1)) {
        bool ok = false;
        if (options.from.mid(5).toLongLong(&ok) < 0 || !ok)
            return error(u"--from step=N needs a whole number"_s);
    }
    if (parser.isSet(u"as-of"_s)) {
        options.asOf = QDateTime::fromString(parser.value(u"as-of"_s), Qt::ISODate).toUTC();
        if (!options.asOf.isValid())
            return error(u"--as-of takes a time such as 2026-11-28T03:00"_s);
        if (options.command.value(0) != "checkpoints"_L1 || !options.command.value(1).startsWith("s3://"_L1))
            return error(u"--as-of goes with checkpoints s3://BUCKET/PREFIX"_s);
    }
    const QString format = parser.value(u"output"_s);
    if (format.isEmpty() || format == "table"_L1)
        options.format = Format::Table;
    else if (format == "json"_L1)
        options.format = Format::Json;
    else if (format == "yaml"_L1)
        options.format = Format::Yaml;
    else
        return error(u"-o takes table, json or yaml"_s);
    return options;
}

} // namespace cairn::ctl
