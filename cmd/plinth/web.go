package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"plinth/cmd/plinth/app"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/pulse"
)

type webCommand struct{}

// Run serves until the process is told to end, then drains.
func (webCommand) Run(ctx context.Context) error {
	c, log, err := load()
	if err != nil {
		return err
	}
	d, err := open(ctx, c, c.AppURL, c.AdminURL, db.RoleApp)
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := app.New(c, d, log)
	if err != nil {
		return err
	}
	if err := filesKept(ctx, a); err != nil {
		return err
	}
	l, err := listen(c.Addr)
	if err != nil {
		return err
	}
	return serve(ctx, a, l, c, log)
}

// filesKept refuses to start where files cannot be kept, before somebody loses one.
func filesKept(ctx context.Context, a *app.App) error {
	if a.Config.Dev() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, filesWithin)
	defer cancel()
	return a.Files.Check(ctx)
}

// filesWithin is how long looking at the place for files may take.
const filesWithin = 15 * time.Second

func serve(ctx context.Context, a *app.App, l net.Listener, c *config.Config, log *slog.Logger) error {
	site, err := a.Web()
	if err != nil {
		return err
	}
	log.Info("serving", "address", l.Addr().String(), "url", c.URL)
	if err := a.Flags.Ready(ctx); err != nil {
		log.Warn("flags cannot be read; they are as the code says until they can", "error", err)
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return a.Live.Run(running) })
	group.Go(func() error { return a.Flags.Run(running) })
	group.Go(func() error { return site.Shell.Serve(running, l, site.Handler, c.DrainFor) })
	return beating(ctx, a, pulse.Web, group.Wait)
}

// beating lets the process tell of itself for as long as do takes, also while it drains.
func beating(ctx context.Context, a *app.App, kind string, do func() error) error {
	telling, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	ended := make(chan error, 1)
	go func() { ended <- a.Pulse.Run(telling, kind) }()
	err := do()
	end()
	return errors.Join(err, <-ended)
}

// listen opens the address, and says what to do when somebody has it.
func listen(addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program: choose another address, as in  ADDR=127.0.0.1:9000 make run", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return l, nil
}
