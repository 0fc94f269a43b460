# SPDX-License-Identifier: GPL-3.0-or-later
"""Change jobs with cairnctl: a PyTorchJob that trained goes on as a TrainJob from its own checkpoint; an elastic job gets and
loses a worker; a text is applied, refused where it may not change, and never lost.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import pty
import re
import select
import stat
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
NAMESPACE = "research"
OLD, NEW, ELASTIC, TRAINS = "e2e-old", "e2e-new", "e2e-elastic", "e2e-trains"
FAILED, USAGE, NOT_FOUND, REFUSED = 1, 2, 3, 4


def wait_for(what, condition, timeout=240):
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(0.5)
    return value


def elastic():
    """Pods that wait: what is tested is how many there are."""
    container = {"name": "pytorch", "image": "localhost/python:1", "imagePullPolicy": "Never",
                 "command": ["/usr/bin/python3", "-c", "import time; time.sleep(3600)"],
                 "volumeMounts": [{"name": "usr", "mountPath": "/usr", "readOnly": True}],
                 "resources": {"requests": {"cpu": "10m", "memory": "20Mi"}}}
    template = {"spec": {"terminationGracePeriodSeconds": 1, "containers": [container],
                         "volumes": [{"name": "usr", "hostPath": {"path": "/usr"}}]}}
    return {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": {"name": ELASTIC, "namespace": NAMESPACE},
            "spec": {"elasticPolicy": {"minReplicas": 1, "maxReplicas": 3, "rdzvBackend": "c10d"}, "runPolicy": {"backoffLimit": 3},
                     "pytorchReplicaSpecs": {"Worker": {"replicas": 1, "restartPolicy": "OnFailure", "template": template}}}}


class JobEdit(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        kube.apply(cls.lab, [elastic()])

    @classmethod
    def tearDownClass(cls):
        for kind, names in (("trainjob", (NEW, TRAINS)), ("pytorchjob", (OLD, ELASTIC))):
            kube.kubectl(cls.lab, "-n", NAMESPACE, "delete", kind, *names, "--ignore-not-found", "--wait=true", check=False)

    def cairnctl(self, *args, expect=0, input=None):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, *args], input=input, capture_output=True, text=True,
                              timeout=300, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *args, **kwargs):
        return json.loads(self.cairnctl("-o", "json", *args, **kwargs).stdout)

    def job(self, name, kind="pytorchjob"):
        return kube.get(self.lab, "-n", NAMESPACE, kind, name)

    def pods(self, label):
        return [p["metadata"]["name"] for p in kube.items(self.lab, "-n", NAMESPACE, "pods", "-l", label) if "deletionTimestamp" not in p["metadata"]]

    def saved(self):
        return sorted((self.lab.volumes / f"{NAMESPACE}-checkpoints" / OLD).glob("step-*.pt"))

    # Converting

    def test_1_a_conversion_is_shown_and_accepted(self):
        told = self.json("--dry-run", "job", "convert", "PyTorchJob/mnist-demo", "--name", "e2e-shown")
        self.assertTrue(told["accepted"], told["refused"])
        self.assertEqual(told["problems"], [])
        self.assertEqual(told["runtime"], "torch-distributed")
        self.assertEqual(told["from"]["kind"], "PyTorchJob")
        fates = {point["id"]: point["fate"] for point in told["points"]}
        self.assertEqual(fates["still-runs"], "otherwise")
        self.assertEqual(fates["patches"], "moved")
        self.assertEqual([point for point in told["points"] if point["fate"] == "breaks"], [])
        self.assertIsNone(self.job("e2e-shown", "trainjob"))
        text = self.cairnctl("-o", "yaml", "job", "convert", "PyTorchJob/mnist-demo", "--name", "e2e-shown").stdout
        self.assertIn("cairn.console/converted-from: PyTorchJob/mnist-demo", text)
        self.assertRegex(text, r"(?m)^# otherwise ")
        self.cairnctl("--dry-run", "job", "new", "--file", "-", input=text)  # comments and all
        self.cairnctl("job", "convert", "mnist-demo", "--runtime", "nothing", expect=NOT_FOUND)
        self.cairnctl("job", "convert", "tune-mnist", expect=FAILED)

    def test_1_every_kind_that_is_served_converts(self):
        for kind in ("PyTorchJob", "TFJob", "XGBoostJob", "PaddleJob", "JAXJob"):
            if not kube.items(self.lab, "-n", NAMESPACE, f"{kind.lower()}s"):
                continue
            name = kube.items(self.lab, "-n", NAMESPACE, f"{kind.lower()}s")[0]["metadata"]["name"]
            with self.subTest(kind):
                done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, "-o", "json", "--dry-run", "job", "convert", f"{kind}/{name}",
                                       "--name", "e2e-shown", "--runtime", "torch-distributed"], capture_output=True, text=True, timeout=300, check=False)
                told = json.loads(done.stdout)
                self.assertTrue(told["accepted"], done.stderr)

    def test_2_training_goes_on_as_a_trainjob(self):
        self.cairnctl("job", "clone", "mnist-demo", "--name", OLD, "--yes")
        wait_for("it saved twice", lambda: len(self.saved()) >= 2)
        self.cairnctl("job", "suspend", OLD, "--yes")
        wait_for("its pods are gone", lambda: not self.pods(f"training.kubeflow.org/job-name={OLD}"))
        step = int(re.search(r"(\d+)", self.saved()[-1].name)[1])
        text = self.cairnctl("-o", "yaml", "job", "convert", f"PyTorchJob/{OLD}", "--name", NEW).stdout
        self.assertNotRegex(text, r"(?m)^  suspend: true$")  # it was suspended to be converted
        done = self.cairnctl("job", "convert", f"PyTorchJob/{OLD}", "--name", NEW, "--yes")
        self.assertIn("is launched", done.stdout)
        made = self.job(NEW, "trainjob")
        self.assertEqual({e["name"]: e.get("value") for e in made["spec"]["trainer"]["env"]}["CHECKPOINT_DIR"], f"/checkpoints/{OLD}")
        pod = wait_for("its pod", lambda: self.pods(f"jobset.sigs.k8s.io/jobset-name={NEW}"))[0]
        found = wait_for("it went on", lambda: re.search(r"resumed from (\S+) at step (\d+)",
                                                          kube.kubectl(self.lab, "-n", NAMESPACE, "logs", pod, check=False).stdout))
        self.assertIn(f"/{OLD}/", found[1])
        self.assertGreaterEqual(int(found[2]), min(step, 25))

    # Scaling

    def test_3_an_elastic_job_gets_and_loses_a_worker(self):
        label = f"training.kubeflow.org/job-name={ELASTIC}"
        wait_for("its first worker", lambda: len(self.pods(label)) == 1)
        shown = self.json("--dry-run", "job", "scale", ELASTIC, "--workers", "2")
        self.assertEqual((shown["from"], shown["to"], shown["least"], shown["most"], shown["accepted"], shown["changed"]), (1, 2, 1, 3, True, False))
        self.cairnctl("job", "scale", ELASTIC, "--workers", "2", expect=REFUSED)  # without --yes it is shown
        self.assertEqual(len(self.pods(label)), 1)
        done = self.json("job", "scale", ELASTIC, "--workers", "2", "--yes")
        self.assertTrue(done["changed"])
        self.assertEqual(done["undo"], {"spec": {"pytorchReplicaSpecs": {"Worker": {"replicas": 1}}}})
        wait_for("its second worker", lambda: len(self.pods(label)) == 2)
        bounds = self.json("job", "scale", ELASTIC, "--workers", "9", "--yes", expect=REFUSED)
        self.assertEqual([p["id"] for p in bounds["problems"]], ["bounds"])
        self.cairnctl("job", "scale", ELASTIC, "--workers", "1", "--yes")
        wait_for("one worker again", lambda: len(self.pods(label)) == 1)
        self.assertFalse(self.json("job", "scale", ELASTIC, "--workers", "1", "--yes")["changed"])
        self.cairnctl("job", "scale", ELASTIC, expect=USAGE)

    def test_3_what_cannot_be_scaled_says_why(self):
        # One of its own, as the seed's may have finished: other tests take nodes and pods away.
        self.cairnctl("job", "clone", "TrainJob/tune-mnist", "--name", TRAINS, "--yes")
        refused = self.json("job", "scale", "PyTorchJob/mnist-demo", "--workers", "1", "--yes", expect=REFUSED)
        self.assertEqual([p["id"] for p in refused["problems"]], ["not-elastic"])
        self.assertIn("WORLD_SIZE", refused["problems"][0]["text"])
        refused = self.json("job", "scale", f"TrainJob/{TRAINS}", "--workers", "2", "--yes", expect=REFUSED)
        self.assertEqual([p["id"] for p in refused["problems"]], ["trainer"])
        kube.kubectl(self.lab, "-n", NAMESPACE, "annotate", "pytorchjob", ELASTIC, "argocd.argoproj.io/tracking-id=trainings:kubeflow.org/PyTorchJob:research/x")
        try:
            refused = self.json("job", "scale", ELASTIC, "--workers", "2", "--yes", expect=REFUSED)
            self.assertEqual([p["id"] for p in refused["problems"]], ["gitops"])
            self.assertIn("trainings", refused["problems"][0]["text"])
        finally:
            kube.kubectl(self.lab, "-n", NAMESPACE, "annotate", "pytorchjob", ELASTIC, "argocd.argoproj.io/tracking-id-")

    # Editing

    def test_4_a_text_is_applied(self):
        text = self.cairnctl("job", "edit", ELASTIC).stdout
        self.assertNotIn("status:", text)
        self.assertIn("resourceVersion:", text)
        changed = text.replace("backoffLimit: 3", "backoffLimit: 7")
        shown = self.json("--dry-run", "job", "edit", ELASTIC, "-f", "-", input=changed)
        self.assertTrue(shown["accepted"], shown)
        self.assertIn("+     backoffLimit: 7", shown["diff"])
        self.assertEqual(self.job(ELASTIC)["spec"]["runPolicy"]["backoffLimit"], 3)
        done = self.json("job", "edit", ELASTIC, "-f", "-", "--yes", input=changed)
        self.assertTrue(done["changed"])
        self.assertEqual(self.job(ELASTIC)["spec"]["runPolicy"]["backoffLimit"], 7)
        self.assertEqual(done["keptIn"], "")
        # Nothing differs.
        text = self.cairnctl("job", "edit", ELASTIC).stdout
        self.assertFalse(self.json("job", "edit", ELASTIC, "-f", "-", "--yes", input=text)["changed"])

    def test_5_who_was_first_is_named_and_the_text_is_kept(self):
        text = self.cairnctl("job", "edit", ELASTIC).stdout.replace("minReplicas: 1", "minReplicas: 2")
        kube.kubectl(self.lab, "-n", NAMESPACE, "patch", "pytorchjob", ELASTIC, "--type=merge", "--field-manager=intruder", "-p", '{"spec":{"runPolicy":{"backoffLimit":8}}}')
        done = self.cairnctl("-o", "json", "job", "edit", ELASTIC, "-f", "-", "--yes", expect=REFUSED, input=text)
        told = json.loads(done.stdout)
        self.assertIn("intruder", told["refused"])
        kept = Path(told["keptIn"])
        try:
            self.assertEqual(kept.read_text(), text)
            self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        finally:
            kept.unlink()
        self.assertEqual(self.job(ELASTIC)["spec"]["elasticPolicy"]["minReplicas"], 1)

    def test_6_what_cannot_change_is_told_by_its_field(self):
        text = self.cairnctl("job", "edit", f"TrainJob/{TRAINS}").stdout
        told = self.json("job", "edit", f"TrainJob/{TRAINS}", "-f", "-", "--yes", expect=REFUSED, input=text.replace("numNodes: 1", "numNodes: 2"))
        Path(told["keptIn"]).unlink()
        self.assertEqual([(p["id"], p["field"]) for p in told["points"] if p["forbids"]], [("immutable", "spec.trainer")])
        text = self.cairnctl("job", "edit", ELASTIC).stdout
        told = self.json("job", "edit", ELASTIC, "-f", "-", "--yes", expect=REFUSED, input=text.replace("backoffLimit:", "backofLimit:"))
        Path(told["keptIn"]).unlink()
        self.assertIn("spec.runPolicy.backofLimit", [p["field"] for p in told["problems"]])
        told = self.json("job", "edit", ELASTIC, "-f", "-", "--yes", expect=REFUSED, input=text.replace(f"name: {ELASTIC}", "name: another"))
        Path(told["keptIn"]).unlink()
        self.assertIn("identity", [p["id"] for p in told["points"]])
        # What only a webhook refuses.
        told = self.json("job", "edit", ELASTIC, "-f", "-", "--yes", expect=REFUSED, input=text.replace("name: pytorch", "name: other"))
        Path(told["keptIn"]).unlink()
        self.assertIn("pytorch", told["refused"])
        for hostile in ("", "a: [", "\x00", "[" * 5000):
            told = self.json("job", "edit", ELASTIC, "-f", "-", "--yes", expect=REFUSED, input=hostile)
            if told["keptIn"]:
                Path(told["keptIn"]).unlink()

    def terminal(self, editor, answer, *args):
        """cairnctl on a terminal; returns its exit code and what the terminal showed."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(EDITOR=editor, LC_ALL="C.UTF-8", TERM="dumb")
            os.environ.pop("VISUAL", None)
            os.execv(CAIRNCTL, [str(CAIRNCTL), "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, *args])
        shown, asked = b"", False
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
            if not asked and b"[y/N]" in shown:
                asked = True
                os.write(terminal, answer)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode(errors="replace")

    def test_7_an_editor_on_a_terminal(self):
        before = self.job(ELASTIC)["spec"]["runPolicy"]["backoffLimit"]
        code, shown = self.terminal("sed -i 's/backoffLimit: .*/backoffLimit: 11/'", b"n\n", "job", "edit", ELASTIC)
        self.assertEqual(code, REFUSED, shown)
        self.assertEqual(self.job(ELASTIC)["spec"]["runPolicy"]["backoffLimit"], before)
        kept = Path(re.search(r"kept in (\S+)", shown)[1])
        self.assertIn("backoffLimit: 11", kept.read_text())
        self.cairnctl("job", "edit", ELASTIC, "-f", str(kept), "--yes")
        kept.unlink()
        self.assertEqual(self.job(ELASTIC)["spec"]["runPolicy"]["backoffLimit"], 11)
        code, shown = self.terminal("sed -i 's/backoffLimit: .*/backoffLimit: 12/'", b"y\n", "job", "edit", ELASTIC)
        self.assertEqual(code, 0, shown)
        self.assertEqual(self.job(ELASTIC)["spec"]["runPolicy"]["backoffLimit"], 12)
        self.assertNotIn("kept in", shown)
        code, shown = self.terminal("true", b"y\n", "job", "edit", ELASTIC)
        self.assertEqual(code, 0, shown)
        self.assertIn("Nothing differs", shown)
        code, shown = self.terminal("false", b"y\n", "job", "edit", ELASTIC)
        self.assertEqual(code, FAILED, shown)
        Path(re.search(r"kept in (\S+)", shown)[1]).unlink()


if __name__ == "__main__":
    unittest.main(verbosity=2)
