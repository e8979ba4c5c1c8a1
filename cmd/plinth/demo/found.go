package demo

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// What a database is to the demo.
type condition int

const (
	empty    condition = iota // no organization is there
	begun                     // a part of the demo is there
	complete                  // all of the demo is there, or was
	others                    // organizations are there, and nothing of the demo
)

// look reads the condition. That the founding of Acme is older in its history than Acme is what the last step does, all
// or nothing, and nobody undoes it.
func look(ctx context.Context, conn *pgx.Conn) (condition, error) {
	var finished, started, foreign bool
	var taken string
	err := conn.QueryRow(ctx, `
		select
			exists (
				select
				from events e
				join tenants t on t.id = e.tenant_id
				where e.tenant_id = $1 and e.action = 'organization.created' and e.at < t.created_at - interval '1 day'
			),
			exists (select from users where id = any($2)),
			exists (select from tenants),
			coalesce((select min(email) from users where email = any($3) and id <> all($2)), '')`,
		tenantID(acmeSlug), personIDs(), addresses()).Scan(&finished, &started, &foreign, &taken)
	switch {
	case err != nil:
		return empty, fmt.Errorf("look what the database holds: %w", err)
	case finished:
		return complete, nil
	case started:
		return begun, nil
	case foreign:
		return others, nil
	case taken != "":
		return empty, fmt.Errorf("there is an account with the address %s, which the demo needs: nothing was changed", taken)
	}
	return empty, nil
}

// id is made of what a thing is, so that every seed gives it the same. It has the form of a UUIDv7, whose order is that
// of time: hours says how long the thing has been there.
func id(what string, hours int) uuid.UUID {
	sum := sha256.Sum256([]byte("plinth demo: " + what))
	u := uuid.UUID(sum[:16])
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(hours) * time.Hour)
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(begin.UnixMilli()))
	copy(u[:6], stamp[2:])
	u[6], u[8] = u[6]&0x0f|0x70, u[8]&0x3f|0x80
	return u
}

func personID(email string) uuid.UUID { return id("person "+email, historyHours) }

func tenantID(slug string) uuid.UUID { return id("organization "+slug, historyHours) }

func addresses() []string {
	out := []string{owner, staff}
	for _, c := range colleagues() {
		out = append(out, c.email())
	}
	return out
}

func personIDs() []uuid.UUID {
	var out []uuid.UUID
	for _, email := range addresses() {
		out = append(out, personID(email))
	}
	return out
}
