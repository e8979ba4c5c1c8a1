package tenants

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// maxSlugs is how many addresses an organization holds, the one in force among them: each is taken from everybody else.
const maxSlugs = 10

// ChangeSlug gives the organization another address. The old one goes on leading to it, is nobody else's for as long as
// the organization exists, and can be taken back.
func (t *Tenants) ChangeSlug(ctx context.Context, s scope.Scope, slug string) (string, error) {
	slug = strings.ToLower(strings.TrimSpace(slug))
	if slug == s.Slug {
		return slug, nil
	}
	if text := CheckSlug(slug); text != "" {
		return "", fault.Field("slug", text)
	}
	err := t.Limits.Spend(ctx, []limit.Subject{slugLimit(s)}, func() error {
		err := t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error { return changeSlugTx(ctx, tx, s, slug) })
		if db.Violates(err, "tenants_slug_key") {
			return errTaken()
		}
		return err
	})
	return slug, err
}

func changeSlugTx(ctx context.Context, tx db.Tx, s scope.Scope, slug string) error {
	q := tenantsdb.New()
	org, err := q.LockTenant(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("lock organization: %w", err)
	}
	if org.Slug == slug {
		return nil // pressed twice
	}
	for _, one := range []string{org.Slug, slug} { // the present one too: it may be older than this table
		if err := reserveTx(ctx, tx, s.TenantID, one); err != nil {
			return err
		}
	}
	switch held, err := q.CountSlugs(ctx, tx, s.TenantID); {
	case err != nil:
		return fmt.Errorf("count addresses: %w", err)
	case held > maxSlugs:
		return fault.Field("slug", fmt.Sprintf("This organization has had %d addresses, which is the most. Take one of them back.", maxSlugs))
	}
	if err := q.ChangeSlug(ctx, tx, tenantsdb.ChangeSlugParams{ID: s.TenantID, Slug: slug}); err != nil {
		return fmt.Errorf("change the address: %w", err)
	}
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: "organization.moved", ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: org.Name,
		Changes: map[string][2]string{"slug": {org.Slug, slug}},
	})
}

// reserveTx holds an address for an organization; an error beside the field when it is another one's, now or of old.
func reserveTx(ctx context.Context, tx db.Tx, tenantID uuid.UUID, slug string) error {
	q := tenantsdb.New()
	if _, err := q.ReserveSlug(ctx, tx, tenantsdb.ReserveSlugParams{Slug: slug, TenantID: tenantID}); err != nil {
		return fmt.Errorf("hold the address: %w", err)
	}
	holder, err := q.SlugHolder(ctx, tx, slug)
	if err != nil {
		return fmt.Errorf("see whose address it is: %w", err)
	}
	if holder != tenantID {
		return errTaken()
	}
	return nil
}

func errTaken() error { return fault.Field("slug", "This address is taken. Choose another one.") }

func slugLimit(s scope.Scope) limit.Subject {
	return limit.Subject{Key: s.TenantID.String(), Policy: limit.Policy{
		Name: "slug", Allowance: 10, Drain: time.Hour, First: time.Minute, Longest: time.Hour,
	}}
}

// QueueMoved reads, in a guard's round trip, where an address of old leads; it stays empty for whoever is not of the
// organization, as for an address that nobody ever had.
func QueueMoved(r *db.Reads, slug string, userID uuid.UUID, into *string) {
	db.Value(r, into, tenantsdb.MovedTo, slug, userID)
}
