# SPDX-License-Identifier: GPL-3.0-or-later
"""The training operator of the real lab: from one replica without leader election to two with it by `cairnctl overlay`, and back.

What is changed is taken back at the end, also where a test fails."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab.binaries import binary  # noqa: E402
from labtest import LabTest  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
NAMESPACE = "kubeflow"
OPERATOR = "training-operator"
LEASE = "1ca428e5.training-operator.kubeflow.org"
SETTINGS = """apiVersion: overlay.cairn.console/v1
kind: Overlay
base: {patchOnly: true}
tiers: [2]
"""


class Overlay(LabTest):
    mode = "real"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cairn-overlay-")))
        (cls.folder / "settings.yaml").write_text(SETTINGS)
        cls.out = cls.folder / "kubeflow-ha"

    def cairnctl(self, *args, code=0):
        done = subprocess.run([str(CAIRNCTL), "--kubeconfig", str(self.lab.kubeconfig), "-o", "json", *map(str, args)],
                              capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else {}, done.stderr

    def operator(self):
        return self.get("deployment", OPERATOR, "-n", NAMESPACE)

    def pods(self):
        return [p for p in self.get("pods", "-n", NAMESPACE, "-l", "control-plane=kubeflow-training-operator")["items"]
                if not p["metadata"].get("deletionTimestamp")]

    def tearDown(self):
        # Whatever is still recorded goes back.
        records = self.get("configmaps", "-A", "-l", "cairn.console/record=change").get("items", [])
        for record in records:
            meta = record["metadata"]
            subprocess.run([str(CAIRNCTL), "--kubeconfig", str(self.lab.kubeconfig), "overlay", "rollback", meta["name"], "-n",
                            meta["namespace"], "--yes"], timeout=900)

    def test_one_without_election_to_two_with_it_and_back(self):
        before = self.operator()["spec"]
        self.assertEqual(before["replicas"], 1)
        self.assertNotIn("--leader-elect", before["template"]["spec"]["containers"][0].get("args", []))

        proposed, _ = self.cairnctl("overlay", "new", "--settings", self.folder / "settings.yaml", "--out", self.out)
        row = next(c for c in proposed["components"] if c["workload"]["name"] == OPERATOR)
        self.assertEqual((row["tier"], row["replicasNow"], row["replicas"], row["leaderElection"], row["addsRole"], row["pdb"]),
                         (2, 1, 2, "turn-on", True, "add"))
        self.assertTrue(proposed["written"])
        self.assertTrue(all(p["lands"] for p in proposed["patches"]), proposed["patches"])

        # The lab's kubectl holds kustomize v5.8.
        shown, said = self.cairnctl("overlay", "diff", "--out", self.out, "--kustomize", binary(self.lab, "kubectl"))
        self.assertTrue(shown["kustomize"]["builds"], said)
        self.assertTrue(shown["kustomize"]["version"].startswith("v5.8"), shown["kustomize"]["version"])
        self.assertIn(OPERATOR, [o["name"] for o in shown["objects"]])
        self.assertEqual(shown["kustomize"]["differences"], [], said)
        self.assertEqual(self.operator()["spec"], before)

        # Without --yes nothing happens, and the server has been asked.
        planned, _ = self.cairnctl("overlay", "apply", "--out", self.out, code=4)
        self.assertEqual(planned["state"], "planned")
        self.assertEqual(self.operator()["spec"], before)
        phases = list(dict.fromkeys(s["phase"] for s in planned["steps"]))
        self.assertEqual(phases, ["Roles and flags", "Leaders", "Replicas", "PDBs", "Proof"])

        done, said = self.cairnctl("overlay", "apply", "--out", self.out, "--yes")
        self.assertEqual(done["state"], "done", said)
        spec = self.operator()["spec"]
        self.assertEqual(spec["replicas"], 2)
        self.assertIn("--leader-elect", spec["template"]["spec"]["containers"][0]["args"])
        ready = [p for p in self.pods() if any(c["type"] == "Ready" and c["status"] == "True" for c in p["status"]["conditions"])]
        self.assertEqual(len(ready), 2)
        self.assertEqual(len({p["spec"]["nodeName"] for p in ready}), 2, "both run on one node")
        holder = self.get("lease", LEASE, "-n", NAMESPACE)["spec"]["holderIdentity"]
        self.assertIn(holder.split("_")[0], [p["metadata"]["name"] for p in ready])
        budget = self.get("poddisruptionbudget", OPERATOR, "-n", NAMESPACE)
        self.assertEqual((budget["spec"]["maxUnavailable"], budget["spec"]["unhealthyPodEvictionPolicy"]), (1, "AlwaysAllow"))
        self.wait(lambda: self.get("poddisruptionbudget", OPERATOR, "-n", NAMESPACE)["status"]["disruptionsAllowed"] == 1, "one pod may go")

        # A second time there is nothing to do.
        again, _ = self.cairnctl("overlay", "apply", "--out", self.out, "--yes")
        self.assertEqual(again["state"], "nothing")

        namespace, name = done["record"].split("/")
        back, said = self.cairnctl("overlay", "rollback", name, "-n", namespace, "--yes")
        self.assertEqual(back["state"], "rolledBack", said)
        self.assertEqual(self.operator()["spec"], before)
        self.wait(lambda: len(self.pods()) == 1, "one pod is left")
        for kind in ("role", "rolebinding"):
            self.assertFalse(self.get(kind, f"{OPERATOR}-leader-election", "-n", NAMESPACE))
        self.assertFalse(self.get("poddisruptionbudget", OPERATOR, "-n", NAMESPACE))
        self.assertFalse(self.get("configmaps", "-A", "-l", "cairn.console/record=change").get("items"))

    def test_what_is_edited_stays_and_what_lands_on_nothing_is_told(self):
        self.cairnctl("overlay", "new", "--settings", self.folder / "settings.yaml", "--out", self.out)
        kustomization = self.out / "patches/kustomization.yaml"
        kustomization.write_text(kustomization.read_text() + "  # ours\n  - target: {kind: Deployment, name: trainingoperator}\n"
                                                             "    patch: '[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":5}]'\n")
        shown, said = self.cairnctl("overlay", "diff", "--out", self.out, code=5)
        lost = [p for p in shown["patches"] if not p["lands"]]
        self.assertEqual([p["nearest"] for p in lost], [OPERATOR])
        self.assertIn(OPERATOR, said)
        self.cairnctl("overlay", "new", "--out", self.out, code=5)
        self.assertIn("# ours", kustomization.read_text())


if __name__ == "__main__":
    unittest.main()
