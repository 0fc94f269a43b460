//go:build tools

// Package tools pins the programs the lab builds, so that "go mod tidy" keeps them.
package tools

import (
	_ "github.com/kubeflow/trainer/v2/cmd/trainer-controller-manager"
	_ "sigs.k8s.io/jobset"
)
