// Package lighthouse measures a page as Google's Lighthouse does: a mid-range phone on a slow network, in a Chromium of
// its own. It takes a quarter of a minute for each run, so it belongs to `make prove`.
package lighthouse

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plinth/test/browser/chrome"
)

// runs is how often a page is measured; the median counts.
const runs = 3

// Scores are the marks of a page, 0 to 100.
type Scores struct{ Performance, Accessibility, BestPractices float64 }

// Measure loads an address with the cookies given, three times, and returns the medians.
func Measure(t testing.TB, address string, cookies map[string]string) Scores {
	t.Helper()
	var all [3][]float64
	for range runs {
		s := measure(t, address, cookies)
		for i, score := range []float64{s.Performance, s.Accessibility, s.BestPractices} {
			all[i] = append(all[i], score)
		}
	}
	for i := range all {
		slices.Sort(all[i])
	}
	return Scores{all[0][runs/2], all[1][runs/2], all[2][runs/2]}
}

func measure(t testing.TB, address string, cookies map[string]string) Scores {
	t.Helper()
	tool := filepath.Join(chrome.Root(t), "tools", "lighthouse", "node_modules", ".bin", "lighthouse")
	report := filepath.Join(t.TempDir(), "report.json")
	// On a loaded machine the trace of a load is lost now and then, which says nothing of the page: Lighthouse asks to be
	// run again.
	const tries = 3
	for try := 1; ; try++ {
		cmd := exec.Command(tool, address, "--quiet", "--output=json", "--output-path="+report,
			"--only-categories=performance,accessibility,best-practices", "--chrome-flags="+flags(), "--extra-headers="+header(cookies))
		cmd.Env = append(os.Environ(), "CHROME_PATH="+chrome.Executable())
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if try == tries || !strings.Contains(string(out), "Please run Lighthouse again") {
			t.Fatalf("lighthouse %s: %v\n%s", address, err, out)
		}
	}
	raw, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	s, err := read(raw)
	if err != nil {
		t.Fatalf("lighthouse %s: %v", address, err)
	}
	return s
}

func flags() string {
	list := []string{"--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"}
	if os.Getuid() == 0 {
		list = append(list, "--no-sandbox")
	}
	return strings.Join(list, " ")
}

func header(cookies map[string]string) string {
	var pairs []string
	for name, value := range cookies {
		pairs = append(pairs, name+"="+value)
	}
	slices.Sort(pairs)
	raw, err := json.Marshal(map[string]string{"Cookie": strings.Join(pairs, "; ")})
	if err != nil || len(pairs) == 0 {
		return "{}"
	}
	return string(raw)
}

// read takes the marks out of a report, and the reason when the page could not be measured.
func read(raw []byte) (Scores, error) {
	var report struct {
		RuntimeError struct{ Code, Message string }
		Categories   map[string]struct{ Score float64 }
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		return Scores{}, fmt.Errorf("read the report: %w", err)
	}
	if report.RuntimeError.Code != "" {
		return Scores{}, fmt.Errorf("%s: %s", report.RuntimeError.Code, report.RuntimeError.Message)
	}
	mark := func(category string) float64 { return report.Categories[category].Score * 100 }
	return Scores{mark("performance"), mark("accessibility"), mark("best-practices")}, nil
}
