package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/test/webtest"
)

// The back-office opens with a second factor, proven within 12 hours to read and 15 minutes to act.
func TestBackOfficeNeedsASecondFactorAndARecentProof(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	proven := func(ago string) {
		t.Helper()
		o.exec(t, `update sessions set proven_at = now() - $1::interval`, ago)
	}
	retry := fmt.Sprintf("/admin/jobs/%d/retry", o.job)
	for request, r := range o.paths(t) {
		_, path, _ := strings.Cut(request, " ")
		if proven("13 hours"); r.Method == http.MethodGet {
			if to := o.staff.Request(r.Method, path, nil, nil).Want(http.StatusSeeOther).Header.Get("Location"); to != "/confirm?next="+url.QueryEscape(path) {
				t.Errorf("%s leads to %s", path, to)
			}
			continue
		}
		proven("16 minutes")
		o.staff.Request(r.Method, path, url.Values{}, nil).Want(http.StatusForbidden).Says("Confirm that it is you")
	}
	if got := o.jobState(t, o.job); got != "discarded 3" {
		t.Errorf("without a recent proof the job is %s", got)
	}
	proven("11 hours")
	o.staff.Get("/admin").Want(200).Says("Overview")
	o.staff.Post(retry, why()).Want(http.StatusForbidden).Submit("/confirm", "password", webtest.Password, "code", o.Code(t, sam)).Want(200)
	o.staff.Post(retry, why()).Want(200).Says("A worker takes the job now")

	o.exec(t, `update sessions set strong = false`)
	o.staff.Get("/admin").At("/confirm").Submit("/confirm", "password", webtest.Password, "code", o.Code(t, sam)).Want(200).At("/admin")

	// Who has no second factor is led to where one is set up, and comes in with it.
	lea := o.Account(t, "Lea", "lea@plinth.example")
	b := o.SignIn(t, lea.Email)
	before := b.Get("/admin").Want(http.StatusNotFound)
	if err := users.SetStaff(t.Context(), o.App.DB, lea.Email, scope.StaffSupport); err != nil {
		t.Fatal(err)
	}
	page := b.Request(http.MethodGet, "/admin", nil, nil).Want(http.StatusForbidden).Says("The back-office needs a second factor")
	b.HX(http.MethodGet, "/admin/users", nil).Want(http.StatusForbidden).Silent(sam)
	b.Request(http.MethodPost, retry, url.Values{}, nil).Want(http.StatusForbidden).Says("The back-office needs a second factor")
	if err := o.App.Auth.PlantTOTP(t.Context(), lea.ID, webtest.SecondFactor); err != nil {
		t.Fatal(err)
	}
	b.Get("/admin").At("/confirm").Submit("/confirm", "password", webtest.Password, "code", o.Code(t, lea.Email)).Want(200).At("/admin")
	if strings.Contains(before.Body, "second factor") || page.Status == before.Status {
		t.Error("who is not staff learns of the back-office")
	}
}
