package devpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Reasons for which a second try at starting may work.
var (
	errPortTaken  = errors.New("the port was taken by another program")
	errStillInUse = errors.New("processes of a killed server still hold its memory")
)

// major is the version that made the cluster, 0 when there is none yet.
func (p place) major() int {
	raw, err := os.ReadFile(filepath.Join(p.dataDir(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(raw)))
	return n
}

// initialise makes the cluster when there is none. It is built beside its place and moved there when whole, so that
// an interrupted run leaves nothing that looks like a cluster.
func (p place) initialise(ctx context.Context, bin binaries, o Options) error {
	if p.major() != 0 {
		return nil
	}
	o.Logger.Info("making a private Postgres cluster", "version", bin.version, "folder", p.base)
	if err := p.writePassword(); err != nil {
		return fmt.Errorf("write the cluster's password: %w", err)
	}
	half := p.dataDir() + ".new"
	if err := errors.Join(os.RemoveAll(half), os.RemoveAll(p.dataDir())); err != nil {
		return err
	}
	args := []string{
		"-D", half, "-U", Superuser, "--pwfile", p.passwordFile(), "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=" + locale(), "--lc-messages=C",
	}
	if o.Durability == Throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, bin.program("initdb"), args...)
	cmd.Dir = p.base
	p.acct.apply(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(string(out)))
	}
	return os.Rename(half, p.dataDir())
}

// locale sorts by code point and knows the letters of all languages, under the name each system has for that.
func locale() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}

func (p place) writePassword() error {
	if err := os.WriteFile(p.passwordFile(), []byte(rand.Text()+"\n"), 0o600); err != nil {
		return err
	}
	return p.acct.own(p.passwordFile())
}

// serve starts the server and waits until it takes our password. It tries again for a while when the port was
// snatched away or the remains of a killed server are still about.
func (p place) serve(ctx context.Context, bin binaries, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for tries := 1; ; tries++ {
		port, err := freePort(ctx)
		if err != nil {
			return nil, err
		}
		s, err := p.serveOn(ctx, bin, o, port)
		again := errors.Is(err, errPortTaken) || errors.Is(err, errStillInUse)
		if !again || tries == 20 {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(10 * pause):
		}
	}
}

func (p place) serveOn(ctx context.Context, bin binaries, o Options, port int) (*Server, error) {
	password, err := p.readPassword()
	if err != nil {
		return nil, err
	}
	exit := p.exitFile(rand.Text())
	fifo, err := p.spawn(bin, p.settings(o.Durability, port), exit)
	if err != nil {
		return nil, err
	}
	s := &Server{place: p, port: port, password: password, fresh: true}
	if err := s.awaitReady(ctx, exit); err != nil {
		return nil, errors.Join(err, fifo.Close())
	}
	s.hold, err = p.keep(fifo, o.Linger)
	return s, err
}

// awaitReady waits for the first proven connection, or for the server's early end.
func (s *Server) awaitReady(ctx context.Context, exit string) error {
	var last error
	err := until(ctx, func() (bool, error) {
		if _, err := os.Stat(exit); err == nil {
			return false, s.place.whyEnded()
		}
		last = s.prove(ctx)
		return last == nil, nil
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("wait for Postgres: %w", errors.Join(err, last))
	}
	return err
}

func (p place) whyEnded() error {
	raw, err := os.ReadFile(p.logFile())
	if err != nil {
		return fmt.Errorf("the server ended at once, and its log cannot be read: %w", err)
	}
	switch log := string(raw); {
	case strings.Contains(log, "could not create any TCP/IP sockets"):
		return errPortTaken
	case strings.Contains(log, "is still in use"):
		return errStillInUse
	}
	return fmt.Errorf("the server ended at once: %s", tail(string(raw)))
}

// settings are given on the command line, where nothing in the data directory can overrule them. There is no Unix
// socket: its path has a length limit that deep folders break.
func (p place) settings(d Durability, port int) []string {
	args := []string{"-D", p.dataDir()}
	set := func(name, value string) { args = append(args, "-c", name+"="+value) }
	set("listen_addresses", "127.0.0.1")
	set("port", strconv.Itoa(port))
	set("unix_socket_directories", "")
	set("timezone", "UTC")
	set("log_timezone", "UTC")
	set("shared_buffers", "128MB")
	set("max_connections", "300")
	set("synchronous_commit", "off")
	set("wal_level", "minimal")
	set("max_wal_senders", "0")
	if d == Throwaway {
		set("fsync", "off")
		set("log_checkpoints", "off")
		set("full_page_writes", "off")
		set("checkpoint_timeout", "1h")
		set("max_wal_size", "2GB")
		set("autovacuum_naptime", "5min")
	}
	return args
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.Join(fmt.Errorf("find a free port: %v is no TCP address", l.Addr()), l.Close())
	}
	return addr.Port, l.Close()
}

// tail is the end of a program's output, short enough for an error.
func tail(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 600 {
		s = "… " + s[len(s)-600:]
	}
	return s
}
