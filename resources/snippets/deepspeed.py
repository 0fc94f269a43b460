# SPDX-License-Identifier: GPL-3.0-or-later
# Saves and restores a DeepSpeed engine. All ranks call both. Reads CHECKPOINT_DIR, CHECKPOINT_EVERY_STEPS,
# CHECKPOINT_KEEP_LAST and RESUME_FROM_CHECKPOINT (the folder of one checkpoint).
import os
import shutil
from pathlib import Path

folder = Path(os.environ["CHECKPOINT_DIR"])
every = int(os.environ.get("CHECKPOINT_EVERY_STEPS") or 500)
keep = int(os.environ.get("CHECKPOINT_KEEP_LAST") or 3)


def save(engine, step):
    engine.save_checkpoint(str(folder), tag=f"global_step{step}", client_state={"step": step})
    if engine.global_rank == 0 and keep:
        tags = sorted(folder.glob("global_step*"), key=lambda path: int(path.name[11:]))
        for old in tags[:-keep]:
            shutil.rmtree(old)


def restore(engine):
    """The step to go on from: of the checkpoint that `latest` names, else of the named one, else 0."""
    path, state = engine.load_checkpoint(str(folder)) if (folder / "latest").exists() else (None, None)
    named = os.environ.get("RESUME_FROM_CHECKPOINT", "")
    if path is None and named and named != "latest":
        path, state = engine.load_checkpoint(str(Path(named).parent), tag=Path(named).name)
    return state["step"] if path else 0
