package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Limits of docs/style.md.
const (
	fileLines    = 400
	funcLines    = 80
	docPercent   = 95
	linesPerVar  = 1000
	vendoredHtmx = "static/js/htmx.js"
)

// sizeFaults: no file over 400 lines, no function over 80. What tools make and what others wrote is not counted.
func sizeFaults(all []source) []string {
	var faults []string
	for _, s := range all {
		if s.generated() || s.path == vendoredHtmx || s.path == "static/css/app.css" {
			continue
		}
		if n := strings.Count(s.text, "\n"); n > fileLines {
			faults = append(faults, fmt.Sprintf("style: %s has %d lines, over %d", s.path, n, fileLines))
		}
		for _, f := range functions(s) {
			if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > funcLines {
				faults = append(faults, fmt.Sprintf("style: %s in %s has %d lines, over %d", f.Name.Name, s.path, n, funcLines))
			}
		}
	}
	return faults
}

func (s source) line(p token.Pos) int { return s.fset.Position(p).Line }

func functions(s source) []*ast.FuncDecl {
	if !s.goCode() {
		return nil
	}
	var out []*ast.FuncDecl
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			out = append(out, f)
		}
	}
	return out
}

// nameFaults: folders, packages and files are named for what they hold.
func nameFaults(all []source) []string {
	empty := strings.Fields("util utils common helper helpers models manager managers service services misc base shared")
	var faults []string
	for _, s := range all {
		if s.path == vendoredHtmx || s.generated() || !s.goCode() && path.Ext(s.path) != ".sql" {
			continue
		}
		for _, part := range strings.Split(strings.TrimSuffix(s.path, path.Ext(s.path)), "/") {
			if slices.Contains(empty, strings.TrimSuffix(part, "_test")) {
				faults = append(faults, fmt.Sprintf("style: %s is named %q, which says nothing", s.path, part))
			}
		}
	}
	return faults
}

// initFaults: no init functions, and templ.Raw nowhere.
func initFaults(all []source) []string {
	var faults []string
	for _, s := range all {
		for _, f := range functions(s) {
			if f.Name.Name == "init" && f.Recv == nil {
				faults = append(faults, fmt.Sprintf("style: %s has an init function; set things up in cmd/plinth", s.path))
			}
		}
		if isOurs(s.path) && strings.Contains(s.text, "templ."+"Raw(") {
			faults = append(faults, fmt.Sprintf("security: %s uses templ.Raw; texts are escaped, markdown goes through the sanitiser", s.path))
		}
	}
	return faults
}

func isOurs(p string) bool { return !strings.HasPrefix(p, "internal/arch/") }

// scopeFaults: only internal/db puts an organization or a person in scope.
func scopeFaults(all []source) []string {
	var faults []string
	for _, s := range all {
		if !isOurs(s.path) || s.test() || strings.HasPrefix(s.path, "internal/db/") {
			continue
		}
		if strings.Contains(strings.ToLower(s.text), "set_config"+"(") {
			faults = append(faults, fmt.Sprintf("rule 4: %s says set_config; only internal/db sets the scope", s.path))
		}
	}
	return faults
}

// docFaults: at least 95 of 100 exported names say in a comment what the caller must know.
func docFaults(all []source) []string {
	var names int
	var bare []string
	for _, s := range all {
		if !s.goCode() || s.test() || s.generated() || s.file.Name.Name == "main" {
			continue
		}
		n, missing := exported(s)
		names += n
		bare = append(bare, missing...)
	}
	if len(bare)*100 <= names*(100-docPercent) {
		return nil
	}
	return []string{fmt.Sprintf("style: %d of %d exported names have no doc comment: %s", len(bare), names, strings.Join(bare, ", "))}
}

// exported counts a file's exported functions, methods, types, constants and variables, and names those without a
// comment of their own or of their group.
func exported(s source) (names int, bare []string) {
	note := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		if !id.IsExported() {
			return
		}
		names++
		if !slices.ContainsFunc(docs, func(d *ast.CommentGroup) bool { return d.Text() != "" }) {
			bare = append(bare, s.path+":"+id.Name)
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || receiverExported(d.Recv) {
				note(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					note(spec.Name, spec.Doc, spec.Comment, d.Doc)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						note(id, spec.Doc, spec.Comment, d.Doc)
					}
				}
			}
		}
	}
	return names, bare
}

func receiverExported(list *ast.FieldList) bool {
	typ := list.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return false
		}
	}
}

// constantValue tells initialisers that make a variable no more than a constant: sentinel errors, compiled patterns,
// embedded files, and proofs that a type fits an interface.
var constantValue = regexp.MustCompile(`^(errors\.New|fmt\.Errorf|regexp\.MustCompile|template\.Must|big\.NewInt|language\.\w+|netip\.MustParsePrefix)$`)

// globalFaults: at most one variable of a package for a thousand lines.
func globalFaults(all []source) []string {
	lines, globals := 0, []string{}
	for _, s := range all {
		if !s.goCode() || s.test() || s.generated() {
			continue
		}
		lines += strings.Count(s.text, "\n")
		globals = append(globals, globalsOf(s)...)
	}
	if len(globals)*linesPerVar <= lines {
		return nil
	}
	return []string{fmt.Sprintf("style: %d package variables in %d lines, over one in %d: %s", len(globals), lines, linesPerVar, strings.Join(globals, ", "))}
}

func globalsOf(s source) []string {
	var out []string
	for _, d := range s.file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR || strings.Contains(commentText(gen.Doc), "go:embed") {
			continue
		}
		for _, spec := range gen.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok || strings.Contains(commentText(v.Doc), "go:embed") {
				continue
			}
			for i, id := range v.Names {
				constant := i < len(v.Values) && isConstant(v.Values[i])
				if id.Name != "_" && !constant {
					out = append(out, s.path+":"+id.Name)
				}
			}
		}
	}
	return out
}

// commentText is a comment with its directives, which CommentGroup.Text leaves out.
func commentText(g *ast.CommentGroup) string {
	var b strings.Builder
	if g != nil {
		for _, c := range g.List {
			b.WriteString(c.Text + "\n")
		}
	}
	return b.String()
}

func isConstant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := sel.X.(*ast.Ident)
		return ok && constantValue.MatchString(pkg.Name+"."+sel.Sel.Name)
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		return ok && constantValue.MatchString(pkg.Name+"."+e.Sel.Name)
	}
	return false
}

// viewFaults: pages know the names of status codes and nothing else of net/http.
func viewFaults(all []source) []string {
	var faults []string
	for _, s := range all {
		if !s.goCode() || s.test() || s.generated() || !strings.HasPrefix(s.path, "views/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "http" && !strings.HasPrefix(sel.Sel.Name, "Status") {
				faults = append(faults, fmt.Sprintf("rule 1: %s uses http.%s; pages do no I/O", s.path, sel.Sel.Name))
			}
			return true
		})
	}
	return faults
}

func TestStyle(t *testing.T) {
	t.Parallel()
	all := allSources(t)
	if len(all) < 100 {
		t.Fatalf("read %d files: the reader misses most", len(all))
	}
	for _, check := range []func([]source) []string{sizeFaults, nameFaults, initFaults, scopeFaults, docFaults, globalFaults, viewFaults} {
		none(t, check(all))
	}
}

func TestStyleIsPlanted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\n", 81)
	code := func(path, text string) []source { return []source{goSource(t, path, text)} }
	for _, c := range []struct {
		check func([]source) []string
		files []source
		want  string
	}{
		{sizeFaults, []source{{path: "views/home.templ", text: strings.Repeat("x\n", 401)}}, "views/home.templ has 401 lines"},
		{sizeFaults, code("web/x.go", "package web\nfunc long() {"+long+"}\n"), "long in web/x.go has 82 lines"},
		{nameFaults, code("internal/tenants/helpers.go", "package tenants\n"), `is named "helpers"`},
		{nameFaults, code("internal/util/x.go", "package util\n"), `is named "util"`},
		{initFaults, code("jobs/x.go", "package jobs\nfunc init() {}\n"), "has an init function"},
		{initFaults, []source{{path: "views/x.templ", text: "@templ." + "Raw(body)"}}, "uses templ.Raw"},
		{scopeFaults, []source{{path: "sql/queries/x/y.sql", text: "select SET_CONFIG" + "('a', 'b', true)"}}, "says set_config"},
		{scopeFaults, code("jobs/x.go", "package jobs\nconst q = `select set_config"+"($1)`\n"), "says set_config"},
		{docFaults, code("jobs/x.go", "package jobs\nfunc Bare() {}\n"), "1 of 1 exported names"},
		{globalFaults, code("jobs/x.go", "package jobs\nvar state int\n"), "1 package variables"},
		{viewFaults, code("views/x.go", "package views\nimport \"net/http\"\nvar _ = http.Get\nvar _ = http.StatusOK\n"), "uses http.Get"},
	} {
		caught(t, c.check(c.files), c.want)
	}
	none(t, globalFaults(code("jobs/x.go", "package jobs\n//go:embed x\nvar files embed.FS\nvar ErrX = errors.New(\"x\")\nvar _ I = T{}\n")))
	none(t, docFaults(code("jobs/x.go", "package jobs\n// Named says what it is for.\nfunc Named() {}\nfunc (hidden) Method() {}\n")))
}
