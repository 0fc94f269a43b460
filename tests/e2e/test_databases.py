# SPDX-License-Identifier: GPL-3.0-or-later
"""Real MariaDB and PostgreSQL servers in pods of the real lab, looked at by cairnctl from another pod with their clients: sign-in,
rights, versions, and TLS with a CA of its own. The image is made of Debian's packages."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lab"), str(ROOT / "tests/services")]

from cairnlab import images, nodes  # noqa: E402
from labtest import LabTest  # noqa: E402
from servers import Authority  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
NAMESPACE = "kubeflow"
# Whatever a client's own files give a meaning to.
PASSWORD = "Canary '91c4\" \\ #a:b=c %$x"
MARIADB, POSTGRES = "cairn-e2e-mariadb", "cairn-e2e-postgres"
LABEL = "cairn-test=databases"

MARIADB_SCRIPT = r"""
set -e
mkdir -p /tmp/d
mariadb-install-db --no-defaults --user=root --datadir=/tmp/d --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve
exec mariadbd --no-defaults --user=root --datadir=/tmp/d --socket=/tmp/s --port=3306 --bind-address=0.0.0.0 --ssl-cert=/tls/server.pem \
    --ssl-key=/tls/server.key --innodb-buffer-pool-size=16M --skip-name-resolve --init-file=/tls/init.sql
"""
POSTGRES_SCRIPT = r"""
set -e
cd /tmp
cp /tls/server.key /tmp/server.key
chmod 600 /tmp/server.key
PATH=/usr/lib/postgresql/15/bin:$PATH
initdb -D /tmp/d -A trust -U root -N --locale=C -E UTF8
printf 'local all all trust\nhostssl all all all scram-sha-256\nhost all tlsonly all reject\nhost all all all scram-sha-256\n' > /tmp/d/pg_hba.conf
postgres --single -D /tmp/d -j postgres < /tls/roles.sql
exec postgres -D /tmp/d -h 0.0.0.0 -p 5432 -k /tmp -c fsync=off -c ssl=on -c ssl_cert_file=/tls/server.pem -c ssl_key_file=/tmp/server.key
"""


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def deployment(name, script, port):
    security = {"runAsUser": 65534, "runAsGroup": 65534} if name == POSTGRES else {}
    container = {"name": name, "image": images.DATABASES, "imagePullPolicy": "Never", "command": ["sh", "-c", script],
                 "ports": [{"containerPort": port}], "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 1},
                 "volumeMounts": [{"name": "tls", "mountPath": "/tls"}]}
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cairn-test": "databases"}},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels},
                                  "spec": {"terminationGracePeriodSeconds": 1, "securityContext": security, "containers": [container],
                                           "volumes": [{"name": "tls", "secret": {"secretName": "cairn-e2e-databases"}}]}}}}


def service(name, port):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cairn-test": "databases"}},
            "spec": {"selector": {"app": name}, "ports": [{"port": port}]}}


class Databases(LabTest):
    mode = "real"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cairn-databases-")))
        images.load_databases(cls.lab, nodes.NAMES)
        ours, other = cls.folder / "ours", cls.folder / "other"
        ours.mkdir()
        other.mkdir()
        cls.authority = Authority(ours, [f"{name}.{NAMESPACE}.svc" for name in (MARIADB, POSTGRES)])
        cls.stranger = Authority(other).ca.read_text()
        word = quoted(PASSWORD)
        init = "".join(f"CREATE USER {user}@'%' IDENTIFIED BY {word} {more};\n" for user, more in
                       (("kubeflow", ""), ("poor", ""), ("tlsonly", "REQUIRE SSL"))) + \
            "GRANT ALL ON *.* TO kubeflow@'%';\nCREATE DATABASE katib;\nCREATE DATABASE metadb;\nGRANT ALL ON *.* TO tlsonly@'%';\n"
        # PostgreSQL's own strings know no escapes.
        word = "'" + PASSWORD.replace("'", "''") + "'"
        roles = "".join(f"CREATE ROLE {user} LOGIN {more} PASSWORD {word};\n\n" for user, more in
                        (("kubeflow", "CREATEDB"), ("poor", ""), ("tlsonly", ""))) + "CREATE DATABASE katib OWNER kubeflow;\n\n"
        test = cls()
        files = {"server.pem": cls.authority.cert.read_text(), "server.key": cls.authority.key.read_text(), "init.sql": init, "roles.sql": roles}
        test.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cairn-e2e-databases", "namespace": NAMESPACE,
                                                                      "labels": {"cairn-test": "databases"}}, "stringData": files},
                   deployment(MARIADB, MARIADB_SCRIPT, 3306), service(MARIADB, 3306), deployment(POSTGRES, POSTGRES_SCRIPT, 5432), service(POSTGRES, 5432))
        for name in (MARIADB, POSTGRES):
            done = test.kubectl("rollout", "status", f"deployment/{name}", "-n", NAMESPACE, "--timeout=120s", check=False)
            if done.returncode != 0:
                raise AssertionError(f"{name}: {done.stderr}\n{test.logs('-n', NAMESPACE, f'deployment/{name}')}")

    @classmethod
    def tearDownClass(cls):
        cls().kubectl("delete", "deployments,services,secrets", "-n", NAMESPACE, "-l", LABEL, "--wait=false")
        super().tearDownClass()

    def look(self, engine="mysql", kind="katib", user="kubeflow", password=PASSWORD, code=None, **more):
        host, port = (MARIADB, 3306) if engine == "mysql" else (POSTGRES, 5432)
        external = {"engine": engine, "host": f"{host}.{NAMESPACE}.svc", "port": port, "user": user, **more}
        path = self.folder / "settings.yaml"
        path.write_text(json.dumps({
            "apiVersion": "overlay.cairn.console/v1", "kind": "Overlay", "tiers": [4], "external": {kind: external},
            "base": {"remote": "https://github.com/kubeflow/community-distribution//example?ref=26.03"}}))
        done = subprocess.run([str(CAIRNCTL), "--kubeconfig", str(self.lab.kubeconfig), "-o", "json", "overlay", "test", str(path), "--from", "cluster",
                               "--allow-helper", "--image", images.DATABASES, "--password-from", "stdin"], input=password + "\n",
                              capture_output=True, text=True, timeout=900)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for secret in (PASSWORD, json.dumps(PASSWORD)[1:-1], base64.b64encode(PASSWORD.encode()).decode()):
            self.assertNotIn(secret, done.stdout + done.stderr)
        self.assertFalse(self.get("jobs", "-n", NAMESPACE, "-l", "cairn.console/helper=service-test").get("items"), done.stderr)
        report = json.loads(done.stdout)["services"][0]["reports"][0]
        return {c["id"]: (c["state"], c["text"]) for c in report["checks"]}

    def is_so(self, checks, **expected):
        for name, (state, words) in expected.items():
            self.assertEqual(checks.get(name, ("absent", ""))[0], state, checks)
            self.assertIn(words, checks[name][1])

    def test_mysql_signs_in_and_says_what_it_may(self):
        self.is_so(self.look(), name=("ok", ""), tcp=("ok", ""), tls=("warn", "Not encrypted"), login=("ok", "kubeflow"), version=("warn", "MariaDB"),
                   plugin=("ok", "mysql_native_password"), create=("ok", "katib"))
        self.is_so(self.look(user="poor", code=5), login=("ok", "poor"), create=("fail", "katib"))
        self.is_so(self.look(password="wrong", code=5), tcp=("ok", ""), login=("fail", "password is wrong"))

    def test_mysql_over_tls(self):
        checks = self.look(kind="modelRegistry", user="tlsonly", database="metadb", sslMode="verify-full", ca=self.authority.ca.read_text())
        self.is_so(checks, tls=("ok", "the certificate is the server"), login=("ok", "tlsonly"))
        checks = self.look(kind="modelRegistry", database="metadb", sslMode="verify-full", ca=self.stranger, code=5)
        self.is_so(checks, tls=("fail", ""))
        self.assertNotIn("login", {name for name, (state, _) in checks.items() if state == "ok"})
        self.is_so(self.look(user="tlsonly", code=5), login=("fail", "password is wrong"))  # MariaDB does not say that TLS is what lacks

    def test_postgresql_signs_in_and_says_what_it_may(self):
        self.is_so(self.look("postgresql"), name=("ok", ""), tcp=("ok", ""), login=("ok", "kubeflow"), version=("ok", "PostgreSQL 15"),
                   create=("ok", "katib"))
        self.is_so(self.look("postgresql", user="poor", code=5), login=("ok", "poor"), create=("fail", ""))
        self.is_so(self.look("postgresql", password="wrong", code=5), login=("fail", ""))
        self.is_so(self.look("postgresql", user="tlsonly", code=5), login=("fail", ""))

    def test_postgresql_over_tls(self):
        self.is_so(self.look("postgresql", user="tlsonly", sslMode="verify-full", ca=self.authority.ca.read_text()),
                   tls=("ok", "the certificate is the server"), login=("ok", "tlsonly"))
        self.is_so(self.look("postgresql", sslMode="verify-full", ca=self.stranger, code=5), tls=("fail", ""))


if __name__ == "__main__":
    unittest.main()
