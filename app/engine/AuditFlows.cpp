// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/AuditFlows.h"

#include "audit/Audit.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using audit::ObjectName;
using audit::Scene;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

constexpr int mostObjects = 50'000; ///< of one kind: beyond it, the rest of the list is a gap
const QString kubeSystem = u"kube-system"_s;

ResourceKind namespaced(const QString &group, const QString &version, const QString &plural, const QString &kind)
{
    return {group, version, plural, kind, true};
}

ResourceKind ofCluster(const QString &group, const QString &version, const QString &plural, const QString &kind)
{
    return {group, version, plural, kind, false};
}

/// Reads lists into a scene, and remembers the first error after which there is no use in asking for more.
class Reader
{
public:
    using Keep = std::function<bool(const QJsonObject &)>;
    enum class Absent { Gap, None }; ///< what it means that the server does not serve a kind

    Reader(ObjectApi &api, Scene &scene, std::stop_token stop)
        : m_api(api)
        , m_scene(scene)
        , m_stop(std::move(stop))
    {
    }

    const std::optional<Error> &error() const { return m_error; }
    bool anyRead() const { return m_gaps.anyRead(); }
    /// A list of all namespaces was refused.
    bool isConfined() const { return m_confined; }

    /// One list; false where it could not be read.
    bool list(const ResourceKind &kind, const QString &ns, Absent absent = Absent::Gap, const Keep &keep = {})
    {
        if (m_error)
            return false;
        const std::optional<Error> error = pages(kind, ns, {}, keep);
        if (!error || (absent == Absent::None && error->kind == Error::Kind::NotFound)) {
            m_scene.read(kind.group, kind.kind, ns);
            return true;
        }
        missed(kind, ns, *error);
        return false;
    }

    void each(const ResourceKind &kind, const QStringList &namespaces, Absent absent = Absent::Gap)
    {
        for (const QString &ns : namespaces)
            list(kind, ns, absent);
    }

    /// In one list of all namespaces where that is allowed, else in one of each.
    bool everywhere(const ResourceKind &kind, const QStringList &otherwise, Absent absent = Absent::Gap, const Keep &keep = {})
    {
        if (m_error)
            return false;
        const std::optional<Error> error = pages(kind, {}, {}, keep);
        if (!error || (absent == Absent::None && error->kind == Error::Kind::NotFound)) {
            m_scene.read(kind.group, kind.kind);
            return true;
        }
        if (error->kind != Error::Kind::Forbidden) {
            missed(kind, {}, *error);
            return false;
        }
        m_confined = true;
        bool any = false;
        for (const QString &ns : otherwise)
            any = list(kind, ns, absent) || any;
        return any;
    }

    /// By label in all namespaces; what may not be read is a gap, but says nothing of the namespaces that are listed as well.
    void labelled(const ResourceKind &kind, const QString &label)
    {
        if (m_error)
            return;
        if (const std::optional<Error> error = pages(kind, {}, label, {}); error) {
            if (const Result<> fatal = m_gaps.missed(kind.plural, *error); !fatal)
                m_error = fatal.error();
            else
                m_scene.unreadable(u"%1 (%2)"_s.arg(kind.plural, label), *error);
        }
    }

    /// One object by its name; what is not there is nothing.
    bool one(const ResourceKind &kind, const QString &ns, const QString &name)
    {
        if (m_error)
            return false;
        Result<QJsonObject> object = m_api.get({kind, ns, name, {}}, m_stop);
        if (object) {
            m_gaps.read();
            add(kind, *std::move(object));
        } else if (object.error().kind != Error::Kind::NotFound) {
            if (const Result<> fatal = m_gaps.missed(kind.plural, object.error()); !fatal)
                m_error = fatal.error();
            else
                m_scene.unreadable(text::safe(u"%1 %2/%3"_s.arg(kind.kind, ns, name)), object.error());
            return false;
        }
        return true;
    }

private:
    void missed(const ResourceKind &kind, const QString &ns, const Error &error)
    {
        if (const Result<> fatal = m_gaps.missed(kind.plural, error); !fatal)
            m_error = fatal.error();
        m_scene.missed(kind.group, kind.kind, ns, error);
    }

    void add(const ResourceKind &kind, QJsonObject object)
    {
        // A server's lists leave these out of their items.
        object.insert(u"kind"_s, kind.kind);
        object.insert(u"apiVersion"_s, kind.apiVersion());
        m_scene.add(object);
    }

    std::optional<Error> pages(const ResourceKind &kind, const QString &ns, const QString &label, const Keep &keep)
    {
        ListQuery query;
        query.ns = ns;
        query.labelSelector = label;
        int kept = 0;
        for (bool again = false;;) {
            Result<ObjectPage> page = m_api.page(kind, query, m_stop);
            if (!page && page.error().kind == Error::Kind::Gone && !query.next.isEmpty() && !again) {
                again = true; // the pages before have expired: once more from the beginning, where objects replace themselves
                query.next.clear();
                kept = 0;
                continue;
            }
            if (!page)
                return page.error();
            m_gaps.read();
            for (QJsonObject &object : page->objects) {
                if (keep && !keep(object))
                    continue;
                if (++kept > mostObjects)
                    return Error::make(Error::Kind::Unsupported, Words::tr("There are more than %1 %2").arg(mostObjects).arg(kind.plural), Words::tr("The audit reads no more of one kind"));
                add(kind, std::move(object));
            }
            if (page->next.isEmpty())
                return std::nullopt;
            query.next = page->next;
        }
    }

    ObjectApi &m_api;
    Scene &m_scene;
    const std::stop_token m_stop;
    Gaps m_gaps;
    bool m_confined = false;
    std::optional<Error> m_error;
};

QString nsOf(const QJsonObject &object)
{
    return object.value(u"metadata"_s)[u"namespace"_s].toString();
}

/// Workloads of the catalogue's namespaces, and of others that a component was installed to.
QStringList readWorkloads(Reader &reader, Scene &scene, const SceneOptions &options)
{
    QStringList homes = components::catalogue().namespaces();
    homes.removeAll(kubeSystem);
    if (!options.ns.isEmpty() && options.ns != kubeSystem && !homes.contains(options.ns))
        homes.append(options.ns);
    QStringList otherwise = homes + QStringList{kubeSystem};
    if (!options.fallback.isEmpty() && !otherwise.contains(options.fallback))
        otherwise.append(options.fallback);
    QList<QJsonObject> elsewhere; ///< that the catalogue does not know: judged where a known one is beside them
    QSet<QString> found;
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets()}) {
        const auto keep = [&](const QJsonObject &object) {
            const QString ns = nsOf(object);
            if (homes.contains(ns) || audit::isDns(object) || (reader.isConfined() && ns == options.fallback))
                return true;
            if (ns == kubeSystem)
                return false;
            const ObjectName name{kind.group, kind.kind, ns, object.value(u"metadata"_s)[u"name"_s].toString()};
            const components::Entry *entry = audit::entryOf(name, audit::labelsOf(audit::podTemplateOf(object)));
            // One in each profile says nothing of what is beside it: notebooks, and what their users made.
            if (entry && !entry->perProfile) {
                found.insert(ns);
                return true;
            }
            if (elsewhere.size() < mostObjects) {
                QJsonObject copy = object;
                copy.insert(u"kind"_s, kind.kind);
                copy.insert(u"apiVersion"_s, kind.apiVersion());
                elsewhere.append(copy);
            }
            return false;
        };
        reader.everywhere(kind, otherwise, Reader::Absent::Gap, keep);
    }
    for (const QJsonObject &object : std::as_const(elsewhere)) {
        if (found.contains(nsOf(object)))
            scene.add(object);
    }
    QSet<QString> scope = found;
    otherwise.removeAll(kubeSystem);
    for (const QString &ns : std::as_const(otherwise)) {
        // Where nothing runs, or nothing may be read, there is nothing to judge; the latter is a gap already.
        if (!scene.all(u"apps"_s, u"Deployment"_s, ns).isEmpty() || !scene.all(u"apps"_s, u"StatefulSet"_s, ns).isEmpty())
            scope.insert(ns);
    }
    QStringList sorted(scope.begin(), scope.end());
    sorted.sort();
    return sorted;
}

/// Names of ConfigMaps that say something about a workload: of its election, and of where its database is.
void readConfigMaps(Reader &reader, Scene &scene, const QStringList &scope)
{
    QSet<std::pair<QString, QString>> wanted;
    const QList<const QJsonObject *> workloads = scene.workloads();
    static const QRegularExpression host(u"HOST"_s);
    for (const QJsonObject *workload : workloads) {
        const ObjectName name = audit::nameOf(*workload);
        if (!scope.contains(name.ns))
            continue;
        const QJsonObject podTemplate = audit::podTemplateOf(*workload);
        if (const components::Entry *entry = audit::entryOf(name, audit::labelsOf(podTemplate))) {
            if (entry->election && !entry->election->configMap.isEmpty())
                wanted.insert({name.ns, entry->election->configMap});
            if (entry->id == "ml-pipeline"_L1)
                wanted.insert({name.ns, u"pipeline-install-config"_s});
            if (entry->id == "dex"_L1)
                wanted.insert({name.ns, u"dex"_s});
        }
        for (const QJsonObject &container : audit::containersOf(podTemplate)) {
            for (const QJsonValue variable : container[u"env"_s].toArray()) {
                const QString map = variable[u"valueFrom"_s][u"configMapKeyRef"_s][u"name"_s].toString();
                if (!map.isEmpty() && variable[u"name"_s].toString().contains(host) && wanted.size() < 500)
                    wanted.insert({name.ns, map});
            }
        }
    }
    QSet<QString> failed;
    for (const auto &[ns, name] : std::as_const(wanted)) {
        if (!reader.one(kinds::configMaps(), ns, name))
            failed.insert(ns);
    }
    // Of those that rules ask for by name it is known now whether they are there.
    for (const QString &ns : scope) {
        if (!failed.contains(ns))
            scene.read({}, u"ConfigMap"_s, ns);
    }
    reader.one(kinds::configMaps(), kubeSystem, u"kubeadm-config"_s);
}

/// Of a metadata server that was scaled and restarts: what the runs before said of its schema. A tail of each log, of which no more is
/// kept than one line.
void readSchemaLogs(ObjectApi &api, Scene &scene, const std::stop_token &stop)
{
    constexpr int mostPods = 8;
    for (const QJsonObject *workload : scene.all(u"apps"_s, u"Deployment"_s)) {
        const ObjectName name = audit::nameOf(*workload);
        const QJsonObject podTemplate = audit::podTemplateOf(*workload);
        const components::Entry *entry = audit::entryOf(name, audit::labelsOf(podTemplate));
        if (!entry || entry->id != "metadata-grpc"_L1 || audit::replicasOf(*workload) < 2)
            continue;
        int asked = 0;
        for (const QJsonObject *pod : scene.pods(name.ns, audit::selectorOf((*workload)[u"spec"_s][u"selector"_s]))) {
            const ObjectName podName = audit::nameOf(*pod);
            for (const QJsonValue status : (*pod)[u"status"_s][u"containerStatuses"_s].toArray()) {
                if (status[u"restartCount"_s].toInt() < 1 || !entry->containers.contains(status[u"name"_s].toString()) || asked++ >= mostPods)
                    continue;
                LogOptions options;
                options.container = status[u"name"_s].toString();
                options.previous = true;
                options.tailLines = 200;
                options.limitBytes = 256 * 1024;
                const Result<QByteArray> log = api.log(name.ns, podName.name, options, stop);
                // The run before may have been tidied away.
                if (!log && log.error().kind == Error::Kind::NotFound)
                    continue;
                if (!log) {
                    scene.missed({}, audit::podLog, name.ns, log.error());
                    continue;
                }
                for (const QByteArray &line : log->split('\n')) {
                    if (audit::isAboutSchema(QString::fromUtf8(line)))
                        scene.heard(podName, QString::fromUtf8(line));
                }
            }
        }
    }
}

/// Secrets that workloads take variables from and whose shipped values are known, one by one.
void readSecrets(Reader &reader, Scene &scene, const QStringList &scope)
{
    static const QRegularExpression known(u"^(mysql-secret|mlpipeline-minio-artifact|katib-mysql-secrets|model-registry-db-secrets|model-catalog-postgres|"
                                          "oauth2-proxy|dex-passwords)(-[2456789bcdfghkmt]{10})?$"_s);
    QSet<std::pair<QString, QString>> wanted;
    const QList<const QJsonObject *> workloads = scene.workloads();
    for (const QJsonObject *workload : workloads) {
        const QString ns = audit::nameOf(*workload).ns;
        if (!scope.contains(ns))
            continue;
        for (const QJsonObject &container : audit::containersOf(audit::podTemplateOf(*workload))) {
            QStringList names;
            for (const QJsonValue variable : container[u"env"_s].toArray())
                names.append(variable[u"valueFrom"_s][u"secretKeyRef"_s][u"name"_s].toString());
            for (const QJsonValue source : container[u"envFrom"_s].toArray())
                names.append(source[u"secretRef"_s][u"name"_s].toString());
            for (const QString &name : std::as_const(names)) {
                if (known.match(name).hasMatch())
                    wanted.insert({ns, name});
            }
        }
    }
    bool all = true;
    for (const auto &[ns, name] : std::as_const(wanted))
        all = reader.one(kinds::secrets(), ns, name) && all;
    if (all)
        scene.read({}, u"Secret"_s);
}

/// Namespaces of webhook Services beside those that are judged: of them only what answers is read.
QStringList webhookNamespaces(const Scene &scene, const QStringList &scope)
{
    QStringList namespaces;
    for (const QString &kind : {u"MutatingWebhookConfiguration"_s, u"ValidatingWebhookConfiguration"_s}) {
        for (const QJsonObject *configuration : scene.all(u"admissionregistration.k8s.io"_s, kind)) {
            for (const QJsonValue hook : (*configuration)[u"webhooks"_s].toArray()) {
                const QString ns = hook[u"clientConfig"_s][u"service"_s][u"namespace"_s].toString();
                if (!ns.isEmpty() && hook[u"failurePolicy"_s].toString() != "Ignore"_L1 && !scope.contains(ns) && !namespaces.contains(ns) && namespaces.size() < 20)
                    namespaces.append(ns);
            }
        }
    }
    return namespaces;
}

} // namespace

Result<Scene> readScene(ObjectApi &api, const SceneOptions &options, std::stop_token stop)
{
    Scene scene(Scene::Source::Cluster, QDateTime::currentDateTimeUtc());
    Reader reader(api, scene, stop);
    const QStringList scope = readWorkloads(reader, scene, options);
    if (reader.error())
        return fail(*reader.error());
    if (!reader.anyRead())
        return fail(scene.gaps().first().error);
    scene.setScope(scope);

    const QString rbac = u"rbac.authorization.k8s.io"_s, admission = u"admissionregistration.k8s.io"_s;
    const auto inScope = [&](const QJsonObject &object) { return scope.contains(nsOf(object)); };
    // Leases of cert-manager lie in kube-system, and those of the API servers.
    const QStringList withSystem = scope + QStringList{kubeSystem};
    reader.each(kinds::pods(), withSystem);
    reader.each(kinds::leases(), withSystem);
    reader.each(kinds::services(), withSystem);
    const ResourceKind slices = namespaced(u"discovery.k8s.io"_s, u"v1"_s, u"endpointslices"_s, u"EndpointSlice"_s);
    reader.each(slices, scope);
    reader.everywhere(kinds::disruptionBudgets(), withSystem);
    reader.everywhere(kinds::autoscalers(), withSystem, Reader::Absent::Gap, [&](const QJsonObject &object) { return withSystem.contains(nsOf(object)); });
    reader.each(kinds::claims(), scope);
    reader.each(namespaced(rbac, u"v1"_s, u"roles"_s, u"Role"_s), withSystem);
    reader.each(namespaced(rbac, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s), withSystem);
    reader.everywhere(namespaced(u"batch"_s, u"v1"_s, u"cronjobs"_s, u"CronJob"_s), scope, Reader::Absent::Gap, inScope);
    reader.everywhere(namespaced(u"snapshot.storage.k8s.io"_s, u"v1"_s, u"volumesnapshots"_s, u"VolumeSnapshot"_s), scope, Reader::Absent::None, inScope);
    reader.everywhere(namespaced(u"cert-manager.io"_s, u"v1"_s, u"certificates"_s, u"Certificate"_s), scope, Reader::Absent::None, inScope);
    reader.list(namespaced(u"velero.io"_s, u"v1"_s, u"schedules"_s, u"Schedule"_s), {}, Reader::Absent::None);

    reader.list(kinds::nodes(), {});
    reader.list(kinds::namespaces(), {});
    // What an ambient mesh runs on each node is a DaemonSet's, so its namespace may be none that is judged.
    const auto isAmbient = [](const QJsonObject *ns) { return audit::labelsOf(*ns).value(u"istio.io/dataplane-mode"_s) == "ambient"_L1; };
    if (const QString mesh = u"istio-system"_s; !withSystem.contains(mesh) && std::ranges::any_of(scene.all({}, u"Namespace"_s), isAmbient))
        reader.each(kinds::pods(), {mesh});
    reader.list(kinds::storageClasses(), {});
    reader.list(kinds::volumes(), {}, Reader::Absent::Gap, [&](const QJsonObject &volume) {
        return scope.contains(volume[u"spec"_s][u"claimRef"_s][u"namespace"_s].toString());
    });
    reader.list(ofCluster(rbac, u"v1"_s, u"clusterroles"_s, u"ClusterRole"_s), {});
    reader.list(ofCluster(rbac, u"v1"_s, u"clusterrolebindings"_s, u"ClusterRoleBinding"_s), {});
    reader.list(ofCluster(admission, u"v1"_s, u"mutatingwebhookconfigurations"_s, u"MutatingWebhookConfiguration"_s), {});
    reader.list(ofCluster(admission, u"v1"_s, u"validatingwebhookconfigurations"_s, u"ValidatingWebhookConfiguration"_s), {});
    reader.list(kinds::crds(), {}, Reader::Absent::Gap, [](const QJsonObject &crd) {
        return crd[u"spec"_s][u"conversion"_s][u"strategy"_s].toString() == "Webhook"_L1;
    });
    const QStringList answering = webhookNamespaces(scene, scope);
    reader.each(slices, answering);
    reader.labelled(kinds::pods(), u"training.kubeflow.org/job-name"_s);
    reader.labelled(kinds::pods(), u"jobset.sigs.k8s.io/jobset-name"_s);
    readConfigMaps(reader, scene, scope);
    if (!reader.error())
        readSchemaLogs(api, scene, stop);
    if (options.secrets)
        readSecrets(reader, scene, scope);
    if (reader.error())
        return fail(*reader.error());
    return scene;
}

} // namespace cairn::app
