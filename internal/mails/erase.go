package mails

import (
	"context"
	"fmt"
	"regexp"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/mails/mailsdb"
)

// EraseTx takes the mails that went to a person from the log, and their name from the subjects of mails to others, and
// says how many rows that were. It is called inside db.InAdmin, before the memberships end.
func EraseTx(ctx context.Context, tx db.Tx, userID uuid.UUID, addresses []string, name string) (int64, error) {
	q := mailsdb.New()
	n, err := q.EraseMails(ctx, tx, addresses)
	if err != nil {
		return 0, fmt.Errorf("erase mails: %w", err)
	}
	named, err := q.EraseMailSubjects(ctx, tx, mailsdb.EraseMailSubjectsParams{UserID: userID, Pattern: `(^|\W)` + regexp.QuoteMeta(name) + `($|\W)`})
	if err != nil {
		return 0, fmt.Errorf("erase from subjects: %w", err)
	}
	if _, err := q.EraseSuppression(ctx, tx, addresses); err != nil {
		return 0, fmt.Errorf("erase from the suppression list: %w", err)
	}
	return n + named, nil
}

// Purge takes what is older than 90 days from the log; a job calls it.
func (m *Mails) Purge(ctx context.Context) error {
	for {
		n, err := mailsdb.New().PurgeMails(ctx, m.DB.Direct())
		if err != nil {
			return fmt.Errorf("purge the log of mails: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
