package webhooks

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
	"plinth/jobs"
)

const (
	// MaxReplay is how many events are sent once more at most.
	MaxReplay  = 10_000
	replayStep = 200
	// replayLease is for how long a replay that goes on no more keeps others from beginning: longer than its job takes to be
	// tried the last time.
	replayLease = 10 * time.Minute
)

// allow counts what makes us post at somebody's word. Throttled after much of it.
func (w *Webhooks) allow(ctx context.Context, s scope.Scope) error {
	return w.Limits.Take(ctx, limit.Subject{Key: s.TenantID.String(), Policy: limit.Policy{
		Name: "webhook-send", Allowance: 60, Drain: time.Minute, First: 10 * time.Second, Longest: 5 * time.Minute,
	}})
}

const pausedText = "The webhook is paused. Resume it first."

// SendTest sends an event that says that it is one. id is made with the form, so that a form sent twice sends one.
func (w *Webhooks) SendTest(ctx context.Context, s scope.Scope, endpoint, id uuid.UUID) error {
	if id == uuid.Nil {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	if err := w.allow(ctx, s); err != nil {
		return err
	}
	return w.lockedTx(ctx, s, endpoint, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		if e.State == Paused {
			return fault.New(fault.Conflict, pausedText)
		}
		payload, err := Payload{Type: TestType, Version: 1, Timestamp: w.now().UTC(), Data: Data{
			ID: id, Organization: Organization{s.TenantID, s.Slug, s.Name}, Actor: &Named{s.Person.ID, s.Person.Name}, Changes: map[string]Change{},
			Object: Object{Kind: "webhook", ID: &endpoint, Name: Host(e.Url)},
		}}.text()
		if err != nil {
			return err
		}
		q := webhooksdb.New()
		if err := q.AddDelivery(ctx, tx, webhooksdb.AddDeliveryParams{
			TenantID: s.TenantID, EndpointID: endpoint, EventID: id, Type: TestType, Payload: payload, NextAt: w.now(),
		}); err != nil {
			return wrap("write down a test", err)
		}
		return w.nowTx(ctx, tx, s, endpoint)
	})
}

// nowTx has an endpoint tried at once, also one that is left alone for a while.
func (w *Webhooks) nowTx(ctx context.Context, tx db.Tx, s scope.Scope, endpoint uuid.UUID) error {
	if err := webhooksdb.New().TryNow(ctx, tx, webhooksdb.TryNowParams{TenantID: s.TenantID, ID: endpoint}); err != nil {
		return wrap("have the endpoint tried", err)
	}
	return w.Queue.EnqueueTx(ctx, tx, post(s.TenantID, endpoint, time.Time{}))
}

// Redeliver sends an event once more, as it was sent before. NotFound when it was never sent there.
func (w *Webhooks) Redeliver(ctx context.Context, s scope.Scope, endpoint, event uuid.UUID) error {
	if err := w.allow(ctx, s); err != nil {
		return err
	}
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error { return w.RedeliverTx(ctx, tx, s, endpoint, event) })
}

// RedeliverTx is Redeliver in a transaction, which may be one of the back-office. What waits is tried at once. Conflict when
// the endpoint is paused.
func (w *Webhooks) RedeliverTx(ctx context.Context, tx db.Tx, s scope.Scope, endpoint, event uuid.UUID) error {
	e, err := w.lockTx(ctx, tx, s, endpoint)
	if err != nil {
		return err
	}
	if e.State == Paused {
		return fault.New(fault.Conflict, pausedText)
	}
	n, err := webhooksdb.New().Requeue(ctx, tx, webhooksdb.RequeueParams{TenantID: s.TenantID, EndpointID: endpoint, EventID: event, Now: w.now()})
	if err != nil {
		return wrap("queue an event again", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	err = events.AppendTx(ctx, tx, s, events.Event{
		Action: "webhook.replayed", ObjectKind: "webhook", ObjectID: endpoint, ObjectName: Host(e.Url), Changes: map[string][2]string{"events": {"", "1"}},
	})
	if err != nil {
		return err
	}
	return w.nowTx(ctx, tx, s, endpoint)
}

// Replay begins to send the events of a while once more, those that were never sent there too. id is made with the form. One
// at a time runs for an endpoint, and Conflict says so; of more than MaxReplay events the first are sent.
func (w *Webhooks) Replay(ctx context.Context, s scope.Scope, endpoint, id uuid.UUID, since, until time.Time) error {
	switch {
	case id == uuid.Nil:
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	case since.IsZero():
		return fault.Field("from", "Say from when on.")
	case until.IsZero() || !until.After(since):
		return fault.Field("to", "This has to be later than the beginning.")
	}
	if err := w.allow(ctx, s); err != nil {
		return err
	}
	return w.lockedTx(ctx, s, endpoint, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		if e.State == Paused {
			return fault.New(fault.Conflict, pausedText)
		}
		q := webhooksdb.New()
		if ours, err := w.roomTx(ctx, tx, s, endpoint, id); err != nil || ours {
			return err
		}
		n, err := q.CountEvents(ctx, tx, webhooksdb.CountEventsParams{TenantID: s.TenantID, Since: since, Until: until, Types: heard(e.Types), Most: MaxReplay + 1})
		if err != nil {
			return wrap("count events", err)
		}
		if n == 0 {
			return fault.Field("from", "Nothing that this webhook hears of happened in that time.")
		}
		made, err := q.StartReplay(ctx, tx, webhooksdb.StartReplayParams{
			TenantID: s.TenantID, ID: id, EndpointID: endpoint, Since: since, Until: until, Total: int32(min(n, MaxReplay)), More: n > MaxReplay, CreatedBy: s.Person.ID, Now: w.now(),
		})
		if err != nil || made == 0 {
			return wrap("begin to send events again", err)
		}
		err = events.AppendTx(ctx, tx, s, events.Event{
			Action: "webhook.replayed", ObjectKind: "webhook", ObjectID: endpoint, ObjectName: Host(e.Url), Changes: map[string][2]string{
				"events": {"", strconv.FormatInt(min(n, MaxReplay), 10)}, "from": {"", since.UTC().Format(time.RFC3339)}, "to": {"", until.UTC().Format(time.RFC3339)},
			},
		})
		if err != nil {
			return err
		}
		return w.Queue.EnqueueTx(ctx, tx, jobs.ReplayWebhooks{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Replay: id})
	})
}

// roomTx sees to it that no other replay of the endpoint runs. ours is true when this one does already, as by a form that is
// sent twice.
func (w *Webhooks) roomTx(ctx context.Context, tx db.Tx, s scope.Scope, endpoint, id uuid.UUID) (ours bool, err error) {
	q, now := webhooksdb.New(), w.now()
	r, err := q.RunningReplay(ctx, tx, webhooksdb.RunningReplayParams{TenantID: s.TenantID, EndpointID: endpoint})
	switch {
	case db.None(err):
		return false, nil
	case err != nil:
		return false, wrap("look for a replay that runs", err)
	case r.ID == id:
		return true, nil
	case now.Sub(r.UpdatedAt) < replayLease:
		return false, fault.New(fault.Conflict, "Events are being sent once more already. Wait until that is done.")
	}
	return false, wrap("end a replay that does not go on", q.FailReplay(ctx, tx, webhooksdb.FailReplayParams{TenantID: s.TenantID, ID: r.ID, Now: now}))
}

// RunReplay goes on with a replay for a while, and says whether there is more to do. jobs.ErrNothingToDo when it has ended.
func (w *Webhooks) RunReplay(ctx context.Context, tenant, id uuid.UUID) (more bool, err error) {
	begun := time.Now()
	for {
		more, err := w.replaySome(ctx, scope.System(tenant), id)
		if err != nil || !more || time.Since(begun) >= w.runFor()/2 {
			return more, err
		}
	}
}

func (w *Webhooks) replaySome(ctx context.Context, s scope.Scope, id uuid.UUID) (more bool, err error) {
	var p *webhooksdb.ReplayNowRow
	err = w.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &p, webhooksdb.ReplayNow, s.TenantID, id) })
	if err != nil {
		return false, wrap("read the replay", err)
	}
	if p == nil || p.State != ReplayRunning {
		return false, jobs.ErrNothingToDo
	}
	from := p.Since
	if p.AfterAt != nil {
		from = *p.AfterAt
	}
	q := webhooksdb.New()
	err = w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := q.HoldEndpoint(ctx, tx, webhooksdb.HoldEndpointParams{TenantID: s.TenantID, ID: p.EndpointID}); err != nil {
			return wrap("hold the endpoint", err)
		}
		rows, err := q.EventsOfReplay(ctx, tx, webhooksdb.EventsOfReplayParams{
			TenantID: s.TenantID, Since: p.Since, Until: p.Until, Types: heard(p.Types), AfterAt: from, AfterID: p.AfterID, Size: min(replayStep, p.Total-p.Done),
		})
		if err != nil {
			return wrap("read events", err)
		}
		to := webhooksdb.MoveReplayParams{
			TenantID: s.TenantID, ID: id, Was: p.Done, Done: p.Done + int32(len(rows)), AfterAt: p.AfterAt, AfterID: p.AfterID, State: ReplayRunning, Now: w.now(),
		}
		if more = len(rows) > 0 && to.Done < p.Total; !more {
			to.State = ReplayDone
		}
		if len(rows) > 0 {
			last := rows[len(rows)-1]
			to.AfterAt, to.AfterID = &last.At, last.ID
			if err := w.requeueTx(ctx, tx, s, p.EndpointID, rows); err != nil {
				return err
			}
		}
		moved, err := q.MoveReplay(ctx, tx, to)
		if err == nil && moved == 0 {
			return jobs.ErrNothingToDo // somebody else went on with it
		}
		return wrap("note how far it is", err)
	})
	return more, err
}

// requeueTx queues some events for an endpoint, in their order.
func (w *Webhooks) requeueTx(ctx context.Context, tx db.Tx, s scope.Scope, endpoint uuid.UUID, rows []webhooksdb.EventsOfReplayRow) error {
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	found, err := webhooksdb.New().Snapshots(ctx, tx, webhooksdb.SnapshotsParams{TenantID: s.TenantID, Ids: ids})
	if err != nil {
		return wrap("read events", err)
	}
	slices.SortFunc(found, func(a, b webhooksdb.SnapshotsRow) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	payloads := make([]string, len(found))
	for i, e := range found {
		if payloads[i], err = w.told(e); err != nil {
			return err
		}
	}
	now := w.now()
	err = db.Together(ctx, tx, func(r *db.Reads) {
		for i, e := range found {
			r.Exec(webhooksdb.Redeliver, s.TenantID, endpoint, e.ID, e.Action, payloads[i], now)
		}
	})
	if err != nil {
		return wrap("queue events again", err)
	}
	return w.Queue.EnqueueTx(ctx, tx, post(s.TenantID, endpoint, time.Time{}))
}

// GiveUpReplay marks a replay as failed; who asked is shown that, and tries again.
func (w *Webhooks) GiveUpReplay(ctx context.Context, tenant, id uuid.UUID) error {
	return w.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		return wrap("give up a replay", webhooksdb.New().FailReplay(ctx, tx, webhooksdb.FailReplayParams{TenantID: tenant, ID: id, Now: w.now()}))
	})
}
