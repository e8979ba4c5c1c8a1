package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/views"
)

// Admin serves the back-office. Its routes are guarded for staff.
type Admin struct {
	*Base
	Admin       *admin.Admin
	URL         string // APP_URL
	Environment string // shown in the frame of every page
	Stripe      string // the beginning of addresses in Stripe's dashboard; "" with the local Stripe
}

func (h *Admin) frame(r *http.Request) views.Office {
	office := views.Office{Environment: h.Environment, Stripe: h.Stripe}
	if r.URL.Path == "/admin/find" {
		office.Search = filter(r, "q")
	}
	return office
}

// Frame is what Base.Office asks for.
func (h *Admin) Frame(r *http.Request) (views.Office, string) {
	about, err := h.Admin.About(r.Context(), r.URL.Path)
	if err != nil {
		h.Log.WarnContext(r.Context(), "an act cannot be named", "error", err) // it is asked for all the same
	}
	return h.frame(r), about
}

func actor(r *http.Request, p scope.Person) admin.Actor {
	return admin.Actor{Person: p, Request: telemetry.TraceFrom(r.Context()).RequestID, Why: whyFrom(r.Context())}
}

// filter reads a parameter of a list. Postgres takes no NUL and no broken UTF-8, so they are left out.
func filter(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.URL.Query().Get(name), ""), "\x00", ""))
}

// listing is the place of a list with those of its filters that were given.
func listing(r *http.Request, names ...string) views.Listing {
	l := views.Listing{Path: r.URL.Path, Query: url.Values{}}
	for _, name := range names {
		if v := filter(r, name); v != "" {
			l.Query.Set(name, v)
		}
	}
	return l
}

// pathText reads a name from the path; what Postgres could not hold is the same 404 as an unknown one.
func pathText(r *http.Request, name string) (string, error) {
	text := r.PathValue(name)
	if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return "", fault.Missing()
	}
	return text, nil
}

// Overview shows the first page.
func (h *Admin) Overview(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	overview, err := h.Admin.Overview(r.Context(), time.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminOverview(h.frame(r), overview))
}

// Find leads from the search box to the one thing that is meant, or shows what could be.
func (h *Admin) Find(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	found, err := h.Admin.Find(r.Context(), filter(r, "q"))
	if err != nil {
		return err
	}
	switch one := len(found.Users) + len(found.Organizations); {
	case found.Webhook != "":
		return h.Redirect(w, r, "/admin/webhooks/"+url.PathEscape(found.Webhook))
	case found.Request != "":
		return h.Redirect(w, r, "/admin/requests/"+found.Request)
	case found.Organization != uuid.Nil:
		return h.Redirect(w, r, "/admin/organizations/"+found.Organization.String())
	case one == 1 && len(found.Users) == 1:
		return h.Redirect(w, r, "/admin/users/"+found.Users[0].ID.String())
	case one == 1:
		return h.Redirect(w, r, "/admin/organizations/"+found.Organizations[0].ID.String())
	}
	return h.Render(w, r, http.StatusOK, views.AdminFound(h.frame(r), found))
}
