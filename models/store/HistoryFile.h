// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QFile>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QStringList>
#include <QVariant>
#include <functional>
#include <mutex>
#include <optional>

/// Internal to the histories: one SQLite file, and how it is opened, told from other files, and set aside.
namespace cairn::store {

/// A connection for one call: those of Qt belong to the thread that opened them.
class HistoryConnection
{
public:
    explicit HistoryConnection(const QString &file);
    ~HistoryConnection();
    HistoryConnection(const HistoryConnection &) = delete;
    HistoryConnection &operator=(const HistoryConnection &) = delete;

    bool hasDriver() const { return m_valid; }
    const QSqlError &error() const { return m_error; }
    QSqlDatabase database() const { return QSqlDatabase::database(m_name, false); }
    /// False with error() set.
    bool run(const QString &statement, const QVariantList &values = {});
    bool run(QSqlQuery &query, const QString &statement, const QVariantList &values);
    /// The first value of the first row; invalid where there is none or it failed.
    QVariant value(const QString &statement);
    void fail(const QSqlError &error) { m_error = error; }

private:
    const QString m_name;
    bool m_valid = false;
    QSqlError m_error;
};

/// A file of this user alone (0600). One that cannot be read, or that a newer Cairn wrote, is kept under another name beside it,
/// and a new one is begun; takeNotice() then says so. Thread-safe; several programs may use one file. Blocks on the disk.
class HistoryFile
{
public:
    /// What the errors say, in the language of that moment.
    struct Texts {
        QString notSaved;   ///< "PVC usage could not be saved in %1"
        QString stuck;      ///< "The PVC usage history %1 can be neither read nor set aside"
        QString startsOver; ///< "The PVC usage history starts over"
        QString noDriver;   ///< "PVC usage cannot be saved"
    };
    struct Schema {
        int version = 1;
        QStringList create; ///< statements that make its tables where they are not there
        QStringList probes; ///< queries of every column: where one fails, it is not ours
        std::function<Texts()> texts;
    };
    /// `file` empty is $XDG_DATA_HOME/cairn/<name>. Nothing is opened yet.
    HistoryFile(const QString &file, const QString &name, Schema schema);

    /// Runs `work(connection)` on the file, one call at a time; once more on a new file where it turns out to be damaged.
    template <class T, class F>
    Result<T> with(F work)
    {
        for (int attempt = 0;; ++attempt) {
            if (const Result<> made = make(); !made)
                return cairn::fail(made.error());
            HistoryConnection connection(m_file);
            const Result<bool> ready = open(connection, attempt == 0);
            if (!ready)
                return cairn::fail(ready.error());
            if (!*ready)
                continue;
            Result<T> result = work(connection);
            if (result || attempt > 0 || !isDamage(connection.error()))
                return result;
            if (const Result<> aside = setAside(QStringLiteral("damaged"), damage(connection.error())); !aside)
                return cairn::fail(aside.error());
        }
    }
    /// Runs `work()` in one transaction: BEGIN IMMEDIATE, then COMMIT where it returns true, else ROLLBACK and the error.
    Result<> inTransaction(HistoryConnection &connection, const std::function<bool()> &work);

    /// Held around with(), and whatever belongs to the same data.
    std::mutex &mutex() { return m_mutex; }
    Error explain(const QSqlError &error) const;
    /// Once after a file was set aside: what happened, and under which name it is kept. Takes the mutex.
    std::optional<Error> takeNotice();
    const QString &file() const { return m_file; }

private:
    static bool isDamage(const QSqlError &error);
    static QString damage(const QSqlError &error);
    Result<> make();
    Result<bool> open(HistoryConnection &connection, bool mayStartOver);
    Result<> check(HistoryConnection &connection);
    Result<> prepare(HistoryConnection &connection);
    Result<> setAside(const QString &suffix, const QString &why);

    const QString m_file;
    const Schema m_schema;
    std::mutex m_mutex;
    bool m_checked = false;
    std::optional<Error> m_notice;
};

} // namespace cairn::store
