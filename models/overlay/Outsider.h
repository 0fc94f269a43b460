// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/Document.h"
#include "overlay/Facts.h"
#include "overlay/ServiceParts.h"

#include <QCoreApplication>

/// How servicesOf() works out what leads to services outside: shared by its sources, and nobody else's.
namespace cairn::overlay::outsider {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::overlay)
};

using namespace Qt::StringLiterals;
using audit::ObjectName;
using components::Entry;
using services::Consumer;
using What = Replaceable::What;

inline const auto kInstall = u"pipeline-install-config"_s;
inline const auto kPipelinesSecret = u"mysql-secret"_s;
inline const auto kObjectsSecret = u"mlpipeline-minio-artifact"_s;
inline const auto kKatibSecret = u"katib-mysql-secrets"_s;
inline const auto kRegistrySecret = u"model-registry-db-secrets"_s;
inline const auto kRegistryMap = u"model-registry-db-parameters"_s;
inline const auto kCatalogSecret = u"model-catalog-postgres"_s;
inline const auto kWorkflowMap = u"workflow-controller-configmap"_s;
inline const auto kLauncherMap = u"kfp-launcher"_s;
inline const auto kBrokerMap = u"kafka-broker-config"_s;
inline const auto kEventing = u"knative-eventing"_s;
inline const auto kCaFolder = u"/etc/db-ca"_s;
inline const auto kCaFile = u"/etc/db-ca/ca.crt"_s;

/// A workload that reads a store, and the container that does.
struct Use {
    ObjectName name;
    QJsonObject workload;
    QJsonObject container;
    int index = 0; ///< of the container
    QString containerName() const { return container[u"name"_s].toString(); }
};

QJsonObject variableIn(const QJsonObject &container, const QString &name);
/// A variable in a merge. What it came from before is taken away: one that has a value and a source is refused.
QJsonObject variable(const Use &use, const QString &name, const QString &value);
QJsonObject secretVariable(const Use &use, const QString &name, const QString &secret, const QString &key);
/// Of an address for people and of a DSN.
QString bracketed(const QString &host);
bool encrypts(const Database &database);

/// One working out. Each of the private steps adds to the result what one service needs.
class Outsider {
public:
    Outsider(const audit::Scene &scene, const Settings &settings, const QVersionNumber &pipelines);
    ServiceParts run();

private:
    const Use *use(const QString &id) const;
    void warn(const QString &id, const QString &text, const QString &fix = {});
    void refuse(const QString &id, const QString &text, const QString &fix = {});
    /// In the language of the window for people, in English for the files.
    static void limit(Replaceable &known, ServicePart &part, const char *text);
    void done(const Replaceable &known, const ServicePart &part = {});
    static void restart(Replaceable &known, ServicePart &part, const Use &use);
    /// A merge, and the place it stands for: "Deployment kubeflow/ml-pipeline: OBJECTSTORECONFIG_HOST, …".
    static void merge(Replaceable &known, ServicePart &part, const ObjectName &name, const QJsonObject &body,
        const QStringList &keys, const ObjectName &on, const QString &comment = {});
    static void place(Replaceable &known, const ObjectName &name, const QStringList &keys);
    static void mergeMap(Replaceable &known, ServicePart &part, const ObjectName &map, const QJsonObject &data,
        const ObjectName &on, const QString &comment = {});
    /// Variables of the container, and the certificate that it trusts.
    void mergePod(Replaceable &known, ServicePart &part, const Use &use, const QJsonArray &env, const QString &ca = {},
        const QString &comment = {});
    /// Variables that come from Secret `from`, out of Secret `to`.
    static QJsonArray moved(const Use &use, const QString &from, const QString &to);
    static QByteArray example(const ObjectName &secret, const QList<std::pair<QString, QString>> &keys, bool exists);

    // Istio
    /// "mysql", "mysql.kubeflow" and "mysql.kubeflow.svc" as a DestinationRule of that namespace would have them;
    /// empty: no Service.
    static QString serviceOf(const QString &host, const QString &ns);
    /// Rules that speak mTLS to a Service which leads out of the mesh from now on.
    void mesh(Replaceable &known, ServicePart &part, const QString &host, const ObjectName &on);

    /// What every database has to say; false: nothing can be written for it.
    bool isWhole(Consumer consumer, const Database &database, const QString &id, const QString &title, bool there);
    /// A service of a component that this cluster does not have.
    void isNotHere(const Origin &origin, const QString &component);

    // Databases
    void pipelines();
    /// The keys that each part of this version reads; of an unknown version those of all.
    QJsonObject mysqlKeys(const Database &database) const;
    void katib();
    void registry();
    /// Where an argument stands (a JSON pointer), what stands there, and its value; empty where it is not given.
    static std::tuple<QString, QJsonValue, QString> argument(const Use &use, const QString &flag);
    void catalog();

    // Object store
    void objects();
    /// The whole text of a ConfigMap's key with some fields set, as a patch in a file of its own: kustomize takes the
    /// last line break from a patch inside of a kustomization.
    void mapText(Replaceable &known, ServicePart &part, const ObjectName &map, const QString &key,
        const QList<std::pair<manifest::Path, QJsonValue>> &fields, const QJsonObject &more, const ObjectName &on);
    void workflows(Replaceable &known, ServicePart &part, const ObjectStore &store, const QString &secret);
    /// Of an installation for one user; for profiles the profile controller writes it.
    void launcher(
        Replaceable &known, ServicePart &part, const ObjectStore &store, const QString &secret, const ObjectName &on);

    // Brokers
    static QString classOf(const QJsonObject &broker);
    void events();

    const audit::Scene &m_scene;
    const Settings &m_settings;
    const QVersionNumber m_version;
    QHash<QString, Use> m_uses; ///< by the catalogue's id
    bool m_eventing = false;
    ServiceParts m_result;
};

} // namespace cairn::overlay::outsider
