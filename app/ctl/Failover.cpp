// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/FailoverFlows.h"
#include "engine/StorageFlows.h"
#include "situation/FailoverWords.h"

#include <QJsonArray>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QJsonValue timeJson(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null);
}

QJsonObject planJson(const app::FailoverPlan &plan)
{
    QJsonArray checks;
    for (const change::Check &check : plan.checks)
        checks.append(QJsonObject{{u"id"_s, check.id}, {u"state"_s, change::checkWord(check.state)}, {u"text"_s, check.text}, {u"fix"_s, check.fix}});
    return {{u"component"_s, plan.component.id},
            {u"namespace"_s, plan.component.ns},
            {u"workload"_s, plan.component.workload},
            {u"pod"_s, plan.pod.name},
            {u"node"_s, plan.leader.node},
            {u"feasible"_s, plan.feasible()},
            {u"warning"_s, plan.warning},
            {u"checks"_s, checks},
            {u"changed"_s, false},
            {u"result"_s, QJsonValue::Null}};
}

QString planTable(const app::FailoverPlan &plan)
{
    QList<QStringList> rows{{u"CHECK"_s, u"STATE"_s, u"TEXT"_s}};
    for (const change::Check &check : plan.checks)
        rows.append({check.id, change::checkWord(check.state), check.text});
    return renderTable(rows) + plan.warning + u'\n';
}

QJsonObject resultJson(const FailoverResult &result)
{
    QJsonObject json = result.toJson();
    json.insert(u"killedAt"_s, timeJson(result.at));
    json.insert(u"acquired"_s, timeJson(result.acquired));
    return json;
}

/// `told`: its steps stand above it, where they were told as they came.
QString resultTable(const FailoverResult &result, bool told)
{
    QList<QStringList> rows{{u"SECONDS"_s, u"WHAT"_s}};
    for (const FailoverStep &step : result.steps)
        rows.append({situation::offsetText(step.at), (step.ok ? QString() : u"! "_s) + situation::stepText(result, step)});
    QString table = told ? QString() : renderTable(rows, {0});
    table += u"Without a leader: %1"_s.arg(situation::secondsText(result.gap));
    const QString expected = situation::expectedText(result);
    table += (expected.isEmpty() ? QString() : u" ("_s + expected + u')') + u'\n';
    table += u"Until it worked: %1\nUntil it had a standby: %2\n"_s.arg(situation::secondsText(result.worked), situation::secondsText(result.standby));
    if (result.jobsStopped >= 0)
        table += u"Jobs stopped: %1 of %2\n"_s.arg(result.jobsStopped).arg(result.jobsRunning);
    return table;
}

/// The result goes where the window finds it. That it cannot be kept does not make the test a failure.
void keep(kube::Cluster &cluster, const FailoverResult &result)
{
    // Also of a test that was stopped.
    const Result<QString> id = app::clusterId(cluster, {});
    if (!id || id->isEmpty()) {
        note(u"The result is not kept: the namespace kube-system, whose UID names the cluster, cannot be read."_s);
        return;
    }
    store::HaHistory history;
    const Result<> kept = app::keepFailover(history, *id, result, QDateTime::currentDateTimeUtc());
    if (!kept)
        note(kept.error().oneLine());
    if (const std::optional<Error> notice = history.takeNotice())
        note(notice->oneLine());
}

} // namespace

int failover(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto connected = connect(engine, options);
    if (!connected)
        return printError(connected.error());
    kube::Cluster &cluster = **connected;
    app::FailoverOptions flow;
    const Result<app::FailoverPlan> plan = app::planFailover(cluster, options.command[1], options.ns, flow, stop);
    if (!plan)
        return printError(plan.error());
    const auto refused = [&](int code, const QString &why) {
        print(options.format, planJson(*plan), planTable(*plan));
        note(why);
        return code;
    };
    if (!plan->feasible()) {
        for (const change::Check &check : plan->checks) {
            if (check.state == change::Check::State::Fail)
                note(u"Refused (%1): %2%3"_s.arg(check.id, check.text, check.fix.isEmpty() ? QString() : u"\n  Fix: "_s + check.fix));
        }
        return refused(ExitRefused, u"Nothing was changed."_s);
    }
    if (options.dryRun)
        return refused(ExitOk, u"Nothing was changed."_s);
    if (!options.yes)
        return refused(ExitRefused, u"Nothing was changed: confirm with --yes."_s);

    note(plan->warning);
    qsizetype told = 0;
    flow.progress = [&](const FailoverResult &result) {
        if (result.steps.isEmpty())
            note(situation::answerText(result));
        for (; told < result.steps.size(); ++told)
            note(situation::offsetText(result.steps[told].at).rightJustified(8)
                + (result.steps[told].ok ? u"  "_s : u"  ! "_s) + situation::stepText(result, result.steps[told]));
    };
    const Result<FailoverResult> result = app::runFailover(cluster, *plan, flow, stop);
    if (!result)
        return printError(result.error());
    keep(cluster, *result);
    QJsonObject json = planJson(*plan);
    json.insert(u"changed"_s, true);
    json.insert(u"result"_s, resultJson(*result));
    print(options.format, json, resultTable(*result, told > 0 && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO)));
    if (result->state == FailoverResult::State::Done)
        return ExitOk;
    note(situation::answerText(*result));
    return ExitFailed;
}

} // namespace cairn::ctl
