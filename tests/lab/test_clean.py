# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab does to the machine: nothing that outlives it. Runs while no lab is up, and starts its own."""

import os
import re
import signal
import subprocess
import unittest
from pathlib import Path

LAB = Path(__file__).resolve().parent / "lab"
WATCHED_SETTINGS = ("net/ipv4/ip_forward", "vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops",
                    "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "net/ipv4/conf/all/route_localnet")
WATCHED_FOLDERS = ("/run", "/run/containerd", "/run/containerd/s", "/run/netns", "/var/lib", "/var/lib/cni",
                   "/var/lib/cni/results", "/var/lib/kubelet", "/var/log", "/var/log/containers", "/etc", "/opt", "/tmp")
# Other programs of the machine come and go while the test runs; these belong to a lab wherever they are seen.
LAB_PROGRAMS = re.compile(r"containerd|runc|kubelet|kube-|etcd|coredns|kwok|training-operator|pretend-training")
LAB_NAMES = re.compile(r"containerd|kube|cni|lab|k8s|coredns|etcd|kwok")


def run(*command, check=True):
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def processes():
    """Command lines of a lab's programs. A process that has ended and waits to be reaped is none."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue
            if line and LAB_PROGRAMS.search(line.split(" ")[0]):
                found.append(line)
    return sorted(found)


def firewall():
    lines = []
    for family in ("", "6"):
        text = run(f"ip{family}tables-save", check=False)
        # Counters change by themselves, and a table that was never used is empty once it was looked at.
        lines += [re.sub(r" \[\d+:\d+\]$", "", line) for line in text.splitlines() if line.startswith(("-A", ":"))]
    return sorted(line for line in lines if not re.fullmatch(r":[A-Z]+ ACCEPT", line))


def machine():
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return {
        "mounts": sorted(f"{m[4]} {m[3]}" for m in mounts),
        "links": sorted(os.listdir("/sys/class/net")),
        "addresses": sorted(re.findall(r"inet6? (\S+)", run("ip", "addr"))),
        "routes": sorted(run("ip", "route").splitlines()),
        "firewall": firewall(),
        "processes": processes(),
        "cgroups": sorted(str(p) for p in Path("/sys/fs/cgroup").glob("*/*")
                          if re.search(r"lab|kube|node", p.name)),
        "settings": {n: (Path("/proc/sys") / n).read_text() for n in WATCHED_SETTINGS if (Path("/proc/sys") / n).exists()},
        "folders": {f: sorted(n for n in os.listdir(f) if LAB_NAMES.search(n) or "containers" in f)
                    for f in WATCHED_FOLDERS if os.path.isdir(f)},
    }


def kill_everything(state):
    """What a crash of the machine's owner would do: every process of the lab dies, and nothing is cleaned up."""
    mark = f"CAIRN_LAB_STATE={state}".encode()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue


class CleanTest(unittest.TestCase):
    maxDiff = None

    def check(self, mode):
        if run(LAB, "status", f"--{mode}", check=False).startswith(f"the {mode} lab is up"):
            self.skipTest(f"the {mode} lab is up and in use")
        before = machine()
        kubeconfig = Path(run(LAB, "kubeconfig", f"--{mode}").strip())
        self.addCleanup(run, LAB, "down", f"--{mode}", check=False)
        run(LAB, "up", f"--{mode}")
        kill_everything(kubeconfig.parent)
        self.assertIn("not up", run(LAB, "status", f"--{mode}", check=False))
        again = run(LAB, "up", f"--{mode}")
        self.assertIn("clearing the remains", again)
        self.assertEqual(run(LAB, "status", f"--{mode}").splitlines()[0], f"the {mode} lab is up")
        run(LAB, "down", f"--{mode}")
        self.assertEqual(machine(), before)
        self.assertFalse(kubeconfig.parent.exists())
        self.assertIn("is not up", run(LAB, "down", f"--{mode}"), "down twice is no error")

    def test_light(self):
        self.check("light")

    @unittest.skipUnless(os.geteuid() == 0, "the real lab needs root")
    def test_real(self):
        self.check("real")


if __name__ == "__main__":
    unittest.main()
