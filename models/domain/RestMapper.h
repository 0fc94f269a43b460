// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Kinds.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace cairn {

/// "pods", "tfjobs.kubeflow.org": as kubectl and RBAC name a resource.
QString qualifiedName(const ResourceKind &kind);

/// A resource as discovery tells of it.
struct ServedResource {
    ResourceKind kind;
    QStringList verbs = {};        ///< "get", "list", "watch", "patch", …
    QStringList subresources = {}; ///< "status", "scale", "log", …
    QStringList shortNames = {};   ///< "po", "pvc"
    bool operator==(const ServedResource &) const = default;
};

/// A group version that did not tell what it serves: a broken aggregated API.
struct DiscoveryGap {
    QString group;
    QString version;
    Error error;

    /// "metrics.k8s.io/v1beta1", safe to show.
    QString name() const;
};

/// Kind ↔ resource, as the server has them (client-go's RESTMapper). A value: what was served when it was asked.
class RestMapper
{
public:
    RestMapper() = default;
    /// In the server's order: of a group, its preferred version comes first.
    explicit RestMapper(QList<ServedResource> resources, QList<DiscoveryGap> gaps = {});

    const QList<ServedResource> &resources() const { return m_resources; }
    /// Groups that could not be asked. What they serve is not known: it is neither served nor missing.
    const QList<DiscoveryGap> &gaps() const { return m_gaps; }

    /// By group, version and plural; nullptr where it is not served or not known.
    const ServedResource *find(const ResourceKind &kind) const;
    /// The error of its gap where nobody can say.
    Result<bool> serves(const ResourceKind &kind) const;
    /// The resource of an object's apiVersion and kind: "apps/v1", "Deployment". Unsupported where it is not served;
    /// names the versions of the kind that are.
    Result<ResourceKind> resolve(const QString &apiVersion, const QString &kind) const;
    /// What a person types, as kubectl takes it: plural, kind or short name, each alone or followed by ".GROUP" or
    /// ".VERSION.GROUP". Of several the first one served.
    Result<ResourceKind> named(const QString &word) const;

private:
    const DiscoveryGap *gapOf(const QString &group, const QString &version) const;

    QList<ServedResource> m_resources;
    QList<DiscoveryGap> m_gaps;
};

} // namespace cairn
