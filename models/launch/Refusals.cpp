// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Refusals.h"

#include "base/Text.h"
#include "domain/QuantityDecoder.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using Verdict = WhyNot::Verdict;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

constexpr qsizetype kMostShown = 400;
constexpr qsizetype kMostRead = 4096; // of a message; an event holds 1,024, a condition 32,768

/// What the first group of `pattern` takes; empty where it does not match.
QString taken(const QString &message, const char *pattern)
{
    const QRegularExpressionMatch match =
        QRegularExpression(QString::fromLatin1(pattern)).match(QStringView(message).left(kMostRead).toString());
    return match.hasMatch() ? shown(match.captured(1)) : QString();
}

bool has(const QString &message, QLatin1StringView part)
{
    return QStringView(message).left(kMostRead).contains(part, Qt::CaseInsensitive);
}

bool hasAny(const QString &message, std::initializer_list<QLatin1StringView> parts)
{
    return std::ranges::any_of(parts, [&](QLatin1StringView part) { return has(message, part); });
}

/// "requests.nvidia.com/gpu=8,pods=1" → amounts.
QMap<QString, double> pairs(const QString &text)
{
    QMap<QString, double> amounts;
    for (const QString &pair : text.split(u',', Qt::SkipEmptyParts)) {
        const qsizetype equals = pair.indexOf(u'=');
        if (const auto amount = decodeQuantity(pair.mid(equals + 1).trimmed().toStdString()); equals > 0 && amount)
            amounts.insert(pair.left(equals).trimmed(), *amount);
    }
    return amounts;
}

Refusal exceeded(const QString &message)
{
    static const QRegularExpression form(u"exceeded quota: ([^,]*), requested: (.*), used: (.*), limited: ([^\\s]*)"_s);
    const QRegularExpressionMatch match = form.match(message.left(kMostRead));
    const QString quota = shown(match.captured(1));
    const QMap<QString, double> requested = pairs(match.captured(2));
    const QMap<QString, double> limited = pairs(match.captured(4));
    for (auto it = requested.begin(); it != requested.end(); ++it) {
        if (limited.contains(it.key()) && it.value() > limited.value(it.key()))
            return {Verdict::Never, u"quota"_s,
                Words::tr("One pod alone asks for more %1 than ResourceQuota %2 allows in all.")
                    .arg(shown(it.key()), quota),
                {Words::tr("Ask for less in each pod."), Words::tr("Have the quota raised.")}};
    }
    return {Verdict::Waiting, u"quota"_s, Words::tr("ResourceQuota %1 is used up.").arg(quota),
        {Words::tr("Wait until other jobs of the namespace end."),
            Words::tr("Ask for less, or have the quota raised.")}};
}

} // namespace

QString shown(const QString &raw)
{
    const bool cut = raw.size() > kMostShown;
    return text::safe(cut ? raw.left(kMostShown) + u'…' : raw);
}

Refusal missingClaim(const QString &claim)
{
    return {Verdict::Never, u"claim-missing"_s, Words::tr("PVC %1 does not exist.").arg(shown(claim)),
        {Words::tr("Create that PVC."), Words::tr("Use a PVC that is there.")}};
}

std::optional<Refusal> brokenClaim(const QString &name, const QJsonObject &claim)
{
    if (claim.isEmpty())
        return missingClaim(name);
    if (!claim.value("metadata"_L1)["deletionTimestamp"_L1].toString().isEmpty())
        return Refusal{Verdict::Never, u"claim-deleted"_s, Words::tr("PVC %1 is being deleted.").arg(shown(name)),
            {Words::tr("Use another PVC, or create it anew once it is gone.")}};
    if (claim.value("status"_L1)["phase"_L1].toString() == "Lost"_L1)
        return Refusal{Verdict::Never, u"claim-lost"_s, Words::tr("PVC %1 has lost its volume.").arg(shown(name)),
            {Words::tr("Give it back its PersistentVolume, or use another PVC.")}};
    return std::nullopt;
}

Refusal schedulerRefusal(const QString &whole, std::optional<bool> grows)
{
    // What follows is about preemption alone.
    const QString message = whole.left(kMostRead).section(u" preemption: "_s, 0, 0);
    if (const QString claim = taken(message, "persistentvolumeclaim \"([^\"]*)\" not found"); !claim.isEmpty())
        return missingClaim(claim);
    if (const QString claim = taken(message, "persistentvolumeclaim \"([^\"]*)\" bound to non-existent");
        !claim.isEmpty())
        return {Verdict::Never, u"claim-lost"_s,
            Words::tr("PVC %1 is bound to a volume that does not exist.").arg(claim),
            {Words::tr("Use another PVC, or make its PersistentVolume again.")}};
    if (const QString claim = taken(message, "persistentvolumeclaim \"([^\"]*)\" is being deleted"); !claim.isEmpty())
        return {Verdict::Never, u"claim-deleted"_s, Words::tr("PVC %1 is being deleted.").arg(claim),
            {Words::tr("Use another PVC, or create it anew once it is gone.")}};
    if (has(message, "unbound immediate PersistentVolumeClaims"_L1))
        return {Verdict::Waiting, u"claim-unbound"_s, Words::tr("One of its PVCs has no volume yet."),
            {Words::tr("See the events of its PVCs.")}};

    static const QRegularExpression reason(u"(\\d+) (?!nodes are available)([^,{]*(?:\\{[^}]*\\})?[^,{]*)"_s);
    static const QRegularExpression head(u"^0/(\\d+) nodes are available"_s);
    const qint64 nodes = head.match(message).captured(1).toLongLong();
    struct Group {
        QLatin1StringView part;
        qint64 count = 0;
        QString text = {};
    };
    Group selector{"didn't match Pod's node affinity/selector"_L1};
    Group taint{"taint"_L1};
    Group room{"Insufficient "_L1};
    Group cordon{"were unschedulable"_L1};
    Group place{"volume node affinity conflict"_L1};
    Group spread{"anti-affinity rules"_L1};
    Group volumes{"didn't find available persistent volumes to bind"_L1};
    Group full{"Too many pods"_L1};
    Group used{"ReadWriteOncePod"_L1};
    const QList<Group *> groups{&selector, &taint, &room, &cordon, &place, &spread, &volumes, &full, &used};
    qint64 passing = 0; // taints that come and go
    for (auto it = reason.globalMatch(message.section(u"available:"_s, 1)); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        const auto of =
            std::ranges::find_if(groups, [&](const Group *g) { return match.captured(2).contains(g->part); });
        if (of == groups.end())
            continue;
        (*of)->count += match.captured(1).toLongLong();
        if (*of == &taint && match.captured(2).contains("{node.kubernetes.io/"_L1))
            passing += match.captured(1).toLongLong();
        else if ((*of)->text.isEmpty())
            (*of)->text = match.captured(2);
    }
    const bool grown = grows == std::optional(true);
    if (place.count > 0 && place.count + selector.count + taint.count >= nodes)
        return {Verdict::Never, u"claim-elsewhere"_s,
            Words::tr("A volume of it can be used on nodes only where its pods may not, or do not, run."),
            {Words::tr("Use a PVC that every node reaches (ReadWriteMany)."),
                Words::tr("Choose nodes of the zone in which the volume is.")}};
    if (used.count > 0)
        return {Verdict::Waiting, u"claim-in-use"_s,
            Words::tr("A PVC of it lets only one pod in, and another one has it."),
            {Words::tr("Wait until that pod ends, or use a ReadWriteMany PVC.")}};
    if (volumes.count > 0)
        return {Verdict::Waiting, u"volume-missing"_s, Words::tr("No PersistentVolume fits its PVC."),
            {Words::tr("Make one that fits, or use a class that provisions them.")}};
    if (room.count > 0) {
        // "Insufficient nvidia.com/gpu. no new claims to deallocate"
        QString resource = shown(room.text.section(u"Insufficient "_s, 1).section(u". "_s, 0, 0).trimmed());
        while (resource.endsWith(u'.'))
            resource.chop(1);
        return {Verdict::Unknown, u"room"_s,
            Words::tr("No node has enough free %1; whether one ever will is not known.").arg(resource),
            {Words::tr("Wait, or ask for less in each pod.")}, true};
    }
    if (full.count > 0)
        return {Verdict::Waiting, u"room"_s, Words::tr("The nodes hold as many pods as they may."),
            {Words::tr("Wait until pods end, or add nodes.")}, true};
    if (cordon.count + passing > 0)
        return {Verdict::Waiting, u"node-not-ready"_s,
            Words::tr("The nodes that it could use are cordoned, or not ready."),
            {Words::tr("Uncordon them, or see to them on the Nodes page.")}, true};
    if (taint.count > 0 && taint.count + selector.count >= nodes)
        return {grown ? Verdict::Waiting : Verdict::Never, u"taint"_s,
            Words::tr("Every node that it may use has a taint that it does not tolerate: %1.")
                .arg(shown(taint.text.contains(u'{') ? taint.text.section(u'{', 1).section(u'}', 0, 0) : taint.text)),
            {Words::tr("Add a toleration."), Words::tr("Choose other nodes.")}, true};
    if (selector.count > 0 && selector.count >= nodes)
        return {grown ? Verdict::Waiting : Verdict::Never, u"selector"_s,
            Words::tr("No node has the labels that its node selector or affinity demands."),
            {Words::tr("Choose a label that nodes have, or label a node.")}, true};
    if (spread.count > 0)
        return {Verdict::Waiting, u"anti-affinity"_s,
            Words::tr("Its anti-affinity keeps it off the nodes that have room."),
            {Words::tr("Add nodes, or loosen the rule.")}};
    if (has(message, "no nodes available"_L1) || (head.match(message).hasMatch() && nodes == 0))
        return {grown ? Verdict::Waiting : Verdict::Never, u"no-nodes"_s, Words::tr("The cluster has no nodes."),
            {Words::tr("Add nodes.")}, true};
    return {
        Verdict::Unknown, u"scheduler"_s, Words::tr("The scheduler finds no node for it: %1").arg(shown(message)), {}};
}

Refusal kueueRefusal(const QString &message, const QString &reason)
{
    const auto never = [](const QString &cause, const QString &sentence, const QStringList &ways) {
        return Refusal{Verdict::Never, cause, sentence, ways};
    };
    if (const QString queue = taken(message, "LocalQueue (\\S*) doesn't exist"); !queue.isEmpty())
        return never(u"queue-missing"_s, Words::tr("LocalQueue %1 does not exist.").arg(queue),
            {Words::tr("Choose a LocalQueue of the namespace."), Words::tr("Have it made.")});
    if (const QString queue = taken(message, "ClusterQueue (\\S*) doesn't exist"); !queue.isEmpty())
        return never(u"queue-missing"_s, Words::tr("ClusterQueue %1 does not exist.").arg(queue),
            {Words::tr("Choose another LocalQueue."), Words::tr("Have it made.")});
    if (const QString queue = taken(message, "((?:Local|Cluster)Queue \\S*) is (?:inactive|stopped)"); !queue.isEmpty())
        return never(u"queue-stopped"_s, Words::tr("%1 is stopped, or not complete.").arg(queue),
            {Words::tr("Have its stopPolicy taken away, or what its condition Active says put right."),
                Words::tr("Choose another queue.")});
    if (const QString resource = taken(message, "resource (\\S+) unavailable in ClusterQueue"); !resource.isEmpty())
        return never(u"queue-resource"_s, Words::tr("Its ClusterQueue has no quota for %1.").arg(resource),
            {Words::tr("Choose another queue."), Words::tr("Have %1 added to the ClusterQueue.").arg(resource)});
    if (has(message, "doesn't match ClusterQueue selector"_L1))
        return never(u"queue-namespace"_s, Words::tr("Its ClusterQueue takes nothing from this namespace."),
            {Words::tr("Choose another queue."), Words::tr("Have the namespace selected.")});
    // Of several flavors one is enough.
    if (const QString more = taken(message, "insufficient unused quota for ([^,]*, \\S+ more needed)"); !more.isEmpty())
        return {Verdict::Waiting, u"queue-full"_s, Words::tr("the quota is used: %1.").arg(more),
            {Words::tr("Wait for those before it."), Words::tr("Ask for less."),
                Words::tr("Choose a higher priority.")}};
    if (const QString room =
            taken(message, "(topology \\S+ (?:allows to fit only \\d+ out of \\d+ pod|doesn't allow to fit)[^,;]*)");
        !room.isEmpty())
        return {Verdict::Waiting, u"queue-full"_s, Words::tr("nodes have too little room: %1.").arg(room),
            {Words::tr("Wait for those before it."), Words::tr("Ask for fewer pods.")}};
    if (has(message, "> maximum capacity"_L1) || reason == "ExceedsMaxQuota"_L1) {
        const QString resource = taken(message, "insufficient quota for (\\S+) in flavor");
        const QString amounts = taken(message, "maximum capacity (\\([^)]*\\))");
        return never(u"queue-quota"_s,
            resource.isEmpty()
                ? Words::tr("It asks for more than its ClusterQueue can have with all it may borrow.")
                : Words::tr("It asks for more %1 than its ClusterQueue can have with all it may borrow %2.")
                      .arg(resource, amounts)
                      .simplified(),
            {Words::tr("Ask for less."), Words::tr("Choose another queue.")});
    }
    if (const QString taint = taken(message, "untolerated taint \\{?([^}]*?)\\}? in flavor"); !taint.isEmpty())
        return never(u"queue-taint"_s,
            Words::tr("No flavor of its ClusterQueue fits: it does not tolerate %1.").arg(taint),
            {Words::tr("Add a toleration."), Words::tr("Choose another queue.")});
    if (has(message, "doesn't match node affinity"_L1))
        return never(u"queue-selector"_s, Words::tr("No flavor of its ClusterQueue has the labels that it demands."),
            {Words::tr("Change its node selector."), Words::tr("Choose another queue.")});
    if (reason == "Inadmissible"_L1 || reason == "Misconfigured"_L1)
        return never(u"queue"_s, Words::tr("Kueue cannot admit it: %1").arg(shown(message)), {});
    return {Verdict::Waiting, u"queue-full"_s,
        message.isEmpty() ? Words::tr("Kueue has not looked at it yet.") : shown(message),
        {Words::tr("Wait for those before it.")}};
}

Refusal creationRefusal(const QString &message)
{
    const auto never = [](const QString &cause, const QString &sentence, const QStringList &ways) {
        return Refusal{Verdict::Never, cause, sentence, ways};
    };
    if (has(message, "exceeded quota: "_L1))
        return exceeded(message);
    if (const QString quota = taken(message, "failed quota: ([^:]*): must specify"); !quota.isEmpty())
        return never(u"quota-unsaid"_s,
            Words::tr("ResourceQuota %1 demands that its pods say %2.")
                .arg(quota, taken(message, "must specify ([^;]*)").section(u" for: "_s, 0, 0)),
            {Words::tr("Say how much CPU and memory each container needs.")});
    if (const QString level = taken(message, "violates PodSecurity \"([^\":]*)"); !level.isEmpty())
        return never(u"pod-security"_s,
            Words::tr("The namespace enforces Pod Security \"%1\", and its pods do not keep it: %2")
                .arg(level, taken(message, "violates PodSecurity \"[^\"]*\": (.*)")),
            {Words::tr("Run it as a plain user without privileges, with the seccomp profile RuntimeDefault."),
                Words::tr("Use a namespace that allows it.")});
    if (has(message, "error looking up service account"_L1)) {
        const QString account = taken(message, "serviceaccount \"([^\"]*)\" not found");
        return never(u"service-account"_s, Words::tr("Service account %1 does not exist.").arg(account),
            {Words::tr("Create it: kubectl create serviceaccount %1").arg(account),
                Words::tr("Use one that is there.")});
    }
    if (const QString webhook = taken(message, "admission webhook \"([^\"]*)\" denied the request"); !webhook.isEmpty())
        return never(u"webhook"_s,
            Words::tr("Admission webhook %1 refuses its pods: %2")
                .arg(webhook, taken(message, "denied the request:? ?(.*)")),
            {Words::tr("Change what it names.")});
    if (const QString policy = taken(message, "ValidatingAdmissionPolicy '([^']*)'"); !policy.isEmpty())
        return never(u"policy"_s,
            Words::tr("Admission policy %1 refuses its pods: %2").arg(policy, taken(message, "denied request: (.*)")),
            {Words::tr("Change what it names.")});
    if (const QString webhook = taken(message, "failed calling webhook \"([^\"]*)\""); !webhook.isEmpty())
        return {Verdict::Waiting, u"webhook-down"_s,
            Words::tr("Admission webhook %1 does not answer, so that no pod can be created.").arg(webhook),
            {Words::tr("See to the program behind the webhook.")}};
    if (const QString bound = taken(message, "((?:maximum|minimum) \\S+ usage per (?:Container|Pod) is [^.\\]]*)");
        !bound.isEmpty())
        return never(u"limit-range"_s, Words::tr("A LimitRange of the namespace refuses its pods: %1.").arg(bound),
            {Words::tr("Ask for what it allows.")});
    if (const QString name = taken(message, "no PriorityClass with name (\\S+) was found"); !name.isEmpty())
        return never(u"priority"_s, Words::tr("PriorityClass %1 does not exist.").arg(name),
            {Words::tr("Use a PriorityClass that is there.")});
    if (has(message, "because it is being terminated"_L1))
        return never(
            u"namespace"_s, Words::tr("The namespace is being deleted."), {Words::tr("Use another namespace.")});
    if (hasAny(message, {"is forbidden"_L1, "is invalid"_L1}))
        return never(u"refused"_s, Words::tr("The API server refuses its pods: %1").arg(shown(message)), {});
    return {Verdict::Unknown, u"creation"_s, Words::tr("Its pods could not be created: %1").arg(shown(message)), {}};
}

std::optional<Refusal> claimRefusal(const QString &claim, const QString &reason, const QString &message)
{
    const QString name = shown(claim);
    if (reason == "ProvisioningFailed"_L1) {
        if (const QString cls = taken(message, "storageclass\\.storage\\.k8s\\.io \"([^\"]*)\" not found");
            !cls.isEmpty())
            return Refusal{Verdict::Never, u"storage-class"_s,
                Words::tr("The StorageClass %1 of PVC %2 does not exist.").arg(cls, name),
                {Words::tr("Create the PVC anew with a class that is there.")}};
        return Refusal{Verdict::Waiting, u"provisioning"_s,
            Words::tr("No volume can be provisioned for PVC %1: %2").arg(name, shown(message)),
            {Words::tr("See to what the driver says; it goes on trying.")}};
    }
    if (reason == "FailedBinding"_L1)
        return Refusal{Verdict::Never, u"claim-unbound"_s,
            Words::tr("PVC %1 has no StorageClass, and no PersistentVolume fits it.").arg(name),
            {Words::tr("Make a PersistentVolume that fits."), Words::tr("Create the PVC anew with a StorageClass.")}};
    if (reason == "ExternalProvisioning"_L1 || reason == "Provisioning"_L1)
        return Refusal{Verdict::Waiting, u"provisioning"_s,
            Words::tr("The volume of PVC %1 is being provisioned.").arg(name),
            {Words::tr("If this lasts, see whether the storage driver runs.")}};
    return std::nullopt;
}

Refusal mountRefusal(const QString &message, const QString &job)
{
    for (const auto &[kind, cause] : {std::pair{"configmap"_L1, u"ConfigMap"_s}, std::pair{"secret"_L1, u"Secret"_s}}) {
        if (const QString name = taken(
                message, kind == "secret"_L1 ? "secret \"([^\"]*)\" not found" : "configmap \"([^\"]*)\" not found");
            !name.isEmpty())
            return {Verdict::Never, u"object-missing"_s,
                Words::tr("It mounts %1 %2, which does not exist.").arg(cause, name),
                {Words::tr("Create it."), Words::tr("Use one that is there.")}};
    }
    if (const QString key = taken(message, "references non-existent (?:config|secret) key: (\\S+)"); !key.isEmpty())
        return {Verdict::Never, u"key-missing"_s, Words::tr("It mounts a key that does not exist: %1.").arg(key),
            {Words::tr("Add the key, or mount one that is there.")}};
    if (has(message, "Multi-Attach error"_L1)) {
        const QString pods = taken(message, "already used by pod\\(s\\) (.*)");
        const QStringList names = pods.split(u", "_s, Qt::SkipEmptyParts);
        const bool own = !job.isEmpty()
            && std::ranges::any_of(names, [&](const QString &pod) { return pod.startsWith(shown(job) + u'-'); });
        if (own)
            return {Verdict::Never, u"claim-rwo"_s,
                Words::tr("Its PVC can be used on one node alone (ReadWriteOnce), and pods of it are on several."),
                {Words::tr("Use a ReadWriteMany PVC."), Words::tr("Keep all its pods on one node.")}};
        return {Verdict::Waiting, u"claim-in-use"_s,
            names.isEmpty() ? Words::tr("Its volume is still attached to another node.")
                            : Words::tr("Its PVC can be used on one node alone, where pod %1 has it.").arg(pods),
            {names.isEmpty() ? Words::tr("Wait until it is detached, 6 minutes after a node is lost.")
                             : Words::tr("Wait until that pod ends."),
                Words::tr("Use a ReadWriteMany PVC.")}};
    }
    if (hasAny(message,
            {"timed out waiting"_L1, "DeadlineExceeded"_L1, "context deadline exceeded"_L1, "connection refused"_L1,
                "i/o timeout"_L1, "aborted"_L1, "already exists"_L1}))
        return {Verdict::Waiting, u"mount-slow"_s, Words::tr("A volume is not mounted yet: %1").arg(shown(message)),
            {Words::tr("See whether the storage answers; the node goes on trying.")}};
    return {Verdict::Unknown, u"mount"_s, Words::tr("A volume cannot be mounted: %1").arg(shown(message)),
        {Words::tr("See to the storage, and to its driver on the node.")}};
}

bool isImageReason(const QString &reason)
{
    static const QStringList reasons{u"ErrImagePull"_s, u"ImagePullBackOff"_s, u"InvalidImageName"_s,
        u"ErrImageNeverPull"_s, u"RegistryUnavailable"_s, u"SignatureValidationFailed"_s, u"ImageInspectError"_s};
    return reasons.contains(reason);
}

Refusal imageRefusal(const QString &image, const QString &reason, const QString &message)
{
    const auto told = [&](Verdict verdict, const QString &cause, const QString &sentence, const QStringList &ways) {
        return Refusal{verdict, cause, sentence, ways};
    };
    if (reason == "InvalidImageName"_L1)
        return told(Verdict::Never, u"image-name"_s, Words::tr("\"%1\" is no name of an image.").arg(image),
            {Words::tr("Correct the name.")});
    if (reason == "ErrImageNeverPull"_L1)
        return told(Verdict::Never, u"image-never"_s,
            Words::tr("Image %1 is not on the node, and the job forbids pulling it (imagePullPolicy Never).")
                .arg(image),
            {Words::tr("Use imagePullPolicy IfNotPresent."), Words::tr("Load the image on the nodes.")});
    if (reason == "SignatureValidationFailed"_L1)
        return told(Verdict::Never, u"image-signature"_s,
            Words::tr("The signature of image %1 is not accepted.").arg(image),
            {Words::tr("Use an image that is signed as the cluster demands.")});
    if (hasAny(message, {"toomanyrequests"_L1, "429 Too Many"_L1, "pull QPS exceeded"_L1}))
        return told(Verdict::Waiting, u"image-rate"_s,
            Words::tr("The registry of %1 lets no more pulls in for now.").arg(image),
            {Words::tr("Wait."), Words::tr("Use a pull secret, or a mirror of your own.")});
    // A registry hides what it does not let one see: "denied" may mean that the image is not there.
    if (hasAny(message,
            {"unauthorized"_L1, "authentication required"_L1, "no basic auth credentials"_L1, "access denied"_L1,
                "403 Forbidden"_L1, "authorization failed"_L1, "insufficient_scope"_L1, "denied: "_L1}))
        return told(Verdict::Never, u"image-secret"_s,
            Words::tr("The registry refuses image %1 without a sign-in, or does not have it.").arg(image),
            {Words::tr("Give the job a pull secret for this registry."), Words::tr("Correct the name.")});
    if (hasAny(message, {"no match for platform"_L1, "no matching manifest"_L1}))
        return told(Verdict::Never, u"image-platform"_s,
            Words::tr("Image %1 is not built for the processors of the node.").arg(image),
            {Words::tr("Use an image for this platform."), Words::tr("Choose other nodes.")});
    if (hasAny(message, {"no space left on device"_L1}))
        return told(Verdict::Waiting, u"image-space"_s, Words::tr("The node has no room for image %1.").arg(image),
            {Words::tr("Make room on the node's disk, or use another node.")});
    if (has(message, "no such host"_L1))
        return told(Verdict::Never, u"image-host"_s,
            Words::tr("The registry of image %1 is not known by that name.").arg(image),
            {Words::tr("Correct the name."), Words::tr("See to name resolution on the nodes.")});
    if (hasAny(message,
            {"i/o timeout"_L1, "connection refused"_L1, "TLS handshake timeout"_L1, "dial tcp"_L1,
                "connection reset"_L1, "deadline exceeded"_L1, "network is unreachable"_L1, "503 Service"_L1,
                "502 Bad"_L1})
        || reason == "RegistryUnavailable"_L1)
        return told(Verdict::Waiting, u"image-registry"_s,
            Words::tr("The registry of image %1 cannot be reached from the node, which goes on trying.").arg(image),
            {Words::tr("See to the network between node and registry."),
                Words::tr("Use a mirror that the nodes reach.")});
    if (hasAny(message, {"not found"_L1, "manifest unknown"_L1, "does not exist"_L1, "not present"_L1}))
        return told(Verdict::Never, u"image-missing"_s, Words::tr("Image %1 does not exist.").arg(image),
            {Words::tr("Correct its name or tag."), Words::tr("Push it.")});
    return told(Verdict::Unknown, u"image"_s, Words::tr("Image %1 cannot be pulled: %2").arg(image, shown(message)),
        {Words::tr("Correct what the message names.")});
}

Refusal containerRefusal(const QString &reason, const QString &message)
{
    const auto never = [](const QString &cause, const QString &sentence, const QStringList &ways) {
        return Refusal{Verdict::Never, cause, sentence, ways};
    };
    if (const QString name = taken(message, "^((?:secret|configmap) \"[^\"]*\") not found"); !name.isEmpty())
        return never(u"object-missing"_s, Words::tr("Its environment comes from %1, which does not exist.").arg(name),
            {Words::tr("Create it."), Words::tr("Use one that is there.")});
    if (const QString key = taken(message, "couldn't find key (\\S+ in (?:Secret|ConfigMap) \\S+)"); !key.isEmpty())
        return never(u"key-missing"_s, Words::tr("Its environment wants key %1, which does not exist.").arg(key),
            {Words::tr("Add the key, or use one that is there.")});
    if (has(message, "runAsNonRoot"_L1))
        return never(u"root"_s,
            Words::tr("The image runs as root, or does not say who it runs as, and the job forbids root."),
            {Words::tr("Give the job a user (runAsUser)."), Words::tr("Use an image with a numeric user.")});
    if (hasAny(message, {"executable file not found"_L1, "no such file or directory"_L1}))
        return never(u"command"_s,
            Words::tr("The image does not have the program that the job starts: %1").arg(shown(message)),
            {Words::tr("Correct the command, or use an image that has it.")});
    if (has(message, "exec format error"_L1))
        return never(u"image-platform"_s, Words::tr("The image is not built for the processors of the node."),
            {Words::tr("Use an image for this platform."), Words::tr("Choose other nodes.")});
    if (has(message, "permission denied"_L1))
        return never(u"command"_s,
            Words::tr("The program that the job starts may not be executed: %1").arg(shown(message)),
            {Words::tr("Make it executable, or start it by its interpreter.")});
    return {Verdict::Unknown, u"container"_s,
        Words::tr("A container does not start (%1): %2").arg(shown(reason), shown(message)), {}};
}

} // namespace cairn::launch
