# SPDX-License-Identifier: GPL-3.0-or-later
"""cairnctl audit against a real API server: objects are applied, and each rule speaks of what was applied. Needs the light
lab: CAIRN_TEST_KUBECONFIG names its kubeconfig."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lab"))

from cairnlab.binaries import binary  # noqa: E402
from cairnlab.config import Lab  # noqa: E402

CAIRNCTL = Path(os.environ.get("CAIRN_BUILD_DIR", ROOT / "build/dev")) / "app/cairnctl"
KUBECONFIG = os.environ["CAIRN_TEST_KUBECONFIG"]
OK, FAILED, USAGE, NOT_FOUND, REFUSED, THRESHOLD = range(6)


def deployment(name, replicas=1, namespace="kubeflow", pod=None, container=None, **spec):
    """Without pods: nothing has to be placed, and what is asked for is what is judged."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {
        "containers": [{"name": "main", "image": "localhost/nothing:1", **(container or {})}], "nodeSelector": {"audit-test": "nowhere"}, **(pod or {})}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace, "labels": {"audit-test": "yes"}},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec}}


def of(api, kind, name, namespace="kubeflow", **fields):
    metadata = {"name": name, "labels": {"audit-test": "yes"}} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}


def budget(name, app, **spec):
    return of("policy/v1", "PodDisruptionBudget", name, spec={"selector": {"matchLabels": {"app": app}}, **spec})


def autoscaler(name, target, floor):
    return of("autoscaling/v2", "HorizontalPodAutoscaler", name, spec={
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}, "minReplicas": floor, "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]})


def hook(name, rules, **more):
    """One that no real request meets."""
    return {"name": f"{name}.example.com", "clientConfig": {"service": {"namespace": "kubeflow", "name": "audit-hook"}},
            "sideEffects": "None", "admissionReviewVersions": ["v1"], "rules": rules, **more}


THINGS = [{"apiGroups": ["audit.example.com"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["things"]}]
PODS = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
NOBODY = {"matchLabels": {"audit-test": "no-such-namespace"}}

# rule → the object that it has to speak of
OBJECTS = [
    (deployment("audit-web"), {"HA01", "HA24", "HA25", "HA26"}),
    (deployment("audit-db", container={"image": "docker.io/library/postgres:16"}), {"HA28"}),
    (deployment("audit-minio", container={"image": "quay.io/minio/minio:1"}), {"HA31"}),
    (deployment("audit-pair", 2), {"HA16", "HA07"}),
    (deployment("audit-moving", container={"image": "localhost/nothing:latest"}), {"HA37"}),
    (deployment("audit-gap", 2, strategy={"type": "Recreate"}), {"HA38"}),
    (deployment("audit-disk", 2, pod={"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "audit-disk"}}]}), {"HA29"}),
    (of("v1", "PersistentVolumeClaim", "audit-disk", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "none"}), set()),
    (deployment("audit-hook", container={"ports": [{"containerPort": 443}]}), {"HA20"}),
    (of("v1", "Service", "audit-hook", spec={"selector": {"app": "audit-hook"}, "ports": [{"port": 443}]}), set()),
    (of("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "audit-things", None, webhooks=[hook("things", THINGS)]), set()),
    (of("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "audit-pods", None, webhooks=[hook("pods", PODS, namespaceSelector=NOBODY)]), {"HA22"}),
    (budget("audit-strict", "audit-web", minAvailable=1), {"HA08", "HA11"}),
    (budget("audit-idle", "audit-gap", minAvailable=0), {"HA09"}),
    (budget("audit-nobody", "audit-absent", maxUnavailable=1, unhealthyPodEvictionPolicy="AlwaysAllow"), {"HA10"}),
    (deployment("audit-scaled", 2), {"HA12"}),
    (autoscaler("audit-scaled", "audit-scaled", 1), set()),
    (autoscaler("audit-dangling", "audit-absent", 2), {"HA15"}),
    (deployment("audit-twice", 3), {"HA10", "HA14"}),
    (autoscaler("audit-twice", "audit-twice", 2), set()),
    (budget("audit-twice-a", "audit-twice", minAvailable=2), set()),
    (budget("audit-twice-b", "audit-twice", maxUnavailable=1), set()),
    (of("v1", "Secret", "mlpipeline-minio-artifact", stringData={"accesskey": "minio", "secretkey": "minio123"}), {"HA32"}),
    (of("apps/v1", "Deployment", "audit-charted", spec=deployment("audit-charted", 1)["spec"]), {"HA52"}),
    (deployment("audit-keys", container={"env": [{"name": "K", "valueFrom": {"secretKeyRef": {"name": "mlpipeline-minio-artifact", "key": "secretkey"}}}]}), {"HA01"}),
]

next(o for o, _ in OBJECTS if o["metadata"]["name"] == "audit-charted")["metadata"]["annotations"] = {
    "meta.helm.sh/release-name": "audit-chart", "meta.helm.sh/release-namespace": "kubeflow"}


class AuditOfACluster(unittest.TestCase):
    maxDiff = None

    @staticmethod
    def kubectl(*args, check=True, **more):
        return subprocess.run([binary(Lab.at("light"), "kubectl"), "--kubeconfig", KUBECONFIG, *args], check=check, capture_output=True, text=True, **more)

    def cairnctl(self, *args, expect=OK):
        done = subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, *args], capture_output=True, timeout=120, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, expect, f"cairnctl {args}\n{out}\n{err}")
        return out, err

    def audit(self, *args, expect=OK):
        return json.loads(self.cairnctl("audit", "-o", "json", *args, expect=expect)[0])

    @classmethod
    def setUpClass(cls):
        everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": [o for o, _ in OBJECTS]})
        cls.addClassCleanup(cls.kubectl, "delete", "-f", "-", "--ignore-not-found", "--wait=false", input=everything, check=False)
        cls.kubectl("apply", "-f", "-", input=everything)

    def found(self, report):
        by = {}
        for finding in report["findings"]:
            by.setdefault((finding["object"]["kind"], finding["object"]["name"]), set()).add(finding["id"])
        return by

    def test_each_rule_speaks_of_what_was_applied(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        values = Path(folder.name) / "values.yaml"
        values.write_text("replicaCount: 3\n")
        end = time.monotonic() + 60
        while True:  # controllers take a moment to see what was applied
            found = self.found(self.audit("--allow-secret", "--helm-values", f"audit-chart={values}"))
            missing = {(o["kind"], o["metadata"]["name"]): rules - found.get((o["kind"], o["metadata"]["name"]), set()) for o, rules in OBJECTS}
            missing = {name: rules for name, rules in missing.items() if rules}
            if not missing or time.monotonic() > end:
                break
            time.sleep(1)
        self.assertEqual(missing, {})

    def test_every_single_replica_has_one_reason(self):
        report = self.audit()
        namespaces = {f["object"]["namespace"] for f in report["findings"]} - {"kube-system", ""}
        self.assertIn("knative-serving", namespaces)
        named = [(f["object"]["kind"], f["object"]["namespace"], f["object"]["name"]) for f in report["findings"] if f["primary"] and f["object"]["namespace"] != "kube-system"]
        self.assertEqual(len(named), len(set(named)))
        floors = {}
        for item in json.loads(self.kubectl("get", "hpa", "-A", "-o", "json").stdout)["items"]:
            target = item["spec"]["scaleTargetRef"]
            floors[target["kind"], item["metadata"]["namespace"], target["name"]] = item["spec"].get("minReplicas", 1)
        single = set()
        for item in json.loads(self.kubectl("get", "deployments,statefulsets", "-A", "-o", "json").stdout)["items"]:
            name = (item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])
            # Of namespaces with workloads that are judged; those of users are not Kubeflow's.
            if name[1] in namespaces and (floors[name] < 2 if name in floors else item["spec"]["replicas"] == 1):
                single.add(name)
        self.assertEqual(set(named), single)
        self.assertIn(("Deployment", "kubeflow", "audit-web"), single)

    def test_secrets_are_left_alone_unless_agreed_to(self):
        out, err = self.cairnctl("audit", "-o", "json")
        self.assertNotIn("mlpipeline-minio-artifact", out)
        self.assertIn("HA32", err)
        out, err = self.cairnctl("audit", "-o", "json", "--allow-secret")
        self.assertIn("mlpipeline-minio-artifact", out)
        self.assertNotIn("minio123", out + err)

    def test_thresholds_exports_and_acceptance(self):
        self.cairnctl("audit", "--fail-on", "critical", expect=THRESHOLD)
        self.assertTrue(json.loads(self.cairnctl("audit", "-o", "sarif")[0])["runs"][0]["results"])
        self.assertTrue(self.cairnctl("audit", "-o", "markdown")[0].startswith("# "))
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            rules = sorted({f["id"] for f in self.audit()["findings"]})
            entries = [{"rule": rule, "object": "*", "reason": "a test", "by": "me", "until": "2999-01-01"} for rule in rules]
            for entry in entries:
                entry["object"] = "* *"
            yaml.safe_dump({"accepted": entries}, file)
            file.flush()
            report = self.audit("--accepted", file.name, "--fail-on", "low")
            self.assertEqual(sum(report["counts"].values()), 0)
            self.assertTrue(report["findings"])

    def test_who_may_read_little_is_told_so(self):
        self.cairnctl("--context", "cairn-lab-viewer", "audit", expect=REFUSED)
        binding = json.dumps(of("rbac.authorization.k8s.io/v1", "RoleBinding", "audit-test",
                                roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
                                subjects=[{"kind": "User", "name": "viewer", "apiGroup": "rbac.authorization.k8s.io"}]))
        self.kubectl("apply", "-f", "-", input=binding)
        self.addCleanup(self.kubectl, "delete", "-f", "-", input=binding)
        end = time.monotonic() + 60
        while subprocess.run([CAIRNCTL, "--kubeconfig", KUBECONFIG, "--context", "cairn-lab-viewer", "audit"], capture_output=True, timeout=120,
                             check=False).returncode != OK and time.monotonic() < end:
            time.sleep(0.2)  # rights take a moment to count
        report = self.audit("--context", "cairn-lab-viewer")
        self.assertEqual({f["object"]["namespace"] for f in report["findings"] if f["primary"]}, {"kubeflow"})
        silent = {one["id"] for one in report["notEvaluated"]}
        self.assertLessEqual({"HA04", "HA20", "HA21", "HA41"}, silent)
        self.assertTrue(report["unread"])


if __name__ == "__main__":
    unittest.main()
