package projects

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// MakeStatusesTx gives a project those of the statuses that it has none of by name, behind the others.
func (p *Projects) MakeStatusesTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []StatusInfo) error {
	q := projectsdb.New()
	had, err := q.AllStatuses(ctx, tx, projectsdb.AllStatusesParams{TenantID: s.TenantID, ProjectID: projectID})
	if err != nil {
		return fmt.Errorf("read the statuses: %w", err)
	}
	taken, last := map[string]bool{}, int32(0)
	for _, st := range had {
		taken[st.Slug], last = true, max(last, st.Position)
	}
	for _, info := range all {
		slug := freeSlug(info.Name, taken)
		last++
		n, err := q.MakeStatus(ctx, tx, projectsdb.MakeStatusParams{TenantID: s.TenantID, ProjectID: projectID, Slug: slug, Name: info.Name, Kind: string(info.Kind), Position: last})
		if err != nil {
			return fmt.Errorf("make the status %s: %w", slug, err)
		}
		if n == 0 {
			continue // one of that name
		}
		taken[slug] = true
		if err := bumpCount(ctx, tx, s, projectID, Status(slug), 0); err != nil {
			return err
		}
	}
	return nil
}

// freeSlug makes a slug of a name that no status of the project has or had.
func freeSlug(name string, taken map[string]bool) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	base := cmp.Or(strings.Trim(b.String()[:min(b.Len(), 30)], "-"), "status")
	slug := base
	for n := 2; taken[slug]; n++ {
		slug = fmt.Sprintf("%s-%d", base, n)
	}
	return slug
}

// MakeLabelsTx finds or makes labels of a project by name.
func (p *Projects) MakeLabelsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, names []string) error {
	for _, name := range names {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id: %w", err)
		}
		if _, err := projectsdb.New().MakeLabel(ctx, tx, projectsdb.MakeLabelParams{TenantID: s.TenantID, ID: id, ProjectID: projectID, Name: name, Hue: hueOf(name)}); err != nil {
			return fmt.Errorf("make the label: %w", err)
		}
	}
	return nil
}

// Addressee is somebody who sees a project, as imports find them.
type Addressee struct {
	ID    uuid.UUID
	Name  string
	Email string
}

// Into is what a project has that an import refers to.
type Into struct {
	Project  Project
	Statuses []StatusInfo
	Labels   []Label
	People   []Addressee
}

// QueueInto reads what an import refers to, in the round trip of a page.
func QueueInto(r *db.Reads, s scope.Scope, key string, into *Into) {
	queueProject(r, s, key, &into.Project)
	queueStatuses(r, s, key, &into.Statuses)
	queueLabels(r, s, key, &into.Labels)
	db.Rows(r, &into.People, projectsdb.ImportPeople, s.TenantID, s.Person.ID, key)
}
