// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Measure.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/OverviewFlows.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QString summary(const situation::Overview &overview)
{
    QStringList parts;
    const auto add = [&parts](int count, const QString &word) {
        if (count > 0)
            parts.append(u"%1 %2"_s.arg(count).arg(word));
    };
    add(overview.running, u"running"_s);
    add(overview.failed, u"failed"_s);
    add(overview.waiting, u"waiting"_s);
    add(overview.suspended, u"suspended"_s);
    QString text = u"Jobs: "_s + (parts.isEmpty() ? u"none"_s : parts.join(u", "_s));
    if (overview.running > 0 && overview.gpuHoursAtRisk > 0)
        text += u"; unsaved work: %1%2"_s.arg(overview.atMost ? u"at most "_s : QString(), text::gpuHours(overview.gpuHoursAtRisk));
    return text + u".\n"_s;
}

} // namespace

int overview(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<app::OverviewReading> reading = app::readOverview(
        **cluster, namespaceOf(**cluster, options), [&](storage::ClaimFacts &facts) { measure(**cluster, options, facts, stop); }, stop);
    if (!reading)
        return printError(reading.error());
    if (stop.stop_requested())
        return printError(Error::cancelled());
    QList<QStringList> rows{{u"SINCE"_s, u"KIND"_s, u"PLACE"_s, u"NAME"_s, u"WHAT"_s}};
    for (const situation::Problem &problem : reading->overview.problems) {
        const QString text = problem.hint.isEmpty() ? problem.text : problem.text.isEmpty() ? problem.hint : problem.text + u"; "_s + problem.hint;
        rows.append({problem.since.isValid() ? text::ago(problem.since, reading->now) : u"–"_s, situation::kindWord(problem.kind), problem.place, problem.name, text});
    }
    // Where something is missing an empty list does not say that all is well.
    const QString none = reading->gaps.isEmpty() ? u"Nothing needs attention.\n"_s : u"Nothing needs attention among what could be read.\n"_s;
    print(options.format, app::toJson(*reading), (rows.size() == 1 ? none : renderTable(rows)) + summary(reading->overview));
    noteGaps(reading->gaps);
    return ExitOk;
}

} // namespace cairn::ctl
