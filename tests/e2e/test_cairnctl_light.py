# SPDX-License-Identifier: GPL-3.0-or-later
"""cairnctl against a real API server, and against none: output, exit codes, consent, rights, bad input. Needs the
light lab: CAIRN_TEST_KUBECONFIG names its kubeconfig."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab.binaries import binary  # noqa: E402
from cairnlab.config import Lab  # noqa: E402
from object_store import KEY, SECRET, ObjectStore  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
OK, FAILED, USAGE, NOT_FOUND, REFUSED, THRESHOLD = range(6)


class Cairnctl(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.lab = yaml.safe_load(Path(KUBECONFIG).read_text(encoding="utf-8"))

    def cairnctl(self, *args, kubeconfig=KUBECONFIG, expect=OK):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", kubeconfig, *args], capture_output=True, timeout=120, check=False,
                              env={**{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
                                   "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(self.folder)})
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{out}\n{err}")
        return out, err

    def written(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def bent(self, cluster=None, user=None):
        """The lab's kubeconfig with other clusters and users."""
        config = json.loads(json.dumps(self.lab))
        for entry in config["clusters"]:
            entry["cluster"] = cluster(entry["cluster"]) if cluster else entry["cluster"]
        for entry in config["users"]:
            entry["user"] = user(entry["user"]) if user else entry["user"]
        return self.written("bent.yaml", json.dumps(config))

    def test_jobs_in_every_form(self):
        out, _ = self.cairnctl("jobs", "-A", "-o", "json")
        jobs = {(j["namespace"], j["name"]): j for j in json.loads(out)["jobs"]}
        self.assertEqual(jobs["research", "mnist-demo"]["kind"], "PyTorchJob")
        self.assertEqual(jobs["vision", "resnet-oom"]["phase"], "Failed")
        as_yaml, _ = self.cairnctl("jobs", "-A", "-o", "yaml")
        self.assertEqual(len(yaml.safe_load(as_yaml)["jobs"]), len(jobs))
        table, _ = self.cairnctl("jobs", "-n", "research")
        self.assertIn("mnist-demo", table)
        self.assertNotIn("classifier", table)
        shown, _ = self.cairnctl("-n", "research", "job", "show", "mnist-demo", "-o", "json")
        self.assertEqual(json.loads(shown)["name"], "mnist-demo")

    def test_doctor_and_contexts(self):
        out, _ = self.cairnctl("doctor", "-o", "json")
        report = json.loads(out)
        self.assertTrue(report["steps"])
        out, _ = self.cairnctl("contexts", "-o", "json")
        self.assertIn("cairn-lab", [c["name"] for c in json.loads(out)["contexts"]])

    def test_exit_codes(self):
        self.cairnctl("frobnicate", expect=USAGE)
        self.cairnctl("jobs", "-n", "a", "-A", expect=USAGE)
        self.cairnctl("--context", "no-such", "jobs", expect=NOT_FOUND)
        self.cairnctl("-n", "research", "job", "show", "no-such", expect=NOT_FOUND)
        self.cairnctl("-n", "research", "checkpoints", "mnist-demo", expect=REFUSED)
        _, err = self.cairnctl("--context", "cairn-lab-viewer", "jobs", "-n", "vision", expect=REFUSED)
        self.assertIn("vision", err)

    def test_a_viewer_works_in_the_namespace_of_theirs(self):
        out, _ = self.cairnctl("--context", "cairn-lab-viewer", "jobs")
        self.assertIn("mnist-demo", out)
        _, err = self.cairnctl("--context", "cairn-lab-viewer", "--allow-helper", "job", "resume", "mnist-demo", expect=REFUSED)
        self.assertTrue(err)

    def test_a_sign_in_program_runs_only_when_it_is_allowed(self):
        mark = self.folder / "ran"
        program = self.written("sign-in", f"#!/bin/sh\ntouch '{mark}'\nprintf '%s' '{{}}'\n")
        program.chmod(0o700)
        config = self.bent(user=lambda _: {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "interactiveMode": "Never"}})
        _, err = self.cairnctl("jobs", kubeconfig=config, expect=REFUSED)
        self.assertFalse(mark.exists(), "it ran without --allow-exec")
        self.assertIn("--allow-exec", err)
        self.assertIn(str(program), err)
        # Its answer is not a credential: that is said, and nothing of it is shown.
        self.cairnctl("--allow-exec", "jobs", kubeconfig=config, expect=FAILED)
        self.assertTrue(mark.exists())

    def test_servers_that_are_not_there_or_not_kubernetes(self):
        _, err = self.cairnctl("jobs", kubeconfig=self.bent(cluster=lambda c: {**c, "server": "https://127.0.0.1:1"}), expect=FAILED)
        self.assertIn("127.0.0.1:1", err)
        etcd = self.lab["clusters"][0]["cluster"]["server"].replace("443", "379")
        self.cairnctl("jobs", kubeconfig=self.bent(cluster=lambda c: {**c, "server": etcd}), expect=FAILED)

    def test_bad_kubeconfigs(self):
        loop = self.folder / "loop"
        loop.symlink_to(loop)
        alias = "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*{'a' if i == 0 else f'b{i - 1}'}, *{'a' if i == 0 else f'b{i - 1}'}]\n" for i in range(40))
        # Aliases are shared, not copied: the bomb is a small file without contexts.
        nothing_in_it = ("empty", "aliases that multiply")
        cases = {
            "absent": self.folder / "absent",
            "empty": self.written("empty", ""),
            "a folder": self.folder,
            "a loop": loop,
            "not YAML": self.written("broken", "clusters: [unclosed\n"),
            "a list": self.written("list", "- 1\n- 2\n"),
            "aliases that multiply": self.written("bomb", alias),
            "not text": self.written("bytes", bytes(range(256)) * 16),
            "50 MB": self.written("big", b"#" * (50 << 20)),
            "cyclic": self.written("cycle", "a: &a\n  b: *a\n"),
        }
        for what, path in cases.items():
            with self.subTest(what):
                out, err = self.cairnctl("jobs", kubeconfig=path, expect=NOT_FOUND if what in nothing_in_it else FAILED)
                self.assertTrue(err.strip())
                self.assertEqual(out, "")

    def test_one_broken_entry_breaks_only_itself(self):
        config = json.loads(json.dumps(self.lab))
        config["users"] += [{"name": "old", "user": {"auth-provider": {"name": "gcp"}}}, {"name": 7, "user": []}]
        config["contexts"] += [{"name": "old", "context": {"cluster": config["clusters"][0]["name"], "user": "old"}},
                               {"name": "dangling", "context": {"cluster": "nowhere", "user": "nobody"}}]
        path = self.written("mixed.yaml", json.dumps(config))
        out, _ = self.cairnctl("contexts", "-o", "json", kubeconfig=path)
        problems = {c["name"]: c["problems"] for c in json.loads(out)["contexts"]}
        self.assertFalse(problems["cairn-lab"])
        self.assertTrue(problems["old"])
        self.assertTrue(problems["dangling"])
        self.cairnctl("jobs", "-n", "research", kubeconfig=path)
        _, err = self.cairnctl("--context", "old", "jobs", kubeconfig=path, expect=FAILED)
        self.assertIn("gcp", err)

    def test_folders_with_hostile_names(self):
        tree = self.folder / "tree"
        (tree / "run").mkdir(parents=True)
        fixture = next((ROOT / "tests/fixtures/checkpoints").rglob("*.pt"))
        for name in (b"step-00000010.pt", b"new\nline-20.pt", b"quote'\"-30.pt", "rtl\u202e-40.pt".encode(), b"bytes-\xff\xfe-50.pt"):
            (Path(os.fsdecode(os.fsencode(tree / "run") + b"/" + name))).write_bytes(fixture.read_bytes())
        os.mkfifo(tree / "run/step-60.pt")
        (tree / "run/loop").symlink_to(tree)
        (tree / "run/out.pt").symlink_to("/etc/passwd")
        out, _ = self.cairnctl("checkpoints", f"{tree}/", "-o", "json")
        listing = json.loads(out)
        self.assertTrue(listing["runs"])
        paths = [c["path"] for run in listing["runs"] for c in run["checkpoints"]]
        self.assertFalse([p for p in paths if "loop" in p or "passwd" in p or "step-60" in p], paths)
        table, _ = self.cairnctl("checkpoints", f"{tree}/")
        self.assertNotIn("\u202e", table)
        self.assertNotIn("new\nline", table)

    def kubectl(self, *args, **more):
        return subprocess.run([binary(Lab.at("light"), "kubectl"), "--kubeconfig", KUBECONFIG, *args],
                              check=True, capture_output=True, text=True, **more)

    def test_checkpoints_of_a_job_in_a_bucket(self):
        """Keys from the job's Secret go to the endpoint the job names only when both are agreed to."""
        store = self.enterContext(ObjectStore(self.folder))
        store.make_bucket("ckpt")
        store.upload(ROOT / "tests/fixtures/checkpoints/torch/run", "ckpt", "llama/")
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bucket-keys"}, "stringData": {"id": KEY, "key": SECRET}}
        env = [{"name": "CHECKPOINT_DIR", "value": "s3://ckpt/llama"}, {"name": "AWS_ENDPOINT_URL", "value": store.endpoint},
               *({"name": name, "valueFrom": {"secretKeyRef": {"name": "bucket-keys", "key": key}}}
                 for name, key in (("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "key")))]
        job = {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": {"name": "in-a-bucket"},
               "spec": {"runPolicy": {"suspend": True}, "pytorchReplicaSpecs": {"Master": {"replicas": 1, "restartPolicy": "Never", "template": {
                   "spec": {"containers": [{"name": "pytorch", "image": "localhost/python:1", "env": env}]}}}}}}
        self.addCleanup(self.kubectl, "-n", "research", "delete", "pytorchjob/in-a-bucket", "secret/bucket-keys", "--ignore-not-found")
        self.kubectl("-n", "research", "apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": [secret, job]}))
        listing = ("-n", "research", "checkpoints", "in-a-bucket", "-o", "json")

        _, err = self.cairnctl(*listing, "--allow-secret", expect=REFUSED)
        self.assertIn(f"--endpoint {store.endpoint}", err)
        _, err = self.cairnctl(*listing, "--endpoint", store.endpoint, expect=REFUSED)
        self.assertIn("bucket-keys", err)
        self.assertIn("--allow-secret", err)
        out, err = self.cairnctl(*listing, "--endpoint", store.endpoint, "--allow-secret")
        self.assertNotIn(SECRET, out + err)
        found = json.loads(out)
        self.assertEqual((found["root"], found["source"], found["claim"]), ("s3://ckpt/llama", "bucket", ""))
        self.assertEqual([c["step"] for c in found["runs"][0]["checkpoints"]], [100, 200, 300])
        shown = json.loads(self.cairnctl("-n", "research", "job", "show", "in-a-bucket", "-o", "json")[0])
        self.assertEqual(shown["savesTo"]["uri"], "s3://ckpt/llama")
        # A resume needs the same two agreements.
        resume = ("-n", "research", "job", "resume", "in-a-bucket", "--dry-run")
        _, err = self.cairnctl(*resume, "--allow-secret", expect=REFUSED)
        self.assertIn(f"--endpoint {store.endpoint}", err)
        _, err = self.cairnctl(*resume, "--endpoint", store.endpoint, expect=REFUSED)
        self.assertIn("--allow-secret", err)

    def training_job(self, name, ns="empty", **metadata):
        container = {"name": "pytorch", "image": "localhost/busybox:1", "command": ["pretend-training"]}
        job = {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": {"name": name, "namespace": ns, **metadata},
               "spec": {"pytorchReplicaSpecs": {"Master": {"replicas": 1, "restartPolicy": "OnFailure",
                                                           "template": {"spec": {"containers": [container]}}}}}}
        self.addCleanup(self.kubectl, "-n", ns, "delete", f"pytorchjob/{name}", "--ignore-not-found", "--wait=false")
        self.kubectl("apply", "-f", "-", input=json.dumps(job))

    def suspended(self, name):
        return self.kubectl("-n", "empty", "get", "pytorchjob", name, "-o", "jsonpath={.spec.runPolicy.suspend}").stdout

    def fates(self, out):
        return {j["name"]: (j["fate"], j["verdict"], j["result"]) for j in json.loads(out)["jobs"]}

    def test_several_jobs_suspended_let_go_and_deleted(self):
        names = ("bulk-a", "bulk-b")
        for name in names:
            self.training_job(name)
        bulk = lambda word, *more, **how: self.cairnctl("-n", "empty", "job", word, *more, "-o", "json", **how)

        # Nothing is changed before it is agreed to, nor by a dry run.
        out, err = bulk("suspend", *names, expect=REFUSED)
        self.assertIn("--yes", err)
        self.assertEqual(self.fates(out)["bulk-a"], ("act", "suspend", None))
        bulk("suspend", *names, "--dry-run", "--yes")
        self.assertEqual([self.suspended(n) for n in names], ["", ""])
        # One name that is not there, or one job that is another's, and none is touched.
        bulk("suspend", *names, "no-such", "--yes", expect=NOT_FOUND)
        self.assertEqual([self.suspended(n) for n in names], ["", ""])

        out, _ = bulk("suspend", *names, names[0], "--yes")
        self.assertEqual(self.fates(out), {n: ("act", "suspend", "done") for n in names})
        self.assertTrue(json.loads(out)["changed"])
        self.assertEqual([self.suspended(n) for n in names], ["true", "true"])
        out, _ = bulk("suspend", *names, "--yes")
        self.assertEqual(self.fates(out), {n: ("nothing", "suspended", "unchanged") for n in names})

        out, _ = bulk("unsuspend", "bulk-a", "--yes")
        self.assertEqual(self.fates(out)["bulk-a"], ("act", "unsuspend", "done"))
        self.assertEqual([self.suspended(n) for n in names], ["false", "true"])
        # It never was counted as failed: its old pod was gone before it was let go.
        events = self.kubectl("-n", "empty", "get", "events", "--field-selector", "involvedObject.name=bulk-a", "-o", "json").stdout
        self.assertNotIn("PyTorchJobRestarting", events)

        self.cairnctl("-n", "empty", "job", "delete", *names, "--dry-run")
        out, _ = bulk("delete", *names, "--yes")
        self.assertEqual(self.fates(out), {n: ("act", "delete", "done") for n in names})
        bulk("delete", *names, "--yes", expect=NOT_FOUND)

    def test_jobs_of_others_are_not_suspended(self):
        out, err = self.cairnctl("-n", "research", "job", "suspend", "gan-paused", "lr-sweep-trial-3", "--yes", "-o", "json", expect=REFUSED)
        self.assertEqual(self.fates(out)["lr-sweep-trial-3"][:2], ("refused", "controller"))
        self.assertIn("Trial", err)
        out, _ = self.cairnctl("-n", "nlp", "job", "unsuspend", "bert-queued", "--yes", "-o", "json", expect=REFUSED)
        self.assertEqual(self.fates(out)["bert-queued"][:2], ("refused", "queue"))
        out, err = self.cairnctl("-n", "nlp", "job", "suspend", "llama-sft", "--dry-run", "-o", "json")
        self.assertIn("reverted", [warning["id"] for warning in json.loads(out)["jobs"][0]["warnings"]])
        out, _ = self.cairnctl("-n", "vision", "job", "suspend", "classifier", "--yes", "-o", "json")
        self.assertEqual(self.fates(out)["classifier"], ("nothing", "finished", "unchanged"))
        # A viewer is told by the server's dry run.
        out, _ = self.cairnctl("--context", "cairn-lab-viewer", "job", "delete", "mnist-demo", "--yes", "-o", "json", expect=REFUSED)
        self.assertEqual(self.fates(out)["mnist-demo"][:2], ("refused", "forbidden"))
        self.cairnctl("job", "suspend", "a", "-A", "--yes", expect=FAILED)
        self.cairnctl("job", "suspend", expect=USAGE)

    def test_yaml_of_jobs_can_be_applied_again(self):
        self.training_job("yaml-a", labels={"team": "night"})
        out, _ = self.cairnctl("-n", "empty", "job", "yaml", "yaml-a")
        document = yaml.safe_load(out)
        self.assertEqual(document["metadata"], {"name": "yaml-a", "namespace": "empty", "labels": {"team": "night"}})
        self.assertNotIn("status", document)
        self.kubectl("-n", "empty", "delete", "pytorchjob/yaml-a")
        self.kubectl("apply", "-f", "-", input=out)
        out, _ = self.cairnctl("-n", "research", "job", "yaml", "mnist-demo", "gan-paused", "--whole")
        self.assertEqual([d["metadata"]["name"] for d in yaml.safe_load_all(out)], ["mnist-demo", "gan-paused"])
        self.assertIn("resourceVersion", out)
        listed = json.loads(self.cairnctl("-n", "research", "job", "yaml", "mnist-demo", "-o", "json")[0])
        self.assertEqual((listed["kind"], listed["items"][0]["metadata"]["name"]), ("List", "mnist-demo"))

    def test_components_of_one_namespace_of_many(self):
        self.cairnctl("--context", "cairn-lab-viewer", "components", expect=REFUSED)
        binding = json.dumps({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": "components-test", "namespace": "kubeflow"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "User", "name": "viewer", "apiGroup": "rbac.authorization.k8s.io"}]})
        self.kubectl("apply", "-f", "-", input=binding)
        self.addCleanup(self.kubectl, "delete", "-f", "-", input=binding)
        end = time.monotonic() + 60
        while subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "--context", "cairn-lab-viewer", "components"],
                             capture_output=True, timeout=60, check=False).returncode != OK and time.monotonic() < end:
            time.sleep(0.2)  # rights take a moment to count
        report = json.loads(self.cairnctl("--context", "cairn-lab-viewer", "components", "-o", "json")[0])
        found = {c["id"]: c for c in report["components"]}
        self.assertEqual(found["mysql"]["verdict"], "SinglePoint")
        self.assertEqual(found["workflow-controller"]["leader"]["state"], "unread")  # "view" does not read Leases
        self.assertEqual(found["dex"]["verdict"], "NotObservable")
        self.assertIn("auth", " ".join(found["dex"]["reasons"]))

    def test_components_with_every_verdict(self):
        expected = {"workflow-controller": "Degraded", "ml-pipeline": "DiesWithNode", "metadata-grpc": "DependsOn",
                    "ml-pipeline-visualizationserver": "SurvivesNode", "dex": "SurvivesZone", "mysql": "SinglePoint",
                    "katib-ui": "Down", "spark-operator-controller": "NoLeader"}
        end = time.monotonic() + 60
        while True:
            report = json.loads(self.cairnctl("components", "-o", "json")[0])
            found = {c["id"]: c for c in report["components"]}
            verdicts = {name: found.get(name, {}).get("verdict") for name in expected}
            if verdicts == expected or time.monotonic() > end:
                break
            time.sleep(0.5)
        self.assertEqual(verdicts, expected)
        self.assertEqual(found["metadata-grpc"]["cause"], "mysql")
        # Nobody renews its Lease: two ready replicas are no help then, and the audit says the same.
        self.assertFalse(found["spark-operator-controller"]["survivesNode"])
        findings = json.loads(self.cairnctl("audit", "-o", "json")[0])["findings"]
        self.assertIn("spark-operator-controller", [f["object"]["name"] for f in findings if f["id"] == "HA05"])
        self.cairnctl("components", "--fail-on", "down", expect=THRESHOLD)
        self.cairnctl("-n", "auth", "components", "--fail-on", "node")


if __name__ == "__main__":
    unittest.main()
