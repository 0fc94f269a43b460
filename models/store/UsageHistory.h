// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/VolumeUse.h"

#include <QHash>
#include <QList>
#include <mutex>
#include <optional>

class QSqlQuery;

namespace cairn::store {

/// How full claims were, over time: one SQLite file of this user alone (0600), for all clusters. Of each claim one sample
/// an hour is kept for 7 days, then one a day for a year, and 400 000 samples altogether; the oldest go first.
///
/// A file that cannot be read, or that a newer Cairn wrote, is kept under another name beside it and a new one is begun;
/// takeNotice() then says so. Where nothing can be written (a full disk) add() fails, but what was to be added is kept in
/// memory, given by read() and written by the next add() that can.
///
/// Blocks on the disk: never on the GUI thread. Thread-safe. Several programs may use one file.
class UsageHistory
{
public:
    /// `file` empty is the usual place, $XDG_DATA_HOME/cairn/usage.sqlite. Nothing is opened yet.
    explicit UsageHistory(const QString &file = {});

    /// By UID of the claim, oldest first. `cluster` is whatever names it: the UID of its namespace kube-system.
    Result<QHash<QString, QList<UsageSample>>> read(const QString &cluster);
    /// Adds samples by UID of the claim; of several in one hour the last stays.
    Result<> add(const QString &cluster, const QHash<QString, UsageSample> &samples, const QDateTime &now);

    /// Once after a file was set aside: what happened, and under which name it is kept.
    std::optional<Error> takeNotice();
    const QString &file() const { return m_file; }

    static constexpr int version = 1;
    static constexpr int mostSamples = 400'000;
    static constexpr int mostWaiting = 20'000; ///< samples in memory; beyond that the oldest are forgotten

private:
    class Connection;
    Result<> check(Connection &connection);
    Result<> prepare(Connection &connection);
    Result<> setAside(const QString &suffix, const QString &why);
    Result<> thin(Connection &connection, qint64 hour);
    struct Waiting {
        QString cluster, claim;
        UsageSample sample;
    };
    void wait(const QString &cluster, const QHash<QString, UsageSample> &samples);
    Result<QHash<QString, QList<UsageSample>>> readFile(const QString &cluster);
    bool insert(Connection &connection, QSqlQuery &query, const Waiting &entry);
    template <class T, class F>
    Result<T> with(F work);

    const QString m_file;
    std::mutex m_mutex; ///< guards what follows, and that one call at a time uses the file
    bool m_checked = false;
    qint64 m_thinned = 0; ///< hour of the last thinning
    std::optional<Error> m_notice;
    QList<Waiting> m_waiting; ///< could not be written yet, oldest first
};

} // namespace cairn::store
