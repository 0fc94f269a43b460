# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes of torch.distributed that learn one line together and average their gradients."""

import os
import signal
import sys
import time

import torch
import torch.distributed as dist

signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as PID 1 the default would be to ignore it
torch.set_num_threads(1)
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
print(f"rank {rank} of {world} has joined", flush=True)

torch.manual_seed(rank)
weight = torch.zeros(1, requires_grad=True)
for step in range(1, int(os.environ.get("TOTAL_STEPS", "100")) + 1):
    x = torch.rand(32)
    loss = ((weight * x - 3 * x) ** 2).mean()
    gradient, = torch.autograd.grad(loss, weight)
    dist.all_reduce(gradient)
    with torch.no_grad():
        weight -= 0.05 * gradient / world
    print(f"step={step} epoch=1 loss={loss.item():.4f}", flush=True)
    time.sleep(float(os.environ.get("STEP_DELAY", "0")))
print(f"rank {rank} ends with weight={weight.item():.4f}", flush=True)
