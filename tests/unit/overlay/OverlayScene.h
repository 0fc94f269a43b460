// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Scene.h"
#include "manifest/Yaml.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

/// A small Kubeflow with every kind of row that an overlay knows: stateless, electing, electing when told (flag, flag that is
/// false, ConfigMap), never more than one, a store, an autoscaler, a budget of nothing, a Helm release, and a stranger.
namespace cairn::tests {

inline QByteArray kubeflowYaml()
{
    return R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: training-operator, namespace: kubeflow, labels: {app: training-operator}}
spec:
  replicas: 1
  selector: {matchLabels: {control-plane: kubeflow-training-operator}}
  template:
    metadata: {labels: {control-plane: kubeflow-training-operator}}
    spec:
      serviceAccountName: training-operator
      containers:
        - {name: training-operator, image: "kubeflow/training-operator:v1.9.2", command: [/manager], resources: {requests: {cpu: 100m, memory: 128Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: katib-controller, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {katib.kubeflow.org/component: controller}}
  template:
    metadata: {labels: {katib.kubeflow.org/component: controller}, annotations: {prometheus.io/scrape: "true"}}
    spec:
      serviceAccountName: katib-controller
      containers:
        - {name: katib-controller, image: "ghcr.io/kubeflow/katib/katib-controller:v0.19.0", args: [--katib-config=/katib-config.yaml]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: katib-config, namespace: kubeflow}
data:
  katib-config.yaml: |
    ---
    apiVersion: config.kubeflow.org/v1beta1
    kind: KatibConfig
    init:
      controller:
        # Served by the webhook too.
        webhookPort: 8443
        trialResources:
          - Job.v1.batch
    runtime:
      suggestions:
        - algorithmName: random
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: profiles-deployment, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {kustomize.component: profiles}}
  template:
    metadata: {labels: {kustomize.component: profiles}}
    spec:
      serviceAccountName: profiles-controller-service-account
      containers:
        - {name: kfam, image: "ghcr.io/kubeflow/kubeflow/access-management:v1.10.0"}
        - {name: manager, image: "ghcr.io/kubeflow/kubeflow/profile-controller:v1.10.0", command: [/manager], args: ["-userid-header", "x", "-leader-elect=false"]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: metacontroller, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {app: metacontroller}}
  template:
    metadata: {labels: {app: metacontroller, kustomize.component: metacontroller}}
    spec:
      serviceAccountName: meta-controller-service
      containers:
        - {name: metacontroller, image: "ghcr.io/metacontroller/metacontroller:v4.11.22", args: ["--zap-log-level=4"]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ml-pipeline, namespace: kubeflow}
spec:
  selector: {matchLabels: {app: ml-pipeline}}
  template:
    metadata: {labels: {app: ml-pipeline, app.kubernetes.io/name: kubeflow-pipelines}}
    spec: {containers: [{name: ml-pipeline-api-server, image: "ghcr.io/kubeflow/kfp-api-server:2.16.0"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: metadata-grpc-deployment, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {component: metadata-grpc-server}}
  template:
    metadata: {labels: {component: metadata-grpc-server}}
    spec: {containers: [{name: container, image: "gcr.io/tfx-oss-public/ml_metadata_store_server:1.14.0"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ml-pipeline-scheduledworkflow, namespace: kubeflow}
spec:
  selector: {matchLabels: {app: ml-pipeline-scheduledworkflow}}
  template:
    metadata: {labels: {app: ml-pipeline-scheduledworkflow}}
    spec:
      tolerations: [{key: dedicated, operator: Exists}]
      containers: [{name: ml-pipeline-scheduledworkflow, image: "ghcr.io/kubeflow/kfp-scheduled-workflow-controller:2.16.0"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ml-pipeline-persistenceagent, namespace: kubeflow}
spec:
  selector: {matchLabels: {app: ml-pipeline-persistenceagent}}
  template:
    metadata: {labels: {app: ml-pipeline-persistenceagent}}
    spec: {containers: [{name: ml-pipeline-persistenceagent, image: "ghcr.io/kubeflow/kfp-persistence-agent:2.16.0"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: workflow-controller, namespace: kubeflow}
spec:
  selector: {matchLabels: {app: workflow-controller}}
  template:
    metadata: {labels: {app: workflow-controller}}
    spec:
      priorityClassName: workflow-controller
      containers: [{name: workflow-controller, image: "quay.io/argoproj/workflow-controller:v3.7.3", env: [{name: LEADER_ELECTION_IDENTITY, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mysql, namespace: kubeflow}
spec:
  strategy: {type: Recreate}
  selector: {matchLabels: {app: mysql}}
  template:
    metadata: {labels: {app: mysql}}
    spec:
      containers: [{name: mysql, image: "mysql:8.4"}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: mysql-pv-claim}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mysql-pv-claim, namespace: kubeflow}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: dex, namespace: auth}
spec:
  replicas: 1
  selector: {matchLabels: {app: dex}}
  template:
    metadata: {labels: {app: dex}}
    spec: {containers: [{name: dex, image: "ghcr.io/dexidp/dex:v2.43.1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: pilot}}
  template:
    metadata: {labels: {istio: pilot}}
    spec: {containers: [{name: discovery, image: "gcr.io/istio-release/pilot:1.28.0"}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: istiod, namespace: istio-system}
spec: {minReplicas: 1, maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: istiod}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: activator, namespace: knative-serving}
spec:
  selector: {matchLabels: {app: activator, role: activator}}
  template:
    metadata: {labels: {app: activator, role: activator}}
    spec:
      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
      containers: [{name: activator, image: "gcr.io/knative-releases/activator:v1.20.0"}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: activator, namespace: knative-serving}
spec: {minReplicas: 1, maxReplicas: 20, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: activator}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: activator-pdb, namespace: knative-serving}
spec: {minAvailable: 0, selector: {matchLabels: {app: activator}}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cert-manager
  namespace: cert-manager
  annotations: {meta.helm.sh/release-name: cert-manager, meta.helm.sh/release-namespace: cert-manager}
spec:
  replicas: 1
  selector: {matchLabels: {app.kubernetes.io/component: controller, app.kubernetes.io/name: cert-manager}}
  template:
    metadata: {labels: {app.kubernetes.io/component: controller, app.kubernetes.io/name: cert-manager}}
    spec: {containers: [{name: cert-manager-controller, image: "quay.io/jetstack/cert-manager-controller:v1.19.1", args: ["--leader-election-namespace=kube-system"]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stranger, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {app: stranger}}
  template:
    metadata: {labels: {app: stranger}}
    spec: {containers: [{name: main, image: "stranger:1"}]}
)";
}

inline QList<QJsonObject> objectsOf(const QByteArray &yaml)
{
    QList<QJsonObject> objects;
    const auto read = manifest::documentsFromYaml(yaml);
    if (!read)
        qFatal("%s", qPrintable(read.error().oneLine()));
    for (const QJsonValue &value : *read)
        objects.append(value.toObject());
    return objects;
}

inline QJsonObject nodeObject(const QString &name, const QString &zone, bool cordoned = false)
{
    QJsonObject labels{{QStringLiteral("kubernetes.io/hostname"), name}};
    if (!zone.isEmpty())
        labels.insert(QStringLiteral("topology.kubernetes.io/zone"), zone);
    return {{QStringLiteral("apiVersion"), QStringLiteral("v1")},
            {QStringLiteral("kind"), QStringLiteral("Node")},
            {QStringLiteral("metadata"), QJsonObject{{QStringLiteral("name"), name}, {QStringLiteral("labels"), labels}}},
            {QStringLiteral("spec"), QJsonObject{{QStringLiteral("unschedulable"), cordoned}}},
            {QStringLiteral("status"),
             QJsonObject{{QStringLiteral("allocatable"), QJsonObject{{QStringLiteral("cpu"), QStringLiteral("8")}, {QStringLiteral("memory"), QStringLiteral("16Gi")}}},
                         {QStringLiteral("conditions"), QJsonArray{QJsonObject{{QStringLiteral("type"), QStringLiteral("Ready")}, {QStringLiteral("status"), QStringLiteral("True")}}}}}}};
}

/// With three nodes in two zones, and one more that is cordoned.
inline audit::Scene kubeflowScene(audit::Scene::Source source = audit::Scene::Source::Cluster)
{
    audit::Scene scene(source, QDateTime::fromString(QStringLiteral("2026-01-02T04:00:00Z"), Qt::ISODate));
    for (const QJsonObject &object : objectsOf(kubeflowYaml()))
        scene.add(object);
    if (source == audit::Scene::Source::Cluster) {
        scene.add(nodeObject(QStringLiteral("n1"), QStringLiteral("a")));
        scene.add(nodeObject(QStringLiteral("n2"), QStringLiteral("a")));
        scene.add(nodeObject(QStringLiteral("n3"), QStringLiteral("b")));
        scene.add(nodeObject(QStringLiteral("n4"), QStringLiteral("c"), true));
        for (const auto &[group, kind] : {std::pair(QStringLiteral("apps"), QStringLiteral("Deployment")), {QStringLiteral("apps"), QStringLiteral("StatefulSet")},
                                          {QString(), QStringLiteral("Node")}, {QString(), QStringLiteral("ConfigMap")},
                                          {QStringLiteral("policy"), QStringLiteral("PodDisruptionBudget")},
                                          {QStringLiteral("autoscaling"), QStringLiteral("HorizontalPodAutoscaler")}})
            scene.read(group, kind);
    }
    return scene;
}

/// kustomize, or kubectl with its own: the one that CAIRN_KUSTOMIZE names (it has to be there), else one in PATH. Empty where there is
/// none: what is compared with it is then left to the stage that has one (tests-kustomize in tests/runner.py).
inline QStringList kustomizeCommand()
{
    QString found = qEnvironmentVariable("CAIRN_KUSTOMIZE");
    for (const char *name : {"kustomize", "kubectl"}) {
        if (found.isEmpty())
            found = QStandardPaths::findExecutable(QString::fromLatin1(name));
    }
    if (found.isEmpty())
        return {};
    return {found, QFileInfo(found).fileName().startsWith(QStringLiteral("kubectl")) ? QStringLiteral("kustomize") : QStringLiteral("build")};
}

/// What it builds of a folder; its complaint in `complaint`.
inline QByteArray kustomized(const QString &folder, QString *complaint = nullptr)
{
    QStringList command = kustomizeCommand();
    const QString program = command.takeFirst();
    QProcess process;
    process.start(program, command + QStringList{folder});
    if (!process.waitForFinished(60'000))
        return {};
    if (complaint)
        *complaint = QString::fromUtf8(process.readAllStandardError());
    return process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
}

inline void writeFile(const QString &path, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("%s", qPrintable(path));
}

} // namespace cairn::tests
