// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/BucketFlows.h"
#include "jobs/Preflight.h"
#include "jobs/ResumeExecutor.h"
#include "jobs/ResumeJson.h"

#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QJsonObject jobOf(const ObjectRef &ref)
{
    return {{u"namespace"_s, ref.ns}, {u"name"_s, ref.name}, {u"kind"_s, ref.kind.kind}, {u"uid"_s, ref.uid}};
}

int printOutcome(const Options &options, const jobs::ResumeOutcome &outcome, QJsonObject json)
{
    const QJsonObject own = jobs::toJson(outcome);
    for (auto it = own.begin(); it != own.end(); ++it)
        json.insert(it.key(), it.value());
    json.insert(u"job"_s, jobOf(outcome.target));
    QString table = u"%1: %2\n"_s.arg(text::safe(outcome.target.name), jobs::stateWord(outcome.state));
    const bool weights = outcome.act == jobs::Act::StartFromWeights;
    if (outcome.firstStep)
        table += (weights ? u"First step: %1\n"_s : u"First step after the checkpoint: %1\n"_s).arg(*outcome.firstStep);
    if (outcome.startedFromZero)
        table += u"ALARM: the training started from zero\n"_s;
    if (!outcome.resumedLine.isEmpty())
        table += outcome.resumedLine + u'\n';
    for (const QString &line : outcome.notes)
        table += line + u'\n';
    print(options.format, json, table);
    if (outcome.state != jobs::ResumeOutcome::State::Failed)
        return ExitOk;
    if (outcome.canPutBack && outcome.mode == jobs::ResumePlan::Mode::InPlace)
        note(u"Roll back with: cairnctl job resume %1 --recover undo"_s.arg(text::safe(outcome.target.name)));
    else if (outcome.canPutBack)
        note(u"Take the new job away with: cairnctl job delete %1"_s.arg(text::safe(outcome.target.name)));
    if (outcome.startedFromZero) {
        if (outcome.error)
            printError(*outcome.error);
        return ExitThreshold;
    }
    return outcome.error ? std::max<int>(printError(*outcome.error), ExitFailed) : ExitFailed;
}

int recover(app::Engine &engine, const std::shared_ptr<kube::Cluster> &connected, const Job &job, const Options &options, std::stop_token stop)
{
    kube::Cluster &cluster = *connected;
    const std::shared_ptr<ckpt::HeldHelper> held = app::holdHelper(connected);
    jobs::ExecuteOptions execute;
    execute.follow = options.wait;
    execute.progress = tellEvents();
    execute.tool = u"cairnctl " CAIRN_VERSION_STRING ""_s;
    const bool finish = options.recover != "undo"_L1;
    execute.recheck = app::recheckToRecover(cluster, job, finish, [&](const app::JobDetail &now, std::stop_token token, const ckpt::Progress &) {
        return readListing(engine, cluster, now, options, token, held);
    });
    execute.looksDone = [&] { app::endHelper(held); };
    const Result<jobs::ResumeOutcome> outcome = finish ? jobs::finish(cluster, job.ref(), execute, stop) : jobs::undo(cluster, job.ref(), execute, stop);
    return outcome ? printOutcome(options, *outcome, {}) : printError(outcome.error());
}

/// The first thing that forbids to go on, as a refusal with exit code 4.
int refuse(const jobs::ResumePlan &plan, const QList<jobs::Check> &checks)
{
    for (const jobs::PlanNote &problem : plan.problems)
        note(u"Refused (%1): %2%3"_s.arg(problem.id, problem.text, problem.fix.isEmpty() ? QString() : u"\n  Fix: "_s + problem.fix));
    for (const jobs::Check &check : checks) {
        if (check.state == jobs::Check::State::Fail)
            note(u"Refused (%1): %2%3"_s.arg(check.id, check.text, check.fix.isEmpty() ? QString() : u"\n  Fix: "_s + check.fix));
    }
    // What takes its newest resumes it, so a start from weights would refuse it.
    if (plan.hasProblem("needs-contract"_L1))
        note(plan.act == jobs::Act::StartFromWeights ? u"  Name it with --by env:NAME or --by 'arg:--flag={path}', and --save-by likewise."_s
                                                     : u"  Name it with --by env:NAME, --by 'arg:--flag={path}' or --by newest, and --save-by likewise."_s);
    if (plan.hasProblem("processes"_L1))
        note(u"  If you know that it will load all the same: --any-processes"_s);
    if (plan.hasProblem("not-resumable"_L1))
        note(u"  To start a new run from these weights: cairnctl -n %1 job start-from-weights %2 --yes"_s.arg(text::safe(plan.job.ns), text::safe(plan.job.name)));
    return ExitRefused;
}

int begin(app::Engine &engine, const Options &options, jobs::Act act, std::stop_token stop)
{
    const auto connected = connect(engine, options);
    if (!connected)
        return printError(connected.error());
    kube::Cluster &cluster = **connected;
    if (options.allNamespaces)
        return printError(Error::make(Error::Kind::Invalid, u"One job is in one namespace"_s, {}, u"Give -n instead of -A"_s));
    const Result<app::JobDetail> detail = app::findJob(cluster, namespaceOf(cluster, options), options.command[2], stop);
    if (!detail)
        return printError(detail.error());
    if (!options.recover.isEmpty() && act == jobs::Act::Resume)
        return recover(engine, *connected, detail->job, options, stop);

    const std::shared_ptr<ckpt::HeldHelper> held = app::holdHelper(*connected);
    const Result<app::JobListing> listing = readListing(engine, cluster, *detail, options, stop, held);
    if (!listing)
        return printError(listing.error());
    const Result<Checkpoint> checkpoint = app::chooseCheckpoint(detail->job, *listing, options.from, act);
    if (!checkpoint)
        return printError(checkpoint.error());

    app::ResumeChoice choice;
    choice.act = act;
    choice.newObject = options.asNew;
    choice.useWrapper = options.wrapper;
    choice.acceptUnverified = options.acceptUnverified;
    choice.anyProcesses = options.anyProcesses;
    choice.newName = options.newName;
    if (!options.by.isEmpty()) {
        const Result<jobs::PathContract> contract = jobs::parseContract(options.by, options.saveBy);
        if (!contract)
            return printError(contract.error());
        choice.contract = *contract;
    }
    const Result<jobs::ResumeRequest> request = app::readForResume(cluster, detail->job.ref(), *listing, *checkpoint, stop);
    if (!request)
        return printError(request.error());
    const jobs::ResumePlan made = jobs::planResume(app::chosen(*request, choice));
    const jobs::ResumePlan *plan = &made;

    QJsonObject json = jobs::toJson(*plan);
    if (!plan->feasible())
        return refuse(*plan, {});
    jobs::PreflightOptions preflightOptions;
    const auto recheck = app::recheckOf(cluster, *plan, [&](const app::JobDetail &now, std::stop_token token, const ckpt::Progress &) {
        return readListing(engine, cluster, now, options, token, held);
    });
    if (app::savesToBucket(listing->location))
        preflightOptions.recheck = recheck; // a claim would need another helper
    const QList<jobs::Check> checks = jobs::preflight(cluster, *plan, preflightOptions, stop);
    QJsonArray checkJson;
    for (const jobs::Check &check : checks) {
        checkJson.append(jobs::toJson(check));
        note(u"%1  %2"_s.arg(jobs::checkWord(check.state).leftJustified(4), check.text));
    }
    json.insert(u"checks"_s, checkJson);
    for (const jobs::PlanNote &warning : plan->warnings)
        note(u"note  "_s + warning.text);
    if (stop.stop_requested())
        return printError(Error::cancelled());
    if (std::ranges::any_of(checks, [](const jobs::Check &c) { return c.state == jobs::Check::State::Fail; }))
        return refuse(*plan, checks);
    // It makes another job each time: as with job new, that is asked for.
    const bool shown = act == jobs::Act::StartFromWeights && !options.yes;
    if (options.dryRun || shown) {
        print(options.format, json, diffText(plan->diff));
        note(options.dryRun ? u"Nothing was changed."_s : u"Nothing was made: give --yes to start it"_s);
        return options.dryRun ? ExitOk : ExitRefused;
    }
    jobs::ExecuteOptions execute;
    execute.follow = options.wait;
    execute.recheck = recheck;
    execute.looksDone = [&] { app::endHelper(held); };
    execute.progress = tellEvents();
    execute.tool = u"cairnctl " CAIRN_VERSION_STRING ""_s;
    const Result<jobs::ResumeOutcome> outcome = jobs::execute(cluster, *plan, execute, stop);
    if (!outcome)
        return printError(outcome.error());
    return printOutcome(options, *outcome, json);
}

} // namespace

int jobResume(app::Engine &engine, const Options &options, std::stop_token stop)
{
    return begin(engine, options, jobs::Act::Resume, stop);
}

int jobStartFromWeights(app::Engine &engine, const Options &options, std::stop_token stop)
{
    return begin(engine, options, jobs::Act::StartFromWeights, stop);
}

} // namespace cairn::ctl
