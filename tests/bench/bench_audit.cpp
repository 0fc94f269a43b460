// SPDX-License-Identifier: GPL-3.0-or-later
// Audits a scene of a cluster and says how long that takes, then one of very many Deployments in one namespace beside a tenth of it:
// where each is ten times as much work, the time is linear. Between them what the overlay's wizard does after a change of its settings.
//    bench_audit [objects] [rounds] [deployments]

#include "audit/Audit.h"
#include "engine/OverlayFlows.h"
#include "manifest/Diff.h"
#include "manifest/Yaml.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

QJsonObject yaml(const QString &text)
{
    const Result<QJsonValue> value = manifest::fromYaml(text.toUtf8());
    if (!value)
        qFatal("%s", qPrintable(value.error().oneLine()));
    return value->toObject();
}

/// Five objects of each component: workload, two pods, Service with its endpoints.
void add(audit::Scene &scene, const QString &name, const QString &ns, int number)
{
    const QString spec = u"{serviceAccountName: a, containers: [{name: main, image: 'ghcr.io/kubeflow/x:2.16.1', args: [--leader-elect], env: [{name: DB_HOST, value: mysql}], resources: {requests: {cpu: 1}}}]"_s;
    scene.add(yaml(u"{apiVersion: apps/v1, kind: Deployment, metadata: {name: %1, namespace: %2}, spec: {replicas: %3, selector: {matchLabels: {app: %1}}, template: {metadata: {labels: {app: %1}}, spec: %4}}}}"_s
                       .arg(name, ns).arg(1 + number % 3).arg(spec)));
    for (int i = 0; i < 2; ++i) {
        scene.add(yaml(u"{apiVersion: v1, kind: Pod, metadata: {name: %1-%3, namespace: %2, labels: {app: %1}}, spec: %4, nodeName: n%5}, status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}}"_s
                           .arg(name, ns).arg(i).arg(spec).arg((number + i) % 6)));
    }
    scene.add(yaml(u"{apiVersion: v1, kind: Service, metadata: {name: %1, namespace: %2}, spec: {selector: {app: %1}}}"_s.arg(name, ns)));
    scene.add(yaml(u"{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: %1-x, namespace: %2, labels: {kubernetes.io/service-name: %1}}, endpoints: [{addresses: [10.0.0.1], nodeName: n1}]}"_s
                       .arg(name, ns)));
    if (number % 4 == 0)
        scene.add(yaml(u"{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: %1, namespace: %2}, spec: {minAvailable: 1, selector: {matchLabels: {app: %1}}}}"_s.arg(name, ns)));
    if (number % 4 == 1)
        scene.add(yaml(u"{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: %1}, webhooks: [{name: a, clientConfig: {service: {name: %1, namespace: %2}},"
                       " rules: [{apiGroups: [''], operations: [CREATE], resources: [pods]}]}]}"_s
                           .arg(name, ns)));
}

/// Each with a Service, a PDB and an HPA, all in one namespace, as in one large rendered file.
audit::Scene crowd(int deployments)
{
    audit::Scene scene(audit::Scene::Source::Manifests, QDateTime::currentDateTimeUtc());
    const QJsonObject workload = yaml(u"{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: kubeflow}, spec: {replicas: 2,"
                                       " template: {spec: {containers: [{name: main, image: 'x:1', args: [--leader-elect], env: [{name: DB_HOST, value: w1}]}]}}}}"_s);
    for (int i = 0; i < deployments; ++i) {
        const QString name = u"w%1"_s.arg(i);
        const QJsonObject labels{{u"app"_s, name}, {u"part-of"_s, u"crowd"_s}}, selector{{u"matchLabels"_s, labels}}, meta{{u"name"_s, name}, {u"namespace"_s, u"kubeflow"_s}};
        QJsonObject object = workload, spec = workload[u"spec"_s].toObject(), pod = spec[u"template"_s].toObject();
        pod.insert(u"metadata"_s, QJsonObject{{u"labels"_s, labels}});
        spec.insert(u"template"_s, pod);
        spec.insert(u"selector"_s, selector);
        object.insert(u"spec"_s, spec);
        object.insert(u"metadata"_s, meta);
        scene.add(object);
        const auto add = [&](const QString &version, const QString &kind, const QJsonObject &of) {
            scene.add({{u"apiVersion"_s, version}, {u"kind"_s, kind}, {u"metadata"_s, meta}, {u"spec"_s, of}});
        };
        add(u"v1"_s, u"Service"_s, {{u"selector"_s, labels}});
        add(u"policy/v1"_s, u"PodDisruptionBudget"_s, {{u"maxUnavailable"_s, 1}, {u"selector"_s, selector}});
        add(u"autoscaling/v2"_s, u"HorizontalPodAutoscaler"_s, {{u"minReplicas"_s, 1}, {u"scaleTargetRef"_s, QJsonObject{{u"kind"_s, u"Deployment"_s}, {u"name"_s, name}}}});
    }
    return scene;
}

/// Milliseconds of the processor, as others use the machine too; of three the least.
double timeOf(const audit::Scene &scene)
{
    double least = 0;
    for (int i = 0; i < 3; ++i) {
        const std::clock_t begun = std::clock();
        if (audit::audit(scene).findings.isEmpty())
            qFatal("nothing was found");
        const double took = static_cast<double>(std::clock() - begun) * 1e3 / CLOCKS_PER_SEC;
        least = i == 0 ? took : std::min(least, took);
    }
    return least;
}

/// What the preview shows: the proposal, the files beside those that are there, every patch landed, each object compared.
overlay::Files preview(const audit::Scene &scene, const overlay::Settings &settings, const overlay::Folder &there, qsizetype *changed)
{
    const app::OverlayDraft draft = app::draftOverlay(scene, settings, there, {});
    qsizetype lines = 0;
    for (const overlay::Changed &one : draft.built.changed)
        lines += manifest::diff(one.before, one.after).size();
    if (lines == 0)
        qFatal("nothing would be changed");
    *changed = draft.built.changed.size();
    return draft.files;
}

void previews(const audit::Scene &scene, int rounds)
{
    overlay::Settings settings = overlay::defaultsFor(scene);
    qsizetype changed = 0;
    overlay::Folder there;
    there.files = there.generated = preview(scene, settings, {}, &changed);
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        settings.replicas = 2 + i % 2; // somebody changes the number of replicas
        const std::clock_t begun = std::clock();
        preview(scene, settings, there, &changed);
        times.push_back(static_cast<double>(std::clock() - begun) * 1e3 / CLOCKS_PER_SEC);
    }
    std::ranges::sort(times);
    std::printf("{\"event\":\"preview\",\"objects\":%lld,\"changed\":%lld,\"median\":%.2f,\"longest\":%.2f}\n", static_cast<long long>(scene.count()),
                static_cast<long long>(changed), times[times.size() / 2], times.back());
}

} // namespace

int main(int argc, char **argv)
{
    const int wanted = argc > 1 ? std::atoi(argv[1]) : 350;
    const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 20;
    audit::Scene scene(audit::Scene::Source::Cluster, QDateTime::currentDateTimeUtc());
    for (const audit::Rule &rule : audit::rules()) {
        for (const audit::Need &need : rule.needs)
            scene.read(need.group, need.kind);
    }
    scene.read({}, u"Pod"_s);
    for (int i = 0; i < 6; ++i)
        scene.add(yaml(u"{apiVersion: v1, kind: Node, metadata: {name: n%1, labels: {topology.kubernetes.io/zone: z%2}}}"_s.arg(i).arg(i % 3)));
    const QList<components::Entry> &entries = components::catalogue().entries;
    for (int i = 0; scene.count() < wanted; ++i) {
        const components::Entry &entry = entries[i % entries.size()];
        const bool again = i >= entries.size();
        add(scene, again ? u"%1-%2"_s.arg(entry.name).arg(i) : entry.name, entry.namespaces.first(), i);
    }
    std::vector<double> times;
    qsizetype findings = 0;
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        findings = audit::audit(scene).findings.size();
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(times);
    std::printf("{\"event\":\"audit\",\"objects\":%lld,\"findings\":%lld,\"median\":%.2f,\"longest\":%.2f}\n", static_cast<long long>(scene.count()),
                static_cast<long long>(findings), times[times.size() / 2], times.back());
    for (const auto &[group, kind] : overlay::kindsToRead())
        scene.read(group, kind);
    previews(scene, rounds);
    const int many = argc > 3 ? std::max(10, std::atoi(argv[3])) : 20'000;
    const double part = timeOf(crowd(many / 10)), whole = timeOf(crowd(many));
    std::printf("{\"event\":\"crowd\",\"deployments\":%d,\"milliseconds\":%.0f,\"timesATenth\":%.1f}\n", many, whole, whole / part);
}
