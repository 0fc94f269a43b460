# SPDX-License-Identifier: GPL-3.0-or-later
"""cairnctl audit --manifests on rendered distributions and on bad input: findings, accepting, exports, exit codes. Needs no
cluster."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
FIXTURES = ROOT / "tests/fixtures/manifests"
OK, FAILED, USAGE, NOT_FOUND, REFUSED, THRESHOLD = range(6)

SINGLE = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: a.example/web:1}]}}}
"""


class Audit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def audit(self, *args, expect=OK, stdin=None):
        done = subprocess.run([CAIRNCTL, "audit", *args], capture_output=True, timeout=120, check=False, input=stdin, cwd=self.folder,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "KUBECONFIG": "/nowhere", "HOME": str(self.folder)})
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, expect, f"cairnctl audit {args}\n{out}\n{err}")
        return out, err

    def written(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def test_every_single_replica_of_a_distribution_is_named(self):
        for release in ("26.03", "26.03.1"):
            with self.subTest(release):
                report = json.loads(self.audit("--manifests", FIXTURES / release, "-o", "json")[0])
                self.assertEqual((report["release"], report["source"], report["unread"]), (release, "manifests", []))
                named = [(f["object"]["kind"], f["object"]["namespace"], f["object"]["name"]) for f in report["findings"] if f["primary"]]
                self.assertEqual(len(named), len(set(named)))
                single = set()
                for file in (FIXTURES / release).glob("*.yaml"):
                    for document in yaml.safe_load_all(file.read_text()):
                        if document["kind"] in ("Deployment", "StatefulSet") and document["spec"].get("replicas", 1) == 1:
                            single.add((document["kind"], document["metadata"]["namespace"], document["metadata"]["name"]))
                self.assertGreater(len(single), 45)
                self.assertEqual(set(named), single)
                self.assertIn("HA05", {one["id"] for one in report["notEvaluated"]})
                # Lines are those of the file.
                for finding in report["findings"]:
                    lines = (FIXTURES / release / finding["file"]).read_text().splitlines()
                    document = next(yaml.safe_load_all("\n".join(lines[finding["line"] - 1:])))
                    self.assertEqual(document["metadata"]["name"], finding["object"]["name"])

    def test_what_has_the_wrong_type_is_told_of_with_its_place(self):
        self.written("web/web.yaml", SINGLE + "---\n" + SINGLE.replace("replicas: 1", "replicas: two").replace("name: web, namespace", "name: other, namespace"))
        report = json.loads(self.audit("--manifests", "web", "-o", "json", expect=FAILED)[0])
        self.assertEqual([one["what"] for one in report["unread"]], ["web.yaml:9:8"])
        self.assertIn("spec.replicas is a text", report["unread"][0]["why"])
        self.assertIn("other", {f["object"]["name"] for f in report["findings"]})

    def test_what_is_wrong_with_one_object_stands_together_and_the_next_step_last(self):
        out = self.audit("--manifests", FIXTURES / "26.03")[0].splitlines()
        rows = [line.split() for line in out[1:] if line.split()[:1] and line.split()[0] in ("critical", "high", "medium", "low")]
        places = [(row[0], row[2], row[3]) for row in rows]
        self.assertGreater(len(places), 100)
        self.assertEqual(places, [p for i, p in enumerate(places) if p in places[i - 1:i] or p not in places[:i]])
        self.assertIn("cairnctl overlay new", out[-1])

    def test_a_big_one_ends_when_it_is_told_to(self):
        one = "".join(f"  {line}\n" for line in SINGLE.splitlines())
        items = "".join("-" + one.replace("name: web", f"name: web{i}")[1:] for i in range(20000))
        for name, text in (("list.yaml", "apiVersion: v1\nkind: List\nitems:\n" + items),
                           ("many.yaml", "---\n".join(SINGLE.replace("name: web", f"name: web{i}") for i in range(20000)))):
            running = subprocess.Popen([CAIRNCTL, "audit", "--manifests", self.written(name, text)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(running.kill)
            while sum(map(int, Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()[11:13])) < 30:
                self.assertIsNone(running.poll(), "it ended before it could be stopped")  # 0.3 s of work
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            out, err = running.communicate(timeout=100)
            self.assertEqual((running.returncode, out, err), (FAILED, b"", b"cairnctl: Cancelled\n"), name)

    def test_thresholds_and_what_is_accepted(self):
        manifests = self.written("web.yaml", SINGLE)
        self.audit("--manifests", manifests)
        self.audit("--manifests", manifests, "--fail-on", "critical")
        self.audit("--manifests", manifests, "--fail-on", "high", expect=THRESHOLD)
        entry = {"rule": "HA01", "object": "Deployment shop/web", "reason": "one is enough", "by": "ops", "until": "2999-12-31"}
        accepted = self.written("cairn-accepted.yaml", yaml.safe_dump({"accepted": [entry]}))
        out, _ = self.audit("--manifests", manifests, "--accepted", accepted, "--fail-on", "high")
        self.assertIn("1 accepted", out)
        self.assertIn("one is enough", out)
        entry["until"] = "2020-01-01"
        accepted.write_text(yaml.safe_dump({"accepted": [entry, {**entry, "rule": "HA02"}]}))
        out, err = self.audit("--manifests", manifests, "--accepted", accepted, "--fail-on", "high", expect=THRESHOLD)
        self.assertIn("counts again", out)
        self.assertIn("no longer matches any finding", err)
        accepted.write_text("accepted:\n  - rule: HA99\n")
        out, err = self.audit("--manifests", manifests, "--accepted", accepted, expect=FAILED)
        self.assertIn("cairn-accepted.yaml:2:11", err)
        self.assertEqual(out, "")
        self.audit("--manifests", manifests, "--accepted", self.folder / "absent", expect=NOT_FOUND)

    def test_exports(self):
        source = ("--manifests", FIXTURES / "26.03.1")
        report = json.loads(self.audit(*source, "-o", "json")[0])
        sarif = json.loads(self.audit(*source, "-o", "sarif")[0])
        run = sarif["runs"][0]
        self.assertEqual(sarif["version"], "2.1.0")
        self.assertEqual(len(run["results"]), len(report["findings"]))
        ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        for result in run["results"]:
            self.assertEqual(ids[result["ruleIndex"]], result["ruleId"])
            place = result["locations"][0]["physicalLocation"]
            self.assertTrue((FIXTURES / "26.03.1" / place["artifactLocation"]["uri"]).is_file())
        markdown, _ = self.audit(*source, "-o", "markdown")
        self.assertTrue(markdown.startswith("# "))
        self.assertEqual(len(yaml.safe_load(self.audit(*source, "-o", "yaml")[0])["findings"]), len(report["findings"]))
        only = json.loads(self.audit(*source, "-n", "auth", "-o", "json")[0])["findings"]
        self.assertEqual({f["object"]["namespace"] for f in only}, {"auth"})

    def test_rules(self):
        rules = json.loads(self.audit("--rules", "-o", "json")[0])["rules"]
        self.assertEqual([rule["id"] for rule in rules], [f"HA{i:02}" for i in range(1, 56)])
        self.assertIn("HA55", self.audit("--rules")[0])

    def test_stdin(self):
        out, _ = self.audit("--manifests", "-", "-o", "json", stdin=(SINGLE + "---\n" + SINGLE.replace("web", "api")).encode())
        self.assertEqual({f["file"] for f in json.loads(out)["findings"]}, {"stdin"})
        # A pipe that never ends is left on Ctrl C.
        with subprocess.Popen([CAIRNCTL, "audit", "--manifests", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
            time.sleep(0.5)
            waiting.send_signal(signal.SIGINT)
            self.assertEqual(waiting.wait(20), FAILED)

    def test_bad_input(self):
        # The good part is judged, and what is wrong has its place.
        out, err = self.audit("--manifests", "-", "-o", "json", stdin=b"a: [\n---\n" + SINGLE.encode(), expect=FAILED)
        self.assertTrue(json.loads(out)["findings"])
        self.assertRegex(err, r"stdin:[12]:\d")
        self.audit("--manifests", "-", "--fail-on", "high", stdin=b"a: [\n---\n" + SINGLE.encode(), expect=THRESHOLD)
        for bad, code in ((b"", NOT_FOUND), (b"# nothing", NOT_FOUND), (bytes(range(256)) * 64, FAILED), (b"[" * 200000, FAILED)):
            with self.subTest(bad[:8]):
                out, err = self.audit("--manifests", "-", stdin=bad, expect=code)
                self.assertEqual(out, "")
                self.assertTrue(err)
        self.audit("--manifests", self.folder / "absent", expect=NOT_FOUND)
        self.audit("--manifests", self.folder, expect=NOT_FOUND)
        for wrong in (("--fail-on", "node"), ("-o", "xml"), ("--manifests", ""), ("--rules", "-o", "sarif"), ("--helm-values", "x"), ("extra",)):
            self.audit(*wrong, expect=USAGE)

    def test_a_folder_with_links_and_text_that_deceives(self):
        self.written("tree/a.yaml", SINGLE.replace("name: web, namespace", "name: \"we\\u202eb\\nx\", namespace"))
        self.written("outside.yaml", SINGLE.replace("web", "secretly"))
        (self.folder / "tree/link.yaml").symlink_to(self.folder / "outside.yaml")
        (self.folder / "tree/loop").symlink_to(self.folder / "tree")
        out, err = self.audit("--manifests", "tree", expect=FAILED)
        self.assertNotIn("secretly", out)
        self.assertIn("link.yaml", err)
        self.assertNotIn("\u202e", out + err)
        self.audit("--manifests", "tree", "-o", "markdown", expect=FAILED)

    def test_secrets_of_manifests_are_not_shown(self):
        secret = ("apiVersion: v1\nkind: Secret\nmetadata: {name: mlpipeline-minio-artifact, namespace: kubeflow}\n"
                  "stringData: {accesskey: canary-4711, secretkey: minio123}\n")
        for form in ("table", "json", "yaml", "sarif", "markdown"):
            out, err = self.audit("--manifests", "-", "-o", form, stdin=secret.encode())
            self.assertIn("HA32", out)
            self.assertNotIn("canary-4711", out + err)
            self.assertNotIn("minio123", out + err)


if __name__ == "__main__":
    unittest.main()
