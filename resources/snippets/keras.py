# SPDX-License-Identifier: GPL-3.0-or-later
# Saves and restores a Keras training. Reads CHECKPOINT_DIR, CHECKPOINT_EVERY_STEPS and RESUME_FROM_CHECKPOINT.
import os
from pathlib import Path

import keras

folder = Path(os.environ["CHECKPOINT_DIR"])
every = int(os.environ.get("CHECKPOINT_EVERY_STEPS") or 0)
named = os.environ.get("RESUME_FROM_CHECKPOINT", "")
folder.mkdir(parents=True, exist_ok=True)

callbacks = [
    # Goes on at the step it stopped at. Its file stays, so that the list of checkpoints shows it.
    keras.callbacks.BackupAndRestore(str(folder / "backup"), save_freq=every or "epoch", delete_checkpoint=False),
    # One file for each save, to go back to. Keras deletes none of them.
    keras.callbacks.ModelCheckpoint(str(folder / "epoch-{epoch:04d}.keras"), save_freq="epoch"),
]

# model.compile(...)
# if named and named != "latest" and not any((folder / "backup").glob("*")):
#     model = keras.models.load_model(named)
# model.fit(data, epochs=epochs, callbacks=callbacks)
