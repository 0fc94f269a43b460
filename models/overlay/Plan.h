// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/RestMapper.h"
#include "overlay/Lands.h"
#include "overlay/Services.h"

namespace cairn::overlay {

/// An object of the overlay that is not written to the cluster.
struct Saved {
    audit::ObjectName object;
    QString why; ///< "Helm release cert-manager owns it": safe to show
};

struct Apply {
    change::Plan plan;   ///< its phases are the headings below, in this order
    QList<Saved> saved;  ///< saved in the folder, not applied
    qsizetype objects = 0; ///< how many are written
};

/// The overlay as a change in the safe order:
/// rights and flags, each rolled out at the replicas it has → each Lease is renewed → schema first (what migrates at its
/// start is changed and ready at one) → replicas and floors, each ready → PDBs → what reads a database stops → its Secret → what leads to
/// the database → what reads it starts → proof, by dry runs of what users create. What reads a database is stopped around the switch so
/// that no pod has half of the old and half of the new, on the way back too.
/// `built` is what lands() made of the folder on the same scene; `id` is the plan's (at least ten hexadecimal digits); `switches` are all
/// services of the settings. No value of a Secret is in the plan: who carries it out has them (change::Options::secrets).
/// Objects that somebody else puts back are left out with the reason; so are Secrets of the folder, services that nobody gave a password
/// for, and whatever a person wrote for kinds that the mapper does not know.
Apply planOf(const audit::Scene &scene, const Proposal &proposal, const Built &built, const RestMapper &mapper, const QString &id, const QList<Switch> &switches = {});

/// The same as shell commands in the same order, comments between: for whoever may not let Cairn write.
QStringList commandsOf(const change::Plan &plan);

} // namespace cairn::overlay
