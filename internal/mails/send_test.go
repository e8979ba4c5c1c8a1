package mails_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/mailer"
	"plinth/internal/mails"
)

// post counts what it is given, and fails while failing is set.
type post struct {
	mu      sync.Mutex
	sent    []mailer.Message
	failing error
}

func (p *post) Send(_ context.Context, m mailer.Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failing != nil {
		return "", p.failing
	}
	p.sent = append(p.sent, m)
	return "250 taken", nil
}

func mail(key, to string) mails.Mail {
	return mails.Mail{Key: key, Kind: "test", Message: mailer.Message{To: to, Subject: "Hello", Text: "text", HTML: "<p>text</p>"}}
}

func TestOneCauseMailsOnce(t *testing.T) {
	t.Parallel()
	p := &post{}
	m := &mails.Mails{DB: dbtest.New(t).AsWorker(t), Mailer: p}
	for _, key := range []string{"a", "a", "b", "a"} {
		if err := m.Send(t.Context(), mail(key, "dana@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.sent) != 2 {
		t.Errorf("%d mails for two causes", len(p.sent))
	}
}

func TestAFailureIsTriedAgainAndLogged(t *testing.T) {
	t.Parallel()
	p := &post{failing: errors.New("the mail server is away")}
	d := dbtest.New(t)
	m := &mails.Mails{DB: d.AsWorker(t), Mailer: p}
	if err := m.Send(t.Context(), mail("a", "dana@example.com")); !errors.Is(err, p.failing) {
		t.Fatalf("the failure is %v", err)
	}
	row := func() (state, text string, attempts int) {
		err := dbtest.At(t, d.Super).QueryRow(t.Context(), `select state, error, attempts from mails`).Scan(&state, &text, &attempts)
		if err != nil {
			t.Fatal(err)
		}
		return state, text, attempts
	}
	if state, text, _ := row(); state != "failed" || text != "the mail server is away" {
		t.Errorf("the log says %s: %s", state, text)
	}
	p.failing = nil
	if err := m.Send(t.Context(), mail("a", "dana@example.com")); err != nil {
		t.Fatal(err)
	}
	if state, text, attempts := row(); state != "sent" || text != "" || attempts != 2 {
		t.Errorf("the log says %s after %d attempts: %q", state, attempts, text)
	}
}

// Who changed their address between two attempts is in the log with the one that the mail went to.
func TestTheLogNamesWhereItWent(t *testing.T) {
	t.Parallel()
	p := &post{failing: errors.New("the mail server is away")}
	d := dbtest.New(t)
	m := &mails.Mails{DB: d.AsWorker(t), Mailer: p}
	if err := m.Send(t.Context(), mail("a", "dana@example.com")); !errors.Is(err, p.failing) {
		t.Fatal(err)
	}
	p.failing = nil
	if err := m.Send(t.Context(), mail("a", "dana.whitfield@example.com")); err != nil {
		t.Fatal(err)
	}
	var to string
	if err := dbtest.At(t, d.Super).QueryRow(t.Context(), `select recipient from mails`).Scan(&to); err != nil || to != p.sent[0].To {
		t.Errorf("the log names %s, and it went to %s: %v", to, p.sent[0].To, err)
	}
}

func TestSuppressedAddressesGetNothing(t *testing.T) {
	t.Parallel()
	p := &post{}
	d := dbtest.New(t)
	m := &mails.Mails{DB: d.AsWorker(t), Mailer: p}
	if _, err := dbtest.At(t, d.Super).Exec(t.Context(), `insert into mail_suppressions (address, reason) values ('dana@example.com', 'bounced')`); err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), mail("a", "Dana@Example.com")); err != nil {
		t.Fatal(err)
	}
	if len(p.sent) != 0 {
		t.Error("a suppressed address got a mail")
	}
}

// A worker that dies between the sending and the note leaves a mail that may have gone out. It goes out once more, under
// the same Message-ID, and no third time.
func TestAMailGoesOutTwiceAtMost(t *testing.T) {
	t.Parallel()
	p := &post{failing: fmt.Errorf("cut off: %w", mailer.ErrUnsure)}
	d := dbtest.New(t)
	m := &mails.Mails{DB: d.AsWorker(t), Mailer: p, Domain: "example.com"}
	conn := dbtest.Connect(t, d.Super)
	state := func() (state string, unsure int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), `select state, unsure from mails`).Scan(&state, &unsure); err != nil {
			t.Fatal(err)
		}
		return state, unsure
	}
	for range 2 {
		if err := m.Send(t.Context(), mail("a", "dana@example.com")); !errors.Is(err, mailer.ErrUnsure) {
			t.Fatal(err)
		}
	}
	if s, n := state(); s != "sending" || n != 1 {
		t.Errorf("%s, %d times unsure", s, n)
	}
	p.failing = nil
	if err := m.Send(t.Context(), mail("a", "dana@example.com")); err != nil {
		t.Fatal(err)
	}
	if s, _ := state(); s != "unsure" || len(p.sent) != 0 {
		t.Errorf("%s, and sent %d times more", s, len(p.sent))
	}
	if err := m.Send(t.Context(), mail("a", "dana@example.com")); err != nil || len(p.sent) != 0 {
		t.Errorf("and once more: %v, %d", err, len(p.sent))
	}
	for _, key := range []string{"b", "b", "c"} {
		if err := m.Send(t.Context(), mail(key, "dana@example.com")); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), `update mails set state = 'sending' where key = 'b' and attempts = 1`); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.sent) != 3 || p.sent[0].ID != p.sent[1].ID || p.sent[1].ID == p.sent[2].ID || !strings.HasSuffix(p.sent[0].ID, "@example.com") {
		t.Errorf("%+v", p.sent)
	}
}
