# SPDX-License-Identifier: GPL-3.0-or-later
"""The real lab: two nodes that run containers, real claims, real trainings, and no way in from outside."""

import json
import os
import re
import signal
import socket
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cairnlab.config import HOST_IP, NODE_IPS, SERVICE_API, ports_of  # noqa: E402
from labtest import HERE, LabTest, run  # noqa: E402

OUTSIDE = "cairn-outside"


class RealTest(LabTest):
    mode = "real"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls().conditions("pytorchjob", "mnist-demo", "-n", "research") & {"Succeeded", "Failed"}:
            run(HERE / "lab", "seed", "--real")  # an old lab: its demo has come to its end

    def test_two_nodes_run_pods(self):
        for node, address in NODE_IPS.items():
            status = self.get("node", node)["status"]
            self.assertIn({"type": "InternalIP", "address": address}, status["addresses"])
            self.assertEqual(status["allocatable"]["nvidia.com/gpu"], "4")
        self.wait(lambda: {p["spec"]["nodeName"] for p in self.get("pods", "-A")["items"]
                           if p["status"]["phase"] == "Running"} == set(NODE_IPS), "pods run on both nodes")

    def test_every_state_is_there(self):
        expected = {
            ("research", "pytorchjob", "mnist-demo"): "Running",
            ("research", "pytorchjob", "mnist-s3"): "Running",
            ("research", "pytorchjob", "mnist-crashed"): "Failed",
            ("research", "pytorchjob", "gan-paused"): "Suspended",
            ("research", "mpijob", "allreduce-bench"): "Running",
            ("research", "xgboostjob", "churn"): "Succeeded",
            ("research", "jaxjob", "diffusion"): "Running",
            ("nlp", "paddlejob", "ernie"): "Succeeded",
            ("vision", "tfjob", "classifier"): "Succeeded",
            ("vision", "tfjob", "detector"): "Running",
            ("vision", "pytorchjob", "resnet-oom"): "Failed",
        }
        for (namespace, kind, name), state in expected.items():
            self.wait(lambda: state in self.conditions(kind, name, "-n", namespace), f"{name} is {state}", 180)
        self.wait(lambda: any("Insufficient nvidia.com/gpu" in c.get("message", "") for c in self.get(
            "pod", "segmentation-xl-master-0", "-n", "vision")["status"]["conditions"]), "a job is unschedulable")
        self.wait(lambda: self.get("pod", "loader-crashloop-master-0", "-n", "vision")["status"]["containerStatuses"]
                  [0]["restartCount"] > 0, "a container is restarted")

    def test_two_pods_train_together(self):
        for pod, rank in (("ddp-pair-master-0", 0), ("ddp-pair-worker-0", 1)):
            # Any step: the pair goes on from its newest checkpoint when a node was lost before.
            text = self.wait(lambda: (t := self.logs(pod, "-n", "nlp", "-c", "pytorch")) and "step=" in t and t,
                             f"{pod} trains")
            self.assertIn(f"rank {rank} of 2 has joined", text)

    def test_a_killed_training_goes_on_from_its_newest_checkpoint(self):
        name, namespace = "mnist-demo-master-0", "research"
        pod = self.wait(lambda: "saved /checkpoints/mnist-demo/" in self.logs(name, "-n", namespace) and
                        self.get("pod", name, "-n", namespace), "it saves", 180)
        # Not by deleting the pod: that ends the training well, and then the job counts as succeeded.
        self.kill(pod["metadata"]["uid"], b"/code/train.py")

        def restarts():
            return self.get("pod", name, "-n", namespace)["status"]["containerStatuses"][0]["restartCount"]

        before = pod["status"]["containerStatuses"][0]["restartCount"]
        self.wait(lambda: restarts() > before, "the container is started again")
        match = self.wait(lambda: re.search(r"resumed from /checkpoints/mnist-demo/\S*step-(\d+)\.pt at step (\d+)",
                                            self.logs(name, "-n", namespace)), "it resumes")
        self.assertEqual(int(match[1]), int(match[2]))

    def kill(self, pod_uid, script):
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if script in (entry / "cmdline").read_bytes() and pod_uid in (entry / "cgroup").read_text():
                        os.kill(int(entry.name), signal.SIGKILL)
                        return
                except OSError:
                    continue
        self.fail(f"no process of pod {pod_uid} runs {script}")

    def test_a_helper_with_least_rights_lists_a_claim(self):
        self.wait(lambda: "saved " in self.logs("mnist-crashed-master-0", "-n", "research"), "it saves", 180)
        script = ("set -e; cd /claim; id -u; find . -type f -name '*.pt' | sort | head -n 1 | xargs stat -c '%n %s';"
                  " f=$(find . -type f -name '*.pt' | head -n 1); dd if=\"$f\" bs=4 count=1 2>/dev/null | od -An -c;"
                  " tail -c 64 \"$f\" | base64 | head -n 1; cksum \"$f\"; sleep 0;"
                  " touch x 2>/dev/null && echo writable || echo read-only; touch /x 2>/dev/null && echo writable"
                  " || echo read-only")
        self.kubectl("delete", "pod", "lister", "-n", "research", "--ignore-not-found")
        self.addCleanup(self.kubectl, "delete", "pod", "lister", "-n", "research", "--ignore-not-found", "--wait=false")
        # What Pod Security calls restricted, checked by the server itself.
        self.kubectl("label", "namespace", "research", "pod-security.kubernetes.io/enforce=restricted", "--overwrite")
        self.addCleanup(self.kubectl, "label", "namespace", "research", "pod-security.kubernetes.io/enforce-")
        self.apply({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lister", "namespace": "research"},
            "spec": {
                "restartPolicy": "Never", "automountServiceAccountToken": False,
                "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 65534,
                                    "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [{
                    "name": "lister", "image": "localhost/python:1", "imagePullPolicy": "IfNotPresent",
                    "command": ["sh", "-c", script],
                    "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                        "capabilities": {"drop": ["ALL"]}},
                    "volumeMounts": [{"name": "claim", "mountPath": "/claim", "readOnly": True}]}],
                "volumes": [{"name": "claim", "persistentVolumeClaim": {"claimName": "checkpoints",
                                                                        "readOnly": True}}]}})
        self.wait(lambda: self.get("pod", "lister", "-n", "research")["status"]["phase"] in ("Succeeded", "Failed"),
                  "the helper ends")
        text = self.logs("lister", "-n", "research")
        self.assertRegex(text, r"(?s)\A65534\n\./\S+/step-\d+\.pt \d+\n\s+P\s+K\s+003\s+004\n\S+\n\d+ \d+ \./\S+\n"
                               r"read-only\nread-only\n\Z")

    def test_claims_report_use_and_can_be_full(self):
        path = self.lab.volumes / "nlp-scratch/fill"
        self.addCleanup(path.unlink, missing_ok=True)
        done = run("dd", "if=/dev/zero", f"of={path}", "bs=1M", check=False)
        self.assertIn("No space left on device", done.stderr)
        self.wait(lambda: any(v.get("pvcRef", {}).get("name") == "checkpoints" and v["capacityBytes"] == 256 << 20
                              for node in NODE_IPS for v in self.volumes(node)), "the kubelet reports a claim's size")

    def volumes(self, node):
        text = self.kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary").stdout
        return [v for pod in json.loads(text)["pods"] for v in pod.get("volume", [])]

    def test_exec_and_previous_log(self):
        self.wait(lambda: "Running" in self.conditions("jaxjob", "diffusion", "-n", "research"), "a job runs")
        self.assertEqual(self.kubectl("exec", "-n", "research", "diffusion-worker-0", "--", "echo", "hello").stdout,
                         "hello\n")
        self.wait(lambda: "FileNotFoundError" in self.logs("-n", "vision", "loader-crashloop-master-0", "--previous"),
                  "the previous container's log is kept")

    def test_nothing_is_reachable_from_outside(self):
        """From a network that is attached like a LAN: neither the ports, nor the pods, nor the services."""
        run("ip", "netns", "add", OUTSIDE)
        self.addCleanup(run, "ip", "netns", "del", OUTSIDE, check=False)
        run("ip", "link", "add", "cairn-out0", "type", "veth", "peer", "name", "eth0", "netns", OUTSIDE)
        self.addCleanup(run, "ip", "link", "del", "cairn-out0", check=False)
        run("ip", "addr", "add", "198.51.100.1/24", "dev", "cairn-out0")
        run("ip", "link", "set", "cairn-out0", "up")
        for command in (("addr", "add", "198.51.100.2/24", "dev", "eth0"), ("link", "set", "eth0", "up"),
                        ("route", "add", "default", "via", "198.51.100.1")):
            run("ip", "-n", OUTSIDE, *command)
        here = ["198.51.100.1"]
        if Path("/proc/net/if_inet6").exists():
            run("ip", "addr", "add", "2001:db8::1/64", "dev", "cairn-out0", "nodad")
            run("ip", "-n", OUTSIDE, "addr", "add", "2001:db8::2/64", "dev", "eth0", "nodad")
            here.append("2001:db8::1")

        # First that the way there is open: something that is not the lab's does answer.
        for address in here:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with socket.create_server((address, 0), family=family) as control:
                threading.Thread(target=lambda: control.accept()[0].close(), daemon=True).start()
                self.assertTrue(self.reaches(address, control.getsockname()[1]), f"the way in to {address} is open")

        pod = next(p for p in self.get("pods", "-n", "kubeflow")["items"])["status"]["podIP"]
        targets = [(address, port) for address in (*here, HOST_IP) for port in ports_of(self.lab).values()]
        targets += [(pod, 8080), (pod, 9443), (SERVICE_API, 443)]
        listening = [port for port in ports_of(self.lab).values() if self.answers_here(port)]
        self.assertIn(self.lab.port("apiserver"), listening)
        self.assertEqual([t for t in targets if self.reaches(*t)], [])

    def answers_here(self, port):
        for address in ("127.0.0.1", *NODE_IPS.values()):
            with socket.socket() as probe:
                probe.settimeout(2)
                if probe.connect_ex((address, port)) == 0:
                    return True
        return False

    def reaches(self, address, port):
        code = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)"
        return run("ip", "netns", "exec", OUTSIDE, "/usr/bin/python3", "-c", code, address, port, check=False
                   ).returncode == 0

    def test_limited_user(self):
        viewer = {"context": "cairn-lab-viewer", "check": False}
        self.assertIn("forbidden", self.kubectl("get", "namespaces", **viewer).stderr.lower())
        self.assertIn("mnist-demo", self.kubectl("get", "pytorchjobs", **viewer).stdout)
        self.assertEqual(self.kubectl("auth", "can-i", "create", "jobs.batch", **viewer).stdout.strip(), "no")

    def test_node_is_lost_and_comes_back(self):
        def is_ready():
            return "Ready" in self.conditions("node", "node-2")

        self.addCleanup(self.lab_command, "heal-node", "node-2")
        self.lab_command("break-node", "node-2")
        self.wait(lambda: not is_ready(), "the cluster notices", 120)
        self.lab_command("heal-node", "node-2")
        self.assertTrue(is_ready())


if __name__ == "__main__":
    unittest.main()
