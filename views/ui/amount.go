package ui

import (
	"context"
	"fmt"
	"strings"
)

// decimals says how many digits of an amount are behind the point: amounts are kept in the smallest unit, as
// Stripe keeps them (https://docs.stripe.com/currencies#zero-decimal and #three-decimal).
func decimals(currency string) int {
	switch strings.ToLower(currency) {
	case "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf":
		return 0
	case "bhd", "jod", "kwd", "omr", "tnd":
		return 3
	}
	return 2
}

// Money writes an amount in its smallest unit: Money(5600, "usd") is "$56.00", Money(1200, "jpy") "¥1,200".
// Negative amounts begin with a minus sign; other currencies than USD, EUR, GBP and JPY show their code.
func Money(amount int64, currency string) string {
	sign := ""
	value := uint64(amount)
	if amount < 0 {
		sign, value = "−", uint64(-amount)
	}
	return sign + symbol(currency) + digits(value, decimals(currency))
}

// MoneyShort is Money without the part behind the point when it is zero: "$8", "$7.50".
func MoneyShort(amount int64, currency string) string {
	text := Money(amount, currency)
	whole, part, found := strings.Cut(text, ".")
	if found && strings.Trim(part, "0") == "" {
		return whole
	}
	return text
}

func symbol(currency string) string {
	switch strings.ToLower(currency) {
	case "usd":
		return "$"
	case "eur":
		return "€"
	case "gbp":
		return "£"
	case "jpy":
		return "¥"
	}
	return strings.ToUpper(currency) + " "
}

func digits(value uint64, decimals int) string {
	unit := uint64(1)
	for range decimals {
		unit *= 10
	}
	whole := english().Sprintf("%d", value/unit)
	if decimals == 0 {
		return whole
	}
	return whole + "." + fmt.Sprintf("%0*d", decimals, value%unit)
}

// Bytes writes a size in steps of 1000, as the plans count: "84 KB", "4.6 GB", "0 bytes".
func Bytes(ctx context.Context, n int64) string {
	size, unit := float64(n), 0
	units := []string{"bytes", "KB", "MB", "GB", "TB"}
	for size >= 999.5 && unit < len(units)-1 {
		size /= 1000
		unit++
	}
	if unit == 0 || size >= 9.95 || size == float64(int64(size)) {
		return T(ctx, "%.0f %s", size, units[unit])
	}
	return T(ctx, "%.1f %s", size, units[unit])
}
