package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
)

// ImportPage is what the page of an import shows.
type ImportPage struct {
	Import Import
	projects.Into
}

// ImportPage reads an import into the project called key, with what it refers to there; without a key it is an archive of the
// person's own, or one that has its project, for who manages all of them. Denied for who may not bring anything there.
func (t *Transfer) ImportPage(ctx context.Context, s scope.Scope, key string, id uuid.UUID) (ImportPage, error) {
	var out ImportPage
	var row transferdb.ImportByIDRow
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		if key != "" {
			projects.QueueInto(r, s, key, &out.Into)
		}
		db.Row(r, &row, transferdb.ImportByID, s.TenantID, s.Person.ID, id)
	})
	switch {
	case err != nil:
		return out, err
	case key == "" && (row.Kind != ZIP || row.UserID != s.Person.ID && !s.May(scope.ManageProjects)), key != "" && (row.Kind != CSV || row.Project != key):
		return out, fault.Missing()
	case key != "" && !out.Project.ManagedBy(s):
		return out, errNotManager()
	}
	out.Import, err = importOf(row)
	return out, err
}

func importOf(row transferdb.ImportByIDRow) (Import, error) {
	out := Import{
		ID: row.ID, UserID: row.UserID, Kind: row.Kind, Name: row.Name, State: row.State, Step: int(row.Step), At: row.At, Total: row.Total, Made: row.Made,
		Skipped: row.Skipped, Remaining: row.Remaining, Problem: row.Problem, Begun: row.CreatedAt, Finished: row.FinishedAt, Project: row.Project, kept: row.Kept,
	}
	err := errors.Join(json.Unmarshal(row.Layout, &out.Layout), json.Unmarshal(row.Mapping, &out.Plan))
	if row.Kind == ZIP {
		err = errors.Join(err, json.Unmarshal(row.Found, &out.Archive))
	} else {
		err = errors.Join(err, json.Unmarshal(row.Found, &out.Found))
	}
	if err != nil {
		return out, fmt.Errorf("read the import: %w", err)
	}
	return out, nil
}
