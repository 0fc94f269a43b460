// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Scene.h"
#include "base/Result.h"
#include "domain/Service.h"

#include <QByteArray>
#include <QList>
#include <QSet>
#include <optional>

/// Kustomize overlays that make Kubeflow highly available: what is wanted (Settings), what follows from it for a cluster
/// (Proposal), the files (Tree), where their patches land (Lands), and the same as a change (Plan). Pure values and functions,
/// any thread; only Folder touches the disk.
namespace cairn::overlay {

/// What the overlay is put over.
struct Base {
    enum class Kind {
        Remote,    ///< `where` is an address that kustomize fetches, pinned by "?ref=" to a tag or commit
        Folder,    ///< `where` is a folder with a kustomization, relative to the overlay's folder (kustomize takes no absolute path)
        PatchOnly, ///< the live objects: patches alone, no kustomization to build
    };
    Kind kind = Kind::PatchOnly;
    QString where = {}; ///< empty for PatchOnly
    bool operator==(const Base &) const = default;
};

/// How replicas are kept apart.
struct Spread {
    bool nodes = true;     ///< kubernetes.io/hostname
    bool zones = false;    ///< topology.kubernetes.io/zone
    bool required = false; ///< DoNotSchedule; else ScheduleAnyway, which leaves no pod pending on a cluster that lost a node
    bool isNone() const { return !nodes && !zones; }
    bool operator==(const Spread &) const = default;
};

/// Where a choice stands in a file of settings. It is never what makes two settings differ.
struct Origin {
    QString file = {}; ///< as the user named it; empty: it was chosen in the window
    int line = 0;
    int column = 0;
    QString text() const; ///< "ha.yaml:12:5: ", safe to show; empty where there is no file
    bool operator==(const Origin &) const { return true; }
};

/// What a person chose for one workload. What is not chosen follows from the tiers and the defaults.
struct Choice {
    QString kind = {}; ///< "Deployment" or "StatefulSet"
    QString ns = {};
    QString name = {};
    std::optional<bool> include = {}; ///< false: it is left as it is
    std::optional<int> replicas = {}; ///< or the floor of its autoscaler; 1 to 100. Refused where the count is locked
    std::optional<Spread> spread = {};
    std::optional<bool> leaderElection = {}; ///< false: it is not turned on, and the workload stays at one
    std::optional<bool> budget = {};         ///< a PodDisruptionBudget
    std::optional<bool> restartFast = {};
    Origin origin = {};
    bool operator==(const Choice &) const = default;
};

/// A database that outlives any node. Never a password: that is in a Secret, or typed in when it is written.
struct Database {
    enum class Engine { MySql, PostgreSql };
    Engine engine = Engine::MySql;
    QString host = {};
    int port = 3306;
    QString user = {};
    QString database = {};      ///< of Katib, the registry and the catalogue; Pipelines keep the three names they have
    QString secret = {};        ///< a Secret that exists with the keys the component reads; empty: it is written last, on apply
    QString sslMode = {};       ///< "disable", "require" (nobody looks who answers), "verify-full"; empty: the component's default
    int connectionSeconds = 0; ///< of Pipelines: ConMaxLifeTime; 0: as it is
    QString ca = {}; ///< PEM, of verify-full: who signed the server's certificate; empty: what the image trusts
    Origin origin = {};
    bool operator==(const Database &) const = default;
};

/// An S3 store in place of the one pod that Pipelines ship.
struct ObjectStore {
    QString host = {};
    int port = 443;
    bool secure = true;  ///< TLS
    QString region = {}; ///< empty: as it is
    QString bucket = QStringLiteral("mlpipeline");
    QString secret =
        {}; ///< that exists with the keys accesskey and secretkey; empty: mlpipeline-minio-artifact, written last
    QString iam =
        {}; ///< address of the IAM API that mints a key for each profile; empty: it stays with the store that is there
    Origin origin = {};
    bool operator==(const ObjectStore &) const = default;
};

/// A message broker behind Knative Eventing. A Broker keeps its class for life, so a new one is made beside the old
/// one.
struct EventBroker {
    enum class Kind { Kafka, RabbitMq };
    Kind kind = Kind::Kafka;
    QStringList servers = {}; ///< of Kafka: the bootstrap servers, "host:port" each
    QString host = {};        ///< of RabbitMQ, to test it: the Broker reads it in the Secret
    int port = 5672;          ///< of RabbitMQ
    QString user = {};        ///< to test it
    QString ns = {};          ///< where the Broker is made
    QString name = {};
    QString secret =
        {}; ///< that exists; of Kafka empty: nobody signs in. Of Kafka in knative-eventing, of RabbitMQ in `ns`
    int partitions = 10; ///< of Kafka
    int replication = 3; ///< of Kafka: how many servers keep each event
    Origin origin = {};
    bool operator==(const EventBroker &) const = default;
};

struct Settings {
    Base base = {};
    /// 1 scale now · 2 leader election first · 3 must stay at one, restarts fast · 4 external databases · 5 event brokers
    QSet<int> tiers = {1, 2, 3};
    int replicas = 2; ///< 2 to 9, of what has no choice of its own
    Spread spread = {};
    bool budgets = true;
    QList<Choice> choices = {}; ///< sorted by kind, namespace, name
    std::optional<Database> pipelines = {};
    std::optional<Database> katib = {};
    std::optional<Database> registry = {};
    std::optional<Database> catalog = {};
    std::optional<ObjectStore> objects = {};
    std::optional<EventBroker> events = {};

    const Choice *choiceOf(const audit::ObjectName &workload) const; ///< nullptr: none
    bool operator==(const Settings &) const = default;
};

/// Defaults by what is counted: zones only where there are two, the base by the release that was found (pinned), else the
/// live objects. Spreading is soft.
Settings defaultsFor(const audit::Scene &scene);

/// The text of cairn-overlay.yaml. `previous` is edited where it can be read, so that comments and order stay; what is at its
/// default is left out unless `previous` says it.
Result<QByteArray> settingsText(const Settings &settings, const QByteArray &previous = {});
/// What a consumer cannot be given, whatever its version: the field's name in the settings file, and why. Nothing where
/// it can.
std::optional<std::pair<QString, QString>> refusedIn(services::Consumer consumer, const Database &database);
/// A name or an address alone: no user, scheme, port or path, nothing that means something in an address.
bool isHost(const QString &text);
/// "host:port"
bool isServer(const QString &text);

/// "cairn-overlay.yaml"
QString settingsFile();
/// Unknown fields, wrong types, numbers out of range, and anything that looks like a password are refused with their
/// place in `file`, which is the name the user knows it by; empty: of what no user has as a file. All of it is told: in
/// `why`, and each in the error's causes ("Position", as long as there are no more than 50).
Result<Settings> readSettings(const QByteArray &text, const QString &file = settingsFile());

} // namespace cairn::overlay
