package db

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Purge takes rows of an organization away: SQL deletes up to $2 rows of the organization $1.
type Purge struct {
	Noun string // what the rows are, for the record
	SQL  string
}

// PurgeSome deletes up to limit rows by the first of the purges that finds any, and says of what and how many; zero when
// none does. In the order of the list nothing refers to what is deleted.
func PurgeSome(ctx context.Context, tx Tx, tenant uuid.UUID, limit int32, all []Purge) (noun string, n int64, err error) {
	for _, p := range all {
		tag, err := tx.Exec(ctx, p.SQL, tenant, limit)
		if err != nil {
			return p.Noun, 0, fmt.Errorf("purge %s: %w", p.Noun, err)
		}
		if tag.RowsAffected() > 0 {
			return p.Noun, tag.RowsAffected(), nil
		}
	}
	return "", 0, nil
}
