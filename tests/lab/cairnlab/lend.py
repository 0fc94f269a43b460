# SPDX-License-Identifier: GPL-3.0-or-later
"""What pods of the training images borrow from the machine, and how they get it without a word in their job.

A torch in the image would be a gigabyte for each of two nodes, unpacked at every start; and a job that mounts the machine's
/usr itself, as the seeded ones do, is one that no form writes. So the cluster adds the mounts when such a pod is created, as
Kubeflow's PodDefaults and GPU operators do for their drivers: a MutatingAdmissionPolicy for each image, which needs no
server. A job says image and command, as it would with an image that holds everything.
"""

import json
import platform
import shutil

from . import images
from .process import pip
from .say import LabError, say

# Debian's torch is older than any Keras 3 takes; TensorFlow is what a TFJob is for.
PACKAGES = (f"tensorflow{'-cpu' if platform.machine() == 'x86_64' else ''}==2.21.0", "keras==3.15.1")
MACHINE = {"usr": ("/usr", "/usr"), "alternatives": ("/etc/alternatives", "/etc/alternatives")}  # volume: there, in the pod


def documents(lab):
    """The policies and their bindings."""
    lent = {"torch": (images.TORCH, MACHINE),
            "tensorflow": (images.TENSORFLOW, {**MACHINE, "packages": (str(_folder(lab)), images.PACKAGES)})}
    return [document for name, (image, mounts) in lent.items() for document in _policy(f"lab-{name}", image, mounts)]


def _policy(name, image, mounts):
    text = json.dumps  # a JSON string is one of CEL
    volumes = ", ".join(f"Object.spec.volumes{{name: {text(volume)}, hostPath: Object.spec.volumes.hostPath{{path: {text(there)}}}}}"
                        for volume, (there, _) in mounts.items())
    inside = ", ".join(f"Object.spec.containers.volumeMounts{{name: {text(volume)}, mountPath: {text(path)}, readOnly: true}}"
                       for volume, (_, path) in mounts.items())
    expression = (f"Object{{spec: Object.spec{{volumes: [{volumes}], "
                  f"containers: object.spec.containers.filter(c, c.image == {text(image)})"
                  f".map(c, Object.spec.containers{{name: c.name, volumeMounts: [{inside}]}})}}}}")
    group = "admissionregistration.k8s.io/v1"
    return [
        {"apiVersion": group, "kind": "MutatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
            "matchConstraints": {"resourceRules": [
                {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]},
            "matchConditions": [{"name": "image", "expression": f"object.spec.containers.exists(c, c.image == {text(image)})"}],
            "failurePolicy": "Fail", "reinvocationPolicy": "Never",
            "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}]}},
        {"apiVersion": group, "kind": "MutatingAdmissionPolicyBinding", "metadata": {"name": name}, "spec": {"policyName": name}},
    ]


def _folder(lab):
    return lab.invoker.cache / "python" / PACKAGES[0].replace("==", "-")


def ensure(lab):
    """Install TensorFlow and Keras where its pods find them, unless they are there: 1.5 GB, some minutes."""
    folder = _folder(lab)
    if folder.exists():
        return
    say(f"installing TensorFlow into {folder}")
    lab.invoker.make(folder.parent)
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    # The pods' python3 is the machine's, and so is the one that chooses the wheels.
    done = pip(lab, "--target", new, *PACKAGES, python="/usr/bin/python3")
    if done.returncode != 0:
        raise LabError("TensorFlow could not be installed", done.stderr[-1500:],
                       "install python3-pip and allow it to reach its index; only tests/e2e/test_keras.py needs it")
    new.rename(folder)
