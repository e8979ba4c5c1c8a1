package chrome

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

//go:embed page.js
var finder string

// call is the text of a call into page.js.
func call(function string, args ...string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		raw, err := json.Marshal(a)
		if err != nil {
			raw = []byte(`""`)
		}
		quoted[i] = string(raw)
	}
	return strings.TrimSuffix(strings.TrimSpace(finder), ";") + "." + function + "(" + strings.Join(quoted, ", ") + ")"
}

type spot struct {
	X, Y float64
	Why  string
}

// Click presses the link, button or menu item with this name, as a mouse would: what covers it is in the way.
func (p *Page) Click(name string) {
	p.t.Helper()
	p.mouse("click "+name, call("click", name))
}

// Press clicks the first visible element of a CSS selector, for what has no name.
func (p *Page) Press(css string) {
	p.t.Helper()
	p.mouse("press "+css, call("press", css))
}

// Leave does something that leads to another document, at the same address perhaps, and waits for that one.
func (p *Page) Leave(do func()) {
	p.t.Helper()
	const born = `String(performance.timeOrigin)`
	before := p.ask(born)
	do()
	p.until("leave the page", func() (bool, string) {
		now := p.ask(born + ` + document.readyState`)
		return now != "" && now != before+"complete" && strings.HasSuffix(now, "complete"), "the page at " + p.where() + " stays"
	})
}

// Tick clicks a checkbox or radio button by its label.
func (p *Page) Tick(label string) {
	p.t.Helper()
	p.mouse("tick "+label, call("tick", label))
}

func (p *Page) mouse(what, script string) {
	p.t.Helper()
	var at spot
	p.until(what, func() (bool, string) {
		at = eval[spot](p, what, script)
		return at.Why == "", at.Why
	})
	p.do(what, chromedp.MouseClickXY(at.X, at.Y))
}

// Fill replaces the text of the field with this label.
func (p *Page) Fill(label, text string) {
	p.t.Helper()
	what := "fill " + label
	p.until(what, func() (bool, string) {
		why := eval[string](p, what, call("focus", label))
		return why == "", why
	})
	p.insert(what, text)
}

// Type puts text into the first field of a CSS selector, for the pages of others, whose fields may have no name.
func (p *Page) Type(css, text string) {
	p.t.Helper()
	p.Press(css)
	p.insert("type into "+css, text)
}

func (p *Page) insert(what, text string) {
	p.t.Helper()
	p.do(what, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if text == "" {
			return chromedp.Do(ctx, chromedp.KeyEvent("\b"))
		}
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// Choose takes an option of the select with this label.
func (p *Page) Choose(label, option string) {
	p.t.Helper()
	what := "choose " + option + " in " + label
	p.until(what, func() (bool, string) {
		why := eval[string](p, what, call("choose", label, option))
		return why == "", why
	})
}

// Key sends a key to the page, such as "/" or kb.Escape.
func (p *Page) Key(keys string) {
	p.t.Helper()
	p.do("type "+keys, chromedp.KeyEvent(keys))
}

// Value is what the field with this label holds.
func (p *Page) Value(label string) string {
	p.t.Helper()
	v := eval[string](p, "read "+label, call("value", label))
	if v == "\x00" {
		p.t.Fatalf("read %s: not on the page", label)
	}
	return v
}

// See waits until the page says every one of the texts.
func (p *Page) See(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until("see "+text, func() (bool, string) {
			says := p.says()
			return strings.Contains(says, text), "the page at " + p.where() + " says: " + cut(says)
		})
	}
}

// Says tells whether the page says the text now, without waiting.
func (p *Page) Says(text string) bool { return strings.Contains(p.says(), text) }

// Until does something again and again until it is true.
func (p *Page) Until(what string, done func() bool) {
	p.t.Helper()
	p.until(what, func() (bool, string) { return done(), "the page at " + p.where() + " says: " + cut(p.says()) })
}

// Text is what the page says now.
func (p *Page) Text() string { return p.says() }

// Find is the text of the element the selector finds.
func (p *Page) Find(css string) string {
	p.t.Helper()
	text := ""
	p.until("find "+css, func() (bool, string) {
		text = p.ask(fmt.Sprintf(`(document.querySelector(%q) || {}).textContent || ""`, css))
		return text != "", "the page says: " + cut(p.says())
	})
	return text
}

// Gone waits until the page says none of the texts.
func (p *Page) Gone(texts ...string) {
	p.t.Helper()
	p.until("see no more of "+strings.Join(texts, ", "), func() (bool, string) {
		says := p.says()
		return !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(says, t) }), cut(says)
	})
}

// At waits until the page's path begins so; a submitted form takes a moment to lead on.
func (p *Page) At(path string) {
	p.t.Helper()
	p.until("be at "+path, func() (bool, string) {
		at := p.where()
		return strings.HasPrefix(at, path), "the page is at " + at + " and says: " + cut(p.says())
	})
}

// Link is the address of the link with this text.
func (p *Page) Link(text string) string {
	p.t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		p.t.Fatal(err)
	}
	var href string
	p.until("find the link "+text, func() (bool, string) {
		href = eval[string](p, "find a link", fmt.Sprintf(`([...document.querySelectorAll("a")].find((a) => a.innerText.includes(%s)) || {}).href || ""`, raw))
		return href != "", "not on the page"
	})
	return href
}

// Where is the whole address of the page; empty while it is going away.
func (p *Page) Where() string { return p.ask(`location.href`) }

// says and where are asked while a page may be going away, when an answer is not to be had for a moment.
func (p *Page) says() string  { return p.ask(call("says")) }
func (p *Page) where() string { return p.ask(`location.pathname + location.search`) }

func (p *Page) ask(script string) string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
	if err != nil {
		return ""
	}
	return out
}

// until tries again and again, and fails with the last reason.
func (p *Page) until(what string, done func() (ok bool, why string)) {
	p.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, why := done()
		if ok {
			return
		}
		select {
		case <-deadline:
			p.t.Fatalf("%s: %s", what, why)
		case <-p.ctx.Done():
			p.t.Fatalf("%s: %v", what, p.ctx.Err())
		case <-tick.C:
		}
	}
}

func cut(s string) string {
	if len(s) > 1500 {
		return s[:1500] + " …"
	}
	return s
}

// Attach chooses a file of this machine in the field that the selector finds.
func (p *Page) Attach(css, path string) {
	p.t.Helper()
	p.do("choose the file "+path, chromedp.SetUploadFiles(css, []string{path}))
}

// Truth is what a script says of the page: for what no words tell, such as whether an image was loaded.
func (p *Page) Truth(script string) bool {
	p.t.Helper()
	return p.ask(`String(Boolean(`+script+`))`) == "true"
}
