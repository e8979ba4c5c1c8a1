package contract_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"plinth/internal/config"
)

// recorder stands between the app and the local Stripe and keeps each kind of request: the same method, path and names
// of parameters are one kind.
type recorder struct {
	mu    sync.Mutex
	kinds map[string]request
	to    string
	url   string
}

func record(t *testing.T) *recorder {
	t.Helper()
	rec := &recorder{kinds: map[string]request{}}
	server := httptest.NewServer(http.HandlerFunc(rec.pass))
	t.Cleanup(server.Close)
	rec.url = server.URL
	return rec
}

// between is the option that puts the recorder before the local Stripe.
func (rec *recorder) between(c *config.Config) {
	if c.APIURL != "" {
		rec.to, c.APIURL = c.APIURL, rec.url
	}
}

func (rec *recorder) pass(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	rec.keep(r, body)
	to, err := url.Parse(rec.to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	httputil.NewSingleHostReverseProxy(to).ServeHTTP(w, r)
}

func (rec *recorder) keep(r *http.Request, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		form = url.Values{"body that is no form": {string(body)}} // which is then refused
	}
	for key, values := range r.URL.Query() {
		form[key] = append(form[key], values...)
	}
	kind := request{method: r.Method, path: r.URL.Path, form: form}
	name := kind.String() + " " + strings.Join(kind.parameters(), " ")
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if _, known := rec.kinds[name]; !known {
		rec.kinds[name] = kind
	}
}

// all lists what was recorded, by name.
func (rec *recorder) all() []request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var names []string
	for name := range rec.kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []request
	for _, name := range names {
		all = append(all, rec.kinds[name])
	}
	return all
}

// has reports whether a kind of request with this method and shape of path was recorded.
func (rec *recorder) has(call string) bool {
	return slices.ContainsFunc(rec.all(), func(r request) bool { return r.String() == call })
}
