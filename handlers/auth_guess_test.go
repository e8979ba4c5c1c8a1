package handlers_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// guesses lets a stranger type n wrong passwords, one a second, from some addresses, and then the owner the right one.
// hashed is how many of the wrong ones were looked at; waited is how long the owner had to wait.
func guesses(t *testing.T, n, addresses int) (hashed int64, waited time.Duration) {
	t.Helper()
	s := webtest.New(t)
	s.Shell.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	now := time.Now()
	s.App.Auth.Limits.Now = func() time.Time { return now }
	s.Account(t, "Dana", dana)
	try := func(from, password string) *webtest.Page {
		return s.Browser(t).Request(http.MethodPost, "/signin", url.Values{"email": {dana}, "password": {password}}, http.Header{"X-Forwarded-For": {from}})
	}
	before := s.App.Auth.Hasher.Made()
	for i := range n {
		now = now.Add(time.Second)
		page := try(fmt.Sprintf("198.51.100.%d", i%addresses+1), fmt.Sprintf("guess number %d", i))
		if page.Status != 422 && page.Status != 429 {
			t.Fatalf("guess %d was answered %d", i, page.Status)
		}
	}
	hashed = s.App.Auth.Hasher.Made() - before
	if n := count(t, s, `select count(*) from sessions`); n != 0 {
		t.Errorf("%d guesses got in", n)
	}
	for range 10 {
		page := try("203.0.113.7", webtest.Password)
		if page.Status == 303 {
			return hashed, waited
		}
		wait, err := strconv.Atoi(page.Header.Get("Retry-After"))
		if page.Status != 429 || err != nil {
			t.Fatalf("the owner was answered %d: %v", page.Status, err)
		}
		waited += time.Duration(wait) * time.Second
		now = now.Add(time.Duration(wait) * time.Second)
	}
	t.Fatalf("the owner does not get in after %v", waited)
	return hashed, waited
}

// Most guesses are refused before anything is hashed, and nobody keeps the owner out.
func TestGuessing(t *testing.T) {
	t.Parallel()
	for _, addresses := range []int{1, 100} {
		t.Run(fmt.Sprint(addresses), func(t *testing.T) {
			t.Parallel()
			hashed, waited := guesses(t, 300, addresses)
			if most := map[int]int64{1: 16, 100: 60}[addresses]; hashed > most {
				t.Errorf("%d of 300 guesses were looked at, want %d at most", hashed, most)
			}
			if waited > 20*time.Second {
				t.Errorf("the owner waited %v", waited)
			}
		})
	}
}

// Whether an address has an account shows neither in the answer nor in what is done for it: the same number of hashes
// and of round trips.
func TestKnownAndUnknownCostTheSame(t *testing.T) {
	t.Parallel()
	s, trips := webtest.Counted(t, dbtest.New(t))
	for i := range 16 {
		s.Account(t, "Dana", fmt.Sprintf("known%d@example.com", i))
	}
	forms := map[string]func(email string) url.Values{
		"/signin": func(email string) url.Values {
			return url.Values{"email": {email}, "password": {"not this one at all"}}
		},
		"/signup": func(email string) url.Values {
			return url.Values{"email": {email}, "name": {"Dana"}, "password": {"a quite new password"}, "terms": {"on"}}
		},
		"/forgot":      func(email string) url.Values { return url.Values{"email": {email}} },
		"/signin/link": func(email string) url.Values { return url.Values{"email": {email}} },
	}
	for path, form := range forms {
		cost := func(email string) (int64, int64, *webtest.Page) {
			hashes, before := s.App.Auth.Hasher.Made(), trips.Count()
			page := s.Browser(t).Request(http.MethodPost, path, form(email), nil)
			return s.App.Auth.Hasher.Made() - hashes, trips.Count() - before, page
		}
		var known, unknown *webtest.Page
		least := [4]int64{99, 99, 99, 99}
		for i := range 16 { // statements are prepared on the first ways, on each connection
			h1, t1, page := cost(fmt.Sprintf("known%d@example.com", i))
			h2, t2, other := cost(fmt.Sprintf("nobody%d@example.com", i))
			known, unknown = page, other
			for n, got := range []int64{h1, t1, h2, t2} {
				least[n] = min(least[n], got)
			}
			if i > 3 && least[0] == least[2] && least[1] == least[3] {
				break
			}
		}
		if least[0] != least[2] || least[1] != least[3] {
			t.Errorf("%s: known %d hashes and %d round trips, unknown %d and %d", path, least[0], least[1], least[2], least[3])
		}
		if known.Status != unknown.Status || known.Header.Get("Location") != unknown.Header.Get("Location") {
			t.Errorf("%s: known %d to %q, unknown %d to %q", path, known.Status, known.Header.Get("Location"), unknown.Status, unknown.Header.Get("Location"))
		}
	}
}
