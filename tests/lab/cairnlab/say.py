# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab prints: progress with times, and failures a reader can act on."""

import sys
import time

_started = time.monotonic()


class LabError(Exception):
    """A failure told in full: what failed, why, what to do, and which log has more."""

    def __init__(self, what, why="", fix="", log=None):
        super().__init__(what)
        self.what, self.why, self.fix, self.log = what, str(why).strip(), fix, log

    def __str__(self):  # what a test's traceback shows
        return self.report()

    def report(self):
        lines = [f"lab: {self.what}"]
        if self.why:
            lines.append("  why: " + self.why.replace("\n", "\n       "))
        if self.fix:
            lines.append("  do:  " + self.fix)
        if self.log:
            lines.append(f"  log: {self.log}")
        return "\n".join(lines)


# Where progress is written to: standard output where not set, which is for results where a command has any.
stream = None


def say(text):
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", file=stream, flush=True)


def complain(error):
    print(error.report(), file=sys.stderr, flush=True)


def wait_until(problem, what, seconds, log=None, fix="", pause=0.25):
    """Ask `problem` until it returns nothing. It returns the reason why not, as text."""
    end = time.monotonic() + seconds
    while why := problem():
        if time.monotonic() > end:
            raise LabError(f"{what}: not after {seconds} s", why, fix, log)
        time.sleep(pause)
