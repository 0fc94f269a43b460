// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/QuotaFlows.h"

#include "domain/QuotaDecoder.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// Null where it is negative: not known, or without a bound.
QJsonValue number(double value)
{
    return value < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(value);
}

QJsonValue word(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

template <class T>
Result<QList<T>> readAll(ObjectApi &api, const ResourceKind &kind, const QString &ns, std::unique_ptr<ObjectDecoder<T>> decoder, std::stop_token stop)
{
    const Result<QList<QJsonObject>> objects = api.list(kind, kind.namespaced ? ns : QString(), {}, {}, std::move(stop));
    if (!objects)
        return fail(objects.error());
    QList<T> values;
    for (const QJsonObject &object : *objects) {
        // Items of a list carry no kind of their own.
        QJsonObject whole = object;
        whole.insert(u"kind"_s, kind.kind);
        if (Result<T> value = decoder->object(QJsonDocument(whole).toJson(QJsonDocument::Compact), WireFormat::Json))
            values.append(*std::move(value));
    }
    return values;
}

} // namespace

Result<QuotaFacts> readQuotaFacts(ObjectApi &api, const QString &ns, std::stop_token stop)
{
    QuotaFacts facts;
    facts.now = QDateTime::currentDateTimeUtc();
    std::optional<Error> fatal;
    const auto take = [&](const ResourceKind &kind, auto result, auto &into) {
        if (result) {
            into += *std::move(result);
            return;
        }
        const Error &error = result.error();
        if (error.kind == Error::Kind::NotFound) // the server does not know the kind
            return;
        if (error.kind != Error::Kind::Forbidden && !fatal)
            fatal = error;
        facts.unread.append({kind.group.isEmpty() ? kind.plural : kind.plural + u'.' + kind.group, error});
    };
    for (const ResourceKind &kind : {kinds::resourceQuotas(), kinds::clusterQueues()})
        take(kind, readAll(api, kind, ns, quotaDecoder(kind), stop), facts.quotas);
    if (fatal)
        return fail(*fatal);
    if (facts.unread.size() == 2 || (facts.unread.size() == 1 && facts.quotas.isEmpty() && facts.unread.first().resource == kinds::resourceQuotas().plural))
        return fail(facts.unread.first().error);
    take(kinds::limitRanges(), readAll(api, kinds::limitRanges(), ns, limitRangeDecoder(), stop), facts.ranges);
    take(kinds::localQueues(), readAll(api, kinds::localQueues(), ns, quotaDecoder(kinds::localQueues()), stop), facts.localQueues);
    if (fatal)
        return fail(*fatal);
    return facts;
}

QJsonObject toJson(const QuotaRow &row)
{
    return {{u"kind"_s, row.quota.kind},
            {u"namespace"_s, word(row.quota.ns)},
            {u"name"_s, row.quota.name},
            {u"uid"_s, row.quota.uid},
            {u"resource"_s, row.limit.resource},
            {u"flavor"_s, word(row.limit.flavor)},
            {u"hard"_s, number(row.limit.hard)},
            {u"used"_s, number(row.limit.used)},
            {u"free"_s, number(row.free())},
            {u"scopes"_s, QJsonArray::fromStringList(row.quota.scopes)},
            {u"cohort"_s, word(row.quota.cohort)},
            {u"borrowingLimit"_s, number(row.limit.borrowing)},
            {u"pendingWorkloads"_s, number(row.quota.pending)},
            {u"admittedWorkloads"_s, number(row.quota.admitted)},
            {u"stopped"_s, row.quota.stopped}};
}

QJsonObject toJson(const LimitRange &range)
{
    QJsonArray items;
    for (const LimitRange::Item &item : range.items)
        items.append(QJsonObject{{u"type"_s, item.type},
                                 {u"resource"_s, item.resource},
                                 {u"default"_s, word(item.limit)},
                                 {u"defaultRequest"_s, word(item.request)},
                                 {u"min"_s, word(item.least)},
                                 {u"max"_s, word(item.most)}});
    return {{u"namespace"_s, range.ns}, {u"name"_s, range.name}, {u"items"_s, items}};
}

QJsonObject queueJson(const Quota &queue)
{
    return {{u"namespace"_s, queue.ns},
            {u"name"_s, queue.name},
            {u"clusterQueue"_s, queue.queue},
            {u"pendingWorkloads"_s, number(queue.pending)},
            {u"admittedWorkloads"_s, number(queue.admitted)},
            {u"stopped"_s, queue.stopped}};
}

} // namespace cairn::app
