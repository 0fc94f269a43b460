// SPDX-License-Identifier: GPL-3.0-or-later

// Brokers of one cluster on 127.0.0.1, as real as franz-go's fake makes them. Prints their addresses, one a line, and ends when
// its input ends.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	brokers := flag.Int("brokers", 3, "how many")
	mechanism := flag.String("sasl", "", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: nobody signs in")
	user := flag.String("user", "", "of SASL")
	password := flag.String("password", "", "of SASL")
	certificate := flag.String("cert", "", "PEM; empty: no TLS")
	key := flag.String("key", "", "PEM")
	flag.Parse()

	options := []kfake.Opt{kfake.NumBrokers(*brokers), kfake.ClusterID("cairn")}
	if *mechanism != "" {
		options = append(options, kfake.EnableSASL(), kfake.Superuser(*mechanism, *user, *password))
	}
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	for _, address := range cluster.ListenAddrs() {
		fmt.Println(address)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}
