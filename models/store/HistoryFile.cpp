// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/HistoryFile.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QStandardPaths>
#include <atomic>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::store::HistoryFile)
};

// sqlite3.h
constexpr int sqliteCorrupt = 11;
constexpr int sqliteNotADatabase = 26;

std::atomic<int> serial{0};

/// SQLite's own number; extended codes hold it in their low byte.
int codeOf(const QSqlError &error)
{
    return error.nativeErrorCode().toInt() & 0xff;
}

QString checkDisk()
{
    return Words::tr("Check the free space and the permissions of its folder. Everything else keeps working.");
}

} // namespace

HistoryConnection::HistoryConnection(const QString &file)
    : m_name(u"cairn-history-%1"_s.arg(++serial))
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

HistoryConnection::~HistoryConnection()
{
    QSqlDatabase::database(m_name, false).close();
    QSqlDatabase::removeDatabase(m_name);
}

bool HistoryConnection::run(const QString &statement, const QVariantList &values)
{
    QSqlQuery query(database());
    return run(query, statement, values);
}

bool HistoryConnection::run(QSqlQuery &query, const QString &statement, const QVariantList &values)
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

QVariant HistoryConnection::value(const QString &statement)
{
    QSqlQuery query(database());
    return run(query, statement, {}) && query.next() ? query.value(0) : QVariant();
}

HistoryFile::HistoryFile(const QString &file, const QString &name, Schema schema)
    : m_file(file.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/cairn/"_s + name : file)
    , m_schema(std::move(schema))
{
}

bool HistoryFile::isDamage(const QSqlError &error)
{
    return codeOf(error) == sqliteCorrupt || codeOf(error) == sqliteNotADatabase;
}

QString HistoryFile::damage(const QSqlError &error)
{
    return Words::tr("The file is damaged: %1").arg(text::safe(error.databaseText()));
}

Error HistoryFile::explain(const QSqlError &error) const
{
    Error result = Error::make(Error::Kind::Io, m_schema.texts().notSaved.arg(text::safe(m_file)), text::safe(error.databaseText()), checkDisk());
    result.reason = error.nativeErrorCode();
    return result;
}

Result<> HistoryFile::setAside(const QString &suffix, const QString &why)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    QString kept = u"%1.%2-%3"_s.arg(m_file, suffix, stamp);
    for (int i = 2; QFileInfo::exists(kept); ++i)
        kept = u"%1.%2-%3-%4"_s.arg(m_file, suffix, stamp).arg(i);
    if (!QFile::rename(m_file, kept))
        return cairn::fail(Error::Kind::Io, m_schema.texts().stuck.arg(text::safe(m_file)), why, Words::tr("Move the file away."));
    // Its journal belongs to it and would damage the new file.
    for (const QString &tail : {u"-journal"_s, u"-wal"_s, u"-shm"_s})
        QFile::rename(m_file + tail, kept + tail);
    m_notice = Error::make(Error::Kind::Io, m_schema.texts().startsOver, why, Words::tr("The old file is kept as %1.").arg(text::safe(kept)));
    m_checked = false;
    return {};
}

/// Makes sure that the file is one of ours and whole; begins a new one where it is not.
Result<> HistoryFile::check(HistoryConnection &connection)
{
    bool damaged = isDamage(connection.error());
    const QVariant found = damaged ? QVariant() : connection.value(u"PRAGMA user_version"_s);
    damaged = damaged || (!found.isValid() && isDamage(connection.error()));
    if (!damaged && !found.isValid())
        return cairn::fail(explain(connection.error()));
    if (!damaged && found.toInt() > m_schema.version)
        return setAside(u"newer"_s, Words::tr("It was written by a newer version of Cairn, in a format this one does not know."));
    if (!damaged && found.toInt() > 0) {
        const QVariant whole = connection.value(u"PRAGMA quick_check(1)"_s);
        if (whole.toString() != "ok"_L1)
            damaged = whole.isValid() || isDamage(connection.error());
        // A table of this name with other columns was not made by us.
        for (const QString &probe : m_schema.probes)
            damaged = damaged || !connection.run(probe);
    }
    if (damaged)
        return setAside(u"damaged"_s, damage(connection.error()));
    return {};
}

Result<> HistoryFile::prepare(HistoryConnection &connection)
{
    if (connection.value(u"PRAGMA user_version"_s).toInt() == m_schema.version)
        return {};
    // One transaction: a program that is killed in between leaves no half of it.
    return inTransaction(connection, [&] {
        for (const QString &statement : m_schema.create) {
            if (!connection.run(statement))
                return false;
        }
        return connection.run(u"PRAGMA user_version = %1"_s.arg(m_schema.version));
    });
}

Result<> HistoryFile::inTransaction(HistoryConnection &connection, const std::function<bool()> &work)
{
    if (connection.run(u"BEGIN IMMEDIATE"_s) && work() && connection.run(u"COMMIT"_s))
        return {};
    const QSqlError error = connection.error();
    connection.run(u"ROLLBACK"_s);
    connection.fail(error);
    return cairn::fail(explain(error));
}

Result<> HistoryFile::make()
{
    QDir().mkpath(QFileInfo(m_file).path());
    if (QFileInfo::exists(m_file))
        return {};
    // SQLite would make it readable for others, as the umask says.
    QFile fresh(m_file);
    if (!fresh.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner) && !QFileInfo::exists(m_file))
        return cairn::fail(Error::Kind::Io, m_schema.texts().notSaved.arg(text::safe(m_file)), text::safe(fresh.errorString()), checkDisk());
    m_checked = false;
    return {};
}

/// False where the file was set aside just now.
Result<bool> HistoryFile::open(HistoryConnection &connection, bool mayStartOver)
{
    if (!connection.hasDriver())
        return cairn::fail(Error::Kind::Unsupported, m_schema.texts().noDriver, Words::tr("Qt has no driver for SQLite."),
                           Words::tr("Install the package libqt6sql6-sqlite."));
    if (m_checked)
        return true;
    const std::optional<Error> before = std::exchange(m_notice, {});
    const Result<> good = check(connection);
    const bool aside = m_notice.has_value();
    if (!aside)
        m_notice = before;
    if (!good)
        return cairn::fail(good.error());
    if (aside && mayStartOver)
        return false;
    if (const Result<> ready = prepare(connection); !ready)
        return cairn::fail(ready.error());
    m_checked = true;
    return true;
}

std::optional<Error> HistoryFile::takeNotice()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_notice, {});
}

} // namespace cairn::store
