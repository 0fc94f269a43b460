// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/UsageHistory.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QStandardPaths>
#include <QVariant>
#include <algorithm>
#include <atomic>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::store::UsageHistory)
};

constexpr qint64 hourSeconds = 3600;
constexpr qint64 hourlyFor = 7LL * 24; ///< hours
constexpr qint64 dailyFor = 366LL * 24;

// sqlite3.h
constexpr int sqliteCorrupt = 11;
constexpr int sqliteNotADatabase = 26;

/// SQLite's own number; extended codes hold it in their low byte.
int codeOf(const QSqlError &error)
{
    return error.nativeErrorCode().toInt() & 0xff;
}

bool isDamage(const QSqlError &error)
{
    return codeOf(error) == sqliteCorrupt || codeOf(error) == sqliteNotADatabase;
}

Error explain(const QString &file, const QSqlError &error)
{
    Error result = Error::make(Error::Kind::Io, Words::tr("PVC usage could not be saved in %1").arg(text::safe(file)),
                               text::safe(error.databaseText()),
                               Words::tr("Check the free space and the permissions of its folder. Everything else keeps working."));
    result.reason = error.nativeErrorCode();
    return result;
}

} // namespace

/// A connection for one call: those of Qt belong to the thread that opened them.
class UsageHistory::Connection
{
public:
    explicit Connection(const QString &file)
        : m_name(u"cairn-usage-%1"_s.arg(++s_serial))
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
        if (!database.isValid())
            return;
        database.setDatabaseName(file);
        database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=3000"_s);
        if (!database.open())
            m_error = database.lastError();
        m_valid = true;
    }
    ~Connection()
    {
        QSqlDatabase::database(m_name, false).close();
        QSqlDatabase::removeDatabase(m_name);
    }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    bool hasDriver() const { return m_valid; }
    const QSqlError &error() const { return m_error; }
    QSqlDatabase database() const { return QSqlDatabase::database(m_name, false); }

    /// False with error() set.
    bool run(const QString &statement, const QVariantList &values = {})
    {
        QSqlQuery query(database());
        return run(query, statement, values);
    }
    bool run(QSqlQuery &query, const QString &statement, const QVariantList &values)
    {
        query.setForwardOnly(true);
        bool good = query.prepare(statement);
        for (const QVariant &value : values)
            query.addBindValue(value);
        good = good && query.exec();
        if (!good)
            m_error = query.lastError();
        return good;
    }
    /// The first value of the first row; invalid where there is none or it failed.
    QVariant value(const QString &statement)
    {
        QSqlQuery query(database());
        return run(query, statement, {}) && query.next() ? query.value(0) : QVariant();
    }
    void fail(const QSqlError &error) { m_error = error; }

private:
    static inline std::atomic<int> s_serial{0};
    const QString m_name;
    bool m_valid = false;
    QSqlError m_error;
};

UsageHistory::UsageHistory(const QString &file)
    : m_file(file.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/cairn/usage.sqlite"_s : file)
{
}

Result<> UsageHistory::setAside(const QString &suffix, const QString &why)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    QString kept = u"%1.%2-%3"_s.arg(m_file, suffix, stamp);
    for (int i = 2; QFileInfo::exists(kept); ++i)
        kept = u"%1.%2-%3-%4"_s.arg(m_file, suffix, stamp).arg(i);
    if (!QFile::rename(m_file, kept))
        return fail(Error::Kind::Io, Words::tr("The PVC usage history %1 can be neither read nor set aside").arg(text::safe(m_file)), why,
                    Words::tr("Move the file away."));
    // Its journal belongs to it and would damage the new file.
    for (const QString &tail : {u"-journal"_s, u"-wal"_s, u"-shm"_s})
        QFile::rename(m_file + tail, kept + tail);
    m_notice = Error::make(Error::Kind::Io, Words::tr("The PVC usage history starts over"), why,
                           Words::tr("The old file is kept as %1.").arg(text::safe(kept)));
    m_checked = false;
    return {};
}

/// Makes sure that the file is one of ours and whole; begins a new one where it is not.
Result<> UsageHistory::check(Connection &connection)
{
    bool damaged = isDamage(connection.error());
    const QVariant found = damaged ? QVariant() : connection.value(u"PRAGMA user_version"_s);
    damaged = damaged || (!found.isValid() && isDamage(connection.error()));
    if (!damaged && !found.isValid())
        return fail(explain(m_file, connection.error()));
    if (!damaged && found.toInt() > version)
        return setAside(u"newer"_s, Words::tr("It was written by a newer version of Cairn, in a format this one does not know."));
    if (!damaged && found.toInt() > 0) {
        const QVariant whole = connection.value(u"PRAGMA quick_check(1)"_s);
        if (whole.toString() != "ok"_L1)
            damaged = whole.isValid() || isDamage(connection.error());
        // A table of this name with other columns was not made by us.
        if (!damaged && !connection.run(u"SELECT cluster, claim, hour, at, used, capacity, source FROM sample LIMIT 1"_s))
            damaged = true;
    }
    if (damaged)
        return setAside(u"damaged"_s, Words::tr("The file is damaged: %1").arg(text::safe(connection.error().databaseText())));
    return {};
}

Result<> UsageHistory::prepare(Connection &connection)
{
    if (connection.value(u"PRAGMA user_version"_s).toInt() == version)
        return {};
    // One transaction: a program that is killed in between leaves no half of it.
    if (!connection.run(u"BEGIN IMMEDIATE"_s)
        || !connection.run(u"CREATE TABLE IF NOT EXISTS sample (cluster TEXT NOT NULL, claim TEXT NOT NULL, hour INTEGER NOT NULL, "
                           "at INTEGER NOT NULL, used INTEGER NOT NULL, capacity INTEGER NOT NULL, source INTEGER NOT NULL, "
                           "PRIMARY KEY (cluster, claim, hour)) WITHOUT ROWID"_s)
        || !connection.run(u"PRAGMA user_version = %1"_s.arg(version)) || !connection.run(u"COMMIT"_s)) {
        const Error error = explain(m_file, connection.error());
        connection.run(u"ROLLBACK"_s);
        return fail(error);
    }
    return {};
}

template <class T, class F>
Result<T> UsageHistory::with(F work)
{
    const std::lock_guard lock(m_mutex);
    QDir().mkpath(QFileInfo(m_file).path());
    for (int attempt = 0;; ++attempt) {
        if (!QFileInfo::exists(m_file)) {
            // SQLite would make it readable for others, as the umask says.
            QFile fresh(m_file);
            if (!fresh.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner) && !QFileInfo::exists(m_file))
                return fail(Error::Kind::Io, Words::tr("PVC usage could not be saved in %1").arg(text::safe(m_file)),
                            text::safe(fresh.errorString()),
                            Words::tr("Check the free space and the permissions of its folder. Everything else keeps working."));
            m_checked = false;
        }
        Connection connection(m_file);
        if (!connection.hasDriver())
            return fail(Error::Kind::Unsupported, Words::tr("PVC usage cannot be saved"), Words::tr("Qt has no driver for SQLite."),
                        Words::tr("Install the package libqt6sql6-sqlite."));
        if (!m_checked) {
            const std::optional<Error> before = std::exchange(m_notice, {});
            const Result<> good = check(connection);
            const bool aside = m_notice.has_value();
            if (!aside)
                m_notice = before;
            if (!good)
                return fail(good.error());
            if (aside && attempt == 0)
                continue;
            if (const Result<> ready = prepare(connection); !ready)
                return fail(ready.error());
            m_checked = true;
        }
        Result<T> result = work(connection);
        // Damage that shows only now: once more with a new file.
        if (!result && isDamage(connection.error()) && attempt == 0) {
            if (const Result<> aside = setAside(u"damaged"_s, Words::tr("The file is damaged: %1").arg(text::safe(connection.error().databaseText()))); !aside)
                return fail(aside.error());
            continue;
        }
        return result;
    }
}

Result<QHash<QString, QList<UsageSample>>> UsageHistory::read(const QString &cluster)
{
    Result<QHash<QString, QList<UsageSample>>> samples = readFile(cluster);
    const std::lock_guard lock(m_mutex);
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
    return with<Samples>([&](Connection &connection) -> Result<Samples> {
        Samples samples;
        QSqlQuery query(connection.database());
        if (!connection.run(query, u"SELECT claim, at, used, capacity, source FROM sample WHERE cluster = ? ORDER BY claim, hour"_s, {cluster}))
            return fail(explain(m_file, connection.error()));
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
            return fail(explain(m_file, query.lastError()));
        }
        return samples;
    });
}

bool UsageHistory::insert(Connection &connection, QSqlQuery &query, const Waiting &entry)
{
    const qint64 at = entry.sample.at.toSecsSinceEpoch();
    return connection.run(query, u"INSERT OR REPLACE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
                          {entry.cluster, entry.claim, at / hourSeconds, at, entry.sample.used, entry.sample.capacity,
                           int(entry.sample.source)});
}

void UsageHistory::wait(const QString &cluster, const QHash<QString, UsageSample> &samples)
{
    const std::lock_guard lock(m_mutex);
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
    wait(cluster, samples);
    return with<void>([&](Connection &connection) -> Result<> {
        bool good = connection.run(u"BEGIN IMMEDIATE"_s);
        QSqlQuery query(connection.database());
        for (const Waiting &entry : std::as_const(m_waiting))
            good = good && insert(connection, query, entry);
        query.finish();
        const qint64 hour = now.toSecsSinceEpoch() / hourSeconds;
        Result<> thinned;
        if (good && hour != m_thinned)
            thinned = thin(connection, hour);
        if (good && thinned && connection.run(u"COMMIT"_s)) {
            m_thinned = hour;
            m_waiting.clear();
            return {};
        }
        const QSqlError error = connection.error();
        connection.run(u"ROLLBACK"_s);
        connection.fail(error);
        return fail(explain(m_file, error));
    });
}

Result<> UsageHistory::thin(Connection &connection, qint64 hour)
{
    const qint64 hourly = hour - hourlyFor;
    // Too old, or from a clock that was wrong; then of each day but its last sample; then the oldest of too many.
    const bool good =
        connection.run(u"DELETE FROM sample WHERE hour < %1 OR hour > %2"_s.arg(hour - dailyFor).arg(hour + 48))
        && connection.run(u"DELETE FROM sample WHERE hour < %1 AND EXISTS (SELECT 1 FROM sample AS later WHERE later.cluster = sample.cluster "
                          "AND later.claim = sample.claim AND later.hour > sample.hour AND later.hour < (sample.hour / 24 + 1) * 24 "
                          "AND later.hour < %1)"_s.arg(hourly))
        && connection.run(u"DELETE FROM sample WHERE hour <= (SELECT hour FROM sample ORDER BY hour DESC LIMIT 1 OFFSET %1)"_s.arg(mostSamples));
    if (!good)
        return fail(explain(m_file, connection.error()));
    return {};
}

std::optional<Error> UsageHistory::takeNotice()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_notice, {});
}

} // namespace cairn::store
