package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
)

// SubscriptionRow is a subscription in the list of all.
type SubscriptionRow struct {
	TenantID         uuid.UUID
	ID               uuid.UUID
	Organization     string
	StripeID         string
	Status           string
	Current          bool
	Plan             string // the plan's name
	Quantity         int64
	MonthlyAmount    int64
	Currency         string // "" before the first change
	CurrentPeriodEnd *time.Time
	UpdatedAt        time.Time
}

// StatusCount is how many subscriptions have a status.
type StatusCount struct {
	Status string
	Count  int64
}

// Subscriptions reads a page of subscriptions, those of the newest organizations first, optionally only those with a
// status, and how many there are in each.
func (a *Admin) Subscriptions(ctx context.Context, status, after string) (List[SubscriptionRow], []StatusCount, error) {
	var l List[SubscriptionRow]
	var counts []StatusCount
	tenant, id := uuid.Max, uuid.Max
	if t, i, ok := strings.Cut(after, "_"); ok {
		tenant, id = idBefore(t), idBefore(i)
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListSubscriptions, tenant, id, status, pageSize+1)
		db.Rows(r, &counts, admindb.CountSubscriptions)
	})
	l.cut(pageSize, func(s SubscriptionRow) string { return s.TenantID.String() + "_" + s.ID.String() })
	for i := range l.Rows {
		l.Rows[i].Plan = a.planName(l.Rows[i].Plan)
	}
	for _, c := range counts {
		if status == "" || status == c.Status {
			l.Count += c.Count
		}
	}
	return l, counts, err
}
