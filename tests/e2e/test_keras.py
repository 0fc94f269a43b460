# SPDX-License-Identifier: GPL-3.0-or-later
"""A TFJob from cairnctl that trains Keras on TensorFlow with the lines of resources/snippets/keras.py: its pod is killed, and
it goes on from its backup.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Installs TensorFlow into the lab's cache where it is not there."""

import json
import os
import re
import signal
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import images, lend  # noqa: E402
from labtest import LabTest, run  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
NAMESPACE, JOB, POD = "research", "e2e-keras", "e2e-keras-worker-0"
EPOCH = 20  # steps: see seed/keras_train.py


class Keras(LabTest):
    mode = "real"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lend.ensure(cls.lab)

    def tearDown(self):
        self.kubectl("-n", NAMESPACE, "delete", "tfjob", JOB, "--ignore-not-found", "--wait=true", check=False)

    def cairnctl(self, *args):
        return run(CAIRNCTL, "--kubeconfig", self.lab.kubeconfig, "-n", NAMESPACE, *args).stdout

    def folder(self):
        return self.lab.volumes / f"{NAMESPACE}-checkpoints" / JOB

    def backup(self):
        """Epoch and batch of the backup, from 0; {} where there is none yet, or it is being written."""
        try:
            return json.loads((self.folder() / "backup/training_metadata.json").read_text())
        except (OSError, ValueError):
            return {}

    def uid(self):
        return self.get("pod", POD, "-n", NAMESPACE).get("metadata", {}).get("uid")

    def restarts(self):
        return sum(c["restartCount"] for c in self.get("pod", POD, "-n", NAMESPACE).get("status", {}).get("containerStatuses", []))

    def kill(self, uid):
        """SIGKILL to what runs in the pod, as the kernel does when memory runs out. A pod that is deleted would fail the job: the
        operator takes a TFJob with a failed pod for failed, unless it tries pods again by their exit codes."""
        names = (uid, uid.replace("-", "_"))
        for process in Path("/proc").glob("[0-9]*"):
            try:
                cgroup, command = (process / "cgroup").read_text(), (process / "cmdline").read_bytes()
            except OSError:
                continue
            if b"train.py" in command and any(name in cgroup for name in names):
                os.kill(int(process.name), signal.SIGKILL)
                return
        self.fail("no process of the pod is found")

    def test_it_goes_on_from_its_backup(self):
        began = time.monotonic()
        self.cairnctl("job", "new", JOB, "--kind", "TFJob", "--image", images.TENSORFLOW, "--checkpoints", "checkpoints",
                      "--framework", "keras", "--every", "50steps", "--yes", "--", "python3", "/workspace/train.py")
        # Past its first epochs, or going on could not be told from beginning.
        self.wait(lambda: self.backup().get("epoch", 0) >= 2, "it saves", 120)
        saved = time.monotonic() - began
        first = self.uid()
        before = self.logs(POD, "-n", NAMESPACE)
        self.assertNotIn("resumed from", before)
        backup = self.backup()
        self.kill(first)
        self.wait(lambda: self.restarts() > 0, "its container starts again", 60)
        found = self.wait(lambda: re.search(r"^resumed from (\S+) at step (\d+), epoch (\d+)\nstep=(\d+) epoch=(\d+) ",
                                            self.logs(POD, "-n", NAMESPACE), re.M), "it goes on", 120)
        self.assertEqual(found[1], f"/checkpoints/{JOB}/backup")
        step, epoch, next_step = int(found[2]), int(found[3]), int(found[4])
        self.assertGreaterEqual(epoch, backup["epoch"])
        self.assertGreaterEqual(step, backup["epoch"] * EPOCH + backup["batch"] + 1)
        self.assertEqual(next_step, step + 1)  # weights and optimizer are those of the backup
        reached = int(re.findall(r"^step=(\d+) ", before, re.M)[-1])
        print(f"\nfirst backups after {saved:.1f} s; killed at step {reached} or a little later, went on at {step}", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
