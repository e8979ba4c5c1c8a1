package views

import (
	"context"
	"maps"
	"slices"
	"strings"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// secondFactors says what an account proves with beside the password.
func secondFactors(ctx context.Context, u admin.User) string {
	var parts []string
	if u.TOTP {
		parts = append(parts, ui.T(ctx, "an app"))
	}
	if u.Passkeys > 0 {
		parts = append(parts, ui.TN(ctx, int(u.Passkeys), "one passkey", "%d passkeys"))
	}
	if u.Codes > 0 {
		parts = append(parts, ui.TN(ctx, int(u.Codes), "one recovery code", "%d recovery codes"))
	}
	if len(parts) == 0 {
		return ui.T(ctx, "none")
	}
	return strings.Join(parts, ", ")
}

// changesLine writes the changes of an event in a line: a field that had no value before is told with the new one alone.
func changesLine(ctx context.Context, changes map[string][2]string) string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(changes)) {
		c := changes[field]
		if c[0] == "" {
			parts = append(parts, ui.T(ctx, "%s %s", field, c[1]))
		} else {
			parts = append(parts, ui.T(ctx, "%s %s to %s", field, c[0], c[1]))
		}
	}
	return strings.Join(parts, ", ")
}
