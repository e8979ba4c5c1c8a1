package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/notify/notifydb"
	"plinth/internal/scope"
)

const (
	morning   = 8  // the hour, where a person is, at which they are told of what is due and get their digest
	lateSince = 14 // days for which a late ticket can still be told of
	duePage   = 500
)

// tellDue tells people of their tickets that are due the next day, and of those that are late; each once for a date.
func (n *Notify) tellDue(ctx context.Context, tenant uuid.UUID) error {
	after := uuid.Nil
	for {
		rows, err := n.duePage(ctx, tenant, after)
		if err != nil || len(rows) < duePage {
			return err
		}
		after = rows[len(rows)-1].TicketID
	}
}

func (n *Notify) duePage(ctx context.Context, tenant, after uuid.UUID) (rows []notifydb.TicketsDueRow, err error) {
	now := n.Now()
	err = n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		rows, err = notifydb.New().TicketsDue(ctx, tx, notifydb.TicketsDueParams{
			TenantID: tenant, FromDay: now.AddDate(0, 0, -lateSince), ToDay: now.AddDate(0, 0, 2), After: after, Size: duePage,
		})
		if err != nil {
			return fmt.Errorf("read what is due: %w", err)
		}
		var all []news
		for _, row := range rows {
			if cause := dueCause(row, now); cause != "" && Level(row.Level) != Silence {
				all = append(all, news{person: row.UserID, kind: Due, cause: cause, project: row.ProjectID, ticket: row.TicketID})
			}
		}
		return n.addTx(ctx, tx, tenant, all)
	})
	return rows, err
}

// dueCause is what there is to tell of a due date, where its person is: nothing before the morning of the day before.
func dueCause(row notifydb.TicketsDueRow, now time.Time) string {
	local := now.In(zoneOf(row.TimeZone))
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	about := row.TicketID.String() + ":" + row.DueOn.Format(time.DateOnly)
	switch {
	case local.Hour() < morning:
		return ""
	case row.DueOn.Before(day):
		return "overdue:" + about
	case !row.DueOn.After(day.AddDate(0, 0, 1)):
		return "due:" + about
	}
	return ""
}

func zoneOf(name string) *time.Location { return scope.Person{Zone: name}.Location() }
