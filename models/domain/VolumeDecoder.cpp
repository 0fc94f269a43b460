// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/JsonDecoder.h"

#include "domain/QuantityDecoder.h"

#include <array>

using namespace Qt::StringLiterals;

namespace cairn::decoding {
namespace {

/// The host names a volume is bound to (spec.nodeAffinity.required).
QStringList nodesOf(const JsonValue &affinity, StringPool &pool)
{
    QStringList nodes;
    affinity["required"]["nodeSelectorTerms"].each([&](const JsonValue &term) {
        term["matchExpressions"].each([&](const JsonValue &expression) {
            if (expression["key"].text() != "kubernetes.io/hostname" || expression["operator"].text() != "In")
                return;
            expression["values"].each([&](const JsonValue &value) {
                if (!value.text().empty())
                    nodes.append(pool(value.text()));
            });
        });
    });
    return nodes;
}

/// Drivers whose volumes are folders of one export: nfs.csi.k8s.io and smb.csi.k8s.io name it in the attributes
/// "server" and "share", or "source" (docs/driver-parameters.md of each).
QString csiBacking(const JsonValue &csi)
{
    const JsonValue attributes = csi["volumeAttributes"];
    const std::string_view driver = csi["driver"].text();
    if (driver == "nfs.csi.k8s.io" && !attributes["server"].text().empty())
        return attributes["server"].string() + u':' + attributes["share"].string();
    if (driver == "smb.csi.k8s.io" && !attributes["source"].text().empty())
        return attributes["source"].string();
    QString handle = csi["volumeHandle"].string();
    // aws-efs-csi-driver: "fs-id[:path[:access point]]"; all of one file system are one meter and one bill.
    return driver == "efs.csi.aws.com" ? handle.section(u':', 0, 0) : handle;
}

/// The one member of a PersistentVolumeSource, which the spec holds inline beside its other fields.
void readSource(const JsonValue &spec, StringPool &pool, PersistentVolume &volume)
{
    constexpr std::array<std::string_view, 14> inTree{
        "nfs", "hostPath", "local", "cephfs", "rbd", "iscsi", "fc", "glusterfs", "awsElasticBlockStore", "gcePersistentDisk",
        "azureDisk", "azureFile", "cinder", "vsphereVolume"};
    if (const JsonValue csi = spec["csi"]; csi.isObject()) {
        volume.driver = pool(csi["driver"].text());
        volume.backing = csiBacking(csi);
        return;
    }
    for (const std::string_view kind : inTree) {
        const JsonValue source = spec[kind];
        if (!source.isObject())
            continue;
        volume.driver = pool(kind);
        const QString path = source["path"].string();
        if (kind == "nfs")
            volume.backing = source["server"].string() + u':' + path;
        else if (kind == "local")
            volume.backing = volume.nodes.value(0) + u':' + path; // several are told apart by their path alone
        else if (kind == "hostPath")
            volume.backing = path;
        return;
    }
}

} // namespace

qint64 readSize(const JsonValue &value)
{
    // Quantities go up to exabytes; a qint64 holds eight of them.
    const std::optional<double> bytes = decodeQuantity(value.quantityText());
    return bytes && *bytes >= 0 && *bytes < 9.2e18 ? qint64(*bytes) : qint64(-1);
}

void readVolume(const JsonValue &object, StringPool &pool, PersistentVolume &volume)
{
    const JsonValue meta = object["metadata"];
    volume.name = meta["name"].string();
    volume.uid = meta["uid"].string();
    volume.resourceVersion = meta["resourceVersion"].string();
    volume.created = meta["creationTimestamp"].time();
    volume.deleting = meta["deletionTimestamp"].time();
    const JsonValue spec = object["spec"];
    volume.storageClass = pool(spec["storageClassName"].text());
    volume.reclaimPolicy = pool(spec["persistentVolumeReclaimPolicy"].text());
    volume.capacity = readSize(spec["capacity"]["storage"]);
    const JsonValue claim = spec["claimRef"];
    volume.claimNs = pool(claim["namespace"].text());
    volume.claimName = claim["name"].string();
    volume.claimUid = claim["uid"].string();
    volume.nodes = nodesOf(spec["nodeAffinity"], pool);
    readSource(spec, pool, volume);
    volume.phase = pool(object["status"]["phase"].text());
    volume.message = object["status"]["message"].string();
}

void readStorageClass(const JsonValue &object, StringPool &pool, StorageClass &value)
{
    const JsonValue meta = object["metadata"];
    value.name = meta["name"].string();
    value.uid = meta["uid"].string();
    value.resourceVersion = meta["resourceVersion"].string();
    value.provisioner = pool(object["provisioner"].text());
    value.expandable = object["allowVolumeExpansion"].boolean();
}

} // namespace cairn::decoding
