package mail_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plinth/views/mail"
)

// kinds are what a mail can be: the functions that write one, and the cases that they tell apart.
func kinds(file *ast.File) []string {
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.IsExported() && n.Type.Results != nil && fmt.Sprint(n.Type.Results.List[0].Type) == "Letter" {
				out = append(out, n.Name.Name)
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if s, ok := e.(*ast.SelectorExpr); ok && s.Sel.IsExported() && fmt.Sprint(s.X) != "m" {
					out = append(out, fmt.Sprint(s.X)+"."+s.Sel.Name)
				}
			}
		}
		return true
	})
	return out
}

// named are the functions that a file calls and the constants that it uses.
func named(file *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			out[fmt.Sprint(n.Fun)] = true
		case *ast.SelectorExpr:
			out[fmt.Sprint(n.X)+"."+n.Sel.Name] = true
		}
		return true
	})
	return out
}

func TestEveryKindOfMailHasASample(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	parsed := map[string]*ast.File{}
	for _, f := range files {
		if name := f.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go") {
			if parsed[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	has, n := named(parsed["samples.go"]), 0
	for _, name := range slices.Sorted(maps.Keys(parsed)) {
		for _, kind := range kinds(parsed[name]) {
			n++
			if !has[kind] {
				t.Errorf("%s of %s has no sample: see samples.go", kind, name)
			}
		}
	}
	if n < 30 {
		t.Errorf("%d kinds: the files are not read", n)
	}
}

var (
	links   = regexp.MustCompile(`href="([^"]*)"`)
	tags    = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)
	unknown = regexp.MustCompile(`%!|<nil>|\{\{`)
)

// faults are what is wrong with a mail whatever it is about: a form that is empty, and a text without a link of the HTML.
func faults(m mail.Sample, htmlForm, text string) []string {
	var out []string
	add := func(ok bool, what string) {
		if !ok {
			out = append(out, what)
		}
	}
	add(strings.TrimSpace(m.Letter.Subject) != "", "no subject")
	add(m.Letter.Preheader() != "" && m.Letter.Preheader() != m.Letter.Subject, "no preheader")
	add(strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(htmlForm, " "))) != "", "no HTML")
	add(strings.TrimSpace(text) != "", "no text")
	add(!unknown.MatchString(m.Letter.Subject+htmlForm+text), "an unfilled place")
	for _, l := range links.FindAllStringSubmatch(htmlForm, -1) {
		add(strings.Contains(text, html.UnescapeString(l[1])) && l[1] != "", "the text misses the link "+l[1])
	}
	return out
}

func TestSamplesAreWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range mail.Samples(t.Context()) {
		m, err := s.Letter.Message(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", s.Kind, err)
		}
		for _, f := range faults(s, m.HTML, m.Text) {
			t.Errorf("%s: %s", s.Kind, f)
		}
		if !regexp.MustCompile(`^[a-z][a-z0-9_-]+$`).MatchString(s.Kind) || s.About == "" || seen[s.Kind] {
			t.Errorf("%s is no name, is there twice, or says nothing", s.Kind)
		}
		seen[s.Kind] = true
	}
}

func TestFaultsOfMailsAreSeen(t *testing.T) {
	t.Parallel()
	good := mail.Sample{Letter: mail.Letter{Subject: "Hello", Paragraphs: []string{"Hello Dana,", "it works."}}}
	page, text := `<a href="http://a.example/?a=1&amp;b=2">here</a>`, "http://a.example/?a=1&b=2"
	if got := faults(good, page, text); len(got) > 0 {
		t.Fatalf("a good mail: %q", got)
	}
	bare := good
	bare.Letter.Subject = " "
	for want, got := range map[string][]string{
		"no subject":                  faults(bare, page, text),
		"no preheader":                faults(mail.Sample{Letter: mail.Letter{Subject: "Hello"}}, page, text),
		"no HTML":                     faults(good, `<style>p{}</style><p> </p>`, text),
		"no text":                     faults(good, `<p>Hello</p>`, "\n"),
		"an unfilled place":           faults(good, page, text+" %!s(MISSING)"),
		"the text misses the link /x": faults(good, page+`<a href="/x">x</a>`, text),
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is told as %q", want, got)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "new.go", `package mail
func Welcome(m auth.WelcomeMail) Letter { switch m.Kind { case auth.Warm: }; return Letter{} }`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := kinds(file); !slices.Equal(got, []string{"Welcome", "auth.Warm"}) {
		t.Errorf("the kinds of a new file are %q", got)
	}
}
