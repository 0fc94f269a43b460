// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Audit.h"
#include "components/Component.h"

#include <QJsonValue>
#include <cmath>

/// What the rules read objects with. Private to audit.
namespace cairn::audit {

/// A whole number that fits; nullopt of anything else.
inline std::optional<int> wholeOf(const QJsonValue &value)
{
    const double number = value.toDouble(std::nan(""));
    if (!(number >= -1e9 && number <= 1e9) || std::floor(number) != number)
        return std::nullopt;
    return static_cast<int>(number);
}

using components::isTruthWord;

/// An int-or-string of a PDB or a rolling update.
struct Share {
    bool set = false;   ///< and can be read
    bool percent = false;
    int value = 0;
    /// How many of `total` it means, rounded up as the disruption controller does.
    int of(int total) const { return percent ? static_cast<int>((qint64(value) * total + 99) / 100) : value; }
    bool isNothing() const { return set && value == 0; }
    bool isAll() const { return set && percent && value >= 100; }
};
Share shareOf(const QJsonValue &value);

/// As JSON writes it, at most 80 characters, safe to show; "unset" of what is not there.
QString shownValue(const QJsonValue &value);
/// By a path of names, "spec.strategy.type"; undefined where something on the way is missing.
QJsonValue at(const QJsonObject &object, QStringView path);

/// Reads a field and what it says as evidence.
Evidence field(const QJsonObject &object, const QString &path);
Evidence evidence(const ObjectName &object, const QString &path = {}, const QString &value = {});

QDateTime timeOf(const QJsonValue &value); ///< RFC 3339, UTC; invalid where it is none
/// The condition of this type; empty where there is none.
QJsonObject conditionOf(const QJsonObject &object, QStringView type);

/// Of a Lease that somebody holds; nullopt where it says nothing.
struct LeaseAge {
    qint64 age = 0; ///< seconds since it was renewed
    int holds = 0;  ///< seconds
    bool isFresh() const { return components::isRenewed(age, holds); }
};
std::optional<LeaseAge> ageOf(const QJsonObject &lease, const QDateTime &now);

QString joined(const QStringList &names, int most = 5); ///< "a, b, c and 4 more"; safe to show

/// The rules of each area; rules() puts them in order.
QList<Rule> replicaRules();
QList<Rule> budgetRules();
QList<Rule> autoscalerRules();
QList<Rule> spreadRules();
QList<Rule> webhookRules();
QList<Rule> podRules();
QList<Rule> storageRules();
QList<Rule> databaseRules();
QList<Rule> entryRules();
QList<Rule> controlPlaneRules();
QList<Rule> startRules();
QList<Rule> driftRules();

// What several areas say or ask.

/// One sentence: what the loss of its node does to a workload with one replica.
QString outage(const Facts &facts, const Subject &subject);
/// Fills title, consequence, fix and evidence of a primary finding about one replica, but for what `finding` already says.
Finding single(const Judging &judging, const Subject &subject);
/// Whether `hook` refuses what it is asked about when nobody answers.
bool failsClosed(const QJsonValue &hook);
/// A CronJob, VolumeSnapshot or Velero Schedule that saved something of this workload within a day; its name, or the nearest one's
/// in `stale`.
struct Backup {
    bool known = true; ///< false: something could not be read
    bool fresh = false;
    QList<Evidence> found; ///< also of those that are too old
};
Backup backupOf(const Facts &facts, const Subject &subject);
/// The first PVC of a workload whose data is on one node, with what shows that; empty where nothing does. `undecided` is set where a PVC
/// or its class was not seen.
QString onOneDisk(const Facts &facts, const Subject &subject, QList<Evidence> *evidence, bool *undecided = nullptr);

} // namespace cairn::audit
