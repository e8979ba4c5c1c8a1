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
	if err := w.stopTx(ctx, tx, s, e.ID, "The webhook was paused."); err != nil {
		return err
	}
	if err := webhooksdb.New().PauseEndpoint(ctx, tx, webhooksdb.PauseEndpointParams{TenantID: s.TenantID, ID: e.ID, PausedFor: why, Now: &now}); err != nil {
		return wrap("pause the endpoint", err)
	}
	if err := w.changedTx(ctx, tx, s, "webhook.paused", e.ID, e.Url, map[string][2]string{"reason": {"", why}}); err != nil {
		return err
	}
	if why == ByHand {
		return nil
	}
	return w.Queue.EnqueueTx(ctx, tx, jobs.SendWebhookPaused{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Endpoint: e.ID, At: now.UnixMicro()})
}

// stopTx gives up what waits for an endpoint.
func (w *Webhooks) stopTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, reason string) error {
	q, now := webhooksdb.New(), w.now()
	if _, err := q.FailWaiting(ctx, tx, webhooksdb.FailWaitingParams{TenantID: s.TenantID, EndpointID: id, Now: &now, Reason: reason}); err != nil {
		return wrap("give up what waits", err)
	}
	return wrap("end what is sent again", q.FailReplays(ctx, tx, webhooksdb.FailReplaysParams{TenantID: s.TenantID, EndpointID: id, Now: now}))
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
