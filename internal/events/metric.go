package events

import (
	"slices"
	"strconv"
)

// Metric is something that is counted by day, UTC, of what events say.
type Metric string

// What is counted.
const (
	SignUps              Metric = "sign_ups"
	OrganizationsOpened  Metric = "organizations_opened"
	OrganizationsDeleted Metric = "organizations_deleted"
	// ActiveOrganizations are those in which a member did something, ActivePeople the members who did: who did something
	// in two organizations counts in both.
	ActiveOrganizations  Metric = "active_organizations"
	ActivePeople         Metric = "active_people"
	ProjectsCreated      Metric = "projects_created"
	TicketsCreated       Metric = "tickets_created"
	CommentsWritten      Metric = "comments_written"
	FilesAttached        Metric = "files_attached"
	InvitationsSent      Metric = "invitations_sent"
	InvitationsAccepted  Metric = "invitations_accepted"
	MembersJoined        Metric = "members_joined"
	TrialsStarted        Metric = "trials_started"
	SubscriptionsStarted Metric = "subscriptions_started"
	SubscriptionsEnded   Metric = "subscriptions_ended"
	PaymentsFailed       Metric = "payments_failed"
)

// counted says which events count for a metric: those of an action, each for as many as its changes say.
type counted struct {
	metric Metric
	action string
	many   func(changes map[string][2]string) int64 // nil: one
}

// counts lists what events of organizations count for; who is active is no event.
func counts() []counted {
	return []counted{
		{OrganizationsOpened, "organization.created", nil},
		{OrganizationsDeleted, "organization.deleted", nil},
		{ProjectsCreated, "project.created", nil},
		{TicketsCreated, "ticket.created", nil},
		{TicketsCreated, "project.imported", numberOf("tickets")},
		{CommentsWritten, "ticket.commented", nil},
		{FilesAttached, "attachment.added", nil},
		{InvitationsSent, "invitation.created", nil},
		{InvitationsAccepted, "member.joined", when(func(c map[string][2]string) bool { return c["by"][1] == "invitation" })},
		{MembersJoined, "member.joined", nil},
		{TrialsStarted, "billing.trial_started", nil},
		{SubscriptionsStarted, "billing.subscription_changed", when(func(c map[string][2]string) bool { return !runs(c["status"][0]) && runs(c["status"][1]) })},
		{SubscriptionsEnded, "billing.subscription_changed", when(func(c map[string][2]string) bool { return runs(c["status"][0]) && over(c["status"][1]) })},
		{PaymentsFailed, "billing.payment_failed", nil},
	}
}

// when counts an event as one when its changes are so.
func when(so func(changes map[string][2]string) bool) func(map[string][2]string) int64 {
	return func(changes map[string][2]string) int64 {
		if so(changes) {
			return 1
		}
		return 0
	}
}

// numberOf counts an event as the number that a field of its changes has become.
func numberOf(field string) func(map[string][2]string) int64 {
	return func(changes map[string][2]string) int64 {
		n, err := strconv.ParseInt(changes[field][1], 10, 32)
		if err != nil {
			return 0
		}
		return max(n, 0)
	}
}

// accountCounts is counts for the events of accounts.
func accountCounts() []counted {
	return []counted{{SignUps, "account.created", nil}}
}

// runs and over tell Stripe's words for how a subscription stands.
func runs(status string) bool {
	return slices.Contains([]string{"trialing", "active", "past_due", "unpaid", "paused"}, status)
}

func over(status string) bool { return status == "canceled" || status == "incomplete_expired" }
