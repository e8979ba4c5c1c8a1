// Package telemetry carries what the log says about a request, and makes the logger.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"github.com/google/uuid"
)

// Trace is what is known of a request for its log line. The shell makes it, guards fill it in.
type Trace struct {
	RequestID string
	Address   string // of the client, behind trusted proxies
	Route     string // the pattern, never the path: paths hold tokens
	Tenant    uuid.UUID
	User      uuid.UUID
	Err       error // what a handler returned
}

type traceKey struct{}

// WithTrace puts the trace of a request into its context.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// TraceFrom returns the request's trace; outside of a request a fresh one that nobody reads.
func TraceFrom(ctx context.Context) *Trace {
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		return t
	}
	return &Trace{}
}

// NewLogger writes JSON lines from level on: debug, info, warn or error.
func NewLogger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}))
}
