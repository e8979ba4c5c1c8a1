package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/notify/notifydb"
	"plinth/internal/scope"
)

// Choices reads how a person wants to be told of each kind.
func (n *Notify) Choices(ctx context.Context, p scope.Person) (map[Kind]Way, error) {
	var rows []notifydb.ChoicesRow
	if err := n.DB.ReadPerson(ctx, p.ID, func(r *db.Reads) { db.Rows(r, &rows, notifydb.Choices, p.ID) }); err != nil {
		return nil, fmt.Errorf("read choices: %w", err)
	}
	return chosen(rows), nil
}

func chosen(rows []notifydb.ChoicesRow) map[Kind]Way {
	out := map[Kind]Way{}
	for _, k := range Kinds() {
		out[k] = usual(k)
	}
	for _, row := range rows {
		out[Kind(row.Kind)] = Way(row.Way)
	}
	return out
}

func choicesTx(ctx context.Context, tx db.Tx, user uuid.UUID) (map[Kind]Way, error) {
	rows, err := notifydb.New().Choices(ctx, tx, user)
	if err != nil {
		return nil, fmt.Errorf("read choices: %w", err)
	}
	return chosen(rows), nil
}

func setChoiceTx(ctx context.Context, tx db.Tx, user uuid.UUID, k Kind, w Way) error {
	if err := notifydb.New().SetChoice(ctx, tx, notifydb.SetChoiceParams{UserID: user, Kind: string(k), Way: string(w)}); err != nil {
		return fmt.Errorf("keep a choice: %w", err)
	}
	return nil
}

// ChoiceForm is how a person wants to be told of each kind.
type ChoiceForm struct {
	Assigned Way `form:"assigned"`
	Mention  Way `form:"mention"`
	Comment  Way `form:"comment"`
	Status   Way `form:"status"`
	Due      Way `form:"due"`
}

// Of is the way chosen for a kind.
func (f ChoiceForm) Of(k Kind) Way {
	return map[Kind]Way{Assigned: f.Assigned, Mention: f.Mention, Comment: f.Comment, Status: f.Status, Due: f.Due}[k]
}

// SetChoices keeps how a person wants to be told.
func (n *Notify) SetChoices(ctx context.Context, p scope.Person, f ChoiceForm) error {
	var wrong fault.Fields
	for _, k := range Kinds() {
		if !slices.Contains(Ways(), f.Of(k)) {
			wrong.Add(string(k), "Choose one from the list.")
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return n.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		for _, k := range Kinds() {
			if err := setChoiceTx(ctx, tx, p.ID, k, f.Of(k)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Wish is what a person wants to hear of a project.
type Wish struct {
	Key, Name, Hue string
	Level          Level
}

// Wishes reads what the person wants to hear of each project they see, by name.
func (n *Notify) Wishes(ctx context.Context, s scope.Scope) ([]Wish, error) {
	var out []Wish
	err := n.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &out, notifydb.Levels, s.TenantID, s.Person.ID) })
	if err != nil {
		return nil, fmt.Errorf("read what is wanted of projects: %w", err)
	}
	return out, nil
}

// SetLevel keeps what the person wants to hear of a project they see.
func (n *Notify) SetLevel(ctx context.Context, s scope.Scope, key string, level Level) error {
	if !slices.Contains(Levels(), level) {
		return n.refuseLevel(ctx, s, key)
	}
	return n.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		rows, err := notifydb.New().SetLevel(ctx, tx, notifydb.SetLevelParams{TenantID: s.TenantID, UserID: s.Person.ID, Key: key, Level: string(level)})
		if err != nil {
			return fmt.Errorf("keep what is wanted of a project: %w", err)
		}
		if rows == 0 {
			return fault.Missing()
		}
		return nil
	})
}

// refuseLevel says what is wrong with a level, to those who see the project.
func (n *Notify) refuseLevel(ctx context.Context, s scope.Scope, key string) error {
	wishes, err := n.Wishes(ctx, s)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(wishes, func(w Wish) bool { return w.Key == key }) {
		return fault.Missing()
	}
	return fault.Field("level", "Choose one from the list.")
}
