package handlers_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/webhooks"
)

func TestStaffReadsTheOutboxAndPostsAgain(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	_, sam := h.Staff(t, "Sam Reyes", sam)
	sam.Get("/admin/outbox").Want(200).Says("No delivery is here", "Every webhook takes what it is sent")
	h.answers(func(message) int { return http.StatusTeapot })
	event := h.happens(t, 1, "project.changed")[0][len("msg_"):]
	h.Settle(t)
	at := "/admin/outbox/" + h.owner.TenantID.String() + "_" + h.id.String() + "_" + event
	page := sam.Get("/admin/outbox").Want(200).Says("project.changed", "Acme Robotics", "127.0.0.1", "waiting", "one delivery", "418", "Took nothing when it was last tried", "one webhook").
		Silent("canary-of-an-address")
	if !strings.Contains(page.Body, at) {
		t.Fatal("the delivery is not linked")
	}
	sam.Get("/admin/outbox?state=delivered").Want(200).Says("No delivery is here")
	sam.Get("/admin/outbox?state=waiting&organization=acme&endpoint="+h.id.String()).Want(200).Says("one delivery", "Show all")
	sam.Get("/admin/outbox?organization=other").Want(200).Says("No delivery is here", "Every webhook takes")
	sam.Get("/admin/outbox?endpoint=" + uuid.NewString()).Want(200).Says("No delivery is here")
	sam.Get("/admin/outbox?state=drop&endpoint=x&after=x&behind=x").Want(200).Says("one delivery")

	page = sam.Get(at).Want(200).Says("msg_"+event, "Try now", "418", "answer 418", "webhook-id", "Next try").Silent("canary-of-an-address", "v1,", "whsec_")
	page.Submit(at+"/replay", "why", " ").Want(http.StatusUnprocessableEntity).Says("Say why.")
	h.answers(nil)
	page.Submit(at+"/replay", "why", "Their server is mended.").Want(200).At(at).Says("It is posted within seconds")
	h.Settle(t)
	if n := len(h.took(t)); n != 1 {
		t.Errorf("%d were taken", n)
	}
	sam.Get(at).Want(200).Says("delivered", "It was taken, with 200", "Post it once more")
	if got := h.count(t, `select count(*) from events where tenant_id = $1 and (action = 'webhook.replayed' or action = 'staff.viewed' and object_kind = 'webhook') and actor_id in (select id from users where email = 'sam@plinth.example')`); got < 3 {
		t.Errorf("the organization's log has %d entries of what staff saw and did", got)
	}
	if got := h.count(t, `select count(*) from account_events where $1::uuid is not null and action = 'staff.delivery_replayed' and changes -> 'why' ->> 1 = 'Their server is mended.'`); got != 1 {
		t.Errorf("the log of staff has %d entries", got)
	}

	if err := h.App.Webhooks.Pause(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	sam.Get(at).Want(200).Says("The webhook is paused. Resume it first.").Silent(`action="` + at)
	sam.Post(at+"/replay", why()).Want(http.StatusConflict)
	resume := "/admin/organizations/" + h.owner.TenantID.String() + "/webhooks/" + h.id.String() + "/resume"
	press(sam.Get("/admin/outbox").Want(200).Says("Paused by hand"), resume).Want(200).At("/admin/outbox").Says("The webhook is active again", "Every webhook takes")
	if p := h.page(t); p.Endpoint.State != webhooks.Active {
		t.Errorf("the webhook is %s", p.Endpoint.State)
	}
	sam.Post(resume, why()).Want(200) // twice is once
	if got := h.count(t, `select count(*) from events where tenant_id = $1 and action = 'webhook.resumed'`); got != 1 {
		t.Errorf("%d entries of one resuming", got)
	}
	for _, unknown := range []string{"/admin/outbox/x", strings.Replace(at, event, uuid.NewString(), 1), strings.Replace(at, h.owner.TenantID.String(), uuid.NewString(), 1), "/admin/outbox/" + h.id.String()} {
		sam.Get(unknown).Want(404)
		sam.Post(unknown+"/replay", why()).Want(404)
	}
	sam.Post(strings.Replace(resume, h.id.String(), uuid.NewString(), 1), why()).Want(404)
}

// A list that is longer than a page goes on where it ended, of all organizations and of one.
func TestTheOutboxIsPaged(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	_, sam := h.Staff(t, "Sam Reyes", sam)
	h.backlog(t, 120)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	for _, from := range []string{"/admin/outbox", "/admin/outbox?state=waiting", "/admin/outbox?organization=acme", "/admin/outbox?state=waiting&organization=acme&endpoint=" + h.id.String()} {
		seen := map[string]bool{}
		for path, pages := from, 1; path != ""; pages++ {
			page := sam.Get(path).Want(200).Says("120 deliveries")
			for _, part := range strings.Split(page.Body, `href="/admin/outbox/`)[1:] {
				seen[part[:110]] = true
			}
			path = ""
			if m := next.FindStringSubmatch(page.Body); m != nil {
				path = html.UnescapeString(m[1])
			}
			if pages > 3 {
				t.Fatalf("%s has no end", from)
			}
		}
		if len(seen) != 120 {
			t.Errorf("%s: %d deliveries", from, len(seen))
		}
	}
}
