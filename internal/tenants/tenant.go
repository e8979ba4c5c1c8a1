// Package tenants owns organizations and who belongs to them. It is the only maker of a scope for a person.
package tenants

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/limit"
	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/tenants/tenantsdb"
	"plinth/jobs"
)

// Tenants has the operations. Its fields are set once, where the program is put together.
type Tenants struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Plans    *billing.Catalogue
	Limits   *limit.Limiter
	Keys     *secret.Keys
	Pictures *picture.Pictures
	// Billing settles with Stripe before an organization is deleted; needed by the worker alone.
	Billing *billing.Billing
	URL     string // APP_URL, of which join links are made
}

// NewForm is what a person types to found an organization. ID is made when the form is shown, so that sending the form
// twice founds one.
type NewForm struct {
	ID   uuid.UUID `form:"id"`
	Name string    `form:"name"`
	Slug string    `form:"slug"` // empty: made from the name
}

var slugForm = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9])*$`)

// reserved are slugs that would look like pages of ours or like somebody official.
func reserved(slug string) bool {
	return slices.Contains([]string{
		"new", "admin", "api", "app", "auth", "account", "billing", "dev", "docs", "health", "healthz", "help", "login", "logout", "mail",
		"join", "metrics", "orgs", "organizations", "plinth", "pricing", "privacy", "public", "readyz", "root", "security", "settings", "signin", "signout",
		"signup", "staff", "static", "status", "stripe", "support", "system", "terms", "users", "verify", "webhooks", "www",
	}, slug)
}

// CheckSlug says what is wrong with a slug, or "".
func CheckSlug(slug string) string {
	switch {
	case len(slug) < 2:
		return "Use at least 2 characters."
	case len(slug) > 40:
		return "Use at most 40 characters."
	case !slugForm.MatchString(slug):
		return "Use small letters, digits and single hyphens between them."
	case reserved(slug):
		return "This address is reserved. Choose another one."
	}
	return ""
}

// CheckName says what is wrong with an organization's name, or "".
func CheckName(name string) string {
	switch {
	case name == "":
		return "Enter a name."
	case len([]rune(name)) > 60:
		return "Use at most 60 characters."
	case strings.ContainsAny(name, "\r\n\x00") || strings.Contains(name, "://"):
		return "A name has no line breaks and no links."
	}
	return ""
}

// SlugFrom makes a slug of a name; it may come out empty.
func SlugFrom(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := b.String()
	if len(slug) > 40 {
		slug = slug[:40]
	}
	return strings.Trim(slug, "-")
}

// Create founds an organization with the person as its owner and returns its slug. A second call with the same form
// returns the organization of the first.
func (t *Tenants) Create(ctx context.Context, p scope.Person, f NewForm) (string, error) {
	f.Name, f.Slug = strings.TrimSpace(f.Name), strings.ToLower(strings.TrimSpace(f.Slug))
	if f.Slug == "" {
		f.Slug = SlugFrom(f.Name)
	}
	var wrong fault.Fields
	if text := CheckName(f.Name); text != "" {
		wrong.Add("name", text)
	} else if text := CheckSlug(f.Slug); text != "" {
		wrong.Add("slug", text)
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	if f.ID == uuid.Nil {
		return "", fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	slug := f.Slug
	s := scope.Scope{TenantID: f.ID, Slug: f.Slug, Name: f.Name, Person: p, Role: scope.Owner}
	err := t.Limits.Spend(ctx, []limit.Subject{foundingLimit(p)}, func() error {
		return t.DB.InPersonAndTenant(ctx, p.ID, s, func(ctx context.Context, tx db.Tx) error {
			var err error
			slug, err = createTx(ctx, tx, s)
			return err
		})
	})
	return slug, err
}

// foundingLimit keeps one person from taking the good addresses: far more than anybody needs, then a few a day.
func foundingLimit(p scope.Person) limit.Subject {
	return limit.Subject{Key: p.ID.String(), Policy: limit.Policy{
		Name: "found", Allowance: 20, Drain: 4 * time.Hour, First: time.Minute, Longest: time.Hour,
	}}
}

func createTx(ctx context.Context, tx db.Tx, s scope.Scope) (string, error) {
	q := tenantsdb.New()
	rows, err := q.CreateTenant(ctx, tx, tenantsdb.CreateTenantParams{
		ID: s.TenantID, Slug: s.Slug, Name: s.Name, CreatedBy: s.Person.ID, TimeZone: s.Person.Location().String(),
	})
	if err != nil {
		return "", fmt.Errorf("create organization: %w", err)
	}
	if rows == 0 {
		// The id is there: the form was sent twice. Or the slug is: somebody has it.
		twin, err := q.Standing(ctx, tx, tenantsdb.StandingParams{Slug: s.Slug, UserID: s.Person.ID})
		if err == nil && twin.TenantID == s.TenantID {
			return twin.Slug, nil
		}
		if err != nil && !db.None(err) {
			return "", fmt.Errorf("look for the organization: %w", err)
		}
		return "", errTaken()
	}
	if err := reserveTx(ctx, tx, s.TenantID, s.Slug); err != nil {
		return "", err
	}
	if err := addMemberTx(ctx, tx, s, s.Person.ID, scope.Owner, nil); err != nil {
		return "", err
	}
	return s.Slug, events.AppendTx(ctx, tx, s, events.Event{
		Action: "organization.created", ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: s.Name,
	})
}

// Rename changes the name and the time zone.
func (t *Tenants) Rename(ctx context.Context, s scope.Scope, name, zone string) error {
	name = strings.TrimSpace(name)
	var wrong fault.Fields
	if text := CheckName(name); text != "" {
		wrong.Add("name", text)
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		wrong.Add("time_zone", "Choose a time zone from the list.")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := tenantsdb.New()
		before, err := q.TenantByID(ctx, tx, s.TenantID)
		if err != nil {
			return fmt.Errorf("read organization: %w", err)
		}
		if before.Name == name && before.TimeZone == zone {
			return nil
		}
		if _, err := q.RenameTenant(ctx, tx, tenantsdb.RenameTenantParams{ID: s.TenantID, Name: name, TimeZone: zone}); err != nil {
			return fmt.Errorf("rename organization: %w", err)
		}
		if before.TimeZone != zone { // days begin at another moment now
			if err := t.Queue.EnqueueTx(ctx, tx, jobs.RecountTickets{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Cause: uuid.New()}); err != nil {
				return err
			}
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "organization.changed", ObjectKind: "organization", ObjectID: s.TenantID, ObjectName: name,
			Changes: map[string][2]string{"name": {before.Name, name}, "time_zone": {before.TimeZone, zone}},
		})
	})
}

// Settings are what the settings page shows.
type Settings struct {
	Slug    string
	Name    string
	Zone    string
	Earlier []string // addresses of old, which lead here; newest first
}

// Settings reads the organization.
func (t *Tenants) Settings(ctx context.Context, s scope.Scope) (Settings, error) {
	var row tenantsdb.TenantByIDRow
	var out Settings
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Row(r, &row, tenantsdb.TenantByID, s.TenantID)
		db.Values(r, &out.Earlier, tenantsdb.EarlierSlugs, s.TenantID)
	})
	out.Slug, out.Name, out.Zone = row.Slug, row.Name, row.TimeZone
	return out, err
}
