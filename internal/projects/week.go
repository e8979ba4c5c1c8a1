package projects

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Week is a week from Monday to Sunday, told by its Monday as midnight UTC.
type Week struct{ Monday time.Time }

// WeekOf is the week that a calendar day is in.
func WeekOf(day time.Time) Week {
	y, m, d := day.Date()
	return Week{time.Date(y, m, d-(int(day.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)}
}

var weekForm = regexp.MustCompile(`^(\d{4})-W(\d{2})$`)

// ParseWeek reads a week as ISO 8601 writes it: 2026-W47. false when there is no such week.
func ParseWeek(text string) (Week, bool) {
	m := weekForm.FindStringSubmatch(text)
	if m == nil {
		return Week{}, false
	}
	year, _ := strconv.Atoi(m[1]) // digits, as the form says
	n, _ := strconv.Atoi(m[2])
	w := WeekOf(time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)) // the 4th of January is always in the first week
	w.Monday = w.Monday.AddDate(0, 0, 7*(n-1))
	return w, w.String() == text && year >= 1970 && year <= 9000
}

// String writes the week as ISO 8601 does.
func (w Week) String() string {
	year, n := w.Monday.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, n)
}

// Sunday is its last day.
func (w Week) Sunday() time.Time { return w.Monday.AddDate(0, 0, 6) }

// Add is the week that many later.
func (w Week) Add(weeks int) Week { return Week{w.Monday.AddDate(0, 0, 7*weeks)} }
