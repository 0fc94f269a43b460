// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"
#include "base/Text.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

const QString kubeSystem = u"kube-system"_s;

/// Whose control plane cannot be seen; empty for one that runs on the cluster's own nodes.
QString vendorOf(const Scene &scene)
{
    for (const QJsonObject *node : scene.all({}, u"Node"_s)) {
        const QMap<QString, QString> labels = labelsOf(*node);
        const auto labelled = [&](QLatin1String prefix) {
            return std::ranges::any_of(labels.keys(), [&](const QString &key) { return key.startsWith(prefix); });
        };
        if (labelled("eks.amazonaws.com/"_L1))
            return u"EKS"_s;
        if (labelled("cloud.google.com/gke-"_L1))
            return u"GKE"_s;
        if (labelled("kubernetes.azure.com/"_L1))
            return u"AKS"_s;
    }
    return {};
}

bool isControlPlane(const QJsonObject &node)
{
    const QMap<QString, QString> labels = labelsOf(node);
    return labels.contains(u"node-role.kubernetes.io/control-plane"_s) || labels.contains(u"node-role.kubernetes.io/master"_s);
}

/// API servers that renewed their Lease within a minute; they do so every 10 s, and a dead one's stays for an hour.
QList<ObjectName> apiServers(const Judging &judging)
{
    QList<ObjectName> fresh;
    for (const QJsonObject *lease : judging.until(judging.scene.all(u"coordination.k8s.io"_s, u"Lease"_s, kubeSystem))) {
        const QMap<QString, QString> labels = labelsOf(*lease);
        const bool is = labels.value(u"apiserver.kubernetes.io/identity"_s) == "kube-apiserver"_L1 || labels.value(u"k8s.io/component"_s) == "kube-apiserver"_L1;
        const QDateTime renewed = timeOf(at(*lease, u"spec.renewTime"));
        if (is && renewed.isValid() && renewed.secsTo(judging.scene.now()) < 60)
            fresh.append(nameOf(*lease));
    }
    return fresh;
}

void ha41(Judging &judging)
{
    if (const QString vendor = vendorOf(judging.scene); !vendor.isEmpty()) {
        judging.cannot(Words::tr("The control plane of %1 is managed and not observable.").arg(vendor));
        return;
    }
    Finding finding = judging.about(ObjectName{{}, u"Node"_s, {}, u"control-plane"_s});
    QStringList faults;
    bool observed = false;
    const QList<ObjectName> servers = apiServers(judging);
    if (judging.facts.saw(u"coordination.k8s.io"_s, u"Lease"_s, kubeSystem) && !servers.isEmpty()) {
        observed = true;
        if (servers.size() < 2) {
            faults.append(Words::tr("one API server"));
            finding.evidence.append(evidence(servers.first(), u"spec.renewTime"_s, Words::tr("the only one that was renewed within a minute")));
        }
    }
    QList<ObjectName> members;
    for (const QJsonObject *pod : judging.until(judging.scene.all({}, u"Pod"_s, kubeSystem))) {
        if (labelsOf(*pod).value(u"component"_s) == "etcd"_L1 && labelsOf(*pod).value(u"tier"_s) == "control-plane"_L1)
            members.append(nameOf(*pod));
    }
    if (!members.isEmpty()) {
        observed = true;
        if (members.size() < 3 || members.size() % 2 == 0) {
            faults.append(Words::tr("%n etcd member(s)", nullptr, static_cast<int>(members.size())));
            for (const ObjectName &member : members.first(std::min<qsizetype>(4, members.size())))
                finding.evidence.append(evidence(member, u"metadata.labels.component"_s, u"etcd"_s));
        }
    }
    QStringList nodes;
    for (const QJsonObject *node : judging.until(judging.scene.all({}, u"Node"_s))) {
        if (isControlPlane(*node))
            nodes.append(nameOf(*node).name);
    }
    if (!nodes.isEmpty()) {
        observed = true;
        if (nodes.size() < 3) {
            faults.append(Words::tr("%n control plane node(s)", nullptr, static_cast<int>(nodes.size())));
            for (const QString &node : nodes)
                finding.evidence.append(evidence({{}, u"Node"_s, {}, node}, u"metadata.labels"_s, u"node-role.kubernetes.io/control-plane"_s));
        }
        finding.object.name = nodes.first();
    } else if (!finding.evidence.isEmpty()) {
        finding.object = finding.evidence.first().object;
    }
    if (!observed) {
        judging.cannot(Words::tr("Nothing of the control plane can be seen: no Leases of API servers, no pods, no nodes of it."));
        return;
    }
    if (faults.isEmpty())
        return;
    finding.component = u"kube-apiserver"_s;
    finding.title = Words::tr("The control plane has %1").arg(faults.join(u", "_s));
    finding.consequence = Words::tr("One failure stops the API or etcd: what runs goes on, but nothing is replaced, scheduled or changed.");
    finding.fix = Words::tr("Run three control plane nodes with three etcd members, in different zones.");
    judging.say(finding);
}

void ha42(Judging &judging)
{
    if (const QString vendor = vendorOf(judging.scene); !vendor.isEmpty()) {
        judging.cannot(Words::tr("The control plane of %1 is managed and not observable.").arg(vendor));
        return;
    }
    const ObjectName name{{}, u"ConfigMap"_s, kubeSystem, u"kubeadm-config"_s};
    const QJsonObject *map = judging.scene.find(name);
    if (!map) {
        judging.cannot(Words::tr("There is no kubeadm-config to read the endpoint from: the cluster was not made by kubeadm, or it may not be read."));
        return;
    }
    const Result<QJsonValue> config = manifest::fromYaml((*map)[u"data"_s][u"ClusterConfiguration"_s].toString().toUtf8());
    if (!config || !config->isObject()) {
        judging.cannot(Words::tr("The ClusterConfiguration in kubeadm-config cannot be read."));
        return;
    }
    const QString endpoint = (*config)[u"controlPlaneEndpoint"_s].toString();
    // "[fd00::1]:6443", "10.0.0.1:6443", "api.example.com"
    const QString host = endpoint.startsWith(u'[') ? endpoint.section(u']', 0, 0).mid(1) : endpoint.count(u':') == 1 ? endpoint.section(u':', 0, 0) : endpoint;
    QString owner;
    for (const QJsonObject *node : judging.until(judging.scene.all({}, u"Node"_s))) {
        for (const QJsonValue address : at(*node, u"status.addresses").toArray()) {
            if (!host.isEmpty() && address[u"address"_s].toString() == host)
                owner = nameOf(*node).name;
        }
    }
    if (!endpoint.isEmpty() && owner.isEmpty())
        return;
    Finding finding = judging.about(name);
    finding.component = u"kube-apiserver"_s;
    finding.title = endpoint.isEmpty() ? Words::tr("The API has no endpoint of its own") : Words::tr("The endpoint of the API is node %1").arg(text::safe(owner));
    finding.consequence = Words::tr("When that node fails, nobody reaches the API, however many API servers there are.");
    finding.fix = Words::tr("Put a load balancer or a virtual IP in front of the API servers, and name it as controlPlaneEndpoint.");
    finding.evidence = {evidence(name, u"data.ClusterConfiguration.controlPlaneEndpoint"_s, endpoint.isEmpty() ? Words::tr("unset") : endpoint)};
    judging.say(finding);
}

void ha43(Judging &judging)
{
    for (const Subject &subject : judging.subjects()) {
        if (subject.role != Role::Dns)
            continue;
        const bool isPrimary = primaryRule(subject) == judging.rule.id;
        const bool oneNode = judging.scene.isLive() && judging.facts.saw({}, u"Pod"_s, kubeSystem) && subject.kept() >= 2 && subject.nodes.size() < 2;
        if (!isPrimary && !oneNode)
            continue;
        Finding finding = single(judging, subject);
        if (oneNode)
            finding.title = Words::tr("All ready replicas of %1 are on one node").arg(subject.shown());
        finding.consequence = Words::tr("When its node fails, no name in the cluster is found, so that everything else stops as well.");
        finding.fix = Words::tr("Run two replicas on different nodes.");
        for (const QJsonObject *pod : subject.ready.first(std::min<qsizetype>(3, subject.ready.size())))
            finding.evidence.append(field(*pod, u"spec.nodeName"_s));
        judging.say(finding);
    }
}

} // namespace

QList<Rule> controlPlaneRules()
{
    const Need nodes{.group = {}, .kind = u"Node"_s, .everywhere = true};
    return {
        {.id = u"HA41"_s, .severity = Severity::Critical, .title = QT_TRANSLATE_NOOP("cairn::audit", "Control plane is a single point of failure"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without API server and etcd nothing is repaired."), .needsCluster = true, .needs = {nodes}, .judge = ha41},
        {.id = u"HA42"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "Endpoint of the API is one host"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Several API servers help nobody who asks only one."), .needsCluster = true, .needs = {nodes}, .judge = ha42},
        {.id = u"HA43"_s, .severity = Severity::High, .title = QT_TRANSLATE_NOOP("cairn::audit", "CoreDNS is a single point of failure"),
         .why = QT_TRANSLATE_NOOP("cairn::audit", "Without names no component finds another."), .judge = ha43},
    };
}

} // namespace cairn::audit
