// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QStringList>
#include <optional>

/// What Kubeflow is made of: resources/catalogue/kubeflow.json, after the manifests of the releases it names (rendered
/// with kustomize) and the sources of the controllers for what cannot be seen in a manifest (leader election).
namespace cairn::components {

/// What a second replica is good for.
enum class Scaling {
    Stateless, ///< every replica works
    Leader,    ///< one works, the others wait: leader election is on
    LeaderOff, ///< the same, but leader election has to be turned on before scaling
    Never,     ///< no leader election at all: two would do everything twice
    Data       ///< a store on one claim
};

/// Leases that tell who leads.
struct LeaseRule {
    QString ns;        ///< empty: the component's own
    QStringList names; ///< one may end with "*"; such a one counts only where no name fits exactly
    bool onByDefault = false;
    bool operator==(const LeaseRule &) const = default;
};

struct Entry {
    QString id;
    QString group;            ///< id of a Group
    QStringList namespaces;   ///< where a distribution puts it
    QString kind;             ///< "Deployment" or "StatefulSet"
    QStringList names;        ///< of the workload, by release
    QMap<QString, QString> labels; ///< of its pods; finds it under another name (a Helm release); may be empty
    Scaling scaling = Scaling::Stateless;
    QString reason;           ///< one sentence: why it scales so
    std::optional<LeaseRule> lease;
    QStringList dependsOn;    ///< ids: it does no work without these
    QString stops;            ///< one sentence: what stops with it
    QString webhook;          ///< one sentence: what its admission webhook then refuses; may be empty
    bool optIn = false;       ///< not installed by default: its absence says nothing
    QStringList releases;     ///< that install or offer it; empty for one that is installed beside Kubeflow
    bool operator==(const Entry &) const = default;
};

struct Group {
    QString id;
    QString name;
    bool operator==(const Group &) const = default;
};

struct Catalogue {
    QStringList releases; ///< oldest first
    QList<Group> groups;  ///< in the order shown
    QList<Entry> entries; ///< by group
    const Entry *find(const QString &id) const;
    QStringList namespaces() const;      ///< where components live; sorted
    QStringList leaseNamespaces() const; ///< where their leases are; sorted
};

/// Refused as a whole where a field is missing or unknown, an id is used twice or does not exist, or dependencies make a
/// circle: a catalogue that is half read would call a cluster safe.
Result<Catalogue> readCatalogue(const QByteArray &json);

/// The one inside the program. Thread-safe.
const Catalogue &catalogue();

/// A sentence or a group's name of the catalogue in the language of the program.
QString translated(const QString &english);

} // namespace cairn::components
