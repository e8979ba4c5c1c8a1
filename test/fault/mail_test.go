package fault

import (
	"testing"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/internal/mailer"
	"plinth/test/webtest"
)

// With the mail server gone people notice nothing, and the mail leaves once it is back.
func TestMailServerGone(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(c *config.Config) { c.MailFolder, c.SMTPURL = "", "smtp://127.0.0.1:1" })
	s.Browser(t).Get("/signup").Submit("/signup", "name", "Dana", "email", "dana@example.com", "password", webtest.Password, "terms", "on").
		Want(200).At("/check-mail")
	s.Settle(t)
	conn := dbtest.Connect(t, s.Database.Super)
	look := func(sql string) (out string) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), sql).Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if state := look(`select state::text from river.river_job`); state != "retryable" {
		t.Errorf("the job is %s", state)
	}
	if state := look(`select state from mails`); state != "failed" {
		t.Errorf("the log of mails says %s", state)
	}

	back := &mailer.Folder{Dir: t.TempDir(), From: "Plinth <plinth@example.com>"}
	s.Worker.Mails.Mailer = back
	if _, err := conn.Exec(t.Context(), `update river.river_job set scheduled_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	s.Settle(t)
	mails, err := back.List(10, "dana@example.com")
	if err != nil || len(mails) != 1 {
		t.Errorf("%d mails after the server came back, %v", len(mails), err)
	}
	if state := look(`select state from mails`); state != "sent" {
		t.Errorf("the log of mails says %s", state)
	}
}
