package views

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// Office is what every page of the back-office shows in its frame: the environment as a warning, and what was last
// looked for.
type Office struct {
	Environment, Search string
	// Stripe is the beginning of addresses in Stripe's dashboard, of the mode of the key; "" with the local Stripe.
	Stripe string
}

// staffMay says whether whoever reads the page may do something in the back-office.
func staffMay(ctx context.Context, p scope.StaffPermission) bool {
	return scope.StaffRole(ui.NavFrom(ctx).Person.Staff).May(p)
}

func (o Office) page(ctx context.Context, title string) ui.Page {
	return ui.Page{Title: title, Staff: ui.StaffNav{Environment: o.Environment, Items: []ui.NavLink{
		{Text: ui.T(ctx, "Overview"), URL: "/admin"},
		{Text: ui.T(ctx, "Users"), URL: "/admin/users", Also: []string{"/admin/signups"}},
		{Text: ui.T(ctx, "Organizations"), URL: "/admin/organizations"},
		{Text: ui.T(ctx, "Revenue"), URL: "/admin/revenue"},
		{Text: ui.T(ctx, "Tasks"), URL: "/admin/tasks"},
		{Text: ui.T(ctx, "Subscriptions"), URL: "/admin/subscriptions", Also: []string{"/admin/plans", "/admin/customers"}},
		{Text: ui.T(ctx, "Webhooks"), URL: "/admin/webhooks", Also: []string{"/admin/outbox"}},
		{Text: ui.T(ctx, "Mails"), URL: "/admin/mails"},
		{Text: ui.T(ctx, "Jobs"), URL: "/admin/jobs"},
		{Text: ui.T(ctx, "Flags"), URL: "/admin/flags"},
		{Text: ui.T(ctx, "Announcements"), URL: "/admin/announcements"},
		{Text: ui.T(ctx, "Staff log"), URL: "/admin/audit"},
		{Text: ui.T(ctx, "System"), URL: "/admin/system"},
	}}}
}

// accountTabsOf, moneyTabs and webhookTabs lead between the lists of what belongs together.
func accountTabsOf(ctx context.Context, at string) []ui.Tab {
	return tabsAt(at, [][2]string{{ui.T(ctx, "Users"), "/admin/users"}, {ui.T(ctx, "Sign-ups that wait"), "/admin/signups"}})
}

func moneyTabs(ctx context.Context, at string) []ui.Tab {
	return tabsAt(at, [][2]string{
		{ui.T(ctx, "Subscriptions"), "/admin/subscriptions"}, {ui.T(ctx, "Plans"), "/admin/plans"}, {ui.T(ctx, "Customers of nobody"), "/admin/customers"},
	})
}

func webhookTabs(ctx context.Context, at string) []ui.Tab {
	return tabsAt(at, [][2]string{{ui.T(ctx, "From Stripe"), "/admin/webhooks"}, {ui.T(ctx, "To organizations' servers"), "/admin/outbox"}})
}

func tabsAt(at string, all [][2]string) []ui.Tab {
	tabs := make([]ui.Tab, len(all))
	for i, t := range all {
		tabs[i] = ui.Tab{Text: t[0], URL: t[1], Current: t[1] == at}
	}
	return tabs
}

// Listing is where a list of the back-office is read: its address and the filters in force, kept by its links.
type Listing struct {
	Path  string
	Query url.Values
}

// Get is a filter's value, or "".
func (l Listing) Get(name string) string { return l.Query.Get(name) }

// with is the address with some filters set, or left out when the value is "". Other places in the list are not kept.
func (l Listing) with(pairs ...string) string {
	q := maps.Clone(l.Query)
	if q == nil {
		q = url.Values{}
	}
	for name := range q {
		if isPlace(name) {
			q.Del(name)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// isPlace tells the parameters that say where in a list a page begins.
func isPlace(name string) bool { return slices.Contains([]string{"after", "people", "invoices"}, name) }

// place is the page of one list: how many there are, the way back to its beginning and the way on.
type place struct {
	count, firstURL, nextURL string
}

func (l Listing) place(name, count, next string) place {
	p := place{count: count}
	if l.Get(name) != "" {
		p.firstURL = l.with(name, "")
	}
	if next != "" {
		p.nextURL = l.with(name, next)
	}
	return p
}

func (p place) shown() bool { return p.count != "" || p.firstURL != "" || p.nextURL != "" }

// adminCount is how long a list is, as far as it was counted. many is given the number as %[2]s.
func adminCount(ctx context.Context, n int64, one, many string) string {
	shown := ui.Num(ctx, n)
	if n > admin.CountStop {
		shown = ui.T(ctx, "%d+", admin.CountStop)
	}
	return ui.TN(ctx, int(n), one, many, shown)
}

// foundNote is how many things a search shows; where it stopped there may be more.
func foundNote(ctx context.Context, n int) string {
	if n >= admin.FoundAtMost {
		return ui.T(ctx, "the first %d", n)
	}
	return ui.Num(ctx, n)
}

func adminPath(parts ...string) string {
	path := "/admin"
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return path
}

// subscriptionState names Stripe's status of a subscription and its colour.
func subscriptionState(ctx context.Context, status string) (text, hue string) {
	switch status {
	case "active":
		return ui.T(ctx, "Active"), "moss"
	case "trialing":
		return ui.T(ctx, "Trial"), "blue"
	case "past_due":
		return ui.T(ctx, "Past due"), "bronze"
	case "unpaid":
		return ui.T(ctx, "Unpaid"), "brick"
	case "paused":
		return ui.T(ctx, "Paused"), "brick"
	case "incomplete":
		return ui.T(ctx, "Incomplete"), ""
	case "incomplete_expired":
		return ui.T(ctx, "Expired"), ""
	case "canceled":
		return ui.T(ctx, "Canceled"), ""
	}
	return status, "brick" // one that this program does not know
}

func webhookState(ctx context.Context, state string) (text, hue string) {
	switch state {
	case "applied":
		return ui.T(ctx, "Applied"), "moss"
	case "queued":
		return ui.T(ctx, "Queued"), "blue"
	case admin.WebhookLate:
		return ui.T(ctx, "Queued too long"), "brick"
	case "parked":
		return ui.T(ctx, "Parked"), "bronze"
	}
	return ui.T(ctx, "Ignored"), ""
}

func jobState(ctx context.Context, state string) (text, hue string) {
	switch state {
	case admin.JobFailed:
		return ui.T(ctx, "Failed"), "brick"
	case admin.JobRetrying:
		return ui.T(ctx, "Retrying"), "bronze"
	case admin.JobWaiting:
		return ui.T(ctx, "Waiting"), "blue"
	case admin.JobRunning:
		return ui.T(ctx, "Running"), "moss"
	case admin.JobDone:
		return ui.T(ctx, "Done"), "moss"
	case admin.JobScheduled:
		return ui.T(ctx, "Scheduled"), ""
	}
	return ui.T(ctx, "Cancelled"), ""
}

// pretty is JSON in lines; what is none stays as it is.
func pretty(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
