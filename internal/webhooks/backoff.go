package webhooks

import (
	"fmt"
	"strings"
	"time"

	"plinth/internal/fault"
	"plinth/internal/outbound"
)

// backOff is how long to wait after so many failures.
func backOff(failures int) time.Duration {
	steps := []time.Duration{
		5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
	}
	if failures > len(steps) {
		return 6 * time.Hour
	}
	return steps[max(failures, 1)-1]
}

// outcome is how one try ended.
type outcome struct {
	at        time.Time
	took      time.Duration
	signature string
	status    int
	answer    string
	failed    string // why, as people read it; "" when it was taken
}

// maxKept is how much of an answer is kept, in bytes.
const maxKept = 4 << 10

func (o *outcome) take(a outbound.Answer, err error) {
	o.status, o.answer = a.Status, kept(a.Body)
	switch {
	case err != nil:
		o.failed = "It could not be sent."
		if f := fault.As(err); f != nil && f.Public != "" {
			o.failed = f.Public
		}
	case a.Status >= 300 && a.Status < 400:
		o.failed = fmt.Sprintf("It was answered with %d, which leads elsewhere, and is not followed.", a.Status)
	case a.Status < 200 || a.Status >= 300:
		o.failed = strings.TrimSpace(fmt.Sprintf("It was answered with %d %s", a.Status, a.Words())) + "."
	}
}

// kept is the beginning of an answer, as text that Postgres takes.
func kept(body []byte) string {
	if len(body) > maxKept {
		body = body[:maxKept]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(string(body), "\uFFFD"), "\x00", "\uFFFD")
}
