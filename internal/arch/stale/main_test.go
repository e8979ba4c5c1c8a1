package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func tree() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"tools/go.mod":                 file("require (\n\tgithub.com/a-h/templ v0.3.1 // indirect\n\tgithub.com/sqlc-dev/sqlc v1.3.1\n)\n"),
		"tools/css/package-lock.json":  file("{}"),
		"views/home.templ":             file("templ home"),
		"views/home_templ.go":          file("package views"),
		"views/text.go":                file("package views // badge-new"),
		"sql/sqlc.yaml":                file("version: 2"),
		"sql/migrations/00001_a.sql":   file("create table a"),
		"sql/queries/users/user.sql":   file("select 1"),
		"internal/users/usersdb/db.go": file("package usersdb"),
		"internal/users/users.go":      file("package users"),
		"static/css/theme.css":         file("@theme"),
		"static/css/app.css":           file("a{}"),
		"node_modules/x/y.templ":       file("foreign"),
		".plinth/z.templ":              file("foreign"),
	}
}

func record(t *testing.T, fsys fstest.MapFS) []sum {
	t.Helper()
	var all []sum
	for _, g := range groups() {
		fresh, err := g.sums(fsys)
		if err != nil {
			t.Fatal(err)
		}
		all = replace(all, g.name, fresh)
	}
	return all
}

func TestStale(t *testing.T) {
	t.Parallel()
	edit := func(name string) func(fstest.MapFS) {
		return func(m fstest.MapFS) { m[name] = &fstest.MapFile{Data: []byte("edited")} }
	}
	for _, c := range []struct {
		name   string
		change func(fstest.MapFS)
		want   []string
	}{
		{"nothing changed", func(fstest.MapFS) {}, nil},
		{"code outside", edit("internal/users/users.go"), nil},
		{"foreign folder", edit("node_modules/x/y.templ"), nil},
		{"a page", edit("views/home.templ"), []string{"templ: views/home.templ has changed; run `make generate`", "css: views/home.templ has changed; run `make css`"}},
		{"a new page", edit("views/new.templ"), []string{"templ: views/new.templ is new", "css: views/new.templ is new"}},
		{"an output edited", edit("views/home_templ.go"), []string{"templ: views/home_templ.go was changed by hand"}},
		{"an output deleted", func(m fstest.MapFS) { delete(m, "internal/users/usersdb/db.go") }, []string{"sqlc: internal/users/usersdb/db.go is gone"}},
		{"a query", edit("sql/queries/users/user.sql"), []string{"sqlc: sql/queries/users/user.sql has changed"}},
		{"a migration", edit("sql/migrations/00001_a.sql"), []string{"sqlc: sql/migrations/00001_a.sql has changed"}},
		{"the theme", edit("static/css/theme.css"), []string{"css: static/css/theme.css has changed"}},
		{"a class in code", edit("views/text.go"), []string{"css: views/text.go has changed"}},
		{"another version of templ", func(m fstest.MapFS) {
			m["tools/go.mod"] = &fstest.MapFile{Data: bytes.ReplaceAll(m["tools/go.mod"].Data, []byte("v0.3.1"), []byte("v0.3.2"))}
		}, []string{"templ: github.com/a-h/templ has changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fsys := tree()
			recorded := record(t, fsys)
			c.change(fsys)
			var out bytes.Buffer
			err := report(&out, recorded, func(g group) ([]sum, error) { return g.sums(fsys) })
			if (err != nil) != (len(c.want) > 0) {
				t.Errorf("error %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got\n%swant %q in it", out.String(), want)
				}
			}
			if got := strings.Count(out.String(), "\n"); got != len(c.want) {
				t.Errorf("%d differences, want %d:\n%s", got, len(c.want), out.String())
			}
		})
	}
}

func TestRecordIsReadAsWritten(t *testing.T) {
	t.Parallel()
	want := record(t, tree())
	name := t.TempDir() + "/generated.sum"
	if err := writeSums(name, want); err != nil {
		t.Fatal(err)
	}
	got, err := readSums(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(sum{})); d != "" {
		t.Error(d)
	}
	if none, err := readSums(t.TempDir() + "/none"); err != nil || none != nil {
		t.Errorf("no record: %v, %v", none, err)
	}
}

func TestUnpinnedToolIsAnError(t *testing.T) {
	t.Parallel()
	fsys := tree()
	fsys["tools/go.mod"] = &fstest.MapFile{Data: []byte("module tools\n")}
	if _, err := groups()[0].sums(fsys); err == nil {
		t.Error("a tool without a version went through")
	}
}
