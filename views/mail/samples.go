package mail

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/notify"
	"plinth/internal/privacy"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/webhooks"
)

// Sample is a mail of a kind with made-up values, for the developer pages.
type Sample struct {
	Kind   string // names it in an address
	About  string // when it goes out
	Letter Letter
}

// The values that samples are made of. Nothing in them leads anywhere.
const (
	sampleTo   = "dana@example.com"
	sampleName = "Dana Whitfield"
	sampleOrg  = "Northwind"
	sampleSite = "https://plinth.example"
)

func sampleAt() time.Time { return time.Date(2026, 11, 24, 15, 30, 0, 0, time.UTC) }

func samplePage(page string) string { return sampleSite + "/orgs/northwind/" + page }

// Samples are mails of every kind, and of every variant of one. A test fails on a kind that has none.
func Samples(ctx context.Context) []Sample {
	var all []Sample
	for _, group := range [][]Sample{accountSamples(), noticeSamples(), organizationSamples(), billingSamples(ctx), notificationSamples()} {
		all = append(all, group...)
	}
	return all
}

func accountSamples() []Sample {
	link := func(page string) string { return sampleSite + page + "?token=AZINaMpleToken" }
	change := auth.EmailChangeMail{To: sampleTo, Name: sampleName, New: "dana@northwind.example", URL: link("/email")}
	old, taken := change, change
	old.ToOld, taken.Taken = true, true
	return []Sample{
		{"verification", "somebody signed up", Verification(auth.VerificationMail{To: sampleTo, Name: sampleName, URL: link("/verify")})},
		{"verification-known", "somebody signed up with an address that has an account", Verification(auth.VerificationMail{To: sampleTo, Known: true, URL: sampleSite + "/signin"})},
		{"reset", "the password was forgotten", Reset(auth.ResetMail{To: sampleTo, Name: sampleName, URL: link("/reset")})},
		{"signin-link", "a link to sign in by was asked for", SignInLink(auth.LinkMail{To: sampleTo, Name: sampleName, URL: link("/signin/link")})},
		{"email-change", "the address is to change, to the new one", EmailChange(change)},
		{"email-change-old", "the address is to change, to the old one", EmailChange(old)},
		{"email-change-taken", "the address is to change to one that has an account", EmailChange(taken)},
		{"invitation", "somebody was invited", Invitation(auth.InvitationMail{To: sampleTo, Organization: sampleOrg, Inviter: "Jun Park", Role: scope.Member, URL: sampleSite + "/invitations/AZINaMpleToken"})},
		{"export", "the copy of a person's data is ready", ExportReady(privacy.ReadyMail{To: sampleTo, Name: sampleName, URL: sampleSite + "/account/data", Until: sampleAt(), Zone: time.UTC})},
		{"test", "somebody who runs Plinth tried whether mail works", Test(sampleTo, sampleSite)},
	}
}

func noticeSamples() []Sample {
	var all []Sample
	for _, a := range []struct{ kind, action, detail string }{
		{"password-changed", auth.PasswordChanged, ""}, {"password-reset", auth.PasswordReset, ""}, {"totp-added", auth.TOTPAdded, ""}, {"totp-removed", auth.TOTPRemoved, ""},
		{"codes-made", auth.CodesMade, ""}, {"code-used", auth.CodeUsed, ""}, {"passkey-added", auth.PasskeyAdded, "Laptop"}, {"passkey-removed", auth.PasskeyRemoved, "Laptop"},
		{"new-device", auth.NewDevice, ""}, {"email-change-asked", auth.EmailChangeAsked, "dana@northwind.example"}, {"email-changed", auth.EmailChanged, "dana@northwind.example"},
		{"identity-linked", auth.IdentityLinked, "Google"}, {"identity-unlinked", auth.IdentityUnlinked, "Google"}, {"closing", auth.ClosingAsked, "8 December 2026"},
		{"staff-factors", auth.StaffFactors, ""}, {"staff-verified", auth.StaffVerified, ""},
	} {
		staff := a.action == auth.StaffFactors || a.action == auth.StaffVerified
		all = append(all, Sample{"notice-" + a.kind, "something of an account was changed", SecurityNotice(auth.SecurityNotice{
			To: sampleTo, Name: sampleName, Action: a.action, At: sampleAt(), Zone: time.UTC, Address: "203.0.113.7", Device: "Firefox on Linux", Detail: a.detail,
			URL: sampleSite + "/secure?token=AZINaMpleToken", Staff: staff,
		})})
	}
	return all
}

func organizationSamples() []Sample {
	closing := tenants.ClosingMail{Kind: tenants.MailDeleted, To: sampleTo, Name: sampleName, Organization: sampleOrg, Until: sampleAt(), Zone: time.UTC, URL: samplePage("deletion")}
	restored := closing
	restored.Kind, restored.URL = tenants.MailRestored, samplePage("people")
	over := tenants.OwnershipMail{To: sampleTo, Organization: sampleOrg, From: "Jun Park", Heir: sampleName, URL: samplePage("ownership")}
	done := over
	done.Done, done.URL = true, samplePage("people")
	suspended := tenants.SuspensionMail{To: sampleTo, Name: sampleName, Organization: sampleOrg, Suspended: true, Reason: "Mails to people who did not ask for them.", URL: samplePage("people")}
	lifted := suspended
	lifted.Suspended = false
	paused := webhooks.PausedMail{To: sampleTo, Name: sampleName, Organization: sampleOrg, Host: "hooks.northwind.example", URL: samplePage("settings/webhooks")}
	gone := paused
	gone.Gone = true
	return []Sample{
		{"organization-deleted", "an owner deleted the organization", Closing(closing)},
		{"organization-restored", "the organization was brought back", Closing(restored)},
		{"organization-suspended", "staff suspended the organization", Suspension(suspended)},
		{"organization-open", "the suspension was lifted", Suspension(lifted)},
		{"organization-export", "the copy of an organization is ready", OrganizationExportReady(privacy.ReadyMail{To: sampleTo, Name: sampleName, Organization: sampleOrg, URL: samplePage("settings/export"), Until: sampleAt(), Zone: time.UTC})},
		{"ownership", "the organization is to be handed over", Ownership(over)},
		{"ownership-done", "the organization was handed over", Ownership(done)},
		{"webhook-paused", "a webhook failed for three days", WebhookPaused(paused)},
		{"webhook-gone", "a webhook answered that it is gone", WebhookPaused(gone)},
	}
}

func billingSamples(ctx context.Context) []Sample {
	at := sampleAt()
	m := billing.Mail{
		To: sampleTo, Name: sampleName, Organization: sampleOrg, Plan: "Team", URL: samplePage("billing"), PayURL: sampleSite + "/dev/stripe/pay/in_1", PDF: sampleSite + "/dev/stripe/pdf/in_1",
		Number: "NORTH-0042", Amount: 5600, Currency: "usd", NextAttempt: &at, TrialEnd: &at, Interval: "month", Seats: 7, GraceEnds: &at,
	}
	var all []Sample
	for _, kind := range [][2]string{
		{billing.MailPaymentFailed, "a payment failed"}, {billing.MailActionRequired, "the bank wants a payment confirmed"}, {billing.MailTrialWillEnd, "a trial without a card ends soon"},
		{billing.MailCanceledNonpayment, "the subscription ended, since it was not paid"}, {billing.MailReceipt, "a payment went through"}, {billing.MailFinalizationFailed, "an invoice could not be made final"},
	} {
		m.Kind = kind[0]
		all = append(all, Sample{"billing-" + kind[0], kind[1], Billing(ctx, m)})
	}
	m.Kind, m.Card = billing.MailTrialWillEnd, "4242"
	all = append(all, Sample{"billing-trial-with-card", "a trial with a card ends soon", Billing(ctx, m)})
	m.Kind, m.Name = billing.MailReceipt, ""
	return append(all, Sample{"billing-receipt-elsewhere", "a payment went through, to the address that invoices go to", Billing(ctx, m)})
}

func notificationSamples() []Sample {
	to := notify.Letter{
		To: sampleTo, Name: sampleName, Organization: sampleOrg, Inbox: samplePage("inbox"), Settings: sampleSite + "/account/notifications",
		Unsubscribe: sampleSite + "/unsubscribe/comment/AZINaMpleToken",
	}
	item := notify.Item{
		Actor: "Jun Park", Ticket: "WEB-42", Title: "Signup fails on Safari", Project: "Web", Status: "In review", DueOn: sampleAt(), URL: samplePage("projects/WEB/tickets/42"),
		Excerpt: "I could reproduce it with an empty cache.\nThe cookie is not set when the page is opened from a mail.",
	}
	var all []Sample
	var items []notify.Item
	for _, kind := range []notify.Kind{notify.Assigned, notify.Mention, notify.Comment, notify.Status, notify.Due} {
		item.Kind = kind
		items = append(items, item)
		all = append(all, Sample{"notification-" + string(kind), "something happened that a person wants to hear of at once", Notification(notify.Mail{Letter: to, Item: item})})
	}
	late := item
	late.Late = true
	id, due := uuid.Nil, sampleAt()
	row := projects.Row{Project: "WEB", Number: 42, Title: "Signup fails on Safari", Assignee: "Jun Park", AssigneeID: &id, DueOn: &due}
	report := projects.Report{
		Project: projects.Project{Key: "WEB", Name: "Web"}, Week: projects.WeekOf(sampleAt()), Done: 12, Opened: 9, Open: 31, Overdue: 2,
		People: []projects.ReportPerson{{ID: &id, Name: "Jun Park", Done: 7}, {ID: &id, Name: sampleName, Done: 5}}, DoneRows: []projects.Row{row}, LateRows: []projects.Row{row},
	}
	return append(all,
		Sample{"notification-late", "a ticket is late", Notification(notify.Mail{Letter: to, Item: late})},
		Sample{"digest", "what came together in a day", Digest(notify.DigestMail{Letter: to, Items: items, More: true})},
		Sample{"report", "the week of a project", Report(notify.ReportMail{Letter: to, Report: report, URL: samplePage("projects/WEB/report?week=2026-W48"), PDF: samplePage("projects/WEB/report.pdf?week=2026-W48")})},
	)
}
