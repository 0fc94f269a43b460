# SPDX-License-Identifier: GPL-3.0-or-later
"""Resume from a chosen checkpoint with cairnctl, on real pods that really train.

Needs the real lab: CAIRN_TEST_KUBECONFIG names its kubeconfig. Every wait is for a condition."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab import kube  # noqa: E402
from cairnlab.config import Lab  # noqa: E402
from holding_proxy import HoldingProxy  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
NAMESPACE = "research"
WAIT = 240


def wait_for(what, condition, timeout=WAIT):
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for: {what}")
        time.sleep(0.5)


def training(name, restart="OnFailure", steps=4000, delay="0.1", every="10", command=None):
    container = {
        "name": "pytorch", "image": "localhost/python:1", "imagePullPolicy": "Never",
        "command": command or ["/usr/bin/python3", "/code/train.py"],
        "env": [{"name": k, "value": v} for k, v in {
            "CHECKPOINT_DIR": f"/checkpoints/{name}", "CHECKPOINT_EVERY_STEPS": every,
            "CHECKPOINT_KEEP_LAST": "300", "TOTAL_STEPS": str(steps), "STEP_DELAY": delay}.items()],
        "resources": {"requests": {"cpu": "50m", "memory": "200Mi"}},
        "volumeMounts": [
            {"name": "usr", "mountPath": "/usr", "readOnly": True},
            {"name": "alternatives", "mountPath": "/etc/alternatives", "readOnly": True},
            {"name": "code", "mountPath": "/code", "readOnly": True},
            {"name": "checkpoints", "mountPath": "/checkpoints"}]}
    volumes = [
        {"name": "usr", "hostPath": {"path": "/usr"}},
        {"name": "alternatives", "hostPath": {"path": "/etc/alternatives"}},
        {"name": "code", "configMap": {"name": "training-code"}},
        {"name": "checkpoints", "persistentVolumeClaim": {"claimName": "checkpoints"}}]
    return {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob",
            "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cairn-test": "e2e"}},
            "spec": {"pytorchReplicaSpecs": {"Master": {
                "replicas": 1, "restartPolicy": restart,
                "template": {"spec": {"containers": [container], "volumes": volumes, "terminationGracePeriodSeconds": 20}}}}}}


class Cairnctl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")

    def tearDown(self):
        # A resumed job keeps the labels of the one it came from, so this finds it too.
        kube.kubectl(self.lab, "-n", NAMESPACE, "delete", "pytorchjobs,trainjobs", "-l", "cairn-test=e2e", "--wait=true", check=False)

    # Helpers

    def cairnctl(self, *args, expect=0):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", NAMESPACE, *args],
                              capture_output=True, text=True, timeout=300, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return done

    def cairnctl_json(self, *args, expect=0):
        return json.loads(self.cairnctl("-o", "json", *args, expect=expect).stdout)

    def job(self, name):
        return kube.get(self.lab, "-n", NAMESPACE, "pytorchjob", name)

    def start(self, name, **kwargs):
        kube.apply(self.lab, [training(name, **kwargs)])

    def folder(self, name):
        return self.lab.volumes / f"{NAMESPACE}-checkpoints" / name

    def saved(self, folder):
        return sorted(folder.rglob("step-*.pt"))

    def wait_saves(self, folder, count):
        return wait_for(f"{count} checkpoints below {folder.name}",
                        lambda: (files := self.saved(folder)) and len(files) >= count and files)

    def log(self, name):
        return kube.kubectl(self.lab, "-n", NAMESPACE, "logs", f"{name}-master-0", check=False).stdout

    def checkpoints(self, name):
        listing = self.cairnctl_json("--allow-helper", "checkpoints", name)
        return [c for run in listing["runs"] for c in run["checkpoints"]]

    def wait_log(self, name, pattern):
        return wait_for(f"{pattern} in the log of {name}", lambda: re.search(pattern, self.log(name)))

    def kill_training(self, pod):
        """As the kernel does when memory runs out. Deleting the pod would end the training well, and the job with it."""
        uid = kube.get(self.lab, "-n", NAMESPACE, "pod", pod)["metadata"]["uid"]
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and b"/code/train.py" in (entry / "cmdline").read_bytes() \
                        and uid in (entry / "cgroup").read_text():
                    os.kill(int(entry.name), signal.SIGKILL)
                    return
            except OSError:
                continue
        self.fail(f"no process of pod {pod} trains")

    # Flows

    def test_1_in_place_from_the_third_newest_then_a_killed_pod_goes_on_from_the_newest(self):
        self.start("e2e-place")
        self.wait_saves(self.folder("e2e-place"), 5)
        found = self.checkpoints("e2e-place")
        self.assertTrue(all(c["verdict"] in ("whole", "writing") for c in found), found)
        third = sorted((c for c in found if c["resumable"]), key=lambda c: c["step"])[-3]

        dry = self.cairnctl_json("--allow-helper", "--dry-run", "job", "resume", "e2e-place", "--from", f"step={third['step']}")
        self.assertEqual(dry["mode"], "in-place")
        self.assertFalse(self.job("e2e-place")["spec"].get("runPolicy", {}).get("suspend", False), "a dry run changed the job")

        uid = self.job("e2e-place")["metadata"]["uid"]
        self.cairnctl("--allow-helper", "--wait", "job", "resume", "e2e-place", "--from", f"step={third['step']}")
        self.assertEqual(self.job("e2e-place")["metadata"]["uid"], uid, "in place means the same object")
        self.wait_log("e2e-place", rf"resumed from \S+ at step {third['step']}\b")
        self.wait_log("e2e-place", rf"(?m)^step={third['step'] + 1}\b")

        # The new attempt saves into a folder of its own; two saves, then the pod dies.
        env = {e["name"]: e.get("value") for e in self.job("e2e-place")["spec"]["pytorchReplicaSpecs"]["Master"]
               ["template"]["spec"]["containers"][0]["env"]}
        fresh = self.lab.volumes / f"{NAMESPACE}-checkpoints" / Path(env["CHECKPOINT_DIR"]).relative_to("/checkpoints")
        self.assertNotEqual(fresh, self.folder("e2e-place"))
        self.wait_saves(fresh, 2)
        self.kill_training("e2e-place-master-0")
        wait_for("a restart from the newest checkpoint",
                 lambda: (m := re.search(r"resumed from (\S+) at step (\d+)", self.log("e2e-place")))
                 and int(m[2]) > third["step"] and fresh.name in m[1])

    def test_2_a_failed_job_is_resumed_as_a_new_one(self):
        crash = ("/usr/bin/python3 /code/train.py & until [ -e \"$CHECKPOINT_DIR/step-00000030.pt\" ]; "
                 "do kill -0 $! || exit 1; sleep 0.2; done; kill -9 $!; wait $!")
        self.start("e2e-failed", restart="Never", command=["/bin/sh", "-c", crash])
        wait_for("the job to fail", lambda: kube.conditions(self.job("e2e-failed")).get("Failed") == "True")
        before = self.job("e2e-failed")
        out = self.cairnctl_json("--allow-helper", "--wait", "job", "resume", "e2e-failed", "--from", "latest")
        self.assertEqual(out["mode"], "new-object")
        child = self.job(out["job"]["name"])
        self.assertEqual(child["metadata"]["annotations"]["cairn.console/parent-uid"], before["metadata"]["uid"])
        self.assertEqual(self.job("e2e-failed")["spec"], before["spec"], "the old job must stay as it is")

    def test_3_a_checkpoint_cut_short_is_damaged_and_refused(self):
        self.start("e2e-cut", steps=60, delay="0.02")
        wait_for("the job to succeed", lambda: kube.conditions(self.job("e2e-cut")).get("Succeeded") == "True")
        newest = self.saved(self.folder("e2e-cut"))[-1]
        size = newest.stat().st_size
        os.truncate(newest, size // 2)
        by_name = {Path(c["path"]).name: c for c in self.checkpoints("e2e-cut")}
        self.assertEqual(by_name[newest.name]["verdict"], "damaged", by_name)
        self.assertTrue(by_name[newest.name]["reason"])
        step = int(re.search(r"(\d+)", newest.stem)[1])
        refused = self.cairnctl("--allow-helper", "job", "resume", "e2e-cut", "--from", f"step={step}", expect=4)
        self.assertIn("damaged", refused.stderr)
        # The latest that can be trusted is the one before.
        plan = self.cairnctl_json("--allow-helper", "--dry-run", "job", "resume", "e2e-cut", "--from", "latest")
        self.assertLess(plan["checkpoint"]["step"], step)

    def test_5_a_trainjob_is_resumed_as_a_new_one(self):
        name = "e2e-trainjob"
        spec = training(name)["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]
        mount = {"containers": [{"name": "node", "volumeMounts": [{"name": "checkpoints", "mountPath": "/checkpoints"}]}],
                 "volumes": [v for v in spec["volumes"] if v["name"] == "checkpoints"]}
        kube.apply(self.lab, [{
            "apiVersion": "trainer.kubeflow.org/v1alpha1", "kind": "TrainJob",
            "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cairn-test": "e2e"}},
            "spec": {"runtimeRef": {"name": "torch-distributed"},
                     "trainer": {"numNodes": 1, "env": spec["containers"][0]["env"]},
                     "runtimePatches": [{"manager": "lab.cairn/test", "trainingRuntimeSpec": {"template": {"spec": {"replicatedJobs": [
                         {"name": "node", "template": {"spec": {"template": {"spec": mount}}}}]}}}}]}}])
        self.wait_saves(self.folder(name), 4)
        shown = self.cairnctl_json("job", "show", name)
        self.assertEqual((shown["phase"], shown["ready"], shown["image"]), ("Running", 1, "localhost/python:1"), shown)
        self.assertEqual(shown["runtime"], {"kind": "ClusterTrainingRuntime", "name": "torch-distributed"})
        before = kube.get(self.lab, "-n", NAMESPACE, "trainjob", name)
        third = sorted((c for c in self.checkpoints(name) if c["resumable"]), key=lambda c: c["step"])[-3]

        out = self.cairnctl_json("--allow-helper", "--wait", "job", "resume", name, "--from", f"step={third['step']}")
        self.assertEqual((out["mode"], out["firstStep"]), ("new-object", third["step"] + 1), out)
        child = kube.get(self.lab, "-n", NAMESPACE, "trainjob", out["job"]["name"])
        self.assertEqual(child["metadata"]["annotations"]["cairn.console/parent-uid"], before["metadata"]["uid"])
        self.assertNotIn("command", child["spec"]["trainer"], "the runtime's command is its own")
        self.assertEqual(kube.get(self.lab, "-n", NAMESPACE, "trainjob", name)["spec"], before["spec"])

    def test_6_two_pods_lose_one_and_go_on_from_a_chosen_checkpoint(self):
        name = "e2e-pair"
        job = training(name, command=["/usr/bin/python3", "/code/ddp.py"], delay="0.2")
        specs = job["spec"]["pytorchReplicaSpecs"]
        specs["Worker"] = json.loads(json.dumps(specs["Master"]))
        kube.apply(self.lab, [job])
        self.wait_saves(self.folder(name), 4)
        # The worker is gone; the master cannot go on alone, and both begin again from the newest checkpoint.
        kube.kubectl(self.lab, "-n", NAMESPACE, "delete", "pod", f"{name}-worker-0", "--grace-period=0", "--force")
        self.wait_log(name, r"resumed from \S+ at step (\d+)")
        saves = len(self.saved(self.folder(name)))
        self.wait_saves(self.folder(name), saves + 2)

        third = sorted((c for c in self.checkpoints(name) if c["resumable"]), key=lambda c: c["step"])[-3]
        out = self.cairnctl_json("--allow-helper", "--wait", "job", "resume", name, "--from", f"step={third['step']}")
        self.assertEqual((out["mode"], out["firstStep"]), ("in-place", third["step"] + 1), out)
        pods = wait_for("both pods", lambda: [p for p in kube.items(self.lab, "pods", "-n", NAMESPACE, "-l",
                        f"training.kubeflow.org/job-name={name}") if p["status"].get("phase") == "Running"])
        self.assertEqual(len(pods), 2)

    def kill_at(self, proxy, point, *args):
        """Runs cairnctl through the proxy, holds the request `point` names, and kills it there with SIGKILL."""
        proxy.hold(*point)
        program = subprocess.Popen([CAIRNCTL, "--kubeconfig", proxy.kubeconfig, "-n", NAMESPACE, *args],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            wait_for(f"{point[:3]} to be held", lambda: proxy.held.is_set() or program.poll() is not None)
            self.assertIsNone(program.poll(), f"cairnctl ended before {point}:\n{program.stdout.read() if program.poll() is not None else ''}")
        finally:
            program.kill()
            program.wait()
            program.stdout.close()
            proxy.drop()

    def record(self, name):
        text = self.job(name)["metadata"].get("annotations", {}).get("cairn.console/resume")
        return json.loads(text) if text else None

    def suspended(self, name):
        return self.job(name)["spec"].get("runPolicy", {}).get("suspend", False)

    def environment(self, name):
        return {e["name"]: e.get("value") for e in self.job(name)["spec"]["pytorchReplicaSpecs"]["Master"]
                ["template"]["spec"]["containers"][0]["env"]}

    def test_4_killed_in_each_phase_it_can_be_finished_or_undone(self):
        name = "e2e-killed"
        self.start(name)
        self.wait_saves(self.folder(name), 3)
        before = self.environment(name)
        patch = ("PATCH", f"pytorchjobs/{name}")

        def phased(phase):
            # The record is JSON within the JSON of the patch.
            return f'\\"phase\\":\\"{phase}\\"'

        resume = ("--allow-helper", "job", "resume", name, "--from", "step=10")
        recover = ("job", "resume", name, "--recover")
        points = {
            # nothing was changed
            "before suspending": ((*patch, phased("suspended"), False), None, None),
            # suspended with the record on it, and nothing else
            "suspended": ((*patch, phased("suspended"), True), "suspended", "undo"),
            "before the template": ((*patch, phased("patched"), False), "suspended", "finish"),
            # old and new template, still suspended
            "template changed": ((*patch, phased("patched"), True), "patched", "undo"),
            "before letting go": ((*patch, phased("started"), False), "patched", "finish"),
            # it runs with the new template; going back is still possible
            "let go": ((*patch, phased("started"), True), "started", "undo"),
        }
        with tempfile.TemporaryDirectory() as folder, HoldingProxy(KUBECONFIG, folder) as proxy:
            for what, (point, phase, way) in points.items():
                with self.subTest(what):
                    self.kill_at(proxy, point, *resume)
                    record = self.record(name)
                    self.assertEqual(record and record["phase"], phase)
                    if not way:
                        self.assertFalse(self.suspended(name))
                        self.assertEqual(self.environment(name), before)
                        continue
                    self.assertEqual(self.suspended(name), phase != "started")
                    # Whoever lists the jobs sees it, and is told both ways.
                    listed = next(j for j in self.cairnctl_json("jobs")["jobs"] if j["name"] == name)["unfinishedChange"]
                    self.assertEqual(listed and listed["phase"], None if phase == "started" else phase)
                    self.cairnctl(*recover, way, *(["--wait"] if way == "finish" else []))
                    self.assertFalse(self.suspended(name))
                    now = self.environment(name)
                    if way == "undo":
                        self.assertEqual(now, before)
                        self.assertIsNone(self.record(name))
                    else:
                        self.assertTrue(now["RESUME_FROM_CHECKPOINT"].endswith("step-00000010.pt"), now)
                        self.wait_log(name, r"resumed from \S+ at step 10\b")
                        before = now
            # An undo that is killed is taken up again, too.
            with self.subTest("undoing"):
                self.kill_at(proxy, (*patch, phased("patched"), True), *resume)
                self.kill_at(proxy, (*patch, phased("undoing"), True), *recover, "undo")
                self.assertEqual(self.record(name)["phase"], "undoing")
                self.cairnctl(*recover, "finish")
                self.assertEqual(self.environment(name), before)
                self.assertIsNone(self.record(name))
            # A new object whose creator died is a whole job with its lineage; asking again makes no twin of the same name.
            with self.subTest("new object"):
                self.kill_at(proxy, ("POST", "/pytorchjobs", "resume-id", True), *resume, "--as-new", "--name", "e2e-killed-b")
                child = self.job("e2e-killed-b")
                self.assertEqual(child["metadata"]["annotations"]["cairn.console/parent-name"], name)
                self.cairnctl(*resume, "--as-new", "--name", "e2e-killed-b", expect=4)


if __name__ == "__main__":
    unittest.main()
