# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kubeflow to look at: the workloads of the catalogue by name and label, on simulated nodes. They do nothing; a
service of the lab, the renewer, keeps the Leases of those that elect a leader fresh."""

import json
import sys
import time
from datetime import datetime, timedelta, timezone

import yaml

from . import images, kube, process
from .config import CHECKOUT, SOURCE
from .say import LabError

CATALOGUE = CHECKOUT / "resources/catalogue"
RELEASE = "26.03.1"
RENEWER = "lease-renewer"
COMPONENT = "lab.cairn/component"
HOLDS_FOR = 15  # seconds, as client-go's default


def up(lab):
    workloads = [_workload(entry, **change) for entry, change in _components()]
    extras = [extra for (_, change), workload in zip(_components(), workloads) for extra in _extras(workload, change)]
    namespaces = sorted({w["metadata"]["namespace"] for w in workloads})
    kube.apply(lab, [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in namespaces])
    kube.apply(lab, workloads + extras)
    start_renewer(lab)


def start_renewer(lab):
    process.start(lab, RENEWER, sys.executable, SOURCE / "lab", "renewer", "run", f"--{lab.mode}")
    process.wait_for(lab, RENEWER, lambda: "" if _is_renewed(lab) else "the Lease of JobSet's controller is not fresh",
                     "the seeded Leases are fresh", 60)


def stop_renewer(lab):
    process.stop(lab, [RENEWER])


def run_renewer(lab):
    """Renew for ever. An apiserver that does not answer for a while is none of its business."""
    while True:
        try:
            renew(lab)
        except LabError as error:
            print(error, flush=True)
        time.sleep(HOLDS_FOR / 3)


def renew(lab):
    """Once: the first running replica of each component that elects a leader renews its Lease."""
    holders = {}
    for pod in kube.items(lab, "pods", "-A", "-l", COMPONENT, "--field-selector=status.phase=Running"):
        holders.setdefault(pod["metadata"]["labels"][COMPONENT], pod["metadata"]["name"])
    now = datetime.now(timezone.utc)
    leases = []
    for entry, change in _components():
        if entry["id"] in holders and entry.get("lease", {}).get("onByDefault"):
            hours = {"stale": -1, "future": 1}.get(change.get("lease"), 0)
            leases.append(_lease(entry, holders[entry["id"]], now + timedelta(hours=hours)))
    if leases:
        kube.apply(lab, leases)


def _is_renewed(lab):
    lease = kube.get(lab, "lease", "6d4f6a47.jobset.x-k8s.io", "-n", "kubeflow-system")
    renewed = lease and datetime.fromisoformat(lease["spec"]["renewTime"].rstrip("Z") + "+00:00")
    return renewed and datetime.now(timezone.utc) - renewed < timedelta(seconds=HOLDS_FOR)


def _components():
    """The catalogue's entries of a default installation of RELEASE, each with its change."""
    changes = yaml.safe_load((SOURCE / "seed/kubeflow.yaml").read_text())
    release = json.loads((CATALOGUE / f"releases/{RELEASE}.json").read_text())
    rows = json.loads((CATALOGUE / "components.json").read_text())["components"]
    # What runs on each node of a mesh is none of the simulated nodes' business.
    entries = [_as_of(e, release["versions"]) for e in rows if e["id"] in release["installs"] and e["kind"] != "DaemonSet"]
    if unknown := changes.keys() - {e["id"] for e in entries}:
        raise LabError(f"seed/kubeflow.yaml names what the catalogue does not have: {', '.join(sorted(unknown))}")
    return [(e, changes.get(e["id"], {})) for e in entries]


def _as_of(entry, versions):
    """The entry with what its product's version changed."""
    def number(version):
        return [int(part) for part in version.split(".")]

    merged = dict(entry)
    for change in merged.pop("since", []):
        if number(change["version"]) <= number(versions.get(entry["product"], "0")):
            merged.update(change)
    return merged


def _workload(entry, replicas=1, place=None, outcome=None, hpa=None, **_):
    name = entry["name"]
    labels = entry.get("labels") or {"app": name}
    container = {"name": "main", "image": images.PAUSE, "imagePullPolicy": "Never"}
    election = entry.get("election", {})
    if election.get("by") == "flag" and entry.get("lease", {}).get("onByDefault"):
        container["args"] = [f"{election['setting']}={election['value']}"]  # as it is shipped
    pod = {"containers": [container], **_placing(place, labels)}
    template = {"metadata": {"labels": {**labels, COMPONENT: entry["id"]}}, "spec": pod}
    if outcome:
        template["metadata"]["annotations"] = {"lab.cairn/outcome": outcome}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    if not hpa:  # whose replicas are the autoscaler's
        spec["replicas"] = replicas
    if entry["kind"] == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": entry["kind"],
            "metadata": {"name": name, "namespace": entry["namespaces"][0], "labels": labels}, "spec": spec}


def _extras(workload, change):
    name, namespace = workload["metadata"]["name"], workload["metadata"]["namespace"]
    metadata = {"name": name, "namespace": namespace}
    if "pdb" in change:
        yield {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata,
               "spec": {"minAvailable": change["pdb"], "selector": workload["spec"]["selector"]}}
    if "hpa" in change:
        yield {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata,
               "spec": {"minReplicas": change["hpa"], "maxReplicas": 5,
                        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": workload["kind"], "name": name},
                        "metrics": [{"type": "Resource", "resource": {
                            "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]}}


def _lease(entry, holder, renewed):
    rule = entry["lease"]
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": rule["names"][0].replace("*", "0"), "namespace": rule.get("namespace", entry["namespaces"][0])},
            "spec": {"holderIdentity": f"{holder}_seeded", "leaseDurationSeconds": HOLDS_FOR,
                     "renewTime": renewed.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}}


def _placing(place, labels):
    def apart(key):
        return {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule",
                                               "labelSelector": {"matchLabels": labels}}]}

    host, zone = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
    return {None: {}, "zones": apart(zone),
            "nodes": {"nodeSelector": {zone: "zone-a"}, **apart(host)},
            "one": {"nodeSelector": {host: "sim-1"}},
            "full": {"nodeSelector": {host: "sim-1"}, "affinity": {"podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"topologyKey": host, "labelSelector": {"matchLabels": labels}}]}}}}[place]
