# SPDX-License-Identifier: GPL-3.0-or-later
"""Two real nodes on one machine: for each a containerd, a kubelet, a part of the pod network and a cgroup."""

import json
import os
import re
import shutil
import time
from pathlib import Path

import yaml

from . import images, kube
from .binaries import binary
from .config import BRIDGE, NODE_IPS, POD_NET, SERVICE_DNS
from .process import command_line, end_pids, marked, run, start, stop, wait_for
from .say import say, wait_until

NAMES = tuple(NODE_IPS)
CGROUP = "cairn-lab"
CGROUPS = Path("/sys/fs/cgroup")
# Each node hands out half of the pod network; the bridge's own addresses are in neither half.
RANGES = {"node-1": ("10.231.1.0", "10.231.127.255"), "node-2": ("10.231.128.0", "10.231.255.250")}
ZONES = {"node-1": "zone-a", "node-2": "zone-b"}
GPUS = "4"


def up(lab):
    for node in NAMES:
        start_node(lab, node)
    start(lab, "kube-proxy", binary(lab, "kube-proxy"), "--config", _proxy_config(lab))
    wait_ready(lab, NAMES)
    say("both nodes are ready")


def start_node(lab, node):
    folder = lab.dir / node
    folder.mkdir(mode=0o711, exist_ok=True)
    _make_cgroup(node)
    start(lab, f"containerd-{node}", "containerd", "--config", _containerd_config(lab, node))
    socket = folder / "containerd.sock"
    wait_for(lab, f"containerd-{node}", lambda: "" if run("ctr", "-a", socket, "version", check=False).returncode == 0
             else f"{socket} does not answer", f"containerd of {node} answers", 30)
    images.load(lab, node)
    start(lab, f"kubelet-{node}", binary(lab, "kubelet"), "--config", _kubelet_config(lab, node),
          "--kubeconfig", lab.pki / f"{node}.kubeconfig", "--root-dir", folder / "kubelet",
          "--cert-dir", folder / "pki", "--hostname-override", node, "--node-ip", NODE_IPS[node],
          "--node-labels", f"topology.kubernetes.io/zone={ZONES[node]}")


def wait_ready(lab, names):
    wait_until(lambda: kube.nodes_not_ready(lab, names), "nodes are ready", 90,
               lab.log(f"kubelet-{names[0]}"), "read the log, then 'lab reset'")
    for node in names:
        # The documented way to offer a resource no device plugin offers; a starting kubelet takes it back.
        kube.kubectl(lab, "patch", "node", node, "--subresource=status", "--type=merge", "-p",
                     json.dumps({"status": {"capacity": {"nvidia.com/gpu": GPUS}}}))
        kube.kubectl(lab, "label", "node", node, "--overwrite", "nvidia.com/gpu.product=Simulated-GPU")


def stop_node(lab, node):
    """Take a node away as a power cut would: kubelet, containerd and every container of it."""
    stop(lab, [f"kubelet-{node}", f"containerd-{node}"], patience=0)
    end_pids(_shims(lab, node) + _pids_in_cgroup(node), patience=0)
    _forget_containers(lab, node)


def _shims(lab, node):
    socket = os.fsencode(lab.dir / node / "containerd.sock")
    return [pid for pid in marked(lab) if socket in command_line(pid)]


def _containerd_config(lab, node):
    folder = lab.dir / node
    (folder / "cni").mkdir(exist_ok=True)
    first, last = RANGES[node]
    (folder / "cni/10-lab.conflist").write_text(json.dumps({
        "cniVersion": "0.4.0", "name": f"cairn-lab-{node}", "plugins": [
            {"type": "bridge", "bridge": BRIDGE, "isGateway": True, "ipMasq": False, "hairpinMode": True,
             "ipam": {"type": "host-local", "dataDir": f"{folder}/cni-data",
                      "ranges": [[{"subnet": POD_NET, "rangeStart": first, "rangeEnd": last,
                                   "gateway": NODE_IPS["node-1"]}]],
                      "routes": [{"dst": "0.0.0.0/0"}]}}]}, indent=1))
    path = folder / "containerd.toml"

    def text(value):
        return json.dumps(str(value))  # a JSON string is a TOML string

    path.write_text(f"""\
version = 2
root = {text(folder / "containerd-root")}
state = {text(folder / "containerd-state")}
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = {text(folder / "containerd.sock")}
[plugins."io.containerd.internal.v1.opt"]
  path = {text(folder / "opt")}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{images.PAUSE}"
  # Without CAP_SYS_RESOURCE, as in many containers, runc could not start anything otherwise.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = {text(folder / "cni")}
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = {text(folder / "runc")}
""")
    return path


def _kubelet_config(lab, node):
    folder = lab.dir / node
    resolv = folder / "resolv.conf"
    resolv.write_text(f"nameserver {SERVICE_DNS}\n")
    path = folder / "kubelet.yaml"
    path.write_text(yaml.safe_dump({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{CGROUP}/{node}",
        "enforceNodeAllocatable": [],
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True},
                           "x509": {"clientCAFile": str(lab.pki / "ca.crt")}},
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{folder}/containerd.sock",
        "address": NODE_IPS[node],
        "port": lab.port(node),
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": lab.port(f"{node}-health"),
        "failSwapOn": False,
        "evictionHard": {"imagefs.available": "1%", "nodefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "clusterDNS": [SERVICE_DNS],
        "clusterDomain": "cluster.local",
        "resolvConf": str(resolv),
        "podLogsDir": str(folder / "pod-logs"),
        "volumePluginDir": str(folder / "flex"),
        # Secrets reach pods, and volume figures reach readers, soon enough to watch.
        "syncFrequency": "10s",
        "volumeStatsAggPeriod": "10s",
        "maxPods": 60,
    }, sort_keys=False))
    return path


def _proxy_config(lab):
    path = lab.dir / "kube-proxy.yaml"
    path.write_text(yaml.safe_dump({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(lab.pki / "kube-proxy.kubeconfig")},
        "mode": "iptables",
        "clusterCIDR": POD_NET,
        "hostnameOverride": "node-1",
        # A bridge answers between pods directly, past the translation: translate both ways.
        "iptables": {"masqueradeAll": True, "localhostNodePorts": False},
        "nodePortAddresses": [POD_NET],
        # It may not set these sysctls, and need not.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "healthzBindAddress": f"127.0.0.1:{lab.port('kube-proxy-health')}",
        "metricsBindAddress": f"127.0.0.1:{lab.port('kube-proxy-metrics')}",
    }, sort_keys=False))
    return path


def _hierarchies():
    """Every mounted cgroup tree: one for version 2, a dozen for version 1."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [(Path(m[1]), m[2]) for m in mounts if m[2] in ("cgroup", "cgroup2")]


def _make_cgroup(node):
    kinds = {kind for _, kind in _hierarchies()}
    for root, kind in _hierarchies():
        if kind == "cgroup2" and "cgroup" in kinds:
            continue  # a mixed system: the controllers are in version 1
        for folder in (root / CGROUP, root / CGROUP / node):
            folder.mkdir(exist_ok=True)
            for name in ("cpuset.cpus", "cpuset.mems"):
                # Version 1 makes it empty, and then no process may enter.
                if kind == "cgroup" and (folder / name).exists():
                    (folder / name).write_text((folder.parent / name).read_text())
            if kind == "cgroup2":
                for controller in (folder.parent / "cgroup.controllers").read_text().split():
                    try:
                        (folder.parent / "cgroup.subtree_control").write_text(f"+{controller}")
                    except OSError:
                        continue  # some cannot be passed on; the kubelet names one that it misses


def _pids_in_cgroup(node=""):
    pids = set()
    for root, _ in _hierarchies():
        for path in (root / CGROUP / node).rglob("cgroup.procs"):
            try:
                pids.update(int(pid) for pid in path.read_text().split())
            except OSError:
                continue  # removed meanwhile
    return sorted(pids)


def _remove_cgroups():
    def remaining():
        left = []
        for root, _ in _hierarchies():
            top = root / CGROUP
            for folder in sorted((p for p in (top, *top.rglob("*")) if p.is_dir()), reverse=True):
                try:
                    folder.rmdir()
                except OSError:
                    left.append(str(folder))
        return "busy: " + ", ".join(left[:3]) if left else ""

    wait_until(remaining, "cgroups are removed", 20)


def _forget_containers(lab, node):
    """Remove what containers leave outside the state folder: shim sockets, CNI results, links to logs."""
    folder = lab.dir / node
    for address in (folder / "containerd-state").glob("io.containerd.runtime.v2.task/*/*/address"):
        Path(address.read_text().removeprefix("unix://")).unlink(missing_ok=True)
    for result in Path("/var/lib/cni/results").glob("*"):
        if os.fsencode(folder) + b"/" in result.read_bytes():  # it names the network namespace
            result.unlink()
    for link in Path("/var/log/containers").glob("*.log"):
        if link.is_symlink() and os.readlink(link).startswith(str(folder)):
            link.unlink()
    unmount_below(folder / "containerd-state")
    shutil.rmtree(folder / "containerd-state", ignore_errors=True)
    shutil.rmtree(folder / "cni-data", ignore_errors=True)


def unmount_below(folder):
    """Unmount everything below a folder, innermost first."""
    prefix = f"{folder}/"
    for _ in range(3):  # mounts may be stacked
        mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        mounts = [re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), m) for m in mounts]
        mine = [m for m in mounts if m == str(folder) or m.startswith(prefix)]
        if not mine:
            return
        for mount in sorted(mine, key=len, reverse=True):
            run("umount", "--lazy", mount, check=False)


def down(lab):
    """End every container and shim by force and take away what they leave. Needs no containerd."""
    for _ in range(50):
        pids = sorted(set(marked(lab)) | set(_pids_in_cgroup()))
        if not pids:
            break
        end_pids(pids, patience=0)
        time.sleep(0.05)  # a shim that dies late may have been starting something
    for node in NAMES:
        _forget_containers(lab, node)
    unmount_below(lab.dir)
    _remove_cgroups()
