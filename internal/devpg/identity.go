package devpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long a server may take to shut down, and half of it before it is told more sharply.
const patience = 20 * time.Second

// pidFile is what Postgres writes of itself into its data directory.
type pidFile struct {
	pid, port int
	dataDir   string
}

func parsePidFile(raw string) (pidFile, error) {
	lines := strings.Split(raw, "\n")
	if len(lines) < 4 {
		return pidFile{}, errors.New("postmaster.pid is incomplete")
	}
	pid, perr := strconv.Atoi(strings.TrimSpace(lines[0]))
	port, oerr := strconv.Atoi(strings.TrimSpace(lines[3]))
	if err := errors.Join(perr, oerr); err != nil {
		return pidFile{}, fmt.Errorf("read postmaster.pid: %w", err)
	}
	return pidFile{pid: pid, port: port, dataDir: strings.TrimSpace(lines[1])}, nil
}

func (p place) pidPath() string { return filepath.Join(p.dataDir(), "postmaster.pid") }

// running tells whether the server of this very data directory is alive. A pid file alone proves nothing: it may be
// left from a crash, its number taken by another program, or be a copy from another checkout.
func (p place) running() (pidFile, bool) {
	raw, err := os.ReadFile(p.pidPath())
	if err != nil {
		return pidFile{}, false
	}
	f, err := parsePidFile(string(raw))
	if err != nil || f.dataDir != p.dataDir() {
		return pidFile{}, false
	}
	return f, strings.Contains(commandLine(f.pid), p.dataDir())
}

// commandLine is what a process was started with, or nothing when there is no such process.
func commandLine(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err == nil {
		return string(bytes.ReplaceAll(raw, []byte{0}, []byte{' '}))
	}
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// bootFile names the boot of the machine in which the server was last started; only Linux tells it.
func (p place) bootFile() string { return filepath.Join(p.base, "boot") }

func bootID() []byte {
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil
	}
	return raw
}

// tornByReboot tells whether the machine went down under the server. Without fsync its files may then be torn in
// ways that Postgres does not notice.
func (p place) tornByReboot() bool {
	if _, err := os.Stat(p.pidPath()); err != nil {
		return false
	}
	was, err := os.ReadFile(p.bootFile())
	return err == nil && !bytes.Equal(was, bootID())
}

// halt stops a server of the place and clears a pid file that no server stands behind. The caller holds the lock.
func halt(ctx context.Context, p place) error {
	f, ok := p.running()
	if !ok {
		if err := os.Remove(p.pidPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a stale postmaster.pid: %w", err)
		}
		return nil
	}
	if err := syscall.Kill(f.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop Postgres: %w", err)
	}
	half, cancel := context.WithTimeout(ctx, patience/2)
	defer cancel()
	if p.awaitGone(half, f) == nil {
		return nil
	}
	if err := syscall.Kill(f.pid, syscall.SIGQUIT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop Postgres at once: %w", err)
	}
	return p.awaitGone(ctx, f)
}

// awaitEnd waits until the server that runs now has shut down.
func (p place) awaitEnd(ctx context.Context) error {
	f, ok := p.running()
	if !ok {
		return nil
	}
	return p.awaitGone(ctx, f)
}

func (p place) awaitGone(ctx context.Context, f pidFile) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the server does not shut down"))
	defer cancel()
	return until(ctx, func() (bool, error) {
		now, ok := p.running()
		return !ok || now.pid != f.pid, nil
	})
}

// prove connects and checks that the answer comes from our own cluster: it knows the random password and says our
// data directory.
func (s *Server) prove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres", Superuser))
	if err != nil {
		return fmt.Errorf("connect to port %d: %w", s.port, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var dir string
	if err := conn.QueryRow(ctx, "select current_setting('data_directory')").Scan(&dir); err != nil {
		return fmt.Errorf("ask the server on port %d for its data directory: %w", s.port, err)
	}
	if dir != s.place.dataDir() {
		return fmt.Errorf("the server on port %d is another one: its data lies in %s", s.port, dir)
	}
	return nil
}
