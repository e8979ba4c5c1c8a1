// Package projects owns projects, tickets, comments and the counts that pages show of them. Everything a person reads or
// changes here goes through visible_to: what they may not see looks exactly like what does not exist.
package projects

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// Projects has the operations. Its fields are set once, where the program is put together.
type Projects struct {
	DB    *db.DB
	Queue *jobs.Queue
	Plans *billing.Catalogue
	Files *files.Files
	Log   *slog.Logger
	// Now is the clock that tickets are dated with; nil is the real one. A seed writes the past with it.
	Now func() time.Time
}

// now is cut to what Postgres keeps, so that what was written equals what is read.
func (p *Projects) now() time.Time {
	if p.Now == nil {
		return time.Now().Truncate(time.Microsecond)
	}
	return p.Now().Truncate(time.Microsecond)
}

// Visibility is who sees a project, besides owners and admins, who see all.
type Visibility string

// The visibilities. Guests see a project only when they were added to it, whatever its visibility.
const (
	ForOrganization Visibility = "organization" // every member
	ForMembers      Visibility = "members"      // who was added
)

// Hues are the materials a project can be drawn in.
func Hues() []string { return []string{"patina", "bronze", "plum", "blue", "moss", "brick"} }

// Project is a project as its pages know it.
type Project struct {
	ID          uuid.UUID
	Key         string
	Name        string
	Description string
	Hue         string
	Visibility  string
	CreatedBy   uuid.UUID
	Creator     string
	CreatedAt   time.Time
	ArchivedAt  *time.Time
	Icon        string // one of Icons; empty is the letters of the key
	LeadID      *uuid.UUID
	Lead        string
	LeadPicture string
	Revision    int32 // of the settings
}

// Icons are the pictures that a project can have instead of its key.
func Icons() []string {
	return []string{"home", "board", "list", "chart", "code", "card", "shield", "mail", "users", "calendar", "tag", "bell", "clock", "search"}
}

// ManagedBy says whether the person may change the project's settings and members: owners and admins, and whoever made
// the project as long as their role still makes projects.
func (p Project) ManagedBy(s scope.Scope) bool {
	return s.May(scope.ManageProjects) || p.CreatedBy == s.Person.ID && s.May(scope.CreateProject)
}

// Archived says whether the project is put away: it can be read and not worked in.
func (p Project) Archived() bool { return p.ArchivedAt != nil }

// NewProject is the form for a project. ID is made when the form is shown, so that sending it twice makes one project.
type NewProject struct {
	ID          uuid.UUID `form:"id"`
	Name        string    `form:"name"`
	Key         string    `form:"key"` // empty: made from the name
	Description string    `form:"description"`
	Visibility  string    `form:"visibility"`
	Hue         string    `form:"hue"`      // empty: made from the key
	Template    string    `form:"template"` // one of Templates, or TemplateCopy and the key of a project
}

// Create makes a project with the person as its first member and returns its key. Sending the same form again returns
// the key of the first; Conflict when it says something else by now. PaymentRequired when the plan has no room.
func (p *Projects) Create(ctx context.Context, s scope.Scope, f NewProject) (string, error) {
	if !s.May(scope.CreateProject) {
		return "", fault.New(fault.Denied, "")
	}
	f = f.normal()
	if err := f.check(); err != nil {
		return "", err
	}
	if f.Visibility == string(ForMembers) {
		if err := p.Plans.Allow(s, scope.MembersOnlyProjects, "visibility"); err != nil {
			return "", err
		}
	}
	key := f.Key
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		var err error
		key, err = p.createTx(ctx, tx, s, f)
		return err
	})
	return key, err
}

func (p *Projects) createTx(ctx context.Context, tx db.Tx, s scope.Scope, f NewProject) (string, error) {
	q := projectsdb.New()
	// AllowTx locks the organization, so whoever sends the same form at the same moment waits, and then finds the twin.
	allowed := p.Plans.AllowTx(ctx, tx, s, billing.Projects)
	if allowed != nil && !fault.Is(allowed, fault.PaymentRequired) {
		return "", allowed
	}
	twin, err := q.ProjectTwin(ctx, tx, projectsdb.ProjectTwinParams{TenantID: s.TenantID, Person: s.Person.ID, ID: f.ID})
	if err == nil {
		return twin, sentBeforeTx(ctx, tx, s, twin, f)
	}
	if !db.None(err) {
		return "", fmt.Errorf("look for the project: %w", err)
	}
	if allowed != nil {
		return "", allowed
	}
	if err := nowMay(ctx, tx, s, scope.CreateProject); err != nil {
		return "", err
	}
	rows, err := q.CreateProject(ctx, tx, projectsdb.CreateProjectParams{
		TenantID: s.TenantID, ID: f.ID, Key: f.Key, Name: f.Name, Description: f.Description, Hue: f.Hue, Visibility: f.Visibility,
		CreatedBy: s.Person.ID,
	})
	if err != nil {
		return "", fmt.Errorf("create project: %w", err)
	}
	if rows == 0 {
		return "", fault.Field("key", "This key is taken. Choose another one.")
	}
	return f.Key, furnishTx(ctx, tx, s, f)
}

// sentBeforeTx refuses a form that made the project called key and says something else by now.
func sentBeforeTx(ctx context.Context, tx db.Tx, s scope.Scope, key string, f NewProject) error {
	made, err := projectsdb.New().ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
	if err != nil {
		return fmt.Errorf("read the project: %w", err)
	}
	if made.Name != f.Name || made.Description != f.Description || made.Key != f.Key {
		return errSentBefore("This form has made the project " + key + " already.")
	}
	return nil
}

// errSentBefore is for a form that made its thing and is sent again with other words: they must not be lost unseen.
func errSentBefore(what string) error {
	return fault.New(fault.Conflict, what+" Send it once more if you want this one too.")
}

// furnishTx adds what every project has: its counter, its statuses with their counts, its labels, and its maker as a
// member.
func furnishTx(ctx context.Context, tx db.Tx, s scope.Scope, f NewProject) error {
	q := projectsdb.New()
	if err := q.CreateCounter(ctx, tx, projectsdb.CreateCounterParams{TenantID: s.TenantID, ProjectID: f.ID}); err != nil {
		return fmt.Errorf("create counter: %w", err)
	}
	begins, err := templateTx(ctx, tx, s, f.Template)
	if err != nil {
		return err
	}
	if err := addStatusesTx(ctx, tx, s, f.ID, begins.statuses); err != nil {
		return err
	}
	if err := addLabelsTx(ctx, tx, s, f.ID, begins.labels); err != nil {
		return err
	}
	if _, err := q.AddProjectMember(ctx, tx, projectsdb.AddProjectMemberParams{
		TenantID: s.TenantID, ProjectID: f.ID, UserID: s.Person.ID,
	}); err != nil {
		return fmt.Errorf("add the first member: %w", err)
	}
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: "project.created", ObjectKind: "project", ObjectID: f.ID, ObjectName: f.Name, ProjectID: f.ID,
	})
}

// nowMay asks the role as it is in this moment: what the guard read may be old by now.
func nowMay(ctx context.Context, tx db.Tx, s scope.Scope, p scope.Permission) error {
	role, err := projectsdb.New().RoleNow(ctx, tx, projectsdb.RoleNowParams{TenantID: s.TenantID, UserID: s.Person.ID})
	if db.None(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("read the role: %w", err)
	}
	if !scope.Role(role).May(p) {
		return fault.New(fault.Denied, "")
	}
	return nil
}

// Progress is a project in a list, with its kept counts.
type Progress struct {
	ID          uuid.UUID
	Key         string
	Name        string
	Description string
	Hue         string
	Visibility  string
	ArchivedAt  *time.Time
	Todo        int32
	InProgress  int32
	InReview    int32
	Done        int32
	Icon        string
}

// Total is the number of the project's tickets.
func (p Progress) Total() int { return int(p.Todo + p.InProgress + p.InReview + p.Done) }

// Open is the number of tickets that are not done.
func (p Progress) Open() int { return p.Total() - int(p.Done) }

// ListCursor is where a page of projects begins: after this one. The zero value is the first page.
type ListCursor struct {
	Name string
	ID   uuid.UUID
}

// List is a page of the projects the person may see, by name.
type List struct {
	Projects []Progress
	Next     *ListCursor // nil on the last page
	Counts   ListCounts
}

// ListCounts says how many projects the person may see.
type ListCounts struct{ Open, Archived int64 }

const listSize = 50

// List reads a page of the projects the person may see: those in work, or those put away.
func (p *Projects) List(ctx context.Context, s scope.Scope, archived bool, after ListCursor) (List, error) {
	var out List
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Rows(r, &out.Projects, projectsdb.ListProjects, s.TenantID, s.Person.ID, archived, after.Name, after.ID, listSize+1)
		db.Row(r, &out.Counts, projectsdb.CountVisible, s.TenantID, s.Person.ID)
	})
	if len(out.Projects) > listSize {
		out.Projects = out.Projects[:listSize]
		last := out.Projects[listSize-1]
		out.Next = &ListCursor{Name: last.Name, ID: last.ID}
	}
	return out, err
}

// queueProject reads the project, and fails the whole read as not found when there is none to see.
func queueProject(r *db.Reads, s scope.Scope, key string, into *Project) {
	db.Row(r, into, projectsdb.ProjectByKey, s.TenantID, s.Person.ID, key)
}

// Project reads one project.
func (p *Projects) Project(ctx context.Context, s scope.Scope, key string) (Project, error) {
	var out Project
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { queueProject(r, s, key, &out) })
	return out, err
}

// Used is how many projects count for the plan, also those the person does not see.
func (p *Projects) Used(ctx context.Context, s scope.Scope) (int64, error) {
	var n int64
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Value(r, &n, projectsdb.UsedProjects, s.TenantID) })
	return n, err
}
