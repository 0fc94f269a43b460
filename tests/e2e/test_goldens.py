# SPDX-License-Identifier: GPL-3.0-or-later
"""Every golden job passes the strict dry run of an API server that serves its kind in its version.

The definitions are those that were published (tests/fixtures/crds and mpi), one version after the other on an API server of its
own; it needs the lab's programs, no lab. With CAIRN_TEST_KUBECONFIG, which names the real lab's kubeconfig, also those of the
kinds served there are tried, by the operators' own webhooks."""

import contextlib
import json
import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab import binaries, config, control, kube, pki, process  # noqa: E402
from cairnlab.config import Lab  # noqa: E402
from cairnlab.say import wait_until  # noqa: E402
from test_mpi import Scratch  # noqa: E402

FIXTURES = ROOT / "tests/fixtures"
GOLDENS = sorted((FIXTURES / "launch/golden").glob("*.yaml"))
NAMESPACE = "goldens"
SPACE = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}]
# What the goldens of a word need to be served.
SERVES = {"mpijob-v2beta1": ("mpi/crd-v2beta1.json",)}
for plural in ("pytorchjobs", "tfjobs", "mpijobs", "xgboostjobs", "paddlejobs", "jaxjobs"):
    SERVES[plural[:-1]] = (f"crds/training-operator-1.9.4-{plural}.json",)
for version in ("2.0.1", "2.1.0", "2.2.1", "2.3.0"):
    SERVES[f"trainjob-{version[:3]}"] = tuple(f"crds/trainer-{version}-{plural}.json" for plural in ("trainjobs", "trainingruntimes"))


def of(word):
    return [path for path in GOLDENS if path.name.startswith(f"{word}-") and not (word == "mpijob" and path.name.startswith("mpijob-v2beta1-"))]


def dry_run(lab, thing):
    for _ in range(60):
        done = kube.kubectl(lab, "-n", NAMESPACE, "create", "--dry-run=server", "--validate=strict", "-f", "-", "-o", "name",
                            input=json.dumps(thing), check=False)
        # Established is not yet discovered.
        if "no matches for kind" not in done.stderr and "could not find the requested resource" not in done.stderr:
            break
        time.sleep(0.5)
    return done


def documents(path):
    return [thing for thing in yaml.safe_load_all(path.read_text()) if thing]


class ByDefinition(unittest.TestCase):
    """Fields, types and the rules that the definitions hold themselves."""

    @classmethod
    def setUpClass(cls):
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cairn-goldens-")))
        cls.lab = Scratch("light", folder / "lab", config.Invoker.current())
        binaries.ensure(cls.lab, ("etcd", "kube-apiserver", "kubectl"))
        cls.lab.dir.mkdir()
        cls.lab.logs.mkdir()
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        stack.callback(lambda: process.end_pids(process.marked(cls.lab)))
        pki.make(cls.lab)
        control.server(cls.lab)
        kube.apply(cls.lab, SPACE)

    def serve(self, names):
        for name in names:
            definition = json.loads((FIXTURES / name).read_text())
            crd = definition["metadata"]["name"]
            kube.kubectl(self.lab, "delete", "crd", crd, "--ignore-not-found", "--wait=true", "--timeout=60s")
            # A webhook that converts is not here.
            definition["spec"].pop("conversion", None)
            kube.apply(self.lab, [definition])
            wait_until(lambda crd=crd: "" if kube.conditions(kube.get(self.lab, "crd", crd)).get("Established") == "True" else "not yet",
                       f"{crd} is served", 60)

    def test_each_is_accepted(self):
        tried = 0
        for word, names in SERVES.items():
            self.serve(names)
            self.assertTrue(of(word), word)
            for path in of(word):
                for thing in documents(path):
                    with self.subTest(path.name, kind=thing["kind"]):
                        done = dry_run(self.lab, thing)
                        self.assertEqual(done.returncode, 0, done.stderr)
                        tried += 1
        self.assertGreaterEqual(tried, len(GOLDENS))
        print(f"\n{tried} objects of {len(GOLDENS)} files", file=sys.stderr)

    def test_what_is_wrong_is_refused(self):
        """The dry run is strict: else nothing above says anything."""
        self.serve(SERVES["trainjob-2.1"])
        job = documents(next(path for path in of("trainjob-2.1") if "-rwx-" in path.name))[0]
        job["spec"]["podTemplateOverrides"][0]["spec"]["securityContext"] = {"runAsUser": 1}
        self.assertIn("unknown field", dry_run(self.lab, job).stderr)


@unittest.skipUnless(os.environ.get("CAIRN_TEST_KUBECONFIG"), "CAIRN_TEST_KUBECONFIG names no kubeconfig of the real lab")
class ByWebhook(unittest.TestCase):
    """What the operators themselves refuse. The runtime of a TrainJob has to be there before the job is looked at."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab.at("real")
        kube.apply(cls.lab, SPACE)
        cls.addClassCleanup(lambda: kube.kubectl(cls.lab, "delete", "namespace", NAMESPACE, "--wait=false", check=False))

    def test_each_that_is_served_is_accepted(self):
        accepted, served = 0, set()
        for word in SERVES:
            if word in ("trainjob-2.0", "trainjob-2.1", "trainjob-2.2"):
                continue  # the lab's Trainer is newer
            for path in of(word):
                job, *others = documents(path)
                group, _, version = job["apiVersion"].partition("/")
                listed = kube.kubectl(self.lab, "get", f"{job['kind'].lower()}s.{version}.{group}", "-n", NAMESPACE, check=False)
                if listed.returncode != 0:
                    break
                with self.subTest(path.name):
                    for thing in others:
                        kube.kubectl(self.lab, "-n", NAMESPACE, "apply", "-f", "-", input=json.dumps(thing))
                    done = dry_run(self.lab, job)
                    if "context deadline exceeded" in done.stderr:  # a busy machine, and the webhook waits ten seconds
                        done = dry_run(self.lab, job)
                    for thing in others:
                        kube.kubectl(self.lab, "-n", NAMESPACE, "delete", thing["kind"], thing["metadata"]["name"], check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    accepted += 1
                    served.add(word)
        print(f"\n{accepted} jobs, of {', '.join(sorted(served))}", file=sys.stderr)
        self.assertIn("pytorchjob", served)


if __name__ == "__main__":
    unittest.main(verbosity=2)
