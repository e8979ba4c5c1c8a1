package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/test/webtest"
)

const officeHost = "admin.localhost:8080"

// With a host of its own the back-office is there and nowhere else, and nothing else is there.
func TestBackOfficeOnAHostOfItsOwn(t *testing.T) {
	t.Parallel()
	o := officeOn(t, webtest.New(t, func(c *config.Config) { c.OfficeURL = "http://" + officeHost }))
	for request, r := range o.paths(t) {
		_, path, _ := strings.Cut(request, " ")
		o.staff.Request(r.Method, path, why(), nil).Want(http.StatusNotFound)
	}
	if page := o.staff.Get("/pricing").Want(200); !strings.Contains(page.Body, `href="http://`+officeHost+`/admin"`) {
		t.Error("no link leads to the host of the back-office")
	}

	// Whoever is signed in on the one host is not on the other.
	at := o.Browser(t)
	at.Host = officeHost
	at.Get("/admin").At("/signin").Submit("/signin", "email", sam, "password", webtest.Password).Want(200).Submit("/signin/second", "code", o.Code(t, sam)).Want(200).At("/admin").Says("Overview")
	at.Get("/").Want(200).At("/admin")
	at.Get("/account/security").Want(200)
	for _, path := range []string{"/orgs", "/orgs/acme", "/account", "/signup", "/pricing?a=b"} {
		if to := at.Request(http.MethodGet, path, nil, nil).Want(http.StatusSeeOther).Header.Get("Location"); to != "http://"+webtest.Host+path {
			t.Errorf("%s leads to %s", path, to)
		}
	}
	for _, path := range []string{"/orgs", "/signup", "/orgs/acme/projects", "/webhooks/stripe"} {
		at.Request(http.MethodPost, path, why(), nil).Want(http.StatusNotFound)
	}

	// To look as somebody, staff go over to the product and are themselves there first.
	user := "/admin/users/" + o.acme.Person.ID.String()
	page := press(at.Get(user).Want(200), user+"/impersonate").Want(200).Says("Taking you to Plinth")
	_, rest, _ := strings.Cut(page.Body, "http://"+webtest.Host+"/impersonation/")
	asked := "/impersonation/" + rest[:36]
	o.staff.Get(asked).Want(200).Submit(asked).Want(200).Says("you look as Dana")
	o.staff.Get("/orgs/acme").Submit("/impersonation/end").Want(200).At("/orgs/new").Silent("you look as")
}
