package mails_test

import (
	"context"
	"errors"
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

func (p *post) Send(_ context.Context, m mailer.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failing != nil {
		return p.failing
	}
	p.sent = append(p.sent, m)
	return nil
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
		err := dbtest.Connect(t, d.Super).QueryRow(t.Context(), `select state, error, attempts from mails`).Scan(&state, &text, &attempts)
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

func TestSuppressedAddressesGetNothing(t *testing.T) {
	t.Parallel()
	p := &post{}
	d := dbtest.New(t)
	m := &mails.Mails{DB: d.AsWorker(t), Mailer: p}
	if _, err := dbtest.Connect(t, d.Super).Exec(t.Context(), `insert into mail_suppressions (address, reason) values ('dana@example.com', 'bounced')`); err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), mail("a", "Dana@Example.com")); err != nil {
		t.Fatal(err)
	}
	if len(p.sent) != 0 {
		t.Error("a suppressed address got a mail")
	}
}
