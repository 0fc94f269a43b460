// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/QuotaFlows.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

QString amount(const QString &resource, double value)
{
    if (value < 0)
        return u"–"_s;
    if (resource.endsWith("memory"_L1) || resource.endsWith("storage"_L1) || resource.contains("hugepages-"_L1))
        return text::bytes(static_cast<qint64>(std::min(value, 9e18)));
    return QString::number(value, 'g', 12);
}

} // namespace

int quotas(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<app::QuotaFacts> facts = app::readQuotaFacts(**cluster, namespaceOf(**cluster, options), stop);
    if (!facts)
        return printError(facts.error());
    QJsonArray json, ranges, queues;
    QList<QStringList> lines{{u"NAMESPACE"_s, u"QUOTA"_s, u"RESOURCE"_s, u"FLAVOR"_s, u"USED"_s, u"HARD"_s, u"FREE"_s, u"%"_s}};
    for (const QuotaRow &row : quotaRows(facts->quotas)) {
        json.append(app::toJson(row));
        const QString &resource = row.limit.resource;
        lines.append({row.quota.ns.isEmpty() ? u"–"_s : text::safe(row.quota.ns), text::safe(row.quota.name), text::safe(resource),
                      row.limit.flavor.isEmpty() ? u"–"_s : text::safe(row.limit.flavor), amount(resource, row.limit.used), amount(resource, row.limit.hard),
                      amount(resource, row.free()), row.fraction() < 0 ? u"–"_s : QString::number(qRound(row.fraction() * 100))});
    }
    for (const LimitRange &range : facts->ranges)
        ranges.append(app::toJson(range));
    for (const Quota &queue : facts->localQueues)
        queues.append(app::queueJson(queue));
    QJsonArray unread;
    for (const app::QuotaFacts::Unread &gap : facts->unread)
        unread.append(QJsonObject{{u"resource"_s, gap.resource}, {u"kind"_s, kindName(gap.error.kind)}, {u"why"_s, gap.error.oneLine()}});
    print(options.format,
          {{u"quotas"_s, json}, {u"limitRanges"_s, ranges}, {u"localQueues"_s, queues}, {u"unread"_s, unread}, {u"readAt"_s, facts->now.toString(Qt::ISODate)}},
          lines.size() > 1 ? renderTable(lines, {4, 5, 6, 7}) : u"No quotas.\n"_s);
    for (const app::QuotaFacts::Unread &gap : facts->unread)
        note(u"%1 could not be read: %2"_s.arg(gap.resource, gap.error.oneLine()));
    return ExitOk;
}

} // namespace cairn::ctl
