package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/pulse"
	"plinth/internal/telemetry"
)

// traced gives every request an id, answers panics with the generic page, and writes one log line at the end. The line
// has the route's pattern and never the path, because paths and queries hold tokens.
func (sh *Shell) traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		trace := &telemetry.Trace{RequestID: rand.Text()[:16], Address: sh.clientAddress(r)}
		r = r.WithContext(telemetry.WithTrace(r.Context(), trace))
		rec := &recorder{ResponseWriter: w}
		w.Header().Set("X-Request-Id", trace.RequestID)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the value net/http panics with, never wrapped
					panic(p)
				}
				trace.Err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				if rec.status == 0 {
					sh.Base.Fail(rec, r, trace.Err)
				}
			}
			took := time.Since(begun)
			sh.logRequest(r, trace, rec, took)
			sh.time(r, trace.Route, rec, took)
		}()
		next.ServeHTTP(rec, r)
	})
}

func (sh *Shell) logRequest(r *http.Request, t *telemetry.Trace, rec *recorder, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request_id", t.RequestID), slog.String("method", r.Method), slog.String("route", t.Route),
		slog.Int("status", rec.code()), slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", rec.bytes),
	}
	if t.Address != "" {
		attrs = append(attrs, slog.String("address", t.Address))
	}
	if t.Tenant != uuid.Nil {
		attrs = append(attrs, slog.String("tenant", t.Tenant.String()))
	}
	if t.User != uuid.Nil {
		attrs = append(attrs, slog.String("user", t.User.String()))
	}
	if t.Err != nil {
		attrs = append(attrs, slog.String("error", t.Err.Error()))
	}
	switch {
	case r.Context().Err() != nil:
		attrs = append(attrs, slog.Bool("hung_up", true)) // nobody reads the answer, whatever it was
	case rec.code() >= 500:
		level = slog.LevelError
	case t.Route == "GET /healthz" || t.Route == "GET /readyz" || t.Route == "GET /static/":
		level = slog.LevelDebug
	}
	sh.Base.Log.LogAttrs(context.WithoutCancel(r.Context()), level, "request", attrs...)
}

// time keeps how long the request took, unless it is a stream, which takes as long as somebody looks.
func (sh *Shell) time(r *http.Request, route string, rec *recorder, took time.Duration) {
	switch route {
	case "", "GET /live", "GET /healthz", "GET /readyz", "GET /static/":
		return
	}
	sh.Pulse.Observe(pulse.Route, route, took, rec.code() >= 500 && r.Context().Err() == nil)
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController through.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush sends what was written so far: the compression asks for this very method and unwraps nothing.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// csp lets pages load only from this origin. No 'unsafe-inline' anywhere; form-action stays here, so leaving for Stripe
// is a page with a link.
const csp = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'"

// headed sets the headers that every answer has. A handler may replace them.
func (sh *Shell) headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-store")
		if strings.HasPrefix(sh.URL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// hosted refuses a Host that is not ours, in production, so that nothing can be made to answer under another name.
func (sh *Shell) hosted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sh.Host != "" && !strings.EqualFold(r.Host, sh.Host) && !sh.atOffice(r) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			http.Error(w, "This is not a name of this site.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses changes that another site's page asks for (http.CrossOriginProtection). Signed routes have no
// browser and no cookie, so they stand outside.
func (sh *Shell) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sh.Base.Fail(w, r, fault.New(fault.Denied, "This form was sent from another site. Open the page here and send it again."))
	}))
	return protection.Handler(next)
}

// clientAddress is the peer's address, or what a trusted proxy says: the last forwarded address that is no proxy of
// ours, since what stands before it can be made up.
func (sh *Shell) clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !sh.trusted(host) {
		return host
	}
	forwarded := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(forwarded) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(forwarded[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
		if !sh.trusted(hop) {
			break
		}
	}
	return host
}

func (sh *Shell) trusted(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, network := range sh.Proxies {
		if network.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
