# SPDX-License-Identifier: GPL-3.0-or-later
"""Talking to the lab's cluster, through its own kubectl."""

import json

import yaml

from .binaries import binary
from .process import run
from .say import LabError


def kubectl(lab, *args, input=None, check=True):
    config = ("--kubeconfig", lab.kubeconfig) if "--kubeconfig" not in args else ()
    # Its discovery cache would go to the home folder.
    return run(binary(lab, "kubectl"), *config, "--cache-dir", lab.dir / "kubectl-cache",
               *args, input=input, check=check)


def get(lab, *args):
    """An object or list as a dictionary, None if it does not exist."""
    done = kubectl(lab, "get", *args, "-o", "json", "--ignore-not-found", check=False)
    if done.returncode != 0 or not done.stdout.strip():
        return None
    return json.loads(done.stdout)


def items(lab, *args):
    return (get(lab, *args) or {}).get("items", [])


def apply(lab, documents):
    """Server-side apply. CRDs are too big for the annotation that a client-side apply leaves."""
    kubectl(lab, "apply", "--server-side", "--force-conflicts", "--field-manager=lab", "-f", "-",
            input=_list(documents))


def delete(lab, documents):
    """Delete objects and wait until what they own is gone as well."""
    kubectl(lab, "delete", "--ignore-not-found", "--cascade=foreground", "--timeout=120s", "-f", "-", input=_list(documents))


def _list(documents):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": documents})


def read_yaml(text):
    """The documents of a text, read in C: the job kinds' definitions have four megabytes."""
    return [d for d in yaml.load_all(text, Loader=yaml.CSafeLoader) if d]


def wait_established(lab, names):
    """Wait until custom kinds are served."""
    # A kind just made has no conditions yet, at which `wait` gives up.
    for name in names:
        kubectl(lab, "wait", "--for=jsonpath={.status.conditions}", "--timeout=60s", f"crd/{name}")
    kubectl(lab, "wait", "--for=condition=Established", "--timeout=60s", *(f"crd/{name}" for name in names))


def is_ready(lab):
    return kubectl(lab, "get", "--raw=/readyz", "--request-timeout=5s", check=False).returncode == 0


def conditions(thing):
    """{type: status} of anything that has conditions."""
    return {c["type"]: c["status"] for c in (thing or {}).get("status", {}).get("conditions") or []}


def nodes_not_ready(lab, names):
    ready = {n["metadata"]["name"] for n in items(lab, "nodes") if conditions(n).get("Ready") == "True"}
    missing = [n for n in names if n not in ready]
    return f"not ready: {', '.join(missing)}" if missing else ""


def apply_when_admitted(lab, documents):
    """What to wait on while a webhook that has just started is not reachable yet; other refusals are final."""
    try:
        apply(lab, documents)
    except LabError as error:
        if "failed calling webhook" in error.why or "etcdserver: " in error.why:
            return error.why
        raise
    return ""
