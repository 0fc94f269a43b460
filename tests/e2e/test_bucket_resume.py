# SPDX-License-Identifier: GPL-3.0-or-later
"""Resume from a checkpoint in a bucket with cairnctl: real pods that train, and save to a real S3 server.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab import kube, seed, store  # noqa: E402
from cairnlab.config import Lab  # noqa: E402
from cairnlab.say import wait_until  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
NAMESPACE, NAME = "research", "e2e-bucket"
ADDRESS = f"s3://{store.BUCKET}/e2e/{NAME}"
REFUSED = 4


def wait_for(what, condition, timeout=240):
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(0.5)


class BucketResume(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        cls.folder = cls.lab.dir / "store" / ADDRESS.removeprefix("s3://")
        job = next(j for j in seed.jobs(cls.lab) if j["metadata"]["name"] == "mnist-s3")
        job["metadata"] = {"name": NAME, "namespace": NAMESPACE, "labels": {"cairn-test": "e2e-bucket"}}
        container = job["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]["containers"][0]
        changes = {"CHECKPOINT_DIR": ADDRESS, "CHECKPOINT_EVERY_STEPS": "10", "CHECKPOINT_KEEP_LAST": "300", "STEP_DELAY": "0.1"}
        for entry in container["env"]:
            if entry["name"] in changes:
                entry["value"] = changes[entry["name"]]
        # An operator that was rolled out just now may not answer its webhook yet.
        wait_until(lambda: kube.apply_when_admitted(cls.lab, [job]), "the job is admitted", 60)

    @classmethod
    def tearDownClass(cls):
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "pytorchjobs", "-l", "cairn-test=e2e-bucket", "--wait=true", check=False)

    def cairnctl(self, *args, expect=0):
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, *args], capture_output=True, text=True,
                              timeout=300, check=False, env=env | {"LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        self.assertNotIn(store.SECRET, done.stdout + done.stderr)
        return done

    def agreed(self, *args, **more):
        return self.cairnctl("--allow-secret", "--endpoint", store.endpoint(self.lab), *args, **more)

    def saved(self, folder):
        return sorted(path.name for path in folder.glob("step-*.pt"))

    def log(self, pod):
        return kube.kubectl(self.lab, "-n", NAMESPACE, "logs", pod, check=False).stdout

    def environment(self, name=NAME):
        job = kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", name)
        container = job["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]["containers"][0]
        return {entry["name"]: entry.get("value") for entry in container["env"]}

    def test_it_trains_is_listed_and_goes_on_from_a_chosen_checkpoint(self):
        wait_for("five checkpoints in the bucket", lambda: len(self.saved(self.folder)) >= 5)

        # Neither the Secret nor the endpoint is used before somebody agrees.
        refused = self.cairnctl("checkpoints", NAME, expect=REFUSED)
        self.assertIn("--endpoint", refused.stderr)
        refused = self.cairnctl("--endpoint", store.endpoint(self.lab), "job", "resume", NAME, expect=REFUSED)
        self.assertIn(store.SECRET_NAME, refused.stderr)

        listing = json.loads(self.agreed("-o", "json", "checkpoints", NAME).stdout)
        self.assertEqual((listing["root"], listing["source"]), (ADDRESS, "bucket"))
        found = [c for run in listing["runs"] for c in run["checkpoints"]]
        third = sorted((c for c in found if c["resumable"]), key=lambda c: c["step"])[-3]

        dry = json.loads(self.agreed("-o", "json", "--dry-run", "job", "resume", NAME, "--from", f"step={third['step']}").stdout)
        self.assertEqual(dry["mode"], "in-place")
        self.assertEqual(dry["told"], f"RESUME_FROM_CHECKPOINT={ADDRESS}/{third['path']}")
        self.assertRegex(dry["saveDir"], rf"^{re.escape(ADDRESS)}/attempt-2-[0-9a-f]{{6}}$")
        checks = {check["id"]: check for check in dry["checks"]}
        self.assertEqual(checks["checkpoint"]["state"], "ok", "the bucket was read")
        self.assertEqual(checks["dry-run"]["state"], "ok")
        self.assertNotIn("claim", checks)

        before = self.saved(self.folder)
        done = json.loads(self.agreed("-o", "json", "--wait", "job", "resume", NAME, "--from", f"step={third['step']}").stdout)
        self.assertEqual(done["state"], "training", done)
        self.assertEqual(done["firstStep"], third["step"] + 1)
        log = wait_for("the resumed line", lambda: (t := self.log(f"{NAME}-master-0")) and "resumed from" in t and t)
        self.assertIn(f"fetched {ADDRESS}/{third['path']}\n", log)
        self.assertRegex(log, rf"resumed from \S+ at step {third['step']}\b")

        # The new attempt saves under a prefix of its own and leaves the old one alone.
        address = self.environment()["CHECKPOINT_DIR"]
        self.assertRegex(address, rf"^{re.escape(ADDRESS)}/attempt-2-[0-9a-f]{{6}}$")
        fresh = self.folder / address.rpartition("/")[2]
        wait_for("two saves of the new attempt", lambda: len(self.saved(fresh)) >= 2)
        after = self.saved(self.folder)
        self.assertEqual(after[:len(before)], before)

        # Both attempts are on the timeline, and the next resume lies beside them.
        listing = json.loads(self.agreed("-o", "json", "checkpoints", NAME).stdout)
        self.assertEqual({run["path"] for run in listing["runs"]}, {".", fresh.name})
        again = json.loads(self.agreed("-o", "json", "--dry-run", "--as-new", "job", "resume", NAME).stdout)
        self.assertEqual((again["mode"], again["target"]), ("new-object", f"{NAME}-r3"))
        self.assertRegex(again["saveDir"], rf"^{re.escape(ADDRESS)}/attempt-3-[0-9a-f]{{6}}$")
        self.assertIn(f"/{fresh.name}/step-", again["told"])

    def test_the_demo_is_there(self):
        wait_for("the demo saves to the bucket", lambda: self.saved(self.lab.dir / "store/training/research/mnist-s3"))
        listing = json.loads(self.agreed("-o", "json", "checkpoints", "mnist-s3").stdout)
        self.assertTrue(listing["runs"])


if __name__ == "__main__":
    unittest.main()
