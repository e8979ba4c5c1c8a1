package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// LabelCountCap is where counting the tickets of a label stops: one more means "100+".
const LabelCountCap = 100

// LabelSetting is a label with how many tickets have it, LabelCountCap+1 for more.
type LabelSetting struct {
	ID      uuid.UUID
	Name    string
	Hue     string
	Tickets int32
}

// LabelSettings is what the page of a project's labels shows.
type LabelSettings struct {
	Project Project
	Labels  []LabelSetting // by name
}

// WithID finds a label.
func (o LabelSettings) WithID(id uuid.UUID) (LabelSetting, bool) {
	i := slices.IndexFunc(o.Labels, func(l LabelSetting) bool { return l.ID == id })
	if i < 0 {
		return LabelSetting{}, false
	}
	return o.Labels[i], true
}

// LabelSettings reads the labels of a project for whoever manages it.
func (p *Projects) LabelSettings(ctx context.Context, s scope.Scope, key string) (LabelSettings, error) {
	var out LabelSettings
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		db.Rows(r, &out.Labels, projectsdb.LabelSettings, s.TenantID, s.Person.ID, key, LabelCountCap+1)
	})
	if err != nil {
		return out, err
	}
	if !out.Project.ManagedBy(s) {
		return LabelSettings{}, errNotManager()
	}
	return out, nil
}

// LabelForm is a label as its form sends it. ID is made when the form for a new one is shown, so that sending it twice
// makes one label.
type LabelForm struct {
	ID   uuid.UUID `form:"id"`
	Name string    `form:"name"`
	Hue  string    `form:"hue"` // empty: made from the name
}

func (f LabelForm) check() (LabelForm, error) {
	var wrong fault.Fields
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	switch {
	case unseen(f.Name):
		wrong.Add("name", "Enter a name.")
	case utf8.RuneCountInString(f.Name) > MaxLabelName:
		wrong.Add("name", "Use at most 40 characters.")
	}
	if f.Hue == "" {
		f.Hue = hueOf(f.Name)
	}
	if !slices.Contains(Hues(), f.Hue) {
		wrong.Add("hue", "Choose a colour from the list.")
	}
	return f, wrong.Err()
}

func errLabelThere() error { return fault.Field("name", "There is a label of this name already.") }

// AddLabel gives a project one more label.
func (p *Projects) AddLabel(ctx context.Context, s scope.Scope, key string, f LabelForm) error {
	f, wrong := f.check()
	err := p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		switch {
		case f.ID == uuid.Nil:
			return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
		case wrong != nil:
			return wrong
		}
		q := projectsdb.New()
		n, err := q.CountLabels(ctx, tx, projectsdb.CountLabelsParams{TenantID: s.TenantID, ProjectID: project.ID})
		if err != nil {
			return fmt.Errorf("count labels: %w", err)
		}
		if n >= maxLabels {
			return fault.Field("name", "A project has at most 100 labels.")
		}
		rows, err := q.CreateLabel(ctx, tx, projectsdb.CreateLabelParams{TenantID: s.TenantID, ID: f.ID, ProjectID: project.ID, Name: f.Name, Hue: f.Hue})
		if err != nil {
			return fmt.Errorf("add label: %w", err)
		}
		if rows == 0 {
			return nil
		}
		return settingTx(ctx, tx, s, project, "project.label_added", map[string][2]string{"label": {"", f.Name}})
	})
	if db.Violates(err, "labels_name_key") {
		return errLabelThere()
	}
	return err
}

// UpdateLabel changes a label's name and colour.
func (p *Projects) UpdateLabel(ctx context.Context, s scope.Scope, key string, id uuid.UUID, f LabelForm) error {
	f, wrong := f.check()
	err := p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		before, err := labelNowTx(ctx, tx, s, project, id)
		if err != nil {
			return err
		}
		if wrong != nil {
			return wrong
		}
		changes := changed(map[string][2]string{"label": {before.Name, f.Name}, "hue": {before.Hue, f.Hue}})
		if len(changes) == 0 {
			return nil
		}
		if err := projectsdb.New().UpdateLabel(ctx, tx, projectsdb.UpdateLabelParams{TenantID: s.TenantID, ProjectID: project.ID, ID: id, Name: f.Name, Hue: f.Hue}); err != nil {
			return fmt.Errorf("update label: %w", err)
		}
		changes["label"] = [2]string{before.Name, f.Name}
		return settingTx(ctx, tx, s, project, "project.label_changed", changes)
	})
	if db.Violates(err, "labels_name_key") {
		return errLabelThere()
	}
	return err
}

// RemoveLabel takes a label away. Its tickets get the label called to instead, or none (the nil id): the first of them
// when this returns, the others in batches.
func (p *Projects) RemoveLabel(ctx context.Context, s scope.Scope, key string, id, to uuid.UUID) error {
	var projectID uuid.UUID
	err := p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		projectID = project.ID
		one, err := labelNowTx(ctx, tx, s, project, id)
		if err != nil {
			return err
		}
		instead := projectsdb.LabelNowRow{}
		if to != uuid.Nil {
			instead, err = labelNowTx(ctx, tx, s, project, to)
			if to == id || fault.Is(err, fault.NotFound) {
				return fault.Field("to", "Choose a label from the list.")
			}
			if err != nil {
				return err
			}
		}
		if err := projectsdb.New().RemoveLabel(ctx, tx, projectsdb.RemoveLabelParams{TenantID: s.TenantID, ProjectID: project.ID, ID: id, MovesTo: orNobody(to)}); err != nil {
			return fmt.Errorf("remove label: %w", err)
		}
		if err := p.Queue.EnqueueTx(ctx, tx, jobs.FollowSettings{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Project: project.ID, Label: id, By: s.Person.ID}); err != nil {
			return err
		}
		return settingTx(ctx, tx, s, project, "project.label_removed", map[string][2]string{"label": {one.Name, instead.Name}})
	})
	if err != nil {
		return err
	}
	if err := p.FollowLabel(ctx, s, projectID, id, s.Person.ID); err != nil && p.Log != nil {
		p.Log.WarnContext(ctx, "tickets follow a label later", "error", err)
	}
	return nil
}

func labelNowTx(ctx context.Context, tx db.Tx, s scope.Scope, project Project, id uuid.UUID) (projectsdb.LabelNowRow, error) {
	row, err := projectsdb.New().LabelNow(ctx, tx, projectsdb.LabelNowParams{TenantID: s.TenantID, ProjectID: project.ID, ID: id})
	if db.None(err) {
		return row, fault.Missing()
	}
	if err != nil {
		return row, fmt.Errorf("read label: %w", err)
	}
	return row, nil
}
