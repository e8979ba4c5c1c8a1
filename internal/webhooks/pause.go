package webhooks

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
	"plinth/jobs"
)

// pause pauses the endpoint of a turn for what it answers.
func (t *turn) pause(ctx context.Context, why string) error {
	err := t.lockedTx(ctx, t.s, t.endpoint, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		if e.State == Paused {
			return nil
		}
		return t.pauseTx(ctx, tx, t.s, e, why)
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// pauseTx pauses an endpoint, says so to who manages the organization unless one of them did it, and gives up what waits.
func (w *Webhooks) pauseTx(ctx context.Context, tx db.Tx, s scope.Scope, e webhooksdb.LockEndpointRow, why string) error {
	now := w.now()
	if err := webhooksdb.New().PauseEndpoint(ctx, tx, webhooksdb.PauseEndpointParams{TenantID: s.TenantID, ID: e.ID, PausedFor: why, Now: &now}); err != nil {
		return wrap("pause the endpoint", err)
	}
	if err := w.stopTx(ctx, tx, s, e.ID); err != nil {
		return err
	}
	if err := w.changedTx(ctx, tx, s, "webhook.paused", e.ID, e.Url, map[string][2]string{"reason": {"", why}}); err != nil {
		return err
	}
	if why == ByHand {
		return nil
	}
	return w.Queue.EnqueueTx(ctx, tx, jobs.SendWebhookPaused{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Endpoint: e.ID, At: now.UnixMicro()})
}

// stopStep is how many deliveries are given up in one transaction.
const stopStep = 1000

// stopTx gives up what waits for an endpoint that is paused or deleted: the first of it here, and the rest by a job.
func (w *Webhooks) stopTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) error {
	q := webhooksdb.New()
	if err := q.FailReplays(ctx, tx, webhooksdb.FailReplaysParams{TenantID: s.TenantID, EndpointID: id, Now: w.now()}); err != nil {
		return wrap("end what is sent again", err)
	}
	more, err := w.stopSomeTx(ctx, tx, s, id)
	if err != nil || !more {
		return err
	}
	return w.Queue.EnqueueTx(ctx, tx, jobs.StopWebhooks{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Endpoint: id})
}

// stopSomeTx gives up some of what was queued before an endpoint was last paused or deleted, and says whether there is more.
func (w *Webhooks) stopSomeTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) (more bool, err error) {
	q, now := webhooksdb.New(), w.now()
	e, err := q.Stopped(ctx, tx, webhooksdb.StoppedParams{TenantID: s.TenantID, ID: id})
	if db.None(err) {
		return false, nil
	}
	if err != nil {
		return false, wrap("read when it was stopped", err)
	}
	reason := "The webhook was paused."
	if e.Deleted {
		reason = "The webhook was deleted."
	}
	n, err := q.FailStopped(ctx, tx, webhooksdb.FailStoppedParams{TenantID: s.TenantID, EndpointID: id, Now: &now, Reason: reason, StoppedAt: e.StoppedAt, Most: stopStep})
	if err != nil {
		return false, wrap("give up what waits", err)
	}
	if n == stopStep {
		return true, nil
	}
	err = q.NothingStopped(ctx, tx, webhooksdb.NothingStoppedParams{TenantID: s.TenantID, ID: id, StoppedAt: &e.StoppedAt})
	return false, wrap("note that all is given up", err)
}

// Stop gives up what waits for an endpoint that was paused or deleted, for a while, and says whether there is more to do.
func (w *Webhooks) Stop(ctx context.Context, tenant, endpoint uuid.UUID) (more bool, err error) {
	begun, s := time.Now(), scope.System(tenant)
	for {
		err := w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) (err error) {
			more, err = w.stopSomeTx(ctx, tx, s, endpoint)
			return err
		})
		if err != nil || !more || time.Since(begun) >= w.runFor()/2 {
			return more, err
		}
	}
}

// PausedMail is what the mail about a pause is made of, for one who manages the organization.
type PausedMail struct {
	UserID       uuid.UUID
	To           string
	Name         string
	Organization string
	Host         string
	Gone         bool // it asked for that, by its answer
	URL          string
}

// PausedMails reads what the mails about a pause need, one for each owner and admin; at is that of the job.
// jobs.ErrNothingToDo when the pause is over.
func (w *Webhooks) PausedMails(ctx context.Context, tenant, endpoint uuid.UUID, at int64) ([]PausedMail, error) {
	var row *webhooksdb.PausedMailRow
	var people []webhooksdb.ManagersRow
	err := w.DB.ReadTenant(ctx, scope.System(tenant), func(r *db.Reads) {
		db.Maybe(r, &row, webhooksdb.PausedMail, tenant, endpoint)
		db.Rows(r, &people, webhooksdb.Managers, tenant)
	})
	if err != nil {
		return nil, wrap("read what the mail needs", err)
	}
	if row == nil || !row.PausedAt.Equal(time.UnixMicro(at)) {
		return nil, jobs.ErrNothingToDo
	}
	out := make([]PausedMail, len(people))
	for i, p := range people {
		out[i] = PausedMail{
			UserID: p.ID, To: p.Email, Name: p.Name, Organization: row.Name, Host: Host(row.Url), Gone: row.PausedFor == Gone,
			URL: w.URL + "/orgs/" + row.Slug + "/settings/webhooks/" + endpoint.String(),
		}
	}
	return out, nil
}
