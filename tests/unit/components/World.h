// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "components/Component.h"
#include "domain/Kinds.h"

#include <algorithm>

namespace cairn::tests {

using namespace Qt::StringLiterals;
using namespace cairn::components;

inline const QDateTime now = QDateTime::fromString(u"2026-03-01T12:00:00Z"_s, Qt::ISODate);

/// A cluster that grows by what is told of it.
struct World : ClusterFacts {
    World()
    {
        now = tests::now;
        for (int i = 1; i <= 4; ++i) {
            Node node;
            node.name = node.uid = u"n%1"_s.arg(i);
            node.zone = i <= 2 ? u"a"_s : u"b"_s;
            node.ready = true;
            nodes.append(node);
        }
    }
    /// One with a ready pod on each of `on`.
    Workload &add(const QString &name, int desired, const QStringList &on, const QString &ns = u"kubeflow"_s, const QString &kind = u"Deployment"_s)
    {
        Workload workload;
        workload.kind = kind;
        workload.ns = ns;
        workload.name = name;
        workload.uid = ns + name;
        workload.desired = desired;
        workload.ready = static_cast<int>(on.size());
        workload.podLabels = {{u"app"_s, name}};
        for (const QString &node : on) {
            Pod pod;
            pod.ns = ns;
            pod.name = u"%1-%2"_s.arg(name).arg(pods.size());
            pod.uid = pod.name;
            pod.ownerKind = kind == "Deployment"_L1 ? u"ReplicaSet"_s : kind;
            pod.ownerName = kind == "Deployment"_L1 ? name + u"-6d4cf56db6"_s : name;
            pod.phase = u"Running"_s;
            pod.node = node;
            pod.containers = {ContainerState{u"c"_s, true, 1, u"running"_s, {}, {}, {}, {}, {}, {}}};
            pods.append(pod);
        }
        workloads.append(workload);
        return workloads.last();
    }
    Lease &lease(const QString &name, int renewedSecondsAgo, const QString &ns = u"kubeflow"_s)
    {
        Lease lease;
        lease.ns = ns;
        lease.name = lease.uid = name;
        lease.holder = u"pod-1_8f2a"_s;
        lease.seconds = 15;
        lease.renewed = tests::now.addSecs(-renewedSecondsAgo);
        leases.append(lease);
        return leases.last();
    }
    void scale(const QString &name, int floor)
    {
        Autoscaler autoscaler;
        autoscaler.ns = u"istio-system"_s;
        autoscaler.targetKind = u"Deployment"_s;
        autoscaler.targetName = name;
        autoscaler.floor = floor;
        autoscaler.ceiling = 5;
        autoscalers.append(autoscaler);
    }
    void image(const QString &name, const QString &image, const QString &container = u"main"_s)
    {
        const auto it = std::ranges::find(workloads, name, &Workload::name);
        if (it == workloads.end())
            qFatal("%s is not there", qPrintable(name));
        it->images.insert(container, image);
    }
    /// A mirror pod of a kubelet: "<program>-<node>".
    Pod &staticPod(const QString &program, const QString &node)
    {
        Pod pod;
        pod.ns = u"kube-system"_s;
        pod.name = pod.uid = program + u'-' + node;
        pod.ownerKind = u"Node"_s;
        pod.ownerName = pod.node = node;
        pod.phase = u"Running"_s;
        pod.containers = {ContainerState{program, true, 0, u"running"_s, {}, {}, {}, {}, {}, {}}};
        pods.append(pod);
        return pods.last();
    }
    Lease &server(const QString &host, int renewedSecondsAgo)
    {
        Lease &own = lease(u"apiserver-"_s + host, renewedSecondsAgo, u"kube-system"_s);
        own.server = u"kube-apiserver"_s;
        own.host = host;
        own.seconds = 3600;
        return own;
    }
    void forbid(const ResourceKind &kind, const QString &ns = {})
    {
        unread.append({kind.plural, ns, Error::make(Error::Kind::Forbidden, u"Not allowed"_s, u"no right to list"_s)});
    }
    Component one(const QString &id) const
    {
        const QList<Component> all = judge(*this);
        const auto it = std::ranges::find(all, id, &Component::id);
        if (it == all.end())
            qFatal("%s is not there", qPrintable(id));
        return *it;
    }
    bool has(const QString &id) const
    {
        const QList<Component> all = judge(*this);
        return std::ranges::find(all, id, &Component::id) != all.end();
    }
};

} // namespace cairn::tests
