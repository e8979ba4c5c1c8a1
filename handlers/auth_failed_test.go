package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// A sign-in that fails is noted with where it came from, at most once a minute; for nobody's address nothing is.
func TestFailedSignInsAreNoted(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, _, _ := withApp(t, s, now)
	conn := dbtest.Connect(t, s.Database.Super)
	failed := func(want int) {
		t.Helper()
		if n := count(t, s, `select count(*) from account_events where action = 'account.signin_failed'`); n != want {
			t.Errorf("%d failures are noted, want %d", n, want)
		}
		if n := count(t, s, `select count(*) from account_events e join unsealed_events u on u.event_id = e.id where action = 'account.signin_failed'`); n != want {
			t.Errorf("%d failures wait for their seal, want %d", n, want)
		}
	}
	later := func() {
		t.Helper()
		// Events are only ever added to, but for the superuser of a test.
		if _, err := conn.Exec(t.Context(), `update account_events set at = at - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
	}
	try := func(email, password string) *webtest.Page {
		return s.Browser(t).Post("/signin", url.Values{"email": {email}, "password": {password}})
	}
	try("nobody@example.com", "not this one at all").Want(422)
	try(dana, webtest.Password).Want(200).At("/signin/second")
	failed(0)
	for range 3 {
		try(dana, "not this one at all").Want(422)
	}
	failed(1)
	later()
	try(dana, "not this one at all").Want(422)
	failed(2)
	later()
	_, step := toSecond(t, s)
	step.Submit("/signin/second", "code", "").Want(422)
	failed(2)
	step.Submit("/signin/second", "code", "000000").Want(422)
	step.Submit("/signin/second", "code", "000001").Want(422)
	failed(3)
	var noted string
	if err := conn.QueryRow(t.Context(), `select string_agg((changes -> 'by' ->> 1) || ' ' || (person ->> 'address') || ' ' || (person ->> 'device') || ' ' || (actor_id is null), ', ' order by at)
		from account_events where action = 'account.signin_failed' and user_id = $1`, p.ID).Scan(&noted); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(noted, "password 192.0.2.1 an unknown browser true, ") || !strings.HasSuffix(noted, "code 192.0.2.1 an unknown browser true") {
		t.Errorf("noted %q", noted)
	}
	for _, line := range strings.Split(strings.TrimSpace(s.Log.String()), "\n") {
		if strings.Contains(line, `"route":"POST /signin`) && !strings.Contains(line, `"address":"192.0.2.1"`) {
			t.Errorf("a line without the address: %s", line)
		}
	}
}
