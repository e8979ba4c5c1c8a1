package session

import (
	"context"
	"fmt"
	"time"

	"plinth/internal/db"
	"plinth/internal/session/sessiondb"
)

// store keeps scs's data in http_sessions. It exists because the store that comes with scs ignores the request's
// context, and so its deadline.
type store struct {
	q  db.Direct
	db sessiondb.Queries
}

func (s store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	data, err := s.db.FindHTTPSession(ctx, s.q, token)
	if db.None(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find: %w", err)
	}
	return data, true, nil
}

func (s store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.db.CommitHTTPSession(ctx, s.q, sessiondb.CommitHTTPSessionParams{Token: token, Data: b, ExpiresAt: expiry})
}

func (s store) DeleteCtx(ctx context.Context, token string) error {
	return s.db.DeleteHTTPSession(ctx, s.q, token)
}

// scs asks for the methods without a context too, but never calls them when these are there.
func (s store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// Purge deletes what has expired; a job calls it.
func Purge(ctx context.Context, d *db.DB) (int64, error) {
	return sessiondb.New().PurgeHTTPSessions(ctx, d.Direct())
}
