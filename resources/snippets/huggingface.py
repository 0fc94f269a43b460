# SPDX-License-Identifier: GPL-3.0-or-later
# Saving is done by the arguments. Restoring is not: the Trainer goes on only from the folder that it is handed.
import os
from pathlib import Path


def newest(folder):
    """The newest whole checkpoint, else the named one, else nothing."""
    world = int(os.environ.get("WORLD_SIZE", "1"))

    def whole(path):
        states = len(list(path.glob("rng_state*.pth")))
        return (path / "trainer_state.json").exists() and states == world and not list(path.glob("*is-incomplete*"))

    found = {int(path.name[11:]): path for path in Path(folder).glob("checkpoint-*") if path.name[11:].isdigit() and whole(path)}
    if found:
        return str(found[max(found)])
    return os.environ.get("RESUME_FROM_CHECKPOINT") or None


# trainer.train(resume_from_checkpoint=newest(args.output_dir))
