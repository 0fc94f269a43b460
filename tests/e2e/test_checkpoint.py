# SPDX-License-Identifier: GPL-3.0-or-later
"""cairnctl checkpoint verify and compare on folders and on a real S3 server. Needs no cluster."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from object_store import KEY, SECRET, ObjectStore  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
FIXTURES = ROOT / "tests/fixtures/checkpoints"
OK, FAILED, USAGE, NOT_FOUND, REFUSED, THRESHOLD = range(6)


class Checkpoint(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cairn-checkpoint-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.runs = self.folder / "runs"
        for name in ("dcp", "hf", "torch"):
            shutil.copytree(FIXTURES / name, self.runs / name)
        for path in self.runs.rglob("*"):  # long finished
            os.utime(path, (1_700_000_000, 1_700_000_000))

    def environment(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and "proxy" not in name.lower()}
        return env | {"LC_ALL": "C.UTF-8", "KUBECONFIG": "/nowhere", "XDG_DATA_HOME": str(self.folder / "data"),
                      "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}

    def cairnctl(self, *args, expect=OK):
        done = subprocess.run([CAIRNCTL, "checkpoint", *map(str, args)], capture_output=True, timeout=120, check=False, env=self.environment())
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{out}\n{err}")
        self.assertNotIn(SECRET, out + err)
        return out, err

    def flip(self, path, at):
        data = bytearray(path.read_bytes())
        data[at] ^= 0x10
        path.write_bytes(data)
        os.utime(path, (1_700_000_000, 1_700_000_000))

    def test_a_whole_one_is_proved_and_a_flipped_byte_found(self):
        path = self.runs / "torch/run/step-00000200.pt"
        out, _ = self.cairnctl("verify", path, "-o", "json")
        result = json.loads(out)
        self.assertEqual((result["path"], result["result"], len(result["files"])), ("step-00000200.pt", "proved", 1))
        self.assertEqual(result["bytes"], path.stat().st_size)
        self.assertGreater(result["checksummed"], 0)
        self.assertTrue((self.folder / "data/cairn/verified.sqlite").exists())
        self.assertEqual((self.folder / "data/cairn/verified.sqlite").stat().st_mode & 0o077, 0)
        at = path.read_bytes().index(b"data/0") + 80  # behind the padding
        self.flip(path, at)
        out, _ = self.cairnctl("verify", path, expect=THRESHOLD)
        self.assertIn("its CRC-32 does not match", out)
        self.assertIn("step-00000200.pt is damaged", out)

    def listed(self, target):
        done = subprocess.run([CAIRNCTL, "checkpoints", target, "-o", "json"], capture_output=True, timeout=120, check=True, env=self.environment())
        return {one["path"]: (one, run) for run in json.loads(done.stdout)["runs"] for one in run["checkpoints"]}

    def test_what_was_found_damaged_is_so_in_every_list(self):
        run = self.runs / "torch/run"
        path = run / "step-00000300.pt"
        self.assertEqual(self.listed(f"{run}/")[path.name][1]["latestResumable"], path.name)
        self.assertFalse((self.folder / "data/cairn").exists(), "a list begins no file")
        # Damage in small files a listing sees itself.
        self.cairnctl("verify", path)
        database = sqlite3.connect(self.folder / "data/cairn/verified.sqlite")
        (text,) = database.execute("SELECT result FROM verified").fetchone()
        database.execute("UPDATE verified SET result = ?", (json.dumps(json.loads(text) | {"result": "damaged", "reason": "Byte 7 is wrong."}),))
        database.commit()
        database.close()
        for target, name in ((f"{run}/", path.name), (f"{self.runs}/", f"torch/run/{path.name}")):
            found, its_run = self.listed(target)[name]
            self.assertEqual((found["verdict"], found["resumable"]), ("damaged", False))
            self.assertIn("Byte 7 is wrong.", found["reason"])
            self.assertTrue(its_run["latestResumable"].endswith("step-00000200.pt"))
        out, _ = self.cairnctl("verify", f"{run}/", "-o", "json")  # latest
        self.assertEqual(json.loads(out)["path"], "step-00000200.pt")
        os.utime(path, (1_700_000_100, 1_700_000_100))
        self.assertEqual(self.listed(f"{run}/")[path.name][0]["verdict"], "whole")

    def test_which_one_is_meant(self):
        run = self.runs / "torch/run"
        for which, found in (("latest", 300), ("step=100", 100), ("step-00000200.pt", 200)):
            out, _ = self.cairnctl("verify", f"{run}/", "--from", which, "-o", "json")
            self.assertEqual(json.loads(out)["path"], f"step-{found:08d}.pt")
        _, err = self.cairnctl("verify", f"{run}/", "--from", "step=7", expect=NOT_FOUND)
        self.assertIn('no checkpoint "step=7"', err)
        self.cairnctl("verify", f"{run}/missing.pt", expect=NOT_FOUND)
        self.cairnctl("verify", f"{run}/", "--from", "step=x", expect=USAGE)
        self.cairnctl("verify", expect=USAGE)
        self.cairnctl("weigh", f"{run}/", expect=USAGE)
        self.cairnctl("verify", f"{run}/", "--with", "latest", expect=USAGE)
        # A folder that is a checkpoint is meant itself.
        out, _ = self.cairnctl("verify", f"{self.runs}/dcp/step-100/", "-o", "json")
        self.assertEqual((json.loads(out)["path"], len(json.loads(out)["files"])), (".", 5))
        out, _ = self.cairnctl("verify", f"{self.runs}/dcp/step-100/")
        self.assertIn("\nstep-100 is held: ", out)

    def test_what_nothing_is_known_of_is_read_not_held(self):
        folder = self.folder / "garbage"
        folder.mkdir()
        (folder / "step-5.pkl").write_bytes(bytes(range(256)) * 20)
        os.utime(folder / "step-5.pkl", (1_700_000_000, 1_700_000_000))
        out, _ = self.cairnctl("verify", folder / "step-5.pkl")
        self.assertIn("step-5.pkl is read: step-5.pkl: read to its last byte; nothing about it can be checked.", out)
        listed = subprocess.run([CAIRNCTL, "checkpoints", f"{folder}/"], capture_output=True, check=True, env=self.environment()).stdout.decode()
        self.assertNotIn("*", listed)

    def test_a_missing_shard_is_damage_although_each_file_holds(self):
        out, _ = self.cairnctl("verify", f"{self.runs}/dcp/", "--from", "step-400", "-o", "json", expect=THRESHOLD)
        result = json.loads(out)
        self.assertIn("shards are there", result["reason"])
        self.assertNotIn("damaged", {file["result"] for file in result["files"] if file["path"].endswith("__0_0.distcp")})

    def test_two_are_compared(self):
        run = self.runs / "torch/run"
        out, _ = self.cairnctl("compare", run / "step-00000100.pt", run / "step-00000300.pt", "-o", "json")
        result = json.loads(out)
        self.assertEqual((result["a"]["step"], result["b"]["step"]), (100, 300))
        self.assertTrue(result["tensors"])
        self.assertEqual({tensor["difference"] for tensor in result["tensors"]}, {"same"})
        out, _ = self.cairnctl("compare", f"{run}/", "--from", "step=100", "--with", "step=200")
        self.assertIn("tensors have the same name, shape and type", out)
        out, _ = self.cairnctl("compare", f"{run}/", f"{self.runs}/dcp/", "--with", "step-100")
        self.assertIn("added", out)
        self.assertIn("only in A", out)
        # One target, and nothing that tells two of it apart.
        _, err = self.cairnctl("compare", f"{run}/", expect=USAGE)
        self.assertIn("A and B are both step-00000300.pt", err)
        self.cairnctl("compare", f"{run}/", "--with", "step=300", expect=USAGE)

    def test_ctrl_c_ends_it_and_keeps_nothing(self):
        large = self.folder / "large"
        large.mkdir()
        with open(large / "step-5.pt", "wb") as file:  # sparse: no zip, and hours of zeros
            file.write((self.runs / "torch/other/legacy_7.pt").read_bytes())
            file.truncate(1 << 42)
        process = subprocess.Popen([CAIRNCTL, "checkpoint", "verify", large / "step-5.pt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        while True:  # it says how far it is
            line = process.stderr.readline().decode()
            self.assertTrue(line, "it ended by itself")
            if " of 4 TiB" in line:
                break
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        _, err = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(process.returncode, FAILED, err.decode())

    def test_in_a_bucket(self):
        store = self.enterContext(ObjectStore(self.folder))
        store.make_bucket("ckpt")
        store.upload(self.runs, "ckpt", "runs/")
        endpoint = ("--endpoint", store.endpoint)
        for target, which, expect in (("torch/run", "step=200", OK), ("dcp", "step-100", OK), ("torch/damaged", "step-00000300.pt", None)):
            here = subprocess.run([CAIRNCTL, "checkpoint", "verify", f"{self.runs}/{target}/", "--from", which, "-o", "json"], capture_output=True, check=False,
                                  env=self.environment())
            expect = here.returncode if expect is None else expect
            out, _ = self.cairnctl("verify", f"s3://ckpt/runs/{target}", "--from", which, *endpoint, "-o", "json", expect=expect)
            local, remote = json.loads(here.stdout), json.loads(out)
            self.assertEqual(remote["files"], local["files"])
            self.assertEqual(remote["result"], local["result"])
        out, _ = self.cairnctl("compare", "s3://ckpt/runs/torch/run", f"{self.runs}/torch/run/", "--from", "step=100", "--with", "step=100", *endpoint, "-o", "json")
        self.assertEqual({row["difference"] for row in json.loads(out)["tensors"] + json.loads(out)["files"]}, {"same"})


if __name__ == "__main__":
    unittest.main()
