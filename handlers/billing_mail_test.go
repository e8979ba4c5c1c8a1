package handlers_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"plinth/internal/mailer"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// refuses sends to everybody but one.
type refuses struct {
	to   string
	next mailer.Mailer
}

func (r refuses) Send(ctx context.Context, m mailer.Message) (string, error) {
	if m.To == r.to {
		return "", errors.New("550 no such mailbox")
	}
	return r.next.Send(ctx, m)
}

func TestOneOwnersBrokenAddressHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Join(t, s.owner, s.Account(t, "Mira", "mira@example.com"), scope.Owner)
	s.Worker.Mails.Mailer = refuses{to: dana, next: s.Worker.Mails.Mailer}
	s.buy(t)
	webtest.FollowOut(t, leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/portal", "way", "card")), card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 1, 1))
	s.st.Deliver(t)
	if n := len(s.about(t, "mira@example.com", "failed")); n != 1 {
		t.Errorf("the second owner has %d mails about the payment, want 1", n)
	}
	if n := count(t, s.Site, `select count(*) from river.river_job where kind = 'send_billing_mail' and args->>'mail' = 'payment_failed' and state = 'retryable'`); n != 1 {
		t.Errorf("%d jobs go on trying the first, want 1", n)
	}
}

// about are the mails to somebody whose subject has the words.
func (s shop) about(t *testing.T, to, words string) []mailer.Kept {
	t.Helper()
	var out []mailer.Kept
	for _, m := range s.Mails(t, to) {
		if strings.Contains(m.Subject, words) {
			out = append(out, m)
		}
	}
	return out
}
