// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/LaunchFlows.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "domain/QuotaDecoder.h"
#include "engine/LaunchParts.h"
#include "launch/Rules.h"
#include "launch/Runtime.h"
#include "launch/TrainerRules.h"
#include "manifest/Document.h"
#include "manifest/Patch.h"
#include "manifest/Prune.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QRandomGenerator>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using launch::nameOf;
using launch::Spec;
using launch::TrainJobFields;
using manifest::Path;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

constexpr int kTries = 6;          // a pod; several die together when a node does
constexpr int kSteps = 500;        // until somebody says how often
constexpr int kKeep = 3;           // the newest may be half written, the one before damaged
constexpr int kGraceSeconds = 120; // a step and a save of most trainings; the usual 30 s seldom do

/// A quarter of the memory: data loaders need some, and what is not used costs nothing.
QString sharedMemoryOf(const QString &memory)
{
    const double bytes = decodeQuantity(memory.toStdString()).value_or(0);
    const qint64 mebibytes = static_cast<qint64>(bytes / 4 / (1024 * 1024));
    return mebibytes >= 64 ? QString::number(mebibytes) + u"Mi"_s : QString();
}

} // namespace

Result<LaunchDefaults> readLaunchDefaults(ObjectApi &api, const QString &ns, std::stop_token stop)
{
    LaunchDefaults defaults;
    for (const JobKindFacts &kind : trainingKinds()) {
        const Result<bool> served = api.serves(kind.resource, stop);
        if (!served)
            return fail(served.error());
        if (*served)
            defaults.kinds.append(kind.id);
    }
    if (defaults.kinds.contains(JobKind::TrainJob)) {
        if (const Result<manifest::Schema> schema = launching::schemaOf(api, facts(JobKind::TrainJob).resource, stop))
            defaults.fields = launch::trainJobFields(
                *schema, launching::schemaOf(api, kinds::trainingRuntimes(), stop).value_or(manifest::Schema()));
        const QList<QJsonObject> runtimes =
            api.list(kinds::clusterTrainingRuntimes(), {}, {}, {}, stop).value_or(QList<QJsonObject>());
        for (const QJsonObject &runtime : runtimes) {
            defaults.fields.runtimes.insert(nameOf(runtime), runtime);
            if (runtimes.size() == 1 || nameOf(runtime) == "torch-distributed"_L1)
                defaults.runtime = nameOf(runtime);
        }
    }
    if (api.serves(kinds::localQueues(), stop).value_or(false)) {
        const QList<QJsonObject> queues =
            api.list(kinds::localQueues(), ns, {}, {}, stop).value_or(QList<QJsonObject>());
        if (queues.size() == 1)
            defaults.queue = nameOf(queues.first());
    }
    if (const Result<QJsonObject> space = api.get({kinds::namespaces(), {}, ns, {}}, stop))
        defaults.restricted = space->value("metadata"_L1)
                                  .toObject()
                                  .value("labels"_L1)
                                  .toObject()
                                  .value("pod-security.kubernetes.io/enforce"_L1)
                                  .toString()
            == "restricted"_L1;
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return defaults;
}

launch::Spec withDefaults(const launch::Spec &spec, const LaunchDefaults &defaults)
{
    Spec with = spec;
    const bool trainJob = facts(spec.kind).isTrainJob();
    if (with.queue.isEmpty())
        with.queue = defaults.queue;
    if (with.sharedMemory.isEmpty() && (with.each.gpus > 1 || with.processes > 1))
        with.sharedMemory = sharedMemoryOf(with.each.memory);
    if (defaults.restricted) {
        with.confined = true;
        with.user = with.user.value_or(1000);
    }
    if (!with.graceSeconds && !with.mounts.isEmpty() && (!trainJob || defaults.fields.grace))
        with.graceSeconds = kGraceSeconds;
    if (trainJob) {
        if (with.runtime.isEmpty())
            with.runtime = defaults.runtime;
        return with;
    }
    if (!with.token && with.serviceAccount.isEmpty())
        with.token = false;
    if (with.restartPolicy.isEmpty())
        with.restartPolicy = u"OnFailure"_s;
    if (!with.backoffLimit)
        with.backoffLimit = kTries * std::max(1, with.nodes);
    if (with.cleanPods.isEmpty())
        with.cleanPods = u"Running"_s;
    return with;
}

namespace {

/// Where a job of this name saves by itself; empty without a name, or a volume for it.
QString folderFor(const Spec &spec)
{
    const auto mount = std::ranges::find(spec.mounts, u"checkpoints"_s, &launch::Mount::volume);
    return spec.name.isEmpty() || mount == spec.mounts.end() || mount->path.isEmpty() ? QString()
                                                                                      : mount->path + u'/' + spec.name;
}

} // namespace

Spec followDefaults(const Spec &before, const Spec &after, launch::Framework framework, const LaunchDefaults &defaults)
{
    Spec next = after;
    const auto follow = [&](auto member) {
        if (after.*member != before.*member)
            return;
        Spec bare = before;
        bare.*member = Spec().*member;
        if (before.*member != withDefaults(bare, defaults).*member)
            return;
        bare = after;
        bare.*member = Spec().*member;
        next.*member = withDefaults(bare, defaults).*member;
    };
    follow(&Spec::runtime);
    follow(&Spec::sharedMemory);
    follow(&Spec::graceSeconds);
    follow(&Spec::token);
    follow(&Spec::restartPolicy);
    follow(&Spec::backoffLimit);
    follow(&Spec::cleanPods);

    const QString folder = folderFor(next);
    const launch::Policy was = launch::policyOf(before, framework);
    launch::Policy saves = launch::policyOf(next, framework);
    if (saves.folder != was.folder || was.folder != folderFor(before) || folder == was.folder)
        return next;
    if (folder.isEmpty())
        return launch::withoutPolicy(next, saves);
    const bool first = saves.folder.isEmpty();
    saves.folder = folder;
    if (first && saves.everySteps + saves.everyEpochs + saves.everySeconds == 0)
        saves.everySteps = kSteps;
    if (first && saves.keepLast == 0)
        saves.keepLast = kKeep;
    return launch::withPolicy(next, launch::pass(saves));
}

QString newLaunchId()
{
    return QString::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, u'0');
}

QString launchIdOf(const QByteArray &text, const QString &ns)
{
    return QString::fromLatin1(QCryptographicHash::hash(ns.toUtf8() + '\n' + text, QCryptographicHash::Sha256).toHex().left(16));
}

namespace {

/// In its namespace, with the mark by which a lost answer is told from another one's object.
QJsonObject placed(QJsonObject object, const QString &ns, const QString &mark)
{
    QJsonObject metadata = object.value("metadata"_L1).toObject();
    metadata.insert(u"namespace"_s, ns);
    QJsonObject annotations = metadata.value("annotations"_L1).toObject();
    annotations.insert(change::changeMark(), mark);
    metadata.insert(u"annotations"_s, annotations);
    object.insert(u"metadata"_s, metadata);
    return object;
}

change::Change creating(const ResourceKind &kind, const QJsonObject &object)
{
    change::Change create;
    create.act = change::Change::Act::Create;
    create.target = {kind, object.value("metadata"_L1).toObject().value("namespace"_L1).toString(), nameOf(object), {}};
    create.body = object;
    create.stage = change::Event::Stage::Creating;
    create.text = Words::tr("Making %1 %2").arg(kind.kind, text::safe(nameOf(object)));
    return create;
}

/// The job as its webhook can judge it now: it refuses one whose runtime is not there yet, and the one that it is derived
/// from has the same replicated jobs and containers.
QJsonObject onBase(QJsonObject job, const QJsonObject &runtime)
{
    const QString base = launch::derivedFrom(runtime);
    if (base.isEmpty())
        return job;
    QJsonObject body = job.value("spec"_L1).toObject();
    body.insert(u"runtimeRef"_s, QJsonObject{{u"name"_s, base}});
    job.insert(u"spec"_s, body);
    return job;
}

QString markOf(const QJsonObject &object)
{
    return object.value("metadata"_L1)["annotations"_L1][change::changeMark()].toString();
}

bool hasOwner(const QJsonObject &object)
{
    return !object.value("metadata"_L1)["ownerReferences"_L1].toArray().isEmpty();
}

/// What makes the runtime that `create` wants of the one that has its name: a launch that was cut short left it. `taken`, the
/// refusal, where it is anything else. One of another launch has to be as it is wanted: that launch may still go on.
Result<change::Change> takenOver(
    ObjectApi &api, const change::Change &create, const Error &taken, const std::stop_token &stop)
{
    const Result<QJsonObject> live = api.get(create.target, stop);
    const bool ours = live && markOf(*live) == markOf(create.body);
    const QString base = launch::derivedFrom(create.body);
    if (!live || hasOwner(*live) || (!ours && (base.isEmpty() || launch::derivedFrom(*live) != base)))
        return fail(taken);
    const auto patchOf = [wanted = create.body](const QJsonObject &there) {
        const QJsonObject metadata = wanted.value("metadata"_L1).toObject();
        return QJsonObject{{u"metadata"_s, QJsonObject{{u"labels"_s, metadata.value("labels"_L1)}, {u"annotations"_s, metadata.value("annotations"_L1)}}},
            {u"spec"_s, manifest::mergePatchBetween(there.value("spec"_L1), wanted.value("spec"_L1))}};
    };
    if (ours && live->value("spec"_L1) == create.body.value("spec"_L1))
        return create; // it finds its own
    change::Change take = create;
    take.act = change::Change::Act::Merge;
    take.target.uid = live->value("metadata"_L1)["uid"_L1].toString();
    take.before = *live;
    take.look = [patchOf, before = *live, id = markOf(create.body)](const QJsonObject &there) -> Result<change::Write> {
        // Written before, where an answer was lost.
        if (const Result<> stands = change::standsAsPlanned(there, before); !stands && markOf(there) != id)
            return fail(stands.error());
        return change::Write{patchOf(there), {}};
    };
    // What the server fills in by itself is no difference.
    const Result<QJsonObject> tried =
        api.patch(take.target, PatchType::Merge, patchOf(*live), {.dryRun = true}, stop);
    if (ours)
        return tried ? Result<change::Change>(take) : fail(tried.error());
    if (!tried || tried->value("spec"_L1) != live->value("spec"_L1))
        return fail(taken);
    const Result<QList<QJsonObject>> jobs =
        api.list(facts(JobKind::TrainJob).resource, create.target.ns, {}, {}, stop);
    if (!jobs || std::ranges::any_of(*jobs, [&](const QJsonObject &job) {
            return nameOf(job) == create.target.name || launch::belongTogether(job, create.body);
        }))
        return fail(taken);
    return take;
}

/// The server says that no job is there which needs what was made for it.
bool isAbsent(ObjectApi &api, const change::Change &create, const QList<QJsonObject> &made)
{
    const Result<QJsonObject> there = api.get(create.target, {});
    if (!there)
        return there.error().kind == Error::Kind::NotFound;
    // Another launch of the same name may have taken it over.
    return markOf(*there) != markOf(create.body)
        && std::ranges::none_of(made, [&](const QJsonObject &object) { return launch::belongTogether(*there, object); });
}

/// Whatever was made for a job that is not made.
void takeBack(const change::Run &run, const QList<change::Change> &made, const QList<QJsonObject> &objects)
{
    for (qsizetype i = objects.size(); i-- > 0;) {
        change::Change remove;
        remove.act = change::Change::Act::Delete;
        remove.target = made.at(i).target;
        remove.target.uid = objects.at(i).value("metadata"_L1).toObject().value("uid"_L1).toString();
        remove.before = objects.at(i);
        remove.stage = change::Event::Stage::Undoing;
        remove.text = Words::tr("Deleting %1 %2 again").arg(remove.target.kind.kind, text::safe(remove.target.name));
        run.perform(remove);
    }
}

/// What was made for a job goes with it when it is deleted.
change::Change ownership(const ObjectRef &thing, const QJsonObject &object, const QJsonObject &job)
{
    const QJsonObject metadata = job.value("metadata"_L1).toObject();
    change::Change owned;
    owned.target = thing;
    owned.target.uid = object.value("metadata"_L1).toObject().value("uid"_L1).toString();
    owned.before = object;
    owned.body = {{u"metadata"_s,
        QJsonObject{{u"ownerReferences"_s,
            QJsonArray{QJsonObject{{u"apiVersion"_s, job.value("apiVersion"_L1)}, {u"kind"_s, job.value("kind"_L1)},
                {u"name"_s, metadata.value("name"_L1)}, {u"uid"_s, metadata.value("uid"_L1)}}}}}}};
    owned.look = [before = object, body = owned.body, uid = metadata.value("uid"_L1)](
                     const QJsonObject &live) -> Result<change::Write> {
        if (live.value("metadata"_L1)["ownerReferences"_L1][0]["uid"_L1] == uid)
            return change::Write{}; // a preview of the same launch was first
        if (const Result<> stands = change::standsAsPlanned(live, before); !stands)
            return fail(stands.error());
        return change::Write{body, {}};
    };
    return owned;
}

void own(const change::Run &run, const change::Change &owned)
{
    const change::Outcome outcome = run.perform(owned);
    if (outcome.error)
        run.report(change::Event::Stage::Changing,
            Words::tr("%1 %2 stays when the job is deleted: %3")
                .arg(owned.target.kind.kind, text::safe(owned.target.name), outcome.error->oneLine()));
}

/// What submitLaunch() did not come to, because it was killed: both objects bear the mark of one launch, and the second has no
/// owner. nullopt where nothing is left to do.
std::optional<change::Change> leftUndone(ObjectApi &api, const QJsonObject &job, const std::stop_token &stop)
{
    const Spec spec = launch::specOf(job);
    const QString mark = markOf(job);
    if (!facts(spec.kind).isTrainJob() || !spec.ownRuntime || mark.isEmpty())
        return std::nullopt;
    const ObjectRef runtime{kinds::trainingRuntimes(), spec.ns, spec.runtime, {}};
    const QJsonObject live = api.get(runtime, stop).value_or(QJsonObject());
    if (markOf(live) != mark || hasOwner(live) || launch::derivedFrom(live).isEmpty() || !launch::belongTogether(job, live))
        return std::nullopt;
    return ownership(runtime, live, job);
}

} // namespace

Result<LaunchPreview> previewLaunch(ObjectApi &api, const QByteArray &text, const QString &ns,
    const PreviewOptions &options, std::stop_token stop)
{
    LaunchPreview preview;
    preview.text = text;
    preview.ground = options.ground;
    const manifest::Document document = manifest::Document::read(text);
    preview.faults = document.faults();
    if (!preview.faults.isEmpty())
        return preview;
    const auto wrong = [&](const QString &why, const QString &fix) {
        preview.refused =
            Error::make(Error::Kind::Invalid, Words::tr("This is no job that can be launched."), why, fix);
        return preview;
    };
    QJsonObject job = document.json().toObject();
    QJsonObject runtime = document.json(1).toObject();
    if (document.count() != 1 && (document.count() != 2 || !launch::belongTogether(job, runtime)))
        return wrong(Words::tr("The text holds %n documents.", nullptr, document.count()),
            Words::tr("Give one job, with the TrainingRuntime that it refers to behind it; apply other objects first."));
    const QString version = job.value("apiVersion"_L1).toString();
    const QString kindName = job.value("kind"_L1).toString();
    const auto kind = std::ranges::find_if(trainingKinds(),
        [&](const JobKindFacts &k) { return k.resource.kind == kindName && k.resource.apiVersion() == version; });
    if (kind == trainingKinds().end()) {
        const JobKindFacts *near = jobKindByName(kindName);
        return wrong(Words::tr("Its kind is %1 of %2.")
                         .arg(text::safe(kindName.isEmpty() ? u"?"_s : kindName),
                             text::safe(version.isEmpty() ? u"?"_s : version)),
            near != nullptr
                ? Words::tr("%1 is served as apiVersion %2.").arg(near->resource.kind, near->resource.apiVersion())
                : Words::tr("A PyTorchJob, TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob or TrainJob can be launched."));
    }
    // A name that the server makes up is another one at each try: what was made could not be found again.
    if (nameOf(job).isEmpty() && job.value("metadata"_L1).toObject().contains("generateName"_L1))
        return wrong(Words::tr("It has generateName and no name, so that a lost answer would leave a job behind."),
            Words::tr("Give it a name."));
    const QString place = job.value("metadata"_L1).toObject().value("namespace"_L1).toString(ns);
    const QString id = options.id.isEmpty() ? newLaunchId() : options.id;
    job = placed(job, place, id);

    if (!options.ground.holdsFor(place, kind->id, QDateTime::currentDateTimeUtc())) {
        const Result<LaunchGround> ground = readLaunchGround(api, place, kind->id, stop);
        if (!ground)
            return fail(ground.error());
        preview.ground = *ground;
    }
    preview.gaps = preview.ground.gaps;
    preview.findings = launch::findingsOf(document, preview.ground.schema.get());
    launch::Around around = preview.ground.around;
    around.step = options.costs.step;
    around.save = options.costs.save;
    preview.create = creating(kind->resource, job);
    change::Change trial = preview.create;
    Result<manifest::Schema> schema = fail(Error::cancelled());
    if (!runtime.isEmpty()) {
        const ResourceKind &resource = kinds::trainingRuntimes();
        schema = launching::schemaOf(api, resource, stop);
        preview.findings += launch::findingsOf(document, schema ? &*schema : nullptr, 1);
        if (!schema && schema.error().kind == Error::Kind::Cancelled)
            return fail(schema.error());
        if (!schema)
            preview.gaps.append({u"schema"_s,
                Words::tr("The schema of %1 was not read: %2").arg(resource.plural, schema.error().oneLine()), {}});
        runtime = placed(runtime, place, id);
        preview.needs.append(creating(resource, runtime));
        around.runtime = runtime;
        trial.body = onBase(job, runtime);
    } else if (kind->isTrainJob()) {
        around.runtime = launching::runtimeOf(api, job, place, stop);
    }
    // What the server says of the same field is said once.
    for (const manifest::Finding &own : launch::trainerFindings(document, around.runtime, preview.ground.schema.get(), schema ? &*schema : nullptr)) {
        if (std::ranges::none_of(preview.findings, [&](const manifest::Finding &other) { return other.path == own.path; }))
            preview.findings.append(own);
    }
    const launch::Framework trains = options.framework.value_or(launch::recognise(launch::effectiveSpec(job, around.runtime)));
    preview.runtime = around.runtime;
    preview.effective = launch::effective(document.json().toObject(), around.runtime);
    preview.points = launch::expertPoints(job, trains, around);
    preview.net = launch::safetyNet(job, trains, around);
    bool taken = false; // the job's name, or that of what it needs
    const auto refuse = [&](const Error &error) {
        taken = taken || error.reason == "AlreadyExists"_L1;
        if (!preview.refused)
            preview.refused = error;
    };
    for (change::Change &need : preview.needs) {
        Result<> tried = change::tryOut(api, need, stop);
        if (!tried && tried.error().reason == "AlreadyExists"_L1) {
            const Result<change::Change> take = takenOver(api, need, tried.error(), stop);
            tried = take ? Result<>() : fail(take.error());
            need = take.value_or(need);
        }
        if (!tried)
            refuse(tried.error());
    }
    if (const Result<> tried = change::tryOut(api, trial, stop); !tried)
        refuse(tried.error());
    if (stop.stop_requested())
        return fail(Error::cancelled());
    if (taken) {
        QJsonObject there = api.get(preview.create.target, stop).value_or(QJsonObject());
        there.insert(u"kind"_s, preview.create.target.kind.kind); // as it was asked for, whatever the answer leaves out
        there.insert(u"apiVersion"_s, preview.create.target.kind.apiVersion());
        const std::optional<change::Change> late = leftUndone(api, there, stop);
        preview.there = nameOf(there).isEmpty() ? QJsonObject() : there;
        const bool ours = markOf(there) == id;
        if (ours)
            preview.made = there.value("metadata"_L1)["uid"_L1].toString();
        else if (!preview.there.isEmpty() && preview.refused && preview.refused->reason == "AlreadyExists"_L1)
            preview.refused = launching::isAnothers(*preview.refused, there, preview.create.body, kind->id);
        if (late && ours && options.mends)
            own(change::Run(api, {}, stop), *late);
        else if (late)
            preview.late.append(*late);
    }
    return preview;
}

Result<launch::Effective> readEffective(ObjectApi &api, const ObjectRef &job, std::stop_token stop)
{
    const JobKindFacts *kind = jobKindOf(job.kind);
    Result<QJsonObject> object = api.get(job, stop);
    if (!object)
        return fail(object.error());
    object->insert(u"kind"_s, job.kind.kind); // as it was asked for, whatever the answer leaves out
    object->insert(u"apiVersion"_s, job.kind.apiVersion());
    const QJsonObject runtime =
        kind != nullptr && kind->isTrainJob() ? launching::runtimeOf(api, *object, job.ns, stop) : QJsonObject();
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return launch::effective(manifest::forClone(*object), runtime);
}

Result<QJsonObject> submitLaunch(
    ObjectApi &api, const QList<change::Change> &creates, const change::Options &options, std::stop_token stop)
{
    const change::Run run(api, options, stop);
    const change::Run after(api, options, {}); // what was begun is ended in order, also where it is stopped
    QList<QJsonObject> made;
    for (const change::Change &create : creates) {
        const change::Outcome outcome = run.perform(create);
        if (outcome.error || outcome.state == change::Outcome::State::Stopped) {
            // A job whose answer was lost needs what was made for it.
            if (!made.isEmpty() && isAbsent(api, creates.last(), made))
                takeBack(after, creates, made);
            return fail(outcome.error.value_or(Error::cancelled()));
        }
        made.append(outcome.after);
    }
    for (qsizetype i = 0; i + 1 < made.size(); ++i)
        own(after, ownership(creates.at(i).target, made.at(i), made.last()));
    return made.last();
}

Result<> finishLaunch(ObjectApi &api, const QList<change::Change> &late, const change::Options &options, std::stop_token stop)
{
    const change::Run run(api, options, std::move(stop));
    for (const change::Change &change : late) {
        if (const Result<> tried = change::tryOut(api, change, {}); !tried)
            return fail(tried.error());
        const change::Outcome outcome = run.perform(change);
        if (outcome.error || outcome.state == change::Outcome::State::Stopped)
            return fail(outcome.error.value_or(Error::cancelled()));
    }
    return {};
}

} // namespace cairn::app
