package admin

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/flags"
)

// Announcement is an announcement as staff see it.
type Announcement struct {
	ID                uuid.UUID
	Text              string
	LinkText, LinkURL string
	Level, Audience   string
	Plan              string // key in the plan catalogue
	TenantID          *uuid.UUID
	Organization      string
	Slug              string
	Dismissible       bool
	Starts            time.Time
	Ends              *time.Time
	Staff             string // who wrote it
}

// The states that a list of announcements can be narrowed down to; what is neither is current.
const (
	Planned = "planned"
	Past    = "past"
)

// State is "" while it is shown, else Planned or Past.
func (a Announcement) State(now time.Time) string {
	switch {
	case a.Ends != nil && !now.Before(*a.Ends):
		return Past
	case now.Before(a.Starts):
		return Planned
	}
	return ""
}

// AnnouncementForm is an announcement as typed: times as 2026-12-31T18:00 by the clock of who types; an empty beginning is
// now, an empty end is none.
type AnnouncementForm struct {
	ID           uuid.UUID `form:"id"`
	Text         string    `form:"text"`
	LinkText     string    `form:"link_text"`
	LinkURL      string    `form:"link_url"`
	Level        string    `form:"level"`
	Audience     string    `form:"audience"`
	Plan         string    `form:"plan"`
	Organization string    `form:"organization"` // its slug
	Dismissible  bool      `form:"dismissible"`
	Starts       string    `form:"starts"`
	Ends         string    `form:"ends"`
	Preview      string    `form:"preview"` // not empty: it is only to be looked at
}

// TypedTime is how a form writes a time.
const TypedTime = "2006-01-02T15:04"

// Announcements reads a page of announcements of a state, the newest first.
func (a *Admin) Announcements(ctx context.Context, state, after string) (List[Announcement], error) {
	var l List[Announcement]
	at, id := timedBefore(after)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Rows(r, &l.Rows, admindb.ListAnnouncements, at, id, state, pageSize+1) })
	l.cut(pageSize, func(x Announcement) string { return timeCursor(x.Starts, x.ID.String()) })
	return l, err
}

// Announcement reads one; NotFound when there is none.
func (a *Admin) Announcement(ctx context.Context, id uuid.UUID) (Announcement, error) {
	var x Announcement
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &x, admindb.Announcement, id) })
	return x, err
}

// Announce keeps a new announcement. Sending the form twice keeps it once.
func (a *Admin) Announce(ctx context.Context, by Actor, f AnnouncementForm) error {
	x, err := a.readAnnouncement(ctx, by, f, a.Flags.Now())
	if err != nil {
		return err
	}
	return a.onAnnouncement(ctx, by, "staff.announced", x.ID, func(ctx context.Context, tx db.Tx) error {
		added, err := flags.AddAnnouncementTx(ctx, tx, x, by.Person.ID)
		if err == nil && !added {
			return errUnchanged
		}
		return err
	})
}

// Reannounce changes an announcement; Conflict when it has ended.
func (a *Admin) Reannounce(ctx context.Context, by Actor, id uuid.UUID, f AnnouncementForm) error {
	was, err := a.Announcement(ctx, id)
	if err != nil {
		return err
	}
	f.ID = id
	x, err := a.readAnnouncement(ctx, by, f, was.Starts)
	if err != nil {
		return err
	}
	return a.onAnnouncement(ctx, by, "staff.announcement_changed", id, func(ctx context.Context, tx db.Tx) error {
		changed, err := flags.SetAnnouncementTx(ctx, tx, x)
		if err == nil && !changed {
			return fault.New(fault.Conflict, "This announcement has ended. Write a new one.")
		}
		return err
	})
}

// EndAnnouncement ends an announcement now. Doing it twice does it once.
func (a *Admin) EndAnnouncement(ctx context.Context, by Actor, id uuid.UUID) error {
	if _, err := a.Announcement(ctx, id); err != nil {
		return err
	}
	return a.onAnnouncement(ctx, by, "staff.announcement_ended", id, func(ctx context.Context, tx db.Tx) error {
		ended, err := flags.EndAnnouncementTx(ctx, tx, id, a.Flags.Now())
		if err == nil && !ended {
			return errUnchanged
		}
		return err
	})
}

// CheckAnnouncement says what is wrong with an announcement, besides a reason that is missing.
func (a *Admin) CheckAnnouncement(ctx context.Context, by Actor, f AnnouncementForm) error {
	by.Why = "to look at it"
	_, err := a.readAnnouncement(ctx, by, f, a.Flags.Now())
	return err
}

func (a *Admin) onAnnouncement(ctx context.Context, by Actor, action string, id uuid.UUID, do func(context.Context, db.Tx) error) error {
	err := a.act(ctx, by, action, "announcement "+id.String(), do)
	if err == nil {
		a.Flags.Changed(ctx)
	}
	return a.unlessSo(err)
}

// readAnnouncement is the announcement that was typed; without a beginning it begins at the given moment.
func (a *Admin) readAnnouncement(ctx context.Context, by Actor, f AnnouncementForm, begins time.Time) (flags.Announcement, error) {
	var wrong fault.Fields
	x := flags.Announcement{
		ID: f.ID, Text: strings.Join(strings.Fields(f.Text), " "), LinkText: strings.TrimSpace(f.LinkText), LinkURL: strings.TrimSpace(f.LinkURL),
		Level: f.Level, Audience: f.Audience, Dismissible: f.Dismissible, Starts: begins,
	}
	if x.ID == uuid.Nil {
		return x, fault.New(fault.Invalid, "The form is not whole. Load the page again.")
	}
	note := func(field, text string) {
		if text != "" {
			wrong.Add(field, text)
		}
	}
	note("text", checkText(x.Text))
	note("link_text", checkLinkText(x))
	if x.LinkURL != "" || x.LinkText != "" {
		note("link_url", flags.CheckLink(x.LinkURL))
	}
	if x.Level != flags.Info && x.Level != flags.Warning {
		wrong.Add("level", "Choose one of them.")
	}
	if err := a.readAudience(ctx, f, &x, note); err != nil {
		return x, err
	}
	a.readTimes(by, f, &x, note)
	note("why", Reason(by.Why))
	return x, wrong.Err()
}

func checkText(text string) string {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "Say what is announced."
	case n > flags.LongestText:
		return "Use at most 280 characters."
	}
	return ""
}

func checkLinkText(x flags.Announcement) string {
	switch {
	case x.LinkURL != "" && x.LinkText == "":
		return "Say what the link leads to."
	case utf8.RuneCountInString(x.LinkText) > 40:
		return "Use at most 40 characters."
	}
	return ""
}

func (a *Admin) readAudience(ctx context.Context, f AnnouncementForm, x *flags.Announcement, note func(field, text string)) error {
	switch f.Audience {
	case flags.ForEverybody, flags.ForManagers:
	case flags.ForPlan:
		x.Plan = f.Plan
		if _, known := a.Plans.Plan(f.Plan); !known {
			note("plan", "Choose a plan from the list.")
		}
	case flags.ForOrganization:
		slug := strings.ToLower(strings.TrimSpace(f.Organization))
		if err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Value(r, &x.TenantID, admindb.TenantCalled, slug) }); err != nil {
			return err
		}
		if x.TenantID == uuid.Nil {
			note("organization", "No organization has this address.")
		}
	default:
		note("audience", "Choose one of them.")
	}
	return nil
}

func (a *Admin) readTimes(by Actor, f AnnouncementForm, x *flags.Announcement, note func(field, text string)) {
	now := a.Flags.Now()
	read := func(field, typed string) *time.Time {
		typed = strings.TrimSpace(typed)
		if typed == "" {
			return nil
		}
		at, err := time.ParseInLocation(TypedTime, typed, by.Person.Location())
		switch {
		case err != nil:
			note(field, "Write the time as 2026-12-31T18:00.")
			return nil
		case at.After(now.Add(longestGift)):
			note(field, "Choose a time within two years.")
			return nil
		}
		return &at
	}
	if at := read("starts", f.Starts); at != nil {
		x.Starts = *at
	}
	x.Ends = read("ends", f.Ends)
	switch {
	case x.Ends == nil:
	case !x.Ends.After(x.Starts):
		note("ends", "It would end before it begins.")
	case !x.Ends.After(now):
		note("ends", "This time has passed. Choose a later one.")
	}
}
