// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/VolumeKinds.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::storage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::storage)
};

using Field = VolumeField;
using Takes = VolumeField::Takes;
using In = VolumeField::In;

Field field(const QString &id, Takes takes, In in, bool needed, const QString &caption, const QString &example,
    const QString &hint = {}, const QStringList &choices = {})
{
    return {id, takes, in, needed, caption, hint, example, choices};
}

Field secretField(In in, bool needed, const QString &hint = {})
{
    return field(u"secret"_s, Takes::Name, in, needed, Words::tr("Secret"), u"storage-keys"_s,
        hint.isEmpty() ? Words::tr("Its name; the values stay in the cluster.") : hint);
}

Field classField()
{
    return field(u"class"_s, Takes::Name, In::ByClass, false, Words::tr("StorageClass"), {},
        Words::tr("Name of the new class; made of namespace and name when left out."));
}

VolumeKind existingClass()
{
    VolumeKind kind{u"class"_s, Words::tr("A StorageClass of this cluster"), {}, false, true};
    kind.size = VolumeKind::Size::Real;
    kind.about = Words::tr("The shortest way: an administrator has prepared it. Whether several nodes can write depends on its driver.");
    kind.source = u"kubernetes/website: concepts/storage/persistent-volumes.md"_s;
    kind.fields = {field(u"class"_s, Takes::Name, In::ByClass, true, Words::tr("StorageClass"), u"standard-rwx"_s),
        field(u"access"_s, Takes::Choice, In::ByClass, false, Words::tr("Access mode"), {}, {},
            {u"ReadWriteMany"_s, u"ReadWriteOnce"_s, u"ReadOnlyMany"_s})};
    return kind;
}

VolumeKind nfs()
{
    VolumeKind kind{u"nfs"_s, Words::tr("NFS server"), u"nfs.csi.k8s.io"_s};
    kind.about = Words::tr("The size is not enforced: all folders of an export share its room.");
    kind.source = u"kubernetes-csi/csi-driver-nfs: deploy/example"_s;
    kind.fields = {field(u"server"_s, Takes::Host, In::Both, true, Words::tr("Server"), u"nas.example.com"_s),
        field(u"path"_s, Takes::Folder, In::Both, true, Words::tr("Export"), u"/exports/training"_s),
        field(u"mounted-by"_s, Takes::Choice, In::Existing, false, Words::tr("Mounted by"), {},
            Words::tr("The driver, or the kubelet itself, which needs mount.nfs on every node."),
            {u"driver"_s, u"kubelet"_s}),
        classField()};
    return kind;
}

VolumeKind cephfs()
{
    VolumeKind kind{u"cephfs"_s, Words::tr("CephFS"), u"cephfs.csi.ceph.com"_s};
    kind.size = VolumeKind::Size::Real;
    kind.about = Words::tr("Renames and locks as on a local disk: a good place for checkpoints.");
    kind.source = u"ceph/ceph-csi: docs/static-pvc.md, examples/cephfs; rook/rook: deploy/examples/csi/cephfs"_s;
    kind.fields = {field(u"driver"_s, Takes::Name, In::Both, false, Words::tr("Driver"), u"rook-ceph.cephfs.csi.ceph.com"_s,
                       Words::tr("Rook puts the namespace of its operator before it.")),
        field(u"cluster-id"_s, Takes::Word, In::Both, true, Words::tr("Cluster ID"), u"rook-ceph"_s,
            Words::tr("Of Rook, the namespace of the Ceph cluster.")),
        field(u"file-system"_s, Takes::Word, In::Both, true, Words::tr("File system"), u"training"_s),
        field(u"path"_s, Takes::Folder, In::Existing, true, Words::tr("Path"), u"/volumes/team"_s),
        field(u"pool"_s, Takes::Word, In::ByClass, false, Words::tr("Pool"), u"training-replicated"_s),
        secretField(In::Both, true, Words::tr("Of Rook, rook-csi-cephfs-node (class: rook-csi-cephfs-provisioner).")),
        field(u"secret-namespace"_s, Takes::Name, In::Both, false, Words::tr("Namespace of the Secret"), u"rook-ceph"_s),
        field(u"node-secret"_s, Takes::Name, In::ByClass, false, Words::tr("Secret for mounting"), u"rook-csi-cephfs-node"_s,
            Words::tr("The same Secret when left out.")),
        classField()};
    kind.secret = {{u"userID"_s, u"user"_s}, {u"userKey"_s, {}}};
    kind.fields.insert(6, field(u"user"_s, Takes::Word, In::Both, false, Words::tr("Ceph user"), u"training"_s,
                              Words::tr("Only where the Secret is made.")));
    return kind;
}

VolumeKind rgw()
{
    VolumeKind kind{u"ceph-rgw"_s, Words::tr("Ceph bucket (ObjectBucketClaim)"), {}, true, true, false};
    kind.about = Words::tr("Rook makes the bucket and a Secret with its keys, both of the claim's name. It is no PVC: the script speaks S3.");
    kind.source = u"rook/rook: deploy/examples/object-bucket-claim-delete.yaml, storageclass-bucket-retain.yaml"_s;
    kind.fields = {field(u"bucket-class"_s, Takes::Name, In::Existing, true, Words::tr("Bucket class"), u"rook-ceph-bucket"_s),
        field(u"object-store"_s, Takes::Name, In::ByClass, true, Words::tr("Object store"), u"training"_s),
        field(u"store-namespace"_s, Takes::Name, In::ByClass, true, Words::tr("Its namespace"), u"rook-ceph"_s),
        classField()};
    return kind;
}

VolumeKind longhorn()
{
    VolumeKind kind{u"longhorn"_s, Words::tr("Longhorn"), u"driver.longhorn.io"_s};
    kind.size = VolumeKind::Size::Real;
    kind.about = Words::tr("Shared through an NFS server in one pod: when its node dies, writes hang until another one serves. Nodes need an NFS client.");
    kind.source = u"longhorn/longhorn: examples/rwx, docs ReadWriteMany (RWX) Volume"_s;
    kind.fields = {field(u"volume"_s, Takes::Name, In::Existing, true, Words::tr("Longhorn volume"), u"training"_s),
        field(u"replicas"_s, Takes::Number, In::ByClass, false, Words::tr("Replicas"), u"3"_s), classField()};
    return kind;
}

VolumeKind efs()
{
    VolumeKind kind{u"efs"_s, Words::tr("AWS EFS"), u"efs.csi.aws.com"_s};
    kind.about = Words::tr("Grows by itself; the size is a placeholder. Many small files are slow.");
    kind.source = u"kubernetes-sigs/aws-efs-csi-driver: examples/kubernetes/{multiple_pods,dynamic_provisioning,access_points}"_s;
    kind.fields = {field(u"file-system"_s, Takes::FileSystem, In::Both, true, Words::tr("File system"), u"fs-0123456789abcdef0"_s),
        field(u"path"_s, Takes::Folder, In::Existing, false, Words::tr("Path"), u"/training"_s),
        field(u"access-point"_s, Takes::AccessPoint, In::Existing, false, Words::tr("Access point"), u"fsap-0123456789abcdef0"_s),
        field(u"permissions"_s, Takes::Octal, In::ByClass, false, Words::tr("Permissions of folders"), u"700"_s),
        field(u"base-path"_s, Takes::Folder, In::ByClass, false, Words::tr("Folder for all"), u"/claims"_s), classField()};
    return kind;
}

VolumeKind fsx()
{
    VolumeKind kind{u"fsx"_s, Words::tr("AWS FSx for Lustre"), u"fsx.csi.aws.com"_s};
    kind.size = VolumeKind::Size::Real;
    kind.about = Words::tr("The fastest on AWS for large checkpoints. SCRATCH types lose data when a server fails.");
    kind.source = u"kubernetes-sigs/aws-fsx-csi-driver: examples/kubernetes/{static_provisioning,dynamic_provisioning}"_s;
    kind.fields = {field(u"file-system"_s, Takes::FileSystem, In::Existing, true, Words::tr("File system"), u"fs-0123456789abcdef0"_s),
        field(u"server"_s, Takes::Host, In::Existing, true, Words::tr("DNS name"), u"fs-0123456789abcdef0.fsx.eu-central-1.amazonaws.com"_s),
        field(u"mount-name"_s, Takes::Word, In::Existing, true, Words::tr("Mount name"), u"fsx"_s),
        field(u"subnet"_s, Takes::Subnet, In::ByClass, true, Words::tr("Subnet"), u"subnet-0123456789abcdef0"_s),
        field(u"security-groups"_s, Takes::Groups, In::ByClass, true, Words::tr("Security groups"), u"sg-0123456789abcdef0"_s),
        field(u"deployment"_s, Takes::Choice, In::ByClass, false, Words::tr("Deployment type"), {}, {},
            {u"PERSISTENT_2"_s, u"PERSISTENT_1"_s, u"SCRATCH_2"_s, u"SCRATCH_1"_s}),
        field(u"throughput"_s, Takes::Choice, In::ByClass, false, Words::tr("MB/s per TiB"), {}, Words::tr("Of PERSISTENT types."),
            {u"125"_s, u"250"_s, u"500"_s, u"1000"_s, u"50"_s, u"100"_s, u"200"_s}),
        classField()};
    return kind;
}

VolumeKind s3Mountpoint()
{
    VolumeKind kind{u"s3-mountpoint"_s, Words::tr("AWS S3, mounted"), u"s3.csi.aws.com"_s, true, false};
    kind.about = Words::tr("For data sets. Files cannot be renamed or changed: checkpoints that are written beside their place and then renamed fail.");
    kind.source = u"awslabs/mountpoint-s3-csi-driver: examples/kubernetes/static_provisioning; mountpoint-s3: doc/SEMANTICS.md"_s;
    kind.fields = {field(u"bucket"_s, Takes::Bucket, In::Existing, true, Words::tr("Bucket"), u"training-data"_s),
        field(u"region"_s, Takes::Region, In::Existing, false, Words::tr("Region"), u"eu-central-1"_s),
        field(u"prefix"_s, Takes::Below, In::Existing, false, Words::tr("Prefix"), u"team"_s)};
    return kind;
}

VolumeKind filestore()
{
    VolumeKind kind{u"filestore"_s, Words::tr("Google Filestore"), u"filestore.csi.storage.gke.io"_s};
    kind.size = VolumeKind::Size::Real;
    kind.about = Words::tr("NFS with room of its own; each tier has a least size.");
    kind.source = u"kubernetes-sigs/gcp-filestore-csi-driver: examples/kubernetes; pkg/csi_driver/controller.go for the sizes"_s;
    kind.fields = {field(u"instance"_s, Takes::Instance, In::Existing, true, Words::tr("Instance"), u"modeInstance/europe-west4-a/training/vol1"_s),
        field(u"server"_s, Takes::Host, In::Existing, true, Words::tr("IP address"), u"10.0.0.2"_s),
        field(u"tier"_s, Takes::Choice, In::ByClass, false, Words::tr("Tier"), {}, {},
            {u"zonal"_s, u"enterprise"_s, u"regional"_s, u"basic_ssd"_s, u"basic_hdd"_s}),
        field(u"network"_s, Takes::Word, In::ByClass, false, Words::tr("Network"), u"default"_s), classField()};
    return kind;
}

VolumeKind gcsfuse()
{
    VolumeKind kind{u"gcs"_s, Words::tr("Google Cloud Storage, mounted"), u"gcsfuse.csi.storage.gke.io"_s, true, false};
    kind.about = Words::tr("For data sets. What is written is seen by others when it is closed; a rename copies, except in buckets with a hierarchical namespace.");
    kind.source = u"GoogleCloudPlatform/gcs-fuse-csi-driver: examples/static, docs"_s;
    kind.fields = {field(u"bucket"_s, Takes::Bucket, In::Existing, true, Words::tr("Bucket"), u"training-data"_s),
        field(u"prefix"_s, Takes::Below, In::Existing, false, Words::tr("Folder"), u"team"_s)};
    return kind;
}

VolumeKind azureFiles()
{
    VolumeKind kind{u"azure-files"_s, Words::tr("Azure Files"), u"file.csi.azure.com"_s};
    kind.size = VolumeKind::Size::Real;
    kind.about = Words::tr("SMB is slow with many small files; NFS needs a Premium account.");
    kind.source = u"kubernetes-sigs/azurefile-csi-driver: deploy/example, docs/driver-parameters.md"_s;
    kind.fields = {field(u"protocol"_s, Takes::Choice, In::Both, false, Words::tr("Protocol"), {}, {}, {u"nfs"_s, u"smb"_s}),
        field(u"account"_s, Takes::Account, In::Existing, true, Words::tr("Storage account"), u"trainingfiles"_s),
        field(u"share"_s, Takes::Share, In::Existing, true, Words::tr("Share"), u"training"_s),
        field(u"resource-group"_s, Takes::Word, In::Existing, false, Words::tr("Resource group"), u"training"_s),
        field(u"sku"_s, Takes::Choice, In::ByClass, false, Words::tr("SKU"), {}, {},
            {u"Premium_LRS"_s, u"Premium_ZRS"_s, u"Standard_LRS"_s, u"Standard_ZRS"_s}),
        secretField(In::Existing, false, Words::tr("Of SMB alone; NFS needs none.")), classField()};
    kind.secret = {{u"azurestorageaccountname"_s, u"account"_s}, {u"azurestorageaccountkey"_s, {}}};
    return kind;
}

VolumeKind azureBlob()
{
    VolumeKind kind{u"azure-blob"_s, Words::tr("Azure Blob, mounted"), u"blob.csi.azure.com"_s};
    kind.about = Words::tr("For data sets: a cache on each node, so that others see a file late.");
    kind.source = u"kubernetes-sigs/blob-csi-driver: deploy/example, docs/driver-parameters.md"_s;
    kind.fields = {field(u"protocol"_s, Takes::Choice, In::Both, false, Words::tr("Protocol"), {}, {}, {u"fuse2"_s, u"fuse"_s, u"nfs"_s}),
        field(u"account"_s, Takes::Account, In::Existing, true, Words::tr("Storage account"), u"trainingblobs"_s),
        field(u"container"_s, Takes::Share, In::Existing, true, Words::tr("Container"), u"training"_s),
        field(u"resource-group"_s, Takes::Word, In::Existing, false, Words::tr("Resource group"), u"training"_s),
        field(u"sku"_s, Takes::Choice, In::ByClass, false, Words::tr("SKU"), {}, {},
            {u"Premium_LRS"_s, u"Standard_LRS"_s, u"Standard_ZRS"_s}),
        secretField(In::Existing, false, Words::tr("With the account's key; NFS needs none.")), classField()};
    kind.secret = {{u"azurestorageaccountname"_s, u"account"_s}, {u"azurestorageaccountkey"_s, {}}};
    return kind;
}

VolumeKind s3Csi()
{
    VolumeKind kind{u"s3-csi"_s, Words::tr("MinIO or any S3, mounted"), u"ru.yandex.s3.csi"_s};
    kind.about = Words::tr("Keeps no modes and times. A file is seen by other nodes when it is closed; a rename copies.");
    kind.source = u"yandex-cloud/k8s-csi-s3: deploy/kubernetes/examples"_s;
    kind.fields = {field(u"bucket"_s, Takes::Bucket, In::Both, true, Words::tr("Bucket"), u"training"_s),
        field(u"prefix"_s, Takes::Below, In::Existing, false, Words::tr("Prefix"), u"team"_s), secretField(In::Both, true),
        field(u"secret-namespace"_s, Takes::Name, In::Both, false, Words::tr("Namespace of the Secret"), {},
            Words::tr("The claim's when left out.")),
        field(u"endpoint"_s, Takes::Url, In::Both, false, Words::tr("Server"), u"https://minio.example.com"_s,
            Words::tr("Only where the Secret is made.")),
        field(u"region"_s, Takes::Region, In::Both, false, Words::tr("Region"), u"us-east-1"_s,
            Words::tr("Only where the Secret is made.")),
        classField()};
    kind.secret = {{u"accessKeyID"_s, {}}, {u"secretAccessKey"_s, {}}, {u"endpoint"_s, u"endpoint"_s}, {u"region"_s, u"region"_s}};
    return kind;
}

VolumeKind s3Keys()
{
    VolumeKind kind{u"s3-keys"_s, Words::tr("MinIO or any S3, by keys"), {}, true, false, false};
    kind.about = Words::tr("A Secret with the keys, for variables of the job. Nothing is mounted: the script speaks S3.");
    kind.source = u"AWS SDKs: environment variables; kubeflow/trainer: pkg/initializers"_s;
    kind.fields = {field(u"endpoint"_s, Takes::Url, In::Existing, false, Words::tr("Server"), u"https://minio.example.com"_s,
                       Words::tr("AWS when left out.")),
        field(u"region"_s, Takes::Region, In::Existing, false, Words::tr("Region"), u"us-east-1"_s)};
    kind.secret = {{u"AWS_ACCESS_KEY_ID"_s, {}}, {u"AWS_SECRET_ACCESS_KEY"_s, {}}, {u"AWS_ENDPOINT_URL"_s, u"endpoint"_s},
        {u"AWS_REGION"_s, u"region"_s}};
    return kind;
}

VolumeKind identity()
{
    VolumeKind kind{u"bucket-identity"_s, Words::tr("A bucket by workload identity"), {}, true, false, false};
    kind.about = Words::tr("A ServiceAccount for the job, which the cloud trusts: no key is kept anywhere.");
    kind.source = u"EKS: IAM roles for service accounts; GKE: Workload Identity Federation; Azure/azure-workload-identity"_s;
    kind.fields = {field(u"role"_s, Takes::Role, In::Existing, false, Words::tr("AWS role"), u"arn:aws:iam::123456789012:role/training"_s),
        field(u"google-account"_s, Takes::Identity, In::Existing, false, Words::tr("Google service account"),
            u"training@project.iam.gserviceaccount.com"_s),
        field(u"azure-client"_s, Takes::Word, In::Existing, false, Words::tr("Azure client ID"), u"00000000-0000-0000-0000-000000000000"_s)};
    return kind;
}

VolumeKind hostPath()
{
    VolumeKind kind{u"host-path"_s, Words::tr("A folder of the nodes"), {}, true, false};
    kind.about = Words::tr("For tests, and for a file system that is mounted at the same path on every node. Otherwise each node has a folder of its own, and nothing is shared.");
    kind.source = u"kubernetes/website: concepts/storage/volumes.md, hostPath"_s;
    kind.fields = {field(u"path"_s, Takes::Folder, In::Existing, true, Words::tr("Folder"), u"/mnt/training"_s)};
    return kind;
}

} // namespace

QList<VolumeKind> volumeKinds()
{
    return {existingClass(), nfs(), cephfs(), longhorn(), efs(), fsx(), filestore(), azureFiles(), s3Csi(), s3Mountpoint(),
        gcsfuse(), azureBlob(), rgw(), s3Keys(), identity(), hostPath()};
}

std::optional<VolumeKind> volumeKind(const QString &id)
{
    for (const VolumeKind &kind : volumeKinds()) {
        if (kind.id == id)
            return kind;
    }
    return std::nullopt;
}

SharedAccess sharedAccess(const QString &driver)
{
    using A = SharedAccess::Answer;
    struct Row {
        QLatin1StringView driver;
        A answer;
        QString needs;
        QLatin1StringView source;
    };
    // Of each driver the access modes its documentation and examples give (2026).
    const QList<Row> rows{
        {"efs.csi.aws.com"_L1, A::Yes, {}, "kubernetes-sigs/aws-efs-csi-driver: docs/README.md"_L1},
        {"fsx.csi.aws.com"_L1, A::Yes, {}, "kubernetes-sigs/aws-fsx-csi-driver: examples/kubernetes"_L1},
        {"s3.csi.aws.com"_L1, A::IfSet, Words::tr("allow-delete and allow-overwrite among the mount options; no renames"),
            "awslabs/mountpoint-s3-csi-driver: examples/kubernetes; mountpoint-s3: doc/SEMANTICS.md"_L1},
        {"ebs.csi.aws.com"_L1, A::No, Words::tr("several nodes only as a raw block device of type io2"),
            "kubernetes-sigs/aws-ebs-csi-driver: docs/multi-attach.md"_L1},
        {"filestore.csi.storage.gke.io"_L1, A::Yes, {}, "kubernetes-sigs/gcp-filestore-csi-driver: README.md"_L1},
        {"gcsfuse.csi.storage.gke.io"_L1, A::IfSet, Words::tr("the pod annotation gke-gcsfuse/volumes and a bound service account"),
            "GoogleCloudPlatform/gcs-fuse-csi-driver: docs"_L1},
        {"pd.csi.storage.gke.io"_L1, A::No, {}, "kubernetes-sigs/gcp-compute-persistent-disk-csi-driver: README.md"_L1},
        {"file.csi.azure.com"_L1, A::Yes, {}, "kubernetes-sigs/azurefile-csi-driver: docs/driver-parameters.md"_L1},
        {"blob.csi.azure.com"_L1, A::IfSet, Words::tr("the mount option allow_other"),
            "kubernetes-sigs/blob-csi-driver: docs/driver-parameters.md"_L1},
        {"disk.csi.azure.com"_L1, A::No, Words::tr("several nodes only as a raw block device with maxShares"),
            "kubernetes-sigs/azuredisk-csi-driver: deploy/example/sharedisk"_L1},
        {"cephfs.csi.ceph.com"_L1, A::Yes, {}, "ceph/ceph-csi: docs/cephfs"_L1},
        {"rbd.csi.ceph.com"_L1, A::No, Words::tr("several nodes only as a raw block device"), "ceph/ceph-csi: docs/rbd"_L1},
        {"nfs.csi.k8s.io"_L1, A::Yes, {}, "kubernetes-csi/csi-driver-nfs: deploy/example"_L1},
        {"smb.csi.k8s.io"_L1, A::Yes, {}, "kubernetes-csi/csi-driver-smb: deploy/example"_L1},
        {"driver.longhorn.io"_L1, A::IfSet, Words::tr("an NFS client on every node"), "longhorn/longhorn: docs ReadWriteMany (RWX) Volume"_L1},
        {"csi.juicefs.com"_L1, A::Yes, {}, "juicedata/juicefs-csi-driver: docs/en/guide/pv.md"_L1},
        {"ru.yandex.s3.csi"_L1, A::Yes, {}, "yandex-cloud/k8s-csi-s3: README.md"_L1},
        {"rancher.io/local-path"_L1, A::IfSet, Words::tr("sharedFileSystemPath in its configuration"),
            "rancher/local-path-provisioner: README.md"_L1},
        {"kubernetes.io/no-provisioner"_L1, A::No, Words::tr("volumes that an administrator made, which say by themselves"),
            "kubernetes/website: concepts/storage/storage-classes.md"_L1},
    };
    const auto row = std::ranges::find_if(rows, [&](const Row &one) {
        return driver == one.driver || driver.endsWith(u'.' + QString(one.driver));
    });
    return row == rows.end() ? SharedAccess() : SharedAccess{row->answer, row->needs, QString(row->source)};
}

QString answerWord(SharedAccess::Answer answer)
{
    switch (answer) {
    case SharedAccess::Answer::Yes: return u"yes"_s;
    case SharedAccess::Answer::IfSet: return u"ifSet"_s;
    case SharedAccess::Answer::No: return u"no"_s;
    case SharedAccess::Answer::Unknown: break;
    }
    return u"unknown"_s;
}

} // namespace cairn::storage
