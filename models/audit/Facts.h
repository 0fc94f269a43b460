// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Scene.h"
#include "components/Catalogue.h"

#include <QHash>
#include <QSet>
#include <stop_token>
#include <vector>

/// What the rules ask of a scene, found once: each workload with its autoscaler, PDBs, pods, election and its entry in the catalogue.
/// Live objects win over the catalogue. Pure, any thread.
namespace cairn::audit {

/// A workload is there for one of these; which decides what one replica of it means.
enum class Role { Plain, Database, ObjectStore, Gateway, SignIn, Certificates, Dns };

/// Whether a leader is elected among its replicas, as its flags, variables and ConfigMaps say.
enum class Elects { Yes, No, Unknown };

/// A Deployment or StatefulSet that is judged.
struct Subject {
    const QJsonObject *object = nullptr;
    ObjectName name;
    const components::Entry *entry = nullptr; ///< of the version found; nullptr: not catalogued
    Role role = Role::Plain;
    /// The catalogue's verdict as the live election makes it: LeaderOff or Never with the flag set is Leader, and Leader without it is
    /// LeaderOff. Of what is not catalogued Data where it keeps data, else Unknown.
    components::Scaling scaling = components::Scaling::Unknown;
    Elects elects = Elects::Unknown;
    int desired = 1; ///< spec.replicas; 1 where it is unset
    const QJsonObject *autoscaler = nullptr;
    int floor = 0;   ///< of the autoscaler: minReplicas, 1 where it is unset
    LabelSelector selector;
    QMap<QString, QString> labels; ///< of its pods
    QJsonObject podSpec;           ///< of its template
    QList<QJsonObject> containers;
    QStringList claims;            ///< PVCs that its pods mount; of claim templates "data-<name>-0" and so on
    QString ownerKind;             ///< of the controlling owner; empty: nobody's
    QString ownerName;
    QList<const QJsonObject *> pods;  ///< that are neither finished nor being deleted
    QList<const QJsonObject *> ready; ///< of these
    QStringList nodes;                ///< with a ready pod; sorted, each once
    QList<const QJsonObject *> budgets; ///< PDBs that take its pods; at most 32, as two are one too many
    QList<const QJsonObject *> services; ///< that take its pods; at most 32

    /// How many replicas are sure to be asked for.
    int kept() const { return autoscaler ? floor : desired; }
    /// At one, or free to go there. One that is scaled to zero is off.
    bool isSingle() const { return autoscaler ? floor < 2 && desired > 0 : desired == 1; }
    bool isDeployment() const;
    QString shown() const; ///< its name, safe to show
};

/// Finds what a selector takes without asking each object of its namespace: a scene may have tens of thousands.
class ByLabel
{
public:
    void add(const QString &ns, const QMap<QString, QString> &labels, qsizetype what);
    /// All of a namespace that may fit, in the order in which they were added; what is not among them does not.
    QList<qsizetype> candidates(const QString &ns, const LabelSelector &selector) const;

private:
    QHash<QString, QList<qsizetype>> m_all;
    QHash<QString, QList<qsizetype>> m_labelled; ///< by namespace, key and value, with a null between them
};

class Facts
{
public:
    /// The scene must live as long. Where a stop is asked for meanwhile, they are not whole.
    explicit Facts(const Scene &scene, std::stop_token stop = {});
    Facts(const Facts &) = delete;

    const Scene &scene() const { return m_scene; }
    const std::vector<Subject> &subjects() const { return m_subjects; }
    /// Namespaces with workloads that are judged; sorted. An empty name is that of manifests which say none.
    const QStringList &namespaces() const { return m_namespaces; }
    bool isJudged(const QString &ns) const { return m_judged.contains(ns); }
    const Subject *find(const ObjectName &name) const;
    const Subject *find(const QString &entryId) const; ///< the first one of this entry
    /// Workloads of a namespace whose pods a selector takes.
    QList<const Subject *> takenBy(const QString &ns, const LabelSelector &selector) const;
    /// Pods of a namespace that a selector takes.
    QList<const QJsonObject *> podsOf(const QString &ns, const LabelSelector &selector) const;
    /// By the name of a Service, as in "mysql", "mysql.kubeflow", "mysql.kubeflow.svc.cluster.local:3306": what stands behind it.
    const Subject *behind(const QString &host, const QString &fromNs) const;
    bool saw(const QString &group, const QString &kind, const QString &ns) const { return m_scene.saw(group, kind, ns); }

    /// Null where it is not known.
    QVersionNumber versionOf(const QString &product) const { return m_versions.value(product); }
    /// For people, as components::releaseText() has it; empty where it is unknown.
    QString release() const { return m_release; }

    /// Nodes that take new pods: neither cordoned nor tainted for all. Empty where nodes could not be read.
    const QStringList &schedulable() const { return m_schedulable; }
    QString zoneOf(const QString &node) const { return m_zones.value(node); }
    int zones() const; ///< among the schedulable nodes

    /// Ready addresses of a Service by its EndpointSlices.
    struct Backend {
        bool known = false;
        int ready = 0;
        QStringList nodes; ///< each once
    };
    Backend backend(const QString &ns, const QString &service) const;

    /// The Leases that tell who leads a workload, in the namespace where they ought to be.
    struct Leases {
        bool expected = false; ///< the catalogue knows of some
        bool seen = false;
        QString ns;
        QList<const QJsonObject *> leases;
    };
    Leases leasesOf(const Subject &subject) const;

    /// How long its only pod is away after a node failure: the 40 s until a node counts as unreachable, and the pod's own toleration.
    /// -1: for ever, until somebody acts (a StatefulSet's pod, an unlimited toleration).
    int secondsAway(const Subject &subject) const;

private:
    void addSubjects();
    void addAutoscalers();
    void addSelectors();
    void addPods(Subject &subject) const;
    void findVersions();
    Elects electionOf(const Subject &subject) const;

    const Scene &m_scene;
    const std::stop_token m_stop;
    std::vector<Subject> m_subjects;
    QMap<ObjectName, qsizetype> m_byName;
    QHash<QString, qsizetype> m_byEntry; ///< the first of each
    ByLabel m_byLabel;
    struct LabelledPod {
        const QJsonObject *pod = nullptr;
        QMap<QString, QString> labels;
    };
    std::vector<LabelledPod> m_pods;
    ByLabel m_podsByLabel;
    int m_graceSeconds = 0; ///< until a silent node is noticed
    QHash<std::pair<QString, QString>, QList<const QJsonObject *>> m_slices; ///< by namespace and Service
    QStringList m_namespaces;
    QSet<QString> m_judged; ///< the same
    QMap<QString, QVersionNumber> m_versions;
    QString m_release;
    QStringList m_schedulable;
    QMap<QString, QString> m_zones;
};

/// The catalogue's entry of a workload by kind, namespace and name; elsewhere than where a distribution puts it, by labels that are its
/// alone, and where a manifest names no namespace by name. nullptr: not catalogued. As of the newest release.
const components::Entry *entryOf(const ObjectName &name, const QMap<QString, QString> &labels);

/// The same of a workload, as of the version that its own image tells where it tells one.
const components::Entry *entryOf(const QJsonObject &workload);

/// Whether a leader is elected, as the workload's flags, variables and ConfigMaps have it set. What its Leases show is not looked at:
/// see Subject::elects for both.
Elects electionOf(const Scene &scene, const QJsonObject &workload, const components::Entry &entry);

/// The service account of its pods, "default" where none is named.
QString accountOf(const QJsonObject &workload);

/// What RBAC grants a service account in a namespace, as far as it was read.
struct Granted {
    QList<QJsonValue> rules;
    bool bound = false;   ///< some binding names it
    bool unknown = false; ///< a role that binds it was not seen whole: a built-in one, or one that gathers others
    /// All verbs on all resources of all groups. A rule for single objects counts where it names one of `names`.
    bool allows(const components::RoleRule &wanted, const QStringList &names = {}) const;
};
/// nullopt where Roles or their bindings were not read. ClusterRoles count as far as they were seen.
std::optional<Granted> grantedTo(const Scene &scene, const QString &account, const QString &accountNs, const QString &ns);

/// Names the workload whose replicas an autoscaler sets.
ObjectName targetOf(const QJsonObject &autoscaler);
/// The condition Ready of a pod or a node is True.
bool isReady(const QJsonObject &object);
/// A node that takes new pods: neither cordoned, nor tainted for all, nor known not to be ready.
bool takesPods(const QJsonObject &node);

/// The cluster's DNS: kube-system's coredns, or what has its label.
bool isDns(const QJsonObject &workload);

/// Which rule says why a workload runs at one replica; "" for one that does not. In this order: the role (object store HA31, other
/// stores HA28, gateways HA34, sign-in HA35, certificates HA36, DNS HA43), what must stay at one (HA45), leader election that is
/// off (HA02), an autoscaler that may go down to one (HA12), and else HA01.
QString primaryRule(const Subject &subject);

} // namespace cairn::audit
