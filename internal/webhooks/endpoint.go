package webhooks

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
)

// MaxDescription is the longest description, in characters.
const MaxDescription = 200

// EndpointForm is what people say of an endpoint.
type EndpointForm struct {
	ID          uuid.UUID `form:"id"` // made with the form, so that one sent twice makes one endpoint
	URL         string    `form:"url"`
	Description string    `form:"description"`
	Everything  bool      `form:"everything"`
	Types       []string  `form:"types"`
}

// check cleans the form and says what is wrong with it.
func (w *Webhooks) check(f *EndpointForm) error {
	var wrong fault.Fields
	f.URL, f.Description = strings.TrimSpace(f.URL), strings.TrimSpace(f.Description)
	if err := w.Client.Check(f.URL); err != nil {
		wrong.Add("url", fault.As(err).Public)
	}
	if utf8.RuneCountInString(f.Description) > MaxDescription {
		wrong.Add("description", "This is too long.")
	}
	told := events.Told()
	f.Types = slices.DeleteFunc(f.Types, func(t string) bool { return !slices.Contains(told, t) })
	slices.Sort(f.Types)
	f.Types = slices.Compact(f.Types)
	switch {
	case f.Everything:
		f.Types = []string{}
	case len(f.Types) == 0:
		wrong.Add("types", "Choose what is sent.")
	}
	return wrong.Err()
}

// Host is what an endpoint is called where its whole address, which may hold a secret, has no place.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Create adds an endpoint. Twice with the same id is once.
func (w *Webhooks) Create(ctx context.Context, s scope.Scope, f EndpointForm) error {
	if err := w.check(&f); err != nil {
		return err
	}
	if f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	sealed := w.newSecret(f.ID)
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := webhooksdb.New()
		if err := q.LockWebhooks(ctx, tx, s.TenantID.String()); err != nil {
			return wrap("lock the webhooks", err)
		}
		n, err := q.CountEndpoints(ctx, tx, s.TenantID)
		if err != nil {
			return wrap("count the endpoints", err)
		}
		if n >= MaxEndpoints {
			return fault.New(fault.Conflict, "An organization has at most 20 webhooks. Delete one that is not used any more.")
		}
		made, err := q.CreateEndpoint(ctx, tx, webhooksdb.CreateEndpointParams{
			TenantID: s.TenantID, ID: f.ID, Url: f.URL, Description: f.Description, Types: f.Types, Secret: sealed, CreatedBy: s.Person.ID, Now: w.now(),
		})
		if err != nil || made == 0 {
			return wrap("create the endpoint", err)
		}
		return w.changedTx(ctx, tx, s, "webhook.created", f.ID, f.URL, nil)
	})
}

// Update changes where an endpoint is and what it hears of. Conflict when somebody else deleted it is the same as not found.
func (w *Webhooks) Update(ctx context.Context, s scope.Scope, id uuid.UUID, f EndpointForm) error {
	if err := w.check(&f); err != nil {
		return err
	}
	return w.lockedTx(ctx, s, id, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		changes := map[string][2]string{}
		note := func(field, before, after string) {
			if before != after {
				changes[field] = [2]string{before, after}
			}
		}
		note("host", Host(e.Url), Host(f.URL))
		note("types", typesText(e.Types), typesText(f.Types))
		if len(changes) == 0 && e.Url == f.URL && e.Description == f.Description {
			return nil
		}
		err := webhooksdb.New().UpdateEndpoint(ctx, tx, webhooksdb.UpdateEndpointParams{
			TenantID: s.TenantID, ID: id, Url: f.URL, Description: f.Description, Types: f.Types, Now: w.now(),
		})
		if err != nil {
			return wrap("change the endpoint", err)
		}
		return w.changedTx(ctx, tx, s, "webhook.changed", id, f.URL, changes)
	})
}

func typesText(types []string) string {
	if len(types) == 0 {
		return "everything"
	}
	return strings.Join(types, ", ")
}

// lockedTx does something with an endpoint that nobody else changes meanwhile. NotFound when there is none.
func (w *Webhooks) lockedTx(ctx context.Context, s scope.Scope, id uuid.UUID, do func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error) error {
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		e, err := w.lockTx(ctx, tx, s, id)
		if err != nil {
			return err
		}
		return do(ctx, tx, e)
	})
}

func (w *Webhooks) lockTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) (webhooksdb.LockEndpointRow, error) {
	q := webhooksdb.New()
	if err := q.LockWebhooks(ctx, tx, s.TenantID.String()); err != nil {
		return webhooksdb.LockEndpointRow{}, wrap("lock the webhooks", err)
	}
	e, err := q.LockEndpoint(ctx, tx, webhooksdb.LockEndpointParams{TenantID: s.TenantID, ID: id})
	if db.None(err) {
		return e, fault.Missing()
	}
	return e, wrap("lock the endpoint", err)
}

// changedTx notes what happened to an endpoint, and subscribes what is to be heard of from now on.
func (w *Webhooks) changedTx(ctx context.Context, tx db.Tx, s scope.Scope, action string, id uuid.UUID, address string, changes map[string][2]string) error {
	if err := subscribeTx(ctx, tx, s); err != nil {
		return err
	}
	return events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "webhook", ObjectID: id, ObjectName: Host(address), Changes: changes})
}

// Rotate makes a new secret. Each that signed until now signs on until its time, the one before for Overlap: which of them
// the receivers know is theirs to know. Conflict when there are too many.
func (w *Webhooks) Rotate(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	sealed := w.newSecret(id)
	return w.lockedTx(ctx, s, id, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		now := w.now()
		older, err := olderSecrets(e.OldSecret, e.OldUntil, e.OlderSecrets, now)
		if err != nil {
			return err
		}
		if len(older) == maxOlder {
			return fault.New(fault.Conflict, "The secret was changed too often within a day: each one before still signs. Wait until one of them is over.")
		}
		kept, err := json.Marshal(older)
		if err != nil {
			return wrap("keep the secrets of before", err)
		}
		until := now.Add(Overlap)
		err = webhooksdb.New().RotateSecret(ctx, tx, webhooksdb.RotateSecretParams{TenantID: s.TenantID, ID: id, Secret: sealed, OldUntil: &until, OlderSecrets: kept, Now: now})
		if err != nil {
			return wrap("make a new secret", err)
		}
		return w.changedTx(ctx, tx, s, "webhook.secret_rotated", id, e.Url, nil)
	})
}

// Pause stops sending to an endpoint. What waits is not sent.
func (w *Webhooks) Pause(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return w.lockedTx(ctx, s, id, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		if e.State == Paused {
			return nil
		}
		return w.pauseTx(ctx, tx, s, e, ByHand)
	})
}

// Resume sends to an endpoint again what happens from now on.
func (w *Webhooks) Resume(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return w.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		_, err := w.ResumeTx(ctx, tx, s, id)
		return err
	})
}

// ResumeTx is Resume in a transaction, which may be one of the back-office. changed is false when the endpoint is active.
func (w *Webhooks) ResumeTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) (changed bool, err error) {
	e, err := w.lockTx(ctx, tx, s, id)
	if err != nil || e.State == Active {
		return false, err
	}
	if err := webhooksdb.New().ResumeEndpoint(ctx, tx, webhooksdb.ResumeEndpointParams{TenantID: s.TenantID, ID: id, Now: w.now()}); err != nil {
		return false, wrap("resume the endpoint", err)
	}
	if err := w.changedTx(ctx, tx, s, "webhook.resumed", id, e.Url, nil); err != nil {
		return false, err
	}
	return true, w.Queue.EnqueueTx(ctx, tx, post(s.TenantID, id, time.Time{}))
}

// Delete takes an endpoint away. What waits is not sent.
func (w *Webhooks) Delete(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return w.lockedTx(ctx, s, id, func(ctx context.Context, tx db.Tx, e webhooksdb.LockEndpointRow) error {
		now := w.now()
		if err := webhooksdb.New().DeleteEndpoint(ctx, tx, webhooksdb.DeleteEndpointParams{TenantID: s.TenantID, ID: id, Now: &now}); err != nil {
			return wrap("delete the endpoint", err)
		}
		if err := w.stopTx(ctx, tx, s, id); err != nil {
			return err
		}
		return w.changedTx(ctx, tx, s, "webhook.deleted", id, e.Url, nil)
	})
}
