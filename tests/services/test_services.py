# SPDX-License-Identifier: GPL-3.0-or-later
"""services::probe against real servers: MariaDB, PostgreSQL and RabbitMQ of Debian, and the protocols of MySQL 8 and Kafka as
go-mysql-server and franz-go's kfake speak them, and S3 by versitygw. What such servers do not do on demand: tests/unit/services/tst_probe.cpp."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "e2e")]

from object_store import KEY, REGION, SECRET, ObjectStore, certificate  # noqa: E402
from servers import PASSWORD, ROOT, Authority, MariaDb, PostgreSql, RabbitMq, Stand  # noqa: E402

PROBE = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "tests/services/cairn_services_probe"


class Services(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="cairn-services-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        cls.folder.chmod(0o755)  # the servers are other users
        cls.authority = Authority(cls.folder)

    def probe(self, **wish):
        """The checks by their id. Whatever comes, it is text for people, and no secret is in it."""
        wish = {"host": "localhost", "password": PASSWORD, "user": "full", "seconds": 20, **wish}
        if wish.get("tls") == "verify":
            wish.setdefault("ca", self.authority.ca.read_text())
        # What is found in the environment of a person must not find its way to a server.
        env = os.environ | {"PGPASSWORD": "wrong", "PGUSER": "wrong", "PGSSLMODE": "disable", "PGOPTIONS": "-c wrong=1", "MYSQL_TCP_PORT": "1"}
        done = subprocess.run([PROBE], input=json.dumps(wish), capture_output=True, text=True, timeout=120, check=True, env=env)
        self.assertEqual(done.stderr, "")
        for secret in (PASSWORD, KEY, SECRET):
            self.assertNotIn(secret, done.stdout)
        report = json.loads(done.stdout)
        checks = {check["id"]: check for check in report["checks"]}
        self.assertEqual(report["usable"], all(c["state"] != "failed" for c in checks.values()))
        for check in checks.values():
            self.assertTrue(check["text"], check)
            self.assertTrue(check["fix"] or check["state"] != "failed", check)
        return checks

    def is_so(self, checks, **states):
        """id="state" or id="state: words in the text"."""
        for name, wanted in states.items():
            state, _, words = wanted.partition(": ")
            self.assertEqual(checks[name]["state"], state, checks[name])
            self.assertIn(words, checks[name]["text"])


class TestMariaDb(Services):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(MariaDb(cls.folder, cls.authority))

    def look(self, **wish):
        return self.probe(kind="mysql", port=self.server.port, **wish)

    def test_with_every_right(self):
        before = self.server.databases()
        checks = self.look(tls="verify", consumer="pipelines", life=120)
        self.is_so(checks, name="ok", tcp="ok", tls="ok: signed by Cairn test CA", login="ok: User full", version="warn: MariaDB",
                   plugin="ok: mysql_native_password", create="ok: mlpipeline, metadb, cachedb", lifetime="ok: after 2 min")
        self.assertEqual(self.server.databases(), before)  # nothing is created

    def test_with_few_rights(self):
        self.is_so(self.look(user="poor", consumer="pipelines", life=3600), create="failed: mlpipeline, metadb, cachedb", lifetime="warn: 10 min")
        self.is_so(self.look(user="poor"), create="warn: may not create databases")
        self.is_so(self.look(user="one", database="kf_one"), create="ok: kf_one")
        self.is_so(self.look(user="one", database="kfxone"), create="failed: kfxone")  # the underscore was escaped
        self.is_so(self.look(user="full", database="katib", consumer="katib"), create="ok: katib")
        self.is_so(self.look(user="full", database="nowhere", consumer="katib"), create="failed: does not exist")

    def test_plugins(self):
        self.is_so(self.look(user="ed", consumer="pipelines"), login="ok", plugin="failed: ed25519")

    def test_refusals(self):
        for wish in ({"password": "wrong"}, {"user": "nobody"}, {"user": "tls"}):
            self.is_so(self.look(**wish), login="failed: the password is wrong, or there is no such user", version="ok", create="skipped")
        self.is_so(self.look(user="tls", tls="verify"), login="ok")
        self.is_so(self.look(user="locked"), login="failed: locked")
        self.is_so(self.look(tls="verify", ca=""), tls="failed: does not trust", login="skipped")
        self.is_so(self.look(tls="encrypt"), tls="warn: nobody checks", login="ok")
        self.is_so(self.look(user=""), login="skipped: no user", version="ok")

    def test_another_kind_of_server_than_was_asked_for(self):
        for kind in ("postgresql", "rabbitmq", "kafka"):
            self.is_so(self.probe(kind=kind, port=self.server.port, seconds=3), tcp="ok", login="failed")
            self.is_so(self.probe(kind=kind, port=self.server.port, seconds=3, tls="verify"), tcp="ok", tls="failed", login="skipped")


class TestPostgreSql(Services):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(PostgreSql(cls.folder, cls.authority))

    def look(self, **wish):
        return self.probe(kind="postgresql", port=self.server.port, **wish)

    def test_with_every_right(self):
        before = self.server.databases()
        checks = self.look(tls="verify", consumer="katib", database="katib", life=120)
        self.is_so(checks, tls="ok: signed by Cairn test CA", login="ok: to database katib", version="ok: PostgreSQL", create="ok: tables in database katib",
                   lifetime="ok: after 2 min")
        self.is_so(self.look(), create="ok: may create databases")
        self.assertEqual(self.server.databases(), before)

    def test_with_few_rights(self):
        self.is_so(self.look(user="poor", consumer="registry", database="katib", life=3600), login="ok", create="failed: may not create tables",
                   lifetime="warn: 10 min")
        self.is_so(self.look(user="poor"), create="warn: may not create databases")

    def test_refusals(self):
        for wish in ({"password": "wrong"}, {"user": "nobody"}):
            self.is_so(self.look(**wish), login="failed: the password is wrong, or there is no such user", create="skipped")
        self.is_so(self.look(password=""), login="failed: asks user full for a password")
        self.is_so(self.look(user="nologin"), login="failed: not permitted to log in")
        self.is_so(self.look(database="nowhere"), login="failed: the database does not exist")
        self.is_so(self.look(user="tlsonly"), login="failed: pg_hba.conf")
        self.is_so(self.look(user="tlsonly", tls="verify"), login="ok")
        self.is_so(self.look(tls="verify", ca=""), tls="failed: does not trust", login="skipped")
        self.is_so(self.look(tls="encrypt"), tls="warn: nobody checks", login="ok")
        self.is_so(self.look(consumer="pipelines"), version="failed: MySQL alone")

    def test_another_kind_of_server_than_was_asked_for(self):
        for kind in ("mysql", "rabbitmq", "kafka"):
            self.is_so(self.probe(kind=kind, port=self.server.port, seconds=3), tcp="ok", login="failed")


class TestRabbitMq(Services):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(RabbitMq(cls.folder, cls.authority))

    def look(self, **wish):
        return self.probe(kind="rabbitmq", port=self.server.tls_port if "tls" in wish else self.server.port, **wish)

    def test_a_broker(self):
        self.is_so(self.look(tls="verify"), tls="ok: signed by Cairn test CA", login="ok: virtual host /", version="ok: RabbitMQ 3.", metadata="ok: cluster",
                   brokers="skipped: does not tell how many nodes")
        self.is_so(self.look(database="events"), login="ok: virtual host events")

    def test_refusals(self):
        for wish in ({"password": "wrong"}, {"user": "nobody"}):
            self.is_so(self.look(**wish), login="failed: refuses user", version="ok: RabbitMQ 3.", metadata="skipped")
        self.is_so(self.look(database="nowhere"), login="failed: not use the virtual host nowhere")
        self.is_so(self.look(user="poor"), login="failed: not use the virtual host /")
        self.is_so(self.look(tls="verify", ca=""), tls="failed: does not trust", login="skipped")
        self.is_so(self.probe(kind="rabbitmq", port=self.server.port, tls="verify"), tls="failed: does not speak TLS")
        self.is_so(self.probe(kind="rabbitmq", port=self.server.tls_port), login="failed")


class TestMySql8(Services):
    def stand(self, version, **more):
        return self.enterContext(Stand(self.folder, self.authority, "mysql", "-version", version, "-password", PASSWORD, **more))

    def look(self, stand, **wish):
        return self.probe(kind="mysql", port=int(stand.lines[0]), user="native", **wish) if "user" not in wish \
            else self.probe(kind="mysql", port=int(stand.lines[0]), **wish)

    def test_versions(self):
        for version, state in (("5.7.44", "failed: too old"), ("8.0.36", "ok: MySQL 8.0.36"), ("8.4.3", "ok"), ("9.1.0", "failed: too new")):
            with self.subTest(version=version):
                self.is_so(self.look(self.stand(version), consumer="pipelines"), login="ok", version=state, create="ok")

    def test_plugins_and_tls(self):
        stand = self.stand("8.4.3", tls=True)
        self.is_so(self.look(stand, tls="verify"), tls="ok", login="ok")
        # caching_sha2_password gives the password to an encrypted connection alone.
        self.is_so(self.look(stand, user="sha2", tls="verify", database="katib", consumer="katib"), login="ok", create="skipped: does not tell")
        self.is_so(self.look(stand, user="sha2", tls="verify", password="wrong"), login="failed")
        self.is_so(self.look(self.stand("8.0.36"), tls="verify"), tls="failed: offers no TLS")


class TestKafka(Services):
    def look(self, stand, **wish):
        return self.probe(kind="kafka", servers=stand.lines, **{"user": "", **wish})

    def stand(self, *args, **more):
        return self.enterContext(Stand(self.folder, self.authority, "kafka", *args, **more))

    def test_brokers(self):
        self.is_so(self.look(self.stand()), login="skipped", metadata="ok", brokers="ok: 3 of 3", version="skipped")
        one = self.stand("-brokers", 1)
        self.is_so(self.look(one), brokers="warn: 1 of 1")
        self.is_so(self.look(one, consumer="eventing"), brokers="failed: not possible")

    def test_sign_in(self):
        stand = self.stand("-sasl", "SCRAM-SHA-256", "-user", "full", "-password", PASSWORD, tls=True)
        self.is_so(self.look(stand, user="full", tls="verify"), tls="ok", login="ok: SCRAM-SHA-256", brokers="ok")
        self.is_so(self.look(stand, user="full", tls="verify", mechanism="SCRAM-SHA-512"), login="failed: refuses user full")
        self.is_so(self.look(stand, user="full", tls="verify", password="wrong"), login="failed: refuses user full")
        self.is_so(self.look(stand, tls="verify", seconds=3), metadata="failed")
        self.is_so(self.look(stand, user="full", seconds=3), login="failed")
        self.is_so(self.look(stand, user="full", tls="verify", ca=""), tls="failed: does not trust")
        plain = self.stand("-sasl", "PLAIN", "-user", "full", "-password", PASSWORD)
        self.is_so(self.look(plain, user="full", mechanism="PLAIN"), login="ok: PLAIN", brokers="ok")


class TestS3(Services):
    def store(self, bucket="mlpipeline", versions=False, **more):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cairn-s3-")))
        store = self.enterContext(ObjectStore(folder, versions=versions, **more))
        store.make_bucket(bucket)
        if versions:
            store.keep_versions(bucket)
        return store

    def look(self, store, **wish):
        return self.probe(**{"kind": "s3", "host": "127.0.0.1", "port": store.port, "user": KEY, "password": SECRET, "region": REGION,
                             "database": "mlpipeline", **wish})

    def objects(self, store, query="list-type=2"):
        return store.request("GET", "/mlpipeline", query=query).decode()

    def test_a_bucket(self):
        store = self.store()
        self.is_so(self.look(store), name="ok", tcp="ok", tls="warn", s3="ok", clock="ok", region=f"ok: {REGION}", login="ok", style="ok", bucket="ok",
                   list="ok", write="skipped: agree", read="skipped", delete="skipped")
        self.assertNotIn("<Key>", self.objects(store))
        self.is_so(self.look(store, write=True), write="ok: cairn-probe/", read="ok", delete="ok: deleted again")
        self.assertNotIn("<Key>", self.objects(store))

    def test_refusals(self):
        store = self.store()
        self.is_so(self.look(store, user="nobody", write=True), login="failed: does not know the access key", list="skipped", write="skipped")
        self.is_so(self.look(store, password="wrong"), login="failed: signature")
        self.is_so(self.look(store, database="elsewhere"), bucket="failed: no bucket elsewhere")
        self.is_so(self.look(store, region="us-west-2"), region=f"failed: in region {REGION}, not in us-west-2", list="ok")
        self.is_so(self.look(store, region=""), region=f"warn: {REGION}", list="ok")
        self.is_so(self.look(store, user="", password=""), bucket="warn: not tested", login="skipped: no keys", list="skipped")
        self.is_so(self.look(store, tls="verify"), tls="failed: does not speak TLS")

    def test_tls(self):
        tls = certificate(tempfile.mkdtemp(dir=self.folder))
        store = self.store(tls=tls)
        self.is_so(self.look(store, tls="verify", ca=Path(tls[0]).read_text(), write=True), tls="warn", list="ok", delete="ok")
        self.is_so(self.look(store, tls="verify", ca=""), tls="failed", list="skipped")
        self.is_so(self.look(store), s3="failed: speaks TLS")

    def test_versions(self):
        store = self.store(versions=True)
        self.is_so(self.look(store, write=True), write="ok", read="ok", delete="warn: delete marker and the old version")
        kept = self.objects(store, "versions=")
        self.assertIn("<DeleteMarker>", kept)
        self.assertIn("cairn-probe/", kept)


if __name__ == "__main__":
    unittest.main()
