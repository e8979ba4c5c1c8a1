package devpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeBinaries puts programs of a version into a folder, below one that everybody can reach.
func fakeBinaries(t *testing.T, dir, version string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s (Made Up)'\n", version)
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	root := reachable(t)
	for _, v := range []string{"9.6", "14", "15", "16"} {
		fakeBinaries(t, filepath.Join(root, "lib", v, "bin"), v+".4")
	}
	fakeBinaries(t, filepath.Join(root, "onpath"), "17.1")
	fakeBinaries(t, filepath.Join(root, "fetched", npmPrograms()), "18.0")
	f := finder{globs: []string{filepath.Join(root, "lib/*/bin")}, path: []string{filepath.Join(root, "onpath")}}
	acct, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    finder
		want int
		got  string
	}{
		{"newest as a number", f, 0, "16.4"},
		{"the one that made the cluster", f, 15, "15.4"},
		{"from the path", f, 17, "17.1"},
		{"from npm, after the machine's own", f, 18, "18.0"},
		{"too old", finder{globs: []string{filepath.Join(root, "lib/14/bin")}}, 14, ""},
		{"none", finder{}, 16, ""},
	} {
		bin, ok := c.f.find(t.Context(), acct, c.want, filepath.Join(root, "fetched"))
		if bin.version != c.got || ok != (c.got != "") {
			t.Errorf("%s: got %q, %v; want %q", c.name, bin.version, ok, c.got)
		}
	}
}

func TestNumberIn(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"/usr/lib/postgresql/15/bin":          15,
		"/opt/homebrew/opt/postgresql@9/bin":  9,
		"/usr/pgsql-17/bin":                   17,
		"/Applications/Postgres.app/Contents": 0,
	} {
		if got := numberIn(path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

// machine is an installer on a made-up machine with some programs; what it runs is noted and fails as told.
func machine(root bool, ran *[]string, fails error, programs ...string) installer {
	return installer{
		os:   "linux",
		root: root,
		look: func(p string) (string, error) {
			for _, have := range programs {
				if p == have {
					return "/usr/bin/" + p, nil
				}
			}
			return "", errors.New("not found")
		},
		run: func(_ context.Context, _ string, words ...string) error {
			*ran = append(*ran, strings.Join(words[:2], " "))
			return fails
		},
	}
}

func TestNothingToInstallWithSaysTheLine(t *testing.T) {
	t.Parallel()
	mac := machine(false, nil, nil)
	mac.os = "darwin"
	var ran []string
	for _, c := range []struct {
		name string
		in   installer
		want []string
	}{
		{"bare", machine(true, &ran, nil), []string{"found no Postgres 15 or newer (npm is not here)", "install it with: your system's package manager"}},
		{"Debian without root", machine(false, &ran, nil, "apt-get"), []string{"sudo apt-get install -y --no-install-recommends postgresql"}},
		{"Debian offline", machine(true, &ran, errors.New("no network"), "apt-get", "npm"), []string{"npm: no network; apt-get: no network", "install it with: apt-get install"}},
		{"Fedora", machine(false, &ran, nil, "dnf"), []string{"sudo dnf install -y postgresql-server"}},
		{"Alpine", machine(false, &ran, nil, "apk"), []string{"sudo apk add postgresql"}},
		{"macOS", mac, []string{"brew install postgresql@17"}},
	} {
		c.in.system = t.TempDir()
		_, err := start(t.Context(), Options{Dir: filepath.Join(folder(t), "pg")}, finder{}, c.in)
		if err == nil {
			t.Errorf("%s: started", c.name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want %q in it", c.name, err, want)
			}
		}
	}
}

func TestAptMakesNoSystemCluster(t *testing.T) {
	t.Parallel()
	var ran []string
	in := machine(true, &ran, nil, "apt-get")
	in.system = t.TempDir()
	conf := filepath.Join(in.system, "etc/postgresql-common/createcluster.d/plinth.conf")
	in.run = func(context.Context, string, ...string) error {
		raw, err := os.ReadFile(conf)
		if err != nil || string(raw) != "create_main_cluster = false\n" {
			t.Errorf("while installing: %q, %v", raw, err)
		}
		return err
	}
	if reasons := in.install(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler)); len(reasons) != 1 {
		t.Errorf("reasons: %v", reasons)
	}
	if _, err := os.Stat(conf); err == nil {
		t.Error("the file stays behind")
	}
}

func TestRestoreLinks(t *testing.T) {
	t.Parallel()
	pkg := t.TempDir()
	lib := filepath.Join(pkg, "native", "lib")
	if err := os.MkdirAll(lib, 0o700); err != nil {
		t.Fatal(err)
	}
	list := `[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so"}]`
	for name, text := range map[string]string{"native/pg-symlinks.json": list, "native/lib/libpq.so.5.17": "code"} {
		if err := os.WriteFile(filepath.Join(pkg, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // a second time finds the links in place
		if err := restoreLinks(pkg); err != nil {
			t.Fatal(err)
		}
	}
	if raw, err := os.ReadFile(filepath.Join(lib, "libpq.so")); string(raw) != "code" {
		t.Errorf("through the link: %q, %v", raw, err)
	}
	if err := openToAll(pkg); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(lib, "libpq.so.5.17")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestOtherVersionThanTheCluster(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	version := filepath.Join(s.place.dataDir(), "PG_VERSION")
	if err := os.WriteFile(version, []byte("99\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "were made by Postgres 99") || !strings.Contains(err.Error(), "make reset") {
		t.Errorf("durable: %v", err)
	}
	if s := begin(t, Options{Dir: dir}); !s.Started() {
		t.Error("a throwaway cluster of another version was not made anew")
	}
}

func TestAccountReaches(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	inner := filepath.Join(dir, "home", "checkout")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	stranger := account{uid: 54321, gid: 54321, lent: true}
	if !stranger.reaches(inner) {
		t.Error("an open folder is out of reach")
	}
	if err := os.Chmod(filepath.Join(dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	if stranger.reaches(inner) {
		t.Error("a home of mode 0700 was no hindrance")
	}
	if own := (account{uid: os.Getuid()}); !own.reaches(inner) {
		t.Error("our own folder is out of reach")
	}
}

// A folder that the server's user cannot reach gets its cluster under /var/lib, found again by a moved checkout and
// not by a copied one.
func TestPointer(t *testing.T) {
	t.Parallel()
	root := reachable(t)
	was, is := filepath.Join(root, "was"), filepath.Join(root, "is")
	locked := account{uid: 54321, gid: 54321, lent: true}
	for _, dir := range []string{was, is} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	base, err := place{dir: was, acct: locked}.chooseBase()
	if err != nil || filepath.Dir(base) != outside {
		t.Fatalf("%s, %v", base, err)
	}
	raw, err := os.ReadFile(place{dir: was}.pointerFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place{dir: is}.pointerFile(), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if copied, err := (place{dir: is, acct: locked}).chooseBase(); err != nil || copied == base {
		t.Errorf("a copy took the data of the original: %s, %v", copied, err)
	}
	if err := os.WriteFile(place{dir: is}.pointerFile(), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(was); err != nil {
		t.Fatal(err)
	}
	if moved, err := (place{dir: is, acct: locked}).chooseBase(); err != nil || moved != base {
		t.Errorf("a moved folder lost its data: %s, want %s, %v", moved, base, err)
	}
}
