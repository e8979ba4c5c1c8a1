package chrome

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// axeScript runs axe with the rules of WCAG 2.2 A and AA and its own best practices.
const axeScript = `axe.run(document, { resultTypes: ["violations"], iframes: false, runOnly: %s })
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.failureSummary.replace(/\s+/g, " ") + " in " + n.html.slice(0, 160))))`

// Axe looks for barriers on the page and fails the test with each.
func (p *Page) Axe() {
	p.t.Helper()
	p.axe(`{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }`)
}

// AxeContrast looks at contrast alone, for a page seen before in another scheme.
func (p *Page) AxeContrast() {
	p.t.Helper()
	p.axe(`{ type: "rule", values: ["color-contrast"] }`)
}

func (p *Page) axe(rules string) {
	p.t.Helper()
	if p.o.NoScript {
		p.t.Fatal("axe needs JavaScript")
	}
	path := filepath.Join(Root(p.t), "tools", "css", "node_modules", "axe-core", "axe.min.js")
	source, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatalf("read axe, which `make test` puts in place: %v", err)
	}
	eval[bool](p, "load axe", string(source)+";\ntrue")
	for _, v := range eval[[]string](p, "run axe", fmt.Sprintf(axeScript, rules)) {
		p.t.Errorf("axe at %s: %s", p.Path(), strings.TrimSpace(v))
	}
}

// Fits fails the test when the page is wider than the screen.
func (p *Page) Fits() {
	p.t.Helper()
	if over := eval[int64](p, "measure the width", `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		p.t.Errorf("%s is %d px wider than the screen", p.Path(), over)
	}
}
