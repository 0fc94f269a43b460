// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Document.h"
#include "overlay/Tree.h"

#include <QJsonObject>
#include <optional>

namespace cairn::overlay {

/// One thing in a kustomization that is meant for objects.
struct Landing {
    enum class Kind { Patch, Replicas, Image, Replacement, ConfigMap, Secret };
    Kind kind = Kind::Patch;
    QString file;          ///< where it is written: the kustomization, or the patch's own file
    manifest::Place place; ///< line and column in it
    QString title;         ///< "Deployment ml-pipeline", "replicas of dex": what it is meant for; safe to show
    QList<audit::ObjectName> on; ///< what it lands on
    std::optional<Error> error;  ///< it lands, but cannot be applied, or kustomize would refuse it
    QString why;           ///< where it lands on nothing: one sentence; safe to show
    QString nearest;       ///< then: the nearest name there is, raw; empty: none is near
    QString missing;       ///< then: the name that nothing has, raw; empty where it is no matter of the name
    QString nameFile;      ///< then: the file that name is written in
    manifest::Path name;   ///< then: where in it
    std::optional<manifest::Path> inner = {}; ///< of a patch that is written into a kustomization at `name`: where in the text of that
    bool unknown = false;  ///< objects of that kind were not read: nobody can say whether it lands
    bool lands() const { return !on.isEmpty() && !error; }
};

/// One object before and after.
struct Changed {
    audit::ObjectName name;
    QJsonObject before; ///< empty: it is new
    QJsonObject after;  ///< empty: it is removed
    QStringList files;  ///< that change it, in order
    /// Of an object that is led to another store (ServiceParts.h): what it becomes without that. Data has to be moved in
    /// between.
    std::optional<QJsonObject> unswitched = {};
};

struct Built {
    QList<Landing> landings; ///< in the order of the files
    QList<Changed> changed;  ///< that differ, by name
    QList<change::Note> faults; ///< broken YAML, cycles, links to nowhere: text names file and line
    QList<change::Note> gaps;   ///< what Cairn does not do by itself (name prefixes, generators, charts …): only kustomize tells
    QStringList remote;      ///< resources that are fetched; the objects stand for them
    /// What lies beside the folder, by a path: the objects stand for it as well. Whether it is there, checkOutside() tells.
    struct Outside {
        QString file;
        manifest::Place place;
        QString folder; ///< that names it
        QString path;   ///< as written there
    };
    QList<Outside> outside;
    /// Live objects that had patches put on before, as they were without; empty: they are in the folder, and kustomize takes nothing
    /// twice. kustomize makes of these what Cairn makes of the live ones.
    QMap<audit::ObjectName, QJsonObject> undone;
    int landing() const;     ///< how many of landings land
};

/// Reads the kustomization in folder `entry` and all it leads to, also a user's own, and applies it to objects as kustomize
/// v5.8 would. Resources that lie elsewhere than in `files` (a remote base, a folder beside) are stood for by the objects of
/// the scene. Patches that match nothing, which kustomize passes over in silence, are told with the nearest name. A JSON patch that
/// a live object had put on before lands and changes nothing (Edits.h).
Built lands(const Files &files, const QString &entry, const audit::Scene &scene);

/// The file landing.nameFile with the nearest name in place of the one that nothing has. An error where it does not stand there any
/// more, or where none is near.
Result<QByteArray> corrected(const Files &files, const Landing &landing);

/// Group and kind, as patterns, of everything the kustomizations of `files` name: what has to be read to say where it lands.
QList<std::pair<QString, QString>> targetsOf(const Files &files);

/// The files with the objects of the scene in place of what would be fetched or lies outside, so that kustomize can build them
/// without a network: what only a cluster makes, and Secrets, are not among the objects. `skipped` gets what cannot be replaced;
/// objects of `instead` take the place of the scene's, empty ones are left out.
Files withObjects(const Files &files, const audit::Scene &scene, QStringList *skipped, const QMap<audit::ObjectName, QJsonObject> &instead = {});

/// Every folder of `files` that holds a kustomization, sorted; the ones that nobody leads to first.
QStringList kustomizations(const Files &files);

/// Whether kustomize takes `pattern` (of a target's name, namespace or kind) for this: it is anchored and empty takes all.
/// False as well where it is no regular expression.
bool selects(const QString &pattern, const QString &text);

} // namespace cairn::overlay
