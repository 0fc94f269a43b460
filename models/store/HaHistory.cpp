// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/HaHistory.h"

#include "store/HistoryFile.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::store::HaHistory)
};

constexpr qint64 changesFor = 2LL * 366 * 86'400'000; ///< ms
constexpr qint64 spansFor = 8LL * 86'400'000;
constexpr qint64 clockAhead = 2LL * 86'400'000; ///< what lies further ahead is of a clock that was wrong

const auto leaderColumns = u"lease, at, component, ns, from_pod, from_node, to_pod, to_node, gap, worked, cause, skipped, replicas, test"_s;

HistoryFile::Schema schema()
{
    return {HaHistory::version,
            {u"CREATE TABLE IF NOT EXISTS leader (cluster TEXT NOT NULL, lease TEXT NOT NULL, at INTEGER NOT NULL, component TEXT NOT NULL, "
             "ns TEXT NOT NULL, from_pod TEXT NOT NULL, from_node TEXT NOT NULL, to_pod TEXT NOT NULL, to_node TEXT NOT NULL, gap REAL NOT NULL, "
             "worked REAL NOT NULL, cause INTEGER NOT NULL, skipped INTEGER NOT NULL, replicas INTEGER NOT NULL, test TEXT NOT NULL, "
             "PRIMARY KEY (cluster, lease, at)) WITHOUT ROWID"_s,
             u"CREATE TABLE IF NOT EXISTS readiness (cluster TEXT NOT NULL, component TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, "
             "state INTEGER NOT NULL, PRIMARY KEY (cluster, component, since)) WITHOUT ROWID"_s,
             u"CREATE TABLE IF NOT EXISTS test (cluster TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, result TEXT NOT NULL, "
             "PRIMARY KEY (cluster, id)) WITHOUT ROWID"_s},
            {u"SELECT cluster, %1 FROM leader LIMIT 1"_s.arg(leaderColumns), u"SELECT cluster, component, since, until, state FROM readiness LIMIT 1"_s,
             u"SELECT cluster, id, at, result FROM test LIMIT 1"_s},
            [] {
                return HistoryFile::Texts{Words::tr("The high availability history could not be saved in %1"),
                                          Words::tr("The high availability history %1 can be neither read nor set aside"),
                                          Words::tr("The high availability history starts over"), Words::tr("The high availability history cannot be saved")};
            }};
}

bool isWorthKeeping(const LeaderChange &change)
{
    return change.at.isValid() && change.at.toMSecsSinceEpoch() > 0 && !change.lease.isEmpty();
}

bool isWorthKeeping(const ReadinessSpan &span)
{
    return span.state != Readiness::NotSeen && span.from.isValid() && span.to.isValid() && span.from <= span.to && span.from.toMSecsSinceEpoch() > 0;
}

bool isSame(const LeaderChange &one, const LeaderChange &other)
{
    return one.lease == other.lease && one.at.toMSecsSinceEpoch() == other.at.toMSecsSinceEpoch();
}

/// The rule of the SQL in write(), for what waits in memory: does `later` say more than `kept`?
bool saysMore(const LeaderChange &later, const LeaderChange &kept)
{
    return later.cause == LeaderCause::Test || (kept.cause != LeaderCause::Test && (later.gap >= 0 || kept.gap < 0));
}

/// Adds to what is there as the file would.
void merge(HaRecord &into, const HaRecord &more)
{
    for (const LeaderChange &change : more.leaders) {
        if (!isWorthKeeping(change))
            continue;
        const auto kept = std::ranges::find_if(into.leaders, [&](const LeaderChange &other) { return isSame(change, other); });
        if (kept == into.leaders.end())
            into.leaders.insert(std::ranges::upper_bound(into.leaders, change.at, {}, &LeaderChange::at), change);
        else if (saysMore(change, *kept))
            *kept = change;
    }
    for (auto it = more.readiness.cbegin(); it != more.readiness.cend(); ++it) {
        for (const ReadinessSpan &span : it.value()) {
            if (!isWorthKeeping(span))
                continue;
            QList<ReadinessSpan> &spans = into.readiness[it.key()];
            const auto kept = std::ranges::lower_bound(spans, span.from, {}, &ReadinessSpan::from);
            if (kept == spans.end() || kept->from != span.from) {
                spans.insert(kept, span);
            } else {
                kept->to = std::max(kept->to, span.to);
                kept->state = std::max(kept->state, span.state);
            }
        }
    }
    for (const FailoverResult &test : more.tests) {
        if (test.id.isEmpty() || !test.at.isValid())
            continue;
        into.tests.removeIf([&](const FailoverResult &other) { return other.id == test.id; });
        into.tests.insert(std::ranges::upper_bound(into.tests, test.at, {}, &FailoverResult::at), test);
    }
}

template <class T>
void forgetOldest(QList<T> &list)
{
    if (list.size() > HaHistory::mostWaiting)
        list.remove(0, list.size() - HaHistory::mostWaiting);
}

void forgetOldest(HaRecord &record)
{
    forgetOldest(record.leaders);
    forgetOldest(record.tests);
    qsizetype spans = 0;
    for (const QList<ReadinessSpan> &list : std::as_const(record.readiness))
        spans += list.size();
    if (spans <= HaHistory::mostWaiting)
        return;
    const qsizetype each = std::max<qsizetype>(1, HaHistory::mostWaiting / record.readiness.size());
    for (QList<ReadinessSpan> &list : record.readiness) {
        if (list.size() > each)
            list.remove(0, list.size() - each);
    }
}

/// Qt binds a null QString as NULL.
QVariant bound(const QString &text)
{
    return text.isNull() ? QString(u""_s) : text;
}

template <class Enum>
Enum enumOf(const QVariant &value, Enum last)
{
    const int number = value.toInt();
    return number >= 0 && number <= static_cast<int>(last) ? static_cast<Enum>(number) : Enum{};
}

QDateTime timeOf(const QVariant &value)
{
    return QDateTime::fromMSecsSinceEpoch(value.toLongLong(), Qt::UTC);
}

} // namespace

HaHistory::HaHistory(const QString &file)
    : m_history(std::make_unique<HistoryFile>(file, u"ha.sqlite"_s, schema()))
{
}

HaHistory::~HaHistory() = default;

QString HaHistory::file() const
{
    return m_history->file();
}

HaRecord &HaHistory::waitingOf(const QString &cluster)
{
    for (Waiting &waiting : m_waiting) {
        if (waiting.cluster == cluster)
            return waiting.record;
    }
    m_waiting.append({cluster, {}});
    return m_waiting.last().record;
}

Result<HaRecord> HaHistory::read(const QString &cluster)
{
    const std::lock_guard lock(m_history->mutex());
    Result<HaRecord> record = readFile(cluster);
    for (const Waiting &waiting : std::as_const(m_waiting)) {
        if (waiting.cluster != cluster || waiting.record.isEmpty())
            continue;
        if (!record)
            record = HaRecord();
        merge(*record, waiting.record);
    }
    return record;
}

Result<HaRecord> HaHistory::readFile(const QString &cluster)
{
    return m_history->with<HaRecord>([&](HistoryConnection &connection) -> Result<HaRecord> {
        HaRecord record;
        QSqlQuery query(connection.database());
        const auto rows = [&](const QString &statement, const std::function<void()> &row) {
            if (!connection.run(query, statement, {cluster}))
                return false;
            while (query.next())
                row();
            if (query.lastError().isValid()) {
                connection.fail(query.lastError());
                return false;
            }
            return true;
        };
        const bool good =
            rows(u"SELECT %1 FROM leader WHERE cluster = ? ORDER BY at"_s.arg(leaderColumns),
                 [&] {
                     LeaderChange change;
                     change.lease = query.value(0).toString();
                     change.at = timeOf(query.value(1));
                     change.component = query.value(2).toString();
                     change.ns = query.value(3).toString();
                     change.fromPod = query.value(4).toString();
                     change.fromNode = query.value(5).toString();
                     change.toPod = query.value(6).toString();
                     change.toNode = query.value(7).toString();
                     change.gap = query.value(8).toDouble();
                     change.worked = query.value(9).toDouble();
                     change.cause = enumOf(query.value(10), LeaderCause::Begun);
                     change.skipped = query.value(11).toInt();
                     change.replicas = query.value(12).toInt();
                     change.test = query.value(13).toString();
                     record.leaders.append(change);
                 })
            && rows(u"SELECT component, since, until, state FROM readiness WHERE cluster = ? ORDER BY component, since"_s,
                    [&] {
                        record.readiness[query.value(0).toString()].append(
                            {timeOf(query.value(1)), timeOf(query.value(2)), enumOf(query.value(3), Readiness::NotReady)});
                    })
            && rows(u"SELECT result FROM test WHERE cluster = ? ORDER BY at"_s, [&] {
                   const Result<FailoverResult> result = FailoverResult::fromJson(QJsonDocument::fromJson(query.value(0).toString().toUtf8()).object());
                   if (result)
                       record.tests.append(*result);
               });
        if (!good)
            return fail(m_history->explain(connection.error()));
        return record;
    });
}

bool HaHistory::write(HistoryConnection &connection, const Waiting &waiting)
{
    QSqlQuery query(connection.database());
    for (const LeaderChange &change : waiting.record.leaders) {
        // What a test measured is not overwritten by what somebody saw of it; what says more takes the place of what says less.
        if (!connection.run(query,
                            u"INSERT INTO leader (cluster, %1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                            "ON CONFLICT (cluster, lease, at) DO UPDATE SET component = excluded.component, ns = excluded.ns, from_pod = excluded.from_pod, "
                            "from_node = excluded.from_node, to_pod = excluded.to_pod, to_node = excluded.to_node, gap = excluded.gap, "
                            "worked = excluded.worked, cause = excluded.cause, skipped = excluded.skipped, replicas = excluded.replicas, "
                            "test = excluded.test WHERE excluded.cause = 1 OR (leader.cause <> 1 AND (excluded.gap >= 0 OR leader.gap < 0))"_s.arg(leaderColumns),
                            {waiting.cluster, bound(change.lease), change.at.toMSecsSinceEpoch(), bound(change.component), bound(change.ns),
                             bound(change.fromPod), bound(change.fromNode), bound(change.toPod), bound(change.toNode), change.gap, change.worked,
                             static_cast<int>(change.cause), change.skipped, change.replicas, bound(change.test)}))
            return false;
    }
    for (auto it = waiting.record.readiness.cbegin(); it != waiting.record.readiness.cend(); ++it) {
        for (const ReadinessSpan &span : it.value()) {
            if (!connection.run(query,
                                u"INSERT INTO readiness VALUES (?, ?, ?, ?, ?) ON CONFLICT (cluster, component, since) "
                                "DO UPDATE SET until = MAX(until, excluded.until), state = MAX(state, excluded.state)"_s,
                                {waiting.cluster, it.key(), span.from.toMSecsSinceEpoch(), span.to.toMSecsSinceEpoch(), static_cast<int>(span.state)}))
                return false;
        }
    }
    for (const FailoverResult &test : waiting.record.tests) {
        const QByteArray json = QJsonDocument(test.toJson()).toJson(QJsonDocument::Compact);
        if (json.size() > mostBytes)
            continue;
        if (!connection.run(query, u"INSERT OR REPLACE INTO test VALUES (?, ?, ?, ?)"_s,
                            {waiting.cluster, test.id, test.at.toMSecsSinceEpoch(), QString::fromUtf8(json)}))
            return false;
    }
    return true;
}

Result<> HaHistory::add(const QString &cluster, const HaRecord &record, const QDateTime &now)
{
    const std::lock_guard lock(m_history->mutex());
    HaRecord &waiting = waitingOf(cluster);
    merge(waiting, record);
    forgetOldest(waiting);
    return m_history->with<void>([&](HistoryConnection &connection) -> Result<> {
        const qint64 hour = now.toSecsSinceEpoch() / 3600;
        const Result<> written = m_history->inTransaction(connection, [&] {
            return std::ranges::all_of(m_waiting, [&](const Waiting &each) { return write(connection, each); })
                && (hour == m_thinned || thin(connection, now));
        });
        if (written) {
            m_thinned = hour;
            m_waiting.clear();
        }
        return written;
    });
}

bool HaHistory::thin(HistoryConnection &connection, const QDateTime &now)
{
    const qint64 ms = now.toMSecsSinceEpoch();
    // Too old, or from a clock that was wrong; then the oldest of too many.
    return connection.run(u"DELETE FROM leader WHERE at < %1 OR at > %2"_s.arg(ms - changesFor).arg(ms + clockAhead))
        && connection.run(u"DELETE FROM leader WHERE at <= (SELECT at FROM leader ORDER BY at DESC LIMIT 1 OFFSET %1)"_s.arg(mostChanges))
        && connection.run(u"DELETE FROM readiness WHERE until < %1 OR since > %2"_s.arg(ms - spansFor).arg(ms + clockAhead))
        && connection.run(u"DELETE FROM readiness WHERE since <= (SELECT since FROM readiness ORDER BY since DESC LIMIT 1 OFFSET %1)"_s.arg(mostSpans))
        && connection.run(u"DELETE FROM test WHERE at > %1"_s.arg(ms + clockAhead))
        && connection.run(u"DELETE FROM test WHERE at <= (SELECT at FROM test ORDER BY at DESC LIMIT 1 OFFSET %1)"_s.arg(mostTests));
}

std::optional<Error> HaHistory::takeNotice()
{
    return m_history->takeNotice();
}

} // namespace cairn::store
