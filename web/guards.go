package web

import (
	"net/http"
	"strings"
	"time"

	"plinth/handlers"
	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/notify"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/internal/tenants"
	"plinth/views/ui"
)

// entry is what a guard reads in its one round trip.
type entry struct {
	seen     *auth.Seen
	orgs     []tenants.Organization
	standing *tenants.Standing
	moved    string // the address in force, when an organization of the person was asked for by one of old
	access   *billing.AccessRow
	projects []projects.NavProject
	unread   int64
}

// enter reads who is there, and with a slug where they stand. Unauthenticated when nobody is signed in.
func (sh *Shell) enter(r *http.Request, slug string) (entry, scope.Person, error) {
	var e entry
	id, ok := sh.Base.Sessions.Current(r.Context())
	if !ok {
		return e, scope.Person{}, fault.New(fault.Unauthenticated, "")
	}
	err := sh.DB.Enter(r.Context(), id.UserID, func(q *db.Reads) {
		auth.QueuePerson(q, id, &e.seen)
		tenants.QueueOrganizations(q, id.UserID, &e.orgs)
		if slug != "" {
			tenants.QueueStanding(q, slug, id.UserID, &e.standing)
			tenants.QueueMoved(q, slug, id.UserID, &e.moved)
			billing.QueueAccess(q, slug, &e.access)
			projects.QueueNav(q, slug, id.UserID, &e.projects)
			notify.QueueUnread(q, slug, id.UserID, &e.unread)
		}
	})
	if err != nil {
		return e, scope.Person{}, err
	}
	if e.seen == nil {
		return e, scope.Person{}, fault.New(fault.Unauthenticated, "")
	}
	p := e.seen.Person(id.SessionID)
	telemetry.TraceFrom(r.Context()).User = p.ID
	return e, p, nil
}

// open serves anybody, and whoever is signed in as themselves.
func (sh *Shell) open(w http.ResponseWriter, r *http.Request, g Guard, h plain) error {
	e, p, err := sh.enter(r, "")
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	r = sh.withNav(r, e, p, nil)
	if err := g.asAnother(r, p); err != nil {
		return sh.failInside(w, r, err)
	}
	return sh.failInside(w, r, h(w, r))
}

func (sh *Shell) anybody(w http.ResponseWriter, r *http.Request, h plain) error {
	e, p, err := sh.enter(r, "")
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return h(w, sh.withNav(r, e, p, nil))
}

func (sh *Shell) person(w http.ResponseWriter, r *http.Request, g Guard, h personal) error {
	e, p, err := sh.enter(r, "")
	if err != nil {
		return err
	}
	if led, err := sh.leadToClosing(w, r, g, p); led {
		return err
	}
	r = sh.withNav(r, e, p, nil)
	if err := g.asAnother(r, p); err != nil {
		return sh.failInside(w, r, err)
	}
	if g.Prove != nil && !provenLately(p) {
		return g.Prove(w, r, p)
	}
	return h(w, r, p)
}

// leadToClosing leads whoever's account is being deleted to where they can keep it.
func (sh *Shell) leadToClosing(w http.ResponseWriter, r *http.Request, g Guard, p scope.Person) (led bool, err error) {
	if p.EraseAt.IsZero() || g.WhileClosing || p.Impersonated() {
		return false, nil
	}
	return true, sh.Base.Redirect(w, r, handlers.ClosingPath)
}

func provenLately(p scope.Person) bool { return time.Since(p.Proven) < RecentFor }

func (sh *Shell) staff(w http.ResponseWriter, r *http.Request, g Guard, h personal) error {
	if sh.OfficeHost != "" && !sh.atOffice(r) {
		return fault.Missing() // before anybody is asked to sign in
	}
	e, p, err := sh.enter(r, "")
	if err != nil {
		return err
	}
	if led, err := sh.leadToClosing(w, r, g, p); led {
		return err
	}
	r = sh.withNav(r, e, p, nil)
	good := OfficeFor
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		good = RecentFor
	}
	switch {
	case p.Staff == "":
		err = fault.Missing() // who is not staff learns nothing of the back-office
	case !p.Strong || time.Since(p.Proven) > good:
		err = sh.MeetOffice(w, r, p)
	case !p.Staff.May(g.Staff):
		err = fault.New(fault.Denied, ui.T(r.Context(), "Your role in the back-office, %s, does not allow this.", string(p.Staff)))
	case g.Act != "":
		err = sh.Base.Because(w, r, g.Act, g.Reason, func(r *http.Request) error { return h(w, r, p) })
	default:
		err = h(w, r, p)
	}
	return sh.failInside(w, r, err)
}

func (sh *Shell) dev(w http.ResponseWriter, r *http.Request, h plain) error {
	if !sh.Base.Dev {
		return fault.Missing()
	}
	return sh.anybody(w, r, h)
}

func (sh *Shell) member(w http.ResponseWriter, r *http.Request, g Guard, h scoped) error {
	e, p, err := sh.enter(r, r.PathValue("org"))
	if err != nil {
		return err
	}
	if led, err := sh.leadToClosing(w, r, g, p); led {
		return err
	}
	trace := telemetry.TraceFrom(r.Context())
	if e.moved != "" {
		return sh.Base.Moved(w, r, r.PathValue("org"), e.moved)
	}
	if e.standing == nil {
		return sh.failInside(w, sh.withNav(r, e, p, nil), fault.Missing())
	}
	if unmet := e.standing.Policy().Unmet(p, time.Now()); len(unmet) > 0 && !p.Impersonated() {
		r = sh.withNav(r, e, p, nil) // of what is inside nothing is shown
		return sh.failInside(w, r, sh.Meet(w, r, p, handlers.Asks{Organization: e.standing.Name, Policy: e.standing.Policy(), Unmet: unmet}))
	}
	if err := g.asAnother(r, p); err != nil {
		return sh.failInside(w, sh.withNav(r, e, p, nil), err)
	}
	if e.standing.DeletedAt != nil {
		return sh.deleted(w, sh.withNav(r, e, p, nil), e, p, g, h)
	}
	access := sh.Plans.Access(e.access, sh.Plans.Now())
	s := e.standing.Scope(p, access, trace.RequestID)
	s.Address, s.Device = trace.Address, handlers.Device(r).Name()
	trace.Tenant = s.TenantID
	return sh.admit(w, sh.withNav(r, e, p, &standing{s, access}), s, g, h)
}

// deleted serves what is there for the members of a deleted organization, and tells of the rest that it is: its owners are
// led to where they can bring it back.
func (sh *Shell) deleted(w http.ResponseWriter, r *http.Request, e entry, p scope.Person, g Guard, h scoped) error {
	trace := telemetry.TraceFrom(r.Context())
	s := e.standing.Scope(p, sh.Plans.Access(e.access, sh.Plans.Now()), trace.RequestID)
	s.Address, s.Device = trace.Address, handlers.Device(r).Name()
	trace.Tenant = s.TenantID
	if !g.WhileDeleted || !s.May(g.Permission) {
		return sh.failInside(w, r, sh.Base.Deleted(w, r, s, tenants.RestoreUntil(*e.standing.DeletedAt)))
	}
	return sh.admit(w, r, s, g, h)
}

// admit asks what the guard asks of somebody who is of the organization.
func (sh *Shell) admit(w http.ResponseWriter, r *http.Request, s scope.Scope, g Guard, h scoped) (err error) {
	switch {
	case !s.May(g.Permission):
		err = fault.New(fault.Denied, "")
	case r.Method != http.MethodGet && r.Method != http.MethodHead && !g.lets(s.ReadOnly):
		err = readOnly(s)
	case g.Prove != nil && !provenLately(s.Person):
		err = g.Prove(w, r, s.Person)
	default:
		err = h(w, r, s)
	}
	return sh.failInside(w, r, err)
}

// failInside answers with an error while the request still knows the frame of the page; what is nil passes.
func (sh *Shell) failInside(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		sh.Base.Fail(w, r, err)
	}
	return nil
}

func readOnly(s scope.Scope) error {
	switch s.ReadOnly {
	case scope.Suspended:
		return fault.New(fault.Denied, "This organization is suspended. Everything can be read, nothing can be changed.")
	case scope.Closing:
		return fault.New(fault.Denied, "This organization is being deleted. Everything can be read, nothing can be changed.")
	case scope.Looking:
		return fault.New(fault.Denied, looksOnly)
	case scope.Writable, scope.Unpaid:
	}
	return fault.New(fault.PaymentRequired, "A payment is missing, so this organization can be read but not changed. An owner can put that right under Billing.")
}

type standing struct {
	scope  scope.Scope
	access billing.Access
}

// withNav puts into the request what the frame of its page shows.
func (sh *Shell) withNav(r *http.Request, e entry, p scope.Person, st *standing) *http.Request {
	trace := telemetry.TraceFrom(r.Context())
	nav := ui.Nav{
		Theme: sh.Base.Sessions.Theme(r), Zone: p.Location(), Path: r.URL.Path, RequestID: trace.RequestID, Dev: sh.Base.Dev,
	}
	nav.Announcements = sh.announced(r, e, p, st)
	if e.seen != nil {
		nav.Live = sh.Live.Stamp()
		nav.Looking, nav.Office = looking(p), sh.Base.OfficeURL+"/admin"
		nav.Person = ui.Person{ID: p.ID.String(), Name: p.Name, Email: p.Email, Picture: p.Picture, Staff: string(p.Staff)}
	}
	for _, o := range e.orgs {
		nav.Orgs = append(nav.Orgs, ui.NavOrg{
			Slug: o.Slug, Name: o.Name, RoleLabel: roleLabel(o.Role), Logo: o.Logo, CanManage: scope.Role(o.Role).May(scope.ManageOrganization),
		})
	}
	if st != nil {
		nav.Org = &ui.NavOrg{
			Slug: st.scope.Slug, Name: st.scope.Name, RoleLabel: roleLabel(string(st.scope.Role)), Logo: st.scope.Logo,
			CanManage: st.scope.May(scope.ManageOrganization), SeesPeople: st.scope.May(scope.ViewPeople), MakesProjects: st.scope.May(scope.CreateProject),
			SeesAudit: st.scope.May(scope.ViewAudit),
		}
		nav.Unread = e.unread
		nav.Banner = banner(st, sh.Plans.Now())
		for _, project := range e.projects {
			nav.Projects = append(nav.Projects, ui.NavProject{Key: project.Key, Name: project.Name, Hue: project.Hue, Icon: project.Icon})
		}
	}
	return r.WithContext(ui.WithNav(r.Context(), nav))
}

func roleLabel(role string) string {
	if role == "" {
		return ""
	}
	return strings.ToUpper(role[:1]) + role[1:]
}
