package projects

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Limits of saved views.
const (
	MaxViewName = 60   // characters
	maxViews    = 50   // of one person in a project
	maxQuery    = 4000 // bytes
)

// SavedView is a list under a name: all of it is the query of the list's address.
type SavedView struct {
	ID     uuid.UUID
	Name   string
	Query  string
	Shared bool // with everybody who sees the project
	Mine   bool
	Owner  string
	Opens  bool // the project's list opens with it; at most one does
}

// Is says whether the view is the list that is asked for.
func (v SavedView) Is(q ListQuery) bool { return v.Query == q.Values().Encode() }

// queueViews reads the views of a project that the person may use, by name.
func queueViews(r *db.Reads, s scope.Scope, key string, into *[]SavedView) {
	db.Rows(r, into, projectsdb.SavedViews, s.TenantID, s.Person.ID, key)
}

// Views is what the page of a project's saved views shows.
type Views struct {
	Project Project
	Views   []SavedView
	Query   ListQuery // that can be saved
}

// Views reads the views that the person may use.
func (p *Projects) Views(ctx context.Context, s scope.Scope, key string, q ListQuery) (Views, error) {
	out := Views{Query: q}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueViews(r, s, key, &out.Views)
	})
	return out, err
}

// ViewForm is a view as its form sends it. ID is made when the form for a new one is shown.
type ViewForm struct {
	ID     uuid.UUID `form:"id"`
	Name   string    `form:"name"`
	Query  string    `form:"query"` // of the list's address
	Shared bool      `form:"shared"`
}

func (f ViewForm) check() (ViewForm, error) {
	var wrong fault.Fields
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	switch {
	case unseen(f.Name):
		wrong.Add("name", "Enter a name.")
	case utf8.RuneCountInString(f.Name) > MaxViewName:
		wrong.Add("name", "Use at most 60 characters.")
	}
	return f, wrong.Err()
}

// SaveView keeps a list under a name; the person's view of that name is replaced. What the query says that no list knows
// is left out. It returns the query as it is kept.
func (p *Projects) SaveView(ctx context.Context, s scope.Scope, key string, f ViewForm) (string, error) {
	f, wrong := f.check()
	v, err := url.ParseQuery(f.Query)
	if err != nil {
		v = url.Values{}
	}
	query := ParseListQuery(v).Values().Encode()
	err = p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := projectsdb.New()
		n, err := q.CountViews(ctx, tx, projectsdb.CountViewsParams{TenantID: s.TenantID, UserID: s.Person.ID, Key: key, Name: f.Name})
		if err != nil {
			return fmt.Errorf("count views: %w", err)
		}
		if _, err := q.ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key}); db.None(err) {
			return fault.Missing()
		} else if err != nil {
			return fmt.Errorf("read the project: %w", err)
		}
		switch {
		case wrong != nil:
			return wrong
		case f.ID == uuid.Nil || len(query) > maxQuery:
			return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
		case n >= maxViews:
			return fault.Field("name", "You have 50 views in this project. Delete one first.")
		}
		if _, err := q.SaveView(ctx, tx, projectsdb.SaveViewParams{
			TenantID: s.TenantID, UserID: s.Person.ID, ID: f.ID, Name: f.Name, Query: query, Shared: f.Shared, Key: key,
		}); err != nil {
			return fmt.Errorf("save view: %w", err)
		}
		return nil
	})
	if db.Violates(err, "saved_views_pkey") { // a double click, after the first was renamed
		err = nil
	}
	return query, err
}

// UpdateView renames a view of the person's and says whether others use it.
func (p *Projects) UpdateView(ctx context.Context, s scope.Scope, key string, id uuid.UUID, f ViewForm) error {
	f, wrong := f.check()
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		name := f.Name
		if wrong != nil {
			name = "-" // asked all the same, so that what is not theirs is not there
		}
		rows, err := projectsdb.New().UpdateView(ctx, tx, projectsdb.UpdateViewParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: id, Name: name, Shared: f.Shared, Key: key,
		})
		if err != nil {
			return fmt.Errorf("change view: %w", err)
		}
		if rows == 0 {
			return fault.Missing()
		}
		return wrong
	})
	if db.Violates(err, "saved_views_name_key") {
		return fault.Field("name", "You have a view of this name already.")
	}
	return err
}

// OpenWith makes a shared view what the project's list opens with, for everybody who sees the project; the nil id is all
// tickets. Denied for who does not manage the project.
func (p *Projects) OpenWith(ctx context.Context, s scope.Scope, key string, id uuid.UUID) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		q, after := projectsdb.New(), ""
		before, err := q.OpenWithNone(ctx, tx, projectsdb.OpenWithNoneParams{TenantID: s.TenantID, ProjectID: project.ID})
		if err != nil {
			return fmt.Errorf("open with no view: %w", err)
		}
		if id != uuid.Nil {
			after, err = q.OpenWith(ctx, tx, projectsdb.OpenWithParams{TenantID: s.TenantID, ProjectID: project.ID, ID: id})
		}
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("open with a view: %w", err)
		}
		changes := changed(map[string][2]string{"default_view": {strings.Join(before, ""), after}})
		if len(changes) == 0 {
			return nil
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "project.changed", ObjectKind: "project", ObjectID: project.ID, ObjectName: project.Name, ProjectID: project.ID,
			Changes: changes,
		})
	})
}

// DeleteView deletes a view of the person's; whoever manages the project deletes shared ones of others too.
func (p *Projects) DeleteView(ctx context.Context, s scope.Scope, key string, id uuid.UUID) error {
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := projectsdb.New()
		project, err := q.ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read the project: %w", err)
		}
		rows, err := q.DeleteView(ctx, tx, projectsdb.DeleteViewParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: id, Manages: Project(project).ManagedBy(s), Key: key,
		})
		if err != nil {
			return fmt.Errorf("delete view: %w", err)
		}
		if rows == 0 {
			return fault.Missing()
		}
		return nil
	})
}
