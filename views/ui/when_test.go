package ui

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 9, 16, 0, 0, paris)
	ctx := WithNav(t.Context(), Nav{Now: now, Zone: paris})
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{now, "now"},
		{now.Add(-59 * time.Second), "now"},
		{now.Add(-4 * time.Minute), "4 min ago"},
		{now.Add(-2 * time.Hour), "2 h ago"},
		{now.Add(-10 * time.Hour), "yesterday"},
		{now.Add(-30 * time.Hour), "yesterday"},
		{now.AddDate(0, 0, -3), "3 days ago"},
		{now.AddDate(0, 0, -8), "12 Nov"},
		{now.AddDate(-1, 0, 0), "20 Nov 2025"},
		{now.Add(5 * time.Minute), "in 5 min"},
		{now.Add(3 * time.Hour), "in 3 h"},
		{now.AddDate(0, 0, 1), "tomorrow"},
		{now.AddDate(0, 0, 4), "in 4 days"},
		{now.AddDate(0, 0, 40), "30 Dec"},
	} {
		if got := Ago(ctx, tt.at.UTC()); got != tt.want {
			t.Errorf("Ago(%s) = %q, want %q", tt.at, got, tt.want)
		}
	}
}

func TestAgoOverAChangeOfTheClocks(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	// The night to 25 October 2026 has 25 hours in Paris.
	now := time.Date(2026, 10, 25, 23, 30, 0, 0, paris)
	ctx := WithNav(t.Context(), Nav{Now: now, Zone: paris})
	if got := Ago(ctx, time.Date(2026, 10, 24, 23, 45, 0, 0, paris)); got != "yesterday" {
		t.Errorf("Ago = %q, want yesterday", got)
	}
}

func TestExactIsInTheZoneOfThePerson(t *testing.T) {
	t.Parallel()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 18, 17, 0, 0, 0, time.UTC)
	if got, want := Exact(WithNav(t.Context(), Nav{Zone: tokyo}), at), "19 Nov 2026, 02:00 JST"; got != want {
		t.Errorf("Exact = %q, want %q", got, want)
	}
	if got, want := Exact(t.Context(), at), "18 Nov 2026, 17:00 UTC"; got != want {
		t.Errorf("without a zone Exact = %q, want %q", got, want)
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 16, 0, 0, time.UTC)
	ctx := WithNav(t.Context(), Nav{Now: now})
	for _, tt := range []struct {
		due      time.Time
		finished bool
		want     string
	}{
		{now.AddDate(0, 0, -2), false, "2 days late"},
		{now.AddDate(0, 0, -1), false, "1 day late"},
		{now.AddDate(0, 0, -2), true, "18 Nov"},
		{now.Add(-time.Hour), false, "Late today"},
		{now.Add(time.Hour), false, "Today"},
		{now.AddDate(0, 0, 1), false, "Tomorrow"},
		{now.AddDate(0, 0, 2), false, "Sunday"},
		{now.AddDate(0, 0, 7), false, "27 Nov"},
		{now.AddDate(0, 2, 0), false, "20 Jan 2027"},
	} {
		if got := Due(ctx, tt.due, tt.finished); got != tt.want {
			t.Errorf("Due(%s, %v) = %q, want %q", tt.due, tt.finished, got, tt.want)
		}
	}
}
