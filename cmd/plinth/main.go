// Command plinth is the whole product in one binary: `plinth dev` runs everything on this machine, `plinth web` and
// `plinth worker` run it for real.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"plinth/cmd/plinth/app"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/telemetry"
)

type commands struct {
	Dev     devCommand     `cmd:"" help:"Run everything on this machine: Postgres, demo data, web, worker, local Stripe, mailbox."`
	Web     webCommand     `cmd:"" help:"Serve the web application."`
	Worker  workerCommand  `cmd:"" help:"Work the background jobs."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this version."`
	Seed    seedCommand    `cmd:"" help:"Fill an empty database with the demo."`
	Config  configCommand  `cmd:"" help:"Print the configuration in force, secrets redacted."`
	Doctor  doctorCommand  `cmd:"" help:"Say what is missing or wrong."`
	Admin   adminCommand   `cmd:"" help:"Manage staff."`
	Billing billingCommand `cmd:"" help:"Look after the Stripe account."`
	Audit   auditCommand   `cmd:"" help:"Look after the audit log: verify it, see how its sealing stands."`
	Mail    mailCommand    `cmd:"" help:"See whether mail works."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parsed := kong.Parse(&c, kong.Name("plinth"), kong.Description("A multi-tenant SaaS on Postgres."), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "plinth:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println(app.Version)
	return nil
}

// load reads the environment and makes the logger.
func load() (*config.Config, *slog.Logger, error) {
	c, err := config.Load(os.Environ())
	if err != nil {
		return nil, nil, err
	}
	log := telemetry.NewLogger(os.Stderr, c.LogLevel)
	for _, w := range c.Warnings() {
		log.Warn("configuration", "warning", w)
	}
	return c, log, nil
}

// open makes a process's pool and refuses a role that could pass by row security.
func open(ctx context.Context, c *config.Config, url, adminURL config.Secret, role string) (*db.DB, error) {
	d, err := db.Open(ctx, string(url), string(adminURL), db.Options{MaxConns: c.MaxConns, ExecMode: c.ExecMode})
	if err != nil {
		return nil, err
	}
	if err := d.Check(ctx, role); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// withApp puts the program together as far as a command needs it that is typed by hand.
func withApp(ctx context.Context, do func(*app.App) error) error {
	c, log, err := load()
	if err != nil {
		return fmt.Errorf("%w\n\nin development:  set -a; . .plinth/env; set +a", err)
	}
	url, role := c.WorkerURL, db.RoleWorker
	if url == "" {
		url, role = c.AppURL, db.RoleApp
	}
	d, err := open(ctx, c, url, "", role)
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := app.New(c, d, log)
	if err != nil {
		return err
	}
	return do(a)
}
