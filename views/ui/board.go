package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// LaneBox is a column of a board. Count says how many tickets there are, which may be more than are in sight. NewURL
// leads to the form for a ticket in this column, or "" for people who may not write one. Above marks a column that holds
// more tickets than are wanted in it.
type LaneBox struct {
	Status        State
	Count, NewURL string
	Above         bool
}

// Card is a ticket as boards and lists show it. StatusURL is where its status form posts, or "" when the person may
// only read; Statuses are what it offers, StatusAttrs are further attributes of that form, such as hx-post and hx-target.
type Card struct {
	Key, Title, URL, Priority string
	Status                    State
	Assignee                  *Person
	Labels                    []Label
	Due                       *time.Time
	Comments, Files           int
	TasksDone, Tasks          int
	StatusURL                 string
	Statuses                  []State
	StatusAttrs               templ.Attributes
	// Of a row in a list: ID where a ticket stands twice on a page; Extra is what else is said of it; Pick is the name of
	// the box that chooses it, in the form called PickForm.
	ID             string
	Extra          []string
	HideAssignee   bool
	Pick, PickForm string
	PickValue      string
}

// Label is a coloured word on a ticket.
type Label struct{ Name, Hue string }

func (l Label) hue() string {
	if l.Hue != "" {
		return l.Hue
	}
	return Hue(l.Name)
}

func (c Card) rowID() string {
	if c.ID != "" {
		return "row-" + c.ID
	}
	return "row-" + c.Key
}

func (c Card) hasMeta() bool { return c.Due != nil || c.Comments > 0 || c.Files > 0 || c.Tasks > 0 }

// finished tickets are never late.
func (c Card) finished() bool { return c.Status.Kind == "done" || c.Status.Kind == "canceled" }

func (c Card) tasks() string { return strconv.Itoa(c.TasksDone) + "/" + strconv.Itoa(c.Tasks) }

func (c Card) attrs() templ.Attributes {
	if c.StatusURL == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"draggable": "true"}
}

func (c Card) late(ctx context.Context) bool {
	return c.Due != nil && !c.finished() && Late(ctx, *c.Due)
}

// Statuses are the statuses that a project begins with, by kind.
func Statuses(ctx context.Context) []State {
	var out []State
	for _, kind := range []string{"todo", "progress", "review", "done"} {
		out = append(out, State{kind, KindText(ctx, kind), kind})
	}
	return out
}
