package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/scope"
)

// acts are the addresses of the back-office that do something, with the permission that each asks for.
func (o office) acts(t *testing.T) map[string]scope.StaffPermission {
	t.Helper()
	all := map[string]scope.StaffPermission{}
	for request, r := range o.paths(t) {
		if path, ok := strings.CutPrefix(request, http.MethodPost+" "); ok {
			all[path] = r.Guard.Staff
		}
	}
	if len(all) < 15 {
		t.Fatalf("%d acts: the table is not read", len(all))
	}
	return all
}

func (o office) noted(t *testing.T) string {
	t.Helper()
	return o.one(t, `select count(*)::text from account_events where action like 'staff.%'`)
}

// Nothing is done in the back-office by somebody who does not say why; what else was sent is not lost by that.
func TestEveryActNeedsAReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	before := o.noted(t)
	for path := range o.acts(t) {
		page := o.staff.Post(path, url.Values{"other": {"what was sent"}}).Want(http.StatusUnprocessableEntity).Says("Nothing is done without a reason")
		if got := page.Form(path); got.Get("other") != "what was sent" || !got.Has("asked") {
			t.Errorf("%s keeps %v", path, got)
		}
		o.staff.HX(http.MethodPost, path, nil).Want(http.StatusUnprocessableEntity).Says("Nothing is done without a reason")
		form := page.Form(path)
		for _, field := range []string{"why", "reason", "note", "why_end"} {
			if form.Has(field) {
				form.Set(field, " \n ")
				o.staff.Post(path, form).Want(http.StatusUnprocessableEntity).Says("Say why.")
				form.Set(field, strings.Repeat("x", 501))
				if kept := o.staff.Post(path, form).Want(http.StatusUnprocessableEntity).Says("at most 500").Form(path).Get(field); len(kept) != 501 {
					t.Errorf("%s keeps %d characters of the reason", path, len(kept))
				}
			}
		}
	}
	if after := o.noted(t); after != before {
		t.Errorf("%s acts are noted, %s before", after, before)
	}
	press(o.staff.Get("/admin/tasks/"+o.task.String()), "/admin/tasks/"+o.task.String()+"/take").Want(200)
	if got := o.one(t, `select changes::text from account_events where action = 'staff.task_taken'`); got != `{"why": ["", "A test."], "object": ["", "dispute dp_1"]}` {
		t.Errorf("noted %s", got)
	}
}

// Support reads, billing acts on money; what a role does not allow says so, and is not offered.
func TestRolesOfStaff(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, support := o.StaffAs(t, scope.StaffSupport, "Sue", "sue@plinth.example")
	_, billing := o.StaffAs(t, scope.StaffBilling, "Bo", "bo@plinth.example")
	before := o.noted(t)
	for path, needs := range o.acts(t) {
		if scope.StaffSupport.May(needs) {
			continue
		}
		support.Post(path, why()).Want(http.StatusForbidden).Says("Your role in the back-office, support, does not allow this.")
		if needs != scope.ManageMoney && needs != scope.ExportOffice {
			billing.Post(path, why()).Want(http.StatusForbidden).Says("Your role in the back-office, billing, does not allow this.")
		} else {
			billing.Post(path, nil).Want(http.StatusUnprocessableEntity).Says("Nothing is done without a reason")
		}
	}
	if after := o.noted(t); after != before {
		t.Errorf("%s acts are noted, %s before", after, before)
	}
	for request, r := range o.paths(t) {
		path, ok := strings.CutPrefix(request, http.MethodGet+" ")
		switch {
		case !ok:
		case r.Guard.Staff == scope.ExportOffice:
			support.Get(path).Want(http.StatusForbidden)
			billing.Get(path).Want(200)
		default:
			page := support.Get(path).Want(200)
			for act, needs := range o.acts(t) {
				if !scope.StaffSupport.May(needs) && strings.Contains(page.Body, `method="post" action="`+act+`"`) {
					t.Errorf("%s offers support %s, which needs %s", path, act, needs)
				}
			}
		}
	}
	// The role is read with each request.
	o.exec(t, `update users set staff_role = null where email = 'sue@plinth.example'`)
	support.Get("/admin").Want(http.StatusNotFound)
}
