package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/webhooks"
)

const hooks = "/orgs/acme/settings/webhooks"

// Somebody who manages the organization adds a webhook, tries it out, changes it, and takes it away, all with plain forms.
func TestAWebhookFromTheFormToItsEnd(t *testing.T) {
	t.Parallel()
	a, r := newAcme(t), newReceiver(t)
	mira := a.SignIn(t, "mira@example.com")
	mira.Get("/orgs/acme/settings").Want(200).Says("Webhooks")
	mira.Get(hooks).Want(200).Says("A webhook tells a server of yours what happens here")
	a.Browser(t).Get("/docs/events").Want(200).Says("Verify a post", "ticket.created", "version 1", "webhook-signature").Silent("webhook.paused")
	form := mira.Get(hooks + "/new").Want(200)
	refused := form.Submit(hooks, "url", "http://10.0.0.1/", "description", "Our bot", "everything", "off").Want(422).
		Says("2 things need another look", "private network", "Choose what is sent.")
	if !strings.Contains(refused.Body, `value="Our bot"`) {
		t.Error("what was typed is gone")
	}
	form.Submit(hooks, "url", "ftp://example.com", "everything", "on").Want(422).Says("has to begin with https")
	page := form.Submit(hooks, "url", r.URL+"/in?token=canary-of-an-address", "description", "Our bot", "everything", "off", "types", "project.created").Want(200).Says("The webhook is there", "whsec_")
	r.secrets = []string{regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`).FindString(page.Body)}
	form.Submit("/orgs/acme/settings/webhooks", "url", r.URL, "everything", "on").Want(200) // sent twice, it is one
	hook := strings.TrimSuffix(page.Path, "/secret")
	mira.Get(hooks).Want(200).Says("Our bot", "one type of event", "nothing was sent yet", "active").Silent("whsec_")

	// A test event arrives, and the page tells how that went.
	mira.Get(hook).Want(200).Says("Nothing was sent yet").Silent("whsec_").Submit(hook + "/test").Want(200).Says("A test event is on its way.")
	a.Settle(t)
	if got := r.messages(t); len(got) != 1 || !strings.Contains(got[0].body, webhooks.TestType) || !strings.Contains(got[0].body, "Mira Okafor") {
		t.Fatalf("the test: %v", got)
	}
	page = mira.Get(hook).Want(200).Says(webhooks.TestType, "delivered", "at the first try")
	delivery := regexp.MustCompile(`href="(` + hook + `/deliveries/[0-9a-f-]+)"`).FindStringSubmatch(page.Body)[1]
	page = mira.Get(delivery).Want(200).Says("webhook-signature: v1,", "webhook-id: msg_", "POST /in?token=canary-of-an-address", "It was taken, with 200.", "answer 200").Silent("whsec_")
	page.Submit(delivery + "/replay").Want(200).At(delivery).Says("It is sent once more.")
	a.Settle(t)
	if got := r.messages(t); len(got) != 2 || got[0].id != got[1].id || got[0].body != got[1].body {
		t.Errorf("sent once more: %v", got)
	}
	mira.Get(hook + "?state=failed").Want(200).Says("Nothing that was sent is like this.")
	mira.Get(hook + "?state=delivered&type=webhook.test").Want(200).Says("one event on this page")

	// What happens is sent; a while is sent once more, with what was not chosen before among it.
	a.project(t, "WEB", "organization")
	a.Settle(t)
	mira.Get(hook+"/edit").Want(200).Submit(hook, "url", r.URL, "description", "", "everything", "on").Want(200).Says("Saved.", "everything")
	mira.Get(hook).Submit(hook+"/replay", "from", "2020-01-01T00:00", "to", "2020-01-02T00:00").Want(422).Says("Nothing that this webhook hears of happened in that time.")
	mira.Get(hook).Submit(hook+"/replay", "from", "2020-01-03T00:00", "to", "2020-01-02T00:00").Want(422).Says("later than the beginning")
	mira.Get(hook).Submit(hook+"/replay", "from", "", "to", "").Want(422).Says("Say from when on.")
	mira.Get(hook).Submit(hook+"/replay", "from", "2020-01-01T00:00").Want(200).Says("Being queued: 0 of")
	a.Settle(t)
	mira.Get(hook).Want(200).Says("events were queued", "project.created")

	// Paused it gets nothing; deleted it is gone.
	mira.Get(hook).Submit(hook+"/pause").Want(200).Says("Somebody paused it.", "paused")
	mira.Post(hook+"/test", url.Values{"id": {uuid.NewString()}}).Want(409).Says("Resume it first")
	mira.Post(delivery+"/replay", nil).Want(409)
	mira.Get(hook).Submit(hook + "/resume").Want(200).Says("The webhook is active again.")
	mira.Get(hook+"/secret").Want(200).Submit(hook+"/secret").Want(200).Says("The one before signs as well until", r.secrets[0])
	mira.Get(hook+"/delete").Want(200).Submit(hook+"/delete").Want(200).At(hooks).Says("The webhook is deleted.", "A webhook tells a server of yours")
	mira.Get(hook).Want(404)
	mira.Get(hook + "/edit").Want(404)
	mira.Get(delivery).Want(404)
	audit := mira.Get("/orgs/acme/audit").Want(200).Says("made a webhook", "deleted a webhook", "made a new secret of a webhook", "to a webhook once more")
	audit.Silent("canary-of-an-address", "whsec_")
	if log := a.Log.String(); strings.Contains(log, "whsec_") || strings.Contains(log, "canary-of-an-address") {
		t.Error("the log holds a secret")
	}
}

// Members and guests have no webhooks, nobody has those of another organization, and a secret is for a fresh proof.
func TestWebhooksAreForWhoManages(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	of := hooks + "/" + h.id.String()
	h.happens(t, 1, "project.changed")
	h.Settle(t)
	event := h.page(t).Deliveries[0].Event.String()
	for _, who := range []string{"jun@example.com", "lukas@example.com"} {
		b := h.SignIn(t, who)
		for _, path := range []string{"", "/new", "/" + h.id.String(), "/" + h.id.String() + "/secret"} {
			b.Get(hooks + path).Want(403)
		}
		for _, act := range []string{"", "/secret", "/pause", "/resume", "/test", "/delete", "/replay", "/deliveries/" + event + "/replay"} {
			b.Post(of+act, nil).Want(403)
		}
		b.Post(hooks, nil).Want(403)
	}
	h.Org(t, h.Account(t, "Mallory", "mallory@example.com"), "evil", "Evil")
	mallory := h.SignIn(t, "mallory@example.com")
	theirs := "/orgs/evil/settings/webhooks/" + h.id.String()
	for _, path := range []string{theirs, theirs + "/edit", theirs + "/secret", theirs + "/delete", theirs + "/deliveries/" + event, of} {
		mallory.Get(path).Want(404)
	}
	for _, act := range []string{"/secret", "/pause", "/resume", "/delete", "/deliveries/" + event + "/replay"} {
		mallory.Post(theirs+act, nil).Want(404)
	}
	mallory.Post(theirs+"/test", url.Values{"id": {uuid.NewString()}}).Want(404)
	mallory.Post(theirs+"/replay", url.Values{"id": {uuid.NewString()}, "from": {"2020-01-01T00:00"}, "to": {"2030-01-01T00:00"}}).Want(404)
	if p := h.page(t); p.Endpoint.State != webhooks.Active {
		t.Error("a stranger paused it")
	}

	old := h.SignIn(t, dana)
	h.exec(t, `update sessions set proven_at = now() - interval '1 day'`)
	old.Get(of).Want(200)
	old.Request(http.MethodGet, of+"/secret", nil, nil).Want(303)
	old.Post(of+"/secret", nil).Want(403)

	// At most twenty.
	for range webhooks.MaxEndpoints - 1 {
		if err := h.App.Webhooks.Create(t.Context(), h.owner, webhooks.EndpointForm{ID: uuid.New(), URL: h.URL, Everything: true}); err != nil {
			t.Fatal(err)
		}
	}
	h.SignIn(t, dana).Get(hooks+"/new").Submit(hooks, "url", h.URL, "everything", "on").Want(409).Says("at most 20 webhooks")
}
