package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/webhooks"
)

// OutboxRow is something that is posted to a server of an organization.
type OutboxRow struct {
	TenantID     uuid.UUID
	Organization string
	Slug         string
	Endpoint     uuid.UUID
	URL          string // shown by its host alone: it may hold a secret
	Event        uuid.UUID
	Type         string
	State        string // waiting, delivered or failed
	Aside        bool   // refused alone: it is tried apart from the others
	Attempts     int32
	NextAt       time.Time
	CreatedAt    time.Time
	EndedAt      *time.Time
	Status       int32 // the last answer; 0 is none
	Error        string
}

// ID names the delivery in an address.
func (r OutboxRow) ID() string { return outboxKey{r.TenantID, r.Endpoint, r.Event}.String() }

// outboxKey is what a delivery is found by.
type outboxKey struct{ Tenant, Endpoint, Event uuid.UUID }

func (k outboxKey) String() string {
	return k.Tenant.String() + "_" + k.Endpoint.String() + "_" + k.Event.String()
}

// parseOutboxKey takes an ID apart; NotFound when it is none.
func parseOutboxKey(id string) (k outboxKey, err error) {
	parts := strings.Split(id, "_")
	into := []*uuid.UUID{&k.Tenant, &k.Endpoint, &k.Event}
	if len(parts) != len(into) {
		return k, fault.Missing()
	}
	for i, part := range parts {
		if *into[i], err = uuid.Parse(part); err != nil {
			return k, fault.Missing()
		}
	}
	return k, nil
}

// TroubledEndpoint is a server of an organization that is paused, or takes nothing.
type TroubledEndpoint struct {
	TenantID     uuid.UUID
	Organization string
	Slug         string
	ID           uuid.UUID
	URL          string
	Description  string
	State        string
	PausedFor    string
	PausedAt     *time.Time
	Failures     int32
	FailingSince *time.Time
	NextAt       *time.Time
	UpdatedAt    time.Time
}

// OutboxFilter says which deliveries a list shows; what is empty leaves everything in. Organization is the name in its
// address.
type OutboxFilter struct {
	State, Organization string
	Endpoint            uuid.UUID
}

// Outbox is a page of what is posted, and of the servers that do not take it.
type Outbox struct {
	Deliveries List[OutboxRow]
	Troubled   List[TroubledEndpoint]
}

// Outbox reads what is posted to servers of organizations, the newest events first, and which of those are in trouble. after
// and behind are where the pages of the two begin.
func (a *Admin) Outbox(ctx context.Context, f OutboxFilter, after, behind string) (Outbox, error) {
	var o Outbox
	if !slices.Contains(webhooks.States(), f.State) {
		f.State = ""
	}
	at, id := timedBefore(behind)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		queueOutbox(r, f, after, &o.Deliveries.Rows)
		queueOutboxCount(r, f, &o.Deliveries.Count)
		db.Rows(r, &o.Troubled.Rows, admindb.TroubledEndpoints, at, id, f.Organization, partSize+1)
		db.Value(r, &o.Troubled.Count, admindb.CountTroubledEndpoints, f.Organization, CountStop+1)
	})
	o.Deliveries.cut(pageSize, func(d OutboxRow) string { return timeCursor(d.CreatedAt, d.ID()) })
	o.Troubled.cut(partSize, func(e TroubledEndpoint) string { return timeCursor(e.UpdatedAt, e.ID.String()) })
	return o, err
}

// queueOutbox reads one more than a page. Of all organizations an index gives the order; of one, what is newest at each of its
// few endpoints is put together, so that what others were sent is not walked over. Its texts are constants, and what people
// typed travels as arguments only.
func queueOutbox(r *db.Reads, f OutboxFilter, after string, into *[]OutboxRow) {
	at, rest, ok := timed(after)
	last, err := parseOutboxKey(rest)
	if !ok || err != nil {
		at, last = future(), outboxKey{uuid.Max, uuid.Max, uuid.Max}
	}
	order, args := "event_id desc, %[1]s.endpoint_id desc", []any{last.Event, last.Endpoint, pageSize + 1}
	where := "(x.event_id, x.endpoint_id) < ($1, $2)"
	from, of, more := "", "", []any(nil)
	if of, more = f.of(len(args)); of != "" {
		from = "webhook_endpoints e cross join lateral (%s and x.tenant_id = e.tenant_id and x.endpoint_id = e.id order by %s limit $3) d where " + of
	} else {
		order, more = "created_at desc, %[1]s.event_id desc, %[1]s.endpoint_id desc", []any{at}
		where = "(x.created_at, x.event_id, x.endpoint_id) < ($4, $1, $2)"
		from = "(%s order by %s limit $3) d join webhook_endpoints e on e.tenant_id = d.tenant_id and e.id = d.endpoint_id"
	}
	order = "%[1]s." + order
	from = fmt.Sprintf(from, "select x.* from webhook_deliveries x where "+where+stateIs(f.State), fmt.Sprintf(order, "x"))
	db.Rows(r, into, "select d.tenant_id, (select t.name from tenants t where t.id = d.tenant_id), (select t.slug from tenants t where t.id = d.tenant_id)::text,"+
		" d.endpoint_id, e.url, d.event_id, d.type, d.state, d.aside, d.attempts, d.next_at, d.created_at, d.ended_at, d.last_status, d.last_error"+
		" from "+from+" order by "+fmt.Sprintf(order, "d")+" limit $3", append(args, more...)...)
}

func queueOutboxCount(r *db.Reads, f OutboxFilter, into *int64) {
	args := []any{CountStop + 1}
	from := "webhook_deliveries x where true" + stateIs(f.State)
	if of, more := f.of(len(args)); of != "" {
		args = append(args, more...)
		from = "webhook_endpoints e join webhook_deliveries x on x.tenant_id = e.tenant_id and x.endpoint_id = e.id" + stateIs(f.State) + " where " + of
	}
	db.Value(r, into, "select count(*) from (select from "+from+" limit $1) found", args...)
}

// stateIs names the state in the text, so that the index of what is not delivered is found; state is one of webhooks.States.
func stateIs(state string) string {
	if state == "" {
		return ""
	}
	return " and x.state = '" + state + "'"
}

// of says which endpoints are meant, with arguments behind the first so many; "" is all.
func (f OutboxFilter) of(args int) (condition string, more []any) {
	var all []string
	and := func(text string, value any) {
		more = append(more, value)
		all = append(all, fmt.Sprintf(text, args+len(more)))
	}
	if f.Organization != "" {
		and("e.tenant_id = (select t.id from tenants t where t.slug = $%d)", f.Organization)
	}
	if f.Endpoint != uuid.Nil {
		and("e.id = $%d", f.Endpoint)
	}
	return strings.Join(all, " and "), more
}

// OutboxAttempt is one try of a delivery. Its signature is not among it.
type OutboxAttempt struct {
	At     time.Time
	TookMS int32
	Status int32 // 0: there was no answer
	Answer string
	Error  string // why it was not taken; "" when it was
}

// OutboxPage is one delivery with its tries, the newest first.
type OutboxPage struct {
	Delivery admindb.OutboxDeliveryRow
	Attempts []OutboxAttempt
}

// ID names the delivery in an address.
func (p OutboxPage) ID() string {
	return outboxKey{p.Delivery.TenantID, p.Delivery.EndpointID, p.Delivery.EventID}.String()
}

// OutboxDelivery reads one delivery; the organization's log says who looked. NotFound when there is none.
func (a *Admin) OutboxDelivery(ctx context.Context, by Actor, id string) (OutboxPage, error) {
	var p OutboxPage
	k, err := parseOutboxKey(id)
	if err != nil {
		return p, err
	}
	err = a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &p.Delivery, admindb.OutboxDelivery, k.Tenant, k.Endpoint, k.Event)
		db.Rows(r, &p.Attempts, admindb.OutboxAttempts, k.Tenant, k.Endpoint, k.Event)
	})
	if err != nil {
		return p, err
	}
	return p, a.viewed(ctx, by, scope.System(k.Tenant), events.Event{ObjectKind: "webhook", ObjectID: k.Endpoint, ObjectName: webhooks.Host(p.Delivery.Url)})
}

// Redeliver posts once more what was posted before, and at once what waits. The organization's log says who did it. Conflict
// while its endpoint is paused.
func (a *Admin) Redeliver(ctx context.Context, by Actor, id string) error {
	k, err := parseOutboxKey(id)
	if err != nil {
		return err
	}
	var d admindb.OutboxDeliveryRow
	if err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &d, admindb.OutboxDelivery, k.Tenant, k.Endpoint, k.Event) }); err != nil {
		return err
	}
	return a.act(ctx, by, "staff.delivery_replayed", "delivery "+k.Event.String()+" to "+k.Endpoint.String()+" of "+d.Slug, func(ctx context.Context, tx db.Tx) error {
		return a.Hooks.RedeliverTx(ctx, tx, inside(by, k.Tenant), k.Endpoint, k.Event)
	})
}

// ResumeEndpoint lets a paused endpoint be posted to again. Doing it twice does it once. NotFound when there is none.
func (a *Admin) ResumeEndpoint(ctx context.Context, by Actor, tenant, endpoint uuid.UUID) error {
	return a.unlessSo(a.act(ctx, by, "staff.endpoint_resumed", "webhook "+endpoint.String(), func(ctx context.Context, tx db.Tx) error {
		changed, err := a.Hooks.ResumeTx(ctx, tx, inside(by, tenant), endpoint)
		if err == nil && !changed {
			return errUnchanged
		}
		return err
	}))
}

// inside is an organization in which a member of staff does something.
func inside(by Actor, tenant uuid.UUID) scope.Scope {
	s := scope.System(tenant)
	s.Person, s.Request = by.Person, by.Request
	return s
}
