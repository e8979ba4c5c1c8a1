package webhooks

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/webhooks/webhooksdb"
)

// Listed is an endpoint in the list of an organization's. Of its newest twenty deliveries so many ended so.
type Listed struct {
	ID           uuid.UUID
	URL          string
	Description  string
	Types        []string // none is everything
	State        string
	PausedFor    string
	Failures     int32
	FailingSince *time.Time
	NextAt       *time.Time
	Delivered    int64
	Failed       int64
	Waiting      int64
	Newest       *time.Time // when the newest was written down
}

// List reads the endpoints of an organization.
func (w *Webhooks) List(ctx context.Context, s scope.Scope) ([]Listed, error) {
	var out []Listed
	err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &out, webhooksdb.ListEndpoints, s.TenantID) })
	return out, err
}

// Endpoint is one server that is told.
type Endpoint struct {
	ID           uuid.UUID
	URL          string
	Description  string
	Types        []string // none is everything
	State        string
	PausedFor    string
	PausedAt     *time.Time
	MissedSince  *time.Time // since when nothing arrived, before it was last paused
	Failures     int32
	FailingSince *time.Time
	NextAt       *time.Time
	OldUntil     *time.Time // until when the secret before signs as well
	Created      time.Time
}

// Asked narrows a list of deliveries down; what is empty does not. After is the last of the page before.
type Asked struct {
	State string
	Type  string
	After uuid.UUID
}

// PageSize is how many deliveries a page lists.
const PageSize = 50

// Delivery is an event in an endpoint's list.
type Delivery struct {
	Event    uuid.UUID
	Type     string
	State    string
	Aside    bool // refused alone: it is tried apart from the others
	Attempts int32
	NextAt   time.Time
	Created  time.Time
	Ended    *time.Time
	Status   int32 // the last answer; 0 is none
	Error    string
}

// Replay is a while whose events are sent once more.
type Replay struct {
	ID      uuid.UUID
	Since   time.Time
	Until   time.Time
	Done    int32
	Total   int32
	More    bool
	State   string
	Created time.Time
}

// The states of a replay.
const (
	ReplayRunning = "running"
	ReplayDone    = "done"
	ReplayFailed  = "failed"
)

// EndpointPage is what the page of an endpoint shows.
type EndpointPage struct {
	Endpoint   Endpoint
	Deliveries []Delivery
	Next       uuid.UUID // behind which the next page begins; nil when this is the last
	Replay     *Replay   // the newest
	Now        time.Time
}

// Page reads an endpoint with a part of its deliveries, the newest events first. NotFound when there is none.
func (w *Webhooks) Page(ctx context.Context, s scope.Scope, id uuid.UUID, asked Asked) (EndpointPage, error) {
	out := EndpointPage{Now: w.now()}
	err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &out.Endpoint, webhooksdb.EndpointByID, s.TenantID, id)
		queueDeliveries(r, s, id, asked, &out.Deliveries)
		db.Maybe(r, &out.Replay, webhooksdb.NewestReplay, s.TenantID, id)
	})
	if err != nil {
		return EndpointPage{}, err
	}
	if len(out.Deliveries) > PageSize {
		out.Deliveries = out.Deliveries[:PageSize]
		out.Next = out.Deliveries[PageSize-1].Event
	}
	return out, nil
}

// queueDeliveries reads one more than a page. Its shape depends on what was asked, so that the index of the one filter gives
// the order; its texts are constants, and what people typed travels as arguments only.
func queueDeliveries(r *db.Reads, s scope.Scope, endpoint uuid.UUID, asked Asked, into *[]Delivery) {
	where, args := "d.tenant_id = $1 and d.endpoint_id = $2", []any{s.TenantID, endpoint}
	and := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" and "+condition, len(args))
	}
	if asked.State != "" {
		and("d.state = $%d", asked.State)
	}
	if asked.Type != "" {
		and("d.type = $%d", asked.Type)
	}
	if asked.After != uuid.Nil {
		and("d.event_id < $%d", asked.After)
	}
	args = append(args, PageSize+1)
	db.Rows(r, into, "select d.event_id, d.type, d.state, d.aside, d.attempts, d.next_at, d.created_at, d.ended_at, d.last_status, d.last_error\n"+
		"from webhook_deliveries d\nwhere "+where+fmt.Sprintf("\norder by d.event_id desc\nlimit $%d", len(args)), args...)
}

// Attempt is one try of a delivery.
type Attempt struct {
	ID        uuid.UUID
	At        time.Time
	TookMS    int32
	Signature string
	Status    int32 // 0: there was no answer
	Answer    string
	Error     string // why it was not taken; "" when it was
}

// DeliveryPage is what the page of a delivery shows.
type DeliveryPage struct {
	Endpoint uuid.UUID
	Delivery webhooksdb.DeliveryByIDRow
	Attempts []Attempt // the newest first
}

// DeliveryPage reads a delivery with its tries. NotFound when there is none.
func (w *Webhooks) DeliveryPage(ctx context.Context, s scope.Scope, endpoint, event uuid.UUID) (DeliveryPage, error) {
	out := DeliveryPage{Endpoint: endpoint}
	err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &out.Delivery, webhooksdb.DeliveryByID, s.TenantID, endpoint, event)
		db.Rows(r, &out.Attempts, webhooksdb.ListAttempts, s.TenantID, endpoint, event)
	})
	return out, err
}

// Secrets are what receivers verify with. They print as nothing.
type Secrets struct {
	Now    string
	Before []Before // the newest first; empty when nothing but Now signs
}

// Before is a secret of before, which signs as well until its time.
type Before struct {
	Secret string
	Until  time.Time
}

// String keeps it out of logs.
func (Before) String() string { return "[redacted]" }

// String keeps them out of logs.
func (Secrets) String() string { return "[redacted]" }

// Secret opens the secrets of an endpoint. NotFound when there is none.
func (w *Webhooks) Secret(ctx context.Context, s scope.Scope, id uuid.UUID) (Endpoint, Secrets, error) {
	var e Endpoint
	var row webhooksdb.EndpointSecretRow
	err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &e, webhooksdb.EndpointByID, s.TenantID, id)
		db.Row(r, &row, webhooksdb.EndpointSecret, s.TenantID, id)
	})
	if err != nil {
		return e, Secrets{}, err
	}
	var out Secrets
	if out.Now, err = w.opened(id, row.Secret); err != nil {
		return e, Secrets{}, fault.Wrap(fault.Unavailable, "The secret cannot be read. Make a new one.", err)
	}
	older, err := olderSecrets(row.OldSecret, row.OldUntil, row.OlderSecrets, w.now())
	if err != nil {
		return e, Secrets{}, err
	}
	for _, o := range older {
		if secret, err := w.opened(id, o.Sealed); err == nil { // one whose key is gone is of no use to anybody
			out.Before = append(out.Before, Before{secret, o.Until})
		}
	}
	return e, out, nil
}

// Endpoint reads one endpoint. NotFound when there is none.
func (w *Webhooks) Endpoint(ctx context.Context, s scope.Scope, id uuid.UUID) (Endpoint, error) {
	var e Endpoint
	err := w.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Row(r, &e, webhooksdb.EndpointByID, s.TenantID, id) })
	return e, err
}
