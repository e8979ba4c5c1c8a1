package projects

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
)

// status moves the tickets to the top of a lane, in the order they have among themselves.
func (b *bulk) status(ctx context.Context, tx db.Tx, f BulkForm) error {
	if f.Status == "" {
		return nil
	}
	to, known, err := takeStatusTx(ctx, tx, b.s, b.projectID, "", f.Status)
	if err != nil {
		return err
	}
	if !known {
		return errNoStatus()
	}
	now := b.now()
	var ids []uuid.UUID
	steps, days := map[Status]int32{}, map[time.Time]int32{}
	names, err := b.statusNames(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(b.rows) {
		switch {
		case Status(t.Status) == f.Status:
			continue
		case !f.still(t.Status):
			b.done.Left++
			continue
		}
		ids = append(ids, t.ID)
		steps[Status(t.Status)]--
		steps[f.Status]++
		switch closed := closedAt(to.Kind, t.ClosedAt, now); {
		case t.ClosedAt == nil && closed != nil:
			days[dayOf(*closed, zone(t.TimeZone))]++
		case t.ClosedAt != nil && closed == nil:
			days[dayOf(*t.ClosedAt, zone(t.TimeZone))]--
		}
		to.before = names[Status(t.Status)]
		if err := b.note(t, "ticket.status_changed", to.changes(), BulkForm{Status: Status(t.Status), Only: string(f.Status)}); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := countStepsTx(ctx, tx, b.s, b.projectID, steps, days); err != nil {
		return err
	}
	if err := projectsdb.New().SetStatuses(ctx, tx, projectsdb.SetStatusesParams{
		TenantID: b.s.TenantID, Status: string(f.Status), Closed: to.Kind.Closed(), Started: to.Kind.Stage() == StageDoing, Now: now, Ids: ids, Ranks: ranksBetween("", to.top, len(ids)),
	}); err != nil {
		return fmt.Errorf("set statuses: %w", err)
	}
	return nil
}

func (b *bulk) statusNames(ctx context.Context, tx db.Tx) (map[Status]StatusInfo, error) {
	rows, err := projectsdb.New().StatusesNow(ctx, tx, projectsdb.StatusesNowParams{TenantID: b.s.TenantID, ProjectID: b.projectID})
	if err != nil {
		return nil, fmt.Errorf("read the statuses: %w", err)
	}
	out := map[Status]StatusInfo{}
	for _, row := range rows {
		out[Status(row.Slug)] = StatusInfo{Slug: Status(row.Slug), Name: row.Name, Kind: Kind(row.Kind)}
	}
	return out, nil
}

func (b *bulk) assignee(ctx context.Context, tx db.Tx, f BulkForm) error {
	if f.Assignee == "" {
		return nil
	}
	to, err := uuid.Parse(f.Assignee)
	switch {
	case f.Assignee == AssignedToMe:
		to = b.s.Person.ID
	case f.Assignee == AssignedToNobody:
		to = uuid.Nil
	case err != nil || to == uuid.Nil:
		return fault.Field("assignee", "Choose somebody who sees this project.")
	}
	sees, err := maySee(ctx, tx, b.s, b.projectID, to)
	if err != nil {
		return err
	}
	if !sees {
		return fault.Field("assignee", "Choose somebody who sees this project.")
	}
	var ids []uuid.UUID
	for _, t := range b.rows {
		before := uuid.Nil
		if t.AssigneeID != nil {
			before = *t.AssigneeID
		}
		switch {
		case before == to:
			continue
		case !f.still(assigneeText(before)):
			b.done.Left++
			continue
		}
		back := BulkForm{Assignee: assigneeText(before), Only: assigneeText(to)}
		if err := b.note(t, "ticket.assigned", map[string][2]string{"assignee": {idText(before), idText(to)}}, back); err != nil {
			return err
		}
		b.events[len(b.events)-1].Repeats, b.assigned = b.assigned, true
		ids = append(ids, t.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := projectsdb.New().SetAssignees(ctx, tx, projectsdb.SetAssigneesParams{TenantID: b.s.TenantID, AssigneeID: orNobody(to), Now: b.now(), Ids: ids}); err != nil {
		return fmt.Errorf("set assignees: %w", err)
	}
	if to == uuid.Nil {
		return nil
	}
	if err := db.Together(ctx, tx, func(r *db.Reads) {
		for _, id := range ids {
			r.Exec(projectsdb.WatchUnlessSaid, b.s.TenantID, id, to, b.now())
		}
	}); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	return nil
}

func (b *bulk) priority(ctx context.Context, tx db.Tx, f BulkForm) error {
	if f.Priority == "" {
		return nil
	}
	priority, ok := ParsePriority(f.Priority)
	if !ok {
		return fault.Field("priority", "Choose a priority from the list.")
	}
	var ids []uuid.UUID
	for _, t := range b.rows {
		before := Priority(t.Priority)
		switch {
		case before == priority:
			continue
		case !f.still(before.Name()):
			b.done.Left++
			continue
		}
		ids = append(ids, t.ID)
		if err := b.note(t, "ticket.priority_changed", map[string][2]string{"priority": {before.Name(), priority.Name()}}, BulkForm{Priority: before.Name(), Only: priority.Name()}); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := projectsdb.New().SetPriorities(ctx, tx, projectsdb.SetPrioritiesParams{TenantID: b.s.TenantID, Priority: int16(priority), Now: b.now(), Ids: ids}); err != nil {
		return fmt.Errorf("set priorities: %w", err)
	}
	return nil
}

func (b *bulk) due(ctx context.Context, tx db.Tx, f BulkForm) error {
	if f.Due == "" {
		return nil
	}
	var day *time.Time
	if f.Due != DueNone {
		var ok bool
		if day, ok = parseDay(f.Due); !ok || day == nil {
			return errNoDay()
		}
	}
	var ids []uuid.UUID
	for _, t := range b.rows {
		change := [2]string{dayText(t.DueOn), dayText(day)}
		switch {
		case change[0] == change[1]:
			continue
		case !f.still(dueText(change[0])):
			b.done.Left++
			continue
		}
		back := BulkForm{Due: dueText(change[0]), Only: dueText(change[1])}
		ids = append(ids, t.ID)
		if err := b.note(t, "ticket.due_changed", map[string][2]string{"due": change}, back); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := projectsdb.New().SetDueDates(ctx, tx, projectsdb.SetDueDatesParams{TenantID: b.s.TenantID, DueOn: day, Now: b.now(), Ids: ids}); err != nil {
		return fmt.Errorf("set due dates: %w", err)
	}
	return nil
}

func (b *bulk) add(ctx context.Context, tx db.Tx, f BulkForm) error {
	if f.Add == uuid.Nil {
		return nil
	}
	taken, err := takeLabelsTx(ctx, tx, b.s, b.projectID, []uuid.UUID{f.Add})
	if err != nil {
		return err
	}
	had, err := b.labelled(ctx, tx, f.Add)
	if err != nil {
		return err
	}
	var some []projectsdb.LockTicketsRow
	for _, t := range b.rows {
		switch {
		case had[t.ID].Has:
		case had[t.ID].Labels >= MaxLabels:
			b.done.Full++
		default:
			some = append(some, t)
			if err := b.note(t, "ticket.labelled", map[string][2]string{"label": {"", taken[0].Name}}, BulkForm{Remove: f.Add}); err != nil {
				return err
			}
		}
	}
	if len(some) == 0 {
		return nil
	}
	if err := db.Together(ctx, tx, func(r *db.Reads) {
		for _, t := range some {
			r.Exec(projectsdb.AddTicketLabel, b.s.TenantID, t.ID, f.Add, t.Number)
		}
	}); err != nil {
		return fmt.Errorf("add a label: %w", err)
	}
	return b.touch(ctx, tx, some)
}

func (b *bulk) remove(ctx context.Context, tx db.Tx, f BulkForm) error {
	if f.Remove == uuid.Nil {
		return nil
	}
	taken, err := takeLabelsTx(ctx, tx, b.s, b.projectID, []uuid.UUID{f.Remove})
	if err != nil {
		return err
	}
	had, err := b.labelled(ctx, tx, f.Remove)
	if err != nil {
		return err
	}
	var some []projectsdb.LockTicketsRow
	for _, t := range b.rows {
		if !had[t.ID].Has {
			continue
		}
		some = append(some, t)
		if err := b.note(t, "ticket.labelled", map[string][2]string{"label": {taken[0].Name, ""}}, BulkForm{Add: f.Remove}); err != nil {
			return err
		}
	}
	if len(some) == 0 {
		return nil
	}
	if err := projectsdb.New().UnlabelTickets(ctx, tx, projectsdb.UnlabelTicketsParams{TenantID: b.s.TenantID, LabelID: f.Remove, Ids: ticketIDs(some)}); err != nil {
		return fmt.Errorf("remove a label: %w", err)
	}
	return b.touch(ctx, tx, some)
}

// labelled says of each ticket how many labels it has, and whether one of them is the label.
func (b *bulk) labelled(ctx context.Context, tx db.Tx, label uuid.UUID) (map[uuid.UUID]projectsdb.LabelledAmongRow, error) {
	rows, err := projectsdb.New().LabelledAmong(ctx, tx, projectsdb.LabelledAmongParams{TenantID: b.s.TenantID, Label: label, Ids: ticketIDs(b.rows)})
	if err != nil {
		return nil, fmt.Errorf("read the labels: %w", err)
	}
	out := map[uuid.UUID]projectsdb.LabelledAmongRow{}
	for _, row := range rows {
		out[row.TicketID] = row
	}
	return out, nil
}

func (b *bulk) touch(ctx context.Context, tx db.Tx, some []projectsdb.LockTicketsRow) error {
	if err := projectsdb.New().TouchTickets(ctx, tx, projectsdb.TouchTicketsParams{TenantID: b.s.TenantID, Now: b.now(), Ids: ticketIDs(some)}); err != nil {
		return fmt.Errorf("touch the tickets: %w", err)
	}
	return nil
}

func ticketIDs(rows []projectsdb.LockTicketsRow) []uuid.UUID {
	out := make([]uuid.UUID, len(rows))
	for i, t := range rows {
		out[i] = t.ID
	}
	return out
}

// assigneeText is an assignee as forms say it.
func assigneeText(id uuid.UUID) string {
	if id == uuid.Nil {
		return AssignedToNobody
	}
	return id.String()
}

// dueText is a due date as forms say it; day is empty when there is none.
func dueText(day string) string {
	if day == "" {
		return DueNone
	}
	return day
}
