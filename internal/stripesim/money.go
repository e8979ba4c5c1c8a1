package stripesim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// money writes an amount in the smallest unit for people: $49.00, ¥4900, 12.00 CHF.
func money(amount int64, currency string) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	number := fmt.Sprintf("%d.%02d", amount/100, amount%100)
	if slices.Contains(noDecimals(), currency) {
		number = fmt.Sprintf("%d", amount)
	}
	symbol, known := map[string]string{"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}[currency]
	if !known {
		return sign + number + " " + strings.ToUpper(currency)
	}
	return sign + symbol + number
}

// noDecimals are the currencies whose smallest unit is the whole one.
func noDecimals() []string { return []string{"jpy", "krw", "vnd", "clp"} }

// every writes an interval for people: month, 3 months.
func every(r *Recurring) string {
	switch {
	case r == nil:
		return "once"
	case r.IntervalCount > 1:
		return fmt.Sprintf("%d %ss", r.IntervalCount, r.Interval)
	}
	return r.Interval
}

func date(at int64) string { return time.Unix(at, 0).UTC().Format("2 January 2006") }
