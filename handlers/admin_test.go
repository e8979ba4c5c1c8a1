package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/test/webtest"
	"plinth/views/ui/uitest"
	"plinth/web"
)

// office is a site with a customer, a member of staff and something in every list of the back-office.
type office struct {
	*webtest.Site
	acme  scope.Scope
	staff *webtest.Browser
	sam   scope.Person
	job   int64 // one that failed for good
	event string
	task  uuid.UUID // a dispute
	mail  uuid.UUID // one in the log
	note  uuid.UUID // of acme, by sam
	wait  uuid.UUID // a sign-up that waits
	act   uuid.UUID // on many jobs
	sub   uuid.UUID // of acme
	hook  uuid.UUID // a webhook of acme
	post  uuid.UUID // what was posted to it
	said  uuid.UUID // an announcement

	picture string // the name of the owner's
}

const (
	sam     = "sam@plinth.example"
	request = "ABCDEFGHJKMNPQRS" // the id of one that made an event
	hostile = `<script>alert("x")</script>`
)

func newOffice(t *testing.T) office {
	t.Helper()
	return officeOn(t, webtest.New(t))
}

func officeOn(t *testing.T, s *webtest.Site) office {
	t.Helper()
	o := office{Site: s, event: "evt_1QNhostile", task: uuid.Must(uuid.NewV7()), mail: uuid.Must(uuid.NewV7()),
		note: uuid.Must(uuid.NewV7()), wait: uuid.Must(uuid.NewV7()), hook: uuid.Must(uuid.NewV7()), post: uuid.Must(uuid.NewV7()), act: uuid.New(), said: uuid.Must(uuid.NewV7())}
	o.acme = s.Org(t, s.Account(t, "Dana "+hostile, dana), "acme", "Acme "+hostile)
	o.sam, o.staff = s.Staff(t, "Sam Reyes", sam)
	sub, tenant := uuid.Must(uuid.NewV7()), o.acme.TenantID
	o.sub = sub
	o.exec(t, `insert into billing_customers (tenant_id, stripe_customer_id, livemode) values ($1, 'cus_acme', false)`, tenant)
	o.exec(t, `insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, is_current, status, access_status, quantity, livemode)
		values ($1, $2, 'sub_acme', 'cus_acme', true, 'active', 'active', 7, false)`, tenant, sub)
	for i, amount := range []int{8000, 5600} {
		o.exec(t, `insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
			values ($1, $2, $3, 'team', 'price_x', 7, $4, 'usd', $5)`, tenant, uuid.Must(uuid.NewV7()), sub, amount, time.Now().Add(time.Duration(i-1)*time.Minute))
	}
	o.exec(t, `insert into invoices (tenant_id, id, stripe_invoice_id, stripe_customer_id, number, status, currency, total, amount_due, amount_paid, issued_at)
		values ($1, $2, 'in_1', 'cus_acme', 'ACME-0001', 'paid', 'usd', 5600, 0, 5600, now())`, tenant, uuid.New())
	o.exec(t, `insert into stripe_events (id, type, created, livemode, object_id, customer_id, payload, state, note)
		values ($1, 'invoice.paid', now(), false, 'in_1', 'cus_acme', jsonb_build_object('name', $2::text), 'parked', $2)`, o.event, hostile)
	o.exec(t, `insert into stripe_events (id, type, created, livemode, object_id, customer_id, payload, state, note)
		values ('evt_nobody', 'customer.subscription.created', now(), false, 'sub_nobody', 'cus_nobody', '{}', 'parked', 'no organization has this customer')`)
	o.exec(t, `insert into billing_tasks (id, kind, object_id, tenant_id, detail) values ($1, 'dispute', 'dp_1', $2, $3)`, o.task, tenant, hostile)
	o.exec(t, `insert into mails (id, key, kind, tenant_id, recipient, subject, state, error, answer, detail, outcome_at, outcome)
		values ($1, 'planted', 'planted', $2, 'planted@example.com', $3, 'sent', $3, $3, $3, now(), 'delivered')`, o.mail, tenant, hostile)
	o.exec(t, `insert into staff_notes (id, tenant_id, staff_id, body) values ($1, $2, $3, $4)`, o.note, tenant, o.sam.ID, hostile)
	o.exec(t, `insert into signups (id, email, name, password_hash, terms_version, expires_at) values ($1, 'wait@example.com', $2, 'x', '1', now() + interval '1 hour')`, o.wait, hostile)
	o.exec(t, `insert into webhook_endpoints (tenant_id, id, url, description, secret, state, paused_for, paused_at, created_by, created_at, updated_at)
		values ($1, $2, 'https://hooks.example.com/in?token=canary-of-an-address', $3, 'canary-of-a-secret', 'paused', 'failing', now(), $4, now(), now())`, tenant, o.hook, hostile, o.acme.Person.ID)
	o.exec(t, `insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, state, attempts, next_at, queued_at, created_at, ended_at, last_status, last_error)
		values ($1, $2, $3, 'ticket.created', jsonb_build_object('title', $4::text), 'failed', 1, now(), now(), now(), now(), 500, $4)`, tenant, o.hook, o.post, hostile)
	o.exec(t, `insert into webhook_attempts (tenant_id, id, endpoint_id, event_id, at, took_ms, signature, status, answer, error)
		values ($1, gen_random_uuid(), $2, $3, now(), 12, 'v1,canary-of-a-signature', 500, $4, $4)`, tenant, o.hook, o.post, hostile)
	o.exec(t, `insert into announcements (id, text, level, audience, dismissible, starts_at, ends_at, created_by)
		values ($1, $2, 'warning', 'everybody', true, now() + interval '1 day', now() + interval '2 days', $3)`, o.said, hostile, o.sam.ID)
	o.exec(t, `insert into flags (key, rule) values ('signups', 'on'), ($1, 'off')`, hostile)
	o.job = o.failedJob(t, "send_reset", "mail")
	o.exec(t, `insert into job_acts (id, act, state, kind, queue, tenant, upto, total) values ($1, 'retry', 'discarded', $2, '', '', 9, 300)`, o.act, hostile)
	o.exec(t, `insert into events (tenant_id, id, actor_id, action, object_kind, request_id) values ($1, $2, $3, 'ticket.created', 'ticket', $4)`, tenant, uuid.New(), o.acme.Person.ID, request)
	var err error
	if o.picture, err = o.App.Pictures.Set(t.Context(), o.acme.Person, users.PictureForm{ID: uuid.New(), Data: webtest.PNG(t, 1).Data}, users.From{}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o office) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := dbtest.At(t, o.Database.Owner).Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (o office) one(t *testing.T, sql string, args ...any) string {
	t.Helper()
	var out string
	if err := dbtest.At(t, o.Database.Owner).QueryRow(context.Background(), sql, args...).Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// why is a reason, as every act asks for.
func why() url.Values { return url.Values{"why": {"A test."}} }

// press sends the form of a button, and the reason when it is asked for.
func press(page *webtest.Page, path string) *webtest.Page {
	return page.Submit(path).Want(http.StatusUnprocessableEntity).Says("Nothing is done without a reason").Submit(path, "why", "A test.")
}

// failedJob puts in a job that used all its attempts.
func (o office) failedJob(t *testing.T, kind, queue string) int64 {
	t.Helper()
	var id int64
	err := dbtest.At(t, o.Database.Worker).QueryRow(context.Background(), `
		insert into river.river_job (kind, queue, state, args, attempt, max_attempts, attempted_at, finalized_at, errors, attempted_by)
		values ($1, $2, 'discarded', jsonb_build_object('token_id', $3::text), 3, 3, now(), now(),
			array[jsonb_build_object('at', now(), 'attempt', 3, 'error', $4::text, 'trace', 'goroutine 1')], array['worker-1'])
		returning id`, kind, queue, uuid.NewString(), "no such mailbox "+hostile).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// paths are all addresses of the back-office, filled with ids that are there.
func (o office) paths(t *testing.T) map[string]web.Route {
	t.Helper()
	all := map[string]web.Route{}
	for _, r := range o.Routes {
		if !strings.HasPrefix(r.Path, "/admin") {
			continue
		}
		id := map[string]string{
			"users": o.acme.Person.ID.String(), "organizations": o.acme.TenantID.String(), "webhooks": o.event, "jobs": fmt.Sprint(o.job),
			"tasks": o.task.String(), "mails": o.mail.String(), "notes": o.note.String(), "signups": o.wait.String(), "announcements": o.said.String(), "customers": "cus_nobody", "requests": request, "outbox": o.acme.TenantID.String() + "_" + o.hook.String() + "_" + o.post.String(),
		}[strings.Split(r.Path+"//", "/")[2]]
		if strings.HasPrefix(r.Path, "/admin/jobs/bulk/") {
			id = o.act.String()
		}
		path := strings.NewReplacer("{id}", id, "{queue}", "mail", "{key}", "signups", "{sub}", o.sub.String(), "{hook}", o.hook.String(), "{file}", strings.Replace(o.picture, ".", "-64.", 1)).Replace(r.Path)
		if strings.Contains(path, "{") {
			t.Fatalf("%s has a part this test cannot fill", r.Pattern())
		}
		all[r.Method+" "+path] = r
	}
	if len(all) < 15 {
		t.Fatalf("%d routes: the table is not read", len(all))
	}
	return all
}

func TestBackOfficeIsForStaffAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	owner, nobody := o.SignIn(t, dana), o.Browser(t)
	before := o.one(t, `select count(*)::text from account_events where action like 'staff.%'`)
	for request, r := range o.paths(t) {
		_, path, _ := strings.Cut(request, " ")
		owner.Request(r.Method, path, nil, nil).Want(http.StatusNotFound).Silent("sam@plinth.example", "cus_acme")
		if r.Method == http.MethodPost {
			nobody.Request(r.Method, path, nil, nil).Want(http.StatusUnauthorized)
		} else {
			nobody.Get(path).Want(http.StatusOK).At("/signin")
		}
	}
	if after := o.one(t, `select count(*)::text from account_events where action like 'staff.%'`); after != before {
		t.Error("somebody who is not staff acted as staff")
	}
	if got := o.one(t, `select state::text from river.river_job where id = $1`, o.job); got != "discarded" {
		t.Errorf("the job is %s", got)
	}
}

func TestBackOfficePagesAreWhole(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for request, r := range o.paths(t) {
		if r.Method != http.MethodGet {
			continue
		}
		_, path, _ := strings.Cut(request, " ")
		page := o.staff.Get(path).Want(http.StatusOK).Silent(hostile)
		if strings.HasSuffix(r.Path, "/{file}") {
			continue // a picture
		}
		for _, problem := range uitest.Problems(page.Body) {
			t.Errorf("%s: %s", path, problem)
		}
	}
	for _, path := range []string{
		"/admin/users/" + uuid.NewString(), "/admin/users/x", "/admin/organizations/" + uuid.NewString(), "/admin/webhooks/evt_none",
		"/admin/webhooks/%00", "/admin/jobs/bulk/" + uuid.NewString(), "/admin/jobs/bulk/x", "/admin/requests/AAAAAAAAAAAAAAAA", "/admin/requests/%00", "/admin/webhooks/%ff", "/admin/jobs/999999", "/admin/jobs/x", "/admin/jobs/queues/none", "/admin/jobs/queues/%00",
		"/admin/flags/none", "/admin/flags/%00", "/admin/announcements/" + uuid.NewString(), "/admin/announcements/x",
	} {
		o.staff.Get(path).Want(http.StatusNotFound)
	}
}

// Session, guard and the page's batch; where looking is noted, the note's transaction comes on top.
func TestBackOfficePagesCostThreeRoundTrips(t *testing.T) {
	t.Parallel()
	s, trips := webtest.Counted(t, dbtest.New(t))
	o := officeOn(t, s)
	for request, r := range o.paths(t) {
		if r.Method != http.MethodGet {
			continue
		}
		_, path, _ := strings.Cut(request, " ")
		most := int64(3)
		if r.Path == "/admin/organizations/{id}" || r.Path == "/admin/webhooks/{id}" || r.Path == "/admin/outbox/{id}" || strings.HasSuffix(r.Path, "/subscriptions/{sub}") {
			most = 6
		}
		least := int64(99)
		for range 4 { // statements are prepared on the first ways
			before := trips.Count()
			o.staff.Get(path).Want(200)
			least = min(least, trips.Count()-before)
		}
		if least < 2 || least > most {
			t.Errorf("%s costs %d round trips, at most %d are meant", path, least, most)
		}
	}
}

func TestBackOfficeOfAnEmptySite(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b := s.Staff(t, "Sam", sam)
	b.Get("/admin").Want(200).Says("nobody pays yet", "Stripe has sent nothing yet", "Nothing needs a person")
	b.Get("/admin/organizations").Want(200).Says("No organization is called that", "0 organizations")
	b.Get("/admin/subscriptions").Want(200).Says("No subscription is here")
	b.Get("/admin/webhooks").Want(200).Says("No event is here")
	b.Get("/admin/jobs").Want(200).Says("No job is here", "No worker")
	b.Get("/admin/users?q=zzz").Want(200).Says("No account is called that", "0 users")
	b.Get("/admin/find?q=zzz").Want(200).Says("Nothing found")
	b.Get("/admin/find").Want(200).Says("Nothing found")
}

func TestOverviewSaysHowItStands(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin").Want(200).Says("$56 from one subscription", "Active subscriptions 1 of 1 organizations", "Users 2",
		"Failed jobs 1 1 in 24 h, most in mail", "One thing needs a person", "dp_1", "parked 2", "invoice.paid", "test")
}

func TestUserAndOrganizationPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin/users/"+o.acme.Person.ID.String()).Want(200).Says(dana, "acme", "Owner", "0 open")
	o.staff.Get("/admin/organizations").Want(200).Says("Team", "Active", "one organization")
	o.staff.Get("/admin/organizations/"+o.acme.TenantID.String()).Want(200).
		Says("cus_acme", "sub_acme", "$56.00", "ACME-0001", dana, "one person", "one invoice")
	o.staff.Get("/admin/subscriptions?status=active").Want(200).Says("sub_acme", "$56.00", "one subscription")
	o.staff.Get("/admin/subscriptions?status=unpaid").Want(200).Says("No subscription is here")
	if got := o.one(t, `select count(*)::text from users where staff_since is not null`); got != "1" {
		t.Errorf("%s are staff", got)
	}
}

func TestStaffLeaveATraceInTheOrganization(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staff.Get("/admin/organizations/" + o.acme.TenantID.String()).Want(200)
	o.staff.Get("/admin/webhooks/" + o.event).Want(200)
	got := o.one(t, `select string_agg(action || ' ' || object_kind || ' ' || (request_id <> ''), ', ' order by id)
		from events where tenant_id = $1 and actor_id = $2`, o.acme.TenantID, o.sam.ID)
	if want := "staff.viewed organization true, staff.viewed stripe_event true"; got != want {
		t.Errorf("the organization's history has %q, want %q", got, want)
	}
}

func TestFindLeadsToTheOneThing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	user, org := "/admin/users/"+o.acme.Person.ID.String(), "/admin/organizations/"+o.acme.TenantID.String()
	for text, want := range map[string]string{
		"DANA@example.com": user, o.acme.Person.ID.String(): user, "acme": org, o.acme.TenantID.String(): org, "cus_acme": org, "sub_acme": org,
		o.event: "/admin/webhooks/" + o.event, "Reyes": "/admin/users/" + o.sam.ID.String(), "%": "/admin/find", "cus_none": "/admin/find", "a": "/admin/find",
	} {
		o.staff.Get("/admin").Want(200)
		o.staff.Get("/admin/find?q=" + strings.ReplaceAll(text, "%", "%25")).Want(200).At(want)
	}
	o.staff.Get("/admin/find?q=%00%ff").Want(200).Says("Nothing found")
}
