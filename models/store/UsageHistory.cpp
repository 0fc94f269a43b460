// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/UsageHistory.h"

#include "store/HistoryFile.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::store::UsageHistory)
};

constexpr qint64 hourSeconds = 3600;
constexpr qint64 hourlyFor = 7LL * 24; ///< hours
constexpr qint64 dailyFor = 366LL * 24;

HistoryFile::Schema schema()
{
    return {UsageHistory::version,
            {u"CREATE TABLE IF NOT EXISTS sample (cluster TEXT NOT NULL, claim TEXT NOT NULL, hour INTEGER NOT NULL, "
             "at INTEGER NOT NULL, used INTEGER NOT NULL, capacity INTEGER NOT NULL, source INTEGER NOT NULL, "
             "PRIMARY KEY (cluster, claim, hour)) WITHOUT ROWID"_s},
            {u"SELECT cluster, claim, hour, at, used, capacity, source FROM sample LIMIT 1"_s},
            [] {
                return HistoryFile::Texts{Words::tr("PVC usage could not be saved in %1"),
                                          Words::tr("The PVC usage history %1 can be neither read nor set aside"),
                                          Words::tr("The PVC usage history starts over"), Words::tr("PVC usage cannot be saved")};
            }};
}

} // namespace

UsageHistory::UsageHistory(const QString &file)
    : m_history(std::make_unique<HistoryFile>(file, u"usage.sqlite"_s, schema()))
{
}

UsageHistory::~UsageHistory() = default;

QString UsageHistory::file() const
{
    return m_history->file();
}

Result<QHash<QString, QList<UsageSample>>> UsageHistory::read(const QString &cluster)
{
    const std::lock_guard lock(m_history->mutex());
    Result<QHash<QString, QList<UsageSample>>> samples = readFile(cluster);
    QHash<QString, QList<UsageSample>> waiting;
    for (const Waiting &entry : std::as_const(m_waiting)) {
        if (entry.cluster == cluster)
            waiting[entry.claim].append(entry.sample);
    }
    if (waiting.isEmpty())
        return samples;
    if (!samples)
        samples = QHash<QString, QList<UsageSample>>();
    // As the file would have it: of an hour the last sample stays.
    for (auto it = waiting.cbegin(); it != waiting.cend(); ++it) {
        QList<UsageSample> &list = (*samples)[it.key()];
        for (const UsageSample &sample : it.value()) {
            const qint64 hour = sample.at.toSecsSinceEpoch() / hourSeconds;
            list.removeIf([hour](const UsageSample &other) { return other.at.toSecsSinceEpoch() / hourSeconds == hour; });
            list.insert(std::ranges::upper_bound(list, sample.at, {}, &UsageSample::at), sample);
        }
    }
    return samples;
}

Result<QHash<QString, QList<UsageSample>>> UsageHistory::readFile(const QString &cluster)
{
    using Samples = QHash<QString, QList<UsageSample>>;
    return m_history->with<Samples>([&](HistoryConnection &connection) -> Result<Samples> {
        Samples samples;
        QSqlQuery query(connection.database());
        if (!connection.run(query, u"SELECT claim, at, used, capacity, source FROM sample WHERE cluster = ? ORDER BY claim, hour"_s, {cluster}))
            return fail(m_history->explain(connection.error()));
        while (query.next()) {
            UsageSample sample;
            sample.at = QDateTime::fromSecsSinceEpoch(query.value(1).toLongLong(), Qt::UTC);
            sample.used = query.value(2).toLongLong();
            sample.capacity = query.value(3).toLongLong();
            const int source = query.value(4).toInt();
            sample.source = source >= 0 && source <= int(UseSource::Prometheus) ? UseSource(source) : UseSource::None;
            samples[query.value(0).toString()].append(sample);
        }
        if (query.lastError().isValid()) {
            connection.fail(query.lastError());
            return fail(m_history->explain(query.lastError()));
        }
        return samples;
    });
}

bool UsageHistory::insert(HistoryConnection &connection, QSqlQuery &query, const Waiting &entry)
{
    const qint64 at = entry.sample.at.toSecsSinceEpoch();
    return connection.run(query, u"INSERT OR REPLACE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
                          {entry.cluster, entry.claim, at / hourSeconds, at, entry.sample.used, entry.sample.capacity,
                           int(entry.sample.source)});
}

void UsageHistory::wait(const QString &cluster, const QHash<QString, UsageSample> &samples)
{
    for (auto it = samples.cbegin(); it != samples.cend(); ++it) {
        if (it->used >= 0 && it->at.isValid() && it->at.toSecsSinceEpoch() >= 0)
            m_waiting.append({cluster, it.key(), *it});
    }
    const qsizetype most = std::max<qsizetype>(mostWaiting, samples.size());
    if (m_waiting.size() > most)
        m_waiting.remove(0, m_waiting.size() - most);
}

Result<> UsageHistory::add(const QString &cluster, const QHash<QString, UsageSample> &samples, const QDateTime &now)
{
    const std::lock_guard lock(m_history->mutex());
    wait(cluster, samples);
    return m_history->with<void>([&](HistoryConnection &connection) -> Result<> {
        const qint64 hour = now.toSecsSinceEpoch() / hourSeconds;
        const Result<> written = m_history->inTransaction(connection, [&] {
            QSqlQuery query(connection.database());
            for (const Waiting &entry : std::as_const(m_waiting)) {
                if (!insert(connection, query, entry))
                    return false;
            }
            query.finish();
            return hour == m_thinned || thin(connection, hour);
        });
        if (written) {
            m_thinned = hour;
            m_waiting.clear();
        }
        return written;
    });
}

bool UsageHistory::thin(HistoryConnection &connection, qint64 hour) const
{
    const qint64 hourly = hour - hourlyFor;
    // Too old, or from a clock that was wrong; then of each day but its last sample; then the oldest of too many.
    return connection.run(u"DELETE FROM sample WHERE hour < %1 OR hour > %2"_s.arg(hour - dailyFor).arg(hour + 48))
        && connection.run(u"DELETE FROM sample WHERE hour < %1 AND EXISTS (SELECT 1 FROM sample AS later WHERE later.cluster = sample.cluster "
                          "AND later.claim = sample.claim AND later.hour > sample.hour AND later.hour < (sample.hour / 24 + 1) * 24 "
                          "AND later.hour < %1)"_s.arg(hourly))
        && connection.run(u"DELETE FROM sample WHERE hour <= (SELECT hour FROM sample ORDER BY hour DESC LIMIT 1 OFFSET %1)"_s.arg(mostSamples));
}

std::optional<Error> UsageHistory::takeNotice()
{
    return m_history->takeNotice();
}

} // namespace cairn::store
