# SPDX-License-Identifier: GPL-3.0-or-later
"""A PyTorch training that can be stopped at any time and goes on exactly where it was.

A template: keep `main` and `Checkpoints`, put your own model and data in place of `Training`'s.
What it is told, it is told by the environment:

  CHECKPOINT_DIR            folder for checkpoints; it is made if it is missing
  RESUME_FROM_CHECKPOINT    a checkpoint file to start from, or "latest", or empty
  CHECKPOINT_EVERY_STEPS    save every so many steps,
  CHECKPOINT_EVERY_EPOCHS   and at the end of every so many epochs,
  CHECKPOINT_EVERY_SECONDS  and whenever so many seconds have passed; all three may be combined
  CHECKPOINT_KEEP_LAST      how many checkpoints to keep; 0 keeps all
  TOTAL_STEPS               when to end
  STEP_DELAY                seconds to wait after each step, to make a small model slow enough to watch

It starts from the newest valid checkpoint in CHECKPOINT_DIR, else from RESUME_FROM_CHECKPOINT, else from
scratch. So a pod that is restarted after a resume goes on from its own newest checkpoint, and does not fall
back to the one that was chosen for the resume. "latest" asks for nothing more than that.
"""

import os
import random
import re
import signal
import sys
import threading
import time
from pathlib import Path

# As a container's first process this one gets no default handling of signals: without a handler SIGTERM does
# nothing, and the pod is killed when its grace period is over. Before torch, which takes seconds to load.
stop = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stop.set())

import torch  # noqa: E402
from torch import nn  # noqa: E402

SEED = 20240601
BATCH = 32


def say(text):
    print(text, flush=True)


class Settings:
    def __init__(self, environment):
        def number(name, default, kind=int):
            text = environment.get(name, "").strip()
            try:
                value = kind(text) if text else default
            except ValueError:
                sys.exit(f"error: {name} is '{text}', which is not a number")
            if value < 0:
                sys.exit(f"error: {name} is {text}, and must not be negative")
            return value

        self.folder = Path(environment.get("CHECKPOINT_DIR") or "checkpoints")
        self.resume = environment.get("RESUME_FROM_CHECKPOINT", "").strip()
        self.every_steps = number("CHECKPOINT_EVERY_STEPS", 0)
        self.every_epochs = number("CHECKPOINT_EVERY_EPOCHS", 0)
        self.every_seconds = number("CHECKPOINT_EVERY_SECONDS", 0.0, float)
        self.keep_last = number("CHECKPOINT_KEEP_LAST", 5)
        self.total_steps = number("TOTAL_STEPS", 1000)
        self.step_delay = number("STEP_DELAY", 0.0, float)
        if not (self.every_steps or self.every_epochs or self.every_seconds):
            self.every_steps = 100


class Training:
    """The model, its optimizer, its data, and everything else that decides what the next step does."""

    def __init__(self):
        random.seed(SEED)
        torch.manual_seed(SEED)
        self.inputs, self.labels = self._digits()
        self.model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 10))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.002)
        self.step = 0
        self.epoch = 1
        self.order = []  # this epoch's sequence of samples,
        self.position = 0  # and how far it has been used

    @staticmethod
    def _digits():
        """Noisy pictures of ten shapes, 8 by 8: enough to be learned, and nothing to download."""
        generator = torch.Generator().manual_seed(SEED)
        shapes = torch.rand(10, 64, generator=generator)
        labels = torch.arange(1600) % 10
        return shapes[labels] + 0.8 * torch.randn(1600, 64, generator=generator), labels

    def advance(self):
        """Train on the next batch. True if it was the last one of its epoch."""
        if self.position == 0:
            self.order = list(range(len(self.labels)))
            random.shuffle(self.order)
        batch = self.order[self.position:self.position + BATCH]
        inputs, labels = self.inputs[batch], self.labels[batch]
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(inputs), labels)
        loss.backward()
        self.optimizer.step()
        self.step += 1
        self.position += BATCH
        say(f"step={self.step} epoch={self.epoch} loss={loss.item():.4f}")
        if self.position < len(self.order):
            return False
        self.position = 0
        self.epoch += 1
        return True

    def state(self):
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "epoch": self.epoch,
            "data": {"order": self.order, "position": self.position},
            "rng": {"python": random.getstate(), "torch": torch.get_rng_state()},
        }

    def restore(self, state):
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        self.epoch = state["epoch"]
        self.order, self.position = state["data"]["order"], state["data"]["position"]
        random.setstate(state["rng"]["python"])
        torch.set_rng_state(state["rng"]["torch"])


class Checkpoints:
    """Files step-NNNNNNNN.pt in one folder. A file with that name is complete: it was renamed to it at the end."""

    def __init__(self, settings):
        self.folder = settings.folder
        self.settings = settings
        self.saved_at = time.monotonic()
        self.saved_step = None
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob(".step-*.tmp"):
            leftover.unlink()

    def files(self):
        """(step, file), newest first."""
        named = ((re.fullmatch(r"step-(\d+)\.pt", path.name), path) for path in self.folder.iterdir())
        return sorted(((int(match[1]), path) for match, path in named if match), reverse=True)

    def is_due(self, training, epoch_ended):
        settings = self.settings
        return bool(
            (settings.every_steps and training.step % settings.every_steps == 0)
            or (settings.every_epochs and epoch_ended and (training.epoch - 1) % settings.every_epochs == 0)
            or (settings.every_seconds and time.monotonic() - self.saved_at >= settings.every_seconds))

    def save(self, training):
        if training.step in (0, self.saved_step):
            return
        began = time.monotonic()
        path = self.folder / f"step-{training.step:08d}.pt"
        temporary = self.folder / f".{path.stem}.tmp"
        with open(temporary, "wb") as file:
            torch.save(training.state(), file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
        # The name is safe too only when the folder is on disk.
        descriptor = os.open(self.folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        self.saved_at = time.monotonic()
        self.saved_step = training.step
        say(f"saved {path} step={training.step} in {self.saved_at - began:.3f} s")
        if self.settings.keep_last:
            # A file of a later step is one that could not be loaded: it does not count as kept.
            past = [file for step, file in self.files() if step <= training.step]
            for old in past[self.settings.keep_last:]:
                old.unlink()

    def resume(self):
        """The training where it left off; see the top of this file for where that is."""
        for _, path in self.files():
            try:
                return self._load(path)
            except Exception as error:  # whatever a damaged file makes of itself, an older one is tried
                say(f"skipped {path}: it cannot be loaded ({type(error).__name__}: {_first_line(error)})")
        chosen = self.settings.resume
        if chosen and chosen != "latest":
            try:
                return self._load(Path(chosen))
            except Exception as error:
                # Not from scratch: that would hide the mistake, and days of training with it.
                sys.exit(f"error: RESUME_FROM_CHECKPOINT={chosen} cannot be loaded "
                         f"({type(error).__name__}: {_first_line(error)})")
        say("starting from scratch")
        return Training()

    def _load(self, path):
        training = Training()  # a new one for each try: a file that fails half-way leaves nothing of itself
        training.restore(torch.load(path, map_location="cpu"))
        if path.parent.resolve() == self.folder.resolve():
            self.saved_step = training.step
        say(f"resumed from {path} at step {training.step}")
        return training


def _first_line(error):
    return (str(error).strip().splitlines() or ["no reason given"])[0]


def main():
    settings = Settings(os.environ)
    run(settings, Checkpoints(settings))


def run(settings, checkpoints):
    # One thread and deterministic operations: the same steps give the same numbers, bit by bit.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    training = checkpoints.resume()
    while training.step < settings.total_steps and not stop.is_set():
        epoch_ended = training.advance()
        if checkpoints.is_due(training, epoch_ended):
            checkpoints.save(training)
        if settings.step_delay:
            stop.wait(settings.step_delay)
    checkpoints.save(training)
    if stop.is_set():
        say(f"stopped by a signal at step {training.step}")
    else:
        say(f"done at step {training.step}")


if __name__ == "__main__":
    main()
