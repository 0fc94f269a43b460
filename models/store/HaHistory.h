// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Takeover.h"

#include <memory>
#include <optional>

class QSqlQuery;

namespace cairn::store {

class HistoryConnection;
class HistoryFile;

/// Who led when, what was ready, and how failover tests went: one SQLite file of this user alone (0600), for all clusters.
/// Leader changes are kept for two years and 20 000 at most, readiness for 8 days, tests for good and 500 at most; the oldest go
/// first.
///
/// Several programs may see the same: of one change of one Lease what a test measured counts, else what says more; of spans that
/// overlap hoursOf() takes the worse. A file that cannot be read, or that a newer Cairn wrote, is kept under another name beside
/// it and a new one is begun; takeNotice() then says so. Where nothing can be written (a full disk) add() fails, but what was to
/// be added is kept in memory, given by read() and written by the next add() that can.
///
/// Blocks on the disk: never on the GUI thread. Thread-safe. Several programs may use one file.
class HaHistory
{
public:
    /// `file` empty is the usual place, $XDG_DATA_HOME/cairn/ha.sqlite. Nothing is opened yet.
    explicit HaHistory(const QString &file = {});
    ~HaHistory();

    /// All that is kept of a cluster. `cluster` is whatever names it: the UID of its namespace kube-system.
    Result<HaRecord> read(const QString &cluster);
    /// Adds to it. A span that begins as one that is kept prolongs that; a test of a known id takes its place.
    Result<> add(const QString &cluster, const HaRecord &record, const QDateTime &now);

    /// Once after a file was set aside: what happened, and under which name it is kept.
    std::optional<Error> takeNotice();
    QString file() const;

    static constexpr int version = 1;
    static constexpr int mostChanges = 20'000;
    static constexpr int mostSpans = 200'000;
    static constexpr int mostTests = 500;
    static constexpr int mostWaiting = 5'000;          ///< of each in memory; beyond that the oldest are forgotten
    static constexpr qsizetype mostBytes = 256 * 1024; ///< of one test; a longer one is not kept

private:
    struct Waiting {
        QString cluster;
        HaRecord record;
    };
    Result<HaRecord> readFile(const QString &cluster);
    static bool write(HistoryConnection &connection, const Waiting &waiting);
    static bool thin(HistoryConnection &connection, const QDateTime &now);
    HaRecord &waitingOf(const QString &cluster);

    const std::unique_ptr<HistoryFile> m_history; ///< its mutex guards what follows
    qint64 m_thinned = 0;     ///< hour of the last thinning
    QList<Waiting> m_waiting; ///< could not be written yet, by cluster
};

} // namespace cairn::store
