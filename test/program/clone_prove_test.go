//go:build prove

package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"plinth/internal/devpg"
	"plinth/test/proof"
)

// clone makes a fresh clone of what is committed.
func clone(t *testing.T) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(Folder(t), "plinth")
	if out, err := exec.Command("git", "clone", "-q", root, dir).CombinedOutput(); err != nil {
		t.Fatalf("clone: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if err := devpg.Remove(context.Background(), filepath.Join(dir, ".plinth", "pg")); err != nil {
			t.Errorf("remove the private Postgres: %v", err)
		}
	})
	return dir
}

// makeRun types make run in a clone and returns how long the first page took; stop is Ctrl-C and waits for the end.
func makeRun(t *testing.T, dir, addr string) (took time.Duration, stop func()) {
	t.Helper()
	out := &output{}
	cmd := exec.Command("make", "run")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = append(os.Environ(), "ADDR="+addr)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the whole group
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop = sync.OnceFunc(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			t.Errorf("make run does not end:\n%s", out.String())
		}
	})
	t.Cleanup(stop)
	for deadline := time.Now().Add(5 * time.Minute); !answers("http://" + addr + "/"); time.Sleep(20 * time.Millisecond) { //nolint:forbidigo // another process starts: there is nothing to wait on but time
		select {
		case err := <-ended:
			t.Fatalf("make run ended with %v:\n%s", err, out.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("no page:\n%s", out.String())
		}
	}
	return time.Since(begun), stop
}

// A fresh clone, its second start, and two clones at once.
func TestProveFoundationFreshClone(t *testing.T) {
	one, other := clone(t), clone(t)
	first, stop := makeRun(t, one, FreeAddr(t))
	proof.Within(t, "fresh-clone-to-first-page", first, 2*time.Minute)
	stop()

	// The build is not part of the goal, so the second start is that of the binary make run built.
	addr := FreeAddr(t)
	begun := time.Now()
	cmd := exec.Command(filepath.Join(one, "bin", "plinth"), "dev")
	cmd.Dir, cmd.Env = one, append(os.Environ(), "ADDR="+addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for !answers("http://"+addr+"/") && time.Since(begun) < time.Minute {
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // as above
	}
	proof.Within(t, "second-start", time.Since(begun), 3*time.Second)
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()

	a, stopA := makeRun(t, one, FreeAddr(t))
	b, stopB := makeRun(t, other, FreeAddr(t))
	proof.Line(t, "two-clones-at-once", fmt.Sprintf("%.1fs and %.1fs", a.Seconds(), b.Seconds()), "both serve", true)
	stopA()
	stopB()
	for _, dir := range []string{one, other} {
		dirty, err := exec.Command("git", "-C", dir, "status", "--porcelain").Output()
		if err != nil || strings.TrimSpace(string(dirty)) != "" {
			t.Errorf("running leaves the clone changed: %s %v", dirty, err)
		}
	}
}
