// Package chrome drives a headless Chromium the way a person uses a page: by the words on it. Everything waits for
// what it asks for, up to a deadline, and fails the test with what the page says instead.
package chrome

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show what a test waits for.
const patience = 30 * time.Second

// Options says what kind of person looks at the pages.
type Options struct {
	Base          string // address that paths are opened under, such as http://127.0.0.1:8080
	Width, Height int64  // zero is 1280 by 800
	Dark          bool   // prefers a dark scheme
	NoScript      bool   // has JavaScript switched off
	// Allow lists parts of console messages that are no fault, such as the status of a page that is meant to fail.
	Allow []string
}

// Page is a tab in a profile of its own: no cookie is shared with another Page.
type Page struct {
	t   testing.TB
	o   Options
	ctx context.Context

	mu     sync.Mutex
	faults []string
}

// New opens an empty tab. When the test ends the tab is closed, and the test fails when the console told of errors.
func New(t testing.TB, o Options) *Page {
	t.Helper()
	browser, err := start()
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	p := &Page{t: t, o: o, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		p.checkConsole()
	})
	if o.Width == 0 {
		p.o.Width, p.o.Height = 1280, 800
	}
	// The tab lives as long as the context it was made with, so this first step has no deadline.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	p.do("prepare the tab", chromedp.EmulateViewport(p.o.Width, p.o.Height), p.prefer())
	p.listen()
	return p
}

// start launches the browser of this process; it ends with the process, which holds its pipe.
var start = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("disable-dev-shm-usage", false),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.DisableGPU,
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	if path := Executable(); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	alloc, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(alloc)
	return ctx, chromedp.Do(ctx)
})

// Executable finds the browser as tools/chromium does; empty leaves it to chromedp.
func Executable() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (p *Page) prefer() chromedp.Action[chromedp.Void] {
	scheme := "light"
	if p.o.Dark {
		scheme = "dark"
	}
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
			return err
		}
		off := emulation.SetScriptExecutionDisabledParams{Value: p.o.NoScript}
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, off)
		return err
	})
}

// listen collects what the console says; a refused script or style is told there, too.
func (p *Page) listen() {
	messages := chromedp.Console(p.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.IsException() {
				p.note(fmt.Sprintf("%s (%s)", m.Text, m.URL))
			}
		}
	}()
}

func (p *Page) note(fault string) {
	for _, ok := range p.o.Allow {
		if strings.Contains(fault, ok) {
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, fault)
}

func (p *Page) checkConsole() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		p.t.Errorf("console: %s", f)
	}
}

// Open goes to a path below Base, or to a whole address, and returns the status of the answer.
func (p *Page) Open(path string) int {
	p.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = p.o.Base + path
	}
	var answer *network.Response
	var err error
	for range 4 {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		answer, err = chromedp.Run(ctx, chromedp.NavigateResponse(address))
		cancel()
		// A page that leads on by itself at this moment was in the way, so that there is an error or no answer, or the browser
		// waits for the load of a page that is gone; a person would press Enter again.
		again := err == nil && answer == nil || err != nil && (strings.Contains(err.Error(), "net::ERR_ABORTED") || errors.Is(err, context.DeadlineExceeded))
		if !again {
			break
		}
		p.t.Logf("open %s again: %v", address, err)
	}
	if err != nil {
		p.t.Fatalf("open %s: %v", address, err)
	}
	if answer == nil {
		p.t.Fatalf("open %s: there is no answer", address)
	}
	return int(answer.Status)
}

// Path is where the page is now: path and query.
func (p *Page) Path() string {
	p.t.Helper()
	return eval[string](p, "where the page is", `location.pathname + location.search`)
}

// Shot saves a picture of the whole page as .plinth/shots/<name>.png below the module's root.
func (p *Page) Shot(name string) {
	p.t.Helper()
	var picture []byte
	p.until("photograph "+name, func() (bool, string) {
		ctx, cancel := context.WithTimeout(p.ctx, patience/3)
		defer cancel()
		var err error
		// A document that is about to be shown has no width yet, and one that goes away meanwhile gives no picture.
		if picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100)); err != nil {
			return false, err.Error()
		}
		return true, ""
	})
	dir := filepath.Join(Root(p.t), ".plinth", "shots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Root is the folder of go.mod above the test.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

func eval[T any](p *Page, what, script string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return out
}
