// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QMap>
#include <QStringList>
#include <QVersionNumber>
#include <optional>

/// What Kubeflow is made of: resources/catalogue/components.json, and one file for each release it came in, after the
/// manifests of these releases (rendered with kustomize) and the sources of the controllers for what cannot be seen in a
/// manifest (leader election, what a start waits for). A live object always outweighs what is written here.
namespace cairn::components {

/// What a second replica is good for.
enum class Scaling {
    Stateless, ///< every replica works
    Leader,    ///< one works, the others wait: leader election is on
    LeaderOff, ///< the same, but leader election has to be turned on before scaling
    Never,     ///< no leader election at all: two would do everything twice
    Data,      ///< a store on one claim
    Quorum,    ///< members that vote: more than half of them have to be there
    NodeAgent, ///< a DaemonSet: one on each node, for the pods of that node
    Unknown    ///< not catalogued: whether a second replica helps or harms cannot be told from outside
};
/// "stateless", "leader", "leader-off", "never", "data", "quorum", "node-agent", "unknown": stable words for data and JSON.
QString scalingWord(Scaling scaling);

/// Leases that tell who leads.
struct LeaseRule {
    QString ns;        ///< empty: the component's own
    QStringList names; ///< one may end with "*"; such a one counts only where no name fits exactly
    bool onByDefault = false;
    bool operator==(const LeaseRule &) const = default;
};

/// A rule of an RBAC Role (rbac.authorization.k8s.io/v1 PolicyRule).
struct RoleRule {
    QStringList groups; ///< "" is the core group
    QStringList resources;
    QStringList verbs;
    bool operator==(const RoleRule &) const = default;
};

/// How leader election is turned on; whether it is as shipped, `Scaling` and `LeaseRule::onByDefault` say.
struct Election {
    enum class By {
        Flag,      ///< an argument of the container: "<setting>=<value>"
        Env,       ///< a variable of the container
        ConfigMap, ///< a field of a YAML text in a ConfigMap; the pod reads it when it starts
        BuiltIn,   ///< always on, nothing to set
        Nowhere    ///< the program has none
    };
    By by = By::Nowhere;
    QString container; ///< of Flag and Env; one of Entry::containers
    QString setting;   ///< "--leader-elect", "LEADER_ELECTION_IDENTITY"; of ConfigMap the path in the YAML, "init.controller.enableLeaderElection"
    QString value;     ///< "true"
    QString configMap; ///< name, in the component's namespace
    QString key;       ///< of its data
    QString serviceAccount; ///< whose rights it elects with; empty where the live pod has to tell
    QList<RoleRule> lacks;  ///< what that account has to be allowed in the Lease's namespace, and is not as shipped
    bool operator==(const Election &) const = default;
};

/// "true", "1" … as Go's strconv.ParseBool.
bool isTruthWord(QStringView word);
/// What a boolean flag of Go's flag or pflag says among the words of a command line, the last time it stands there; nullopt where it
/// does not. `name` with or without dashes.
std::optional<bool> flagIn(const QStringList &words, QStringView name);

/// One kind of admission or conversion that this component answers for the API server.
struct Webhook {
    enum class Policy { Fail, Ignore, Conversion /**< of a CRD's versions: fails always */ };
    QString service; ///< name, in the component's namespace
    Policy policy = Policy::Fail;
    QStringList resources; ///< plural names it is asked about
    /// Of one that is asked about every Pod: namespaces where no pod is created without it. "@profiles": each namespace
    /// with label app.kubernetes.io/part-of=kubeflow-profile; "@katib": with katib.kubeflow.org/metrics-collector-injection=enabled.
    QStringList podsIn;
    bool operator==(const Webhook &) const = default;
};

/// A PVC that the component keeps its data on.
struct Storage {
    QString claim;
    QString size;   ///< as shipped, "20Gi"
    QString engine; ///< "mysql", "postgres", "s3"
    bool operator==(const Storage &) const = default;
};

/// Where one value of a connection is set.
struct Setting {
    enum class In { ConfigMap, Secret, Env, Argument };
    /// Of a database "host", "port", "database", "user", "password", "driver", "lifetime", "dsn", with "postgres-" before it where
    /// PostgreSQL has keys of its own; of an object store "endpoint", "host", "port", "secure", "region", "bucket", "accesskey",
    /// "secretkey", "iam".
    QString role;
    In in = In::ConfigMap;
    QString object;    ///< of ConfigMap and Secret the name, in the component's namespace
    QString key;       ///< of its data; else the variable or the argument
    QString container; ///< of Env and Argument
    bool operator==(const Setting &) const = default;
};

/// A database or an object store that the component uses, and the keys that lead it elsewhere.
struct Connection {
    QString to;          ///< id of the store as shipped
    QStringList engines; ///< what may stand there: "mysql", "postgres", "s3"
    QString database;    ///< its name as shipped; empty for an object store
    QList<Setting> settings;
    bool operator==(const Connection &) const = default;
};

/// A component as it is in one range of versions of its product.
struct Entry {
    QString id;
    QString group;            ///< id of a Group
    QString product;          ///< id of a Product: whose version decides which of the entry's ranges counts
    QVersionNumber from;      ///< first version that is so; null: from the beginning
    QVersionNumber until;     ///< first version that is not; null: as far as known
    bool gone = false;        ///< these versions have no such component any more
    QStringList namespaces;   ///< where a distribution puts it, the usual one first
    bool perProfile = false;  ///< one in each profile's namespace; `namespaces` has that of the example profile
    QString kind;             ///< "Deployment", "StatefulSet", "DaemonSet"; of the control plane also "StaticPod": pods that a kubelet runs from files
    QString name;             ///< of the workload, in this range
    QStringList names;        ///< in any; newest first
    QMap<QString, QString> labels; ///< of its pods, in this range; finds it under another name (a Helm release); may be empty. Selectors of PDBs come from the live object instead
    QStringList containers;   ///< the one that does the work first
    QStringList images;       ///< last part of the repositories whose tag is the product's version; empty: the tag tells nothing
    Scaling scaling = Scaling::Stateless;
    QString reason;           ///< one sentence: why it scales so
    std::optional<LeaseRule> lease;
    std::optional<Election> election; ///< where there is something to elect
    QString autoscaler;       ///< name of the HorizontalPodAutoscaler that owns its replicas as shipped; may be empty
    QStringList dependsOn;    ///< ids: it does no work without these
    QStringList startsAfter;  ///< ids: its pods do not start without these, though one that runs goes on
    QString stops;            ///< one sentence: what stops with it
    QString webhook;          ///< one sentence: what its admission webhook then refuses; may be empty
    QList<Webhook> webhooks;
    QList<Storage> storage;
    QList<Connection> connections;
    int shippedReplicas = 1;
    bool optIn = false;       ///< the newest release does not install it: its absence says nothing
    QStringList releases;     ///< that install or offer it; empty for one that is installed beside Kubeflow
    /// Whether labels of a pod are those of this component in any of its ranges.
    bool isLabelled(const QMap<QString, QString> &podLabels) const;
    QList<QMap<QString, QString>> allLabels; ///< of all ranges
    bool operator==(const Entry &) const = default;
};

struct Group {
    QString id;
    QString name;
    bool operator==(const Group &) const = default;
};

/// What carries one version number: "Pipelines", "Katib", "Istio".
struct Product {
    QString id;
    QString name; ///< a proper name, the same in every language
    bool operator==(const Product &) const = default;
};

/// One release of Kubeflow's community distribution.
struct Release {
    QString name;      ///< "26.03.1"
    QMap<QString, QString> versions; ///< product → version, "2.16.1"; a product may be absent
    QStringList installs; ///< ids of what its example installs
    QStringList offers;   ///< ids of what it has manifests for, but does not install
    bool has(const QString &id) const { return installs.contains(id) || offers.contains(id); }
    bool operator==(const Release &) const = default;
};

/// A name that people look for and that is not there (any more).
struct FormerName {
    QString name;     ///< "kfctl"; lower case
    QString now;      ///< id of what does its work now; may be empty
    QString sentence; ///< what became of it
    bool operator==(const FormerName &) const = default;
};

struct Catalogue {
    QList<Release> releases; ///< oldest first
    QList<Product> products;
    QList<Group> groups;  ///< in the order shown
    QList<Entry> entries; ///< by group; as of the newest release
    QList<FormerName> formerNames;
    /// Namespaces that others use as well: what is not catalogued there is none of Kubeflow.
    QStringList sharedNamespaces;
    /// Stand in for the entry of what runs where Kubeflow lives and is in no row; without id and names.
    Entry uncataloguedWorkload, uncataloguedStore, uncataloguedAgent;
    QHash<QString, QList<Entry>> ranges; ///< by id, all of an entry's ranges, oldest first; never empty

    /// As of the newest release.
    const Entry *find(const QString &id) const;
    /// As of a version of its product; of a null one as of the newest release. nullptr where the id is not known.
    const Entry *find(const QString &id, const QVersionNumber &version) const;
    /// The entry of a workload by kind, namespace and name, else by labels where they fit one entry alone; as of the newest
    /// release. nullptr: not catalogued.
    const Entry *match(const QString &kind, const QString &ns, const QString &name, const QMap<QString, QString> &podLabels) const;
    const Release *release(const QString &name) const;
    const Product *product(const QString &id) const;
    /// By name or a part of it that a user typed ("kfctl"); case does not count. nullptr: nothing to explain.
    const FormerName *formerName(const QString &typed) const;
    QStringList namespaces() const;      ///< where components live; sorted
    QStringList homes() const;           ///< of these those that nobody shares with Kubeflow; sorted
    QStringList leaseNamespaces() const; ///< where their leases are; sorted
};

/// "2.16.0" of "2.16.0", "v2.16.0" and "2.16.0-rc.1": a pre-release has the code of its release. Null of anything else.
QVersionNumber versionOf(const QString &text);
/// The version in an image's tag; null where there is no tag, only a digest, or a tag that is no version ("latest").
QVersionNumber versionOfImage(const QString &image);
/// The last part of an image's repository: "kfp-api-server" of "ghcr.io/kubeflow/kfp-api-server:2.16.0@sha256:…".
QString repositoryOfImage(const QString &image);

/// `components` is components.json, `releases` the release files in any order. Refused as a whole where a field is missing
/// or unknown, an id is used twice or does not exist, or dependencies make a circle: a catalogue that is half read would
/// call a cluster safe.
Result<Catalogue> readCatalogue(const QByteArray &components, const QList<QByteArray> &releases);

/// The one inside the program. Thread-safe.
const Catalogue &catalogue();

/// Why it scales as it does, as the live object has it: the catalogue's sentence speaks of the PVC or the autoscaler that it ships with.
/// nullopt: not known whether there is one.
QString reasonOf(const Entry &entry, std::optional<bool> hasAutoscaler, std::optional<bool> hasClaim);

/// A sentence or a group's name of the catalogue in the language of the program.
QString translated(const QString &english);

} // namespace cairn::components
