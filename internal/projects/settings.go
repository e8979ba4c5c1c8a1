package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Member is a person who was added to a project.
type Member struct {
	UserID  uuid.UUID
	Name    string
	Email   string
	Role    string
	AddedAt time.Time
	Picture string
}

// Candidate is a person of the organization who could be added.
type Candidate struct {
	UserID uuid.UUID
	Name   string
	Role   string
}

// Settings is what the settings page of a project shows.
type Settings struct {
	Project    Project
	Members    []Member    // 500 at most, by name
	Candidates []Candidate // 500 at most, by name
	People     []Person    // who sees the project, and may lead it
}

// Settings reads a project with its members. Denied for who may see the project and not manage it.
func (p *Projects) Settings(ctx context.Context, s scope.Scope, key string) (Settings, error) {
	var out Settings
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		db.Rows(r, &out.Members, projectsdb.ListProjectMembers, s.TenantID, s.Person.ID, key)
		db.Rows(r, &out.Candidates, projectsdb.ListCandidates, s.TenantID, s.Person.ID, key)
		queuePeople(r, s, key, &out.People)
	})
	if err != nil {
		return Settings{}, err
	}
	if !out.Project.ManagedBy(s) {
		return Settings{}, errNotManager()
	}
	return out, nil
}

func errNotManager() error {
	return fault.New(fault.Denied, "Owners, admins and whoever made the project change its settings.")
}

// ProjectForm is what can be changed of a project. Revision is the one the person saw.
type ProjectForm struct {
	Name        string    `form:"name"`
	Description string    `form:"description"`
	Visibility  string    `form:"visibility"`
	Hue         string    `form:"hue"`
	Icon        string    `form:"icon"` // empty is the letters of the key
	Lead        uuid.UUID `form:"lead"` // the nil id is nobody
	Revision    int32     `form:"revision"`
}

// Update changes what a project says of itself and who sees it. A ticket keeps its assignee also when they can no
// longer see the project. Conflict when somebody else changed it since the form was shown.
func (p *Projects) Update(ctx context.Context, s scope.Scope, key string, f ProjectForm) error {
	f.Name, f.Description = strings.TrimSpace(f.Name), strings.TrimSpace(f.Description)
	wrong := checkSettings(f.Name, f.Description, f.Visibility, f.Hue)
	if f.Icon != "" && !slices.Contains(Icons(), f.Icon) {
		wrong.Add("icon", "Choose a picture from the list.")
	}
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, before Project) error {
		if f.Lead != before.lead() {
			sees, err := maySee(ctx, tx, s, before.ID, f.Lead)
			if err != nil {
				return err
			}
			if !sees {
				wrong.Add("lead", "Choose somebody who sees this project.")
			}
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if f.Visibility == string(ForMembers) && before.Visibility != f.Visibility {
			if err := p.Plans.Allow(s, scope.MembersOnlyProjects, "visibility"); err != nil {
				return err
			}
		}
		return f.saveTx(ctx, tx, s, before)
	})
}

func (p Project) lead() uuid.UUID {
	if p.LeadID == nil {
		return uuid.Nil
	}
	return *p.LeadID
}

func (f ProjectForm) saveTx(ctx context.Context, tx db.Tx, s scope.Scope, before Project) error {
	changes := changed(map[string][2]string{
		"name": {before.Name, f.Name}, "description": {before.Description, f.Description}, "visibility": {before.Visibility, f.Visibility},
		"hue": {before.Hue, f.Hue}, "icon": {before.Icon, f.Icon}, "lead": {idText(before.lead()), idText(f.Lead)},
	})
	if len(changes) == 0 {
		return nil
	}
	if f.Revision != before.Revision {
		return fault.New(fault.Conflict, "Somebody else changed these settings in the meantime. Compare both, then save again.")
	}
	if err := projectsdb.New().UpdateProject(ctx, tx, projectsdb.UpdateProjectParams{
		TenantID: s.TenantID, Person: s.Person.ID, ID: before.ID, Name: f.Name, Description: f.Description,
		Visibility: f.Visibility, Hue: f.Hue, Icon: f.Icon, LeadID: orNobody(f.Lead),
	}); err != nil {
		return fmt.Errorf("update project: %w", err)
	}
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: "project.changed", ObjectKind: "project", ObjectID: before.ID, ObjectName: f.Name, ProjectID: before.ID,
		Changes: changes,
	})
}

// SetArchived puts a project away or brings it back. While it is away everything can be read and nothing worked on; it
// still counts for the plan.
func (p *Projects) SetArchived(ctx context.Context, s scope.Scope, key string, archived bool) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, before Project) error {
		if before.Archived() == archived {
			return nil
		}
		if err := projectsdb.New().SetArchived(ctx, tx, projectsdb.SetArchivedParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: before.ID, Archived: archived,
		}); err != nil {
			return fmt.Errorf("archive project: %w", err)
		}
		action := "project.archived"
		if !archived {
			action = "project.unarchived"
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: action, ObjectKind: "project", ObjectID: before.ID, ObjectName: before.Name, ProjectID: before.ID,
		})
	})
}

// manage locks the project and runs fn when the person may manage it, by the role they have in this moment.
func (p *Projects) manage(ctx context.Context, s scope.Scope, key string, fn func(context.Context, db.Tx, Project) error) error {
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := projectsdb.New()
		row, err := q.LockProject(ctx, tx, projectsdb.LockProjectParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read project: %w", err)
		}
		project := Project(row)
		role, err := q.RoleNow(ctx, tx, projectsdb.RoleNowParams{TenantID: s.TenantID, UserID: s.Person.ID})
		if err != nil {
			return fmt.Errorf("read the role: %w", err)
		}
		s.Role = scope.Role(role)
		if !project.ManagedBy(s) {
			return errNotManager()
		}
		return fn(ctx, tx, project)
	})
}

// changed keeps the fields whose value is another one.
func changed(fields map[string][2]string) map[string][2]string {
	for name, pair := range fields {
		if pair[0] == pair[1] {
			delete(fields, name)
		}
	}
	return fields
}
