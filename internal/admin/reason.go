package admin

import "strings"

// Reason says what is wrong with a reason; "" when it can be kept.
func Reason(why string) string {
	_, wrong := reasoned(why)
	return wrong
}

// reasoned is a reason as it is kept; text says what is wrong with it.
func reasoned(reason string) (_, text string) {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return "", "Say why."
	case len([]rune(reason)) > 500:
		return "", "Use at most 500 characters."
	}
	return reason, ""
}
