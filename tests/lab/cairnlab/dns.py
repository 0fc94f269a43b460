# SPDX-License-Identifier: GPL-3.0-or-later
"""Cluster DNS: CoreDNS as a process of the host behind the usual Service, so that pods find each other by name."""

from . import kube
from .binaries import binary
from .config import HOST_IP, SERVICE_DNS
from .process import start
from .say import say


def up(lab):
    corefile = lab.dir / "Corefile"
    port = lab.port("dns")
    corefile.write_text(f"""\
.:{port} {{
    bind {HOST_IP}
    errors
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig "{lab.pki / 'coredns.kubeconfig'}" lab
        ttl 5
    }}
}}
""")
    kube.apply(lab, _documents(port))
    start(lab, "coredns", binary(lab, "coredns"), "-conf", corefile)
    say("cluster DNS is started")


def _documents(port):
    ports = [("dns", "UDP"), ("dns-tcp", "TCP")]
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
         "spec": {"clusterIP": SERVICE_DNS, "ports": [
             {"name": name, "protocol": protocol, "port": 53, "targetPort": port} for name, protocol in ports]}},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
         "metadata": {"name": "kube-dns-lab", "namespace": "kube-system",
                      "labels": {"kubernetes.io/service-name": "kube-dns"}},
         "endpoints": [{"addresses": [HOST_IP], "conditions": {"ready": True}}],
         "ports": [{"name": name, "protocol": protocol, "port": port} for name, protocol in ports]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "lab:coredns"},
         "rules": [{"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": ["list", "watch"]},
                   {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
         "metadata": {"name": "lab:coredns"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "lab:coredns"},
         "subjects": [{"kind": "User", "name": "coredns", "apiGroup": "rbac.authorization.k8s.io"}]},
    ]
