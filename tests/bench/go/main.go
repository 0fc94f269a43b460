// SPDX-License-Identifier: GPL-3.0-or-later

// Command cairnbench fills a cluster for tests/bench and measures what Cairn is compared with. Every command writes one
// JSON object a line to standard output and runs until its work is done or standard input is closed.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// Options of all commands; each looks at those it needs.
type options struct {
	kubeconfig string
	etcd       string // address of the server
	pki        string // folder of its keys
	from, to   int    // objects by number, `to` excluded
	pods       int    // how many there are
	rate       int    // a second, of events a minute
	seconds    int
	prefix     string // of keys
}

var start = time.Now()

var commands = map[string]func(context.Context, options) error{
	"seed":     seed,     // namespaces, nodes, and the pods `from` to `to`
	"jobs":     seedJobs, // PyTorchJobs
	"clear":    remove,   // takes away what `prefix` begins
	"churn":    churn,    // changes pods
	"events":   events,   // makes events
	"informer": informer, // client-go's informer of pods
	"transfer": transfer, // one LIST of pods, thrown away
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cairnbench:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		return fmt.Errorf("the command is one of seed, jobs, clear, churn, events, informer, transfer")
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "of the apiserver")
	flags.StringVar(&o.etcd, "etcd", "", "address of the etcd")
	flags.StringVar(&o.pki, "pki", "", "folder of its keys")
	flags.IntVar(&o.from, "from", 0, "first object")
	flags.IntVar(&o.to, "to", 0, "the one after the last")
	flags.IntVar(&o.pods, "pods", 0, "pods there are")
	flags.IntVar(&o.rate, "rate", 0, "changes a second, or events a minute")
	flags.IntVar(&o.seconds, "seconds", 0, "how long")
	flags.StringVar(&o.prefix, "prefix", "", "of the keys to clear")
	if err := flags.Parse(os.Args[2:]); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// Whoever started this may be killed; then nothing of it stays.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return commands[os.Args[1]](ctx, o)
}

// say writes one line: what happened, when (milliseconds since the start), and more.
func say(event string, more map[string]any) {
	line := map[string]any{"event": event, "ms": float64(time.Since(start).Microseconds()) / 1000}
	for key, value := range more {
		line[key] = value
	}
	_ = json.NewEncoder(os.Stdout).Encode(line)
}
