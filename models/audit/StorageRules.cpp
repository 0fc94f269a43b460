// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

using components::Scaling;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString storage = u"storage.k8s.io"_s;
const QString claimKind = u"PersistentVolumeClaim"_s;

bool isStore(const Subject &subject)
{
    return subject.role == Role::Database || subject.role == Role::ObjectStore || subject.scaling == Scaling::Data;
}

const QJsonObject *claimOf(const Scene &scene, const Subject &subject, const QString &name)
{
    return scene.find({{}, claimKind, subject.name.ns, name});
}

/// Why a volume lives on one node only; empty where it does not, or nothing shows it.
QString singleNode(const Scene &scene, const QJsonObject &claim, QList<Evidence> *evidence)
{
    const QString volumeName = at(claim, u"spec.volumeName").toString();
    if (const QJsonObject *volume = volumeName.isEmpty() ? nullptr : scene.find({{}, u"PersistentVolume"_s, {}, volumeName})) {
        for (const QString &source : {u"local"_s, u"hostPath"_s}) {
            if (at(*volume, u"spec").toObject().contains(source)) {
                evidence->append(audit::evidence(nameOf(*volume), u"spec."_s + source, shownValue(at(*volume, u"spec."_s + source + u".path"_s))));
                return source;
            }
        }
        for (const QJsonValue term : at(*volume, u"spec.nodeAffinity.required.nodeSelectorTerms").toArray()) {
            for (const QJsonValue expression : term[u"matchExpressions"_s].toArray()) {
                const QJsonArray values = expression[u"values"_s].toArray();
                if (expression[u"key"_s].toString() == "kubernetes.io/hostname"_L1 && expression[u"operator"_s].toString() == "In"_L1 && values.size() == 1) {
                    evidence->append(audit::evidence(nameOf(*volume), u"spec.nodeAffinity"_s, values[0].toString()));
                    return u"nodeAffinity"_s;
                }
            }
        }
    }
    QString className = at(claim, u"spec.storageClassName").toString();
    if (className.isEmpty() && at(claim, u"spec.storageClassName").isUndefined()) {
        for (const QJsonObject *one : scene.all(storage, u"StorageClass"_s)) {
            if (at(*one, u"metadata.annotations").toObject()[u"storageclass.kubernetes.io/is-default-class"_s].toString() == "true"_L1)
                className = nameOf(*one).name;
        }
    }
    const QJsonObject *storageClass = className.isEmpty() ? nullptr : scene.find({storage, u"StorageClass"_s, {}, className});
    if (!storageClass)
        return {};
    static const QStringList local{u"rancher.io/local-path"_s, u"k8s.io/minikube-hostpath"_s, u"docker.io/hostpath"_s, u"microk8s.io/hostpath"_s, u"openebs.io/local"_s};
    const QString provisioner = (*storageClass)[u"provisioner"_s].toString();
    if (!local.contains(provisioner) && !provisioner.endsWith("no-provisioner"_L1))
        return {};
    evidence->append(field(*storageClass, u"provisioner"_s));
    return provisioner;
}

void ha29(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (subject.kept() < 2 || !subject.isDeployment())
            continue;
        QString culprit;
        for (const QString &name : subject.claims) {
            const QJsonObject *claim = claimOf(judging.scene, subject, name);
            const QJsonArray modes = claim ? at(*claim, u"spec.accessModes").toArray() : QJsonArray();
            const bool once = !modes.isEmpty() && std::ranges::all_of(modes, [](const QJsonValue &mode) {
                return mode.toString() == "ReadWriteOnce"_L1 || mode.toString() == "ReadWriteOncePod"_L1;
            });
            // Of a store from the catalogue it is known without its PVC.
            if (once || (!claim && isStore(subject)))
                culprit = name;
        }
        if (culprit.isEmpty() && !(isStore(subject) && subject.entry))
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("%n replica(s) of %1 share one store", nullptr, subject.kept()).arg(subject.shown());
        finding.consequence = Words::tr("On one node they write over each other's data; on two the second one never starts.");
        if (subject.claims.isEmpty()) {
            finding.title = Words::tr("%n replica(s) of %1 keep data of their own", nullptr, subject.kept()).arg(subject.shown());
            finding.consequence = Words::tr("They mount no PVC and know nothing of each other: what is written to one is missing in the others, and ends with its pod.");
            finding.evidence.append(evidence(subject.name, u"spec.template.spec.volumes"_s, Words::tr("no PVC")));
        }
        finding.fix = Words::tr("Set replicas back to 1, and look at the data.");
        finding.evidence.prepend(field(*subject.object, u"spec.replicas"_s));
        if (!culprit.isEmpty()) {
            const QJsonObject *claim = claimOf(judging.scene, subject, culprit);
            finding.evidence.append(claim ? field(*claim, u"spec.accessModes"_s) : evidence({{}, claimKind, subject.name.ns, culprit}));
        }
        judging.say(finding);
    }
}

void ha30(Judging &judging)
{
    bool undecided = false;
    for (const Subject &subject : judging.subjects()) {
        if (subject.desired == 0)
            continue;
        QList<Evidence> evidence;
        const QString claim = onOneDisk(judging.facts, subject, &evidence, &undecided);
        if (claim.isEmpty())
            continue;
        Finding finding = judging.about(subject);
        finding.title = Words::tr("The data of %1 is on one node").arg(subject.shown());
        finding.consequence = Words::tr("PVC %1 is on a local disk, so that what it holds fails with its node, for good if the disk does.").arg(text::safe(claim));
        finding.fix = Words::tr("Move it to a replicated storage class, or out of the cluster.");
        finding.evidence = evidence;
        judging.say(finding);
    }
    if (undecided && !judging.scene.isLive())
        judging.cannot(Words::tr("Of PVCs without a storage class in the manifests only the cluster knows which one they get."));
    else if (undecided)
        judging.cannot(Words::tr("Some PVCs that pods mount are not there, or could not be read."));
}

void ha33(Judging &judging)
{
    QStringList untold;
    for (const Subject &subject : judging.subjects()) {
        if (subject.desired == 0 || !isStore(subject))
            continue;
        const Backup backup = backupOf(judging.facts, subject);
        if (backup.fresh)
            continue;
        if (!backup.known) {
            untold.append(subject.name.name);
            continue;
        }
        Finding finding = judging.about(subject);
        finding.title = backup.found.isEmpty() ? Words::tr("%1 is not backed up").arg(subject.shown()) : Words::tr("The last backup of %1 is older than a day").arg(subject.shown());
        const bool onVolume = !subject.claims.isEmpty();
        finding.consequence = onVolume ? Words::tr("What is lost with its volume, or deleted by mistake, is lost for good.")
                                       : Words::tr("It mounts no PVC: what ends with its pod, or is deleted by mistake, is lost for good.");
        finding.fix = onVolume ? Words::tr("Save it once a day with a CronJob, VolumeSnapshots or Velero, and try a restore.")
                               : Words::tr("Put its data on a PVC, dump it once a day with a CronJob, and try a restore.");
        finding.evidence = backup.found;
        if (finding.evidence.isEmpty())
            finding.evidence.append(evidence(subject.name, {}, Words::tr("no CronJob, VolumeSnapshot or Velero Schedule names it")));
        for (const QString &claim : subject.claims)
            finding.evidence.append(evidence({{}, claimKind, subject.name.ns, claim}));
        judging.say(finding);
    }
    if (!untold.isEmpty())
        judging.cannot(Words::tr("Whether %1 is backed up cannot be told: backup objects could not be listed.").arg(joined(untold)));
}

} // namespace

QString onOneDisk(const Facts &facts, const Subject &subject, QList<Evidence> *evidence, bool *undecided)
{
    const Scene &scene = facts.scene();
    for (const QString &name : subject.claims) {
        const QJsonObject *claim = claimOf(scene, subject, name);
        QList<Evidence> shows;
        if (claim && !singleNode(scene, *claim, &shows).isEmpty()) {
            *evidence += field(*claim, u"spec.storageClassName"_s);
            *evidence += shows;
            return name;
        }
        if (undecided && (!claim || (!scene.isLive() && at(*claim, u"spec.volumeName").toString().isEmpty())))
            *undecided = true;
    }
    return {};
}

Backup backupOf(const Facts &facts, const Subject &subject)
{
    const Scene &scene = facts.scene();
    const QString snapshots = u"snapshot.storage.k8s.io"_s, velero = u"velero.io"_s;
    const QDateTime day = scene.now().addDays(-1);
    Backup backup;
    backup.known = scene.saw(snapshots, u"VolumeSnapshot"_s, subject.name.ns) && scene.saw(velero, u"Schedule"_s) && scene.saw(u"batch"_s, u"CronJob"_s, subject.name.ns);
    const auto add = [&](const QJsonObject &object, const QString &path, bool counts) {
        const QDateTime when = timeOf(at(object, path));
        if (counts && when.isValid())
            backup.fresh = backup.fresh || when > day;
        backup.found.append(field(object, path));
    };
    for (const QJsonObject *snapshot : scene.all(snapshots, u"VolumeSnapshot"_s, subject.name.ns)) {
        if (subject.claims.contains(at(*snapshot, u"spec.source.persistentVolumeClaimName").toString())) {
            const bool taken = !at(*snapshot, u"status.creationTime").isUndefined();
            add(*snapshot, taken ? u"status.creationTime"_s : u"metadata.creationTimestamp"_s, at(*snapshot, u"status.readyToUse").toBool(true));
        }
    }
    for (const QJsonObject *schedule : scene.all(velero, u"Schedule"_s)) {
        const QJsonArray included = at(*schedule, u"spec.template.includedNamespaces").toArray();
        const QJsonArray excluded = at(*schedule, u"spec.template.excludedNamespaces").toArray();
        const bool takes = (included.isEmpty() || included.contains(subject.name.ns) || included.contains(u"*"_s)) && !excluded.contains(subject.name.ns);
        if (takes && !at(*schedule, u"spec.paused").toBool())
            add(*schedule, u"status.lastBackup"_s, true);
    }
    // What a dump needs: the volume, or the name of the Service as its host.
    QStringList hosts;
    for (const QJsonObject *service : subject.services)
        hosts.append(nameOf(*service).name);
    for (const QJsonObject *cron : scene.all(u"batch"_s, u"CronJob"_s, subject.name.ns)) {
        if (at(*cron, u"spec.suspend").toBool())
            continue;
        const QJsonObject pod = at(*cron, u"spec.jobTemplate.spec.template.spec").toObject();
        bool touches = false;
        for (const QJsonValue volume : pod[u"volumes"_s].toArray())
            touches = touches || subject.claims.contains(volume[u"persistentVolumeClaim"_s][u"claimName"_s].toString());
        for (const QJsonObject &container : containersOf({{u"spec"_s, pod}})) {
            for (const QString &host : hosts) {
                const auto isHost = [&](const QString &text) {
                    // As a word: "mysql" is neither "katib-mysql" nor "mysqldump".
                    for (qsizetype from = text.indexOf(host); from >= 0; from = text.indexOf(host, from + 1)) {
                        const QChar before = from > 0 ? text[from - 1] : u' ';
                        const qsizetype end = from + host.size();
                        const QChar after = end < text.size() ? text[end] : u' ';
                        if (!before.isLetterOrNumber() && before != u'-' && before != u'/' && !after.isLetterOrNumber() && after != u'-')
                            return true;
                    }
                    return false;
                };
                for (const QString &list : {u"command"_s, u"args"_s}) {
                    for (const QJsonValue word : container[list].toArray())
                        touches = touches || isHost(word.toString());
                }
                for (const QJsonValue variable : container[u"env"_s].toArray())
                    touches = touches || isHost(variable[u"value"_s].toString());
            }
        }
        if (touches)
            add(*cron, u"status.lastSuccessfulTime"_s, true);
    }
    return backup;
}

QList<Rule> storageRules()
{
    return {
        {.id = u"HA29"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Store with several replicas on one volume"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A volume that only one may write is damaged by two."), .judge = ha29},
        {.id = u"HA30"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Data on the disk of one node"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "A local volume fails with its node, and its pod can start nowhere else."),
         .needs = {{.group = {}, .kind = claimKind}, {.group = storage, .kind = u"StorageClass"_s, .everywhere = true}}, .judge = ha30},
        {.id = u"HA33"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "No backup of a store within a day"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Replicas do not help against a deletion or a damaged file system."), .needsCluster = true, .judge = ha33},
    };
}

} // namespace cairn::audit
