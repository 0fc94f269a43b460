# SPDX-License-Identifier: GPL-3.0-or-later
"""The failover test of the training operator with cairnctl: two replicas on two nodes, the leader killed for real, the takeover
measured, and a job that is created while nobody leads runs.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab import kube  # noqa: E402
from cairnlab.config import Lab  # noqa: E402
from cairnlab.say import LabError  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
OPERATOR, NAMESPACE = "training-operator", "kubeflow"
LEASE = "1ca428e5.training-operator.kubeflow.org"
REFUSED = 4


def wait_for(what, condition, timeout=240, every=0.5):
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(every)


def sleeper(name):
    container = {"name": "pytorch", "image": "localhost/python:1", "imagePullPolicy": "Never",
                 "command": ["sh", "-c", "echo it runs; sleep 3600"]}
    return {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob",
            "metadata": {"name": name, "namespace": "research", "labels": {"cairn-test": "failover"}},
            "spec": {"pytorchReplicaSpecs": {"Master": {
                "replicas": 1, "restartPolicy": "Never",
                "template": {"spec": {"containers": [container], "terminationGracePeriodSeconds": 1}}}}}}


class Failover(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        cls.folder = tempfile.TemporaryDirectory()
        spec = kube.get(cls.lab, "-n", NAMESPACE, "deployment", OPERATOR)["spec"]
        pod = spec["template"]["spec"]
        cls.original = {"spec": {"replicas": spec["replicas"], "template": {"spec": {
            "containers": pod["containers"], "topologySpreadConstraints": pod.get("topologySpreadConstraints")}}}}

    @classmethod
    def tearDownClass(cls):
        kube.kubectl(cls.lab, "-n", "research", "delete", "pytorchjobs", "-l", "cairn-test=failover", "--wait=true", check=False)
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "poddisruptionbudget", "cairn-test", "--ignore-not-found", check=False)
        kube.kubectl(cls.lab, "-n", NAMESPACE, "patch", "deployment", OPERATOR, "--type=merge", "-p", json.dumps(cls.original))
        kube.kubectl(cls.lab, "-n", NAMESPACE, "rollout", "status", "deployment", OPERATOR, "--timeout=180s")
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "role,rolebinding", "cairn-test-leader-election", "--ignore-not-found", check=False)
        cls.folder.cleanup()

    # Helpers

    def command(self, *args):
        return [CAIRNCTL, "--kubeconfig", KUBECONFIG, "-o", "json", "failover", OPERATOR, *args]

    def environment(self):
        return {**os.environ, "LC_ALL": "C.UTF-8", "XDG_DATA_HOME": self.folder.name}

    def failover(self, *args, expect=0):
        done = subprocess.run(self.command(*args), capture_output=True, text=True, timeout=600, check=False, env=self.environment())
        self.assertEqual(done.returncode, expect, f"{args}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout)

    def begin(self):
        return subprocess.Popen(self.command("--yes"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment())

    def pods(self):
        """Ready pods of the operator that are not about to end."""
        return [p for p in kube.items(self.lab, "-n", NAMESPACE, "pods", "-l", "control-plane=kubeflow-training-operator")
                if "deletionTimestamp" not in p["metadata"] and kube.conditions(p).get("Ready") == "True"]

    def leader(self):
        lease = kube.get(self.lab, "-n", NAMESPACE, "lease", LEASE)
        return (lease or {}).get("spec", {}).get("holderIdentity", "").split("_")[0]

    def probes(self):
        return kube.items(self.lab, "-n", NAMESPACE, "pytorchjobs", "-l", "cairn.console/probe")

    def make_available(self):
        """Permissions and flag, then two replicas on two nodes: as the public notes on the operator say."""
        kube.apply(self.lab, [
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
             "metadata": {"name": "cairn-test-leader-election", "namespace": NAMESPACE},
             "rules": [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
                        "verbs": ["get", "list", "watch", "create", "update", "patch"]},
                       {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]}]},
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
             "metadata": {"name": "cairn-test-leader-election", "namespace": NAMESPACE},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "cairn-test-leader-election"},
             "subjects": [{"kind": "ServiceAccount", "name": "training-operator", "namespace": NAMESPACE}]},
            {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "cairn-test", "namespace": NAMESPACE},
             "spec": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow",
                      "selector": {"matchLabels": {"control-plane": "kubeflow-training-operator"}}}}])
        containers = json.loads(json.dumps(self.original["spec"]["template"]["spec"]["containers"]))
        containers[0]["args"] = [*containers[0].get("args", []), "--leader-elect=true"]
        spread = [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule",
                   "labelSelector": {"matchLabels": {"control-plane": "kubeflow-training-operator"}},
                   "matchLabelKeys": ["pod-template-hash"]}]
        kube.kubectl(self.lab, "-n", NAMESPACE, "patch", "deployment", OPERATOR, "--type=merge", "-p", json.dumps(
            {"spec": {"replicas": 2, "template": {"spec": {"containers": containers, "topologySpreadConstraints": spread}}}}))
        kube.kubectl(self.lab, "-n", NAMESPACE, "rollout", "status", "deployment", OPERATOR, "--timeout=180s")
        self.wait_ready()

    def wait_ready(self):
        def settled():
            pods = self.pods()
            return len(pods) == 2 and len({p["spec"]["nodeName"] for p in pods}) == 2 and self.leader() in [p["metadata"]["name"] for p in pods]
        wait_for("two replicas on two nodes, one of which leads", settled)
        # The PDB counts a moment later than the pods are ready.
        wait_for("the PDB allows a disruption", lambda: kube.get(self.lab, "-n", NAMESPACE, "poddisruptionbudget", "cairn-test")["status"].get("disruptionsAllowed") == 1)

    # Flows, in order

    def test_1_the_only_replica_is_never_dropped(self):
        before = wait_for("the operator is ready", self.pods)
        self.assertEqual(len(before), 1)
        plan = self.failover("--yes", expect=REFUSED)
        self.assertFalse(plan["feasible"] or plan["changed"])
        self.assertIn("replicas", [c["id"] for c in plan["checks"] if c["state"] == "fail"])
        self.assertEqual([p["metadata"]["uid"] for p in self.pods()], [p["metadata"]["uid"] for p in before])

    def test_2_nothing_happens_without_confirmation(self):
        self.make_available()
        before = {p["metadata"]["uid"] for p in self.pods()}
        plan = self.failover(expect=REFUSED)
        self.assertTrue(plan["feasible"], plan)
        self.assertEqual(plan["pod"], self.leader())
        self.assertIsNone(plan["result"])
        self.assertEqual(self.failover("--dry-run")["checks"][0]["state"], "ok")
        self.assertEqual({p["metadata"]["uid"] for p in self.pods()}, before)
        self.assertEqual(self.probes(), [])

    def test_3_a_takeover_is_measured_and_a_job_created_meanwhile_runs(self):
        self.wait_ready()
        old = self.leader()
        running = self.begin()
        self.addCleanup(running.kill)
        wait_for("the leader is killed", lambda: not kube.get(self.lab, "-n", NAMESPACE, "pod", old), every=0.1)
        self.assertEqual(self.leader(), old, "nobody leads")

        def created():
            try:
                kube.apply(self.lab, [sleeper("in-the-gap")])
                return True
            except LabError as error:
                self.assertIn("webhook", error.why)  # it may still meet the dead pod
                return False
        wait_for("a job is created", created, 60)
        out, err = running.communicate(timeout=600)
        self.assertEqual(running.returncode, 0, err)
        result = json.loads(out)["result"]
        print(f"\nwithout a leader {result['withoutLeader']} s, worked after {result['worked']} s, standby after {result['standbyReady']} s", file=sys.stderr)
        self.assertEqual(result["state"], "done")
        self.assertEqual(result["leader"]["pod"], old)
        self.assertEqual(result["leaseSeconds"], 15)
        self.assertAlmostEqual(result["retrySeconds"], 2, delta=1)
        # By the Lease: 13 to 19.4 s; polling, and a loaded machine, add to it.
        self.assertGreater(result["withoutLeader"], 11)
        self.assertLess(result["withoutLeader"], 30)
        self.assertNotEqual(result["newLeader"]["pod"], old)
        self.assertEqual(self.leader(), result["newLeader"]["pod"])
        self.assertLess(result["probe"]["created"], result["withoutLeader"])
        self.assertGreaterEqual(result["probe"]["made"], result["withoutLeader"] - 0.5)
        self.assertGreaterEqual(result["standbyReady"], result["withoutLeader"])
        self.assertEqual(result["jobsStopped"], 0)
        self.assertEqual(self.probes(), [])
        wait_for("the job of the gap runs", lambda: kube.conditions(kube.get(self.lab, "-n", "research", "pytorchjob", "in-the-gap")).get("Running") == "True")
        # It is in the history that the window reads, for this user alone.
        file = Path(self.folder.name) / "cairn/ha.sqlite"
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        with sqlite3.connect(file) as history:
            self.assertEqual(history.execute("SELECT cause, round(gap, 1) FROM leader").fetchall(), [(1, round(result["withoutLeader"], 1))])
            self.assertEqual(history.execute("SELECT id FROM test").fetchall(), [(result["id"],)])

    def test_4_what_a_killed_test_leaves_the_next_start_removes(self):
        self.wait_ready()
        running = self.begin()
        wait_for("the probe is there", self.probes, every=0.1)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        self.assertEqual(len(self.probes()), 1)
        self.wait_ready()
        self.failover("--dry-run")
        wait_for("the probe is gone", lambda: not self.probes(), 30)

    def test_5_a_stopped_test_takes_its_probe_away(self):
        self.wait_ready()
        running = self.begin()
        wait_for("the probe is there", self.probes, every=0.1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 1, err)
        self.assertEqual(json.loads(out)["result"]["state"], "stopped")
        wait_for("the probe is gone", lambda: not self.probes(), 30)
        self.wait_ready()


if __name__ == "__main__":
    unittest.main()
