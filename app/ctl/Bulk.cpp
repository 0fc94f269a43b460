// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/BulkFlows.h"
#include "jobs/BulkExecutor.h"
#include "jobs/ResumeJson.h"
#include "manifest/Prune.h"

#include <QJsonArray>
#include <QSet>
#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using jobs::BulkItem;
using jobs::BulkResult;

/// The jobs that were named, each once, in the order given. A name that is not there ends the command before anything
/// is done to the others.
Result<QList<app::JobDetail>> named(kube::Cluster &cluster, const Options &options, std::stop_token stop)
{
    if (options.allNamespaces)
        return fail(Error::Kind::Invalid, u"Jobs are named in one namespace"_s, {}, u"Give -n instead of -A"_s);
    QList<app::JobDetail> found;
    QSet<QString> seen;
    for (const QString &name : options.command.mid(2)) {
        const Result<app::JobDetail> detail = app::findJob(cluster, namespaceOf(cluster, options), name, stop);
        if (!detail)
            return fail(detail.error());
        if (!seen.contains(detail->job.uid))
            found.append(*detail);
        seen.insert(detail->job.uid);
    }
    return found;
}

QJsonObject itemJson(const BulkItem &item)
{
    QJsonValue loss = QJsonValue::Null;
    if (item.losesWork)
        loss = jobs::toJson(item.loss);
    return {{u"namespace"_s, item.job.ns},
            {u"name"_s, item.job.name},
            {u"kind"_s, item.job.facts().resource.kind},
            {u"uid"_s, item.job.uid},
            {u"phase"_s, phaseName(item.job.phase)},
            {u"fate"_s, jobs::fateWord(item.fate)},
            {u"verdict"_s, item.verdict.id},
            {u"text"_s, item.verdict.text},
            {u"fix"_s, item.verdict.fix},
            {u"warnings"_s, notesJson(item.warnings)},
            {u"loss"_s, loss},
            {u"stays"_s, QJsonArray::fromStringList(item.stays)},
            {u"result"_s, QJsonValue::Null},
            {u"resultText"_s, QString()},
            {u"error"_s, QJsonValue::Null}};
}

QString lostText(const BulkItem &item)
{
    if (!item.losesWork)
        return u"–"_s;
    return (item.loss.atMost ? u"at most "_s : item.loss.atLeast ? u"at least "_s : QString()) + text::gpuHours(item.loss.gpuHours);
}

QString planTable(const QList<BulkItem> &items)
{
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"KIND"_s, u"STATE"_s, u"UNSAVED"_s, u"WHAT"_s}};
    for (const BulkItem &item : items)
        rows.append({text::safe(item.job.ns), text::safe(item.job.name), item.job.facts().resource.kind, phaseName(item.job.phase), lostText(item),
                     item.fate == BulkItem::Fate::Act ? item.verdict.text : u"%1: %2"_s.arg(jobs::fateWord(item.fate), item.verdict.text)});
    return renderTable(rows, {4});
}

void noteWarnings(const QList<BulkItem> &items)
{
    for (const BulkItem &item : items) {
        for (const jobs::PlanNote &warning : item.warnings)
            note(u"%1: %2"_s.arg(text::safe(item.job.name), warning.text));
        if (!item.stays.isEmpty())
            note(u"%1: not deleted: %2"_s.arg(text::safe(item.job.name), text::safe(item.stays.join(u", "_s))));
    }
}

QJsonObject planJson(jobs::BulkAct act, const QList<BulkItem> &items, bool changed)
{
    QJsonArray array;
    for (const BulkItem &item : items)
        array.append(itemJson(item));
    return {{u"act"_s, jobs::actWord(act)}, {u"changed"_s, changed}, {u"jobs"_s, array}};
}

/// Says why nothing is done, or ExitOk.
int mayGoOn(const QList<BulkItem> &items, const Options &options)
{
    bool refused = false;
    for (const BulkItem &item : items) {
        if (item.fate != BulkItem::Fate::Refused)
            continue;
        refused = true;
        note(u"Refused (%1): %2: %3%4"_s.arg(item.verdict.id, text::safe(item.job.name), item.verdict.text,
                                             item.verdict.fix.isEmpty() ? QString() : u"\n  Fix: "_s + item.verdict.fix));
    }
    if (refused) {
        note(u"Nothing was changed: leave out what was refused."_s);
        return ExitRefused;
    }
    if (options.dryRun) {
        note(u"Nothing was changed."_s);
        return ExitOk;
    }
    if (!options.yes && std::ranges::any_of(items, [](const BulkItem &item) { return item.fate == BulkItem::Fate::Act; })) {
        note(u"Nothing was changed: confirm with --yes."_s);
        return ExitRefused;
    }
    return ExitOk;
}

int printResults(const Options &options, jobs::BulkAct act, const QList<BulkItem> &items, const QList<BulkResult> &results)
{
    QJsonArray array;
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"KIND"_s, u"RESULT"_s, u"TEXT"_s}};
    bool changed = false;
    bool bad = false;
    for (qsizetype i = 0; i < items.size(); ++i) {
        const BulkResult &result = results[i];
        QJsonObject json = itemJson(items[i]);
        json.insert(u"result"_s, jobs::stateWord(result.state));
        json.insert(u"resultText"_s, result.text);
        if (result.error) {
            json.insert(u"error"_s, QJsonObject{{u"kind"_s, kindName(result.error->kind)}, {u"what"_s, result.error->what},
                                                {u"why"_s, result.error->why}, {u"fix"_s, result.error->fix}});
        }
        array.append(json);
        rows.append({text::safe(items[i].job.ns), text::safe(items[i].job.name), items[i].job.facts().resource.kind, jobs::stateWord(result.state), result.text});
        changed |= result.state == BulkResult::State::Done;
        bad |= result.state == BulkResult::State::Failed || result.state == BulkResult::State::Stopped;
    }
    print(options.format, {{u"act"_s, jobs::actWord(act)}, {u"changed"_s, changed}, {u"jobs"_s, array}}, renderTable(rows));
    for (const BulkResult &result : results) {
        if (result.error)
            printError(*result.error);
    }
    return bad ? ExitFailed : ExitOk;
}

} // namespace

int jobBulk(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto connected = connect(engine, options);
    if (!connected)
        return printError(connected.error());
    kube::Cluster &cluster = **connected;
    const Result<QList<app::JobDetail>> found = named(cluster, options, stop);
    if (!found)
        return printError(found.error());
    QList<app::BulkTarget> targets;
    for (const app::JobDetail &detail : *found)
        targets.append({detail.job.ref(), std::nullopt});
    const QString &word = options.command[1];
    const jobs::BulkAct act = word == "suspend"_L1 ? jobs::BulkAct::Suspend
        : word == "unsuspend"_L1                   ? jobs::BulkAct::Unsuspend
                                                   : jobs::BulkAct::Delete;
    const Result<QList<BulkItem>> items = app::previewBulk(cluster, act, targets, {}, stop);
    if (!items)
        return printError(items.error());

    noteWarnings(*items);
    const int goOn = mayGoOn(*items, options);
    if (goOn != ExitOk || options.dryRun) {
        print(options.format, planJson(act, *items, false), planTable(*items));
        return goOn;
    }
    jobs::BulkOptions bulk;
    QStringList told(items->size());
    bulk.progress = [&](int index, const BulkResult &result) {
        // The end of each is in the table; what is waited for is told once.
        if (result.state == BulkResult::State::Waiting && told[index] != result.text)
            note(u"%1: %2"_s.arg(text::safe(items->at(index).job.name), result.text));
        told[index] = result.text;
    };
    return printResults(options, act, *items, jobs::executeBulk(cluster, *items, bulk, stop));
}

int jobYaml(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto connected = connect(engine, options);
    if (!connected)
        return printError(connected.error());
    const Result<QList<app::JobDetail>> found = named(**connected, options, stop);
    if (!found)
        return printError(found.error());
    if (options.format == Format::Json) {
        QJsonArray array;
        for (const app::JobDetail &detail : *found)
            array.append(options.whole ? detail.object : manifest::forApply(detail.object));
        print(options.format, {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"List"_s}, {u"items"_s, array}}, {});
        return ExitOk;
    }
    QList<ObjectRef> refs;
    for (const app::JobDetail &detail : *found)
        refs.append(detail.job.ref());
    const Result<QString> yaml = app::yamlOfJobs(**connected, refs, options.whole, stop);
    if (!yaml)
        return printError(yaml.error());
    print(Format::Table, {}, *yaml);
    return ExitOk;
}

} // namespace cairn::ctl
