// Package devpg runs the private Postgres of `plinth dev` and of the tests: it finds or fetches the programs, makes a
// cluster in a state folder, starts it on a free port of 127.0.0.1, and ends it when nobody uses it any more.
//
// Processes that name the same folder share one server; two folders never mix. Every answer is proven by the random
// password of the cluster and by its data directory, never by "something listens there".
package devpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"
)

// Superuser is the role that owns a private cluster; it signs in with the cluster's random password.
const Superuser = "postgres"

// Durability says what the server does for the data when the machine itself fails.
type Durability int

const (
	// Durable keeps what was committed, but for the last moments before a power cut. For `plinth dev`.
	Durable Durability = iota
	// Throwaway never waits for the disk, and a cluster that cannot be started again is made anew. For tests.
	Throwaway
)

// Options says which private server is wanted. Only Dir is required.
type Options struct {
	// Dir is the state folder, one per checkout and purpose, such as .plinth/pg. It is made when missing.
	Dir string
	// Durability of a server that this call starts; the zero value is Durable.
	Durability Durability
	// Linger is how long the server outlives this user of it, so that a next one finds it running. Zero: not at all.
	Linger time.Duration
	// Logger hears what takes long: fetching programs, making the cluster. Nil: nothing is said.
	Logger *slog.Logger
	// OnStart is called under the folder's lock when this call really started the server, before anybody else can use
	// it: the place to sweep what an earlier run left behind.
	OnStart func(context.Context, *Server) error
}

// Server is a running private Postgres that this process holds open. It ends when the last process holding it stops
// or dies, however it dies.
type Server struct {
	place    place
	port     int
	password string
	hold     *hold
	fresh    bool
}

// Start returns the server of the folder: a running one when there is one, else one that it starts. It waits until
// the server takes connections. When no Postgres can be found or fetched the error holds the line to type.
func Start(ctx context.Context, o Options) (*Server, error) {
	return start(ctx, o, newFinder(), newInstaller())
}

func start(ctx context.Context, o Options, f finder, in installer) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p, err := findPlace(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("prepare the Postgres folder %s: %w", o.Dir, err)
	}
	unlock, err := lock(ctx, p.lockFile())
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", p.lockFile(), err)
	}
	defer unlock()
	if s := attach(ctx, p, o.Linger); s != nil {
		return s, nil
	}
	if o.Durability == Throwaway && p.tornByReboot() {
		if err := p.wipe(); err != nil {
			return nil, err
		}
	}
	if err := halt(ctx, p); err != nil {
		return nil, err
	}
	bin, err := programs(ctx, p, o, f, in)
	if err != nil {
		return nil, err
	}
	return launch(ctx, p, bin, o)
}

// attach joins the server that runs for the place. Nil means there is none to join: not running, on its way out, or
// not provably ours.
func attach(ctx context.Context, p place, linger time.Duration) *Server {
	pid, ok := p.running()
	if !ok {
		return nil
	}
	h, err := p.hold(ctx, linger)
	if err != nil {
		return nil
	}
	s := &Server{place: p, port: pid.port, hold: h}
	if s.password, err = p.readPassword(); err == nil {
		err = s.prove(ctx)
	}
	if err != nil {
		h.release()
		return nil
	}
	return s
}

// launch makes the cluster when it is missing and starts its server. A throwaway cluster that does not start is
// wiped and made again, once.
func launch(ctx context.Context, p place, bin binaries, o Options) (*Server, error) {
	s, err := launchOnce(ctx, p, bin, o)
	if err != nil && o.Durability == Throwaway && ctx.Err() == nil {
		o.Logger.Warn("the throwaway Postgres did not start and is made anew", "error", err)
		if werr := p.wipe(); werr != nil {
			return nil, errors.Join(err, werr)
		}
		s, err = launchOnce(ctx, p, bin, o)
	}
	return s, err
}

func launchOnce(ctx context.Context, p place, bin binaries, o Options) (*Server, error) {
	if err := p.initialise(ctx, bin, o); err != nil {
		return nil, fmt.Errorf("make the Postgres cluster: %w", err)
	}
	s, err := p.serve(ctx, bin, o)
	if err != nil {
		return nil, fmt.Errorf("start Postgres: %w", err)
	}
	if o.OnStart != nil {
		if err := o.OnStart(ctx, s); err != nil {
			s.hold.release()
			return nil, fmt.Errorf("prepare the started Postgres: %w", err)
		}
	}
	return s, nil
}

// URL is the connection URL of a database for a role. The password in it is the cluster's, which is right for
// Superuser and for roles given to Login; replace it for others.
func (s *Server) URL(database, role string) string {
	return (&url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(role, s.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}).String()
}

// Password is the random password of the cluster, for roles that a caller makes itself.
func (s *Server) Password() string { return s.password }

// Port is the port on 127.0.0.1, another one at each real start.
func (s *Server) Port() int { return s.port }

// Started tells whether this process started the server, rather than joining a running one.
func (s *Server) Started() bool { return s.fresh }

// Stop gives up this process's hold. When no other process holds the server and no linger was asked for, Stop waits
// until it has shut down; the data stays. A second call does nothing.
func (s *Server) Stop(ctx context.Context) error {
	if !s.hold.release() || s.hold.lingers {
		return nil
	}
	if s.place.held() {
		return nil
	}
	return s.place.awaitEnd(ctx)
}

// Running tells whether a server of the folder is up, without joining it.
func Running(dir string) (bool, error) {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	p, err := findPlace(dir)
	if err != nil {
		return false, fmt.Errorf("look at the Postgres folder %s: %w", dir, err)
	}
	_, ok := p.running()
	return ok, nil
}

// InUse tells whether a living process holds the server of the folder, rather than one that merely lingers.
func InUse(dir string) (bool, error) {
	if running, err := Running(dir); err != nil || !running {
		return false, err
	}
	p, err := findPlace(dir)
	if err != nil {
		return false, fmt.Errorf("look at the Postgres folder %s: %w", dir, err)
	}
	return p.held(), nil
}

// Halt stops the server of a folder, whoever uses it. It is no error when none runs.
func Halt(ctx context.Context, dir string) error {
	return withPlace(ctx, dir, func(p place) error { return halt(ctx, p) })
}

// Remove stops the server of a folder, whoever uses it, and deletes its data, also where they lie outside of the
// folder because the server's user cannot reach it.
func Remove(ctx context.Context, dir string) error {
	return withPlace(ctx, dir, func(p place) error {
		if err := halt(ctx, p); err != nil {
			return err
		}
		return errors.Join(p.deleteCluster(), os.RemoveAll(p.dir))
	})
}

func withPlace(ctx context.Context, dir string, do func(place) error) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	p, err := findPlace(dir)
	if err != nil {
		return fmt.Errorf("look at the Postgres folder %s: %w", dir, err)
	}
	unlock, err := lock(ctx, p.lockFile())
	if err != nil {
		return fmt.Errorf("lock %s: %w", p.lockFile(), err)
	}
	defer unlock()
	return do(p)
}
