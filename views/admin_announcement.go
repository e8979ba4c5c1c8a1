package views

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/billing"
	"plinth/internal/flags"
	"plinth/views/ui"
)

// NewAnnouncement is the form of a new announcement, with an id of its own, so that sending it twice announces once.
func NewAnnouncement() ui.Form {
	return ui.Form{Values: url.Values{
		"id": {uuid.Must(uuid.NewV7()).String()}, "level": {flags.Info}, "audience": {flags.ForEverybody}, "dismissible": {"on"},
	}}
}

// AnnouncementForm is the form with an announcement as it is, its times by the clock of who reads it.
func AnnouncementForm(a admin.Announcement, zone *time.Location) ui.Form {
	values := url.Values{
		"id": {a.ID.String()}, "text": {a.Text}, "link_text": {a.LinkText}, "link_url": {a.LinkURL}, "level": {a.Level}, "audience": {a.Audience},
		"plan": {a.Plan}, "organization": {a.Slug}, "starts": {a.Starts.In(zone).Format(admin.TypedTime)},
	}
	if a.Dismissible {
		values.Set("dismissible", "on")
	}
	if a.Ends != nil {
		values.Set("ends", a.Ends.In(zone).Format(admin.TypedTime))
	}
	return ui.Form{Values: values}
}

func announcementOrder(f ui.Form) ui.Form {
	return f.Ordered("text", "link_text", "link_url", "level", "audience", "plan", "organization", "starts", "ends", "why")
}

// typedAnnouncement is how what was typed will look. Its button does nothing to what is previewed.
func typedAnnouncement(f ui.Form) ui.Announcement {
	return ui.Announcement{
		Warning: f.Value("level") == flags.Warning, Text: f.Value("text"), LinkText: f.Value("link_text"), LinkURL: f.Value("link_url"),
	}
}

func keptAnnouncement(a admin.Announcement) ui.Announcement {
	return ui.Announcement{Warning: a.Level == flags.Warning, Text: a.Text, LinkText: a.LinkText, LinkURL: a.LinkURL}
}

func announcementLevels(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: flags.Info, Text: ui.T(ctx, "Notice")}, {Value: flags.Warning, Text: ui.T(ctx, "Warning")}}
}

func announcementAudiences(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: flags.ForEverybody, Text: ui.T(ctx, "Everybody"), Hint: ui.T(ctx, "Also who is not signed in.")},
		{Value: flags.ForManagers, Text: ui.T(ctx, "Owners and admins")},
		{Value: flags.ForPlan, Text: ui.T(ctx, "Organizations of a plan")},
		{Value: flags.ForOrganization, Text: ui.T(ctx, "One organization")},
	}
}

func announcementPlans(ctx context.Context, plans []billing.Plan) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "None")}}
	for _, p := range plans {
		options = append(options, ui.Option{Value: p.Key, Text: p.Name})
	}
	return options
}

// announcementFor says whom an announcement is for.
func announcementFor(ctx context.Context, a admin.Announcement) string {
	switch a.Audience {
	case flags.ForManagers:
		return ui.T(ctx, "Owners and admins")
	case flags.ForPlan:
		return ui.T(ctx, "Plan %s", a.Plan)
	case flags.ForOrganization:
		if a.Organization == "" {
			return ui.T(ctx, "An organization that is erased")
		}
		return a.Organization
	}
	return ui.T(ctx, "Everybody")
}

func announcementState(ctx context.Context, a admin.Announcement) (text, hue string) {
	switch a.State(time.Now()) {
	case admin.Planned:
		return ui.T(ctx, "Planned"), "blue"
	case admin.Past:
		return ui.T(ctx, "Past"), ""
	}
	return ui.T(ctx, "Shown now"), "moss"
}

func announcementTabs(ctx context.Context, l Listing) []ui.Tab {
	show := l.Get("show")
	return []ui.Tab{
		{Text: ui.T(ctx, "Current"), URL: l.Path, Current: show != admin.Planned && show != admin.Past},
		{Text: ui.T(ctx, "Planned"), URL: l.Path + "?show=" + admin.Planned, Current: show == admin.Planned},
		{Text: ui.T(ctx, "Past"), URL: l.Path + "?show=" + admin.Past, Current: show == admin.Past},
	}
}
