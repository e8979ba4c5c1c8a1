package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/scope"
)

func TestStaffSuspendAnOrganization(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	owner := o.SignIn(t, dana)
	o.Join(t, o.acme, o.Account(t, "Jun Park", "jun@example.com"), scope.Member)
	at := "/admin/organizations/" + o.acme.TenantID.String()
	page := o.staff.Get(at).Want(200).Says("The owners read it")
	page.Submit(at+"/suspend", "reason", "  ").Want(422).Says("Say why")
	long := strings.Repeat("x", 501)
	if kept := page.Submit(at+"/suspend", "reason", long).Want(422).Says("at most 500").Form(at + "/suspend").Get("reason"); kept != long {
		t.Errorf("%d characters are kept", len(kept))
	}
	owner.Get("/orgs/acme").Want(200).Silent("suspended")

	page.Submit(at+"/suspend", "reason", "It sends spam.").Want(200).Says("It sends spam.", "Lift the suspension")
	page.Submit(at+"/suspend", "reason", "Another one.").Want(200).Says("It sends spam.") // in a second tab
	owner.Get("/orgs/acme").Want(200).Says("This organization is suspended.")
	owner.Post("/orgs/acme/projects", url.Values{"name": {"X"}}).Want(403)
	owner.Get("/orgs/acme/audit").Want(200).Says("suspended the organization: It sends spam.")
	mails := o.Mails(t, dana)
	if len(mails) != 1 || !strings.Contains(mails[0].Subject, "is suspended") || !strings.Contains(mails[0].Text, "It sends spam.") {
		t.Errorf("%d mails: %+v", len(mails), mails)
	}
	if told := o.Mails(t, "jun@example.com"); len(told) != 0 {
		t.Errorf("a member got %d mails", len(told))
	}

	lift := o.staff.Get(at)
	press(lift, at+"/lift").Want(200).Says("is open again")
	o.staff.Post(at+"/lift", why()).Want(200) // pressed twice
	owner.Get("/orgs/acme").Want(200).Silent("This organization is suspended.")
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action like 'staff.organization_susp%'`); n != 2 {
		t.Errorf("%d of 2 acts are noted", n)
	}
	if mails := o.Mails(t, dana); len(mails) != 2 {
		t.Errorf("%d of 2 mails", len(mails))
	}

	owner.Post(at+"/suspend", url.Values{"reason": {"x"}}).Want(404)
	owner.Post(at+"/lift", nil).Want(404)
	for _, nothing := range []string{uuid.NewString(), "x"} {
		o.staff.Post("/admin/organizations/"+nothing+"/suspend", url.Values{"reason": {"x"}}).Want(404)
		o.staff.Post("/admin/organizations/"+nothing+"/lift", why()).Want(404)
	}
}
