package admin

import (
	"context"
	"strconv"
	"time"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
)

// exportPage is how many rows of an export are read at once.
const exportPage = 1000

// ExportUsers notes that the accounts of a filter are taken away as a file, and then hands out row after row, the newest
// first and with the heading before, until there are none or write fails.
func (a *Admin) ExportUsers(ctx context.Context, by Actor, f RecordFilter, write func([]string) error) error {
	head := []string{"id", "name", "email", "created_at", "organizations", "staff", "suspended_at", "erased_at"}
	return a.export(ctx, by, "staff.users_exported", head, write, func(after string) ([][]string, string, error) {
		var rows []UserRow
		err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
			db.Rows(r, &rows, admindb.ListUsers, idBefore(after), like(f.Search), exportPage, f.State)
		})
		out := make([][]string, len(rows))
		for i, u := range rows {
			out[i] = []string{
				u.ID.String(), u.Name, u.Email, stamp(&u.CreatedAt), strconv.FormatInt(u.Organizations, 10), u.Staff, stamp(u.SuspendedAt), stamp(u.EraseAt),
			}
			after = u.ID.String()
		}
		return out, after, err
	})
}

// ExportOrganizations is ExportUsers for organizations.
func (a *Admin) ExportOrganizations(ctx context.Context, by Actor, f RecordFilter, write func([]string) error) error {
	head := []string{"id", "address", "name", "created_at", "members", "plan", "subscription", "given", "suspended_at", "deleted_at"}
	return a.export(ctx, by, "staff.organizations_exported", head, write, func(after string) ([][]string, string, error) {
		var rows []OrganizationRow
		err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
			db.Rows(r, &rows, admindb.ListOrganizations, idBefore(after), like(f.Search), exportPage, f.State)
		})
		out := make([][]string, len(rows))
		for i, o := range rows {
			out[i] = []string{
				o.ID.String(), o.Slug, o.Name, stamp(&o.CreatedAt), strconv.FormatInt(o.Members, 10), a.planName(o.Plan), o.Status,
				strconv.FormatBool(o.Override), stamp(o.SuspendedAt), stamp(o.DeletedAt),
			}
			after = o.ID.String()
		}
		return out, after, err
	})
}

func (a *Admin) export(ctx context.Context, by Actor, action string, head []string, write func([]string) error, page func(after string) ([][]string, string, error)) error {
	if err := a.act(ctx, by, action, "", func(context.Context, db.Tx) error { return nil }); err != nil {
		return err
	}
	if err := write(head); err != nil {
		return err
	}
	after := ""
	for {
		rows, next, err := page(after)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := write(row); err != nil {
				return err
			}
		}
		if len(rows) < exportPage {
			return nil
		}
		after = next
	}
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
