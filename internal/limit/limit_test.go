package limit_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/limit"
)

// clock is a time that the test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func limiter(t *testing.T) (*limit.Limiter, *clock) {
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return &limit.Limiter{DB: dbtest.New(t).Web(t), Now: c.now}, c
}

func subject(key string) limit.Subject {
	return limit.Subject{Key: key, Policy: limit.Policy{
		Name: "test", Allowance: 3, Drain: time.Minute, First: 2 * time.Second, Longest: 10 * time.Second,
	}}
}

// wait takes once and returns how long the refusal says to wait; 0 when it was allowed.
func wait(t *testing.T, l *limit.Limiter, subjects ...limit.Subject) time.Duration {
	t.Helper()
	err := l.Take(t.Context(), subjects...)
	if err == nil {
		return 0
	}
	f := fault.As(err)
	if f == nil || f.Kind != fault.Throttled {
		t.Fatal(err)
	}
	return f.RetryAfter
}

func TestDelayGrowsAndIsForgiven(t *testing.T) {
	t.Parallel()
	l, c := limiter(t)
	s, other := subject("dana"), subject("nina")
	for i, want := range []time.Duration{0, 0, 0, 2 * time.Second, 4 * time.Second, 8 * time.Second, 10 * time.Second} {
		if got := wait(t, l, s); got != 0 {
			t.Fatalf("attempt %d, after its delay: wait %v", i+1, got)
		}
		if want == 0 {
			continue
		}
		if got := wait(t, l, s); got != want {
			t.Errorf("after attempt %d the wait is %v, want %v", i+1, got, want)
		}
		c.at = c.at.Add(want)
	}
	if got := wait(t, l, s); got != 0 {
		t.Errorf("the refused attempts prolong the delay: %v", got)
	}
	if got := wait(t, l, other); got != 0 {
		t.Errorf("somebody else waits %v", got)
	}
	if wait(t, l, other, s) == 0 {
		t.Error("one of two subjects has to wait, and it is allowed")
	}
	for range 2 { // the refused one took nothing of the other's allowance
		if got := wait(t, l, other); got != 0 {
			t.Errorf("somebody else waits %v", got)
		}
	}
	if err := l.Clear(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, l, s); got != 0 {
		t.Errorf("after a success: %v", got)
	}
}

func TestAttemptsDrain(t *testing.T) {
	t.Parallel()
	l, c := limiter(t)
	s := subject("the office")
	for i := range 60 { // one a minute, all day: as fast as it drains
		if got := wait(t, l, s); got != 0 {
			t.Fatalf("attempt %d waits %v", i+1, got)
		}
		c.at = c.at.Add(time.Minute)
	}
}

func TestWhatIsReturnedDoesNotCount(t *testing.T) {
	t.Parallel()
	l, _ := limiter(t)
	s := subject("the office")
	for i := range 20 {
		if got := wait(t, l, s); got != 0 {
			t.Fatalf("attempt %d waits %v", i+1, got)
		}
		if err := l.Return(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReturningDoesNotEndADelay(t *testing.T) {
	t.Parallel()
	l, _ := limiter(t)
	s := subject("a guesser with an account")
	for range 4 {
		wait(t, l, s)
	}
	if err := l.Return(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if wait(t, l, s) == 0 {
		t.Error("the delay is gone")
	}
}

func TestABurstDoesNotSlipThrough(t *testing.T) {
	t.Parallel()
	l, _ := limiter(t)
	var allowed atomic.Int32
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			subjects := []limit.Subject{subject("dana"), subject("the office")}
			if i%2 == 1 {
				subjects[0], subjects[1] = subjects[1], subjects[0]
			}
			switch err := l.Take(t.Context(), subjects...); {
			case err == nil:
				allowed.Add(1)
			case !fault.Is(err, fault.Throttled):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := allowed.Load(); got != 4 {
		t.Errorf("%d of 40 at once were allowed, want the allowance and the one that begins the delay", got)
	}
}

// The clocks of two that come at the same moment differ: the one behind waits for nothing.
func TestAClockThatIsBehindWaitsForNothing(t *testing.T) {
	t.Parallel()
	l, c := limiter(t)
	s := subject("dana")
	for i := range 3 {
		if got := wait(t, l, s); got != 0 {
			t.Fatalf("attempt %d: wait %v", i+1, got)
		}
		c.at = c.at.Add(-20 * time.Millisecond)
	}
	c.at = c.at.Add(time.Second)
	if got := wait(t, l, s); got != 0 {
		t.Errorf("the attempt beyond the allowance: wait %v", got)
	}
	if got := wait(t, l, s); got != 2*time.Second {
		t.Errorf("after it: wait %v", got)
	}
}
