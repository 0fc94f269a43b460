# SPDX-License-Identifier: GPL-3.0-or-later
"""A resume in place on the real lab, from the first look at the checkpoint to the first step after it: by kubectl, by cairnctl
and in the window, with two looks at the checkpoint each."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from cairnlab import kube
from cairnlab.config import Lab
from cairnlab.say import LabError

from .clients import PATIENCE

NAMESPACE = "research"
GOAL = 1.5
TESTS = Path(__file__).resolve().parents[2]
PAUSE = 0.1  # between two looks of kubectl's script, which costs more than that itself


def _wait(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise LabError(f"waited {PATIENCE} s for {what}", "the lab may be too busy")
        time.sleep(PAUSE)
    return value


class Training:
    """One job of the lab that trains and saves; gone when left."""

    def __init__(self, lab, name):
        self.lab, self.name, self.pod = lab, name, f"{name}-master-0"
        self.folder = lab.volumes / f"{NAMESPACE}-checkpoints" / name

    def kubectl(self, *args, check=True):
        return kube.kubectl(self.lab, "-n", NAMESPACE, *args, check=check)

    def log(self):
        return self.kubectl("logs", self.pod, check=False).stdout

    def __enter__(self):
        os.environ.setdefault("CAIRN_TEST_KUBECONFIG", str(self.lab.kubeconfig))
        sys.path.insert(0, str(TESTS / "e2e"))
        from test_cairnctl import training

        job = training(self.name)
        job["metadata"]["labels"] = {"cairn-bench": "resume"}
        kube.apply(self.lab, [job])
        _wait("checkpoints", lambda: len(self.steps()) >= 5)
        return self

    def __exit__(self, *_):
        self.kubectl("delete", "pytorchjob", self.name, "--wait=true", check=False)

    def steps(self):
        return sorted(int(m[1]) for file in self.folder.glob("step-*.pt") if (m := re.search(r"step-0*(\d+)\.pt$", file.name)))


def _kubectl(lab, run):
    """What somebody does by hand: a pod that looks at the checkpoint before and after the pods are gone, and three patches."""
    with Training(lab, f"bench-kubectl-{run}") as job:
        step = job.steps()[-3]
        path = f"/checkpoints/{job.name}/step-{step:08d}.pt"
        helper = f"bench-look-{run}"
        spec = kube.get(lab, "-n", NAMESPACE, "pytorchjob", job.name)["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]
        began = time.monotonic()
        kube.apply(lab, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": helper, "namespace": NAMESPACE},
                          "spec": {**{k: v for k, v in spec.items() if k != "containers"}, "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
                                   "containers": [{**spec["containers"][0], "name": "look", "command": ["sh", "-c", "trap 'exit 0' TERM; sleep 300 & wait $!"]}]}}])
        try:
            job.kubectl("wait", "--for=condition=Ready", f"pod/{helper}", "--timeout=120s")

            def look():
                job.kubectl("exec", helper, "--", "sh", "-c", f"test -s {path} && sha256sum {path}")

            look()
            suspended = time.monotonic()
            patch = lambda body: job.kubectl("patch", "pytorchjob", job.name, "--type=merge", "-p", json.dumps(body))  # noqa: E731
            patch({"spec": {"runPolicy": {"suspend": True}}})
            _wait("the pod to end", lambda: not job.kubectl("get", "pods", "-l", f"training.kubeflow.org/job-name={job.name}", "-o", "name", check=False).stdout.strip())
            look()
            box = spec["containers"][0]
            env = [e for e in box["env"] if e["name"] not in ("CHECKPOINT_DIR", "RESUME_FROM_CHECKPOINT")]
            env += [{"name": "RESUME_FROM_CHECKPOINT", "value": path}, {"name": "CHECKPOINT_DIR", "value": f"/checkpoints/{job.name}/attempt-2"}]
            patch({"spec": {"pytorchReplicaSpecs": {"Master": {"template": {"spec": {"containers": [{**box, "env": env}]}}}}}})
            patch({"spec": {"runPolicy": {"suspend": False}}})
            _wait("the first step", lambda: re.search(rf"(?m)^step={step + 1}\b", job.log()))
            ended = time.monotonic()
        finally:
            job.kubectl("delete", "pod", helper, "--wait=false", check=False)
        return {"full": ended - began, "stopped": ended - suspended}


def _cairnctl(lab, build, run):
    with Training(lab, f"bench-cairnctl-{run}") as job:
        step = job.steps()[-3]
        began = time.monotonic()
        suspended = None
        with subprocess.Popen([build / "app/cairnctl", "--kubeconfig", lab.kubeconfig, "-n", NAMESPACE, "--allow-helper", "--wait", "job", "resume", job.name,
                               "--from", f"step={step}", "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
            said = []
            for line in program.stderr:
                said.append(line)
                if line.startswith("Suspending"):
                    suspended = time.monotonic()
            out = program.stdout.read()
        ended = time.monotonic()
        if program.returncode != 0 or json.loads(out)["firstStep"] is None:
            raise LabError("cairnctl did not resume", "".join(said))
        return {"full": ended - began, "stopped": ended - (suspended or began)}


def _window(lab, build):
    """From the click on Resume; the test prints what it took."""
    program = build / "tests/gui/tst_window_resume"
    if not program.exists():
        return None
    done = subprocess.run([program, "theThirdNewestIsResumedToItsFirstStep"], capture_output=True, text=True, timeout=4 * PATIENCE, check=False,
                          env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "CAIRN_TEST_KUBECONFIG": str(lab.kubeconfig)})
    took = re.search(r"resumed within (\d+) ms", done.stdout + done.stderr)
    if done.returncode != 0 or not took:
        raise LabError("the window did not resume", done.stdout[-2000:])
    return {"full": int(took[1]) / 1000}


def compare(build, runs=3):
    lab = Lab.at("real")
    if not kube.is_ready(lab):
        raise LabError("the real lab is not up", "a resume needs pods that really train: tests/lab/lab up --real")

    def median(measured):
        return {key: statistics.median(one[key] for one in measured) for key in measured[0]}

    results = {"kubectl": [], "cairnctl": [], "window": []}
    for run in range(runs):  # in turn, so that all see the same machine
        results["kubectl"].append(_kubectl(lab, run))
        results["cairnctl"].append(_cairnctl(lab, build, run))
        if (window := _window(lab, build)) is not None:
            results["window"].append(window)
    return {name: median(measured) for name, measured in results.items() if measured}
