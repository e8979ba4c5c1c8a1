package web

import (
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzhttp"

	"plinth/handlers"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/live"
	"plinth/internal/pulse"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/static"
)

const defaultMaxBody = 1 << 20

// Shell is what stands round every request.
type Shell struct {
	Base  *handlers.Base
	DB    *db.DB
	Plans *billing.Catalogue
	URL   string // APP_URL
	Host  string // the only Host answered, beside OfficeHost; empty is any
	// OfficeHost is the host of the back-office, where it has one of its own; empty is that of everything else.
	OfficeHost string
	Proxies    []netip.Prefix // whose forwarded headers are believed
	// Meet answers whoever does not meet what an organization asks of its people.
	Meet func(w http.ResponseWriter, r *http.Request, p scope.Person, asks handlers.Asks) error
	// MeetOffice answers staff whose session has no second factor, or no recent proof.
	MeetOffice func(w http.ResponseWriter, r *http.Request, p scope.Person) error
	// Live is the streams that browsers keep open; they end when the instance drains.
	Live *live.Hub
	// Pulse keeps how long requests take.
	Pulse *pulse.Pulse
	// Flags says what is announced.
	Flags *flags.Flags
	// Ready says whether the parts this process needs are there; readiness asks it.
	Ready func(r *http.Request) error

	draining atomic.Bool
}

// Handler puts the routes behind their guards and the middleware round them. It refuses a route without a guard.
func (sh *Shell) Handler(routes []Route) (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, sh.named("GET /static/", static.Handler()))
	mux.Handle("GET /healthz", sh.named("GET /healthz", http.HandlerFunc(sh.healthz)))
	mux.Handle("GET /readyz", sh.named("GET /readyz", http.HandlerFunc(sh.readyz)))
	pages := map[string]bool{}
	for _, route := range routes {
		if err := route.check(); err != nil {
			return nil, err
		}
		mux.Handle(route.Pattern(), sh.endpoint(route))
		pages[route.Path] = pages[route.Path] || route.Method == http.MethodGet
	}
	for _, route := range routes {
		if back, ok := route.wayBack(pages); ok {
			mux.Handle(back.Pattern(), sh.endpoint(back))
		}
	}
	// What no route matches is a page too, also for a method that a path does not know.
	mux.Handle("/", sh.endpoint(Route{Method: "*", Path: "/", Guard: public(
		func(http.ResponseWriter, *http.Request) error { return fault.Missing() })}))
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.SuffixETag("-z"), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		return nil, err
	}
	return sh.traced(sh.headed(sh.hosted(sh.apart(sh.compressed(compress, mux))))), nil
}

// compressed leaves out, on a developer's machine, what is asked by a proxy: that of `make watch` loses the end of a
// compressed page, which browsers then refuse.
func (sh *Shell) compressed(compress func(http.Handler) http.HandlerFunc, pages http.Handler) http.Handler {
	small := compress(pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sh.Base.Dev && r.Header.Get("X-Forwarded-For") != "" {
			pages.ServeHTTP(w, r)
			return
		}
		small(w, r)
	})
}

// compressible leaves a stream as it is: what is compressed waits for more.
func compressible(contentType string) bool {
	return !strings.HasPrefix(contentType, "text/event-stream") && gzhttp.DefaultContentTypeFilter(contentType)
}

// endpoint serves one route: body limit, cross-origin check, session, guard, handler.
func (sh *Shell) endpoint(route Route) http.Handler {
	limit := route.MaxBody
	if limit == 0 {
		limit = defaultMaxBody
	}
	serve := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := readable(r)
		if err == nil {
			err = sh.serve(w, r, route)
		}
		if err != nil {
			sh.Base.Fail(w, r, err)
		}
	}))
	if route.Guard.Kind != Signed {
		serve = sh.sameOrigin(serve)
	}
	return sh.named(route.Pattern(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		serve.ServeHTTP(w, r)
	}))
}

// readable refuses a path that no link of ours leads to and Postgres could not compare, NUL and broken UTF-8, and drops
// the same from the query, where a filter may be half typed.
func readable(r *http.Request) error {
	if clean(r.URL.Path) != r.URL.Path {
		return fault.Missing()
	}
	query := r.URL.Query()
	changed := false
	for name, values := range query {
		for i, v := range values {
			values[i] = clean(v)
			changed = changed || values[i] != v
		}
		query[name] = values
	}
	if changed {
		r.URL.RawQuery = query.Encode()
	}
	return nil
}

func clean(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "") }

func (sh *Shell) serve(w http.ResponseWriter, r *http.Request, route Route) error {
	if route.Guard.Kind == Signed {
		return route.Guard.serve(sh, w, r, route.Guard)
	}
	r, err := sh.Base.Sessions.Load(r)
	if err != nil {
		return err
	}
	return sh.failInside(w, r, route.Guard.serve(sh, w, r, route.Guard)) // with the session, whose person a kept form belongs to
}

// named notes the route's pattern for the log.
func (sh *Shell) named(pattern string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		telemetry.TraceFrom(r.Context()).Route = pattern
		next.ServeHTTP(w, r)
	})
}

// healthz says that the process is alive.
func (sh *Shell) healthz(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("alive\n"))
}

// readyz says whether requests should come here: not while draining, not without a database that is migrated.
func (sh *Shell) readyz(w http.ResponseWriter, r *http.Request) {
	if sh.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	if err := sh.Ready(r); err != nil {
		telemetry.TraceFrom(r.Context()).Err = err
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
