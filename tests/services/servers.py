# SPDX-License-Identifier: GPL-3.0-or-later
"""Database servers and brokers as children on 127.0.0.1, each with a folder of its own, a certificate, and accounts. Use each as a
context manager. As root they run as the users that Debian made for them."""

import base64
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab")]

from cairnlab import binaries  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

PASSWORD = "Canary-91c4"
GO = Path(__file__).resolve().parent / "go"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A CA, and a certificate of it for localhost, 127.0.0.1 and `names`."""

    def __init__(self, folder, names=()):
        self.ca, self.cert, self.key = folder / "ca.pem", folder / "server.pem", folder / "server.key"
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *curve, "-days", "40", "-subj", "/CN=Cairn test CA", "-addext", "basicConstraints=critical,CA:TRUE",
                     "-keyout", folder / "ca.key", "-out", self.ca)
        self.openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", self.key, "-out", folder / "server.csr")
        (folder / "names").write_text("subjectAltName=" + ",".join(["DNS:localhost", "IP:127.0.0.1", *(f"DNS:{name}" for name in names)]) + "\n")
        self.openssl("x509", "-req", "-in", folder / "server.csr", "-CA", self.ca, "-CAkey", folder / "ca.key", "-CAcreateserial",
                     "-days", "40", "-extfile", folder / "names", "-out", self.cert)

    @staticmethod
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True)


class Child:
    """One server. A subclass says what to run, and when it is ready."""

    account = ""

    def __init__(self, folder, authority):
        self.folder = folder / type(self).__name__.lower()
        self.folder.mkdir()
        self.authority = authority
        self.port = free_port()
        self.processes = []
        # A key that only its server may read; it does not serve otherwise.
        self.key = self.folder / "server.key"
        shutil.copyfile(authority.key, self.key)
        self.key.chmod(0o600)
        self.own()

    def own(self):
        if os.geteuid() == 0 and self.account:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, self.account, self.account)

    def argv(self, *args):
        as_user = ["setpriv", "--reuid", self.account, "--regid", self.account, "--clear-groups"] if os.geteuid() == 0 and self.account else []
        return [*as_user, *map(str, args)]

    def environment(self):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}

    def run(self, *args, text=""):
        done = subprocess.run(self.argv(*args), input=text, text=True, capture_output=True, env=self.environment(), cwd=self.folder,
                              check=False, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"{args}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self, *args):
        with open(self.folder.parent / f"{self.folder.name}.log", "ab") as log:
            self.processes.append(subprocess.Popen(self.argv(*args), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(),
                                                   cwd=self.folder, start_new_session=True))

    def wait(self, ready, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.processes[-1].poll() is None:
            if ready():
                return
            time.sleep(0.1)
        log = (self.folder.parent / f"{self.folder.name}.log").read_text(errors="replace")
        raise AssertionError(f"{type(self).__name__} did not start:\n{log[-3000:]}")

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            for stop in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, stop)
                    process.wait(20)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


class MariaDb(Child):
    account = "mysql"

    def begin(self):
        data, self.socket = self.folder / "data", self.folder / "s"
        self.run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db")
        self.start("mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1",
                   f"--ssl-cert={self.authority.cert}", f"--ssl-key={self.key}", "--innodb-buffer-pool-size=16M", "--wait-timeout=600",
                   "--max-connect-errors=1000")
        self.wait(lambda: self.socket.exists() and self.listens())
        users = "".join(f"CREATE USER {name}@'%' IDENTIFIED BY '{PASSWORD}' {more};" for name, more in
                        (("full", ""), ("poor", ""), ("one", ""), ("tls", "REQUIRE SSL"), ("locked", "ACCOUNT LOCK")))
        self.sql(users + "GRANT ALL ON *.* TO full@'%'; GRANT ALL ON `kf\\_one`.* TO one@'%'; CREATE DATABASE katib;"
                         f"INSTALL SONAME 'auth_ed25519'; CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('{PASSWORD}');")

    def sql(self, text):
        return self.run("mariadb", "--no-defaults", "-N", "-S", self.socket, "-uroot", text=text)

    def databases(self):
        return self.sql("SHOW DATABASES")


class PostgreSql(Child):
    account = "postgres"

    def begin(self):
        self.bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        data = self.folder / "data"
        self.run(self.bin / "initdb", "-D", data, "-A", "trust", "-U", "root", "-N")
        (data / "pg_hba.conf").write_text("local all all trust\nhostssl all tlsonly 127.0.0.1/32 scram-sha-256\n"
                                          "host all tlsonly 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.start(self.bin / "postgres", "-D", data, "-h", "127.0.0.1", "-p", self.port, "-k", self.folder, "-c", "fsync=off", "-c", "ssl=on",
                   "-c", f"ssl_cert_file={self.authority.cert}", "-c", f"ssl_key_file={self.key}", "-c", "idle_session_timeout=10min")
        self.wait(lambda: subprocess.run(self.argv(self.bin / "pg_isready", "-q", "-h", self.folder, "-p", self.port), cwd=self.folder,
                                         check=False).returncode == 0)
        for name, more in (("full", "LOGIN CREATEDB"), ("poor", "LOGIN"), ("tlsonly", "LOGIN"), ("nologin", "NOLOGIN")):
            self.sql(f"CREATE ROLE {name} {more} PASSWORD '{PASSWORD}'")
        self.sql("CREATE DATABASE katib OWNER full")

    def sql(self, text):
        return self.run(self.bin / "psql", "-X", "-A", "-t", "-h", self.folder, "-p", self.port, "-U", "root", "-d", "postgres", "-c", text)

    def databases(self):
        return self.sql("SELECT datname FROM pg_database ORDER BY 1")


class RabbitMq(Child):
    account = "rabbitmq"

    def begin(self):
        self.tls_port, self.epmd, self.distribution = free_port(), free_port(), free_port()
        salt = b"salt"
        secret = base64.b64encode(salt + hashlib.sha256(salt + PASSWORD.encode()).digest()).decode()
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "users": [{"name": name, "password_hash": secret, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": []} for name in ("full", "poor")],
            "vhosts": [{"name": "/"}, {"name": "events"}],
            "permissions": [{"user": "full", "vhost": vhost, **everything} for vhost in ("/", "events")]}
        (self.folder / "definitions.json").write_text(json.dumps(definitions))
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlisteners.ssl.1 = 127.0.0.1:{self.tls_port}\n"
            f"ssl_options.cacertfile = {self.authority.ca}\nssl_options.certfile = {self.authority.cert}\nssl_options.keyfile = {self.key}\n"
            f"ssl_options.verify = verify_none\nload_definitions = {self.folder}/definitions.json\n")
        (self.folder / "env").write_text("")
        self.own()
        # Ours, as the one that Erlang would start outlives it.
        self.start("epmd", "-port", self.epmd, "-address", "127.0.0.1")
        self.start("/usr/lib/rabbitmq/bin/rabbitmq-server")
        self.wait(lambda: self.listens() and "Starting broker... completed" in (self.folder.parent / "rabbitmq.log").read_text(errors="replace"), 300)

    def environment(self):
        if not hasattr(self, "epmd"):
            return super().environment()
        return super().environment() | {
            "RABBITMQ_BASE": str(self.folder), "RABBITMQ_NODENAME": "cairn@localhost", "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "env"), "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"), "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"), "RABBITMQ_DIST_PORT": str(self.distribution), "ERL_EPMD_PORT": str(self.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1"}


class Stand(Child):
    """A program of ./go: prints what it listens on, one a line, then "ready", and ends when its input does."""

    def __init__(self, folder, authority, program, *args, tls=False):
        self.program, self.args = program, [*args, *(["-cert", authority.cert, "-key", authority.key] if tls else [])]
        folder = folder / f"{program}-{free_port()}"
        folder.mkdir()
        super().__init__(folder, authority)

    def begin(self):
        lab = Lab.at("light")
        binaries.ensure(lab, [self.program], GO)
        process = subprocess.Popen([binaries.binary(lab, self.program, GO), *map(str, self.args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True, start_new_session=True)
        self.processes.append(process)
        self.lines = []
        for line in process.stdout:
            if line.strip() == "ready":
                return
            self.lines.append(line.strip())
        raise AssertionError(f"{self.program} did not start")

    def __exit__(self, *rest):
        for process in self.processes:
            process.stdin.close()
            process.stdout.close()
        super().__exit__(*rest)
