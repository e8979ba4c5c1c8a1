package mails

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/mails/mailsdb"
)

// ExportTx is a page of the mails that went to an address, for its person's copy.
func ExportTx(ctx context.Context, tx db.Tx, address string, after uuid.UUID, size int32) ([]db.Doc, error) {
	rows, err := mailsdb.New().ExportMails(ctx, tx, mailsdb.ExportMailsParams{Recipient: strings.ToLower(address), After: after, Size: size})
	if err != nil {
		return nil, fmt.Errorf("export mails: %w", err)
	}
	out := make([]db.Doc, len(rows))
	for i, row := range rows {
		out[i] = db.Doc(row)
	}
	return out, nil
}
