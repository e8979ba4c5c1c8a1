package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"plinth/internal/blob"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/events"
)

type doctorCommand struct {
	Alive bool `help:"Only ask the server on ADDR whether it is alive; for health checks of containers."`
}

// Run says what is missing or wrong, a line each, and fails when something is.
func (d doctorCommand) Run(ctx context.Context) error {
	if d.Alive {
		return alive(ctx)
	}
	faults := 0
	say := func(ok bool, what, detail string) {
		mark := "ok   "
		if !ok {
			mark = "WRONG"
			faults++
		}
		fmt.Printf("%s  %-14s %s\n", mark, what, detail)
	}
	if os.Getenv("DATABASE_URL") == "" {
		doctorDevelopment(say)
	} else {
		doctorConfigured(ctx, say)
	}
	if faults > 0 {
		return fmt.Errorf("%d to mend", faults)
	}
	return nil
}

// doctorDevelopment looks at what `make run` and `make test` need.
func doctorDevelopment(say func(bool, string, string)) {
	for _, tool := range []struct{ name, why string }{
		{"go", "builds Plinth"}, {"node", "builds the style sheet and runs some tests"}, {"npm", "fetches what node needs"}, {"git", "finds what changed"},
	} {
		path, err := exec.LookPath(tool.name)
		if err != nil {
			say(false, tool.name, "is missing: it "+tool.why)
			continue
		}
		say(true, tool.name, path)
	}
	addr := os.Getenv("ADDR")
	if addr == "" {
		addr = defaultAddr
	}
	l, err := listen(addr)
	if err != nil {
		say(false, "address", err.Error())
		return
	}
	_ = l.Close()
	say(true, "address", addr+" is free")
	say(true, "state", "DATABASE_URL is not set, so `make run` starts a private Postgres in "+stateDir)
}

// doctorConfigured looks at an environment that names a database.
func doctorConfigured(ctx context.Context, say func(bool, string, string)) {
	c, err := config.Load(os.Environ())
	if err != nil {
		say(false, "configuration", strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	say(true, "configuration", "complete, APP_ENV="+c.Env)
	doctorFiles(ctx, c, say)
	for _, w := range c.Warnings() {
		say(true, "to know", w)
	}
	for _, p := range pools(c) {
		answer := poolRole(ctx, p)
		say(strings.HasSuffix(answer, "row security") || (p.url == "" && p.name != "web"), "pool "+p.name, answer)
	}
	d, err := db.Open(ctx, string(c.AppURL), "", db.Options{MaxConns: 1})
	if err != nil {
		say(false, "migrations", err.Error())
		return
	}
	defer d.Close()
	if err := d.Migrated(ctx); err != nil {
		say(false, "migrations", err.Error())
		return
	}
	say(true, "migrations", "up to date")
	if c.WorkerURL != "" {
		doctorAudit(ctx, say)
	}
}

// doctorFiles says whether files can be kept.
func doctorFiles(ctx context.Context, c *config.Config, say func(bool, string, string)) {
	files, err := blob.Open(string(c.BlobURL))
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, filesWithin)
		defer cancel()
		err = files.Check(ctx)
	}
	if err != nil {
		say(false, "files", c.BlobURL.Shown()+": "+strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	say(true, "files", c.BlobURL.Shown())
}

// doctorAudit says whether the events get their seals.
func doctorAudit(ctx context.Context, say func(bool, string, string)) {
	err := withAudit(ctx, func(a *events.Audit) error {
		s, err := a.Status(ctx)
		if err == nil {
			say(s.Overdue == 0, "audit log", fmt.Sprintf("%d events wait for their seal, %d of them too long", s.Waiting, s.Overdue))
		}
		return err
	})
	if err != nil {
		say(false, "audit log", err.Error())
	}
}

// alive asks the server of this container.
func alive(ctx context.Context) error {
	addr := os.Getenv("ADDR")
	if addr == "" {
		addr = defaultAddr
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("ADDR is %q: %w", addr, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("not alive: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not alive: %s", res.Status)
	}
	return nil
}
