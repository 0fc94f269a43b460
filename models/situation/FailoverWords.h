// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Takeover.h"

/// Leader changes and failover tests in words, for both programs; all safe to show.
namespace cairn::situation {

/// Seconds as a test measures them: "18.1 s", "5 min 52 s"; "–" where not known.
QString secondsText(double seconds);
/// A point in time of a test: "−4.1 s", "0.0 s", "18.1 s".
QString offsetText(double seconds);
/// What tells replicas apart: "…-7c9f" of "training-operator-6d5f-7c9f".
QString shortPod(const QString &pod);
/// The same with the node: "…-7c9f, node-1".
QString shortMember(const QString &pod, const QString &node);

/// "Test: pod killed", "Rolled out, one replica", …
QString whyText(const LeaderChange &change);
/// The new leader; "itself, node-1" where it is the only replica's successor.
QString toText(const LeaderChange &change);
QString fromText(const LeaderChange &change);

/// One line of "What was done".
QString stepText(const FailoverResult &result, const FailoverStep &step);
/// The one sentence that the test is about; "" while nothing is known.
QString answerText(const FailoverResult &result);
/// "expected 13 to 19 s by its Lease"; "" where that is not known.
QString expectedText(const FailoverResult &result);

/// Where the time without a leader went.
struct GapShare {
    double waited = -1; ///< until the Lease of the killed leader ran out; -1 where it was given back, or is not known
    double tried = -1;  ///< from then until the next attempt of a standby got it
};
GapShare shareOf(const FailoverResult &result);

/// One moment of a test: what the chart marks and the table lists.
struct Moment {
    enum class Row { Leader, Standby, Lease, Probe };
    Row row = Row::Leader;
    double at = 0; ///< seconds from the kill
    QString text;  ///< one sentence without its end
    bool renewal = false; ///< one of many renewals of the Lease
    bool operator==(const Moment &) const = default;
};
/// In the order in which they happened.
QList<Moment> momentsOf(const FailoverResult &result);

/// What a test proves, and what it does not: sentences, in order.
struct Proof {
    bool proven = false;
    QString text;
};
QList<Proof> proofOf(const FailoverResult &result);

} // namespace cairn::situation
