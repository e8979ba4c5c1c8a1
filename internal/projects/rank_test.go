package projects

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestRankBetween(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"", "", "j5000000000"}, {"", "j5000000000", "j4999999999"}, {"j5000000000", "", "j5000000001"},
		{"j5000000000", "j5000000002", "j5000000001"}, {"j5000000000", "j5000000001", "j5000000000V"},
		{"j5000000000", "j5000000000V", "j5000000000F"}, {"j5000000000", "j50000000001", "j50000000000V"},
		{"", "j0000000000V", "j0000000000F"}, {"j9999999999", "", "j9999999999V"},
		{"j5000000000", "j5000000000", "j5000000000"}, {"j5000000000z", "j5000000001", "j5000000000zV"},
		{"j5000000000A1", "j5000000000B", "j5000000000AV"}, {"j5000000000A", "j5000000000B1", "j5000000000B"},
	} {
		if got := rankBetween(c[0], c[1]); got != c[2] {
			t.Errorf("between %q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// A lane that is put in order thousands of times stays in the order that people gave it, and its ranks stay short.
func TestRanksHaveRoom(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(r *rand.Rand, n int) int{
		"anywhere": func(r *rand.Rand, n int) int { return r.IntN(n + 1) },
		"top":      func(*rand.Rand, int) int { return 0 },
		"bottom":   func(_ *rand.Rand, n int) int { return n },
		"second":   func(_ *rand.Rand, n int) int { return min(1, n) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			var lane []string
			longest := 0
			for range 2000 {
				i := at(r, len(lane))
				above, below := "", ""
				if i > 0 {
					above = lane[i-1]
				}
				if i < len(lane) {
					below = lane[i]
				}
				rank := rankBetween(above, below)
				if rank <= above || below != "" && rank >= below || strings.HasSuffix(rank[rankWhole:], "0") {
					t.Fatalf("between %q and %q: %q", above, below, rank)
				}
				lane = slices.Insert(lane, i, rank)
				longest = max(longest, len(rank))
			}
			if want := map[string]int{"anywhere": 24, "top": 11, "bottom": 11, "second": 420}[name]; longest > want {
				t.Errorf("a rank has %d letters, want at most %d", longest, want)
			}
		})
	}
}
