// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Document.h"
#include "storage/Volumes.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::storage;

namespace {

using Values = QMap<QString, QString>;

VolumeSpec spec(const QString &kind, bool byClass, const Values &values, const QString &size = {})
{
    return {kind, u"checkpoints"_s, u"nlp"_s, byClass, size, values};
}

/// "claim.spec.volumeName" of the document of that kind.
QJsonValue at(const manifest::Document &text, const QString &kind, const QString &path)
{
    for (int i = 0; i < text.count(); ++i) {
        const QJsonObject object = text.json(i).toObject();
        if (object.value("kind"_L1).toString() != kind)
            continue;
        QJsonValue value = object;
        for (const QString &step : path.split(u'|'))
            value = step == "0"_L1 ? value[0] : value[step];
        return value;
    }
    return QJsonValue::Undefined;
}

const auto PV = u"PersistentVolume"_s;
const auto PVC = u"PersistentVolumeClaim"_s;
const auto SC = u"StorageClass"_s;

struct Fact {
    QString kind = {}, path = {};
    QJsonValue value = {};
};

} // namespace

class TestVolumes : public QObject {
    Q_OBJECT

private slots:
    void golden_data()
    {
        QTest::addColumn<VolumeSpec>("spec");
        QTest::addColumn<QList<Fact>>("facts");
        const auto row = [](const char *name, const VolumeSpec &what, const QList<Fact> &facts) { QTest::newRow(name) << what << facts; };
        const Fact many{PVC, u"spec|accessModes|0"_s, u"ReadWriteMany"_s};
        row("class", spec(u"class"_s, true, {{u"class"_s, u"standard-rwx"_s}}, u"500Gi"_s),
            {many, {PVC, u"spec|storageClassName"_s, u"standard-rwx"_s}, {PVC, u"spec|volumeName"_s, QJsonValue::Undefined}, {PVC, u"spec|resources|requests|storage"_s, u"500Gi"_s}});
        row("nfs", spec(u"nfs"_s, false, {{u"server"_s, u"nas.example.com"_s}, {u"path"_s, u"/exports/training"_s}}),
            {many, {PV, u"spec|csi|driver"_s, u"nfs.csi.k8s.io"_s}, {PV, u"spec|csi|volumeAttributes|server"_s, u"nas.example.com"_s},
                {PV, u"spec|csi|volumeAttributes|share"_s, u"/exports/training"_s}, {PV, u"spec|mountOptions|0"_s, u"nfsvers=4.1"_s}, {PV, u"spec|nfs"_s, QJsonValue::Undefined}});
        row("nfs-kubelet", spec(u"nfs"_s, false, {{u"server"_s, u"10.0.0.5"_s}, {u"path"_s, u"/exports"_s}, {u"mounted-by"_s, u"kubelet"_s}}),
            {{PV, u"spec|nfs|server"_s, u"10.0.0.5"_s}, {PV, u"spec|nfs|path"_s, u"/exports"_s}, {PV, u"spec|csi"_s, QJsonValue::Undefined}});
        row("nfs-class", spec(u"nfs"_s, true, {{u"server"_s, u"nas.example.com"_s}, {u"path"_s, u"/exports"_s}}),
            {{SC, u"provisioner"_s, u"nfs.csi.k8s.io"_s}, {SC, u"parameters|share"_s, u"/exports"_s}, {SC, u"reclaimPolicy"_s, u"Retain"_s}, {PVC, u"spec|storageClassName"_s, u"nlp-checkpoints"_s}});
        row("cephfs",
            spec(u"cephfs"_s, false, {{u"cluster-id"_s, u"rook-ceph"_s}, {u"file-system"_s, u"training"_s}, {u"path"_s, u"/volumes/nlp"_s}, {u"secret"_s, u"rook-csi-cephfs-node"_s},
                {u"secret-namespace"_s, u"rook-ceph"_s}, {u"driver"_s, u"rook-ceph.cephfs.csi.ceph.com"_s}}, u"2Ti"_s),
            {{PV, u"spec|csi|driver"_s, u"rook-ceph.cephfs.csi.ceph.com"_s}, {PV, u"spec|csi|volumeAttributes|staticVolume"_s, u"true"_s}, {PV, u"spec|csi|volumeAttributes|rootPath"_s, u"/volumes/nlp"_s},
                {PV, u"spec|csi|nodeStageSecretRef|namespace"_s, u"rook-ceph"_s}});
        row("cephfs-class",
            spec(u"cephfs"_s, true, {{u"cluster-id"_s, u"rook-ceph"_s}, {u"file-system"_s, u"training"_s}, {u"secret"_s, u"rook-csi-cephfs-provisioner"_s}, {u"node-secret"_s, u"rook-csi-cephfs-node"_s},
                {u"secret-namespace"_s, u"rook-ceph"_s}, {u"pool"_s, u"training-replicated"_s}, {u"class"_s, u"cephfs-training"_s}}, u"2Ti"_s),
            {{SC, u"parameters|clusterID"_s, u"rook-ceph"_s}, {SC, u"parameters|csi.storage.k8s.io/node-stage-secret-name"_s, u"rook-csi-cephfs-node"_s},
                {SC, u"parameters|csi.storage.k8s.io/controller-expand-secret-name"_s, u"rook-csi-cephfs-provisioner"_s}, {SC, u"allowVolumeExpansion"_s, true},
                {PVC, u"spec|storageClassName"_s, u"cephfs-training"_s}});
        row("longhorn", spec(u"longhorn"_s, false, {{u"volume"_s, u"training"_s}}, u"100Gi"_s), {{PV, u"spec|csi|volumeHandle"_s, u"training"_s}, {PV, u"spec|csi|driver"_s, u"driver.longhorn.io"_s}});
        row("longhorn-class", spec(u"longhorn"_s, true, {{u"replicas"_s, u"2"_s}}, u"100Gi"_s), {{SC, u"parameters|numberOfReplicas"_s, u"2"_s}, many});
        row("efs", spec(u"efs"_s, false, {{u"file-system"_s, u"fs-0123456789abcdef0"_s}, {u"path"_s, u"/training"_s}, {u"access-point"_s, u"fsap-0123456789abcdef0"_s}}),
            {{PV, u"spec|csi|volumeHandle"_s, u"fs-0123456789abcdef0:/training:fsap-0123456789abcdef0"_s}, {PV, u"spec|csi|driver"_s, u"efs.csi.aws.com"_s}});
        row("efs-class", spec(u"efs"_s, true, {{u"file-system"_s, u"fs-0123456789abcdef0"_s}}),
            {{SC, u"parameters|provisioningMode"_s, u"efs-ap"_s}, {SC, u"parameters|fileSystemId"_s, u"fs-0123456789abcdef0"_s}, {SC, u"parameters|directoryPerms"_s, u"700"_s}});
        row("fsx",
            spec(u"fsx"_s, false, {{u"file-system"_s, u"fs-0123456789abcdef0"_s}, {u"server"_s, u"fs-0123456789abcdef0.fsx.eu-central-1.amazonaws.com"_s}, {u"mount-name"_s, u"abcdef12"_s}}, u"1200Gi"_s),
            {{PV, u"spec|csi|volumeHandle"_s, u"fs-0123456789abcdef0"_s}, {PV, u"spec|csi|volumeAttributes|mountname"_s, u"abcdef12"_s}, {PV, u"spec|mountOptions|0"_s, u"flock"_s}});
        row("fsx-class", spec(u"fsx"_s, true, {{u"subnet"_s, u"subnet-0123456789abcdef0"_s}, {u"security-groups"_s, u"sg-0123456789abcdef0,sg-00000000000000001"_s}}, u"2400Gi"_s),
            {{SC, u"parameters|deploymentType"_s, u"PERSISTENT_2"_s}, {SC, u"parameters|perUnitStorageThroughput"_s, u"125"_s}, {SC, u"mountOptions|0"_s, u"flock"_s}});
        row("filestore", spec(u"filestore"_s, false, {{u"instance"_s, u"modeInstance/europe-west4-a/training/vol1"_s}, {u"server"_s, u"10.0.0.2"_s}}, u"1Ti"_s),
            {{PV, u"spec|csi|volumeHandle"_s, u"modeInstance/europe-west4-a/training/vol1"_s}, {PV, u"spec|csi|volumeAttributes|volume"_s, u"vol1"_s}});
        row("filestore-class", spec(u"filestore"_s, true, {{u"tier"_s, u"enterprise"_s}}, u"1Ti"_s), {{SC, u"parameters|tier"_s, u"enterprise"_s}, {SC, u"parameters|network"_s, u"default"_s}});
        row("gcs", spec(u"gcs"_s, false, {{u"bucket"_s, u"training-data"_s}, {u"prefix"_s, u"nlp"_s}}),
            {{PV, u"spec|csi|volumeHandle"_s, u"training-data"_s}, {PV, u"spec|mountOptions|1"_s, QJsonValue::Undefined}, {PV, u"spec|csi|driver"_s, u"gcsfuse.csi.storage.gke.io"_s}});
        row("azure-files", spec(u"azure-files"_s, false, {{u"protocol"_s, u"smb"_s}, {u"account"_s, u"trainingfiles"_s}, {u"share"_s, u"nlp"_s}, {u"secret"_s, u"azure-key"_s}}, u"100Gi"_s),
            {{PV, u"spec|csi|nodeStageSecretRef|name"_s, u"azure-key"_s}, {PV, u"spec|csi|volumeAttributes|shareName"_s, u"nlp"_s}});
        row("azure-files-class", spec(u"azure-files"_s, true, {}, u"100Gi"_s), {{SC, u"parameters|protocol"_s, u"nfs"_s}, {SC, u"parameters|skuName"_s, u"Premium_LRS"_s}});
        row("azure-blob", spec(u"azure-blob"_s, false, {{u"account"_s, u"trainingblobs"_s}, {u"container"_s, u"corpus"_s}, {u"secret"_s, u"azure-key"_s}}),
            {{PV, u"spec|mountOptions|0"_s, u"-o allow_other"_s}, {PV, u"spec|csi|volumeAttributes|protocol"_s, u"fuse2"_s}});
        row("azure-blob-class", spec(u"azure-blob"_s, true, {{u"sku"_s, u"Standard_LRS"_s}}), {{SC, u"parameters|skuName"_s, u"Standard_LRS"_s}});
        row("s3-csi", spec(u"s3-csi"_s, false, {{u"bucket"_s, u"training"_s}, {u"prefix"_s, u"nlp"_s}, {u"secret"_s, u"minio-keys"_s}}),
            {{PV, u"spec|csi|volumeHandle"_s, u"training/nlp"_s}, {PV, u"spec|csi|nodePublishSecretRef|name"_s, u"minio-keys"_s}, {PV, u"spec|csi|controllerPublishSecretRef|namespace"_s, u"nlp"_s}});
        row("s3-csi-class", spec(u"s3-csi"_s, true, {{u"bucket"_s, u"training"_s}, {u"secret"_s, u"minio-keys"_s}}),
            {{SC, u"parameters|mounter"_s, u"geesefs"_s}, {SC, u"parameters|csi.storage.k8s.io/provisioner-secret-name"_s, u"minio-keys"_s}});
        row("s3-mountpoint", spec(u"s3-mountpoint"_s, false, {{u"bucket"_s, u"corpus"_s}, {u"region"_s, u"eu-central-1"_s}, {u"prefix"_s, u"nlp"_s}}),
            {{PV, u"spec|csi|volumeAttributes|bucketName"_s, u"corpus"_s}, {PV, u"spec|csi|volumeHandle"_s, u"nlp-checkpoints"_s}, {PV, u"spec|mountOptions|0"_s, u"allow-delete"_s}});
        row("ceph-rgw", spec(u"ceph-rgw"_s, false, {{u"bucket-class"_s, u"rook-ceph-bucket"_s}}), {{u"ObjectBucketClaim"_s, u"spec|storageClassName"_s, u"rook-ceph-bucket"_s}, {PVC, u"kind"_s, QJsonValue::Undefined}});
        row("ceph-rgw-class", spec(u"ceph-rgw"_s, true, {{u"object-store"_s, u"training"_s}, {u"store-namespace"_s, u"rook-ceph"_s}}),
            {{SC, u"provisioner"_s, u"rook-ceph.ceph.rook.io/bucket"_s}, {u"ObjectBucketClaim"_s, u"spec|storageClassName"_s, u"nlp-checkpoints"_s}});
        VolumeSpec keys = spec(u"s3-keys"_s, false, {{u"endpoint"_s, u"https://minio.example.com"_s}});
        keys.makesSecret = true;
        row("s3-keys", keys, {});
        row("bucket-identity", spec(u"bucket-identity"_s, false, {{u"role"_s, u"arn:aws:iam::123456789012:role/training"_s}}),
            {{u"ServiceAccount"_s, u"metadata|annotations|eks.amazonaws.com/role-arn"_s, u"arn:aws:iam::123456789012:role/training"_s}});
        row("host-path", spec(u"host-path"_s, false, {{u"path"_s, u"/mnt/training"_s}}), {{PV, u"spec|hostPath|path"_s, u"/mnt/training"_s}, {PV, u"spec|csi"_s, QJsonValue::Undefined}});
    }

    /// The text is what is kept beside the test, and says what the driver reads. CAIRN_WRITE_FIXTURES writes it anew.
    void golden()
    {
        QFETCH(const VolumeSpec, spec);
        QFETCH(const QList<Fact>, facts);
        const Result<Volume> volume = volumeOf(spec);
        QVERIFY2(volume, volume ? "" : qPrintable(volume.error().oneLine()));
        const QByteArray text = textOf(*volume);
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/volumes/%1.yaml").arg(QString::fromLatin1(QTest::currentDataTag())));
        if (qEnvironmentVariableIsSet("CAIRN_WRITE_FIXTURES")) {
            QVERIFY(QDir().mkpath(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/volumes")));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
            file.close();
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        QCOMPARE(QString::fromUtf8(text), QString::fromUtf8(file.readAll()));

        const manifest::Document document = manifest::Document::read(text);
        QVERIFY2(document.faults().isEmpty(), qPrintable(document.error().oneLine()));
        QCOMPARE(document.count(), volume->objects.size());
        for (qsizetype i = 0; i < volume->objects.size(); ++i)
            QCOMPARE(document.json(static_cast<int>(i)).toObject(), volume->objects[i].object); // comments change no value
        for (const Fact &fact : facts)
            QVERIFY2(at(document, fact.kind, fact.path) == fact.value, qPrintable(fact.kind + u' ' + fact.path));
        if (at(document, PV, u"kind"_s).isString()) {
            QCOMPARE(at(document, PV, u"spec|persistentVolumeReclaimPolicy"_s), QJsonValue(u"Retain"_s));
            QCOMPARE(at(document, PV, u"spec|storageClassName"_s), QJsonValue(QString()));
            QCOMPARE(at(document, PVC, u"spec|storageClassName"_s), QJsonValue(QString()));
            QCOMPARE(at(document, PVC, u"spec|volumeName"_s), at(document, PV, u"metadata|name"_s));
            QCOMPARE(at(document, PV, u"spec|claimRef|name"_s), at(document, PVC, u"metadata|name"_s));
            QCOMPARE(at(document, PV, u"spec|claimRef|namespace"_s), at(document, PVC, u"metadata|namespace"_s));
            QCOMPARE(at(document, PV, u"spec|capacity|storage"_s), at(document, PVC, u"spec|resources|requests|storage"_s));
        }
        // Parameters and attributes are maps of strings: a number or a boolean there is refused by the server.
        for (const auto &[kind, path] : {std::pair{SC, u"parameters"_s}, std::pair{PV, u"spec|csi|volumeAttributes"_s}}) {
            for (const QJsonValue &value : at(document, kind, path).toObject())
                QVERIFY2(value.isString(), qPrintable(path));
        }
    }

    void everyKindIsTried()
    {
        for (const VolumeKind &kind : volumeKinds()) {
            const QString folder = QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/volumes/");
            if (kind.existing)
                QVERIFY2(QFile::exists(folder + kind.id + u".yaml"_s), qPrintable(kind.id));
            if (kind.byClass && kind.existing)
                QVERIFY2(QFile::exists(folder + kind.id + u"-class.yaml"_s), qPrintable(kind.id));
            QVERIFY(!kind.source.isEmpty());
            for (const VolumeField &field : kind.fields) {
                QVERIFY(!field.caption.isEmpty());
                QCOMPARE(field.takes == VolumeField::Takes::Choice, !field.choices.isEmpty());
            }
        }
    }

    void refusesAtItsField_data()
    {
        QTest::addColumn<VolumeSpec>("spec");
        QTest::addColumn<QStringList>("fields");
        const Values efs{{u"file-system"_s, u"fs-0123456789abcdef0"_s}};
        const auto with = [](Values values, const QString &key, const QString &value) {
            values.insert(key, value);
            return values;
        };
        QTest::newRow("nothing wrong") << spec(u"efs"_s, false, efs) << QStringList();
        QTest::newRow("no kind") << spec(u"floppy"_s, false, {}) << QStringList{u"kind"_s};
        QTest::newRow("id") << spec(u"efs"_s, false, {{u"file-system"_s, u"fs-XYZ"_s}}) << QStringList{u"file-system"_s};
        QTest::newRow("id with more behind") << spec(u"efs"_s, false, {{u"file-system"_s, u"fs-0123456789abcdef0\n"_s}}) << QStringList{u"file-system"_s};
        QTest::newRow("id with a second handle") << spec(u"efs"_s, false, {{u"file-system"_s, u"fs-01234567:/other"_s}}) << QStringList{u"file-system"_s};
        QTest::newRow("missing") << spec(u"efs"_s, false, {}) << QStringList{u"file-system"_s};
        QTest::newRow("path upwards") << spec(u"efs"_s, false, with(efs, u"path"_s, u"/a/../b"_s)) << QStringList{u"path"_s};
        QTest::newRow("path with a colon") << spec(u"efs"_s, false, with(efs, u"path"_s, u"/a:fsap-1"_s)) << QStringList{u"path"_s};
        QTest::newRow("path with a break") << spec(u"efs"_s, false, with(efs, u"path"_s, u"/a\nkind: Pod"_s)) << QStringList{u"path"_s};
        QTest::newRow("of the other way") << spec(u"efs"_s, false, with(efs, u"permissions"_s, u"700"_s)) << QStringList{u"permissions"_s};
        QTest::newRow("of another kind") << spec(u"efs"_s, false, with(efs, u"bucket"_s, u"x"_s)) << QStringList{u"bucket"_s};
        QTest::newRow("size") << spec(u"efs"_s, false, efs, u"much"_s) << QStringList{u"size"_s};
        QTest::newRow("negative size") << spec(u"efs"_s, false, efs, u"-1Gi"_s) << QStringList{u"size"_s};
        QTest::newRow("no size where it counts") << spec(u"longhorn"_s, true, {}) << QStringList{u"size"_s};
        QTest::newRow("less than the service makes")
            << spec(u"fsx"_s, true, {{u"subnet"_s, u"subnet-0123456789abcdef0"_s}, {u"security-groups"_s, u"sg-0123456789abcdef0"_s}}, u"500Gi"_s) << QStringList{u"size"_s};
        QTest::newRow("server with a path") << spec(u"nfs"_s, false, {{u"server"_s, u"nas/exports"_s}, {u"path"_s, u"/exports"_s}}) << QStringList{u"server"_s};
        QTest::newRow("IPv6") << spec(u"nfs"_s, false, {{u"server"_s, u"fd00::5"_s}, {u"path"_s, u"/exports"_s}}) << QStringList();
        QTest::newRow("choice") << spec(u"nfs"_s, false, {{u"server"_s, u"nas"_s}, {u"path"_s, u"/e"_s}, {u"mounted-by"_s, u"me"_s}}) << QStringList{u"mounted-by"_s};
        QTest::newRow("SMB without its Secret") << spec(u"azure-files"_s, false, {{u"protocol"_s, u"smb"_s}, {u"account"_s, u"files"_s}, {u"share"_s, u"nlp"_s}}, u"100Gi"_s) << QStringList{u"secret"_s};
        QTest::newRow("NFS needs none") << spec(u"azure-files"_s, false, {{u"account"_s, u"files"_s}, {u"share"_s, u"nlp"_s}}, u"100Gi"_s) << QStringList();
        QTest::newRow("user in the URL") << spec(u"s3-keys"_s, false, {{u"endpoint"_s, u"https://me:secret@minio"_s}}) << QStringList{u"endpoint"_s, u"secret"_s};
        QTest::newRow("identity of nobody") << spec(u"bucket-identity"_s, false, {}) << QStringList{u"role"_s};
        VolumeSpec badName = spec(u"efs"_s, false, efs);
        badName.name = u"Check Points"_s;
        badName.ns = u"../kube-system"_s;
        QTest::newRow("name and namespace") << badName << QStringList{u"name"_s, u"namespace"_s};
        VolumeSpec noServer = spec(u"s3-csi"_s, false, {{u"bucket"_s, u"training"_s}, {u"secret"_s, u"keys"_s}});
        noServer.makesSecret = true;
        QTest::newRow("a Secret without its server") << noServer << QStringList{u"endpoint"_s};
    }

    void refusesAtItsField()
    {
        QFETCH(const VolumeSpec, spec);
        QFETCH(const QStringList, fields);
        QStringList refused;
        for (const VolumeRefusal &one : refusals(spec)) {
            refused.append(one.field);
            QVERIFY(!one.text.isEmpty());
            QVERIFY(!one.fix.isEmpty());
            QVERIFY(!one.text.contains(u'\n'));
        }
        QCOMPARE(refused, fields);
        QCOMPARE(volumeOf(spec).has_value(), fields.isEmpty());
    }

    void secretIsNamedAndNeverHeld()
    {
        VolumeSpec made = spec(u"s3-csi"_s, false, {{u"bucket"_s, u"training"_s}, {u"secret"_s, u"keys"_s}, {u"endpoint"_s, u"https://minio.example.com"_s}});
        const Result<Volume> named = volumeOf(made);
        QVERIFY(named && !named->secret);
        QVERIFY(named->needs.contains(ObjectRef{kinds::secrets(), u"nlp"_s, u"keys"_s, {}}));
        made.makesSecret = true;
        const Result<Volume> volume = volumeOf(made);
        QVERIFY(volume && volume->secret);
        QCOMPARE(volume->secret->keys, (QStringList{u"accessKeyID"_s, u"secretAccessKey"_s}));
        QCOMPARE(volume->secret->plain, (QMap<QString, QString>{{u"endpoint"_s, u"https://minio.example.com"_s}}));
        for (const VolumeObject &one : volume->objects)
            QVERIFY(one.kind != kinds::secrets());
        QVERIFY(!volume->needs.contains(ObjectRef{kinds::secrets(), u"nlp"_s, u"keys"_s, {}}));
    }

    void driversThatShare()
    {
        using A = SharedAccess::Answer;
        QCOMPARE(sharedAccess(u"efs.csi.aws.com"_s).answer, A::Yes);
        QCOMPARE(sharedAccess(u"rook-ceph.cephfs.csi.ceph.com"_s).answer, A::Yes);
        QCOMPARE(sharedAccess(u"rook-ceph.rbd.csi.ceph.com"_s).answer, A::No);
        QCOMPARE(sharedAccess(u"ebs.csi.aws.com"_s).answer, A::No);
        QCOMPARE(sharedAccess(u"evil-efs.csi.aws.com"_s).answer, A::Unknown); // another name, not a namespace before it
        QCOMPARE(sharedAccess({}).answer, A::Unknown);
        const SharedAccess longhorn = sharedAccess(u"driver.longhorn.io"_s);
        QCOMPARE(longhorn.answer, A::IfSet);
        QVERIFY(!longhorn.needs.isEmpty() && !longhorn.source.isEmpty());
        // What a kind makes can be shared, or it is not offered for it.
        for (const VolumeKind &kind : volumeKinds()) {
            if (!kind.driver.isEmpty())
                QVERIFY2(sharedAccess(kind.driver).answer == A::Yes || sharedAccess(kind.driver).answer == A::IfSet, qPrintable(kind.driver));
        }
    }
};

QTEST_GUILESS_MAIN(TestVolumes)
#include "tst_volumes.moc"
