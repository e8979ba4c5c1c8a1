package ui

import (
	"math"
	"testing"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	tests := []struct {
		amount      int64
		currency    string
		long, short string
	}{
		{5600, "usd", "$56.00", "$56"},
		{5605, "USD", "$56.05", "$56.05"},
		{0, "usd", "$0.00", "$0"},
		{123456789, "eur", "€1,234,567.89", "€1,234,567.89"},
		{-5227, "usd", "−$52.27", "−$52.27"},
		{1200, "jpy", "¥1,200", "¥1,200"},
		{500, "krw", "KRW 500", "KRW 500"},
		{1500, "bhd", "BHD 1.500", "BHD 1.500"},
		{800, "gbp", "£8.00", "£8"},
		{990, "chf", "CHF 9.90", "CHF 9.90"},
		{math.MinInt64, "jpy", "−¥9,223,372,036,854,775,808", "−¥9,223,372,036,854,775,808"},
	}
	for _, tt := range tests {
		if got := Money(tt.amount, tt.currency); got != tt.long {
			t.Errorf("Money(%d, %q) = %q, want %q", tt.amount, tt.currency, got, tt.long)
		}
		if got := MoneyShort(tt.amount, tt.currency); got != tt.short {
			t.Errorf("MoneyShort(%d, %q) = %q, want %q", tt.amount, tt.currency, got, tt.short)
		}
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 bytes", 999: "999 bytes", 1000: "1 KB", 84_000: "84 KB", 1_250_000: "1.2 MB", 999_600: "1.0 MB",
		12_000_000: "12 MB", 4_600_000_000: "4.6 GB", 5_000_000_000: "5 GB", 3_000_000_000_000_000: "3,000 TB",
	} {
		if got := Bytes(t.Context(), n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}
