package admin

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// A cursor names the last row of a page. One that cannot be read is the beginning of the list.

// future is after every time there is, for lists that begin with the newest.
func future() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

func idBefore(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Max
	}
	return id
}

func timeCursor(at time.Time, id string) string { return at.UTC().Format(time.RFC3339Nano) + "_" + id }

// timed takes a timeCursor apart. Ids may hold the separator, times never do.
func timed(text string) (time.Time, string, bool) {
	at, id, found := strings.Cut(text, "_")
	t, err := time.Parse(time.RFC3339Nano, at)
	return t, id, found && err == nil
}

func timedBefore(text string) (time.Time, uuid.UUID) {
	t, rest, ok := timed(text)
	id, err := uuid.Parse(rest)
	if !ok || err != nil {
		return future(), uuid.Max
	}
	return t, id
}

func timedAfter(text string) (time.Time, uuid.UUID) {
	t, rest, ok := timed(text)
	id, err := uuid.Parse(rest)
	if !ok || err != nil {
		return time.Time{}, uuid.Nil
	}
	return t, id
}
