// SPDX-License-Identifier: GPL-3.0-or-later

// yamlcross reads a JSON list of YAML texts and prints what sigs.k8s.io/yaml, so kubectl and the apiserver, make of each:
// {"json": …} or {"error": …}.
package main

import (
	"encoding/json"
	"os"

	"sigs.k8s.io/yaml"
)

type answer struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

func read(text string) (a answer) {
	defer func() {
		if r := recover(); r != nil { // go-yaml panics on some broken texts
			a = answer{Error: "panic"}
		}
	}()
	value, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{JSON: value}
}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	answers := make([]answer, len(texts))
	for i, text := range texts {
		answers[i] = read(text)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
