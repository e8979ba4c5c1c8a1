package billing_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/test/webtest"
)

// act does what a case says happens on our side: requests of people over HTTP, and runs of jobs.
func (w *world) act(a actSpec) {
	w.t.Helper()
	switch a.Do {
	case "checkout":
		w.checkout(a)
	case "accept_invitation":
		w.accept(a)
	case "cancel_now":
		path := func(int) string { return "/orgs/acme/billing/cancel" }
		w.ask(slices.Repeat([]*webtest.Browser{w.owner()}, a.Count), path, url.Values{"now": {"true"}}, a.Parallel)
	case "report_usage":
		w.reportUsage(a)
	case "seat_sync":
		w.seats()
	case "seat_reconcile":
		w.sync()
		w.seats()
	case "billing_sync":
		w.sync()
		w.sweep()
	default:
		w.t.Fatalf("nobody does %q", a.Do)
	}
	w.work()
	for _, id := range w.st.Fresh() {
		body := w.st.Event(w.t, id)
		if status := w.site.Webhook(body, webtest.Sign(body, newSecret, time.Now())); status != 200 {
			w.t.Errorf("%s was answered %d", id, status)
		}
		w.st.Skip()
	}
	w.work()
}

// sync compares all subscriptions, as the nightly job does, and reads the report.
func (w *world) sync() []billing.Drift {
	w.t.Helper()
	b, run := w.site.Worker.Billing, uuid.Must(uuid.NewV7())
	if err := b.BeginSync(w.ctx(), run); err != nil {
		w.t.Fatal(err)
	}
	var all []billing.Drift
	for after, more := "", true; more; more = after != "" {
		found, next, err := b.SyncPage(w.ctx(), run, after)
		if err != nil {
			w.t.Fatal(err)
		}
		all, after = append(all, found...), next
	}
	runs, err := b.Runs(w.ctx(), 1)
	if err != nil || len(runs) != 1 || runs[0].ID != run || runs[0].FinishedAt == nil || runs[0].Differed != int64(len(all)) {
		w.t.Fatalf("the report of a run that found %d is %+v, %v", len(all), runs, err)
	}
	w.drift, w.looked = int(runs[0].Differed), int(runs[0].LookedAt)
	return all
}

// ask sends the same form from each browser, at once or one after the other, and notes the answers.
func (w *world) ask(from []*webtest.Browser, at func(i int) string, form url.Values, parallel bool) []*webtest.Page {
	pages := make([]*webtest.Page, len(from))
	var all sync.WaitGroup
	for i, b := range from {
		one := func() { pages[i] = b.Request("POST", at(i), form, nil) }
		if parallel {
			all.Go(one)
		} else {
			one()
		}
	}
	all.Wait()
	for _, p := range pages {
		w.statuses, w.took = append(w.statuses, p.Status), append(w.took, 0)
	}
	return pages
}

func (w *world) owner() *webtest.Browser {
	w.t.Helper()
	return w.site.SignIn(w.t, ada)
}

// reportUsage reports an hour in which so much was used beyond what the plan includes, again when it fails.
func (w *world) reportUsage(a actSpec) {
	w.t.Helper()
	b := w.site.Worker.Billing
	plan, _ := b.Plans.Plan("pro")
	b.Stored = func(context.Context, uuid.UUID) (int64, error) {
		return a.Quantity*gigabytes + int64(plan.Limits.StorageMB)*1_000_000, nil
	}
	for range 3 {
		if err := b.ReportUsage(w.ctx(), w.s.TenantID, time.Unix(a.Hour, 0)); err == nil {
			return
		}
	}
	w.t.Error("the use is not reported after three tries")
}

// used is what the local Stripe has counted for the meter.
func (w *world) used() int {
	w.t.Helper()
	m := &metered{shopOfMeter: &shopOfMeter{t: w.t, site: w.site, st: w.st, s: w.s, sub: "sub_1"}}
	return int(m.used())
}

var leaving = regexp.MustCompile(`href="(http[^"]+/pay/[^"]+)"`)

// checkout asks for Checkout; everybody is led to the same page.
func (w *world) checkout(a actSpec) {
	w.t.Helper()
	b := w.owner()
	from := []*webtest.Browser{b}
	for range a.Count - 1 {
		from = append(from, b.Clone())
	}
	path := func(int) string { return "/orgs/acme/billing/checkout" }
	to := map[string]bool{}
	for _, p := range w.ask(from, path, url.Values{"plan": {a.Plan}, "interval": {"month"}}, a.Parallel) {
		found := leaving.FindStringSubmatch(p.Body)
		if found == nil {
			w.t.Fatalf("the answer leads nowhere: %s", p.Text())
		}
		to[found[1]] = true
	}
	if len(to) != 1 {
		w.t.Errorf("the answers lead to %v", to)
	}
}

// guest is somebody with an open invitation.
type guest struct{ email, link string }

// invite has the owner invite so many people, who have accounts.
func (w *world) invite(n int) {
	w.t.Helper()
	if n == 0 {
		return
	}
	var emails []string
	for i := range n {
		emails = append(emails, fmt.Sprintf("nina%d@example.com", i))
		w.site.Account(w.t, "Nina", emails[i])
	}
	w.owner().Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", strings.Join(emails, "\n"), "role", "member").Want(200)
	for _, email := range emails {
		w.invited = append(w.invited, guest{email: email, link: w.site.Link(w.t, email)})
	}
}

// accept has the invited accept. The coalesced job for the seats follows, as often as it was queued.
func (w *world) accept(a actSpec) {
	w.t.Helper()
	var from []*webtest.Browser
	for _, g := range w.invited[:a.Count] {
		from = append(from, w.site.SignIn(w.t, g.email))
	}
	w.ask(from, func(i int) string { return w.invited[i].link + "/accept" }, url.Values{}, a.Parallel)
	w.passOn()
	for range w.number(`select count(*) from river.river_job where kind = 'sync_seats'`) {
		w.seats()
	}
}

// passOn makes jobs of the events so far.
func (w *world) passOn() {
	w.t.Helper()
	if _, err := w.site.Worker.Events.All(w.ctx()); err != nil {
		w.t.Fatal(err)
	}
}

// wantInvoices follows the list of invoices to its end.
func (w *world) wantInvoices(listed int, statuses, texts []string) {
	w.t.Helper()
	b, shown, rows, pages := w.owner(), "", 0, 0
	for next := "/orgs/acme/billing/invoices"; next != ""; pages++ {
		p := b.Get(next).Want(200)
		rows += strings.Count(p.Body, "<td class=\"key\"")
		shown += " " + p.Text()
		next = ""
		for _, link := range p.Links() {
			if strings.HasPrefix(link, "/orgs/acme/billing/invoices?after=") {
				next = link
			}
		}
	}
	if rows != listed || pages < 2 {
		w.t.Errorf("%d invoices on %d pages, want %d on several", rows, pages, listed)
	}
	words := map[string]string{"open": "Open", "paid": "Paid", "uncollectible": "Written off", "void": "Void", "draft": "Draft"}
	for status, word := range words {
		if want := slices.Contains(statuses, status); strings.Contains(shown, word) != want {
			w.t.Errorf("%q is shown: %v, want %v", word, !want, want)
		}
	}
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			w.t.Errorf("%q is not shown", text)
		}
	}
}
