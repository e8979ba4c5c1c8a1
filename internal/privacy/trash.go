package privacy

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/notify"
	"plinth/internal/projects"
	"plinth/internal/scope"
)

const trashAtOnce = 100 // tickets in a transaction

// PurgeTrash goes on for a while with deleting the tickets of an organization whose time in the trash is over: their files
// first, then what was told of them, then they themselves with all that is tied to them. It says whether there is more.
func (p *Privacy) PurgeTrash(ctx context.Context, tenant uuid.UUID) (more bool, err error) {
	s, begun := scope.System(tenant), time.Now()
	for {
		ids, err := p.Projects.TrashDue(ctx, s, trashAtOnce)
		if err != nil || len(ids) == 0 {
			return false, err
		}
		if err := p.Projects.Files.DropTickets(ctx, s, ids); err != nil {
			return false, err
		}
		err = p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
			if err := notify.PurgeTicketsTx(ctx, tx, tenant, ids); err != nil {
				return err
			}
			return projects.PurgeTrashTx(ctx, tx, tenant, ids, p.now())
		})
		if err != nil || time.Since(begun) >= p.runFor() {
			return err == nil, err
		}
	}
}
