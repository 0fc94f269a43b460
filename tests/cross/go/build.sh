#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Build the program of the comparison: build.sh NAME OUT_FOLDER. As tests/lab/go/build.sh.
set -eu

name=$1
out=$2
export CGO_ENABLED=0
case $name in
yamlcross)
    cd "$(dirname "$0")"
    go build -trimpath -buildvcs=false -ldflags "-s -w" -o "$out/.$name.new" .
    ;;
*) echo "build.sh: unknown program '$name'" >&2; exit 2 ;;
esac
mv "$out/.$name.new" "$out/$name"
