package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// Consumer is somebody who wants to hear of events, whom no sender knows. Each event it hears of is a job of its own,
// which must come to the same when it is done twice; so one that fails is tried again and holds back nobody else.
type Consumer struct {
	Name string // never changed: replays and subscriptions name it
	// Types are what it hears of in every organization; nil when an organization subscribes it, by SubscribeTx.
	Types []string
	// Once lets it hear of the first alone of many events of one cause.
	Once bool
	// PerTenant makes one job of all events of an organization that are passed on together: for work that looks at how things
	// stand, and not at the event.
	PerTenant bool
	// Job makes the job of an event.
	Job func(tenant, event uuid.UUID) jobs.Args
}

// wants says whether the consumer is to hear of what waits.
func (c Consumer) wants(row eventsdb.TakeUndispatchedRow) bool {
	switch {
	case row.Consumer != "" && row.Consumer != c.Name, c.Once && row.Repeats:
		return false
	case c.Types == nil:
		return slices.Contains(row.Subscribed, c.Name)
	}
	return slices.Contains(c.Types, row.Action)
}

// Dispatcher makes jobs of events, for the consumers that want to hear of them. Any number of them may run at once. It is
// asked as plinth_worker.
type Dispatcher struct {
	DB        *db.DB
	Queue     *jobs.Queue
	URL       string // where it listens, past a pooler; empty is where the pool connects to
	Consumers []Consumer
	Log       *slog.Logger
}

const (
	// dispatchBatch is how many events become jobs in one transaction.
	dispatchBatch = 500
	// listenAgain is after how long it tries to listen once more.
	listenAgain = 10 * time.Second
	// channel is where AppendTx tells of an event.
	channel = "plinth_events"
)

// Run dispatches until ctx ends: as soon as it hears of an event, when it is to listen, and again and again in case that
// it heard nothing.
func (d *Dispatcher) Run(ctx context.Context, listen bool, again time.Duration) {
	heard := make(chan struct{}, 1)
	knock := func() {
		select {
		case heard <- struct{}{}:
		default: // it will look anyway
		}
	}
	var listening sync.WaitGroup
	defer listening.Wait()
	if listen {
		listening.Go(func() { d.listen(ctx, knock) })
	}
	tick := time.NewTicker(again)
	defer tick.Stop()
	for {
		if _, err := d.All(ctx); err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "pass events on", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-heard:
		case <-tick.C:
		}
	}
}

// listen knocks for each event it hears of. While it cannot listen, what Run does again and again has to do.
func (d *Dispatcher) listen(ctx context.Context, knock func()) {
	for ctx.Err() == nil {
		err := d.DB.Listen(ctx, d.URL, channel, knock, func(string) { knock() })
		if ctx.Err() != nil {
			return
		}
		d.Log.WarnContext(ctx, "cannot listen for events; they are looked for all the same", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// All dispatches what waits and says how many events that were.
func (d *Dispatcher) All(ctx context.Context) (total int, err error) {
	for {
		n, err := d.some(ctx)
		total += n
		if err != nil || n < dispatchBatch {
			return total, err
		}
	}
}

// some dispatches a batch. Where that fails for one of them the others go alone, and it is tried again later.
func (d *Dispatcher) some(ctx context.Context) (n int, err error) {
	rows, err := d.take(ctx, dispatchBatch)
	if err == nil || ctx.Err() != nil || len(rows) == 0 {
		return len(rows), err
	}
	var failed []error
	for range rows {
		one, err := d.take(ctx, 1)
		switch {
		case err == nil && len(one) == 0:
			return n, nil
		case err == nil:
			n, failed = n+1, nil
			continue
		case len(one) == 0:
			return n, err
		}
		if failed = append(failed, err); len(failed) == mostBad { // it is not them: nothing can be passed on
			return n, errors.Join(failed...)
		}
		if err := d.hold(ctx, one[0], err); err != nil {
			return n, err
		}
	}
	return n, nil
}

// mostBad is of how many in a row no job can be made before it is taken for a trouble of all.
const mostBad = 10

// take makes jobs of what waits longest, at most so many, and says of which; also when that failed, and they wait as before.
func (d *Dispatcher) take(ctx context.Context, most int32) (rows []eventsdb.TakeUndispatchedRow, err error) {
	err = d.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if rows, err = eventsdb.New().TakeUndispatched(ctx, tx, most); err != nil {
			return fmt.Errorf("take events that wait: %w", err)
		}
		all, err := d.jobsOf(rows)
		if err != nil {
			return err
		}
		return d.Queue.EnqueueCausedTx(ctx, tx, all)
	})
	return rows, err
}

// jobsOf makes the jobs of events. A consumer that panics must not end the worker.
func (d *Dispatcher) jobsOf(rows []eventsdb.TakeUndispatchedRow) (all []jobs.Caused, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("make the job of an event: panic: %v", p)
		}
	}()
	type whose struct {
		consumer string
		tenant   uuid.UUID
	}
	seen := map[whose]bool{}
	for _, row := range rows {
		for _, c := range d.Consumers {
			of := whose{c.Name, row.TenantID}
			if c.wants(row) && !(c.PerTenant && seen[of]) {
				seen[of] = true
				all = append(all, jobs.Caused{Args: c.Job(row.TenantID, row.EventID), Request: row.RequestID})
			}
		}
	}
	return all, nil
}

// hold leaves an event that no job can be made of for later. It waits on, which is an alarm, and is never dropped.
func (d *Dispatcher) hold(ctx context.Context, row eventsdb.TakeUndispatchedRow, why error) error {
	return d.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		failures, err := eventsdb.New().HoldUndispatched(ctx, tx, eventsdb.HoldUndispatchedParams{TenantID: row.TenantID, EventID: row.EventID, Consumer: row.Consumer, Error: why.Error()})
		if db.None(err) {
			return nil // another dispatcher passed it on
		}
		if err != nil {
			return fmt.Errorf("hold an event that cannot be passed on: %w", err)
		}
		d.Log.ErrorContext(ctx, "an event cannot be passed on", "tenant", row.TenantID, "event", row.EventID, "action", row.Action, "failures", failures, "error", why)
		return nil
	})
}

// Waiting is how many events nobody has passed on yet, and since when the longest waits: now, when none does.
type Waiting struct {
	Count int64
	Since time.Time
}

// QueueWaiting reads how many events wait for being passed on.
func QueueWaiting(r *db.Reads, into *Waiting) { db.Row(r, into, eventsdb.DispatchWaits) }

// SubscribeTx sets what a consumer hears of in an organization; nothing is none.
func SubscribeTx(ctx context.Context, tx db.Tx, s scope.Scope, consumer string, types []string) error {
	q := eventsdb.New()
	types = append([]string{}, types...) // nil would be null, which unsubscribes nothing
	if err := q.Unsubscribe(ctx, tx, eventsdb.UnsubscribeParams{TenantID: s.TenantID, Consumer: consumer, Actions: types}); err != nil {
		return fmt.Errorf("unsubscribe %s: %w", consumer, err)
	}
	if err := q.Subscribe(ctx, tx, eventsdb.SubscribeParams{TenantID: s.TenantID, Consumer: consumer, Actions: types}); err != nil {
		return fmt.Errorf("subscribe %s: %w", consumer, err)
	}
	return nil
}

// ReplayTx lets a consumer hear again of an organization's events of a while, at most so many, and says how many.
func ReplayTx(ctx context.Context, tx db.Tx, s scope.Scope, consumer string, types []string, since, until time.Time, most int32) (int64, error) {
	n, err := eventsdb.New().Replay(ctx, tx, eventsdb.ReplayParams{
		TenantID: s.TenantID, Consumer: consumer, Since: since, Until: until, Actions: types, Most: most,
	})
	if err != nil {
		return 0, fmt.Errorf("replay events to %s: %w", consumer, err)
	}
	return n, nil
}
