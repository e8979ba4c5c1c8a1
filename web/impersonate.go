package web

import (
	"net/http"

	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// What staff are told who look as somebody else and ask for more.
const (
	notAsAnother = "You look at this as somebody else. What is about passwords, second factors, keys, money, rights, exports and deletion is theirs alone."
	looksOnly    = "You look at this as somebody else, and change nothing. Allow changes first, in the line above the page."
)

// asAnother refuses what staff do not get to as somebody else: they look, and change something when they have said why.
// Of what is asked as a person nothing is open but what says so; inside an organization, what is everyday work.
func (g Guard) asAnother(r *http.Request, p scope.Person) error {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case !p.Impersonated() || g.WhileLooking:
		return nil
	case g.Kind == Public && reads && !g.NeverAs:
		return nil
	case g.Kind != InOrg || g.NeverAs || g.Prove != nil || !everyday(g.Permission):
		return fault.New(fault.Denied, ui.T(r.Context(), notAsAnother))
	case !reads && !p.By.Raised:
		return fault.New(fault.Denied, ui.T(r.Context(), looksOnly))
	}
	return nil
}

// everyday says whether a permission is about the daily work in an organization.
func everyday(p scope.Permission) bool {
	switch p {
	case scope.ViewOrganization, scope.ViewPeople, scope.CreateProject, scope.ManageProjects, scope.SeeAllProjects, scope.WriteTickets,
		scope.DeleteTickets, scope.ViewAudit, scope.ManageOrganization:
		return true
	}
	return false
}

// looking is what the line above every page says to staff who look as somebody else; nil for everybody else.
func looking(p scope.Person) *ui.Looking {
	if !p.Impersonated() {
		return nil
	}
	return &ui.Looking{
		Staff: p.By.Name, Name: p.Name, Email: p.Email, Until: p.By.Until.In(p.Location()), Raised: p.By.Raised, MayRaise: p.By.Role.May(scope.ImpersonateAll),
	}
}
