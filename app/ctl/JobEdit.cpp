// SPDX-License-Identifier: GPL-3.0-or-later
#include "Commands.h"
#include "Launching.h"
#include "Output.h"
#include "TextEditor.h"
#include "base/Text.h"
#include "engine/JobEditFlows.h"
#include "engine/JobFlows.h"
#include "jobs/ResumeJson.h"
#include "manifest/Prune.h"

#include <QJsonArray>
#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using launch::Conversion;

/// The one job that is named, and its cluster.
struct Named {
    std::shared_ptr<kube::Cluster> cluster;
    app::JobDetail detail;
};

Result<Named> named(app::Engine &engine, const Options &options, const std::stop_token &stop)
{
    auto connected = connectToOne(engine, options);
    if (!connected)
        return fail(connected.error());
    const Result<app::JobDetail> detail = app::findJob(**connected, namespaceOf(**connected, options), options.command[2], stop);
    if (!detail)
        return fail(detail.error());
    return Named{*connected, *detail};
}

QString withFix(const QString &text, const QString &fix)
{
    return text + (fix.isEmpty() ? QString() : u"\n  Fix: "_s + fix);
}

QJsonObject jobJson(const QString &act, const Job &job)
{
    return {{u"act"_s, act}, {u"kind"_s, job.facts().resource.kind}, {u"namespace"_s, job.ns}, {u"name"_s, job.name}, {u"uid"_s, job.uid}, {u"changed"_s, false},
        {u"error"_s, QJsonValue::Null}};
}

QJsonValue refusedJson(const std::optional<Error> &refused)
{
    return refused ? QJsonValue(refused->oneLine()) : QJsonValue();
}

QJsonArray pointsJson(const Conversion &conversion)
{
    QJsonArray array;
    for (const Conversion::Point &point : conversion.points)
        array.append(QJsonObject{{u"id"_s, point.id}, {u"field"_s, point.field}, {u"fate"_s, launch::fateWord(point.fate)}, {u"text"_s, point.text}, {u"fix"_s, point.fix}});
    return array;
}

void tell(const Conversion &conversion)
{
    for (const Conversion::Point &point : conversion.points) {
        const QString head = point.fate == Conversion::Fate::Breaks ? u"Breaks"_s
            : point.fate == Conversion::Fate::Lost                  ? u"Lost"_s
            : point.fate == Conversion::Fate::Moved                 ? u"Moved"_s
                                                                    : u"Otherwise"_s;
        note(withFix(u"%1: %2: %3"_s.arg(head, text::safe(point.field), point.text), point.fix));
    }
}

/// One edit from a text to its end.
int carryOn(const Named &job, const Options &options, const app::JobEdit &edit, DraftFile &draft, bool asks, const std::stop_token &stop)
{
    QJsonObject json = jobJson(u"edit"_s, edit.job);
    QJsonArray points;
    for (const launch::EditPoint &point : edit.points)
        points.append(QJsonObject{{u"id"_s, point.id}, {u"field"_s, point.field}, {u"forbids"_s, point.forbids}, {u"text"_s, point.text}, {u"fix"_s, point.fix}});
    json.insert(u"problems"_s, problemsJson(edit.faults, edit.findings));
    json.insert(u"points"_s, points);
    json.insert(u"notSeen"_s, notesJson(edit.gaps));
    json.insert(u"diff"_s, jobs::toJson(edit.diff));
    json.insert(u"refused"_s, refusedJson(edit.refused));
    json.insert(u"accepted"_s, edit.feasible());
    json.insert(u"keptIn"_s, QString());
    tellProblems(edit.faults, edit.findings);
    for (const change::Note &gap : edit.gaps)
        note(u"Not seen: "_s + gap.text);
    for (const launch::EditPoint &point : edit.points) {
        const QString what = point.field.isEmpty() ? point.text : text::safe(point.field) + u": "_s + point.text;
        note(withFix((point.forbids ? u"Refused: "_s : u"Note: "_s) + what, point.fix));
    }
    const auto kept = [&] {
        const QString path = draft.keep();
        json.insert(u"keptIn"_s, path);
        if (!path.isEmpty())
            note(u"Your text is kept in %1\nGo on with: cairnctl -n %2 job edit %3 -f %1"_s.arg(text::safe(path), text::safe(edit.job.ns), text::safe(edit.job.name)));
    };
    const auto show = [&] { print(options.format, json, diffText(edit.diff)); };
    if (!edit.feasible()) {
        kept();
        show();
        if (edit.refused)
            printError(*edit.refused);
        note(u"Nothing was changed."_s);
        return ExitRefused;
    }
    if (!edit.changes()) {
        show();
        note(u"Nothing differs: nothing was changed."_s);
        return ExitOk;
    }
    bool agreed = options.yes;
    if (!options.dryRun && !agreed && asks) {
        std::fputs(diffText(edit.diff).toUtf8().constData(), stderr);
        agreed = agrees(u"The server accepts it. Apply?"_s);
    }
    if (options.dryRun || !agreed) {
        kept();
        show();
        note(u"The server accepts it. Nothing was changed%1."_s.arg(options.dryRun ? QString() : u": confirm with --yes"_s));
        return options.dryRun ? ExitOk : ExitRefused;
    }
    const Result<QJsonObject> after = app::applyJobChange(*job.cluster, edit.change, changeOptions(), stop);
    if (!after) {
        kept();
        json.insert(u"error"_s, after.error().oneLine());
        show();
        return printError(after.error());
    }
    json.insert(u"changed"_s, true);
    show();
    note(edit.change.done);
    return ExitOk;
}

} // namespace

int jobConvert(app::Engine &engine, const Options &options, std::stop_token stop)
{
    QStringList given = options.launch.given;
    given.removeAll(u"runtime"_s);
    if (!given.isEmpty())
        return printError(Error::make(Error::Kind::Invalid, u"The TrainJob is as the job that it is made from"_s, u"--%1 says otherwise."_s.arg(given.first()),
            u"Print it with -o yaml, change it, and launch it with job new --file"_s));
    const Result<Named> job = named(engine, options, stop);
    if (!job)
        return printError(job.error());
    kube::Cluster &cluster = *job->cluster;
    const launch::Spec &spec = options.launch.spec;
    const Result<app::JobConvert> made =
        app::convertJob(cluster, job->detail.object, &job->detail.job, {options.newName, spec.runtime, spec.ownRuntime}, stop);
    if (!made)
        return printError(made.error());
    const Result<app::LaunchPreview> preview = app::previewLaunch(cluster, made->text, job->detail.job.ns, previewOptions(options, made->text, job->detail.job.ns), stop);
    if (!preview)
        return printError(preview.error());
    tell(made->conversion);
    return ctl::carryOn(cluster, options, *preview, stop,
        {{u"from"_s, QJsonObject{{u"kind"_s, job->detail.job.facts().resource.kind}, {u"namespace"_s, job->detail.job.ns}, {u"name"_s, job->detail.job.name}, {u"uid"_s, job->detail.job.uid}}},
            {u"runtime"_s, made->runtime}, {u"points"_s, pointsJson(made->conversion)}},
        made->conversion.breaks());
}

int jobScale(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const Result<Named> job = named(engine, options, stop);
    if (!job)
        return printError(job.error());
    kube::Cluster &cluster = *job->cluster;
    const Result<app::JobScale> scale = app::previewScale(cluster, job->detail.job.ref(), options.launch.workers, stop);
    if (!scale)
        return printError(scale.error());
    const launch::Scale &plan = scale->plan;
    QJsonObject json = jobJson(u"scale"_s, scale->job);
    json.insert(u"role"_s, plan.role);
    json.insert(u"from"_s, plan.from);
    json.insert(u"to"_s, plan.to);
    json.insert(u"least"_s, plan.least);
    json.insert(u"most"_s, plan.most > 0 ? QJsonValue(plan.most) : QJsonValue());
    json.insert(u"problems"_s, notesJson(plan.problems));
    json.insert(u"warnings"_s, notesJson(plan.warnings));
    json.insert(u"patch"_s, manifest::withoutSecrets(plan.patch));
    json.insert(u"refused"_s, refusedJson(scale->refused));
    json.insert(u"accepted"_s, scale->feasible());
    json.insert(u"undo"_s, QJsonValue::Null);
    const QString table = u"%1 %2/%3: %4 of %5 → %6\n"_s.arg(
        scale->job.facts().resource.kind, text::safe(scale->job.ns), text::safe(scale->job.name), QString::number(plan.from), plan.role, QString::number(plan.to));
    for (const change::Note &problem : plan.problems)
        note(withFix(u"Refused (%1): %2"_s.arg(problem.id, problem.text), problem.fix));
    for (const change::Note &warning : plan.warnings)
        note(withFix(u"Note: "_s + warning.text, warning.fix));
    if (!scale->feasible()) {
        print(options.format, json, table);
        if (scale->refused)
            printError(*scale->refused);
        note(u"Nothing was changed."_s);
        return ExitRefused;
    }
    if (!scale->changes() || options.dryRun || !options.yes) {
        print(options.format, json, table);
        const bool asked = scale->changes() && !options.dryRun;
        note(!scale->changes() ? u"It has so many already: nothing was changed."_s
                : asked        ? u"The server accepts it. Nothing was changed: confirm with --yes."_s
                               : u"The server accepts it. Nothing was changed."_s);
        return asked ? ExitRefused : ExitOk;
    }
    const Result<QJsonObject> after = app::applyJobChange(cluster, scale->change, changeOptions(), stop);
    if (!after) {
        json.insert(u"error"_s, after.error().oneLine());
        print(options.format, json, table);
        return printError(after.error());
    }
    json.insert(u"changed"_s, true);
    json.insert(u"undo"_s, manifest::withoutSecrets(app::inverseOf(scale->change, *after).body));
    print(options.format, json, table);
    note(scale->change.done + u"\nTake it back with: cairnctl -n %1 job scale %2 --workers %3 --yes"_s.arg(text::safe(scale->job.ns), text::safe(options.command[2])).arg(plan.from));
    return ExitOk;
}

int jobEdit(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const Result<Named> job = named(engine, options, stop);
    if (!job)
        return printError(job.error());
    const QString &file = options.launch.file;
    const QByteArray shown = launch::editText(job->detail.object);
    DraftFile draft;
    QByteArray text;
    QJsonObject base;
    if (file.isEmpty() && !onTerminal()) {
        // For a script: the text that -f takes back.
        std::fputs(shown.constData(), stdout);
        return ExitOk;
    }
    if (file.isEmpty()) {
        base = job->detail.object;
        if (const Result<> written = draft.write("# Save and leave the editor to go on; without a change nothing happens.\n" + shown); !written)
            return printError(written.error());
        const Result<QByteArray> edited = draft.edit();
        if (!edited) {
            note(u"Your text is kept in %1"_s.arg(text::safe(draft.keep())));
            return printError(edited.error());
        }
        text = *edited;
    } else {
        const Result<QByteArray> read = readJobFile(file);
        if (!read)
            return printError(read.error());
        text = *read;
        // What came through a pipe is nowhere else.
        if (file == "-"_L1) {
            if (const Result<> written = draft.write(text); !written)
                return printError(written.error());
        }
    }
    const Result<app::JobEdit> edit = app::previewEdit(*job->cluster, job->detail.job.ref(), base, text, stop);
    if (!edit) {
        if (const QString path = draft.keep(); !path.isEmpty())
            note(u"Your text is kept in %1"_s.arg(text::safe(path)));
        return printError(edit.error());
    }
    return carryOn(*job, options, *edit, draft, onTerminal() && file != "-"_L1, stop);
}

} // namespace cairn::ctl
