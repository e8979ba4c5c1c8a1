// Package program runs the real binary the way a person or an operator does: built once, started in a folder of its
// own, ended by a signal. For what only the whole program can show; everything else is tested through the router.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"plinth/internal/devpg"
)

// patience is how long a start may take, making the cluster and a loaded machine included.
const patience = 90 * time.Second

// Login is one of the demo sign-ins that `plinth dev` prints.
type Login struct{ Role, Email, Password string }

// Program is one running process.
type Program struct {
	Dir    string  // its working directory, with .plinth below
	URL    string  // where it serves
	Logins []Login // of `plinth dev`

	t    testing.TB
	cmd  *exec.Cmd
	out  *output
	done chan error
}

// build makes the binary once for the tests of a process. It lies in the checkout, where go build finds it unchanged.
var build = sync.OnceValues(func() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(root, ".plinth", "program-under-test")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "./cmd/plinth")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return binary, nil
})

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// Folder is a new working directory, deleted with the private Postgres in it when the test ends.
func Folder(t testing.TB) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	top := filepath.Join(root, ".plinth")
	if err := os.MkdirAll(top, 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(top, "program-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := devpg.Remove(context.Background(), filepath.Join(dir, ".plinth", "pg")); err != nil {
			t.Errorf("remove the private Postgres: %v", err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the folder: %v", err)
		}
	})
	return dir
}

// FreeAddr is an address of which the port and the one above, where the local Stripe listens, are free. They lie below
// the ports that systems give out by themselves, to connections and to other tests, so that they stay free until used.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for range 200 {
		n := 10000 + 2*rand.IntN(10000)
		if addr := loopback(n); free(addr) && free(loopback(n+1)) {
			return addr
		}
	}
	t.Fatal("no two free ports beside each other")
	return ""
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func free(addr string) bool {
	l, err := net.Listen("tcp4", addr)
	return err == nil && l.Close() == nil
}

// Dev runs `plinth dev` in a folder and waits until it serves. It is stopped when the test ends.
func Dev(t testing.TB, dir string, env ...string) *Program {
	t.Helper()
	addr := FreeAddr(t)
	p := Start(t, dir, append([]string{"ADDR=" + addr}, env...), "dev")
	p.URL = "http://" + strings.Replace(addr, "127.0.0.1", "localhost", 1)
	p.await("serve at "+p.URL, func() bool { return answers(p.URL+"/readyz") && strings.Contains(p.Output(), "Ctrl-C") })
	p.Logins = logins(p.Output())
	return p
}

// Start runs a command of the binary with the environment given and nothing of ours but the way to programs.
func Start(t testing.TB, dir string, env []string, args ...string) *Program {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{Dir: dir, t: t, out: &output{}, done: make(chan error, 1)}
	p.cmd = exec.Command(binary, args...)
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start plinth %s: %v", strings.Join(args, " "), err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { p.Stop() })
	return p
}

// Run is Start for a command that ends by itself; it returns what was printed and whether it exited with 0.
func Run(t testing.TB, dir string, env []string, args ...string) (string, bool) {
	t.Helper()
	p := Start(t, dir, env, args...)
	err := p.wait()
	return p.Output(), err == nil
}

// Stop asks the program to end, as Ctrl-C does, and returns how it ended; nil is exit status 0. Calling it again does
// nothing.
func (p *Program) Stop() error { return p.end(os.Interrupt) }

// Kill ends the program without a word, as kill -9 does.
func (p *Program) Kill() { _ = p.end(syscall.SIGKILL) }

func (p *Program) end(how os.Signal) error {
	if p.cmd == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("signal plinth: %v", err)
	}
	return p.wait()
}

func (p *Program) wait() error {
	select {
	case err := <-p.done:
		p.cmd = nil
		return err
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		p.cmd = nil
		p.t.Fatalf("plinth did not end; it said:\n%s", p.Output())
		return nil
	}
}

// Output is all that the program printed so far.
func (p *Program) Output() string { return p.out.String() }

// Env reads .plinth/env, which `plinth dev` writes for other commands to run beside it.
func (p *Program) Env() []string {
	p.t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.Dir, ".plinth", "env"))
	if err != nil {
		p.t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok {
			out = append(out, name+"="+strings.ReplaceAll(strings.Trim(value, "'"), `'\''`, "'"))
		}
	}
	return out
}

// await waits until the program has come so far, and fails when it ends instead.
func (p *Program) await(what string, done func() bool) {
	p.t.Helper()
	p.awaitWithin(patience, what, done)
}

func (p *Program) awaitWithin(most time.Duration, what string, done func() bool) {
	p.t.Helper()
	deadline := time.After(most)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case err := <-p.done:
			p.cmd = nil
			p.t.Fatalf("plinth ended (%v) before it could %s; it said:\n%s", err, what, p.Output())
		case <-deadline:
			p.t.Fatalf("plinth did not %s; it said:\n%s", what, p.Output())
		case <-tick.C:
		}
	}
}

func answers(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// logins reads the lines `demo <role> <e-mail> <password>`.
func logins(out string) []Login {
	var all []Login
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 4 && f[0] == "demo" {
			all = append(all, Login{Role: f[1], Email: f[2], Password: f[3]})
		}
	}
	return all
}

// output collects what a process prints while it is read.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write takes what the process printed.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(b)
}

// String is everything so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}
