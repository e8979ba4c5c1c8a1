package flags_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plinth/internal/flags"
)

// constants are the keys that the catalogue's file declares: the name in the code, and the key.
func constants(t *testing.T) map[string]flags.Key {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "catalogue.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]flags.Key{}
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			c, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			if kind, ok := c.Type.(*ast.Ident); !ok || kind.Name != "Key" {
				continue
			}
			literal, ok := c.Values[0].(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s is no text", c.Names[0].Name)
			}
			key, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[c.Names[0].Name] = flags.Key(key)
		}
	}
	return out
}

// asked are the names of flags that the program asks for, outside of this package and of tests.
func asked(t *testing.T) map[string]bool {
	t.Helper()
	call := regexp.MustCompile(`\.On\([^\n]*\bflags\.(\w+)\)`)
	out := map[string]bool{}
	for _, folder := range []string{"../../internal", "../../handlers", "../../web", "../../jobs", "../../cmd"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "internal/flags/") {
				return err
			}
			text, err := source(path)
			for _, m := range call.FindAllStringSubmatch(text, -1) {
				out[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func flagFaults(list []flags.Flag, names map[string]flags.Key, asked map[string]bool) []string {
	var out []string
	for name, key := range names {
		i := slices.IndexFunc(list, func(f flags.Flag) bool { return f.Key == key })
		switch {
		case i < 0:
			out = append(out, name+" is not in the catalogue")
		case !asked[name]:
			out = append(out, name+" is asked for by no code")
		}
	}
	seen := map[flags.Key]bool{}
	for _, f := range list {
		known := false
		for _, key := range names {
			known = known || key == f.Key
		}
		switch {
		case !known:
			out = append(out, string(f.Key)+" has no constant")
		case seen[f.Key]:
			out = append(out, string(f.Key)+" is there twice")
		case !regexp.MustCompile(`^[a-z][a-z0-9_]{2,39}$`).MatchString(string(f.Key)):
			out = append(out, string(f.Key)+" is no key")
		case len(f.Text) < 20 || !strings.HasSuffix(f.Text, "."):
			out = append(out, string(f.Key)+" does not say what it does")
		case f.Owner == "":
			out = append(out, string(f.Key)+" has no owner")
		case f.Kind != flags.Bool || f.Reach != flags.ForAll && f.Reach != flags.Organization:
			out = append(out, string(f.Key)+" has no kind or no reach")
		}
		seen[f.Key] = true
	}
	return out
}

func TestEveryFlagIsDescribedAndAskedFor(t *testing.T) {
	t.Parallel()
	names := constants(t)
	if len(names) < 2 {
		t.Fatalf("%d flags: the file is not read", len(names))
	}
	for _, f := range flagFaults(flags.Catalogue(), names, asked(t)) {
		t.Error(f)
	}
}

func TestForgottenFlagsAreSeen(t *testing.T) {
	t.Parallel()
	good := flags.Flag{Key: "beta_board", Kind: flags.Bool, Reach: flags.ForAll, Text: "A board of another kind.", Owner: "Board"}
	names, used := map[string]flags.Key{"Beta": "beta_board"}, map[string]bool{"Beta": true}
	if got := flagFaults([]flags.Flag{good}, names, used); len(got) > 0 {
		t.Fatalf("a good flag: %q", got)
	}
	with := func(change func(*flags.Flag)) []flags.Flag {
		f := good
		change(&f)
		return []flags.Flag{f}
	}
	for want, got := range map[string][]string{
		"is asked for by no code":   flagFaults([]flags.Flag{good}, names, nil),
		"is not in the catalogue":   flagFaults(nil, names, used),
		"has no constant":           flagFaults([]flags.Flag{good}, nil, used),
		"is there twice":            flagFaults([]flags.Flag{good, good}, names, used),
		"does not say what it does": flagFaults(with(func(f *flags.Flag) { f.Text = "" }), names, used),
		"has no owner":              flagFaults(with(func(f *flags.Flag) { f.Owner = "" }), names, used),
		"has no kind or no reach":   flagFaults(with(func(f *flags.Flag) { f.Kind = "number" }), names, used),
		"Beta Board is no key":      flagFaults(with(func(f *flags.Flag) { f.Key = "Beta Board" }), map[string]flags.Key{"Beta": "Beta Board"}, used),
	} {
		if len(got) != 1 || !strings.HasSuffix(got[0], want) {
			t.Errorf("%q is told as %q", want, got)
		}
	}
}
