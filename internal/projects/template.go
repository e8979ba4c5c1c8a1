package projects

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// What a project can begin with, besides what another project has.
const (
	TemplateStandard = "" // to do, in progress, in review, done
	TemplateSimple   = "simple"
	TemplateSoftware = "software"
	TemplateSupport  = "support"
)

// TemplateCopy stands before the key of the project whose statuses and labels a new one gets.
const TemplateCopy = "copy:"

// Templates are those that every organization has.
func Templates() []string {
	return []string{TemplateStandard, TemplateSimple, TemplateSoftware, TemplateSupport}
}

// furniture is what a new project has before anything is done in it.
type furniture struct {
	statuses []StatusInfo
	labels   []Label
}

func templateNamed(name string) (out furniture, ok bool) {
	switch name {
	case TemplateStandard:
		return furniture{statuses: DefaultStatuses()}, true
	case TemplateSimple:
		return furniture{statuses: []StatusInfo{{Slug: Todo, Name: "To do", Kind: KindTodo}, {Slug: Done, Name: "Done", Kind: KindDone}}}, true
	case TemplateSoftware:
		return furniture{
			statuses: []StatusInfo{
				{Slug: "backlog", Name: "Backlog", Kind: KindBacklog}, {Slug: Todo, Name: "To do", Kind: KindTodo}, {Slug: InProgress, Name: "In progress", Kind: KindProgress},
				{Slug: InReview, Name: "In review", Kind: KindReview}, {Slug: Done, Name: "Done", Kind: KindDone}, {Slug: "canceled", Name: "Canceled", Kind: KindCanceled},
			},
			labels: []Label{{Name: "Bug", Hue: "brick"}, {Name: "Feature", Hue: "patina"}, {Name: "Chore", Hue: "bronze"}, {Name: "Documentation", Hue: "blue"}},
		}, true
	case TemplateSupport:
		return furniture{
			statuses: []StatusInfo{
				{Slug: "new", Name: "New", Kind: KindTodo}, {Slug: InProgress, Name: "In progress", Kind: KindProgress},
				{Slug: "waiting", Name: "Waiting for an answer", Kind: KindReview}, {Slug: "solved", Name: "Solved", Kind: KindDone}, {Slug: "closed", Name: "Closed unsolved", Kind: KindCanceled},
			},
			labels: []Label{{Name: "Question", Hue: "blue"}, {Name: "Incident", Hue: "brick"}, {Name: "Request", Hue: "moss"}},
		}, true
	}
	return furniture{}, false
}

// templateTx finds what a new project begins with: something of every organization's, or what a project has that the
// person sees.
func templateTx(ctx context.Context, tx db.Tx, s scope.Scope, name string) (furniture, error) {
	if out, ok := templateNamed(name); ok {
		return out, nil
	}
	key, copies := strings.CutPrefix(name, TemplateCopy)
	if !copies || !keyForm.MatchString(key) {
		return furniture{}, errNoTemplate()
	}
	q := projectsdb.New()
	statuses, err := q.ListStatuses(ctx, tx, projectsdb.ListStatusesParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
	if err != nil {
		return furniture{}, fmt.Errorf("read the statuses of %s: %w", key, err)
	}
	if len(statuses) == 0 { // every project has some, so it is not there for the person
		return furniture{}, errNoTemplate()
	}
	labels, err := q.ListLabels(ctx, tx, projectsdb.ListLabelsParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
	if err != nil {
		return furniture{}, fmt.Errorf("read the labels of %s: %w", key, err)
	}
	var out furniture
	for _, row := range statuses {
		out.statuses = append(out.statuses, StatusInfo{Status(row.Slug), row.Name, Kind(row.Kind), row.TicketLimit})
	}
	for _, row := range labels[:min(len(labels), maxLabels)] {
		out.labels = append(out.labels, Label{Name: row.Name, Hue: row.Hue})
	}
	return out, nil
}

func errNoTemplate() error { return fault.Field("template", "Choose from the list.") }

// addLabelsTx gives a new project its labels.
func addLabelsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []Label) error {
	for _, l := range all {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id: %w", err)
		}
		if _, err := projectsdb.New().CreateLabel(ctx, tx, projectsdb.CreateLabelParams{TenantID: s.TenantID, ID: id, ProjectID: projectID, Name: l.Name, Hue: l.Hue}); err != nil {
			return fmt.Errorf("add label: %w", err)
		}
	}
	return nil
}
