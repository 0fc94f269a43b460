# SPDX-License-Identifier: GPL-3.0-or-later
"""The training operator: as released, a pod with webhooks; in light mode, a process beside the apiserver."""

import base64
import urllib.request

from . import images, kube
from .binaries import binary, manifests
from .process import start, wait_for
from .say import say, wait_until

NAMESPACE = "kubeflow"
DEPLOYMENT = "training-operator"
SECRET = "training-operator-webhook-cert"
FLAGS = (f"--pytorch-init-container-image={images.BUSYBOX}",
         f"--mpi-kubectl-delivery-image={images.DELIVERY}",
         "--zap-log-level=info")


def _manifests(lab):
    text = kube.kubectl(lab, "kustomize", manifests(lab) / "overlays/standalone").stdout
    documents = kube.read_yaml(text)
    # The operator fills it; applying it again would empty it.
    secret = next(d for d in documents if d["kind"] == "Secret")
    if kube.get(lab, "secret", SECRET, "-n", NAMESPACE):
        documents.remove(secret)
    first = [d for d in documents if d["kind"] in ("Namespace", "CustomResourceDefinition")]
    return first, [d for d in documents if d not in first]


def up(lab):
    crds, others = _manifests(lab)
    kube.apply(lab, crds)
    kube.wait_established(lab, [c["metadata"]["name"] for c in crds if c["kind"] == "CustomResourceDefinition"])
    if lab.real:
        _as_pod(lab, others)
    else:
        _as_process(lab, others)
    say("training operator is ready")


def _as_pod(lab, documents):
    for document in documents:
        if document["kind"] == "Deployment":
            container = document["spec"]["template"]["spec"]["containers"][0]
            container.update(image=images.OPERATOR, imagePullPolicy="Never", args=list(FLAGS))
            container["resources"] = {"requests": {"cpu": "20m", "memory": "64Mi"}}
            # As released it would be asked for the first time after ten seconds.
            container["readinessProbe"].update(initialDelaySeconds=1, periodSeconds=2)
    kube.apply(lab, documents)
    wait_until(lambda: "" if kube.conditions(kube.get(lab, "deployment", DEPLOYMENT, "-n", NAMESPACE)).get(
        "Available") == "True" else _pods(lab), "the training operator is ready", 180, lab.log("kubelet-node-1"),
        f"see 'kubectl -n {NAMESPACE} describe pods'")


def _pods(lab):
    return "; ".join(f"pod {p['metadata']['name']} is {p['status'].get('phase')}"
                     for p in kube.items(lab, "pods", "-n", NAMESPACE)) or "it has no pod yet"


def _as_process(lab, documents):
    port = lab.port("webhook")
    for document in documents:
        if document["kind"] == "Service":
            # The apiserver dials an external name as it stands, and still checks the certificate against
            # the Service's name: so the webhook works although there is no pod network.
            document["spec"] = {"type": "ExternalName", "externalName": "localhost"}
        if document["kind"] == "ValidatingWebhookConfiguration":
            for webhook in document["webhooks"]:
                webhook["clientConfig"]["service"]["port"] = port
    kube.apply(lab, [d for d in documents if d["kind"] != "Deployment"])
    temporary = lab.dir / "tmp"
    certificates = temporary / "k8s-webhook-server/serving-certs"
    certificates.mkdir(parents=True, exist_ok=True)
    template = lab.dir / "init-container.yaml"
    template.write_text(images.WAIT_FOR_MASTER)
    start(lab, "training-operator", binary(lab, "training-operator"),
          f"--kubeconfig={lab.pki}/training-operator.kubeconfig", *FLAGS,
          f"--pytorch-init-container-template-file={template}", f"--webhook-server-port={port}",
          f"--metrics-bind-address=127.0.0.1:{lab.port('operator-metrics')}",
          f"--health-probe-bind-address=127.0.0.1:{lab.port('operator-health')}",
          env={"MY_POD_NAMESPACE": NAMESPACE, "TMPDIR": str(temporary), "WEBHOOK_HOST": "127.0.0.1"})

    def not_ready():
        # In a pod the kubelet would bring the operator's own Secret back to it as files.
        data = (kube.get(lab, "secret", SECRET, "-n", NAMESPACE) or {}).get("data") or {}
        for name, value in data.items():
            path = certificates / name
            content = base64.b64decode(value)
            if not path.exists() or path.read_bytes() != content:
                path.touch(mode=0o600)
                path.write_bytes(content)
        return "" if data and _answers(lab) else "its certificates are not in place yet"

    wait_for(lab, "training-operator", not_ready, "the training operator is ready", 90)


def _answers(lab):
    try:
        address = f"http://127.0.0.1:{lab.port('operator-health')}/readyz"
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False
