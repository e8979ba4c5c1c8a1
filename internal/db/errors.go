package db

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"plinth/internal/fault"
)

// Fault turns what Postgres and the pool say into a fault where somebody can act on it: away, busy or too slow is
// Unavailable; a lost race is Conflict. Faults and all else pass through.
func Fault(err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return ofPostgres(pg, err)
	}
	var network net.Error
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.As(err, &network), errors.As(err, &connect),
		errors.Is(err, net.ErrClosed), pgconn.SafeToRetry(err), strings.Contains(err.Error(), "conn closed"),
		strings.Contains(err.Error(), "closed pool"), strings.Contains(err.Error(), "unexpected EOF"):
		return fault.Wrap(fault.Unavailable, "", err)
	}
	return err
}

// The classes and codes are those of the Postgres manual, appendix A.
func ofPostgres(pg *pgconn.PgError, err error) error {
	switch {
	case strings.HasPrefix(pg.Code, "08"), // connection exception
		strings.HasPrefix(pg.Code, "53"),                           // insufficient resources
		pg.Code == "57P01", pg.Code == "57P02", pg.Code == "57P03", // shutting down or starting up
		pg.Code == "57014", // statement timeout
		pg.Code == "55P03", // lock timeout
		pg.Code == "25P03": // idle in transaction timeout
		return fault.Wrap(fault.Unavailable, "", err)
	case pg.Code == "40001", pg.Code == "40P01": // serialization failure, deadlock
		return fault.Wrap(fault.Conflict, "Somebody else changed this at the same moment. Please try again.", err)
	}
	return err
}

// Violates says whether err is a broken constraint of that name: unique, foreign key or check.
func Violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "23") && pg.ConstraintName == constraint
}

// Again says whether err is of two transactions that stood in each other's way: the same, done again, may succeed.
func Again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// None says whether err means that a query for one row found none.
func None(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
