# SPDX-License-Identifier: GPL-3.0-or-later
"""Container images without a registry: docker archives made from a busybox and a few folders."""

import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from .binaries import binary
from .config import CHECKOUT, SOURCE
from .process import run
from .say import LabError

BUSYBOX = "localhost/busybox:1"
PAUSE = "localhost/pause:1"
PYTHON = "localhost/python:1"
OPERATOR = "localhost/training-operator:1"
DELIVERY = "localhost/kubectl-delivery:1"
JOBSET = "localhost/jobset:1"
TRAINER = "localhost/trainer:1"
DATABASES = "localhost/databases:1"
POSTGRES = "/usr/lib/postgresql/15"
# Trainings as a team would ship them: script and settings are in the image, so that a job names nothing else. What they
# borrow of the machine, and how it comes to them, is in lend.py.
TORCH = "localhost/torch:1"
TENSORFLOW = "localhost/tensorflow:1"
PACKAGES = "/opt/python"

# Slow enough to watch, and without an end.
TRAINING = {"STEP_DELAY": "0.02", "TOTAL_STEPS": "1000000"}

# A worker waits for its master's name. The operator's own template asks nslookup, and busybox's does not
# use the search list for short names.
WAIT_FOR_MASTER = """\
- name: init-pytorch
  image: {{.InitContainerImage}}
  imagePullPolicy: IfNotPresent
  resources: {limits: {cpu: 100m, memory: 20Mi}, requests: {cpu: 10m, memory: 10Mi}}
  command: [sh, -c, 'for i in $(seq {{.MaxTries}}); do ping -c1 -W1 {{.MasterAddr}} && exit 0; echo waiting for master; sleep 2; done; exit 1']
"""

TRAIN = CHECKOUT / "resources/templates/pytorch/train.py"

# Debian's busybox has no cksum.
MORE_PROGRAMS = ("/usr/bin/cksum",)

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

# Debian's servers and clients. Its psql is a script that looks for the real one.
DATABASE_PROGRAMS = ("/usr/sbin/mariadbd", "/usr/bin/mariadb", "/usr/bin/my_print_defaults", "/usr/bin/resolveip", "/usr/bin/openssl",
                     *(f"{POSTGRES}/bin/{name}" for name in ("postgres", "initdb", "psql")))
DATABASE_FILES = ("/usr/bin/mariadb-install-db", "/usr/share/mysql", f"{POSTGRES}/lib", "/usr/share/postgresql/15", "/usr/share/zoneinfo/Etc")

# What the seeded jobs run: it prints steps for ever, and ends when it is told to.
PRETEND_TRAINING = """\
#!/bin/sh
trap 'exit 143' TERM INT
step=0
while :; do
    step=$((step + 1))
    echo "step=$step epoch=$((1 + step / 100)) loss=$((200 / (100 + step))).$((20000 / (100 + step) % 100))"
    sleep 2 &
    wait $!
done
"""


class Layer:
    """A file system as a tar, the same bytes for the same content."""

    def __init__(self):
        self._bytes = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._bytes, mode="w")
        self._names = set()

    def folder(self, name, mode=0o755):
        self._add(name, tarfile.DIRTYPE, mode)

    def link(self, name, target):
        self._add(name, tarfile.SYMTYPE, 0o777, linkname=target)

    def file(self, name, data, mode=0o644):
        self._add(name, tarfile.REGTYPE, mode, data=data)

    def _add(self, name, kind, mode, linkname="", data=b""):
        if name in self._names:
            return  # a library of several programs
        self._names.add(name)
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.linkname, info.size = kind, mode, linkname, len(data)
        self._tar.addfile(info, io.BytesIO(data))

    def bytes(self):
        self._tar.close()
        return self._bytes.getvalue()


def _base():
    """A merged-/usr system of busybox alone.

    Training pods mount the host's /usr over this one and so get its python3; everything else that starts
    from the image keeps busybox, links and all.
    """
    layer = Layer()
    for name in ("usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "usr/local", "usr/local/bin", "etc", "etc/alternatives",
                 "dev", "proc", "sys", "root", "var", "run"):
        layer.folder(name)
    layer.folder("tmp", 0o1777)
    for name in ("bin", "lib", "lib64", "sbin"):
        layer.link(name, f"usr/{name}")
    layer.file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n")
    layer.file("etc/group", b"root:x:0:\nnogroup:x:65534:\n")
    layer.file("usr/local/bin/pretend-training", PRETEND_TRAINING.encode(), 0o755)
    busybox = _busybox()
    layer.file("usr/bin/busybox", busybox.read_bytes(), 0o755)
    for applet in subprocess.run([busybox, "--list"], text=True, capture_output=True, check=True).stdout.split():
        if applet != "busybox":
            layer.link(f"usr/bin/{applet}", "busybox")
    for program in MORE_PROGRAMS:
        _add_program(layer, program)
    return layer


def _add_program(layer, path):
    """A program of the machine with the libraries it names; merged /usr, so they go below usr."""
    listed = run("ldd", path).stdout
    for file in (path, *re.findall(r"(/\S+) \(0x", listed)):
        _add_file(layer, Path(file))


def _add_file(layer, file):
    name = "usr" + str(file).removeprefix("/usr")
    for parent in reversed(Path(name).parents):
        if str(parent) not in (".", "usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64"):
            layer.folder(str(parent))
    layer.file(name, file.read_bytes(), 0o755 if os.access(file, os.X_OK) else 0o644)


def _busybox():
    return Path(shutil.which("busybox", path=f"/bin:/usr/bin:{os.environ.get('PATH', '')}"))


def _scripts(files):
    """A layer with what trains. Not below /usr, which the machine's is mounted over."""
    layer = Layer()
    layer.folder("workspace")
    layer.folder(PACKAGES.strip("/"))
    for name, path in files.items():
        layer.file(f"workspace/{name}", path.read_bytes())
    return layer.bytes()


def _archive(path, name, layers, entrypoint=(), user="", environment=None):
    names = [hashlib.sha256(layer).hexdigest() for layer in layers]
    config = json.dumps({
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()), "os": "linux",
        "config": {"User": user, "Entrypoint": list(entrypoint) or None,
                   "Env": ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                           *(f"{key}={value}" for key, value in (environment or {}).items())]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{n}" for n in names]}, "history": [],
    }).encode()
    digest = hashlib.sha256(config).hexdigest()
    manifest = json.dumps([{"Config": f"{digest}.json", "RepoTags": [name],
                            "Layers": [f"{n}/layer.tar" for n in names]}]).encode()
    files = [(f"{n}/layer.tar", layer) for n, layer in zip(names, layers)]
    with tarfile.open(path, "w") as out:
        for name, data in (*files, (f"{digest}.json", config), ("manifest.json", manifest)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


def build(lab):
    """Write every image's archive; they are small and take a second together."""
    folder = lab.dir / "images"
    if folder.exists():
        return sorted(folder.glob("*.tar"))
    work = lab.dir / "images.new"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    base = _base().bytes()
    _archive(work / "busybox.tar", BUSYBOX, [base])
    _archive(work / "python.tar", PYTHON, [base])
    _archive(work / "torch.tar", TORCH, [base, _scripts({"train.py": TRAIN, "ddp.py": SOURCE / "seed/ddp.py"})], environment=TRAINING)
    _archive(work / "tensorflow.tar", TENSORFLOW,
             [base, _scripts({"train.py": SOURCE / "seed/keras_train.py", "saving.py": CHECKOUT / "resources/snippets/keras.py"})],
             environment={**TRAINING, "PYTHONPATH": PACKAGES, "TF_CPP_MIN_LOG_LEVEL": "3"})
    _archive(work / "pause.tar", PAUSE, [base], ["/bin/sleep", "infinity"])
    # An MPI launcher's init container brings kubectl. The lab's launchers start no remote shells.
    _archive(work / "kubectl-delivery.tar", DELIVERY, [base], ["/bin/true"])
    operator = Layer()
    operator.file("manager", binary(lab, "training-operator").read_bytes(), 0o755)
    operator.folder("etc")
    operator.folder("etc/config")
    operator.file("etc/config/initContainer.yaml", WAIT_FOR_MASTER.encode())
    operator.folder("tmp", 0o1777)
    _archive(work / "training-operator.tar", OPERATOR, [operator.bytes()], ["/manager"], "65532:65532")
    for name, image in (("jobset", JOBSET), ("trainer", TRAINER)):
        manager = Layer()
        manager.file("manager", binary(lab, name).read_bytes(), 0o755)
        manager.folder("tmp", 0o1777)
        _archive(work / f"{name}.tar", image, [manager.bytes()], ["/manager"], "65532:65532")
    work.rename(folder)
    return sorted(folder.glob("*.tar"))


def load(lab, node):
    socket = lab.dir / node / "containerd.sock"
    for archive in build(lab):
        run("ctr", "--address", socket, "--namespace", "k8s.io", "images", "import", archive)


def load_databases(lab, nodes):
    """The image DATABASES: MariaDB and PostgreSQL with their clients, as a cluster's own database images have them."""
    missing = [path for path in (*DATABASE_PROGRAMS, *DATABASE_FILES) if not os.path.exists(path)]
    if missing:
        raise LabError("the databases' image cannot be made", f"{missing[0]} is not here", "install mariadb-server and postgresql")
    archive = lab.dir / "databases.tar"
    if not archive.exists():
        layer = Layer()
        for program in DATABASE_PROGRAMS:
            _add_program(layer, program)
        for folder in map(Path, DATABASE_FILES):
            for file in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
                # Compiled code for a JIT, and messages in other languages, are most of the bytes.
                if file.is_file() and "bitcode" not in file.parts and "locale" not in file.parts:
                    _add_file(layer, file)
        layer.link("usr/bin/psql", f"{POSTGRES}/bin/psql")
        _archive(archive, DATABASES, [_base().bytes(), layer.bytes()])
    for node in nodes:
        run("ctr", "--address", lab.dir / node / "containerd.sock", "--namespace", "k8s.io", "images", "import", archive)
