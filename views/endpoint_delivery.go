package views

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"plinth/internal/webhooks"
	"plinth/views/ui"
)

// requestText is the request of the newest try as it went over the wire, with the payload laid out to be read.
func requestText(p webhooks.DeliveryPage) string {
	d := p.Delivery
	var b strings.Builder
	if u, err := url.Parse(d.Url); err == nil {
		b.WriteString("POST " + u.RequestURI() + "\nHost: " + u.Host + "\n")
	}
	if len(p.Attempts) > 0 {
		headers := webhooks.Headers(d.EventID, p.Attempts[0].At, p.Attempts[0].Signature)
		var lines []string
		for name, value := range headers {
			lines = append(lines, name+": "+value+"\n")
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, ""))
	}
	return b.String() + "\n" + pretty([]byte(d.Payload))
}

// attemptText says how a try ended.
func attemptText(ctx context.Context, a webhooks.Attempt) string {
	if a.Error != "" {
		return a.Error
	}
	return ui.T(ctx, "It was taken, with %d.", a.Status)
}
