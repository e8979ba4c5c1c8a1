package ui

import (
	"context"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

type printerKey struct{}

// WithLanguage sets the language of every text drawn below ctx. Without it texts are English.
func WithLanguage(ctx context.Context, tag language.Tag) context.Context {
	return context.WithValue(ctx, printerKey{}, message.NewPrinter(tag))
}

func printer(ctx context.Context) *message.Printer {
	if p, ok := ctx.Value(printerKey{}).(*message.Printer); ok {
		return p
	}
	return english()
}

// english is the printer of every text that nobody asked for in another language; printers may be shared.
var english = sync.OnceValue(func() *message.Printer { return message.NewPrinter(language.English) })

// T gives a text in the language of ctx. The English text is the key and is a format:
// numbers get their separators ("%d" of 1284 is "1,284"), and a per cent sign is
// written "%%". Never pass what a person typed as text, only as an argument.
func T(ctx context.Context, text string, args ...any) string {
	return printer(ctx).Sprintf(text, args...)
}

// TN is T for a count: one when n is 1, else many. Both are given n first and args after it; either may leave n out.
func TN(ctx context.Context, n int, one, many string, args ...any) string {
	all := append([]any{n}, args...)
	if n == 1 {
		return T(ctx, one, all...)
	}
	return T(ctx, many, all...)
}

// Num writes a whole number with the separators of the language.
func Num[N ~int | ~int32 | ~int64](ctx context.Context, n N) string {
	return T(ctx, "%d", int64(n))
}
