# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage made with cairnctl on a real cluster, bound, tried from both real nodes, and taken back.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import kube  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
NAMESPACE, CLAIM, IMAGE = "research", "e2e-shared", "localhost/python:1"
FAILED, NOT_FOUND, REFUSED = 1, 3, 4


def wait_for(what, condition, timeout=120):
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(0.3)
    return value


class Volumes(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        cls.folder = cls.lab.volumes / CLAIM
        cls.clean()
        cls.folder.mkdir(parents=True)
        cls.folder.chmod(0o777)  # the helper is nobody

    @classmethod
    def tearDownClass(cls):
        cls.clean()

    @classmethod
    def clean(cls):
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "pvc,secret", CLAIM, "e2e-keys", "--ignore-not-found", "--wait=true", check=False)
        kube.kubectl(cls.lab, "delete", "pv", f"{NAMESPACE}-{CLAIM}", "--ignore-not-found", "--wait=true", check=False)
        shutil.rmtree(cls.folder, ignore_errors=True)

    def cairnctl(self, *args, expect=0, input=None):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, *args], input=input, capture_output=True, text=True,
                              timeout=700, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return done

    def new(self, *args, **more):
        # The lab may lie in a folder by which this machine is run.
        return self.cairnctl("storage", "new", "host-path", CLAIM, "--path", str(self.folder), "--size", "1Gi", "--anyway", *args, **more)

    def claim(self):
        return kube.get(self.lab, "-n", NAMESPACE, "pvc", CLAIM)

    def helpers(self):
        listed = kube.kubectl(self.lab, "-n", NAMESPACE, "get", "jobs,pods", "-l", "cairn.console/helper=shared-proof", "-o", "name", check=False).stdout
        return listed.split()

    def records(self):
        return kube.kubectl(self.lab, "-n", NAMESPACE, "get", "configmaps", "-l", "cairn.console/record", "-o", "name").stdout.split()

    def test_1_classes_and_kinds_are_told(self):
        told = json.loads(self.cairnctl("-o", "json", "storage", "classes").stdout)
        self.assertEqual(told["notSeen"], [])
        kinds = {kind["id"]: kind for kind in told["kinds"]}
        self.assertTrue(kinds["host-path"]["existing"])
        self.assertFalse(kinds["efs"]["existing"])  # its driver is not here
        self.assertIn("efs.csi.aws.com", kinds["efs"]["obstacle"])

    def test_2_what_is_wrong_is_refused_at_its_option(self):
        done = self.cairnctl("storage", "new", "nfs", "Bad Name", "--server", "nas/x", "--path", "exports", expect=REFUSED)
        for option in ("--name", "--server", "--path"):
            self.assertIn(f"Wrong: {option}:", done.stderr)
        done = self.cairnctl("storage", "new", "efs", CLAIM, "--file-system", "fs-0123456789abcdef0", expect=REFUSED)
        self.assertIn("not installed", done.stderr)

    def test_3_nothing_is_made_before_it_is_agreed_to(self):
        text = self.new("-o", "yaml").stdout
        documents = list(yaml.safe_load_all(text))
        self.assertEqual([one["kind"] for one in documents], ["PersistentVolume", "PersistentVolumeClaim"])
        # What kubectl reads is what was meant.
        tried = kube.kubectl(self.lab, "apply", "--dry-run=server", "--validate=strict", "-f", "-", input=text)
        self.assertEqual(tried.returncode, 0)
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / "volume.yaml"
            self.new("--dry-run", "--save", str(saved))
            self.assertEqual(saved.read_text(), text)
            self.new("--dry-run", "--save", str(saved), expect=FAILED)  # never over what is there
        self.new(expect=REFUSED)
        danger = self.cairnctl("storage", "new", "host-path", CLAIM, "--path", "/etc", "--size", "1Gi", "--yes", expect=REFUSED)
        self.assertIn("--anyway", danger.stderr)
        self.assertIsNone(self.claim())
        self.assertEqual(self.records(), [])

    def test_4_it_is_made_and_bound(self):
        told = json.loads(self.new("-o", "json", "--yes").stdout)
        self.assertEqual((told["state"], told["binding"], told["canRollBack"]), ("done", "bound", False))
        self.assertEqual(self.claim()["status"]["phase"], "Bound")
        self.assertEqual(self.claim()["spec"]["volumeName"], f"{NAMESPACE}-{CLAIM}")
        self.assertEqual(self.records(), [])
        self.assertIn("exists already", self.new("--yes", expect=REFUSED).stderr)

    def test_5_two_nodes_share_it(self):
        planned = self.cairnctl("storage", "prove", CLAIM, "--image", IMAGE, "--dry-run")
        self.assertIn(IMAGE, planned.stdout)
        self.cairnctl("storage", "prove", CLAIM, "--image", IMAGE, expect=REFUSED)  # without --allow-helper
        self.assertEqual(self.helpers(), [])
        started = time.monotonic()
        told = json.loads(self.cairnctl("-o", "json", "storage", "prove", CLAIM, "--image", IMAGE, "--allow-helper", "--test-size", "64Mi").stdout)
        print(f"\nproven in {time.monotonic() - started:.1f} s: {told['writeMBs']:.0f} MB/s written, {told['readMBs']:.0f} MB/s read, {told['bytes']} bytes", file=sys.stderr)
        self.assertEqual((told["verdict"], told["recorded"]), ("shared", True))
        self.assertEqual(sorted(told["nodes"]), ["node-1", "node-2"])
        self.assertEqual(told["bytes"], 64 << 20)
        self.assertGreater(told["writeMBs"], 0)
        kept = json.loads(self.claim()["metadata"]["annotations"]["cairn.console/shared-proof"])
        self.assertEqual((kept["verdict"], kept["claimUid"], sorted(kept["nodes"])), ("shared", self.claim()["metadata"]["uid"], ["node-1", "node-2"]))
        wait_for("the pods to go", lambda: not self.helpers())
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_6_the_review_knows_it(self):
        told = json.loads(self.cairnctl("-o", "json", "--dry-run", "job", "new", "e2e-proven", "--kind", "PyTorchJob", "--image", IMAGE, "--nodes", "2",
                                        "--checkpoints", CLAIM).stdout)
        point = next(one for one in told["safetyNet"] if one["id"] == "shared")
        self.assertEqual(point["state"], "holds")
        self.assertIn("proven from two nodes", point["text"])

    def test_7_a_test_that_is_stopped_leaves_nothing(self):
        process = subprocess.Popen([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, "storage", "prove", CLAIM, "--image", IMAGE, "--allow-helper"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for("a pod that writes", lambda: any(self.folder.iterdir()))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, FAILED, err)
        wait_for("the pods to go", lambda: not self.helpers())
        wait_for("the folder to go", lambda: not list(self.folder.iterdir()))

    def test_8_whoever_may_not_write_is_told(self):
        self.folder.chmod(0o755)
        done = self.cairnctl("storage", "prove", CLAIM, "--image", IMAGE, "--allow-helper", expect=FAILED)
        self.assertIn("65534", done.stderr)
        self.folder.chmod(0o777)

    def test_9_keys_are_in_no_output(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("hunter2-secret")
            file.flush()
            options = ("storage", "new", "s3-keys", "e2e-keys", "--endpoint", "https://minio.example.com",
                       "--password-from", f"AWS_ACCESS_KEY_ID=file:{file.name}", "--password-from", "AWS_SECRET_ACCESS_KEY=stdin")
            shown = self.cairnctl(*options, "--dry-run")
            made = self.cairnctl("-o", "json", *options, "--yes", input="hunter2-other\n")
        for one in (shown, made):
            self.assertNotIn("hunter2", one.stdout + one.stderr)
        secret = kube.get(self.lab, "-n", NAMESPACE, "secret", "e2e-keys")
        self.assertEqual(sorted(secret["data"]), ["AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY"])
        self.assertEqual(self.records(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
