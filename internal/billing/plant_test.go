package billing_test

import (
	"fmt"
	"time"

	"plinth/internal/stripesim"
)

// plant makes what a case has many of: organizations with a subscription each, and invoices.
func (w *world) plant(g givenSpec) {
	w.t.Helper()
	if g.Subs > 0 {
		w.plantSubs(g.Subs, g.DriftRows)
	}
	n := 0
	for _, group := range g.Invoices {
		for range group.Count {
			w.plantInvoice(n, group)
			n++
		}
	}
	if n > 0 {
		w.mirror(n)
	}
}

// generated is one of the subscriptions that a case has many of.
func (w *world) generated(i int, price string) object {
	return w.subscription(object{"id": fmt.Sprintf("sub_g%d", i), "customer": fmt.Sprintf("cus_g%d", i), "quantity": 1.0, "price": price})
}

// plantSubs makes organizations of Ada's with their customers and subscriptions, here and at Stripe. The last drift
// rows are changed behind the app's back, half in the status and half in the quantity.
func (w *world) plantSubs(n, drift int) {
	w.t.Helper()
	for i := range n {
		w.put(object{"object": "customer", "id": fmt.Sprintf("cus_g%d", i), "name": "T"})
		w.put(w.generated(i, "price_pro_m"))
	}
	w.exec(`create temporary table planted as select i, gen_random_uuid() as tenant from generate_series(0, $1 - 1) i`, n)
	w.exec(`insert into tenants (id, slug, name, created_by, time_zone) select tenant, 't-' || i, 'T', $1, 'UTC' from planted`, w.s.Person.ID)
	w.exec(`insert into memberships (tenant_id, id, user_id, role) select tenant, gen_random_uuid(), $1, 'owner' from planted`, w.s.Person.ID)
	w.exec(`insert into billing_customers (tenant_id, stripe_customer_id, livemode) select tenant, 'cus_g' || i, true from planted`)
	w.exec(`insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, status, access_status, stripe_price_id,
			quantity, current_period_start, current_period_end, livemode, ticket, applied, updated_at)
		select tenant, gen_random_uuid(), 'sub_g' || i, 'cus_g' || i, true, 'active', 'active', 'price_pro_m', 1, $1, $2, true, 1, 1, $1 from planted`,
		zero().AddDate(0, 0, -1), time.Unix(1769904000, 0))
	w.exec(`insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
		select tenant_id, gen_random_uuid(), id, 'pro', stripe_price_id, 1, 4900, 'usd', $1 from subscriptions where stripe_subscription_id like 'sub_g%'`,
		zero().AddDate(0, 0, -20))
	w.exec(`update subscriptions s set quantity = 7 from planted p where p.tenant = s.tenant_id and p.i >= $1 and p.i % 2 = 0`, n-drift)
	w.exec(`update subscriptions s set status = 'past_due' from planted p where p.tenant = s.tenant_id and p.i >= $1 and p.i % 2 = 1`, n-drift)
}

// mismatches counts the generated rows that are not what the API says.
func (w *world) mismatches() int {
	w.t.Helper()
	n := 0
	for _, sub := range w.st.Sim.Subscriptions(0) {
		n += w.number(`select count(*) from subscriptions where stripe_subscription_id = $1
			and (status, access_status, stripe_price_id, quantity, current_period_end) is distinct from ($2, $2, $3, $4::bigint, to_timestamp($5))`,
			sub.ID, sub.Status, sub.Items[0].Price, sub.Items[0].Quantity, sub.CurrentPeriodEnd)
	}
	return n
}

// plantInvoice puts an invoice to Stripe.
func (w *world) plantInvoice(n int, group invoiceGroup) {
	w.t.Helper()
	if n == 0 {
		w.put(w.subscription(nil))
	}
	in := object{"object": "invoice", "id": fmt.Sprintf("in_p%d", n), "customer": "cus_A", "subscription": "sub_1", "status": group.Status,
		"currency": group.Currency, "total": group.Total, "amount_due": group.Total, "created": zero().Unix() - int64(n)*3600}
	if group.Status != "draft" {
		in["number"] = fmt.Sprintf("A-%04d", n)
	}
	w.put(in)
}

// mirror lets the app hear of the invoices, some at a time.
func (w *world) mirror(n int) {
	w.t.Helper()
	for i := range n {
		id := fmt.Sprintf("in_p%d", i)
		w.send(deliverSpec{ID: fmt.Sprintf("evt_p%d", i), Type: "invoice.updated", Created: zero().Unix(), Obj: object{"id": id, "customer": "cus_A", "subscription": "sub_1"}})
		if i%10 == 9 || i == n-1 {
			w.work()
		}
	}
}

// planLoad spreads the events of a load over its time. While the API is silent each job is tried once.
func (w *world) planLoad(of func(float64) *moment) {
	for i := range w.c.Load.Events {
		at := float64(int(w.c.Load.Over * float64(i) / float64(w.c.Load.Events)))
		of(at).do = append(of(at).do, func() { w.load(i) })
	}
	last := w.c.API[len(w.c.API)-1].At
	of(last).do = append(of(last).do, w.work)
}

// load sends the event of one subscription; each tenth is a failed payment, which has a mail.
func (w *world) load(i int) {
	w.t.Helper()
	sub, customer := fmt.Sprintf("sub_g%d", i), fmt.Sprintf("cus_g%d", i)
	d := deliverSpec{ID: fmt.Sprintf("evt_g%d", i), Type: "customer.subscription.updated", Created: w.site.App.Billing.Now().Unix(), Obj: object{"id": sub, "customer": customer}}
	if i%10 == 0 {
		d.Type, d.Obj = "invoice.payment_failed", object{"id": fmt.Sprintf("in_g%d", i), "customer": customer, "subscription": sub, "status": "open", "attempt_count": 1}
	}
	w.send(d)
	if status := w.statuses[len(w.statuses)-1]; status != 200 {
		w.t.Errorf("%s is answered %d", d.ID, status)
	}
	if err := w.site.Worker.Billing.ApplyEvent(w.ctx(), d.ID); err == nil {
		w.t.Errorf("%s is applied while nobody answers", d.ID)
	}
}

// wantPage looks at the billing page, and at others, in a browser that was there before.
func (w *world) wantPage(s stepSpec) {
	w.t.Helper()
	if s.Page == nil {
		return
	}
	// How long an event waits is real time.
	w.exec(`update stripe_events set received_at = received_at - make_interval(secs => $1)`, s.At)
	b := w.owner()
	w.st.Sim.ClearFaults()
	w.st.Sim.InjectFault(stripesim.Fault{Path: "/v1/", Wait: time.Minute}) // whoever asks now, waits
	begun := time.Now()
	p := b.Get("/orgs/t-1/billing").Want(s.Page.HTTP)
	if took := time.Since(begun); took > 2*time.Second {
		w.t.Errorf("the billing page takes %v while Stripe is silent", took)
	}
	if s.Page.Age {
		p.Says("Stripe has not answered since", "as of")
	}
	b.Get("/orgs/acme/billing").Want(200).Silent("Stripe has not answered since")
	for _, path := range []string{"/orgs/t-1", "/orgs/t-1/people", "/account", "/orgs"} {
		if p := b.Get(path); p.Status >= 500 {
			w.failing++
		}
	}
}
