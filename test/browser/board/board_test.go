// Package board moves tickets on a board in Chromium, by the keyboard alone.
package board

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/config"
	"plinth/internal/projects"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// desk is a site that answers a browser, with a board of some tickets open in it.
type desk struct {
	*chrome.Page
	board  string
	answer func() // lets the moves through that have waited for it
}

func newDesk(t *testing.T, titles ...string) *desk {
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
	for _, title := range titles {
		if _, err := s.App.Projects.CreateTicket(t.Context(), owner, "WEB", projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: title}); err != nil {
			t.Fatal(err)
		}
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
	d.Page = chrome.New(t, chrome.Options{Base: url, Allow: []string{"503"}}) // nobody listens here to what happens
	d.Open("/signin")
	d.Fill("E-mail", "dana@example.com")
	d.Fill("Password", webtest.Password)
	d.Press("main form button.btn-primary")
	d.See("Acme")
	d.Open(d.board)
	return d
}

// The arrow keys, as chromedp names them.
const (
	right = "\u0303"
	up    = "\u0304"
	down  = "\u0301"
)

// in fails the test unless the ticket comes to stand in the lane.
func (d *desk) in(t *testing.T, status projects.Status) {
	t.Helper()
	d.Press("[data-status=" + string(status) + "]:has(#card-WEB-1) h2")
}

// move lifts the ticket in a lane, carries it to the next one, and sets it down.
func (d *desk) move(t *testing.T, from projects.Status) {
	t.Helper()
	d.in(t, from)
	d.Until("WEB-1 has the keyboard", func() bool { // a board that is refreshed meanwhile takes it away
		d.focus("1")
		return d.Truth(`document.activeElement?.closest("#card-WEB-1") !== null && document.querySelector("plinth-board:not(:defined)") === null`)
	})
	for _, key := range []string{" ", right, " "} {
		d.Key(key)
	}
}

// A ticket whose move is on its way stays where it is until that is answered: moved on at once it would stand where
// nobody has put it.
func TestMovedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "Mill jams")
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

// order waits until the cards of a lane stand so, the uppermost first.
func (d *desk) order(t *testing.T, status projects.Status, want string) {
	t.Helper()
	d.Until("the lane is "+want, func() bool {
		return d.Truth(`[...document.querySelectorAll("[data-status=` + string(status) + `] .ticket:not([aria-busy])")].map((e) => e.id.slice(9)).join(" ") === "` + want + `"`)
	})
}

// focus puts the keyboard on a card.
func (d *desk) focus(card string) {
	d.Truth(`document.querySelector("#card-WEB-` + card + ` a").focus() ?? true`)
}

// A ticket goes up and down in its lane by the keyboard, and the order is the same after a reload.
func TestOrderByKeyboard(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "First", "Second", "Third", "Fourth")
	d.answer()
	d.order(t, projects.Todo, "4 3 2 1")
	d.focus("4")
	for _, key := range []string{" ", down, down, " "} {
		d.Key(key)
	}
	d.order(t, projects.Todo, "3 2 4 1")
	d.focus("1")
	for _, key := range []string{" ", up, right, " "} { // it keeps its height
		d.Key(key)
	}
	d.See("WEB-1 moved to In progress")
	d.order(t, projects.InProgress, "1")
	d.focus("2")
	for _, key := range []string{" ", right, down, " "} {
		d.Key(key)
	}
	d.See("WEB-2 moved to In progress")
	d.order(t, projects.InProgress, "1 2")
	d.focus("3")
	for _, key := range []string{" ", down, "\u001b"} {
		d.Key(key)
	}
	d.order(t, projects.Todo, "3 4")
	d.Open(d.board)
	d.order(t, projects.Todo, "3 4")
	d.order(t, projects.InProgress, "1 2")
}

// drag carries what one selector names to the upper half of what another does, and drops it there.
func (d *desk) drag(what, onto string) {
	d.Truth(`(() => {
		const from = document.querySelector("` + what + `"), to = document.querySelector("` + onto + `"), dataTransfer = new DataTransfer();
		const send = (target, type, y) => target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, clientY: y, dataTransfer }));
		send(from, "dragstart", 0);
		setTimeout(() => {
			const y = to.getBoundingClientRect().top + 2;
			send(to, "dragover", y);
			send(to, "drop", y);
			send(from, "dragend", y);
		}, 50);
		return true;
	})()`)
}

// With the pointer a ticket is dropped between two others, and a status of the project too.
func TestOrderByPointer(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "First", "Second", "Third", "Fourth")
	d.answer()
	d.drag("#card-WEB-1", "#card-WEB-3")
	d.order(t, projects.Todo, "4 1 3 2")
	d.Open(d.board)
	d.order(t, projects.Todo, "4 1 3 2")

	settings := strings.TrimSuffix(d.board, "board") + "settings/statuses"
	d.Open(settings)
	statuses := func(want string) {
		t.Helper()
		d.Until("the statuses are "+want, func() bool {
			return d.Truth(`[...document.querySelectorAll("#statuses > li:not([aria-busy])")].map((e) => e.id.slice(7)).join(" ") === "` + want + `"`)
		})
	}
	d.drag("#status-review", "#status-todo")
	statuses("review todo progress done")
	d.Press("#status-review button[value='1']")
	statuses("todo review progress done")
	d.Open(settings)
	statuses("todo review progress done")
}
