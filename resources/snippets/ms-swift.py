# SPDX-License-Identifier: GPL-3.0-or-later
# ms-swift goes on only from the folder that it is handed. Start it through this file instead of by its name.
import os
import subprocess
import sys
from pathlib import Path


def newest(folder):
    """The newest whole checkpoint, else the named one, else nothing."""
    found = {int(path.name[11:]): path for path in Path(folder).glob("checkpoint-*")
             if path.name[11:].isdigit() and (path / "trainer_state.json").exists()}
    return str(found[max(found)]) if found else os.environ.get("RESUME_FROM_CHECKPOINT")


arguments = sys.argv[1:]
folder = next((a.split("=", 1)[1] for a in arguments if a.startswith("--output_dir=")), "output")
start = newest(folder)
sys.exit(subprocess.call(["swift", "sft", *arguments, *(["--resume_from_checkpoint", start] if start else [])]))
