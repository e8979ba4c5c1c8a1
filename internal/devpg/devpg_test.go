package devpg

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// folder is a state folder beside those that the checkout already has, so that programs fetched from npm are shared.
func folder(t *testing.T) string {
	t.Helper()
	top, err := filepath.Abs("../../.plinth")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(top, 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(top, "devpg-test-")
	if err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	t.Cleanup(func() {
		if err := Remove(context.Background(), dir); err != nil {
			t.Errorf("remove the folder: %v", err)
		}
	})
	return dir
}

// reachable is a folder that every user can enter, for programs; t.TempDir is 0700.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "devpg-test-")
	if err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func open(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func begin(t *testing.T, o Options) *Server {
	t.Helper()
	o.Durability = Throwaway
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

func query(t *testing.T, s *Server, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres", Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var out string
	if err := conn.QueryRow(t.Context(), sql).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStartStopAndStartAgainKeepsData(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var told bytes.Buffer
	s := begin(t, Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&told, nil))})
	if !s.Started() || !strings.Contains(told.String(), "making a private Postgres cluster") {
		t.Errorf("the first start: started %v, told %q", s.Started(), told.String())
	}
	if err := s.Login(t.Context(), "somebody", "somebody"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.EnsureDatabase(t.Context(), "shop", "somebody"); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := pgx.Connect(t.Context(), s.URL("shop", "somebody"))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context())
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.place.running(); ok {
		t.Error("the server still runs after Stop")
	}
	from := time.Now()
	again := begin(t, Options{Dir: dir})
	t.Logf("warm start %v", time.Since(from).Round(time.Millisecond))
	if got := query(t, again, "select count(*)::text from pg_database where datname = 'shop'"); got != "1" {
		t.Errorf("databases named shop: %s, want 1", got)
	}
}

func TestSecondUserJoinsAndLastOneEnds(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	started := 0
	o := Options{Dir: dir, OnStart: func(context.Context, *Server) error { started++; return nil }}
	first, second := begin(t, o), begin(t, o)
	if up, err := Running(dir); !up || err != nil {
		t.Errorf("running: %v, %v", up, err)
	}
	if second.Started() || second.Port() != first.Port() || started != 1 {
		t.Fatalf("second: started %v, port %d beside %d, %d starts", second.Started(), second.Port(), first.Port(), started)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query(t, second, "select 'here'"); got != "here" {
		t.Errorf("after the first user left: %q", got)
	}
	if err := second.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if up, err := Running(dir); up || err != nil {
		t.Errorf("the server outlives its last user: %v, %v", up, err)
	}
}

func TestLingerKeepsTheServerForTheNext(t *testing.T) {
	t.Parallel()
	o := Options{Dir: folder(t), Linger: time.Minute}
	first := begin(t, o)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if second := begin(t, o); second.Started() {
		t.Error("the second user had to start the server again")
	}
}

func TestParallelStartsShareOneServer(t *testing.T) {
	t.Parallel()
	o := Options{Dir: folder(t), Durability: Throwaway}
	ports := make(chan string, 4)
	for range cap(ports) {
		go func() {
			s, err := Start(t.Context(), o)
			if err != nil {
				ports <- err.Error()
				return
			}
			ports <- strconv.Itoa(s.Port())
		}()
	}
	want := <-ports
	for range cap(ports) - 1 {
		if got := <-ports; got != want {
			t.Errorf("one got %s, another %s", want, got)
		}
	}
}

func TestTwoFoldersNeverMix(t *testing.T) {
	t.Parallel()
	a, b := begin(t, Options{Dir: folder(t)}), begin(t, Options{Dir: folder(t)})
	if a.Port() == b.Port() || a.Password() == b.Password() {
		t.Errorf("two folders share: ports %d and %d", a.Port(), b.Port())
	}
	if a, b := query(t, a, "show data_directory"), query(t, b, "show data_directory"); a == b {
		t.Errorf("two folders share the data in %s", a)
	}
}

// A server whose users died without a word ends by itself: the keeper sees the FIFO close.
func TestServerEndsWhenItsUserIsKilled(t *testing.T) {
	t.Parallel()
	s := begin(t, Options{Dir: folder(t)})
	for _, f := range s.hold.open { // what the kernel does for a killed process
		_ = f.Close()
	}
	if err := s.place.awaitEnd(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCrashedServerIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	if got := query(t, s, "select (set_config('application_name', 'x', false))"); got != "x" {
		t.Fatal(got)
	}
	pid, ok := s.place.running()
	if !ok {
		t.Fatal("not running")
	}
	if err := syscall.Kill(pid.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := s.place.awaitGone(t.Context(), pid); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.place.pidPath()); err != nil {
		t.Fatalf("a killed server leaves its pid file: %v", err)
	}
	again := begin(t, Options{Dir: dir})
	if !again.Started() {
		t.Error("a dead server was joined")
	}
}

func TestStalePidFileOfAnotherProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	stale := map[string]string{
		"number now taken by this test": fmt.Sprintf("%d\n%s\n0\n5432\n\n127.0.0.1\n", os.Getpid(), s.place.dataDir()),
		"copied from another folder":    fmt.Sprintf("%d\n%s\n0\n5432\n\n127.0.0.1\n", os.Getpid(), "/elsewhere/data"),
		"broken":                        "what\n",
	}
	for name, text := range stale {
		if err := os.WriteFile(s.place.pidPath(), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := Start(t.Context(), Options{Dir: dir, Durability: Throwaway})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !again.Started() {
			t.Errorf("%s: joined", name)
		}
		if err := again.Stop(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// Something that takes our password but is another server must not be used.
func TestWrongServerIsRefused(t *testing.T) {
	t.Parallel()
	a, b := begin(t, Options{Dir: folder(t)}), begin(t, Options{Dir: folder(t)})
	imposter := &Server{place: a.place, port: b.port, password: b.password}
	if err := imposter.prove(t.Context()); err == nil || !strings.Contains(err.Error(), "is another one") {
		t.Errorf("right password, wrong data directory: %v", err)
	}
	imposter.password = a.password
	if err := imposter.prove(t.Context()); err == nil {
		t.Error("a server that does not know the password was believed")
	}
	own, err := os.ReadFile(a.place.pidPath())
	if err != nil {
		t.Fatal(err)
	}
	raw := fmt.Sprintf("%d\n%s\n0\n%d\n\n127.0.0.1\n", os.Getpid(), a.place.dataDir(), b.port)
	if err := os.WriteFile(a.place.pidPath(), []byte(raw), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := attach(t.Context(), a.place, 0); s != nil {
		t.Error("attached to the server of another folder")
	}
	if err := os.WriteFile(a.place.pidPath(), own, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBrokenThrowawayClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.place.dataDir(), "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil {
		t.Error("a broken durable cluster was replaced or started")
	}
	if got := query(t, begin(t, Options{Dir: dir}), "select 'new'"); got != "new" {
		t.Error(got)
	}
}

func TestThrowawayClusterTornByRebootIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	if err := s.EnsureDatabase(t.Context(), "kept", Superuser); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	left := map[string]string{s.place.bootFile(): "another boot", s.place.pidPath(): "1\n/\n0\n1\n"}
	for path, text := range left {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := query(t, begin(t, Options{Dir: dir}), "select count(*)::text from pg_database where datname = 'kept'"); got != "0" {
		t.Error("torn files were used again")
	}
}

func TestHaltAndRemoveWithNothingThere(t *testing.T) {
	t.Parallel()
	nothing := filepath.Join(t.TempDir(), "nothing")
	if err := Halt(t.Context(), nothing); err != nil {
		t.Error(err)
	}
	if err := Remove(t.Context(), nothing); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(nothing); err == nil {
		t.Error("asking made the folder")
	}
}

func TestStartGivesUpWhenCancelled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	unlock, err := lock(t.Context(), s.place.lockFile())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Options{Dir: dir}); err == nil {
		t.Error("started without the lock")
	}
}

func TestNoFolderNamed(t *testing.T) {
	t.Parallel()
	if _, err := Start(t.Context(), Options{}); err == nil {
		t.Error("started in no folder")
	}
}

func TestEarlyEndIsToldWithTheLog(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := begin(t, Options{Dir: dir})
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	bin := binaries{dir: reachable(t)}
	if err := os.WriteFile(bin.program("postgres"), []byte("#!/bin/sh\necho no such setting >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := s.place.serve(t.Context(), bin, Options{})
	if err == nil || !strings.Contains(err.Error(), "ended at once: no such setting") {
		t.Errorf("got %v", err)
	}
}
