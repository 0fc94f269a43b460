// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Gap.h"
#include "domain/Workload.h"

#include <QDateTime>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QStringList>
#include <optional>

namespace cairn::audit {

/// Names one object, as findings and patches do. Raw text: pass it through text::safe before showing.
struct ObjectName {
    QString group = {}; ///< "" for core, "apps" …
    QString kind;
    QString ns = {}; ///< empty: for the whole cluster, or not said in a manifest
    QString name;
    bool operator==(const ObjectName &) const = default;
    bool operator<(const ObjectName &other) const; ///< by group, kind, namespace, name
};
/// "Deployment kubeflow/ml-pipeline", safe to show.
QString shown(const ObjectName &name);
ObjectName nameOf(const QJsonObject &object);

/// Where a manifest has an object.
struct Place {
    QString file = {}; ///< as the user named it, or relative to the folder they named
    int line = 0;      ///< from 1
    bool operator==(const Place &) const = default;
};

/// Whole objects as a cluster or rendered manifests have them, found by kind, name and label. Objects are hostile: fields
/// may be missing, null or of any type, and every reader of them has to bear that. A value; pure, any thread.
class Scene
{
public:
    enum class Source {
        Cluster,  ///< with pods, leases, endpoints, status
        Manifests ///< YAML before it is applied: nothing of what runs
    };
    explicit Scene(Source source = Source::Cluster, QDateTime now = {});

    Source source() const { return m_source; }
    bool isLive() const { return m_source == Source::Cluster; }
    /// UTC: when what was read was known to be current. Leases and ages are judged by it.
    QDateTime now() const { return m_now; }

    /// Takes an object, or the items of a List. What has no kind or no name is left out. A second object of the same group,
    /// kind, namespace and name replaces the first. Of a Secret nothing is kept but which of its keys hold values that
    /// everybody knows.
    void add(const QJsonObject &object, const Place &place = {});
    /// As if it had not been there. Nothing where it is not.
    void remove(const ObjectName &name);
    /// A list that was read and may be empty: silence of this kind is "none". `ns` empty: everywhere.
    void read(const QString &group, const QString &kind, const QString &ns = {});
    /// A list that could not be read: silence of this kind says nothing.
    void missed(const QString &group, const QString &kind, const QString &ns, const Error &error);

    /// Whether "there is none" may be said of this kind in this namespace (empty: everywhere). Of manifests it may be of
    /// kinds that manifests hold, and never of what only a cluster makes (Pod, Node, Lease, EndpointSlice, ReplicaSet).
    bool saw(const QString &group, const QString &kind, const QString &ns = {}) const;
    /// Something else that could not be read: a part of a file, say. `what` is safe to show.
    void unreadable(const QString &what, const Error &error) { m_gaps.append({what, error}); }
    const QList<Gap> &gaps() const { return m_gaps; }
    /// Of what saw() says no to because of a list that failed: why, safe to show. Empty where it was never asked for.
    QString whyMissed(const QString &group, const QString &kind, const QString &ns = {}) const;

    /// The last line of a pod's log that says something of a schema (HA47). Raw.
    void heard(const ObjectName &pod, const QString &line) { m_heard.insert(pod, line); }
    QString heard(const ObjectName &pod) const { return m_heard.value(pod); }

    /// Where workloads are judged: namespaces of a cluster that belong to Kubeflow or its services. Empty: the catalogue's, and
    /// all of manifests.
    void setScope(const QStringList &namespaces) { m_scope = namespaces; }
    const QStringList &scope() const { return m_scope; }

    /// Of a Secret that was added: the keys whose values are the ones a distribution ships. nullopt where there is no such Secret.
    std::optional<QStringList> defaultsOf(const ObjectName &secret) const;
    /// Where a manifest has this object; line 0 where it is not known.
    Place placeOf(const ObjectName &name) const { return m_places.value(name); }

    /// A part of an object as the last exported overlay has it: what differs from it has drifted (HA44).
    void expect(const QJsonObject &part) { m_expected.append(part); }
    const QList<QJsonObject> &expected() const { return m_expected; }
    /// The values of a Helm release, where somebody gave them (HA52).
    void setHelmValues(const QString &ns, const QString &release, const QJsonObject &values) { m_helm.insert({ns, release}, values); }
    const QMap<std::pair<QString, QString>, QJsonObject> &helmValues() const { return m_helm; }

    /// In the order of their names. References stay good until the next add().
    QList<const QJsonObject *> all(const QString &group, const QString &kind, const QString &ns = {}) const;
    const QJsonObject *find(const ObjectName &name) const; ///< nullptr where there is none
    qsizetype count() const { return m_objects.size(); }
    /// Every object, in the order of their names.
    const QMap<ObjectName, QJsonObject> &objects() const { return m_objects; }

    /// Deployments, StatefulSets and DaemonSets.
    QList<const QJsonObject *> workloads() const;
    /// Pods of a namespace that a selector takes.
    QList<const QJsonObject *> pods(const QString &ns, const LabelSelector &selector) const;

private:
    void take(const ObjectName &name, const QJsonObject &object, const Place &place);

    Source m_source;
    QDateTime m_now;
    QMap<ObjectName, QJsonObject> m_objects;
    QMap<ObjectName, Place> m_places;
    QMap<ObjectName, QStringList> m_defaults;
    QMap<ObjectName, QString> m_heard;
    QStringList m_scope;
    QList<QJsonObject> m_expected;
    QMap<std::pair<QString, QString>, QJsonObject> m_helm;
    QList<Gap> m_gaps;
    const QString *missedList(const QString &group, const QString &kind, const QString &ns) const;

    QMap<ObjectName, bool> m_read;      ///< lists, with an empty name
    QMap<ObjectName, QString> m_missed; ///< the same, with why; safe to show
};

/// What logs of pods are called as a list that may be missed.
inline const QString podLog = QStringLiteral("log of Pod");
/// MLMD's server on a schema that is not there, or not the one it needs.
bool isAboutSchema(const QString &line);

/// meta/v1 LabelSelector, or a Service's plain map with `plain`.
LabelSelector selectorOf(const QJsonValue &selector, bool plain = false);
/// The host outside of the cluster that a Service of type ExternalName stands for; empty of any other Service.
QString externalNameOf(const QJsonObject &service);
QMap<QString, QString> labelsOf(const QJsonObject &object);
/// Of a workload: spec.template; of a Pod itself; else empty.
QJsonObject podTemplateOf(const QJsonObject &workload);
/// Of a pod template or a Pod: init containers not among them.
QList<QJsonObject> containersOf(const QJsonObject &podTemplate);
/// spec.replicas; 1 where it is unset or no number.
int replicasOf(const QJsonObject &workload);

} // namespace cairn::audit
