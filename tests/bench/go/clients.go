// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

func config(o options) (*rest.Config, error) {
	return clientcmd.BuildConfigFromFlags("", o.kubeconfig)
}

// informer is what most Go programs are made of: a typed client, protobuf, all pods whole in memory.
func informer(ctx context.Context, o options) error {
	c, err := config(o)
	if err != nil {
		return err
	}
	c.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(c)
	if err != nil {
		return err
	}
	begun := time.Now()
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	var seen, changes atomic.Int64
	if _, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) {
			if seen.Add(1) == 1 {
				say("first", map[string]any{"took": time.Since(begun).Seconds()})
			}
		},
		UpdateFunc: func(any, any) { changes.Add(1) },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), pods.HasSynced) {
		return ctx.Err()
	}
	// Synced means that the store is full; the handler may still be told of the last ones.
	for seen.Load() < int64(o.pods) && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	say("full", map[string]any{"took": time.Since(begun).Seconds(), "objects": seen.Load()})
	<-ctx.Done()
	say("ended", map[string]any{"changes": changes.Load()})
	return nil
}

// transfer asks for all pods at once, as the server sends them fastest, and throws away what comes.
func transfer(ctx context.Context, o options) error {
	c, err := config(o)
	if err != nil {
		return err
	}
	client, err := rest.HTTPClientFor(c)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Host+"/api/v1/pods", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/vnd.kubernetes.protobuf")
	request.Header.Set("Accept-Encoding", "gzip") // said by hand, so that nothing unpacks it
	begun := time.Now()
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	first := time.Since(begun).Seconds()
	size, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != "gzip" {
		return fmt.Errorf("the server answered %s, encoded as %q", answer.Status, answer.Header.Get("Content-Encoding"))
	}
	say("full", map[string]any{"first": first, "took": time.Since(begun).Seconds(), "bytes": size})
	return nil
}
