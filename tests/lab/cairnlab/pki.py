# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and kubeconfigs. Everything is made anew for each run and readable by its owner alone."""

import base64
import os

import yaml

from .config import HOST_IP, SERVICE_API
from .process import run

VIEWER = "viewer"
VIEWER_NAMESPACE = "research"

# name: (subject, is it a server?)
CLIENTS = {
    "admin": "/O=system:masters/CN=admin",
    VIEWER: f"/O=lab-viewers/CN={VIEWER}",
    "kube-controller-manager": "/CN=system:kube-controller-manager",
    "kube-scheduler": "/CN=system:kube-scheduler",
    "kube-proxy": "/CN=system:kube-proxy",
    "node-1": "/O=system:nodes/CN=system:node:node-1",
    "node-2": "/O=system:nodes/CN=system:node:node-2",
    "apiserver-kubelet": "/O=system:masters/CN=kube-apiserver-kubelet-client",
    "coredns": "/CN=coredns",
    "kwok": "/O=system:masters/CN=kwok",
    "training-operator": "/O=system:masters/CN=training-operator",
}
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _authority(lab, name):
    run("openssl", "req", "-x509", *KEY, "-keyout", lab.pki / f"{name}.key", "-out", lab.pki / f"{name}.crt",
        "-subj", f"/CN=lab-{name}", "-days", "3650")


def _certificate(lab, name, subject, usage, names="", authority="ca"):
    pki = lab.pki
    run("openssl", "req", "-new", *KEY, "-keyout", pki / f"{name}.key", "-out", pki / f"{name}.csr", "-subj", subject)
    extensions = f"extendedKeyUsage={usage}\n" + (f"subjectAltName={names}\n" if names else "")
    (pki / f"{name}.ext").write_text(extensions)
    run("openssl", "x509", "-req", "-in", pki / f"{name}.csr", "-CA", pki / f"{authority}.crt",
        "-CAkey", pki / f"{authority}.key", "-set_serial", f"0x{os.urandom(15).hex()}", "-days", "3650",
        "-out", pki / f"{name}.crt", "-extfile", pki / f"{name}.ext")
    for leftover in (f"{name}.csr", f"{name}.ext"):
        (pki / leftover).unlink()


def make(lab):
    if (lab.pki / "complete").exists():
        return
    lab.pki.mkdir(mode=0o700, exist_ok=True)
    _authority(lab, "ca")
    _certificate(lab, "apiserver", "/CN=kube-apiserver", "serverAuth",
                 "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
                 f"IP:127.0.0.1,IP:{SERVICE_API},IP:{HOST_IP}")
    for name, subject in CLIENTS.items():
        _certificate(lab, name, subject, "clientAuth")
    # etcd knows no users: whoever reaches it owns the cluster. Its authority has signed two certificates only.
    _authority(lab, "etcd-ca")
    _certificate(lab, "etcd", "/CN=etcd", "serverAuth,clientAuth", "DNS:localhost,IP:127.0.0.1", "etcd-ca")
    _certificate(lab, "etcd-client", "/CN=kube-apiserver", "clientAuth", "", "etcd-ca")
    run("openssl", "genrsa", "-out", lab.pki / "sa.key", "2048")
    run("openssl", "rsa", "-in", lab.pki / "sa.key", "-pubout", "-out", lab.pki / "sa.pub")
    for key in lab.pki.glob("*.key"):
        key.chmod(0o600)
    for name in ("kube-controller-manager", "kube-scheduler", "kube-proxy", "node-1", "node-2", "coredns",
                 "kwok", "training-operator"):
        _write(lab.pki / f"{name}.kubeconfig", _kubeconfig(lab, {"lab": (name, None)}))
    # For people and tests: everything is inside the file, so that it can be copied.
    _write(lab.kubeconfig, _kubeconfig(lab, {"cairn-lab": ("admin", None),
                                             "cairn-lab-viewer": (VIEWER, VIEWER_NAMESPACE)}))
    if os.geteuid() == 0:
        os.chown(lab.kubeconfig, lab.invoker.uid, lab.invoker.gid)
    (lab.pki / "complete").touch()


def _data(path):
    return base64.b64encode(path.read_bytes()).decode()


def _kubeconfig(lab, contexts):
    """A kubeconfig with one context per entry of {context: (user, namespace)}; the first is current."""
    users = dict.fromkeys(user for user, _ in contexts.values())
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cairn-lab", "cluster": {
            "server": lab.server, "certificate-authority-data": _data(lab.pki / "ca.crt")}}],
        "users": [{"name": user, "user": {
            "client-certificate-data": _data(lab.pki / f"{user}.crt"),
            "client-key-data": _data(lab.pki / f"{user}.key")}} for user in users],
        "contexts": [{"name": name, "context": {
            "cluster": "cairn-lab", "user": user, **({"namespace": namespace} if namespace else {})}}
            for name, (user, namespace) in contexts.items()],
        "current-context": next(iter(contexts)),
    }


def _write(path, document):
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(document, sort_keys=False))
