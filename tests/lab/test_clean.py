# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab does to the machine: nothing that outlives it. Runs while no lab is up, and starts its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

LAB = Path(__file__).resolve().parent / "lab"
WATCHED_SETTINGS = ("net/ipv4/ip_forward", "vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops",
                    "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "net/ipv4/conf/all/route_localnet")
WATCHED_FOLDERS = ("/run", "/run/containerd", "/run/containerd/s", "/run/netns", "/var/lib", "/var/lib/cni",
                   "/var/lib/cni/results", "/var/lib/kubelet", "/var/log", "/var/log/containers", "/etc", "/opt",
                   "/tmp")
LAB_NAMES = re.compile(r"containerd|kube|cni|lab|k8s|coredns|etcd|kwok")


def run(*command, check=True):
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def processes(state):
    """Command lines of what a lab with this state folder started. What has ended and waits to be reaped is none."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if line and (os.fsencode(state) in line or is_marked(entry, state)):
                found.append(line.replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return sorted(found)


def is_marked(entry, state):
    return f"CAIRN_LAB_STATE={state}".encode() in (entry / "environ").read_bytes().split(b"\0")


def firewall():
    lines = []
    for family in ("", "6"):
        text = run(f"ip{family}tables-save", check=False)
        # Counters change by themselves, and a table that was never used is empty once it was looked at.
        lines += [re.sub(r" \[\d+:\d+\]$", "", line) for line in text.splitlines() if line.startswith(("-A", ":"))]
    return sorted(line for line in lines if not re.fullmatch(r":[A-Z]+ ACCEPT", line))


def machine(state):
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return {
        "mounts": sorted(f"{m[4]} {m[3]}" for m in mounts),
        "links": sorted(os.listdir("/sys/class/net")),
        "addresses": sorted(re.findall(r"inet6? (\S+)", run("ip", "addr"))),
        "routes": sorted(run("ip", "route").splitlines()),
        "firewall": firewall(),
        "processes": processes(state),
        "cgroups": sorted(str(p) for pattern in ("*", "*/*") for p in Path("/sys/fs/cgroup").glob(pattern)
                          if p.is_dir() and re.search(r"lab|kube|node", p.name)),
        "settings": {n: (Path("/proc/sys") / n).read_text() for n in WATCHED_SETTINGS
                     if (Path("/proc/sys") / n).exists()},
        "folders": {f: sorted(n for n in os.listdir(f) if LAB_NAMES.search(n) or "containers" in f)
                    for f in WATCHED_FOLDERS if os.path.isdir(f)},
    }


def kill_everything(state):
    """What a crash of the machine's owner would do: every process of the lab dies, and nothing is cleaned up."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and is_marked(entry, state):
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue


class CleanTest(unittest.TestCase):
    maxDiff = None

    def is_up(self, mode):
        return run(LAB, "status", f"--{mode}", check=False).startswith(f"the {mode} lab is up")

    def check(self, mode):
        if self.is_up(mode):
            self.skipTest(f"the {mode} lab is up and in use")
        kubeconfig = Path(run(LAB, "kubeconfig", f"--{mode}").strip())
        before = machine(kubeconfig.parent)
        self.addCleanup(run, LAB, "down", f"--{mode}", check=False)
        run(LAB, "up", f"--{mode}")
        kill_everything(kubeconfig.parent)
        self.assertIn("not up", run(LAB, "status", f"--{mode}", check=False))
        again = run(LAB, "up", f"--{mode}")
        self.assertIn("clearing the remains", again)
        self.assertEqual(run(LAB, "status", f"--{mode}").splitlines()[0], f"the {mode} lab is up")
        run(LAB, "down", f"--{mode}")
        self.assertEqual(machine(kubeconfig.parent), before)
        self.assertFalse(kubeconfig.parent.exists())
        self.assertIn("is not up", run(LAB, "down", f"--{mode}"), "down twice is no error")

    def test_taken_port_is_told(self):
        if self.is_up("light"):
            self.skipTest("the light lab is up and in use")
        with socket.create_server(("127.0.0.1", 26443)):
            done = subprocess.run([LAB, "up", "--light"], text=True, capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"(?s)port 26443, which apiserver needs, is taken.*why: .*do: .*26443")
        self.assertFalse(Path(run(LAB, "kubeconfig", "--light").strip()).parent.exists())

    def test_failed_start_cleans_up(self):
        if self.is_up("light"):
            self.skipTest("the light lab is up and in use")
        state = Path(run(LAB, "kubeconfig", "--light").strip()).parent
        before = machine(state)
        lab = subprocess.Popen([LAB, "up", "--light"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in lab.stdout:
            if "apiserver is ready" in line:
                os.kill(lab.pid, signal.SIGTERM)
                break
        rest = lab.communicate()[0]
        self.assertIn("cleaning up after the failure", rest)
        self.assertEqual(lab.returncode, 143)
        self.assertFalse(state.exists())
        self.assertEqual(machine(state), before)

    def test_light(self):
        self.check("light")

    @unittest.skipUnless(os.geteuid() == 0, "the real lab needs root")
    def test_real(self):
        """Beside another containerd, whose container goes on through all of it."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "rootfs/bin").mkdir(parents=True)
            shutil.copy("/bin/busybox", folder / "rootfs/bin/busybox")
            config = folder / "config.toml"
            config.write_text(f'version = 2\nroot = "{folder}/root"\nstate = "{folder}/state"\n'
                              f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
                              f'[grpc]\n  address = "{folder}/socket"\n')
            other = subprocess.Popen(["containerd", "--config", config], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            ctr = ("ctr", "--address", folder / "socket")
            try:
                while "Version" not in run(*ctr, "version", check=False):
                    self.assertIsNone(other.poll(), "the other containerd runs")
                run(*ctr, "run", "--detach", "--rootfs", folder / "rootfs", "bystander", "/bin/busybox", "sleep", "3600")
                before = run(*ctr, "tasks", "ls")
                self.assertIn("RUNNING", before)
                self.check("real")
                self.assertEqual(run(*ctr, "tasks", "ls"), before)
            finally:
                run(*ctr, "tasks", "rm", "--force", "bystander", check=False)
                run(*ctr, "containers", "rm", "bystander", check=False)
                other.terminate()
                other.wait()


if __name__ == "__main__":
    unittest.main()
