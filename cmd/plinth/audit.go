package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"

	"plinth/cmd/plinth/app"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	files "plinth/sql"
)

type auditCommand struct {
	Verify auditVerify `cmd:"" help:"Find what was changed, deleted, reordered, cut off or rewritten; exit 1 when something was."`
	Status auditStatus `cmd:"" help:"Say what waits for its seal; exit 1 when something has waited for more than a minute."`
	Store  auditStore  `cmd:"" help:"Print the SQL that makes the second place, for a database of its own (AUDIT_DATABASE_URL)."`
}

type auditVerify struct {
	Tenant string `help:"Only the organization with this address."`
}

// Run verifies the chains and prints a line for each, and one for each fault.
func (v auditVerify) Run(ctx context.Context) error {
	return withAudit(ctx, func(a *events.Audit) error {
		total, err := verifyChains(ctx, os.Stdout, a, v.Tenant)
		if err != nil {
			return err
		}
		if total > 0 {
			return fmt.Errorf("the history is not what was sealed; faults: %d", total)
		}
		fmt.Println("The history is what was sealed.")
		return nil
	})
}

// verifyChains verifies one organization's chain, or with an empty slug all of them and that of the accounts.
func verifyChains(ctx context.Context, w io.Writer, a *events.Audit, slug string) (faults int, err error) {
	verify := func(c events.Chain) error {
		report, err := a.Verify(ctx, c.TenantID)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Slug, err)
		}
		faults += len(report.Faults)
		return printReport(w, c, report)
	}
	if slug != "" {
		c, err := a.ChainOf(ctx, slug)
		if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
			return 0, fmt.Errorf("no organization has the address %q", slug)
		}
		if err != nil {
			return 0, err
		}
		return faults, verify(c)
	}
	if err := verify(events.Chain{Slug: "(accounts)"}); err != nil {
		return faults, err
	}
	for after := uuid.Nil; ; {
		page, err := a.Chains(ctx, after)
		if err != nil || len(page) == 0 {
			return faults, err
		}
		for _, c := range page {
			if err := verify(c); err != nil {
				return faults, err
			}
		}
		after = page[len(page)-1].TenantID
	}
}

func printReport(w io.Writer, c events.Chain, r events.Report) error {
	if _, err := fmt.Fprintf(w, "%-24s %d events, %d erased, %d copies of seals, %d faults\n", c.Slug, r.Events, r.Erased, r.Heads, len(r.Faults)); err != nil {
		return err
	}
	if r.Purged {
		if _, err := fmt.Fprintln(w, "  the organization was erased with its history, as the history of accounts tells"); err != nil {
			return err
		}
	}
	for _, f := range r.Faults {
		where := ""
		if f.Seq > 0 {
			where = fmt.Sprintf(" seal %d", f.Seq)
		}
		if f.Event != uuid.Nil {
			where += " event " + f.Event.String()
		}
		if _, err := fmt.Fprintf(w, "  %-10s%s: %s\n", f.Kind, where, f.Text); err != nil {
			return err
		}
	}
	return nil
}

type auditStatus struct{}

// Run prints how the sealing stands.
func (auditStatus) Run(ctx context.Context) error {
	return withAudit(ctx, func(a *events.Audit) error {
		s, err := a.Status(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("%d events wait for their seal, %d of them for more than %s\n", s.Waiting, s.Overdue, events.LateAfter)
		for _, l := range s.Late {
			fmt.Printf("  event %s  organization %s  since %s\n", l.EventID, l.TenantID, l.Since.UTC().Format(time.RFC3339))
		}
		if s.Changeable {
			fmt.Println("The role of the second place may change what it has copied: take update, delete and truncate from it.")
		}
		if s.Overdue > 0 || s.Changeable {
			return fmt.Errorf("the audit log needs a look; is a worker running?")
		}
		return nil
	})
}

type auditStore struct{}

// Run prints the SQL.
func (auditStore) Run() error {
	fmt.Print(files.AuditStore)
	return nil
}

// withAudit opens the database as the worker does.
func withAudit(ctx context.Context, do func(*events.Audit) error) error {
	c, log, err := load()
	if err != nil {
		return fmt.Errorf("%w\n\nin development:  set -a; . .plinth/env; set +a", err)
	}
	if c.WorkerURL == "" {
		return fmt.Errorf("DATABASE_WORKER_URL is missing: postgres://plinth_worker:…@host/plinth")
	}
	d, err := open(ctx, c, c.WorkerURL, "", db.RoleWorker)
	if err != nil {
		return err
	}
	defer d.Close()
	a, err := app.New(c, d, log)
	if err != nil {
		return err
	}
	done, err := openHeads(ctx, c, a)
	if err != nil {
		return err
	}
	defer done()
	return do(a.Audit)
}

// openHeads opens the second place of the audit log where one is named; the function that comes back closes it.
func openHeads(ctx context.Context, c *config.Config, a *app.App) (func(), error) {
	if c.AuditURL == "" {
		return func() {}, nil
	}
	d, err := db.Open(ctx, string(c.AuditURL), "", db.Options{MaxConns: 4, ExecMode: c.ExecMode})
	if err != nil {
		return nil, fmt.Errorf("open AUDIT_DATABASE_URL: %w", err)
	}
	a.Audit.Heads = d
	return d.Close, nil
}
