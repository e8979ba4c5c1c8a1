package projects

import (
	"context"
	"fmt"
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
}

// Settings reads a project with its members. Denied for who may see the project and not manage it.
func (p *Projects) Settings(ctx context.Context, s scope.Scope, key string) (Settings, error) {
	var out Settings
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		db.Rows(r, &out.Members, projectsdb.ListProjectMembers, s.TenantID, s.Person.ID, key)
		db.Rows(r, &out.Candidates, projectsdb.ListCandidates, s.TenantID, s.Person.ID, key)
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

// ProjectForm is what can be changed of a project.
type ProjectForm struct {
	Name        string `form:"name"`
	Description string `form:"description"`
	Visibility  string `form:"visibility"`
	Hue         string `form:"hue"`
}

// Update changes a project's name, description, visibility and colour. A ticket keeps its assignee also when they can no
// longer see the project.
func (p *Projects) Update(ctx context.Context, s scope.Scope, key string, f ProjectForm) error {
	f.Name, f.Description = strings.TrimSpace(f.Name), strings.TrimSpace(f.Description)
	wrong := checkSettings(f.Name, f.Description, f.Visibility, f.Hue)
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, before Project) error {
		if err := wrong.Err(); err != nil {
			return err
		}
		if f.Visibility == string(ForMembers) && before.Visibility != f.Visibility {
			if err := p.Plans.Allow(s, scope.MembersOnlyProjects, "visibility"); err != nil {
				return err
			}
		}
		changes := changed(map[string][2]string{
			"name": {before.Name, f.Name}, "description": {before.Description, f.Description},
			"visibility": {before.Visibility, f.Visibility}, "hue": {before.Hue, f.Hue},
		})
		if len(changes) == 0 {
			return nil
		}
		if err := projectsdb.New().UpdateProject(ctx, tx, projectsdb.UpdateProjectParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: before.ID, Name: f.Name, Description: f.Description,
			Visibility: f.Visibility, Hue: f.Hue,
		}); err != nil {
			return fmt.Errorf("update project: %w", err)
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "project.changed", ObjectKind: "project", ObjectID: before.ID, ObjectName: f.Name, ProjectID: before.ID,
			Changes: changes,
		})
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

// AddMember adds a person of the organization to the project; adding somebody twice changes nothing.
func (p *Projects) AddMember(ctx context.Context, s scope.Scope, key string, userID uuid.UUID) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		q := projectsdb.New()
		name, err := q.MemberNow(ctx, tx, projectsdb.MemberNowParams{TenantID: s.TenantID, UserID: userID})
		if db.None(err) {
			return fault.Field("user", "Choose a person from the list.")
		}
		if err != nil {
			return fmt.Errorf("read membership: %w", err)
		}
		rows, err := q.AddProjectMember(ctx, tx, projectsdb.AddProjectMemberParams{TenantID: s.TenantID, ProjectID: project.ID, UserID: userID})
		if err != nil {
			return fmt.Errorf("add project member: %w", err)
		}
		if rows == 0 {
			return nil
		}
		return memberEvent(ctx, tx, s, "project.member_added", project, userID, name)
	})
}

// RemoveMember takes a person out of the project; Missing when they are not in it. Their tickets stay theirs.
func (p *Projects) RemoveMember(ctx context.Context, s scope.Scope, key string, userID uuid.UUID) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		q := projectsdb.New()
		rows, err := q.RemoveProjectMember(ctx, tx, projectsdb.RemoveProjectMemberParams{
			TenantID: s.TenantID, Person: s.Person.ID, ProjectID: project.ID, UserID: userID,
		})
		if err != nil {
			return fmt.Errorf("remove project member: %w", err)
		}
		if rows == 0 {
			return fault.Missing()
		}
		name, err := q.MemberNow(ctx, tx, projectsdb.MemberNowParams{TenantID: s.TenantID, UserID: userID})
		if err != nil && !db.None(err) {
			return fmt.Errorf("read membership: %w", err)
		}
		return memberEvent(ctx, tx, s, "project.member_removed", project, userID, name)
	})
}

func memberEvent(ctx context.Context, tx db.Tx, s scope.Scope, action string, project Project, userID uuid.UUID, name string) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "project", ObjectID: project.ID, ObjectName: project.Name, ProjectID: project.ID,
		Changes: map[string][2]string{"member": {"", userID.String()}}, Person: map[string]string{"name": name},
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
