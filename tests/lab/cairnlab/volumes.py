# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims and what backs them: size-limited tmpfs that reports real use, and one hostPath that reports nothing."""

import os
import shutil
from dataclasses import dataclass

from .process import run

CLASS = "lab"


@dataclass(frozen=True)
class Claim:
    namespace: str
    name: str
    size: str
    backing: str = "local"

    @property
    def volume(self):
        return f"{self.namespace}-{self.name}"


CLAIMS = (
    Claim("research", "checkpoints", "256Mi"),
    Claim("research", "datasets", "64Mi", "hostPath"),
    Claim("nlp", "checkpoints", "128Mi"),
    Claim("nlp", "scratch", "16Mi"),
    Claim("vision", "checkpoints", "128Mi"),
)
# One that nothing can ever satisfy.
UNBOUND = Claim("vision", "archive", "10Ti")


def mount(lab):
    lab.volumes.mkdir(exist_ok=True)
    for claim in CLAIMS:
        path = lab.volumes / claim.volume
        path.mkdir(exist_ok=True)
        if lab.real and claim.backing == "local" and not os.path.ismount(path):
            run("mount", "-t", "tmpfs", "-o", f"size={claim.size.removesuffix('i')},mode=1777", "cairn-lab", path)
        path.chmod(0o1777)  # any user of any pod may write


def empty(lab):
    for claim in CLAIMS:
        for path in (lab.volumes / claim.volume).iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def documents(lab, node_names):
    """The volumes, each bound to its claim beforehand, and the claims."""
    result = []
    for claim in CLAIMS:
        path = str(lab.volumes / claim.volume)
        spec = {
            "capacity": {"storage": claim.size},
            "accessModes": ["ReadWriteMany"],
            "storageClassName": CLASS,
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": claim.namespace, "name": claim.name},
            claim.backing: {"path": path},
        }
        if claim.backing == "local":
            spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "kubernetes.io/hostname", "operator": "In", "values": list(node_names)}]}]}}
        result.append({"apiVersion": "v1", "kind": "PersistentVolume",
                       "metadata": {"name": claim.volume}, "spec": spec})
    for claim in (*CLAIMS, UNBOUND):
        spec = {"accessModes": ["ReadWriteMany"], "storageClassName": CLASS,
                "resources": {"requests": {"storage": claim.size}}}
        if claim is not UNBOUND:
            spec["volumeName"] = claim.volume
        result.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                       "metadata": {"namespace": claim.namespace, "name": claim.name}, "spec": spec})
    return result
