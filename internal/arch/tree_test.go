package arch

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// module is the import path that all of ours begin with.
const module = "plinth/"

// pkg is one package of ours; paths of our own packages are told without the module in front.
type pkg struct {
	path    string
	imports []string // ours and others'; tests' imports are not counted
}

// source is one file of the tree, its path relative to the root, with slashes.
type source struct {
	path string
	text string
	file *ast.File // of Go files
	fset *token.FileSet
}

func (s source) generated() bool {
	return strings.HasSuffix(s.path, "_templ.go") || isGeneratedDir(filepath.Dir(s.path))
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) goCode() bool { return s.file != nil }

// isGeneratedDir tells internal/<module>/<module>db.
func isGeneratedDir(dir string) bool {
	parts := strings.Split(filepath.ToSlash(dir), "/")
	return len(parts) == 3 && parts[0] == "internal" && parts[2] == parts[1]+"db"
}

const root = "../.."

// The tree is read once for all tests.
var (
	packages = sync.OnceValues(listPackages)
	sources  = sync.OnceValues(readSources)
)

func allPackages(t *testing.T) []pkg {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func allSources(t *testing.T) []source {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func listPackages() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, pkg{path: strings.TrimPrefix(p.ImportPath, module), imports: p.Imports})
	}
}

func readSources() ([]source, error) {
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped(d.Name()) && path != root {
				return fs.SkipDir
			}
			return nil
		}
		s, ok, err := readSource(fset, path)
		if ok {
			all = append(all, s)
		}
		return err
	})
	return all, err
}

func skipped(dir string) bool {
	return strings.HasPrefix(dir, ".") || dir == "node_modules" || dir == "bin"
}

func readSource(fset *token.FileSet, path string) (source, bool, error) {
	switch filepath.Ext(path) {
	case ".go", ".templ", ".sql", ".js", ".css":
	default:
		return source{}, false, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return source{}, false, err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return source{}, false, err
	}
	s := source{path: filepath.ToSlash(rel), text: string(raw), fset: fset}
	if filepath.Ext(path) == ".go" {
		s.file, err = parser.ParseFile(fset, s.path, raw, parser.ParseComments|parser.SkipObjectResolution)
	}
	return s, err == nil, err
}

// goSource makes a Go file for a planted violation.
func goSource(t *testing.T, path, text string) source {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{path: path, text: text, file: file, fset: fset}
}

// none fails with every fault of the tree.
func none(t *testing.T, faults []string) {
	t.Helper()
	for _, f := range faults {
		t.Error(f)
	}
}

// caught fails unless the planted violation, and nothing else, is told in these words.
func caught(t *testing.T, faults []string, want string) {
	t.Helper()
	if len(faults) != 1 || !strings.Contains(faults[0], want) {
		t.Errorf("planted violation: got %q, want one fault with %q", faults, want)
	}
}
