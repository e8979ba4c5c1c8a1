package db

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Doc is one row as Postgres wrote it in JSON, for the copy of their data that people get.
type Doc struct {
	ID  uuid.UUID // pages go on after it
	Doc []byte
}

// Docs reads a page of rows as JSON; the query has the columns of Doc.
func Docs(ctx context.Context, tx Tx, sql string, args ...any) ([]Doc, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Doc])
}
