# SPDX-License-Identifier: GPL-3.0-or-later
"""The light lab: simulated nodes and pods, a real control plane and a real operator, no root."""

import json
import stat
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cairnlab.config import ports_of  # noqa: E402
from cairnlab.kubeflow import RENEWER  # noqa: E402
from cairnlab.kwok import NODES  # noqa: E402
from cairnlab.process import pid_of  # noqa: E402
from labtest import LabTest  # noqa: E402


def listeners():
    """{port: addresses} that listen on this machine, as the kernel writes them."""
    found = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A":
                address, port = words[1].split(":")
                found.setdefault(int(port, 16), set()).add(address)
    return found


class LightTest(LabTest):
    mode = "light"

    def test_nodes_have_zones_and_gpus(self):
        nodes = self.get("nodes")["items"]
        self.assertEqual({n["metadata"]["name"]: n["metadata"]["labels"]["topology.kubernetes.io/zone"]
                          for n in nodes}, NODES)
        self.assertEqual({n["status"]["allocatable"]["nvidia.com/gpu"] for n in nodes}, {"8"})

    def test_listens_on_loopback_only(self):
        there = listeners()
        for name, port in ports_of(self.lab).items():
            self.assertEqual(there.get(port), {"0100007F"}, f"{name} on port {port}")

    def test_kubeconfig_is_private(self):
        self.assertEqual(stat.S_IMODE(self.lab.kubeconfig.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.lab.dir.stat().st_mode), 0o700)

    def test_up_again_changes_nothing(self):
        before = self.get("pods", "-A")["items"][0]["metadata"]["creationTimestamp"]
        self.assertIn("the light lab is up", self.lab_command("up"))
        self.assertEqual(self.get("pods", "-A")["items"][0]["metadata"]["creationTimestamp"], before)

    def test_every_state_is_there(self):
        expected = {
            ("research", "pytorchjob", "mnist-demo"): "Running",
            ("research", "pytorchjob", "mnist-crashed"): "Failed",
            ("research", "pytorchjob", "gan-paused"): "Suspended",
            ("research", "mpijob", "allreduce-bench"): "Running",
            ("research", "xgboostjob", "churn"): "Succeeded",
            ("research", "jaxjob", "diffusion"): "Running",
            ("nlp", "pytorchjob", "pretrain-24gpu"): "Running",
            ("nlp", "paddlejob", "ernie"): "Succeeded",
            ("vision", "tfjob", "classifier"): "Succeeded",
            ("vision", "pytorchjob", "resnet-oom"): "Failed",
        }
        for (namespace, kind, name), state in expected.items():
            self.wait(lambda: state in self.conditions(kind, name, "-n", namespace), f"{name} is {state}")
        pod = ("pod", "loader-crashloop-master-0", "-n", "vision")
        self.wait(lambda: "CrashLoopBackOff" in json.dumps(self.get(*pod)), "a container is in its back-off")

    def test_seeded_leases_are_renewed_until_the_renewer_is_stopped(self):
        def spec():
            return self.get("lease", "6d4f6a47.jobset.x-k8s.io", "-n", "kubeflow-system")["spec"]

        before = spec()["renewTime"]
        self.wait(lambda: spec()["renewTime"] > before, "the lease is renewed")
        self.assertTrue(self.get("pod", spec()["holderIdentity"].partition("_")[0], "-n", "kubeflow-system"))
        self.addCleanup(self.lab_command, "renewer", "start")
        self.lab_command("renewer", "stop")
        self.assertIsNone(pid_of(self.lab, RENEWER))

    def test_owners_and_managers(self):
        def metadata(kind, name, namespace):
            return self.get(kind, name, "-n", namespace)["metadata"]

        owner, = metadata("pytorchjob", "lr-sweep-trial-3", "research")["ownerReferences"]
        self.assertEqual((owner["kind"], owner["controller"]), ("Trial", True))
        self.assertIn("kueue.x-k8s.io/queue-name", metadata("pytorchjob", "bert-queued", "nlp")["labels"])
        self.assertIn("argocd.argoproj.io/tracking-id", metadata("pytorchjob", "llama-sft", "nlp")["annotations"])
        self.assertIn("meta.helm.sh/release-name", metadata("tfjob", "detector", "vision")["annotations"])

    def test_suspend_and_unsuspend(self):
        job = ("pytorchjob", "lr-sweep-trial-3", "-n", "research")
        pod = ("pod", "lr-sweep-trial-3-master-0", "-n", "research")

        def suspend(value):
            self.kubectl("patch", *job, "--type=merge", "-p", json.dumps({"spec": {"runPolicy": {"suspend": value}}}))

        self.addCleanup(suspend, False)
        self.wait(lambda: "Running" in self.conditions(*job), "the job runs")
        suspend(True)
        self.wait(lambda: not self.get(*pod), "its pod goes")
        self.assertIn("Suspended", self.conditions(*job))
        suspend(False)
        self.wait(lambda: "Running" in self.conditions(*job), "it runs again")

    def test_webhook_refuses_a_bad_job(self):
        done = self.kubectl("create", "-f", "-", check=False, input=json.dumps({
            "apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": {"name": "bad", "namespace": "empty"},
            "spec": {"pytorchReplicaSpecs": {"Master": {"template": {"spec": {"containers": [
                {"name": "wrong", "image": "none"}]}}}}}}))
        self.assertIn("must have at least one container with name pytorch", done.stderr)

    def test_logs_are_served(self):
        self.wait(lambda: "loss=" in self.logs("-n", "research", "mnist-demo-master-0", "--tail=2"), "a log is read")

    def test_limited_user(self):
        viewer = {"context": "cairn-lab-viewer", "check": False}
        self.assertIn("forbidden", self.kubectl("get", "namespaces", **viewer).stderr.lower())
        self.assertIn("mnist-demo", self.kubectl("get", "pytorchjobs", **viewer).stdout)
        self.assertEqual(self.kubectl("auth", "can-i", "patch", "pytorchjobs", **viewer).stdout.strip(), "no")


if __name__ == "__main__":
    unittest.main()
