package handlers_test

import (
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/secret"
	"plinth/test/webtest"
)

// A notice lies in the mailbox for a week; what its person set up since is not undone by it.
func TestThisWasNotMeLeavesWhatCameLater(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, b, _ := withApp(t, s, now)
	first := noticeLink(t, s, "A second factor was added")
	b.Get("/account/security").Submit("/account/security/totp/remove").Want(200).Says("Set up an app")
	page := b.Get("/account/security").Submit("/account/security/totp")
	page = page.Submit("/account/security/totp/confirm", "code", code(t, s, now, p)).Want(200)
	codes := recoveryCode.FindAllString(page.Body, -1)
	second := noticeLink(t, s, "A second factor was added")
	if first == second {
		t.Fatal("one link for two factors")
	}
	s.Browser(t).Get(first).Submit("/secure").Want(200).At("/reset").Submit("/reset", "password", webtest.Password).Want(200).
		At("/signin/second").Submit("/signin/second", "code", codes[0]).Want(200)

	// New codes: the link about the older ones leaves them, their own takes them.
	b = s.Browser(t)
	b.Get("/signin?next=/account/security").Submit("/signin", "email", dana, "password", webtest.Password).
		Submit("/signin/second", "code", code(t, s, now, p)).Want(200).Says("9 left").
		Submit("/account/security/recovery-codes").Want(200)
	third := noticeLink(t, s, "New recovery codes")
	b.Get("/account/security").Submit("/account/security/recovery-codes").Want(200)
	fourth := noticeLink(t, s, "New recovery codes")
	for i, c := range []struct {
		link string
		left int
	}{{third, 10}, {fourth, 0}, {second, 0}} {
		page := s.Browser(t).Get(c.link).Submit("/secure").Want(200).At("/reset").Submit("/reset", "password", webtest.Password).Want(200)
		if got := count(t, s, `select count(*) from recovery_codes where used_at is null`); got != c.left {
			t.Errorf("after link %d there are %d codes, want %d", i, got, c.left)
		}
		if page.HasForm("/signin/second") == (c.link == second) {
			t.Errorf("after link %d: at %s", i, page.Path)
		}
	}
}

// noticeLink is the link of the newest notice to Dana with a subject, whatever other mails came at the same time.
func noticeLink(t *testing.T, s *webtest.Site, subject string) string {
	t.Helper()
	for _, m := range s.Mails(t, dana) {
		if m.Subject == subject {
			return strings.TrimPrefix(m.Links()[0], "http://"+webtest.Host)
		}
	}
	t.Fatalf("no mail %q", subject)
	return ""
}

// Codes that were shown to a stranger go with the factor they were shown for, also when another factor is left.
func TestThisWasNotMeTakesTheCodesShownWithIt(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p, b, _ := withPasskey(t, s, "Dana", dana)
	now := clocked(s)
	s.Link(t, dana) // about the passkey
	b.Get("/account/security").Submit("/account/security/totp").Submit("/account/security/totp/confirm", "code", code(t, s, now, p)).Want(200)
	s.Browser(t).Get(noticeLink(t, s, "A second factor was added")).Submit("/secure").Want(200)
	if keys, codes := count(t, s, `select count(*) from passkeys`), count(t, s, `select count(*) from recovery_codes`); keys != 1 || codes != 0 {
		t.Errorf("%d passkeys and %d codes are left", keys, codes)
	}
}

// Codes of the kind made before, four groups of four, keep working.
func TestOlderRecoveryCodesKeepWorking(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, _, codes := withApp(t, s, now)
	if len(strings.ReplaceAll(codes[0], "-", ""))*5 < 128 {
		t.Errorf("%s has fewer than 128 bits", codes[0])
	}
	_, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), `insert into recovery_codes (user_id, hash) values ($1, $2)`,
		p.ID, secret.Hash(p.ID.String()+":"+"abcdefghjkmnpqrs"))
	if err != nil {
		t.Fatal(err)
	}
	_, step := toSecond(t, s)
	step.Submit("/signin/second", "code", "ABCD-efgh jkmn pqrs").Want(200).At("/account")
}
