# SPDX-License-Identifier: GPL-3.0-or-later
"""The training of train.py with its checkpoints in a bucket: CHECKPOINT_DIR and RESUME_FROM_CHECKPOINT are s3:// addresses.

It saves into a folder of the pod and then puts the file into the bucket, whole or not at all. Endpoint, region and keys
are those of the AWS tools: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import datetime
import hashlib
import hmac
import os
import sys
import tempfile
import urllib.error
import urllib.request
import xml.etree.ElementTree
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))

import train  # noqa: E402

SCHEME = "s3://"


def split(uri):
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    return bucket, key.strip("/")


class Store:
    """Requests signed as AWS describes it (Signature Version 4), the bucket in the path."""

    def __init__(self, environment):
        self.endpoint = environment["AWS_ENDPOINT_URL_S3"].rstrip("/")
        self.region = environment.get("AWS_REGION", "us-east-1")
        self.key, self.secret = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]

    def request(self, method, bucket, key="", query=(), body=b""):
        path = quote(f"/{bucket}/{key}" if key else f"/{bucket}")
        text = urlencode(sorted(query), quote_via=quote)
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        headers = {"host": urlsplit(self.endpoint).netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
        names = ";".join(headers)
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        canonical = "\n".join([method, path, text, *(f"{k}:{v}" for k, v in headers.items()), "", names, digest])
        signed = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = b"AWS4" + self.secret.encode()
        for part in (*scope.split("/"), signed):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.key}/{scope},"
                                    f"SignedHeaders={names},Signature={key.hex()}")
        url = f"{self.endpoint}{path}" + (f"?{text}" if text else "")
        request = urllib.request.Request(url, body or None, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def names(self, bucket, prefix):
        """Of the objects directly below a prefix; a page is more than a training keeps."""
        query = [("list-type", "2"), ("prefix", f"{prefix}/"), ("delimiter", "/")]
        tree = xml.etree.ElementTree.fromstring(self.request("GET", bucket, query=query))
        return [key.text.rpartition("/")[2] for key in tree.iterfind("{*}Contents/{*}Key")]

    def fetch(self, uri, folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / uri.rpartition("/")[2]
        path.write_bytes(self.request("GET", *split(uri)))
        train.say(f"fetched {uri}")
        return path


class BucketCheckpoints(train.Checkpoints):
    def __init__(self, settings, uri, store):
        super().__init__(settings)
        self.uri, self.store = uri.rstrip("/"), store
        self.bucket, self.prefix = split(self.uri)

    def resume(self):
        """The newest of its own prefix, else the named one, as train.py does with folders."""
        mine = self.mine()
        for name in mine[-2:]:  # the one before, in case the newest cannot be loaded
            self.store.fetch(f"{self.uri}/{name}", self.folder)
        if not mine and self.settings.resume.startswith(SCHEME):
            named = self.settings.resume
            try:
                self.settings.resume = str(self.store.fetch(named, self.folder / "named"))
            except urllib.error.URLError as error:
                sys.exit(f"error: RESUME_FROM_CHECKPOINT={named} cannot be read: {error}")
        return super().resume()

    def save(self, training):
        before = self.saved_step
        super().save(training)
        if self.saved_step == before:
            return
        newest = self.files()[0][1]
        self.store.request("PUT", self.bucket, f"{self.prefix}/{newest.name}", body=newest.read_bytes())
        train.say(f"uploaded {self.uri}/{newest.name} step={training.step}")
        past = [name for name in self.mine() if name <= newest.name]
        for old in past[:-self.settings.keep_last] if self.settings.keep_last else ():
            self.store.request("DELETE", self.bucket, f"{self.prefix}/{old}")

    def mine(self):
        return sorted(name for name in self.store.names(self.bucket, self.prefix) if name.startswith("step-"))


def main():
    uri = os.environ["CHECKPOINT_DIR"]
    with tempfile.TemporaryDirectory() as folder:
        settings = train.Settings({**os.environ, "CHECKPOINT_DIR": folder})
        train.run(settings, BucketCheckpoints(settings, uri, Store(os.environ)))


if __name__ == "__main__":
    main()
