# SPDX-License-Identifier: GPL-3.0-or-later
# Saves and restores a TensorFlow training of your own loop. Reads CHECKPOINT_DIR, CHECKPOINT_EVERY_STEPS,
# CHECKPOINT_KEEP_LAST and RESUME_FROM_CHECKPOINT (the prefix of one checkpoint, without ".index").
import os

import tensorflow as tf

every = int(os.environ.get("CHECKPOINT_EVERY_STEPS") or 500)
keep = int(os.environ.get("CHECKPOINT_KEEP_LAST") or 3)
named = os.environ.get("RESUME_FROM_CHECKPOINT", "")


def manager_of(model, optimizer, step):
    """`step` is a tf.Variable. Restored are the newest, else the named one, else nothing."""
    checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, step=step)
    manager = tf.train.CheckpointManager(checkpoint, os.environ["CHECKPOINT_DIR"], max_to_keep=keep or None)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint)
    elif named and named != "latest":
        checkpoint.restore(named)
    return manager


# manager = manager_of(model, optimizer, step)
# while step < total:
#     ...
#     step.assign_add(1)
#     if step % every == 0:
#         manager.save(checkpoint_number=step)
