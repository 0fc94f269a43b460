# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets planted wherever Cairn gets some from, and a search for them wherever a run leaves something: what both
programs print and log, files they write, arguments and environment of what they start, core files. Needs the light lab:
CAIRN_TEST_KUBECONFIG names its kubeconfig."""

import base64
import http.server
import json
import os
import re
import resource
import secrets
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from urllib.parse import quote

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/e2e")]

from cairnlab.binaries import binary  # noqa: E402
from cairnlab.config import Lab  # noqa: E402
from object_store import certificate  # noqa: E402

BUILD = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev"))
CAIRNCTL, CAIRN, WINDOW = BUILD / "app/cairnctl", BUILD / "app/cairn", BUILD / "tests/gui/tst_window_canaries"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
ANY = range(-64, 256)


def forms(secret):
    """A secret as it may stand in a text: as it is, percent-encoded, in hexadecimal, in base64 at any offset."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), raw.hex().encode()}
    for offset in range(3):
        # The ends of base64 depend on what stands beside the secret: only what surely is the secret's.
        text = base64.b64encode(b"\0" * offset + raw)
        found.add(text[4 if offset else 0:len(text) - 4])
    return found


class Canaries:
    def __init__(self):
        self.planted = {}

    def plant(self, name, value=None):
        self.planted[name] = value or f"canary-{name}-{secrets.token_hex(12)}"
        return self.planted[name]

    def within(self, data, but=()):
        return {name for name, secret in self.planted.items() if name not in but and any(form in data for form in forms(secret))}


class Watched:
    """Runs a program and remembers all it left: `outputs` has name → bytes. Beside its process it looks at every one that
    it starts."""

    def __init__(self, argv, env, cwd, timeout=120, end=None):
        self.outputs = {}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=cwd,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
            stop = threading.Event()
            watcher = threading.Thread(target=self.watch, args=(process.pid, stop))
            watcher.start()
            try:
                if end:
                    end(process)
                self.status = self.wait(process, timeout)
            finally:
                stop.set()
                watcher.join()
                process.kill()
            for name, file in (("stdout", out), ("stderr", err)):
                file.seek(0)
                self.outputs[name] = file.read()
        self.code = os.waitstatus_to_exitcode(self.status)

    @staticmethod
    def wait(process, timeout):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return status
            time.sleep(0.01)
        raise AssertionError(f"{process.args} does not end")

    def watch(self, root, stop):
        while not stop.is_set():
            pids = [root]
            for pid in pids:
                here = Path("/proc", str(pid))
                try:
                    for task in here.glob("task/*/children"):
                        pids += [int(child) for child in task.read_text().split()]
                    self.note(f"arguments of {pid}", (here / "cmdline").read_bytes())
                    if pid != root:  # what the user put into its own is the user's
                        self.note(f"environment of {pid}", (here / "environ").read_bytes())
                except OSError:
                    pass
            time.sleep(0.002)

    def note(self, what, data):
        # exec() changes both; each state counts.
        if data not in self.outputs.get(what, b""):
            self.outputs[what] = self.outputs.get(what, b"") + b"\n" + data


class Handler(http.server.BaseHTTPRequestHandler):
    """Refuses everything and repeats what it was sent: as API server, as store, as proxy."""

    def refuse(self):
        self.server.heard.append(str(self.headers).encode())
        # In Python's own words: what a careless server's error page holds; and as an address or a dump would hold it.
        said = json.dumps({name: [value, quote(value, safe=""), base64.b64encode(value.encode()).decode(),
                                  base64.b64encode(f"{name}: {value}".encode()).decode(), value.encode().hex()]
                           for name, value in self.headers.items()})
        if "list-type" in self.path or self.headers.get("x-amz-date"):
            body, kind = f"<Error><Code>AccessDenied</Code><Message>{said.replace('<', '')}</Message></Error>", "application/xml"
        else:
            body, kind = json.dumps({"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403, "message": said}), "application/json"
        self.send_response(403)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.send_header("Warning", f'299 - "{self.headers.get("Authorization", "")}"')
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = do_CONNECT = refuse

    def log_message(self, *_):
        pass


class NoSecretLeaves(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cairn-canaries-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.home = self.folder / "home"  # all that a run may write to; what we write lies beside it
        self.home.mkdir()
        self.canaries = Canaries()
        self.lab = yaml.safe_load(Path(KUBECONFIG).read_text(encoding="utf-8"))
        self.heard = []
        self.store = f"http://127.0.0.1:{self.parrots()}"  # keys of buckets do not travel themselves
        cert, key = certificate(self.folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
        self.parrot = {"server": f"https://127.0.0.1:{self.parrots(tls)}",
                       "certificate-authority-data": base64.b64encode(cert.read_bytes()).decode()}

    def parrots(self, tls=None):
        """The port of a server that repeats what it is sent."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.heard = self.heard
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_port

    def assert_heard(self, *names):
        """What no server was sent, no server could repeat."""
        self.assertEqual(set(names) - self.canaries.within(b"\n".join(self.heard)), set())

    def environment(self, **more):
        dropped = ("AWS_", "XDG_", "QT_", "KUBECONFIG")
        env = {k: v for k, v in os.environ.items() if not k.startswith(dropped) and "proxy" not in k.lower()}
        env |= {f"XDG_{name}_HOME": str(self.home / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
        return env | {"HOME": str(self.home), "TMPDIR": str(self.home), "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen",
                      "QT_LOGGING_RULES": "cairn.*=true\n*.debug=true", "QT_FORCE_STDERR_LOGGING": "1"} | more

    def run_watched(self, *argv, expect=ANY, timeout=120, end=None, **env):
        run = Watched([str(a) for a in argv], self.environment(**env), self.home, timeout, end)
        self.assertIn(run.code, expect, f"{argv}\n{run.outputs['stdout'].decode()}\n{run.outputs['stderr'].decode()}")
        self.search(run.outputs, argv)
        return run

    def search(self, outputs, argv, but=()):
        for name, data in outputs.items():
            self.assertFalse(self.canaries.within(data, but), f"{name} of {argv} has it")
        for path in self.home.rglob("*"):
            if not path.is_file() or path.is_symlink():
                continue
            found = self.canaries.within(path.read_bytes())
            self.assertFalse(found, f"{path} after {argv} has {found}, mode {stat.filemode(path.stat().st_mode)}")

    def written(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o700)
        return path

    def config(self, name, user, **cluster):
        """A kubeconfig whose contexts all are this user's."""
        config = json.loads(json.dumps(self.lab))
        for entry in config["clusters"]:
            entry["cluster"] = cluster or entry["cluster"]
        for entry in config["users"]:
            entry["user"] = user
        return self.written(name, json.dumps(config))

    def lab_identity(self):
        """Certificate and key of the lab's administrator as PEM; the key is a canary."""
        user = self.lab["users"][0]["user"]
        pem = {}
        for key in ("client-certificate", "client-key"):
            data = user.get(f"{key}-data")
            pem[key] = base64.b64decode(data).decode() if data else Path(user[key]).read_text(encoding="utf-8")
        lines = pem["client-key"].strip().splitlines()
        self.canaries.plant("client-key", lines[len(lines) // 2])
        return pem["client-certificate"], pem["client-key"]

    def kubectl(self, *args, **more):
        return subprocess.run([binary(Lab.at("light"), "kubectl"), "--kubeconfig", KUBECONFIG, *args],
                              check=True, capture_output=True, text=True, **more)

    def test_the_search_finds_what_is_there(self):
        """Otherwise all the others would pass on anything."""
        secret = self.canaries.plant("self/check+1")
        for before in ("", "x", "xy"):
            for text in (secret, base64.b64encode((before + secret + "tail").encode()).decode(), secret.encode().hex(), quote(secret, safe="")):
                with self.assertRaises(AssertionError):
                    self.search({"stdout": b"a " + text.encode() + b" b"}, "self-check")
        for script in (f"echo {secret}", f"echo {secret} >&2", f"echo {secret} > config", f"sleep 0.2; : {secret}",
                       f"{base64.b64encode(secret.encode()).decode()}=1 true || sh -c 'sleep 0.3' {secret}",
                       f"KEY={secret} sh -c 'sleep 0.3; true'"):
            with self.assertRaises(AssertionError, msg=script):
                self.run_watched("/bin/sh", "-c", script)
        (self.home / "config").unlink(missing_ok=True)
        self.run_watched("/bin/sh", "-c", "sleep 0.1", expect=[0])

    def test_commands_on_a_cluster(self):
        certificate, key = self.lab_identity()
        inline = self.config("inline.yaml", {"client-certificate-data": base64.b64encode(certificate.encode()).decode(),
                                             "client-key-data": base64.b64encode(key.encode()).decode()})
        answer = self.written("answer", json.dumps({
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
            "status": {"clientCertificateData": certificate, "clientKeyData": key, "token": self.canaries.plant("unused-token")}}))
        program = self.written("sign-in", f"#!/bin/sh\nsleep 0.05\ncat '{answer}'\n")
        asked = self.config("exec.yaml", {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "interactiveMode": "Never"}})
        for config in (inline, asked):
            ctl = (CAIRNCTL, "--kubeconfig", config, *(["--allow-exec"] if config == asked else []))
            self.run_watched(*ctl, "contexts", "-o", "json", expect=[0])
            self.run_watched(*ctl, "doctor", "-o", "json")
            if config == inline:
                self.run_watched(*ctl, "jobs", "-A", "-o", "yaml", expect=[0])
            self.run_watched(*ctl, "components", "-o", "json")
            self.run_watched(*ctl, "audit", "--allow-secret", "-o", "sarif")
            self.run_watched(*ctl, "claims", "-A")
            self.run_watched(*ctl, "-n", "research", "job", "show", "mnist-demo")
            self.run_watched(*ctl, "-n", "research", "checkpoints", "mnist-demo")
            # Simulated pods list nothing: a helper would be waited for.
            self.run_watched(*ctl, "-n", "research", "job", "resume", "mnist-demo", "--from", "step=1", "--dry-run", expect=[4])

    def test_servers_that_repeat_what_they_are_sent(self):
        users = {
            "token": {"token": self.canaries.plant("token")},
            "file": {"tokenFile": str(self.written("token", self.canaries.plant("token-of-a-file")))},
            "basic": {"username": "ann", "password": self.canaries.plant("password")},
        }
        for name, user in users.items():
            config = self.config(f"{name}.yaml", user, **self.parrot)
            for command in (("jobs",), ("doctor",), ("contexts",), ("components",), ("audit",), ("job", "show", "x"), ("claims",)):
                run = self.run_watched(CAIRNCTL, "--kubeconfig", config, *command, "-o", "json")
            self.assertIn(b"*****", run.outputs["stderr"])
        self.assert_heard("token", "token-of-a-file", "password")

    def test_sign_in_programs_that_say_too_much(self):
        token = self.canaries.plant("token-of-a-program")
        good = json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token}})
        for name, answer in {"good": good, "cut": good[:-4], "other": good.replace("ExecCredential", "Other"), "bare": token}.items():
            with self.subTest(name):
                program = self.written("says-" + name, f"#!/bin/sh\nsleep 0.05\nprintf '%s' '{answer}'\n")
                config = self.config(f"{name}.yaml", {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program),
                                                                "interactiveMode": "Never"}}, **self.parrot)
                self.run_watched(CAIRNCTL, "--kubeconfig", config, "--allow-exec", "jobs")
                self.run_watched(CAIRNCTL, "--kubeconfig", config, "--allow-exec", "doctor")
        self.assert_heard("token-of-a-program")

    def test_passwords_in_addresses(self):
        password = self.canaries.plant("proxy-password")
        port = self.store.rsplit(":", 1)[1]
        for proxy in (f"http://ann:{password}@127.0.0.1:{port}", f"http://ann:{password}@127.0.0.1:1", f"socks5://ann:{password}@127.0.0.1:1",
                      f"http://ann:{password}@[broken"):
            for server in ("https://192.0.2.1:6443", "http://192.0.2.1"):
                with self.subTest(proxy.replace(password, "…"), server=server):
                    config = self.config("proxy.yaml", {"token": self.canaries.plant("token")}, server=server, **{"proxy-url": proxy})
                    for command in ("jobs", "doctor", "contexts"):
                        self.run_watched(CAIRNCTL, "--kubeconfig", config, command)
        self.assert_heard("proxy-password")
        config = self.config("userinfo.yaml", {}, server=f"https://ann:{password}@127.0.0.1:1")
        for command in ("jobs", "doctor", "contexts"):
            self.run_watched(CAIRNCTL, "--kubeconfig", config, command)
        self.run_watched(CAIRNCTL, "--kubeconfig", self.config("variable.yaml", {}, server="https://192.0.2.1"), "doctor",
                         HTTPS_PROXY=f"http://ann:{password}@127.0.0.1:1")

    def test_keys_of_buckets(self):
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": self.canaries.plant("s3-key"), "AWS_SESSION_TOKEN": self.canaries.plant("s3-session")}
        self.run_watched(CAIRNCTL, "checkpoints", "s3://b/p", "--endpoint", self.store, **keys)
        self.run_watched(CAIRNCTL, "checkpoints", "s3://b/p", "--endpoint", "http://127.0.0.1:1", **keys)
        self.assert_heard("s3-session")

        # The same out of a job's Secret.
        name = f"canary-{secrets.token_hex(4)}"
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": keys}
        job = {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": {"name": name},
               "spec": {"runPolicy": {"suspend": True}, "pytorchReplicaSpecs": {"Master": {"replicas": 1, "restartPolicy": "Never", "template": {
                   "spec": {"containers": [{"name": "pytorch", "image": "localhost/python:1", "envFrom": [{"secretRef": {"name": name}}],
                                            "env": [{"name": "CHECKPOINT_DIR", "value": "s3://ckpt/llama"},
                                                    {"name": "AWS_ENDPOINT_URL", "value": self.store}]}]}}}}}}
        self.addCleanup(self.kubectl, "-n", "research", "delete", f"pytorchjob/{name}", f"secret/{name}", "--ignore-not-found")
        self.kubectl("-n", "research", "create", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": [secret, job]}))
        run = self.run_watched(CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", "research", "checkpoints", name, "--endpoint", self.store, "--allow-secret")
        self.assertRegex(run.outputs["stderr"], rb"refus|denied|Denied|403|do not permit", run.outputs["stderr"])
        self.run_watched(CAIRNCTL, "--kubeconfig", KUBECONFIG, "-n", "research", "job", "show", name, "-o", "json", expect=[0])

    def test_a_crash_leaves_nothing(self):
        config = self.config("crash.yaml", {"token": self.canaries.plant("token")}, server=self.silent())
        for argv in ((CAIRNCTL, "--kubeconfig", config, "jobs"), (CAIRN, "--kubeconfig", config)):
            limits = []

            def crash(process, limits=limits):
                time.sleep(1.5)
                limits += re.findall(r"Max core file size\s+(\d+|unlimited)", Path(f"/proc/{process.pid}/limits").read_text())
                process.send_signal(signal.SIGABRT)
            run = self.run_watched(*argv, end=crash)
            self.assertEqual(run.code, -signal.SIGABRT)
            self.assertEqual(limits, ["0"])
            self.assertFalse(os.WCOREDUMP(run.status), "a core file was written")

    def silent(self):
        """An address that takes connections and says nothing."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def test_the_window(self):
        certificate, key = self.lab_identity()
        config = self.config("window.yaml", {"client-certificate-data": base64.b64encode(certificate.encode()).decode(),
                                             "client-key-data": base64.b64encode(key.encode()).decode()})
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": self.canaries.plant("s3-key")}
        parrot = self.config("parrot.yaml", {"token": self.canaries.plant("token")}, **self.parrot)
        self.run_watched(CAIRN, "--kubeconfig", config, "--exit-after-startup", expect=[0], **keys)
        run = self.run_watched(WINDOW, timeout=300, expect=[0], CAIRN_TEST_KUBECONFIG=str(config), CAIRN_PARROT_KUBECONFIG=str(parrot), **keys)
        self.assertIn(b"clipboard:", run.outputs["stdout"])
        self.assert_heard("token")
        # What Cairn keeps is the user's own: where work is, is nobody else's business either.
        mine = [p for p in self.home.rglob("*") if p.is_file() and "cairn" in str(p.relative_to(self.home))]
        self.assertTrue(mine)
        for path in mine:
            self.assertFalse(path.stat().st_mode & 0o077, f"{path}: {stat.filemode(path.stat().st_mode)}")


if __name__ == "__main__":
    unittest.main()
