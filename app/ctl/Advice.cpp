// SPDX-License-Identifier: GPL-3.0-or-later
#include "Advice.h"

#include "Cluster.h"
#include "Output.h"
#include "engine/AdvisorFlows.h"

#include <QJsonArray>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

constexpr int kDefaultSteps = 500;

QString adviceWord(launch::Advice::Why why)
{
    using Why = launch::Advice::Why;
    return why == Why::Failures ? u"failures"_s : why == Why::Overhead ? u"overhead"_s : u"nothing"_s;
}

/// Null where it is not known.
QJsonObject toJson(const launch::InputRow &row, const std::optional<launch::Measured> &value)
{
    return {{u"input"_s, row.word}, {u"seconds"_s, value ? QJsonValue(value->seconds) : QJsonValue()},
        {u"samples"_s, value ? value->samples : 0}, {u"from"_s, row.from}};
}

} // namespace

Result<QJsonObject> chooseInterval(app::Engine &engine, kube::Cluster &cluster, const Options &options, const launch::Spec &spec,
                                   launch::Policy &policy, const std::stop_token &stop)
{
    app::AdvisorAsk ask{.ns = spec.ns, .spec = spec};
    if (options.allowHelper || options.useExec) {
        ask.list = [&](const Job &job, const QList<Pod> &pods) -> Result<Listing> {
            app::JobDetail detail;
            detail.job = job;
            detail.pods = pods;
            const Result<app::JobListing> listing = readListing(engine, cluster, detail, options, stop);
            if (!listing)
                return fail(listing.error());
            return listing->listing;
        };
    }
    store::UsageHistory history;
    const Result<launch::Inputs> inputs = app::readInputs(cluster, ask, &history, stop);
    if (!inputs)
        return fail(inputs.error());
    const launch::Costs costs = launch::costsOf(*inputs, spec);
    const launch::Advice advice = launch::advise(costs);
    if (advice.why == launch::Advice::Why::Nothing)
        policy.everySteps = kDefaultSteps;
    else if (advice.steps)
        policy.everySteps = static_cast<int>(std::min<qint64>(*advice.steps, 1'000'000'000));
    else
        policy.everySeconds = static_cast<int>(std::clamp(std::round(advice.best.interval), 1.0, 1e8));
    // Who counts steps alone needs to know how long one takes.
    const QList<launch::Remark> remarks = launch::pass(policy).remarks;
    const bool uncounted = policy.everySeconds > 0 && std::ranges::find(remarks, launch::Remark::What::NeedsStep, &launch::Remark::what) != remarks.end();
    if (uncounted) {
        policy.everySeconds = 0;
        policy.everySteps = kDefaultSteps;
    }

    const QList<launch::InputRow> rows = launch::inputRows(*inputs, spec);
    const std::optional<launch::Measured> values[] = {costs.save, costs.step, costs.failure, costs.restart};
    QJsonArray measured;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        measured.append(toJson(rows[i], values[i]));
        note(u"Measured: %1: %2%3"_s.arg(rows[i].name, rows[i].value, rows[i].from.isEmpty() ? QString() : u" ("_s + rows[i].from + u')'));
    }
    const std::optional<double> step = costs.step ? std::optional(costs.step->seconds) : std::nullopt;
    const std::optional<double> set = launch::intervalOf(policy, step);
    QStringList sentences = launch::adviceSentences(costs, advice, set);
    if (uncounted)
        sentences.append(u"%1 saves by steps, and how long one takes is not known."_s.arg(launch::frameworkName(policy.framework)));
    if (uncounted || advice.why == launch::Advice::Why::Nothing)
        sentences.append(u"It saves every %1 steps, as without advice."_s.arg(kDefaultSteps));
    if (const QString room = launch::roomSentence(*inputs, policy, set); !room.isEmpty())
        sentences.append(room);
    for (const QString &sentence : std::as_const(sentences))
        note(u"Advice: "_s + sentence);
    noteGaps(inputs->gaps);

    QJsonObject json{{u"why"_s, adviceWord(advice.why)}, {u"inputs"_s, measured}, {u"text"_s, QJsonArray::fromStringList(sentences)},
        {u"everySteps"_s, policy.everySteps > 0 ? QJsonValue(policy.everySteps) : QJsonValue()},
        {u"everySeconds"_s, advice.why == launch::Advice::Why::Nothing ? QJsonValue() : QJsonValue(advice.best.interval)}};
    using Limit = launch::Advice::Limit;
    json.insert(u"limit"_s, advice.limit == Limit::Save ? QJsonValue(u"save"_s) : advice.limit == Limit::Often ? QJsonValue(u"often"_s) : QJsonValue());
    const bool failures = advice.why == launch::Advice::Why::Failures;
    json.insert(u"lostInSaves"_s, advice.why == launch::Advice::Why::Nothing ? QJsonValue() : QJsonValue(advice.best.saves));
    json.insert(u"lostToFailures"_s, failures ? QJsonValue(advice.best.failures) : QJsonValue());
    json.insert(u"checkpointBytes"_s, inputs->bytes ? QJsonValue(*inputs->bytes) : QJsonValue());
    json.insert(u"roomBytes"_s, inputs->room ? QJsonValue(*inputs->room) : QJsonValue());
    return json;
}

} // namespace cairn::ctl
