package projects

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Limits of what tickets carry.
const (
	MaxEstimate  = 100 // points
	MaxLabels    = 20  // of one ticket
	MaxLabelName = 40  // characters
)

// LabelChoice is one of a project's labels, and whether the ticket has it.
type LabelChoice struct {
	ID     uuid.UUID
	Name   string
	Hue    string
	Chosen bool
}

func queueTicketLabels(r *db.Reads, s scope.Scope, key string, number int, into *[]LabelChoice) {
	db.Rows(r, into, projectsdb.TicketLabels, s.TenantID, s.Person.ID, key, number)
}

// LabelsForm are all labels that a ticket is to have. New is the name of one more, which is made when the project has
// none of that name; only who manages the project may make one.
type LabelsForm struct {
	Labels []uuid.UUID `form:"label"`
	New    string      `form:"new"`

	// Seen says that Had are the labels that the form showed as the ticket's: then only what differs from them is changed,
	// and what others did in the meantime stays.
	Seen bool        `form:"seen"`
	Had  []uuid.UUID `form:"had"`
}

// left says whether the form leaves a label as it is.
func (f LabelsForm) left(id uuid.UUID, has bool) bool {
	return f.Seen && slices.Contains(f.Had, id) == has
}

// SetTicketLabels gives a ticket exactly these labels, or changes those that the form changed.
func (p *Projects) SetTicketLabels(ctx context.Context, s scope.Scope, key string, number int, f LabelsForm) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if name := strings.Join(strings.Fields(f.New), " "); name != "" {
			id, err := makeLabelTx(ctx, tx, s, t, name)
			if err != nil {
				return err
			}
			f.Labels = append(f.Labels, id)
		}
		want, err := takeLabelsTx(ctx, tx, s, t.ProjectID, f.Labels)
		if err != nil {
			return err
		}
		had, err := projectsdb.New().LabelsOfTicket(ctx, tx, projectsdb.LabelsOfTicketParams{TenantID: s.TenantID, TicketID: t.ID})
		if err != nil {
			return fmt.Errorf("read the labels: %w", err)
		}
		var removed, added []string
		for _, l := range had {
			if !slices.ContainsFunc(want, func(w projectsdb.TakeLabelsRow) bool { return w.ID == l.ID }) && !f.left(l.ID, false) {
				if err := projectsdb.New().RemoveTicketLabel(ctx, tx, projectsdb.RemoveTicketLabelParams{TenantID: s.TenantID, TicketID: t.ID, LabelID: l.ID}); err != nil {
					return fmt.Errorf("remove a label: %w", err)
				}
				removed = append(removed, l.Name)
			}
		}
		for _, l := range want {
			if !slices.ContainsFunc(had, func(h projectsdb.LabelsOfTicketRow) bool { return h.ID == l.ID }) && !f.left(l.ID, true) {
				if err := addTicketLabelTx(ctx, tx, s, t.ID, t.Number, l.ID); err != nil {
					return err
				}
				added = append(added, l.Name)
			}
		}
		if len(removed)+len(added) == 0 {
			return nil
		}
		return p.touched(ctx, tx, s, t, "ticket.labelled", map[string][2]string{"label": {strings.Join(removed, ", "), strings.Join(added, ", ")}})
	})
}

func addTicketLabelTx(ctx context.Context, tx db.Tx, s scope.Scope, ticketID uuid.UUID, number int32, label uuid.UUID) error {
	if err := projectsdb.New().AddTicketLabel(ctx, tx, projectsdb.AddTicketLabelParams{
		TenantID: s.TenantID, TicketID: ticketID, LabelID: label, Number: number,
	}); err != nil {
		return fmt.Errorf("add a label: %w", err)
	}
	return nil
}

// takeLabelsTx finds labels of the project; an error beside the field when one of them is not there.
func takeLabelsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, ids []uuid.UUID) ([]projectsdb.TakeLabelsRow, error) {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > MaxLabels {
		return nil, fault.Field("label", "Use at most 20 labels.")
	}
	rows, err := projectsdb.New().TakeLabels(ctx, tx, projectsdb.TakeLabelsParams{TenantID: s.TenantID, ProjectID: projectID, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("read the labels: %w", err)
	}
	if len(rows) != len(ids) {
		return nil, fault.Field("label", "Choose labels from the list.")
	}
	return rows, nil
}

// makeLabelTx makes a label for the ticket's project, or finds the one of that name.
func makeLabelTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, name string) (uuid.UUID, error) {
	row, err := projectsdb.New().ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: t.Key})
	if err != nil {
		return uuid.Nil, fmt.Errorf("read the project: %w", err)
	}
	switch {
	case !Project(row).ManagedBy(s):
		return uuid.Nil, fault.New(fault.Denied, "Who manages the project makes its labels.")
	case unseen(name):
		return uuid.Nil, fault.Field("new", "Enter a name.")
	case utf8.RuneCountInString(name) > MaxLabelName:
		return uuid.Nil, fault.Field("new", "Use at most 40 characters.")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an id: %w", err)
	}
	id, err = projectsdb.New().MakeLabel(ctx, tx, projectsdb.MakeLabelParams{TenantID: s.TenantID, ID: id, ProjectID: t.ProjectID, Name: name, Hue: hueOf(name)})
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a label: %w", err)
	}
	return id, nil
}

// SetTicketDue says by which day (2006-01-02) a ticket is due; empty is no day.
func (p *Projects) SetTicketDue(ctx context.Context, s scope.Scope, key string, number int, day string) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		due, ok := parseDay(day)
		if !ok {
			return errNoDay()
		}
		change := [2]string{dayText(t.DueOn), dayText(due)}
		if change[0] == change[1] {
			return nil
		}
		if err := projectsdb.New().SetTicketDue(ctx, tx, projectsdb.SetTicketDueParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, DueOn: due, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("set the due date: %w", err)
		}
		return t.event(ctx, tx, s, "ticket.due_changed", map[string][2]string{"due": change})
	})
}

// SetTicketEstimate says how much work a ticket is, in points; empty is not estimated.
func (p *Projects) SetTicketEstimate(ctx context.Context, s scope.Scope, key string, number int, points string) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		estimate, ok := parseEstimate(points)
		if !ok {
			return errNoEstimate()
		}
		change := [2]string{estimateText(t.Estimate), estimateText(estimate)}
		if change[0] == change[1] {
			return nil
		}
		if err := projectsdb.New().SetTicketEstimate(ctx, tx, projectsdb.SetTicketEstimateParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Estimate: estimate, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("set the estimate: %w", err)
		}
		return t.event(ctx, tx, s, "ticket.estimate_changed", map[string][2]string{"estimate": change})
	})
}

// touched notes that something tied to the ticket changed.
func (p *Projects) touched(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, action string, changes map[string][2]string) error {
	if err := projectsdb.New().TouchTicket(ctx, tx, projectsdb.TouchTicketParams{TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Now: p.now()}); err != nil {
		return fmt.Errorf("touch the ticket: %w", err)
	}
	return t.event(ctx, tx, s, action, changes)
}

func errNoDay() error { return fault.Field("due", "Enter a date.") }

func errNoEstimate() error { return fault.Field("estimate", "Enter a whole number from 0 to 100.") }

func parseDay(text string) (*time.Time, bool) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, true
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1970 || day.Year() > 2999 {
		return nil, false
	}
	return &day, true
}

func dayText(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

func parseEstimate(text string) (*int16, bool) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, true
	}
	n, err := strconv.ParseInt(text, 10, 16)
	if err != nil || n < 0 || n > MaxEstimate {
		return nil, false
	}
	points := int16(n)
	return &points, true
}

func estimateText(points *int16) string {
	if points == nil {
		return ""
	}
	return strconv.Itoa(int(*points))
}
