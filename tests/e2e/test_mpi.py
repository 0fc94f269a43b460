# SPDX-License-Identifier: GPL-3.0-or-later
"""MPIJob in both its versions: cairnctl against an API server of its own that serves one of them, then the other.

The objects are those of the MPI operator (tests/fixtures/mpi); no controller runs here. Needs the lab's programs, no lab."""

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab import binaries, config, control, kube, pki, process  # noqa: E402
from cairnlab.say import wait_until  # noqa: E402
from object_store import KEY, SECRET, ObjectStore, free_port  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
FIXTURES = ROOT / "tests/fixtures"
CRD = "mpijobs.kubeflow.org"
NAMESPACE = "team"


@dataclasses.dataclass(frozen=True)
class Scratch(config.Lab):
    """A control plane beside the labs, on ports of its own."""

    ports: dict = dataclasses.field(default_factory=dict)

    def port(self, name):
        return self.ports.setdefault(name, free_port())


class Mpi(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cairn-mpi-")))
        cls.lab = Scratch("light", folder / "lab", config.Invoker.current())
        binaries.ensure(cls.lab, ("etcd", "kube-apiserver", "kubectl", "training-operator"))  # the last brings definitions
        cls.store = cls.enterClassContext(ObjectStore(folder))
        cls.store.make_bucket("ckpt")
        cls.store.upload(FIXTURES / "checkpoints/torch/run", "ckpt", "mpi/run/")
        cls.lab.dir.mkdir()
        cls.lab.logs.mkdir()
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        stack.callback(lambda: process.end_pids(process.marked(cls.lab)))
        pki.make(cls.lab)
        control.server(cls.lab)
        kube.apply(cls.lab, [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
                            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": NAMESPACE}}])

    def serve(self, definition):
        kube.kubectl(self.lab, "delete", "crd", CRD, "--ignore-not-found", "--wait=true", "--timeout=60s")
        kube.apply(self.lab, [definition])
        wait_until(lambda: "" if kube.conditions(kube.get(self.lab, "crd", CRD)).get("Established") == "True" else "not yet",
                   "the definition is served", 60)

    def put(self, thing):
        """An object with its status; what only a server may write is left to this one."""
        meta = {k: v for k, v in thing["metadata"].items() if k in ("name", "namespace", "labels", "annotations", "ownerReferences")}
        made = json.loads(kube.kubectl(self.lab, "create", "-f", "-", "-o", "json", input=json.dumps({**thing, "metadata": meta})).stdout)
        if "status" in thing:
            kube.kubectl(self.lab, "-n", NAMESPACE, "patch", thing["kind"], meta["name"], "--subresource=status", "--type=merge",
                         "-p", json.dumps({"status": thing["status"]}))
        return made

    def put_all(self, name):
        # Not the launcher's batch Job: nobody here would look after it, and its pod is found without.
        things = [t for t in json.loads((FIXTURES / "mpi" / name).read_text())["items"] if t["kind"] != "Job"]
        uids = {}
        for thing in sorted(things, key=lambda thing: thing["kind"] == "Pod"):
            for owner in thing["metadata"].get("ownerReferences", []):
                owner["uid"] = uids.get(owner["uid"], owner["uid"])
            if thing["kind"] == "Pod":  # what it mounts is not there
                thing["spec"] = {k: v for k, v in thing["spec"].items() if k in ("containers", "restartPolicy")}
                for container in thing["spec"]["containers"]:
                    container.pop("volumeMounts", None)
            uids[thing["metadata"]["uid"]] = self.put(thing)["metadata"]["uid"]

    def cairnctl(self, *args, expect=0, **environment):
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run([CAIRNCTL, "--kubeconfig", self.lab.kubeconfig, "-n", NAMESPACE, "-o", "json", *args],
                              capture_output=True, text=True, timeout=120, check=False, env=env | {"LC_ALL": "C.UTF-8"} | environment)
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def test_1_the_new_version(self):
        self.serve(json.loads((FIXTURES / "mpi/crd-v2beta1.json").read_text()))
        self.put_all("running.json")
        job, = self.cairnctl("jobs")["jobs"]
        self.assertEqual((job["kind"], job["apiVersion"], job["phase"]), ("MPIJob", "kubeflow.org/v2beta1", "Running"))
        self.assertEqual({r["role"]: r["ready"] for r in job["replicas"]}, {"Launcher": 1, "Worker": 2})
        self.assertEqual(job["mpi"], {"slotsPerWorker": 4, "launcherWaits": True})
        self.assertEqual(job["gpus"], 8)
        shown = self.cairnctl("job", "show", "mpijob/horovod")
        self.assertEqual(len(shown["pods"]), 3)
        self.assertEqual(shown["savesTo"]["uri"], "s3://ckpt/mpi/run")

        # From a bucket, as a new object, which this API server accepts by the definition it has.
        plan = self.cairnctl("--endpoint", self.store.endpoint, "--dry-run", "job", "resume", "horovod", "--from", "step=200",
                             AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        self.assertEqual((plan["mode"], plan["target"]), ("new-object", "horovod-r2"))
        self.assertEqual(plan["told"], "RESUME_FROM_CHECKPOINT=s3://ckpt/mpi/run/step-00000200.pt")
        self.assertIn("immutable", [w["id"] for w in plan["warnings"]])
        self.assertEqual({c["id"]: c["state"] for c in plan["checks"]}["dry-run"], "ok")
        made = self.cairnctl("--endpoint", self.store.endpoint, "job", "resume", "horovod", "--from", "step=200",
                             AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        self.assertEqual(made["state"], "started")
        new = kube.get(self.lab, "-n", NAMESPACE, "mpijob", "horovod-r2")
        self.assertEqual(new["apiVersion"], "kubeflow.org/v2beta1")
        for role in ("Launcher", "Worker"):
            env = {e["name"]: e["value"] for e in new["spec"]["mpiReplicaSpecs"][role]["template"]["spec"]["containers"][0]["env"]}
            self.assertEqual(env["RESUME_FROM_CHECKPOINT"], "s3://ckpt/mpi/run/step-00000200.pt")
            self.assertEqual(env["CHECKPOINT_DIR"], plan["saveDir"][:-6] + made["saveDir"][-6:])

    def test_2_the_old_version_in_its_place(self):
        name = "base/crds/kubeflow.org_mpijobs.yaml"
        self.serve(kube.read_yaml((binaries.manifests(self.lab) / name).read_text())[0])
        kube.kubectl(self.lab, "-n", NAMESPACE, "delete", "pods", "--all", "--grace-period=0", "--force")
        container = {"name": "mpi", "image": "i", "command": ["mpirun", "train"]}
        self.put({"apiVersion": "kubeflow.org/v1", "kind": "MPIJob", "metadata": {"name": "old", "namespace": NAMESPACE},
                  "spec": {"slotsPerWorker": 1, "mpiReplicaSpecs": {"Launcher": {"replicas": 1, "template": {"spec": {"containers": [container]}}}}}})
        job, = self.cairnctl("jobs")["jobs"]
        self.assertEqual((job["name"], job["apiVersion"], job["mpi"]), ("old", "kubeflow.org/v1", None))
        self.assertEqual(self.cairnctl("job", "show", "old")["uid"], job["uid"])


if __name__ == "__main__":
    unittest.main()
