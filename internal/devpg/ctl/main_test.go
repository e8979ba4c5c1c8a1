package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plinth/internal/devpg"
)

func TestReadyThenRemove(t *testing.T) {
	t.Parallel()
	top, err := os.MkdirTemp("", "ctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	if err := os.Chmod(top, 0o755); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(top, ".plinth")
	if err := run(t.Context(), []string{"ready", filepath.Join(state, "pg")}); err != nil {
		t.Fatal(err)
	}
	s, err := devpg.Start(t.Context(), devpg.Options{Dir: filepath.Join(state, "pg"), Linger: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if s.Started() {
		t.Error("ready left no server running")
	}
	if err := run(t.Context(), []string{"remove", state}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("removed while somebody works with it: %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"remove", state}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("the state folder is still there")
	}
	if err := run(t.Context(), []string{"remove", state}); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "usage"},
		{[]string{"ready"}, "usage"},
		{[]string{"stop", ".plinth"}, "usage"},
		{[]string{"remove", t.TempDir()}, "is not a state folder"},
	} {
		if err := run(t.Context(), c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}
