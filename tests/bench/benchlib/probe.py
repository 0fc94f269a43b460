# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that is measured: what it writes, its processor time and its memory."""

import fcntl
import json
import os
import signal
import subprocess
import termios
import threading
import time
from pathlib import Path

from cairnlab.say import LabError

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024


class Probe:
    """Use as a context manager: however it is left, the process is gone afterwards. `lines` are the JSON objects of its
    standard output, `text` is the rest of it."""

    def __init__(self, name, command, env=None, terminal=None):
        self.name = name
        self.lines, self.text = [], []
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command], env={**os.environ, **(env or {})}, start_new_session=True,
            stdin=terminal if terminal is not None else subprocess.PIPE,
            stdout=terminal if terminal is not None else subprocess.PIPE,
            stderr=terminal if terminal is not None else subprocess.STDOUT,
            # Programs of the terminal open /dev/tty: it has to be that of their session.
            preexec_fn=None if terminal is None else lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0))
        if terminal is None:
            self.reader = threading.Thread(target=self._read, daemon=True)
            self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith(b"{"):
                try:
                    self.lines.append(json.loads(line))
                    continue
                except ValueError:
                    pass
            self.text.append(line.decode(errors="replace"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sig in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            os.killpg(self.process.pid, sig)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass

    def find(self, event):
        return next((line for line in self.lines if line["event"] == event), None)

    def wait(self, condition, what, seconds):
        """The first true value of `condition()`; fails when the process ends before, or after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            ended = self.process.poll() is not None
            if ended and hasattr(self, "reader"):
                self.reader.join(5)
            if value := condition():
                return value
            if ended:
                raise LabError(f"{self.name} ended before {what}", "".join(self.text[-15:]))
            if time.monotonic() > end:
                raise LabError(f"{self.name}: {what} not within {seconds} s", "".join(self.text[-15:]))
            time.sleep(0.005)

    def finish(self, seconds):
        """Waits for its own end."""
        self.wait(lambda: self.process.poll() is not None, "its end", seconds)
        self.reader.join(5)
        if self.process.returncode != 0:
            raise LabError(f"{self.name} failed with {self.process.returncode}", "".join(self.text[-15:]))

    def memory(self, key="VmHWM"):
        """MiB. VmHWM is the most it ever had, VmRSS what it has now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / MIB
        raise LabError(f"{self.name} is gone")

    def _ticks(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def processor(self, seconds):
        """Percent of one core it needs during the coming seconds."""
        ticks, began = self._ticks(), time.monotonic()
        time.sleep(seconds)
        return 100 * (self._ticks() - ticks) / TICKS / (time.monotonic() - began)
