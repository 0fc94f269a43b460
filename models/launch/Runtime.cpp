// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Runtime.h"

#include "base/Names.h"
#include "launch/Editor.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;

struct RuntimeWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

const Path kJobSet{u"spec"_s, u"template"_s, u"spec"_s};
const QString kVolcanoQueue = u"scheduling.volcano.sh/queue-name"_s;

/// What of `spec` stands in a runtime of its own; all else is as nobody said it.
Spec ofRuntime(const Spec &spec, const TrainJobFields &fields)
{
    Spec own;
    own.kind = JobKind::TrainJob;
    const auto take = [&](auto... members) { ((own.*members = spec.*members), ...); };
    take(&Spec::priorityClass, &Spec::token, &Spec::backoffLimit);
    if (fields.volcano)
        take(&Spec::volcanoQueue);
    if (!fields.grace)
        take(&Spec::graceSeconds);
    if (!fields.pullSecrets)
        take(&Spec::pullSecrets);
    if (!fields.security)
        take(&Spec::user, &Spec::confined);
    if (fields.patches.isEmpty())
        take(&Spec::mounts, &Spec::sharedMemory, &Spec::nodeSelector, &Spec::tolerations, &Spec::serviceAccount);
    return own;
}

Path metadata(const QString &field)
{
    return {u"metadata"_s, field};
}

Path derivedPath()
{
    return metadata(u"annotations"_s).field(names::name("derived-from"_L1));
}

/// Without what is the other one's alone, and without a clock that would end or delete what is made of it.
QJsonObject derived(const QJsonObject &base)
{
    const QString name = manifest::valueAt(base, metadata(u"name"_s)).toString();
    Editor made({{u"apiVersion"_s, kinds::trainingRuntimes().apiVersion()}, {u"kind"_s, kinds::trainingRuntimes().kind},
        {u"spec"_s, base.value("spec"_L1)}});
    // The framework, by which clients find their runtimes.
    const QJsonObject labels = manifest::valueAt(base, metadata(u"labels"_s)).toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it) {
        if (it.key().startsWith("trainer.kubeflow.org/"_L1))
            made.set(metadata(u"labels"_s).field(it.key()), it.value());
    }
    made.set(derivedPath(), name);
    made.drop(under(kJobSet, {u"ttlSecondsAfterFinished"_s}));
    const qsizetype jobs = made.at(under(kJobSet, {u"replicatedJobs"_s})).toArray().size();
    for (int i = 0; i < jobs; ++i) {
        const Path job = under(under(kJobSet, {u"replicatedJobs"_s}).item(i), {u"template"_s, u"spec"_s});
        for (const QString &clock : {u"activeDeadlineSeconds"_s, u"ttlSecondsAfterFinished"_s})
            made.drop(under(job, {clock}));
    }
    return made.job();
}

Result<QJsonObject> written(const QJsonObject &runtime, const Spec &before, const Spec &after)
{
    Editor editor(runtime);
    if (before.name != after.name)
        editor.put(metadata(u"name"_s), after.name);
    if (before.ns != after.ns)
        editor.put(metadata(u"namespace"_s), after.ns);
    if (before.backoffLimit != after.backoffLimit)
        editor.put(under(kJobSet, {u"failurePolicy"_s, u"maxRestarts"_s}), after.backoffLimit);
    if (before.volcanoQueue != after.volcanoQueue) {
        const Path gang{u"spec"_s, u"podGroupPolicy"_s};
        // Either of both makes the pod group.
        if (!after.volcanoQueue.isEmpty()) {
            editor.drop(under(gang, {u"coscheduling"_s}));
            if (editor.at(under(gang, {u"volcano"_s})).isUndefined())
                editor.set(under(gang, {u"volcano"_s}), QJsonObject());
        } else {
            editor.drop(under(gang, {u"volcano"_s}));
        }
        editor.put(Path{u"spec"_s, u"template"_s, u"metadata"_s, u"annotations"_s}.field(kVolcanoQueue),
            after.volcanoQueue);
    }
    writePods(editor, Layout(runtime, {}), before, after);
    return editor.result();
}

/// The job's side of a Spec whose runtime is its own.
Spec ofJob(Spec spec)
{
    spec.runtime = spec.name;
    spec.ownRuntime = true;
    return spec;
}

} // namespace

QStringList needsRuntime(const Spec &spec, const TrainJobFields &fields)
{
    if (!facts(spec.kind).isTrainJob() || spec.ownRuntime || !fields.runtimes.contains(spec.runtime))
        return {};
    return unsupported(ofRuntime(spec, fields), fields);
}

QStringList placeless(const Spec &spec, const TrainJobFields &fields)
{
    const QStringList placed = needsRuntime(spec, fields);
    QStringList names = unsupported(spec, fields);
    names.removeIf([&](const QString &name) { return placed.contains(name); });
    return names;
}

QString derivedFrom(const QJsonObject &runtime)
{
    return manifest::valueAt(runtime, derivedPath()).toString();
}

bool belongTogether(const QJsonObject &job, const QJsonObject &runtime)
{
    const auto of = [](const QJsonObject &object, const Path &path) {
        return manifest::valueAt(object, path).toString();
    };
    return runtime.value("kind"_L1).toString() == kinds::trainingRuntimes().kind
        && of(job, {u"spec"_s, u"runtimeRef"_s, u"kind"_s}) == kinds::trainingRuntimes().kind
        && of(job, {u"spec"_s, u"runtimeRef"_s, u"name"_s}) == of(runtime, metadata(u"name"_s));
}

Spec specOf(const Objects &objects)
{
    Spec spec = specOf(objects.job);
    if (objects.runtime.isEmpty())
        return spec;
    Spec own;
    const Layout layout(objects.runtime, {});
    const auto at = [&](const Path &path) { return manifest::valueAt(objects.runtime, path); };
    readPod(own, at(layout.pods().first()).toObject(), at(layout.containers().first()).toObject());
    own.backoffLimit = number(at(under(kJobSet, {u"failurePolicy"_s, u"maxRestarts"_s})));
    own.volcanoQueue =
        at(Path{u"spec"_s, u"template"_s, u"metadata"_s, u"annotations"_s}.field(kVolcanoQueue)).toString();
    const QString base = derivedFrom(objects.runtime);
    if (!base.isEmpty()) {
        spec.runtime = base;
        spec.ownRuntime = false;
    }
    // Where the job says something it counts: it is laid over its runtime.
    const auto take = [&](auto... members) {
        ((spec.*members == Spec().*members ? void(spec.*members = own.*members) : void()), ...);
    };
    take(&Spec::priorityClass, &Spec::token, &Spec::backoffLimit, &Spec::volcanoQueue, &Spec::graceSeconds,
        &Spec::pullSecrets, &Spec::user, &Spec::confined, &Spec::mounts, &Spec::sharedMemory, &Spec::nodeSelector,
        &Spec::tolerations, &Spec::serviceAccount);
    return spec;
}

Result<Objects> withSpec(const Objects &objects, const Spec &before, const Spec &after, const TrainJobFields &fields)
{
    const bool had = !objects.runtime.isEmpty();
    const bool needed = had && !needsRuntime(before, fields).isEmpty();
    const bool needs = !needsRuntime(after, fields).isEmpty();
    const bool another = before.runtime != after.runtime || before.ownRuntime != after.ownRuntime;
    // One that somebody wrote, or that nothing derived here could take the place of, stays.
    const bool keeps = had && !another && (needs || !needed);
    Objects made;
    TrainJobFields known = fields;
    if (keeps || needs) {
        const QJsonObject base = fields.runtimes.value(after.runtime);
        const bool bearsName = !keeps || !derivedFrom(objects.runtime).isEmpty();
        const auto own = [&](const Spec &spec) {
            Spec part = ofRuntime(spec, fields);
            part.name = bearsName ? spec.name : QString();
            part.ns = spec.ns;
            return part;
        };
        Spec nothing;
        nothing.kind = JobKind::TrainJob;
        const Result<QJsonObject> runtime = keeps ? written(objects.runtime, own(before), own(after))
                                                  : written(derived(base), nothing, own(after));
        if (!runtime)
            return fail(runtime.error());
        made.runtime = *runtime;
        for (const Spec &spec : {before, after}) // whichever name the job still refers to
            known.runtimes.insert(bearsName ? spec.name : spec.runtime, made.runtime);
    }
    const bool named = derivedFrom(objects.runtime).isEmpty(); // the job's reference is the Spec's
    const Result<QJsonObject> job = withSpec(objects.job, had && !named ? ofJob(before) : before,
        !made.runtime.isEmpty() && !derivedFrom(made.runtime).isEmpty() ? ofJob(after) : after, known);
    if (!job)
        return fail(job.error());
    made.job = *job;
    return made;
}

Result<Objects> newObjects(const Spec &spec, const TrainJobFields &fields)
{
    Spec bare;
    bare.kind = spec.kind;
    const Result<QJsonObject> job = newJob(bare, fields);
    if (!job)
        return fail(job.error());
    return withSpec(Objects{*job, {}}, bare, spec, fields);
}

QByteArray textOf(const Objects &objects)
{
    QByteArray text = textOf(objects.job);
    if (!objects.runtime.isEmpty())
        text += "---\n" + textOf(objects.runtime);
    return text;
}

} // namespace cairn::launch
