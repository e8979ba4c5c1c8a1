package events

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/jobs"
)

// chainPage is how many organizations one look goes through.
const chainPage = 1000

// How many events without a seal a sweep takes in at once, and after how long it leaves the rest for the next run.
const (
	sweepBatch = 10_000
	sweepFor   = 5 * time.Second
)

// SealAll looks for what waits for its seal: it enqueues a job for each organization, seals the events of accounts, and
// rings the alarm when something has waited too long.
func (a *Audit) SealAll(ctx context.Context) error {
	q, after := eventsdb.New(), uuid.Nil
	accounts, err := q.AccountsWait(ctx, a.DB.Direct())
	if err != nil {
		return fmt.Errorf("look for events of accounts: %w", err)
	}
	for {
		chains, err := q.ChainsToSeal(ctx, a.DB.Direct(), eventsdb.ChainsToSealParams{TenantID: after, Limit: chainPage})
		if err != nil {
			return fmt.Errorf("look for events to seal: %w", err)
		}
		if err := a.enqueue(ctx, chains, false); err != nil {
			return err
		}
		if len(chains) < chainPage {
			break
		}
		after = chains[len(chains)-1]
	}
	if accounts {
		if err := a.Seal(ctx, uuid.Nil); err != nil {
			return err
		}
	}
	return a.ring(ctx)
}

func (a *Audit) enqueue(ctx context.Context, tenants []uuid.UUID, sweep bool) error {
	if len(tenants) == 0 {
		return nil
	}
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, id := range tenants {
			if err := a.Queue.EnqueueTx(ctx, tx, jobs.SealEvents{ForTenant: jobs.ForTenant{TenantID: id}, Sweep: sweep}); err != nil {
				return err
			}
		}
		return nil
	})
}

// SweepAll enqueues a sweep of each organization, page by page, and sweeps the events of accounts.
func (a *Audit) SweepAll(ctx context.Context, after uuid.UUID) error {
	if after == uuid.Nil {
		// What it has to leave is taken in with the next start or the next night; accounts have few events.
		if _, err := a.Sweep(ctx, uuid.Nil); err != nil {
			return err
		}
	}
	chains, err := eventsdb.New().ListChains(ctx, a.DB.Direct(), eventsdb.ListChainsParams{ID: after, Limit: chainPage})
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	var ids []uuid.UUID
	for _, c := range chains {
		if c.Live { // of one that is erased there is nothing to seal
			ids = append(ids, c.ID)
		}
	}
	if err := a.enqueue(ctx, ids, true); err != nil || len(chains) < chainPage {
		return err
	}
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		return a.Queue.EnqueueTx(ctx, tx, jobs.SweepSeals{After: chains[len(chains)-1].ID})
	})
}

// Sweep takes in the events of an organization that neither have a seal nor wait for one, and seals them: what is older
// than the seals, and what was written past the program. more says that it had to stop before the end.
func (a *Audit) Sweep(ctx context.Context, tenant uuid.UUID) (more bool, err error) {
	c, begun := chainOf(tenant), time.Now()
	for {
		missed, err := a.takeIn(ctx, c)
		if err != nil {
			return false, fmt.Errorf("look for events without a seal: %w", err)
		}
		if err := a.Seal(ctx, tenant); err != nil || missed < sweepBatch {
			return false, err
		}
		if time.Since(begun) > sweepFor {
			return true, nil
		}
	}
}

// takeIn lets events without a seal wait for one and says how many.
func (a *Audit) takeIn(ctx context.Context, c chain) (n int64, err error) {
	err = c.in(ctx, a.DB, func(ctx context.Context, tx db.Tx) error {
		// Under the sealer's lock: else an event that is sealed in this moment would be taken in a second time.
		locked, err := eventsdb.New().LockChain(ctx, tx, c.tenant.String())
		if err != nil || !locked {
			return err
		}
		tag, err := tx.Exec(ctx, c.sql.missed, c.args(sweepBatch)...)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

// Late is an event that has waited too long for its seal.
type Late struct {
	TenantID uuid.UUID // nil for an event of an account
	EventID  uuid.UUID
	Since    time.Time
}

// Status is how the sealing stands.
type Status struct {
	Waiting    int64  // events without a seal
	Overdue    int64  // those that wait longer than LateAfter
	Late       []Late // the longest waiting of these
	Changeable bool   // the role of the second place may change or delete copies there
}

// Status says how the sealing stands.
func (a *Audit) Status(ctx context.Context) (Status, error) {
	var s Status
	now := time.Now()
	err := a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		return db.Together(ctx, tx, func(r *db.Reads) {
			db.Value(r, &s.Waiting, eventsdb.CountUnsealed, now.Add(time.Hour))
			db.Value(r, &s.Overdue, eventsdb.CountUnsealed, now.Add(-LateAfter))
			db.Rows(r, &s.Late, eventsdb.LateUnsealed, now.Add(-LateAfter), 10)
		})
	})
	if err != nil {
		return s, fmt.Errorf("look at what waits for its seal: %w", err)
	}
	s.Changeable, err = eventsdb.New().HeadsChangeable(ctx, a.Heads.Direct())
	if err != nil {
		return s, fmt.Errorf("look at the second place: %w", err)
	}
	return s, nil
}

// ring writes the alarm, once in a minute.
func (a *Audit) ring(ctx context.Context) error {
	now := time.Now()
	late, err := eventsdb.New().LateUnsealed(ctx, a.DB.Direct(), eventsdb.LateUnsealedParams{QueuedAt: now.Add(-LateAfter), Limit: 1})
	if err != nil {
		return fmt.Errorf("look for events that wait too long: %w", err)
	}
	a.alarm.Lock()
	defer a.alarm.Unlock()
	if len(late) == 0 || now.Sub(a.rang) < LateAfter {
		return nil
	}
	a.rang = now
	a.Log.ErrorContext(ctx, "audit: an event has no seal after a minute; see plinth audit status",
		"tenant", late[0].TenantID, "event", late[0].EventID, "since", late[0].QueuedAt)
	return nil
}
