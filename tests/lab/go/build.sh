#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Build one program of the lab: build.sh NAME OUT_FOLDER
# The caller sets PATH to a Go >= 1.26 and where Go keeps its caches. This file and the go.mod and
# go.sum files beside it are what the binary cache is keyed by: whatever changes the binaries is here.
set -eu

name=$1
out=$2
kube=v1.36.3

case $name in
etcd) family=kubernetes package=go.etcd.io/etcd/server/v3 ;;
kube-apiserver | kube-controller-manager | kube-scheduler | kube-proxy | kubectl | kubelet)
    family=kubernetes package=k8s.io/kubernetes/cmd/$name ;;
coredns) family=coredns package=github.com/coredns/coredns ;;
kwok) family=kwok package=sigs.k8s.io/kwok/cmd/kwok ;;
versitygw) family=versitygw package=github.com/versity/versitygw/cmd/versitygw ;;
training-operator) family=operator package=github.com/kubeflow/training-operator/cmd/training-operator.v1 ;;
trainer) family=trainer package=github.com/kubeflow/trainer/v2/cmd/trainer-controller-manager ;;
jobset) family=trainer package=sigs.k8s.io/jobset ;;
*) echo "build.sh: unknown program '$name'" >&2; exit 2 ;;
esac

# An unstamped Kubernetes reports v0.0.0-master and clients that read /version misjudge it.
flags="-s -w"
if [ $family = kubernetes ]; then
    for stamped in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        flags="$flags -X $stamped.gitVersion=$kube -X $stamped.gitMajor=1 -X $stamped.gitMinor=36"
        flags="$flags -X $stamped.gitTreeState=clean -X $stamped.buildDate=2026-01-01T00:00:00Z"
    done
fi

cd "$(dirname "$0")/$family"

# As a process beside others the operator must not listen on every interface, nor keep its
# certificates under a fixed name in /tmp. It has no flags for either, so both become environment
# variables here. In its pod, where neither is set, it behaves as released.
set --
if [ $family = operator ]; then
    module=github.com/kubeflow/training-operator
    work=$out/.operator
    rm -rf "$work" "$out/manifests"
    mkdir "$work"
    go mod download $module
    cp -R "$(go list -m -f '{{.Dir}}' $module)" "$work/source"
    chmod -R u+w "$work"
    sed -i -e 's|^\tcertDir  *= "/tmp/k8s-webhook-server/serving-certs"$||' \
        -e 's|CertDir:  *certDir,|CertDir: os.TempDir() + "/k8s-webhook-server/serving-certs",|' \
        "$work/source/pkg/cert/cert.go"
    sed -i -e 's|^\t\t\tPort: webhookServerPort,$|Host: os.Getenv("WEBHOOK_HOST"), Port: webhookServerPort,|' \
        "$work/source/cmd/training-operator.v1/main.go"
    grep -q 'os.TempDir()' "$work/source/pkg/cert/cert.go"
    grep -q WEBHOOK_HOST "$work/source/cmd/training-operator.v1/main.go"
    cp go.mod go.sum "$work"
    go mod edit -replace "$module=$work/source" "$work/go.mod"
    cp -R "$work/source/manifests" "$out/manifests"
    set -- -modfile "$work/go.mod"
fi

# Both run as pods, from the manifests of the same release.
if [ $family = trainer ]; then
    module=${package%%/cmd/*}
    go mod download "$module"
    source=$(go list -m -f '{{.Dir}}' "$module")
    rm -rf "$out/manifests-$name"
    case $name in
    jobset) cp -R "$source/config" "$out/manifests-$name" && chmod -R u+w "$out/manifests-$name" ;;
    trainer)
        cp -R "$source/manifests" "$out/manifests-$name" && chmod -R u+w "$out/manifests-$name"
        # It points at the internet; the lab brings its own JobSet.
        sed -i '/third-party\/jobset/d' "$out/manifests-$name/overlays/manager/kustomization.yaml"
        ;;
    esac
fi

# Written under a temporary name: an interrupted build never leaves half a program in the cache.
CGO_ENABLED=0 go build "$@" -trimpath -buildvcs=false -ldflags "$flags" -o "$out/.$name.new" "$package"
mv "$out/.$name.new" "$out/$name"
rm -rf "$out/.operator"
