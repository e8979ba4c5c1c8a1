package contract_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// schema is what Stripe's description says of one parameter.
type schema struct {
	Properties map[string]*schema
	Items      *schema
	AnyOf      []*schema
	// Additional is false, or the schema of values under free names, as in metadata.
	Additional json.RawMessage `json:"additionalProperties"`
}

// spec is the description that stripe-mock brings along. stripe-mock itself does not look at the names inside lists and
// objects, so that they are looked at here.
type spec struct {
	Paths map[string]map[string]struct {
		Parameters []struct {
			Name, In string
			Schema   *schema
		}
		RequestBody struct {
			Content map[string]struct{ Schema *schema }
		}
	}
}

func readSpec(t *testing.T) spec {
	t.Helper()
	find := exec.CommandContext(t.Context(), "go", "list", "-modfile=tools/go.mod", "-m", "-f", "{{.Dir}}", "github.com/stripe/stripe-mock")
	find.Dir = filepath.Join("..", "..")
	dir, err := find.Output()
	if err != nil {
		t.Fatalf("finding stripe-mock: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "embedded", "openapi", "spec3.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s spec
	// The paths of other methods hold other shapes; those that are asked for are read in full.
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatalf("reading the description: %v", err)
	}
	return s
}

// unknown are the parameters of a request that the description does not have.
func (s spec) unknown(r request) []string {
	top := s.parameters(r)
	if top == nil {
		return []string{"(the address)"}
	}
	var names []string
	for key := range r.form {
		parts := strings.Split(strings.ReplaceAll(key, "]", ""), "[")
		if !top.knows(parts) {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	return names
}

func (s spec) parameters(r request) *schema {
	for path, methods := range s.Paths {
		asked, ok := methods[strings.ToLower(r.method)]
		if !ok || !sameAddress(path, r.path) {
			continue
		}
		if r.method == "POST" {
			return asked.RequestBody.Content["application/x-www-form-urlencoded"].Schema
		}
		all := &schema{Properties: map[string]*schema{}}
		for _, p := range asked.Parameters {
			all.Properties[p.Name] = p.Schema
		}
		if body := asked.RequestBody.Content["application/x-www-form-urlencoded"].Schema; body != nil { // of DELETE
			for name, p := range body.Properties {
				all.Properties[name] = p
			}
		}
		return all
	}
	return nil
}

// sameAddress compares a path with one that has {names} in it; a plain word comes before a name.
func sameAddress(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!strings.HasPrefix(want[i], "{") || got[i] == "upcoming") {
			return false
		}
	}
	return true
}

// knows reports whether the names lead to a parameter.
func (s *schema) knows(names []string) bool {
	if s == nil {
		return false
	}
	if len(names) == 0 {
		return true
	}
	if slices.ContainsFunc(s.AnyOf, func(one *schema) bool { return one.knows(names) }) {
		return true
	}
	if s.Items != nil {
		_, err := strconv.Atoi(names[0])
		return (err == nil || names[0] == "") && s.Items.knows(names[1:])
	}
	if below, ok := s.Properties[names[0]]; ok {
		return below.knows(names[1:])
	}
	return len(names) == 1 && strings.HasPrefix(string(s.Additional), "{")
}
