package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// listenCheck is how long a listening connection may be silent before it is asked whether it still lives.
const listenCheck = 10 * time.Second

// Listen hears what is told on a channel (notify), over a connection of its own, until ctx ends or the connection is
// lost; then it says why. url leads past a pooler, which cannot listen; empty is where the pool connects to. ready is
// called once it listens: what is told from then on is heard, and nothing of what was told before.
func (d *DB) Listen(ctx context.Context, url, channel string, ready func(), heard func(payload string)) error {
	c := d.pool.Config().ConnConfig.Copy()
	if url != "" {
		var err error
		if c, err = pgx.ParseConfig(url); err != nil {
			return errors.New("the URL to listen at cannot be read")
		}
	}
	c.RuntimeParams["application_name"] = "listens to " + channel
	conn, err := connectWithin(ctx, c)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", Fault(err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", Fault(err))
	}
	ready()
	for {
		payload, err := nextNotice(ctx, conn)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		heard(payload)
	}
}

func connectWithin(ctx context.Context, c *pgx.ConnConfig) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, AcquireTimeout)
	defer cancel()
	return pgx.ConnectConfig(ctx, c)
}

// nextNotice waits for one. A silent connection is asked every listenCheck: one that was lost on the way says nothing.
func nextNotice(ctx context.Context, conn *pgx.Conn) (string, error) {
	for {
		waiting, stop := context.WithTimeout(ctx, listenCheck)
		n, err := conn.WaitForNotification(waiting)
		stop()
		if err == nil {
			return n.Payload, nil
		}
		if ctx.Err() != nil || conn.IsClosed() {
			return "", err
		}
		asking, stop := context.WithTimeout(ctx, ReadTimeout)
		err = conn.Ping(asking)
		stop()
		if err != nil {
			return "", err
		}
	}
}
