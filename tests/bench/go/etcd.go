// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

// How many writes are under way at a time.
const writers = 32

type record struct {
	key, value string
}

func connect(o options) (*clientv3.Client, error) {
	tls, err := transport.TLSInfo{
		CertFile:      o.pki + "/etcd-client.crt",
		KeyFile:       o.pki + "/etcd-client.key",
		TrustedCAFile: o.pki + "/etcd-ca.crt",
	}.ClientConfig()
	if err != nil {
		return nil, err
	}
	return clientv3.New(clientv3.Config{Endpoints: []string{o.etcd}, TLS: tls, DialTimeout: 10 * time.Second})
}

// stored is an object as the apiserver keeps it: protobuf behind the four bytes "k8s\0" and an envelope.
func stored(object runtime.Object) (string, error) {
	var out bytes.Buffer
	err := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(object, &out)
	return out.String(), err
}

// write puts what `build` gives for `from` to `to` into etcd, and tells how far it is each second.
func write(ctx context.Context, o options, from, to int, build func(i int) (record, error)) error {
	client, err := connect(o)
	if err != nil {
		return err
	}
	defer client.Close()
	return each(ctx, from, to, func(i int) error {
		r, err := build(i)
		if err == nil {
			_, err = client.Put(ctx, r.key, r.value)
		}
		return err
	})
}

// each does the work for `from` to `to`. One object a request, never several in a transaction: those would share a revision,
// as no two objects of an apiserver do, and who lists in the midst of one would never be told of the rest.
func each(ctx context.Context, from, to int, work func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	next.Store(int64(from))
	var workers sync.WaitGroup
	for range writers {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= to {
					return
				}
				if err := work(i); err != nil {
					cancel(fmt.Errorf("after %d objects: %w", done.Load(), err))
					return
				}
				done.Add(1)
			}
		})
	}
	finished := make(chan struct{})
	go func() {
		workers.Wait()
		close(finished)
	}()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			say("writing", map[string]any{"objects": done.Load()})
		case <-finished:
			say("written", map[string]any{"objects": done.Load()})
			return context.Cause(ctx)
		}
	}
}
