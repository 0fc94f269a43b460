// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "storage/ClaimAccount.h"

#include <QSet>

/// Which PVC is worth a helper pod that nobody asked for. Pure.
namespace cairn::situation {

/// A PVC is not measured by itself again before this, whoever measured it last.
constexpr qint64 measureEverySeconds = 1800;
/// And no two of them within this.
constexpr qint64 measureGapSeconds = 120;
/// What ran out of space is measured at once, but not at every crash of a loop.
constexpr qint64 measureFullAgainSeconds = 300;

struct MeasureFacts {
    QList<storage::ClaimAccount> accounts;
    QSet<QString> running;           ///< UIDs of jobs
    QHash<QString, QDateTime> full;  ///< "ns/claim" of which a job says that it is full → when it died of it, invalid where not known
    QSet<QString> agreed;            ///< namespaces in which a helper pod may be made; no other is ever measured
    QHash<QString, QDateTime> tried; ///< by UID of the PVC: when a measurement was begun by itself, with whatever outcome
    QDateTime now;                   ///< UTC
    /// Fills `running` and `full`; any job.
    void take(const Job &job);
};

/// UID of the PVC to measure now, "" for none: first what a job found full, then that of a running job whose numbers are
/// oldest. The caller measures one at a time.
QString nextToMeasure(const MeasureFacts &facts);

} // namespace cairn::situation
