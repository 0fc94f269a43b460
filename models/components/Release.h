// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"

/// Which release of Kubeflow a cluster runs, read from the versions of what runs there; never asked. Pure.
namespace cairn::components {

/// Product → the versions found of it, each once, ascending.
using ProductVersions = QMap<QString, QList<QVersionNumber>>;

/// The version of a component that the images of its workload tell: null where none is the entry's own, or where it has
/// only a digest, a tag that is no version, or two.
QVersionNumber versionIn(const Entry &entry, const QStringList &images);
/// Does nothing for a null one.
void addVersion(ProductVersions &versions, const QString &product, const QVersionNumber &version);

struct ReleaseFound {
    QStringList candidates;  ///< that fit equally well, oldest first; empty: unknown
    ProductVersions differs; ///< of the one candidate: products that have another version than it, or that it does not have
    int matching = 0;        ///< products of the version that the candidates name
    bool isKnown() const { return candidates.size() == 1; }
    bool operator==(const ReleaseFound &) const = default;
};

/// The release that agrees with most products. Unknown where fewer than three agree, or no more than disagree: that is a
/// distribution of another make.
ReleaseFound findRelease(const ProductVersions &versions);
ReleaseFound findRelease(const QList<Component> &components);

/// "26.03.1", "26.03.1 with Pipelines 2.17.0", "1.11 or 26.03"; empty where it is unknown.
QString releaseText(const ReleaseFound &found);

} // namespace cairn::components
