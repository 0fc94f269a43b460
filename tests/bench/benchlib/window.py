# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window, drawn off screen, as app/window/MeasuredApplication.h tells of it."""

import json
import shutil
import time

from . import clients, cluster
from .probe import Probe


class Window(Probe):
    def __init__(self, lab, build, page):
        self.home = lab.dir / "window"
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        self.told = self.home / "measured"
        self.table = f"{page}.table"
        env = {"CAIRN_MEASURE": str(self.told), "QT_QPA_PLATFORM": "offscreen", "HOME": str(self.home), "KUBECONFIG": str(lab.kubeconfig),
               **{f"XDG_{name}_HOME": str(self.home / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")}}
        super().__init__("cairn", [build / "app/cairn", "--kubeconfig", lab.kubeconfig, "--page", page, "--lang", "en", "--theme", "light"], env)

    def facts(self):
        try:
            text = self.told.read_text()
        except OSError:
            return []
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]

    def painted(self, rows):
        """When the table first had that many rows on the screen, in ms."""
        return next((f["ms"] for f in self.facts() if f["event"] == "painted" and f["table"] == self.table and f["rows"] >= rows), None)

    def wait_rows(self, rows, seconds=clients.PATIENCE):
        """(first rows, full table) in seconds since it was connected."""
        full = self.wait(lambda: self.painted(rows), f"{rows} rows are painted", seconds)
        connected = next(f["ms"] for f in self.facts() if f["event"] == "connected")
        return {"first": (self.painted(1) - connected) / 1000, "full": (full - connected) / 1000, "opened": full / 1000}

    def now(self):
        facts = self.facts()
        return facts[-1]["ms"] if facts else 0

    def slots(self, since, until=float("inf")):
        """Of the slots in this time: the longest in ms, the most processor time of one, how many took over 8 ms, and who."""
        facts = [f for f in self.facts() if since <= f["ms"] <= until]
        long = [f for f in facts if f["event"] == "slot"]
        every = long + [{"took": f["longest"], "cpu": f["cpu"]} for f in facts if f["event"] == "second"]
        return {"slot": max((f["took"] for f in every), default=0), "slotCpu": max((f["cpu"] for f in every), default=0), "over": len(long),
                "who": sorted(((f["took"], f["cpu"], f["receiver"], f["type"]) for f in long), reverse=True)[:5]}


def empty(lab, build):
    """Peak memory of a window on a cluster that has nothing, MiB."""
    with Window(lab, build, "pods") as window:
        window.wait(lambda: any(f["event"] == "connected" for f in window.facts()), "it is connected", 60)
        time.sleep(5)
        return {"peak": window.memory(), "idle": window.processor(clients.IDLE_SECONDS)}


def pods(lab, count, build, runs=clients.RUNS, live=True, page="pods", rows=None):
    results = []
    for run in range(runs):
        with Window(lab, build, page) as window:
            result = window.wait_rows(rows or count)
            time.sleep(2)
            result["slots"] = window.slots(0)
            if live and run == runs - 1:
                time.sleep(5)
                since = window.now()
                result["idle"] = window.processor(clients.IDLE_SECONDS)
                result["idleSlots"] = window.slots(since)
                since = window.now()
                result |= clients.churn(lab, count, window, 300)
                result["busySlots"] = window.slots(since)
            result["peak"] = window.memory()
            results.append(result)
    # Of the slots while loading the worst of all runs: a slot that is long once is long.
    worst = max((r["slots"] for r in results), key=lambda s: s["slotCpu"])
    return results[-1] | {key: clients.median(results, key) for key in ("first", "full", "opened")} | {"slots": worst}


def events(lab, count, build, per_minute=5000):
    """The Events page during a minute of a storm."""
    with Window(lab, build, "events") as window:
        window.wait(lambda: any(f["event"] == "connected" for f in window.facts()), "it is connected", 60)
        time.sleep(8)
        since = window.now()
        with cluster.tool(lab, "events", pods=count, rate=per_minute, seconds=62) as writer:
            writer.wait(lambda: writer.find("begun"), "it began", 30)
            busy = window.processor(60)
            writer.finish(60)
            rate = writer.find("ended")["rate"] * 60
        return {"busy": busy, "rate": rate, "busySlots": window.slots(since), "peak": window.memory()}
