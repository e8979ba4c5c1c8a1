package projects

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// ties is what a new ticket carries besides its text.
type ties struct {
	labels   []projectsdb.TakeLabelsRow
	due      *time.Time
	estimate *int16
	parent   *uuid.UUID
	blockers []projectsdb.TicketRefRow
}

const maxBlockers = 20 // named in the form of a new ticket

// tiesTx reads the rest of the form; each thing that is wrong is said beside its field.
func (f NewTicket) tiesTx(ctx context.Context, tx db.Tx, s scope.Scope, key string, projectID uuid.UUID) (ties, error) {
	var out ties
	var wrong fault.Fields
	var err error
	if out.labels, err = takeLabelsTx(ctx, tx, s, projectID, f.Labels); !wrongField(&wrong, err) {
		return out, err
	}
	var ok bool
	if out.due, ok = parseDay(f.Due); !ok {
		wrongField(&wrong, errNoDay())
	}
	if out.estimate, ok = parseEstimate(f.Estimate); !ok {
		wrongField(&wrong, errNoEstimate())
	}
	if strings.TrimSpace(f.Parent) != "" {
		above, err := refTx(ctx, tx, s, "parent", f.Parent, key)
		if !wrongField(&wrong, err) {
			return out, err
		}
		out.parent = &above.ID
	}
	names := strings.FieldsFunc(f.BlockedBy, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	if len(names) > maxBlockers {
		wrong.Add("blocked_by", "Name at most 20 tickets.")
		names = nil
	}
	for _, name := range names {
		other, err := refTx(ctx, tx, s, "blocked_by", name, key)
		if !wrongField(&wrong, err) {
			return out, err
		}
		out.blockers = append(out.blockers, other)
	}
	return out, wrong.Err()
}

// wrongField collects what err says of fields; false when it is another error.
func wrongField(wrong *fault.Fields, err error) bool {
	if err == nil {
		return true
	}
	f := fault.As(err)
	if f == nil || len(f.Fields) == 0 {
		return false
	}
	for name, text := range f.Fields {
		wrong.Add(name, text)
	}
	return true
}

// tieTx writes what a new ticket is tied to. Its author and assignee watch it.
func (p *Projects) tieTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, more ties, assignee uuid.UUID) error {
	for _, l := range more.labels {
		if err := addTicketLabelTx(ctx, tx, s, t.ID, t.Number, l.ID); err != nil {
			return err
		}
	}
	if len(more.blockers) > 0 {
		if err := lockTiesTx(ctx, tx, s); err != nil {
			return err
		}
		slices.SortFunc(more.blockers, func(a, b projectsdb.TicketRefRow) int { // as everybody locks several
			return cmp.Or(bytes.Compare(a.ProjectID[:], b.ProjectID[:]), cmp.Compare(a.Number, b.Number))
		})
	}
	for _, other := range more.blockers {
		if err := p.linkTx(ctx, tx, s, t, other, "blocked_by", other.ID, t.ID); err != nil {
			return err
		}
	}
	if err := watchTx(ctx, tx, s, t.ID, p.now(), s.Person.ID, assignee); err != nil {
		return err
	}
	return mentionTx(ctx, tx, s, t.ProjectID, t.ID, nil, t.Body, p.now())
}
