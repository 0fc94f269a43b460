# SPDX-License-Identifier: GPL-3.0-or-later
"""An S3 server for the real lab: versitygw on the bridge, so that pods and this machine use one address."""

import shutil
import socket

from .binaries import binary
from .config import HOST_IP
from .process import start, wait_for
from .say import say

NAME = "versitygw"
BUCKET, REGION = "training", "lab-west-1"
# Of a server that nothing outside this machine can reach.
KEY, SECRET = "labkey", "lab/secret+key"
SECRET_NAME = "bucket-keys"


def endpoint(lab):
    return f"http://{HOST_IP}:{lab.port('store')}"


def up(lab):
    root, notes = lab.dir / "store", lab.dir / "notes-of-store"
    (root / BUCKET).mkdir(parents=True, exist_ok=True)
    notes.mkdir(exist_ok=True)
    # Notes in a folder of their own: not every file system has extended attributes.
    start(lab, NAME, binary(lab, NAME), "--port", f"{HOST_IP}:{lab.port('store')}", "--quiet", "--region", REGION,
          "posix", "--sidecar", notes, root, env={"ROOT_ACCESS_KEY_ID": KEY, "ROOT_SECRET_ACCESS_KEY": SECRET})
    wait_for(lab, NAME, lambda: _not_open(lab), "the S3 server answers", 30)
    say("S3 server is ready")


def _not_open(lab):
    with socket.socket() as probe:
        return "its port is shut" if probe.connect_ex((HOST_IP, lab.port("store"))) else ""


def empty(lab):
    for folder in (lab.dir / "store" / BUCKET, lab.dir / "notes-of-store" / BUCKET):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name == "meta" or path.name.startswith("."):
                continue  # of the bucket itself, and of the server while it runs
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def secret(namespace):
    """The keys, as trainings get them."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET_NAME, "namespace": namespace},
            "stringData": {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}}
