// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Facts.h"

#include "audit/Read.h"
#include "base/Text.h"
#include "components/Release.h"
#include "components/WhatIf.h"
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

using components::Scaling;

constexpr int mostReplicas = 1'000'000; ///< more is a slip or an attack; sums of them have to fit
constexpr qsizetype mostSelectors = 32; ///< of PDBs and Services of one workload

/// The word that an image is named by: "mysql" of "docker.io/library/mysql:8.4".
QString imageWord(const QString &image)
{
    return image.section(u'/', -1).section(u'@', 0, 0).section(u':', 0, 0).toLower();
}

bool isDatabaseImage(const QString &image)
{
    static const QStringList words{u"mysql"_s, u"mysql-server"_s, u"mariadb"_s, u"postgres"_s, u"postgresql"_s, u"mongo"_s, u"mongodb"_s, u"redis"_s, u"valkey"_s,
                                   u"etcd"_s, u"rabbitmq"_s, u"kafka"_s, u"percona-server"_s, u"cockroach"_s};
    return words.contains(imageWord(image));
}

bool isObjectStoreImage(const QString &image)
{
    static const QStringList words{u"minio"_s, u"seaweedfs"_s};
    return words.contains(imageWord(image));
}

Role roleOf(const Subject &subject)
{
    const QString id = subject.entry ? subject.entry->id : QString();
    if (isDns(*subject.object))
        return Role::Dns;
    if (id == "istio-ingressgateway"_L1 || id == "cluster-local-gateway"_L1)
        return Role::Gateway;
    if (id == "dex"_L1 || id == "oauth2-proxy"_L1)
        return Role::SignIn;
    if (id.startsWith("cert-manager"_L1))
        return Role::Certificates;
    const auto isImage = [&](auto is) {
        return std::ranges::any_of(subject.containers, [&](const QJsonObject &container) { return is(container[u"image"_s].toString()); });
    };
    if (id == "seaweedfs"_L1 || (!subject.entry && isImage(isObjectStoreImage)))
        return Role::ObjectStore;
    if (subject.entry ? subject.entry->scaling == Scaling::Data : isImage(isDatabaseImage))
        return Role::Database;
    return Role::Plain;
}

/// What a boolean flag of Go's flag or pflag says; nullopt where it is not given.
std::optional<bool> flagOf(const QJsonObject &container, const QString &name)
{
    QStringList words;
    for (const QString &field : {u"command"_s, u"args"_s}) {
        // A shell's one line has its flags between spaces.
        for (const QJsonValue value : container[field].toArray())
            words += value.toString().split(u' ', Qt::SkipEmptyParts);
    }
    return components::flagIn(words, name);
}

std::optional<QJsonValue> variableOf(const QJsonObject &container, const QString &name)
{
    for (const QJsonValue value : container[u"env"_s].toArray()) {
        if (value[u"name"_s].toString() == name)
            return value.toObject().contains(u"valueFrom"_s) ? value[u"valueFrom"_s] : value[u"value"_s];
    }
    return std::nullopt;
}

} // namespace

const components::Entry *entryOf(const ObjectName &name, const QMap<QString, QString> &labels)
{
    const components::Catalogue &catalogue = components::catalogue();
    if (const components::Entry *entry = catalogue.match(name.kind, name.ns, name.name, labels))
        return entry;
    const components::Entry *byLabels = nullptr;
    for (const components::Entry &entry : catalogue.entries) {
        if (entry.kind != name.kind || (!name.ns.isEmpty() && entry.namespaces.contains(name.ns)))
            continue;
        const bool several = entry.labels.size() > 1;
        const bool fits = several && std::ranges::all_of(entry.labels.keyValueBegin(), entry.labels.keyValueEnd(), [&](const auto &label) { return labels.value(label.first) == label.second; });
        // "controller" alone would be anybody's.
        const bool named = name.name.contains(u'-') && entry.names.contains(name.name);
        if (named && (name.ns.isEmpty() || fits || entry.perProfile))
            return &entry;
        if (fits && byLabels)
            return nullptr;
        if (fits)
            byLabels = &entry;
    }
    return byLabels;
}

const components::Entry *entryOf(const QJsonObject &workload)
{
    const QJsonObject podTemplate = podTemplateOf(workload);
    const components::Entry *entry = entryOf(nameOf(workload), labelsOf(podTemplate));
    if (!entry)
        return nullptr;
    QStringList images;
    for (const QJsonObject &container : containersOf(podTemplate))
        images.append(container[u"image"_s].toString());
    const QVersionNumber version = components::versionIn(*entry, images);
    const components::Entry *then = version.isNull() ? nullptr : components::catalogue().find(entry->id, version);
    return then && !then->gone ? then : entry;
}

Elects electionOf(const Scene &scene, const QJsonObject &workload, const components::Entry &entry)
{
    using By = components::Election::By;
    if (!entry.election)
        return entry.scaling == Scaling::Leader ? Elects::Yes : Elects::No;
    const components::Election &election = *entry.election;
    // A chart may call the container otherwise; where the catalogue's is there, no other one counts.
    QList<QJsonObject> containers = containersOf(podTemplateOf(workload));
    const auto own = std::ranges::find_if(containers, [&](const QJsonObject &container) { return container[u"name"_s].toString() == election.container; });
    if (own != containers.end())
        containers = {*own};
    switch (election.by) {
    case By::BuiltIn: return Elects::Yes;
    case By::Nowhere: return Elects::No;
    case By::Flag:
        for (const QJsonObject &container : std::as_const(containers)) {
            if (const std::optional<bool> said = flagOf(container, election.setting))
                return *said ? Elects::Yes : Elects::No;
        }
        return Elects::No;
    case By::Env:
        for (const QJsonObject &container : std::as_const(containers)) {
            if (const auto off = variableOf(container, u"LEADER_ELECTION_DISABLE"_s); off && isTruthWord(off->toString()))
                return Elects::No;
            const auto variable = variableOf(container, election.setting);
            if (!variable)
                continue;
            // One that takes its value from the pod's fields is an identity; another is a switch, or an identity that is spelt out.
            if (!variable->isString())
                return Elects::Yes;
            const QString word = variable->toString();
            return election.value == "true"_L1 ? (isTruthWord(word) ? Elects::Yes : Elects::No) : (word.isEmpty() || word == "false"_L1 ? Elects::No : Elects::Yes);
        }
        return Elects::No;
    case By::ConfigMap: {
        const QJsonObject *map = scene.find({.kind = u"ConfigMap"_s, .ns = nameOf(workload).ns, .name = election.configMap});
        if (!map)
            return Elects::Unknown;
        const Result<QJsonValue> read = manifest::fromYaml((*map)[u"data"_s][election.key].toString().toUtf8());
        if (!read)
            return Elects::Unknown;
        QJsonValue value = *read;
        for (const QString &step : election.setting.split(u'.'))
            value = value[step];
        const bool shipped = entry.lease && entry.lease->onByDefault;
        return value.isBool() ? (value.toBool() ? Elects::Yes : Elects::No) : shipped ? Elects::Yes : Elects::No;
    }
    }
    return Elects::Unknown;
}

QString accountOf(const QJsonObject &workload)
{
    const QJsonValue pod = podTemplateOf(workload)[u"spec"_s];
    const QString account = pod[u"serviceAccountName"_s].toString(pod[u"serviceAccount"_s].toString());
    return account.isEmpty() ? u"default"_s : account;
}

bool Granted::allows(const components::RoleRule &wanted, const QStringList &names) const
{
    const auto has = [](const QJsonValue &list, const QString &word) {
        const QJsonArray words = list.toArray();
        return words.contains(word) || words.contains(u"*"_s);
    };
    const auto grants = [&](const QString &group, const QString &resource, const QString &verb) {
        return std::ranges::any_of(rules, [&](const QJsonValue &rule) {
            const QJsonArray only = rule[u"resourceNames"_s].toArray();
            const bool named = only.isEmpty() || std::ranges::any_of(names, [&](const QString &name) { return only.contains(name); });
            return named && has(rule[u"apiGroups"_s], group) && has(rule[u"resources"_s], resource) && has(rule[u"verbs"_s], verb);
        });
    };
    for (const QString &group : wanted.groups) {
        for (const QString &resource : wanted.resources) {
            for (const QString &verb : wanted.verbs) {
                if (!grants(group, resource, verb))
                    return false;
            }
        }
    }
    return true;
}

std::optional<Granted> grantedTo(const Scene &scene, const QString &account, const QString &accountNs, const QString &ns)
{
    const QString group = u"rbac.authorization.k8s.io"_s;
    if (!scene.saw(group, u"Role"_s, ns) || !scene.saw(group, u"RoleBinding"_s, ns))
        return std::nullopt;
    const auto binds = [&](const QJsonObject &binding) {
        for (const QJsonValue subject : binding[u"subjects"_s].toArray()) {
            const QString kind = subject[u"kind"_s].toString();
            const QString name = subject[u"name"_s].toString();
            if (kind == "ServiceAccount"_L1 && name == account && subject[u"namespace"_s].toString(nameOf(binding).ns) == accountNs)
                return true;
            if (kind == "User"_L1 && name == u"system:serviceaccount:"_s + accountNs + u':' + account)
                return true;
            if (kind == "Group"_L1
                && (name == "system:serviceaccounts"_L1 || name == "system:authenticated"_L1 || name == u"system:serviceaccounts:"_s + accountNs))
                return true;
        }
        return false;
    };
    Granted granted;
    const auto follow = [&](const QJsonObject &binding) {
        if (!binds(binding))
            return;
        granted.bound = true;
        const QJsonValue ref = binding[u"roleRef"_s];
        const QString kind = ref[u"kind"_s].toString();
        const QJsonObject *role = scene.find({group, kind, kind == "Role"_L1 ? nameOf(binding).ns : QString(), ref[u"name"_s].toString()});
        // A manifest does not show what a built-in role grants, nor one that gathers others.
        if (!role || (!scene.isLive() && role->contains(u"aggregationRule"_s))) {
            granted.unknown = true;
            return;
        }
        for (const QJsonValue rule : (*role)[u"rules"_s].toArray())
            granted.rules.append(rule);
    };
    for (const QJsonObject *binding : scene.all(group, u"RoleBinding"_s, ns)) {
        if (nameOf(*binding).ns == ns)
            follow(*binding);
    }
    for (const QJsonObject *binding : scene.all(group, u"ClusterRoleBinding"_s))
        follow(*binding);
    return granted;
}

ObjectName targetOf(const QJsonObject &autoscaler)
{
    const QJsonValue target = autoscaler[u"spec"_s][u"scaleTargetRef"_s];
    return {u"apps"_s, target[u"kind"_s].toString(), nameOf(autoscaler).ns, target[u"name"_s].toString()};
}

bool isReady(const QJsonObject &object)
{
    return conditionOf(object, u"Ready")[u"status"_s].toString() == "True"_L1;
}

bool takesPods(const QJsonObject &node)
{
    const QJsonObject ready = conditionOf(node, u"Ready");
    if (node[u"spec"_s][u"unschedulable"_s].toBool() || (!ready.isEmpty() && ready[u"status"_s].toString() != "True"_L1))
        return false;
    for (const QJsonValue taint : node[u"spec"_s][u"taints"_s].toArray()) {
        const QString effect = taint[u"effect"_s].toString();
        if (effect == "NoSchedule"_L1 || effect == "NoExecute"_L1)
            return false;
    }
    return true;
}

bool isDns(const QJsonObject &workload)
{
    const ObjectName name = nameOf(workload);
    return name.ns == "kube-system"_L1 && (name.name == "coredns"_L1 || labelsOf(podTemplateOf(workload)).value(u"k8s-app"_s) == "kube-dns"_L1);
}

bool Subject::isDeployment() const
{
    return name.kind == "Deployment"_L1;
}

QString Subject::shown() const
{
    return text::safe(name.name);
}

void ByLabel::add(const QString &ns, const QMap<QString, QString> &labels, qsizetype what)
{
    m_all[ns].append(what);
    for (auto it = labels.begin(); it != labels.end(); ++it)
        m_labelled[ns + QChar() + it.key() + QChar() + it.value()].append(what);
}

QList<qsizetype> ByLabel::candidates(const QString &ns, const LabelSelector &selector) const
{
    if (!selector.present)
        return {};
    const auto all = m_all.constFind(ns);
    if (all == m_all.cend())
        return {};
    // The rarest label leaves the fewest to ask.
    const QList<qsizetype> *least = &*all;
    for (auto it = selector.labels.begin(); it != selector.labels.end(); ++it) {
        const auto labelled = m_labelled.constFind(ns + QChar() + it.key() + QChar() + it.value());
        if (labelled == m_labelled.cend())
            return {};
        if (labelled->size() < least->size())
            least = &*labelled;
    }
    return *least;
}

Facts::Facts(const Scene &scene, std::stop_token stop)
    : m_scene(scene)
    , m_stop(std::move(stop))
{
    for (const QJsonObject *node : scene.all({}, u"Node"_s)) {
        const QString name = nameOf(*node).name;
        m_zones.insert(name, labelsOf(*node).value(u"topology.kubernetes.io/zone"_s));
        if (takesPods(*node))
            m_schedulable.append(name);
    }
    for (const QJsonObject *pod : scene.all({}, u"Pod"_s)) {
        if (m_stop.stop_requested())
            return;
        LabelledPod one{pod, labelsOf(*pod)};
        m_podsByLabel.add(nameOf(*pod).ns, one.labels, static_cast<qsizetype>(m_pods.size()));
        m_pods.push_back(std::move(one));
    }
    for (const QJsonObject *slice : scene.all(u"discovery.k8s.io"_s, u"EndpointSlice"_s))
        m_slices[{nameOf(*slice).ns, labelsOf(*slice).value(u"kubernetes.io/service-name"_s)}].append(slice);
    m_graceSeconds = components::graceSeconds({});
    for (const QJsonObject *node : scene.all({}, u"Node"_s))
        m_graceSeconds = std::max(m_graceSeconds, components::graceSeconds((*node)[u"status"_s][u"nodeInfo"_s][u"kubeletVersion"_s].toString()));
    addSubjects();
    addAutoscalers();
    addSelectors();
    findVersions();
    for (Subject &subject : m_subjects) {
        if (m_stop.stop_requested())
            return;
        subject.role = roleOf(subject);
        subject.elects = electionOf(subject);
        if (!subject.entry) {
            const bool keeps = subject.role == Role::Database || subject.role == Role::ObjectStore;
            subject.scaling = keeps ? Scaling::Data : Scaling::Unknown;
            continue;
        }
        subject.scaling = subject.entry->scaling;
        if ((subject.scaling == Scaling::LeaderOff || subject.scaling == Scaling::Never) && subject.elects == Elects::Yes)
            subject.scaling = Scaling::Leader;
        else if (subject.scaling == Scaling::Leader && subject.elects == Elects::No)
            subject.scaling = Scaling::LeaderOff;
    }
}

void Facts::addSubjects()
{
    const QStringList scope = m_scene.scope().isEmpty() ? components::catalogue().namespaces() : m_scene.scope();
    for (const QString &kind : {u"Deployment"_s, u"StatefulSet"_s}) {
        for (const QJsonObject *object : m_scene.all(u"apps"_s, kind)) {
            if (m_stop.stop_requested())
                return;
            Subject subject;
            subject.object = object;
            subject.name = nameOf(*object);
            const QJsonObject fields = (*object)[u"spec"_s].toObject();
            const QJsonObject podTemplate = podTemplateOf(*object);
            subject.labels = labelsOf(podTemplate);
            // Of kube-system, DNS is Kubeflow's service and the rest somebody else's.
            if (m_scene.isLive() && (subject.name.ns == "kube-system"_L1 ? !isDns(*object) : !scope.contains(subject.name.ns)))
                continue;
            subject.entry = entryOf(subject.name, subject.labels);
            subject.desired = std::clamp(replicasOf(*object), 0, mostReplicas);
            subject.selector = selectorOf(fields[u"selector"_s]);
            subject.podSpec = podTemplate[u"spec"_s].toObject();
            subject.containers = containersOf(podTemplate);
            for (const QJsonValue volume : subject.podSpec[u"volumes"_s].toArray()) {
                if (const QString claim = volume[u"persistentVolumeClaim"_s][u"claimName"_s].toString(); !claim.isEmpty())
                    subject.claims.append(claim);
            }
            for (const QJsonValue claim : fields[u"volumeClaimTemplates"_s].toArray()) {
                const QString stem = claim[u"metadata"_s][u"name"_s].toString();
                // The number of a hostile spec is not worth a million names.
                for (int i = 0; i < std::clamp(subject.desired, 1, 16) && !stem.isEmpty(); ++i)
                    subject.claims.append(u"%1-%2-%3"_s.arg(stem, subject.name.name).arg(i));
            }
            for (const QJsonValue owner : (*object)[u"metadata"_s][u"ownerReferences"_s].toArray()) {
                if (owner[u"controller"_s].toBool()) {
                    subject.ownerKind = owner[u"kind"_s].toString();
                    subject.ownerName = owner[u"name"_s].toString();
                }
            }
            addPods(subject);
            m_judged.insert(subject.name.ns);
            const auto at = static_cast<qsizetype>(m_subjects.size());
            m_byName.insert(subject.name, at);
            m_byLabel.add(subject.name.ns, subject.labels, at);
            if (subject.entry && !m_byEntry.contains(subject.entry->id))
                m_byEntry.insert(subject.entry->id, at);
            m_subjects.push_back(std::move(subject));
        }
    }
    m_namespaces = QStringList(m_judged.begin(), m_judged.end());
    m_namespaces.sort();
}

void Facts::addAutoscalers()
{
    for (const QJsonObject *autoscaler : m_scene.all(u"autoscaling"_s, u"HorizontalPodAutoscaler"_s)) {
        const auto at = m_byName.constFind(targetOf(*autoscaler));
        if (at == m_byName.cend())
            continue;
        Subject &subject = m_subjects[static_cast<size_t>(*at)];
        subject.autoscaler = autoscaler;
        subject.floor = std::clamp(wholeOf((*autoscaler)[u"spec"_s][u"minReplicas"_s]).value_or(1), 0, mostReplicas);
    }
}

void Facts::addSelectors()
{
    const auto spread = [&](const QString &group, const QString &kind, bool plain, QList<const QJsonObject *> Subject::*into) {
        for (const QJsonObject *object : m_scene.all(group, kind)) {
            if (m_stop.stop_requested())
                return;
            if (plain && !externalNameOf(*object).isEmpty())
                continue;
            const LabelSelector selector = selectorOf((*object)[u"spec"_s][u"selector"_s], plain);
            for (const qsizetype at : m_byLabel.candidates(nameOf(*object).ns, selector)) {
                Subject &subject = m_subjects[static_cast<size_t>(at)];
                if ((subject.*into).size() < mostSelectors && selector.matches(subject.labels))
                    (subject.*into).append(object);
            }
        }
    };
    spread(u"policy"_s, u"PodDisruptionBudget"_s, false, &Subject::budgets);
    spread({}, u"Service"_s, true, &Subject::services);
}

void Facts::addPods(Subject &subject) const
{
    if (!subject.selector.present)
        return;
    QSet<QString> nodes;
    for (const QJsonObject *pod : podsOf(subject.name.ns, subject.selector)) {
        const QString phase = (*pod)[u"status"_s][u"phase"_s].toString();
        if (phase == "Succeeded"_L1 || phase == "Failed"_L1 || (*pod)[u"metadata"_s][u"deletionTimestamp"_s].isString())
            continue;
        subject.pods.append(pod);
        if (!isReady(*pod))
            continue;
        subject.ready.append(pod);
        if (const QString node = (*pod)[u"spec"_s][u"nodeName"_s].toString(); !node.isEmpty())
            nodes.insert(node);
    }
    subject.nodes = QStringList(nodes.begin(), nodes.end());
    subject.nodes.sort();
}

void Facts::findVersions()
{
    const components::Catalogue &catalogue = components::catalogue();
    components::ProductVersions found;
    for (const Subject &subject : m_subjects) {
        if (!subject.entry)
            continue;
        QStringList images;
        for (const QJsonObject &container : subject.containers)
            images.append(container[u"image"_s].toString());
        components::addVersion(found, subject.entry->product, components::versionIn(*subject.entry, images));
    }
    // Of several the oldest: what holds for it is still to be reckoned with.
    for (auto it = found.begin(); it != found.end(); ++it)
        m_versions.insert(it.key(), it.value().first());
    for (Subject &subject : m_subjects) {
        if (!subject.entry)
            continue;
        const components::Entry *entry = catalogue.find(subject.entry->id, m_versions.value(subject.entry->product));
        if (entry && !entry->gone)
            subject.entry = entry;
    }
    m_release = components::releaseText(components::findRelease(found));
}

Facts::Leases Facts::leasesOf(const Subject &subject) const
{
    const QString group = u"coordination.k8s.io"_s;
    Leases found;
    if (!subject.entry || !subject.entry->lease)
        return found;
    const components::LeaseRule &rule = *subject.entry->lease;
    found.expected = true;
    found.ns = rule.ns.isEmpty() ? subject.name.ns : rule.ns;
    found.seen = m_scene.saw(group, u"Lease"_s, found.ns);
    QList<const QJsonObject *> loose;
    for (const QJsonObject *lease : m_scene.all(group, u"Lease"_s, found.ns)) {
        const QString name = nameOf(*lease).name;
        for (const QString &wanted : rule.names) {
            if (name == wanted)
                found.leases.append(lease);
            else if (wanted.endsWith(u'*') && name.startsWith(QStringView(wanted).chopped(1)))
                loose.append(lease);
        }
    }
    if (found.leases.isEmpty())
        found.leases = loose;
    return found;
}

Elects Facts::electionOf(const Subject &subject) const
{
    // Who holds a fresh Lease was elected, wherever that was turned on.
    for (const QJsonObject *lease : leasesOf(subject).leases) {
        // A stale one shows it too where that is how the component ships; elsewhere it may be left from before.
        if (const std::optional<LeaseAge> read = ageOf(*lease, m_scene.now()); read && (read->isFresh() || subject.entry->scaling == Scaling::Leader))
            return Elects::Yes;
    }
    if (subject.entry)
        return audit::electionOf(m_scene, *subject.object, *subject.entry);
    static const QStringList usual{u"leader-elect"_s, u"enable-leader-election"_s, u"leader-election"_s};
    for (const QJsonObject &container : subject.containers) {
        for (const QString &name : usual) {
            if (const std::optional<bool> said = flagOf(container, name))
                return *said ? Elects::Yes : Elects::No;
        }
    }
    return Elects::Unknown;
}

const Subject *Facts::find(const ObjectName &name) const
{
    const auto it = m_byName.constFind(name);
    return it == m_byName.cend() ? nullptr : &m_subjects[static_cast<size_t>(*it)];
}

const Subject *Facts::find(const QString &entryId) const
{
    const auto it = m_byEntry.constFind(entryId);
    return it == m_byEntry.cend() ? nullptr : &m_subjects[static_cast<size_t>(*it)];
}

QList<const Subject *> Facts::takenBy(const QString &ns, const LabelSelector &selector) const
{
    QList<const Subject *> taken;
    for (const qsizetype at : m_byLabel.candidates(ns, selector)) {
        const Subject &subject = m_subjects[static_cast<size_t>(at)];
        if (selector.matches(subject.labels))
            taken.append(&subject);
    }
    return taken;
}

QList<const QJsonObject *> Facts::podsOf(const QString &ns, const LabelSelector &selector) const
{
    QList<const QJsonObject *> taken;
    for (const qsizetype at : m_podsByLabel.candidates(ns, selector)) {
        const LabelledPod &one = m_pods[static_cast<size_t>(at)];
        if (selector.matches(one.labels))
            taken.append(one.pod);
    }
    return taken;
}

const Subject *Facts::behind(const QString &host, const QString &fromNs) const
{
    const QStringList parts = host.section(u':', 0, 0).split(u'.');
    if (parts.first().isEmpty() || (parts.size() > 2 && parts[2] != "svc"_L1))
        return nullptr;
    const QString ns = parts.size() > 1 ? parts[1] : fromNs;
    const QJsonObject *service = m_scene.find({.kind = u"Service"_s, .ns = ns, .name = parts.first()});
    // Of a name for something outside the server ignores the selector.
    if (!service || !externalNameOf(*service).isEmpty())
        return nullptr;
    const QList<const Subject *> taken = takenBy(ns, selectorOf((*service)[u"spec"_s][u"selector"_s], true));
    return taken.isEmpty() ? nullptr : taken.first();
}

int Facts::zones() const
{
    QSet<QString> zones;
    for (const QString &node : m_schedulable) {
        if (const QString zone = m_zones.value(node); !zone.isEmpty())
            zones.insert(zone);
    }
    return static_cast<int>(zones.size());
}

Facts::Backend Facts::backend(const QString &ns, const QString &service) const
{
    Backend backend;
    if (!m_scene.saw(u"discovery.k8s.io"_s, u"EndpointSlice"_s, ns))
        return backend;
    backend.known = true;
    QSet<QString> addresses, nodes;
    for (const QJsonObject *slice : m_slices.value({ns, service})) {
        for (const QJsonValue endpoint : (*slice)[u"endpoints"_s].toArray()) {
            // Unset means ready.
            if (!endpoint[u"conditions"_s][u"ready"_s].toBool(true))
                continue;
            const QString who = endpoint[u"targetRef"_s][u"name"_s].toString(endpoint[u"addresses"_s][0].toString());
            addresses.insert(who);
            if (const QString node = endpoint[u"nodeName"_s].toString(); !node.isEmpty())
                nodes.insert(node);
        }
    }
    backend.ready = static_cast<int>(addresses.size());
    backend.nodes = QStringList(nodes.begin(), nodes.end());
    backend.nodes.sort();
    return backend;
}

int Facts::secondsAway(const Subject &subject) const
{
    if (!subject.isDeployment())
        return -1;
    // As the taint manager reckons: of several tolerations the shortest; without seconds for ever; with none the 300 s that the
    // admission plugin DefaultTolerationSeconds adds.
    // What the admission plugin added, with the API server's own defaults, only the pods tell.
    std::optional<int> least;
    bool forEver = false;
    const QJsonObject podSpec = subject.pods.isEmpty() ? subject.podSpec : subject.pods.first()->value(u"spec"_s).toObject();
    for (const QJsonValue toleration : podSpec[u"tolerations"_s].toArray()) {
        const QString key = toleration[u"key"_s].toString();
        const QString effect = toleration[u"effect"_s].toString();
        const bool unreachable = key == "node.kubernetes.io/unreachable"_L1 || (key.isEmpty() && toleration[u"operator"_s].toString() == "Exists"_L1);
        if (!unreachable || (!effect.isEmpty() && effect != "NoExecute"_L1))
            continue;
        const QJsonValue seconds = toleration[u"tolerationSeconds"_s];
        if (const std::optional<int> said = wholeOf(seconds))
            least = std::min(least.value_or(1'000'000), std::max(0, *said));
        else
            forEver = true;
    }
    if (!least && forEver)
        return -1;
    return m_graceSeconds + least.value_or(300);
}

QString primaryRule(const Subject &subject)
{
    if (!subject.isSingle())
        return {};
    // What a user's object made is as many as that object says.
    static const QStringList byDesign{u"Notebook"_s, u"Workspace"_s, u"PVCViewer"_s, u"Tensorboard"_s, u"Viewer"_s};
    if (byDesign.contains(subject.ownerKind))
        return u"HA45"_s;
    switch (subject.role) {
    case Role::ObjectStore: return u"HA31"_s;
    case Role::Database: return u"HA28"_s;
    case Role::Gateway: return u"HA34"_s;
    case Role::SignIn: return u"HA35"_s;
    case Role::Certificates: return u"HA36"_s;
    case Role::Dns: return u"HA43"_s;
    case Role::Plain: break;
    }
    if (subject.scaling == Scaling::Never || subject.scaling == Scaling::NodeAgent)
        return u"HA45"_s;
    // It keeps data on a volume of its own: a second replica of a Deployment would wait for it, or write beside the first.
    if (!subject.entry && subject.isDeployment() && !subject.claims.isEmpty() && !subject.autoscaler)
        return u"HA45"_s;
    if (subject.scaling == Scaling::LeaderOff)
        return u"HA02"_s;
    return subject.autoscaler ? u"HA12"_s : u"HA01"_s;
}

} // namespace cairn::audit
