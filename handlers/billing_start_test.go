package handlers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

// onTrial is a shop on the fourteenth part of its trial of Team.
func onTrial(t *testing.T, number string) shop {
	t.Helper()
	s := newShop(t)
	s.b.Get(billingPage).Submit(billingPage+"/trial", "plan", "team").Says("Trial, 14 days left")
	if number != "" {
		webtest.FollowOut(t, leaves(t, s.b.Get(billingPage).Submit(billingPage+"/portal", "way", "card")), card(number))
	}
	s.st.Deliver(t)
	return s
}

func TestATrialIsPaidEarly(t *testing.T) {
	t.Parallel()
	s := onTrial(t, "")
	s.b.Get(billingPage).Says("No card is on file", "Add a card").Silent("Start paying now")
	s.b.Get(billingPage+"/start").Want(200).Says("Start paying for Team", "No card is on file yet", "Due today", "€9.00", "Add a card").Silent("Pay €9.00")
	s.b.Post(billingPage+"/start", url.Values{"due": {"900"}}).Want(409).Says("No card is on file yet")
	webtest.FollowOut(t, leaves(t, s.b.Get(billingPage).Submit(billingPage+"/portal", "way", "card")), card(paysCard))
	s.st.SetClock(begin().Add(time.Minute)) // else the way back is not asked again
	s.b.Get(billingPage+"?from=portal").Want(200).Says("Visa ending in 4242", "expires 12/34", "Start paying now", "and €9.00 will be charged").Silent("Add a card")
	s.st.Forget()
	p := s.b.Get(billingPage+"/start").Want(200).Says("goes on by itself when the trial ends on 15 January 2026", "€9.00", "It renews on 1 February 2026", "Paid with Visa ending in 4242", "Pay €9.00 and start")
	form := p.Form(billingPage + "/start")
	p.Submit(billingPage+"/start", "due", "800").Want(409).Says("no longer right")
	s.b.Post(billingPage+"/start", form).At(billingPage).Want(200).Says("The subscription has begun", "Active", "renews on 1 February 2026", "€9.00")
	s.b.Post(billingPage+"/start", form).At(billingPage).Want(200) // pressed twice
	s.b.Get(billingPage + "/start").Want(409).Says("paid for already")
	if n := s.st.Keys("/v1/subscriptions/"); n != 1 {
		t.Errorf("%d orders to pay, want one", n)
	}
	paid := 0
	for _, in := range s.st.Sim.Invoices(0) {
		if in.AmountPaid == 900 {
			paid++
		}
	}
	if paid != 1 {
		t.Errorf("paid %d times", paid)
	}
	s.st.Deliver(t)
	s.b.Get("/orgs/acme/audit").Says("ended the trial and began to pay")
}

func TestATrialRunsOutWithACard(t *testing.T) {
	t.Parallel()
	s := onTrial(t, paysCard)
	// Nobody has come back from the portal: the news of the card alone tell of it.
	s.b.Get(billingPage).Says("Visa ending in 4242", "Start paying now")
	s.b.Get("/orgs/acme").Says("Your trial of Team ends in 14 days,", "The card on file is charged then.")
	s.st.Pass(t, begin().AddDate(0, 0, 12))
	s.st.Deliver(t)
	mails := s.about(t, dana, "ends soon")
	if len(mails) != 1 || !strings.Contains(mails[0].Text, "the card ending in 4242 is charged then. That is €9.00 for the first month and one seat, before VAT.") ||
		strings.Contains(mails[0].Text, "Add a card") {
		t.Errorf("%d mails before the card is charged: %+v", len(mails), mails)
	}
	s.st.Pass(t, begin().AddDate(0, 0, 15))
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Team", "Active", "Visa ending in 4242", "renews on 15 February 2026", "Paid")
}

// A card that does not pay leads to the invoice, where another one can be used.
func TestStartingWithACardThatFails(t *testing.T) {
	t.Parallel()
	s := onTrial(t, laterCard)
	form := s.b.Get(billingPage + "/start").Want(200).Form(billingPage + "/start")
	to := leaves(t, s.b.Post(billingPage+"/start", form))
	if !strings.Contains(to, "/i/in_") {
		t.Fatalf("it leads to %s", to)
	}
	if again := leaves(t, s.b.Post(billingPage+"/start", form)); again != to {
		t.Errorf("pressed twice it leads to %s and %s", to, again)
	}
	s.b.Get(billingPage).Says("Trial")
	if n := count(t, s.Site, `select count(*) from events where action = 'billing.trial_converted'`); n != 0 {
		t.Errorf("%d entries say that the trial is paid for, which it is not", n)
	}
	webtest.FollowOut(t, to, card(paysCard))
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Active", "Paid")
}

func TestStartingWhileStripeIsAway(t *testing.T) {
	t.Parallel()
	s := onTrial(t, paysCard)
	form := s.b.Get(billingPage + "/start").Want(200).Form(billingPage + "/start")
	s.st.Sim.InjectFault(stripesim.Fault{Method: "POST", Path: "/v1/subscriptions/", Times: 9, AfterCarryingOut: true})
	s.b.Post(billingPage+"/start", form).Want(503)
	s.st.Sim.ClearFaults()
	s.b.Post(billingPage+"/start", form)
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Active")
	s.st.Sim.InjectFault(faultAll())
	s.b.Get(billingPage + "/start").Want(409) // it is paid: nothing is asked
	if n := len(s.st.Sim.Invoices(0)); n != 2 {
		t.Errorf("%d invoices, want the trial's and one", n)
	}
}

func TestAnEndedTrialIsNotStarted(t *testing.T) {
	t.Parallel()
	s := onTrial(t, paysCard)
	s.b.Get(cancelPage).Submit(cancelPage, "now", "0").At(billingPage)
	s.b.Get(billingPage + "/start").Want(409).Says("Keep the plan first")
	s.b.Get(billingPage).Submit(billingPage + "/resume")
	s.st.Sim.InjectFault(faultAll())
	s.b.Get(billingPage + "/start").Want(503)
	s.st.Sim.ClearFaults()
	s.b.Get(cancelPage).Submit(cancelPage, "now", "1").At(billingPage).Says("Free")
	s.b.Get(billingPage + "/start").Want(409)
	s.b.Post(billingPage+"/start", url.Values{"due": {"900"}}).Want(409)
}

// A trial that pauses at its end, as one made in the dashboard may, goes on with a card.
func TestAPausedTrial(t *testing.T) {
	t.Parallel()
	s := onTrial(t, "")
	update := url.Values{"trial_settings[end_behavior][missing_payment_method]": {"pause"}}
	s.api(t, "/v1/subscriptions/"+s.st.Sim.Subscriptions(1)[0].ID, update)
	s.st.Pass(t, begin().AddDate(0, 0, 15))
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Paused", "The trial is over and no card was on file", "Add a card")
	s.b.Post("/orgs/acme/settings", url.Values{"name": {"Acme"}, "time_zone": {"Europe/Berlin"}}).Want(402)
	webtest.FollowOut(t, leaves(t, s.b.Get(billingPage).Submit(billingPage+"/portal", "way", "card")), card(paysCard))
	s.b.Get(billingPage + "?from=portal").Says("Start paying now")
	p := s.b.Get(billingPage+"/start").Want(200).Says("The subscription waits for a payment", "€9.00")
	s.b.Post(billingPage+"/start", p.Form(billingPage+"/start")).Want(200)
	s.st.Deliver(t)
	s.b.Get(billingPage).Says("Active")
	s.b.Post("/orgs/acme/settings", url.Values{"name": {"Acme"}, "time_zone": {"Europe/Berlin"}}).Want(200)
}

// api asks the local Stripe as somebody at its dashboard, and returns the id of what it answers.
func (s shop) api(t *testing.T, path string, form url.Values) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.st.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+string(s.App.Config.SecretKey))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Webtest", "yes")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	var made struct{ ID string }
	if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(body, &made) != nil {
		t.Fatalf("%s: %d %v %s", path, res.StatusCode, err, body)
	}
	return made.ID
}
