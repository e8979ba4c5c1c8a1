package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"plinth/cmd/plinth/app"
	"plinth/cmd/plinth/demo"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/devpg"
	"plinth/internal/pulse"
	"plinth/internal/stripesim"
	"plinth/internal/telemetry"
	"plinth/jobs/worker"
)

const (
	defaultAddr = "127.0.0.1:8080"
	stateDir    = ".plinth"
)

type devCommand struct {
	Addr string `env:"ADDR" default:"127.0.0.1:8080" help:"Where to listen; the local Stripe listens one port up."`
}

// Run starts everything and stops all of it when it is told to end.
func (d devCommand) Run(ctx context.Context) error {
	begun := time.Now()
	if err := harmless(os.Getenv("STRIPE_SECRET_KEY")); err != nil {
		return err
	}
	log := telemetry.NewLogger(os.Stderr, orDefault(os.Getenv("LOG_LEVEL"), "warn"))
	listeners, err := d.listen()
	if err != nil {
		return err
	}
	defer listeners.close()
	env, stop, err := d.prepare(ctx, log, listeners)
	if err != nil {
		return err
	}
	defer stop()
	return runDev(ctx, env, listeners, log, begun)
}

// harmless refuses the key of an account where money is real, before anything is started with it.
func harmless(stripeKey string) error {
	if config.LiveKey(stripeKey) {
		return errors.New("STRIPE_SECRET_KEY is a live key, which charges real cards: plinth dev takes a test key, sk_test_…, or none for the local Stripe")
	}
	return nil
}

type devListeners struct {
	web, stripe net.Listener
}

func (l devListeners) close() {
	_ = l.web.Close()
	_ = l.stripe.Close()
}

// listen takes both ports before anything is started, so that a taken one is said at once.
func (d devCommand) listen() (devListeners, error) {
	host, port, err := net.SplitHostPort(d.Addr)
	if err != nil {
		return devListeners{}, fmt.Errorf("ADDR is %q: say host and port, as in 127.0.0.1:9000", d.Addr)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return devListeners{}, fmt.Errorf("ADDR is %q: the port is no number", d.Addr)
	}
	web, err := listen(d.Addr)
	if err != nil {
		return devListeners{}, err
	}
	stripe, err := listen(net.JoinHostPort(host, strconv.Itoa(number+1)))
	if err != nil {
		_ = web.Close()
		return devListeners{}, fmt.Errorf("the local Stripe listens one port above: %w", err)
	}
	return devListeners{web: web, stripe: stripe}, nil
}

// prepare starts Postgres, brings it up to date and writes .plinth/env. The returned function stops Postgres.
func (d devCommand) prepare(ctx context.Context, log *slog.Logger, l devListeners) (*devEnv, func(), error) {
	if err := os.MkdirAll(stateDir, 0o755); err != nil {
		return nil, nil, fmt.Errorf("make %s: %w", stateDir, err)
	}
	loud := telemetry.NewLogger(os.Stderr, "info")
	pg, err := devpg.Start(ctx, devpg.Options{Dir: filepath.Join(stateDir, "pg"), Logger: loud})
	if err != nil {
		return nil, nil, err
	}
	stop := func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
		defer cancel()
		if err := pg.Stop(ending); err != nil {
			log.Error("stop Postgres", "error", err)
		}
	}
	env, err := d.migrate(ctx, pg, l)
	if err != nil {
		stop()
		return nil, nil, err
	}
	return env, stop, nil
}

func (d devCommand) migrate(ctx context.Context, pg *devpg.Server, l devListeners) (*devEnv, error) {
	conn, err := pgx.Connect(ctx, pg.URL("postgres", devpg.Superuser))
	if err != nil {
		return nil, fmt.Errorf("connect to the private Postgres: %w", err)
	}
	err = db.EnsureRoles(ctx, conn, func(string) string { return pg.Password() })
	_ = conn.Close(ctx)
	if err != nil {
		return nil, err
	}
	if err := pg.EnsureDatabase(ctx, "plinth", db.RoleOwner); err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, pg.URL("plinth", db.RoleOwner)); err != nil {
		return nil, err
	}
	return newDevEnv(pg, l)
}

// runDev serves web, worker and the local Stripe until ctx ends.
func runDev(ctx context.Context, env *devEnv, l devListeners, log *slog.Logger, begun time.Time) error {
	c, err := config.Load(env.environ())
	if err != nil {
		return err
	}
	webDB, err := open(ctx, c, c.AppURL, c.AdminURL, db.RoleApp)
	if err != nil {
		return err
	}
	defer webDB.Close()
	workerDB, err := open(ctx, c, c.WorkerURL, c.AdminURL, db.RoleWorker)
	if err != nil {
		return err
	}
	defer workerDB.Close()
	sim, err := env.stripe(c, log)
	if err != nil {
		return err
	}
	return devProcess{c: c, env: env, listeners: l, log: log, begun: begun, sim: sim}.run(ctx, webDB, workerDB)
}

type devProcess struct {
	c         *config.Config
	env       *devEnv
	listeners devListeners
	log       *slog.Logger
	begun     time.Time
	sim       *stripesim.Sim
}

func (p devProcess) run(ctx context.Context, webDB, workerDB *db.DB) error {
	webApp, err := app.New(p.c, webDB, p.log)
	if err != nil {
		return err
	}
	workerApp, err := app.New(p.c, workerDB, p.log)
	if err != nil {
		return err
	}
	if p.c.APIURL != "" {
		webApp.UseLocalStripe(p.sim)
		workerApp.UseLocalStripe(p.sim)
	}
	client, err := workerApp.Worker(worker.Options{ID: workerApp.Pulse.ID.String(), Log: p.log, Periodic: true})
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	group, running := errgroup.WithContext(running)
	group.Go(func() error { return p.serveStripe(running) })
	if err := p.seed(running, webApp); err != nil {
		cancel()
		return errors.Join(err, group.Wait())
	}
	group.Go(func() error { return serve(running, webApp, p.listeners.web, p.c, p.log) })
	group.Go(func() error { return workerApp.Flags.Run(running) })
	group.Go(func() error {
		return beating(running, workerApp, pulse.Worker, func() error { return work(running, client) })
	})
	p.env.announce(p.c, time.Since(p.begun))
	err = group.Wait()
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		fmt.Println("\nStopped. The data stays in " + stateDir + "; make reset empties it.")
		return nil
	}
	return err
}

// seed puts the catalogue into the local Stripe and fills an empty database with the demo.
func (p devProcess) seed(ctx context.Context, a *app.App) error {
	if !p.c.LocalStripe() {
		return nil // a real account: nothing is made there unasked
	}
	if err := a.Billing.Setup(ctx, io.Discard); err != nil {
		return fmt.Errorf("put the plans into the local Stripe: %w", err)
	}
	_, err := newDemo(a).Fill(ctx)
	if errors.Is(err, demo.ErrOthers) {
		return nil // somebody's own
	}
	if err != nil {
		return fmt.Errorf("%w\n\nstart again: it goes on with what is missing (make reset begins anew)", err)
	}
	return nil
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
