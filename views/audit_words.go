package views

import (
	"cmp"
	"context"
	"strings"
	"time"

	"plinth/internal/events"
	"plinth/internal/flags"
	"plinth/internal/tenants"
	"plinth/internal/webhooks"
	"plinth/views/ui"
)

// auditWords say what happened behind the name of who did it: before and behind the link to a project or a ticket,
// where there is one.
func auditWords(ctx context.Context, e events.LogEntry) (before, after string) {
	kind, _, _ := strings.Cut(e.Action, ".")
	switch {
	case e.Action == "ticket.edited":
		return ui.T(ctx, "changed"), ""
	case e.Action == "ticket.assigned" && e.ToName != "" && actorID(e.Entry) != e.Changes()["assignee"][1]:
		return ui.T(ctx, "assigned"), ui.T(ctx, "to %s", e.ToName)
	case e.Action == "project.member_added":
		return ui.T(ctx, "added %s to", auditWho(ctx, e)), ""
	case e.Action == "project.member_removed":
		return ui.T(ctx, "removed %s from", auditWho(ctx, e)), ""
	case kind == "ticket" || kind == "project":
		return activityWords(ctx, e.Entry)
	case kind == "billing":
		return auditBilling(ctx, e), ""
	case kind == "webhook":
		return auditWebhook(ctx, e), ""
	case kind == "member" || kind == "invitation" || kind == "person":
		return auditPeopleWords(ctx, e), ""
	}
	return auditOther(ctx, e), ""
}

// auditWho is the person an entry is about; nobody is named once that was erased.
func auditWho(ctx context.Context, e events.LogEntry) string {
	person := e.Person()
	return cmp.Or(person["name"], person["email"], e.ToName, ui.T(ctx, "somebody"))
}

func auditPeopleWords(ctx context.Context, e events.LogEntry) string {
	role := e.Changes()["role"]
	switch e.Action {
	case "member.joined":
		return ui.T(ctx, "joined as %s", roleName(ctx, role[1]))
	case "member.role_changed":
		return ui.T(ctx, "changed the role of %s from %s to %s", auditWho(ctx, e), roleName(ctx, role[0]), roleName(ctx, role[1]))
	case "member.removed":
		return ui.T(ctx, "removed %s", auditWho(ctx, e))
	case "member.left":
		return ui.T(ctx, "left the organization")
	case "invitation.created":
		return ui.T(ctx, "invited %s as %s", auditWho(ctx, e), roleName(ctx, role[1]))
	case "invitation.revoked":
		return ui.T(ctx, "withdrew the invitation of %s", auditWho(ctx, e))
	case events.PersonErased:
		n := auditNumber(e.Changes()["events"][1])
		return ui.TN(ctx, n, "erased the personal values of one entry", "erased the personal values of %d entries")
	}
	return auditPlain(e)
}

func auditBilling(ctx context.Context, e events.LogEntry) string {
	switch e.Action {
	case "billing.trial_started":
		return ui.T(ctx, "started the trial of %s", e.ObjectName)
	case "billing.plan_change_asked":
		plan := e.Changes()["plan"]
		return ui.T(ctx, "asked to change the plan from %s to %s", plan[0], plan[1])
	case "billing.plan_change_withdrawn":
		return ui.T(ctx, "took the planned change of the plan back")
	case "billing.cancel_asked":
		return ui.T(ctx, "cancelled the subscription")
	case "billing.code_applied":
		return ui.T(ctx, "applied the promotion code %s", e.Changes()["code"][1])
	case "billing.email_changed":
		return ui.T(ctx, "changed where invoices go")
	case "billing.receipt":
		return ui.T(ctx, "noted a payment")
	case "billing.resumed":
		return ui.T(ctx, "took the cancellation back")
	case "billing.trial_converted":
		return ui.T(ctx, "ended the trial and began to pay")
	case "billing.subscription_changed":
		return ui.T(ctx, "noted a change of the subscription")
	case "billing.plan_given", "billing.plan_given_ended", "billing.trial_moved":
		return auditGiven(ctx, e)
	case "billing.payment_failed":
		return ui.T(ctx, "noted that a payment failed")
	case "billing.refund":
		return ui.T(ctx, "noted that money went back")
	case "billing.dispute":
		return ui.T(ctx, "noted that a payment is disputed")
	case "billing.trial_will_end":
		return ui.T(ctx, "noted that the trial ends soon")
	case "billing.canceled_nonpayment":
		return ui.T(ctx, "ended the subscription, since it was not paid")
	}
	return auditPlain(e)
}

// auditGiven tells of what staff gave, with the reason they wrote.
func auditGiven(ctx context.Context, e events.LogEntry) string {
	change := e.Changes()
	reason := change["reason"][1]
	until, err := time.Parse(time.RFC3339, change["until"][1])
	switch {
	case e.Action == "billing.plan_given_ended":
		return ui.T(ctx, "ended the given plan: %s", reason)
	case e.Action == "billing.trial_moved" && err == nil:
		return ui.T(ctx, "moved the end of the trial to %s: %s", ui.LongDay(ctx, until), reason)
	case err == nil:
		return ui.T(ctx, "gave the plan %s until %s: %s", e.ObjectName, ui.LongDay(ctx, until), reason)
	}
	return ui.T(ctx, "gave the plan %s without end: %s", e.ObjectName, reason)
}

// auditWebhook says what was done to a webhook, and where that leads.
func auditWebhook(ctx context.Context, e events.LogEntry) string {
	t, _ := events.TypeOf(e.Action)
	words := ui.T(ctx, t.Text)
	if e.ObjectName != "" {
		words = ui.T(ctx, "%s to %s", words, e.ObjectName)
	}
	switch change := e.Changes(); e.Action {
	case "webhook.paused":
		switch change["reason"][1] {
		case webhooks.Failing:
			return words + ui.T(ctx, ", because it took nothing for three days")
		case webhooks.Gone:
			return words + ui.T(ctx, ", because it answered that it is gone")
		}
	case "webhook.replayed":
		n := auditNumber(change["events"][1])
		return ui.TN(ctx, n, "sent one event to a webhook once more", "sent %d events to a webhook once more")
	}
	return words
}

func auditOther(ctx context.Context, e events.LogEntry) string {
	change := e.Changes()
	switch e.Action {
	case "organization.created":
		return ui.T(ctx, "made the organization")
	case "organization.changed":
		return ui.T(ctx, "changed the organization")
	case "organization.suspended":
		return ui.T(ctx, "suspended the organization: %s", e.Changes()["reason"][1])
	case "organization.suspension_lifted":
		return ui.T(ctx, "lifted the suspension")
	case "organization.deletion_asked":
		return ui.T(ctx, "asked to delete the organization")
	case "organization.deletion_withdrawn":
		return ui.T(ctx, "took the deletion of the organization back")
	case "organization.deleted":
		return ui.T(ctx, "deleted the organization, since nothing more is charged")
	case "organization.restored":
		return ui.T(ctx, "brought the deleted organization back")
	case "organization.export_asked":
		return ui.T(ctx, "asked for a copy of the organization")
	case "organization.export_fetched":
		return ui.T(ctx, "fetched the copy of the organization")
	case tenants.LogoChanged:
		return ui.T(ctx, "changed the logo")
	case tenants.LogoRemoved:
		return ui.T(ctx, "removed the logo")
	case "tickets.reassigned":
		n := auditNumber(change["tickets"][1])
		return ui.TN(ctx, n, "handed over one open ticket", "handed over %d open tickets") + " " +
			ui.T(ctx, "of %s to %s", cmp.Or(e.FromName, ui.T(ctx, "somebody")), cmp.Or(e.ToName, ui.T(ctx, "nobody")))
	case "tickets.purged":
		return ui.TN(ctx, auditNumber(change["tickets"][1]), "deleted one ticket whose time in the trash was over", "deleted %d tickets whose time in the trash was over")
	case flags.FlagChanged:
		return auditFlag(ctx, e, change["state"][1])
	case "staff.viewed":
		return ui.T(ctx, "looked at the organization in the back-office")
	case "staff.impersonation_begun":
		return ui.T(ctx, "began to look around for Plinth's staff, without changing anything: %s", e.Person()["why"])
	case "staff.impersonation_raised":
		return ui.T(ctx, "may change something from now on, for Plinth's staff: %s", e.Person()["why"])
	case "staff.impersonation_ended":
		return ui.T(ctx, "stopped looking around for Plinth's staff")
	case "audit.exported":
		return ui.T(ctx, "exported this log as %s", map[string]string{"csv": "CSV", "jsonl": "JSON Lines"}[change["format"][1]])
	}
	return auditPlain(e)
}

func auditFlag(ctx context.Context, e events.LogEntry, state string) string {
	switch state {
	case flags.RuleOn:
		return ui.T(ctx, "switched %s on for the organization", e.ObjectName)
	case flags.RuleOff:
		return ui.T(ctx, "switched %s off for the organization", e.ObjectName)
	}
	return ui.T(ctx, "set %s as for all organizations", e.ObjectName)
}

// auditUnknown says whether the page has no words of its own for what happened.
func auditUnknown(e events.LogEntry) bool {
	before, _ := auditWords(context.Background(), e)
	return before == auditPlain(e)
}

// auditPlain reads an action that has no words of its own: member.role_changed is "member: role changed".
func auditPlain(e events.LogEntry) string {
	kind, what, _ := strings.Cut(e.Action, ".")
	text := kind + ": " + strings.ReplaceAll(what, "_", " ")
	if e.ObjectName != "" {
		text += " (" + e.ObjectName + ")"
	}
	return text
}
