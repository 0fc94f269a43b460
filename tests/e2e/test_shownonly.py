# SPDX-License-Identifier: GPL-3.0-or-later
"""A JobSet of its own is listed among the jobs and left alone; the JobSet of a TrainJob is not listed beside it.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

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
NAMESPACE, NAME, TRAINED = "research", "e2e-set", "e2e-of-trainer"
REFUSED = 4


def replicated(name, pods):
    container = {"name": "main", "image": "localhost/python:1", "imagePullPolicy": "Never", "command": ["sleep", "3600"]}
    return {"name": name, "template": {"spec": {"parallelism": pods, "completions": pods, "template": {"spec": {
        "terminationGracePeriodSeconds": 1, "containers": [container]}}}}}


class ShownOnly(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        runtime = kube.items(cls.lab, "clustertrainingruntimes")[0]["metadata"]["name"]
        kube.apply(cls.lab, [
            {"apiVersion": "jobset.x-k8s.io/v1alpha2", "kind": "JobSet", "metadata": {"name": NAME, "namespace": NAMESPACE},
             "spec": {"replicatedJobs": [replicated("driver", 1), replicated("workers", 2)]}},
            {"apiVersion": "trainer.kubeflow.org/v1alpha1", "kind": "TrainJob", "metadata": {"name": TRAINED, "namespace": NAMESPACE},
             "spec": {"suspend": True, "runtimeRef": {"name": runtime}}}])

    @classmethod
    def tearDownClass(cls):
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "jobset", NAME, "--ignore-not-found", check=False)
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "trainjob", TRAINED, "--ignore-not-found", check=False)

    def cairnctl(self, *args, expect=0):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, "-o", "json", *args], capture_output=True, text=True,
                              timeout=120, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def until(self, what, condition, seconds=120):
        end = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.5)

    def listed(self, name):
        return [job for job in self.cairnctl("jobs")["jobs"] if job["name"] == name]

    def test_a_jobset_is_listed_with_its_pods_and_left_alone(self):
        def runs():
            jobs = self.listed(NAME)
            return jobs and jobs[0]["phase"] == "Running" and sum(one["ready"] for one in jobs[0]["replicas"]) == 3 and jobs[0]
        job = self.until("the JobSet runs with three pods", runs)
        self.assertEqual(job["kind"], "JobSet")
        self.assertEqual({one["role"]: one["desired"] for one in job["replicas"]}, {"driver": 1, "workers": 2})
        for act in ("suspend", "delete"):
            answer = self.cairnctl("job", act, NAME, "--yes", expect=REFUSED)
            self.assertIn("shown-only", json.dumps(answer))
        self.assertFalse(kube.get(self.lab, "-n", NAMESPACE, "jobset", NAME)["spec"].get("suspend", False))

    def test_the_jobset_of_a_trainjob_is_the_trainjob(self):
        self.until("Trainer makes the JobSet", lambda: kube.get(self.lab, "-n", NAMESPACE, "jobset", TRAINED))
        self.assertEqual([job["kind"] for job in self.listed(TRAINED)], ["TrainJob"])
        self.assertEqual(self.cairnctl("job", "show", TRAINED)["kind"], "TrainJob")


if __name__ == "__main__":
    unittest.main()
