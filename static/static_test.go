package static

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func get(t *testing.T, method, url string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestURLCarriesTheHashOfTheContent(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("css/app.css")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	want := "/static/css/app." + hex.EncodeToString(sum[:])[:12] + ".css"
	if got := URL("css/app.css"); got != want {
		t.Errorf("URL = %q, want %q", got, want)
	}
}

func TestURLPanicsForAnUnknownFile(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("URL of an unknown file did not panic")
		}
	}()
	URL("css/none.css")
}

func TestHandler(t *testing.T) {
	t.Parallel()
	css := URL("css/app.css")
	tests := map[string]struct {
		method, url string
		header      http.Header
		status      int
		kind        string
	}{
		"style sheet":     {"GET", css, nil, 200, "text/css; charset=utf-8"},
		"script":          {"GET", URL("js/htmx.js"), nil, 200, "text/javascript; charset=utf-8"},
		"icons":           {"GET", URL("icons.svg"), nil, 200, "image/svg+xml; charset=utf-8"},
		"head":            {"HEAD", css, nil, 200, "text/css; charset=utf-8"},
		"without a hash":  {"GET", "/static/css/app.css", nil, 404, ""},
		"an old hash":     {"GET", "/static/css/app.000000000000.css", nil, 404, ""},
		"a folder":        {"GET", "/static/css/", nil, 404, ""},
		"its own source":  {"GET", "/static/static.go", nil, 404, ""},
		"a way out":       {"GET", "/static/../go.mod", nil, 404, ""},
		"another method":  {"POST", css, nil, 405, ""},
		"known already":   {"GET", css, http.Header{"If-None-Match": {etag(css)}}, 304, ""},
		"known, squeezed": {"GET", css, http.Header{"If-None-Match": {strings.TrimSuffix(etag(css), `"`) + `-gz"`}, "Accept-Encoding": {"gzip"}}, 304, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := get(t, tt.method, tt.url, tt.header)
			if res.StatusCode != tt.status {
				t.Fatalf("status = %d, want %d", res.StatusCode, tt.status)
			}
			if tt.status != 200 {
				return
			}
			if got := res.Header.Get("Content-Type"); got != tt.kind {
				t.Errorf("Content-Type = %q, want %q", got, tt.kind)
			}
			if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
				t.Errorf("Cache-Control = %q", got)
			}
		})
	}
}

func etag(url string) string { return `"` + load().byURL[url].etag + `"` }

func TestHandlerSqueezes(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{"gzip, br": "gzip", "br": "", "gzip;q=0": "", "": ""} {
		res := get(t, "GET", URL("css/app.css"), http.Header{"Accept-Encoding": {accept}})
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("with Accept-Encoding %q the answer is encoded as %q, want %q", accept, got, want)
		}
		if res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("with Accept-Encoding %q there is no Vary", accept)
		}
	}
}

// The budgets are docs/interface.md's: what a page loads must stay small on a slow line.
func TestBudgets(t *testing.T) {
	t.Parallel()
	total := map[string]int{}
	for name, f := range load().byName {
		kind, _, _ := strings.Cut(name, "/")
		total[kind] += len(f.gzip)
	}
	for kind, limit := range map[string]int{"js": 30 << 10, "css": 20 << 10, "icons.svg": 6 << 10} {
		if total[kind] == 0 || total[kind] > limit {
			t.Errorf("%s is %d bytes compressed, the budget is %d", kind, total[kind], limit)
		}
	}
}

// Every script is loaded by some page; one that nobody loads is a mistake.
func TestScriptsAreAllUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, url := range append(Scripts(), PublicScripts()...) {
		used[url] = true
	}
	for name, f := range load().byName {
		if strings.HasPrefix(name, "js/") && !used[f.url] {
			t.Errorf("%s is loaded by no page", name)
		}
	}
}

func TestHtmxIsTheOneWrittenDown(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("js/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(load().byName["js/htmx.js"].plain)
	if !strings.Contains(string(readme), hex.EncodeToString(sum[:])) {
		t.Errorf("js/README.md does not name the hash of js/htmx.js, %x", sum)
	}
}

// The policy of the pages forbids code made from text.
func TestOwnScriptsKeepThePolicy(t *testing.T) {
	t.Parallel()
	for name, f := range load().byName {
		if !strings.HasPrefix(name, "js/") || name == "js/htmx.js" {
			continue
		}
		for _, bad := range []string{"eval(", "new Function", "innerHTML", "document.write", "insertAdjacentHTML", ".style.", "setAttribute(\"style"} {
			if strings.Contains(string(f.plain), bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
	}
}
