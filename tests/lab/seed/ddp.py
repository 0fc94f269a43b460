# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes of torch.distributed that learn one line together and average their gradients.

On the environment contract of train.py: the first one saves for both, and tells the others where it starts.
"""

import os
import signal
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist

signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as PID 1 the default would be to ignore it
torch.set_num_threads(1)
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
print(f"rank {rank} of {world} has joined", flush=True)

folder = Path(os.environ["CHECKPOINT_DIR"]) if os.environ.get("CHECKPOINT_DIR") else None
every = int(os.environ.get("CHECKPOINT_EVERY_STEPS", "0"))
keep = int(os.environ.get("CHECKPOINT_KEEP_LAST", "5"))


def save(state, step):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:08d}.pt"
    with open(path.with_suffix(".tmp"), "wb") as out:
        torch.save(state, out)
        out.flush()
        os.fsync(out.fileno())
    os.replace(path.with_suffix(".tmp"), path)
    for old in sorted(folder.glob("step-*.pt"))[:-keep or None]:
        old.unlink()


def start():
    """The newest checkpoint of this attempt that loads, else the named one, else scratch."""
    newest = sorted(folder.glob("step-*.pt"), reverse=True) if folder else []
    named = os.environ.get("RESUME_FROM_CHECKPOINT")
    for path in [*newest, *([Path(named)] if named else [])]:
        try:
            state = torch.load(path)
        except Exception as error:  # a file cut short; the named one has to load
            if path not in newest:
                sys.exit(f"error: {path} cannot be loaded: {error}")
            continue
        print(f"resumed from {path} at step {state['step']}", flush=True)
        return state
    return {"step": 0, "weight": torch.zeros(1)}


begin = start() if rank == 0 else {"step": 0, "weight": torch.zeros(1)}
step = torch.tensor([begin["step"]])
dist.broadcast(step, 0)
dist.broadcast(begin["weight"], 0)
weight = begin["weight"].clone().requires_grad_()
torch.manual_seed(rank + 1000 * int(step))
for step in range(int(step) + 1, int(os.environ.get("TOTAL_STEPS", "100")) + 1):
    x = torch.rand(32)
    loss = ((weight * x - 3 * x) ** 2).mean()
    gradient, = torch.autograd.grad(loss, weight)
    dist.all_reduce(gradient)
    with torch.no_grad():
        weight -= 0.05 * gradient / world
    print(f"step={step} epoch=1 loss={loss.item():.4f}", flush=True)
    if rank == 0 and folder and every and step % every == 0:
        save({"step": step, "weight": weight.detach().clone()}, step)
    time.sleep(float(os.environ.get("STEP_DELAY", "0")))
print(f"rank {rank} ends with weight={weight.item():.4f}", flush=True)
