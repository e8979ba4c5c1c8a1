package webhooks

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/outbound"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
	"plinth/jobs"
)

// busyFor is for how long a turn has an endpoint to itself: longer than its job may run, should its worker die.
const busyFor = jobs.Timeout + 5*time.Second

// goneStatus is how a server says that it is gone for good (RFC 9110, 15.5.11).
const goneStatus = 410

// ErrBusy says that another turn posts to the endpoint: it gives it back with all that waits looked at again.
var ErrBusy = errors.New("another turn posts to this endpoint")

// sparing is by how much a job that came before its time comes after it the next time: clocks may differ.
const sparing = 5 * time.Second

// Post has a turn at an endpoint: it posts what is due, one after another, for a while, and sees to it that a job comes for
// the rest; wake is what the job says of itself. Where MaxTurns others of the organization have theirs it waits, and comes when one ends. ErrBusy when another has
// its turn there, jobs.ErrNothingToDo when nothing is to be posted.
func (w *Webhooks) Post(ctx context.Context, tenant, endpoint uuid.UUID, wake int64) error {
	t := &turn{Webhooks: w, s: scope.System(tenant), endpoint: endpoint, wake: wake, tried: []uuid.UUID{}}
	taken, err := t.take(ctx)
	if err != nil || !taken {
		return err
	}
	err = t.run(ctx)
	// What ended the turn must not keep the endpoint from the next.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Second)
	defer cancel()
	return errors.Join(err, t.giveBack(ending, err == nil))
}

// turn is one worker's time with an endpoint.
type turn struct {
	*Webhooks
	s        scope.Scope
	endpoint uuid.UUID
	wake     int64       // of the job
	tried    []uuid.UUID // in this turn, and not taken
	suspects []suspect   // those of them of which it is not known yet whether they or the endpoint are the cause
	answered bool        // one of the suspects got an answer
	failing  bool        // the endpoint took nothing when it was last asked
	over     bool        // and that for too long
	stopped  bool        // something may wait from before it was paused
	old      bool        // there is more to give up
	posts    int
	is       webhooksdb.EndpointNowRow
}

// suspect is a delivery that failed, with how often it did.
type suspect struct {
	event    uuid.UUID
	attempts int
}

func (t *turn) take(ctx context.Context) (taken bool, err error) {
	err = t.DB.InTenant(ctx, t.s, func(ctx context.Context, tx db.Tx) error {
		q, now := webhooksdb.New(), t.now()
		if err := q.LockTurns(ctx, tx, t.s.TenantID.String()); err != nil {
			return wrap("lock the turns", err)
		}
		e, err := q.TakeEndpoint(ctx, tx, webhooksdb.TakeEndpointParams{TenantID: t.s.TenantID, ID: t.endpoint})
		early := err == nil && e.WakeAt != nil && e.WakeAt.After(now)
		switch {
		case db.None(err) || err == nil && e.State != Active:
			return jobs.ErrNothingToDo
		case err != nil:
			return wrap("take the endpoint", err)
		case early && t.wake == e.WakeAt.UnixMicro():
			// It is the job that all others rely on, and has come by a clock that runs ahead of this one, or by somebody's hand.
			return t.Queue.EnqueueTx(ctx, tx, jobs.PostWebhooks{
				ForTenant: jobs.ForTenant{TenantID: t.s.TenantID}, Endpoint: t.endpoint, At: time.Now().Add(e.WakeAt.Sub(now) + sparing), Wake: t.wake,
			})
		case e.BusyUntil != nil && e.BusyUntil.After(now):
			return ErrBusy
		case early && e.Failures > 0 && e.NextAt != nil && e.NextAt.After(now):
			return jobs.ErrNothingToDo
		}
		if crowded, err := t.waitTx(ctx, tx, e, now); err != nil || crowded {
			return err
		}
		taken, t.failing, t.stopped = true, e.Failures > 0, e.StoppedAt != nil
		until := now.Add(busyFor)
		if err := q.MarkBusy(ctx, tx, webhooksdb.MarkBusyParams{TenantID: t.s.TenantID, ID: t.endpoint, Until: &until, Now: now}); err != nil {
			return wrap("mark the endpoint as busy", err)
		}
		given, err := t.giveUpTx(ctx, tx, now)
		// The last that waited may be among them: then no failing try would ever say that it is over.
		t.over = given > 0 && e.FailingSince != nil && now.Sub(*e.FailingSince) >= GiveUpAfter
		t.old = given == stopStep
		return err
	})
	return taken, err
}

// giveUpTx gives up some of what was tried for too long, and says how much.
func (t *turn) giveUpTx(ctx context.Context, tx db.Tx, now time.Time) (int64, error) {
	given, err := webhooksdb.New().GiveUpOld(ctx, tx, webhooksdb.GiveUpOldParams{
		TenantID: t.s.TenantID, EndpointID: t.endpoint, Now: &now, Before: now.Add(-GiveUpAfter), Reason: "It was not taken within three days.", Most: stopStep,
	})
	return given, wrap("give up what is old", err)
}

func (t *turn) run(ctx context.Context) error {
	if t.over {
		return t.pause(ctx, Failing)
	}
	begun := time.Now()
	for t.stopped || t.old {
		if time.Since(begun) >= t.runFor() {
			return nil
		}
		if err := t.giveUpSome(ctx); err != nil {
			return err
		}
	}
	for time.Since(begun) < t.runFor() {
		more, err := t.one(ctx)
		if err != nil || !more {
			return err
		}
	}
	if len(t.suspects) > 0 { // there was no time to find out more
		return t.down(ctx)
	}
	return nil
}

// giveUpSome gives up some of what is not to be posted any more, before anything is posted.
func (t *turn) giveUpSome(ctx context.Context) error {
	return t.DB.InTenant(ctx, t.s, func(ctx context.Context, tx db.Tx) (err error) {
		if t.stopped {
			t.stopped, err = t.stopSomeTx(ctx, tx, t.s, t.endpoint)
			return err
		}
		if err := webhooksdb.New().HoldEndpoint(ctx, tx, webhooksdb.HoldEndpointParams{TenantID: t.s.TenantID, ID: t.endpoint}); err != nil {
			return wrap("hold the endpoint", err)
		}
		given, err := t.giveUpTx(ctx, tx, t.now())
		t.old = given == stopStep
		return err
	})
}

// nextSQL is how the next delivery is chosen.
func (t *turn) nextSQL() string {
	switch {
	case len(t.suspects) > 0:
		return webhooksdb.AnotherDelivery
	case t.failing:
		return webhooksdb.NextOfFailing
	}
	return webhooksdb.NextDelivery
}

// one posts the next that is due, and says whether to go on.
func (t *turn) one(ctx context.Context) (more bool, err error) {
	var e *webhooksdb.EndpointNowRow
	var d *webhooksdb.NextDeliveryRow
	now := t.now()
	err = t.DB.ReadTenant(ctx, t.s, func(r *db.Reads) {
		db.Maybe(r, &e, webhooksdb.EndpointNow, t.s.TenantID, t.endpoint)
		db.Maybe(r, &d, t.nextSQL(), t.s.TenantID, t.endpoint, now, t.tried)
	})
	switch {
	case err != nil:
		return false, wrap("read what is next", err)
	case e == nil: // it was paused or deleted meanwhile
		return false, nil
	case e.Failures > 0 && e.NextAt != nil && e.NextAt.After(now):
		return false, nil
	}
	t.is = *e
	switch {
	case d == nil && len(t.suspects) > 0:
		return false, t.down(ctx)
	case d == nil:
		return false, nil
	}
	o, err := t.send(ctx, *d)
	if err != nil {
		return false, err
	}
	if o.failed == "" {
		return true, t.taken(ctx, *d, o)
	}
	return t.notTaken(ctx, *d, o)
}

func (t *turn) send(ctx context.Context, d webhooksdb.NextDeliveryRow) (outcome, error) {
	o := outcome{at: t.now()}
	signature, err := t.sign(t.endpoint, t.is, d.EventID, o.at, d.Payload)
	if err != nil {
		return o, err
	}
	o.signature = signature
	begun := time.Now()
	answer, err := t.Client.Post(ctx, t.is.Url, Headers(d.EventID, o.at, signature), d.Payload)
	if ctx.Err() != nil {
		return o, ctx.Err() // the job is told to end: that is not the receiver's failure
	}
	o.took, t.posts = time.Since(begun), t.posts+1
	o.take(answer, err)
	return o, nil
}

// record writes down one try, with what follows from it.
func (t *turn) record(ctx context.Context, d webhooksdb.NextDeliveryRow, o outcome, and func(r *db.Reads)) error {
	id, err := uuid.NewV7()
	if err != nil {
		return wrap("make an id", err)
	}
	err = t.DB.InTenant(ctx, t.s, func(ctx context.Context, tx db.Tx) error {
		return db.Together(ctx, tx, func(r *db.Reads) {
			r.Exec(webhooksdb.HoldEndpoint, t.s.TenantID, t.endpoint)
			r.Exec(webhooksdb.AddAttempt, t.s.TenantID, id, t.endpoint, d.EventID, o.at, int32(o.took.Milliseconds()), o.signature, int32(o.status), o.answer, o.failed)
			and(r)
		})
	})
	return wrap("write down a try", err)
}

// taken notes a success. What failed before it in this turn is to blame itself: it waits apart from now on.
func (t *turn) taken(ctx context.Context, d webhooksdb.NextDeliveryRow, o outcome) error {
	err := t.record(ctx, d, o, func(r *db.Reads) {
		r.Exec(webhooksdb.Delivered, t.s.TenantID, t.endpoint, d.EventID, t.now(), int32(o.status))
		r.Exec(webhooksdb.EndpointWorks, t.s.TenantID, t.endpoint)
		for _, s := range t.suspects {
			r.Exec(webhooksdb.SetAside, t.s.TenantID, t.endpoint, s.event, t.now().Add(backOff(s.attempts)))
		}
	})
	t.suspects, t.answered, t.failing = nil, false, false
	return err
}

// notTaken notes a failure, and says whether it is worth trying something else.
func (t *turn) notTaken(ctx context.Context, d webhooksdb.NextDeliveryRow, o outcome) (more bool, err error) {
	next := t.now()
	if d.Aside {
		next = next.Add(backOff(int(d.Attempts) + 1))
	}
	err = t.record(ctx, d, o, func(r *db.Reads) {
		r.Exec(webhooksdb.NotDelivered, t.s.TenantID, t.endpoint, d.EventID, int32(o.status), o.failed, next)
	})
	if err != nil {
		return false, err
	}
	t.tried = append(t.tried, d.EventID)
	switch {
	case o.status == goneStatus:
		return false, t.pause(ctx, Gone)
	case d.Aside:
		return true, nil
	}
	t.suspects = append(t.suspects, suspect{d.EventID, int(d.Attempts) + 1})
	t.answered = t.answered || o.status > 0
	if t.mayBeThis(o) {
		return true, nil
	}
	return false, t.down(ctx)
}

// mayBeThis says whether another delivery may be taken where this one was not. A server that refuses something is there; one
// that is silent may be busy, and gets a moment first, so that the order is not given up for nothing.
func (t *turn) mayBeThis(o outcome) bool {
	most := 1
	if t.answered {
		most = 3
	}
	return ((outbound.Answer{Status: o.status}).Refused() || t.failing) && len(t.suspects) <= most
}

// down notes that the endpoint takes nothing, or pauses it when that has lasted too long.
func (t *turn) down(ctx context.Context) error {
	now, e := t.now(), t.is
	if e.FailingSince != nil && now.Sub(*e.FailingSince) >= GiveUpAfter {
		return t.pause(ctx, Failing)
	}
	next := now.Add(backOff(int(e.Failures) + 1))
	return t.DB.InTenant(ctx, t.s, func(ctx context.Context, tx db.Tx) error {
		return wrap("note that the endpoint fails", webhooksdb.New().EndpointFails(ctx, tx, webhooksdb.EndpointFailsParams{
			TenantID: t.s.TenantID, ID: t.endpoint, FailingSince: &now, NextAt: &next,
		}))
	})
}

// giveBack ends the turn. Whoever writes down a delivery after this finds the endpoint free; what was written before is seen
// here, since the endpoint is locked first. goOn is false when the turn failed: then its own job is tried again, unless staff
// cancelled it.
func (t *turn) giveBack(ctx context.Context, goOn bool) error {
	return t.DB.InTenant(ctx, t.s, func(ctx context.Context, tx db.Tx) error {
		q := webhooksdb.New()
		e, err := q.LockEndpoint(ctx, tx, webhooksdb.LockEndpointParams{TenantID: t.s.TenantID, ID: t.endpoint})
		if db.None(err) {
			return nil
		}
		if err != nil {
			return wrap("give the endpoint back", err)
		}
		wake := e.WakeAt
		if e.State == Active {
			if wake, err = t.wakeTx(ctx, tx, e, goOn); err != nil {
				return err
			}
		}
		if err := q.GiveBack(ctx, tx, webhooksdb.GiveBackParams{TenantID: t.s.TenantID, ID: t.endpoint, WakeAt: wake}); err != nil {
			return wrap("give the endpoint back", err)
		}
		return t.passOnTx(ctx, tx)
	})
}

// wakeTx sees to it that a job comes when the next delivery is due, and says when one will. One that comes soon enough is
// enough.
func (t *turn) wakeTx(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow, goOn bool) (*time.Time, error) {
	now := t.now()
	due, err := webhooksdb.New().Earliest(ctx, tx, webhooksdb.EarliestParams{TenantID: t.s.TenantID, EndpointID: t.endpoint})
	if db.None(err) {
		return e.WakeAt, nil
	}
	if err != nil {
		return nil, wrap("look for what is next", err)
	}
	if e.NextAt != nil && e.NextAt.After(due) {
		due = *e.NextAt
	}
	if soon := now.Add(time.Minute); !goOn && due.Before(soon) {
		due = soon
	}
	if t.posts == 0 && !due.After(now) {
		due = now.Add(time.Second) // a turn that found nothing is not followed by the next at once, whatever the reason
	}
	if !due.After(now) {
		return e.WakeAt, t.Queue.EnqueueTx(ctx, tx, post(t.s.TenantID, t.endpoint, time.Time{}))
	}
	if e.WakeAt != nil && e.WakeAt.After(now) && !e.WakeAt.After(due) {
		return e.WakeAt, nil
	}
	return &due, t.Queue.EnqueueTx(ctx, tx, post(t.s.TenantID, t.endpoint, due))
}
