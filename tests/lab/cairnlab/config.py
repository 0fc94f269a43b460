# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a lab lives and which addresses and ports it uses."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from .say import LabError

SOURCE = Path(__file__).resolve().parent.parent
CHECKOUT = SOURCE.parent.parent

# Not 10.88.0.0/16 or 10.0.0.0/24, the usual examples: Podman and home routers use those.
POD_NET = "10.231.0.0/16"
SERVICE_NET = "10.232.0.0/24"
SERVICE_API = "10.232.0.1"
SERVICE_DNS = "10.232.0.10"
NODE_IPS = {"node-1": "10.231.0.1", "node-2": "10.231.0.2"}
HOST_IP = NODE_IPS["node-1"]
BRIDGE = "lab0"

# Unix socket paths end at 107 bytes, and the longest one below the state folder takes 50.
LONGEST_DIR = 57


def _under_sudo():
    return os.geteuid() == 0 and os.environ.get("SUDO_UID", "0") != "0"


@dataclass(frozen=True)
class Invoker:
    """The person who runs the lab. Under sudo this is not root: caches and the kubeconfig are theirs."""

    uid: int
    gid: int
    home: Path

    @staticmethod
    def current():
        if _under_sudo():
            account = pwd.getpwuid(int(os.environ["SUDO_UID"]))
            return Invoker(account.pw_uid, account.pw_gid, Path(account.pw_dir))
        account = pwd.getpwuid(os.geteuid())
        return Invoker(account.pw_uid, account.pw_gid, Path(os.environ.get("HOME") or account.pw_dir))

    def folder(self, variable, default):
        # Under sudo the XDG variables, if any survived, are root's.
        value = "" if _under_sudo() else os.environ.get(variable, "")
        return Path(value) if value.startswith("/") else self.home / default

    @property
    def cache(self):
        return self.folder("XDG_CACHE_HOME", ".cache") / "cairn"

    def make(self, folder, mode=0o755):
        """Make a folder and its missing parents, owned by the person."""
        folder = Path(folder)
        missing = [p for p in (folder, *folder.parents) if not p.exists()]
        for path in reversed(missing):
            path.mkdir(mode=mode)
            if os.geteuid() == 0:
                os.chown(path, self.uid, self.gid)
        return folder

    def become(self):
        """Give up root's rights for good, if they came by sudo."""
        if _under_sudo():
            os.setgroups(os.getgrouplist(pwd.getpwuid(self.uid).pw_name, self.gid))
            os.setgid(self.gid)
            os.setuid(self.uid)
            os.environ["HOME"] = str(self.home)

    def demoted(self):
        """Keyword arguments that make subprocess run a command as the person."""
        if os.geteuid() != 0 or self.uid == 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [self.gid]}


@dataclass(frozen=True)
class Lab:
    mode: str
    dir: Path
    invoker: Invoker

    @staticmethod
    def at(mode):
        invoker = Invoker.current()
        given = os.environ.get("CAIRN_LAB_DIR", "")
        base = Path(given) if given else invoker.folder("XDG_STATE_HOME", ".local/state") / "cairn"
        path = Path(os.path.abspath(base)) / f"lab-{mode}"
        if len(os.fsencode(path)) > LONGEST_DIR and mode == "real":
            raise LabError(
                f"the state folder's path is too long: {path}",
                "the lab puts Unix sockets there, and their paths may have 107 bytes; "
                f"this one has room for {LONGEST_DIR}",
                "set CAIRN_LAB_DIR to a shorter folder, for example /var/tmp/cairn",
            )
        return Lab(mode, path, invoker)

    @property
    def real(self):
        return self.mode == "real"

    @property
    def logs(self):
        return self.dir / "log"

    @property
    def pki(self):
        return self.dir / "pki"

    @property
    def volumes(self):
        return self.dir / "volumes"

    @property
    def kubeconfig(self):
        return self.dir / "kubeconfig"

    def log(self, name):
        return self.logs / f"{name}.log"

    def port(self, name):
        """Every port of the lab. All modes may be up at once, so each has its own thousand."""
        return PORT_BASE[self.mode] + PORTS[name]

    @property
    def server(self):
        return f"https://127.0.0.1:{self.port('apiserver')}"


# "bench" is the etcd and the apiserver of tests/bench; they have no other part of a lab.
PORT_BASE = {"real": 16000, "light": 26000, "bench": 17000}
PORTS = {
    "apiserver": 443,
    "etcd": 379,
    "etcd-peer": 380,
    "kube-controller-manager": 257,
    "kube-scheduler": 259,
    # one process on each of these in real mode
    "node-1": 250,
    "node-1-health": 248,
    "node-2": 251,
    "node-2-health": 249,
    "kube-proxy-health": 256,
    "kube-proxy-metrics": 255,
    "dns": 53,
    "store": 900,
    # and on these in light mode
    "kwok": 247,
    "webhook": 943,
    "operator-metrics": 180,
    "operator-health": 181,
}
LIGHT_PORTS = ("apiserver", "etcd", "etcd-peer", "kube-controller-manager", "kube-scheduler",
               "kwok", "webhook", "operator-metrics", "operator-health")
REAL_PORTS = ("apiserver", "etcd", "etcd-peer", "kube-controller-manager", "kube-scheduler",
              "node-1", "node-1-health", "node-2", "node-2-health",
              "kube-proxy-health", "kube-proxy-metrics", "dns", "store")


def ports_of(lab):
    return {name: lab.port(name) for name in (REAL_PORTS if lab.real else LIGHT_PORTS)}
