# SPDX-License-Identifier: GPL-3.0-or-later
# Saves and restores a JAX training with Orbax. All processes call both. Reads CHECKPOINT_DIR, CHECKPOINT_EVERY_STEPS,
# CHECKPOINT_KEEP_LAST and RESUME_FROM_CHECKPOINT (the folder of one step).
import os
from pathlib import Path

import orbax.checkpoint as ocp

every = int(os.environ.get("CHECKPOINT_EVERY_STEPS") or 500)
keep = int(os.environ.get("CHECKPOINT_KEEP_LAST") or 3)
named = os.environ.get("RESUME_FROM_CHECKPOINT", "")

manager = ocp.CheckpointManager(
    os.environ["CHECKPOINT_DIR"],
    options=ocp.CheckpointManagerOptions(save_interval_steps=every, max_to_keep=keep or None),
)


def restore(state):
    """(step, state) of the newest one, else of the named one, else (0, state)."""
    step = manager.latest_step()
    if step is not None:
        return step, manager.restore(step, args=ocp.args.StandardRestore(state))
    if named and named != "latest":
        path = Path(named)
        with ocp.CheckpointManager(path.parent) as other:
            return int(path.name), other.restore(int(path.name), args=ocp.args.StandardRestore(state))
    return 0, state


# step, state = restore(state)
# while step < total:
#     ...
#     step += 1
#     manager.save(step, args=ocp.args.StandardSave(state))  # saves at the interval alone
# manager.wait_until_finished()
