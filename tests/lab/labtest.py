# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's tests share: the running lab, its kubectl, and waiting for conditions."""

import json
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from cairnlab.binaries import binary  # noqa: E402
from cairnlab.config import Lab  # noqa: E402


def run(*command, check=True, input=None):
    done = subprocess.run([str(c) for c in command], input=input, text=True, capture_output=True)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


class LabTest(unittest.TestCase):
    """Tests against a lab of `mode`; it is brought up if it is not."""

    mode = "light"
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if cls.mode == "real" and os.geteuid() != 0:
            raise unittest.SkipTest("the real lab needs root")
        run(HERE / "lab", "up", f"--{cls.mode}")
        cls.lab = Lab.at(cls.mode)

    def lab_command(self, *args):
        return run(HERE / "lab", *args, f"--{self.mode}").stdout

    def kubectl(self, *args, check=True, input=None, context="cairn-lab"):
        return run(binary(self.lab, "kubectl"), "--kubeconfig", self.lab.kubeconfig, "--context", context,
                   "--cache-dir", self.lab.dir / "kubectl-cache", *args, check=check, input=input)

    def get(self, *args):
        """An object or list; {} if there is none."""
        text = self.kubectl("get", *args, "-o", "json", "--ignore-not-found").stdout
        return json.loads(text) if text.strip() else {}

    def apply(self, *documents):
        for document in documents:
            self.kubectl("apply", "-f", "-", input=json.dumps(document))

    def conditions(self, *args):
        return {c["type"] for c in self.get(*args).get("status", {}).get("conditions") or [] if c["status"] == "True"}

    def logs(self, *args):
        return self.kubectl("logs", *args, check=False).stdout

    def wait(self, condition, what, seconds=120):
        """Ask until the answer is true; the answer."""
        end = time.monotonic() + seconds
        while not (answer := condition()):
            if time.monotonic() > end:
                self.fail(f"{what}: not after {seconds} s")
            time.sleep(0.25)
        return answer
