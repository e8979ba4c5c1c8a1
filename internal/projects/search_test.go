package projects_test

import (
	"strings"
	"testing"

	"plinth/internal/projects"
	"plinth/internal/scope"
)

// keys are the tickets that somebody finds, in order.
func (h *house) finds(s scope.Scope, text string) string {
	h.t.Helper()
	found, err := h.Search(h.ctx(), s, text)
	h.no(err)
	var keys []string
	for _, hit := range found.Tickets {
		keys = append(keys, hit.Key())
	}
	for _, p := range found.Projects {
		keys = append(keys, p.Key)
	}
	for _, p := range found.People {
		keys = append(keys, p.Name)
	}
	return strings.Join(keys, " ")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "SEC", projects.ForMembers)
	add := func(key, title, body string) int {
		n, err := h.CreateTicket(h.ctx(), h.owner, key, projects.NewTicket{ID: newID(), Title: title, Body: body})
		h.no(err)
		return n
	}
	add("WEB", "Lighthouse keeps flickering", "The lamp of the harbour.")
	add("WEB", "Prices in Swiss francs", "See the lighthouse project for how rounding is done, it's 40% off.")
	third := add("WEB", "Dealer map", "Works without location.")
	add("SEC", "Lighthouse codes", "A secret acquisition.")
	comment := projects.CommentForm{ID: newID(), Body: "The **keeper** of the lighthouse says no."}
	h.no(h.AddComment(h.ctx(), h.owner, "WEB", third, comment))

	for _, c := range []struct{ what, text, owner, member string }{
		{"a word, titles first", "lighthouse", "SEC-1 WEB-1 WEB-3 WEB-2", "WEB-1 WEB-3 WEB-2"},
		{"the beginning of a word", "lightho", "SEC-1 WEB-1 WEB-3 WEB-2", "WEB-1 WEB-3 WEB-2"},
		{"all words", "lighthouse rounding", "WEB-2", "WEB-2"},
		{"in any case", "DEALER", "WEB-3", "WEB-3"},
		{"a comment", "keeper", "WEB-3", "WEB-3"},
		{"a letter missing", "ligthouse", "SEC-1 WEB-1 WEB-3 WEB-2", "WEB-1 WEB-3 WEB-2"},
		{"two letters changed places", "lihgthouse", "SEC-1 WEB-1 WEB-3 WEB-2", "WEB-1 WEB-3 WEB-2"},
		{"a letter too many", "francss", "WEB-2", "WEB-2"},
		{"another letter", "prizes", "WEB-2", "WEB-2"},
		{"a word of a project one does not see", "acquisition", "SEC-1", ""},
		{"nearly a word of a project one does not see", "acqisition", "SEC-1", ""},
		{"a key", "web-2", "WEB-2", "WEB-2"},
		{"a key one does not see", "SEC-1", "SEC-1", ""},
		{"signs of a query", "& | ! ( ) :* <-> '", "", ""},
		{"signs among words", "swiss & !francs:* (", "WEB-2", "WEB-2"},
		{"nothing", "  ", "", ""},
		{"per cents", "100%", "", ""},
		{"a person", "mira", "Mira Okafor", "Mira Okafor"},
		{"something else", "zeppelin", "", ""},
	} {
		if got := h.finds(h.owner, c.text); got != c.owner {
			t.Errorf("%s: the owner finds %q, want %q", c.what, got, c.owner)
		}
		if got := h.finds(h.member, c.text); got != c.member {
			t.Errorf("%s: a member finds %q, want %q", c.what, got, c.member)
		}
		if got := h.finds(h.foreigner, c.text); got != "" {
			t.Errorf("%s: somebody of another organization finds %q", c.what, got)
		}
	}

	found, err := h.Search(h.ctx(), h.member, "keeper")
	h.no(err)
	if hit := found.Tickets[0]; !hit.Comment || hit.DocID != comment.ID || !strings.Contains(hit.Excerpt, "\x01keeper\x02") {
		t.Errorf("the hit in a comment is %+v", hit)
	}
	if found, err = h.Search(h.ctx(), h.member, "ligthouse"); err != nil || !found.Near {
		t.Errorf("near words are not said to be near: %v %v", found.Near, err)
	}
}

// What changes is found as it is now.
func TestSearchFollowsChanges(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "Windmill")
	comment := projects.CommentForm{ID: newID(), Body: "About sails"}
	h.no(h.AddComment(h.ctx(), h.owner, "WEB", n, comment))
	page, err := h.TicketPage(h.ctx(), h.owner, "WEB", n, "")
	h.no(err)
	h.no(h.EditTicket(h.ctx(), h.owner, "WEB", n, projects.EditForm{Title: "Watermill", Body: "With a wheel", Revision: page.Ticket.Revision}))
	for text, want := range map[string]string{"windmill": "", "watermill": "WEB-1", "wheel": "WEB-1", "sails": "WEB-1"} {
		if got := h.finds(h.member, text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	h.project(h.owner, "OPS", projects.ForOrganization)
	h.project(h.owner, "SEC", projects.ForMembers)
	moved, hidden := h.ticket(h.owner, "WEB", "Millstone"), h.ticket(h.owner, "WEB", "Treasure")
	_, err = h.MoveToProject(h.ctx(), h.owner, "WEB", moved, "OPS")
	h.no(err)
	_, err = h.MoveToProject(h.ctx(), h.owner, "WEB", hidden, "SEC")
	h.no(err)
	if got := h.finds(h.member, "web-2") + " " + h.finds(h.owner, "WEB-3"); got != "OPS-1 SEC-1" {
		t.Errorf("by the keys that moved tickets had: %q", got)
	}
	if got := h.finds(h.member, "WEB-3") + h.finds(h.guest, "WEB-2") + h.finds(h.foreigner, "WEB-2"); got != "" {
		t.Errorf("who does not see where it is now finds %q", got)
	}
	h.no(h.DeleteTicket(h.ctx(), h.owner, "OPS", 1))
	if got := h.finds(h.owner, "WEB-2"); got != "" {
		t.Errorf("one in the trash is found: %q", got)
	}
	comment.Body = "About stones"
	h.no(h.EditComment(h.ctx(), h.owner, "WEB", n, comment))
	if got := h.finds(h.member, "sails") + h.finds(h.member, "stones"); got != "WEB-1" {
		t.Errorf("after a comment was changed: %q", got)
	}
	h.no(h.DeleteComment(h.ctx(), h.owner, "WEB", n, comment.ID))
	if got := h.finds(h.member, "stones"); got != "" {
		t.Errorf("a deleted comment is found: %q", got)
	}
}
