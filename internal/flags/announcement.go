package flags

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/flags/flagsdb"
)

// The levels of an announcement.
const (
	Info    = "info"
	Warning = "warning"
)

// Whom an announcement is for.
const (
	ForEverybody    = "everybody"    // also who is not signed in
	ForManagers     = "managers"     // owners and admins of any organization
	ForPlan         = "plan"         // whoever looks at an organization of a plan
	ForOrganization = "organization" // whoever looks at one organization
)

// LongestText is how many characters an announcement may have.
const LongestText = 280

// Announcement is a line above pages.
type Announcement struct {
	ID                uuid.UUID
	Text              string
	LinkText, LinkURL string // "" without a link
	Level             string
	Audience          string
	Plan              string    // key in the plan catalogue, of ForPlan
	TenantID          uuid.UUID // of ForOrganization
	Dismissible       bool
	Starts            time.Time
	Ends              *time.Time // nil is until somebody ends it
}

// Shown says whether it is shown at a moment.
func (a Announcement) Shown(now time.Time) bool {
	return !now.Before(a.Starts) && (a.Ends == nil || now.Before(*a.Ends))
}

// Reader is who looks at a page, and at which organization.
type Reader struct {
	Manager  bool // an owner or admin of some organization; of this one, where the page is of one
	TenantID uuid.UUID
	Plan     string
}

// For says whether it is for a reader.
func (a Announcement) For(r Reader) bool {
	switch a.Audience {
	case ForEverybody:
		return true
	case ForManagers:
		return r.Manager
	case ForPlan:
		return r.TenantID != uuid.Nil && a.Plan == r.Plan
	case ForOrganization:
		return r.TenantID != uuid.Nil && a.TenantID == r.TenantID
	}
	return false
}

// Announced lists what a reader is told at the moment, warnings first and then the newest. It costs nothing.
func (f *Flags) Announced(r Reader) []Announcement {
	held := f.held.Load()
	if held == nil || len(held.announcements) == 0 {
		return nil
	}
	var first, then []Announcement
	now := f.Now()
	for _, a := range held.announcements {
		switch {
		case !a.Shown(now) || !a.For(r):
		case a.Level == Warning:
			first = append(first, a)
		default:
			then = append(then, a)
		}
	}
	return append(first, then...)
}

func announcement(row flagsdb.AnnouncementsRow) Announcement {
	a := Announcement{
		ID: row.ID, Text: row.Text, LinkText: row.LinkText, LinkURL: row.LinkUrl, Level: row.Level, Audience: row.Audience, Plan: row.Plan,
		Dismissible: row.Dismissible, Starts: row.StartsAt, Ends: row.EndsAt,
	}
	if row.TenantID != nil {
		a.TenantID = *row.TenantID
	}
	return a
}

// CheckLink says what is wrong with the address of a link: it leads to this site, or to another by https.
func CheckLink(link string) string {
	u, err := url.Parse(link)
	here := strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") && !strings.Contains(link, `\`)
	switch {
	case len(link) > 500:
		return "Use at most 500 characters."
	case err == nil && here, err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil:
		return ""
	}
	return "Begin with / for a page of this site, or with https://."
}

// AddAnnouncementTx keeps an announcement; false when it is there already. It is called inside db.InAdmin.
func AddAnnouncementTx(ctx context.Context, tx db.Tx, a Announcement, by uuid.UUID) (bool, error) {
	n, err := flagsdb.New().AddAnnouncement(ctx, tx, flagsdb.AddAnnouncementParams{
		ID: a.ID, Text: a.Text, LinkText: a.LinkText, LinkUrl: a.LinkURL, Level: a.Level, Audience: a.Audience, Plan: a.Plan,
		TenantID: orNil(a.TenantID), Dismissible: a.Dismissible, StartsAt: a.Starts, EndsAt: a.Ends, CreatedBy: by,
	})
	if err != nil {
		return false, fmt.Errorf("keep the announcement: %w", err)
	}
	return n > 0, tellTx(ctx, tx)
}

// SetAnnouncementTx changes an announcement; false when it has ended. It is called inside db.InAdmin.
func SetAnnouncementTx(ctx context.Context, tx db.Tx, a Announcement) (bool, error) {
	n, err := flagsdb.New().SetAnnouncement(ctx, tx, flagsdb.SetAnnouncementParams{
		ID: a.ID, Text: a.Text, LinkText: a.LinkText, LinkUrl: a.LinkURL, Level: a.Level, Audience: a.Audience, Plan: a.Plan,
		TenantID: orNil(a.TenantID), Dismissible: a.Dismissible, StartsAt: a.Starts, EndsAt: a.Ends,
	})
	if err != nil {
		return false, fmt.Errorf("change the announcement: %w", err)
	}
	return n > 0, tellTx(ctx, tx)
}

// EndAnnouncementTx ends an announcement; false when it has ended already. It is called inside db.InAdmin.
func EndAnnouncementTx(ctx context.Context, tx db.Tx, id uuid.UUID, now time.Time) (bool, error) {
	n, err := flagsdb.New().EndAnnouncement(ctx, tx, flagsdb.EndAnnouncementParams{ID: id, Now: &now})
	if err != nil {
		return false, fmt.Errorf("end the announcement: %w", err)
	}
	return n > 0, tellTx(ctx, tx)
}
