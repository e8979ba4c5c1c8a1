package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/notify/notifydb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// beginDigests enqueues the digest of everybody for whom it is morning and who has something for it.
func (n *Notify) beginDigests(ctx context.Context, tenant uuid.UUID) error {
	return n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		rows, err := notifydb.New().DigestsDue(ctx, tx, tenant)
		if err != nil {
			return fmt.Errorf("read what waits for a digest: %w", err)
		}
		for _, row := range rows {
			at := lastMorning(n.Now(), zoneOf(row.TimeZone))
			if !row.Oldest.Before(at) {
				continue
			}
			job := jobs.SendDigest{ForTenant: jobs.ForTenant{TenantID: tenant}, UserID: row.UserID, At: at.Unix()}
			if err := n.Queue.EnqueueTx(ctx, tx, job); err != nil {
				return err
			}
		}
		return nil
	})
}

// lastMorning is the latest moment at which it was morning in a zone.
func lastMorning(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	at := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, zone)
	if at.After(now) {
		at = time.Date(local.Year(), local.Month(), local.Day()-1, morning, 0, 0, 0, zone)
	}
	return at
}

// digestSize is how many things a digest tells one by one.
const digestSize = 50

// DigestMail is what the digest of one person and morning is made of.
type DigestMail struct {
	Letter
	Items []Item // at most digestSize
	More  bool   // there are more than these
}

// Item is one notification in a mail.
type Item struct {
	Kind    Kind
	Late    bool // of Due
	Actor   string
	Ticket  string // its key
	Title   string
	Project string
	Excerpt string
	Status  string // of Status: what it was moved to
	DueOn   time.Time
	URL     string
}

// Digest reads what the digest of a person and morning tells; at is that of the job. jobs.ErrNothingToDo when everything
// was read or may not be seen any more. Called twice, it gives the same.
func (n *Notify) Digest(ctx context.Context, tenant, user uuid.UUID, at int64) (DigestMail, error) {
	when := time.Unix(at, 0)
	var rows []mailRow
	err := n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		if err := notifydb.New().PutInDigest(ctx, tx, notifydb.PutInDigestParams{TenantID: tenant, UserID: user, At: &when}); err != nil {
			return err
		}
		return db.Together(ctx, tx, func(r *db.Reads) { db.Rows(r, &rows, notifydb.InDigest, tenant, user, when) })
	})
	if err != nil {
		return DigestMail{}, fmt.Errorf("read the digest: %w", err)
	}
	if len(rows) == 0 {
		return DigestMail{}, jobs.ErrNothingToDo
	}
	out := DigestMail{Letter: n.letter(rows[0], UnsubscribeDigest), More: len(rows) > digestSize}
	for _, row := range rows[:min(len(rows), digestSize)] {
		out.Items = append(out.Items, n.item(row))
	}
	return out, nil
}
