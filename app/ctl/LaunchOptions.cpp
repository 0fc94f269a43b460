// SPDX-License-Identifier: GPL-3.0-or-later
#include "LaunchOptions.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "launch/Pools.h"
#include "launch/Rules.h"

#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using launch::Mount;
using launch::Variable;

Error wrong(const QString &option, const QString &what)
{
    return Error::make(Error::Kind::Invalid, u"--%1 takes %2"_s.arg(option, what), {}, u"See cairnctl --help"_s);
}

Error refused(const QString &option, const QString &value, const QString &why)
{
    return Error::make(Error::Kind::Invalid, u"--%1 cannot be “%2”: %3"_s.arg(option, text::safe(value.left(200)), why));
}

std::optional<int> whole(const QString &text, int least)
{
    bool ok = false;
    const int value = text.toInt(&ok);
    return ok && value >= least ? std::optional(value) : std::nullopt;
}

/// "500steps", "2epochs", "30m", "1h30m", "90s".
bool addInterval(launch::Policy &policy, const QString &text)
{
    static const QRegularExpression counted(u"^([0-9]{1,9})(steps?|epochs?)$"_s);
    static const QRegularExpression timed(u"^(?=.)(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?$"_s);
    if (const auto match = counted.match(text); match.hasMatch()) {
        int &field = match.captured(2).startsWith(u's') ? policy.everySteps : policy.everyEpochs;
        field = match.captured(1).toInt();
        return field > 0;
    }
    const auto match = timed.match(text);
    policy.everySeconds = match.captured(1).toInt() * 3600 + match.captured(2).toInt() * 60 + match.captured(3).toInt();
    return match.hasMatch() && policy.everySeconds > 0;
}

std::optional<JobKind> kindOf(const QString &word)
{
    for (const JobKindFacts &kind : trainingKinds()) {
        const bool second = kind.id == JobKind::MPIJobV2; // named with its version, since both are MPIJobs
        const QString name = second ? kind.resource.kind + u'/' + kind.resource.version : kind.resource.kind;
        if (name.compare(word, Qt::CaseInsensitive) == 0
            || (!second && kind.resource.plural.compare(word, Qt::CaseInsensitive) == 0))
            return kind.id;
    }
    return std::nullopt;
}

/// "CLAIM:PATH", "CLAIM/SUBPATH:PATH", with ":ro" behind.
std::optional<Mount> mountOf(const QString &text)
{
    QStringList parts = text.split(u':');
    Mount mount;
    if (parts.size() == 3 && parts.last() == "ro"_L1) {
        mount.readOnly = true;
        parts.removeLast();
    }
    if (parts.size() != 2 || parts.first().isEmpty() || !parts.last().startsWith(u'/'))
        return std::nullopt;
    mount.claim = parts.first().section(u'/', 0, 0);
    mount.subPath = parts.first().section(u'/', 1);
    mount.path = parts.last();
    return mount.claim.isEmpty() ? std::nullopt : std::optional(mount);
}

/// "MIN:MAX", "MIN:MAX:RESTARTS".
std::optional<launch::Elastic> elasticOf(const QString &text)
{
    const QStringList parts = text.split(u':');
    if (parts.size() < 2 || parts.size() > 3)
        return std::nullopt;
    const std::optional<int> least = whole(parts[0], 1), most = whole(parts[1], 1);
    const std::optional<int> restarts = parts.size() > 2 ? whole(parts[2], 0) : launch::Elastic().restarts;
    if (!least || !most || !restarts || *least > *most)
        return std::nullopt;
    return launch::Elastic{*least, *most, *restarts};
}

/// "NAME=VALUE", "NAME=secret:OBJECT/KEY", "NAME=configmap:OBJECT/KEY".
std::optional<Variable> variableOf(const QString &text)
{
    static const QRegularExpression pattern(
        u"^([A-Za-z_.-][A-Za-z0-9_.-]*)=(.*)$"_s, QRegularExpression::DotMatchesEverythingOption);
    const auto match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    Variable variable{match.captured(1), Variable::From::Value, match.captured(2), {}};
    for (const auto &[prefix, from] :
        {std::pair{u"secret:"_s, Variable::From::Secret}, std::pair{u"configmap:"_s, Variable::From::ConfigMap}}) {
        if (!variable.value.startsWith(prefix))
            continue;
        const QString reference = variable.value.mid(prefix.size());
        if (reference.count(u'/') != 1 || reference.startsWith(u'/') || reference.endsWith(u'/'))
            return std::nullopt;
        return Variable{variable.name, from, reference.section(u'/', 1), reference.section(u'/', 0, 0)};
    }
    return variable;
}

} // namespace

void addLaunchOptions(OptionTable &table)
{
    // --image is one of all commands (Options.cpp).
    const auto value = [&table](const QString &name, const QString &help, const QString &what) {
        table.addOption({{name}, help, what});
    };
    table.addOption({{u"anyway"_s}, u"Launch also what can be seen not to start, such as a job whose PVC is not there. Of storage new: also a folder by which the node is run."_s});
    table.addOption({{u"f"_s, u"file"_s}, u"Launch this YAML; - is standard input. No option says anything of the job then. Of job edit: the text to be applied."_s, u"FILE"_s});
    value(u"template"_s, u"Launch this template of job templates; --set says what differs from it."_s, u"NAME"_s);
    value(u"templates"_s, u"Folder of templates, such as a Git checkout's; your own when left out."_s, u"DIR"_s);
    value(u"set"_s, u"A parameter of the template. May be given several times."_s, u"NAME=VALUE"_s);
    value(u"from-checkpoint"_s, u"The copy begins there: latest, step=N or a checkpoint's path."_s, u"WHICH"_s);
    value(u"workers"_s, u"Of job scale: how many workers it shall have."_s, u"N"_s);
    value(u"kind"_s,
        u"PyTorchJob, TFJob, MPIJob, MPIJob/v2beta1, XGBoostJob, PaddleJob, JAXJob or TrainJob; the first that is served when left out."_s,
        u"KIND"_s);
    value(u"nodes"_s, u"Pods that train together (1)."_s, u"N"_s);
    value(u"processes"_s, u"Processes in each of them."_s, u"N"_s);
    value(u"gpus"_s, u"GPUs of each pod; RESOURCE=N for others than nvidia.com/gpu."_s, u"N"_s);
    value(u"cpu"_s, u"CPUs of each pod."_s, u"QUANTITY"_s);
    value(u"memory"_s, u"Memory of each pod."_s, u"QUANTITY"_s);
    value(u"shared-memory"_s, u"Size of /dev/shm; a quarter of the memory where several processes share a pod."_s,
        u"QUANTITY"_s);
    value(u"env"_s,
        u"A variable; secret:NAME/KEY or configmap:NAME/KEY as its value takes it from there. May be given several times."_s,
        u"NAME=VALUE"_s);
    value(u"mount"_s, u"A PVC, in each pod; with :ro read-only. May be given several times."_s, u"PVC[/SUB]:PATH"_s);
    value(u"checkpoints"_s,
        u"The PVC that takes checkpoints, mounted at PATH (/checkpoints); the folder in it is the job's name."_s,
        u"PVC[:PATH]"_s);
    value(u"folder"_s, u"Where it saves: a path in the container, or s3://BUCKET/PREFIX."_s, u"PATH"_s);
    value(u"every"_s, u"How often it saves: 500steps, 2epochs, 30m; may be given several times. auto: what loses least, by what this namespace's jobs tell."_s, u"INTERVAL"_s);
    value(u"keep"_s, u"How many checkpoints it keeps; 0 for all (3)."_s, u"N"_s);
    value(u"framework"_s,
        u"How it is told: contract, huggingface, lightning, torchtitan, megatron, deepspeed, keras, tensorflow, orbax, xgboost, verl, axolotl, llamafactory or ms-swift; recognised by the command when left out."_s,
        u"NAME"_s);
    value(u"queue"_s, u"Kueue's LocalQueue; the only one of the namespace when left out."_s, u"NAME"_s);
    value(u"priority"_s, u"PriorityClass."_s, u"NAME"_s);
    value(u"runtime"_s, u"Of a TrainJob: its ClusterTrainingRuntime, or namespace/NAME for a TrainingRuntime."_s,
        u"NAME"_s);
    value(u"node-selector"_s, u"Label of the nodes it may run on. May be given several times."_s, u"LABEL=VALUE"_s);
    value(u"toleration"_s, u"Taint that it tolerates; KEY alone whatever its value. May be given several times."_s,
        u"KEY[=VALUE][:EFFECT]"_s);
    value(u"elastic"_s, u"Of a PyTorchJob: between how many nodes it goes on, and after how many restarts it gives up (10)."_s,
        u"MIN:MAX[:RESTARTS]"_s);
    value(u"retries"_s,
        u"How often it is tried again. Of a TrainJob, a TrainingRuntime of its own is made for that."_s, u"N"_s);
    value(u"pull-secret"_s, u"Secret to pull the image with. May be given several times."_s, u"NAME"_s);
    value(u"service-account"_s, u"Service account of its pods."_s, u"NAME"_s);
    value(u"volcano-queue"_s, u"Volcano's Queue."_s, u"NAME"_s);
    value(u"together"_s, u"Pods without which none starts, where the operator makes pod groups; all when left out."_s, u"N"_s);
    value(u"deadline"_s, u"Stop it after so many seconds."_s, u"SECONDS"_s);
}

Result<LaunchOptions> launchOptions(const QCommandLineParser &parser)
{
    LaunchOptions options;
    launch::Spec &spec = options.spec;
    launch::Policy &policy = options.policy;
    const auto text = [&](const QString &name) { return parser.value(name); };
    const auto count = [&](const QString &name, int least, int &field) -> Result<> {
        if (!parser.isSet(name))
            return {};
        const std::optional<int> number = whole(text(name), least);
        if (!number)
            return fail(wrong(name, u"a whole number, at least %1"_s.arg(least)));
        field = *number;
        return {};
    };
    options.file = text(u"file"_s);
    options.anyway = parser.isSet(u"anyway"_s);
    options.templateName = text(u"template"_s);
    options.templates = text(u"templates"_s);
    options.fromCheckpoint = text(u"from-checkpoint"_s);
    for (const QString &name : {u"template"_s, u"templates"_s, u"from-checkpoint"_s}) {
        if (parser.isSet(name) && text(name).isEmpty())
            return fail(wrong(name, u"a value"_s));
    }
    for (const QString &one : parser.values(u"set"_s)) {
        const QString name = one.section(u'=', 0, 0);
        if (name.isEmpty() || !one.contains(u'='))
            return fail(wrong(u"set"_s, u"NAME=VALUE"_s));
        if (options.values.contains(name))
            return fail(wrong(u"set"_s, u"each name once, and %1 stands twice"_s.arg(name)));
        options.values.insert(name, one.section(u'=', 1));
    }
    if (options.templateName.isEmpty() && !options.values.isEmpty())
        return fail(wrong(u"set"_s, u"a parameter of the template that --template names"_s));
    if (parser.isSet(u"workers"_s)) {
        options.workers = whole(text(u"workers"_s), 0);
        if (!options.workers)
            return fail(wrong(u"workers"_s, u"a whole number"_s));
    }
    static const QStringList ofTheJob{u"kind"_s, u"image"_s, u"nodes"_s, u"processes"_s, u"gpus"_s, u"cpu"_s, u"memory"_s, u"shared-memory"_s, u"env"_s, u"mount"_s,
                                      u"checkpoints"_s, u"folder"_s, u"every"_s, u"keep"_s, u"queue"_s, u"priority"_s, u"runtime"_s, u"node-selector"_s, u"deadline"_s,
                                      u"toleration"_s, u"elastic"_s, u"retries"_s, u"pull-secret"_s, u"service-account"_s, u"volcano-queue"_s, u"together"_s};
    for (const QString &name : ofTheJob) {
        if (parser.isSet(name))
            options.given.append(name);
    }
    if (parser.isSet(u"kind"_s)) {
        const std::optional<JobKind> kind = kindOf(text(u"kind"_s));
        if (!kind)
            return fail(wrong(
                u"kind"_s, u"PyTorchJob, TFJob, MPIJob, MPIJob/v2beta1, XGBoostJob, PaddleJob, JAXJob or TrainJob"_s));
        spec.kind = *kind;
        options.kindGiven = true;
    }
    spec.image = text(u"image"_s);
    spec.queue = text(u"queue"_s);
    spec.priorityClass = text(u"priority"_s);
    spec.runtime = text(u"runtime"_s);
    if (spec.runtime.startsWith("namespace/"_L1)) {
        spec.ownRuntime = true;
        spec.runtime.remove(0, 10);
    }
    if (options.kindGiven && parser.isSet(u"runtime"_s) && !facts(spec.kind).isTrainJob())
        return fail(Error::Kind::Invalid, u"--runtime goes with --kind TrainJob: a %1 has no runtime"_s.arg(facts(spec.kind).resource.kind));
    spec.pullSecrets = parser.values(u"pull-secret"_s);
    spec.serviceAccount = text(u"service-account"_s);
    spec.volcanoQueue = text(u"volcano-queue"_s);
    int keep = 3;
    int deadline = 0;
    int retries = 0;
    for (const auto &[name, least, field] :
        {std::tuple{u"nodes"_s, 1, &spec.nodes}, std::tuple{u"processes"_s, 1, &spec.processes},
            std::tuple{u"keep"_s, 0, &keep}, std::tuple{u"deadline"_s, 1, &deadline},
            std::tuple{u"retries"_s, 0, &retries}, std::tuple{u"together"_s, 1, &spec.together}}) {
        if (const Result<> read = count(name, least, *field); !read)
            return fail(read.error());
    }
    if (deadline > 0)
        spec.deadlineSeconds = deadline;
    if (parser.isSet(u"retries"_s))
        spec.backoffLimit = retries;
    if (parser.isSet(u"elastic"_s)) {
        spec.elastic = elasticOf(text(u"elastic"_s));
        if (!spec.elastic)
            return fail(wrong(u"elastic"_s, u"MIN:MAX or MIN:MAX:RESTARTS, such as 2:4"_s));
        if (!parser.isSet(u"nodes"_s))
            spec.nodes = spec.elastic->most;
    }
    for (const QString &one : parser.values(u"toleration"_s)) {
        const std::optional<launch::Toleration> toleration = launch::tolerationFrom(one);
        if (!toleration)
            return fail(wrong(u"toleration"_s, u"KEY, KEY=VALUE or either with :NoSchedule, :NoExecute or :PreferNoSchedule"_s));
        spec.tolerations.append(*toleration);
    }
    for (const auto &[name, field] : {std::pair{u"cpu"_s, &spec.each.cpu}, std::pair{u"memory"_s, &spec.each.memory},
             std::pair{u"shared-memory"_s, &spec.sharedMemory}}) {
        *field = text(name);
        if (!field->isEmpty() && decodeQuantity(field->toStdString()).value_or(0) <= 0)
            return fail(wrong(name, u"a quantity such as 8, 500m or 64Gi"_s));
    }
    if (parser.isSet(u"gpus"_s)) {
        const QString gpus = text(u"gpus"_s);
        if (gpus.contains(u'='))
            spec.each.gpu = gpus.section(u'=', 0, 0);
        const std::optional<int> number = whole(gpus.section(u'=', -1), 0);
        if (!number || spec.each.gpu.isEmpty())
            return fail(wrong(u"gpus"_s, u"a whole number, or RESOURCE=N"_s));
        spec.each.gpus = *number;
    }
    for (const QString &one : parser.values(u"env"_s)) {
        const std::optional<Variable> variable = variableOf(one);
        if (!variable)
            return fail(wrong(u"env"_s, u"NAME=VALUE, NAME=secret:OBJECT/KEY or NAME=configmap:OBJECT/KEY"_s));
        spec.variables.append(*variable);
    }
    for (const QString &one : parser.values(u"node-selector"_s)) {
        if (one.section(u'=', 0, 0).isEmpty() || !one.contains(u'='))
            return fail(wrong(u"node-selector"_s, u"LABEL=VALUE"_s));
        spec.nodeSelector.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
    }
    QStringList names{u"data"_s, u"output"_s};
    for (const QString &one : parser.values(u"mount"_s)) {
        std::optional<Mount> mount = mountOf(one);
        if (!mount)
            return fail(wrong(u"mount"_s, u"PVC:PATH, with :ro for read-only; the path begins with a slash"_s));
        mount->volume = names.isEmpty() ? u"volume-%1"_s.arg(spec.mounts.size() + 1) : names.takeFirst();
        spec.mounts.append(*mount);
    }
    policy.folder = text(u"folder"_s);
    if (const QString why = launch::whyNoFolder(policy.folder); !why.isEmpty())
        return fail(refused(u"folder"_s, policy.folder, why));
    if (parser.isSet(u"checkpoints"_s)) {
        const QString claim = text(u"checkpoints"_s);
        std::optional<Mount> mount = mountOf(claim.contains(u':') ? claim : claim + u":/checkpoints"_s);
        if (!mount)
            return fail(wrong(u"checkpoints"_s, u"PVC, or PVC:PATH"_s));
        if (const QString why = launch::whyNoFolder(mount->path); !why.isEmpty())
            return fail(refused(u"checkpoints"_s, mount->path, why));
        mount->volume = u"checkpoints"_s;
        mount->readOnly = false;
        spec.mounts.append(*mount);
    }
    for (const QString &one : parser.values(u"every"_s)) {
        if (one == "auto"_L1)
            options.advised = true;
        else if (!addInterval(policy, one))
            return fail(wrong(u"every"_s, u"an interval such as 500steps, 2epochs or 30m, or auto"_s));
    }
    if (options.advised && policy.everySteps + policy.everyEpochs + policy.everySeconds > 0)
        return fail(wrong(u"every"_s, u"auto alone, or intervals"_s));
    policy.keepLast = keep;
    if (parser.isSet(u"framework"_s)) {
        options.framework = launch::frameworkOf(text(u"framework"_s));
        if (!options.framework) {
            QStringList words;
            for (const launch::Framework framework : launch::frameworks())
                words.append(launch::frameworkWord(framework));
            return fail(wrong(u"framework"_s, u"one of "_s + words.join(u", "_s)));
        }
    }
    options.contract = parser.isSet(u"checkpoints"_s) || parser.isSet(u"folder"_s) || parser.isSet(u"every"_s)
        || parser.isSet(u"keep"_s);
    return options;
}

} // namespace cairn::ctl
