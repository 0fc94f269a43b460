# SPDX-License-Identifier: GPL-3.0-or-later
"""Services outside of Kubeflow, looked at by cairnctl from a pod of the real lab, and a password that is written last and taken back.

The lab's images hold busybox alone, so name and TCP are looked at for real and what needs a client says so. What is made is removed at
the end, also where a test fails."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import store  # noqa: E402
from labtest import LabTest  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
NAMESPACE = "kubeflow"
IMAGE = "localhost/busybox:1"
PASSWORD = "hunter2 \"quoted\" \\ and:more"
FORMER = "hunter1-of-before"
SERVER, MANAGER, SECRET = "cairn-e2e-db", "katib-db-manager", "katib-mysql-secrets"
HELPERS = "cairn.console/helper=service-test"


def deployment(name, labels, command, port=None):
    container = {"name": name, "image": IMAGE, "imagePullPolicy": "Never", "command": ["sh", "-c", command]}
    if port:
        container["ports"] = [{"containerPort": port}]
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels},
                                  "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]}}}}


class Services(LabTest):
    mode = "real"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cairn-services-")))
        test = cls()
        labels = {"app": SERVER}
        test.apply(deployment(SERVER, labels, "trap 'exit 0' TERM; while :; do nc -l -p 3306 -e sleep 1 & wait $!; done", 3306),
                   {"apiVersion": "v1", "kind": "Service", "metadata": {"name": SERVER, "namespace": NAMESPACE},
                    "spec": {"selector": labels, "ports": [{"port": 3306}]}},
                   deployment(MANAGER, {"katib.kubeflow.org/component": "db-manager"}, "trap 'exit 0' TERM; sleep 100000 & wait $!"))
        for name in (SERVER, MANAGER):
            test.kubectl("rollout", "status", f"deployment/{name}", "-n", NAMESPACE, "--timeout=120s")

    @classmethod
    def tearDownClass(cls):
        test = cls()
        for kind, name in (("deployment", SERVER), ("service", SERVER), ("deployment", MANAGER)):
            test.kubectl("delete", kind, name, "-n", NAMESPACE, "--ignore-not-found", "--wait=false")
        super().tearDownClass()

    def setUp(self):
        self.kubectl("delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")
        self.kubectl("create", "secret", "generic", SECRET, "-n", NAMESPACE, f"--from-literal=DB_PASSWORD={FORMER}", "--from-literal=OTHER=kept")
        self.addCleanup(self.kubectl, "delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")

    def tearDown(self):
        for record in self.get("configmaps", "-A", "-l", "cairn.console/record=change").get("items", []):
            meta = record["metadata"]
            subprocess.run([str(CAIRNCTL), "--kubeconfig", str(self.lab.kubeconfig), "overlay", "rollback", meta["name"], "-n",
                            meta["namespace"], "--yes"], timeout=900)

    def settings(self, host, port=3306, kind="katib"):
        path = self.folder / "settings.yaml"
        path.write_text(f"""apiVersion: overlay.cairn.console/v1
kind: Overlay
base: {{remote: "https://github.com/kubeflow/community-distribution//example?ref=26.03"}}
tiers: [4]
external:
  {kind}: {{engine: mysql, host: {host}, port: {port}, user: kubeflow}}
""")
        return path

    def cairnctl(self, *args, code=0, given=""):
        done = subprocess.run([str(CAIRNCTL), "--kubeconfig", str(self.lab.kubeconfig), "-o", "json", *map(str, args)], input=given,
                              capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for secret in (PASSWORD, FORMER, store.KEY, store.SECRET):
            self.assertNotIn(secret, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else {}, done.stderr

    def look(self, *args, code, given=PASSWORD + "\n"):
        answer, said = self.cairnctl("overlay", "test", *args, "--from", "cluster", "--allow-helper", "--image", IMAGE, "--password-from", "stdin",
                                     code=code, given=given)
        self.assertFalse(self.get("jobs", "-n", NAMESPACE, "-l", HELPERS).get("items"), said)
        return {c["id"]: c for c in answer["services"][0]["reports"][0]["checks"]}, answer["services"][0]["reports"][0]["from"]

    def value(self, name, key):
        data = self.get("secret", name, "-n", NAMESPACE).get("data", {})
        return base64.b64decode(data[key]).decode() if key in data else None

    def test_from_inside_a_service_is_found_by_its_name_there(self):
        checks, where = self.look(self.settings(f"{SERVER}.{NAMESPACE}.svc"), code=0)
        self.assertRegex(where, rf"^pod {NAMESPACE}/cairn-test-[0-9a-f]{{10}}-\w+ on ")
        self.assertEqual((checks["name"]["state"], checks["tcp"]["state"]), ("ok", "ok"), checks)
        # busybox has no client, and that is what is said.
        self.assertEqual(checks["login"]["state"], "skipped")
        self.assertIn("no client", checks["login"]["text"])

    def test_what_is_not_there_is_said(self):
        checks, _ = self.look(self.settings(f"{SERVER}.{NAMESPACE}.svc", 3399), code=5)
        self.assertEqual(checks["tcp"]["state"], "fail", checks)
        checks, _ = self.look(self.settings("no-such-service.kubeflow.svc"), code=5)
        self.assertEqual(checks["name"]["state"], "fail", checks)

    def test_nothing_runs_without_consent(self):
        _, said = self.cairnctl("overlay", "test", self.settings(f"{SERVER}.{NAMESPACE}.svc"), "--from", "cluster", "--image", IMAGE, code=4)
        self.assertIn("--allow-helper", said)
        self.assertFalse(self.get("jobs", "-n", NAMESPACE, "-l", HELPERS).get("items"))

    def test_a_secret_is_written_last_and_taken_back(self):
        out = self.folder / "kubeflow-ha"
        self.cairnctl("overlay", "new", "--settings", self.settings("mysql-ha.db.example"), "--out", out)
        before = self.get("deployment", MANAGER, "-n", NAMESPACE)["spec"]
        planned, _ = self.cairnctl("overlay", "apply", "--out", out, "--password-from", "stdin", "--no-service-test", code=4, given=PASSWORD + "\n")
        acts = [(s["act"], s["kind"], s["name"]) for s in planned["steps"]]
        fill = acts.index(("fill", "Secret", SECRET))
        self.assertEqual(acts[fill + 1], ("change", "Deployment", MANAGER))
        self.assertEqual(self.value(SECRET, "DB_PASSWORD"), FORMER)

        done, said = self.cairnctl("overlay", "apply", "--out", out, "--password-from", "stdin", "--no-service-test", "--yes", given=PASSWORD + "\n")
        self.assertEqual(done["state"], "done", said)
        self.assertEqual(self.value(SECRET, "DB_PASSWORD"), PASSWORD)
        self.assertEqual(self.value(SECRET, "OTHER"), "kept")
        self.assertEqual(self.value(f"{SECRET}-cairn-before", "before.DB_PASSWORD"), FORMER)
        records = json.dumps(self.get("configmaps", "-A", "-l", "cairn.console/record=change"))
        for secret in (PASSWORD, FORMER):
            self.assertNotIn(base64.b64encode(secret.encode()).decode(), records)
            self.assertNotIn(json.dumps(secret)[1:-1], records)
        self.assertIn("mysql-ha.db.example", json.dumps(self.get("deployment", MANAGER, "-n", NAMESPACE)["spec"]))

        namespace, name = done["record"].split("/")
        back, said = self.cairnctl("overlay", "rollback", name, "-n", namespace, "--yes")
        self.assertEqual(back["state"], "rolledBack", said)
        self.assertEqual(self.value(SECRET, "DB_PASSWORD"), FORMER)
        self.assertFalse(self.get("secret", f"{SECRET}-cairn-before", "-n", NAMESPACE))
        self.assertEqual(self.get("deployment", MANAGER, "-n", NAMESPACE)["spec"], before)

    def test_the_way_to_move_a_database_names_what_is_here(self):
        answer, _ = self.cairnctl("overlay", "move-database", "katib", "--settings", self.settings("mysql-ha.db.example"))
        self.assertIn(f"kubectl -n {NAMESPACE} scale deployment/{MANAGER} --replicas=0", answer["services"][0]["markdown"])
        _, said = self.cairnctl("overlay", "move-database", "pipelines", "--settings", self.settings("mysql-ha.db.example"), code=3)
        self.assertIn("katib", said)

    def bucket(self, region=store.REGION, name=store.BUCKET, secret=""):
        host, _, port = store.endpoint(self.lab).removeprefix("http://").rpartition(":")
        path = self.folder / "bucket.yaml"
        path.write_text(f"""apiVersion: overlay.cairn.console/v1
kind: Overlay
base: {{remote: "https://github.com/kubeflow/community-distribution//example?ref=26.03"}}
tiers: [4]
external:
  objectStore: {{host: {host}, port: {port}, secure: false, bucket: {name}{f", region: {region}" if region else ""}{f", secret: {secret}" if secret else ""}}}
""")
        return path

    def look_at_bucket(self, settings, *args, code=0, given=f"{store.KEY}:{store.SECRET}\n"):
        answer, said = self.cairnctl("overlay", "test", settings, "--from", "both", "--allow-helper", "--image", IMAGE, *args, code=code, given=given)
        self.assertFalse(self.get("jobs", "-n", NAMESPACE, "-l", HELPERS).get("items"), said)
        service = answer["services"][0]
        self.assertEqual((service["id"], service["kind"]), ("objectStore", "s3"))
        return [{c["id"]: c["state"] for c in report["checks"]} for report in service["reports"]]

    def test_a_bucket_is_looked_at_from_here_and_from_inside(self):
        given = ("--password-from", "objectStore=stdin")
        folder = self.lab.dir / "store" / store.BUCKET / "cairn-probe"
        for checks in self.look_at_bucket(self.bucket(), *given):
            self.assertEqual({checks[c] for c in ("name", "tcp", "s3", "region", "login", "style", "bucket", "list")}, {"ok"}, checks)
            self.assertEqual({checks[c] for c in ("write", "read", "delete")}, {"skipped"}, checks)
        self.assertFalse(folder.exists() and any(folder.iterdir()))
        for checks in self.look_at_bucket(self.bucket(), *given, "--allow-write"):
            self.assertEqual({checks[c] for c in ("list", "write", "read", "delete")}, {"ok"}, checks)
        self.assertFalse(folder.exists() and any(folder.iterdir()))

    def test_keys_of_a_bucket_come_from_a_secret_too(self):
        name = "cairn-e2e-bucket"
        self.kubectl("create", "secret", "generic", name, "-n", NAMESPACE, f"--from-literal=accesskey={store.KEY}", f"--from-literal=secretkey={store.SECRET}")
        self.addCleanup(self.kubectl, "delete", "secret", name, "-n", NAMESPACE, "--ignore-not-found")
        for checks in self.look_at_bucket(self.bucket(secret=name), "--allow-secret", given=""):
            self.assertEqual(checks["list"], "ok", checks)

    def test_what_is_wrong_with_a_bucket_is_said(self):
        given = ("--password-from", "objectStore=stdin")
        for checks in self.look_at_bucket(self.bucket(name="no-such-bucket"), *given, code=5):
            self.assertEqual(checks["bucket"], "fail", checks)
        for checks in self.look_at_bucket(self.bucket(region="us-west-2"), *given, code=5):
            self.assertEqual(checks["region"], "fail", checks)
        for checks in self.look_at_bucket(self.bucket(), *given, code=5, given=f"{store.KEY}:wrong\n"):
            self.assertEqual(checks["login"], "fail", checks)
        # Without keys it is there, and nothing is tested.
        for checks in self.look_at_bucket(self.bucket()):
            self.assertEqual((checks["bucket"], checks["list"]), ("warn", "skipped"), checks)


if __name__ == "__main__":
    unittest.main()
