# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain http proxy on loopback before the lab's API server. It holds the request that a test names, before it is sent
on or before its answer is given back, so that the program which sent it can be killed at exactly that point."""

import base64
import http.client
import http.server
import json
import ssl
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

import yaml


class HoldingProxy:
    """`kubeconfig` is the file to give to the program. Use as a context manager."""

    def __init__(self, kubeconfig, folder):
        config = yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
        user = config["users"][0]["user"]
        cluster = config["clusters"][0]["cluster"]
        self.server = urlsplit(cluster["server"])
        self.tls = ssl.create_default_context(cadata=_pem(cluster, "certificate-authority"))
        with tempfile.TemporaryDirectory() as keys:
            for name in ("client-certificate", "client-key"):
                path = Path(keys, name)
                path.touch(0o600)
                path.write_text(_pem(user, name), encoding="utf-8")
            self.tls.load_cert_chain(Path(keys, "client-certificate"), Path(keys, "client-key"))
        self._hold = None
        self._lock = threading.Lock()
        self.held = threading.Event()
        self._go = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def _serve(self):
                outer.serve(self)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

        self._listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._listener.daemon_threads = True
        self.kubeconfig = Path(folder, "proxied.kubeconfig")
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxied",
            "clusters": [{"name": "proxied", "cluster": {"server": f"http://127.0.0.1:{self._listener.server_port}"}}],
            "users": [{"name": "nobody", "user": {}}],
            "contexts": [{"name": "proxied", "context": {"cluster": "proxied", "user": "nobody"}}]}), encoding="utf-8")

    def __enter__(self):
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._go.set()
        self._listener.shutdown()
        self._listener.server_close()

    def hold(self, method, path_part, body_part, after):
        """Hold the first such request; `after`: once the server has carried it out. Dry runs never count."""
        with self._lock:
            self.held.clear()
            self._go.clear()
            self._hold = (method, path_part, body_part, after)

    def drop(self):
        """Let go what is held: its sender is dead, so nothing is sent on."""
        self._go.set()

    def _wanted(self, handler, body):
        with self._lock:
            if not self._hold or "dryRun=" in handler.path:
                return None
            method, path_part, body_part, after = self._hold
            if handler.command != method or path_part not in handler.path or body_part.encode() not in body:
                return None
            self._hold = None
            return "after" if after else "before"

    def serve(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        point = self._wanted(handler, body)
        handler.close_connection = True
        if point == "before":
            self.held.set()
            self._go.wait()
            return
        upstream = http.client.HTTPSConnection(self.server.hostname, self.server.port, context=self.tls, timeout=300)
        try:
            headers = {k: v for k, v in handler.headers.items()
                       if k.lower() not in ("host", "connection", "content-length", "authorization", "upgrade", "http2-settings")}
            upstream.request(handler.command, handler.path, body or None, headers)
            answer = upstream.getresponse()
            if point == "after":
                answer.read()
                self.held.set()
                self._go.wait()
                return
            handler.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    handler.send_header(name, value)
            handler.send_header("Connection", "close")
            handler.end_headers()
            while part := answer.read1(65536):
                handler.wfile.write(part)
                handler.wfile.flush()
        except OSError:
            pass  # either side has gone
        finally:
            upstream.close()


def _pem(entry, name):
    if name + "-data" in entry:
        return base64.b64decode(entry[name + "-data"]).decode()
    return Path(entry[name]).read_text(encoding="utf-8")
