// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Audit.h"
#include "manifest/Document.h"

#include <QDate>

/// Findings that a team has looked at and lives with for a while, in a YAML file that it keeps in Git (cairn-accepted.yaml):
///
///     accepted:
///       - rule: HA28
///         object: Deployment kubeflow/mysql
///         reason: moves to RDS in Q4
///         by: ops
///         until: 2026-12-31
///
/// In place of `object` may stand `objects`, a list, or `namespace`, for all in it. Each of them may hold `*` and `?`. Pure, any thread.
namespace cairn::audit {

struct Acceptance {
    QString rule;        ///< "HA28"
    QStringList objects; ///< "Kind namespace/name", of what has no namespace "Kind name"; patterns
    QString ns;          ///< a pattern; empty where objects are named
    QString reason;
    QString by;
    QDate until;         ///< the last day on which it counts
    int line = 0;        ///< from 1
    int item = 0;        ///< its place in the list of the file, faulty ones counted
    bool fits(const Finding &finding) const;
    bool endedOn(const QDate &today) const { return until < today; }
    bool operator==(const Acceptance &) const = default;
};

class AcceptanceFile
{
public:
    /// An empty file that accepts nothing.
    AcceptanceFile();
    /// Never fails: what is wrong is in faults(), and entries without fault can be used. Whoever decides by it should refuse a file with
    /// faults, as an entry that is not understood is no acceptance.
    static AcceptanceFile read(const QByteArray &bytes);

    const QList<Acceptance> &entries() const { return m_entries; }
    const QList<manifest::Fault> &faults() const { return m_faults; } ///< in the order of the text
    /// All faults as one error, each with its "line:column" in causes[i].field. Call it only where there are faults.
    Error error() const;
    QByteArray text() const { return m_document.text(); }

    /// Each keeps comments, order and whatever else is in the file; a failed one leaves it as it was.
    Result<> add(const Acceptance &acceptance);
    Result<> renew(const Acceptance &entry, const QDate &until, const QString &reason = {}); ///< an empty reason stays as it is
    Result<> remove(const Acceptance &entry);

private:
    void interpret();
    Result<> change(manifest::Document document, const Result<> &edited);

    manifest::Document m_document;
    QList<Acceptance> m_entries;
    QList<manifest::Fault> m_faults;
};

/// What the file says of one finding.
struct Decision {
    enum class State {
        Open,     ///< nobody accepted it
        Accepted, ///< it does not count
        Ended     ///< somebody did, until a day that is over: it counts again
    };
    State state = State::Open;
    int entry = -1; ///< index in entries(); of several the one that lasts longest
    bool counts() const { return state != State::Accepted; }
    bool operator==(const Decision &) const = default;
};

/// One for each of the report's findings, in their order.
QList<Decision> decide(const Report &report, const AcceptanceFile &file, const QDate &today);
/// Indexes of entries that fit no finding any more: they can go.
QList<int> unused(const Report &report, const AcceptanceFile &file);

} // namespace cairn::audit
