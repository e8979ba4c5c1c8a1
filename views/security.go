package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"

	"plinth/internal/auth"
	"plinth/views/ui"
)

func accountTabs(ctx context.Context, at string) []ui.Tab {
	return []ui.Tab{
		{Text: ui.T(ctx, "Profile"), URL: "/account", Current: at == "profile"},
		{Text: ui.T(ctx, "Security"), URL: "/account/security", Current: at == "security"},
		{Text: ui.T(ctx, "Notifications"), URL: "/account/notifications", Current: at == "notifications"},
		{Text: ui.T(ctx, "Your data"), URL: "/account/data", Current: at == "data"},
	}
}

func onOff(ctx context.Context, on bool) string {
	if on {
		return ui.T(ctx, "on")
	}
	return ui.T(ctx, "off")
}

func secondText(ctx context.Context, f auth.Factors) string {
	if f.TOTP {
		return ui.T(ctx, "Enter the code that your authenticator app shows.")
	}
	return ui.T(ctx, "Use your passkey, or a recovery code.")
}

// methodsText says what a session was proven with.
func methodsText(ctx context.Context, methods []string) string {
	words := make([]string, 0, len(methods))
	for _, m := range methods {
		switch m {
		case auth.ByPassword:
			words = append(words, ui.T(ctx, "password"))
		case auth.ByLink:
			words = append(words, ui.T(ctx, "mail"))
		case auth.ByPasskey:
			words = append(words, ui.T(ctx, "passkey"))
		case auth.ByTOTP:
			words = append(words, ui.T(ctx, "app"))
		case auth.ByRecovery:
			words = append(words, ui.T(ctx, "recovery code"))
		default:
			words = append(words, m)
		}
	}
	return strings.Join(words, " + ")
}

// grouped puts a space after every fourth character, as people read keys.
func grouped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// qrModules is the picture of an address: its side in modules, quiet border included, and the path of the dark ones.
func qrModules(address string) (side int, path string, err error) {
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return 0, "", fmt.Errorf("draw a picture of an address: %w", err)
	}
	side = code.Bounds().Dx()
	var b strings.Builder
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return side + 2*quiet, b.String(), nil
}

// quiet is the white border that readers need, in modules.
const quiet = 4
