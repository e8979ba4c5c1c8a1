package views

import (
	"cmp"
	"context"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plinth/internal/events"
	"plinth/internal/flags"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views/ui"
)

// AuditAsked is what the log was narrowed down to, as the address says it: From and To are days, as 2026-11-18.
type AuditAsked struct {
	Person, Kind, Action, From, To string
}

func (a AuditAsked) any() bool { return a != AuditAsked{} }

// auditURL is the log's address with what was asked, and further pairs.
func auditURL(s scope.Scope, a AuditAsked, more ...string) string {
	return auditPath(s, a, nil, more...)
}

// auditExportURL leads to the file with what the page shows.
func auditExportURL(s scope.Scope, a AuditAsked, format string) string {
	return auditPath(s, a, []string{"export"}, "format", format)
}

func auditPath(s scope.Scope, a AuditAsked, below []string, more ...string) string {
	q := url.Values{}
	pairs := append([]string{"person", a.Person, "kind", a.Kind, "action", a.Action, "from", a.From, "to", a.To}, more...)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	path := ui.OrgPath(s.Slug, append([]string{"audit"}, below...)...)
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

func auditNext(s scope.Scope, a AuditAsked, next events.LogCursor) string {
	return auditURL(s, a, "after", next.At.UTC().Format(time.RFC3339Nano)+"_"+next.ID.String())
}

// auditPeople are the choices of who did it. Somebody beyond the list, who was asked for by a link, is among them.
func auditPeople(ctx context.Context, page events.LogPage, a AuditAsked) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "Anybody")}, {Value: events.Plinth, Text: ui.T(ctx, "Plinth itself")}}
	for _, p := range page.People {
		options = append(options, ui.Option{Value: p.ID.String(), Text: p.Name})
	}
	if !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == a.Person }) {
		name := ui.T(ctx, "One person")
		if len(page.Entries) > 0 && page.Entries[0].ActorName != "" {
			name = page.Entries[0].ActorName
		}
		options = append(options, ui.Option{Value: a.Person, Text: name})
	}
	return options
}

// auditKinds are the choices of what it was about.
func auditKinds(ctx context.Context, a AuditAsked) []ui.Option {
	return withAsked([]ui.Option{
		{Text: ui.T(ctx, "Anything")},
		{Value: "organization", Text: ui.T(ctx, "Organization")},
		{Value: "member", Text: ui.T(ctx, "People")},
		{Value: "invitation", Text: ui.T(ctx, "Invitations")},
		{Value: "project", Text: ui.T(ctx, "Projects")},
		{Value: "ticket", Text: ui.T(ctx, "Tickets")},
		{Value: "subscription", Text: ui.T(ctx, "Plan and payments")},
		{Value: "webhook", Text: ui.T(ctx, "Webhooks")},
		{Value: "flag", Text: ui.T(ctx, "Flags")},
		{Value: "audit", Text: ui.T(ctx, "Audit log")},
	}, a.Kind)
}

// auditActions are the choices of what happened.
func auditActions(ctx context.Context, a AuditAsked) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "Anything")}}
	for _, known := range [][2]string{
		{"member.joined", "Joined"}, {"member.role_changed", "Role changed"}, {"member.removed", "Removed"}, {"member.left", "Left"},
		{"invitation.created", "Invited"}, {"invitation.revoked", "Invitation withdrawn"},
		{"organization.created", "Organization made"}, {"organization.changed", "Organization changed"},
		{tenants.LogoChanged, "Logo changed"}, {tenants.LogoRemoved, "Logo removed"},
		{"project.created", "Project made"}, {"project.changed", "Project changed"}, {"project.archived", "Project archived"}, {"project.unarchived", "Project brought back"},
		{"project.member_added", "Added to a project"}, {"project.member_removed", "Removed from a project"},
		{"ticket.created", "Ticket opened"}, {"ticket.edited", "Ticket changed"}, {"ticket.status_changed", "Ticket moved"}, {"ticket.assigned", "Ticket assigned"},
		{"ticket.priority_changed", "Priority set"}, {"ticket.commented", "Commented"}, {"ticket.comment_edited", "Comment changed"}, {"ticket.comment_deleted", "Comment deleted"}, {"ticket.comment_restored", "Comment brought back"}, {"ticket.moved", "Ticket moved to another project"}, {"ticket.duplicated", "Ticket copied"}, {"ticket.deleted", "Ticket deleted"}, {"ticket.restored", "Ticket brought back"}, {"ticket.erased", "Ticket deleted for good"}, {"tickets.purged", "Trash emptied"}, {"attachment.added", "File attached"}, {"attachment.removed", "File removed"},
		{"tickets.reassigned", "Tickets handed over"},
		{"billing.trial_started", "Trial started"}, {"billing.plan_change_asked", "Plan change asked for"}, {"billing.subscription_changed", "Subscription changed"},
		{"billing.payment_failed", "Payment failed"},
		{"webhook.created", "Webhook made"}, {"webhook.changed", "Webhook changed"}, {"webhook.secret_rotated", "New secret of a webhook"}, {"webhook.paused", "Webhook paused"}, {"webhook.resumed", "Webhook resumed"}, {"webhook.deleted", "Webhook deleted"}, {"webhook.replayed", "Events sent once more"},
		{"audit.exported", "Log exported"}, {"staff.viewed", "Looked at by staff"}, {"staff.impersonation_begun", "Staff look as a member"}, {"staff.impersonation_raised", "Staff may change as a member"}, {flags.FlagChanged, "Switched by staff"}, {"person.erased", "Personal data erased"},
	} {
		options = append(options, ui.Option{Value: known[0], Text: ui.T(ctx, known[1])})
	}
	return withAsked(options, a.Action)
}

func withAsked(options []ui.Option, asked string) []ui.Option {
	if !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == asked }) {
		options = append(options, ui.Option{Value: asked, Text: asked})
	}
	return options
}

// auditActor is who did it.
func auditActor(ctx context.Context, e events.LogEntry) string { return actorName(ctx, e.Entry) }

// auditPersonAsked is the filter that shows what the same one did.
func auditPersonAsked(e events.LogEntry) AuditAsked {
	return AuditAsked{Person: cmp.Or(actorID(e.Entry), events.Plinth)}
}

// auditLink leads to a project or a ticket; "" where the entry is about neither, or it is gone.
func auditLink(s scope.Scope, e events.LogEntry) (text, link string) {
	if e.ProjectKey == "" {
		return "", ""
	}
	return activityName(e.Entry), activityURL(s, e.Entry)
}

// auditFrom says where it was done from; "" when that is not known, as for what Plinth does itself.
func auditFrom(ctx context.Context, e events.LogEntry) string {
	person := e.Person()
	switch {
	case person["address"] == "":
		return ""
	case person["device"] == "":
		return ui.T(ctx, "from %s", person["address"])
	}
	return ui.T(ctx, "from %s, %s", person["address"], person["device"])
}

// auditSeal tells the number of the entry's seal, and its hash for those who hover.
func auditSeal(ctx context.Context, e events.LogEntry) (text, title string) {
	if e.Seq == 0 {
		return ui.T(ctx, "not sealed yet"), ui.T(ctx, "An entry gets its seal within seconds.")
	}
	return ui.T(ctx, "seal %d", e.Seq), hex.EncodeToString(e.Hash)
}

// auditChange is a field with its value before and after.
type auditChange struct{ Field, Before, After string }

func (c auditChange) text(ctx context.Context) string {
	switch {
	case c.Before == "":
		return c.Field + ": " + c.After
	case c.After == "":
		return ui.T(ctx, "%s: %s was taken away", c.Field, c.Before)
	}
	return ui.T(ctx, "%s: from %s to %s", c.Field, c.Before, c.After)
}

// auditChanges are the changed fields that the words do not tell already.
func auditChanges(e events.LogEntry) []auditChange {
	var out []auditChange
	switch e.Action {
	case "organization.changed", "project.changed", "ticket.edited", "billing.subscription_changed", "audit.exported":
	default:
		if !auditUnknown(e) {
			return nil
		}
	}
	for field, values := range e.Changes() {
		if values[0] == values[1] || field == "format" {
			continue
		}
		out = append(out, auditChange{strings.ReplaceAll(field, "_", " "), auditClip(values[0]), auditClip(values[1])})
	}
	slices.SortFunc(out, func(a, b auditChange) int { return strings.Compare(a.Field, b.Field) })
	return out
}

// auditClip keeps a long text, as a ticket's, from filling the page.
func auditClip(text string) string {
	const most = 120
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}

func auditNumber(text string) int {
	n, _ := strconv.Atoi(text) // written by us; what is none counts as none
	return n
}

func auditBefore(ctx context.Context, e events.LogEntry) string {
	before, _ := auditWords(ctx, e)
	return before
}

func auditAfter(ctx context.Context, e events.LogEntry) string {
	_, after := auditWords(ctx, e)
	return after
}

func auditStamp(e events.LogEntry) string { return e.At.UTC().Format(time.RFC3339Nano) }

// auditTime is to the second: a log is read for the order of things.
func auditTime(ctx context.Context, e events.LogEntry) string {
	zone := ui.NavFrom(ctx).Zone
	if zone == nil {
		zone = time.UTC
	}
	return e.At.In(zone).Format("2 Jan 2006, 15:04:05")
}

func auditNothing(ctx context.Context, a AuditAsked, later bool) string {
	switch {
	case a.any():
		return ui.T(ctx, "Nothing that happened is like this.")
	case later:
		return ui.T(ctx, "This is the end of the log.")
	}
	return ui.T(ctx, "Nothing has happened yet. Whatever people change here is written down.")
}

// auditPlace leads on, and back to the beginning: a log is read from the newest on.
func auditPlace(ctx context.Context, s scope.Scope, page events.LogPage, a AuditAsked, later bool) place {
	p := place{count: ui.TN(ctx, len(page.Entries), "one entry on this page", "%d entries on this page")}
	if page.Next != nil {
		p.nextURL = auditNext(s, a, *page.Next)
	}
	if later {
		p.firstURL = auditURL(s, a)
	}
	return p
}
