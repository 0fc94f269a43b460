# SPDX-License-Identifier: GPL-3.0-or-later
"""The bridge, the firewall and the kernel settings of the real lab, and how to take all of it away again.

What the lab finds before it changes anything is written to host.json in the state folder first, so that
a later run can restore it even if this one is killed.
"""

import ipaddress
import json
import os
from pathlib import Path

from .config import BRIDGE, NODE_IPS, POD_NET, SERVICE_NET, ports_of
from .process import run
from .say import LabError

INPUT, FORWARD = "CAIRN-LAB-INPUT", "CAIRN-LAB-FORWARD"
TABLES = ("filter", "nat", "mangle", "raw")
# What kube-proxy and the kubelet make. The lab does not start where others made these.
KUBERNETES = "KUBE-"

# The lab sets the first; kubelet and kube-proxy set the others.
SYSCTLS = ("net/ipv4/ip_forward", "vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
           "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "net/ipv4/conf/all/route_localnet",
           "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables")
# Some programs have fixed places outside the state folder. Those that were absent go again.
PLACES = ("/run/containerd", "/run/containerd/s", "/var/log/containers", "/var/lib/cni", "/var/lib/cni/results",
          "/var/lib/kubelet", "/var/lib/kubelet/device-plugins", "/var/lib/kubelet/device-plugins/kubelet.sock",
          "/run/mount")


def _iptables(*args, family="", check=True):
    return run(f"ip{family}tables", "-w", "10", *args, check=check)


def _chains(family, table):
    done = _iptables("-t", table, "-S", family=family, check=False)
    return [line.split() for line in done.stdout.splitlines()]


def foreign_kubernetes():
    """Chains another Kubernetes on this machine has made. Ask only when no lab is up."""
    return sorted({words[1] for table in TABLES for words in _chains("", table)
                   if words[0] == "-N" and words[1].startswith(KUBERNETES)})


def _sysctl(name):
    return Path("/proc/sys") / name


def remember(lab):
    """Write down what there is before the lab; never overwrite what a killed run has written."""
    record = lab.dir / "host.json"
    if record.exists():
        return
    values = {name: _sysctl(name).read_text().strip() for name in SYSCTLS if _sysctl(name).exists()}
    absent = [place for place in PLACES if not os.path.lexists(place)]
    record.write_text(json.dumps({"sysctls": values, "absent": absent}, indent=1) + "\n")


def check(lab):
    """Say what stands in the way before anything is changed."""
    if found := foreign_kubernetes():
        raise LabError("this machine already runs a Kubernetes node",
                       f"these firewall chains are not the lab's: {', '.join(found[:4])}; two kube-proxies would fight",
                       "use 'lab up --light', or stop the other Kubernetes and remove its chains")
    ours = [ipaddress.ip_network(net) for net in (POD_NET, SERVICE_NET)]
    for line in run("ip", "-4", "route", "show").stdout.splitlines():
        words = line.split()
        if "/" in words[0] and any(net.overlaps(ipaddress.ip_network(words[0], strict=False)) for net in ours):
            raise LabError(f"the lab's network {POD_NET} or {SERVICE_NET} is in use", f"there is a route: {line.strip()}",
                           "take that network down, or use 'lab up --light'")


def up(lab):
    _sysctl("net/ipv4/ip_forward").write_text("1\n")
    if not Path(f"/sys/class/net/{BRIDGE}").exists():
        run("ip", "link", "add", BRIDGE, "type", "bridge")
    for address in NODE_IPS.values():
        run("ip", "addr", "replace", f"{address}/16", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")
    _firewall(lab)


def _firewall(lab):
    """From other interfaces neither the lab's ports nor its pods can be reached, and pods reach nothing outside."""
    ports = [
        *(f"-A {INPUT} -i {device} -j RETURN" for device in ("lo", BRIDGE)),
        *(f"-A {INPUT} -p {protocol} --dport {port} -j REJECT"
          for protocol in ("tcp", "udp") for port in sorted(ports_of(lab).values())),
    ]
    pods = [
        f"-A {INPUT} -d {POD_NET} -j REJECT",
        f"-A {FORWARD} -i {BRIDGE} -o {BRIDGE} -j ACCEPT",
        f"-A {FORWARD} -i {BRIDGE} -j REJECT",
        f"-A {FORWARD} -o {BRIDGE} -j REJECT",
    ]
    # Pods have no IPv6, but the apiserver listens on it as well.
    families = {"": ports + pods, "6": ports} if Path("/proc/net/if_inet6").exists() else {"": ports + pods}
    for family, rules in families.items():
        # All at once: when the lab is mended, it is not open for a moment.
        _restore(family, "filter", [f":{INPUT} - [0:0]", f":{FORWARD} - [0:0]", *rules])
        for hook, chain in (("INPUT", INPUT), ("FORWARD", FORWARD)):
            if _iptables("-C", hook, "-j", chain, family=family, check=False).returncode != 0:
                _iptables("-I", hook, "1", "-j", chain, family=family)


def _restore(family, table, lines):
    text = "\n".join([f"*{table}", *lines, "COMMIT", ""])
    run(f"ip{family}tables-restore", "--noflush", "-w", "10", input=text)


def down(lab):
    """Take away bridge, chains and settings. Safe to call when there is little or nothing left."""
    record = lab.dir / "host.json"
    if not record.exists():
        return
    before = json.loads(record.read_text())
    run("ip", "link", "del", BRIDGE, check=False)
    for family in ("", "6"):
        for table in TABLES:
            _remove_chains(family, table)
    for name, value in before["sysctls"].items():
        if _sysctl(name).exists() and _sysctl(name).read_text().strip() != value:
            _sysctl(name).write_text(value + "\n")
    for place in sorted(before["absent"], reverse=True):
        try:
            os.rmdir(place) if os.path.isdir(place) else os.unlink(place)
        except OSError:
            pass  # not there, or something else uses it by now
    record.unlink()


def _remove_chains(family, table):
    mine = {words[1] for words in _chains(family, table)
            if words[0] == "-N" and (words[1].startswith(KUBERNETES) or words[1] in (INPUT, FORWARD))}
    if not mine:
        return
    jumps = [line for line in run(f"ip{family}tables-save", "-t", table).stdout.splitlines()
             if line.startswith("-A ") and line.split()[1] not in mine and _target(line) in mine]
    _restore(family, table, [*("-D" + line[2:] for line in jumps),
                             *(f"-F {chain}" for chain in mine), *(f"-X {chain}" for chain in mine)])


def _target(rule):
    words = rule.split()
    return words[words.index("-j") + 1] if "-j" in words else ""
