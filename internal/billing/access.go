package billing

import (
	"time"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/scope"
)

// How long an organization keeps its plan when something is wrong.
const (
	Grace        = 21 * 24 * time.Hour // after the first failed payment
	UnknownGrace = 72 * time.Hour      // with a status that this program does not know
)

// Access is what an organization may do at a moment, and why.
type Access struct {
	Plan     Plan
	ReadOnly scope.ReadOnly
	Status   string // Stripe's status of the current subscription; empty when there is none
	Override bool   // staff gave the plan

	TrialEnd          *time.Time
	PastDueSince      *time.Time
	CancelAtPeriodEnd bool
	CancelAt          *time.Time
	CurrentPeriodEnd  *time.Time
	Card              bool       // one is on file, so that a trial goes on into paying
	NextAttempt       *time.Time // to charge what failed; nil when nothing failed, or nothing is tried again
}

// AccessRow is what Access is computed from.
type AccessRow = billingdb.AccessRow

// QueueAccess reads, in a guard's round trip, what Access is computed from.
func QueueAccess(r *db.Reads, slug string, into **AccessRow) {
	db.Maybe(r, into, billingdb.Access, slug)
}

// Access computes what the row allows at now: plan override, else current subscription, else the free plan. A nil row
// is an organization that never subscribed.
func (c *Catalogue) Access(row *AccessRow, now time.Time) Access {
	if row == nil {
		return Access{Plan: c.Free()}
	}
	a := Access{
		Plan: c.Free(), Status: row.Status, TrialEnd: row.TrialEnd, PastDueSince: row.PastDueSince,
		CancelAtPeriodEnd: row.CancelAtPeriodEnd != nil && *row.CancelAtPeriodEnd, CancelAt: row.CancelAt, CurrentPeriodEnd: row.CurrentPeriodEnd,
		Card: row.HasCard, NextAttempt: row.NextAttemptAt,
	}
	if p, ok := c.Plan(row.OverridePlan); ok {
		a.Plan, a.Override = p, true
		return a
	}
	paid, ok := c.Plan(row.Plan)
	if !ok {
		paid = c.Free() // a price outside the catalogue and no change applied before it
	}
	switch row.AccessStatus {
	case "trialing", "active":
		a.Plan = paid
	case "past_due":
		a.Plan = paid
		if row.PastDueSince != nil && now.Sub(*row.PastDueSince) >= Grace {
			a.ReadOnly = scope.Unpaid
		}
	case "unpaid", "paused":
		a.Plan, a.ReadOnly = paid, scope.Unpaid
	}
	if row.UnknownSince != nil && now.Sub(*row.UnknownSince) >= UnknownGrace {
		a.ReadOnly = scope.Unpaid
	}
	return a
}

// GraceEnds is when an unpaid organization becomes read-only; zero when no payment is failing.
func (a Access) GraceEnds() time.Time {
	if a.PastDueSince == nil {
		return time.Time{}
	}
	return a.PastDueSince.Add(Grace)
}

// TrialStops is when a trial is over for good, because it was cancelled; nil when it was not, and where the end that was
// asked for comes after the first payment.
func (a Access) TrialStops() *time.Time {
	return trialStops(a.TrialEnd, a.CancelAt, a.CancelAtPeriodEnd)
}

func trialStops(trialEnd, cancelAt *time.Time, atPeriodEnd bool) *time.Time {
	switch {
	case trialEnd == nil:
		return nil
	case cancelAt != nil && !cancelAt.After(*trialEnd):
		return cancelAt
	case cancelAt == nil && atPeriodEnd:
		return trialEnd // the period of a trial is the trial
	}
	return nil
}
