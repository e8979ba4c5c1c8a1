package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"plinth/test/webtest"
)

func TestStaffReadsTheLogOfMailsAndSendsAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Browser(t).Get("/forgot").Submit("/forgot", "email", "dana@example.com").Want(200)
	before := o.Mails(t, "dana@example.com")
	page := o.staff.Get("/admin/mails?to=Dana@example.com&kind=reset").Want(200).Says("In the last day", "dana@example.com", "Sent", "one mail")
	id := o.one(t, `select id::text from mails where kind = 'reset'`)
	if !strings.Contains(page.Body, "/admin/mails/"+id) {
		t.Fatal("the mail is not linked")
	}
	at := "/admin/mails/" + id
	page = o.staff.Get(at).Want(200).Says("reset:", "Attempts 1", before[0].MessageID, "kept as").Silent(before[0].Links()[0])
	page.Submit(at+"/again", "why", " ").Want(http.StatusUnprocessableEntity).Says("Say why.")
	page.Submit(at+"/again", "why", "It did not arrive.").Want(200).Says("The mail is queued", "It is on its way")
	o.staff.Post(at+"/again", url.Values{"why": {"Twice."}}).Want(http.StatusConflict).Says("It is on its way").Silent("Reason")
	if got, want := o.lastAct(t), "staff.mail_sent_again mail "+id; got != want {
		t.Errorf("noted %q, want %q", got, want)
	}
	after := o.Mails(t, "dana@example.com")
	if len(after) != len(before)+1 || after[0].MessageID == before[0].MessageID || after[0].Links()[0] != before[0].Links()[0] {
		t.Errorf("%d mails, then %d; ids %q and %q", len(before), len(after), before[0].MessageID, after[0].MessageID)
	}
	o.staff.Get(at).Want(200).Says("sent again once by staff", after[0].MessageID)
	for _, unknown := range []string{"/admin/mails/x", "/admin/mails/01920c5e-7e7f-7a3d-9b53-1f2a5d0c7e11"} {
		o.staff.Get(unknown).Want(404)
	}
	o.staff.Post("/admin/mails/01920c5e-7e7f-7a3d-9b53-1f2a5d0c7e11/again", url.Values{"why": {"x"}}).Want(404)
}

// A mail whose cause is over ends in a state that says so, and one that waited for too long may be sent again.
func TestAMailWhoseCauseIsOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Browser(t).Get("/forgot").Submit("/forgot", "email", "dana@example.com").Want(200)
	before := len(o.Mails(t, "dana@example.com"))
	at := "/admin/mails/" + o.one(t, `select id::text from mails where kind = 'reset'`)
	o.exec(t, `delete from one_time_tokens`)
	o.staff.Get(at).Submit(at+"/again", "why", "It did not arrive.").Want(200).Says("It is on its way")
	if n := len(o.Mails(t, "dana@example.com")); n != before {
		t.Errorf("%d mails, then %d", before, n)
	}
	o.staff.Get(at).Want(200).Says("Over", "What it was about is over").Silent("It is on its way")
	o.staff.Get("/admin/mails?state=over").Want(200).Says("dana@example.com", "one mail")
	o.exec(t, `update mails set state = 'queued', touched_at = now() - interval '50 minutes'`)
	o.staff.Get(at).Want(200).Says("It is on its way")
	o.exec(t, `update mails set state = 'sending', touched_at = now() - interval '2 hours'`)
	o.staff.Get(at).Want(200).Submit(at+"/again", "why", "It hangs.").Want(200).Says("It is on its way")
	o.exec(t, `update mails set state = 'sending'`)
	o.Settle(t)
	o.staff.Get(at).Want(200).Says("Over", "It may have gone out at an earlier attempt.")
}

// Of a mail that waited in the provider's queue and arrived in the end the arrival counts, and who complained is found by the
// Message-ID alone.
func TestProvidersTellLate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Browser(t).Get("/forgot").Submit("/forgot", "email", "dana@example.com").Want(200)
	sent := o.Mails(t, "dana@example.com")[0]
	tell := func(what string, permanent bool, ago time.Duration) string {
		t.Helper()
		body := map[string]any{"type": what, "message_id": sent.MessageID, "permanent": permanent, "at": time.Now().Add(-ago)}
		if got := report(t, o.Site, webtest.ReportSecret, body); got != 200 {
			t.Errorf("%v: answer %d", body, got)
		}
		return o.one(t, `select outcome || ' ' || (select count(*) from mail_suppressions where address = 'dana@example.com') from mails where message_id = $1`, sent.MessageID)
	}
	for _, c := range []struct {
		what      string
		permanent bool
		ago       time.Duration
		want      string
	}{
		{"bounced", false, 9 * time.Minute, "bounced 0"},
		{"delivered", false, 5 * time.Minute, "delivered 0"},
		{"bounced", false, 7 * time.Minute, "delivered 0"}, // told late
		{"bounced", false, 4 * time.Minute, "bounced 0"},
		{"delivered", false, 3 * time.Minute, "delivered 0"},
		{"complained", false, 8 * time.Minute, "complained 1"},
		{"bounced", true, time.Minute, "complained 1"},
	} {
		if got := tell(c.what, c.permanent, c.ago); got != c.want {
			t.Errorf("%s %v ago: %q, want %q", c.what, c.ago, got, c.want)
		}
	}
}

// report posts what a provider tells of a mail, signed.
func report(t *testing.T, site *webtest.Site, secret string, body any) int {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	wh, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signature, err := wh.Sign("msg_1", now, text)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://"+webtest.Host+"/webhooks/mail", bytes.NewReader(text))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
	r.Header.Set("webhook-signature", signature)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	site.Handler.ServeHTTP(rec, r)
	return rec.Code
}

func TestProvidersTellOfMails(t *testing.T) {
	t.Parallel()
	const secret, other = webtest.ReportSecret, "whsec_c29tZWJvZHkgZWxzZSBlbnRpcmVseQ=="
	o := newOffice(t)
	b := o.Browser(t)
	b.Get("/forgot").Submit("/forgot", "email", "dana@example.com").Want(200)
	sent := o.Mails(t, "dana@example.com")[0]
	row := func() string {
		return o.one(t, `select outcome || ' ' || detail from mails where message_id = $1`, sent.MessageID)
	}
	tell := func(want int, secret string, body any) {
		t.Helper()
		if got := report(t, o.Site, secret, body); got != want {
			t.Errorf("%v: answer %d, want %d", body, got, want)
		}
	}
	type told map[string]any
	tell(400, other, told{"type": "bounced", "address": "dana@example.com", "permanent": true})
	tell(400, secret, told{"type": "invented", "address": "dana@example.com"})
	tell(400, secret, told{"type": "bounced"})
	tell(400, secret, []int{1})
	tell(200, secret, told{"type": "delivered", "message_id": "<" + sent.MessageID + ">"})
	tell(200, secret, told{"type": "bounced", "message_id": sent.MessageID, "address": "Dana@Example.com", "detail": "mailbox full"})
	if got := row(); got != "bounced mailbox full" {
		t.Errorf("the log says %q", got)
	}
	o.staff.Get("/admin/mails/suppressed").Want(200).Says("No address is here")
	for range 2 { // told twice
		tell(200, secret, told{"type": "complained", "message_id": sent.MessageID, "address": "Dana@Example.com", "detail": "spam\x00" + hostile})
	}
	tell(200, secret, told{"type": "delivered", "message_id": sent.MessageID}) // told late
	if got := row(); !strings.HasPrefix(got, "complained spam") {
		t.Errorf("the log says %q", got)
	}
	o.staff.Get("/admin/mails?state=complained").Want(200).Says("one complaint", "one address is suppressed", "Complaint")
	list := o.staff.Get("/admin/mails/suppressed?q=dana").Want(200).Says("dana@example.com", "Complaint", "one address").Silent(hostile)

	b.Get("/forgot").Submit("/forgot", "email", "dana@example.com").Want(200)
	if n := len(o.Mails(t, "dana@example.com")); n != 1 {
		t.Errorf("%d mails went to an address whose owner complained", n)
	}
	id := o.one(t, `select id::text from mails where state = 'suppressed'`)
	o.staff.Get("/admin/mails/" + id).Want(200).Says("The address gets no mail").Silent("/again")

	list.Submit("/admin/mails/suppressed/remove", "why", "").Want(http.StatusUnprocessableEntity).Says("Say why.")
	list.Submit("/admin/mails/suppressed/remove", "why", "She asked for it.").Want(200).Says("gets mail again", "No address is here")
	o.staff.Post("/admin/mails/suppressed/remove", url.Values{"address": {"dana@example.com"}, "why": {"x"}}).Want(404)
	o.staff.Get("/admin/mails/"+id).Want(200).Submit("/admin/mails/"+id+"/again", "why", "She may have it.").Want(200)
	if n := len(o.Mails(t, "dana@example.com")); n != 2 {
		t.Errorf("%d mails", n)
	}
}

func TestStaffSuppressesAnAddress(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	page := o.staff.Get("/admin/mails/suppressed").Want(200)
	page.Submit("/admin/mails/suppressed", "address", "no address", "why", "x").Want(422).Says("Enter an e-mail address")
	page.Submit("/admin/mails/suppressed", "address", "spam@example.com", "why", "").Want(422).Says("Say why.")
	page.Submit("/admin/mails/suppressed", "address", "Spam@Example.com", "why", "A trap of a provider's.").Want(200).Says("spam@example.com", "Sam Reyes: A trap of a provider's.")
	page.Submit("/admin/mails/suppressed", "address", "spam@example.com", "why", "Once more.").Want(422).Says("on the list already")
	if got, want := o.lastAct(t), "staff.address_suppressed A trap of a provider's."; got != want {
		t.Errorf("noted %q, want %q", got, want)
	}
}
