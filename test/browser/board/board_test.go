// Package board moves tickets on a board in Chromium, by the keyboard alone.
package board

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/config"
	"plinth/internal/projects"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// desk is a site that answers a browser, with a board of one ticket open in it.
type desk struct {
	*chrome.Page
	board  string
	answer func() // lets the moves through that have waited for it
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	s := webtest.New(t, func(c *config.Config) { c.URL = url })
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	if _, err := s.App.Projects.Create(t.Context(), owner, projects.NewProject{ID: uuid.Must(uuid.NewV7()), Name: "Website", Key: "WEB"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.App.Projects.CreateTicket(t.Context(), owner, "WEB", projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: "Mill jams"}); err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	d := &desk{board: "/orgs/acme/projects/WEB/board", answer: sync.OnceFunc(func() { close(hold) })}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/status") {
			<-hold
		}
		s.Handler.ServeHTTP(w, r)
	})}}
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(d.answer)
	d.Page = chrome.New(t, chrome.Options{Base: url})
	d.Open("/signin")
	d.Fill("E-mail", "dana@example.com")
	d.Fill("Password", webtest.Password)
	d.Press("main form button.btn-primary")
	d.See("Acme")
	d.Open(d.board)
	return d
}

const right = "\u0303" // the arrow key, as chromedp names it

// in fails the test unless the ticket comes to stand in the lane.
func (d *desk) in(t *testing.T, status projects.Status) {
	t.Helper()
	d.Press("[data-status=" + string(status) + "]:has(#card-WEB-1) h2")
}

// move lifts the ticket in a lane, carries it to the next one, and sets it down. Between the search and the ticket stand
// the other filters, and in each lane so far the link to a new ticket.
func (d *desk) move(t *testing.T, from projects.Status) {
	t.Helper()
	d.in(t, from)
	d.Fill("Search in Website", "")
	for range 5 + slices.IndexFunc(projects.DefaultStatuses(), func(s projects.StatusInfo) bool { return s.Slug == from }) {
		d.Key("\t")
	}
	for _, key := range []string{" ", right, " "} {
		d.Key(key)
	}
}

// A ticket whose move is on its way stays where it is until that is answered: moved on at once it would stand where
// nobody has put it.
func TestMovedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.move(t, projects.Todo)
	d.move(t, projects.InProgress)
	d.in(t, projects.InProgress)
	d.answer()
	d.See("WEB-1 moved to In progress")
	d.move(t, projects.InProgress)
	d.See("WEB-1 moved to In review")
	d.Open(d.board)
	d.in(t, projects.InReview)
}
