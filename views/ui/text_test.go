package ui

import (
	"testing"

	"golang.org/x/text/language"
)

func TestT(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, tt := range []struct{ got, want string }{
		{T(ctx, "Save"), "Save"},
		{T(ctx, "%d of %d tickets", 1284, 3100), "1,284 of 3,100 tickets"},
		{T(ctx, "VAT, 20 %%"), "VAT, 20 %"},
		{T(ctx, "Type %s to go on", "50 %d off"), "Type 50 %d off to go on"},
		{T(WithLanguage(ctx, language.German), "%d tickets", 1284), "1.284 tickets"},
		{TN(ctx, 1, "One ticket", "%d tickets"), "One ticket"},
		{TN(ctx, 1, "%d day late", "%d days late"), "1 day late"},
		{TN(ctx, 0, "One ticket", "%d tickets"), "0 tickets"},
		{TN(ctx, 2500, "One ticket in %[2]s", "%d tickets in %s", "WEB"), "2,500 tickets in WEB"},
		{TN(ctx, 1, "One ticket in %[2]s", "%d tickets in %s", "WEB"), "One ticket in WEB"},
		{Num(ctx, int64(12345)), "12,345"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Dana Whitfield": "DW", "tomás rivas": "TR", "Prince": "P", "Jean-Luc Picard": "JP", "Ana de la Cruz": "AC",
		"dana.whitfield@acme.example": "DW", "": "?", "  ": "?", "Émile Zola": "ÉZ", "山田 太郎": "山太", "O'Neill": "O",
	} {
		if got := Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestHueIsStableAndSpread(t *testing.T) {
	t.Parallel()
	// Written down, so that nobody changes colour when the program does.
	for id, want := range map[string]string{"u1": "blue", "acme": "bronze", "WEB": "blue"} {
		if got := Hue(id); got != want {
			t.Errorf("Hue(%q) = %q, want %q", id, got, want)
		}
	}
	seen := map[string]int{}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"} {
		seen[Hue(id)]++
	}
	if len(seen) < 4 {
		t.Errorf("fourteen people share %d hues", len(seen))
	}
	if got := hueClass("red onload=x"); got != "" {
		t.Errorf("an unknown hue became the class %q", got)
	}
}
