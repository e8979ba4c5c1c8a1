// Package routes holds rule 5 of docs/architecture.md against the table of all URLs. It stands apart from its parent
// so that the other rules can be asked while the web does not build.
package routes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plinth/test/webtest"
	"plinth/web"
)

// openTo is the list of patterns that anybody may ask, each with its reason to be public.
func openTo() map[string]string {
	return map[string]string{
		"GET /{$}":                             "the landing page",
		"GET /pricing":                         "read before signing up",
		"GET /terms":                           "read before signing up",
		"GET /privacy":                         "read before signing up",
		"GET /docs/events":                     "read by those who write a receiver",
		"POST /theme":                          "a cookie of taste, no data",
		"POST /announcements/{id}/dismiss":     "a cookie of what this browser shows no more, no data",
		"GET /signup":                          "signing up",
		"POST /signup":                         "signing up",
		"GET /check-mail":                      "after signing up, still without a session",
		"POST /check-mail/resend":              "after signing up",
		"POST /check-mail/address":             "after signing up",
		"GET /verify":                          "the token is the proof",
		"POST /verify":                         "the token is the proof",
		"GET /signin":                          "signing in",
		"POST /signin":                         "signing in",
		"GET /signin/second":                   "the first factor is sealed in this browser",
		"POST /signin/second":                  "the first factor is sealed in this browser",
		"POST /signin/passkey/options":         "signing in",
		"POST /signin/passkey":                 "signing in",
		"POST /signin/oidc/{provider}":         "signing in elsewhere",
		"GET /signin/oidc/{provider}/callback": "the way back; the sign-in is sealed in this browser",
		"GET /signup/oidc":                     "who arrived is sealed in this browser",
		"POST /signup/oidc":                    "who arrived is sealed in this browser",
		"POST /signin/link":                    "signing in",
		"GET /signin/link/sent":                "signing in",
		"GET /signin/link":                     "the token is the proof",
		"POST /signin/link/use":                "the token is the proof",
		"GET /email":                           "the token is the proof",
		"POST /email":                          "the token is the proof",
		"GET /files/{token}":                   "the token is the proof, and names the person whose rights are asked",
		"GET /secure":                          "the token is the proof",
		"POST /secure":                         "the token is the proof",
		"POST /signout":                        "nobody is kept from leaving",
		"GET /forgot":                          "without a password",
		"POST /forgot":                         "without a password",
		"GET /forgot/sent":                     "without a password",
		"GET /reset":                           "the token is the proof",
		"POST /reset":                          "the token is the proof",
		"GET /unsubscribe/{about}/{token}":     "the token is the proof",
		"POST /unsubscribe/{about}/{token}":    "the token is the proof; mail programs post by themselves",
		"GET /invitations/{token}":             "the token says who invited; accepting needs the invited person",
		"GET /join/{token}":                    "the token is shared by the organization; joining needs a person",
		"POST /invitations/{token}/account":    "the token proves the address",
	}
}

// guardFaults: the guard follows from the path, and what is public stands on the list.
func guardFaults(all []web.Route, open map[string]string) []string {
	var faults []string
	for _, r := range all {
		if want := guardOf(r.Path); want != "" && r.Guard.Kind != want {
			faults = append(faults, fmt.Sprintf("rule 5: %s is guarded %s, its place asks for %s", r.Pattern(), r.Guard.Kind, want))
		}
		if r.Guard.Kind == web.InOrg && !strings.HasPrefix(r.Path, "/orgs/{org}") {
			faults = append(faults, fmt.Sprintf("rule 5: %s asks for a member and names no organization", r.Pattern()))
		}
		if r.Guard.Kind == web.Public && open[r.Pattern()] == "" {
			faults = append(faults, fmt.Sprintf("rule 5: %s is public and not on the list", r.Pattern()))
		}
		if r.Guard.Kind == web.Signed && !strings.HasPrefix(r.Path, "/webhooks/") {
			faults = append(faults, fmt.Sprintf("rule 5: %s goes without the cross-origin check and is no webhook", r.Pattern()))
		}
		if (r.Guard.WhileReadOnly || r.Guard.WhileUnpaid) && r.Guard.Kind != web.InOrg {
			faults = append(faults, fmt.Sprintf("rule 5: %s is let through while read-only, which is for organizations", r.Pattern()))
		}
	}
	return faults
}

// guardOf is the guard that a part of the site has, empty where each route decides.
func guardOf(path string) web.GuardKind {
	for prefix, kind := range map[string]web.GuardKind{
		"/orgs/{org}": web.InOrg, "/admin": web.StaffOnly, "/dev": web.DevOnly, "/account": web.SignedIn, "/webhooks": web.Signed,
	} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return kind
		}
	}
	return ""
}

// methodFaults: forms know GET and POST; other verbs belong to the API.
func methodFaults(all []web.Route) []string {
	var faults []string
	for _, r := range all {
		if r.Method != http.MethodGet && r.Method != http.MethodPost && !strings.HasPrefix(r.Path, "/api/") {
			faults = append(faults, fmt.Sprintf("rule 5: %s: browser routes are GET and POST only", r.Pattern()))
		}
	}
	return faults
}

// listFaults: the public list has no entry without a route, else it hides what comes later.
func listFaults(all []web.Route, open map[string]string) []string {
	var faults []string
	for pattern := range open {
		if !slices.ContainsFunc(all, func(r web.Route) bool { return r.Pattern() == pattern && r.Guard.Kind == web.Public }) {
			faults = append(faults, fmt.Sprintf("rule 5: the public list names %s, which is no public route", pattern))
		}
	}
	slices.Sort(faults)
	return faults
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// crossFaults asks every changing route as another site's page would; only signed ones may let that through.
func crossFaults(h http.Handler, all []web.Route) []string {
	var faults []string
	for _, r := range all {
		if r.Method == http.MethodGet || r.Guard.Kind == web.Signed {
			continue
		}
		path := wildcard.ReplaceAllString(strings.Replace(r.Path, "{$}", "", 1), "x")
		req := httptest.NewRequest(r.Method, "http://"+webtest.Host+path, strings.NewReader("a=b"))
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		req.Header.Set("Origin", "https://elsewhere.example")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != http.StatusForbidden {
			faults = append(faults, fmt.Sprintf("rule 5: %s from another site is answered %d, want 403", r.Pattern(), rec.Code))
		}
	}
	return faults
}

// routes is the real table; the handlers behind it are never called here.
func routes() []web.Route { return web.Routes(web.Handlers{}) }

func TestRoutes(t *testing.T) {
	t.Parallel()
	all := routes()
	if len(all) < 20 {
		t.Fatalf("%d routes: the table is not read", len(all))
	}
	for _, f := range slices.Concat(guardFaults(all, openTo()), methodFaults(all), listFaults(all, openTo())) {
		t.Error(f)
	}
}

func TestChangesFromAnotherSiteAreRefused(t *testing.T) {
	t.Parallel()
	site := webtest.New(t)
	for _, f := range crossFaults(site.Handler, site.Routes) {
		t.Error(f)
	}
	unprotected := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	if got := crossFaults(unprotected, site.Routes); len(got) == 0 {
		t.Error("a server without protection was not noticed")
	}
}

func TestRoutesArePlanted(t *testing.T) {
	t.Parallel()
	route := func(method, path string, kind web.GuardKind) []web.Route {
		return []web.Route{{Method: method, Path: path, Guard: web.Guard{Kind: kind}}}
	}
	guards := func(r []web.Route) []string { return guardFaults(r, map[string]string{"GET /terms": "read"}) }
	for _, c := range []struct {
		got  []string
		want string
	}{
		{guards(route("GET", "/orgs/{org}/projects", web.SignedIn)), "is guarded signed-in, its place asks for member"},
		{guards(route("GET", "/admin/users", web.SignedIn)), "its place asks for staff"},
		{guards(route("POST", "/account", web.InOrg)), "its place asks for signed-in"},
		{guards(route("GET", "/dev/mail", web.Public)), "its place asks for dev"},
		{guards(route("GET", "/secret", web.Public)), "is public and not on the list"},
		{guards(route("POST", "/theme", web.Signed)), "is no webhook"},
		{guards(route("POST", "/webhooks/stripe", web.Public)), "its place asks for signed"},
		{guards(route("GET", "/people", web.InOrg)), "names no organization"},
		{methodFaults(route("DELETE", "/orgs/{org}", web.InOrg)), "GET and POST only"},
		{listFaults(nil, map[string]string{"GET /old": "gone"}), "which is no public route"},
	} {
		if !slices.ContainsFunc(c.got, func(f string) bool { return strings.Contains(f, c.want) }) {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	for _, f := range slices.Concat(guards(route("GET", "/terms", web.Public)), methodFaults(route("PATCH", "/api/v1/tickets", web.Signed))) {
		t.Error(f)
	}
}
