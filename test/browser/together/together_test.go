// Package together watches two people work on the same thing, each in a browser of their own.
package together

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/config"
	"plinth/internal/mailer"
	"plinth/internal/notify"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/jobs/worker"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// office is a site that browsers look at, with an organization of two people and a project.
type office struct {
	*webtest.Site
	owner, member scope.Scope
	url           string
}

func newOffice(t *testing.T) office {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	s := webtest.New(t, func(c *config.Config) { c.URL = url })
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	o := office{Site: s, url: url, owner: owner, member: s.Join(t, owner, s.Account(t, "Jun Park", "jun@example.com"), scope.Member)}
	if _, err := s.App.Projects.Create(t.Context(), owner, projects.NewProject{ID: uuid.Must(uuid.NewV7()), Name: "Website", Key: "WEB"}); err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: s.Handler}}
	server.Start()
	t.Cleanup(server.Close)
	s.GoLive(t)
	return o
}

// desk opens a browser for somebody.
func (o office) desk(t *testing.T, email string, window chrome.Options) *chrome.Page {
	t.Helper()
	window.Base = o.url
	p := chrome.New(t, window)
	p.Open("/signin")
	p.Fill("E-mail", email)
	p.Fill("Password", webtest.Password)
	p.Press("main form button.btn-primary")
	p.See("Acme")
	return p
}

// works begins to work the jobs as they come, as a worker does, until the returned function is called.
func (o office) works(t *testing.T) (rest func()) {
	t.Helper()
	client, err := o.Worker.Worker(worker.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	rest = sync.OnceFunc(func() {
		if err := client.Stop(context.Background()); err != nil {
			t.Errorf("the worker does not come to rest: %v", err)
		}
	})
	t.Cleanup(rest)
	return rest
}

// morning lets the morning after come and returns the digest that then goes out to somebody.
func (o office) morning(t *testing.T, to string) mailer.Kept {
	t.Helper()
	now := time.Now().UTC()
	o.Worker.Notify.Now = func() time.Time { return time.Date(now.Year(), now.Month(), now.Day()+1, 8, 30, 0, 0, time.UTC) }
	if err := o.Worker.Notify.Tend(t.Context(), o.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	mails := o.Mails(t, to)
	i := slices.IndexFunc(mails, func(m mailer.Kept) bool { return strings.Contains(m.Subject, " new") })
	if i < 0 {
		t.Fatalf("no digest is among %d mails", len(mails))
	}
	return mails[i]
}

const right = "\u0303" // the arrow key, as chromedp names it

// A ticket is made in one window and carried over the board by the keyboard; what is said of it there shows in the other
// window within a second, and becomes a notification, and a line of the digest in the morning.
func TestWhatOneSaysTheOtherHears(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rest := o.works(t)
	every := notify.ChoiceForm{Assigned: notify.Digest, Mention: notify.Digest, Comment: notify.Digest, Status: notify.InApp, Due: notify.InApp}
	if err := o.App.Notify.SetChoices(t.Context(), o.member.Person, every); err != nil {
		t.Fatal(err)
	}
	dana, jun := o.desk(t, "dana@example.com", chrome.Options{}), o.desk(t, "jun@example.com", chrome.Options{Width: 390, Height: 844})
	const board, ticket = "/orgs/acme/projects/WEB/board", "/orgs/acme/projects/WEB/tickets/1"

	jun.Open(board)
	dana.Open(board)
	dana.Key("c")
	dana.See("Add another")
	dana.Fill("Title", "The door squeaks")
	dana.Key("\r")
	dana.See("WEB-1", "The door squeaks")
	dana.Open(board)
	dana.Truth(`document.querySelector("#card-WEB-1 a").focus() ?? true`)
	for _, key := range []string{" ", right, " "} {
		dana.Key(key)
	}
	dana.See("WEB-1 moved to In progress")
	for _, p := range []*chrome.Page{dana, jun} {
		p.Until("the card stands in its lane", func() bool { return p.Truth(`document.querySelector("[data-status=progress] #card-WEB-1") !== null`) })
	}

	// What others do does not take the keyboard away from the card.
	if _, err := o.App.Projects.CreateTicket(t.Context(), o.member, "WEB", projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: "The window sticks"}); err != nil {
		t.Fatal(err)
	}
	dana.See("The window sticks")
	if !dana.Truth(`document.activeElement?.closest("#card-WEB-1") !== null`) {
		t.Error("the card has lost the keyboard to a change of somebody else's")
	}
	for _, key := range []string{" ", right, " "} {
		dana.Key(key)
	}
	dana.See("WEB-1 moved to In review")
	dana.Until("who watches the ticket is told of the moves", func() bool { return o.AtRest(t) })

	jun.Open(ticket)
	dana.Open(ticket)
	quickest := time.Hour
	for _, text := range []string{"Could you look at it, @Jun Park?", "The upper hinge.", "It is dry."} {
		dana.Fill("Comment", text)
		said := time.Now()
		dana.Click("Comment")
		jun.See(strings.TrimSuffix(text, ", @Jun Park?"))
		if quickest = min(quickest, time.Since(said)); quickest < time.Second {
			break // else the machine may have had something else to do
		}
	}
	if t.Logf("shown in the other window after %v", quickest); quickest > time.Second {
		t.Errorf("it takes %v until the other window shows what was said", quickest)
	}
	jun.Until("something is unread", func() bool {
		return jun.Truth(`document.querySelector("#inbox-sign i") !== null && document.querySelector("#inbox-item .count")?.textContent.includes("1")`)
	})
	jun.Shot("together-told")

	jun.Open("/orgs/acme/inbox")
	jun.See("Dana Whitfield", "The door squeaks", "Could you look at it")
	rest()
	digest := o.morning(t, "jun@example.com")
	if !strings.Contains(digest.Text, "WEB-1 The door squeaks") || !strings.Contains(digest.Text, "Could you look at it") {
		t.Errorf("the digest does not tell of it:\n%s", digest.Text)
	}
	at := slices.IndexFunc(digest.Links(), func(link string) bool { return strings.Contains(link, ticket) })
	if at < 0 {
		t.Fatalf("the digest does not lead to the ticket: %q", digest.Links())
	}
	jun.Open(strings.TrimPrefix(digest.Links()[at], o.url))
	jun.See("The door squeaks", "Could you look at it")
}
