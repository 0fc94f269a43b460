// SPDX-License-Identifier: GPL-3.0-or-later
// What the PVCs of a namespace say of themselves.
#include "launch/Refusals.h"
#include "launch/Review.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::launch {

QString localDisk(const QJsonObject &claim, const QJsonObject &volume)
{
    const QJsonObject spec = volume.value("spec"_L1).toObject();
    for (const QString &source : {u"hostPath"_s, u"local"_s}) {
        if (spec.contains(source))
            return source;
    }
    for (const QJsonValue term : spec.value("nodeAffinity"_L1)["required"_L1]["nodeSelectorTerms"_L1].toArray()) {
        for (const QJsonValue expression : term["matchExpressions"_L1].toArray()) {
            if (expression["key"_L1].toString() == "kubernetes.io/hostname"_L1 && expression["operator"_L1].toString() == "In"_L1
                && expression["values"_L1].toArray().size() == 1)
                return u"nodeAffinity"_s;
        }
    }
    // Who may not read volumes sees who made this one.
    static const QStringList disks{u"rancher.io/local-path"_s, u"k8s.io/minikube-hostpath"_s, u"docker.io/hostpath"_s,
        u"microk8s.io/hostpath"_s, u"openebs.io/local"_s, u"hostpath.csi.k8s.io"_s, u"local.csi.openebs.io"_s, u"topolvm.io"_s};
    const QJsonValue annotations = claim.value("metadata"_L1)["annotations"_L1];
    for (const QLatin1StringView key : {"volume.kubernetes.io/storage-provisioner"_L1, "volume.beta.kubernetes.io/storage-provisioner"_L1}) {
        if (const QString provisioner = annotations[key].toString(); disks.contains(provisioner))
            return provisioner;
    }
    const QString driver = spec.value("csi"_L1)["driver"_L1].toString();
    return disks.contains(driver) ? driver : QString();
}

void addClaim(Around &around, const QJsonObject &claim, const QJsonObject &volume)
{
    const QString name = claim.value("metadata"_L1)["name"_L1].toString();
    QStringList modes;
    for (const QJsonValue mode : claim.value("spec"_L1)["accessModes"_L1].toArray())
        modes.append(mode.toString());
    around.claims.insert(name, modes);
    if (const std::optional<ckpt::SharedProof> proof = ckpt::proofOf(claim))
        around.proofs.insert(name, *proof);
    if (const std::optional<Refusal> broken = brokenClaim(name, claim))
        around.broken.insert(name, broken->sentence);
    if (const QString disk = localDisk(claim, volume); !disk.isEmpty())
        around.local.insert(name, disk);
}

} // namespace cairn::launch
