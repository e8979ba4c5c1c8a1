package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Gift is a plan that staff gave, or the note that they moved the end of a trial at Stripe.
type Gift struct {
	ID          uuid.UUID
	Kind        string // billing.GivenPlan, GivenTrial or MovedTrial
	Plan        string // the plan's name
	Until       *time.Time
	Reason      string
	StaffID     uuid.UUID
	Staff       string
	CreatedAt   time.Time
	EndedAt     *time.Time
	EndedBy     string // "" when its date ended it
	EndedReason string
	InForce     bool
}

// GiveForm gives an organization a plan without payment (kind comp), or a longer trial (kind trial). Its owners read
// the reason. Fields: plan, until as 2026-12-31 by the organization's clock, "" for a plan without end.
type GiveForm struct {
	ID     uuid.UUID `form:"id"`
	Kind   string    `form:"kind"`
	Plan   string    `form:"plan"`
	Until  string    `form:"until"`
	Reason string    `form:"why"`
}

// EndGiftForm says why what was given ends.
type EndGiftForm struct {
	Reason string `form:"why_end"`
}

// longestGift bounds dates: Stripe takes no trial beyond two years.
const longestGift = 730 * 24 * time.Hour

// giftTarget is what an organization stands on when something is given.
type giftTarget struct {
	Zone         string
	Closing      bool
	Status       string
	Subscription string
	Customer     string
	TrialEnd     *time.Time
	Plan         string // of the subscription
}

// Give gives a plan or a longer trial, and ends what was given before. Where a trial runs at Stripe, its end is moved
// there; else the trial is a plan that is given until its date. Sending the form twice gives once.
func (a *Admin) Give(ctx context.Context, by Actor, tenant uuid.UUID, f GiveForm) error {
	var target giftTarget
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &target, admindb.GiftTarget, tenant) })
	if err != nil {
		return err
	}
	if target.Closing {
		return fault.New(fault.Conflict, "This organization is being deleted. Nothing can be given to it.")
	}
	g, err := a.readGift(f, target)
	if err != nil {
		return err
	}
	if g.Kind == billing.MovedTrial {
		return a.moveTrial(ctx, by, tenant, g, target)
	}
	return a.once(ctx, by, "staff.plan_given", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return billing.GiveTx(ctx, tx, s, g)
	})
}

// EndGift ends what was given, from now on. Doing it twice does it once.
func (a *Admin) EndGift(ctx context.Context, by Actor, tenant uuid.UUID, f EndGiftForm) error {
	reason, text := reasoned(f.Reason)
	if text != "" {
		return fault.Field("why_end", text)
	}
	return a.once(ctx, by, "staff.plan_given_ended", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return billing.EndGiftTx(ctx, tx, s, reason)
	})
}

// moveTrial notes the act first and then asks Stripe; a second try asks for the same again, and another date is another
// note. When Stripe refuses, the note ends with that.
func (a *Admin) moveTrial(ctx context.Context, by Actor, tenant uuid.UUID, g billing.Gift, target giftTarget) error {
	g.ID = uuid.NewSHA1(g.ID, []byte(g.Until.UTC().Format(time.RFC3339)))
	err := a.once(ctx, by, "staff.trial_moved", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return billing.NoteTrialMovedTx(ctx, tx, s, g)
	})
	if err != nil {
		return err
	}
	moved := a.Billing.MoveTrial(ctx, tenant, target.Subscription, target.Customer, g.ID, *g.Until)
	if !fault.Is(moved, fault.Conflict) {
		return moved
	}
	err = a.once(ctx, by, "staff.trial_not_moved", tenant, func(ctx context.Context, tx db.Tx, s scope.Scope) (bool, error) {
		return billing.RefuseTrialMovedTx(ctx, tx, s, g, refusedByStripe)
	})
	if err != nil {
		return err
	}
	return moved
}

// refusedByStripe is why a note of a moved trial ends.
const refusedByStripe = "Stripe did not move the end of the trial"

// once acts on an organization; where do says that it is so already, the note of the act is taken back.
func (a *Admin) once(ctx context.Context, by Actor, action string, tenant uuid.UUID, do func(context.Context, db.Tx, scope.Scope) (bool, error)) error {
	s := scope.System(tenant)
	s.Person, s.Request = by.Person, by.Request
	return a.unlessSo(a.act(ctx, by, action, tenant.String(), func(ctx context.Context, tx db.Tx) error {
		changed, err := do(ctx, tx, s)
		if err == nil && !changed {
			return errUnchanged
		}
		return err
	}))
}

func (a *Admin) readGift(f GiveForm, target giftTarget) (billing.Gift, error) {
	var wrong fault.Fields
	g := billing.Gift{ID: f.ID, Kind: f.Kind}
	if g.ID == uuid.Nil {
		return g, fault.New(fault.Invalid, "The form is not whole. Load the page again.")
	}
	if f.Kind != billing.GivenPlan && f.Kind != billing.GivenTrial {
		wrong.Add("kind", "Choose what is given.")
	}
	trial := f.Kind == billing.GivenTrial && target.Status == "trialing"
	if trial {
		g.Kind, f.Plan = billing.MovedTrial, target.Plan
	}
	plan, ok := a.Plans.Plan(f.Plan)
	if !ok || len(plan.Prices) == 0 {
		wrong.Add("plan", "Choose a plan from the list.")
	}
	g.Plan = plan
	now := time.Now() // that plans are given by; trials at Stripe run by its clock
	if trial {
		now = a.Billing.Now()
	}
	until, text := readUntil(f.Until, target.Zone, f.Kind == billing.GivenTrial, now)
	if text == "" && trial && target.TrialEnd != nil && until.Before(*target.TrialEnd) {
		text = fmt.Sprintf("The trial runs until %s already. Choose a later day.", target.TrialEnd.In(until.Location()).Format("2 January 2006"))
	}
	if text != "" {
		wrong.Add("until", text)
	}
	g.Until = until
	if g.Reason, text = reasoned(f.Reason); text != "" {
		wrong.Add("why", text)
	}
	return g, wrong.Err()
}

// readUntil is the last moment of a day in the organization's time zone; nil when there is no end. text says what is
// wrong with it.
func readUntil(day, zone string, required bool, now time.Time) (_ *time.Time, text string) {
	day = strings.TrimSpace(day)
	if day == "" {
		if required {
			return nil, "Say until when the trial runs."
		}
		return nil, ""
	}
	where, err := time.LoadLocation(zone)
	if err != nil {
		where = time.UTC
	}
	begin, err := time.ParseInLocation(time.DateOnly, day, where)
	if err != nil {
		return nil, "Write the day as 2026-12-31."
	}
	until := begin.AddDate(0, 0, 1).Add(-time.Second)
	switch left := until.Sub(now); {
	case left <= 0:
		return nil, "This day has passed. Choose a later one."
	case left > longestGift:
		return nil, "Choose a day within two years."
	}
	return &until, ""
}
