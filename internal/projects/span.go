package projects

import (
	"net/url"
	"time"
)

// Span is from one day to another, both included, as YYYY-MM-DD; empty is no end.
type Span struct{ From, To string }

// Days are the ends as midnight UTC; nil where there is none.
func (d Span) Days() (from, to *time.Time) { return dayNamed(d.From), dayNamed(d.To) }

func dayNamed(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1970 || day.Year() > 9000 {
		return nil
	}
	return &day
}

func parseSpan(v url.Values, name string) Span {
	d := Span{From: v.Get(name + "-from"), To: v.Get(name + "-to")}
	from, to := d.Days()
	if from == nil {
		d.From = ""
	}
	if to == nil {
		d.To = ""
	}
	return d
}

func (d Span) values(v url.Values, name string) {
	if d.From != "" {
		v.Set(name+"-from", d.From)
	}
	if d.To != "" {
		v.Set(name+"-to", d.To)
	}
}
