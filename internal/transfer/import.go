package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
	"plinth/jobs"
)

// Import is a file that is brought in, and how far that is.
type Import struct {
	ID        uuid.UUID
	UserID    uuid.UUID
	Kind      string
	Name      string // of the file
	Layout    Layout
	Plan      Plan
	Found     Found
	State     string
	Step      int
	At, Total int64 // rows
	Made      int64 // tickets
	Skipped   int64 // rows that were not taken
	Remaining int64 // tickets that stayed when it was undone
	Problem   string
	Begun     time.Time
	Finished  *time.Time
	Project   string       // its key; "" while there is none
	Archive   ArchiveFound // of an archive, instead of Found
	kept      bool         // the file is still there
}

// Kept says whether its file is still there, so that it can be gone on with.
func (i Import) Kept() bool { return i.kept }

// Found is what looking through a table brought to light.
type Found struct {
	Rows     int64     `json:"rows"`  // that become tickets
	Wrong    int64     `json:"wrong"` // that do not
	First    []Problem `json:"first"` // the first of what is wrong
	Kept     bool      `json:"kept"`  // there is a list of all of it
	Statuses []Unknown `json:"statuses"`
	People   []Unknown `json:"people"`
	Labels   []Unknown `json:"labels"`
	// There are more unknown statuses or labels than people are asked about; then it does not begin.
	MoreStatuses bool `json:"more_statuses,omitempty"`
	MoreLabels   bool `json:"more_labels,omitempty"`
}

// Unknown is a word that the project does not know, and in how many rows it stands.
type Unknown struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
}

// Past is an import in a list.
type Past struct {
	ID        uuid.UUID
	UserID    uuid.UUID // who sent it
	Kind      string
	Name      string
	State     string
	Made      int64
	Skipped   int64
	Remaining int64
	Begun     time.Time
	Person    string
}

// ImportsPage is what the page shows where a table is sent.
type ImportsPage struct {
	projects.ExportPage
	Imports []Past // of the project, the newest first
}

// ImportsPage reads the imports of a project. Denied for who does not manage it.
func (t *Transfer) ImportsPage(ctx context.Context, s scope.Scope, key string) (ImportsPage, error) {
	var out ImportsPage
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		t.Projects.QueueExport(r, s, key, projects.Filter{}, &out.ExportPage)
		db.Rows(r, &out.Imports, transferdb.ImportsOf, s.TenantID, s.Person.ID, key)
	})
	if err == nil && !out.Project.ManagedBy(s) {
		return ImportsPage{}, errNotManager()
	}
	return out, err
}

// Opens says whether the person may open the page of an import: that of an archive is for who sent it, and for who manages all
// projects once it has one.
func (p Past) Opens(s scope.Scope) bool {
	return p.Kind == CSV || p.UserID == s.Person.ID || s.May(scope.ManageProjects)
}

// Archives reads the archives that the person has sent.
func (t *Transfer) Archives(ctx context.Context, s scope.Scope) ([]Past, error) {
	var out []Past
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &out, transferdb.ArchivesOf, s.TenantID, s.Person.ID) })
	return out, err
}

func errNotManager() error {
	return fault.New(fault.Denied, "Owners, admins and whoever made the project bring tickets into it.")
}

// enqueueWhile lets the worker go on with an import in those states in which there is something to do.
func (t *Transfer) enqueueWhile(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID, state string) error {
	if state != Checking && state != Running && state != Undoing {
		return nil
	}
	return t.Queue.EnqueueTx(ctx, tx, jobs.RunImport{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, ImportID: id})
}

// Check looks through a table with its columns as they are said to be.
func (t *Transfer) Check(ctx context.Context, s scope.Scope, key string, id uuid.UUID, columns []Field) error {
	page, err := t.ImportPage(ctx, s, key, id)
	if err != nil {
		return err
	}
	plan := page.Import.Plan
	plan.Columns = columns
	if err := plan.check(len(page.Import.Layout.Columns)); err != nil {
		return err
	}
	if err := t.takeStep(ctx, s); err != nil {
		return err
	}
	return t.set(ctx, s, page, Checking, 0, &plan, Mapping, Checked)
}

// Remap lets the columns of a table be said anew.
func (t *Transfer) Remap(ctx context.Context, s scope.Scope, key string, id uuid.UUID) error {
	page, err := t.ImportPage(ctx, s, key, id)
	if err != nil {
		return err
	}
	return t.set(ctx, s, page, Mapping, 0, nil, Checked)
}

// Problems opens the list of all that is wrong with a table that was looked through. The caller closes it.
func (t *Transfer) Problems(ctx context.Context, s scope.Scope, key string, id uuid.UUID) (io.ReadCloser, error) {
	page, err := t.ImportPage(ctx, s, key, id)
	if err != nil {
		return nil, err
	}
	r, _, err := t.Store.Read(ctx, folderIn(s.TenantID, page.Import.ID)+problemsFile)
	if errors.Is(err, blob.ErrNone) {
		return nil, fault.Missing()
	}
	return r, err
}

// Choices are what becomes of words that the project does not know, in the order in which the page asks.
type Choices struct {
	Statuses []string    `form:"status"` // a slug, or "+" and a kind
	People   []uuid.UUID `form:"person"`
	NoLabels bool        `form:"no_labels"`
}

// Start begins with an import that was looked through.
func (t *Transfer) Start(ctx context.Context, s scope.Scope, key string, id uuid.UUID, c Choices) error {
	page, err := t.ImportPage(ctx, s, key, id)
	if err != nil {
		return err
	}
	plan, found := page.Import.Plan, page.Import.Found
	if page.Import.State == Checked && (len(c.Statuses) != len(found.Statuses) || len(c.People) != len(found.People)) {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	if page.Import.State == Checked {
		if err := found.room(page.Into, c); err != nil {
			return err
		}
		plan.Statuses, plan.People, plan.NoLabels = map[string]string{}, map[string]uuid.UUID{}, c.NoLabels
		for i, word := range found.Statuses {
			if !knownChoice(page.Statuses, c.Statuses[i]) {
				return fault.New(fault.Invalid, "Choose a status from the list.")
			}
			plan.Statuses[folded(word.Name)] = c.Statuses[i]
		}
		for i, word := range found.People {
			if !knownPerson(page.People, c.People[i]) {
				return fault.New(fault.Invalid, "Choose somebody who sees this project.")
			}
			plan.People[folded(word.Name)] = c.People[i]
		}
	}
	if page.Project.Archived() {
		return fault.New(fault.Conflict, "This project is archived. Bring it back to work in it.")
	}
	return t.set(ctx, s, page, Running, 0, &plan, Checked)
}

// room says whether the project takes what is made for an import.
func (f Found) room(into projects.Into, c Choices) error {
	made := 0
	for _, choice := range c.Statuses {
		if strings.HasPrefix(choice, Made) {
			made++
		}
	}
	labels := len(f.Labels)
	if c.NoLabels {
		labels = 0
	}
	switch {
	case f.MoreStatuses:
		return fault.New(fault.Invalid, "This table has more than 60 statuses that the project does not have. Go back and leave that column out, or shorten it in the file.")
	case f.MoreLabels && !c.NoLabels:
		return fault.New(fault.Invalid, "This table has more than 60 labels that the project does not have. Leave them out, or shorten that column in the file.")
	}
	return into.Room(made, labels)
}

func knownChoice(all []projects.StatusInfo, choice string) bool {
	for _, k := range projects.Kinds() {
		if choice == Made+string(k) {
			return true
		}
	}
	_, ok := projects.StatusNamed(all, projects.Status(choice))
	return ok
}

func knownPerson(all []projects.Addressee, id uuid.UUID) bool {
	for _, p := range all {
		if p.ID == id {
			return true
		}
	}
	return id == uuid.Nil
}

// Undo throws the tickets of an import away that nobody has worked on since. What was worked on stays, and so do the statuses
// and labels that were made.
func (t *Transfer) Undo(ctx context.Context, s scope.Scope, key string, id uuid.UUID) error {
	page, err := t.ImportPage(ctx, s, key, id)
	if err != nil {
		return err
	}
	return t.set(ctx, s, page, Undoing, 0, nil, Done, Failed, Running)
}

// Resume goes on with an import that failed in the middle.
func (t *Transfer) Resume(ctx context.Context, s scope.Scope, key string, id uuid.UUID) error {
	if _, err := t.ImportPage(ctx, s, key, id); err != nil {
		return err
	}
	if err := t.takeStep(ctx, s); err != nil {
		return err
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		state, err := transferdb.New().ResumeImport(ctx, tx, transferdb.ResumeImportParams{TenantID: s.TenantID, ID: id, ActedBy: s.Person.ID})
		if db.None(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("go on with the import: %w", err)
		}
		return t.enqueueWhile(ctx, tx, s, id, state)
	})
}

// set moves an import on, which from then on goes as the person does. A form that is sent twice, or late, changes nothing: the
// page says how things stand.
func (t *Transfer) set(ctx context.Context, s scope.Scope, page ImportPage, state string, step int16, plan *Plan, was ...string) error {
	var mapping []byte
	if plan != nil {
		var err error
		if mapping, err = document(plan); err != nil {
			return err
		}
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		n, err := transferdb.New().SetImport(ctx, tx, transferdb.SetImportParams{
			TenantID: s.TenantID, ID: page.Import.ID, State: state, Step: step, Mapping: mapping, ActedBy: &s.Person.ID, Was: was,
		})
		if err != nil {
			return fmt.Errorf("move the import on: %w", err)
		}
		if n == 0 {
			return nil
		}
		return t.enqueueWhile(ctx, tx, s, page.Import.ID, state)
	})
}

// importNote keeps among the events what came in, or went again: one for all of it.
func importNote(ctx context.Context, tx db.Tx, s scope.Scope, action string, project uuid.UUID, name string, n int64) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "project", ObjectID: project, ObjectName: name, ProjectID: project, Changes: map[string][2]string{"tickets": {"", fmt.Sprint(n)}},
	})
}
