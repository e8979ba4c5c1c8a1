package projects

import (
	"fmt"
	"strconv"
	"strings"
)

// A rank is a ticket's place in its lane: text that sorts byte by byte, with room for another between any two (fractional
// indexing). It is the letter j, ten decimal digits, and after them a fraction of rankDigits without a 0 at its end.
// Setting a ticket on top or below counts the digits down or up, so only what is put between neighbours grows.

const (
	rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	rankWhole  = 11            // letters of a rank before its fraction
	rankMiddle = 5_000_000_000 // the first ticket of a lane
	rankEnd    = 9_999_999_999
)

// rankBetween is a rank behind a and before b; empty is the top and the bottom of the lane. It falls back to the same rank
// as a when there is no room, which is only when the two are equal: then the newer ticket is the upper one.
func rankBetween(a, b string) string {
	switch {
	case a == "" && b == "":
		return rankOf(rankMiddle)
	case a == "":
		if n := rankNumber(b); n > 0 {
			return rankOf(n - 1)
		}
		return rankOf(0) + rankMid("", b[rankWhole:])
	case b == "":
		if n := rankNumber(a); n < rankEnd {
			return rankOf(n + 1)
		}
		return a[:rankWhole] + rankMid(a[rankWhole:], "")
	case a >= b:
		return a
	}
	x, y := rankNumber(a), rankNumber(b)
	switch {
	case y-x > 1:
		return rankOf(x + (y-x)/2)
	case y == x:
		return a[:rankWhole] + rankMid(a[rankWhole:], b[rankWhole:])
	}
	return a[:rankWhole] + rankMid(a[rankWhole:], "")
}

func rankOf(n int64) string { return fmt.Sprintf("j%010d", n) }

// rankNumber is the whole part of a rank; ranks are written by this file and by migrations alone.
func rankNumber(rank string) int64 {
	if len(rank) < rankWhole {
		return rankMiddle
	}
	n, err := strconv.ParseInt(rank[1:rankWhole], 10, 64)
	if err != nil {
		return rankMiddle
	}
	return n
}

// rankMid is a fraction between a and b, of which b may be empty for no bound.
func rankMid(a, b string) string {
	n := 0
	for n < len(b) && rankDigit(a, n) == rankDigit(b, n) {
		n++
	}
	if n > 0 {
		return b[:n] + rankMid(a[min(n, len(a)):], b[n:])
	}
	low, high := rankDigit(a, 0), len(rankDigits)
	if b != "" {
		high = rankDigit(b, 0)
	}
	switch {
	case high-low > 1:
		return rankDigits[(low+high)/2 : (low+high)/2+1]
	case len(b) > 1:
		return b[:1]
	}
	return rankDigits[low:low+1] + rankMid(a[min(1, len(a)):], "")
}

// rankDigit is the value of the digit at i; behind the end there are zeros.
func rankDigit(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	return strings.IndexByte(rankDigits, s[i])
}

// ranksBetween are n ranks in order, behind a and before b; empty is an end of the lane.
func ranksBetween(a, b string, n int) []string {
	out := make([]string, n)
	switch {
	case b == "":
		for i := range out {
			a = rankBetween(a, "")
			out[i] = a
		}
	case a == "" && rankNumber(b) >= int64(n):
		for i := n - 1; i >= 0; i-- {
			b = rankBetween("", b)
			out[i] = b
		}
	default:
		fillRanks(out, a, b)
	}
	return out
}

// fillRanks halves the room again and again, so that it is used evenly.
func fillRanks(out []string, a, b string) {
	if len(out) == 0 {
		return
	}
	middle := len(out) / 2
	out[middle] = rankBetween(a, b)
	fillRanks(out[:middle], a, out[middle])
	fillRanks(out[middle+1:], out[middle], b)
}
