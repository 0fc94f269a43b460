# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a run, as Markdown."""

import datetime
import os
import platform
import re
from pathlib import Path

from cairnlab.say import LabError

from .resume import GOAL

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
SLOT = 8


def machine():
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown")
    total = int(re.search(r"MemTotal: +(\d+)", Path("/proc/meminfo").read_text()).group(1)) / 1024 / 1024
    return f"{len(os.sched_getaffinity(0))} cores ({model}), {total:.0f} GiB of memory, Linux {platform.release()}"


def available():
    """MiB of memory that are free for new processes."""
    return int(re.search(r"MemAvailable: +(\d+)", Path("/proc/meminfo").read_text()).group(1)) / 1024


def _seconds(value):
    return "–" if value is None else f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def _mib(value):
    return "–" if value is None else f"{value:,.0f} MiB"


def _percent(value):
    return "–" if value is None else f"{value:.1f} %"


def _slot(slots):
    """Wall time, and processor time in brackets."""
    return "–" if not slots else f"{slots['slot']:.0f} ({slots['slotCpu']:.0f}) ms"


def _times(value, base):
    return "–" if value is None or not base else f"{value / base:.2f}"


def _table(head, rows):
    align = "|" + "|".join("---" if i == 0 else "---:" for i in range(len(head))) + "|"
    return ["| " + " | ".join(head) + " |", align, *("| " + " | ".join(row) + " |" for row in rows), ""]


def render(results):
    stages = results["stages"]
    lines = [f"{datetime.date.today()}, {results['machine']}. Kubernetes 1.36.3, etcd 3.6.16, client-go 0.36.3, kubectl 1.36.3, k9s 0.50.18, "
             f"Cairn as {results['build']} builds it. Load before: {results['load']:.1f}."]
    if "pod" in results:
        lines[0] += f" A pod has {results['pod'][0]:,} bytes as JSON, {results['pod'][1]:,} as stored."
    lines.append("")
    if set(stages) & {"transfer", "informer", "kubectl", "k9s", "engine", "window"}:
        lines += [f"**{results['pods']:,} pods**", "", *_clients(stages)]
    if "window" in stages and "failed" not in stages["window"]:
        lines += ["**Goals**", "", *_goals(stages)]
    lines += _others(results)
    if "resume" in stages:
        lines += ["**A resume, from the first look at the checkpoint to the first step after it**", "", *_resume(stages["resume"])]
    if stages.get("sizes"):
        lines += ["**How cost grows**", "", *_growth(stages["sizes"])]
    return "\n".join(lines).rstrip() + "\n"


def _clients(stages):
    base = stages.get("transfer", {}).get("full")
    compared = stages.get("informer", {}).get("full")
    rows = []
    for name, label in (("transfer", "bare transfer: one LIST, protobuf and gzip"), ("informer", "client-go informer"), ("kubectl", "`kubectl get pods -A`"),
                        ("k9s", "k9s"), ("engine", "Cairn's engine"), ("window", "**Cairn's window, Pods page open**")):
        got = stages.get(name)
        if got is None:
            continue
        if "failed" in got:
            rows.append([label, "failed", *[""] * 7])
            continue
        rows.append([label, _seconds(got.get("first")), _seconds(got["full"]), _times(got["full"], base), _times(got["full"], compared), _mib(got.get("peak")),
                     _percent(got.get("idle")), _percent(got.get("busy")), _slot(got.get("slots"))])
    return _table(["", "first rows", "full table", "× transfer", "× informer", "peak memory", "idle", "500 changes/s", "longest slot, loading (processor time)"], rows)


def _goals(stages):
    """What is to be reached, what was, and whether it is."""
    window, rows = stages["window"], []

    def goal(text, value, limit, shown):
        rows.append([text, shown, "yes" if value <= limit else "**no**"])

    base, compared = stages.get("transfer", {}).get("full"), stages.get("informer", {})
    if base:
        goal("full table within 1.3 × the bare transfer", window["full"] / base, 1.3, f"{window['full'] / base:.2f}")
    if compared.get("full"):
        goal("full table within 0.6 × the informer", window["full"] / compared["full"], 0.6, f"{window['full'] / compared['full']:.2f}")
        goal("peak memory at most a third of the informer's", window["peak"] / compared["peak"], 1 / 3,
             f"{window['peak']:.0f} of {compared['peak']:.0f} MiB: {window['peak'] / compared['peak']:.2f}")
    if "idle" in window:
        goal("idle below 1 % of a core", window["idle"], 1, f"{window['idle']:.1f} %")
        goal("below 25 % of a core at 500 changes a second", window["busy"], 25, f"{window['busy']:.1f} % at {window['rate']:.0f} a second")
        for key, when in (("slots", "loading"), ("idleSlots", "idle"), ("busySlots", "at 500 changes a second")):
            slots = window[key]
            # Wall time on busy cores is also the time of others. Whose fault a long slot is the processor time tells.
            reached = "yes" if slots["slot"] <= SLOT else f"by processor time; {slots['over']} not by the clock" if slots["slotCpu"] <= SLOT else "**no**"
            rows.append([f"no slot over {SLOT} ms, {when}", f"{slots['slot']:.1f} ms, {slots['slotCpu']:.1f} ms of processor time", reached])
    lines = _table(["goal", "measured", "reached"], rows)
    if "empty" in stages and "peak" in stages["empty"]:
        lines += [f"An empty window peaks at {stages['empty']['peak']:.0f} MiB; the pods add {window['peak'] - stages['empty']['peak']:.0f} MiB. "
                  f"From the start of the program to the full table: {_seconds(window['opened'])}.", ""]
    return lines


def _others(results):
    stages, rows = results["stages"], []

    def row(name, what, text):
        got = stages.get(name)
        if got is not None:
            rows.append([what, "failed" if "failed" in got else text(got)])

    row("jobs", "10,000 PyTorchJobs beside the pods, Jobs page",
        lambda g: f"first rows {_seconds(g['first'])}, full table {_seconds(g['full'])}, peak {_mib(g['peak'])}, idle {_percent(g['idle'])}, "
                  f"{_percent(g['busy'])} at {g['rate']:.0f} changes of pods a second; longest slot loading {_slot(g['slots'])}, changing {_slot(g['busySlots'])}")
    row("events", "5,000 events a minute, Events page",
        lambda g: f"{_percent(g['busy'])} of a core at {g['rate']:.0f} a minute, peak {_mib(g['peak'])}, longest slot {_slot(g['busySlots'])}")
    row("timeline", "timeline with 10,000 checkpoints",
        lambda g: f"a repaint {g['median']:.1f} ms, at most {g['longest']:.1f} ms; data and first paint {g['first']:.0f} ms")
    row("audit", "audit of a cluster", lambda g: f"{g['objects']} objects judged by all rules in {g['median']:.0f} ms, at most {g['longest']:.0f} ms; "
        f"{g['crowd']['deployments']:,} Deployments, each with Service, PDB and HPA, in {g['crowd']['milliseconds'] / 1000:.1f} s of one core, "
        f"{g['crowd']['timesATenth']:.1f} × what a tenth of them takes")
    row("audit", "overlay wizard, preview after a change", lambda g: f"proposal, files, landing of every patch and comparison of {g['preview']['changed']} changed of "
        f"{g['preview']['objects']} objects in {g['preview']['median']:.0f} ms, at most {g['preview']['longest']:.0f} ms, off the GUI thread")
    row("ha", "10,000 components, filter of the high availability page", lambda g: f"longest slot of a key that hides rows {max(g['narrow']['longest'], g['none']['longest']):.1f} ms, "
        f"that shows a third of them {g['third']['longest']:.1f} ms, all again {g['all']['longest']:.1f} ms of processor time")
    row("launch", "launch wizard, from a key to all that follows from it",
        lambda g: f"in the text {g['text']:.0f} ms, in the form {g['form']:.0f} ms, at most {max(g['textLongest'], g['formLongest']):.0f} ms; of these "
        f"{g['shown']:.0f} ms on the GUI thread; of a job of {g['large']['lines']:,} lines {g['large']['text']:.0f} and {g['large']['form']:.0f} ms")
    row("bucket", "1,000 checkpoints in a bucket", lambda g: f"{g['found']:,} listed and judged by `cairnctl checkpoints` in {_seconds(g['full'])}")
    return [*_table(["also", "measured"], rows)] if rows else []


def _resume(got):
    if "failed" in got:
        return [f"Not measured: {got['failed'].splitlines()[0]}", ""]
    base = got["kubectl"]
    rows = []
    for name, label in (("kubectl", "kubectl: a pod that looks, three patches"), ("cairnctl", "`cairnctl job resume --wait`"), ("window", "the window, from the click")):
        if one := got.get(name):
            # The window has looked before the click; what is compared is the time for which the job stands still, and the whole.
            against = base["stopped"] if name == "window" else base["full"]
            rows.append([label, _seconds(one["full"]), _seconds(one.get("stopped")), f"{one['full'] / against:.2f}", "yes" if one["full"] <= GOAL * against else "**no**"])
    return _table(["", "in all", "from suspend to the first step", "× kubectl", f"within {GOAL} ×"], rows)


def _growth(sizes):
    rows = []
    for size in sizes:
        if "failed" in size:
            rows.append([f"{size['pods']:,}", "stopped: " + size["failed"].splitlines()[0], *[""] * 7])
            continue
        rows.append([f"{size['pods']:,}", _seconds(size["transfer"]["full"]), _seconds(size["informer"]["full"]), _mib(size["informer"]["peak"]),
                     _seconds(size["engine"]["full"]), _seconds(size["window"]["full"]), _mib(size["window"]["peak"]), _slot(size["window"]["slots"]), _mib(size["apiserver"])])
    return _table(["pods", "transfer", "informer", "its memory", "engine", "window", "its memory", "longest slot (processor time)", "apiserver"], rows)


def put(path, text):
    """Replaces what stands between the markers of the document."""
    document = path.read_text()
    if BEGIN not in document or END not in document:
        raise LabError(f"{path} has no place for the table", f"the lines {BEGIN} and {END} are missing")
    head, rest = document.split(BEGIN, 1)
    path.write_text(head + BEGIN + "\n" + text + END + rest.split(END, 1)[1])
