package proof

import "testing"

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]string{0: "0", 3: "3", 0.65: "0.65", 1.0 / 3: "0.333", 100: "100"} {
		if got := number(n); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	if got := word(" round trips  of a page "); got != "round-trips-of-a-page" {
		t.Errorf("%q", got)
	}
}

// short stands for a test that must fail: it notes what Line says of it.
type short struct {
	testing.TB
	failed bool
}

func (s *short) Helper()               {}
func (s *short) Errorf(string, ...any) { s.failed = true }

func TestShortFiguresFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prove func(testing.TB)
		fails bool
	}{
		"at most, held":   {func(t testing.TB) { AtMost(t, "self-test a", 3, 3) }, false},
		"at most, short":  {func(t testing.TB) { AtMost(t, "self-test b", 4, 3) }, true},
		"at least, held":  {func(t testing.TB) { AtLeast(t, "self-test c", 1, 1) }, false},
		"at least, short": {func(t testing.TB) { AtLeast(t, "self-test d", 0.5, 1) }, true},
		"within, short":   {func(t testing.TB) { Within(t, "self-test e", 2, 1) }, true},
	} {
		s := &short{TB: t}
		c.prove(s)
		if s.failed != c.fails {
			t.Errorf("%s: failed %v", name, s.failed)
		}
	}
}
