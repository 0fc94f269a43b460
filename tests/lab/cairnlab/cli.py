# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the lab."""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import sys
from contextlib import contextmanager

from . import binaries, control, dns, kube, kubeflow, kwok, lend, network, nodes, operator, pki, process, seed, store, trainer
from .config import Lab, ports_of
from .say import LabError, complain, say

# command: Debian package
TOOLS = {"openssl": "openssl"}
REAL_TOOLS = {"containerd": "containerd", "ctr": "containerd", "runc": "runc", "iptables": "iptables",
              "ip": "iproute2", "mount": "mount", "busybox": "busybox-static"}
REAL_FILES = {"/usr/lib/cni/bridge": "containernetworking-plugins",
              "/usr/lib/python3/dist-packages/torch/__init__.py": "python3-torch"}

SERVICES = {
    "light": (*control.NAMES, "kwok", "training-operator", kubeflow.RENEWER),
    "real": (*control.NAMES, store.NAME, "coredns", "kube-proxy", "containerd-node-1", "kubelet-node-1",
             "containerd-node-2", "kubelet-node-2"),
}

RENEWER = {"start": kubeflow.start_renewer, "stop": kubeflow.stop_renewer, "run": kubeflow.run_renewer}


def main():
    arguments = _parse()
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a start that is ended cleans up
    try:
        lab = Lab.at(_mode(arguments))
        if not lab.real:
            lab.invoker.become()
        return arguments.run(lab, arguments) or 0
    except LabError as error:
        complain(error)
        return 1
    except OSError as error:
        complain(LabError("the lab cannot go on", error, "check the permissions and the free space of the place named"))
        return 1
    except KeyboardInterrupt:
        return 130


def _parse():
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    which = argparse.ArgumentParser(add_help=False)
    mode = which.add_mutually_exclusive_group()
    mode.add_argument("--real", action="store_true", help="two real nodes; needs root (what root gets without a flag)")
    mode.add_argument("--light", action="store_true", help="simulated nodes; needs no root (what others get)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name, run, help, **defaults):
        command = commands.add_parser(name, parents=[which], help=help)
        command.set_defaults(run=run, **defaults)
        return command

    add("up", _up, "start the lab, or mend it; quick when it is up already")
    add("down", _down, "end everything and leave nothing behind")
    add("reset", _reset, "down, then up")
    add("status", _status, "say what runs; exit 0 if all of it does, 3 if the lab is down, 1 otherwise")
    add("kubeconfig", lambda lab, _: print(lab.kubeconfig), "print where the kubeconfig is")
    add("build", _build, "build the programs without starting anything")
    add("seed", _seed, "begin the example jobs again, with empty claims")
    add("break-node", _break_node, "take a real node away at once").add_argument("node", choices=nodes.NAMES)
    add("heal-node", _heal_node, "bring a real node back").add_argument("node", choices=nodes.NAMES)
    renewer = add("renewer", _renewer, "start or stop what keeps the seeded Leases fresh, or be it")
    renewer.add_argument("action", choices=RENEWER)
    return parser.parse_args()


def _mode(arguments):
    if arguments.real:
        return "real"
    if arguments.light:
        return "light"
    return "real" if os.geteuid() == 0 else "light"


@contextmanager
def _alone(lab):
    """One command at a time changes a lab. The lock is in the cache, as the state folder comes and goes."""
    path = lab.invoker.make(lab.invoker.cache / "lab") / f"{lab.mode}.lock"
    # For reading, which is enough for a lock: the file may be root's.
    lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another lab command to end")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def _up(lab, _):
    if lab.real and os.geteuid() != 0:
        raise LabError("the real lab needs root", "it makes a network bridge, mounts and containers",
                       "run it with sudo, or 'lab up --light'")
    _check_tools(lab)
    with _alone(lab):
        binaries.ensure(lab, binaries.REAL if lab.real else binaries.LIGHT)
        if not _trouble(lab):
            say(f"the {lab.mode} lab is up: {lab.kubeconfig}")
            return
        if lab.dir.exists() and not (process.pid_of(lab, "kube-apiserver") and kube.is_ready(lab)):
            say("clearing the remains of an earlier run")
            _clear(lab)
        fresh = not lab.dir.exists()
        try:
            if fresh:
                _prepare(lab)
            _start(lab)
        except BaseException as error:
            if isinstance(error, LabError):
                _keep_log(lab, error)
            if fresh and lab.dir.exists():
                say("cleaning up after the failure")
                _clear(lab)
            raise
        say(f"the {lab.mode} lab is up: {lab.kubeconfig}")


def _check_tools(lab):
    wanted = TOOLS | (REAL_TOOLS if lab.real else {})
    missing = {package for tool, package in wanted.items() if not shutil.which(tool)}
    if lab.real:
        missing |= {package for path, package in REAL_FILES.items() if not os.path.exists(path)}
    if missing:
        raise LabError("programs are missing", "these Debian packages are not installed: " + ", ".join(sorted(missing)),
                       "sudo apt-get install --no-remove " + " ".join(sorted(missing)))


def _prepare(lab):
    _check_ports(lab)
    if lab.real:
        network.check(lab)
    lab.invoker.make(lab.dir.parent)
    lab.dir.mkdir(mode=0o755 if lab.real else 0o700)
    lab.logs.mkdir()
    if lab.real:
        network.remember(lab)
    pki.make(lab)
    say("keys and kubeconfig are made")


def _check_ports(lab):
    for name, port in ports_of(lab).items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("0.0.0.0", port))
                except OSError as error:
                    raise LabError(f"port {port}, which {name} needs, is taken", error,
                                   f"see who has it: ss -lnp 'sport = :{port}'") from error


def _start(lab):
    if lab.real:
        network.up(lab)
        store.up(lab)
    control.up(lab)
    if lab.real:
        dns.up(lab)
        nodes.up(lab)
        trainer.start(lab)
    else:
        kwok.up(lab)
    operator.up(lab)
    if lab.real:
        trainer.finish(lab)
    seed.up(lab)
    (lab.dir / "complete").touch()


def _keep_log(lab, error):
    """The state folder goes when a start fails; the log that tells why stays beside it."""
    if error.log and os.path.exists(error.log):
        kept = lab.dir.parent / f"lab-{lab.mode}-failed.log"
        shutil.copyfile(error.log, kept)
        error.log = kept


def _clear(lab):
    if lab.real and os.geteuid() != 0:
        raise LabError("the real lab was started by root and only root can end it", fix="run it with sudo")
    process.stop(lab, process.services(lab))
    process.end_pids(process.marked(lab))
    if lab.real:
        nodes.down(lab)
        network.down(lab)
    shutil.rmtree(lab.dir)


def _down(lab, _):
    with _alone(lab):
        if not lab.dir.exists():
            say(f"the {lab.mode} lab is not up")
            return
        _clear(lab)
        say(f"the {lab.mode} lab is down")


def _reset(lab, arguments):
    _down(lab, arguments)
    _up(lab, arguments)


def _trouble(lab):
    """What keeps the lab from being fully up, as a list of short texts."""
    if not lab.dir.exists():
        return ["it is not started"]
    found = [f"{name} does not run" for name in SERVICES[lab.mode] if not process.pid_of(lab, name)]
    if found:
        return found
    if not binaries.binary(lab, "kubectl").exists():
        return ["its programs are not built"]
    if not kube.is_ready(lab):
        return ["the apiserver does not answer"]
    if why := kube.nodes_not_ready(lab, nodes.NAMES if lab.real else kwok.NODES):
        found.append(f"nodes are {why}")
    if not (lab.dir / "complete").exists():
        found.append("its last start did not end")
    return found


def _status(lab, _):
    trouble = _trouble(lab)
    if not trouble:
        print(f"the {lab.mode} lab is up\nkubeconfig: {lab.kubeconfig}\nserver: {lab.server}\nlogs: {lab.logs}")
        return 0
    print(f"the {lab.mode} lab is not up: " + "; ".join(trouble))
    return 1 if lab.dir.exists() else 3


def _build(lab, arguments):
    names = binaries.LIGHT if arguments.light else binaries.REAL if arguments.real else binaries.ALL
    binaries.ensure(lab, names)
    if not arguments.light:
        lend.ensure(lab)
    say(f"built: {binaries.folder(lab)}")


def _seed(lab, _):
    _need_up(lab)
    with _alone(lab):
        seed.afresh(lab)


def _need_up(lab):
    if not lab.dir.exists() or not kube.is_ready(lab):
        raise LabError(f"the {lab.mode} lab is not up", fix=f"lab up --{lab.mode}")


def _need_real(lab):
    if not lab.real:
        raise LabError("only the real lab has nodes that can break", fix="use --real")
    _need_up(lab)


def _renewer(lab, arguments):
    if lab.real:
        raise LabError("only the light lab has seeded Leases", fix="use --light")
    if arguments.action == "run":  # what `start` starts; while `up` has the lock
        RENEWER["run"](lab)
    _need_up(lab)
    with _alone(lab):
        RENEWER[arguments.action](lab)


def _break_node(lab, arguments):
    _need_real(lab)
    with _alone(lab):
        nodes.stop_node(lab, arguments.node)
    say(f"{arguments.node} is gone; the cluster notices within a minute")


def _heal_node(lab, arguments):
    _need_real(lab)
    with _alone(lab):
        nodes.start_node(lab, arguments.node)
        nodes.wait_ready(lab, [arguments.node])
    say(f"{arguments.node} is back")
