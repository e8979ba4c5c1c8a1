package auth

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// said is a provider behind https that says of itself what a test wants.
func said(t *testing.T, change map[string]any) (*provider, *Providers) {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := map[string]any{
			"issuer": server.URL, "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token", "jwks_uri": server.URL + "/keys",
		}
		for name, value := range change {
			out[name] = value
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(out); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	all := NewProviders([]Provider{{Name: "acme", Label: "Acme", Kind: KindOpenID, Issuer: server.URL, ClientID: "plinth"}}, "https://app.example.com")
	all.http = server.Client()
	return all.list[0], all
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change map[string]any
		want   string // of the fault; "" is none
	}{
		"right":                     {nil, ""},
		"another issuer":            {map[string]any{"issuer": "https://id.example.com"}, "did not match the issuer"},
		"secrets in the clear":      {map[string]any{"token_endpoint": "http://id.example.com/token"}, "less safe than its issuer"},
		"keys in the clear":         {map[string]any{"jwks_uri": "http://id.example.com/keys"}, "less safe than its issuer"},
		"no keys":                   {map[string]any{"jwks_uri": nil}, "less safe than its issuer"},
		"a script instead of pages": {map[string]any{"authorization_endpoint": "javascript:alert(1)"}, "less safe than its issuer"},
		"no address":                {map[string]any{"authorization_endpoint": "/authorize"}, "less safe than its issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, all := said(t, c.change)
			_, err := p.discover(t.Context(), all, time.Now())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("the fault is %v, want %q", err, c.want)
			}
		})
	}
}

func TestWhereGitHubsAPIIs(t *testing.T) {
	t.Parallel()
	for pages, want := range map[string]string{
		"https://github.com": "https://api.github.com", "https://github.com/": "https://api.github.com", "https://git.example.com": "https://git.example.com/api/v3",
	} {
		if got := gitHubAPI(pages); got != want {
			t.Errorf("%s: %s, want %s", pages, got, want)
		}
	}
}

func TestAnswersAreReadWithinBounds(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		_, _ = w.Write(make([]byte, 2*maxAnswer))
	}))
	t.Cleanup(server.Close)
	res, err := outward().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	read := 0
	for buf := make([]byte, 64<<10); err == nil; {
		var n int
		n, err = res.Body.Read(buf)
		read += n
	}
	if read != maxAnswer {
		t.Errorf("%d bytes were read", read)
	}
	moved, err := outward().Get(server.URL + "/elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	defer moved.Body.Close()
	if moved.StatusCode != http.StatusFound {
		t.Errorf("a redirect was followed: %d", moved.StatusCode)
	}
}
