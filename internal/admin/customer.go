package admin

import (
	"context"
	"time"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
)

// UnknownCustomer is a customer at Stripe that events speak of and that is no organization's. Only a checkout maps a
// customer; nobody does it by hand, and never by an e-mail address.
type UnknownCustomer struct {
	ID        string
	Events    int64
	Parked    int64
	FirstSeen time.Time
	LastSeen  time.Time
}

// UnknownCustomerPage is such a customer with its newest events.
type UnknownCustomerPage struct {
	Customer UnknownCustomer
	Events   []WebhookRow
}

// UnknownCustomers reads a page of customers without an organization, the last heard of first: those with parked
// events, or all.
func (a *Admin) UnknownCustomers(ctx context.Context, all bool, after string) (List[UnknownCustomer], error) {
	var l List[UnknownCustomer]
	at, id, ok := timed(after)
	if !ok {
		at, id = future(), ""
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.UnknownCustomers, all, at, id, pageSize+1)
	})
	l.cut(pageSize, func(c UnknownCustomer) string { return timeCursor(c.LastSeen, c.ID) })
	return l, err
}

// UnknownCustomer reads one; NotFound when no event speaks of it, or when it is an organization's.
func (a *Admin) UnknownCustomer(ctx context.Context, id string) (UnknownCustomerPage, error) {
	var p UnknownCustomerPage
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &p.Customer, admindb.UnknownCustomer, id)
		db.Rows(r, &p.Events, admindb.ListWebhooks, future(), "", "", "", id, partSize)
	})
	return p, err
}

// IgnoreCustomer closes the parked events of a customer that is nobody's. Doing it twice does it once.
func (a *Admin) IgnoreCustomer(ctx context.Context, by Actor, id string) error {
	if _, err := a.UnknownCustomer(ctx, id); err != nil {
		return err
	}
	return a.unlessSo(a.act(ctx, by, "staff.customer_ignored", id, func(ctx context.Context, tx db.Tx) error {
		n, err := billing.IgnoreCustomerTx(ctx, tx, id, "nobody's customer: "+by.Why)
		if err == nil && n == 0 {
			return errUnchanged
		}
		return err
	}))
}
