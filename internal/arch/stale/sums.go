package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// group is one tool: what it reads and what it makes.
type group struct {
	name   string
	target string // of the Makefile
	input  func(path string) bool
	output func(path string) bool
	tool   string // module whose pinned version in tools/go.mod is an input, too
}

func groups() []group {
	templ := func(p string) bool { return strings.HasSuffix(p, ".templ") }
	return []group{
		{
			name: "templ", target: "generate", tool: "github.com/a-h/templ",
			input:  templ,
			output: func(p string) bool { return strings.HasSuffix(p, "_templ.go") },
		},
		{
			name: "sqlc", target: "generate", tool: "github.com/sqlc-dev/sqlc",
			input: func(p string) bool {
				return p == "sql/sqlc.yaml" || strings.HasPrefix(p, "sql/") && strings.HasSuffix(p, ".sql")
			},
			output: func(p string) bool { return isQueries(path.Dir(p)) && strings.HasSuffix(p, ".go") },
		},
		{
			name: "css", target: "css",
			input: func(p string) bool {
				return templ(p) || isTheme(p) || p == "tools/css/package-lock.json" || isViewCode(p)
			},
			output: func(p string) bool { return p == "static/css/app.css" },
		},
	}
}

// isQueries tells the folders of generated queries: internal/<module>/<module>db.
func isQueries(dir string) bool {
	parts := strings.Split(dir, "/")
	return len(parts) == 3 && parts[0] == "internal" && parts[2] == parts[1]+"db"
}

// isTheme tells the sources of the style sheet: theme.css and the parts it imports.
func isTheme(p string) bool {
	return path.Dir(p) == "static/css" && path.Ext(p) == ".css" && p != "static/css/app.css"
}

// isViewCode tells the Go files in which the style sheet's build looks for class names.
func isViewCode(p string) bool {
	return strings.HasPrefix(p, "views/") && strings.HasSuffix(p, ".go") &&
		!strings.HasSuffix(p, "_templ.go") && !strings.HasSuffix(p, "_test.go")
}

// sum is one line of the record.
type sum struct{ group, kind, path, hash string }

func (s sum) line() string { return s.group + " " + s.kind + " " + s.path + " " + s.hash }

// sums hashes what the group reads and makes now.
func (g group) sums(root fs.FS) ([]sum, error) {
	var out []sum
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(p, d.Name())
		}
		var kind string
		switch {
		case g.input(p):
			kind = "in"
		case g.output(p):
			kind = "out"
		default:
			return nil
		}
		raw, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		out = append(out, sum{g.name, kind, p, hash(raw)})
		return nil
	})
	if err != nil || g.tool == "" {
		return out, err
	}
	version, err := pinned(root, g.tool)
	return append(out, sum{g.name, "in", g.tool, version}), err
}

// skip leaves out folders that are not the tree's own.
func skip(p, name string) error {
	if p != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "bin") {
		return fs.SkipDir
	}
	return nil
}

func hash(raw []byte) string {
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:12])
}

// pinned is the version of a tool's module in tools/go.mod.
func pinned(root fs.FS, module string) (string, error) {
	raw, err := fs.ReadFile(root, "tools/go.mod")
	if err != nil {
		return "", err
	}
	line := regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(module) + ` (v\S+)`).FindSubmatch(raw)
	if line == nil {
		return "", fmt.Errorf("tools/go.mod does not pin %s", module)
	}
	return string(line[1]), nil
}

// compare says how the files differ from the record.
func compare(recorded, now []sum) []string {
	was := map[string]sum{}
	for _, s := range recorded {
		was[s.path] = s
	}
	var faults []string
	for _, s := range now {
		old, there := was[s.path]
		switch {
		case !there:
			faults = append(faults, s.path+" is new")
		case old.hash != s.hash && s.kind == "out":
			faults = append(faults, s.path+" was changed by hand")
		case old.hash != s.hash:
			faults = append(faults, s.path+" has changed")
		}
		delete(was, s.path)
	}
	for p := range was {
		faults = append(faults, p+" is gone")
	}
	slices.Sort(faults)
	return faults
}

func readSums(name string) ([]sum, error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []sum
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) != 4 {
			return nil, fmt.Errorf("%s: cannot read %q; run `make generate css`", name, strings.TrimSpace(line))
		}
		out = append(out, sum{f[0], f[1], f[2], f[3]})
	}
	return out, nil
}

func writeSums(name string, sums []sum) error {
	var b strings.Builder
	for _, s := range sums {
		b.WriteString(s.line() + "\n")
	}
	return os.WriteFile(name, []byte(b.String()), 0o644)
}
