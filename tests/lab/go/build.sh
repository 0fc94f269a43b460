#!/bin/sh
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
training-operator) family=operator package=github.com/kubeflow/training-operator/cmd/training-operator.v1 ;;
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
    source=$(go list -m -f '{{.Dir}}' github.com/kubeflow/training-operator)
    work=$(mktemp -d "$out/.operator.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    sed -e 's|^\tcertDir  *= "/tmp/k8s-webhook-server/serving-certs"$||' \
        -e 's|CertDir:  *certDir,|CertDir: os.TempDir() + "/k8s-webhook-server/serving-certs",|' \
        "$source/pkg/cert/cert.go" >"$work/cert.go"
    sed -e 's|^\t\t\tPort: webhookServerPort,$|\t\t\tHost: os.Getenv("WEBHOOK_HOST"), Port: webhookServerPort,|' \
        "$source/cmd/training-operator.v1/main.go" >"$work/main.go"
    grep -q 'os.TempDir()' "$work/cert.go" && grep -q WEBHOOK_HOST "$work/main.go"
    printf '{"Replace": {"%s": "%s", "%s": "%s"}}\n' \
        "$source/pkg/cert/cert.go" "$work/cert.go" \
        "$source/cmd/training-operator.v1/main.go" "$work/main.go" >"$work/overlay.json"
    set -- -overlay "$work/overlay.json"
fi

# Written under a temporary name: an interrupted build never leaves half a program in the cache.
CGO_ENABLED=0 go build "$@" -trimpath -buildvcs=false -ldflags "$flags" -o "$out/.$name.new" "$package"
mv "$out/.$name.new" "$out/$name"
