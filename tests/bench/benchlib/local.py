# SPDX-License-Identifier: GPL-3.0-or-later
"""What needs no cluster: painting a long timeline, an audit, the launch wizard, listing a bucket."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .clients import PATIENCE
from .probe import Probe

TESTS = Path(__file__).resolve().parents[2]
CHECKPOINTS = 1000


def timeline(build):
    with Probe("bench_timeline", [build / "tests/bench/bench_timeline"], {"QT_QPA_PLATFORM": "offscreen"}) as painter:
        painter.finish(PATIENCE)
        return painter.find("timeline")


def audit(build):
    with Probe("bench_audit", [build / "tests/bench/bench_audit"]) as judge:
        judge.finish(PATIENCE)
        return {**judge.find("audit"), "preview": judge.find("preview"), "crowd": judge.find("crowd")}


def high_availability(build):
    with Probe("bench_ha", [build / "tests/bench/bench_ha"], {"QT_QPA_PLATFORM": "offscreen"}) as page:
        page.finish(PATIENCE)
        return {event: page.find(event) for event in ("show", "narrow", "none", "third", "all")}


def launch(build):
    with Probe("bench_launch", [build / "tests/bench/bench_launch"], {"QT_QPA_PLATFORM": "offscreen"}) as wizard:
        wizard.finish(PATIENCE)
        return {**wizard.find("launch"), "large": wizard.find("launchLarge")}


def bucket(build):
    """cairnctl on a prefix with a thousand checkpoints of torch.save."""
    sys.path.insert(0, str(TESTS / "e2e"))
    from object_store import KEY, SECRET, ObjectStore

    body = next(iter(sorted((TESTS / "fixtures/checkpoints/torch/run").glob("*.pt")))).read_bytes()
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder, ObjectStore(folder) as store:
        store.make_bucket("ckpt")
        for number in range(CHECKPOINTS):
            store.request("PUT", f"/ckpt/run/step-{25 * (number + 1):08d}.pt", body)
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and "proxy" not in name.lower()}
        env |= {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "KUBECONFIG": "/nowhere"}
        began = time.monotonic()
        out = subprocess.run([build / "app/cairnctl", "checkpoints", "s3://ckpt/run", "--endpoint", store.endpoint, "-o", "json"], env=env,
                             check=True, capture_output=True, timeout=PATIENCE).stdout
        took = time.monotonic() - began
        found = sum(len(run["checkpoints"]) for run in json.loads(out)["runs"])
        return {"full": took, "found": found, "bytes": len(body)}
