package chrome

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const form = `<!doctype html><html lang="en"><head><title>Form</title></head><body><main><h1>Form</h1>
<form method="post" action="/sent">
<label for="n">Your name</label> <input id="n" name="name" value="old">
<label>Colour <select name="colour"><option value="r">Red</option><option value="g">Green</option></select></label>
<label><input type="checkbox" name="terms" value="yes"> I agree</label>
<button>Send it</button></form><p id="late"></p>
<script src="/late.js"></script></main></body></html>`

func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		page(w, form)
	})
	mux.HandleFunc("GET /late.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `setTimeout(() => { document.getElementById("late").textContent = "here now"; }, 100);`)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /sent", func(w http.ResponseWriter, r *http.Request) {
		page(w, fmt.Sprintf("<p>Thanks %s, %s, %s</p>", html.EscapeString(r.FormValue("name")), html.EscapeString(r.FormValue("colour")), html.EscapeString(r.FormValue("terms"))))
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		page(w, `<html lang="en"><body><main><h1>B</h1><img src="/none.png" style="color:red"></main></body></html>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestFormIsFilledByItsWords(t *testing.T) {
	t.Parallel()
	base := site(t)
	for _, o := range []Options{{Base: base}, {Base: base, NoScript: true}, {Base: base, Width: 360, Height: 700, Dark: true}} {
		p := New(t, o)
		if status := p.Open("/"); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		if got := p.Value("Your name"); got != "old" {
			t.Errorf("value %q", got)
		}
		if !o.NoScript {
			p.See("here now")
			p.Axe()
		} else {
			p.Gone("here now")
		}
		p.Fill("Your name", "Ada")
		p.Choose("Colour", "Green")
		p.Tick("I agree")
		p.Click("Send it")
		p.At("/sent")
		p.See("Thanks Ada, g, yes")
	}
}

func TestFreshProfileAndPicture(t *testing.T) {
	t.Parallel()
	p := New(t, Options{Base: site(t)})
	p.Open("/")
	p.Shot("chrome-test")
	picture := filepath.Join(Root(t), ".plinth", "shots", "chrome-test.png")
	raw, err := os.ReadFile(picture)
	if err != nil || !strings.HasPrefix(string(raw), "\x89PNG") {
		t.Errorf("no picture: %v", err)
	}
	if err := os.Remove(picture); err != nil {
		t.Error(err)
	}
}

// failing notes that a test would have failed.
type failing struct {
	testing.TB
	said []string
}

func (f *failing) Helper()                        {}
func (f *failing) Errorf(format string, a ...any) { f.said = append(f.said, fmt.Sprintf(format, a...)) }

func TestBarriersAndConsoleErrorsAreFound(t *testing.T) {
	t.Parallel()
	f := &failing{TB: t}
	p := New(f, Options{Base: site(t)})
	p.Open("/broken")
	p.Axe()
	p.until("hear of the refused style and the missing picture", func() (bool, string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.faults) >= 2, strings.Join(p.faults, "; ")
	})
	p.checkConsole()
	said := strings.Join(f.said, "\n")
	for _, want := range []string{"image-alt", "Content Security Policy", "404"} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q in:\n%s", want, said)
		}
	}
	p.faults = nil
}
