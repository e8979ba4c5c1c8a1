package events

import (
	"context"
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

func (d *Dispatcher) some(ctx context.Context) (n int, err error) {
	err = d.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		rows, err := eventsdb.New().TakeUndispatched(ctx, tx, dispatchBatch)
		if err != nil {
			return fmt.Errorf("take events that wait: %w", err)
		}
		var all []jobs.Args
		for _, row := range rows {
			for _, c := range d.Consumers {
				if c.wants(row) {
					all = append(all, c.Job(row.TenantID, row.EventID))
				}
			}
		}
		n = len(rows)
		return d.Queue.EnqueueManyTx(ctx, tx, all)
	})
	return n, err
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
