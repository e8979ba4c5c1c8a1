package web

import (
	"net/http"
	"strings"
)

// atOffice says whether a request is for the host that the back-office has of its own.
func (sh *Shell) atOffice(r *http.Request) bool {
	return sh.OfficeHost != "" && strings.EqualFold(r.Host, sh.OfficeHost)
}

// apart keeps the two hosts apart, where the back-office has one of its own: there is the back-office and what leads into
// it, and nothing else; everywhere else there is no back-office. Cookies are bound to their host, so whoever is signed in
// on the one is not signed in on the other.
func (sh *Shell) apart(next http.Handler) http.Handler {
	if sh.OfficeHost == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !sh.atOffice(r) || ofOffice(r.URL.Path):
			next.ServeHTTP(w, r)
		case r.URL.Path == "/":
			http.Redirect(w, r, "/admin", http.StatusSeeOther)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			http.Redirect(w, r, sh.URL+r.URL.RequestURI(), http.StatusSeeOther) //nolint:gosec // the site's own address
		default:
			http.Error(w, "This is not here.", http.StatusNotFound)
		}
	})
}

// ofOffice tells what is served on the host of the back-office: it, signing in and out there, and the second factor without
// which nobody gets in.
func ofOffice(path string) bool {
	for _, below := range []string{"/admin", "/static", "/signin", "/signout", "/confirm", "/account/security", "/theme", "/healthz", "/readyz"} {
		if path == below || strings.HasPrefix(path, below+"/") {
			return true
		}
	}
	return false
}
