// SPDX-License-Identifier: GPL-3.0-or-later
#include "Advice.h"
#include "Commands.h"
#include "Launching.h"
#include "Output.h"
#include "Templates.h"
#include "base/Text.h"
#include "domain/ObjectDecoder.h"
#include "engine/AuditFlows.h"
#include "engine/LaunchFolder.h"
#include "launch/Incoming.h"
#include "launch/Effective.h"
#include "launch/Runtime.h"
#include "manifest/Document.h"
#include "manifest/Yaml.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>
#include <cstdio>
#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using launch::Point;
using launch::Spec;

QJsonArray pointsJson(const QList<Point> &points)
{
    QJsonArray array;
    for (const Point &point : points)
        array.append(QJsonObject{{u"id"_s, point.id}, {u"state"_s, launch::stateWord(point.state)},
            {u"title"_s, point.title}, {u"text"_s, point.text}, {u"fix"_s, point.fix}});
    return array;
}

/// Null where it is not known.
template <class T>
QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

QJsonArray gapsJson(const QList<Gap> &gaps)
{
    QJsonArray array;
    for (const Gap &gap : gaps)
        array.append(gap.what + u": "_s + gap.error.oneLine());
    return array;
}

QJsonObject toJson(const app::LaunchFit &read)
{
    const launch::Fit &fit = read.fit;
    QJsonObject nodes;
    for (auto it = fit.nodes.begin(); it != fit.nodes.end(); ++it)
        nodes.insert(it.key(), it.value());
    return {{u"answer"_s, launch::answerWord(fit.answer)}, {u"text"_s, fit.text}, {u"checks"_s, pointsJson(fit.points)},
        {u"pods"_s, fit.pods}, {u"podsNow"_s, orNull(fit.now)}, {u"podsOnEmptyCluster"_s, orNull(fit.empty)},
        {u"nodes"_s, nodes}, {u"idleGpus"_s, orNull(fit.idle)}, {u"notSeen"_s, gapsJson(read.gaps)}};
}

QJsonObject toJson(const launch::Effective &effective)
{
    QJsonArray lines;
    for (const launch::EffectiveLine &line : effective.lines)
        lines.append(QJsonObject{
            {u"text"_s, line.text}, {u"from"_s, launch::originWord(line.from)}, {u"who"_s, line.who}});
    return {{u"object"_s, effective.object}, {u"lines"_s, lines},
        {u"notes"_s, QJsonArray::fromStringList(effective.notes)}};
}

QJsonObject toJson(const app::LaunchPreview &preview)
{
    QJsonArray gaps;
    for (const change::Note &gap : preview.gaps)
        gaps.append(gap.text);
    QJsonObject json{{u"yaml"_s, QString::fromUtf8(preview.text)}, {u"problems"_s, problemsJson(preview.faults, preview.findings)},
        {u"expert"_s, pointsJson(preview.points)}, {u"safetyNet"_s, pointsJson(preview.net)}, {u"notSeen"_s, gaps},
        {u"accepted"_s, preview.feasible()}, {u"effective"_s, toJson(preview.effective)}};
    json.insert(u"refused"_s, preview.refused ? QJsonValue(preview.refused->oneLine()) : QJsonValue());
    return json;
}

void tell(const app::LaunchPreview &preview)
{
    tellProblems(preview.faults, preview.findings);
    for (const change::Note &gap : preview.gaps)
        note(u"Not seen: "_s + gap.text);
    QStringList told; // the safety net has some of the same
    for (const QList<Point> &points : {preview.net, preview.points}) {
        for (const Point &point : points) {
            if (point.state == Point::State::Holds || told.contains(point.id))
                continue;
            told.append(point.id);
            const QString head = point.state == Point::State::Fails ? u"Not met: "_s
                : point.state == Point::State::Look                 ? u"Look at: "_s
                                                                    : u"Not known: "_s;
            note(head + point.title + u": "_s + point.text
                + (point.fix.isEmpty() ? QString() : u"\n  Fix: "_s + point.fix));
        }
    }
}

/// Lines with where each of them comes from, and notes; `json` is added to the object.
void tellEffective(Format format, const launch::Effective &effective, const QJsonObject &more)
{
    QList<QStringList> rows;
    for (const launch::EffectiveLine &line : effective.lines) {
        rows.append({launch::originWord(line.from) + (line.who.isEmpty() ? QString() : u' ' + text::safe(line.who)),
            text::safe(line.text)});
    }
    QJsonObject json = toJson(effective);
    for (auto it = more.begin(); it != more.end(); ++it)
        json.insert(it.key(), it.value());
    print(format, json, renderTable(rows));
    for (const QString &one : effective.notes)
        note(u"Note: "_s + one);
}

/// A kustomize folder. What is there and not Cairn's stays.
int saveFolder(kube::Cluster &cluster, const Options &options, const app::LaunchPreview &preview, const std::stop_token &stop)
{
    const Result<app::LaunchFolder> folder = app::launchFolder(cluster, preview, options.out, stop);
    if (!folder)
        return printError(folder.error());
    QList<QStringList> rows{{u"FILE"_s, u"BECOMES"_s}};
    for (const cairn::overlay::FileStep &step : folder->steps)
        rows.append({text::safe(step.path), cairn::overlay::actWord(step.act)});
    for (const change::Note &one : folder->notes)
        note(u"Note: "_s + one.text + (one.fix.isEmpty() ? QString() : u' ' + one.fix));
    if (options.dryRun) {
        print(options.format, {}, renderTable(rows));
        return ExitOk;
    }
    if (const Result<> saved = app::saveLaunchFolder(options.out, *folder, stop); !saved)
        return printError(saved.error());
    print(options.format, {}, renderTable(rows));
    note(u"Apply it with: kubectl apply -k %1"_s.arg(text::safe(QDir(options.out).filePath(folder->tree.entry))));
    return ExitOk;
}

/// Does something about a job of the cluster that is named on the command line.
template <class Act>
int onJob(app::Engine &engine, const Options &options, const std::stop_token &stop, const Act &act)
{
    const auto connected = connectToOne(engine, options);
    if (!connected)
        return printError(connected.error());
    kube::Cluster &cluster = **connected;
    const Result<app::JobDetail> detail =
        app::findJob(cluster, namespaceOf(cluster, options), options.command[2], stop);
    return detail ? act(cluster, *detail) : printError(detail.error());
}

int tellWhy(const Options &options, const Job &job, const app::JobWhy &read)
{
    const launch::WhyNot &why = read.why;
    QJsonArray chain;
    QList<QStringList> rows;
    QStringList later;
    for (const launch::WhyNot::Evidence &one : why.chain) {
        chain.append(QJsonObject{{u"id"_s, one.id}, {u"state"_s, launch::evidenceWord(one.state)},
            {u"text"_s, one.text}, {u"source"_s, one.source}, {u"message"_s, one.message},
            {u"at"_s, one.at.isValid() ? QJsonValue(one.at.toString(Qt::ISODate)) : QJsonValue()}});
        if (one.state == launch::WhyNot::Evidence::State::NotAsked) {
            later.append(one.text);
            continue;
        }
        rows.append({u"  "_s + launch::evidenceWord(one.state), one.text});
        if (!one.message.isEmpty() && !one.text.contains(one.message))
            rows.append({QString(), (one.source.isEmpty() ? QString() : one.source + u": "_s) + one.message});
    }
    if (!later.isEmpty())
        rows.append({u"  –"_s, u"Not asked yet: "_s + later.join(u", "_s)});
    QString table = u"%1: %2\n"_s.arg(launch::verdictWord(why.verdict), why.sentence);
    for (const QString &way : why.ways)
        table += u"  Way out: %1\n"_s.arg(way);
    table += u'\n' + renderTable(rows);
    print(options.format,
        {{u"kind"_s, job.facts().resource.kind}, {u"namespace"_s, job.ns},
            {u"name"_s, job.name}, {u"uid"_s, job.uid},
            {u"verdict"_s, launch::verdictWord(why.verdict)}, {u"cause"_s, why.cause}, {u"sentence"_s, why.sentence},
            {u"ways"_s, QJsonArray::fromStringList(why.ways)}, {u"evidence"_s, chain},
            {u"notSeen"_s, gapsJson(read.gaps)}},
        table);
    noteGaps(read.gaps);
    return ExitOk;
}

/// How to mend what the answer names, and what else is not right with what the job names.
void tellMore(const launch::Fit &fit)
{
    for (const Point &point : fit.points) {
        const bool told = fit.text.endsWith(point.text);
        const bool missing = point.state == Point::State::Fails || point.state == Point::State::Look || (point.state == Point::State::Unknown && point.id == "pull-secret"_L1);
        if (!missing)
            continue;
        if (!told)
            note(u"  %1: %2"_s.arg(point.title, point.text));
        if (!point.fix.isEmpty() && (!told || point.state == Point::State::Fails))
            note(u"  Fix: "_s + point.fix);
    }
}

/// The very same command made the job already: it was cut short, or is given twice. Nothing is made twice.
int tellFound(const Options &options, const app::LaunchPreview &preview, QJsonObject json)
{
    const ObjectRef &target = preview.create.target;
    const QJsonValue metadata = preview.there.value("metadata"_L1);
    const QString name = u"%1 %2/%3"_s.arg(target.kind.kind, text::safe(target.ns), text::safe(target.name));
    const QString at = text::safe(metadata["creationTimestamp"_L1].toString());
    const JobKindFacts *kind = jobKindOf(target.kind);
    const Result<Job> job = decodeJob(QJsonDocument(preview.there).toJson(QJsonDocument::Compact), kind ? kind->id : JobKind::PyTorchJob);
    const auto refused = [&](const QString &why, const QString &fix) {
        if (options.format == Format::Json)
            print(options.format, json, {});
        printError(Error::make(Error::Kind::Conflict, u"%1 was made by this very command at %2"_s.arg(name, at), why, fix));
        return static_cast<int>(ExitRefused);
    };
    if (!metadata["deletionTimestamp"_L1].toString().isEmpty())
        return refused(u"It is being deleted."_s, u"Run it again once the job is gone"_s);
    if (job && isFinished(job->phase))
        return refused(u"It has ended: %1."_s.arg(phaseName(job->phase)), u"Give another run another name, or delete this one first: cairnctl -n %1 job delete %2 --yes"_s.arg(text::safe(target.ns), text::safe(target.name)));
    json.insert(u"found"_s, true);
    json.insert(u"accepted"_s, true);
    json.insert(u"refused"_s, QJsonValue());
    json.insert(u"job"_s, QJsonObject{{u"kind"_s, target.kind.kind}, {u"namespace"_s, target.ns}, {u"name"_s, target.name}, {u"uid"_s, metadata["uid"_L1]}});
    print(options.format, json,
        u"%1 is there already: this very command made it at %2, and nothing is made twice\nFollow it with: cairnctl -n %3 job show %4\n"_s.arg(
            name, at, text::safe(target.ns), text::safe(target.name)));
    return ExitOk;
}

/// The file as it is. What the command line says besides must not be another job, or another place.
Result<QByteArray> fromFile(const Options &options)
{
    const auto wrong = [](const QString &why, const QString &fix) { return fail(Error::Kind::Invalid, u"The file and the command line say different things"_s, why, fix); };
    if (!options.launch.given.isEmpty())
        return wrong(u"With --file nothing else is said of the job, but --%1 is."_s.arg(options.launch.given.first()), u"Change the file, or leave --file out"_s);
    if (options.command.size() > 3)
        return wrong(u"With --file the command is in the file."_s, u"Leave out what stands behind --"_s);
    const Result<QByteArray> bytes = readJobFile(options.launch.file);
    if (!bytes)
        return bytes;
    const Result<launch::Incoming> incoming = launch::readIncoming(*bytes);
    if (!incoming)
        return bytes; // the preview says each fault with its line
    // Of several objects the one of that name, else the only job.
    const QString wanted = options.command.value(2);
    int meant = incoming->meant();
    const auto named = [&](const launch::Incoming::Object &object) { return object.isKnown && object.name == wanted; };
    if (!wanted.isEmpty() && std::ranges::count_if(incoming->objects, named) == 1)
        meant = static_cast<int>(std::ranges::find_if(incoming->objects, named) - incoming->objects.begin());
    if (incoming->objects.size() > 1 && meant < 0 && std::ranges::any_of(incoming->objects, &launch::Incoming::Object::isKnown))
        return fail(Error::Kind::Invalid, u"The file holds several jobs"_s, u"They are %1."_s.arg(incoming->others(-1).join(u", "_s)),
            u"Name the one to launch: job new NAME --file FILE"_s);
    const QByteArray job = launch::withoutServersOwn(meant < 0 ? incoming->text : incoming->objects.at(meant).text);
    if (meant >= 0) {
        for (const QString &other : incoming->others(meant))
            note(u"Left out: %1. Apply it with kubectl."_s.arg(other));
    }
    const manifest::Document document = manifest::Document::read(job);
    const auto said = [&](const QString &field) { return document.at(manifest::Path{u"metadata"_s, field}).json().toString(); };
    const QString name = said(u"name"_s);
    if (!wanted.isEmpty() && !name.isEmpty() && name != wanted)
        return wrong(u"It holds the job %1, not %2."_s.arg(text::safe(name), text::safe(wanted)), u"Give its name, or none"_s);
    const QString ns = said(u"namespace"_s);
    if (!options.ns.isEmpty() && !ns.isEmpty() && ns != options.ns)
        return wrong(u"It says namespace %1, and -n says %2."_s.arg(text::safe(ns), text::safe(options.ns)), u"Leave -n out, or change the file"_s);
    return job;
}

/// Says how often it is to save, where that is left to advice.
using Advise = std::function<Result<>(const Spec &spec, launch::Policy &policy)>;

/// What the options say, as YAML.
Result<QByteArray> written(const Options &options, const app::LaunchDefaults &defaults, const QString &ns, const Advise &advise)
{
    Spec spec = options.launch.spec;
    spec.name = options.command[2];
    spec.ns = ns;
    if (!options.launch.kindGiven) {
        if (defaults.kinds.isEmpty())
            return fail(Error::Kind::NotFound, u"This cluster serves no kind of training job"_s, {},
                u"Install the training operator or Trainer, or give --kind and -o yaml"_s);
        spec.kind = defaults.kinds.first();
    }
    if (!spec.runtime.isEmpty() && !facts(spec.kind).isTrainJob())
        return fail(Error::Kind::Invalid, u"A %1 has no runtime"_s.arg(facts(spec.kind).resource.kind), u"--runtime is of a TrainJob."_s, u"Leave --runtime out, or give --kind TrainJob"_s);
    const QStringList words = options.command.mid(3);
    if (facts(spec.kind).isTrainJob() || words.isEmpty() || !words.first().startsWith(u'-'))
        spec.command = words;
    else
        spec.args = words; // to what the image starts by itself
    launch::Policy policy = options.launch.policy;
    policy.framework = options.launch.framework.value_or(launch::recognise(spec));
    if (options.launch.contract) {
        const auto mount = std::ranges::find(spec.mounts, u"checkpoints"_s, &launch::Mount::volume);
        if (policy.folder.isEmpty() && mount != spec.mounts.end())
            policy.folder = mount->path + u'/' + spec.name;
        if (options.launch.advised) {
            if (const Result<> advised = advise(spec, policy); !advised)
                return fail(advised.error());
        } else if (policy.everySteps + policy.everyEpochs + policy.everySeconds == 0) {
            policy.everySteps = 500;
        }
        const launch::Passing passing = launch::pass(policy);
        for (const launch::Remark &remark : passing.remarks)
            note(u"Note: "_s + remark.text);
        spec = launch::withPolicy(spec, passing);
    }
    spec = app::withDefaults(spec, defaults);
    for (const QString &field : launch::placeless(spec, defaults.fields))
        note(u"Left out: a %1 has no place for %2 here"_s.arg(facts(spec.kind).resource.kind, field));
    const QStringList needed = launch::needsRuntime(spec, defaults.fields);
    if (!needed.isEmpty())
        note(u"Note: a TrainingRuntime is made with it, out of %1, for: %2"_s.arg(
            text::safe(spec.runtime), needed.join(u", "_s)));
    const Result<launch::Objects> made = launch::newObjects(spec, defaults.fields);
    if (!made)
        return fail(made.error());
    return launch::textOf(*made);
}

Result<QByteArray> copyOf(kube::Cluster &cluster, const app::JobDetail &detail, const Options &options, const std::stop_token &stop)
{
    const Result<QJsonObject> object = cluster.get(detail.job.ref(), stop);
    return object ? app::cloneOf(*object, options.newName) : fail(object.error());
}

/// A copy that begins at a checkpoint of the job.
Result<QByteArray> copyFrom(app::Engine &engine, kube::Cluster &cluster, const app::JobDetail &detail, const Options &options,
    const std::stop_token &stop)
{
    const Result<app::JobListing> listing = readListing(engine, cluster, detail, options, stop);
    if (!listing)
        return fail(listing.error());
    const Result<Checkpoint> checkpoint = app::chooseCheckpoint(detail.job, *listing, options.launch.fromCheckpoint);
    if (!checkpoint)
        return fail(checkpoint.error());
    const Result<jobs::ResumeRequest> request = app::readForResume(cluster, detail.job.ref(), *listing, *checkpoint, stop);
    if (!request)
        return fail(request.error());
    app::ResumeChoice choice;
    choice.acceptUnverified = options.acceptUnverified;
    choice.anyProcesses = options.anyProcesses;
    if (!options.by.isEmpty()) {
        const Result<jobs::PathContract> contract = jobs::parseContract(options.by, options.saveBy);
        if (!contract)
            return fail(contract.error());
        choice.contract = *contract;
    }
    const Result<app::CheckpointCopy> copy = app::copyFromCheckpoint(app::chosen(*request, choice), options.newName);
    if (!copy)
        return fail(copy.error());
    note(u"Begins at: %1"_s.arg(text::safe(copy->told)));
    for (const change::Note &one : copy->notes)
        note(u"Note: "_s + one.text);
    return copy->text;
}

} // namespace

QJsonArray problemsJson(const QList<manifest::Fault> &faults, const QList<manifest::Finding> &findings)
{
    QJsonArray problems;
    for (const manifest::Fault &fault : faults)
        problems.append(QJsonObject{{u"line"_s, fault.place.line}, {u"column"_s, fault.place.column},
            {u"field"_s, QString()}, {u"text"_s, fault.why}, {u"fix"_s, fault.fix}});
    for (const manifest::Finding &finding : findings) {
        problems.append(QJsonObject{{u"line"_s, finding.place.line}, {u"column"_s, finding.place.column},
            {u"field"_s, finding.path.text()}, {u"text"_s, finding.message}, {u"fix"_s, finding.suggestion}});
    }
    return problems;
}

void tellProblems(const QList<manifest::Fault> &faults, const QList<manifest::Finding> &findings)
{
    const auto at = [](const manifest::Place &place) { return u"%1:%2: "_s.arg(place.line).arg(place.column); };
    for (const manifest::Fault &fault : faults)
        note(u"Wrong: "_s + at(fault.place) + fault.why + u' ' + fault.fix);
    for (const manifest::Finding &finding : findings) {
        note(u"Wrong: "_s + at(finding.place) + text::safe(finding.path.text()) + u": "_s + finding.message
            + (finding.suggestion.isEmpty() ? QString() : u" Close to it: %1"_s.arg(text::safe(finding.suggestion))));
    }
}

Result<QByteArray> readJobFile(const QString &path)
{
    QFile file;
    bool open = false;
    if (path == "-"_L1) {
        open = file.open(stdin, QIODevice::ReadOnly);
    } else {
        if (std::optional<Error> refused = app::refusedFile(path))
            return fail(*std::move(refused));
        file.setFileName(path);
        open = file.open(QIODevice::ReadOnly);
    }
    if (!open)
        return fail(Error::Kind::Io, u"%1 cannot be read"_s.arg(text::safe(path)), file.errorString(),
            u"Give a file that holds one job"_s);
    const QByteArray bytes = file.read(launch::mostTextBytes + 1);
    if (bytes.size() > launch::mostTextBytes)
        return fail(Error::Kind::Invalid, u"%1 is too large for a job"_s.arg(text::safe(path)),
            u"It has more than 4 MiB."_s, u"Give a file that holds one job"_s);
    return bytes;
}

app::PreviewOptions previewOptions(const Options &options, const QByteArray &text, const QString &ns)
{
    // Nothing is written before --yes, not even what a launch of this id left undone.
    return {.framework = options.launch.framework, .id = app::launchIdOf(text, ns), .mends = false};
}

int carryOn(kube::Cluster &cluster, const Options &options, const app::LaunchPreview &preview, const std::stop_token &stop,
    const QJsonObject &more, const QString &never)
{
    tell(preview);
    QJsonObject json = toJson(preview);
    for (auto it = more.begin(); it != more.end(); ++it)
        json.insert(it.key(), it.value());
    json.insert(u"fit"_s, QJsonValue());
    Result<app::LaunchFit> fit = fail(Error::cancelled());
    if (!preview.create.body.isEmpty()) {
        fit = app::readFit(cluster, {preview.create.body, preview.runtime}, preview.create.target.ns, stop);
        note(u"Fit: "_s + (fit ? fit->fit.text : fit.error().oneLine()));
        if (fit)
            tellMore(fit->fit);
        if (fit)
            json.insert(u"fit"_s, toJson(*fit));
    }
    if (!preview.late.isEmpty()) {
        const ObjectRef &left = preview.late.first().target;
        const QString what = u"%1 %2/%3"_s.arg(left.kind.kind, text::safe(left.ns), text::safe(left.name));
        const bool finishes = options.yes && !options.dryRun;
        if (finishes) {
            if (const Result<> finished = app::finishLaunch(cluster, preview.late, changeOptions(), stop); !finished)
                return printError(finished.error());
        }
        note(finishes ? u"A launch of this name was killed before its job owned %1; it does now."_s.arg(what)
                      : u"A launch of this name was killed before its job owned %1: give --yes to finish that."_s.arg(what));
        json.insert(u"finished"_s, finishes);
    }
    const bool found = !preview.made.isEmpty() && preview.faults.isEmpty() && preview.findings.isEmpty();
    if (!preview.feasible() && !found) {
        if (options.format == Format::Json)
            print(options.format, json, {});
        if (preview.refused)
            printError(*preview.refused);
        return ExitRefused;
    }
    if (options.format == Format::Yaml && !options.yes) {
        std::fputs(preview.text.constData(), stdout);
        return ExitOk;
    }
    if (options.format == Format::Effective && !options.yes) {
        tellEffective(options.format, preview.effective, {});
        return ExitOk;
    }
    if (options.format == Format::Kustomize)
        return saveFolder(cluster, options, preview, stop);
    if (found)
        return tellFound(options, preview, json);
    if (!options.yes || options.dryRun) {
        print(options.format, json, QString::fromUtf8(preview.text));
        note(u"The server accepts it. Nothing was made%1."_s.arg(
            options.dryRun ? QString() : u": give --yes to launch it"_s));
        return options.dryRun ? ExitOk : ExitRefused;
    }
    const QString why = never.isEmpty() ? app::neverTrains(preview, fit ? &fit->fit : nullptr) : u"It would not train as it did. "_s + never;
    if (!why.isEmpty() && !options.launch.anyway) {
        note(u"Refused, although the server would take it: %1 Give --anyway to launch it all the same."_s.arg(why));
        return ExitRefused;
    }
    const Result<QJsonObject> made = app::submitLaunch(cluster, preview.needs + QList{preview.create}, changeOptions(), stop);
    if (!made)
        return printError(made.error());
    const QJsonObject metadata = made->value("metadata"_L1).toObject();
    const ObjectRef &target = preview.create.target;
    json.insert(u"job"_s,
        QJsonObject{{u"kind"_s, target.kind.kind}, {u"namespace"_s, target.ns}, {u"name"_s, target.name},
            {u"uid"_s, metadata.value("uid"_L1)}});
    print(options.format, json,
        u"%1 %2/%3 is launched\nFollow it with: cairnctl -n %2 job show %3\n"_s.arg(
            target.kind.kind, text::safe(target.ns), text::safe(target.name)));
    return ExitOk;
}

Result<std::shared_ptr<kube::Cluster>> connectToOne(app::Engine &engine, const Options &options)
{
    auto connected = connect(engine, options);
    if (connected && options.allNamespaces)
        return fail(Error::Kind::Invalid, u"One job is in one namespace"_s, {}, u"Give -n instead of -A"_s);
    return connected;
}

int jobNew(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto connected = connectToOne(engine, options);
    if (!connected)
        return printError(connected.error());
    kube::Cluster &cluster = **connected;
    const QString ns = namespaceOf(cluster, options);
    Result<QByteArray> text;
    QJsonObject advice;
    if (!options.launch.file.isEmpty() && options.launch.templateName.isEmpty()) {
        text = fromFile(options);
    } else {
        const Result<app::LaunchDefaults> defaults = app::readLaunchDefaults(cluster, ns, stop);
        if (!defaults)
            return printError(defaults.error());
        text = !options.launch.templateName.isEmpty()
            ? fromTemplate(options, ns, *defaults)
            : written(options, *defaults, ns, [&](const Spec &spec, launch::Policy &policy) -> Result<> {
                  const Result<QJsonObject> chosen = chooseInterval(engine, cluster, options, spec, policy, stop);
                  if (!chosen)
                      return fail(chosen.error());
                  advice = *chosen;
                  return {};
              });
    }
    if (!text)
        return printError(text.error());
    const Result<app::LaunchPreview> preview = app::previewLaunch(cluster, *text, ns, previewOptions(options, *text, ns), stop);
    return preview ? carryOn(cluster, options, *preview, stop, advice.isEmpty() ? advice : QJsonObject{{u"advice"_s, advice}}) : printError(preview.error());
}

int jobClone(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto connected = connectToOne(engine, options);
    if (!connected)
        return printError(connected.error());
    if (options.newName.isEmpty())
        return printError(Error::make(Error::Kind::Invalid, u"The copy needs a name"_s, {}, u"Give --name NAME"_s));
    if (!options.launch.given.isEmpty()) {
        return printError(Error::make(Error::Kind::Invalid, u"A copy is as the job it is made from"_s, u"--%1 says otherwise."_s.arg(options.launch.given.first()),
                                      u"Print it with -o yaml, change it, and launch it with job new --file"_s));
    }
    kube::Cluster &cluster = **connected;
    const Result<app::JobDetail> detail =
        app::findJob(cluster, namespaceOf(cluster, options), options.command[2], stop);
    if (!detail)
        return printError(detail.error());
    const Result<QByteArray> text = options.launch.fromCheckpoint.isEmpty()
        ? copyOf(cluster, *detail, options, stop)
        : copyFrom(engine, cluster, *detail, options, stop);
    if (!text)
        return printError(text.error());
    const Result<app::LaunchPreview> preview =
        app::previewLaunch(cluster, *text, detail->job.ns, previewOptions(options, *text, detail->job.ns), stop);
    return preview ? carryOn(cluster, options, *preview, stop) : printError(preview.error());
}

int jobWhy(app::Engine &engine, const Options &options, std::stop_token stop)
{
    return onJob(engine, options, stop, [&](kube::Cluster &cluster, const app::JobDetail &detail) {
        const Result<app::JobWhy> read = app::readWhyNot(cluster, detail.job.ref(), stop);
        return read ? tellWhy(options, detail.job, *read) : printError(read.error());
    });
}

int jobEffective(app::Engine &engine, const Options &options, std::stop_token stop)
{
    return onJob(engine, options, stop, [&](kube::Cluster &cluster, const app::JobDetail &detail) {
        const Result<launch::Effective> read = app::readEffective(cluster, detail.job.ref(), stop);
        if (!read)
            return printError(read.error());
        if (options.format == Format::Yaml) {
            std::fputs(launch::textOf(read->object).constData(), stdout);
            return static_cast<int>(ExitOk);
        }
        tellEffective(options.format, *read,
            {{u"kind"_s, detail.job.facts().resource.kind}, {u"namespace"_s, detail.job.ns}, {u"name"_s, detail.job.name}});
        return static_cast<int>(ExitOk);
    });
}

} // namespace cairn::ctl
