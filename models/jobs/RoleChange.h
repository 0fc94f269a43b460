// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/Argv.h"

#include <QJsonObject>
#include <QList>

/// What a resume changes inside a job's pod templates, as a value that can be applied, taken back and stored.
/// `replicaSpecs` is JobKindFacts::replicaSpecs. Where it is empty the object is a TrainJob: its one role is "node", and
/// spec.trainer, which has a container's env, command and args, stands for the container.
namespace cairn::jobs {

/// One environment variable: the whole entry before and after (valueFrom included); absent for "not there".
struct EnvChange {
    QString name;
    std::optional<QJsonObject> before;
    std::optional<QJsonObject> after;
    bool operator==(const EnvChange &) const = default;
};

/// The training container of one role.
struct RoleChange {
    QString role;        ///< "Master"
    QString container;   ///< "pytorch"
    QList<EnvChange> env;
    Argv before;
    Argv after;

    bool empty() const { return env.isEmpty() && before == after; }
    QJsonObject toJson() const;
    /// Absent or wrong-typed parts make it an error: what is stored on the cluster is not trusted.
    static Result<RoleChange> fromJson(const QJsonObject &json);
    bool operator==(const RoleChange &) const = default;
};

/// Role names in spec.<replicaSpecs> of the object, in the order of the kind's facts, others after them.
QStringList rolesOf(const QJsonObject &object, const QString &replicaSpecs);

/// The training container of a role's template; an empty object where there is none.
QJsonObject containerOf(const QJsonObject &object, const QString &replicaSpecs, const QString &role, const QString &name);

/// `object` with all changes made (forward) or taken back. A part that is in its target state already is left alone.
/// Conflict where a part is in neither state: somebody changed the template meanwhile.
Result<QJsonObject> applied(const QJsonObject &object, const QString &replicaSpecs, const QList<RoleChange> &changes,
                            bool forward);

/// The merge patch for `spec.<replicaSpecs>` that makes the containers of the changed roles equal to those in
/// `target`: whole container lists, for a merge patch replaces lists.
QJsonObject containersPatch(const QJsonObject &target, const QString &replicaSpecs, const QList<RoleChange> &changes);

} // namespace cairn::jobs
