// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Kinds.h"
#include "storage/VolumeKinds.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <optional>

/// The objects that storage for jobs is made of: written from what a person says, in the order in which they need each other.
/// Pure. No value of a Secret comes in here, so none can go out.
namespace cairn::storage {

/// What a person says.
struct VolumeSpec {
    QString kind = {}; ///< VolumeKind::id
    QString name = {}; ///< of the claim; of what stands in its place where the kind makes none
    QString ns = {};
    bool byClass = false;               ///< a new file system by a StorageClass, not one that is there
    QString size = {};                  ///< a Kubernetes quantity; empty where the kind ignores it
    QMap<QString, QString> values = {}; ///< by VolumeField::id
    bool makesSecret = false;           ///< the Secret is made too, with values that are given when it is written
    bool operator==(const VolumeSpec &) const = default;
};

/// Why a value is not taken.
struct VolumeRefusal {
    QString field = {}; ///< VolumeField::id, or "kind", "name", "namespace", "size"
    QString text = {};  ///< a sentence, safe to show
    QString fix = {};   ///< a sentence
    bool operator==(const VolumeRefusal &) const = default;
};

struct VolumeObject {
    ResourceKind kind = {};
    QJsonObject object = {};
    QString about = {}; ///< what it is for, as a comment above it
    QMap<QString, QString> notes = {}; ///< comments above the first line that begins so: "reclaimPolicy:" → "The data …"
    ObjectRef ref() const;
};

/// A Secret that is made last: the object is known, its values are not.
struct VolumeSecret {
    QString ns = {};
    QString name = {};
    QMap<QString, QString> plain = {}; ///< keys that hold nothing secret, with their values
    QStringList keys = {};             ///< those that do
    bool operator==(const VolumeSecret &) const = default;
};

struct Volume {
    QList<VolumeObject> objects = {}; ///< each after what it names
    std::optional<VolumeSecret> secret = {};
    QString claim = {}; ///< name of the PersistentVolumeClaim; empty where the kind makes none
    /// What has to be there already, as it was named: Secret, StorageClass, CSIDriver.
    QList<ObjectRef> needs = {};
};

/// The fields that `spec` has to say, in order: those of its kind for the way it goes.
QList<VolumeField> volumeFields(const QString &kind, bool byClass);
/// The way that `spec` goes: its own where its kind knows both, else the one it knows.
bool goesByClass(const VolumeSpec &spec);

/// Everything that is wrong, in the order of the fields.
QList<VolumeRefusal> refusals(const VolumeSpec &spec);
/// An Error::Kind::Invalid that says the first refusal where there is any.
Result<Volume> volumeOf(const VolumeSpec &spec);

/// YAML with comments, keys in the order of Kubernetes' documentation, the documents in the order in which they are made. A
/// Secret that is made stands there as a comment.
QByteArray textOf(const Volume &volume);

/// storage.k8s.io/v1 CSIDriver, for the whole cluster; and Rook's objectbucket.io/v1alpha1.
const ResourceKind &csiDrivers();
const ResourceKind &bucketClaims();

} // namespace cairn::storage
