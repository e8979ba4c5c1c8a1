package billing

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// The kinds of plans that staff give.
const (
	GivenPlan  = "comp"         // without payment
	GivenTrial = "trial"        // a trial that Stripe knows nothing of
	MovedTrial = "stripe_trial" // no plan was given: the end of a trial was moved at Stripe
)

// Gift is a plan that staff give to an organization. ID is made when the form is shown, so that sending it twice gives
// once.
type Gift struct {
	ID     uuid.UUID
	Kind   string
	Plan   Plan
	Until  *time.Time // nil: without end
	Reason string     // the owners read it
}

// Given is a gift that is in force.
type Given struct {
	Kind  string
	Plan  string
	Until *time.Time
}

// GiveTx gives the plan and ends what was given before. It is called inside db.InAdmin, with staff as the person of the
// scope. false when this gift was given already.
func GiveTx(ctx context.Context, tx db.Tx, s scope.Scope, g Gift) (bool, error) {
	q := billingdb.New()
	if err := q.LockTenant(ctx, tx, s.TenantID); err != nil {
		return false, fmt.Errorf("lock organization: %w", err)
	}
	before, err := endTx(ctx, tx, s, g.ID, "replaced")
	if err != nil {
		return false, err
	}
	added, err := q.AddOverride(ctx, tx, billingdb.AddOverrideParams{
		TenantID: s.TenantID, ID: g.ID, Kind: g.Kind, Plan: g.Plan.Key, UntilAt: g.Until, Reason: g.Reason, StaffID: s.Person.ID,
	})
	if err != nil {
		return false, fmt.Errorf("give the plan: %w", err)
	}
	if added == 0 {
		return false, nil
	}
	return true, g.noteTx(ctx, tx, s, "billing.plan_given", before)
}

func (g Gift) noteTx(ctx context.Context, tx db.Tx, s scope.Scope, action, before string) error {
	changes := map[string][2]string{"plan": {before, g.Plan.Key}, "reason": {"", g.Reason}}
	if g.Until != nil {
		changes["until"] = [2]string{"", g.Until.Format(time.RFC3339)}
	}
	return events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "plan", ObjectName: g.Plan.Name, Changes: changes})
}

// EndGiftTx ends what staff gave, from now on. It is called inside db.InAdmin, with staff as the person of the scope.
// false when nothing is given.
func EndGiftTx(ctx context.Context, tx db.Tx, s scope.Scope, reason string) (bool, error) {
	if err := billingdb.New().LockTenant(ctx, tx, s.TenantID); err != nil {
		return false, fmt.Errorf("lock organization: %w", err)
	}
	plan, err := endTx(ctx, tx, s, uuid.Nil, reason)
	if err != nil || plan == "" {
		return false, err
	}
	return true, events.AppendTx(ctx, tx, s, events.Event{
		Action: "billing.plan_given_ended", ObjectKind: "plan", Changes: map[string][2]string{"plan": {plan, ""}, "reason": {"", reason}},
	})
}

// endTx ends what is open beside keep, and returns the plan that was in force; empty when there was none.
func endTx(ctx context.Context, tx db.Tx, s scope.Scope, keep uuid.UUID, reason string) (string, error) {
	rows, err := billingdb.New().EndOverrides(ctx, tx, billingdb.EndOverridesParams{
		TenantID: s.TenantID, ID: keep, EndedBy: s.Person.ID, EndedReason: reason,
	})
	if err != nil {
		return "", fmt.Errorf("end what was given: %w", err)
	}
	for _, r := range rows {
		if r.InForce {
			return r.Plan, nil
		}
	}
	return "", nil
}

// NoteTrialMovedTx notes that staff move the end of a trial at Stripe, before it is done there. It is called inside
// db.InAdmin. false when it is noted already.
func NoteTrialMovedTx(ctx context.Context, tx db.Tx, s scope.Scope, g Gift) (bool, error) {
	added, err := billingdb.New().NoteTrialMoved(ctx, tx, billingdb.NoteTrialMovedParams{
		TenantID: s.TenantID, ID: g.ID, Plan: g.Plan.Key, UntilAt: g.Until, Reason: g.Reason, StaffID: s.Person.ID,
	})
	if err != nil {
		return false, fmt.Errorf("note the trial's new end: %w", err)
	}
	if added == 0 {
		return false, nil
	}
	return true, g.noteTx(ctx, tx, s, "billing.trial_moved", "")
}

// RefuseTrialMovedTx ends a note of NoteTrialMovedTx, because Stripe has not moved the trial. It is called inside
// db.InAdmin. false when it has ended so already.
func RefuseTrialMovedTx(ctx context.Context, tx db.Tx, s scope.Scope, g Gift, reason string) (bool, error) {
	n, err := billingdb.New().RefuseTrialMoved(ctx, tx, billingdb.RefuseTrialMovedParams{TenantID: s.TenantID, ID: g.ID, EndedBy: s.Person.ID, EndedReason: reason})
	if err != nil {
		return false, fmt.Errorf("end the note of the trial's new end: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	return true, events.AppendTx(ctx, tx, s, events.Event{
		Action: "billing.plan_given_ended", ObjectKind: "plan", Changes: map[string][2]string{"plan": {g.Plan.Key, ""}, "reason": {"", reason}},
	})
}

// MoveTrial moves the end of a trial that runs at Stripe. note is the id under which it was noted: the idempotency key
// comes from it, so that a second try is the same order. Conflict when Stripe has refused it.
func (b *Billing) MoveTrial(ctx context.Context, tenant uuid.UUID, subscription, customer string, note uuid.UUID, until time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	end := until.Unix()
	_, err := retryInUse(ctx, func() (*stripe.Subscription, error) {
		return b.Stripe.Subscriptions.Update(subscription, &stripe.SubscriptionParams{
			Params: order(ctx, "trial_end_"+note.String()+"_"+strconv.FormatInt(end, 10)), TrialEnd: &end, ProrationBehavior: stripe.String("none"),
		})
	})
	if refused(err) {
		return fault.Wrap(fault.Conflict, "Stripe has not moved the end of the trial. Load the page again to see how it stands.", fmt.Errorf("move the end of the trial: %w", err))
	}
	if err != nil {
		return unsure("move the end of the trial", err)
	}
	return b.refetch(ctx, scope.System(tenant), subject{customer: customer, subscription: subscription})
}
