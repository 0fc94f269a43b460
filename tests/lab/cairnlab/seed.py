# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster is filled with: namespaces, claims, people's rights, and jobs of every kind in every state."""

from . import images, kube, kubeflow, lend, nodes, store, volumes
from .config import SOURCE
from .kwok import NODES as SIMULATED
from .say import say, wait_until


def afresh(lab):
    """As after `up`: the jobs begin again, and the claims are empty."""
    # Not the runtimes: Trainer's webhook refuses every change of a TrainJob whose runtime is gone, even the last one of
    # its deletion, so that it would hang for ever.
    kube.delete(lab, [d for d in jobs(lab) if not d["kind"].endswith("TrainingRuntime")])
    say("the jobs are deleted")
    volumes.empty(lab)
    if lab.real:
        store.empty(lab)
    up(lab)


def up(lab):
    kube.apply(lab, _documents("access.yaml"))
    volumes.mount(lab)
    kube.apply(lab, volumes.documents(lab, nodes.NAMES if lab.real else SIMULATED))
    if not lab.real:
        kubeflow.up(lab)
    kube.apply(lab, [_code(namespace) for namespace in ("research", "nlp", "vision")])
    if lab.real:
        kube.apply(lab, [store.secret("research"), *lend.documents(lab)])
    documents = jobs(lab)
    _give_owner(lab, documents, "lr-sweep-trial-3")
    # The webhook's Service takes a moment to reach a pod that has just become ready.
    wait_until(lambda: kube.apply_when_admitted(lab, documents), "the jobs are admitted", 60)
    say(f"seeded {sum(not d['kind'].endswith('TrainingRuntime') for d in documents)} jobs")


def jobs(lab):
    """The objects of all seeded jobs, and the runtimes of some."""
    names = ("jobs-torch.yaml", "jobs.yaml", *(("trainjobs.yaml", "bucket.yaml") if lab.real else ("light.yaml",)))
    found = [document for name in names for document in _documents(name)]
    return [_with_store(lab, job) if job["metadata"]["name"] == "mnist-s3" else job for job in found]


def _with_store(lab, job):
    container = job["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]["containers"][0]
    container["env"] += [{"name": "AWS_ENDPOINT_URL_S3", "value": store.endpoint(lab)},
                         {"name": "AWS_REGION", "value": store.REGION}]
    return job


def _documents(name):
    return kube.read_yaml((SOURCE / "seed" / name).read_text())


def _code(namespace):
    scripts = (images.TRAIN, SOURCE / "seed/ddp.py", SOURCE / "seed/bucket.py")
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "training-code", "namespace": namespace},
            "data": {path.name: path.read_text() for path in scripts}}


def _give_owner(lab, jobs, name):
    """Make a Trial and put it down as the job's controller. The owner has to exist: its UID is part of the link."""
    trial = {"apiVersion": "kubeflow.org/v1beta1", "kind": "Trial",
             "metadata": {"name": name, "namespace": "research"}, "spec": {"parameterAssignments": [
                 {"name": "lr", "value": "0.003"}]}}
    kube.wait_established(lab, ["trials.kubeflow.org"])
    kube.apply(lab, [trial])
    uid = kube.get(lab, "trials.kubeflow.org", name, "-n", "research")["metadata"]["uid"]
    job = next(j for j in jobs if j["metadata"]["name"] == name)
    job["metadata"]["ownerReferences"] = [{
        "apiVersion": trial["apiVersion"], "kind": trial["kind"], "name": name, "uid": uid,
        "controller": True, "blockOwnerDeletion": True}]
