package web

import (
	"net/http"

	"plinth/internal/flags"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// announcedAtMost is how many announcements stand above a page; further ones follow when those are dismissed or over.
const announcedAtMost = 2

// announced says above every page what staff announce to whoever looks at it, besides what they dismissed.
func (sh *Shell) announced(r *http.Request, e entry, p scope.Person, st *standing) []ui.Announcement {
	all := sh.Flags.Announced(reader(e, st))
	if len(all) == 0 {
		return nil
	}
	dismissed := sh.Base.Sessions.Dismissed(r, p.ID)
	var out []ui.Announcement
	for _, a := range all {
		if (!a.Dismissible || !dismissed(a.ID)) && len(out) < announcedAtMost {
			out = append(out, ui.Announcement{
				ID: a.ID.String(), Warning: a.Level == flags.Warning, Text: a.Text, LinkText: a.LinkText, LinkURL: a.LinkURL, Dismissible: a.Dismissible,
			})
		}
	}
	return out
}

// reader is who looks. On a page of no organization, owners and admins are those of any.
func reader(e entry, st *standing) flags.Reader {
	if st != nil {
		return flags.Reader{Manager: manages(st.scope.Role), TenantID: st.scope.TenantID, Plan: st.scope.Limits.Plan}
	}
	var r flags.Reader
	for _, o := range e.orgs {
		r.Manager = r.Manager || manages(scope.Role(o.Role))
	}
	return r
}

func manages(r scope.Role) bool { return r.May(scope.ManageOrganization) }
