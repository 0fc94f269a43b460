// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "Overlay.h"
#include "OverlayWords.h"
#include "base/Text.h"
#include "engine/AuditFlows.h"
#include "engine/OverlayFlows.h"
#include "manifest/Diff.h"
#include "manifest/Prune.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using cairn::overlay::Built;
using cairn::overlay::Changed;
using cairn::overlay::FileStep;
using cairn::overlay::Landing;
using cairn::overlay::Proposal;
using cairn::overlay::Row;
using cairn::overlay::Settings;

constexpr qint64 kMostSettings = 1 << 20;

QString orNone(const QString &text)
{
    return text.isEmpty() ? u"–"_s : text;
}

QString electionWord(Row::Election election)
{
    switch (election) {
    case Row::Election::NotNeeded: return u"not-needed"_s;
    case Row::Election::On: return u"on"_s;
    case Row::Election::TurnOn: return u"turn-on"_s;
    case Row::Election::BuiltIn: return u"built-in"_s;
    case Row::Election::None: break;
    }
    return u"none"_s;
}

QString budgetWord(Row::Budget budget)
{
    switch (budget) {
    case Row::Budget::None: return u"none"_s;
    case Row::Budget::Keep: return u"keep"_s;
    case Row::Budget::Add: return u"add"_s;
    case Row::Budget::Change: return u"change"_s;
    case Row::Budget::Off: break;
    }
    return u"off"_s;
}

QString spreadText(const Row &row)
{
    if (row.spreadKept)
        return u"as is"_s;
    QStringList parts;
    if (row.spread.nodes)
        parts.append(u"nodes"_s);
    if (row.spread.zones)
        parts.append(u"zones"_s);
    return orNone(parts.join(u", "_s));
}

QJsonObject nameJson(const audit::ObjectName &name)
{
    return {{u"group"_s, name.group}, {u"kind"_s, name.kind}, {u"namespace"_s, name.ns}, {u"name"_s, name.name}};
}

QJsonObject rowJson(const Row &row)
{
    return {{u"id"_s, row.id},
            {u"workload"_s, nameJson(row.workload)},
            {u"tier"_s, row.tier},
            {u"included"_s, row.included},
            {u"changes"_s, row.changes()},
            {u"locked"_s, row.locked},
            {u"reason"_s, row.reason},
            {u"applied"_s, row.applied},
            {u"replicasNow"_s, row.replicasNow},
            {u"replicas"_s, row.replicas},
            {u"autoscaler"_s, row.autoscaler},
            {u"spread"_s, QJsonObject{{u"nodes"_s, row.spread.nodes}, {u"zones"_s, row.spread.zones}, {u"required"_s, row.spread.required}, {u"kept"_s, row.spreadKept}}},
            {u"leaderElection"_s, electionWord(row.election)},
            {u"lease"_s, row.leaseName.isEmpty() ? QString() : row.leaseNs + u'/' + row.leaseName},
            {u"addsRole"_s, row.needsRights},
            {u"atOneFirst"_s, row.atOneFirst},
            {u"pdb"_s, budgetWord(row.budget)},
            {u"restartFast"_s, row.restartFast},
            {u"owner"_s, row.owner},
            {u"survivesNow"_s, row.survivesNow},
            {u"survivesThen"_s, row.survivesThen}};
}

QString replaceableWord(cairn::overlay::Replaceable::What what)
{
    using What = cairn::overlay::Replaceable::What;
    switch (what) {
    case What::Pipelines: return u"pipelines"_s;
    case What::Katib: return u"katib"_s;
    case What::Registry: return u"modelRegistry"_s;
    case What::Catalog: return u"modelCatalog"_s;
    case What::Objects: return u"objectStore"_s;
    case What::Events: break;
    }
    return u"events"_s;
}

QJsonObject replaceableJson(const cairn::overlay::Replaceable &one)
{
    return {{u"id"_s, replaceableWord(one.what)}, {u"there"_s, one.there}, {u"chosen"_s, one.chosen}, {u"now"_s, one.now},
            {u"places"_s, QJsonArray::fromStringList(one.places)}, {u"limits"_s, QJsonArray::fromStringList(one.limits)}, {u"restarts"_s, QJsonArray::fromStringList(one.restarts)}};
}

QJsonArray landingsJson(const Built &built)
{
    QJsonArray array;
    for (const Landing &landing : built.landings) {
        QJsonArray on;
        for (const audit::ObjectName &name : landing.on)
            on.append(nameJson(name));
        array.append(QJsonObject{{u"file"_s, landing.file},
                                 {u"line"_s, landing.place.line},
                                 {u"title"_s, landing.title},
                                 {u"lands"_s, landing.lands()},
                                 {u"unknown"_s, landing.unknown},
                                 {u"on"_s, on},
                                 {u"why"_s, landing.error ? landing.error->oneLine() : landing.why},
                                 {u"nearest"_s, landing.nearest}});
    }
    return array;
}

/// A line for each patch that lands on nothing, each fault and each gap, to stderr. True where every patch lands.
bool tell(const Built &built)
{
    bool all = built.faults.isEmpty();
    for (const change::Note &fault : built.faults)
        note(u"Wrong: %1 %2"_s.arg(fault.text, fault.fix).trimmed());
    for (const Landing &landing : built.landings) {
        if (landing.lands())
            continue;
        const QString where = u"%1:%2: "_s.arg(text::safe(landing.file)).arg(landing.place.line);
        if (landing.unknown) {
            note(u"Not known: "_s + where + landing.why);
            continue;
        }
        all = false;
        const QString why = landing.error ? landing.title + u": "_s + text::safe(landing.error->oneLine()) : landing.why;
        note(u"Lands on nothing: "_s + where + why + (landing.nearest.isEmpty() ? QString() : u" Close to it: %1"_s.arg(text::safe(landing.nearest))));
    }
    for (const change::Note &gap : built.gaps)
        note(u"Not seen: "_s + gap.text);
    return all;
}

/// What was edited where it would have been changed too.
void tell(const FileStep &step)
{
    note(u"%1: %2 of the places that would change were edited, and stay as they are:"_s.arg(text::safe(step.path)).arg(step.conflicts.size()));
    const auto firstOf = [](const QStringList &lines) {
        return lines.isEmpty() ? u"nothing"_s : u'"' + text::safe(lines.first().trimmed().left(100)) + u'"' + (lines.size() > 1 ? u" and %1 more lines"_s.arg(lines.size() - 1) : QString());
    };
    for (const manifest::TextMerge::Conflict &one : step.conflicts.mid(0, 10))
        note(u"  line %1: yours %2, generated %3"_s.arg(one.line).arg(firstOf(one.mine), firstOf(one.theirs)));
    if (step.conflicts.size() > 10)
        note(u"  and %1 more"_s.arg(step.conflicts.size() - 10));
}

QString summary(const Built &built)
{
    return u"%1 of %2 patches land; %3 objects change.\n"_s.arg(built.landing()).arg(built.landings.size()).arg(built.changed.size());
}

QString diffOf(const Changed &changed)
{
    QString out = u"%1 %2\n"_s.arg(changed.before.isEmpty() ? u"+"_s : changed.after.isEmpty() ? u"-"_s : u"~"_s, audit::shown(changed.name));
    const auto whole = [](const QJsonObject &object) { return object.isEmpty() ? object : manifest::forApply(object); };
    for (const manifest::DiffLine &line : manifest::diff(whole(changed.before), whole(changed.after))) {
        using Kind = manifest::DiffLine::Kind;
        const QString mark = line.kind == Kind::Added ? u"+"_s : line.kind == Kind::Removed ? u"-"_s : u" "_s;
        out += line.kind == Kind::Skipped ? u"  ...\n"_s : u"  %1 %2\n"_s.arg(mark, text::safe(line.text));
    }
    return out;
}

QJsonObject kustomizeJson(const app::KustomizeRun &run)
{
    return {{u"program"_s, run.program},
            {u"version"_s, run.version},
            {u"builds"_s, run.program.isEmpty() || (run.error && run.error->kind != Error::Kind::Invalid) ? QJsonValue(QJsonValue::Null) : QJsonValue(!run.error)},
            {u"milliseconds"_s, static_cast<int>(run.took.count())},
            {u"objects"_s, static_cast<int>(run.objects)},
            {u"differences"_s, QJsonArray::fromStringList(run.differences)},
            {u"why"_s, run.error ? run.error->oneLine() : QString()}};
}

void tell(const app::KustomizeRun &run)
{
    if (run.error)
        note(text::safe(run.error->oneLine()));
    else
        note(u"kustomize %1 builds it: %2 objects in %3 ms"_s.arg(run.version).arg(run.objects).arg(run.took.count()));
    if (!run.differences.isEmpty())
        note(u"kustomize makes something else of: %1"_s.arg(run.differences.mid(0, 20).join(u", "_s)));
}

int generate(const Options &options, const audit::Scene &scene, const cairn::overlay::Folder &folder, std::stop_token stop)
{
    const Result<Settings> settings = settingsOf(options, folder, scene);
    if (!settings)
        return printError(settings.error());
    const app::OverlayDraft draft = app::draftOverlay(scene, *settings, folder);
    const Proposal &proposal = draft.proposal;
    QJsonArray rows, files;
    QList<QStringList> table{{u"TIER"_s, u"NAMESPACE"_s, u"NAME"_s, u"REPLICAS"_s, u"SPREAD"_s, u"LEADER ELECTION"_s, u"PDB"_s, u"WHY"_s}};
    for (const Row &row : proposal.rows) {
        rows.append(rowJson(row));
        const QString count = row.replicas == row.replicasNow ? QString::number(row.replicas) : u"%1 -> %2"_s.arg(row.replicasNow).arg(row.replicas);
        table.append({row.tier > 0 ? QString::number(row.tier) : u"–"_s, text::safe(row.workload.ns), text::safe(row.workload.name), row.locked ? count + u" (locked)"_s : count,
                      spreadText(row), electionWord(row.election) + (row.needsRights ? u" + Role"_s : QString()), budgetWord(row.budget), row.applied ? u"As the overlay has it. "_s + row.reason : row.reason});
    }
    QList<QStringList> written{{u"FILE"_s, u"WHAT"_s}};
    for (const FileStep &step : draft.steps) {
        files.append(QJsonObject{{u"path"_s, step.path}, {u"act"_s, cairn::overlay::actWord(step.act)}, {u"conflicts"_s, static_cast<int>(step.conflicts.size())}});
        written.append({text::safe(step.path), cairn::overlay::actWord(step.act)});
        if (step.act == FileStep::Act::Conflict)
            tell(step);
        if (step.act == FileStep::Act::Keep)
            note(u"%1 is not Cairn's: it stays, and Cairn's is written as %1.cairn."_s.arg(text::safe(step.path)));
    }
    QJsonArray services;
    for (const cairn::overlay::Replaceable &one : proposal.replaceable) {
        services.append(replaceableJson(one));
        const bool leads = one.chosen && one.there;
        for (const QString &limit : leads ? one.limits : QStringList())
            note(u"%1: %2"_s.arg(replaceableWord(one.what), limit));
    }
    for (const change::Note &warning : proposal.warnings)
        note(u"Note: %1 %2"_s.arg(warning.text, warning.fix).trimmed());
    for (const change::Note &problem : proposal.problems)
        note(u"Problem: %1 %2"_s.arg(problem.text, problem.fix).trimmed());
    const bool lands = tell(draft.built);
    const bool write = !options.out.isEmpty() && !options.dryRun && proposal.problems.isEmpty();
    if (write) {
        if (const Result<> done = cairn::overlay::writeFolder(options.out, draft.tree, draft.steps, stop); !done)
            return printError(done.error());
        // Settings are a person's file: what is there already is edited, not replaced.
        const QByteArray before = folder.files.value(cairn::overlay::settingsFile());
        const Result<QByteArray> text = cairn::overlay::settingsText(*settings, before);
        if (!text)
            return printError(text.error());
        if (*text != before) {
            cairn::overlay::Tree one;
            one.files.insert(cairn::overlay::settingsFile(), *text);
            FileStep step;
            step.path = cairn::overlay::settingsFile();
            step.act = before.isEmpty() ? FileStep::Act::New : FileStep::Act::Replace;
            step.text = *text;
            step.before = before;
            if (const Result<> done = cairn::overlay::writeFolder(options.out, one, {step}, stop); !done)
                return printError(done.error());
        }
    }
    const QString tolerate = u"%1 of %2 components tolerate the failure of any one node; %3 do now.\n"_s.arg(proposal.survivingThen).arg(proposal.observed).arg(proposal.survivingNow);
    print(options.format,
          {{u"release"_s, proposal.release},
           {u"nodes"_s, proposal.nodes},
           {u"zones"_s, proposal.zones},
           {u"observed"_s, proposal.observed},
           {u"survivingNow"_s, proposal.survivingNow},
           {u"survivingThen"_s, proposal.survivingThen},
           {u"morePods"_s, proposal.morePods},
           {u"components"_s, rows},
           {u"services"_s, services},
           {u"files"_s, files},
           {u"patches"_s, landingsJson(draft.built)},
           {u"problems"_s, notesJson(proposal.problems)},
           {u"warnings"_s, notesJson(proposal.warnings)},
           {u"written"_s, write}},
          renderTable(table, {0}) + tolerate + summary(draft.built) + (options.out.isEmpty() ? QString() : renderTable(written)));
    if (!proposal.problems.isEmpty())
        return ExitRefused;
    return lands ? ExitOk : ExitThreshold;
}

int showDiff(const Options &options, const audit::Scene &scene, const cairn::overlay::Folder &folder, std::stop_token stop)
{
    const Result<QString> entry = app::overlayEntry(folder.files, options.overlay);
    if (!entry)
        return printError(entry.error());
    Built built = cairn::overlay::lands(folder.files, *entry, scene);
    cairn::overlay::checkOutside(built, folder.path);
    const app::KustomizeRun run = app::runKustomize(folder.files, *entry, scene, built, options.kustomize, stop);
    if (stop.stop_requested())
        return printError(Error::cancelled());
    const bool lands = tell(built);
    tell(run);
    QJsonArray changed;
    QString text;
    for (const Changed &one : built.changed) {
        QJsonObject json = nameJson(one.name);
        json.insert(u"change"_s, one.before.isEmpty() ? u"new"_s : one.after.isEmpty() ? u"removed"_s : u"changed"_s);
        json.insert(u"owner"_s, one.before.isEmpty() ? QString() : cairn::overlay::ownerOf(one.before));
        json.insert(u"files"_s, QJsonArray::fromStringList(one.files));
        const auto whole = [](const QJsonObject &object) { return object.isEmpty() ? object : manifest::forApply(object); };
        json.insert(u"before"_s, manifest::withoutSecrets(whole(one.before), one.after, u"*** (before)"_s));
        json.insert(u"after"_s, manifest::withoutSecrets(whole(one.after), one.before, u"*** (after)"_s));
        changed.append(json);
        text += diffOf(one);
    }
    print(options.format,
          {{u"entry"_s, *entry}, {u"patches"_s, landingsJson(built)}, {u"objects"_s, changed}, {u"faults"_s, notesJson(built.faults)}, {u"gaps"_s, notesJson(built.gaps)}, {u"kustomize"_s, kustomizeJson(run)}},
          text + summary(built));
    return lands && (!run.error || run.error->kind != Error::Kind::Invalid) ? ExitOk : ExitThreshold;
}

QJsonObject planJson(const cairn::overlay::Apply &apply)
{
    QJsonArray steps, saved;
    for (const change::Change &change : apply.plan.changes) {
        const ObjectRef &ref = change.act == change::Change::Act::Await && !change.until.isEmpty() ? change.until.first().object : change.target;
        QString act = u"change"_s;
        if (change.act == change::Change::Act::Await)
            act = u"wait"_s;
        else if (change.act == change::Change::Act::Create)
            act = u"create"_s;
        else if (change.act == change::Change::Act::Fill)
            act = u"fill"_s;
        steps.append(QJsonObject{{u"phase"_s, change.phase}, {u"act"_s, act}, {u"kind"_s, ref.kind.kind}, {u"namespace"_s, ref.ns}, {u"name"_s, ref.name}});
    }
    for (const cairn::overlay::Saved &one : apply.saved) {
        QJsonObject json = nameJson(one.object);
        json.insert(u"why"_s, one.why);
        saved.append(json);
    }
    return {{u"id"_s, apply.plan.id},
            {u"steps"_s, steps},
            {u"saved"_s, saved},
            {u"commands"_s, QJsonArray::fromStringList(cairn::overlay::commandsOf(apply.plan))},
            {u"problems"_s, notesJson(apply.plan.problems)},
            {u"warnings"_s, notesJson(apply.plan.warnings)}};
}

QString stepsText(const QList<change::Change> &changes)
{
    QString text;
    QString phase;
    for (const change::Change &change : changes) {
        if (change.phase != phase)
            text += text::safe(phase = change.phase) + u'\n';
        if (change.act == change::Change::Act::Await) {
            for (const change::Condition &condition : change.until) {
                const QString name = text::safe(condition.object.name);
                switch (condition.what) {
                case change::Condition::What::RolledOut: text += u"  wait until %1 is rolled out\n"_s.arg(name); break;
                case change::Condition::What::Ready:
                    text += u"  wait until %1 has %2 available replicas%3\n"_s.arg(name).arg(condition.count).arg(condition.stable > 0 ? u" for %1 s"_s.arg(condition.stable) : QString());
                    break;
                case change::Condition::What::Renewed: text += u"  see the Lease %1 renewed by %2*\n"_s.arg(name, text::safe(condition.holder)); break;
                case change::Condition::What::Accepted: text += u"  the server accepts a %1 (dry run)\n"_s.arg(text::safe(condition.object.kind.kind)); break;
                }
            }
            continue;
        }
        if (change.act == change::Change::Act::Fill) {
            const QStringList keys = change.body[u"stringData"_s].toObject().keys() + change.fills;
            text += u"  write Secret %1/%2: %3 = \u2022\u2022\u2022\n"_s.arg(text::safe(change.target.ns), text::safe(change.target.name), text::safe(keys.join(u", "_s)));
            continue;
        }
        const bool deletes = change.act == change::Change::Act::Delete;
        text += u"  %1 %2 %3\n"_s.arg(change.act == change::Change::Act::Create ? u"create"_s : deletes ? u"delete"_s : u"change"_s, text::safe(change.target.kind.kind),
                                      text::safe(change.target.ns.isEmpty() ? change.target.name : change.target.ns + u'/' + change.target.name));
    }
    return text;
}

QString planTable(const cairn::overlay::Apply &apply)
{
    QString text = stepsText(apply.plan.changes);
    for (const cairn::overlay::Saved &one : apply.saved)
        text += u"Saved, not applied: %1. %2\n"_s.arg(audit::shown(one.object), one.why);
    return text;
}

int printOutcome(const Options &options, const Result<change::PlanOutcome> &outcome, QJsonObject json, const QString &table, bool elsewhere)
{
    if (!outcome)
        return printError(outcome.error());
    using State = change::PlanOutcome::State;
    json.insert(u"state"_s, outcome->state == State::Done ? u"done"_s : outcome->state == State::RolledBack ? u"rolledBack"_s : u"failed"_s);
    json.insert(u"record"_s, outcome->canRollBack ? outcome->record.ns + u'/' + outcome->record.name : QString());
    json.insert(u"done"_s, static_cast<int>(outcome->done));
    json.insert(u"canRollBack"_s, outcome->canRollBack);
    json.insert(u"notes"_s, QJsonArray::fromStringList(outcome->notes));
    json.insert(u"error"_s, outcome->error ? QJsonValue(outcome->error->oneLine()) : QJsonValue(QJsonValue::Null));
    print(options.format, json, table);
    for (const QString &line : outcome->notes)
        note(line);
    if (outcome->canRollBack)
        note(takesBack(options.command.first(), outcome->record, elsewhere, outcome->state == State::Done));
    return outcome->error ? printError(*outcome->error) : static_cast<int>(ExitOk);
}

/// The services of the settings, with their passwords where they were given. What cannot be used becomes a problem.
Result<QList<cairn::overlay::Switch>> switchesOf(kube::Cluster &cluster, const Options &options, const audit::Scene &scene, const Settings &settings, const Built &built,
                                                 QMap<QString, Secret> &passwords, QList<change::Note> &problems, std::stop_token stop)
{
    QList<cairn::overlay::Switch> switches;
    for (const cairn::overlay::Outside &outside : cairn::overlay::outsideOf(scene, settings)) {
        if (outside.isStore())
            continue; // switched by a person
        cairn::overlay::Switch one{outside, {}, false, false};
        const Result<std::optional<Secret>> given = passwordFor(options, outside, &cluster, stop);
        if (!given)
            return fail(given.error());
        one.passwordGiven = given->has_value();
        const bool leads = std::ranges::any_of(built.changed, [&](const Changed &changed) {
            return outside.readers.contains(changed.name) || (changed.name.kind == "ConfigMap"_L1 && outside.configMaps.contains(changed.name.name));
        });
        if (leads && (one.passwordGiven || (outside.given && options.allowSecret))) {
            const Result<cairn::overlay::SecretFacts> facts = app::secretFacts(cluster, outside, stop);
            if (!facts)
                return fail(facts.error());
            one.secret = *facts;
        }
        std::optional<Secret> password = *given;
        if (one.passwordGiven) {
            passwords.insert(outside.id, *password);
        } else if (one.secret && one.secret->keys.contains(outside.passwordKey)) {
            const Result<Secret> there = app::passwordFromSecret(cluster, outside, outside.secret, outside.passwordKey, stop);
            if (!there)
                return fail(there.error());
            password = *there;
        }
        if (leads && options.serviceTest && password) {
            app::ServiceTestOptions how = testOptions(options);
            how.cluster = options.allowHelper;
            how.here = !options.allowHelper;
            const app::ServiceTest test = app::testService(&cluster, outside, *password, how, stop);
            if (stop.stop_requested())
                return fail(Error::cancelled());
            one.tested = test.usable();
            if (test.error)
                note(text::safe(test.error->oneLine()));
            for (const services::Report &report : test.reports) {
                for (const services::Check &check : report.checks) {
                    if (check.state != services::Check::State::Failed)
                        continue;
                    const QString text = u"%1, from %2: %3: %4"_s.arg(outside.title, report.from, check.what, check.text);
                    // What this machine cannot reach may well be there for the cluster.
                    if (how.here && (check.id == "name"_L1 || check.id == "tcp"_L1))
                        note(u"Note: %1 %2"_s.arg(text, u"Look from inside the cluster with --allow-helper."_s));
                    else
                        problems.append({u"service"_s, text, check.fix});
                }
            }
        }
        switches.append(one);
    }
    return switches;
}

int carryOut(kube::Cluster &cluster, const Options &options, const audit::Scene &scene, const cairn::overlay::Folder &folder, std::stop_token stop)
{
    const Result<Settings> settings = settingsOf(options, folder, scene);
    if (!settings)
        return printError(settings.error());
    const Result<QString> entry = app::overlayEntry(folder.files, options.overlay);
    if (!entry)
        return printError(entry.error());
    const Result<RestMapper> mapper = cluster.mapper(stop);
    if (!mapper)
        return printError(mapper.error());
    Built built = cairn::overlay::lands(folder.files, *entry, scene);
    cairn::overlay::checkOutside(built, folder.path);
    const Proposal proposal = cairn::overlay::propose(scene, *settings);
    const QString id = QString::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, u'0');
    QMap<QString, Secret> passwords;
    QList<change::Note> problems;
    const Result<QList<cairn::overlay::Switch>> switches = switchesOf(cluster, options, scene, *settings, built, passwords, problems, stop);
    if (!switches)
        return printError(switches.error());
    cairn::overlay::Apply apply = cairn::overlay::planOf(scene, proposal, built, *mapper, id, *switches);
    apply.plan.problems += problems;
    app::refuseWhileOpen(cluster, apply.plan, stop);
    if (apply.plan.feasible())
        app::dropVainProofs(cluster, apply.plan, stop);
    tell(built);
    for (const change::Note &warning : apply.plan.warnings) {
        if (warning.id != "lands-on-nothing"_L1)
            note(u"Note: %1 %2"_s.arg(warning.text, warning.fix).trimmed());
    }
    bool refused = !apply.plan.feasible();
    bool nothing = false;
    for (const change::Note &problem : apply.plan.problems) {
        nothing = nothing || problem.id == "nothing"_L1;
        if (problem.id != "nothing"_L1)
            note(u"Problem: %1 %2"_s.arg(problem.text, problem.fix).trimmed());
    }
    if (!refused) {
        const QList<change::Check> checks = app::tryOverlay(cluster, apply.plan, {}, stop);
        for (const change::Check &check : checks) {
            if (check.state != change::Check::State::Fail)
                continue;
            refused = true;
            note(u"Refused: %1"_s.arg(check.text));
        }
    }
    if (stop.stop_requested())
        return printError(Error::cancelled());
    QJsonObject json = planJson(apply);
    QString table = planTable(apply);
    if (nothing && apply.plan.problems.size() == 1) {
        json.insert(u"state"_s, u"nothing"_s);
        print(options.format, json, table + u"Nothing is left to apply.\n"_s);
        return ExitOk;
    }
    if (refused || options.dryRun || !options.yes) {
        json.insert(u"state"_s, u"planned"_s);
        print(options.format, json, table);
        if (!refused && !options.dryRun)
            note(u"Nothing was changed. Do it with --yes."_s);
        return refused || !options.dryRun ? ExitRefused : ExitOk;
    }
    change::Options execution = changeOptions();
    execution.secrets = app::secretsFor(cairn::overlay::outsideOf(scene, *settings), passwords);
    return printOutcome(options, change::execute(cluster, apply.plan, execution, stop), json, table, change::asksForConsent(apply.plan));
}

int recorded(kube::Cluster &cluster, const Options &options, std::stop_token stop)
{
    const Result<QList<app::RecordedChange>> all = app::recordedChanges(cluster, options.ns, stop);
    if (!all)
        return printError(all.error());
    QList<app::RecordedChange> found;
    for (const app::RecordedChange &one : *all) {
        if (options.command.size() < 3 || one.record.name == options.command[2])
            found.append(one);
    }
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"BEGUN"_s, u"STATE"_s, u"WORKED ON BY"_s, u"TITLE"_s}};
    QJsonArray json;
    for (const app::RecordedChange &one : std::as_const(found)) {
        const change::Record &record = one.content;
        const QString state = one.unreadable ? u"unreadable"_s : record.isDone() ? u"done"_s : record.undoing ? u"rolling back"_s : u"%1 of %2"_s.arg(one.done).arg(record.entries.size());
        const bool atWork = one.owner && change::isAtWork(*one.owner) != change::AtWork::No;
        rows.append({text::safe(one.record.ns), text::safe(one.record.name), record.begun.toString(Qt::ISODate), state, atWork ? one.owner->text() : u"–"_s, text::safe(record.title)});
        json.append(QJsonObject{{u"namespace"_s, one.record.ns}, {u"name"_s, one.record.name}, {u"begun"_s, record.begun.toString(Qt::ISODate)}, {u"state"_s, state},
                                {u"title"_s, record.title}, {u"workedOnBy"_s, atWork ? one.owner->text() : QString()}});
    }
    if (found.isEmpty())
        return printError(Error::make(Error::Kind::NotFound, u"There is no record of a change"_s, options.ns.isEmpty() ? QString() : u"Looked for in namespace %1"_s.arg(text::safe(options.ns))));
    if (found.size() == 1 && found.first().unreadable) {
        print(options.format, {{u"changes"_s, json}}, renderTable(rows));
        note(u"It stays where it is; to save it: kubectl get configmap -n %1 %2 -o yaml"_s.arg(text::safe(found.first().record.ns), text::safe(found.first().record.name)));
        return printError(*found.first().unreadable);
    }
    const bool back = options.command[1] == "rollback"_L1;
    QList<change::Suspicion> suspicions;
    QList<change::Check> checks;
    if (found.size() == 1) {
        suspicions = app::suspicious(found.first());
        if (!back)
            checks = app::tryRecorded(cluster, found.first().content, stop);
        if (stop.stop_requested())
            return printError(Error::cancelled());
        QJsonArray checked;
        for (const change::Check &check : std::as_const(checks))
            checked.append(QJsonObject{{u"id"_s, check.id}, {u"state"_s, change::checkWord(check.state)}, {u"text"_s, check.text}, {u"fix"_s, check.fix}});
        QJsonObject one = json[0].toObject();
        QJsonArray asked;
        for (const change::Suspicion &suspicion : std::as_const(suspicions))
            asked.append(QJsonObject{{u"what"_s, change::whatWord(suspicion.what)}, {u"object"_s, suspicion.name()}, {u"powers"_s, QJsonArray::fromStringList(suspicion.powers)}});
        one.insert(u"suspicious"_s, asked);
        one.insert(u"checks"_s, checked);
        json[0] = one;
    }
    const bool mayNot = std::ranges::any_of(checks, [](const change::Check &check) { return check.state == change::Check::State::Fail; });
    const bool refused = (!suspicions.isEmpty() && !options.elsewhere) || mayNot;
    QString steps;
    if (found.size() == 1 && (back || found.first().content.undoing)) {
        const QStringList lines = change::wayBack(found.first().content);
        for (const QString &line : lines)
            steps += u"  "_s + line + u'\n';
        QJsonObject one = json[0].toObject();
        one.insert(u"wayBack"_s, QJsonArray::fromStringList(lines));
        json[0] = one;
    } else if (found.size() == 1) {
        QList<change::Change> changes;
        for (const change::Record::Entry &entry : found.first().content.entries)
            changes.append(entry.change);
        steps = stepsText(changes);
    }
    if (found.size() > 1 || !options.yes || refused) {
        QString table = renderTable(rows) + steps;
        for (const change::Check &check : std::as_const(checks)) {
            if (check.state != change::Check::State::Ok)
                table += u"  %1 %2\n"_s.arg(check.text, check.fix);
        }
        print(options.format, {{u"changes"_s, json}}, table);
        const QString ns = found.first().record.ns;
        for (const QString &sentence : change::sentences(suspicions, ns))
            note(sentence);
        note(found.size() > 1 ? u"Name one of them, with -n and --yes."_s
             : mayNot         ? u"Nothing was changed: a step is not allowed to you."_s
                              : howToDoIt(!suspicions.isEmpty() && !options.elsewhere, options.yes));
        return ExitRefused;
    }
    if (!steps.isEmpty())
        note(steps.chopped(1)); // before they run: it may be stopped
    const ObjectRef &record = found.first().record;
    change::Options execution = changeOptions();
    execution.elsewhere = options.elsewhere;
    execution.seen = found.first().content.digest();
    const change::Record &content = found.first().content;
    for (qsizetype i = content.next; options.command[1] == "finish"_L1 && !content.undoing && i < content.entries.size(); ++i) {
        const change::Change &step = content.entries[i].change;
        for (const QString &key : step.fills) {
            cairn::overlay::Outside secret;
            // Of several keys each has its own value.
            secret.id = step.fills.size() > 1 ? key : step.target.name;
            secret.title = u"Secret %1"_s.arg(text::safe(step.target.name));
            secret.ns = step.target.ns;
            secret.passwordKey = key;
            const Result<std::optional<Secret>> given = passwordFor(options, secret, &cluster, stop);
            if (!given)
                return printError(given.error());
            if (*given)
                execution.secrets.insert(change::secretSlot(step.target, key), **given);
        }
    }
    return printOutcome(options, back ? change::rollBack(cluster, record, execution, stop) : change::finish(cluster, record, execution, stop),
                        {{u"changes"_s, json}}, renderTable(rows), !suspicions.isEmpty());
}

} // namespace

Result<Settings> settingsOf(const Options &options, const cairn::overlay::Folder &folder, const audit::Scene &scene)
{
    QByteArray text;
    QString name = options.settings;
    if (!options.settings.isEmpty()) {
        if (std::optional<Error> refused = app::refusedFile(options.settings))
            return fail(*std::move(refused));
        QFile file(options.settings);
        if (!file.open(QIODevice::ReadOnly))
            return fail(file.exists() ? Error::Kind::Io : Error::Kind::NotFound, u"%1 cannot be read"_s.arg(text::safe(options.settings)), file.errorString(), u"Check the path after --settings"_s);
        text = file.read(kMostSettings);
    } else if (folder.files.contains(cairn::overlay::settingsFile())) {
        text = folder.files.value(cairn::overlay::settingsFile());
        name = QDir(options.out).filePath(cairn::overlay::settingsFile());
    } else {
        return cairn::overlay::defaultsFor(scene);
    }
    return cairn::overlay::readSettings(text, name);
}

Result<cairn::overlay::Folder> folderOf(const Options &options, std::stop_token stop)
{
    if (options.out.isEmpty())
        return cairn::overlay::Folder();
    Result<cairn::overlay::Folder> folder = cairn::overlay::readFolder(options.out, stop);
    if (folder)
        noteGaps(folder->gaps);
    return folder;
}

int overlay(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const QString &word = options.command[1];
    if (word == "test"_L1)
        return testServices(engine, options, stop);
    if (word == "move-database"_L1)
        return moveDatabase(engine, options, stop);
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    if (word == "finish"_L1 || word == "rollback"_L1)
        return recorded(**cluster, options, stop);
    const Result<cairn::overlay::Folder> folder = folderOf(options, stop);
    if (!folder)
        return printError(folder.error());
    const Result<audit::Scene> scene = app::readOverlayScene(**cluster, folder->files, stop);
    if (!scene)
        return printError(scene.error());
    noteGaps(scene->gaps());
    if (word == "new"_L1)
        return generate(options, *scene, *folder, stop);
    return word == "diff"_L1 ? showDiff(options, *scene, *folder, stop) : carryOut(**cluster, options, *scene, *folder, stop);
}

int overlayOfManifests(const Options &options, std::stop_token stop)
{
    const QString &word = options.command[1];
    if (word != "new"_L1 && word != "diff"_L1)
        return printError(Error::make(Error::Kind::Invalid, u"Manifests cannot be changed here"_s, {}, u"Leave out --manifests to apply to a cluster"_s));
    const Result<cairn::overlay::Folder> folder = folderOf(options, stop);
    if (!folder)
        return printError(folder.error());
    const Result<audit::Scene> scene = app::readManifests(options.manifests, {}, stop);
    if (!scene)
        return printError(scene.error());
    noteGaps(scene->gaps());
    return word == "new"_L1 ? generate(options, *scene, *folder, stop) : showDiff(options, *scene, *folder, stop);
}

} // namespace cairn::ctl
