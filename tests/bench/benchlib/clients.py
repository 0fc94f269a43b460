# SPDX-License-Identifier: GPL-3.0-or-later
"""Each client once: how long it takes to read all pods, and what it costs. Every function gives a dictionary of what it
measured: first, full (seconds), peak, growth (MiB), idle, busy (percent of a core), slot (ms)."""

import fcntl
import os
import pty
import re
import statistics
import struct
import subprocess
import termios
import threading
import time

from cairnlab.say import LabError

from . import cluster
from .probe import Probe

IDLE_SECONDS = 20
CHANGES = 500
PATIENCE = 300
# One run in three meets the apiserver while it collects garbage, half a second longer.
RUNS = 7


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def transfer(lab, pods, runs=RUNS):
    results = []
    for _ in range(runs):
        with cluster.tool(lab, "transfer") as client:
            client.finish(PATIENCE)
            results.append(client.find("full"))
    return {"first": median(results, "first"), "full": median(results, "took"), "bytes": results[0]["bytes"]}


def churn(lab, pods, client, round_):
    """Percent of a core the client needs while pods change, and how many did a second."""
    with cluster.tool(lab, "churn", pods=pods, rate=CHANGES, seconds=IDLE_SECONDS + 4, **{"from": round_}) as writer:
        writer.wait(lambda: writer.find("begun"), "it began", 30)
        time.sleep(2)
        busy = client.processor(IDLE_SECONDS)
        writer.finish(60)
        return {"busy": busy, "rate": writer.find("ended")["rate"]}


def informer(lab, pods, runs=5, live=True):
    results = []
    for run in range(runs):
        with cluster.tool(lab, "informer", pods=pods) as client:
            full = client.wait(lambda: client.find("full"), "all pods", PATIENCE)
            result = {"first": client.find("first")["took"], "full": full["took"]}
            if live and run == runs - 1:
                time.sleep(3)
                result["idle"] = client.processor(IDLE_SECONDS)
                result |= churn(lab, pods, client, 100)
            result["peak"] = client.memory()
            results.append(result)
    return results[-1] | {"first": median(results, "first"), "full": median(results, "full")}


def kubectl(lab, pods):
    # Without its discovery cache in the home folder.
    command = [cluster.program(lab, "kubectl"), "--kubeconfig", lab.kubeconfig, "--cache-dir", lab.dir / "kubectl-cache", "get", "pods", "-A"]
    best = None
    for _ in range(2):  # the first fills the discovery cache
        began = time.monotonic()
        child = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        first, lines = None, 0
        for line in child.stdout:
            lines += 1
            if lines == 2:
                first = time.monotonic() - began
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0 or lines <= pods:
            raise LabError("kubectl did not print all pods", f"{lines} lines, exit code {child.returncode}")
        best = {"first": first, "full": time.monotonic() - began, "peak": usage.ru_maxrss / 1024}
    return best


def k9s(lab, pods):
    """On a terminal of its own. Its table is full when the title tells the number of pods, which is read off the screen:
    k9s writes only what changes there, and that may be two digits."""
    import pyte  # no other stage needs it

    home = lab.dir / "k9s"
    home.mkdir(exist_ok=True)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    screen = pyte.Screen(200, 50)
    stream, seen = pyte.ByteStream(screen), {}
    began = time.monotonic()

    def drain():
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                return
            if "full" in seen:
                continue
            stream.feed(data)
            text = "\n".join(screen.display)
            if "first" not in seen and re.search(r"inference-\d{5}|finetune-llama-\d{5}", text):
                seen["first"] = time.monotonic() - began
            if f"[{pods:,}]" in text:
                seen["full"] = time.monotonic() - began

    threading.Thread(target=drain, daemon=True).start()
    env = {"TERM": "xterm-256color", "HOME": str(home), **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")}}
    command = [cluster.program(lab, "k9s"), "--kubeconfig", lab.kubeconfig, "-A", "-c", "pods", "--logoless", "--splashless"]
    try:
        with Probe("k9s", command, env, slave) as client:
            client.wait(lambda: "full" in seen, "all pods", PATIENCE)
            time.sleep(5)
            result = dict(seen) | {"idle": client.processor(IDLE_SECONDS)}
            result |= churn(lab, pods, client, 200)
            return result | {"peak": client.memory()}
    finally:
        os.close(slave)
        os.close(master)


def engine(lab, pods, build, runs=RUNS):
    results = []
    for _ in range(runs):
        with Probe("bench_pods", [build / "tests/bench/bench_pods"], {"CAIRN_TEST_KUBECONFIG": str(lab.kubeconfig)}) as client:
            client.finish(PATIENCE)
            text = "".join(client.text)
        rows = {name: (float(ms) / 1000, int(number)) for name, ms, number in re.findall(r"^(first|all) rows +(\d+) ms +\((\d+)\)", text, re.M)}
        if rows.get("all", (0, 0))[1] != pods:
            raise LabError("the engine did not read all pods", text)
        results.append({"first": rows["first"][0], "full": rows["all"][0], "peak": float(re.search(r"peak ([0-9.]+) MiB", text).group(1))})
    return {key: median(results, key) for key in results[0]}
