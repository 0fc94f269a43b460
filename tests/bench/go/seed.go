// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"k8s.io/apimachinery/pkg/runtime"
)

func recordOf(key string, object runtime.Object) (record, error) {
	value, err := stored(object)
	return record{key, value}, err
}

func podRecord(i, round int) (record, error) {
	pod := makePod(i, round)
	return recordOf("/registry/pods/"+pod.Namespace+"/"+pod.Name, pod)
}

func seed(ctx context.Context, o options) error {
	if o.from == 0 {
		if err := write(ctx, o, 0, namespaces, func(i int) (record, error) {
			return recordOf("/registry/namespaces/"+namespaceOf(i), makeNamespace(i))
		}); err != nil {
			return err
		}
		if err := write(ctx, o, 0, nodes, func(i int) (record, error) {
			return recordOf("/registry/minions/"+nodeOf(i), makeNode(i))
		}); err != nil {
			return err
		}
	}
	asJSON, err := json.Marshal(makePod(0, 0))
	if err != nil {
		return err
	}
	asStored, err := podRecord(0, 0)
	if err != nil {
		return err
	}
	say("pod", map[string]any{"json": len(asJSON), "stored": len(asStored.value)})
	return write(ctx, o, o.from, o.to, func(i int) (record, error) { return podRecord(i, 0) })
}

func seedJobs(ctx context.Context, o options) error {
	return write(ctx, o, o.from, o.to, func(j int) (record, error) {
		value, err := makeJob(j)
		return record{"/registry/kubeflow.org/pytorchjobs/" + namespaceOf(j) + "/" + jobName(j), string(value)}, err
	})
}

// paced writes what `build` gives, `rate` a second, for so many seconds.
func paced(ctx context.Context, o options, rate float64, build func(i int) (record, error)) error {
	client, err := connect(o)
	if err != nil {
		return err
	}
	defer client.Close()
	began := time.Now()
	say("begun", nil)
	written := 0
	for time.Since(began) < time.Duration(o.seconds)*time.Second && ctx.Err() == nil {
		if written >= int(time.Since(began).Seconds()*rate) {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		r, err := build(written)
		if err == nil {
			_, err = client.Put(ctx, r.key, r.value)
		}
		if err != nil {
			return err
		}
		written++
	}
	say("ended", map[string]any{"written": written, "rate": float64(written) / time.Since(began).Seconds()})
	return nil
}

func churn(ctx context.Context, o options) error {
	return paced(ctx, o, float64(o.rate), func(i int) (record, error) {
		// A prime steps through all pods, here and there, before it meets one again.
		return podRecord(int(int64(i)*7919%int64(o.pods)), 1+i/o.pods+o.from)
	})
}

func events(ctx context.Context, o options) error {
	return paced(ctx, o, float64(o.rate)/60, func(i int) (record, error) {
		event := makeEvent(o.from+i, o.pods)
		return recordOf("/registry/events/"+event.Namespace+"/"+event.Name, event)
	})
}

func remove(ctx context.Context, o options) error {
	client, err := connect(o)
	if err != nil {
		return err
	}
	defer client.Close()
	found, err := client.Get(ctx, o.prefix, clientv3.WithPrefix(), clientv3.WithKeysOnly())
	if err != nil {
		return err
	}
	return each(ctx, 0, len(found.Kvs), func(i int) error {
		_, err := client.Delete(ctx, string(found.Kvs[i].Key))
		return err
	})
}
