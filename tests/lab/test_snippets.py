# SPDX-License-Identifier: GPL-3.0-or-later
"""What the wizard gives scripts to copy: run as it stands, with real PyTorch; the rest as far as it runs without its framework."""

import ast
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

SNIPPETS = Path(__file__).resolve().parents[2] / "resources/snippets"


def run(code, **environment):
    """Run Python, and return what it printed."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": os.environ["PATH"], **environment})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.split()


class Snippets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_all_are_python_and_read_the_named_checkpoint(self):
        files = sorted(SNIPPETS.glob("*.py"))
        self.assertGreaterEqual(len(files), 8)
        for path in files:
            with self.subTest(path.name):
                ast.parse(path.read_text())
                self.assertIn("RESUME_FROM_CHECKPOINT", path.read_text())

    def torch(self, code, **environment):
        head = """
            model = torch.nn.Linear(2, 1)
            optimizer = torch.optim.Adam(model.parameters())
        """
        source = (SNIPPETS / "torch.py").read_text() + textwrap.dedent(head) + textwrap.dedent(code)
        return run(source, CHECKPOINT_DIR=str(self.folder / "c"), CHECKPOINT_KEEP_LAST="3", **environment)

    def test_torch_goes_on_where_it_was(self):
        before = self.torch("""
            print(restore(model, optimizer))
            for step in range(1, 8):
                optimizer.zero_grad()
                model(torch.ones(2)).sum().backward()
                optimizer.step()
                save(step, model, optimizer)
            print(float(model.weight.sum()))
        """)
        self.assertEqual(before[0], "0")
        self.assertEqual(sorted(p.name for p in (self.folder / "c").iterdir()), [f"step-{n:08d}.pt" for n in (5, 6, 7)])
        after = self.torch("print(restore(model, optimizer), float(model.weight.sum()), len(optimizer.state))")
        self.assertEqual(after, ["7", before[1], "2"])

    def test_torch_takes_the_one_before_a_damaged_one(self):
        self.torch("save(1, model, optimizer); save(2, model, optimizer)")
        newest = self.folder / "c/step-00000002.pt"
        newest.write_bytes(newest.read_bytes()[:300])
        self.assertEqual(self.torch("print(restore(model, optimizer))")[-1], "1")

    def test_torch_starts_from_the_named_one_in_a_fresh_folder(self):
        self.torch("save(4, model, optimizer)")
        named = self.folder / "named.pt"
        (self.folder / "c/step-00000004.pt").rename(named)
        self.assertEqual(self.torch("print(restore(model, optimizer))", RESUME_FROM_CHECKPOINT=str(named)), ["4"])
        self.assertEqual(self.torch("print(restore(model, optimizer))", RESUME_FROM_CHECKPOINT="latest"), ["0"])

    def newest(self, name, folder, **environment):
        source = (SNIPPETS / name).read_text().split("\narguments = ")[0]
        return run(source + f"\nprint(newest({str(folder)!r}))", **environment)

    def test_newest_of_the_trainer_is_whole(self):
        for step, files in {"100": ("trainer_state.json", "rng_state.pth"), "200": ("trainer_state.json",), "90": ("trainer_state.json", "rng_state.pth"),
                            "300": ("trainer_state.json", "rng_state.pth", "checkpoint-is-incomplete.txt")}.items():
            folder = self.folder / f"checkpoint-{step}"
            folder.mkdir()
            for file in files:
                (folder / file).touch()
        (self.folder / "checkpoint-best").mkdir()
        self.assertEqual(self.newest("huggingface.py", self.folder), [str(self.folder / "checkpoint-100")])
        # Of two processes each has a state of its own.
        self.assertEqual(self.newest("huggingface.py", self.folder, WORLD_SIZE="2"), ["None"])
        for rank in (0, 1):
            (self.folder / "checkpoint-200" / f"rng_state_{rank}.pth").touch()
        self.assertEqual(self.newest("huggingface.py", self.folder, WORLD_SIZE="2"), [str(self.folder / "checkpoint-200")])

    def test_an_empty_folder_takes_the_named_one(self):
        for name in ("huggingface.py", "ms-swift.py"):
            with self.subTest(name):
                self.assertEqual(self.newest(name, self.folder), ["None"])
                self.assertEqual(self.newest(name, self.folder, RESUME_FROM_CHECKPOINT="/c/checkpoint-5"), ["/c/checkpoint-5"])


if __name__ == "__main__":
    unittest.main()
