package routes

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plinth/web"
)

// unknown stands for a part of an address that only the running test knows.
const unknown = "\x00"

// asked is one request that a test makes, as far as its text tells.
type asked struct{ method, path string }

// askedIn finds the requests of a test file: strings that are addresses, with the method of the call that they stand in.
func askedIn(file *ast.File) []asked {
	var out []asked
	ast.Inspect(file, func(n ast.Node) bool {
		var parts []ast.Expr
		name := ""
		switch n := n.(type) {
		case *ast.CallExpr:
			parts, name = n.Args, called(n)
		case *ast.CompositeLit:
			parts = n.Elts
		default:
			return true
		}
		method := methodOf(name, parts)
		for _, part := range parts {
			if kv, ok := part.(*ast.KeyValueExpr); ok {
				part = kv.Value
			}
			text := textOf(part)
			if verb, path, ok := strings.Cut(text, " "); ok && (verb == http.MethodGet || verb == http.MethodPost) {
				out = append(out, asked{verb, path})
			} else if strings.Contains(text, "/") {
				out = append(out, asked{method, text})
			}
		}
		return true
	})
	return out
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// methodOf is POST for calls that send a form or say so, else GET.
func methodOf(name string, parts []ast.Expr) string {
	if name == "Post" || name == "Submit" || name == "Upload" || name == "Form" || name == "HasForm" {
		return http.MethodPost
	}
	for _, part := range parts {
		if kv, ok := part.(*ast.KeyValueExpr); ok {
			part = kv.Value
		}
		if sel, ok := part.(*ast.SelectorExpr); ok && sel.Sel.Name == "MethodPost" || textOf(part) == http.MethodPost {
			return http.MethodPost
		}
	}
	return http.MethodGet
}

// textOf is what is known of a string expression before it runs.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return s
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return textOf(e.X) + textOf(e.Y)
		}
	case *ast.ParenExpr:
		return textOf(e.X)
	case *ast.CallExpr:
		if called(e) == "Sprintf" && len(e.Args) > 0 {
			return verbs.Replace(textOf(e.Args[0]))
		}
	}
	return unknown
}

var verbs = strings.NewReplacer("%s", unknown, "%d", unknown, "%v", unknown, "%q", unknown)

// matches tells whether a known address leads to a route. What stands for the beginning of an address may hold any
// number of its parts.
func matches(path, route string) bool {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	want := strings.Split(strings.TrimSuffix(route, "{$}"), "/")
	got := strings.Split(path, "/")
	if strings.HasPrefix(path, unknown) {
		got = got[1:]
		if len(got) == 0 || len(got) >= len(want) || !slices.ContainsFunc(got, func(s string) bool { return s != unknown }) {
			return false
		}
		want = want[len(want)-len(got):]
	}
	if len(got) != len(want) {
		return false
	}
	for i := range want {
		if hole := strings.HasPrefix(want[i], "{"); hole && got[i] == "" || !hole && got[i] != want[i] {
			return false
		}
	}
	return true
}

// unaskedFaults names the routes that no test asks for.
func unaskedFaults(all []web.Route, requests []asked) []string {
	var faults []string
	for _, r := range all {
		if !slices.ContainsFunc(requests, func(a asked) bool { return a.method == r.Method && matches(a.path, r.Path) }) {
			faults = append(faults, fmt.Sprintf("rule 5: no test asks for %s", r.Pattern()))
		}
	}
	return faults
}

// requestsOfTests reads the tests of the handlers, the web and the whole program.
func requestsOfTests(t *testing.T) []asked {
	t.Helper()
	var out []asked
	fset := token.NewFileSet()
	for _, dir := range []string{"handlers", "web", "cmd", "test"} {
		err := filepath.WalkDir(filepath.Join("../../..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || dir != "test" && !strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err == nil {
				out = append(out, askedIn(file)...)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestEveryRouteIsAskedForByATest(t *testing.T) {
	t.Parallel()
	for _, f := range unaskedFaults(routes(), requestsOfTests(t)) {
		t.Error(f)
	}
}

func TestUnaskedRoutesAreNoticed(t *testing.T) {
	t.Parallel()
	const code = `package x
func f() {
	b.Get("/orgs/acme/people?after=1")
	page.Submit(link + "/accept", "name", "x")
	b.Post(fmt.Sprintf("/orgs/%s/people/%s/role", org, id), nil)
	b.HX(http.MethodPost, "/theme", nil)
	_ = []c{{"POST", "/orgs"}, {Method: http.MethodPost, Path: base + "/leave"}}
	_ = "POST /signout"
	row("POST /signin")
	b.Get(link)
}`
	file, err := parser.ParseFile(token.NewFileSet(), "x_test.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	requests := askedIn(file)
	route := func(method, path string) []web.Route { return []web.Route{{Method: method, Path: path}} }
	for _, c := range []struct {
		method, path string
		asked        bool
	}{
		{"GET", "/orgs/{org}/people", true},
		{"POST", "/orgs/{org}/people", false},
		{"GET", "/orgs/{org}/settings", false},
		{"POST", "/invitations/{token}/accept", true},
		{"GET", "/invitations/{token}", false},
		{"POST", "/orgs/{org}/people/{user}/role", true},
		{"POST", "/theme", true},
		{"GET", "/theme", false},
		{"POST", "/orgs", true},
		{"POST", "/orgs/{org}/people/leave", true},
		{"POST", "/signin", true},
		{"GET", "/{$}", false},
	} {
		if faults := unaskedFaults(route(c.method, c.path), requests); (len(faults) == 0) != c.asked {
			t.Errorf("%s %s: %q, asked %v", c.method, c.path, faults, c.asked)
		}
	}
}
