# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's processes: each has a pid file and a log, and carries a mark by which it can be found."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .say import LabError, wait_until

# In the environment of everything the lab starts. Helpers that outlive their parent
# (containerd's shims) inherit it, so they are found even if every pid file is gone.
MARK = "CAIRN_LAB_STATE"


def run(*command, input=None, check=True, **options):
    """Run a command to its end; on failure raise what it printed."""
    try:
        done = subprocess.run([str(c) for c in command], input=input, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    except OSError as error:
        raise LabError(f"'{command[0]}' cannot be run", error) from error
    if check and done.returncode != 0:
        raise LabError(f"'{' '.join(str(c) for c in command)}' failed with {done.returncode}",
                       (done.stderr or done.stdout)[-2000:])
    return done


def pip(lab, *arguments, python=sys.executable):
    """Let a Python's pip install into a --target, as the person who runs the lab; what it came to."""
    # Debian marks its Python as externally managed; --target touches nothing of it.
    return run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments, check=False,
               env={**os.environ, "PIP_BREAK_SYSTEM_PACKAGES": "1", "PIP_CACHE_DIR": str(lab.invoker.cache / "pip")},
               **lab.invoker.demoted())


def _stat(pid):
    """(state, start time) of a process; None if there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[0], fields[19]
    except (OSError, IndexError):
        return None


def _is_running(pid):
    stat = _stat(pid)
    return bool(stat) and stat[0] not in "ZX"


def _pid_file(lab, name):
    return lab.dir / "run" / f"{name}.pid"


def pid_of(lab, name):
    """The pid of a service that runs, else None. A pid that now belongs to another process is not it."""
    try:
        pid, started = _pid_file(lab, name).read_text().split()
    except (OSError, ValueError):
        return None
    stat = _stat(pid)
    return int(pid) if stat and stat[0] not in "ZX" and stat[1] == started else None


def start(lab, name, *command, env=None):
    """Start a service unless it runs already."""
    if pid_of(lab, name):
        return
    with open(lab.log(name), "ab") as log:
        child = subprocess.Popen(
            [str(c) for c in command], cwd=lab.dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, env={**os.environ, **(env or {}), MARK: str(lab.dir)})
    pid_file = _pid_file(lab, name)
    pid_file.parent.mkdir(exist_ok=True)
    pid_file.write_text(f"{child.pid} {(_stat(child.pid) or ('', '0'))[1]}\n")


def last_words(lab, name, lines=4):
    try:
        return "\n".join(lab.log(name).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def wait_for(lab, name, problem, what, seconds):
    """Wait for a condition that a service brings about; give up at once if the service dies."""

    def why():
        if not pid_of(lab, name):
            raise LabError(f"{name} ended before {what}", last_words(lab, name),
                           "read the log; if it is out of date, 'lab reset' starts afresh", lab.log(name))
        return problem()

    wait_until(why, what, seconds, lab.log(name))


def services(lab):
    folder = lab.dir / "run"
    return sorted(p.stem for p in folder.glob("*.pid")) if folder.is_dir() else []


def stop(lab, names, patience=3.0):
    """End services together: ask, then insist."""
    end_pids([pid for pid in (pid_of(lab, n) for n in names) if pid], patience)
    for name in names:
        _pid_file(lab, name).unlink(missing_ok=True)


def end_pids(pids, patience=3.0):
    for sig in (signal.SIGTERM, signal.SIGKILL):
        pids = [p for p in pids if _is_running(p)]
        for pid in pids:
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        end = time.monotonic() + (patience if sig == signal.SIGTERM else 10)
        while time.monotonic() < end and any(_is_running(p) for p in pids):
            time.sleep(0.05)
    return [p for p in pids if _is_running(p)]


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def marked(lab):
    """Every process that carries this lab's mark."""
    mark = f"{MARK}={lab.dir}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0") and _is_running(entry.name):
                found.append(int(entry.name))
        except OSError:
            continue
    return found
