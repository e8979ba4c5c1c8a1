// Command ctl is the Makefile's hand on the private Postgres servers of a checkout.
//
//	ctl ready DIR    makes sure a Postgres can be started in the state folder, fetching the programs when missing
//	ctl remove DIR   stops all servers whose state lies below the folder, and deletes it, unless somebody uses one
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"plinth/internal/devpg"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the deferred stop has nothing to do at exit
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 2 {
		switch args[0] {
		case "ready":
			return ready(ctx, args[1])
		case "remove":
			return remove(ctx, args[1])
		}
	}
	return errors.New("usage: ctl ready|remove DIR")
}

// ready leaves the server running for the tests that come next.
func ready(ctx context.Context, dir string) error {
	s, err := devpg.Start(ctx, devpg.Options{
		Dir:        dir,
		Durability: devpg.Throwaway,
		Linger:     time.Minute,
		Logger:     slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	return s.Stop(ctx)
}

// remove wants the folder's real name, so that a slip cannot delete something else.
func remove(ctx context.Context, dir string) error {
	if filepath.Base(dir) != ".plinth" {
		return fmt.Errorf("%s is not a state folder named .plinth", dir)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var states []string
	for _, e := range entries {
		state := filepath.Join(dir, e.Name())
		if _, err := os.Stat(filepath.Join(state, "lock")); e.IsDir() && err == nil {
			states = append(states, state)
		}
	}
	for _, state := range states {
		used, err := devpg.InUse(state)
		if err != nil {
			return err
		}
		if used {
			return fmt.Errorf("%s is in use: stop `make run`, or wait for the tests, and try again", state)
		}
	}
	var faults []error
	for _, state := range states {
		faults = append(faults, devpg.Remove(ctx, state))
	}
	return errors.Join(append(faults, os.RemoveAll(dir))...)
}
