# SPDX-License-Identifier: GPL-3.0-or-later
# Saves and restores a PyTorch training. Reads CHECKPOINT_DIR, CHECKPOINT_EVERY_STEPS, CHECKPOINT_KEEP_LAST and
# RESUME_FROM_CHECKPOINT. Several processes: call save() on rank 0 alone, restore() on all of them.
import os
from pathlib import Path

import torch

folder = Path(os.environ["CHECKPOINT_DIR"])
safe = int(torch.__version__.split(".")[0]) >= 2  # the reader of weights of 1.13 knows no floats
every = int(os.environ.get("CHECKPOINT_EVERY_STEPS") or 500)
keep = int(os.environ.get("CHECKPOINT_KEEP_LAST") or 3)


def save(step, model, optimizer):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:08d}.pt"
    half = path.with_name(path.name + ".tmp")
    torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, half)
    with open(half, "rb") as file:
        os.fsync(file.fileno())
    os.replace(half, path)  # its name says that it is whole
    for old in sorted(folder.glob("step-*.pt"))[:-keep] if keep else []:
        old.unlink()


def restore(model, optimizer):
    """The step to go on from: of the newest whole checkpoint, else of the named one, else 0."""
    named = os.environ.get("RESUME_FROM_CHECKPOINT", "")
    paths = sorted(folder.glob("step-*.pt"), reverse=True)
    if named and named != "latest":
        paths.append(Path(named))
    for path in paths:
        try:
            state = torch.load(path, map_location="cpu", weights_only=safe)
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            return state["step"]
        except Exception as error:  # half written, or of another model: the one before may do
            print(f"{path} cannot be used: {error}", flush=True)
    return 0


# step = restore(model, optimizer)
# while step < total:
#     ...
#     step += 1
#     if step % every == 0:
#         save(step, model, optimizer)
