# SPDX-License-Identifier: GPL-3.0-or-later
"""A Keras training with the lines that the wizard gives scripts to copy (resources/snippets/keras.py), here as the module
`saving`. On the environment contract of train.py; STEP_DELAY and TOTAL_STEPS as there.

A step is the optimizer's own count. It comes back with the weights: a training that began anew would count from 1.
"""

import os
import signal
import sys
import time

# As PID 1 the default would be to ignore it. Before Keras, which takes seconds to load.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

import keras  # noqa: E402
import numpy  # noqa: E402
from saving import callbacks, folder, named  # noqa: E402

STEPS = 20  # an epoch
delay = float(os.environ.get("STEP_DELAY", "0"))
total = int(os.environ.get("TOTAL_STEPS", "1000"))

generator = numpy.random.default_rng(20240601)
inputs = generator.random((STEPS * 16, 8))
targets = inputs.sum(axis=1, keepdims=True)


class Watch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch and not hasattr(self, "begun"):
            print(f"resumed from {folder / 'backup'} at step {int(self.model.optimizer.iterations)}, epoch {epoch}", flush=True)
        self.begun = True

    def on_train_batch_end(self, batch, logs=None):
        print(f"step={int(self.model.optimizer.iterations)} epoch={self.epoch + 1} loss={logs['loss']:.4f}", flush=True)
        time.sleep(delay)


model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
if named and named != "latest" and not any((folder / "backup").glob("*")):
    model = keras.models.load_model(named)
    print(f"resumed from {named} at step {int(model.optimizer.iterations)}", flush=True)
model.fit(inputs, targets, batch_size=16, epochs=total // STEPS, callbacks=[*callbacks, Watch()], verbose=0)
