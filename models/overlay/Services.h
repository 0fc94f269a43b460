// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Service.h"
#include "overlay/Settings.h"

#include <optional>

namespace cairn::overlay {

/// A service outside of the cluster, as the settings name it, and what of the cluster has to do with it.
struct Outside {
    QString id;              ///< where the settings have it below `external`: "pipelines", "katib", "modelRegistry", "modelCatalog", "objectStore", "events"
    QString title;           ///< "MySQL for Pipelines"; safe to show
    services::Target target; ///< without a password
    QString ns;              ///< of the components that use it
    QString component;       ///< "Pipelines"
    QStringList databases;   ///< that it holds then: "mlpipeline", "metadb", "cachedb"
    QList<audit::ObjectName>
        readers;                  ///< workloads of this cluster that connect to it, in the order in which they start
    audit::ObjectName store;      ///< the database in the cluster that it replaces; without a name where there is none
    QStringList configMaps;       ///< in `ns`, whose keys lead there
    QString secret;               ///< the Secret, in `ns`, that `readers` take the password from
    QString userKey, passwordKey; ///< its keys; no userKey: the user is no part of it. Of a store both are secret
    bool given = false;           ///< the settings name a Secret that exists: it is not written

    bool isDatabase() const { return !isStore() && target.consumer != services::Consumer::Eventing; }
    /// Of objects. It is tested, but switched by a person: its bucket has to be copied.
    bool isStore() const { return target.kind == services::Kind::S3; }
    /// Of a database: nothing of the component that would use it is in the scene it was made from.
    bool isForNobody() const { return readers.isEmpty() && store.name.isEmpty(); }
    bool needsPassword() const { return isStore() || !target.user.isEmpty(); }
};

/// Everything `external` in the settings, in their order. The one place that knows what each of them is; a scene that
/// was not read leaves `readers` and `store` empty.
QList<Outside> outsideOf(const audit::Scene &scene, const Settings &settings);

/// What is known of the Secret that a service's password is written to: never a value.
struct SecretFacts {
    bool exists = false;
    QJsonObject metadata; ///< as the server has it
    QStringList keys;
    /// Who puts it back when somebody else writes it: an external secret store, Helm, Argo CD …; safe to show; empty:
    /// nobody.
    QString owner() const;
};

/// A service of the settings when an overlay is applied. It is switched to, as the last thing, where its password is given or the settings
/// name the Secret that has it; else what leads to it is saved, not applied.
struct Switch {
    Outside outside;
    std::optional<SecretFacts> secret; ///< nothing: nobody looked; then it is not written either
    bool passwordGiven = false;        ///< change::Options::secrets will hold it: the Secret is written
    bool tested = false;               ///< the service was looked at and can be used
};

/// How to move the data of a service from the database in this cluster to the one of the settings: Markdown with the
/// commands for this cluster. Nothing of it is run by Cairn, and no command holds a password. `folder` is the
/// overlay's; `settings` the file, where it is not the one in that folder.
QString moveText(const audit::Scene &scene, const Outside &outside, const QString &folder = QStringLiteral("."),
    const QString &settings = {});

} // namespace cairn::overlay
