package program

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/devpg"
)

// secondStart is the goal of the issue for a start that finds its data in place.
const secondStart = 3 * time.Second

func TestDevStartsStopsAndKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := Folder(t)
	p := Dev(t, dir)
	for _, want := range []string{p.URL, "/dev/mail", "/dev/stripe", "/admin"} {
		if !strings.Contains(p.Output(), want) {
			t.Errorf("the start does not tell of %s:\n%s", want, p.Output())
		}
	}
	mark(t, p)
	if err := p.Stop(); err != nil {
		t.Errorf("Ctrl-C ended it with %v:\n%s", err, p.Output())
	}
	if !postgresGone(t, dir) {
		t.Error("Postgres still runs after Ctrl-C")
	}

	begun := time.Now()
	p = Dev(t, dir)
	if took := time.Since(begun); took > secondStart {
		t.Errorf("the second start took %v, goal %v", took, secondStart)
	}
	if !marked(t, p) {
		t.Error("the second start lost the data")
	}
}

func TestDevOfTwoFoldersSideBySide(t *testing.T) {
	t.Parallel()
	a, b := Dev(t, Folder(t)), Dev(t, Folder(t))
	mark(t, a)
	if marked(t, b) {
		t.Error("two folders share a database")
	}
	if !answers(a.URL+"/healthz") || !answers(b.URL+"/healthz") {
		t.Error("one of the two does not answer")
	}
}

// A port that the system gives out by itself may be somebody else's before the program listens there.
func TestFreeAddrIsNobodysSoon(t *testing.T) {
	t.Parallel()
	_, port, err := net.SplitHostPort(FreeAddr(t))
	if n, _ := strconv.Atoi(port); err != nil || n < 1024 || n+1 >= 32768 {
		t.Errorf("port %s: %v", port, err)
	}
}

func TestDevSaysThatThePortIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	out, ok := Run(t, Folder(t), []string{"ADDR=" + addr}, "dev")
	if ok || !strings.Contains(out, addr) || !strings.Contains(out, "ADDR=") {
		t.Errorf("exit 0 %v; want the address and how to name another, got:\n%s", ok, out)
	}
}

// After kill -9 nothing is left running, and the next start finds the data.
func TestDevKilledHard(t *testing.T) {
	t.Parallel()
	dir := Folder(t)
	p := Dev(t, dir)
	mark(t, p)
	p.Kill()
	p.awaitAfterwards(t, "end Postgres", func() bool { return postgresGone(t, dir) })
	if p = Dev(t, dir); !marked(t, p) {
		t.Error("the data did not survive")
	}
}

// awaitAfterwards is await for a process that has ended on purpose.
func (p *Program) awaitAfterwards(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("did not %s", what)
		case <-tick.C:
		}
	}
}

func connect(t *testing.T, p *Program) *pgx.Conn {
	t.Helper()
	for _, line := range p.Env() {
		if url, ok := strings.CutPrefix(line, "DATABASE_MIGRATE_URL="); ok {
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close(context.Background()) })
			return conn
		}
	}
	t.Fatal("no DATABASE_MIGRATE_URL in .plinth/env")
	return nil
}

// mark leaves something in the database that is there again after a restart.
func mark(t *testing.T, p *Program) {
	t.Helper()
	if _, err := connect(t, p).Exec(t.Context(), "comment on database plinth is 'marked by a test'"); err != nil {
		t.Fatal(err)
	}
}

func marked(t *testing.T, p *Program) bool {
	t.Helper()
	var is bool
	err := connect(t, p).QueryRow(t.Context(), `select coalesce(shobj_description(oid, 'pg_database') = 'marked by a test', false)
		from pg_database where datname = current_database()`).Scan(&is)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func postgresGone(t *testing.T, dir string) bool {
	t.Helper()
	state := filepath.Join(dir, ".plinth", "pg")
	if _, err := os.Stat(state); err != nil {
		t.Fatal(err)
	}
	running, err := devpg.Running(state)
	if err != nil {
		t.Fatal(err)
	}
	return !running
}
