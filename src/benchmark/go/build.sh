#!/bin/sh
# Builds target/go-peer with the modules of go.mod or, where GO111MODULE is off, with the packages in GOPATH.
set -eu
cd "$(dirname "$0")"
peer=../../../target/go-peer

mkdir -p ../../../target
if [ "$(go env GO111MODULE)" != off ]; then
    # A copy, beside which Go writes the sums.
    cp go.mod "$peer.mod"
    export GOFLAGS="-mod=mod -modfile=$peer.mod"
fi
go build -trimpath -ldflags='-s -w' -o "$peer" .
"$peer" versions >"$peer.versions"
cat "$peer.versions"
