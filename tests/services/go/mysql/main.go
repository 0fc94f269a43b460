// SPDX-License-Identifier: GPL-3.0-or-later

// A server on 127.0.0.1 that speaks MySQL 8's protocol, with accounts of either plugin. Prints its port, and ends when its input
// ends.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/go-mysql-server/sql"
	"github.com/dolthub/go-mysql-server/sql/mysql_db"
	"github.com/sirupsen/logrus"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	version := flag.String("version", "8.0.36", "what the server says it is")
	password := flag.String("password", "", "of every account")
	certificate := flag.String("cert", "", "PEM; empty: no TLS")
	key := flag.String("key", "", "PEM")
	flag.Parse()
	logrus.SetLevel(logrus.PanicLevel)

	provider := memory.NewDBProvider(memory.NewDatabase("katib"))
	engine := sqle.NewDefault(provider)
	must(sql.SystemVariables.AssignValues(map[string]interface{}{"version": *version})) // what VERSION() says
	engine.Analyzer.Catalog.MySQLDb.SetEnabled(true)
	engine.Analyzer.Catalog.MySQLDb.SetPersister(&mysql_db.NoopPersister{})
	engine.Analyzer.Catalog.MySQLDb.AddRootAccount()
	ctx := sql.NewContext(context.Background(), sql.WithSession(memory.NewSession(sql.NewBaseSession(), provider)))
	ctx.Session.SetClient(sql.Client{User: "root", Address: "localhost"})
	for _, statement := range []string{
		fmt.Sprintf("CREATE USER 'native'@'%%' IDENTIFIED WITH mysql_native_password BY '%s'", *password),
		fmt.Sprintf("CREATE USER 'sha2'@'%%' IDENTIFIED WITH caching_sha2_password BY '%s'", *password),
		"GRANT ALL PRIVILEGES ON *.* TO 'native'@'%'",
		"GRANT SELECT ON katib.* TO 'sha2'@'%'",
	} {
		_, rows, _, err := engine.Query(ctx, statement)
		must(err)
		for {
			if _, err := rows.Next(ctx); err == io.EOF {
				break
			} else {
				must(err)
			}
		}
		must(rows.Close(ctx))
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	config := server.Config{Protocol: "tcp", Listener: listener, Version: *version}
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		must(err)
		config.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	}
	running, err := server.NewServer(config, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil)
	must(err)
	go func() { must(running.Start()) }()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}
