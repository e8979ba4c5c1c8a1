package limit_test

import (
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/limit"
)

func TestDelayGrowsAndIsForgiven(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := &limit.Limiter{DB: dbtest.New(t).Web(t), Now: func() time.Time { return now }}
	s := limit.Subject{Policy: limit.Policy{Name: "test", Allowance: 3, First: 2 * time.Second, Longest: 10 * time.Second}, Key: "dana"}
	other := limit.Subject{Policy: s.Policy, Key: "nina"}
	var waits []time.Duration
	for range 7 {
		if err := l.Failed(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		wait := time.Duration(0)
		if err := l.Allow(t.Context(), s); err != nil {
			f := fault.As(err)
			if f == nil || f.Kind != fault.Throttled {
				t.Fatal(err)
			}
			wait = f.RetryAfter
		}
		waits = append(waits, wait)
	}
	want := []time.Duration{0, 0, 0, 2 * time.Second, 4 * time.Second, 8 * time.Second, 10 * time.Second}
	for i, w := range want {
		if waits[i] != w {
			t.Errorf("after failure %d the wait is %v, want %v", i+1, waits[i], w)
		}
	}
	if err := l.Allow(t.Context(), other); err != nil {
		t.Errorf("somebody else has to wait: %v", err)
	}
	if err := l.Allow(t.Context(), other, s); !fault.Is(err, fault.Throttled) {
		t.Errorf("one of two subjects has to wait, and the answer is %v", err)
	}
	now = now.Add(11 * time.Second)
	if err := l.Allow(t.Context(), s); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := l.Failed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := l.Clear(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := l.Allow(t.Context(), s); err != nil {
		t.Errorf("after a success: %v", err)
	}
}

func TestAQuietDayForgives(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := &limit.Limiter{DB: dbtest.New(t).Web(t), Now: func() time.Time { return now }}
	s := limit.Subject{Policy: limit.Policy{Name: "test", Allowance: 1, First: time.Second, Longest: time.Minute}, Key: "dana"}
	for range 5 {
		if err := l.Failed(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(25 * time.Hour)
	if err := l.Failed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := l.Allow(t.Context(), s); err != nil {
		t.Errorf("the failures of the day before count: %v", err)
	}
}
