package devpg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version that has all that the schema uses.
const oldest = 15

// binaries is a folder with postgres and initdb of one version.
type binaries struct {
	dir     string
	version string
	major   int
}

func (b binaries) program(name string) string { return filepath.Join(b.dir, name) }

// finder looks for programs on this machine.
type finder struct {
	globs []string // folders with the version in their path, newest wins whatever the glob
	path  []string // folders of $PATH, looked at last
}

func newFinder() finder {
	return finder{
		globs: []string{
			"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
			"/usr/pgsql-*/bin",                                   // Red Hat
			"/usr/libexec/postgresql*",                           // Alpine
			"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on Apple silicon
			"/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
			"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
		},
		path: filepath.SplitList(os.Getenv("PATH")),
	}
}

// find returns the newest usable programs, or those of the major version wanted when it is not 0. The folder of
// programs fetched from npm comes after what the machine has.
func (f finder) find(ctx context.Context, acct account, want int, fetched string) (binaries, bool) {
	var dirs []string
	for _, pattern := range f.globs {
		found, err := filepath.Glob(pattern)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return numberIn(b) - numberIn(a) })
	dirs = append(dirs, f.path...)
	dirs = append(dirs, filepath.Join(fetched, npmPrograms()))
	for _, dir := range dirs {
		bin, ok := inspect(ctx, acct, dir)
		if ok && bin.major >= oldest && (want == 0 || bin.major == want) {
			return bin, true
		}
	}
	return binaries{}, false
}

var number = regexp.MustCompile(`\d+`)

// numberIn is the last number in a path, as a number: 9 comes before 15.
func numberIn(path string) int {
	all := number.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	return n
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the programs of a folder for their version, when the server's user can reach them.
func inspect(ctx context.Context, acct account, dir string) (binaries, bool) {
	program, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return binaries{}, false
	}
	b := binaries{dir: filepath.Dir(program)}
	if _, err := os.Stat(b.program("initdb")); err != nil || !acct.reaches(b.dir) {
		return binaries{}, false
	}
	cmd := exec.CommandContext(ctx, b.program("postgres"), "--version")
	acct.apply(cmd)
	cmd.Dir = "/"
	out, err := cmd.Output()
	m := versionLine.FindStringSubmatch(string(out))
	if err != nil || m == nil {
		return binaries{}, false
	}
	b.version = m[1]
	b.major, err = strconv.Atoi(m[2])
	return b, err == nil
}

// programs finds Postgres or fetches it, of the version that made the cluster when there is one.
func programs(ctx context.Context, p place, o Options, f finder, in installer) (binaries, error) {
	want := p.major()
	bin, ok := f.find(ctx, p.acct, want, p.fetched())
	if ok {
		return bin, nil
	}
	if want != 0 {
		other, ok := f.find(ctx, p.acct, 0, p.fetched())
		if ok && o.Durability == Throwaway {
			return other, p.wipe()
		}
		return binaries{}, fmt.Errorf("the data in %s were made by Postgres %d, which is not here: install version %d, or `make reset` to start anew", p.base, want, want)
	}
	reasons := in.install(ctx, p.fetched(), o.Logger)
	if bin, ok = f.find(ctx, p.acct, 0, p.fetched()); ok {
		return bin, nil
	}
	return binaries{}, fmt.Errorf("found no Postgres %d or newer%s; install it with: %s", oldest, because(reasons), in.line())
}

func because(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return " (" + strings.Join(reasons, "; ") + ")"
}
