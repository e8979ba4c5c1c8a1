package fault

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// within is the goal of the issue: a dead Postgres is a 503 within two seconds, never a hang.
const within = 2 * time.Second

func behindProxy(t *testing.T) (*webtest.Site, *Proxy, *webtest.Browser) {
	t.Helper()
	d := dbtest.New(t)
	proxy, through := NewProxy(t, d.App)
	d.App = through
	s := webtest.On(t, d, nil)
	b := s.Person(t, "Dana", "dana@example.com")
	b.Get("/account").Want(200)
	return s, proxy, b
}

func quick(t *testing.T, ask func() *webtest.Page) *webtest.Page {
	t.Helper()
	begun := time.Now()
	page := ask()
	if took := time.Since(begun); took > within {
		t.Errorf("%s took %v", page.Path, took)
	}
	return page
}

func TestPostgresGoneIsA503AndComesBack(t *testing.T) {
	t.Parallel()
	s, proxy, b := behindProxy(t)
	proxy.Cut()
	for range 3 {
		page := quick(t, func() *webtest.Page { return b.Get("/account") }).Want(503).Says("Back in a moment")
		if page.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	quick(t, func() *webtest.Page {
		return s.Browser(t).Post("/signin", url.Values{"email": {"dana@example.com"}, "password": {webtest.Password}})
	}).Want(503)
	b.Get("/healthz").Want(200)
	quick(t, func() *webtest.Page { return b.Get("/readyz") }).Want(503)
	proxy.Restore()
	b.Get("/account").Want(200)
	b.Get("/readyz").Want(200)
}

func TestPostgresFrozenIsA503(t *testing.T) {
	t.Parallel()
	_, proxy, b := behindProxy(t)
	proxy.Freeze()
	quick(t, func() *webtest.Page { return b.Get("/account") }).Want(503)
	quick(t, func() *webtest.Page { return b.Get("/account") }).Want(503)
	proxy.Thaw()
	b.Get("/account").Want(200)
}

// A person who hangs up must not cost a connection: pgx closes one whose context ends in mid-query.
func TestHangingUpCostsNoConnection(t *testing.T) {
	t.Parallel()
	s, proxy, b := behindProxy(t)
	before := proxy.Accepted()
	for range 10 {
		ctx, hangUp := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://"+webtest.Host+"/account", nil)
		for name, value := range b.Cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		proxy.Freeze()
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.Handler.ServeHTTP(httptest.NewRecorder(), r)
		}()
		proxy.AwaitHeld()
		hangUp()
		proxy.Thaw()
		<-done
		b.Get("/account").Want(200)
	}
	if opened := proxy.Accepted() - before; opened > 0 {
		t.Errorf("10 people who hung up cost %d connections", opened)
	}
}
