// Package proof prints the figures of `make prove`: one line for each, held against a goal.
//
// A proof is a test behind the build tag prove, named for its area so that `make prove AREA=…` finds it:
// TestProveFoundationJourney, TestProveBillingOrder. What must always hold stays in an ordinary test, in reduced form.
package proof

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// Line prints `proof <name> <figure> <goal> ok|short` and fails the test when the figure falls short. Blanks in the
// words become dashes, so that the line has five.
func Line(t testing.TB, name, figure, goal string, ok bool) {
	t.Helper()
	verdict := "ok"
	if !ok {
		verdict = "short"
		t.Errorf("%s: %s, goal %s", name, figure, goal)
	}
	fmt.Fprintln(os.Stdout, "proof", word(name), word(figure), word(goal), verdict)
}

// AtMost holds a number against an upper goal.
func AtMost(t testing.TB, name string, got, goal float64) {
	t.Helper()
	Line(t, name, number(got), "<="+number(goal), got <= goal)
}

// AtLeast holds a number against a lower goal.
func AtLeast(t testing.TB, name string, got, goal float64) {
	t.Helper()
	Line(t, name, number(got), ">="+number(goal), got >= goal)
}

// Within holds a time against the longest it may take.
func Within(t testing.TB, name string, got, goal time.Duration) {
	t.Helper()
	Line(t, name, got.Round(time.Millisecond/10).String(), "<="+goal.String(), got <= goal)
}

func number(n float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", n), "0"), ".")
}

func word(s string) string { return strings.Join(strings.Fields(s), "-") }
