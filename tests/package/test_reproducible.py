# SPDX-License-Identifier: GPL-3.0-or-later
"""Two builds of one commit, in two folders and without a compiler's cache, are the same packages byte by byte."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from debs import ROOT  # noqa: E402


class Reproducible(unittest.TestCase):
    def test_two_builds_are_alike(self):
        sums = []
        with tempfile.TemporaryDirectory(prefix="cairn-twice-") as folder:
            for name in ("first", "second-with-a-longer-name"):
                tree = Path(folder) / name
                subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, tree], check=True)
                subprocess.run(["installer/build", "deb"], check=True, cwd=tree, env={**os.environ, "CCACHE_DISABLE": "1"})
                sums.append((tree / "build/packages/SHA256SUMS").read_text(encoding="utf-8"))
        self.assertIn("cairn_", sums[0])
        self.assertEqual(*sums)


if __name__ == "__main__":
    unittest.main()
