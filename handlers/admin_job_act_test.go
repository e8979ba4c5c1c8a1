package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/pulse"
	"plinth/jobs"
)

// manyJobs puts in jobs that have failed for good.
func (o office) manyJobs(t *testing.T, n int, kind, queue string) {
	t.Helper()
	if _, err := dbtest.At(t, o.Database.Worker).Exec(t.Context(), `
		insert into river.river_job (kind, queue, state, args, attempt, max_attempts, attempted_at, finalized_at)
		select $1, $2, 'discarded', jsonb_build_object('tenant_id', $3::text), 3, 3, now(), now() from generate_series(1, $4)`, kind, queue, o.acme.TenantID, n); err != nil {
		t.Fatal(err)
	}
}

func (o office) states(t *testing.T, kind string) string {
	t.Helper()
	return o.one(t, `select coalesce(string_agg(state || ' ' || n, ', ' order by state), '') from (select state::text, count(*) as n from river.river_job where kind = $1 group by 1) s`, kind)
}

func TestAllJobsOfAFilterAreRetried(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.manyJobs(t, 12, "notify_ticket", "default")
	o.manyJobs(t, 3, "sync_seats", "critical")
	o.staff.Get("/admin/jobs?state=discarded&kind=notify_ticket").Want(200).Says("12 jobs", "Retry all of these").Silent("Cancel all of these")
	o.staff.Get("/admin/jobs").Want(200).Silent("Retry all of these", "Cancel all of these") // never all there are
	ask := o.staff.Get("/admin/jobs/bulk?act=retry&state=discarded&kind=notify_ticket").Want(200).Says("These are 12 jobs.", "Kind: notify_ticket", "State: Failed")
	ask.Submit("/admin/jobs/bulk", "why", " ").Want(http.StatusUnprocessableEntity).Says("Say why.", "These are 12 jobs.").
		Submit("/admin/jobs/bulk", "why", "The provider is back.").Want(200).Says("It was done to 12 jobs.")
	if got := o.states(t, "notify_ticket"); got != "available 12" {
		t.Errorf("the jobs are %s", got)
	}
	if got := o.states(t, "sync_seats"); got != "discarded 3" {
		t.Errorf("others are %s", got)
	}
	if got := o.lastAct(t); got != "staff.jobs_retried discarded · notify_ticket" {
		t.Errorf("noted %q", got)
	}
	ask.Submit("/admin/jobs/bulk", "why", "Twice.").Want(http.StatusConflict).Says("No job is left")
}

func TestAllJobsOfAFilterAreCancelled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	insertJobs(t, o)
	o.manyJobs(t, 4, "purge_expired", "bulk") // these have ended already
	ask := o.staff.Get("/admin/jobs/bulk?act=cancel&queue=bulk").Want(200).Says("These are 120 jobs.", "those that run are told to end")
	form := ask.Form("/admin/jobs/bulk")
	form.Set("why", "The flood.")
	o.staff.Post("/admin/jobs/bulk", form).Want(200).Says("It was done to 120 jobs.")
	o.staff.Post("/admin/jobs/bulk", form).Want(http.StatusConflict) // sent twice, nothing is left
	if got := o.states(t, "purge_expired"); got != "cancelled 120, discarded 4" {
		t.Errorf("the jobs are %s", got)
	}
	for _, bad := range []url.Values{
		{"why": {"x"}}, {"why": {"x"}, "act": {"retry"}, "id": {uuid.NewString()}}, {"why": {"x"}, "act": {"burn"}, "state": {"discarded"}, "id": {uuid.NewString()}},
		{"why": {"x"}, "act": {"retry"}, "state": {"discarded"}},
	} {
		o.staff.Post("/admin/jobs/bulk", bad).Want(http.StatusUnprocessableEntity)
	}
	o.staff.Get("/admin/jobs/bulk?act=retry").Want(200).Says("No job is left that this could be done to")
	if got := o.one(t, `select count(*)::text from account_events where action = 'staff.jobs_cancelled'`); got != "1" {
		t.Errorf("%s acts are noted", got)
	}
}

// More than two hundred are for the background: in steps, each job once, and what is added meanwhile is not meant.
func TestManyJobsAreActedOnInSteps(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.manyJobs(t, 450, "notify_ticket", "default")
	o.staff.Get("/admin/jobs/bulk?act=cancel&kind=act_on_jobs").Want(200).Says("No job is left")
	ask := o.staff.Get("/admin/jobs/bulk?act=retry&tenant=ACME").Want(200).Says("These are 450 jobs.", "in the background", "Organization: ACME")
	form := ask.Form("/admin/jobs/bulk")
	form.Set("why", "The provider was away.")
	page := o.staff.Post("/admin/jobs/bulk", form).Want(200).Says("0 of 450", "It goes on when you leave this page")
	if !strings.Contains(page.Body, `hx-trigger="every 2s"`) {
		t.Error("how far it is does not show by itself")
	}
	at := page.Path
	o.staff.Post("/admin/jobs/bulk", form).Want(200).At(at) // sent twice
	if got := o.states(t, "act_on_jobs"); got != "available 1" {
		t.Errorf("steps: %s", got)
	}
	o.exec(t, `update river.river_job set state = 'completed' where id in (select id from river.river_job where kind = 'notify_ticket' order by id limit 2)`)
	o.manyJobs(t, 5, "notify_ticket", "default")
	id := uuid.MustParse(at[strings.LastIndex(at, "/")+1:])
	for range 2 { // a worker that died, and the one that took over
		if more, err := o.Worker.Admin.ActOnJobs(t.Context(), id); err != nil || more {
			t.Fatalf("more %v, %v", more, err)
		}
	}
	if got := o.states(t, "notify_ticket"); got != "available 448, completed 2, discarded 5" {
		t.Errorf("the jobs are %s", got)
	}
	o.staff.Get(at).Want(200).Says("It was done to 448 jobs.", "2 had gone on meanwhile and were left.").Silent("every 2s")
	o.exec(t, `update job_acts set created_at = now() - interval '31 days'`)
	if err := o.Worker.Admin.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.staff.Get(at).Want(404)
}

func TestKindsOfJobs(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i := range 10 {
		o.Worker.Pulse.Observe(pulse.Job, "sync_seats", 300*time.Millisecond, i < 2)
		o.Worker.Pulse.Observe(pulse.Wait, "sync_seats", 12*time.Second, false)
	}
	o.staff.Get("/admin/jobs/kinds").Want(200).Says("send_reset 0 – 0 ms 0 ms 0 ms 1 20.0 s")
	if err := o.Worker.Pulse.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.staff.Get("/admin/jobs/kinds").Want(200).Says("sync_seats 10 80.0 % 350 ms 485 ms 29.0 s 0 30.0 s")
}

// Every kind says within which time it ends; none may take longer than the worker lets it.
func TestEveryKindHasATimeOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.Worker.Worker(quietWorker()); err != nil {
		t.Error(err) // names the kinds that have none
	}
	for _, kind := range []string{"send_reset", "purge_all_trash", "run_import"} {
		if d, ok := jobs.TimeoutOf(kind); !ok || d <= 0 || d > jobs.Timeout {
			t.Errorf("%s: %s", kind, d)
		}
	}
	if _, ok := jobs.TimeoutOf("none"); ok {
		t.Error("a kind that nobody knows has a time")
	}
}

func TestAJobSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var id int64
	if err := dbtest.At(t, o.Database.Worker).QueryRow(t.Context(), `
		insert into river.river_job (kind, queue, state, args, metadata, attempt, max_attempts, attempted_at, finalized_at)
		values ('sync_seats', 'critical', 'completed', jsonb_build_object('tenant_id', $1::text, 'left', 'Dana <dana@example.com>', 'more', jsonb_build_array('two words', 'word')),
			'{"request": "ABCDEFGHJKMNPQRS"}', 1, 3, now() - interval '2 seconds', now()) returning id`, o.acme.TenantID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	page := o.staff.Get(fmt.Sprintf("/admin/jobs/%d", id)).Want(200).Says("Time-out 30.0 s", "[redacted]", `"word"`, "Attempt 1", "the last attempt took 2.0 s", "Request "+request).Silent("dana@example.com", "two words")
	if !strings.Contains(page.Body, "/admin/organizations/"+o.acme.TenantID.String()) || !strings.Contains(page.Body, "/admin/requests/"+request) {
		t.Error("it leads neither to its organization nor to its request")
	}
	o.staff.Get("/admin/jobs?tenant=acme").Want(200).Says("one job", "sync_seats")
	o.staff.Get("/admin/jobs?tenant="+o.acme.TenantID.String()+"&state=completed").Want(200).Says("one job", "sync_seats")
	o.staff.Get("/admin/jobs?tenant=none").Want(200).Says("No job is here")
}
