// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/VolumeUse.h"

#include <QHash>
#include <QList>
#include <memory>
#include <optional>

class QSqlQuery;

namespace cairn::store {

class HistoryConnection;
class HistoryFile;

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
    ~UsageHistory();

    /// By UID of the claim, oldest first. `cluster` is whatever names it: the UID of its namespace kube-system.
    Result<QHash<QString, QList<UsageSample>>> read(const QString &cluster);
    /// Adds samples by UID of the claim; of several in one hour the last stays.
    Result<> add(const QString &cluster, const QHash<QString, UsageSample> &samples, const QDateTime &now);

    /// Once after a file was set aside: what happened, and under which name it is kept.
    std::optional<Error> takeNotice();
    QString file() const;

    static constexpr int version = 1;
    static constexpr int mostSamples = 400'000;
    static constexpr int mostWaiting = 20'000; ///< samples in memory; beyond that the oldest are forgotten

private:
    struct Waiting {
        QString cluster, claim;
        UsageSample sample;
    };
    bool thin(HistoryConnection &connection, qint64 hour) const;
    void wait(const QString &cluster, const QHash<QString, UsageSample> &samples);
    Result<QHash<QString, QList<UsageSample>>> readFile(const QString &cluster);
    static bool insert(HistoryConnection &connection, QSqlQuery &query, const Waiting &entry);

    const std::unique_ptr<HistoryFile> m_history; ///< its mutex guards what follows
    qint64 m_thinned = 0; ///< hour of the last thinning
    QList<Waiting> m_waiting; ///< could not be written yet, oldest first
};

} // namespace cairn::store
