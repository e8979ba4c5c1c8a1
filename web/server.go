package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// drainLimit is how long requests under way may take to finish.
const drainLimit = 20 * time.Second

// NewServer returns a server with limits on everything a client can draw out.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Serve answers on l until ctx ends, then drains: readiness says no for drainFor, so that a load balancer looks
// elsewhere, and requests under way are finished.
func (sh *Shell) Serve(ctx context.Context, l net.Listener, h http.Handler, drainFor time.Duration) error {
	server := NewServer(h, sh.Base.Log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	sh.draining.Store(true)
	sh.Live.Close()
	pause(drainFor)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
	defer cancel()
	if err := server.Shutdown(closing); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("finish requests: %w", err)
	}
	return nil
}

func pause(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}
