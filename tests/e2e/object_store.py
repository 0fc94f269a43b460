# SPDX-License-Identifier: GPL-3.0-or-later
"""versitygw, an S3 server that checks signatures, regions and hashes, on loopback with a folder of its own; and a signer
of requests that shares nothing with Cairn's."""

import datetime
import hashlib
import hmac
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))

from cairnlab import binaries  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

KEY, SECRET, REGION = "testkey", "test/secret+key", "eu-west-9"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder):
    """A self-signed certificate for localhost and 127.0.0.1: (certificate, key)."""
    cert, key = Path(folder, "store.pem"), Path(folder, "store.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=store", "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class ObjectStore:
    """Use as a context manager. `tls` is what certificate() gave."""

    def __init__(self, folder, tls=None, versions=False):
        self.port = free_port()
        self.tls = tls
        self.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        root = Path(folder, "store")
        root.mkdir()
        Path(folder, "side").mkdir()
        lab = Lab.at("light")
        binaries.ensure(lab, binaries.STORE)
        # A side folder for its notes: not every temporary folder takes extended attributes.
        self.argv = [binaries.binary(lab, "versitygw"), "--port", f"127.0.0.1:{self.port}", "--quiet", "--region", REGION,
                     "--virtual-domain", f"localhost:{self.port}", *(["--cert", tls[0], "--key", tls[1]] if tls else []),
                     "posix", "--sidecar", Path(folder, "side"),
                     *(["--versioning-dir", Path(folder, "versions")] if versions else []), root]
        if versions:
            Path(folder, "versions").mkdir()
        self.log = Path(folder, "store.log")

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, "ROOT_ACCESS_KEY_ID": KEY, "ROOT_SECRET_ACCESS_KEY": SECRET})
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.__exit__()
        raise AssertionError("versitygw did not start:\n" + self.log.read_text(errors="replace"))

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def request(self, method, path, body=b"", query=""):
        digest = hashlib.sha256(body).hexdigest()
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
        headers = {"host": f"127.0.0.1:{self.port}", "x-amz-content-sha256": digest, "x-amz-date": stamp}
        names = ";".join(headers)
        target = quote(path)
        canonical = "\n".join([method, target, query, *(f"{k}:{v}" for k, v in headers.items()), "", names, digest])
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = b"AWS4" + SECRET.encode()
        for part in (*scope.split("/"), text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={KEY}/{scope},SignedHeaders={names},Signature={key.hex()}"
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=ssl.create_default_context(cafile=self.tls[0]))
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, target + ("?" + query if query else ""), body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status // 100 != 2:
            raise AssertionError(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return text

    def make_bucket(self, bucket):
        self.request("PUT", f"/{bucket}")

    def keep_versions(self, bucket):
        self.request("PUT", f"/{bucket}", b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", "versioning=")

    def upload(self, folder, bucket, prefix):
        """A folder's files, as a training that saves to S3 writes them."""
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                self.request("PUT", f"/{bucket}/{prefix}{path.relative_to(folder)}", path.read_bytes())
