package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"plinth/cmd/plinth/app"
	"plinth/internal/db"
	"plinth/internal/pulse"
	"plinth/jobs/worker"
)

// softStop is how long jobs under way may take to finish when the worker is told to end.
const softStop = 25 * time.Second

type workerCommand struct{}

// Run works jobs until the process is told to end, then finishes those under way.
func (workerCommand) Run(ctx context.Context) error {
	c, log, err := load()
	if err != nil {
		return err
	}
	if c.WorkerURL == "" {
		return fmt.Errorf("DATABASE_WORKER_URL is missing: postgres://plinth_worker:…@host/plinth")
	}
	if c.AdminURL == "" {
		return fmt.Errorf("DATABASE_ADMIN_URL is missing: postgres://plinth_admin:…@host/plinth, to erase what is due")
	}
	url := c.WorkerURL
	pollOnly := c.ExecMode != "cache_statement" // behind a pooler LISTEN does not arrive
	if c.DirectURL != "" {
		url, pollOnly = c.DirectURL, false
	}
	d, err := open(ctx, c, url, c.AdminURL, db.RoleWorker)
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
	done, err := openHeads(ctx, c, a)
	if err != nil {
		return err
	}
	defer done()
	client, err := a.Worker(worker.Options{
		ID: a.Pulse.ID.String(), Log: log, PollOnly: pollOnly, Periodic: true, RescueAfter: c.RescueAfter, Timeout: c.RescueAfter - 5*time.Second,
	})
	if err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return a.Flags.Run(running) })
	group.Go(func() error { return beating(running, a, pulse.Worker, func() error { return work(running, client) }) })
	return group.Wait()
}

// work runs the worker until ctx ends, then stops it: softly first, and by cancelling when that takes too long.
func work(ctx context.Context, client *worker.Worker) error {
	running := context.WithoutCancel(ctx)
	if err := client.Start(running); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	<-ctx.Done()
	soft, cancel := context.WithTimeout(running, softStop)
	defer cancel()
	if err := client.Stop(soft); err == nil {
		return nil
	}
	hard, cancelHard := context.WithTimeout(running, 5*time.Second)
	defer cancelHard()
	return client.StopAndCancel(hard)
}
