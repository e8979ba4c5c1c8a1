package webtest

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"plinth/internal/db"
	"plinth/internal/dbtest"
)

// Trips counts round trips to Postgres: how often the product, having read an answer, wrote again.
type Trips struct{ n atomic.Int64 }

// Count is the number so far.
func (c *Trips) Count() int64 { return c.n.Load() }

// Counted makes a site whose web pool counts its round trips.
func Counted(t testing.TB, d *dbtest.Database, options ...Option) (*Site, *Trips) {
	t.Helper()
	trips := &Trips{}
	o := db.Options{MaxConns: 2, Configure: func(c *pgxpool.Config) {
		dial := (&net.Dialer{}).DialContext
		c.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(ctx, network, addr)
			return &countedConn{Conn: conn, trips: trips}, err
		}
	}}
	return On(t, d, []db.Options{o}, options...), trips
}

type countedConn struct {
	net.Conn
	trips   *Trips
	writing atomic.Bool
}

func (c *countedConn) Write(b []byte) (int, error) {
	if !c.writing.Swap(true) {
		c.trips.n.Add(1)
	}
	return c.Conn.Write(b)
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.writing.Store(false)
	}
	return n, err
}
