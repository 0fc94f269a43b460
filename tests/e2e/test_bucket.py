# SPDX-License-Identifier: GPL-3.0-or-later
"""cairnctl checkpoints s3://… against a real S3 server: the same verdicts as for the same files in a folder, and what it
says when keys, regions, certificates and servers are wrong. Needs no cluster."""

import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from object_store import KEY, REGION, SECRET, ObjectStore, certificate  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
FIXTURES = ROOT / "tests/fixtures/checkpoints"
OK, FAILED, USAGE, NOT_FOUND, REFUSED, THRESHOLD = range(6)


class Bucket(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="cairn-store-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.runs = cls.folder / "runs"
        for name in ("dcp", "hf", "safetensors", "torch"):
            # Copied, not linked: both sides are then as old as this test.
            shutil.copytree(FIXTURES / name, cls.runs / name, copy_function=shutil.copyfile)
        cls.store = cls.enterClassContext(ObjectStore(cls.folder))
        cls.store.make_bucket("ckpt")
        cls.store.upload(cls.runs, "ckpt", "team a/runs+1/")
        for number in range(1100):  # two pages
            cls.store.request("PUT", f"/ckpt/many/step-{number:08d}/notes.txt", b"x")
        cls.store.upload(FIXTURES / "torch/run", "ckpt", "many/")

    def cairnctl(self, *args, expect=OK, keys=(KEY, SECRET), **environment):
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and "proxy" not in name.lower()}
        env |= {"LC_ALL": "C.UTF-8", "KUBECONFIG": "/nowhere"}
        if keys:
            env |= {"AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1]}
        done = subprocess.run([CAIRNCTL, "checkpoints", *args], capture_output=True, timeout=120, check=False,
                              env=env | {name: str(value) for name, value in environment.items()})
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{out}\n{err}")
        self.assertNotIn(SECRET, out + err)
        return out, err

    def bucket(self, target, *args, **more):
        return self.cairnctl(target, "--endpoint", self.store.endpoint, *args, **more)

    @staticmethod
    def facts(text):
        return {c["path"]: c for run in json.loads(text)["runs"] for c in run["checkpoints"]}

    def test_verdicts_are_those_of_the_folder(self):
        local = self.facts(self.cairnctl(f"{self.runs}/", "-o", "json")[0])
        out, _ = self.bucket("s3://ckpt/team a/runs+1", "-o", "json")
        listing = json.loads(out)
        remote = self.facts(out)
        self.assertEqual(listing["source"], "bucket")
        self.assertFalse(listing["partial"], listing["notes"])
        self.assertGreater(len(local), 25)
        self.assertEqual(sorted(remote), sorted(local))
        unread = []
        for path, here in local.items():
            there = remote[path]
            for field in ("format", "step", "stepSource", "epoch", "bytes", "files"):
                self.assertEqual(there[field], here[field], f"{path}: {field}")
            if "contents not read" in there["reason"] and here["verdict"] == "damaged":
                unread.append(path)  # only a folder has every checksum checked
            else:
                self.assertEqual((there["verdict"], there["resumable"]), (here["verdict"], here["resumable"]), path)
        self.assertLessEqual(len(unread), 2, unread)
        self.assertEqual({c["verdict"] for c in remote.values()}, {"whole", "writing", "unverified", "damaged"})

    def test_pages(self):
        out, _ = self.bucket("s3://ckpt/many", "-o", "json")
        self.assertFalse(json.loads(out)["partial"])
        self.assertIn("step-00000300.pt", self.facts(out))

    def test_styles_and_regions(self):
        port = self.store.port
        self.bucket("s3://ckpt/many", "--region", REGION)
        self.bucket("s3://ckpt/many", "--path-style", AWS_REGION=REGION)
        self.bucket("s3://ckpt/many", AWS_DEFAULT_REGION="eu-central-1")  # the store names the right one
        self.cairnctl("s3://ckpt/many", "--virtual-host", AWS_ENDPOINT_URL=f"http://localhost:{port}")
        self.cairnctl("s3://ckpt/many", AWS_ENDPOINT_URL_S3=self.store.endpoint, AWS_ENDPOINT_URL="http://127.0.0.1:1")

    def test_plain_http_is_said(self):
        _, err = self.bucket("s3://ckpt/many")
        self.assertIn("not encrypted", err)

    def test_tls_needs_its_authority(self):
        with tempfile.TemporaryDirectory(prefix="cairn-store-") as folder:
            tls = certificate(folder)
            with ObjectStore(folder, tls) as store:
                store.make_bucket("ckpt")
                store.upload(FIXTURES / "torch/run", "ckpt", "run/")
                out, err = self.cairnctl("s3://ckpt/run", "--endpoint", store.endpoint, "-o", "json", AWS_CA_BUNDLE=tls[0])
                self.assertIn("step-00000300.pt", self.facts(out))
                self.assertEqual(err, "")
                _, err = self.cairnctl("s3://ckpt/run", "--endpoint", store.endpoint, expect=FAILED)
                self.assertIn("CURLE_PEER_FAILED_VERIFICATION", err)

    def test_as_it_is_by_its_versions(self):
        """A real list of versions, and objects read by theirs. The test server forgets when an old version was made, so
        what was there earlier is tested against canned answers."""
        with tempfile.TemporaryDirectory(prefix="cairn-store-") as folder, ObjectStore(folder, versions=True) as store:
            store.make_bucket("ckpt")
            store.keep_versions("ckpt")
            store.upload(FIXTURES / "torch/run", "ckpt", "run/")
            store.request("DELETE", "/ckpt/run/step-00000200.pt")

            def look(*args):
                return self.facts(self.cairnctl("s3://ckpt/run", "--endpoint", store.endpoint, "-o", "json", *args)[0])

            self.assertEqual(look("--as-of", "2100-01-01T00:00Z"), look())
            self.assertEqual({path: c["verdict"] for path, c in look().items()}, {f"step-00000{n}00.pt": "whole" for n in (1, 3)})
            self.cairnctl("s3://ckpt/run", "--endpoint", store.endpoint, "--as-of", "2020-01-01T00:00Z", expect=NOT_FOUND)
        # A bucket without versions says so.
        out, _ = self.bucket("s3://ckpt/many", "-o", "json", "--as-of", "2100-01-01T00:00Z")
        self.assertIn("keeps no versions", json.loads(out)["notes"][0])
        self.bucket("s3://ckpt/many", "--as-of", "yesterday", expect=USAGE)
        self.cairnctl(f"{self.runs}/", "--as-of", "2100-01-01T00:00Z", expect=USAGE)

    def test_wrong_keys(self):
        _, err = self.bucket("s3://ckpt/many", keys=(KEY, "wrong/secret"), expect=FAILED)
        self.assertIn("secret key", err)
        self.assertNotIn("wrong/secret", err)
        _, err = self.bucket("s3://ckpt/many", keys=("nobody", SECRET), expect=FAILED)
        self.assertIn("does not know the access key", err)
        _, err = self.bucket("s3://ckpt/many", keys=None, expect=REFUSED)
        self.assertIn("AWS_ACCESS_KEY_ID", err)
        self.bucket("s3://ckpt/many", AWS_SESSION_TOKEN="stale", expect=FAILED)
        self.bucket("s3://ckpt/many", AWS_SECRET_ACCESS_KEY="", expect=FAILED)

    def test_what_is_not_there(self):
        self.bucket("s3://ckpt/nothing", expect=NOT_FOUND)
        self.bucket("s3://nobucket/x", expect=NOT_FOUND)
        self.bucket("s3://", expect=FAILED)
        self.bucket("s3://ckpt/x", "--path-style", "--virtual-host", expect=USAGE)
        self.cairnctl("s3://ckpt/x", "--endpoint", "http://127.0.0.1:1", expect=FAILED)

    def test_damaged_is_a_threshold(self):
        self.bucket("s3://ckpt/team a/runs+1", "--fail-on-damaged", expect=THRESHOLD)

    def test_keys_stay_with_the_endpoint(self):
        """A redirect to another server, which would like to see them."""
        seen = []

        class Other(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.path)
                self.send_error(404)

        class Redirects(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(307)
                self.send_header("Location", f"http://127.0.0.1:{other.server_port}{self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        other, redirects = (http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (Other, Redirects))
        for server in (other, redirects):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
        _, err = self.cairnctl("s3://ckpt/run", "--endpoint", f"http://127.0.0.1:{redirects.server_port}", expect=FAILED)
        self.assertIn(f"127.0.0.1:{other.server_port}", err)
        self.assertEqual(seen, [])


if __name__ == "__main__":
    unittest.main()
