package notify

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/notify/notifydb"
)

// A due date is told of on the morning of the day before, where its person is, and once more when it is over.
func TestDueCause(t *testing.T) {
	t.Parallel()
	ticket := uuid.MustParse("01890000-0000-7000-8000-000000000001")
	at := func(text string) time.Time {
		out, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	due := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ zone, now, want string }{
		{"UTC", "2026-11-22T23:00:00Z", ""},
		{"UTC", "2026-11-23T07:59:00Z", ""},
		{"UTC", "2026-11-23T08:00:00Z", "due"},
		{"UTC", "2026-11-24T20:00:00Z", "due"},
		{"UTC", "2026-11-25T07:00:00Z", ""},
		{"UTC", "2026-11-25T08:00:00Z", "overdue"},
		{"Asia/Tokyo", "2026-11-22T23:00:00Z", "due"}, // eight in the morning of the 23rd
		{"America/Los_Angeles", "2026-11-23T15:00:00Z", ""},
		{"America/Los_Angeles", "2026-11-23T16:00:00Z", "due"},
		{"nowhere", "2026-11-23T08:00:00Z", "due"},
	} {
		want := c.want
		if want != "" {
			want += ":" + ticket.String() + ":2026-11-24"
		}
		if got := dueCause(notifydb.TicketsDueRow{TicketID: ticket, DueOn: due, TimeZone: c.zone}, at(c.now)); got != want {
			t.Errorf("%s in %s: %q, want %q", c.now, c.zone, got, want)
		}
	}
}

func TestLastMorning(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ now, want string }{
		{"2026-11-23T06:59:00Z", "2026-11-22T07:00:00Z"},
		{"2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z"},
		{"2026-11-23T22:00:00Z", "2026-11-23T07:00:00Z"},
		{"2026-10-25T06:30:00Z", "2026-10-24T06:00:00Z"}, // the clocks were put back in the night
		{"2026-10-25T07:30:00Z", "2026-10-25T07:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastMorning(now, berlin).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("at %s: %s, want %s", c.now, got, c.want)
		}
	}
}
