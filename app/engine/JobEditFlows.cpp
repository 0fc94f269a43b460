// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/JobEditFlows.h"

#include "base/Text.h"
#include "change/Executor.h"
#include "engine/JobFlows.h"
#include "engine/LaunchFlows.h"
#include "launch/Policy.h"
#include "manifest/Patch.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct JobEditTr {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

using change::Change;

QString nameIn(const QJsonObject &object)
{
    return object.value("metadata"_L1).toObject().value("name"_L1).toString();
}

QString versionOf(const QJsonObject &object)
{
    return object.value("metadata"_L1).toObject().value("resourceVersion"_L1).toString();
}

/// Whether a text was made from what is there now. Each word of status is a version of its own: where the generation is the
/// same nobody changed the specification, and a text that has the labels and annotations that are there takes none back.
bool isOutdated(const QJsonObject &said, const QJsonObject &live)
{
    if (versionOf(said).isEmpty() || versionOf(said) == versionOf(live))
        return false;
    const auto generation = [](const QJsonObject &object) { return object.value("metadata"_L1)["generation"_L1]; };
    return !generation(said).isDouble() || generation(said) != generation(live)
        || launch::editable(said).value("metadata"_L1) != launch::editable(live).value("metadata"_L1);
}

Error changedMeanwhile(const QString &name, const QString &what)
{
    return Error::make(Error::Kind::Conflict, JobEditTr::tr("%1 was changed meanwhile.").arg(text::safe(name)),
        what.isEmpty() ? JobEditTr::tr("Its specification, labels or annotations are not those that the text was made from.") : JobEditTr::tr("Changed since: %1.").arg(what),
        JobEditTr::tr("Begin again with the job as it is now, and put your change into it."));
}

/// The guard of an edit: whoever writes status is no obstacle, whoever writes anything else is.
std::function<Result<change::Write>(const QJsonObject &)> guardOf(const QJsonObject &base, const QJsonObject &patch)
{
    return [base, patch](const QJsonObject &live) -> Result<change::Write> {
        const QJsonValue now = live.value("metadata"_L1);
        const QJsonValue then = base.value("metadata"_L1);
        if (now[u"uid"_s] != then[u"uid"_s])
            return fail(Error::Kind::Conflict, JobEditTr::tr("Another job took the name %1.").arg(text::safe(nameIn(live))));
        if (!now[u"deletionTimestamp"_s].isUndefined())
            return fail(Error::Kind::Conflict, JobEditTr::tr("%1 is being deleted.").arg(text::safe(nameIn(live))));
        if (launch::editable(live) == launch::editable(base))
            return change::Write{patch, {}};
        if (change::contains(launch::editable(live), patch) && manifest::mergePatch(launch::editable(live), patch) == QJsonValue(launch::editable(live)))
            return change::Write{{}, JobEditTr::tr("It says so already.")}; // a lost answer, or somebody else with the same wish
        return fail(changedMeanwhile(nameIn(live), launch::othersText(base, live)));
    };
}

/// Runtimes by which one is chosen, and the one that is named.
struct Runtimes {
    QList<QJsonObject> all;
    QJsonObject chosen;
};

Result<Runtimes> readRuntimes(ObjectApi &api, const ConvertChoice &choice, const QString &ns, const std::stop_token &stop)
{
    Runtimes runtimes;
    if (!choice.runtime.isEmpty()) {
        const ResourceKind &kind = choice.ownRuntime ? kinds::trainingRuntimes() : kinds::clusterTrainingRuntimes();
        const Result<QJsonObject> runtime = api.get({kind, choice.ownRuntime ? ns : QString(), choice.runtime, {}}, stop);
        if (runtime)
            runtimes.chosen = *runtime;
        else if (runtime.error().kind != Error::Kind::Forbidden)
            return fail(runtime.error()); // who may not read it may name it all the same
        return runtimes;
    }
    const Result<QList<QJsonObject>> list = api.list(kinds::clusterTrainingRuntimes(), {}, {}, {}, stop);
    if (!list)
        return fail(list.error().kind, JobEditTr::tr("Which runtimes there are could not be read"), list.error().oneLine(), JobEditTr::tr("Name one with --runtime"));
    runtimes.all = *list;
    return runtimes;
}

/// What has no counterpart, above the text: whoever goes on with it should read it, and may delete it.
QByteArray commentsOf(const launch::Conversion &conversion, const QJsonObject &object)
{
    QStringList lines{JobEditTr::tr("Made of %1 %2.", "kind, name").arg(text::safe(object.value("kind"_L1).toString()), text::safe(nameIn(object)))};
    for (const launch::Conversion::Point &point : conversion.points) {
        if (point.fate == launch::Conversion::Fate::Moved)
            continue;
        lines.append(u"%1 %2: %3"_s.arg(launch::fateWord(point.fate), text::safe(point.field), point.text));
        if (!point.fix.isEmpty())
            lines.append(u"  "_s + point.fix);
    }
    QByteArray comments;
    for (const QString &line : std::as_const(lines))
        comments += "# " + line.toUtf8() + '\n';
    return comments;
}

} // namespace

Result<JobConvert> convertJob(ObjectApi &api, const QJsonObject &object, const Job *live, const ConvertChoice &choice, std::stop_token stop)
{
    const QString ns = object.value("metadata"_L1).toObject().value("namespace"_L1).toString();
    const Result<LaunchDefaults> defaults = readLaunchDefaults(api, ns, stop);
    if (!defaults)
        return fail(defaults.error());
    if (!defaults->kinds.contains(JobKind::TrainJob))
        return fail(Error::Kind::Unsupported, JobEditTr::tr("This cluster serves no TrainJobs"), {}, JobEditTr::tr("Install Kubeflow Trainer"));
    Result<Runtimes> runtimes = readRuntimes(api, choice, ns, stop);
    if (!runtimes)
        return fail(runtimes.error());
    launch::ConvertTo to{choice.name, choice.runtime, choice.ownRuntime, runtimes->chosen, defaults->fields};
    if (to.runtime.isEmpty()) {
        const launch::Spec spec = launch::specOf(object);
        to.runtime = launch::runtimeFor(spec.kind, runtimes->all);
        if (to.runtime.isEmpty())
            return fail(Error::Kind::NotFound, JobEditTr::tr("No ClusterTrainingRuntime suits a %1").arg(facts(spec.kind).resource.kind), {}, JobEditTr::tr("Name one with --runtime"));
        const auto one = std::ranges::find_if(runtimes->all, [&](const QJsonObject &runtime) { return nameIn(runtime) == to.runtime; });
        if (one != runtimes->all.end())
            to.runtimeObject = *one;
    }
    Result<launch::Conversion> conversion = launch::convert(object, to);
    if (!conversion)
        return fail(conversion.error());
    if (live && !isFinished(live->phase) && !live->suspendRequested)
        conversion->points.prepend({u"still-runs"_s, u"spec.runPolicy.suspend"_s, launch::Conversion::Fate::Otherwise,
            JobEditTr::tr("The job itself goes on, and both would save into the same folder."),
            JobEditTr::tr("Suspend it before the TrainJob is launched: cairnctl -n %1 job suspend %2").arg(text::safe(ns), text::safe(live->name))});
    const QByteArray text = commentsOf(*conversion, object) + launch::textOf(conversion->job);
    return JobConvert{*std::move(conversion), text, to.runtime};
}

Result<JobScale> previewScale(ObjectApi &api, const ObjectRef &job, std::optional<int> workers, std::stop_token stop)
{
    const Result<JobDetail> detail = readJob(api, job, stop);
    if (!detail)
        return fail(detail.error());
    launch::TrainJobFields fields;
    if (detail->job.facts().isTrainJob()) {
        const Result<LaunchDefaults> defaults = readLaunchDefaults(api, job.ns, stop);
        if (!defaults)
            return fail(defaults.error());
        fields = defaults->fields;
    }
    JobScale scale;
    scale.job = detail->job;
    scale.plan = launch::planScale(detail->object, detail->job, workers, fields);
    if (!scale.plan.feasible() || !scale.changes())
        return scale;
    Change &change = scale.change;
    change.act = Change::Act::Merge;
    change.target = detail->job.ref();
    change.before = detail->object;
    change.body = scale.plan.patch;
    change.text = JobEditTr::tr("Giving %1 %2 workers").arg(text::safe(job.name)).arg(scale.plan.to);
    change.done = JobEditTr::tr("It has %1 workers, and had %2.").arg(scale.plan.to).arg(scale.plan.from);
    change.look = guardOf(change.before, change.body);
    if (const Result<> tried = change::tryOut(api, change, stop); !tried)
        scale.refused = tried.error();
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return scale;
}

bool JobEdit::feasible() const
{
    return faults.isEmpty() && findings.isEmpty() && !refused && std::ranges::none_of(points, &launch::EditPoint::forbids);
}

Result<JobEdit> previewEdit(ObjectApi &api, const ObjectRef &job, const QJsonObject &base, const QByteArray &text, std::stop_token stop)
{
    const Result<JobDetail> detail = readJob(api, job, stop);
    if (!detail)
        return fail(detail.error());
    JobEdit edit;
    edit.job = detail->job;
    const manifest::Document document = manifest::Document::read(text);
    edit.faults = document.faults();
    if (!edit.faults.isEmpty())
        return edit;
    const QJsonObject said = document.json().toObject();
    if (document.count() != 1 || said.isEmpty()) {
        edit.refused = Error::make(Error::Kind::Invalid, JobEditTr::tr("This is not the text of a job."), JobEditTr::tr("It holds %n document(s).", nullptr, document.count()),
            JobEditTr::tr("Give one job, as cairnctl job yaml writes it."));
        return edit;
    }
    const QJsonObject &live = detail->object;
    const QJsonObject before = launch::editable(live);
    const QJsonObject after = launch::editable(said);
    edit.diff = manifest::diff(before, after);
    // Another one has been at it: by what is known of the job as it was, or by the version that the text says.
    const bool known = !base.isEmpty();
    const bool moved = known ? launch::editable(base) != before : isOutdated(said, live);
    const auto schema = readLaunchSchema(api, edit.job.kind, stop);
    if (schema) {
        edit.findings = manifest::validate(document, *schema);
        // It is not written, so what it says is no obstacle.
        erase_if(edit.findings, [](const manifest::Finding &one) { return !one.path.isEmpty() && one.path.steps().first().name == "status"_L1; });
    } else if (schema.error().kind == Error::Kind::Cancelled) {
        return fail(schema.error());
    } else {
        edit.gaps.append({u"schema"_s, JobEditTr::tr("The schema of %1 was not read: %2").arg(edit.job.facts().resource.plural, schema.error().oneLine()), {}});
    }
    edit.points = launch::editPoints(before, after, edit.job, schema ? *schema : manifest::Schema());
    if (const std::optional<change::Note> owner = launch::ownerRefusal(edit.job.manager)) {
        const bool queued = edit.job.manager.type == Manager::Type::Kueue; // who edits labels only need not wait for a queue
        const bool spec = before.value("spec"_L1) != after.value("spec"_L1);
        if (!queued || spec)
            edit.points.prepend({owner->id, queued ? u"spec"_s : QString(), owner->text, owner->fix, true});
    } else if (const std::optional<change::Note> warning = launch::ownerWarning(edit.job.manager)) {
        edit.points.prepend({warning->id, {}, warning->text, warning->fix, false});
    }
    if (moved) {
        edit.refused = changedMeanwhile(edit.job.name, known ? launch::othersText(base, live) : launch::lastChangeText(live));
        return edit;
    }
    const QJsonObject patch = manifest::mergePatchBetween(before, after).toObject();
    if (patch.isEmpty())
        return edit;
    Change &change = edit.change;
    change.act = Change::Act::Merge;
    change.target = edit.job.ref();
    change.before = live;
    change.body = patch;
    change.text = JobEditTr::tr("Changing %1").arg(text::safe(edit.job.name));
    change.done = JobEditTr::tr("Changed.");
    change.look = guardOf(live, patch);
    // A field that the schema does not know is told with its line already; the dry run would say it again.
    if (!edit.feasible())
        return edit;
    if (const Result<> tried = change::tryOut(api, change, stop); !tried)
        edit.refused = tried.error();
    if (stop.stop_requested())
        return fail(Error::cancelled());
    return edit;
}

Result<QJsonObject> applyJobChange(ObjectApi &api, const Change &change, const change::Options &options, std::stop_token stop)
{
    const change::Run run(api, options, stop);
    if (!change.text.isEmpty())
        run.report(change.stage, change.text);
    const change::Outcome outcome = run.perform(change);
    if (outcome.error)
        return fail(*outcome.error);
    if (outcome.state == change::Outcome::State::Stopped)
        return fail(Error::cancelled());
    return outcome.after;
}

Change inverseOf(const Change &change, const QJsonObject &after)
{
    Change back;
    back.act = Change::Act::Merge;
    back.target = change.target;
    back.before = after;
    back.body = change::restoring(change.body, change.before);
    back.stage = change::Event::Stage::Undoing;
    back.text = JobEditTr::tr("Putting %1 back").arg(text::safe(change.target.name));
    back.done = JobEditTr::tr("It is as it was before.");
    back.look = guardOf(after, back.body);
    return back;
}

} // namespace cairn::app
