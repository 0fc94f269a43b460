# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated nodes for the light lab: KWOK answers for four machines and for every pod placed on them."""

import yaml

from . import kube
from .binaries import binary
from .config import SOURCE
from .process import start
from .say import say, wait_until

NODES = {"sim-1": "zone-a", "sim-2": "zone-a", "sim-3": "zone-b", "sim-4": "zone-b"}
CAPACITY = {"cpu": "32", "memory": "256Gi", "pods": "110", "ephemeral-storage": "500Gi", "nvidia.com/gpu": "8"}


def up(lab):
    config = lab.dir / "kwok.yaml"
    stages = (SOURCE / "seed/kwok-stages.yaml").read_text()
    logs = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "training"},
            "spec": {"logs": [{"logsFile": str(_log(lab)), "previousLogsFile": str(_log(lab)), "follow": True}]}}
    config.write_text(stages + "---\n" + yaml.safe_dump(logs))
    port = lab.port("kwok")
    start(lab, "kwok", binary(lab, "kwok"), "--kubeconfig", lab.pki / "kwok.kubeconfig", "--config", config,
          "--manage-all-nodes=true", "--node-lease-duration-seconds=40", "--node-ip=127.0.0.1",
          f"--node-port={port}", f"--server-address=127.0.0.1:{port}",
          f"--tls-cert-file={lab.pki}/apiserver.crt", f"--tls-private-key-file={lab.pki}/apiserver.key")
    kube.apply(lab, [_node(name, zone) for name, zone in NODES.items()])
    wait_until(lambda: kube.nodes_not_ready(lab, NODES), "the simulated nodes are ready", 60, lab.log("kwok"))
    say(f"{len(NODES)} simulated nodes are ready")


def _node(name, zone):
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name,
                         "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
                                    "kubernetes.io/arch": "amd64", "topology.kubernetes.io/zone": zone,
                                    "type": "kwok", "nvidia.com/gpu.product": "Simulated-GPU"}},
            "status": {"capacity": CAPACITY, "allocatable": CAPACITY}}


def _log(lab):
    """What every simulated container has printed, in the form in which kubelets keep logs."""
    path = lab.dir / "simulated.log"
    lines = ["starting from scratch"]
    for step in range(1, 401):
        lines.append(f"step={step} epoch={1 + step // 100} loss={2.3 / (1 + step / 40):.4f}")
        if step % 100 == 0:
            lines.append(f"saved /checkpoints/step-{step:08d}.pt step={step} in 0.012 s")
    path.write_text("".join(f"2026-01-01T00:{n // 60:02d}:{n % 60:02d}.000000000Z stdout F {line}\n"
                            for n, line in enumerate(lines)))
    return path
