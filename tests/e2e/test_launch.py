# SPDX-License-Identifier: GPL-3.0-or-later
"""Launch jobs with cairnctl: every kind that is served passes the strict dry run with its real webhooks, and a copy of a
training trains, saves into a folder of its own, and goes on where it was after its pod was killed.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import kube  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
NAMESPACE, COPY = "research", "e2e-launch"
REFUSED, FAILED = 4, 1
# What a job of several pods with GPUs is told, in full.
FULL = ("--image", "ghcr.example/nlp/bert:2.1", "--nodes", "2", "--gpus", "8", "--cpu", "8", "--memory", "64Gi", "--checkpoints", "checkpoints",
        "--mount", "checkpoints/data:/data:ro", "--every", "500steps", "--keep", "3", "--env", "NCCL_DEBUG=INFO",
        "--env", "HF_TOKEN=secret:hf/token", "--node-selector", "kubernetes.io/os=linux", "--deadline", "86400")


def wait_for(what, condition, timeout=240):
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(0.5)
    return value


class Launch(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")

    @classmethod
    def tearDownClass(cls):
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "pytorchjob", COPY, "e2e-file", "--ignore-not-found", "--wait=true", check=False)

    def cairnctl(self, *args, expect=0, input=None):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, *args], input=input, capture_output=True, text=True,
                              timeout=300, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return done

    def log(self, pod):
        return kube.kubectl(self.lab, "-n", NAMESPACE, "logs", pod, check=False).stdout

    def saved(self):
        return sorted((self.lab.volumes / f"{NAMESPACE}-checkpoints" / COPY).glob("step-*.pt"))

    def test_1_every_kind_that_is_served_is_accepted(self):
        accepted = []
        # The lab's volumes are folders of its nodes: shared is what a test from two nodes proved, whatever the access modes say.
        claim = kube.get(self.lab, "-n", NAMESPACE, "pvc", "checkpoints")
        unproven = [] if "cairn.console/shared-proof" in claim["metadata"].get("annotations", {}) else ["shared"]
        for kind in ("PyTorchJob", "TFJob", "MPIJob", "XGBoostJob", "PaddleJob", "JAXJob", "TrainJob"):
            if kube.kubectl(self.lab, "get", f"{kind.lower()}s", "-n", NAMESPACE, check=False).returncode != 0:
                continue
            with self.subTest(kind):
                done = self.cairnctl("-o", "json", "--dry-run", "job", "new", "e2e-kind", "--kind", kind, *FULL, "--", "torchrun", "train.py")
                told = json.loads(done.stdout)
                self.assertTrue(told["accepted"], done.stderr)
                self.assertEqual(told["problems"], [])
                self.assertEqual(len(told["expert"]), 15)
                self.assertEqual([point["id"] for point in told["expert"] if point["state"] == "fails"], unproven, done.stderr)
                accepted.append(kind)
        print(f"\naccepted: {', '.join(accepted)}", file=sys.stderr)
        self.assertIn("PyTorchJob", accepted)
        self.assertIn("TrainJob", accepted)
        self.assertIsNone(kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", "e2e-kind"))  # nothing was made

    def test_2_everything_wrong_is_told_at_once_with_its_line(self):
        text = self.cairnctl("-o", "yaml", "job", "new", "e2e-file", "--kind", "PyTorchJob", *FULL).stdout
        wrong = text.replace("backoffLimit:", "backofLimit:").replace("replicas: 1\n", "replicas: one\n", 1)
        done = self.cairnctl("job", "new", "--file", "-", expect=REFUSED, input=wrong)
        line = next(n for n, words in enumerate(wrong.splitlines(), 1) if "backofLimit" in words)
        self.assertRegex(done.stderr, rf"Wrong: {line}:\d+: spec.runPolicy.backofLimit: .*Close to it: backoffLimit")
        self.assertRegex(done.stderr, r"replicas: .*integer")
        for text in ("a: [", "\x00", "[" * 5000, "kind: Pod\napiVersion: v1\n", "", "---\na: 1\n---\nb: 2\n"):
            self.cairnctl("job", "new", "--file", "-", expect=REFUSED, input=text)

    def test_3_what_the_webhook_refuses_is_refused_before(self):
        done = self.cairnctl("job", "new", "Not_A_Name", "--kind", "PyTorchJob", "--image", "a:1", expect=REFUSED)
        self.assertIn("Code: 422", done.stderr)

    def test_4_a_file_is_launched_once(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            text = self.cairnctl("-o", "yaml", "job", "new", "e2e-file", "--kind", "PyTorchJob", "--image", "localhost/python:1").stdout
            self.assertIn("  runPolicy:\n", text)
            text = text.replace("  runPolicy:\n", "  runPolicy:\n    suspend: true\n", 1)  # it neither runs nor ends meanwhile
            file.write(text)
            file.flush()
            self.cairnctl("job", "new", "e2e-file", "--file", file.name, expect=REFUSED)  # without --yes it is shown
            self.cairnctl("job", "new", "another", "--file", file.name, "--yes", expect=FAILED)
            self.cairnctl("job", "new", "e2e-file", "--file", file.name, "--nodes", "2", "--yes", expect=FAILED)
            first = self.cairnctl("job", "new", "--file", file.name, "--yes")
            self.assertIn("is launched", first.stdout)
            uid = kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", "e2e-file")["metadata"]["uid"]
            # As after a kill: the very same finds its own, and anything else is told whose it is.
            second = json.loads(self.cairnctl("-o", "json", "job", "new", "e2e-file", "--file", file.name, "--yes").stdout)
            self.assertEqual((second["found"], second["job"]["uid"]), (True, uid))
            other = self.cairnctl("job", "new", "--file", "-", "--yes", expect=REFUSED, input=text + "# another\n")
            self.assertIn("another launch of Cairn's", other.stderr)
            kube.kubectl(self.lab, "-n", NAMESPACE, "delete", "pytorchjob", "e2e-file", "--wait=true")

    def test_4_what_cannot_start_is_not_launched(self):
        done = self.cairnctl("job", "new", "e2e-file", "--kind", "PyTorchJob", "--image", "localhost/python:1", "--checkpoints", "nothing", "--yes", expect=REFUSED)
        self.assertIn("PVC nothing does not exist", done.stderr)
        done = self.cairnctl("job", "new", "e2e-file", "--kind", "PyTorchJob", "--yes", expect=REFUSED)
        self.assertIn("admission webhook", done.stderr)
        self.assertNotIn("permission to", done.stderr)

    def test_4_wrong_values_are_found_at_their_field(self):
        base = ("job", "new", "e2e-wrong", "--kind", "PyTorchJob", "--yes")
        for args, field in ((("--image", "localhost/python:1", "--memory", "1.5"), "requests.memory"),
                            (("--image", "my image:1"), "image"),
                            (("--image", "localhost/python:1", "--env", "CHECKPOINT_DIR=/checkpoints/../../etc"), "env[0].value"),
                            (("--image", "localhost/python:1", "--pull-secret", "../x"), "imagePullSecrets[0].name")):
            done = self.cairnctl("-o", "json", *base, *args, expect=REFUSED)
            self.assertTrue(any(one["field"].endswith(field) for one in json.loads(done.stdout)["problems"]), done.stdout)
        for folder in ("/checkpoints/../../etc", "runs/bert", "s3://", "/checkpoints/a\nb"):
            done = self.cairnctl(*base, "--image", "localhost/python:1", "--checkpoints", "checkpoints", "--folder", folder, expect=2)
            self.assertIn("--folder cannot be", done.stderr)
        for args, missing in ((("--service-account", "nobody"), "ServiceAccount nobody"), (("--priority", "highest"), "PriorityClass highest"),
                              (("--env", "T=secret:nothing/key"), "Secret nothing"), (("--env", "T=configmap:nothing/key"), "ConfigMap nothing")):
            done = self.cairnctl("-o", "json", "--dry-run", "job", "new", "e2e-wrong", "--kind", "PyTorchJob", "--image", "localhost/python:1", *args)
            fit = json.loads(done.stdout)["fit"]
            self.assertEqual(fit["answer"], "never", fit["text"])
            self.assertIn(missing, fit["text"])
            refused = self.cairnctl("job", "new", "e2e-wrong", "--kind", "PyTorchJob", "--image", "localhost/python:1", "--yes", *args, expect=REFUSED)
            self.assertIn("--anyway", refused.stderr)
        done = self.cairnctl("-o", "json", "--dry-run", "job", "new", "e2e-wrong", "--kind", "PyTorchJob", "--image", "localhost/python:1", "--mount", "nothing:/data")
        fit = json.loads(done.stdout)["fit"]
        self.assertEqual(fit["answer"], "never")
        self.assertIn("PVC nothing does not exist", fit["text"])

    def test_4_what_it_becomes_and_as_a_folder(self):
        base = ("job", "new", "e2e-folder", "--kind", "PyTorchJob", "--image", "localhost/python:1", "--checkpoints", "checkpoints")
        self.assertRegex(self.cairnctl("-o", "effective", *base, "--", "true").stdout, r"(?m)^job .*image: localhost/python:1")
        with tempfile.TemporaryDirectory() as folder:
            self.cairnctl("-o", "kustomize", *base, expect=2)
            self.cairnctl("-o", "kustomize", "--out", folder, *base, "--", "true")
            self.assertEqual({file.name for file in (Path(folder) / "base").iterdir()}, {"kustomization.yaml", "pvc-checkpoints.yaml", "pytorchjob-e2e-folder.yaml"})
            kube.kubectl(self.lab, "apply", "--dry-run=server", "-k", str(Path(folder) / "base"))

    def test_4_how_often_to_save_is_measured(self):
        """Of a job like mnist-demo, whose log tells its steps and how long each save took."""
        job = kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", "mnist-demo")
        container = job["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]["containers"][0]
        args = ("job", "new", "e2e-auto", "--kind", "PyTorchJob", "--checkpoints", "checkpoints", "--every", "auto", "--image", container["image"])
        told = wait_for("a save in the log", lambda: (lambda advice: advice["inputs"][0]["seconds"] and advice)(json.loads(
            self.cairnctl("-o", "json", "--dry-run", *args, "--", *container.get("command", [])).stdout)["advice"]))
        self.assertEqual([one["input"] for one in told["inputs"]], ["save", "step", "failure", "restart"])
        for one in told["inputs"][:2]:
            self.assertGreater(one["samples"], 0)
            self.assertRegex(one["from"], "in the log of |jobs like it")
        self.assertIn(told["why"], ("failures", "overhead"))
        self.assertGreater(told["everySteps"], 0)
        done = self.cairnctl("--dry-run", *args[:-1], "nobody/has:this", "--", "true")
        self.assertIn("Advice: ", done.stderr)
        self.assertIn("every 500 steps", done.stderr)
        self.cairnctl("--dry-run", *args, "--every", "5steps", expect=2)

    def test_5_a_copy_trains_on_after_its_pod_was_killed(self):
        done = self.cairnctl("job", "clone", "mnist-demo", "--name", COPY, "--yes")
        self.assertIn("is launched", done.stdout)
        job = kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", COPY)
        self.assertEqual(job["metadata"]["annotations"]["cairn.console/cloned-from"], "mnist-demo")
        pod = f"{COPY}-master-0"
        wait_for("it saved into a folder of its own", lambda: len(self.saved()) >= 2)
        uid = kube.get(self.lab, "-n", NAMESPACE, "pod", pod)["metadata"]["uid"]
        kube.kubectl(self.lab, "-n", NAMESPACE, "delete", "pod", pod, "--grace-period=0", "--force")
        wait_for("another pod", lambda: ((kube.get(self.lab, "-n", NAMESPACE, "pod", pod) or {}).get("metadata") or {}).get("uid") not in (None, uid))
        found = wait_for("it went on", lambda: re.search(r"resumed from (\S+) at step (\d+)", self.log(pod)))
        self.assertIn(f"/{COPY}/", found[1])
        self.assertGreaterEqual(int(found[2]), 25)


if __name__ == "__main__":
    unittest.main(verbosity=2)
