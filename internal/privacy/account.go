package privacy

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/mails"
	"plinth/internal/notify"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/projects"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/jobs"
)

// Run goes on with the copy of a person's data for a while, and says whether there is more to do. jobs.ErrNothingToDo
// when the copy has ended or its person is gone.
func (p *Privacy) Run(ctx context.Context, id uuid.UUID) (more bool, err error) {
	return p.turn(ctx, func(ctx context.Context) (*making, error) { return p.makingOfAccount(ctx, id) })
}

func (p *Privacy) makingOfAccount(ctx context.Context, id uuid.UUID) (*making, error) {
	q := privacydb.New()
	e, err := q.ExportByID(ctx, p.DB.Direct(), id)
	if db.None(err) || err == nil && e.State != Running {
		return nil, jobs.ErrNothingToDo
	}
	if err != nil {
		return nil, fmt.Errorf("read the copy under way: %w", err)
	}
	user, err := users.ByID(ctx, p.DB.Direct(), e.UserID)
	if fault.Is(err, fault.NotFound) {
		return nil, errors.Join(jobs.ErrNothingToDo, p.GiveUp(ctx, id))
	}
	if err != nil {
		return nil, err
	}
	return &making{
		folder: folderOf(id), parts: p.partsOfAccount(user, e.Tenants, e.Folders), at: place{e.Step, e.Part, e.AfterID},
		move: func(ctx context.Context, to place) error {
			_, err := q.MoveExport(ctx, p.DB.Direct(), privacydb.MoveExportParams{
				ID: id, WasStep: e.Step, WasPart: e.Part, Step: to.step, Part: to.page, AfterID: to.after,
			})
			if err != nil {
				return fmt.Errorf("note the step: %w", err)
			}
			return nil
		},
		finish: func(ctx context.Context, bytes int64) error { return p.finishAccount(ctx, id, e.UserID, bytes) },
	}, nil
}

func folderOf(export uuid.UUID) string { return "exports/" + export.String() + "/" }

// partsOfAccount is what the copy of a person's data consists of, in order.
func (p *Privacy) partsOfAccount(u users.User, organizations []uuid.UUID, folders []string) []part {
	all := []part{
		{name: "account/profile", read: one(func(ctx context.Context, tx db.Tx) ([]byte, error) { return users.ExportTx(ctx, tx, u.ID) })},
		{name: "account/security", read: one(func(ctx context.Context, tx db.Tx) ([]byte, error) { return auth.ExportTx(ctx, tx, u.ID) })},
		{name: "account/notifications", read: one(func(ctx context.Context, tx db.Tx) ([]byte, error) { return notify.ExportTx(ctx, tx, u.ID) })},
		{name: "account/events", read: func(ctx context.Context, tx db.Tx, after uuid.UUID, size int32) ([]db.Doc, error) {
			return events.ExportAccountTx(ctx, tx, u.ID, after, size)
		}},
		{name: "account/mails", read: func(ctx context.Context, tx db.Tx, after uuid.UUID, size int32) ([]db.Doc, error) {
			return mails.ExportTx(ctx, tx, u.Email, after, size)
		}},
	}
	for i, tenant := range organizations {
		all = append(all, ownIn(u.ID, tenant, "organizations/"+folders[i]+"/")...)
	}
	all = append(all, part{name: "account/picture", kept: func(ctx context.Context) (string, error) {
		return users.PictureKey(ctx, p.DB.Direct(), u.ID)
	}})
	for i, tenant := range organizations { // behind all else: a copy under way knows where it stands by the number of the part
		all = append(all, part{
			name: "organizations/" + folders[i] + "/attachments", tenant: tenant,
			read: func(ctx context.Context, tx db.Tx, after uuid.UUID, size int32) ([]db.Doc, error) {
				return files.ExportTx(ctx, tx, tenant, u.ID, after, size)
			},
		})
	}
	return all
}

// ownIn is what a person has in one organization.
func ownIn(userID, tenant uuid.UUID, folder string) []part {
	of := func(name string, read func(ctx context.Context, tx db.Tx, tenant, userID, after uuid.UUID, size int32) ([]db.Doc, error)) part {
		return part{name: folder + name, tenant: tenant, read: func(ctx context.Context, tx db.Tx, after uuid.UUID, size int32) ([]db.Doc, error) {
			return read(ctx, tx, tenant, userID, after, size)
		}}
	}
	return []part{
		{name: folder + "membership", tenant: tenant, read: one(func(ctx context.Context, tx db.Tx) ([]byte, error) {
			return tenants.ExportTx(ctx, tx, tenant, userID)
		})},
		of("tickets", projects.ExportTicketsTx), of("comments", projects.ExportCommentsTx), of("activity", events.ExportTx),
	}
}

func (p *Privacy) finishAccount(ctx context.Context, id, userID uuid.UUID, bytes int64) error {
	q := privacydb.New()
	return p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		finished, err := q.FinishExport(ctx, tx, privacydb.FinishExportParams{ID: id, Bytes: bytes})
		if err != nil || finished == 0 {
			return err
		}
		if err := q.ReplaceExports(ctx, tx, privacydb.ReplaceExportsParams{UserID: userID, ID: id}); err != nil {
			return fmt.Errorf("replace the earlier copies: %w", err)
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.SendExportReady{ExportID: id})
	})
}
