package contract_test

import (
	"context"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

const paysCard = "4242424242424242"

func begin() time.Time { return time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC) }

// shop is an organization whose requests to Stripe are recorded.
type shop struct {
	t     *testing.T
	site  *webtest.Site
	st    *webtest.Stripe
	owner scope.Scope
}

// walk makes the app do all that it does at Stripe.
func walk(t *testing.T) *recorder {
	t.Helper()
	rec := record(t)
	site, st := webtest.NewWithStripe(t, begin(), rec.between)
	s := shop{t: t, site: site, st: st}
	dana := site.Account(t, "Dana Whitfield", "dana@example.com")
	s.owner = site.Org(t, dana, "acme", "Acme Robotics")
	// Beyond what is included there is always something, so that a meter has something to say.
	site.Worker.Billing.Stored = func(context.Context, uuid.UUID) (int64, error) { return 100_000_000_000, nil }
	s.do("set up again", site.App.Billing.Setup(t.Context(), io.Discard))
	s.paid()
	s.changed()
	s.planned()
	s.swept()
	s.ended()
	s.tried(site.Org(t, dana, "harbour", "Harbour Labs"))
	s.waited(site.Org(t, site.Account(t, "Ira", "ira@example.com"), "quarry", "Quarry"))
	return rec
}

func (s shop) do(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

func (s shop) billing() *billing.Billing { return s.site.App.Billing }

var sessionOf = regexp.MustCompile(`cs_test_\w+`)

// paid buys a plan, having chosen another first.
func (s shop) paid() {
	s.t.Helper()
	_, err := s.billing().StartCheckout(s.t.Context(), s.owner, billing.Choice{Plan: "business", Interval: "year"})
	s.do("choose", err)
	to, err := s.billing().StartCheckout(s.t.Context(), s.owner, billing.Choice{Plan: "team", Interval: "month"})
	s.do("choose again", err)
	_, err = s.st.Sim.PayCheckout(sessionOf.FindString(to), paysCard)
	s.do("pay", err)
	if _, err := s.billing().StartCheckout(s.t.Context(), s.owner, billing.Choice{Plan: "business", Interval: "month"}); err == nil {
		s.t.Error("another plan was chosen beside one that is paid")
	}
	s.do("come back", s.billing().Refresh(s.t.Context(), s.owner))
	for _, way := range []string{billing.PortalHome, billing.PortalCard} {
		_, err := s.billing().Portal(s.t.Context(), s.owner, way)
		s.do("go to the portal", err)
	}
}

// changed changes seats and plan, and tells what the meter counted.
func (s shop) changed() {
	s.t.Helper()
	s.site.Join(s.t, s.owner, s.site.Account(s.t, "Gus", "gus@example.com"), scope.Member)
	s.do("count seats", s.site.Worker.Billing.SyncSeats(s.t.Context(), s.owner.TenantID))
	up := billing.Choice{Plan: "business", Interval: "month"}
	preview, err := s.billing().PreviewChange(s.t.Context(), s.owner, up)
	s.do("preview", err)
	_, err = s.billing().ChangePlan(s.t.Context(), s.owner, billing.ChangeForm{
		ID: uuid.Must(uuid.NewV7()), Plan: up.Plan, Interval: up.Interval, ProratedAt: preview.ProratedAt, Seats: preview.Seats,
	})
	s.do("change", err)
	s.st.Deliver(s.t) // only now: the news of the first invoice comes late
	hour := begin().Add(time.Hour)
	s.st.Pass(s.t, hour.Add(time.Minute))
	s.do("report usage", s.site.Worker.Billing.ReportUsage(s.t.Context(), s.owner.TenantID, hour))
	s.st.Deliver(s.t)
}

// planned plans a lower plan and takes that back, ends the plan and takes that back.
func (s shop) planned() {
	s.t.Helper()
	s.ask("/v1/coupons", url.Values{"id": {"SPRING"}, "percent_off": {"10"}, "duration": {"forever"}})
	s.ask("/v1/promotion_codes", url.Values{"coupon": {"SPRING"}, "code": {"SPRING26"}})
	s.do("give a code", s.billing().ApplyCode(s.t.Context(), s.owner, billing.CodeForm{Code: "spring26"}))
	down := billing.Choice{Plan: "team", Interval: "month"}
	preview, err := s.billing().PreviewChange(s.t.Context(), s.owner, down)
	s.do("preview what comes later", err)
	_, err = s.billing().ChangePlan(s.t.Context(), s.owner, billing.ChangeForm{
		ID: uuid.Must(uuid.NewV7()), Plan: down.Plan, Interval: down.Interval, ProratedAt: preview.ProratedAt, Seats: preview.Seats,
	})
	s.do("plan a change", err)
	s.site.Join(s.t, s.owner, s.site.Account(s.t, "Ines", "ines@example.com"), scope.Member)
	s.do("count seats in both phases", s.site.Worker.Billing.SyncSeats(s.t.Context(), s.owner.TenantID))
	s.do("take the change back", s.billing().KeepPlan(s.t.Context(), s.owner))
	s.do("cancel", s.billing().Cancel(s.t.Context(), s.owner, billing.CancelForm{Reason: "unused", Comment: "We are done."}))
	s.do("resume", s.billing().Resume(s.t.Context(), s.owner))
	s.ask("/v1/subscriptions/"+s.st.Sim.Subscriptions(1)[0].ID, url.Values{"cancel_at": {strconv.FormatInt(begin().AddDate(0, 6, 0).Unix(), 10)}})
	s.st.Deliver(s.t)
	s.do("resume from a day that was set", s.billing().Resume(s.t.Context(), s.owner))
	s.st.Deliver(s.t)
}

// swept compares, sees a renewal that fails and a dispute.
func (s shop) swept() {
	s.t.Helper()
	sub := s.st.Sim.Subscriptions(1)[0]
	_, err := s.st.Sim.Dispute(s.st.Sim.Charges(1)[0].ID)
	s.do("dispute", err)
	s.do("change the card", s.st.Sim.UpdateCard(sub.Customer, "4000000000000341"))
	s.st.Pass(s.t, time.Unix(sub.CurrentPeriodEnd, 0).Add(2*time.Hour))
	s.st.Deliver(s.t)
	s.do("sweep", s.site.Worker.Billing.Sweep(s.t.Context()))
	s.site.Settle(s.t)
	run := uuid.Must(uuid.NewV7())
	s.do("sync", s.site.Worker.Billing.Sync(s.t.Context(), run, ""))
	_, _, err = s.site.Worker.Billing.SyncPage(s.t.Context(), run, sub.ID)
	s.do("sync further", err)
}

// ended lets an owner go and settles everything, with an open Checkout, a schedule and an unpaid invoice.
func (s shop) ended() {
	s.t.Helper()
	s.do("release the customer", s.billing().ReleaseCustomer(s.t.Context(), s.owner.TenantID, s.owner.Person.ID, "dana@example.com"))
	s.do("change the card back", s.st.Sim.UpdateCard(s.st.Sim.Subscriptions(1)[0].Customer, paysCard))
	for range 2 { // the open invoice is paid, and the next one is a draft: to be finalized and voided
		sub := s.st.Sim.Subscriptions(1)[0]
		at, _ := s.st.Sim.Next(stripesim.Retry, sub.Customer)
		if at.IsZero() {
			at = time.Unix(sub.CurrentPeriodEnd, 0).Add(time.Minute)
		}
		s.st.Pass(s.t, at)
		s.st.Deliver(s.t)
	}
	sub := s.st.Sim.Subscriptions(1)[0]
	for path, form := range map[string]url.Values{
		"/v1/subscription_schedules": {"from_subscription": {sub.ID}},
		"/v1/checkout/sessions": {"mode": {"subscription"}, "customer": {sub.Customer}, "success_url": {"http://" + webtest.Host},
			"line_items[0][price]": {sub.Items[0].Price}, "line_items[0][quantity]": {"1"}},
	} {
		s.ask(path, form)
	}
	const page = "/orgs/acme/settings/delete"
	s.site.SignIn(s.t, "dana@example.com").Get(page).Want(200).Submit(page, "confirm", "Acme Robotics").Want(200)
	s.site.Settle(s.t)
}

// ask changes something at the local Stripe behind the app's back.
func (s shop) ask(path string, form url.Values) {
	s.t.Helper()
	if status, body := s.st.Ask(s.t, path, form); status != 200 {
		s.t.Fatalf("%s: %d %s", path, status, body)
	}
}

// tried begins a trial, which staff make longer, pays before its end, and is cancelled at once when a payment is missing.
func (s shop) tried(owner scope.Scope) {
	s.t.Helper()
	s.do("try", s.billing().StartTrial(s.t.Context(), owner, "team"))
	sub := s.st.Sim.Subscriptions(1)[0]
	s.do("move the trial", s.billing().MoveTrial(s.t.Context(), owner.TenantID, sub.ID, sub.Customer, uuid.Must(uuid.NewV7()), s.st.Sim.Now().AddDate(0, 0, 30)))
	s.pay(owner, sub)
	s.do("change the card", s.st.Sim.UpdateCard(sub.Customer, "4000000000000341"))
	s.st.Pass(s.t, s.st.Sim.Now().AddDate(0, 1, 0).Add(2*time.Hour))
	s.st.Deliver(s.t)
	s.do("cancel at once", s.billing().Cancel(s.t.Context(), owner, billing.CancelForm{}))
}

// waited has a trial that pauses without a card, and resumes.
func (s shop) waited(owner scope.Scope) {
	s.t.Helper()
	s.do("try", s.billing().StartTrial(s.t.Context(), owner, "team"))
	sub := s.st.Sim.Subscriptions(1)[0]
	s.ask("/v1/subscriptions/"+sub.ID, url.Values{"trial_settings[end_behavior][missing_payment_method]": {"pause"}})
	s.st.Pass(s.t, time.Unix(sub.TrialEnd, 0).Add(time.Minute))
	s.st.Deliver(s.t)
	s.pay(owner, sub)
}

// pay adds a card and pays from now on.
func (s shop) pay(owner scope.Scope, sub stripesim.Subscription) {
	s.t.Helper()
	s.do("add a card", s.st.Sim.UpdateCard(sub.Customer, paysCard))
	s.do("look", s.billing().Refetch(s.t.Context(), owner.TenantID, sub.ID))
	start, err := s.billing().PreviewStart(s.t.Context(), owner)
	s.do("preview the first payment", err)
	_, err = s.billing().StartPaying(s.t.Context(), owner, billing.StartForm{Due: start.Due})
	s.do("pay from now on", err)
	s.st.Deliver(s.t)
}
