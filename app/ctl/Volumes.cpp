// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "Overlay.h"
#include "OverlayWords.h"
#include "base/Text.h"
#include "engine/VolumeFlows.h"

#include <QFile>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

/// How long a claim may take until it is bound: file systems of clouds are made in minutes.
constexpr std::chrono::minutes kPatience{15};

int listClasses(kube::Cluster &cluster, const Options &options, const std::stop_token &stop)
{
    const app::VolumePlace place = app::readVolumePlace(cluster, namespaceOf(cluster, options), stop);
    if (stop.stop_requested())
        return printError(Error::cancelled());
    QJsonArray classes, kinds;
    QList<QStringList> rows{{u"CLASS"_s, u"DRIVER"_s, u"SEVERAL NODES"_s, u"BOUND"_s, u"NEEDS"_s}};
    for (const app::VolumeClass &one : place.classes) {
        classes.append(QJsonObject{{u"name"_s, one.name}, {u"provisioner"_s, one.provisioner}, {u"default"_s, one.isDefault}, {u"waitsForPod"_s, one.waits}, {u"expands"_s, one.expands},
            {u"shared"_s, storage::answerWord(one.access.answer)}, {u"needs"_s, one.access.needs}, {u"source"_s, one.access.source}});
        rows.append({text::safe(one.name) + (one.isDefault ? u" (default)"_s : QString()), text::safe(one.provisioner), storage::answerWord(one.access.answer), one.waits ? u"by the first pod"_s : u"at once"_s,
            one.access.needs.isEmpty() ? u"–"_s : one.access.needs});
    }
    QList<QStringList> ways{{u"KIND"_s, u"WHAT"_s, u"OF ONE THAT IS THERE"_s, u"BY A CLASS"_s}};
    for (const storage::VolumeKind &kind : storage::volumeKinds()) {
        const QString existing = kind.existing ? place.obstacle(kind, false) : QString();
        const QString byClass = kind.byClass ? place.obstacle(kind, true) : QString();
        const auto word = [](bool possible, const QString &obstacle) { return !possible ? u"–"_s : obstacle.isEmpty() ? u"yes"_s : obstacle; };
        const auto value = [](bool possible, const QString &obstacle) { return possible && obstacle.isEmpty(); };
        ways.append({kind.id, kind.title, word(kind.existing, existing), word(kind.byClass, byClass)});
        kinds.append(QJsonObject{{u"id"_s, kind.id}, {u"title"_s, kind.title}, {u"driver"_s, kind.driver}, {u"about"_s, kind.about}, {u"source"_s, kind.source}, {u"existing"_s, value(kind.existing, existing)},
            {u"byClass"_s, value(kind.byClass, byClass)}, {u"obstacle"_s, existing.isEmpty() ? byClass : existing}});
    }
    print(options.format, {{u"classes"_s, classes}, {u"drivers"_s, place.driversRead ? QJsonValue(QJsonArray::fromStringList(place.drivers)) : QJsonValue()}, {u"kinds"_s, kinds}, {u"notSeen"_s, notesJson(place.gaps)}},
        renderTable(rows) + u'\n' + renderTable(ways));
    for (const change::Note &gap : place.gaps)
        note(u"Not seen: "_s + gap.text);
    return ExitOk;
}

/// Values of the Secret that is made: a --password-from for each of its keys.
Result<QMap<QString, Secret>> secretValues(kube::Cluster &cluster, const Options &options, const storage::Volume &volume, std::stop_token stop)
{
    QMap<QString, Secret> values;
    if (!volume.secret)
        return values;
    for (const QString &key : volume.secret->keys) {
        cairn::overlay::Outside place;
        place.id = key;
        place.title = u"Secret %1"_s.arg(text::safe(volume.secret->name));
        place.ns = volume.secret->ns;
        place.passwordKey = key;
        const Result<std::optional<Secret>> given = passwordFor(options, place, &cluster, stop);
        if (!given)
            return fail(given.error());
        if (!*given)
            return fail(Error::Kind::Invalid, u"The Secret lacks the value of %1"_s.arg(key), {}, u"Give it with --password-from %1=file:PATH, or =stdin"_s.arg(key));
        values.insert(change::secretSlot({kinds::secrets(), volume.secret->ns, volume.secret->name, {}}, key), **given);
    }
    return values;
}

QJsonObject planJson(const app::VolumePlan &plan)
{
    QJsonArray refused, steps;
    for (const storage::VolumeRefusal &one : plan.refused)
        refused.append(QJsonObject{{u"field"_s, one.field}, {u"text"_s, one.text}, {u"fix"_s, one.fix}});
    for (const change::Change &change : plan.plan.changes)
        steps.append(QJsonObject{{u"kind"_s, change.target.kind.kind}, {u"namespace"_s, change.target.ns}, {u"name"_s, change.target.name}});
    return {{u"kind"_s, plan.spec.kind}, {u"namespace"_s, plan.spec.ns}, {u"name"_s, plan.spec.name}, {u"yaml"_s, QString::fromUtf8(plan.text)}, {u"refused"_s, refused}, {u"steps"_s, steps},
        {u"problems"_s, notesJson(plan.plan.problems)}, {u"warnings"_s, notesJson(plan.plan.warnings)}, {u"waitsForPod"_s, plan.waits}};
}

int save(const QString &path, const QByteArray &text)
{
    QFile file(path);
    // Never over what is there: it may be somebody's only copy.
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(text) != text.size())
        return printError(Error::make(Error::Kind::Io, u"%1 was not written"_s.arg(text::safe(path)), file.errorString(), u"Choose a file that does not exist"_s));
    note(u"Saved %1. Values of Secrets are not in it."_s.arg(text::safe(path)));
    return ExitOk;
}

/// A folder by which the node is run.
bool isDanger(const change::Note &warning)
{
    return warning.id.startsWith("host-"_L1);
}

int makeNew(kube::Cluster &cluster, const Options &options, const std::stop_token &stop)
{
    storage::VolumeSpec spec;
    spec.kind = options.command[2];
    spec.name = options.command[3];
    spec.ns = namespaceOf(cluster, options);
    spec.byClass = options.volume.byClass;
    spec.size = options.volume.size;
    spec.values = options.volume.values;
    spec.makesSecret = !options.passwordFrom.isEmpty();
    const Result<app::VolumePlan> planned = app::planVolume(cluster, spec, stop);
    if (!planned)
        return printError(planned.error());
    const app::VolumePlan &plan = *planned;
    QJsonObject json = planJson(plan);
    for (const storage::VolumeRefusal &one : plan.refused)
        note(u"Wrong: --%1: %2 %3"_s.arg(one.field, one.text, one.fix));
    for (const change::Note &problem : plan.plan.problems)
        note(u"Problem: %1 %2"_s.arg(problem.text, problem.fix).trimmed());
    for (const change::Note &warning : plan.plan.warnings)
        note(u"%1: %2 %3"_s.arg(isDanger(warning) ? u"Danger"_s : u"Note"_s, warning.text, warning.fix).trimmed());
    // What may not be made here may be made by somebody else, from the file.
    if (plan.refused.isEmpty() && !options.volume.save.isEmpty()) {
        if (const int saved = save(options.volume.save, plan.text); saved != ExitOk)
            return saved;
    }
    bool accepted = plan.feasible();
    if (accepted) {
        for (const change::Check &check : app::tryVolume(cluster, plan, {}, stop)) {
            if (check.state != change::Check::State::Fail)
                continue;
            accepted = false;
            note(u"Refused: "_s + check.text);
        }
    }
    if (stop.stop_requested())
        return printError(Error::cancelled());
    json.insert(u"accepted"_s, accepted);
    json.insert(u"state"_s, u"planned"_s);
    if (options.format == Format::Yaml && !(options.yes && !options.dryRun && accepted)) {
        std::fputs(plan.text.constData(), stdout);
        return accepted ? ExitOk : ExitRefused;
    }
    if (!accepted || !options.yes || options.dryRun) {
        print(options.format, json, QString::fromUtf8(plan.text));
        if (accepted)
            note(u"The server accepts it. Nothing was made%1."_s.arg(options.dryRun ? QString() : u": give --yes to make it"_s));
        return accepted && options.dryRun ? ExitOk : ExitRefused;
    }
    if (std::ranges::any_of(plan.plan.warnings, isDanger) && !options.launch.anyway) {
        print(options.format, json, QString::fromUtf8(plan.text));
        note(u"Refused: whoever mounts it could take over the node. Choose a folder that is made for it, or give --anyway."_s);
        return ExitRefused;
    }
    change::Options how = changeOptions();
    const Result<QMap<QString, Secret>> secrets = secretValues(cluster, options, plan.volume, stop);
    if (!secrets)
        return printError(secrets.error());
    how.secrets = *secrets;
    const Result<app::VolumeOutcome> made = app::makeVolume(cluster, plan, how, kPatience, stop);
    if (!made)
        return printError(made.error());
    const change::PlanOutcome &outcome = made->made;
    json.insert(u"state"_s, outcome.state == change::PlanOutcome::State::Done ? u"done"_s : u"failed"_s);
    json.insert(u"binding"_s, app::bindingWord(made->binding));
    json.insert(u"record"_s, outcome.canRollBack ? outcome.record.ns + u'/' + outcome.record.name : QString());
    json.insert(u"canRollBack"_s, outcome.canRollBack);
    json.insert(u"notes"_s, QJsonArray::fromStringList(outcome.notes));
    json.insert(u"error"_s, outcome.error ? QJsonValue(outcome.error->oneLine()) : QJsonValue());
    QString table;
    for (const change::Change &change : plan.plan.changes)
        table += u"%1 %2\n"_s.arg(change.target.kind.kind, text::safe(change.target.ns.isEmpty() ? change.target.name : change.target.ns + u'/' + change.target.name));
    print(options.format, json, outcome.error ? table : table + made->text + u'\n');
    for (const QString &line : outcome.notes)
        note(line);
    if (outcome.canRollBack)
        note(takesBack(u"storage"_s, outcome.record, change::asksForConsent(plan.plan), outcome.state == change::PlanOutcome::State::Done));
    else if (!outcome.error && !plan.volume.claim.isEmpty())
        note(u"Test whether nodes share it: cairnctl -n %1 storage prove %2"_s.arg(text::safe(spec.ns), text::safe(spec.name)));
    return outcome.error ? printError(*outcome.error) : static_cast<int>(ExitOk);
}

int prove(kube::Cluster &cluster, const Options &options, const std::stop_token &stop)
{
    const QString ns = namespaceOf(cluster, options);
    Result<ckpt::ProofRequest> request = app::planSharedProof(cluster, ns, options.command[2], options.image, stop);
    if (!request)
        return printError(request.error());
    request->bytes = options.volume.testBytes;
    if (options.volume.user >= 0)
        request->runAsUser = options.volume.user;
    QJsonObject json{{u"namespace"_s, ns}, {u"claim"_s, request->claim}, {u"image"_s, request->image}, {u"user"_s, request->runAsUser}, {u"bytes"_s, request->bytes}};
    const QString plan = u"A helper Job with a pod on each of two nodes, image %1, user %2, mounts %3/%4, writes %5 from each, and takes them away.\n"_s.arg(
        text::safe(request->image), QString::number(request->runAsUser), text::safe(ns), text::safe(request->claim), text::bytes(request->bytes));
    if (const Result<> tried = app::trySharedProof(cluster, *request, stop); !tried)
        return printError(tried.error());
    if (options.dryRun || !options.allowHelper) {
        json.insert(u"state"_s, u"planned"_s);
        print(options.format, json, plan);
        if (options.dryRun)
            return ExitOk;
        return printError(Error::make(Error::Kind::Consent, u"The PVC was not tested"_s, u"It takes a helper Job in namespace %1"_s.arg(text::safe(ns)), u"Allow it with --allow-helper"_s));
    }
    const Result<app::ProofOutcome> outcome = app::proveClaim(cluster, *request, stop, [](const QString &what, qint64 seconds) {
        if (seconds % 10 == 0)
            note(what);
    });
    if (!outcome)
        return printError(outcome.error());
    const ckpt::SharedProof &proof = outcome->proof;
    json.insert(u"state"_s, u"done"_s);
    json.insert(u"verdict"_s, proof.shared ? u"shared"_s : u"notShared"_s);
    json.insert(u"nodes"_s, QJsonArray::fromStringList(proof.nodes));
    json.insert(u"bytes"_s, proof.bytes);
    json.insert(u"writeMBs"_s, proof.writeSpeed);
    json.insert(u"readMBs"_s, proof.readSpeed);
    json.insert(u"why"_s, proof.why);
    json.insert(u"at"_s, proof.at.toString(Qt::ISODate));
    json.insert(u"recorded"_s, !outcome->unwritten);
    print(options.format, json, app::proofText(proof) + u'\n');
    if (outcome->unwritten)
        note(u"The result was not written on the PVC: %1"_s.arg(text::safe(outcome->unwritten->oneLine())));
    return proof.shared ? ExitOk : ExitThreshold;
}

} // namespace

int storage(app::Engine &engine, const Options &options, std::stop_token stop)
{
    if (options.command[1] == "finish"_L1 || options.command[1] == "rollback"_L1)
        return overlay(engine, options, stop); // one kind of record, whatever was changed
    const auto connected = connect(engine, options);
    if (!connected)
        return printError(connected.error());
    if (options.allNamespaces)
        return printError(Error::make(Error::Kind::Invalid, u"Storage is made in one namespace"_s, {}, u"Give -n instead of -A"_s));
    kube::Cluster &cluster = **connected;
    const QString &word = options.command[1];
    if (word == "classes"_L1)
        return listClasses(cluster, options, stop);
    return word == "prove"_L1 ? prove(cluster, options, stop) : makeNew(cluster, options, stop);
}

} // namespace cairn::ctl
