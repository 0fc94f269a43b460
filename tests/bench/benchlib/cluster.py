# SPDX-License-Identifier: GPL-3.0-or-later
"""An etcd and an apiserver of the bench's own, and what they are filled with. Parts of the lab, without its controllers:
nothing changes an object but the bench."""

import fcntl
import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from cairnlab import binaries, control, kube, pki, process
from cairnlab.config import Lab
from cairnlab.say import LabError

from .probe import Probe

GO = Path(__file__).resolve().parents[1] / "go"
OWN = ("cairnbench", "k9s")
LAB = ("etcd", "kube-apiserver", "kubectl", "training-operator", "versitygw")


def programs(lab, own=OWN, shared=LAB):
    binaries.ensure(lab, own, GO)
    binaries.ensure(lab, shared)


def program(lab, name):
    return binaries.binary(lab, name, GO) if name in OWN else binaries.binary(lab, name)


@contextmanager
def running():
    """A lab of the kind "bench" with an empty cluster. Nothing of it stays."""
    lab = Lab.at("bench")
    lock = os.open(lab.invoker.make(lab.invoker.cache / "bench") / "lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("another bench runs", "two at a time would measure each other") from None
        if lab.dir.exists():
            _clear(lab)
        lab.invoker.make(lab.dir.parent)
        lab.dir.mkdir(mode=0o700)
        lab.logs.mkdir()
        try:
            pki.make(lab)
            control.server(lab)
            yield lab
        finally:
            _clear(lab)
    finally:
        os.close(lock)


def _clear(lab):
    process.stop(lab, process.services(lab))
    process.end_pids(process.marked(lab))
    shutil.rmtree(lab.dir)


def tool(lab, command, **options):
    """A command of cairnbench, as a Probe."""
    given = {"kubeconfig": lab.kubeconfig, "etcd": f"https://127.0.0.1:{lab.port('etcd')}", "pki": lab.pki, **options}
    return Probe(command, [program(lab, "cairnbench"), command, *(f"-{name}={value}" for name, value in given.items())])


def _write(lab, command, seconds, **options):
    with tool(lab, command, **options) as writer:
        writer.finish(seconds)
        return writer


def add_pods(lab, first, last):
    """(bytes of a pod as JSON, bytes as stored)"""
    pod = _write(lab, "seed", 900, **{"from": first, "to": last}).find("pod")
    return pod["json"], pod["stored"]


def add_jobs(lab, count):
    crd = binaries.manifests(lab) / "base/crds/kubeflow.org_pytorchjobs.yaml"
    kube.apply(lab, kube.read_yaml(crd.read_text()))
    kube.wait_established(lab, ["pytorchjobs.kubeflow.org"])
    _write(lab, "jobs", 300, to=count)
    # Until its cache has them, the apiserver reads each page out of etcd.
    path = "/apis/kubeflow.org/v1/pytorchjobs?resourceVersion=0"
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        asked = subprocess.run([program(lab, "kubectl"), "--kubeconfig", lab.kubeconfig, "get", "--raw", path], capture_output=True)
        if asked.returncode == 0 and len(json.loads(asked.stdout)["items"]) == count:
            return
        time.sleep(0.5)
    raise LabError("the apiserver does not serve the jobs", asked.stderr.decode(errors="replace")[-300:])


def clear(lab, prefix):
    _write(lab, "clear", 120, prefix=prefix)


def settle(lab, pods):
    """Returns when the apiserver has all pods in its cache, and has sent them once."""
    with tool(lab, "informer", pods=pods) as informer:
        informer.wait(lambda: informer.find("full"), f"{pods} pods are served", 600)


def memory_of(lab, name):
    """MiB a service of the cluster has now."""
    for line in Path(f"/proc/{process.pid_of(lab, name)}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0
