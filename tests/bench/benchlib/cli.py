# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of a run and their order."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cairnlab import say as progress
from cairnlab.config import CHECKOUT, Lab
from cairnlab.say import LabError, complain, say

from . import clients, cluster, local, report, resume, window

JOBS = 10_000
TARGETS = ("cairn", "cairnctl", "bench_pods", "bench_timeline", "bench_audit", "bench_ha", "bench_launch")
# What it is compared with and Cairn itself, at --pods; then the rest.
STAGES = ("empty", "transfer", "informer", "kubectl", "k9s", "engine", "window", "jobs", "events", "sizes", "timeline", "audit", "ha", "launch", "bucket", "resume")
CLUSTER = frozenset(STAGES) - {"timeline", "audit", "ha", "launch", "bucket", "resume"}
AT_BASE = frozenset(STAGES[1:9])
# MiB a pod costs apiserver, etcd and the largest client together at most; found at 20,000.
MEMORY_PER_POD = 0.12


def main():
    arguments = _parse()
    progress.stream = sys.stderr  # standard output is for the table
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        Lab.at("bench").invoker.become()
        results = _run(arguments)
    except LabError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        return 130
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1))
    text = report.render(results)
    print(text)
    if arguments.write:
        report.put(CHECKOUT / "docs/PERFORMANCE.md", text)
    return 0


def _parse():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--pods", type=int, default=20_000, help="how many pods all clients read (20000)")
    parser.add_argument("--sizes", default="5000,50000,100000", help="pods at which Cairn and the informer are measured again")
    parser.add_argument("--only", action="append", choices=STAGES, help="this stage alone; may be given several times")
    parser.add_argument("--skip", action="append", choices=STAGES, default=[], help="all but this stage; may be given several times")
    parser.add_argument("--write", action="store_true", help="put the table into docs/PERFORMANCE.md")
    parser.add_argument("--json", metavar="FILE", help="write every number there as well")
    parser.add_argument("--build", metavar="FOLDER", type=Path, help="measure this build as it is, instead of building the release preset")
    arguments = parser.parse_args()
    if arguments.write and arguments.only:
        parser.error("--write wants the whole table from one run: leave --only out")
    arguments.sizes = sorted({int(size) for size in arguments.sizes.split(",") if size} - {arguments.pods})
    arguments.stages = [stage for stage in arguments.only or STAGES if stage not in arguments.skip]
    return arguments


def _build(arguments):
    if arguments.build:
        return arguments.build.resolve()
    say("building the release preset")
    for command in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", *TARGETS]):
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
        if done.returncode != 0:
            raise LabError("Cairn could not be built", done.stdout[-1500:] + done.stderr[-500:])
    return CHECKOUT / "build/release"


def _run(arguments):
    wanted = arguments.stages
    build = _build(arguments)
    if "k9s" in wanted:
        subprocess.run(["bash", "-c", ". installer/setup/packages.sh && cairn_install $CAIRN_PACKAGES_BENCH"], cwd=CHECKOUT, check=True,
                       stdout=sys.stderr)
    results = {"machine": report.machine(), "pods": arguments.pods, "build": "the release preset" if not arguments.build else f"the folder {build.name}", "stages": {}}
    own = [name for name in cluster.OWN if name != "k9s" or "k9s" in wanted]
    shared = [name for name in cluster.LAB if (name != "versitygw" or "bucket" in wanted) and (name != "training-operator" or "jobs" in wanted)]
    cluster.programs(Lab.at("bench"), own, shared)
    results["load"] = os.getloadavg()[0]

    def stage(name, work):
        if name not in wanted:
            return
        say(name)
        began = time.monotonic()
        try:
            results["stages"][name] = work()
        except LabError as error:
            # One client that fails does not take the others' numbers along; the table says so.
            complain(error)
            results["stages"][name] = {"failed": f"{error.what}: {error.why}"}
        say(f"{name} took {time.monotonic() - began:.0f} s")

    stage("timeline", lambda: local.timeline(build))
    stage("audit", lambda: local.audit(build))
    stage("ha", lambda: local.high_availability(build))
    stage("launch", lambda: local.launch(build))
    stage("bucket", lambda: local.bucket(build))
    stage("resume", lambda: resume.compare(build))
    if not CLUSTER & set(wanted):
        return results
    with cluster.running() as lab:
        stage("empty", lambda: window.empty(lab, build))
        have, sizes = 0, []
        for size in sorted({*(arguments.sizes if "sizes" in wanted else []), *([arguments.pods] if AT_BASE & set(wanted) else [])}):
            free = report.available()
            if free < (size - have) * MEMORY_PER_POD:
                sizes.append({"pods": size, "failed": f"{free:.0f} MiB of memory are free"})
                break
            try:
                results["pod"] = _grow(lab, have, size)
                have = size
                if size == arguments.pods:
                    _base(lab, size, build, stage)
                if "sizes" in wanted:
                    sizes.append(_size(lab, size, build))
            except LabError as error:
                complain(error)
                sizes.append({"pods": size, "failed": f"{error.what}: {error.why}"})
                break
        results["stages"]["sizes"] = sizes
    results["loadAfter"] = os.getloadavg()[0]
    return results


def _grow(lab, have, size):
    say(f"writing pods up to {size:,}")
    pod = cluster.add_pods(lab, have, size)
    cluster.settle(lab, size)
    return pod


def _base(lab, size, build, stage):
    stage("transfer", lambda: clients.transfer(lab, size))
    stage("informer", lambda: clients.informer(lab, size))
    stage("kubectl", lambda: clients.kubectl(lab, size))
    stage("k9s", lambda: clients.k9s(lab, size))
    stage("engine", lambda: clients.engine(lab, size, build))
    stage("window", lambda: window.pods(lab, size, build))

    def jobs():
        cluster.add_jobs(lab, JOBS)
        try:
            return window.pods(lab, size, build, runs=1, page="jobs", rows=JOBS)
        finally:
            cluster.clear(lab, "/registry/kubeflow.org/")

    def events():
        try:
            return window.events(lab, size, build)
        finally:
            cluster.clear(lab, "/registry/events/")

    stage("jobs", jobs)
    stage("events", events)


def _size(lab, size, build):
    say(f"{size:,} pods")
    return {"pods": size, "apiserver": cluster.memory_of(lab, "kube-apiserver"), "etcd": cluster.memory_of(lab, "etcd"),
            "transfer": clients.transfer(lab, size, 3), "informer": clients.informer(lab, size, 1, live=False),
            "engine": clients.engine(lab, size, build, 3), "window": window.pods(lab, size, build, 3, live=False)}
