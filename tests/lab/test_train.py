# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo training on this machine, without a cluster: what it promises about checkpoints, it keeps."""

import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "resources/templates/pytorch/train.py"
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's torch


def losses(text):
    """{step: the line's loss}, the last one printed for each step."""
    return {int(step): loss for step, loss in re.findall(r"^step=(\d+) epoch=\d+ loss=(\S+)$", text, re.M)}


class TrainTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cairn train ")
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def start(self, folder, **settings):
        env = {"PATH": "/usr/bin:/bin", "CHECKPOINT_DIR": str(self.home / folder),
               **{name: str(value) for name, value in settings.items()}}
        process = subprocess.Popen([PYTHON, str(SCRIPT)], env=env, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def train(self, folder, expect=0, **settings):
        process = self.start(folder, **settings)
        text, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expect, text)
        return text

    def read_until(self, process, pattern, times=1):
        """Read what a training prints until a line has matched so many times; the match of the last."""
        for line in process.stdout:
            if match := re.search(pattern, line):
                times -= 1
                if times == 0:
                    return match
        self.fail(f"the training ended before it printed {pattern}")

    def steps(self, folder):
        return sorted(int(p.stem[5:]) for p in (self.home / folder).glob("step-*.pt"))

    def file(self, folder, step):
        return self.home / folder / f"step-{step:08d}.pt"

    def weights(self, path):
        """The exact numbers in a checkpoint, as text."""
        code = ("import sys, torch; s = torch.load(sys.argv[1]); "
                "print([t.numpy().tobytes().hex() for t in s['model'].values()], s['rng']['torch'].sum().item())")
        return subprocess.run([PYTHON, "-c", code, str(path)], text=True, capture_output=True, check=True).stdout

    def test_resumed_training_is_bit_identical(self):
        whole = self.train("whole", TOTAL_STEPS=160, CHECKPOINT_EVERY_STEPS=35, CHECKPOINT_KEEP_LAST=0)
        self.assertEqual(self.steps("whole"), [35, 70, 105, 140, 160])
        resumed = self.train("resumed", TOTAL_STEPS=160, CHECKPOINT_EVERY_STEPS=35, CHECKPOINT_KEEP_LAST=0,
                             RESUME_FROM_CHECKPOINT=self.file("whole", 70))
        self.assertIn(f"resumed from {self.file('whole', 70)} at step 70\n", resumed)
        expected = losses(whole)
        self.assertEqual(losses(resumed), {step: expected[step] for step in range(71, 161)})
        self.assertEqual(self.weights(self.file("resumed", 160)), self.weights(self.file("whole", 160)))

    def test_it_learns(self):
        found = losses(self.train("learn", TOTAL_STEPS=300))
        self.assertLess(float(found[300]), float(found[1]) / 2)

    def test_term_saves_and_ends_well(self):
        process = self.start("term", TOTAL_STEPS=100000, STEP_DELAY=3600, CHECKPOINT_EVERY_STEPS=1000)
        self.read_until(process, r"^step=1 ")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=120)  # so it does not finish its delay first
        self.assertEqual(process.returncode, 0, rest)
        self.assertRegex(rest, r"saved \S.*step-00000001\.pt step=1 in \d+\.\d{3} s\nstopped by a signal at step 1\n")
        self.assertEqual(self.steps("term"), [1])

    def test_term_while_it_starts(self):
        process = self.start("early", TOTAL_STEPS=100000)
        self.await_handler(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)

    def await_handler(self, pid):
        """Wait until a process catches SIGTERM."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            caught = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
            if int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
                return
            time.sleep(0.01)
        self.fail("no handler for SIGTERM")

    def test_killed_after_a_resume_it_goes_on_from_its_own_newest(self):
        self.train("first", TOTAL_STEPS=100, CHECKPOINT_EVERY_STEPS=50)
        settings = {"CHECKPOINT_EVERY_STEPS": 10, "TOTAL_STEPS": 100000, "STEP_DELAY": 0.02,
                    "RESUME_FROM_CHECKPOINT": self.file("first", 50)}
        process = self.start("second", **settings)
        self.read_until(process, r"^resumed from .*first/step-00000050\.pt at step 50$")
        second_save = int(self.read_until(process, r"^saved .* step=(\d+) in", times=2)[1])
        self.assertEqual(second_save, 70)
        process.kill()
        process.wait()
        newest = self.steps("second")[-1]
        self.assertGreaterEqual(newest, 70)
        process = self.start("second", **settings)
        match = self.read_until(process, r"^resumed from (.*) at step (\d+)$")
        self.assertEqual((match[1], int(match[2])), (str(self.file("second", newest)), newest))

    def test_keeps_the_last(self):
        self.train("keep", TOTAL_STEPS=100, CHECKPOINT_EVERY_STEPS=10, CHECKPOINT_KEEP_LAST=3)
        self.assertEqual(self.steps("keep"), [80, 90, 100])
        self.assertEqual(len(list((self.home / "keep").iterdir())), 3, "nothing but checkpoints may be left")

    def test_steps_and_epochs_combine(self):
        # 1600 samples in batches of 32: an epoch is 50 steps.
        self.train("combined", TOTAL_STEPS=120, CHECKPOINT_EVERY_STEPS=40, CHECKPOINT_EVERY_EPOCHS=1,
                   CHECKPOINT_KEEP_LAST=0)
        self.assertEqual(self.steps("combined"), [40, 50, 80, 100, 120])
        self.train("epochs", TOTAL_STEPS=210, CHECKPOINT_EVERY_EPOCHS=2, CHECKPOINT_KEEP_LAST=0)
        self.assertEqual(self.steps("epochs"), [100, 200, 210])

    def test_saves_by_the_clock(self):
        process = self.start("often", TOTAL_STEPS=100000, CHECKPOINT_EVERY_SECONDS=0.2, STEP_DELAY=0.01)
        self.read_until(process, r"^saved ", times=2)
        self.train("seldom", TOTAL_STEPS=30, CHECKPOINT_EVERY_SECONDS=3600)
        self.assertEqual(self.steps("seldom"), [30], "only at the end")

    def test_damaged_newest_is_skipped(self):
        self.train("damaged", TOTAL_STEPS=40, CHECKPOINT_EVERY_STEPS=20)
        newest = self.file("damaged", 40)
        newest.write_bytes(newest.read_bytes()[:1000])
        text = self.train("damaged", TOTAL_STEPS=30, CHECKPOINT_EVERY_STEPS=20, CHECKPOINT_KEEP_LAST=1)
        self.assertIn(f"skipped {newest}: it cannot be loaded", text)
        self.assertIn(f"resumed from {self.file('damaged', 20)} at step 20", text)
        self.assertEqual(self.steps("damaged"), [30, 40], "the good one is kept, and the damaged one is not touched")

    def test_an_interrupted_save_is_no_checkpoint(self):
        self.train("cut", TOTAL_STEPS=20, CHECKPOINT_EVERY_STEPS=20)
        (self.home / "cut/.step-00000040.tmp").write_bytes(b"half")
        text = self.train("cut", TOTAL_STEPS=20)
        self.assertIn("at step 20", text)
        self.assertEqual([p.name for p in (self.home / "cut").iterdir()], ["step-00000020.pt"])

    def test_latest_with_nothing_there_starts_from_scratch(self):
        text = self.train("latest", TOTAL_STEPS=2, RESUME_FROM_CHECKPOINT="latest")
        self.assertTrue(text.startswith("starting from scratch\nstep=1 epoch=1 loss="), text)

    def test_a_chosen_checkpoint_that_is_gone_is_an_error(self):
        text = self.train("gone", expect=1, RESUME_FROM_CHECKPOINT=self.home / "no/step-00000001.pt")
        self.assertIn("error: RESUME_FROM_CHECKPOINT=", text)
        self.assertNotIn("Traceback", text)

    def test_a_wrong_number_is_an_error(self):
        text = self.train("number", expect=1, CHECKPOINT_EVERY_STEPS="often")
        self.assertIn("error: CHECKPOINT_EVERY_STEPS is 'often', which is not a number", text)


if __name__ == "__main__":
    unittest.main()
