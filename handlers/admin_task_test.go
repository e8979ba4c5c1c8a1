package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"plinth/internal/config"
	"plinth/test/webtest"
)

func TestStaffWorkOffTasks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `update billing_tasks set amount = 4200, currency = 'eur', reason = 'product_not_received', state = 'needs_response' where id = $1`, o.task)
	drift := uuid.Must(uuid.NewV7())
	o.exec(t, `insert into billing_tasks (id, kind, object_id, tenant_id, detail) values ($1, 'drift', 'sub_acme', $2, 'the row was not what Stripe says: quantity 7 instead of 8')`, drift, o.acme.TenantID)
	o.exec(t, `insert into billing_tasks (id, kind, object_id, closed_at) values ($1, 'api_version', 'we_old', now())`, uuid.New())
	o.staff.Get("/admin").Want(200).Says("2 things need a person.", "Dispute", "Drift")
	o.staff.Get("/admin/tasks").Want(200).Says("Dispute 1", "Drift 1", "€42.00 · product not received · needs response", "2 tasks", "nobody yet").Silent("we_old")
	o.staff.Get("/admin/tasks?kind=drift").Want(200).Says("one task", "instead of 8").Silent("€42.00")
	o.staff.Get("/admin/tasks?of=me").Want(200).Says("No task is here", "Show all")
	o.staff.Get("/admin/tasks?show=closed").Want(200).Says("closed itself", "API version 1").Silent("€42.00")
	o.staff.Get("/admin/tasks?kind=none").Want(200).Says("No task is here")

	at := "/admin/tasks/" + o.task.String()
	page := o.staff.Get(at).Want(200).Says("A payer has asked the bank", "€42.00 · product not received · needs response", "cus_acme", "Acme")
	for _, link := range []string{"https://dashboard.stripe.com/test/disputes/dp_1", "https://dashboard.stripe.com/test/customers/cus_acme", "/admin/organizations/" + o.acme.TenantID.String()} {
		if !strings.Contains(page.Body, `href="`+link+`"`) {
			t.Errorf("no link to %s", link)
		}
	}
	press(page, at+"/take").Want(200).At(at).Says("The task is yours.", "Sam Reyes")
	o.staff.Get("/admin/tasks?of=me").Want(200).Says("one task", "Sam Reyes")
	if got := o.lastAct(t); got != "staff.task_taken dispute dp_1" {
		t.Errorf("noted %q", got)
	}
	press(page, at+"/take").Want(200) // pressed twice
	page.Submit(at+"/close", "note", " ").Want(http.StatusUnprocessableEntity).Says("Say what was done")
	long := strings.Repeat("x", 501)
	if kept := page.Submit(at+"/close", "note", long).Want(422).Says("at most 500").Form(at + "/close").Get("note"); kept != long {
		t.Errorf("%d characters are kept", len(kept))
	}
	page.Submit(at+"/close", "note", "Won.\nTold Dana.").Want(200).At("/admin/tasks").Says("The task is closed.", "one task")
	page.Submit(at+"/close", "note", "Lost.").Want(200) // in a second tab
	o.staff.Get(at).Want(200).Says("closed by Sam Reyes", "Told Dana.").Silent("Lost.", at+"/close")
	o.staff.Post(at+"/take", why()).Want(http.StatusConflict).Says("closed already")
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action like 'staff.task_%'`); n != 2 {
		t.Errorf("%d of 2 acts are noted", n)
	}
	for _, nothing := range []string{uuid.NewString(), "x"} {
		o.staff.Get("/admin/tasks/" + nothing).Want(404)
		o.staff.Post("/admin/tasks/"+nothing+"/take", why()).Want(404)
		o.staff.Post("/admin/tasks/"+nothing+"/close", url.Values{"note": {"x"}}).Want(404)
	}
}

func TestEveryKindOfTaskHasItsWords(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i, kind := range strings.Fields("refund dispute drift two_subscriptions object_missing price_unknown status_unknown api_version finalization_failed customer_mismatch") {
		id := uuid.Must(uuid.NewV7())
		o.exec(t, `insert into billing_tasks (id, kind, object_id) values ($1, $2, $3)`, id, kind, fmt.Sprintf("obj_%d", i))
		o.staff.Get("/admin/tasks/"+id.String()).Want(200).Silent(">"+kind+"<", "Look at the object at Stripe and close this")
	}
}

// The pages of a live key are those without /test.
func TestLinksToStripeAreOfTheModeOfTheKey(t *testing.T) {
	t.Parallel()
	o := officeOn(t, webtest.New(t, func(c *config.Config) { c.SecretKey = "sk_live_webtest" }))
	o.staff.Get("/admin/tasks/" + o.task.String()).Want(200).Silent("stripe.com/test")
	if page := o.staff.Get("/admin/tasks/" + o.task.String()); !strings.Contains(page.Body, `href="https://dashboard.stripe.com/disputes/dp_1"`) {
		t.Error("no link to the dispute in live mode")
	}
}

// What money went back for comes with the event, and what was known is brought up to date.
func TestRefundsAreTasksWithTheirAmount(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, staff := s.Staff(t, "Sam Reyes", sam)
	s.buy(t)
	s.st.Deliver(t)
	list := s.App.Billing.Stripe.Charges.List(&stripe.ChargeListParams{})
	if !list.Next() {
		t.Fatal("nothing was charged")
	}
	charge := list.Charge().ID
	for i, amount := range []int64{300, 600} {
		if _, err := s.App.Billing.Stripe.Refunds.New(&stripe.RefundParams{Charge: &charge, Amount: &amount}); err != nil {
			t.Fatal(err)
		}
		s.st.Deliver(t)
		staff.Get("/admin/tasks?kind=refund").Want(200).Says("one task", []string{"€3.00 · a part", "€9.00 · all of it"}[i])
	}
	s.b.Get("/orgs/acme/audit").Want(200).Says("noted that money went back")
}
