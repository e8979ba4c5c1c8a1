package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/test/webtest"
	"plinth/views/mail"
)

// Every kind of mail is listed and shown, in a document of its own where nothing runs, on a developer's machine alone.
func TestKindsOfMailAreShown(t *testing.T) {
	t.Parallel()
	b := webtest.New(t, func(c *config.Config) { c.Env = config.Development }).Browser(t)
	list := b.Get("/dev/mails").Want(200)
	for _, s := range mail.Samples(t.Context()) {
		list.Says(s.Letter.Subject, s.Kind)
	}
	b.Get("/dev/mails/reset").Want(200).Says("Choose a new password", "With this link you choose", "In the light", "In the dark")
	page := b.Get("/dev/mails/reset/html").Want(200).Says("Choose a new password")
	if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") {
		t.Errorf("the policy is %q", policy)
	}
	b.Get("/dev/mails/none").Want(http.StatusNotFound)
	b.Get("/dev/mails/none/html").Want(http.StatusNotFound)
	other := webtest.New(t, func(c *config.Config) { c.Env = config.Staging }).Browser(t)
	for _, path := range []string{"/dev/mails", "/dev/mails/reset", "/dev/mails/reset/html"} {
		other.Get(path).Want(http.StatusNotFound)
	}
}
