package projects

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
)

// ExportTicketsTx is a page of the tickets a person wrote in the organization in scope, as far as they still see them.
func ExportTicketsTx(ctx context.Context, tx db.Tx, tenant, userID, after uuid.UUID, size int32) ([]db.Doc, error) {
	rows, err := projectsdb.New().ExportTickets(ctx, tx, projectsdb.ExportTicketsParams{Tenant: tenant, Person: userID, After: after, Size: size})
	if err != nil {
		return nil, fmt.Errorf("export tickets: %w", err)
	}
	out := make([]db.Doc, len(rows))
	for i, row := range rows {
		out[i] = db.Doc(row)
	}
	return out, nil
}

// ExportCommentsTx is a page of the comments a person wrote in the organization in scope, as far as they still see them.
func ExportCommentsTx(ctx context.Context, tx db.Tx, tenant, userID, after uuid.UUID, size int32) ([]db.Doc, error) {
	rows, err := projectsdb.New().ExportComments(ctx, tx, projectsdb.ExportCommentsParams{Tenant: tenant, Person: userID, After: after, Size: size})
	if err != nil {
		return nil, fmt.Errorf("export comments: %w", err)
	}
	out := make([]db.Doc, len(rows))
	for i, row := range rows {
		out[i] = db.Doc(row)
	}
	return out, nil
}

// ExportAllProjectsTx is a page of the projects of the organization in scope, whoever sees them.
func ExportAllProjectsTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, projectsdb.ExportAllProjects, tenant, after, size)
}

// ExportAllTicketsTx is a page of the tickets of the organization in scope, whoever sees them.
func ExportAllTicketsTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, projectsdb.ExportAllTickets, tenant, after, size)
}

// ExportAllCommentsTx is a page of the comments of the organization in scope, whoever sees them.
func ExportAllCommentsTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, projectsdb.ExportAllComments, tenant, after, size)
}
