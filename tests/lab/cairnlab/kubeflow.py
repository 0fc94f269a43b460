# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kubeflow to look at: the workloads of the catalogue by name and label, on simulated nodes. They do nothing."""

import json

import yaml

from . import images
from .config import CHECKOUT, SOURCE

CATALOGUE = CHECKOUT / "resources/catalogue/kubeflow.json"


def documents():
    """Namespaces and workloads of a default installation, changed as seed/kubeflow.yaml says."""
    changes = yaml.safe_load((SOURCE / "seed/kubeflow.yaml").read_text())
    entries = [e for e in json.loads(CATALOGUE.read_text())["components"] if not e.get("optIn")]
    workloads = [_workload(e, **changes.pop(e["id"], {})) for e in entries]
    if changes:
        raise ValueError(f"seed/kubeflow.yaml names what the catalogue does not have: {', '.join(changes)}")
    namespaces = sorted({w["metadata"]["namespace"] for w in workloads})
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in namespaces] + workloads


def _workload(entry, replicas=1, on=None, outcome=None):
    name = entry["names"][0]
    labels = entry.get("labels") or {"app": name}
    pod = {"containers": [{"name": "main", "image": images.PAUSE, "imagePullPolicy": "Never"}], **_placing(on, labels)}
    template = {"metadata": {"labels": labels}, "spec": pod}
    if outcome:
        template["metadata"]["annotations"] = {"lab.cairn/outcome": outcome}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    if entry["kind"] == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": entry["kind"],
            "metadata": {"name": name, "namespace": entry["namespaces"][0], "labels": labels}, "spec": spec}


def _placing(on, labels):
    def apart(key):
        return {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule",
                                               "labelSelector": {"matchLabels": labels}}]}

    host, zone = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
    return {None: {}, "zones": apart(zone),
            "nodes": {"nodeSelector": {zone: "zone-a"}, **apart(host)},
            "one": {"nodeSelector": {host: "sim-1"}},
            "full": {"nodeSelector": {host: "sim-1"}, "affinity": {"podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"topologyKey": host, "labelSelector": {"matchLabels": labels}}]}}}}[on]
