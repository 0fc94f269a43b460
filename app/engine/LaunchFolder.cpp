// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/LaunchFolder.h"

#include "base/Names.h"
#include "base/Text.h"
#include "domain/NameRules.h"
#include "launch/Runtime.h"
#include "manifest/Document.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct FolderWords {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::LaunchFolder)
};

const QString &base()
{
    static const QString name = u"base"_s;
    return name;
}

/// A driver made its volume, and makes another one for a claim like it.
bool isProvisioned(const QJsonObject &claim)
{
    const QJsonValue annotations = claim.value("metadata"_L1)["annotations"_L1];
    return !annotations["volume.kubernetes.io/storage-provisioner"_L1].isUndefined()
        || !annotations["volume.beta.kubernetes.io/storage-provisioner"_L1].isUndefined();
}

/// As it would be made again.
QJsonObject withoutBinding(const QJsonObject &claim)
{
    QJsonObject made = manifest::forClone(claim);
    QJsonObject metadata = made.value("metadata"_L1).toObject();
    QJsonObject annotations = metadata.value("annotations"_L1).toObject();
    for (const QString &key : annotations.keys()) {
        if (key.startsWith("pv.kubernetes.io/"_L1) || key.startsWith("volume.kubernetes.io/"_L1)
            || key.startsWith("volume.beta.kubernetes.io/"_L1) || key.startsWith(names::prefix))
            annotations.remove(key);
    }
    metadata.remove(u"annotations"_s);
    if (!annotations.isEmpty())
        metadata.insert(u"annotations"_s, annotations);
    metadata.remove(u"finalizers"_s);
    made.insert(u"metadata"_s, metadata);
    made.remove(u"status"_s);
    QJsonObject spec = made.value("spec"_L1).toObject();
    if (isProvisioned(claim))
        spec.remove(u"volumeName"_s);
    made.insert(u"spec"_s, spec);
    made.insert(u"apiVersion"_s, u"v1"_s);
    made.insert(u"kind"_s, u"PersistentVolumeClaim"_s);
    return made;
}

} // namespace

Result<LaunchFolder> launchFolder(ObjectApi &api, const LaunchPreview &preview, const QString &path, std::stop_token stop)
{
    const ObjectRef &target = preview.create.target;
    // They become names of files.
    if (!rules::isDnsName(target.name) || !rules::isDnsLabel(target.ns))
        return fail(Error::Kind::Invalid, FolderWords::tr("The job cannot be saved as a folder"), FolderWords::tr("It needs a name and a namespace."),
            FolderWords::tr("Correct them first."));
    LaunchFolder made;
    made.tree.entry = base();
    QJsonArray resources;
    const auto add = [&](const QString &name, const QByteArray &text) {
        const QString file = base() + u'/' + name;
        made.tree.files.insert(file, overlay::withHeader(file, text.endsWith('\n') ? text : text + '\n'));
        resources.append(name);
    };
    QStringList claims;
    const launch::Spec spec = launch::specOf(launch::Objects{preview.create.body, preview.needs.isEmpty() ? QJsonObject() : preview.needs.first().body});
    for (const launch::Mount &mount : spec.mounts) {
        if (mount.claim.isEmpty() || claims.contains(mount.claim) || !rules::isDnsName(mount.claim))
            continue;
        claims.append(mount.claim);
        const Result<QJsonObject> claim = api.get({kinds::claims(), target.ns, mount.claim, {}}, stop);
        if (!claim && claim.error().kind == Error::Kind::Cancelled)
            return fail(claim.error());
        if (!claim) {
            made.notes.append({u"claim"_s, FolderWords::tr("PVC %1 is not in the folder: %2").arg(text::safe(mount.claim), text::safe(claim.error().oneLine())), {}});
            continue;
        }
        if (!isProvisioned(*claim) && !claim->value("spec"_L1)["volumeName"_L1].toString().isEmpty())
            made.notes.append({u"volume"_s, FolderWords::tr("PVC %1 is bound to a PersistentVolume by name, which is not in the folder.").arg(text::safe(mount.claim)),
                FolderWords::tr("Add it where the folder is applied to another cluster.")});
        add(u"pvc-%1.yaml"_s.arg(mount.claim), manifest::toYaml(withoutBinding(*claim)).toUtf8());
    }
    // The text as it was written, comments and all; the server takes the runtime first, and kustomize sorts by itself.
    const manifest::Document document = manifest::Document::read(preview.text);
    const auto part = [&](int index) {
        const manifest::Extent extent = document.extent(index);
        QByteArray one = document.text().mid(extent.begin, extent.end - extent.begin);
        return one.startsWith("---\n") ? one.mid(4) : one;
    };
    if (document.count() > 1)
        add(u"trainingruntime-%1.yaml"_s.arg(target.name), part(1));
    add(u"%1-%2.yaml"_s.arg(target.kind.kind.toLower(), target.name), part(0));
    const QJsonObject kustomization{{u"apiVersion"_s, u"kustomize.config.k8s.io/v1beta1"_s}, {u"kind"_s, u"Kustomization"_s},
        {u"namespace"_s, target.ns}, {u"resources"_s, resources}};
    const QString file = base() + u"/kustomization.yaml"_s;
    made.tree.files.insert(file, overlay::withHeader(file, manifest::toYaml(kustomization).toUtf8()));

    const Result<overlay::Folder> there = overlay::readFolder(path, stop);
    if (!there)
        return fail(there.error());
    for (const Gap &gap : there->gaps)
        made.notes.append({u"not-read"_s, text::safe(gap.what) + u": "_s + text::safe(gap.error.oneLine()), {}});
    // What Cairn wrote there for something else would be taken for what is no longer needed.
    for (auto it = there->generated.begin(); it != there->generated.end(); ++it) {
        const bool claim = it.key().startsWith(base() + u"/pvc-"_s) || it.key() == base() + u"/trainingruntime-%1.yaml"_s.arg(target.name);
        if (!made.tree.files.contains(it.key()) && !claim)
            return fail(Error::Kind::Conflict, FolderWords::tr("%1 holds something else that Cairn made: %2").arg(text::safe(path), text::safe(it.key())), {},
                FolderWords::tr("Choose another folder."));
    }
    made.steps = overlay::stepsTo(made.tree, *there);
    for (const overlay::FileStep &step : std::as_const(made.steps)) {
        if (step.act == overlay::FileStep::Act::Keep)
            made.notes.append({u"kept"_s, FolderWords::tr("%1 is not Cairn's and stays as it is; Cairn's is %1.cairn.").arg(text::safe(step.path)), {}});
    }
    return made;
}

Result<> saveLaunchFolder(const QString &path, const LaunchFolder &folder, std::stop_token stop)
{
    return overlay::writeFolder(path, folder.tree, folder.steps, std::move(stop));
}

} // namespace cairn::app
