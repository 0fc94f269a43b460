#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Build a server that stands in for one that Debian does not have: build.sh NAME OUT_FOLDER. As tests/lab/go/build.sh.
set -eu

name=$1
out=$2
export CGO_ENABLED=0
cd "$(dirname "$0")/$name"
set --
if [ "$name" = kafka ]; then
    # librdkafka signs in only where version 0 of SaslHandshake is offered, as by every real broker, though it uses version 1.
    module=github.com/twmb/franz-go/pkg/kfake
    work=$out/.kafka
    rm -rf "$work"
    mkdir "$work"
    go mod download $module
    cp -R "$(go list -m -f '{{.Dir}}' $module)" "$work/source"
    chmod -R u+w "$work"
    sed -i 's/regKey(17, 1, 1)/regKey(17, 0, 1)/' "$work/source/17_sasl_handshake.go"
    grep -q 'regKey(17, 0, 1)' "$work/source/17_sasl_handshake.go"
    cp go.mod go.sum "$work"
    go mod edit -replace "$module=$work/source" "$work/go.mod"
    set -- -modfile "$work/go.mod"
fi
go build "$@" -trimpath -buildvcs=false -ldflags "-s -w" -o "$out/.$name.new" .
mv "$out/.$name.new" "$out/$name"
rm -rf "$out/.kafka"
