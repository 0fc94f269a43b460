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

// Below etcd's --max-txn-ops of 128, and 64 pods are half a megabyte.
const batch = 64

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
	var next, done atomic.Int64
	next.Store(int64(from))
	var workers sync.WaitGroup
	failed := make(chan error, 4)
	for range cap(failed) {
		workers.Go(func() {
			for ctx.Err() == nil {
				begin := int(next.Add(batch)) - batch
				if begin >= to {
					return
				}
				var puts []clientv3.Op
				for i := begin; i < min(begin+batch, to); i++ {
					r, err := build(i)
					if err != nil {
						failed <- err
						return
					}
					puts = append(puts, clientv3.OpPut(r.key, r.value))
				}
				if _, err := client.Txn(ctx).Then(puts...).Commit(); err != nil {
					failed <- fmt.Errorf("after %d objects: %w", done.Load(), err)
					return
				}
				done.Add(int64(len(puts)))
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
		case err := <-failed:
			return err
		case <-finished:
			select {
			case err := <-failed:
				return err
			default:
			}
			say("written", map[string]any{"objects": done.Load()})
			return ctx.Err()
		}
	}
}
