// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "situation/Jobs.h"

namespace cairn::situation {

/// Something that happened to a job at one moment.
struct ActivityMark {
    enum class Kind { Saved, Failed, Resumed };
    Kind kind = Kind::Saved;
    QDateTime at;                          ///< UTC
    Verdict verdict = Verdict::Unverified; ///< of Saved
    QString text;                          ///< "Step 12 000", "NodeLost"; safe to show
    bool operator==(const ActivityMark &) const = default;
};

/// What one job did lately.
struct Activity {
    QString key;       ///< jobKey()
    QString name;      ///< safe to show
    QString ns;        ///< safe to show
    QDateTime from;    ///< UTC; not before the period
    QDateTime to;      ///< UTC; the end of the period where it still runs
    bool running = false;
    bool unread = false; ///< nobody read its checkpoints: there may be some
    QList<ActivityMark> marks; ///< oldest first
    bool operator==(const Activity &) const = default;
};

constexpr int activityHours = 24;

/// The listing of a job by its UID; nullptr where it was never read.
using ListingOf = std::function<const Listing *(const QString &uid)>;

/// Jobs that ran within the last activityHours, those that ended by failure first, then the running ones, each by GPUs;
/// at most `limit`. A job that was resumed as a new one shows only what it saved itself.
QList<Activity> activity(const EachJob &jobs, const ListingOf &listing, const QDateTime &now, int limit = 40);

} // namespace cairn::situation
