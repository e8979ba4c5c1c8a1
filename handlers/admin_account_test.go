package handlers_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/scope"
	"plinth/test/webtest"
)

// doTo presses a button of an account's page.
func (o office) doTo(t *testing.T, id uuid.UUID, what string) *webtest.Page {
	t.Helper()
	at := "/admin/users/" + id.String()
	return press(o.staff.Get(at).Want(200), at+"/"+what)
}

func (o office) actsOf(t *testing.T, user uuid.UUID) string {
	t.Helper()
	return o.one(t, `select coalesce(string_agg(action, ' ' order by id), '') from account_events where user_id = $1 and actor_id = $2`, user, o.sam.ID)
}

func TestStaffSignSomebodyOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	owner := o.SignIn(t, dana)
	owner.Get("/orgs/acme").Want(200).At("/orgs/acme")
	o.doTo(t, o.acme.Person.ID, "signout").Want(200).Says("signed out everywhere", "Signed in nowhere")
	owner.Get("/orgs/acme").At("/signin")
	o.SignIn(t, dana).Get("/orgs/acme").Want(200).At("/orgs/acme")
	if got := o.actsOf(t, o.acme.Person.ID); got != "account.signed_out_by_staff" {
		t.Errorf("the account's history has %q", got)
	}
	if got, want := o.lastAct(t), "staff.user_signed_out user "+o.acme.Person.ID.String(); got != want {
		t.Errorf("noted %q, want %q", got, want)
	}
}

func TestStaffSuspendAnAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	owner := o.SignIn(t, dana)
	o.doTo(t, o.acme.Person.ID, "suspend").Want(200).Says("The account is suspended", "A test.", "Lift the suspension")
	owner.Get("/orgs/acme").At("/signin")
	o.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).Want(http.StatusForbidden).Says("This account is suspended")
	o.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", "not the password").Silent("suspended")
	o.staff.Post("/admin/users/"+o.acme.Person.ID.String()+"/suspend", why()).Want(200) // pressed twice
	o.staff.Get("/admin/users?state=suspended").Want(200).Says("one user", dana)
	o.doTo(t, o.acme.Person.ID, "lift").Want(200).Says("can sign in again")
	o.SignIn(t, dana).Get("/orgs/acme").Want(200).At("/orgs/acme")
	o.staff.Get("/admin/users?state=suspended").Want(200).Says("0 users")
	if got := o.actsOf(t, o.acme.Person.ID); got != "account.suspended account.suspension_lifted" {
		t.Errorf("the account's history has %q", got)
	}
}

func TestStaffResetTheSecondFactor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.acme.Person.ID
	at := "/admin/users/" + id.String()
	if o.staff.Get(at).Want(200).Says("Second factor none").HasForm(at + "/factors") {
		t.Error("what is not there can be reset")
	}
	if err := o.App.Auth.PlantTOTP(t.Context(), id, webtest.SecondFactor); err != nil {
		t.Fatal(err)
	}
	o.exec(t, `insert into recovery_codes (user_id, hash) values ($1, '\x01')`, id)
	owner := o.Browser(t)
	owner.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).Want(200).Silent("Acme")
	o.staff.Get(at).Want(200).Says("Second factor an app, one recovery code")
	o.doTo(t, id, "factors").Want(200).Says("The second factors are gone", "Second factor none")
	owner.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).Want(200)
	owner.Get("/orgs/acme").Want(200).At("/orgs/acme")
	mails := o.Mails(t, dana)
	if len(mails) != 1 || mails[0].Subject != "Your second factor was reset" || !strings.Contains(mails[0].Text, "Our staff did this on") {
		t.Fatalf("%d mails: %+v", len(mails), mails)
	}
	o.staff.Post(at+"/factors", why()).Want(200) // pressed twice
	if got := o.actsOf(t, id); got != "account.factors_reset" {
		t.Errorf("the account's history has %q", got)
	}
}

func TestStaffDeleteAnAccountAndKeepIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	jun := o.Account(t, "Jun Park", "jun@example.com")
	o.Join(t, o.acme, jun, scope.Member)
	o.staff.Post("/admin/users/"+o.acme.Person.ID.String()+"/delete", why()).Want(http.StatusConflict).Says("is the only owner of Acme")
	b := o.SignIn(t, "jun@example.com")
	o.doTo(t, jun.ID, "delete").Want(200).Says("The account will be erased", "Erased on", "Keep the account")
	b.Get("/orgs/acme").At("/signin")
	o.Browser(t).Get("/signin").Submit("/signin", "email", "jun@example.com", "password", webtest.Password).Want(200).Says("Keep my account")
	told := 0
	for _, m := range o.Mails(t, "jun@example.com") {
		if m.Subject == "Your account will be deleted" && strings.Contains(m.Text, "Our staff did this on") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("they are told %d times", told)
	}
	o.staff.Get("/admin/users?state=closing").Want(200).Says("one user", "jun@example.com")
	o.doTo(t, jun.ID, "restore").Want(200).Says("The account stays")
	o.SignIn(t, "jun@example.com").Get("/orgs/acme").Want(200).At("/orgs/acme")
	if got := o.actsOf(t, jun.ID); got != "account.closing account.kept" {
		t.Errorf("the account's history has %q", got)
	}
}

func TestStaffGiveRoles(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	at := "/admin/users/" + o.acme.Person.ID.String()
	set := func(role string) *webtest.Page {
		return o.staff.Get(at).Submit(at+"/role", "role", role).Want(422).Says("Set the role in the back-office").Submit(at+"/role", "why", "She joins us.")
	}
	set("support").Want(200).Says("The role is set", "Support (reads), since")
	o.SignIn(t, dana).Request(http.MethodGet, "/admin", nil, nil).Want(http.StatusForbidden).Says("needs a second factor")
	o.staff.Get("/admin/users?state=staff").Want(200).Says("2 users")
	o.staff.Post(at+"/role", url.Values{"role": {"king"}, "why": {"x"}}).Want(422).Says("Choose a role from the list")
	set("").Want(200).Says("Staff no")
	o.SignIn(t, dana).Get("/admin").Want(http.StatusNotFound)
	if got := o.actsOf(t, o.acme.Person.ID); got != "account.staff_granted account.staff_revoked" {
		t.Errorf("the account's history has %q", got)
	}
	// Nobody acts on themselves.
	own := "/admin/users/" + o.sam.ID.String()
	o.staff.Get(own).Want(200).Says("This is your own account")
	for _, act := range []string{"role", "suspend", "delete", "factors", "signout"} {
		o.staff.Post(own+"/"+act, why()).Want(http.StatusForbidden).Says("Ask another member of staff")
	}
	for _, act := range []string{"role", "suspend", "lift", "delete", "restore", "factors", "signout"} {
		o.staff.Post("/admin/users/"+uuid.NewString()+"/"+act, why()).Want(http.StatusNotFound)
		o.staff.Post("/admin/users/x/"+act, why()).Want(http.StatusNotFound)
	}
}

func TestStaffVerifyASignUp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.Browser(t)
	b.Get("/signup").Want(200).Submit("/signup", "name", "Lea Novak", "email", "lea@example.com", "password", webtest.Password, "terms", "on").Want(200)
	o.staff.Get("/admin/signups").Want(200).Says("2 sign-ups", "Lea Novak", "lea@example.com").Silent(hostile)
	page := o.staff.Get("/admin/signups?q=lea").Want(200).Says("one sign-up")
	id := o.one(t, `select id::text from signups where email = 'lea@example.com'`)
	press(page, "/admin/signups/"+id+"/verify").Want(200).Says("The account is there", "Lea Novak", "account.verified_by_staff")
	o.staff.Post("/admin/signups/"+id+"/verify", why()).Want(http.StatusNotFound)
	o.SignIn(t, "lea@example.com").Get("/account").Want(200).Says("Lea Novak")
	found := false
	for _, m := range o.Mails(t, "lea@example.com") {
		found = found || m.Subject == "Your account is ready"
	}
	if !found {
		t.Error("no mail says that the account is ready")
	}
	o.staff.Get("/admin/signups?q=lea").Want(200).Says("Nobody waits")
}

func TestStaffNotes(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, other := o.StaffAs(t, scope.StaffSupport, "Sue Sato", "sue@plinth.example")
	for _, at := range []string{"/admin/users/" + o.acme.Person.ID.String(), "/admin/organizations/" + o.acme.TenantID.String()} {
		page := other.Get(at).Want(200)
		page.Submit(at+"/notes", "note", " ").Want(422).Says("Write something.")
		long := strings.Repeat("x", 2001)
		if kept := page.Submit(at+"/notes", "note", long).Want(422).Says("at most 2,000").Form(at + "/notes").Get("note"); kept != long {
			t.Errorf("%d characters are kept", len(kept))
		}
		page.Submit(at+"/notes", "note", "Called twice.\n"+hostile).Want(200).At(at).Says("Called twice.", "Sue Sato").Silent(hostile)
		page.Submit(at+"/notes", "note", "Called twice.").Want(200) // pressed twice
		o.staff.Get(at).Want(200).Says("Called twice.")
		other.Post(at+"/notes", url.Values{"note": {"x"}}).Want(422)
		other.Post(strings.Replace(at, at[len(at)-4:], "0000", 1)+"/notes", url.Values{"note": {"x"}, "id": {uuid.NewString()}}).Want(404)
	}
	if n := rowsOf(t, o.Site, `select count(*) from staff_notes where body like 'Called twice.%'`); n != 2 {
		t.Fatalf("%d of 2 notes are kept", n)
	}
	id := o.one(t, `select id::text from staff_notes where user_id is not null`)
	o.staff.Post("/admin/notes/"+id+"/delete", why()).Want(404) // another's
	press(other.Get("/admin/users/"+o.acme.Person.ID.String()), "/admin/notes/"+id+"/delete").Want(200).At("/admin/users/" + o.acme.Person.ID.String()).Says("The note is gone")
	owner := o.SignIn(t, dana)
	owner.Get("/orgs/acme/audit").Want(200).Silent("Called twice.")
}

func TestStaffTransferAnOrganization(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	jun := o.Account(t, "Jun Park", "jun@example.com")
	o.Join(t, o.acme, jun, scope.Member)
	at := "/admin/organizations/" + o.acme.TenantID.String()
	page := o.staff.Get(at).Want(200)
	for _, c := range []struct{ want, email, why string }{
		{"Nobody with this address is a member", "nobody@example.com", "x"}, {"is an owner already", dana, "x"}, {"Enter the address of a member", "", "x"}, {"Say why.", "jun@example.com", " "},
	} {
		if kept := page.Submit(at+"/transfer", "email", c.email, "why", c.why).Want(422).Says(c.want).Form(at + "/transfer").Get("email"); kept != c.email {
			t.Errorf("%q is kept of %q", kept, c.email)
		}
	}
	for _, closed := range []string{"suspended_at", "erase_at"} {
		o.exec(t, `update users set `+closed+` = now() where email = 'jun@example.com'`)
		page.Submit(at+"/transfer", "email", "jun@example.com", "demote", "on", "why", "x").Want(422).Says("cannot use their account at present, or is deleting it")
		o.exec(t, `update users set `+closed+` = null where email = 'jun@example.com'`)
	}
	page.Submit(at+"/transfer", "email", "Jun@example.com", "demote", "on", "why", "She asked us to.").Want(200).Says("has a new owner")
	page.Submit(at+"/transfer", "email", "Jun@example.com", "demote", "on", "why", "She asked us to.").Want(200) // pressed twice
	if got := o.one(t, `select string_agg(u.email || ' ' || m.role, ', ' order by u.email) from memberships m join users u on u.id = m.user_id where m.tenant_id = $1`, o.acme.TenantID); got != "dana@example.com admin, jun@example.com owner" {
		t.Errorf("the roles are %s", got)
	}
	if mails := o.Mails(t, dana); len(mails) != 1 {
		t.Errorf("%d of 1 mails tell who was the owner", len(mails))
	}
	if n := rowsOf(t, o.Site, `select count(*) from events where action = 'ownership.transferred'`); n != 1 {
		t.Errorf("%d events", n)
	}
	// Without the tick the present owners stay.
	o.staff.Get(at).Submit(at+"/transfer", "email", dana, "why", "Both.").Want(200)
	if n := rowsOf(t, o.Site, `select count(*) from memberships where role = 'owner' and left_at is null`); n != 2 {
		t.Errorf("%d of 2 owners", n)
	}
}

func TestStaffDeleteAnOrganizationAndBringItBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `delete from subscription_changes`)
	o.exec(t, `delete from invoices`)
	o.exec(t, `delete from subscriptions`)
	o.exec(t, `delete from billing_customers`)
	at := "/admin/organizations/" + o.acme.TenantID.String()
	page := o.staff.Get(at).Want(200)
	page.Submit(at+"/delete", "confirm", "Acme", "why", "x").Want(422).Says("This is not its name")
	page.Submit(at+"/delete", "confirm", "Acme "+hostile, "why", "").Want(422).Says("Say why.")
	page.Submit(at+"/delete", "confirm", "Acme "+hostile, "why", "They asked.").Want(200).Says("is being deleted", "Bring it back")
	page.Submit(at+"/delete", "confirm", "Acme "+hostile, "why", "They asked.").Want(200) // pressed twice
	o.Settle(t)
	o.staff.Get("/admin/organizations?state=deleted").Want(200).Says("one organization")
	owner := o.SignIn(t, dana)
	owner.Get("/orgs/acme").Silent("Dashboard")
	press(o.staff.Get(at).Want(200), at+"/restore").Want(200).Says("The organization is back")
	o.staff.Post(at+"/restore", why()).Want(200) // pressed twice
	owner.Get("/orgs/acme").Want(200).At("/orgs/acme")
	if got := o.one(t, `select string_agg(action, ' ' order by id) from events where action like 'organization.%' and actor_id = $1`, o.sam.ID); got != "organization.deletion_asked organization.restored" {
		t.Errorf("the organization's history has %q", got)
	}
	for _, act := range []string{"delete", "restore", "transfer", "notes"} {
		o.staff.Post("/admin/organizations/"+uuid.NewString()+"/"+act, url.Values{"why": {"x"}, "note": {"x"}, "id": {uuid.NewString()}}).Want(404)
	}
}

func TestListsAreExported(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Account(t, "=cmd()", "formula@example.com")
	for path, want := range map[string][]string{
		"/admin/users":         {"formula@example.com", "'=cmd()", dana, sam, "full"},
		"/admin/organizations": {"acme", "Team", "active", o.acme.TenantID.String()},
	} {
		page := press(o.staff.Get(path).Want(200), path+"/export").Want(200)
		if got := page.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
			t.Errorf("%s is %s", path, got)
		}
		rows, err := csv.NewReader(strings.NewReader(page.Body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			found := false
			for _, row := range rows[1:] {
				for _, cell := range row {
					found = found || cell == text
				}
			}
			if !found {
				t.Errorf("%s has no cell %q: %v", path, text, rows)
			}
		}
	}
	narrow := press(o.staff.Get("/admin/users?state=staff").Want(200), "/admin/users/export").Want(200)
	if rows := strings.Count(narrow.Body, "\n"); rows != 2 {
		t.Errorf("%d lines of the one member of staff", rows)
	}
	if got := o.one(t, `select count(*)::text from account_events where action in ('staff.users_exported', 'staff.organizations_exported') and changes -> 'why' ->> 1 = 'A test.'`); got != "3" {
		t.Errorf("%s of 3 exports are noted", got)
	}
}

func TestTheStaffLogSaysWhoDidWhatAndWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, sue := o.StaffAs(t, scope.StaffFull, "Sue Sato", "sue@plinth.example")
	at := "/admin/users/" + o.acme.Person.ID.String()
	sue.Post(at+"/signout", url.Values{"why": {"They lost a phone."}}).Want(200)
	o.staff.Post("/admin/tasks/"+o.task.String()+"/take", why()).Want(200)
	o.staff.Get("/admin/audit").Want(200).Says("staff.user_signed_out", "They lost a phone.", "Sue Sato", "staff.task_taken", "Sam Reyes")
	o.staff.Get("/admin/audit?action=staff.task_taken").Want(200).Says("dispute dp_1").Silent("They lost a phone.")
	o.staff.Get("/admin/audit?staff=" + o.sam.ID.String()).Want(200).Says("staff.task_taken").Silent("They lost a phone.")
	o.staff.Get("/admin/audit?action=none").Want(200).Says("Nothing is here")
	o.staff.Get("/admin/audit?staff=x&after=x").Want(200).Says("staff.task_taken")
}
