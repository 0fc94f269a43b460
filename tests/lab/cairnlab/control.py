# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: etcd, apiserver, controller manager, scheduler."""

from . import kube
from .binaries import binary
from .config import HOST_IP, SERVICE_NET
from .process import start, wait_for
from .say import say, wait_until

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")

# Real leases, for those who look at them, but long ones: on a busy machine a process that
# renews too late would end itself.
ELECTION = ("--leader-elect=true", "--leader-elect-lease-duration=60s",
            "--leader-elect-renew-deadline=50s", "--leader-elect-retry-period=5s")


def serve(lab):
    """etcd and the apiserver alone."""
    _etcd(lab)
    _apiserver(lab)
    wait_for(lab, "kube-apiserver", lambda: "" if kube.is_ready(lab) else "/readyz does not answer yet",
             "the apiserver is ready", 90)
    say("apiserver is ready")


def up(lab):
    serve(lab)
    _controllers(lab)
    wait_until(lambda: "" if kube.get(lab, "serviceaccount", "default", "-n", "default") else
               "the controller manager has not made the default service account",
               "the controller manager works", 60, lab.log("kube-controller-manager"))
    say("controller manager and scheduler work")


def _etcd(lab):
    client = f"https://127.0.0.1:{lab.port('etcd')}"
    peer = f"https://127.0.0.1:{lab.port('etcd-peer')}"
    pki = lab.pki
    start(lab, "etcd", binary(lab, "etcd"),
          "--data-dir", lab.dir / "etcd",
          "--listen-client-urls", client, "--advertise-client-urls", client,
          "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
          "--client-cert-auth", "--trusted-ca-file", pki / "etcd-ca.crt",
          "--cert-file", pki / "etcd.crt", "--key-file", pki / "etcd.key",
          "--peer-client-cert-auth", "--peer-trusted-ca-file", pki / "etcd-ca.crt",
          "--peer-cert-file", pki / "etcd.crt", "--peer-key-file", pki / "etcd.key",
          # Nothing here has to survive a power cut.
          "--unsafe-no-fsync", "--quota-backend-bytes=8589934592", "--log-level=warn")


def _apiserver(lab):
    pki = lab.pki
    if lab.real:
        # Pods reach it on the bridge, people on loopback. Other interfaces are shut by network.py.
        address = ("--bind-address=0.0.0.0", f"--advertise-address={HOST_IP}")
    else:
        address = ("--bind-address=127.0.0.1", "--endpoint-reconciler-type=none")
    start(lab, "kube-apiserver", binary(lab, "kube-apiserver"), *address,
          f"--secure-port={lab.port('apiserver')}",
          f"--etcd-servers=https://127.0.0.1:{lab.port('etcd')}", f"--etcd-cafile={pki}/etcd-ca.crt",
          f"--etcd-certfile={pki}/etcd-client.crt", f"--etcd-keyfile={pki}/etcd-client.key",
          f"--tls-cert-file={pki}/apiserver.crt", f"--tls-private-key-file={pki}/apiserver.key",
          f"--client-ca-file={pki}/ca.crt", "--authorization-mode=Node,RBAC",
          "--service-account-issuer=https://kubernetes.default.svc",
          f"--service-account-key-file={pki}/sa.pub", f"--service-account-signing-key-file={pki}/sa.key",
          f"--service-cluster-ip-range={SERVICE_NET}", "--allow-privileged=true",
          f"--kubelet-client-certificate={pki}/apiserver-kubelet.crt",
          f"--kubelet-client-key={pki}/apiserver-kubelet.key",
          "--kubelet-preferred-address-types=InternalIP,Hostname",
          # A lost node shows its effect in a minute instead of in six.
          "--default-not-ready-toleration-seconds=30", "--default-unreachable-toleration-seconds=30")


def _controllers(lab):
    pki = lab.pki
    start(lab, "kube-controller-manager", binary(lab, "kube-controller-manager"), *ELECTION,
          f"--kubeconfig={pki}/kube-controller-manager.kubeconfig",
          f"--service-account-private-key-file={pki}/sa.key", f"--root-ca-file={pki}/ca.crt",
          "--use-service-account-credentials", "--bind-address=127.0.0.1",
          f"--secure-port={lab.port('kube-controller-manager')}", f"--flex-volume-plugin-dir={lab.dir}/flex",
          "--kube-api-qps=200", "--kube-api-burst=400")
    start(lab, "kube-scheduler", binary(lab, "kube-scheduler"), *ELECTION,
          f"--kubeconfig={pki}/kube-scheduler.kubeconfig", "--bind-address=127.0.0.1",
          f"--secure-port={lab.port('kube-scheduler')}", "--kube-api-qps=200", "--kube-api-burst=400")
