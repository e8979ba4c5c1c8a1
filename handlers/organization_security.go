package handlers

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/views"
	"plinth/views/ui"
)

// ShowSecurity shows what the organization asks of its people.
func (h *Organizations) ShowSecurity(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.security(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Kept(w, r, ui.OrgPath(s.Slug, "settings", "security"))))
}

func (h *Organizations) security(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	policy, err := h.Tenants.Policy(r.Context(), s)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.OrganizationSecurity(s, policy, h.methods(policy), f) }, nil
}

// methods are the ways to sign in that there are, and those a policy names although they have gone.
func (h *Organizations) methods(policy tenants.Policy) []string {
	all := []string{auth.ByPassword, auth.ByLink, auth.ByPasskey}
	for _, o := range h.Offers {
		all = append(all, auth.ByOIDC+o.Name)
	}
	for _, m := range policy.Methods {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

// UpdateSecurity says what the organization asks of its people.
func (h *Organizations) UpdateSecurity(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[tenants.PolicyForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Tenants.SetPolicy(r.Context(), s, f, h.methods(tenants.Policy{})); failed != nil {
		show, err := h.security(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	h.Flash(w, r, "Saved. It holds from everybody's next page on.")
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "settings", "security"))
}

// Asks is what an organization asks of somebody who does not meet it yet.
type Asks struct {
	Organization string
	Policy       tenants.Policy
	Unmet        []tenants.Demand
}

// MeetPolicy answers a request for an organization that asks for more than the person's session has: it says what, and
// leads to where that is put right and back. A form keeps its text, in the session, until its page is open again.
func (h *Auth) MeetPolicy(w http.ResponseWriter, r *http.Request, p scope.Person, asks Asks) error {
	next, kept := r.URL.RequestURI(), false
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		var err error
		if next, err = h.holdHere(w, r); err != nil {
			return err
		}
		kept = true
	} else if IsHX(r) {
		next = pageOf(r)
	}
	factors, err := h.Auth.Factors(r.Context(), p.ID)
	if err != nil {
		return err
	}
	if IsHX(r) {
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	return h.Render(w, r, http.StatusForbidden, views.PolicyWall(views.Wall{
		Organization: asks.Organization, Policy: asks.Policy, Unmet: asks.Unmet, Factors: factors, Email: p.Email, Next: next, Kept: kept,
	}))
}

// holdHere keeps the sent form in the session of the person who is signed in, and returns its page.
func (b *Base) holdHere(w http.ResponseWriter, r *http.Request) (next string, err error) {
	if err := parse(r); err != nil {
		return "", err
	}
	if next = pageOf(r); next == "/" {
		next = SafeNext(r.URL.EscapedPath(), "/")
	}
	who, _ := b.Sessions.Current(r.Context())
	data, err := json.Marshal(held{Action: r.URL.Path, Page: pathOnly(next), Values: cloneValues(r.PostForm), User: who.UserID})
	if err != nil {
		return "", err
	}
	return next, b.Sessions.Hold(w, r, data)
}
