// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/Volumes.h"

#include "base/Text.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::storage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::storage)
};

/// A size that stands where the driver asks for one and ignores it.
const auto kPlaceholder = u"1Ti"_s;

class Maker {
public:
    Maker(const VolumeSpec &spec, const VolumeKind &kind) : m_spec(spec), m_kind(kind), m_byClass(goesByClass(spec)) { }

    Volume make()
    {
        if (m_spec.kind == "ceph-rgw"_L1)
            bucketClaim();
        else if (m_spec.kind == "bucket-identity"_L1)
            account();
        else if (m_spec.kind != "s3-keys"_L1)
            claimed();
        if (!m_kind.secret.isEmpty())
            secret();
        if (!driver().isEmpty())
            m_volume.needs.prepend({csiDrivers(), {}, driver(), {}});
        return m_volume;
    }

private:
    QString value(const QString &id, const QString &otherwise = {}) const
    {
        const QString said = m_spec.values.value(id);
        return said.isEmpty() ? otherwise : said;
    }
    bool is(QLatin1StringView kind) const { return m_spec.kind == kind; }
    /// Unique in the cluster, as names of volumes and handles have to be.
    QString unique() const { return m_spec.ns + u'-' + m_spec.name; }
    QString className() const { return value(u"class"_s, unique()); }
    QString secretNs() const { return value(u"secret-namespace"_s, m_spec.ns); }
    bool byKubelet() const { return is("host-path"_L1) || (is("nfs"_L1) && value(u"mounted-by"_s) == "kubelet"_L1); }
    QString driver() const { return byKubelet() ? QString() : is("cephfs"_L1) ? value(u"driver"_s, m_kind.driver) : m_kind.driver; }
    bool overNfs() const { return is("azure-files"_L1) ? value(u"protocol"_s) != "smb"_L1 : value(u"protocol"_s) == "nfs"_L1; }

    static void give(QJsonObject &object, const QString &key, const QString &text)
    {
        if (!text.isEmpty())
            object.insert(key, text);
    }

    QJsonObject head(const ResourceKind &kind, const QString &name, const QString &ns) const
    {
        QJsonObject metadata{{u"name"_s, name}};
        give(metadata, u"namespace"_s, ns);
        return {{u"apiVersion"_s, kind.apiVersion()}, {u"kind"_s, kind.kind}, {u"metadata"_s, metadata}};
    }

    /// How drivers take options of mounts: each in its own way.
    QStringList mountOptions() const
    {
        if (is("nfs"_L1))
            return {u"nfsvers=4.1"_s};
        if (is("fsx"_L1))
            return {u"flock"_s};
        if (is("s3-mountpoint"_L1)) {
            QStringList options{u"allow-delete"_s, u"allow-overwrite"_s};
            if (!value(u"region"_s).isEmpty())
                options.append(u"region "_s + value(u"region"_s));
            if (!value(u"prefix"_s).isEmpty())
                options.append(u"prefix "_s + value(u"prefix"_s) + (value(u"prefix"_s).endsWith(u'/') ? QString() : u"/"_s));
            return options;
        }
        if (is("gcs"_L1)) {
            QStringList options{u"implicit-dirs"_s};
            if (!value(u"prefix"_s).isEmpty())
                options.append(u"only-dir="_s + value(u"prefix"_s));
            return options;
        }
        if (is("azure-files"_L1))
            return overNfs() ? QStringList{u"nconnect=4"_s, u"noresvport"_s, u"actimeo=30"_s}
                             : QStringList{u"dir_mode=0777"_s, u"file_mode=0777"_s, u"mfsymlinks"_s, u"cache=strict"_s, u"nosharesock"_s, u"actimeo=30"_s, u"nobrl"_s};
        if (is("azure-blob"_L1) && !overNfs())
            return {u"-o allow_other"_s, u"--file-cache-timeout-in-seconds=120"_s};
        return {};
    }

    QJsonObject secretReference() const { return {{u"name"_s, value(u"secret"_s)}, {u"namespace"_s, secretNs()}}; }

    /// spec.csi of a PersistentVolume of something that is there.
    QJsonObject csi() const
    {
        QJsonObject csi{{u"driver"_s, driver()}, {u"volumeHandle"_s, unique()}};
        QJsonObject attributes;
        if (is("efs"_L1)) {
            QString handle = value(u"file-system"_s);
            const QString path = value(u"path"_s), point = value(u"access-point"_s);
            // The form that every version of the driver reads: fs[:path[:access point]].
            if (!path.isEmpty() || !point.isEmpty())
                handle += u':' + (path == "/"_L1 ? QString() : path);
            if (!point.isEmpty())
                handle += u':' + point;
            csi.insert(u"volumeHandle"_s, handle);
        } else if (is("fsx"_L1)) {
            csi.insert(u"volumeHandle"_s, value(u"file-system"_s));
            attributes = {{u"dnsname"_s, value(u"server"_s)}, {u"mountname"_s, value(u"mount-name"_s)}};
        } else if (is("filestore"_L1)) {
            csi.insert(u"volumeHandle"_s, value(u"instance"_s));
            attributes = {{u"ip"_s, value(u"server"_s)}, {u"volume"_s, value(u"instance"_s).section(u'/', -1)}};
        } else if (is("gcs"_L1)) {
            csi.insert(u"volumeHandle"_s, value(u"bucket"_s));
        } else if (is("s3-mountpoint"_L1)) {
            attributes = {{u"bucketName"_s, value(u"bucket"_s)}};
        } else if (is("azure-files"_L1)) {
            attributes = {{u"protocol"_s, overNfs() ? u"nfs"_s : u"smb"_s}, {u"storageAccount"_s, value(u"account"_s)}, {u"shareName"_s, value(u"share"_s)}};
            give(attributes, u"resourceGroup"_s, value(u"resource-group"_s));
        } else if (is("azure-blob"_L1)) {
            attributes = {{u"protocol"_s, value(u"protocol"_s, u"fuse2"_s)}, {u"storageAccount"_s, value(u"account"_s)}, {u"containerName"_s, value(u"container"_s)}};
            give(attributes, u"resourceGroup"_s, value(u"resource-group"_s));
        } else if (is("cephfs"_L1)) {
            attributes = {{u"clusterID"_s, value(u"cluster-id"_s)}, {u"fsName"_s, value(u"file-system"_s)}, {u"staticVolume"_s, u"true"_s}, {u"rootPath"_s, value(u"path"_s)}};
        } else if (is("nfs"_L1)) {
            csi.insert(u"volumeHandle"_s, value(u"server"_s) + u'#' + value(u"path"_s).mid(1) + u'#' + unique());
            attributes = {{u"server"_s, value(u"server"_s)}, {u"share"_s, value(u"path"_s)}};
        } else if (is("longhorn"_L1)) {
            csi.insert(u"volumeHandle"_s, value(u"volume"_s));
            csi.insert(u"fsType"_s, u"ext4"_s);
        } else if (is("s3-csi"_L1)) {
            // The driver reads bucket and prefix out of it.
            const QString prefix = value(u"prefix"_s);
            csi.insert(u"volumeHandle"_s, value(u"bucket"_s) + (prefix.isEmpty() ? QString() : u'/' + prefix));
            attributes = {{u"capacity"_s, size()}, {u"mounter"_s, u"geesefs"_s}, {u"options"_s, u"--memory-limit 1000 --dir-mode 0777 --file-mode 0666"_s}};
            csi.insert(u"controllerPublishSecretRef"_s, secretReference());
            csi.insert(u"nodePublishSecretRef"_s, secretReference());
        }
        const bool staged = is("cephfs"_L1) || is("s3-csi"_L1) || (m_spec.kind.startsWith("azure-"_L1) && !overNfs());
        if (staged)
            csi.insert(u"nodeStageSecretRef"_s, secretReference());
        if (!attributes.isEmpty())
            csi.insert(u"volumeAttributes"_s, attributes);
        return csi;
    }

    /// A class that makes volumes, with what its provisioner reads.
    void storageClass()
    {
        QJsonObject object = head(kinds::storageClasses(), className(), {});
        object.insert(u"provisioner"_s, driver());
        QJsonObject parameters;
        const auto secretPair = [&](QLatin1StringView what, const QString &name) {
            parameters.insert(u"csi.storage.k8s.io/"_s + what + u"-secret-name"_s, name);
            parameters.insert(u"csi.storage.k8s.io/"_s + what + u"-secret-namespace"_s, secretNs());
        };
        if (is("efs"_L1)) {
            parameters = {{u"provisioningMode"_s, u"efs-ap"_s}, {u"fileSystemId"_s, value(u"file-system"_s)}, {u"directoryPerms"_s, value(u"permissions"_s, u"700"_s)}};
            give(parameters, u"basePath"_s, value(u"base-path"_s));
        } else if (is("fsx"_L1)) {
            const QString deployment = value(u"deployment"_s, u"PERSISTENT_2"_s);
            parameters = {{u"subnetId"_s, value(u"subnet"_s)}, {u"securityGroupIds"_s, value(u"security-groups"_s)}, {u"deploymentType"_s, deployment}};
            if (deployment.startsWith("PERSISTENT"_L1))
                parameters.insert(u"perUnitStorageThroughput"_s, value(u"throughput"_s, deployment == "PERSISTENT_2"_L1 ? u"125"_s : u"50"_s));
        } else if (is("filestore"_L1)) {
            parameters = {{u"tier"_s, value(u"tier"_s, u"zonal"_s)}, {u"network"_s, value(u"network"_s, u"default"_s)}};
        } else if (is("azure-files"_L1)) {
            parameters = {{u"protocol"_s, overNfs() ? u"nfs"_s : u"smb"_s}, {u"skuName"_s, value(u"sku"_s, u"Premium_LRS"_s)}};
        } else if (is("azure-blob"_L1)) {
            parameters = {{u"protocol"_s, value(u"protocol"_s, u"fuse2"_s)}, {u"skuName"_s, value(u"sku"_s, u"Premium_LRS"_s)}};
        } else if (is("cephfs"_L1)) {
            parameters = {{u"clusterID"_s, value(u"cluster-id"_s)}, {u"fsName"_s, value(u"file-system"_s)}};
            give(parameters, u"pool"_s, value(u"pool"_s));
            secretPair("provisioner"_L1, value(u"secret"_s));
            secretPair("controller-expand"_L1, value(u"secret"_s));
            secretPair("node-stage"_L1, value(u"node-secret"_s, value(u"secret"_s)));
        } else if (is("nfs"_L1)) {
            parameters = {{u"server"_s, value(u"server"_s)}, {u"share"_s, value(u"path"_s)}, {u"onDelete"_s, u"retain"_s}};
        } else if (is("longhorn"_L1)) {
            parameters = {{u"numberOfReplicas"_s, value(u"replicas"_s, u"3"_s)}, {u"staleReplicaTimeout"_s, u"30"_s}, {u"fsType"_s, u"ext4"_s}};
        } else if (is("s3-csi"_L1)) {
            parameters = {{u"mounter"_s, u"geesefs"_s}, {u"options"_s, u"--memory-limit 1000 --dir-mode 0777 --file-mode 0666"_s}, {u"bucket"_s, value(u"bucket"_s)}};
            for (const QLatin1StringView what : {"provisioner"_L1, "controller-publish"_L1, "node-stage"_L1, "node-publish"_L1})
                secretPair(what, value(u"secret"_s));
        }
        object.insert(u"parameters"_s, parameters);
        const QStringList options = mountOptions();
        if (!options.isEmpty())
            object.insert(u"mountOptions"_s, QJsonArray::fromStringList(options));
        object.insert(u"reclaimPolicy"_s, u"Retain"_s);
        if (m_kind.size == VolumeKind::Size::Real)
            object.insert(u"allowVolumeExpansion"_s, true);
        object.insert(u"volumeBindingMode"_s, u"Immediate"_s);
        m_volume.objects.append({kinds::storageClasses(), object, Words::tr("How volumes are made: for the whole cluster."),
            {{u"reclaimPolicy:"_s, Words::tr("What was saved stays when the claim is deleted.")}}});
    }

    void persistentVolume()
    {
        QJsonObject spec{{u"capacity"_s, QJsonObject{{u"storage"_s, size()}}}, {u"volumeMode"_s, u"Filesystem"_s}, {u"accessModes"_s, QJsonArray{u"ReadWriteMany"_s}},
            {u"persistentVolumeReclaimPolicy"_s, u"Retain"_s}, {u"storageClassName"_s, QString()},
            {u"claimRef"_s, QJsonObject{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"PersistentVolumeClaim"_s}, {u"namespace"_s, m_spec.ns}, {u"name"_s, m_spec.name}}}};
        const QStringList options = mountOptions();
        if (!options.isEmpty())
            spec.insert(u"mountOptions"_s, QJsonArray::fromStringList(options));
        if (is("host-path"_L1))
            spec.insert(u"hostPath"_s, QJsonObject{{u"path"_s, value(u"path"_s)}, {u"type"_s, u"DirectoryOrCreate"_s}});
        else if (byKubelet())
            spec.insert(u"nfs"_s, QJsonObject{{u"server"_s, value(u"server"_s)}, {u"path"_s, value(u"path"_s)}});
        else
            spec.insert(u"csi"_s, csi());
        QJsonObject object = head(kinds::volumes(), unique(), {});
        object.insert(u"spec"_s, spec);
        QMap<QString, QString> notes{{u"claimRef:"_s, Words::tr("Bound to this claim alone; nobody else's may take it.")},
            {u"persistentVolumeReclaimPolicy:"_s, Words::tr("What was saved stays when the claim is deleted.")}, {u"storageClassName:"_s, Words::tr("No class, here and in the claim: nothing is made.")}};
        if (m_kind.size == VolumeKind::Size::Ignored)
            notes.insert(u"capacity:"_s, Words::tr("Asked for, and not enforced by the driver."));
        // Of other drivers the handle is the storage itself.
        if (spec.value("csi"_L1)[u"volumeHandle"_s].toString().endsWith(unique()))
            notes.insert(u"volumeHandle:"_s, Words::tr("Unique in the cluster: another claim of the same storage needs another one."));
        m_volume.objects.append({kinds::volumes(), object, Words::tr("%1: storage that is there already.").arg(m_kind.title), notes});
    }

    void claimed()
    {
        const bool chosen = is("class"_L1);
        if (m_byClass && !chosen)
            storageClass();
        else if (!m_byClass)
            persistentVolume();
        QJsonObject spec{{u"accessModes"_s, QJsonArray{value(u"access"_s, u"ReadWriteMany"_s)}}, {u"resources"_s, QJsonObject{{u"requests"_s, QJsonObject{{u"storage"_s, size()}}}}},
            {u"storageClassName"_s, m_byClass ? className() : QString()}};
        if (!m_byClass)
            spec.insert(u"volumeName"_s, unique());
        QJsonObject object = head(kinds::claims(), m_spec.name, m_spec.ns);
        object.insert(u"spec"_s, spec);
        QMap<QString, QString> notes;
        if (m_kind.size == VolumeKind::Size::Ignored)
            notes.insert(u"storage:"_s, Words::tr("Asked for, and not enforced by the driver."));
        m_volume.objects.append({kinds::claims(), object, Words::tr("What jobs mount."), notes});
        m_volume.claim = m_spec.name;
        if (chosen)
            m_volume.needs.append({kinds::storageClasses(), {}, className(), {}});
    }

    void bucketClaim()
    {
        if (m_byClass) {
            QJsonObject object = head(kinds::storageClasses(), className(), {});
            object.insert(u"provisioner"_s, value(u"store-namespace"_s) + u".ceph.rook.io/bucket"_s);
            object.insert(u"parameters"_s, QJsonObject{{u"objectStoreName"_s, value(u"object-store"_s)}, {u"objectStoreNamespace"_s, value(u"store-namespace"_s)}});
            object.insert(u"reclaimPolicy"_s, u"Retain"_s);
            m_volume.objects.append({kinds::storageClasses(), object, Words::tr("How buckets are made: for the whole cluster."),
                {{u"reclaimPolicy:"_s, Words::tr("The bucket stays when the claim is deleted.")}}});
        } else {
            m_volume.needs.append({kinds::storageClasses(), {}, value(u"bucket-class"_s), {}});
        }
        QJsonObject object = head(bucketClaims(), m_spec.name, m_spec.ns);
        object.insert(u"spec"_s, QJsonObject{{u"generateBucketName"_s, m_spec.name}, {u"storageClassName"_s, m_byClass ? className() : value(u"bucket-class"_s)}});
        m_volume.objects.append({bucketClaims(), object,
            Words::tr("A bucket. Rook puts its address into ConfigMap %1 and its keys into Secret %1.").arg(m_spec.name), {}});
    }

    void account()
    {
        QJsonObject object = head(kinds::serviceAccounts(), m_spec.name, m_spec.ns);
        QJsonObject metadata = object.value("metadata"_L1).toObject();
        QJsonObject annotations;
        give(annotations, u"eks.amazonaws.com/role-arn"_s, value(u"role"_s));
        give(annotations, u"iam.gke.io/gcp-service-account"_s, value(u"google-account"_s));
        give(annotations, u"azure.workload.identity/client-id"_s, value(u"azure-client"_s));
        metadata.insert(u"annotations"_s, annotations);
        object.insert(u"metadata"_s, metadata);
        m_volume.objects.append({kinds::serviceAccounts(), object,
            Words::tr("Whom the cloud takes the pods for: choose it as the job's service account. The cloud has to trust it too."), {}});
    }

    void secret()
    {
        const QString name = is("s3-keys"_L1) ? m_spec.name : value(u"secret"_s);
        if (name.isEmpty() || (m_spec.kind.startsWith("azure-"_L1) && overNfs()))
            return;
        VolumeSecret made{secretNs(), name, {}, {}};
        if (!m_spec.makesSecret) {
            m_volume.needs.append({kinds::secrets(), made.ns, made.name, {}});
            return;
        }
        for (const SecretKey &key : m_kind.secret) {
            if (key.field.isEmpty())
                made.keys.append(key.key);
            else if (!value(key.field).isEmpty())
                made.plain.insert(key.key, value(key.field));
        }
        m_volume.secret = made;
    }

    QString size() const { return m_spec.size.isEmpty() ? kPlaceholder : m_spec.size; }

    const VolumeSpec &m_spec;
    const VolumeKind &m_kind;
    const bool m_byClass;
    Volume m_volume;
};

const QStringList &keyOrder()
{
    static const QStringList order{u"apiVersion"_s, u"kind"_s, u"metadata"_s, u"name"_s, u"namespace"_s, u"annotations"_s, u"provisioner"_s, u"parameters"_s, u"spec"_s,
        u"capacity"_s, u"volumeMode"_s, u"accessModes"_s, u"persistentVolumeReclaimPolicy"_s, u"generateBucketName"_s, u"storageClassName"_s, u"claimRef"_s, u"reclaimPolicy"_s,
        u"allowVolumeExpansion"_s, u"mountOptions"_s, u"volumeBindingMode"_s, u"volumeName"_s, u"resources"_s, u"driver"_s, u"volumeHandle"_s, u"fsType"_s, u"volumeAttributes"_s,
        u"server"_s, u"path"_s, u"type"_s};
    return order;
}

/// Each note above the first line that begins as it says, at that line's indentation: all of our values are on their line.
QString noted(const QString &yaml, QMap<QString, QString> notes)
{
    QString text;
    for (const QString &line : yaml.split(u'\n')) {
        const QString bare = line.trimmed();
        for (auto it = notes.begin(); it != notes.end(); ++it) {
            if (!bare.startsWith(it.key()))
                continue;
            text += line.left(line.indexOf(bare.front())) + u"# "_s + *it + u'\n';
            notes.erase(it);
            break;
        }
        text += line + u'\n';
    }
    text.chop(1);
    return text;
}

} // namespace

ObjectRef VolumeObject::ref() const
{
    const QJsonObject metadata = object.value("metadata"_L1).toObject();
    return {kind, metadata.value("namespace"_L1).toString(), metadata.value("name"_L1).toString(), {}};
}

const ResourceKind &csiDrivers()
{
    static const ResourceKind kind{u"storage.k8s.io"_s, u"v1"_s, u"csidrivers"_s, u"CSIDriver"_s, false};
    return kind;
}

const ResourceKind &bucketClaims()
{
    static const ResourceKind kind{u"objectbucket.io"_s, u"v1alpha1"_s, u"objectbucketclaims"_s, u"ObjectBucketClaim"_s, true};
    return kind;
}

Result<Volume> volumeOf(const VolumeSpec &spec)
{
    if (const QList<VolumeRefusal> wrong = refusals(spec); !wrong.isEmpty())
        return fail(Error::Kind::Invalid, wrong.first().text, {}, wrong.first().fix);
    const std::optional<VolumeKind> kind = volumeKind(spec.kind);
    return Maker(spec, *kind).make();
}

QByteArray textOf(const Volume &volume)
{
    QString text;
    for (const VolumeObject &one : volume.objects) {
        text += (text.isEmpty() ? QString() : u"---\n"_s) + u"# "_s + one.about + u'\n' + noted(manifest::toYaml(one.object, keyOrder()), one.notes);
    }
    if (volume.secret) {
        const QStringList keys = volume.secret->plain.keys() + volume.secret->keys;
        text += (text.isEmpty() ? QString() : u"---\n"_s)
            + u"# "_s + Words::tr("Written last, from values that stand in no file: Secret %1/%2 with %3.").arg(volume.secret->ns, volume.secret->name, keys.join(u", "_s)) + u'\n';
    }
    return text.toUtf8();
}

} // namespace cairn::storage
