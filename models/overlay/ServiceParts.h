// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "overlay/Pieces.h"
#include "overlay/Proposal.h"

#include <QMap>
#include <QVersionNumber>

/// Databases, object stores and brokers outside of Kubeflow: what of a cluster reads them, the patches that lead it
/// there, and what no setting reaches. Keys are the catalogue's, else those of the manifests and sources of
/// Pipelines 2.16 and 2.17, Katib 0.19, Hub 0.3.8 and the Knative brokers 1.22. Pure, any thread.
namespace cairn::overlay {

/// One component of the overlay.
struct ServicePart {
    QString folder = {}; ///< below components/: "external-mysql"
    QString about = {};  ///< the comment at its head
    QList<Piece> patches = {};
    QList<Piece> objects = {};            ///< new ones
    QMap<QString, QByteArray> files = {}; ///< that a patch names by its path
    QByteArray example = {};   ///< a Secret by an external secret store, commented out; empty: no Secret is read
    QStringList restarts = {}; ///< workloads that read it when they start: "kubeflow/ml-pipeline"
    QStringList limits = {};   ///< for README.md
    bool switches =
        true; ///< it leads a component to another store, after its data was moved; false: it makes new objects
};

struct ServiceParts {
    QList<ServicePart> parts;
    QList<Replaceable> replaceable;
    QList<change::Note> problems, warnings;
};
/// `pipelines` is their version; null where it is unknown.
ServiceParts servicesOf(const audit::Scene &scene, const Settings &settings, const QVersionNumber &pipelines);

/// Whether a file of the overlay leads a component to another store.
bool switchesStore(const QString &file);

/// The Secret out of which the variables came that a component (of this folder) moves to another; empty: it moves none.
QString movedFrom(const QString &folder);

/// ConfigMaps that say where a workload's store is, by namespace and name: read them beside what an audit reads.
QList<std::pair<QString, QString>> serviceConfigMaps(const audit::Scene &scene);
/// Group and kind of what is read beside that.
QList<std::pair<QString, QString>> serviceKinds();

} // namespace cairn::overlay
