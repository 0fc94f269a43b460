// SPDX-License-Identifier: GPL-3.0-or-later
#include "Examples.h"

#include "manifest/Yaml.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::audit::samples {
namespace {

QJsonObject over(QJsonObject under, const QJsonObject &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        under.insert(it.key(), it.value().isObject() && under[it.key()].isObject() ? QJsonValue(over(under[it.key()].toObject(), it.value().toObject())) : it.value());
    return under;
}

QJsonObject node(const QString &name, const QString &zone)
{
    return {{u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"Node"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"labels"_s, QJsonObject{{u"topology.kubernetes.io/zone"_s, zone}}}}},
            {u"status"_s, QJsonObject{{u"addresses"_s, QJsonArray{QJsonObject{{u"type"_s, u"InternalIP"_s}, {u"address"_s, u"10.0.0."_s + name.right(1)}}}}}}};
}

QList<QJsonObject> operator+(QList<QJsonObject> list, const QJsonObject &object)
{
    list.append(object);
    return list;
}

QJsonObject service(const QString &name, const QString &app, const QString &ns = u"kubeflow"_s)
{
    return {{u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"Service"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}}},
            {u"spec"_s, QJsonObject{{u"selector"_s, QJsonObject{{u"app"_s, app}}}}}};
}

QJsonObject endpoints(const QString &service, const QStringList &nodes, const QString &ns = u"kubeflow"_s)
{
    QJsonArray list;
    for (qsizetype i = 0; i < nodes.size(); ++i)
        list.append(QJsonObject{{u"addresses"_s, QJsonArray{u"10.1.0.%1"_s.arg(i)}}, {u"nodeName"_s, nodes[i]}, {u"conditions"_s, QJsonObject{{u"ready"_s, true}}}});
    return {{u"apiVersion"_s, u"discovery.k8s.io/v1"_s},
            {u"kind"_s, u"EndpointSlice"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, service + u"-x"_s}, {u"namespace"_s, ns}, {u"labels"_s, QJsonObject{{u"kubernetes.io/service-name"_s, service}}}}},
            {u"endpoints"_s, list}};
}

QJsonObject webhook(const QString &policy, const QString &resource, const char *more = "{}")
{
    QJsonObject hook = over({{u"name"_s, u"v.example.com"_s},
                             {u"clientConfig"_s, QJsonObject{{u"service"_s, QJsonObject{{u"namespace"_s, u"kubeflow"_s}, {u"name"_s, u"training-operator"_s}}}}},
                             {u"rules"_s, QJsonArray{QJsonObject{{u"apiGroups"_s, QJsonArray{u""_s, u"kubeflow.org"_s}},
                                                                 {u"operations"_s, QJsonArray{u"CREATE"_s}},
                                                                 {u"resources"_s, QJsonArray{resource}}}}}},
                            yaml(more));
    if (!policy.isEmpty())
        hook.insert(u"failurePolicy"_s, policy);
    return {{u"apiVersion"_s, u"admissionregistration.k8s.io/v1"_s},
            {u"kind"_s, u"ValidatingWebhookConfiguration"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"validator.training-operator.kubeflow.org"_s}}},
            {u"webhooks"_s, QJsonArray{hook}}};
}

QJsonObject lease(const QString &name, const char *spec, const QString &ns = u"kubeflow"_s, const char *labels = "{}")
{
    return {{u"apiVersion"_s, u"coordination.k8s.io/v1"_s},
            {u"kind"_s, u"Lease"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}, {u"labels"_s, yaml(labels)}}},
            {u"spec"_s, yaml(spec)}};
}

QJsonObject config(const QString &name, const char *data, const QString &ns = u"kubeflow"_s)
{
    return {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"ConfigMap"_s}, {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, ns}}}, {u"data"_s, yaml(data)}};
}

QJsonObject claim(const QString &name, const char *spec)
{
    return {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"PersistentVolumeClaim"_s}, {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"kubeflow"_s}}}, {u"spec"_s, yaml(spec)}};
}

QJsonObject jobPod(const QString &name, const QString &node)
{
    return {{u"apiVersion"_s, u"v1"_s},
            {u"kind"_s, u"Pod"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, name}, {u"namespace"_s, u"team"_s}, {u"labels"_s, QJsonObject{{u"training.kubeflow.org/job-name"_s, u"llama"_s}}},
                                        {u"ownerReferences"_s, QJsonArray{QJsonObject{{u"kind"_s, u"PyTorchJob"_s}, {u"name"_s, u"llama"_s}}}}}},
            {u"spec"_s, QJsonObject{{u"nodeName"_s, node}}},
            {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}}}};
}

const char *const mounts = "{volumes: [{name: data, persistentVolumeClaim: {claimName: mysql-pv-claim}}]}";
const QString ui = u"ml-pipeline-ui"_s;

QList<Example> make()
{
    const auto manifests = Scene::Source::Manifests;
    QList<Example> all;
    const auto add = [&](const char *rule, const QList<QJsonObject> &bad, const QList<QJsonObject> &good, Scene::Source source = Scene::Source::Cluster) {
        all.append({QString::fromLatin1(rule), bad, good, source});
    };

    add("HA01", deploy({.name = ui, .nodes = {u"n1"_s}}), deploy({.name = ui, .replicas = 2}));
    add("HA02", deploy({.name = u"training-operator"_s}), deploy({.name = u"training-operator"_s, .container = "{args: [--leader-elect=true]}"}));
    add("HA03", deploy({.name = u"metadata-writer"_s, .replicas = 2}), deploy({.name = u"metadata-writer"_s}));
    const QList<QJsonObject> elected = deploy({.name = u"training-operator"_s, .replicas = 2, .pod = "{serviceAccountName: training-operator}", .container = "{args: [--leader-elect]}"});
    const QJsonObject binding = yaml("{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: le, namespace: kubeflow}, roleRef: {kind: Role, name: le},"
                                     " subjects: [{kind: ServiceAccount, name: training-operator, namespace: kubeflow}]}");
    add("HA04", elected + binding + yaml("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: le, namespace: kubeflow}, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}"),
        elected + binding + yaml("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: le, namespace: kubeflow},"
                                 " rules: [{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}]}"));
    const QList<QJsonObject> argo = deploy({.name = u"workflow-controller"_s, .replicas = 2, .container = "{env: [{name: LEADER_ELECTION_IDENTITY, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}"});
    add("HA05", argo + lease(u"workflow-controller"_s, "{holderIdentity: w-1, leaseDurationSeconds: 15, renewTime: '2026-03-01T11:58:00.000000Z'}"),
        argo + lease(u"workflow-controller"_s, "{holderIdentity: w-1, leaseDurationSeconds: 15, renewTime: '2026-03-01T11:59:55.000000Z'}"));
    add("HA06", deploy({.name = ui, .replicas = 2, .nodes = {u"n1"_s}, .meta = "{creationTimestamp: '2026-01-01T00:00:00Z'}"}),
        deploy({.name = ui, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}, .meta = "{creationTimestamp: '2026-01-01T00:00:00Z'}"}));
    const QList<QJsonObject> two = deploy({.name = ui, .replicas = 2, .nodes = {u"n1"_s, u"n3"_s}});
    add("HA07", two, two + budget("{maxUnavailable: 1}"));
    add("HA08", deploy({.name = ui}) + budget("{minAvailable: 1}"), two + budget("{minAvailable: 1}"));
    add("HA09", two + budget("{minAvailable: 0}"), two + budget("{maxUnavailable: 1}"));
    add("HA10", two + budget("{maxUnavailable: 1}", u"nothing"_s), two + budget("{maxUnavailable: 1}"));
    add("HA11", two + budget("{maxUnavailable: 1}"), two + budget("{maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow}"));
    const QList<QJsonObject> activator = deploy({.name = u"activator"_s, .replicas = 3, .ns = u"knative-serving"_s});
    add("HA12", activator + autoscaler(u"activator"_s, 1, u"knative-serving"_s), activator + autoscaler(u"activator"_s, 2, u"knative-serving"_s));
    add("HA13",
        deploy({.name = u"activator"_s, .replicas = 3, .ns = u"knative-serving"_s, .meta = "{managedFields: [{manager: kubectl, fieldsV1: {'f:spec': {'f:replicas': {}}}}]}"})
            + autoscaler(u"activator"_s, 2, u"knative-serving"_s),
        deploy({.name = u"activator"_s, .replicas = 3, .ns = u"knative-serving"_s,
                .meta = "{managedFields: [{manager: kube-controller-manager, subresource: scale, fieldsV1: {'f:spec': {'f:replicas': {}}}}]}"})
            + autoscaler(u"activator"_s, 2, u"knative-serving"_s));
    add("HA14", two + autoscaler(ui, 1) + budget("{minAvailable: 1}"), two + autoscaler(ui, 3) + budget("{minAvailable: 1}"));
    add("HA15", two + autoscaler(u"gone"_s, 2), two + autoscaler(ui, 2));
    add("HA16", deploy({.name = ui, .replicas = 2}),
        deploy({.name = ui, .replicas = 2, .pod = "{topologySpreadConstraints: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: ml-pipeline-ui}}}]}"}), manifests);
    add("HA17", deploy({.name = ui, .replicas = 2, .nodes = {u"n1"_s, u"n1"_s}}), two);
    add("HA18", deploy({.name = ui, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}}), two);
    const char *required = "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: ml-pipeline-ui}}}]}}}";
    add("HA19", deploy({.name = ui, .replicas = 4, .pod = required}), deploy({.name = ui, .replicas = 2, .pod = required}));
    const QString op = u"training-operator"_s;
    const QList<QJsonObject> behindOne = deploy({.name = op}) + service(op, op) + endpoints(op, {u"n1"_s});
    const QList<QJsonObject> behindTwo = deploy({.name = op, .replicas = 2}) + service(op, op) + endpoints(op, {u"n1"_s, u"n2"_s});
    add("HA20", behindOne + webhook({}, u"pytorchjobs"_s), behindTwo + webhook({}, u"pytorchjobs"_s));
    const QJsonObject crd = yaml("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: jobsets.jobset.x-k8s.io}, spec: {names: {plural: jobsets},"
                                 " conversion: {strategy: Webhook, webhook: {clientConfig: {service: {namespace: kubeflow, name: training-operator}}}}}}");
    add("HA21", behindOne + crd, behindTwo + crd);
    add("HA22", behindOne + webhook(u"Fail"_s, u"pods"_s), behindOne + webhook(u"Fail"_s, u"pods"_s, "{objectSelector: {matchLabels: {a: b}}}"));
    add("HA23", deploy({.name = op, .replicas = 2}) + service(op, op) + endpoints(op, {u"n1"_s}), behindTwo);
    add("HA24", deploy({.name = ui}), deploy({.name = ui, .container = "{readinessProbe: {tcpSocket: {port: 80}}}"}), manifests);
    add("HA25", deploy({.name = ui}), deploy({.name = ui, .container = "{livenessProbe: {tcpSocket: {port: 80}}}"}), manifests);
    add("HA26", deploy({.name = ui, .container = "{resources: {requests: {cpu: 1}}}"}), deploy({.name = ui, .container = "{resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}}"}), manifests);
    add("HA27", deploy({.name = u"mysql"_s}), deploy({.name = u"mysql"_s, .pod = "{priorityClassName: kubeflow-stores}"}), manifests);
    add("HA28", deploy({.name = u"mysql"_s}), deploy({.name = u"mysql"_s, .replicas = 0}));
    add("HA29", deploy({.name = u"mysql"_s, .replicas = 2, .pod = mounts}) + claim(u"mysql-pv-claim"_s, "{accessModes: [ReadWriteOnce]}"),
        deploy({.name = u"mysql"_s, .pod = mounts}) + claim(u"mysql-pv-claim"_s, "{accessModes: [ReadWriteOnce]}"));
    add("HA30",
        deploy({.name = u"mysql"_s, .pod = mounts}) + claim(u"mysql-pv-claim"_s, "{storageClassName: local-path}")
            + yaml("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local-path}, provisioner: rancher.io/local-path}"),
        deploy({.name = u"mysql"_s, .pod = mounts}) + claim(u"mysql-pv-claim"_s, "{storageClassName: ceph}")
            + yaml("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: ceph}, provisioner: rbd.csi.ceph.com}"));
    add("HA31", deploy({.name = u"seaweedfs"_s}), deploy({.name = u"seaweedfs"_s, .replicas = 3, .kind = u"StatefulSet"_s}));
    add("HA32", {yaml("{apiVersion: v1, kind: Secret, metadata: {name: mlpipeline-minio-artifact, namespace: kubeflow}, stringData: {accesskey: minio, secretkey: minio123}}")},
        {yaml("{apiVersion: v1, kind: Secret, metadata: {name: mlpipeline-minio-artifact, namespace: kubeflow}, stringData: {accesskey: minio, secretkey: jOqW3zTn}}")});
    const QList<QJsonObject> store = deploy({.name = u"mysql"_s, .pod = mounts}) + service(u"mysql"_s, u"mysql"_s);
    add("HA33",
        store + yaml("{apiVersion: batch/v1, kind: CronJob, metadata: {name: dump, namespace: kubeflow}, status: {lastSuccessfulTime: '2026-03-01T01:00:00Z'},"
                     " spec: {jobTemplate: {spec: {template: {spec: {containers: [{command: [mysqldump, -h, katib-mysql]}]}}}}}}"),
        store + yaml("{apiVersion: batch/v1, kind: CronJob, metadata: {name: dump, namespace: kubeflow}, status: {lastSuccessfulTime: '2026-03-01T01:00:00Z'},"
                     " spec: {jobTemplate: {spec: {template: {spec: {containers: [{command: [mysqldump, --host=mysql.kubeflow]}]}}}}}}"));
    const QString gateway = u"istio-ingressgateway"_s, istio = u"istio-system"_s;
    add("HA34", deploy({.name = gateway, .nodes = {u"n1"_s}, .ns = istio}) + autoscaler(gateway, 1, istio),
        deploy({.name = gateway, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}, .ns = istio}) + autoscaler(gateway, 2, istio));
    add("HA35", deploy({.name = u"dex"_s, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}, .ns = u"auth"_s}) + config(u"dex"_s, "{config.yaml: 'storage: {type: sqlite3}'}", u"auth"_s),
        deploy({.name = u"dex"_s, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}, .ns = u"auth"_s}) + config(u"dex"_s, "{config.yaml: 'storage: {type: kubernetes}'}", u"auth"_s));
    add("HA36",
        two + yaml("{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: serving, namespace: kubeflow}, status: {notAfter: '2026-03-10T00:00:00Z', conditions: [{type: Ready, status: 'True'}]}}"),
        two + yaml("{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: serving, namespace: kubeflow}, status: {notAfter: '2026-06-10T00:00:00Z', conditions: [{type: Ready, status: 'True'}]}}"));
    add("HA37", deploy({.name = ui, .container = "{imagePullPolicy: Always}"}), deploy({.name = ui, .container = "{imagePullPolicy: IfNotPresent}"}), manifests);
    add("HA38", deploy({.name = ui, .spec = "{strategy: {type: Recreate}}"}), deploy({.name = u"mysql"_s, .spec = "{strategy: {type: Recreate}}"}), manifests);
    const QString swf = u"ml-pipeline-scheduledworkflow"_s;
    add("HA39", deploy({.name = swf, .replicas = 2, .image = u"ghcr.io/kubeflow/kfp-scheduled-workflow-controller:2.16.1"_s}),
        deploy({.name = swf, .replicas = 2, .image = u"ghcr.io/kubeflow/kfp-scheduled-workflow-controller:2.17.0"_s}));
    add("HA40", two + config(u"pipeline-install-config"_s, "{dbType: postgres, appVersion: 2.17.0}"), two + config(u"pipeline-install-config"_s, "{dbType: mysql, appVersion: 2.17.0}"), manifests);
    add("HA41", two + lease(u"apiserver-a"_s, "{renewTime: '2026-03-01T11:59:55Z'}", u"kube-system"_s, "{apiserver.kubernetes.io/identity: kube-apiserver}"),
        two + lease(u"apiserver-a"_s, "{renewTime: '2026-03-01T11:59:55Z'}", u"kube-system"_s, "{apiserver.kubernetes.io/identity: kube-apiserver}")
            + lease(u"apiserver-b"_s, "{renewTime: '2026-03-01T11:59:51Z'}", u"kube-system"_s, "{apiserver.kubernetes.io/identity: kube-apiserver}"));
    add("HA42", two + config(u"kubeadm-config"_s, "{ClusterConfiguration: 'controlPlaneEndpoint: 10.0.0.1:6443'}", u"kube-system"_s),
        two + config(u"kubeadm-config"_s, "{ClusterConfiguration: 'controlPlaneEndpoint: api.example.com:6443'}", u"kube-system"_s));
    add("HA43", deploy({.name = u"coredns"_s, .nodes = {u"n1"_s}, .ns = u"kube-system"_s, .spec = "{template: {metadata: {labels: {k8s-app: kube-dns}}}}"}),
        deploy({.name = u"coredns"_s, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}, .ns = u"kube-system"_s, .spec = "{template: {metadata: {labels: {k8s-app: kube-dns}}}}"}));
    const char *ours = "{managedFields: [{manager: cairn, fieldsV1: {'f:spec': {'f:template': {}}}}, {manager: argocd-controller, fieldsV1: {'f:spec': {'f:replicas': {}}}}]}";
    add("HA44", deploy({.name = ui, .replicas = 2, .meta = ours}),
        deploy({.name = ui, .replicas = 2, .meta = "{managedFields: [{manager: cairn, fieldsV1: {'f:spec': {'f:replicas': {}}}}, {manager: argocd-controller, fieldsV1: {'f:spec': {'f:replicas': {}}}}]}"}));
    add("HA45", deploy({.name = u"metadata-writer"_s}), deploy({.name = ui}));
    add("HA46", two + config(u"pipeline-install-config"_s, "{dbHost: a, mysqlHost: b, appVersion: 2.16.1}"), two + config(u"pipeline-install-config"_s, "{dbHost: a, mysqlHost: a, appVersion: 2.16.1}"),
        manifests);
    const QString grpc = u"metadata-grpc-deployment"_s;
    add("HA47", deploy({.name = grpc, .replicas = 2}), deploy({.name = grpc, .replicas = 2, .nodes = {u"n1"_s, u"n2"_s}}));
    add("HA48", deploy({.name = ui, .pod = "{initContainers: [{name: wait, image: 'docker.io/alpine:3.23'}]}"}), deploy({.name = ui, .pod = "{initContainers: [{name: wait, image: 'mirror.example.com/alpine:3.23'}]}"}),
        manifests);
    const QString server = u"ghcr.io/kubeflow/kfp-api-server:2.17.0"_s;
    add("HA49", deploy({.name = u"ml-pipeline"_s, .nodes = {u"n1"_s}, .image = server}) + deploy({.name = grpc}).first(),
        deploy({.name = u"ml-pipeline"_s, .nodes = {u"n1"_s}, .image = server}) + deploy({.name = grpc, .nodes = {u"n1"_s}}).first());
    const QString three = u"ghcr.io/kubeflow/kfp-api-server:3.0.0"_s;
    const QList<QJsonObject> upgrade = deploy({.name = u"ml-pipeline"_s, .image = three}) + deploy({.name = grpc}).first() + store.first() + store.last();
    add("HA50", upgrade,
        upgrade + yaml("{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: s, namespace: kubeflow}, spec: {source: {persistentVolumeClaimName: mysql-pv-claim}},"
                       " status: {creationTime: '2026-03-01T06:00:00Z', readyToUse: true}}"));
    const QList<QJsonObject> webhookHpa = deploy({.name = u"workflow-controller"_s, .replicas = 2, .container = "{env: [{name: LEADER_ELECTION_IDENTITY, value: x}]}"});
    add("HA51", webhookHpa + autoscaler(u"workflow-controller"_s, 2), two + autoscaler(ui, 2));
    add("HA52", deploy({.name = ui, .replicas = 1, .meta = "{annotations: {meta.helm.sh/release-name: kfp}}"}), deploy({.name = ui, .replicas = 3, .meta = "{annotations: {meta.helm.sh/release-name: kfp}}"}));
    add("HA53", two + jobPod(u"llama-master-0"_s, u"n1"_s) + jobPod(u"llama-worker-0"_s, u"n2"_s), two + jobPod(u"llama-master-0"_s, u"n1"_s));
    const QList<QJsonObject> managers = deploy({.name = u"a"_s, .replicas = 2}) + deploy({.name = u"b"_s, .replicas = 2, .spec = "{template: {metadata: {labels: {app: a}}}}"}).first();
    add("HA54", managers + budget("{maxUnavailable: 1}", u"a"_s), two + budget("{maxUnavailable: 1}"));
    const QJsonObject ambient = yaml("{apiVersion: v1, kind: Namespace, metadata: {name: kubeflow, labels: {istio.io/dataplane-mode: ambient}}}");
    const QJsonObject tunnel = yaml("{apiVersion: v1, kind: Pod, metadata: {name: ztunnel-a, namespace: istio-system, labels: {app: ztunnel}}, spec: {nodeName: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}");
    add("HA55", two + ambient + tunnel, deploy({.name = ui, .nodes = {u"n1"_s}}) + ambient + tunnel);
    return all;
}

} // namespace

QDateTime now()
{
    return QDateTime(QDate(2026, 3, 1), QTime(12, 0), Qt::UTC);
}

QJsonObject yaml(const char *text)
{
    const Result<QJsonValue> value = manifest::fromYaml(text);
    if (!value)
        qFatal("%s in %s", qPrintable(value.error().oneLine()), text);
    return value->toObject();
}

QList<QJsonObject> deploy(const Deploy &what)
{
    const QJsonObject labels{{u"app"_s, what.name}};
    const QJsonObject container = over({{u"name"_s, u"main"_s}, {u"image"_s, what.image}}, yaml(what.container));
    const QJsonObject podSpec = over({{u"containers"_s, QJsonArray{container}}}, yaml(what.pod));
    const QJsonObject spec = over({{u"replicas"_s, what.replicas},
                                   {u"selector"_s, QJsonObject{{u"matchLabels"_s, labels}}},
                                   {u"template"_s, QJsonObject{{u"metadata"_s, QJsonObject{{u"labels"_s, labels}}}, {u"spec"_s, podSpec}}}},
                                  yaml(what.spec));
    QList<QJsonObject> objects{{{u"apiVersion"_s, u"apps/v1"_s},
                                {u"kind"_s, what.kind},
                                {u"metadata"_s, over({{u"name"_s, what.name}, {u"namespace"_s, what.ns}, {u"generation"_s, 1}}, yaml(what.meta))},
                                {u"spec"_s, spec},
                                {u"status"_s, QJsonObject{{u"readyReplicas"_s, what.nodes.size()}, {u"updatedReplicas"_s, what.nodes.size()}, {u"observedGeneration"_s, 1}}}}};
    for (qsizetype i = 0; i < what.nodes.size(); ++i) {
        QJsonObject placed = podSpec;
        placed.insert(u"nodeName"_s, what.nodes[i]);
        objects.append({{u"apiVersion"_s, u"v1"_s},
                        {u"kind"_s, u"Pod"_s},
                        {u"metadata"_s, QJsonObject{{u"name"_s, u"%1-7c9f5d-%2"_s.arg(what.name).arg(i)}, {u"namespace"_s, what.ns}, {u"labels"_s, spec[u"template"_s][u"metadata"_s][u"labels"_s]}}},
                        {u"spec"_s, placed},
                        {u"status"_s, QJsonObject{{u"phase"_s, u"Running"_s}, {u"conditions"_s, QJsonArray{QJsonObject{{u"type"_s, u"Ready"_s}, {u"status"_s, u"True"_s}}}}}}});
    }
    return objects;
}

QJsonObject budget(const char *spec, const QString &app, const char *status)
{
    return {{u"apiVersion"_s, u"policy/v1"_s},
            {u"kind"_s, u"PodDisruptionBudget"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"pdb"_s}, {u"namespace"_s, u"kubeflow"_s}}},
            {u"spec"_s, over({{u"selector"_s, QJsonObject{{u"matchLabels"_s, QJsonObject{{u"app"_s, app}}}}}}, yaml(spec))},
            {u"status"_s, yaml(status)}};
}

QJsonObject autoscaler(const QString &target, int floor, const QString &ns)
{
    return {{u"apiVersion"_s, u"autoscaling/v2"_s},
            {u"kind"_s, u"HorizontalPodAutoscaler"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, target}, {u"namespace"_s, ns}}},
            {u"spec"_s, QJsonObject{{u"scaleTargetRef"_s, QJsonObject{{u"apiVersion"_s, u"apps/v1"_s}, {u"kind"_s, u"Deployment"_s}, {u"name"_s, target}}}, {u"minReplicas"_s, floor}, {u"maxReplicas"_s, 5}}}};
}

const QList<Example> &examples()
{
    static const QList<Example> all = make();
    return all;
}

void readAll(Scene &scene)
{
    for (const char *kind : {"/Pod", "/Node", "/Service", "/ConfigMap", "/Secret", "/PersistentVolumeClaim", "/PersistentVolume", "/Namespace", "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet",
                             "policy/PodDisruptionBudget", "autoscaling/HorizontalPodAutoscaler", "coordination.k8s.io/Lease", "discovery.k8s.io/EndpointSlice", "storage.k8s.io/StorageClass",
                             "batch/CronJob", "snapshot.storage.k8s.io/VolumeSnapshot", "velero.io/Schedule", "cert-manager.io/Certificate", "apiextensions.k8s.io/CustomResourceDefinition",
                             "rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/ClusterRoleBinding",
                             "admissionregistration.k8s.io/MutatingWebhookConfiguration", "admissionregistration.k8s.io/ValidatingWebhookConfiguration"}) {
        const QString name = QString::fromLatin1(kind);
        scene.read(name.section(u'/', 0, 0), name.section(u'/', 1));
    }
}

Scene scene(const QList<QJsonObject> &objects, Scene::Source source)
{
    Scene scene(source, now());
    for (const QJsonObject &object : objects)
        scene.add(object);
    if (source == Scene::Source::Cluster) {
        for (const auto &[name, zone] : {std::pair(u"n1"_s, u"a"_s), std::pair(u"n2"_s, u"a"_s), std::pair(u"n3"_s, u"b"_s)})
            scene.add(node(name, zone));
        readAll(scene);
        scene.setHelmValues(u"kubeflow"_s, u"kfp"_s, {{u"replicaCount"_s, 3}});
    }
    return scene;
}

} // namespace cairn::audit::samples
