# SPDX-License-Identifier: GPL-3.0-or-later
"""What cairnctl says of a node that is lost or drained, beside what then happens on two real nodes: which components stop, which
only lose a replica, what holds the drain, when each is back and where.

Components stand in by name: what they run is a sleep, what becomes of their pods is the cluster's doing. Needs the real lab:
CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab import kube  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
LAB = ROOT / "tests/lab/lab"
NAMESPACE, NODE, OTHER = "kubeflow", "node-2", "node-1"
LABEL = {"cairn-test": "whatif"}
UI, AGENT, STATEFUL, GUARDED = "ml-pipeline-ui", "ml-pipeline-persistenceagent", "metacontroller", "ml-pipeline-viewer-crd"


def wait_for(what, condition, timeout=240, every=0.5):
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(every)


def workload(name, replicas=1, kind="Deployment", affinity=None):
    """One prefers the node that is going to be lost; two are kept apart."""
    labels = {"app": name, **LABEL}
    prefers = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": {
        "matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE]}]}}]}}
    container = {"name": "main", "image": "localhost/python:1", "imagePullPolicy": "Never", "command": ["sleep", "86400"],
                 "resources": {"requests": {"cpu": "1m", "memory": "8Mi"}}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {
                "containers": [container], "terminationGracePeriodSeconds": 1, "affinity": affinity or prefers}}}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE, "labels": LABEL}, "spec": spec}


def objects():
    apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": UI}}, "topologyKey": "kubernetes.io/hostname"}]}}
    guard = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": GUARDED, "namespace": NAMESPACE, "labels": LABEL},
             "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": GUARDED, **LABEL}}}}
    return [workload(UI, 2, affinity=apart), workload(AGENT), workload(STATEFUL, kind="StatefulSet"), workload(GUARDED), guard]


class WhatIf(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        for document in objects():
            if kube.get(cls.lab, "-n", NAMESPACE, document["kind"].lower(), document["metadata"]["name"]):
                raise AssertionError(f"the lab has a {document['kind']} {document['metadata']['name']} of its own: choose another name")

    def setUp(self):
        self.addCleanup(kube.delete, self.lab, objects())
        kube.apply(self.lab, objects())
        wait_for("each is ready where it should be", self.is_settled)
        wait_for("the PDB counts", lambda: (kube.get(self.lab, "-n", NAMESPACE, "pdb", GUARDED) or {}).get("status", {}).get("currentHealthy") == 1)

    # Helpers

    def ready(self, name):
        """Nodes of the pods of this name that are ready and are not about to end."""
        return sorted(p["spec"]["nodeName"] for p in kube.items(self.lab, "-n", NAMESPACE, "pods", "-l", f"app={name},cairn-test=whatif")
                      if "deletionTimestamp" not in p["metadata"] and kube.conditions(p).get("Ready") == "True")

    def is_settled(self):
        return self.ready(UI) == [OTHER, NODE] and all(self.ready(name) == [NODE] for name in (AGENT, STATEFUL, GUARDED))

    def node_is_ready(self):
        return kube.conditions(kube.get(self.lab, "node", NODE)).get("Ready") == "True"

    def foretold(self, *args):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-o", "json", "what-if", NODE, *args], capture_output=True, text=True,
                              timeout=120, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        answer = json.loads(done.stdout)
        return answer, {c["workload"]: c for c in answer["components"]}

    def lab_command(self, *args):
        subprocess.run([LAB, *args, "--real"], check=True, capture_output=True, timeout=300)

    # Flows

    def test_1_a_drain_does_what_was_foretold(self):
        answer, by = self.foretold("--drain")
        self.assertEqual({name: by[name]["effect"] for name in (UI, AGENT, STATEFUL, GUARDED)},
                         {UI: "fewer-replicas", AGENT: "stops", STATEFUL: "stops", GUARDED: "holds-drain"}, answer)
        self.assertEqual({by[name]["back"] for name in (AGENT, STATEFUL)}, {"by-itself"})
        held = [pod for pod in answer["held"] if pod["pod"].startswith(GUARDED)]
        self.assertEqual([(pod["why"], pod["budgets"]) for pod in held], [("budget", [GUARDED])])
        self.addCleanup(kube.kubectl, self.lab, "uncordon", NODE)
        drain = ["drain", NODE, "--ignore-daemonsets", "--delete-emptydir-data", "--pod-selector=cairn-test=whatif"]
        done = kube.kubectl(self.lab, *drain, "--timeout=20s", check=False)
        self.assertNotEqual(done.returncode, 0, "a PDB that allows nothing holds the drain")
        self.assertIn(GUARDED, done.stderr + done.stdout)
        # What stops is back on the other node, of itself; what keeps running did; what holds the drain is where it was.
        for name in (AGENT, STATEFUL):
            wait_for(f"{name} is back elsewhere", lambda name=name: self.ready(name) == [OTHER])
        self.assertEqual(self.ready(UI), [OTHER])
        self.assertEqual(self.ready(GUARDED), [NODE])
        # The step that is offered for it lets the drain end.
        step = next(s for s in answer["steps"] if GUARDED in s["command"] and "patch" in s["command"])
        self.assertIn("maxUnavailable", step["command"])
        kube.kubectl(self.lab, "-n", NAMESPACE, "patch", "pdb", GUARDED, "--type=merge", "-p", '{"spec":{"minAvailable":null,"maxUnavailable":1}}')
        wait_for("the PDB allows one", lambda: kube.get(self.lab, "-n", NAMESPACE, "pdb", GUARDED)["status"].get("disruptionsAllowed") == 1)
        kube.kubectl(self.lab, *drain, "--timeout=60s")
        wait_for("it is back elsewhere", lambda: self.ready(GUARDED) == [OTHER])

    def test_2_a_loss_does_what_was_foretold(self):
        answer, by = self.foretold()
        self.assertEqual({name: by[name]["effect"] for name in (UI, AGENT, STATEFUL, GUARDED)},
                         {UI: "fewer-replicas", AGENT: "stops", STATEFUL: "stops", GUARDED: "stops"}, answer)
        self.assertEqual({name: by[name]["back"] for name in (AGENT, STATEFUL, GUARDED)},
                         {AGENT: "by-itself", STATEFUL: "when-fenced", GUARDED: "by-itself"}, answer)
        seconds = by[AGENT]["seconds"]
        self.assertGreater(seconds, answer["graceSeconds"])
        self.addCleanup(wait_for, "the node is back", self.node_is_ready)
        self.addCleanup(self.lab_command, "heal-node", NODE)
        lost = time.monotonic()
        self.lab_command("break-node", NODE)
        wait_for("the cluster notices", lambda: not self.node_is_ready(), 180)
        noticed = time.monotonic() - lost
        self.assertIn(OTHER, self.ready(UI), "the other replica runs on")
        # Where a component was alone nobody is ready before its pods are made anew; the PDB has no say in that.
        wait_for("it is made anew elsewhere", lambda: self.ready(AGENT) == [OTHER], 300)
        back = time.monotonic() - lost
        wait_for("the guarded one as well", lambda: self.ready(GUARDED) == [OTHER], 120)
        print(f"\nnoticed after {noticed:.0f} s (foretold {answer['graceSeconds']}), back after {back:.0f} s (foretold {seconds} and a start)", file=sys.stderr)
        # The node's last sign of life is up to ten seconds older than its loss; a start and a loaded machine come on top.
        self.assertGreater(noticed, answer["graceSeconds"] - 15)
        self.assertGreater(back, seconds - 15)
        self.assertLess(back, seconds + 90)
        # A StatefulSet's pod is not made anew while the old one may still run: until the node is back.
        self.assertEqual(self.ready(STATEFUL), [])
        self.assertEqual([p["spec"]["nodeName"] for p in kube.items(self.lab, "-n", NAMESPACE, "pods", "-l", f"app={STATEFUL},cairn-test=whatif")], [NODE])
        self.lab_command("heal-node", NODE)
        wait_for("with its node it is back", lambda: self.ready(STATEFUL))


if __name__ == "__main__":
    unittest.main()
