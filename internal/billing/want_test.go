package billing_test

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"plinth/internal/billing/billingdb"
	"plinth/internal/scope"
)

// wantRow compares the columns that are named. Times are Unix seconds.
func (w *world) wantRow(want object) {
	w.t.Helper()
	if len(want) == 0 {
		return
	}
	rows, err := w.super.Query(w.ctx(), `select * from subscriptions where tenant_id = $1`, w.s.TenantID)
	if err != nil {
		w.t.Fatal(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToMap)
	if err != nil {
		w.t.Errorf("read the row: %v", err)
		return
	}
	for column, value := range want {
		got := row[column]
		if at, ok := got.(time.Time); ok {
			got = float64(at.Unix())
		}
		if n, ok := got.(int64); ok {
			got = float64(n)
		}
		if diff := cmp.Diff(value, got); diff != "" {
			w.t.Errorf("column %s (-want +got):\n%s", column, diff)
		}
	}
}

func (w *world) wantRows(want *int) {
	w.t.Helper()
	if want != nil {
		w.wantCount("subscriptions rows", *want, `select count(*) from subscriptions where tenant_id = $1`, w.s.TenantID)
	}
}

func (w *world) wantCount(what string, want int, sql string, args ...any) {
	w.t.Helper()
	if got := w.number(sql, args...); got != want {
		w.t.Errorf("%s: %d, want %d", what, got, want)
	}
}

func (w *world) number(sql string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.super.QueryRow(w.ctx(), sql, args...).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (w *world) wantEvents(want map[string]int) {
	w.t.Helper()
	if want == nil {
		return
	}
	for _, state := range []string{"queued", "applied", "parked", "ignored"} {
		// The events that the local Stripe itself has made of what the app did are not the case's.
		w.wantCount("events "+state, want[state], `select count(*) from stripe_events where state = $1 and length(id) < 10`, state)
	}
}

// wantAccess compares what the guard would give a member.
func (w *world) wantAccess(want string) {
	w.t.Helper()
	if want == "" {
		return
	}
	row, err := billingdb.New().AccessOfTenant(w.ctx(), w.super, w.s.TenantID)
	if err != nil {
		w.t.Fatal(err)
	}
	asked, plans := billingdb.AccessRow(row), w.site.App.Plans
	a := plans.Access(&asked, plans.Now())
	got := "plan"
	switch {
	case a.ReadOnly == scope.Unpaid:
		got = "readonly"
	case a.Plan.Key == plans.Free().Key:
		got = "free"
	case a.Status == "past_due":
		got = "grace"
	}
	if got != want {
		w.t.Errorf("at %s access is %s (%+v), want %s", plans.Now().Format(time.DateTime), got, asked, want)
	}
	if w.c.Expect.Plan != "" && got != "free" && a.Plan.Key != w.c.Expect.Plan {
		w.t.Errorf("the plan is %s, want %s", a.Plan.Key, w.c.Expect.Plan)
	}
}

// atRest makes the checks that hold in the end.
func (w *world) atRest() {
	w.t.Helper()
	x := w.c.Expect
	w.wantRow(x.Row)
	w.wantRows(x.Rows)
	var word string
	if json.Unmarshal(x.Access, &word) == nil {
		w.wantAccess(word)
	}
	w.wantAnswers(x)
	w.wantEffects(x.Effects)
}

func (w *world) wantEffects(e effectsSpec) {
	w.t.Helper()
	const jobs = `from river.river_job where kind = 'apply_stripe_event' and length(args->>'event_id') < 10`
	w.wantEvents(e.Events)
	for _, c := range []struct {
		what string
		want *int
		sql  string
	}{
		{"jobs", e.Jobs, `select count(*) ` + jobs},
		{"attempts", e.Attempts, `select coalesce(sum(attempt), 0) ` + jobs},
		{"failed attempts", e.JobErrors, `select coalesce(sum(cardinality(errors)), 0) ` + jobs},
		{"subscription changes", e.Changes, `select count(*) from subscription_changes`},
	} {
		if c.want != nil {
			w.wantCount(c.what, *c.want, c.sql)
		}
	}
	if e.Mails != nil {
		w.site.Settle(w.t)
		w.wantCount("mails", total(e.Mails), `select count(*) from mails`)
	}
	for kind, n := range e.Mails {
		w.wantCount("mails "+kind, n, `select count(*) from mails where kind = $1 and state = 'sent'`, kind)
	}
	for kind, n := range e.Audit {
		w.wantCount("audit "+kind, n, `select count(*) from events where action = 'billing.' || $1`, kind)
	}
	for kind, n := range e.Tasks {
		w.wantCount("tasks "+kind, n, `select count(*) from billing_tasks where kind = $1 and closed_at is null`, kind)
	}
	reads := w.st.Calls("GET /v1/subscriptions/")
	for name, n := range map[string]int{"subscriptions.get": reads, "subscriptions.list": w.st.Calls("GET /v1/subscriptions") - reads} {
		if want, ok := e.APICalls[name]; ok && !want.has(n) {
			w.t.Errorf("%d requests %s, want %v", n, name, want)
		}
	}
	if e.Keys != nil && w.st.Keys("/v1/subscription") != *e.Keys {
		w.t.Errorf("%d idempotency keys, want %d", w.st.Keys("/v1/subscription"), *e.Keys)
	}
	w.wantMany(e)
	if e.Invoices != nil {
		w.wantInvoices(e.Invoices.Listed, e.Invoices.Statuses, e.Invoices.Texts)
	}
	w.wantStripe(e.Stripe)
}

func total(by map[string]int) int {
	n := 0
	for _, x := range by {
		n += x
	}
	return n
}

// wantMany checks what a case says of many rows.
func (w *world) wantMany(e effectsSpec) {
	w.t.Helper()
	for _, c := range []struct {
		what string
		want *int
		have func() int
	}{
		{"members", e.MembersAtRest, func() int {
			return w.number(`select count(*) from memberships where tenant_id = $1 and left_at is null`, w.s.TenantID)
		}},
		{"mismatches", e.Mismatches, w.mismatches},
		{"rows written", e.RowsWritten, func() int {
			return w.number(`select count(*) from subscriptions where updated_at >= $1`, zero())
		}},
		{"drift reported", e.Drift, func() int { return w.drift }},
		{"pages that failed", e.Elsewhere, func() int { return w.failing }},
		{"mails doubled", e.Doubled, func() int {
			return len(w.site.Mails(w.t, ada)) - w.number(`select count(*) from billing_effects where id like 'payment_failed:%'`)
		}},
	} {
		if c.want == nil {
			continue
		}
		if have := c.have(); have != *c.want {
			w.t.Errorf("%s: %d, want %d", c.what, have, *c.want)
		}
	}
}

// wantAnswers compares the statuses of all answers, and how long they took.
func (w *world) wantAnswers(x expectSpec) {
	w.t.Helper()
	if x.HTTP == nil {
		return
	}
	got := slices.Clone(w.statuses)
	if x.AnyOrder {
		slices.Sort(got)
		slices.SortFunc(x.HTTP, func(a, b answerSpec) int { return a[0] - b[0] })
	}
	if !slices.EqualFunc(x.HTTP, got, slices.Contains) {
		w.t.Errorf("answers %v, want %v", got, x.HTTP)
	}
	for i, most := range x.Within {
		if most != nil && w.took[i].Seconds() > *most {
			w.t.Errorf("answer %d took %v, want %v s at most", i, w.took[i], *most)
		}
	}
}

// wantStripe checks what the local Stripe holds in the end.
func (w *world) wantStripe(want map[string]span) {
	w.t.Helper()
	got := map[string]func() int{
		"writes":                    func() int { return w.st.Calls("POST ") + w.st.Calls("DELETE ") },
		"customers_created":         func() int { return len(w.st.Sim.Customers(0)) - w.customers },
		"checkout_sessions_created": func() int { return len(w.st.Sim.Checkouts(0)) },
		"quantity":                  func() int { return int(w.st.Sim.Subscriptions(1)[0].Items[0].Quantity) },
		"quantity_updates":          func() int { return w.st.Calls("POST /v1/subscriptions/") },
		"usage":                     w.used,
		"proration_changes":         func() int { return w.st.Keys("/v1/subscriptions/sub_1") },
	}
	for name, n := range want {
		if got[name] == nil {
			w.t.Fatalf("the case asks for %s %v, which nobody counts", name, n)
		}
		if have := got[name](); !n.has(have) {
			w.t.Errorf("%s at Stripe: %d, want %v", name, have, n)
		}
	}
}
