# SPDX-License-Identifier: GPL-3.0-or-later
"""Begin jobs from templates and from a checkpoint with cairnctl: every template that the cluster serves passes the strict dry
run with its real webhooks, a template of a folder trains, and a copy goes on from the checkpoint of the job that it copies, into
a folder of its own.

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
NAMESPACE, FROM, COPY = "research", "e2e-template", "e2e-begins"
REFUSED, FAILED, NOT_FOUND = 4, 1, 3
DIGEST = "ghcr.example/train@sha256:" + "a" * 64


def wait_for(what, condition, timeout=240):
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(0.5)
    return value


class Templates(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)

    @classmethod
    def tearDownClass(cls):
        kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", "pytorchjob", FROM, COPY, "--ignore-not-found", "--wait=true", check=False)

    def cairnctl(self, *args, expect=0, input=None):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, "--templates", self.folder.name, *args], input=input,
                              capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return done

    def saved(self, job):
        return sorted((self.lab.volumes / f"{NAMESPACE}-checkpoints" / job).glob("step-*.pt"))

    def log(self, job):
        return kube.kubectl(self.lab, "-n", NAMESPACE, "logs", f"{job}-master-0", check=False).stdout

    def test_1_those_that_come_with_cairn_are_accepted(self):
        told = json.loads(self.cairnctl("-o", "json", "job", "templates").stdout)
        self.assertIsNone(told["error"])
        self.assertEqual([one["id"] for one in told["templates"] if one["error"]], [])
        accepted = []
        for one in told["templates"]:
            if kube.kubectl(self.lab, "get", f"{one['kind'].lower()}s", "-n", NAMESPACE, check=False).returncode != 0:
                continue
            if one["kind"] == "MPIJob" and "v2beta1" not in kube.kubectl(self.lab, "api-resources", "--api-group=kubeflow.org").stdout:
                continue
            with self.subTest(one["id"]):
                done = self.cairnctl("-o", "json", "--dry-run", "job", "new", "e2e-begins", "--template", one["id"], "--set", f"image={DIGEST}")
                preview = json.loads(done.stdout)
                self.assertTrue(preview["accepted"], done.stderr)
                self.assertEqual(preview["problems"], [])
                # The lab's volumes are folders of its nodes, which nobody has to have tested from two of them.
                for points in (preview["expert"], preview["safetyNet"]):
                    self.assertEqual([point["id"] for point in points if point["state"] == "fails" and point["id"] != "shared"], [], done.stderr)
                accepted.append(one["id"])
        print(f"\naccepted: {', '.join(accepted)}", file=sys.stderr)
        self.assertIn("pytorch-ddp", accepted)

    def test_2_what_is_wrong_is_said(self):
        (Path(self.folder.name) / "broken.yaml").write_text("kind: [\n")
        (Path(self.folder.name) / "secret.yaml").symlink_to("/etc/hostname")
        told = json.loads(self.cairnctl("-o", "json", "job", "templates").stdout)
        errors = {one["id"]: one["error"] for one in told["templates"]}
        self.assertTrue(errors["broken"]["place"])
        self.assertIn("out of the folder", errors["secret"]["text"])
        done = self.cairnctl("job", "new", "--template", "pytorch-ddp", "--set", "wokers=2", expect=FAILED)
        self.assertIn("workers is near", done.stderr)
        self.assertIn("image", done.stderr)  # all at once
        self.cairnctl("job", "new", "--template", "pytorch-dpp", expect=NOT_FOUND)
        self.cairnctl("job", "new", "x", "--template", "broken", expect=FAILED)
        self.cairnctl("job", "new", "x", "--template", "pytorch-ddp", "--nodes", "2", expect=FAILED)

    def test_3_of_several_objects_the_job_is_launched(self):
        text = self.cairnctl("-o", "yaml", "job", "new", COPY, "--template", "pytorch-ddp", "--set", f"image={DIGEST}").stdout
        several = f"apiVersion: v1\nkind: Service\nmetadata:\n  name: ui\n---\n{text}"
        done = self.cairnctl("--dry-run", "job", "new", "--file", "-", input=several.replace("\n", "\r\n"))
        self.assertIn("Left out: Service ui", done.stderr)
        done = self.cairnctl("job", "new", "--file", "-", input=f"{text}---\n{text.replace(COPY, 'another')}", expect=FAILED)
        self.assertIn("several jobs", done.stderr)
        self.cairnctl("--dry-run", "job", "new", COPY, "--file", "-", input=f"{text}---\n{text.replace(COPY, 'another')}")
        done = self.cairnctl("job", "new", "--file", "-", input="apiVersion: kubeflow.org/v1beta1\nkind: TFJob\nmetadata: {name: x}\nspec: {}\n", expect=REFUSED)
        self.assertIn("kubeflow.org/v1", done.stderr)

    def test_4_a_template_of_a_folder_trains(self):
        """mnist-demo of the lab, with a name and how often it saves to be set."""
        text = self.cairnctl("-o", "yaml", "job", "clone", "mnist-demo", "--name", FROM).stdout
        master = "spec.pytorchReplicaSpecs.Master.template.spec.containers[name=pytorch]"
        (Path(self.folder.name) / "mnist.yaml").write_text(text)
        (Path(self.folder.name) / "mnist.form.yaml").write_text(
            f"title: MNIST\nparameters:\n- name: name\n  paths:\n  - metadata.name\n"
            f"  - {{path: '{master}.env[name=CHECKPOINT_DIR].value', as: '{self.folder_of(text)}{{}}'}}\n")
        done = self.cairnctl("job", "new", FROM, "--template", "mnist", "--yes")
        self.assertIn("is launched", done.stdout)
        wait_for("it saved", lambda: len(self.saved(FROM)) >= 2)

    @staticmethod
    def folder_of(text):
        return re.search(r"name: CHECKPOINT_DIR\s+value: (\S+/)", text)[1]

    def test_5_a_copy_begins_at_its_checkpoint(self):
        wait_for("it saved", lambda: len(self.saved(FROM)) >= 2)
        step = int(re.search(r"step-0*(\d+)", self.saved(FROM)[-2].name)[1])
        self.cairnctl("job", "clone", FROM, "--name", COPY, "--from-checkpoint", f"step={step}", expect=REFUSED)  # reading needs a helper
        done = self.cairnctl("--allow-helper", "job", "clone", FROM, "--name", COPY, "--from-checkpoint", f"step={step}", "--yes")
        self.assertIn("Begins at: RESUME_FROM_CHECKPOINT=", done.stderr)
        job = kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", COPY)
        annotations = job["metadata"]["annotations"]
        self.assertEqual(annotations["cairn.console/cloned-from"], FROM)
        self.assertEqual(annotations["cairn.console/step"], str(step))
        self.assertNotIn("cairn.console/parent-name", annotations)
        found = wait_for("it went on", lambda: re.search(r"resumed from (\S+) at step (\d+)", self.log(COPY)))
        self.assertIn(f"/{FROM}/", found[1])
        self.assertEqual(int(found[2]), step)
        wait_for("it saves into its own folder", lambda: self.saved(COPY))
        self.cairnctl("--allow-helper", "job", "clone", FROM, "--name", "x", "--from-checkpoint", "step=999999999", expect=NOT_FOUND)


if __name__ == "__main__":
    unittest.main(verbosity=2)
