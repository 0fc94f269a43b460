# SPDX-License-Identifier: GPL-3.0-or-later
"""Why jobs do not start: for each cause that the lab can bring about, a job that has it, and what cairnctl says of it.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition. Nothing of it ever runs."""

import json
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import kube  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
PLAIN, QUOTA, SECURE = "e2e-why", "e2e-why-quota", "e2e-why-secure"
IMAGE = "localhost/python:1"


def job(name, namespace=PLAIN, pod=None, container=None, suspend=False, queue=None):
    one = {"name": "pytorch", "image": IMAGE, "command": ["sleep", "3600"], **(container or {})}
    return {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob",
            "metadata": {"name": name, "namespace": namespace, "labels": {"kueue.x-k8s.io/queue-name": queue} if queue else {}},
            "spec": {"runPolicy": {"suspend": suspend},
                     "pytorchReplicaSpecs": {"Master": {"replicas": 1, "template": {"spec": {"containers": [one], **(pod or {})}}}}}}


def gpus(count):
    return {"resources": {"limits": {"nvidia.com/gpu": count}}}


def volume(name, source):
    return {"pod": {"volumes": [{"name": name, **source}]}, "container": {"volumeMounts": [{"name": name, "mountPath": "/mnt"}]}}


# name → (job, verdict, cause, words of the sentence, stage)
CASES = {
    "selector": (job("selector", pod={"nodeSelector": {"pool": "h100"}}), "never", "selector", "pool=h100", "scheduled"),
    "gpus": (job("gpus", container=gpus(64)), "never", "room", "No node is large enough", "scheduled"),
    "claim": (job("claim", **volume("ckpt", {"persistentVolumeClaim": {"claimName": "nowhere"}})), "never", "claim-missing", "nowhere", "claims"),
    "configmap": (job("configmap", **volume("cfg", {"configMap": {"name": "settings"}})), "never", "object-missing", "ConfigMap settings", "volumes"),
    "secret": (job("secret", container={"env": [{"name": "T", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}}]}),
               "never", "object-missing", "hf", "containers"),
    "image-name": (job("image-name", container={"image": "A:::1"}), "never", "image-name", "A:::1", "image"),
    "image-never": (job("image-never", container={"image": "localhost/not-there:1", "imagePullPolicy": "Never"}),
                    "never", "image-never", "localhost/not-there:1", "image"),
    "command": (job("command", container={"command": ["/no/such/program"]}), "never", "command", "/no/such/program", "containers"),
    "suspended": (job("suspended", suspend=True), "never", "suspended", "suspended", "suspended"),
    "no-kueue": (job("no-kueue", suspend=True, queue="gpu"), "never", "no-kueue", "Kueue", "suspended"),
    "account": (job("account", pod={"serviceAccountName": "nobody"}), "never", "service-account", "nobody", "created"),
    "priority": (job("priority", pod={"priorityClassName": "not-there"}), "never", "priority", "not-there", "created"),
    "quota": (job("quota", QUOTA, container=gpus(2)), "never", "quota", "requests.nvidia.com/gpu", "created"),
    "security": (job("security", SECURE), "never", "pod-security", "restricted", "created"),
}


class Why(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        kube.apply(cls.lab, [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PLAIN}},
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": QUOTA}},
            {"apiVersion": "v1", "kind": "Namespace",
             "metadata": {"name": SECURE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}])
        kube.apply(cls.lab, [{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "team", "namespace": QUOTA},
                              "spec": {"hard": {"requests.nvidia.com/gpu": "1"}}}])
        kube.apply(cls.lab, [case[0] for case in CASES.values()])

    @classmethod
    def tearDownClass(cls):
        kube.kubectl(cls.lab, "delete", "namespace", PLAIN, QUOTA, SECURE, "--ignore-not-found", "--wait=true", "--timeout=180s", check=False)

    def cairnctl(self, *args, expect=0):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, *args], capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return done

    def why(self, name, namespace):
        return json.loads(self.cairnctl("-n", namespace, "-o", "json", "job", "why", name).stdout)

    def test_1_each_cause_is_named(self):
        for name, (made, verdict, cause, words, stage) in CASES.items():
            with self.subTest(name):
                namespace = made["metadata"]["namespace"]
                deadline = time.monotonic() + 120
                while (told := self.why(name, namespace))["cause"] != cause and time.monotonic() < deadline:
                    time.sleep(1)
                self.assertEqual((told["verdict"], told["cause"]), (verdict, cause), json.dumps(told, indent=1))
                self.assertIn(words, told["sentence"])
                self.assertTrue(told["ways"])
                self.assertEqual(told["notSeen"], [])
                states = {one["id"]: one["state"] for one in told["evidence"]}
                self.assertEqual(states[stage], "failed", states)
                self.assertEqual(list(states.values())[-1], "notAsked", states)

    def test_2_an_image_that_cannot_be_pulled(self):
        kube.apply(self.lab, [job("image-host", container={"image": "registry.invalid/a:1"})])
        deadline = time.monotonic() + 180
        while not (told := self.why("image-host", PLAIN))["cause"].startswith("image-") and time.monotonic() < deadline:
            time.sleep(1)
        # What the node's resolver says of such a name depends on the machine.
        self.assertIn(told["cause"], ("image-host", "image-registry"), json.dumps(told, indent=1))
        self.assertIn("registry.invalid/a:1", told["sentence"])

    def test_3_a_new_job_is_told_whether_it_could_start(self):
        def fit(namespace, *options):
            done = self.cairnctl("-n", namespace, "-o", "json", "--dry-run", "job", "new", "x", "--kind", "PyTorchJob", "--image", IMAGE, *options)
            self.assertRegex(done.stderr, r"(?m)^Fit: ")
            return json.loads(done.stdout)["fit"]

        self.assertEqual(fit(PLAIN, "--gpus", "64")["answer"], "never")
        self.assertEqual(fit(PLAIN, "--node-selector", "pool=h100")["answer"], "never")
        quota = fit(QUOTA, "--gpus", "2")
        self.assertEqual(quota["answer"], "never")
        self.assertEqual({one["id"]: one["state"] for one in quota["checks"]}["quota"], "fails")
        small = fit(PLAIN, "--cpu", "10m", "--memory", "16Mi")
        self.assertIn(small["answer"], ("now", "later"))  # others may use the lab
        self.assertEqual(small["podsOnEmptyCluster"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
