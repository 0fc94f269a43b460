# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages of installer/build deb, which is run where they are not there yet."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = Path(os.environ.get("CAIRN_PACKAGES", ROOT / "build/packages"))


def deb(name):
    """The one file of that package."""
    if not (PACKAGES / "SHA256SUMS").is_file():
        subprocess.run([ROOT / "installer/build", "deb"], check=True)
    found = sorted(PACKAGES.glob(f"{name}_*.deb"))
    assert len(found) == 1, f"{name} in {PACKAGES}: {found}"
    return found[0]


def out(*argv, **more):
    """What a command prints; it has to succeed."""
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{argv}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
