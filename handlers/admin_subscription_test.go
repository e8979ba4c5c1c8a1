package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing"
)

func TestSubscriptionsAreFiltered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	other := o.Org(t, o.acme.Person, "other", "Other")
	o.exec(t, `insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, status, access_status, livemode) values ($1, $2, 'sub_other', 'cus_other', true, 'trialing', 'trialing', false)`, other.TenantID, uuid.New())
	o.exec(t, `insert into plan_overrides (tenant_id, id, plan, reason, staff_id) values ($1, $2, 'business', 'x', $3)`, other.TenantID, uuid.New(), o.sam.ID)
	old, newest := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	o.exec(t, `insert into billing_syncs (id, started_at, finished_at, looked_at) values ($1, now() - interval '1 day', now() - interval '1 day', 2), ($2, now(), null, 1)`, old, newest)
	o.exec(t, `insert into billing_drifts (sync_id, stripe_subscription_id, tenant_id, what) values ($1, 'sub_other', $2, 'status'), ($3, 'sub_acme', $4, 'quantity 7 instead of 8')`, old, other.TenantID, newest, o.acme.TenantID)
	o.staff.Get("/admin/subscriptions").Want(200).Says("sub_acme", "sub_other", "2 subscriptions", "quantity 7 instead of 8", "and one given", "goes on, or was ended 1 1", "2 1", "With drift")
	o.staff.Get("/admin/subscriptions?drift=yes").Want(200).Says("sub_acme").Silent("sub_other")
	o.staff.Get("/admin/subscriptions?given=yes").Want(200).Says("sub_other").Silent("sub_acme")
	o.staff.Get("/admin/subscriptions?plan=team").Want(200).Says("sub_acme").Silent("sub_other")
	o.staff.Get("/admin/subscriptions?plan=team&status=trialing").Want(200).Says("No subscription is here", "Show all")
	o.exec(t, `insert into billing_tasks (id, kind, object_id, detail) values ($1, 'drift', 'sub_other', 'of a run before')`, uuid.New())
	o.staff.Get("/admin/subscriptions?drift=yes").Want(200).Says("sub_acme", "sub_other", "of a run before")
}

func TestASubscriptionBesideStripe(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	me, staff := s.Staff(t, "Sam Reyes", sam)
	s.buy(t)
	s.st.Deliver(t)
	o := office{Site: s.Site, acme: s.owner, sam: me}
	at := "/admin/organizations/" + s.owner.TenantID.String() + "/subscriptions/" + o.one(t, `select id::text from subscriptions`)
	s.st.Forget()
	staff.Get(at).Want(200).Says("Subscription of Acme Robotics", "Team · 1 seats", "€9.00 a month", "Ask Stripe", "checkout.session.completed", "is what the row shows", "No comparison has found")
	if n := s.st.Calls("GET /v1/subscriptions/"); n != 0 {
		t.Errorf("the page asks Stripe %d times without being told to", n)
	}
	staff.Get(at+"?ask=stripe").Want(200).Says("What Stripe says now alike", "current_period_end 2026-02-01 09:00:00 UTC 2026-02-01 09:00:00 UTC")
	if n := s.st.Calls("GET /v1/subscriptions/"); n != 1 {
		t.Errorf("Stripe is asked %d times", n)
	}

	// What is changed at Stripe without a word to us is seen, and taken over by fetching it again.
	sub := s.st.Sim.Subscriptions(1)[0]
	item := sub.Items[0]
	if _, err := s.App.Billing.Stripe.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{
		Items: []*stripe.SubscriptionItemsParams{{ID: stripe.String(item.ID), Quantity: stripe.Int64(4)}}, ProrationBehavior: stripe.String("none"),
	}); err != nil {
		t.Fatal(err)
	}
	s.st.Skip()
	page := staff.Get(at+"?ask=stripe").Want(200).Says("one column differs", "quantity differs 1 4")
	if got := o.one(t, `select quantity::text from subscriptions`); got != "1" {
		t.Fatalf("looking has written: %s seats", got)
	}
	page.Submit(at+"/refetch", "why", "").Want(http.StatusUnprocessableEntity).Says("Say why.")
	page.Submit(at+"/refetch", "why", "An event was lost.").Want(200).At(at).Says("The row is what Stripe says now.", "4 seats", "€36.00 a month")
	if got := o.lastAct(t); got != "staff.subscription_refetched "+sub.ID {
		t.Errorf("noted %q", got)
	}
	s.b.Get("/orgs/acme/audit").Want(200).Says("looked at the organization in the back-office")

	o.exec(t, `update subscriptions set stripe_subscription_id = 'sub_gone'`)
	staff.Get(at+"?ask=stripe").Want(200).Says("Stripe does not know this subscription.", "Ask Stripe")
	for _, nothing := range []string{"/subscriptions/" + uuid.NewString(), "/subscriptions/x"} {
		staff.Get("/admin/organizations/" + s.owner.TenantID.String() + nothing).Want(404)
		staff.Post("/admin/organizations/"+s.owner.TenantID.String()+nothing+"/refetch", url.Values{"why": {"x"}}).Want(404)
	}
	s.b.Get(at).Want(404)
	s.b.Post(at+"/refetch", url.Values{"why": {"x"}}).Want(404)
}

func TestPlansInForce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	me, staff := s.Staff(t, "Sam Reyes", sam)
	s.buy(t)
	s.st.Deliver(t)
	o := office{Site: s.Site, acme: s.owner, sam: me}
	given := s.Org(t, s.owner.Person, "given", "Given")
	s.Org(t, s.owner.Person, "free", "Free")
	gone := s.Org(t, s.owner.Person, "gone", "Gone")
	o.exec(t, `insert into plan_overrides (tenant_id, id, plan, reason, staff_id) values ($1, $2, 'team', 'x', $4), ($3, $2, 'gold', 'x', $4)`, given.TenantID, uuid.New(), gone.TenantID, me.ID)
	s.st.Forget()
	staff.Get("/admin/plans").Want(200).Says("Team team", "2 1 by subscription, 1 given by staff, 0 with neither", "1 0 by subscription, 0 given by staff, 1 with neither",
		"25 members", "20 projects", "plinth_team_month", "€9.00", "not asked", "gold", "one organization, which is on the free plan until this is mended")
	if n := s.st.Calls("GET /v1/prices"); n != 0 {
		t.Errorf("the page asks Stripe %d times without being told to", n)
	}
	prices := s.App.Billing.Stripe.Prices.List(&stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{"plinth_business_year"})})
	if !prices.Next() {
		t.Fatal("there is no price")
	}
	if _, err := s.App.Billing.Stripe.Prices.Update(prices.Price().ID, &stripe.PriceParams{Active: stripe.Bool(false)}); err != nil {
		t.Fatal(err)
	}
	page := staff.Get("/admin/plans?ask=stripe").Want(200).Says("plinth_team_month month €9.00 Set up price_", "plinth_business_year year €190.00 Missing –")
	if strings.Contains(page.Text(), "not asked") {
		t.Error("a price was not asked for")
	}
}

// Nobody listens there: what asks Stripe says so, and everything else is read as ever.
func TestTheBackOfficeWhileStripeIsAway(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.App.Billing.Stripe = billing.NewStripe("sk_test_webtest", "http://127.0.0.1:1")
	at := "/admin/organizations/" + o.acme.TenantID.String()
	sub := at + "/subscriptions/" + o.sub.String()
	o.staff.Get("/admin/plans?ask=stripe").Want(200).Says("Stripe could not be asked", "plinth_team_month", "not asked")
	o.staff.Get(sub+"?ask=stripe").Want(200).Says("cannot be reached at the moment", "Ask Stripe", "sub_acme")
	o.staff.Post(sub+"/refetch", url.Values{"why": {"x"}}).Want(http.StatusServiceUnavailable).Says("could not be asked")

	// The trial's new end is noted before Stripe is asked, and the next try of the same form asks for the same.
	o.exec(t, `update subscriptions set status = 'trialing', access_status = 'trialing', trial_end = now() + interval '1 day' where tenant_id = $1`, o.acme.TenantID)
	until, _ := inDays(9)
	page := o.staff.Get(at)
	for range 2 {
		page.Submit(at+"/plan", "kind", "trial", "until", until, "why", "x").Want(http.StatusServiceUnavailable)
	}
	if n := rowsOf(t, o.Site, `select count(*) from plan_overrides where kind = 'stripe_trial'`); n != 1 {
		t.Errorf("%d notes", n)
	}
}
