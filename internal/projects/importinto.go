package projects

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// MakeStatusesTx gives a project statuses, behind the others, and says which they are: one that is called so stands for
// itself, a name that is too long is cut. Conflict when the project has no room for them.
func (p *Projects) MakeStatusesTx(ctx context.Context, tx db.Tx, s scope.Scope, project Project, all []StatusInfo) ([]Status, error) {
	if _, err := projectsdb.New().LockProject(ctx, tx, projectsdb.LockProjectParams{TenantID: s.TenantID, Person: s.Person.ID, Key: project.Key}); err != nil {
		return nil, fmt.Errorf("lock the project: %w", err)
	}
	now, err := statusesNowTx(ctx, tx, s, project)
	if err != nil {
		return nil, err
	}
	out := make([]Status, len(all))
	for i, info := range all {
		if at := slices.IndexFunc(now.there, func(o StatusInfo) bool { return strings.EqualFold(o.Name, info.Name) }); at >= 0 {
			out[i] = now.there[at].Slug
			continue
		}
		if len(now.there) >= maxStatuses {
			return nil, errNoRoomForStatuses()
		}
		info.Name = now.nameFor(info.Name)
		info.Slug = now.slugFor(info.Name)
		slug, err := projectsdb.New().MakeStatus(ctx, tx, projectsdb.MakeStatusParams{
			TenantID: s.TenantID, ProjectID: project.ID, Slug: string(info.Slug), Name: info.Name, Kind: string(info.Kind), Position: int32(len(now.slugs) + 1),
		})
		if err != nil {
			return nil, fmt.Errorf("make the status %s: %w", info.Slug, err)
		}
		if out[i] = Status(slug); out[i] != info.Slug { // the database takes two letters for one that we do not
			continue
		}
		if err := bumpCount(ctx, tx, s, project.ID, info.Slug, 0); err != nil {
			return nil, err
		}
		now.there, now.slugs = append(now.there, info), append(now.slugs, info.Slug)
	}
	return out, nil
}

// nameFor cuts a name as long as it may be, to one that no other status has.
func (o statusesNow) nameFor(name string) string {
	cut := func(most int) string {
		if r := []rune(name); len(r) > most {
			return strings.TrimSpace(string(r[:most-1])) + "…"
		}
		return name
	}
	out := cut(MaxStatusName)
	for n := 2; o.named(out, ""); n++ {
		behind := " " + strconv.Itoa(n)
		out = cut(MaxStatusName-len(behind)) + behind
	}
	return out
}

func errNoRoomForStatuses() error {
	return fault.New(fault.Conflict, "A project has at most 30 statuses. Choose some that are there instead of making so many.")
}

func errNoRoomForLabels() error {
	return fault.New(fault.Conflict, "A project has at most 100 labels. Leave out those that it does not have.")
}

// Room says whether the project takes so many more statuses and labels.
func (i Into) Room(statuses, labels int) error {
	switch {
	case statuses > 0 && len(i.Statuses)+statuses > maxStatuses:
		return errNoRoomForStatuses()
	case labels > 0 && len(i.Labels)+labels > maxLabels:
		return errNoRoomForLabels()
	}
	return nil
}

// MakeLabelsTx finds or makes labels of a project by name, as the database compares names, and says which they are;
// MakeStatusesTx has locked it. Conflict when the project has no room for them.
func (p *Projects) MakeLabelsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, names []string) ([]uuid.UUID, error) {
	q, out := projectsdb.New(), make([]uuid.UUID, len(names))
	for i, name := range names {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("make an id: %w", err)
		}
		if out[i], err = q.MakeLabel(ctx, tx, projectsdb.MakeLabelParams{TenantID: s.TenantID, ID: id, ProjectID: projectID, Name: name, Hue: hueOf(name)}); err != nil {
			return nil, fmt.Errorf("make the label: %w", err)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	n, err := q.CountLabels(ctx, tx, projectsdb.CountLabelsParams{TenantID: s.TenantID, ProjectID: projectID})
	if err != nil {
		return nil, fmt.Errorf("count labels: %w", err)
	}
	if n > maxLabels {
		return nil, errNoRoomForLabels()
	}
	return out, nil
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
