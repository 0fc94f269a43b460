// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Quota.h"

#include "domain/QuantityDecoder.h"

#include <QByteArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn {

QString requestedResource(const QString &resource)
{
    return resource.startsWith("requests."_L1) ? resource.mid(9) : resource;
}

double QuotaRow::fraction() const
{
    if (limit.hard < 0 || limit.used < 0)
        return -1;
    return limit.hard == 0 ? 1 : limit.used / limit.hard;
}

bool QuotaRow::allowsNothing() const
{
    return limit.hard == 0 && limit.used <= 0;
}

double QuotaRow::free() const
{
    return limit.hard < 0 || limit.used < 0 ? -1 : std::max(0.0, limit.hard - limit.used);
}

bool QuotaRow::isGpu() const
{
    const QByteArray name = requestedResource(limit.resource).toUtf8();
    return isGpuResource({name.constData(), static_cast<std::size_t>(name.size())});
}

int QuotaRow::rank() const
{
    return fraction() < 0 || allowsNothing() ? 0 : -static_cast<int>(std::min(fraction(), 1000.0) * 1000);
}

QList<QuotaRow> quotaRows(const QList<Quota> &quotas)
{
    QList<QuotaRow> rows;
    for (const Quota &quota : quotas) {
        Quota head = quota;
        head.limits.clear();
        for (const QuotaLimit &limit : quota.limits)
            rows.append({head, limit});
    }
    std::ranges::stable_sort(rows, [](const QuotaRow &a, const QuotaRow &b) {
        if (a.isGpu() != b.isGpu())
            return a.isGpu();
        if (const int order = QString::compare(requestedResource(a.limit.resource), requestedResource(b.limit.resource)); order != 0)
            return order < 0;
        return a.rank() < b.rank();
    });
    return rows;
}

} // namespace cairn
