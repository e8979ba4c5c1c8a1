// Package web is the shell round every request: the table of all URLs with their guards, the guards, the middleware and
// the server.
package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"plinth/internal/scope"
)

// GuardKind says who may ask a route. There is no zero kind that lets people in: a Route is made by get or post, which
// take a Guard, and a guard by one of the functions below.
type GuardKind string

// The guards.
const (
	Public    GuardKind = "public"    // anybody; the session is read, so the page knows who is there
	SignedIn  GuardKind = "signed-in" // a person
	InOrg     GuardKind = "member"    // a member of the organization in the path, with a permission
	StaffOnly GuardKind = "staff"     // staff
	Signed    GuardKind = "signed"    // a machine whose request carries a signature; no session, no cross-origin check
	DevOnly   GuardKind = "dev"       // anybody, where developer pages are shown
)

// Guard is who may ask, and the endpoint behind it.
type Guard struct {
	Kind       GuardKind
	Permission scope.Permission // of InOrg
	// WhileUnpaid lets a change through although the organization is unpaid, because it is the way out; WhileReadOnly
	// lets it through also when it is suspended, because it concerns the person alone.
	WhileUnpaid, WhileReadOnly bool
	// WhileClosing lets in whoever's account is being deleted, who is led to how to keep it from everywhere else.
	WhileClosing bool
	// WhileEnding lets a change through although the deletion of the organization was asked for; WhileDeleted lets any
	// request through although it is deleted, until erasing it begins.
	WhileEnding, WhileDeleted bool
	// WhileLooking lets staff through who look as somebody else; NeverAs keeps them out although they see what is round it.
	WhileLooking, NeverAs bool
	// Staff is what StaffOnly asks of the role of staff. Act says, where something is done, what: as a line that follows
	// "Say why". Reason is the field of the form that says why; without it the reason is asked for on a page of its own.
	Staff       scope.StaffPermission
	Act, Reason string
	// Prove answers whoever has not proven who they are within the last RecentFor; nil asks for no such proof.
	Prove personal

	serve func(sh *Shell, w http.ResponseWriter, r *http.Request, g Guard) error
}

// Route is one URL.
type Route struct {
	Method string
	Path   string
	Guard  Guard
	// MaxBody is the largest body taken, in bytes; zero is 1 MiB.
	MaxBody int64
}

// Pattern is the route as the mux knows it.
func (r Route) Pattern() string { return r.Method + " " + r.Path }

// The shapes of a handler, by guard: what it needs comes as a parameter, so a handler that wants a scope cannot stand
// behind a guard that has none.
type (
	plain    = func(http.ResponseWriter, *http.Request) error
	personal = func(http.ResponseWriter, *http.Request, scope.Person) error
	scoped   = func(http.ResponseWriter, *http.Request, scope.Scope) error
)

func get(path string, g Guard) Route  { return Route{Method: http.MethodGet, Path: path, Guard: g} }
func post(path string, g Guard) Route { return Route{Method: http.MethodPost, Path: path, Guard: g} }

// atMost bounds the body of a route that takes more or less than most.
func atMost(bytes int64, r Route) Route {
	r.MaxBody = bytes
	return r
}

func public(h plain) Guard {
	return Guard{Kind: Public, serve: func(sh *Shell, w http.ResponseWriter, r *http.Request, g Guard) error {
		return sh.open(w, r, g, h)
	}}
}

func signedIn(h personal) Guard {
	return Guard{Kind: SignedIn, serve: func(sh *Shell, w http.ResponseWriter, r *http.Request, g Guard) error {
		return sh.person(w, r, g, h)
	}}
}

func member(p scope.Permission, h scoped) Guard {
	return Guard{Kind: InOrg, Permission: p, serve: func(sh *Shell, w http.ResponseWriter, r *http.Request, g Guard) error {
		return sh.member(w, r, g, h)
	}}
}

// alsoUnpaid marks a change that an unpaid organization may make.
func alsoUnpaid(g Guard) Guard {
	g.WhileUnpaid = true
	return g
}

// alsoReadOnly marks a change that is made whatever the organization's state.
func alsoReadOnly(g Guard) Guard {
	g.WhileReadOnly = true
	return g
}

// alsoClosing marks what remains to whoever's account is being deleted.
func alsoClosing(g Guard) Guard {
	g.WhileClosing = true
	return g
}

// alsoEnding marks a change that may be made while the deletion of the organization is under way.
func alsoEnding(g Guard) Guard {
	g.WhileEnding = true
	return g
}

// alsoDeleted marks what is there for the members of a deleted organization.
func alsoDeleted(g Guard) Guard {
	g.WhileDeleted = true
	return g
}

// alsoLooking marks what is there for staff who look as somebody else.
func alsoLooking(g Guard) Guard {
	g.WhileLooking = true
	return g
}

// neverAs marks what staff do not get to as somebody else.
func neverAs(g Guard) Guard {
	g.NeverAs = true
	return g
}

// lets says whether a change is let through although the organization is read-only.
func (g Guard) lets(why scope.ReadOnly) bool {
	return why == scope.Writable || g.WhileReadOnly || g.WhileUnpaid && why == scope.Unpaid || g.WhileEnding && why == scope.Closing
}

// How long a proof of who it is counts as recent: for what matters, and for reading in the back-office.
const (
	RecentFor = 15 * time.Minute
	OfficeFor = 12 * time.Hour
)

// recent marks what matters so much that somebody who is signed in proves anew who they are; prove asks them to.
func recent(prove personal, g Guard) Guard {
	g.Prove = prove
	return g
}

func staff(p scope.StaffPermission, h personal) Guard {
	return Guard{Kind: StaffOnly, Staff: p, serve: func(sh *Shell, w http.ResponseWriter, r *http.Request, g Guard) error {
		return sh.staff(w, r, g, h)
	}}
}

// act is staff for something that is done: it is not done without a reason, which is kept before it is.
func act(p scope.StaffPermission, what string, h personal) Guard {
	g := staff(p, h)
	g.Act, g.Reason = what, "why"
	return g
}

// because names the field that says why, in a form where it is also something else.
func because(field string, g Guard) Guard {
	g.Reason = field
	return g
}

func signed(h plain) Guard {
	return Guard{Kind: Signed, serve: func(_ *Shell, w http.ResponseWriter, r *http.Request, _ Guard) error { return h(w, r) }}
}

func devOnly(h plain) Guard {
	return Guard{Kind: DevOnly, serve: func(sh *Shell, w http.ResponseWriter, r *http.Request, _ Guard) error {
		return sh.dev(w, r, h)
	}}
}

// wayBack leads whoever opens the address of a form, as after reloading a refused one or signing in again, to the page
// it belongs to: the nearest address above it that has one. pages are the addresses that can be opened. It is false for
// addresses nobody is led away from: those with a page, of machines, and of places that are hidden from most.
func (r Route) wayBack(pages map[string]bool) (Route, bool) {
	switch r.Guard.Kind {
	case Public, SignedIn, InOrg:
	default:
		return Route{}, false
	}
	if r.Method != http.MethodPost || pages[r.Path] {
		return Route{}, false
	}
	above, steps := r.Path, 0
	for above != "" && !pages[above] {
		above = above[:strings.LastIndex(above, "/")]
		steps++
	}
	return get(r.Path, Guard{Kind: Public, serve: func(sh *Shell, w http.ResponseWriter, req *http.Request, _ Guard) error {
		to := strings.TrimSuffix(req.URL.EscapedPath(), "/")
		for range steps {
			to = to[:strings.LastIndex(to, "/")]
		}
		return sh.Base.Redirect(w, req, cmp.Or(to, "/"))
	}}), true
}

// check refuses a route that nothing guards, or that the house does not know.
func (r Route) check() error {
	switch {
	case r.Guard.Kind == "" || r.Guard.serve == nil:
		return fmt.Errorf("route %s has no guard", r.Pattern())
	case r.Guard.Kind == InOrg && r.Guard.Permission == "":
		return fmt.Errorf("route %s asks for no permission", r.Pattern())
	case r.Guard.Kind == StaffOnly && (r.Guard.Staff == "" || (r.Method == http.MethodPost) != (r.Guard.Act != "")):
		return fmt.Errorf("route %s asks staff for no permission, or for no reason", r.Pattern())
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return fmt.Errorf("route %s: forms know GET and POST only", r.Pattern())
	}
	return nil
}
