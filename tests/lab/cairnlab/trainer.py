# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubeflow Trainer v2 and the JobSet it needs: as released, pods with webhooks. Real mode only."""

from . import images, kube
from .binaries import manifests
from .say import say, wait_until

# name in binaries: folder to build, image, namespace, Deployment
PARTS = {
    "jobset": ("default", images.JOBSET, "jobset-system", "jobset-controller-manager"),
    "trainer": ("overlays/manager", images.TRAINER, "kubeflow-system", "kubeflow-trainer-controller-manager"),
}


def start(lab):
    """Apply all of it; `finish` waits. Between the two the cluster can be brought on with other things."""
    documents = [d for name in PARTS for d in _manifests(lab, name)]
    first = [d for d in documents if d["kind"] in ("Namespace", "CustomResourceDefinition")]
    kube.apply(lab, first)
    kube.wait_established(lab, [c["metadata"]["name"] for c in first if c["kind"] == "CustomResourceDefinition"])
    kube.apply(lab, [d for d in documents if d not in first])


def _manifests(lab, name):
    folder, image, namespace, deployment = PARTS[name]
    documents = kube.read_yaml(kube.kubectl(lab, "kustomize", manifests(lab, name) / folder).stdout)
    for document in list(documents):
        if document["kind"] == "Deployment" and document["metadata"]["name"] == deployment:
            container = document["spec"]["template"]["spec"]["containers"][0]
            container.update(image=image, imagePullPolicy="Never")
            container["resources"] = {"requests": {"cpu": "20m", "memory": "64Mi"}}
            # As released it would be asked for the first time after ten seconds.
            container["readinessProbe"].update(initialDelaySeconds=1, periodSeconds=2)
        # The controllers fill these; applying them again would empty them.
        if document["kind"] == "Secret" and kube.get(lab, "secret", document["metadata"]["name"], "-n", namespace):
            documents.remove(document)
    return documents


def finish(lab):
    for _, _, namespace, deployment in PARTS.values():
        wait_until(lambda namespace=namespace, deployment=deployment: "" if kube.conditions(
            kube.get(lab, "deployment", deployment, "-n", namespace)).get("Available") == "True" else "its pod is not ready",
            f"{deployment} is ready", 180, lab.log("kubelet-node-1"), f"see 'kubectl -n {namespace} describe pods'")
    say("JobSet and Trainer are ready")
