# SPDX-License-Identifier: GPL-3.0-or-later
"""Installed with apt in a fresh Debian 12 of its own, started there, and purged without leaving a file. Needs root, debootstrap
and a mirror."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from debs import ROOT, deb, out  # noqa: E402

# What belongs to apt and to the libraries that come and go.
NOT_OURS = ("proc", "sys", "dev", "tmp", "run", "var/lib/apt", "var/lib/dpkg", "var/cache", "var/log", "root")


def mirror():
    """That of this machine, which may be none of Debian's own."""
    for line in out("apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages").splitlines():
        if "security" not in line:
            return line
    return "http://deb.debian.org/debian"


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="cairn-root-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name) / "root"
        out("debootstrap", "--variant=minbase", "bookworm", cls.root, mirror())
        for name in ("etc/apt/apt.conf.d", "etc/apt/trusted.gpg.d", "etc/apt/keyrings"):
            if (Path("/") / name).is_dir():
                shutil.copytree(Path("/") / name, cls.root / name, dirs_exist_ok=True)
        shutil.copy("/etc/resolv.conf", cls.root / "etc/resolv.conf")
        for package in ("cairn", "cairnctl"):
            shutil.copy(deb(package), cls.root / "tmp")
        shutil.copytree(ROOT / "tests/fixtures/checkpoints/torch/run", cls.root / "tmp/runs")

    def inside(self, *argv):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "QT_QPA_PLATFORM": "offscreen"}
        env |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        return out("chroot", self.root, *argv, env=env)

    def files(self):
        found = set()
        for folder, folders, names in os.walk(self.root):
            here = os.path.relpath(folder, self.root)
            folders[:] = [name for name in folders if os.path.normpath(os.path.join(here, name)) not in NOT_OURS]
            found.update(os.path.normpath(os.path.join(here, name)) for name in names)
        return found

    def test_installs_works_and_goes(self):
        before = self.files()
        self.inside("apt-get", "update")
        for package in ("cairnctl", "cairn"):  # the window takes the place of the other
            self.inside("sh", "-c", f"apt-get install --yes --no-install-recommends /tmp/{package}_*.deb")
            self.assertIn("300", self.inside("cairnctl", "checkpoints", "/tmp/runs/"))
        self.assertNotIn("ii  cairnctl", self.inside("dpkg", "-l"))
        self.inside("cairn", "--exit-after-startup")
        self.inside("apt-get", "purge", "--yes", "--auto-remove", "cairn")
        left = {name for name in self.files() - before if "cairn" in name.lower()}
        self.assertEqual(left, set())


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("needs root")
    unittest.main()
