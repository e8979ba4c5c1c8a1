package handlers_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// count asks the database for one number, past row security.
func count(t *testing.T, s *webtest.Site, sql string) int {
	t.Helper()
	var n int
	if err := dbtest.At(t, s.Database.Super).QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func anEvent(id string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"object":"event","type":"customer.subscription.updated","created":1767225600,"livemode":false,`+
		`"api_version":"2023-10-16","data":{"object":{"id":"sub_1","object":"subscription","customer":"cus_A"}}}`, id)
}

// What Postgres cannot store as it came is stored as near as it can be: a sender would try again for three days.
func TestWebhookOddTexts(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	for i, odd := range []string{"\\u0000", "\\ud800", "\xff\xfe", "\\\\u0000", "1e400"} {
		body := []byte(strings.Replace(string(anEvent(fmt.Sprintf("evt_%d", i))), `"object":"subscription"`, `"object":"subscription","note":"a `+odd+` b"`, 1))
		if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 200 {
			t.Errorf("%q: answered %d", odd, got)
		}
	}
	body := append(anEvent("evt_two"), anEvent("evt_three")...)
	if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 400 {
		t.Errorf("two documents: answered %d", got)
	}
	body = []byte(strings.Replace(string(anEvent("evt_")), `evt_`, `evt_\u0000`, 1))
	if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 200 {
		t.Errorf("a NUL in the id: answered %d", got)
	}
	if n := count(t, s, `select count(*) from stripe_events`); n != 6 {
		t.Errorf("%d of 6 events are stored", n)
	}
}

func TestWebhookRefusals(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(c *config.Config) { c.WebhookSecrets = append(c.WebhookSecrets, "whsec_olderolder", "") })
	body, now := anEvent("evt_1"), time.Now()
	good := webtest.Sign(body, webtest.WebhookSecret, now)
	large := append(anEvent("evt_large"), []byte(strings.Repeat(" ", 512<<10))...)
	for _, c := range []struct {
		name   string
		body   []byte
		header string
		want   int
	}{
		{"no signature", body, "", 400},
		{"of another secret", body, webtest.Sign(body, "whsec_otherother", now), 400},
		{"of the empty secret", body, webtest.Sign(body, "", now), 400},
		{"one byte appended", append(anEvent("evt_1"), '\n'), good, 400},
		{"only v0", body, strings.Replace(good, "v1=", "v0=", 1), 400},
		{"no time", body, strings.SplitN(good, ",", 2)[1], 400},
		{"301 seconds old", body, webtest.Sign(body, webtest.WebhookSecret, now.Add(-302*time.Second)), 400},
		{"301 seconds ahead", body, webtest.Sign(body, webtest.WebhookSecret, now.Add(302*time.Second)), 400},
		{"30 days old, behind a time of now", body, fmt.Sprintf("t=%d,", now.Unix()) + webtest.Sign(body, webtest.WebhookSecret, now.AddDate(0, 0, -30)), 400},
		{"a year ahead", body, webtest.Sign(body, webtest.WebhookSecret, now.AddDate(1, 0, 0)), 400},
		{"no JSON", []byte("{"), webtest.Sign([]byte("{"), webtest.WebhookSecret, now), 400},
		{"no event", []byte("{}"), webtest.Sign([]byte("{}"), webtest.WebhookSecret, now), 400},
		{"larger than 512 KiB", large, webtest.Sign(large, webtest.WebhookSecret, now), 413},
	} {
		if got := s.Webhook(c.body, c.header); got != c.want {
			t.Errorf("%s: answered %d, want %d", c.name, got, c.want)
		}
	}
	s.Browser(t).Post("/webhooks/stripe", url.Values{"id": {"evt_form"}}).Want(400)
	if n := count(t, s, `select count(*) from stripe_events`); n != 0 {
		t.Errorf("%d events stored", n)
	}
	if n := count(t, s, `select count(*) from river.river_job where kind = 'apply_stripe_event'`); n != 0 {
		t.Errorf("%d jobs made", n)
	}
	if got := s.Webhook(body, webtest.Sign(body, "whsec_olderolder", now.Add(-290*time.Second))); got != 200 {
		t.Errorf("the older secret, 290 seconds ago: answered %d", got)
	}
	other := anEvent("evt_2")
	both := webtest.Sign(other, "whsec_otherother", now) + "," + strings.SplitN(webtest.Sign(other, webtest.WebhookSecret, now), ",", 2)[1]
	if got := s.Webhook(other, both); got != 200 {
		t.Errorf("two signatures, ours second: answered %d", got)
	}
	if n := count(t, s, `select count(*) from stripe_events where state = 'queued'`); n != 2 {
		t.Errorf("%d events stored, want 2", n)
	}
}

func TestWebhookSorting(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	send := func(id, from, to string) {
		t.Helper()
		body := []byte(strings.Replace(string(anEvent(id)), from, to, 1))
		if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 200 {
			t.Errorf("%s: answered %d", id, got)
		}
	}
	send("evt_live", `"livemode":false`, `"livemode":true`)
	send("evt_account", `"livemode":false`, `"livemode":false,"account":"acct_other"`)
	send("evt_version", `2023-10-16`, `2030-01-01`)
	body := []byte(`{"id":"evt_unknown","type":"climate.order.created","created":1,"api_version":"2023-10-16","data":{"object":{"id":"climorder_1"}}}`)
	if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 200 {
		t.Errorf("unknown type: answered %d", got)
	}
	if n := count(t, s, `select count(*) from stripe_events where state = 'ignored' and id in ('evt_live', 'evt_account', 'evt_unknown')`); n != 3 {
		t.Errorf("%d ignored, want 3", n)
	}
	if n := count(t, s, `select count(*) from river.river_job where kind = 'apply_stripe_event'`); n != 1 {
		t.Errorf("%d jobs, want 1: another version of the API loses nothing", n)
	}
	if n := count(t, s, `select count(*) from billing_tasks where kind = 'api_version' and object_id <> ''`); n != 1 {
		t.Errorf("%d tasks about the version, want 1", n)
	}
}

func TestWebhookFiveTimesAtOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	body := anEvent("evt_1")
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 200 {
				t.Errorf("answered %d", got)
			}
		})
	}
	all.Wait()
	if n := count(t, s, `select count(*) from stripe_events`); n != 1 {
		t.Errorf("%d event rows, want 1", n)
	}
	if n := count(t, s, `select count(*) from river.river_job where kind = 'apply_stripe_event'`); n != 1 {
		t.Errorf("%d jobs, want 1", n)
	}
}

func TestWebhookWithoutPostgres(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.App.DB.Close()
	body := anEvent("evt_1")
	begun := time.Now()
	if got := s.Webhook(body, webtest.Sign(body, webtest.WebhookSecret, time.Now())); got != 503 {
		t.Errorf("answered %d, want 503", got)
	}
	if took := time.Since(begun); took > 2500*time.Millisecond {
		t.Errorf("after %s, want 2 s at most", took)
	}
}
