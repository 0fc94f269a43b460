#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Build one program of the bench: build.sh NAME OUT_FOLDER
# As tests/lab/go/build.sh: the caller sets PATH to a Go >= 1.26 and where Go keeps its caches, and this folder is what
# the binary cache is keyed by.
set -eu

name=$1
out=$2
export CGO_ENABLED=0
case $name in
cairnbench)
    cd "$(dirname "$0")"
    go build -trimpath -buildvcs=false -ldflags "-s -w" -o "$out/.$name.new" .
    ;;
k9s)
    mkdir -p "$out/.k9s"
    GOBIN="$out/.k9s" go install -trimpath -ldflags "-s -w" github.com/derailed/k9s@v0.50.18
    mv "$out/.k9s/k9s" "$out/.$name.new"
    rmdir "$out/.k9s"
    ;;
*) echo "build.sh: unknown program '$name'" >&2; exit 2 ;;
esac
mv "$out/.$name.new" "$out/$name"
