//go:build tools

// Package tools pins the programs the lab builds, so that "go mod tidy" keeps them.
package tools

import _ "github.com/versity/versitygw/cmd/versitygw"
