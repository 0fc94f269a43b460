# SPDX-License-Identifier: GPL-3.0-or-later
"""cairnctl --keychain with a real Secret Service (GNOME Keyring on a D-Bus session of its own), and with none. Needs no
cluster and no desktop."""

import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
SECRET = "canary-kept/secret+key"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDKEPT", "AWS_SECRET_ACCESS_KEY": SECRET}


class Store(http.server.BaseHTTPRequestHandler):
    """A bucket without checkpoints that notes who asked."""

    def do_GET(self):
        self.server.seen.append(self.headers.get("Authorization", ""))
        body = b"<ListBucketResult><Contents><Key>run/notes.txt</Key><Size>1</Size></Contents></ListBucketResult>"
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class KeysInAKeychain(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cairn-keychain-")
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
        self.server.seen = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    def environment(self, keys):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "XDG_", "DBUS_", "DISPLAY", "GNOME_"))}
        env |= {"HOME": str(self.home), "LC_ALL": "C.UTF-8", **keys}
        for name in ("CONFIG_HOME", "DATA_HOME", "CACHE_HOME", "RUNTIME_DIR"):
            folder = self.home / name.lower()
            folder.mkdir(mode=0o700, exist_ok=True)
            env[f"XDG_{name}"] = str(folder)
        return env

    def run_in(self, *prefix, script, keys):
        done = subprocess.run([*prefix, "sh", "-ec", script, "sh", str(CAIRNCTL), self.endpoint], env=self.environment(keys), cwd=self.home,
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        return done.stderr

    def files_with_the_secret(self):
        return [p for p in self.home.rglob("*") if p.is_file() and SECRET.encode() in p.read_bytes()]

    @unittest.skipUnless(shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session"), "no GNOME Keyring here")
    def test_kept_once_used_later_for_that_bucket_alone(self):
        # The daemon takes the password of its login collection on stdin.
        script = """printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null
            "$1" checkpoints s3://ckpt/run --endpoint "$2" --keychain
            unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
            "$1" checkpoints s3://ckpt/run --endpoint "$2" --keychain
            "$1" checkpoints s3://other/run --endpoint "$2" --keychain
            "$1" checkpoints s3://ckpt/run --endpoint "$2"
            """
        err = self.run_in("dbus-run-session", "--", script=script, keys=KEYS)
        self.assertEqual(["AKIDKEPT" in seen for seen in self.server.seen], [True, True, False, False], err)
        self.assertIn("no credentials for the bucket other", err)
        self.assertFalse(self.files_with_the_secret())

    def test_without_a_keychain_keys_stay_in_memory(self):
        err = self.run_in(script='"$1" checkpoints s3://ckpt/run --endpoint "$2" --keychain', keys=KEYS | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"})
        self.assertIn("stay in memory", err)
        self.assertEqual(len(self.server.seen), 1)
        self.assertFalse(self.files_with_the_secret())


if __name__ == "__main__":
    unittest.main()
