// SPDX-License-Identifier: GPL-3.0-or-later
#include "Options.h"

#include "CommandTable.h"
#include "audit/Audit.h"
#include "engine/Versions.h"

#include <QCommandLineParser>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
std::pair<QString, QString> passwordSource(const QString &option)
{
    const qsizetype equals = option.indexOf(u'=');
    const bool named = equals > 0 && !QStringView(option).left(equals).contains(u':') && !QStringView(option).left(equals).contains(u'/');
    return named ? std::pair(option.left(equals), option.mid(equals + 1)) : std::pair(QString(), option);
}

QList<QCommandLineOption> optionTable()
{
    OptionTable table;
    const auto flag = [&table](const QStringList &names, const QString &help) {
        table.addOption({names, help});
    };
    const auto value = [&table](const QStringList &names, const QString &help, const QString &what) {
        table.addOption({names, help, what});
    };
    flag({u"h"_s, u"help"_s}, u"Show this help."_s);
    flag({u"version"_s}, u"Show the version."_s);
    value({u"kubeconfig"_s}, u"Read this kubeconfig only."_s, u"FILE"_s);
    value({u"context"_s}, u"Use this context instead of the current one."_s, u"NAME"_s);
    value({u"n"_s, u"namespace"_s}, u"Namespace; the context's when left out."_s, u"NS"_s);
    flag({u"A"_s, u"all-namespaces"_s}, u"All namespaces."_s);
    value({u"o"_s, u"output"_s}, u"table (default), json or yaml; of audit also sarif or markdown; of job new, clone and convert also effective, or kustomize with --out."_s, u"FORMAT"_s);
    flag({u"dry-run"_s}, u"Show what would change, let the server check it, change nothing."_s);
    flag({u"yes"_s}, u"Do it: without it, suspend, unsuspend, delete, failover and overlay apply, finish and rollback only show what they would do."_s);
    flag({u"elsewhere"_s}, u"Go on with a record, or roll it back, although it changes objects outside of its namespace, gives rights, decides what pods run or may do, or deletes what it has not made."_s);
    flag({u"whole"_s}, u"YAML with status and all that the server owns."_s);
    flag({u"wait"_s}, u"Follow until the first step after the checkpoint is seen."_s);
    flag({u"allow-exec"_s}, u"Allow the sign-in program that the kubeconfig names to run."_s);
    flag({u"allow-helper"_s}, u"Allow a helper Job that mounts a PVC read-only and lists or measures it, or that looks at a service from inside the cluster."_s);
    flag({u"allow-write"_s}, u"Allow overlay test to write, read and delete one small object below cairn-probe/ in the bucket."_s);
    flag({u"allow-node-proxy"_s}, u"Allow asking kubelets through nodes/proxy, a permission that can run commands in every pod."_s);
    flag({u"use-exec"_s}, u"List a PVC by exec in a running pod that mounts it."_s);
    value({u"from"_s}, u"latest (default), step=N or a checkpoint's path; of overlay test here (default), cluster or both."_s, u"WHICH"_s);
    value({u"with"_s}, u"The other checkpoint of checkpoint compare: latest (default), step=N or a path."_s, u"WHICH"_s);
    value({u"by"_s}, u"How the path is passed to the script: env:NAME, arg:TEMPLATE with {path} {dir} {name} {step}, or newest."_s, u"HOW"_s);
    value({u"save-by"_s}, u"How the save directory is passed to it: env:NAME or arg:TEMPLATE with {save}."_s, u"HOW"_s);
    value({u"name"_s}, u"Name of the new job."_s, u"NAME"_s);
    flag({u"as-new"_s}, u"Create a new job although this one could be resumed in place."_s);
    flag({u"wrapper"_s}, u"Wrap the command so that later restarts continue from the newest checkpoint."_s);
    flag({u"accept-unverified"_s}, u"Resume from a checkpoint that could not be verified."_s);
    flag({u"any-processes"_s}, u"Resume although the checkpoint seems to need another number of processes."_s);
    value({u"recover"_s}, u"finish or undo (roll back) a resume that was interrupted."_s, u"HOW"_s);
    value({u"fail-on"_s}, u"Exit with 5 when a component is down, degraded, a single point of failure (single-point) or all on one node (node); of audit when a finding that is not accepted is critical, high, medium or low, or worse."_s, u"WHAT"_s);
    value({u"manifests"_s}, u"Audit this file or folder of rendered YAML instead of a cluster, or generate an overlay for it; - is standard input (audit)."_s, u"PATH"_s);
    value({u"accepted"_s}, u"Findings that you accept, with reason and end: cairn-accepted.yaml."_s, u"FILE"_s);
    value({u"settings"_s}, u"Settings of the overlay; without it those in the folder, else defaults for this cluster."_s, u"FILE"_s);
    value({u"out"_s}, u"Folder of the overlay, or of -o kustomize."_s, u"DIR"_s);
    value({u"overlay"_s}, u"Which kustomization of the folder: prod (default), staging, leaders-first, patches or a path in it."_s, u"NAME"_s);
    value({u"kustomize"_s}, u"The kustomize or kubectl that builds the overlay beside Cairn; found in PATH when left out."_s, u"PROGRAM"_s);
    value({u"password-from"_s}, u"Where the password of a service is: secret/NAME[/KEY] (with --allow-secret), file:PATH or stdin; may be given several times."_s,
          u"[SERVICE=]SOURCE"_s);
    value({u"image"_s}, u"Image of a new job's training; of overlay test the image of the pod that looks at services from inside the cluster, that of the database there when left out."_s, u"IMAGE"_s);
    flag({u"no-service-test"_s}, u"Apply an overlay without looking at its databases first."_s);
    value({u"helm-values"_s}, u"Values of a Helm release as `helm get values --all` writes them; may be given several times."_s, u"[NS/]RELEASE=FILE"_s);
    flag({u"rules"_s}, u"Print the rules of the audit and end."_s);
    flag({u"drain"_s}, u"Ask what draining the node does instead of losing it."_s);
    flag({u"allow-secret"_s}, u"Allow reading the Secret with the credentials of a job's bucket; of audit: Secrets of components, to see whether they hold the values as shipped; of overlay: the Secret with a service's password."_s);
    flag({u"keychain"_s}, u"Take the credentials of a bucket from the desktop's keychain, or save those of the environment there."_s);
    value({u"endpoint"_s}, u"The S3 server of the bucket; AWS when neither this nor AWS_ENDPOINT_URL names one."_s, u"URL"_s);
    value({u"region"_s}, u"Region of the bucket; found out when left out."_s, u"REGION"_s);
    flag({u"path-style"_s}, u"Name the bucket in the path: the default except for AWS."_s);
    flag({u"virtual-host"_s}, u"Name the bucket in the host name: the default for AWS."_s);
    value({u"as-of"_s}, u"The bucket as it was at that time, by its versions: 2026-11-28T03:00 (here) or …Z (UTC)."_s, u"TIME"_s);
    flag({u"fail-on-damaged"_s}, u"Exit with 5 when a listed checkpoint is damaged."_s);
    value({u"bundle"_s}, u"Of doctor: write versions, platform, settings without secrets and the log to this file, which must not exist; - is standard output."_s, u"FILE"_s);

    addLaunchOptions(table);
    addVolumeOptions(table);
    return table.options();
}

std::variant<Options, Stop> parseOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsCompactedShortOptions);
    parser.addOptions(optionTable());

    const auto error = [](const QString &text) {
        return Stop{ExitUsage, u"cairnctl: "_s + text + u"\nTry: cairnctl --help"_s};
    };
    if (!parser.parse(arguments))
        return error(parser.errorText());
    if (parser.isSet(u"help"_s)) {
        QString options = parser.helpText();
        options.remove(0, options.indexOf(u"Options:"_s));
        return Stop{ExitOk, commandHelp() + u'\n' + options};
    }
    if (parser.isSet(u"version"_s))
        return Stop{ExitOk, app::versions(u"cairnctl"_s)};

    Options options;
    options.command = parser.positionalArguments();
    if (options.command.isEmpty())
        return Stop{ExitUsage, commandHelp()};
    const CommandFacts *command = commandOf(options.command);
    if (!command)
        return error(u"there is no command \"%1\""_s.arg(options.command.join(u' ')));
    const bool launchesFile = command->path == "job new"_L1 && options.command.size() == 2
        && (parser.isSet(u"file"_s) || parser.isSet(u"template"_s)); // which names the job
    if (options.command.size() < command->fewestWords() && !launchesFile)
        return error(u"\"%1\" needs one more word: which?"_s.arg(options.command.join(u' ')));
    if (command->mostWords() >= 0 && options.command.size() > command->mostWords())
        return error(u"\"%1\" is one word too many"_s.arg(options.command[command->mostWords()]));

    const Result<LaunchOptions> launch = launchOptions(parser);
    if (!launch)
        return error(launch.error().what);
    options.launch = *launch;
    const Result<VolumeOptions> volume = volumeOptions(parser);
    if (!volume)
        return error(volume.error().what);
    options.volume = *volume;
    options.kubeconfig = parser.value(u"kubeconfig"_s);
    options.context = parser.value(u"context"_s);
    options.ns = parser.value(u"namespace"_s);
    options.allNamespaces = parser.isSet(u"all-namespaces"_s);
    options.dryRun = parser.isSet(u"dry-run"_s);
    options.wait = parser.isSet(u"wait"_s);
    options.yes = parser.isSet(u"yes"_s);
    options.elsewhere = parser.isSet(u"elsewhere"_s);
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
    options.anyProcesses = parser.isSet(u"any-processes"_s);
    options.recover = parser.value(u"recover"_s);
    options.failOnDamaged = parser.isSet(u"fail-on-damaged"_s);
    options.failOn = parser.value(u"fail-on"_s);
    options.manifests = parser.value(u"manifests"_s);
    options.settings = parser.value(u"settings"_s);
    options.out = parser.value(u"out"_s);
    options.overlay = parser.value(u"overlay"_s);
    options.kustomize = parser.value(u"kustomize"_s);
    options.accepted = parser.value(u"accepted"_s);
    options.bundle = parser.value(u"bundle"_s);
    options.helmValues = parser.values(u"helm-values"_s);
    options.passwordFrom = parser.values(u"password-from"_s);
    options.image = parser.value(u"image"_s);
    options.serviceTest = !parser.isSet(u"no-service-test"_s);
    options.rules = parser.isSet(u"rules"_s);
    options.drain = parser.isSet(u"drain"_s);
    options.allowSecret = parser.isSet(u"allow-secret"_s);
    options.allowWrite = parser.isSet(u"allow-write"_s);
    options.keychain = parser.isSet(u"keychain"_s);
    options.endpoint = parser.value(u"endpoint"_s);
    options.region = parser.value(u"region"_s);
    if (parser.isSet(u"path-style"_s))
        options.style = s3::Store::Style::Path;
    if (parser.isSet(u"virtual-host"_s))
        options.style = s3::Store::Style::VirtualHost;
    if (parser.isSet(u"from"_s))
        options.from = parser.value(u"from"_s);
    if (parser.isSet(u"bundle"_s) && (options.bundle.isEmpty() || options.command.first() != "doctor"_L1))
        return error(u"--bundle goes with doctor, and takes a file or -"_s);
    if (options.command.value(1) == "scale"_L1 && !options.launch.workers)
        return error(u"job scale needs the number: --workers N"_s);
    if (options.allNamespaces && !options.ns.isEmpty())
        return error(u"-n and -A are mutually exclusive"_s);
    if (options.allowHelper && options.useExec)
        return error(u"--allow-helper and --use-exec are mutually exclusive"_s);
    if (parser.isSet(u"path-style"_s) && parser.isSet(u"virtual-host"_s))
        return error(u"--path-style and --virtual-host are mutually exclusive"_s);
    if (!options.recover.isEmpty() && options.recover != "finish"_L1 && options.recover != "undo"_L1)
        return error(u"--recover takes finish or undo"_s);
    const bool isAudit = options.command.first() == "audit"_L1;
    if (isAudit && parser.isSet(u"fail-on"_s) && !audit::severityOf(options.failOn))
        return error(u"--fail-on of audit takes critical, high, medium or low"_s);
    if (options.command.first() == "overlay"_L1 && (options.command[1] == "diff"_L1 || options.command[1] == "apply"_L1) && options.out.isEmpty())
        return error(u"overlay %1 needs the folder: --out DIR"_s.arg(options.command[1]));
    for (const QString &one : std::as_const(options.passwordFrom)) {
        const QString source = passwordSource(one).second;
        const bool named = source == "stdin"_L1 || (source.startsWith("file:"_L1) && source.size() > 5)
            || (source.startsWith("secret/"_L1) && !source.section(u'/', 1, 1).isEmpty() && source.count(u'/') <= 2);
        if (!named)
            return error(u"--password-from takes [SERVICE=]secret/NAME[/KEY], file:PATH or stdin"_s);
    }
    const bool isTest = options.command.first() == "overlay"_L1 && options.command[1] == "test"_L1;
    if (isTest && !parser.isSet(u"from"_s))
        options.from = u"here"_s;
    if (isTest && !QStringList{u"here"_s, u"cluster"_s, u"both"_s}.contains(options.from))
        return error(u"--from of overlay test takes here, cluster or both"_s);
    for (const QString &one : options.helmValues) {
        if (one.section(u'=', 0, 0).isEmpty() || one.section(u'=', 1).isEmpty() || one.section(u'=', 0, 0).count(u'/') > 1)
            return error(u"--helm-values takes [NAMESPACE/]RELEASE=FILE"_s);
    }
    if (isAudit && parser.isSet(u"manifests"_s) && options.manifests.isEmpty())
        return error(u"--manifests takes a file, a folder or -"_s);
    if (!isAudit && parser.isSet(u"fail-on"_s) && !QStringList{u"down"_s, u"degraded"_s, u"single-point"_s, u"node"_s}.contains(options.failOn))
        return error(u"--fail-on takes down, degraded, single-point or node"_s);
    if (parser.isSet(u"with"_s)) {
        options.with = parser.value(u"with"_s);
        if (options.command.first() != "checkpoint"_L1 || options.command[1] != "compare"_L1)
            return error(u"--with goes with checkpoint compare"_s);
    }
    for (const auto &[name, which] : {std::pair(u"--from"_s, options.from), std::pair(u"--with"_s, options.with)}) {
        if (which.isEmpty())
            return error(u"%1 takes latest, step=N or a path"_s.arg(name));
        bool ok = true;
        if (which.startsWith("step="_L1) && (which.mid(5).toLongLong(&ok) < 0 || !ok))
            return error(u"%1 step=N needs a whole number"_s.arg(name));
    }
    if (parser.isSet(u"as-of"_s)) {
        options.asOf = QDateTime::fromString(parser.value(u"as-of"_s), Qt::ISODate).toUTC();
        if (!options.asOf.isValid())
            return error(u"--as-of takes a time such as 2026-11-28T03:00"_s);
        if (options.command.value(0) != "checkpoints"_L1 || !options.command.value(1).startsWith("s3://"_L1))
            return error(u"--as-of goes with checkpoints s3://BUCKET/PREFIX"_s);
    }
    const QString format = parser.value(u"output"_s);
    static const QStringList launches{u"new"_s, u"clone"_s, u"convert"_s};
    const bool isLaunch = options.command.first() == "job"_L1 && launches.contains(options.command.value(1));
    if (isLaunch && format == "kustomize"_L1 && (options.out.isEmpty() || options.yes))
        return error(u"-o kustomize writes a folder, --out DIR, and launches nothing: leave --yes out"_s);
    if (format.isEmpty() || format == "table"_L1)
        options.format = Format::Table;
    else if (format == "json"_L1)
        options.format = Format::Json;
    else if (format == "yaml"_L1)
        options.format = Format::Yaml;
    else if (isLaunch && format == "effective"_L1)
        options.format = Format::Effective;
    else if (isLaunch && format == "kustomize"_L1)
        options.format = Format::Kustomize;
    else if (isAudit && !options.rules && format == "sarif"_L1)
        options.format = Format::Sarif;
    else if (isAudit && format == "markdown"_L1)
        options.format = Format::Markdown;
    else
        return error(isAudit ? u"-o of audit takes table, json, yaml, sarif or markdown, and of --rules no sarif"_s : u"-o takes table, json or yaml"_s);
    return options;
}

} // namespace cairn::ctl
