package projects

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Limits of statuses.
const (
	MaxStatusName  = 40 // characters
	MaxStatusLimit = 9999
)

// StatusSetting is a status with how many tickets have it.
type StatusSetting struct {
	StatusInfo
	Tickets int32
}

// StatusSettings is what the page of a project's statuses shows.
type StatusSettings struct {
	Project  Project
	Statuses []StatusSetting // in the order of a board's lanes
}

// Named finds a status by its slug.
func (o StatusSettings) Named(slug Status) (StatusSetting, bool) {
	i := slices.IndexFunc(o.Statuses, func(s StatusSetting) bool { return s.Slug == slug })
	if i < 0 {
		return StatusSetting{}, false
	}
	return o.Statuses[i], true
}

// Removable says whether a status can be taken away: one for open tickets and one for finished ones stay.
func (o StatusSettings) Removable(slug Status) bool {
	one, ok := o.Named(slug)
	return ok && slices.ContainsFunc(o.Statuses, func(s StatusSetting) bool {
		return s.Slug != slug && s.Kind.Closed() == one.Kind.Closed()
	})
}

// StatusSettings reads the statuses of a project for whoever manages it.
func (p *Projects) StatusSettings(ctx context.Context, s scope.Scope, key string) (StatusSettings, error) {
	var out StatusSettings
	var rows []projectsdb.StatusSettingsRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		db.Rows(r, &rows, projectsdb.StatusSettings, s.TenantID, s.Person.ID, key)
	})
	if err != nil {
		return out, err
	}
	if !out.Project.ManagedBy(s) {
		return StatusSettings{}, errNotManager()
	}
	for _, row := range rows {
		out.Statuses = append(out.Statuses, StatusSetting{StatusInfo{Status(row.Slug), row.Name, Kind(row.Kind), row.TicketLimit}, row.Tickets})
	}
	return out, nil
}

// StatusForm is a status as its form sends it.
type StatusForm struct {
	Name  string `form:"name"`
	Kind  Kind   `form:"kind"`
	Limit string `form:"limit"` // how many tickets are wanted at most; empty is any number
}

// check reads the form; limit is nil when there is none.
func (f StatusForm) check() (name string, limit *int32, err error) {
	var wrong fault.Fields
	name = strings.Join(strings.Fields(f.Name), " ")
	switch {
	case unseen(name):
		wrong.Add("name", "Enter a name.")
	case utf8.RuneCountInString(name) > MaxStatusName:
		wrong.Add("name", "Use at most 40 characters.")
	}
	if !slices.Contains(Kinds(), f.Kind) {
		wrong.Add("kind", "Choose what the status means.")
	}
	if text := strings.TrimSpace(f.Limit); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 || n > MaxStatusLimit {
			wrong.Add("limit", "Enter a whole number from 1 to 9,999, or nothing.")
		}
		most := int32(n)
		limit = &most
	}
	return name, limit, wrong.Err()
}

// AddStatus gives a project one more status, behind those of its kind.
func (p *Projects) AddStatus(ctx context.Context, s scope.Scope, key string, f StatusForm) error {
	name, limit, wrong := f.check()
	return statusNamed(p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		if wrong != nil {
			return wrong
		}
		all, err := statusesNowTx(ctx, tx, s, project)
		if err != nil {
			return err
		}
		if len(all.there) >= maxStatuses {
			return fault.Field("name", "A project has at most 30 statuses.")
		}
		if all.named(name, "") {
			return errStatusThere()
		}
		one := StatusInfo{Slug: all.slugFor(name), Name: name, Kind: f.Kind, Limit: limit}
		if err := projectsdb.New().AddStatus(ctx, tx, projectsdb.AddStatusParams{
			TenantID: s.TenantID, ProjectID: project.ID, Slug: string(one.Slug), Name: name, Kind: string(f.Kind),
			Position: int32(len(all.there) + 1), TicketLimit: limit,
		}); err != nil {
			return fmt.Errorf("add status: %w", err)
		}
		if err := bumpCount(ctx, tx, s, project.ID, one.Slug, 0); err != nil {
			return err
		}
		at := 0
		for i, info := range all.there {
			if slices.Index(Kinds(), info.Kind) <= slices.Index(Kinds(), f.Kind) {
				at = i + 1
			}
		}
		if err := placeTx(ctx, tx, s, project, slices.Insert(all.there, at, one)); err != nil {
			return err
		}
		return settingTx(ctx, tx, s, project, "project.status_added", map[string][2]string{"status": {"", name}, "status_kind": {"", string(f.Kind)}})
	}))
}

// UpdateStatus changes a status. What it means changes from open to finished, or back, only while no ticket has it.
func (p *Projects) UpdateStatus(ctx context.Context, s scope.Scope, key string, slug Status, f StatusForm) error {
	name, limit, wrong := f.check()
	return statusNamed(p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		all, err := statusesNowTx(ctx, tx, s, project)
		if err != nil {
			return err
		}
		before, ok := StatusNamed(all.there, slug)
		switch {
		case !ok:
			return fault.Missing()
		case wrong != nil:
			return wrong
		case all.named(name, slug):
			return errStatusThere()
		}
		changes := changed(map[string][2]string{
			"status": {before.Name, name}, "status_kind": {string(before.Kind), string(f.Kind)}, "limit": {limitText(before.Limit), limitText(limit)},
		})
		if len(changes) == 0 {
			return nil
		}
		if err := projectsdb.New().UpdateStatus(ctx, tx, projectsdb.UpdateStatusParams{
			TenantID: s.TenantID, ProjectID: project.ID, Slug: string(slug), Name: name, Kind: string(f.Kind), TicketLimit: limit,
		}); err != nil {
			return fmt.Errorf("update status: %w", err)
		}
		if before.Kind.Closed() != f.Kind.Closed() {
			// The row is held from here on, so no ticket comes to it before this ends.
			if err := mayTurnTx(ctx, tx, s, project, all.there, before); err != nil {
				return err
			}
		}
		changes["status"] = [2]string{before.Name, name}
		return settingTx(ctx, tx, s, project, "project.status_changed", changes)
	}))
}

// mayTurnTx refuses to let a status that tickets have, or the last of its side, mean finished instead of open or back.
func mayTurnTx(ctx context.Context, tx db.Tx, s scope.Scope, project Project, all []StatusInfo, one StatusInfo) error {
	if !slices.ContainsFunc(all, func(o StatusInfo) bool { return o.Slug != one.Slug && o.Kind.Closed() == one.Kind.Closed() }) {
		return errLastStatus("kind", one.Kind)
	}
	has, err := projectsdb.New().HasTickets(ctx, tx, projectsdb.HasTicketsParams{TenantID: s.TenantID, ProjectID: project.ID, Status: string(one.Slug)})
	if err != nil {
		return fmt.Errorf("look for tickets: %w", err)
	}
	if has {
		return fault.Field("kind", "Tickets have this status. Add another one and move them there first.")
	}
	return nil
}

// MoveStatus sets a status by steps places further on, or back when it is negative; beyond an end is the end.
func (p *Projects) MoveStatus(ctx context.Context, s scope.Scope, key string, slug Status, steps int) error {
	return p.orderStatus(ctx, s, key, slug, func(all []StatusInfo, at int) int {
		return max(0, min(len(all)-1, at+max(-maxStatuses, min(maxStatuses, steps))))
	})
}

// PlaceStatus sets a status before another one; before what is none is the end.
func (p *Projects) PlaceStatus(ctx context.Context, s scope.Scope, key string, slug, before Status) error {
	return p.orderStatus(ctx, s, key, slug, func(all []StatusInfo, at int) int {
		to := slices.IndexFunc(all, func(o StatusInfo) bool { return o.Slug == before })
		switch {
		case to < 0:
			return len(all) - 1
		case to > at:
			return to - 1
		}
		return to
	})
}

// orderStatus sets a status to the place that place says, of the one where it stands among all.
func (p *Projects) orderStatus(ctx context.Context, s scope.Scope, key string, slug Status, place func(all []StatusInfo, at int) int) error {
	return p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, project Project) error {
		all, err := statusesNowTx(ctx, tx, s, project)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all.there, func(o StatusInfo) bool { return o.Slug == slug })
		if at < 0 {
			return fault.Missing()
		}
		to := place(all.there, at)
		if to == at {
			return nil
		}
		one := all.there[at]
		if err := placeTx(ctx, tx, s, project, slices.Insert(slices.Delete(all.there, at, at+1), to, one)); err != nil {
			return err
		}
		return settingTx(ctx, tx, s, project, "project.status_moved", map[string][2]string{
			"status": {one.Name, one.Name}, "place": {strconv.Itoa(at + 1), strconv.Itoa(to + 1)},
		})
	})
}

// statusesNow are the statuses of a locked project, in their order, and the slugs that are taken for ever.
type statusesNow struct {
	there []StatusInfo
	slugs []Status
}

func statusesNowTx(ctx context.Context, tx db.Tx, s scope.Scope, project Project) (statusesNow, error) {
	rows, err := projectsdb.New().StatusesNow(ctx, tx, projectsdb.StatusesNowParams{TenantID: s.TenantID, ProjectID: project.ID})
	if err != nil {
		return statusesNow{}, fmt.Errorf("read the statuses: %w", err)
	}
	var out statusesNow
	for _, row := range rows {
		out.slugs = append(out.slugs, Status(row.Slug))
		if !row.Removed {
			out.there = append(out.there, StatusInfo{Status(row.Slug), row.Name, Kind(row.Kind), row.TicketLimit})
		}
	}
	return out, nil
}

// named says whether another status than but is called so.
func (o statusesNow) named(name string, but Status) bool {
	return slices.ContainsFunc(o.there, func(s StatusInfo) bool { return s.Slug != but && strings.EqualFold(s.Name, name) })
}

var noSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugFor makes a slug of a name that no status has or had.
func (o statusesNow) slugFor(name string) Status {
	base := strings.Trim(noSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	base = cmp.Or(strings.Trim(base[:min(len(base), 32)], "-"), "status")
	slug := Status(base)
	for n := 2; slices.Contains(o.slugs, slug); n++ {
		slug = Status(base + "-" + strconv.Itoa(n))
	}
	return slug
}

// placeTx keeps the order of statuses.
func placeTx(ctx context.Context, tx db.Tx, s scope.Scope, project Project, all []StatusInfo) error {
	for i, info := range all {
		if err := projectsdb.New().PlaceStatus(ctx, tx, projectsdb.PlaceStatusParams{
			TenantID: s.TenantID, ProjectID: project.ID, Slug: string(info.Slug), Position: int32(i + 1),
		}); err != nil {
			return fmt.Errorf("place status: %w", err)
		}
	}
	return nil
}

// settingTx appends an event of a project's settings.
func settingTx(ctx context.Context, tx db.Tx, s scope.Scope, project Project, action string, changes map[string][2]string) error {
	return events.AppendTx(ctx, tx, s, events.Event{
		Action: action, ObjectKind: "project", ObjectID: project.ID, ObjectName: project.Name, ProjectID: project.ID, Changes: changes,
	})
}

func limitText(limit *int32) string {
	if limit == nil {
		return ""
	}
	return strconv.Itoa(int(*limit))
}

// statusNamed puts into words what Postgres takes for the same name and Go does not.
func statusNamed(err error) error {
	if db.Violates(err, "statuses_name_key") {
		return errStatusThere()
	}
	return err
}

func errStatusThere() error { return fault.Field("name", "There is a status of this name already.") }

func errLastStatus(field string, kind Kind) error {
	if kind.Closed() {
		return fault.Field(field, "It is the only status for finished tickets. Add another one first.")
	}
	return fault.Field(field, "It is the only status for open tickets. Add another one first.")
}
