package pulse

import (
	"slices"
	"time"
)

// bounds are the longest times that buckets count; one more bucket counts what took longer. Bounds may be added at the
// end: what was counted before has fewer buckets then.
func bounds() []time.Duration {
	const ms = time.Millisecond
	return []time.Duration{
		1 * ms, 2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms, 100 * ms, 200 * ms, 500 * ms,
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
		time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour,
	}
}

// bucket is the place of the bucket that counts d.
func bucket(d time.Duration) int {
	i, _ := slices.BinarySearch(bounds(), d)
	return i
}

// Timing is how long something took over a while, in all processes.
type Timing struct {
	What    string // Route, Job or Wait
	Name    string // the pattern of a route, or the kind of a job
	Count   int64
	Errors  int64
	Buckets []int64
}

// Within is how long the quickest of them took, so large a part of all as q says: 0.95 leaves out the slowest of twenty.
// It is as exact as the buckets are: within one, times are taken to lie evenly. Zero when there were none.
func (t Timing) Within(q float64) time.Duration {
	all := bounds()
	var total int64
	for _, n := range t.Buckets {
		total += n
	}
	left := q * float64(total)
	var low time.Duration
	for i, n := range t.Buckets {
		if i >= len(all) {
			return all[len(all)-1] // at least
		}
		if n > 0 && left <= float64(n) {
			return low + time.Duration(left/float64(n)*float64(all[i]-low))
		}
		left -= float64(n)
		low = all[i]
	}
	return 0
}
