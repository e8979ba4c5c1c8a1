package handlers_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"plinth/internal/dbtest"
	"plinth/jobs"
	"plinth/jobs/worker"
)

func TestListsOfTheBackOfficePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	conn := dbtest.Connect(t, o.Database.Owner)
	for i := range 120 {
		person, tenant := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		for _, sql := range []string{
			fmt.Sprintf(`insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at) values ('%s', 'p%d@many.example', 'Person %d', now(), '1', now())`, person, i, i),
			fmt.Sprintf(`insert into tenants (id, slug, name, created_by) values ('%s', 'many-%d', 'Many %d', '%s')`, tenant, i, i, person),
			fmt.Sprintf(`insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, status, access_status, livemode) values ('%s', '%s', 'sub_many_%d', 'cus_%d', 'canceled', 'canceled', false)`, tenant, person, i, i),
			fmt.Sprintf(`insert into stripe_events (id, type, created, livemode, payload, state) values ('evt_many_%d', 'customer.updated', now(), false, '{}', 'ignored')`, i),
			fmt.Sprintf(`insert into memberships (tenant_id, id, user_id, role) values ('%s', '%s', '%s', 'guest')`, o.acme.TenantID, tenant, person),
			fmt.Sprintf(`insert into account_events (id, user_id, action) values ('%s', '%s', 'account.mark_%d')`, tenant, o.sam.ID, i),
		} {
			if _, err := conn.Exec(context.Background(), sql); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
		}
	}
	insertJobs(t, o)
	for _, c := range []struct{ path, mark string }{
		{"/admin/users?q=many.example", "p%d@many.example"}, {"/admin/organizations?q=many", "many-%d"},
		{"/admin/subscriptions?status=canceled", "sub_many_%d"}, {"/admin/webhooks?state=ignored", "/admin/webhooks/evt_many_%d#replay"},
		{"/admin/webhooks?type=customer.updated", "/admin/webhooks/evt_many_%d#replay"}, {"/admin/jobs?queue=bulk", "0 of 1,%03d"},
		{"/admin/jobs?state=available&kind=purge_expired", "0 of 1,%03d"}, {"/admin/jobs/queues/bulk", "0 of 1,%03d"},
		{"/admin/organizations/" + o.acme.TenantID.String(), "p%d@many.example"}, {"/admin/users/" + o.sam.ID.String(), "account.mark_%d"},
	} {
		seen := o.readAll(t, c.path, c.mark, 120)
		for i, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s is on %d pages", c.path, fmt.Sprintf(c.mark, i), n)
			}
		}
	}
	o.staff.Get("/admin/users?after=nonsense&q=many.example").Want(200).Says("120 users", "First page")
}

func insertJobs(t *testing.T, o office) {
	t.Helper()
	_, err := dbtest.At(t, o.Database.Worker).Exec(context.Background(), `
		insert into river.river_job (kind, queue, state, args, max_attempts)
		select 'purge_expired', 'bulk', 'available', '{}', 1000 + n from generate_series(0, 119) n`)
	if err != nil {
		t.Fatal(err)
	}
}

// readAll follows a list to its end and counts on how many pages each of n marks was seen.
func (o office) readAll(t *testing.T, path, mark string, n int) []int {
	t.Helper()
	seen := make([]int, n)
	for pages := 0; path != ""; pages++ {
		if pages > 10 {
			t.Fatalf("%s has no end", path)
		}
		page := o.staff.Get(path).Want(200)
		for i := range seen {
			if holds(page.Body, fmt.Sprintf(mark, i)) {
				seen[i]++
			}
		}
		next := ""
		for _, link := range page.Links() {
			if strings.Contains(link, "after=") || strings.Contains(link, "people=") {
				next = link
			}
		}
		path = next
	}
	return seen
}

// holds says whether the page has the mark, and not only as the beginning of a longer number.
func holds(body, mark string) bool {
	for rest := body; ; {
		i := strings.Index(rest, mark)
		if i < 0 {
			return false
		}
		rest = rest[i+len(mark):]
		before := body[:len(body)-len(rest)-len(mark)]
		if !digit(rest) && !strings.HasSuffix(before, "x") && (before == "" || !letterOrDigit(before[len(before)-1])) {
			return true
		}
	}
}

func digit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func letterOrDigit(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' }

func (o office) jobState(t *testing.T, id int64) string {
	t.Helper()
	return o.one(t, `select state::text || ' ' || max_attempts from river.river_job where id = $1`, id)
}

// lastAct is the newest thing that staff did, with what it was done to.
func (o office) lastAct(t *testing.T) string {
	t.Helper()
	return o.one(t, `select action || ' ' || coalesce(changes -> 'object' ->> 1, changes -> 'why' ->> 1) from account_events
		where actor_id = $1 and action like 'staff.%' order by at desc, id desc limit 1`, o.sam.ID)
}

func TestRetryAndCancelChangeTheJob(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	path := fmt.Sprintf("/admin/jobs/%d", o.job)
	page := o.staff.Get(path).Want(200).Says("send_reset", "no such mailbox", "Attempt 3", "3 of 3", "token_id")
	if page.HasForm(path + "/cancel") {
		t.Error("a job that has failed for good offers to be cancelled")
	}
	press(o.staff.Get(path), fmt.Sprintf("/admin/jobs/%d/retry", o.job)).Want(200).At(path).Says("A worker takes the job now")
	if got := o.jobState(t, o.job); got != "available 4" {
		t.Errorf("after the retry the job is %s", got)
	}
	if got, want := o.lastAct(t), fmt.Sprintf("staff.job_retried job %d", o.job); got != want {
		t.Errorf("noted %q, want %q", got, want)
	}
	o.staff.Post(path+"/retry", why()).Want(http.StatusConflict).Says("nothing to try again")
	press(o.staff.Get(path), fmt.Sprintf("/admin/jobs/%d/cancel", o.job)).Want(200).Says("The job is cancelled")
	if got := o.jobState(t, o.job); got != "cancelled 4" {
		t.Errorf("after the cancel the job is %s", got)
	}
	o.staff.Post(path+"/cancel", why()).Want(http.StatusConflict).Says("has ended already")
	if got, want := o.lastAct(t), fmt.Sprintf("staff.job_cancelled job %d", o.job); got != want {
		t.Errorf("noted %q, want %q", got, want)
	}
	if got := o.one(t, `select count(*)::text from account_events where actor_id = $1 and action like 'staff.%'`, o.sam.ID); got != "2" {
		t.Errorf("%s acts are noted; refused ones leave nothing", got)
	}
	o.staff.Get("/admin/users/"+o.sam.ID.String()).Want(200).Says("staff.job_cancelled", fmt.Sprintf("object job %d", o.job))
	o.staff.Post("/admin/jobs/999999/retry", why()).Want(404)
	o.staff.Post("/admin/jobs/999999/cancel", why()).Want(404)
}

func TestPauseStopsAQueue(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := context.Background()
	o.staff.Get("/admin/jobs/queues/critical").Want(200).Says("No worker has opened this queue yet")
	o.staff.Post("/admin/jobs/queues/critical/pause", why()).Want(404)
	client, err := o.Worker.Worker(worker.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), FetchCooldown: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	turns, stop := client.Subscribe(river.EventKindQueuePaused, river.EventKindQueueResumed, river.EventKindJobCompleted, river.EventKindJobCancelled)
	defer stop()
	if err := client.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Stop(ctx) }()
	await := func(what string, is func(*river.Event) bool) {
		t.Helper()
		late := time.After(20 * time.Second)
		for {
			select {
			case e := <-turns:
				if is(e) {
					return
				}
			case <-late:
				t.Fatalf("%s: nothing happened", what)
			}
		}
	}
	ended := func(kind string) func(*river.Event) bool {
		return func(e *river.Event) bool { return e.Job != nil && e.Job.Kind == kind }
	}
	press(o.staff.Get("/admin/jobs/queues/critical").Want(200).Says("Jobs that run are finished"), "/admin/jobs/queues/critical/pause").Want(200).Says("The queue is paused", "Resume the queue")
	await("pause", func(e *river.Event) bool { return e.Kind == river.EventKindQueuePaused && e.Queue.Name == "critical" })

	o.enqueue(t, jobs.SendReset{TokenID: uuid.New()}) // its token is unknown, so a worker that takes it cancels it
	o.enqueue(t, jobs.PurgeExpired{})
	await("the other queue", ended("purge_expired"))
	state := `select state::text from river.river_job where kind = 'send_reset' order by id desc limit 1`
	if got := o.one(t, state); got != "available" {
		t.Errorf("in the paused queue the job is %s", got)
	}
	press(o.staff.Get("/admin/jobs/queues/critical").Want(200).Says("Paused", "Waiting 1"), "/admin/jobs/queues/critical/resume").Want(200).Says("The queue runs again")
	await("resume", ended("send_reset"))
	if got := o.one(t, state); got != "cancelled" {
		t.Errorf("after the resume the job is %s", got)
	}
	if got := o.lastAct(t); got != "staff.queue_resumed critical" {
		t.Errorf("noted %q", got)
	}
	o.staff.Post("/admin/jobs/queues/*/pause", why()).Want(404)
	o.staff.Post("/admin/jobs/queues/none/resume", why()).Want(404)
}

func (o office) enqueue(t *testing.T, args jobs.Args) {
	t.Helper()
	err := o.App.DB.InGlobal(context.Background(), func(ctx context.Context, tx txn) error { return o.App.Queue.EnqueueTx(ctx, tx, args) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestReplayQueuesTheEventAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	path := "/admin/webhooks/" + o.event
	o.staff.Get(path).Want(200).Submit(path+"/replay", "why", " ").Want(http.StatusUnprocessableEntity).Says("Say why.")
	o.staff.Get(path).Want(200).Says("Parked", "No job of this event is kept").
		Submit(path+"/replay", "why", "It was parked.").Want(200).At(path).Says("The event is queued again", "apply_stripe_event", "Waiting")
	if got := o.one(t, `select state || ' ' || note from stripe_events where id = $1`, o.event); got != "queued " {
		t.Errorf("the event is %s", got)
	}
	if got := o.one(t, `select state::text || ' ' || (args ->> 'event_id') from river.river_job where kind = 'apply_stripe_event'`); got != "available "+o.event {
		t.Errorf("the job is %s", got)
	}
	if got := o.lastAct(t); got != "staff.webhook_replayed "+o.event {
		t.Errorf("noted %q", got)
	}
	o.staff.Post("/admin/webhooks/evt_none/replay", url.Values{"why": {"x"}}).Want(404)
	o.staff.Post("/admin/webhooks/evt_none/replay", why()).Want(404)
	o.staff.Get("/admin/webhooks/evt_nobody").Want(200)
	if got := o.lastAct(t); got != "staff.webhook_viewed evt_nobody" {
		t.Errorf("noted %q, and what a customer of nobody's sent was read", got)
	}
	if got := o.one(t, `select count(*)::text from river.river_job where kind = 'apply_stripe_event'`); got != "1" {
		t.Errorf("%s jobs were added", got)
	}
}
